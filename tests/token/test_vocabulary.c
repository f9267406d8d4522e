/* Gemma 4's own vocabulary, when tools/fetch_vocab.sh has brought it: every case of tests/golden/tokenizer. */
#include <unistd.h>

#include "golden.h"

int main(void)
{
    tone_buf path = {0};
    const char *cache = getenv("TONESMITH_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache)
        tone_buf_printf(&path, "%s/gemma4-tokenizer.json", cache);
    else if (xdg && *xdg)
        tone_buf_printf(&path, "%s/tonesmith/gemma4-tokenizer.json", xdg);
    else
        tone_buf_printf(&path, "%s/.cache/tonesmith/gemma4-tokenizer.json", home ? home : "");
    if (access(tone_buf_text(&path), R_OK) != 0) {
        tone_buf_clear(&path);
        return check_skip("no vocabulary (tools/fetch_vocab.sh fetches it)");
    }
    tone_tokenizer *t = NULL;
    tone_error err = {0};
    CHECK_CASE(tone_tokenizer_open(&t, tone_buf_text(&path), &err) == TONE_OK, "%s", err.text);
    if (t) {
        CHECK(golden_lines("tokenizer/cases.jsonl", golden_check_case, t, NULL) == 3000);
        CHECK(golden_lines("tokenizer/decode.jsonl", golden_check_decode, t, NULL) == 600);
        tone_tokenizer_close(t);
    }
    tone_buf_clear(&path);
    return check_done();
}

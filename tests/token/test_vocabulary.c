/* Gemma 4's own vocabulary, when tools/fetch_vocab.sh has brought it: every case of tests/golden/tokenizer. */
#include "golden.h"
#include "vocabulary.h"

int main(void)
{
    char path[1024];
    if (!vocabulary_path(path, sizeof path))
        return check_skip(VOCABULARY_MISSING);
    tone_tokenizer *t = NULL;
    tone_error err = {0};
    CHECK_CASE(tone_tokenizer_open(&t, path, &err) == TONE_OK, "%s", err.text);
    if (t) {
        CHECK(golden_lines("tokenizer/cases.jsonl", golden_check_case, t, NULL) == 3000);
        CHECK(golden_lines("tokenizer/decode.jsonl", golden_check_decode, t, NULL) == 600);
        tone_tokenizer_close(t);
    }
    return check_done();
}

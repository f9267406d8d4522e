/* A conversation from a file: what is read is written again as the same text, and gives a prompt. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tonesmith/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_conversation *c, *d;
    char *first = NULL, *second = NULL;
    size_t first_n, second_n;
    tone_error err = {0};
    if (tone_conversation_open(&c, NULL, TONE_CHAT_GEMMA4_LARGE, NULL))
        return 0;
    if (tone_conversation_read(c, (const char *)bytes, n, &err)) {
        fuzz_require(err.text[0] && tone_conversation_n(c) == 0);
        tone_conversation_close(c);
        return 0;
    }
    for (size_t i = 0; i < tone_conversation_n(c); i++) {
        size_t text_n;
        const char *text = tone_conversation_text(c, i, &text_n);
        fuzz_keep(fuzz_touch(text, text_n + 1) + strlen(tone_conversation_role(c, i)));
        for (size_t k = 0; k < tone_conversation_n_calls(c, i); k++)
            fuzz_keep(strlen(tone_conversation_call_at(c, i, k).arguments));
    }
    for (size_t i = 0; i < tone_conversation_n_pending(c); i++)
        fuzz_keep(strlen(tone_conversation_pending(c, i).name));
    if (!tone_conversation_write(c, &first, &first_n, NULL) && !tone_conversation_open(&d, NULL, TONE_CHAT_GEMMA4_LARGE, NULL)) {
        fuzz_require(!tone_conversation_read(d, first, first_n, &err));
        if (!tone_conversation_write(d, &second, &second_n, NULL))
            fuzz_require(first_n == second_n && memcmp(first, second, first_n) == 0);
        tone_conversation_close(d);
    }
    free(first);
    free(second);
    tone_conversation_close(c);
    return 0;
}

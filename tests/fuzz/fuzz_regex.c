/* A pattern or (when it begins with 'g') a grammar: whatever compiles can be walked and finished. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tonesmith/constrain.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_constraint *c;
    tone_constraint_state *s;
    tone_error err = {0};
    if (n < 1)
        return 0;
    const char *text = (const char *)bytes + 1;
    tone_status st = bytes[0] == 'g' ? tone_constraint_compile_grammar(&c, NULL, text, n - 1, NULL, &err)
                                     : tone_constraint_compile_regex(&c, NULL, text, n - 1, NULL, &err);
    if (st) {
        fuzz_require(!c && err.text[0] && strlen(err.text) < sizeof err.text);
        return 0;
    }
    if (!tone_constraint_state_open(&s, c, NULL)) {
        for (size_t i = 0; i < n && i < 300; i++)
            if (tone_constraint_accept_bytes(s, (const char *)bytes + i, 1, &err))
                fuzz_require(err.code == TONE_ERR_ARGUMENT || err.code == TONE_ERR_LIMIT || err.code == TONE_ERR_NO_MEMORY);
        const char *rest;
        size_t m;
        st = tone_constraint_finish_text(s, &rest, &m, &err);
        fuzz_require(!st || st == TONE_ERR_LIMIT || st == TONE_ERR_NO_MEMORY);
        char *copy = st ? NULL : malloc(m + 1);
        if (copy) {
            memcpy(copy, rest, m);
            fuzz_require(!tone_constraint_accept_bytes(s, copy, m, NULL) && tone_constraint_is_complete(s));
            free(copy);
        }
        tone_constraint_state_close(s);
    }
    tone_constraint_free(c);
    return 0;
}

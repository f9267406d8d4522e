/* A vocabulary from a GGUF file or a tokenizer.json: whatever it says, any text can be encoded, and never to control tokens. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "token/from_gguf.h"

static void use(const tone_tokenizer *t, const char *text, size_t n, unsigned flags)
{
    tone_token_list ids = {0};
    char *back;
    size_t back_n, total = 0;
    if (tone_tokenizer_encode(t, text, n, flags, &ids, NULL))
        return;
    for (size_t i = 0; i < ids.n; i++) {
        size_t bytes_n;
        const char *bytes = tone_tokenizer_bytes(t, ids.ids[i], &bytes_n);
        fuzz_require(bytes != NULL);
        /* Plain text gives no control token, save the unknown one in a vocabulary without bytes. */
        fuzz_require(flags || tone_tokenizer_kind(t, ids.ids[i]) != TONE_TOKEN_CONTROL || ids.ids[i] == tone_tokenizer_info(t)->unk);
        total += fuzz_touch(bytes, bytes_n);
    }
    if (!tone_tokenizer_decode(t, ids.ids, ids.n, 0, &back, &back_n, NULL)) {
        fuzz_keep(fuzz_touch(back, back_n) + total);
        free(back);
    }
    tone_token_list_clear(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_tokenizer *t = NULL;
    if (n >= 4 && memcmp(bytes, "GGUF", 4) == 0) {
        tone_gguf *g;
        if (!tone_gguf_open_memory(&g, bytes, n, NULL) && tone_tokenizer_from_gguf(&t, g, NULL))
            fuzz_require(!t);
        tone_gguf_close(g);
    } else if (tone_tokenizer_open_memory(&t, (const char *)bytes, n, NULL)) {
        fuzz_require(!t);
    }
    if (!t)
        return 0;
    static const char text[] = "a ab  abc\n\nb<|turn>aab \xE2\x96\x81 \xC3\xA9\xFF\xE3\x81 <s> aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    use(t, text, sizeof text, TONE_ENCODE_CONTROL);
    use(t, text, sizeof text, 0);
    use(t, (const char *)bytes, n < 4096 ? n : 4096, 0);
    tone_decoder *d;
    if (!tone_decoder_open(&d, t, TONE_DECODE_HIDE_CONTROL, NULL)) {
        for (tone_token id = 0; id <= tone_tokenizer_info(t)->n_vocab; id++) {
            size_t shown;
            const char *part = tone_decoder_next(d, id, &shown);
            fuzz_keep(fuzz_touch(part, shown + 1));
        }
        tone_decoder_close(d);
    }
    tone_tokenizer_close(t);
    return 0;
}

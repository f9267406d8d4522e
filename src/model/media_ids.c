/* Which tokens stand around media, and in their place. */
#include <string.h>

#include "model/config.h"

tone_media_ids tone_media_ids_published(uint32_t vocab)
{
    const tone_media_ids none = {TONE_TOKEN_NONE, TONE_TOKEN_NONE, TONE_TOKEN_NONE, TONE_TOKEN_NONE,
                                 TONE_TOKEN_NONE, TONE_TOKEN_NONE, TONE_TOKEN_NONE};
    if (vocab && vocab <= 258884) /* 0: not said, then it is the published one */
        return none;
    return (tone_media_ids){.image_begin = 255999, .image_end = 258882, .audio_begin = 256000, .audio_end = 258883,
        .image = 258880, .video = 258884, .audio = 258881};
}

tone_media_ids tone_media_ids_from_gguf(const tone_gguf *g)
{
    const tone_gguf_value *tokens = tone_gguf_find(g, "tokenizer.ggml.tokens");
    if (!tokens)
        return tone_media_ids_published(0);
    tone_media_ids ids = tone_media_ids_published(1);
    const struct {
        const char *text;
        tone_token *id;
    } known[] = {{"<|image>", &ids.image_begin}, {"<image|>", &ids.image_end}, {"<|audio>", &ids.audio_begin},
        {"<audio|>", &ids.audio_end}, {"<|image|>", &ids.image}, {"<|video|>", &ids.video}, {"<|audio|>", &ids.audio}};
    tone_gguf_string s;
    size_t cursor = 0;
    for (tone_token id = 0; tone_gguf_array_next_string(tokens, &cursor, &s); id++) {
        if (s.n < 8 || s.n > 9 || s.text[0] != '<' || s.text[s.n - 1] != '>')
            continue;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strlen(known[i].text) == s.n && memcmp(known[i].text, s.text, s.n) == 0)
                *known[i].id = id;
    }
    return ids;
}

/* Media of a prompt: which file stands at which placeholder. */
#include <stdlib.h>

#include "base/fail.h"
#include "tonesmith/respond.h"

bool tone_prompt_has_media(const tone_prompt *p)
{
    size_t n;
    const tone_segment *s = tone_prompt_segments(p, &n);
    for (size_t i = 0; i < n; i++)
        if (s[i].kind == TONE_SEGMENT_MEDIA)
            return true;
    return false;
}

tone_input tone_media_input(const tone_media_prompt *p)
{
    return (tone_input){.ids = p->ids.ids, .kinds = p->kinds, .soft = p->soft, .n = p->ids.n};
}

static tone_status medium_of(tone_medium *out, const tone_segment *s, tone_error *err)
{
    const bool sound = s->n == 9 && s->text[2] == 'a', picture = s->n == 9 && s->text[2] == 'i'; /* <|audio|>, <|image|> */
    if (!sound && !picture)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "messages[%u].content[%u]: a %.*s cannot be shown, only pictures and sounds", s->message, s->part,
                         (int)s->n, s->text);
    if (!s->path)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "messages[%u].content[%u]: a %s without a path; only files can be shown", s->message, s->part,
                         sound ? "sound" : "picture");
    *out = (tone_medium){.kind = sound ? TONE_INPUT_AUDIO : TONE_INPUT_IMAGE, .path = s->path, .budget = s->budget, .hash = s->hash};
    return TONE_OK;
}

static tone_status gather(tone_medium **out, size_t *n_out, const tone_prompt *p, tone_error *err)
{
    size_t n;
    const tone_segment *s = tone_prompt_segments(p, &n);
    tone_medium *media = *out = calloc(n ? n : 1, sizeof *media);
    *n_out = 0;
    if (!media)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a prompt with pictures or sounds");
    tone_status st = TONE_OK;
    for (size_t i = 0; !st && i < n; i++)
        if (s[i].kind == TONE_SEGMENT_MEDIA)
            st = medium_of(&media[(*n_out)++], &s[i], err);
    return st;
}

tone_status tone_prompt_expand(const tone_prompt *p, const tone_tokenizer *t, tone_media *m, tone_media_prompt *out, tone_error *err)
{
    *out = (tone_media_prompt){0};
    tone_token_list ids = {0};
    tone_medium *media = NULL;
    size_t n_media;
    tone_status st = gather(&media, &n_media, p, err);
    if (!st && n_media && !m)
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the prompt holds pictures or sounds, and nobody here shows them to the model");
    if (!st)
        st = tone_prompt_encode(p, t, &ids, err);
    if (!st && n_media)
        st = tone_media_expand(m, out, ids.ids, ids.n, media, n_media, err);
    else if (!st) { /* text alone: the list changes hands */
        out->ids = ids;
        ids = (tone_token_list){0};
    }
    free(media);
    tone_token_list_clear(&ids);
    return st;
}

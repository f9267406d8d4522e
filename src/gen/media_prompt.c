/* Placeholders among the ids of a prompt, and the rows that take their place. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "gen/media.h"

typedef struct writer {
    tone_media *m;
    tone_media_prompt *out;
    size_t kinds_room, soft_room; /* positions, rows */
    size_t run;                   /* soft tokens of pictures that the prompt ends with */
    tone_error *err;
} writer;

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a prompt with pictures or sounds");
}

void tone_media_prompt_clear(tone_media_prompt *p)
{
    tone_token_list_clear(&p->ids);
    free(p->kinds);
    free(p->soft);
    *p = (tone_media_prompt){0};
}

static tone_status put(writer *w, tone_token id, tone_input_kind kind)
{
    tone_media_prompt *p = w->out;
    if (p->ids.n == w->kinds_room) {
        size_t room = w->kinds_room ? 2 * w->kinds_room : 256;
        uint8_t *grown = realloc(p->kinds, room);
        if (!grown)
            return no_memory(w->err);
        p->kinds = grown;
        w->kinds_room = room;
    }
    p->kinds[p->ids.n] = (uint8_t)kind;
    w->run = kind == TONE_INPUT_IMAGE || kind == TONE_INPUT_VIDEO ? w->run + 1 : 0;
    if (w->run > p->longest)
        p->longest = w->run;
    return tone_token_list_push(&p->ids, id, w->err);
}

/* Room for `more` further rows; the caller writes them and counts them. */
static tone_status reserve_rows(writer *w, size_t more)
{
    tone_media_prompt *p = w->out;
    size_t rows, bytes, width = tone_model_info(w->m->model)->hidden;
    if (!tone_add_size(&rows, p->n_soft, more) || !tone_mul_size(&bytes, 2 * width * sizeof(float), rows))
        return no_memory(w->err);
    if (rows <= w->soft_room)
        return TONE_OK;
    float *grown = realloc(p->soft, bytes);
    if (!grown)
        return no_memory(w->err);
    p->soft = grown;
    w->soft_room = 2 * rows;
    return TONE_OK;
}

static tone_status put_rows(writer *w, const float *rows, size_t n)
{
    size_t width = tone_model_info(w->m->model)->hidden;
    tone_status st = reserve_rows(w, n);
    if (st)
        return st;
    memcpy(w->out->soft + w->out->n_soft * width, rows, n * width * sizeof *rows);
    w->out->n_soft += n;
    return TONE_OK;
}

/* What an id stands for: text, or the place of a soft token. */
static tone_input_kind kind_of(const tone_media_ids *ids, tone_token id)
{
    return id == TONE_TOKEN_NONE ? TONE_INPUT_TEXT : id == ids->image ? TONE_INPUT_IMAGE : id == ids->video ? TONE_INPUT_VIDEO
           : id == ids->audio ? TONE_INPUT_AUDIO : TONE_INPUT_TEXT;
}

static bool is_sound(tone_input_kind kind)
{
    return kind == TONE_INPUT_AUDIO;
}

static const char *noun(tone_input_kind kind)
{
    return is_sound(kind) ? "sound" : "picture";
}

/* ---- one placeholder a medium */

static tone_status expand_one(writer *w, const tone_medium *medium, const tone_media_ids *ids)
{
    const tone_made *made;
    const bool sound = is_sound(medium->kind);
    tone_status st = tone_media_make(w->m, medium, &made, w->err);
    for (size_t i = 0; !st && i < made->n_parts; i++) {
        const tone_soft *soft = &made->parts[i];
        if ((st = put(w, sound ? ids->audio_begin : ids->image_begin, TONE_INPUT_TEXT)) || (st = put_rows(w, soft->rows, soft->n)))
            break;
        for (size_t k = 0; !st && k < soft->n; k++)
            st = put(w, sound ? ids->audio : ids->image, sound ? TONE_INPUT_AUDIO : TONE_INPUT_IMAGE);
        if (!st)
            st = put(w, sound ? ids->audio_end : ids->image_end, TONE_INPUT_TEXT);
    }
    return st;
}

static tone_status expand(writer *w, const tone_token *ids, size_t n, const tone_medium *media, size_t n_media)
{
    const tone_media_ids *special = &tone_model_info(w->m->model)->media;
    size_t used = 0;
    tone_status st = TONE_OK;
    for (size_t i = 0; !st && i < n; i++) {
        tone_input_kind kind = kind_of(special, ids[i]);
        if (kind == TONE_INPUT_TEXT) {
            st = put(w, ids[i], kind);
        } else if (used == n_media) {
            st = tone_fail(w->err, TONE_ERR_ARGUMENT, 0, "the prompt has more places for pictures and sounds than the %zu that there are", n_media);
        } else if (is_sound(kind) != is_sound(media[used].kind)) {
            st = tone_fail(w->err, TONE_ERR_ARGUMENT, 0, "a %s (%s) in the place of a %s", noun(media[used].kind), media[used].path, noun(kind));
        } else {
            st = expand_one(w, &media[used++], special);
        }
    }
    if (!st && used < n_media)
        st = tone_fail(w->err, TONE_ERR_ARGUMENT, 0, "%zu pictures and sounds for %zu places in the prompt", n_media, used);
    return st;
}

/* ---- one placeholder a soft token */

/* All rows of one sense, one after the other. */
typedef struct rows {
    float *data; /* (n, width) */
    size_t n, used;
} rows;

static tone_status gather(writer *w, bool sound, const tone_medium *media, size_t n_media, rows *out)
{
    const size_t width = tone_model_info(w->m->model)->hidden;
    for (size_t i = 0; i < n_media; i++) {
        const tone_made *made;
        if (is_sound(media[i].kind) != sound)
            continue;
        tone_status st = tone_media_make(w->m, &media[i], &made, w->err);
        for (size_t k = 0; !st && k < made->n_parts; k++) {
            const tone_soft *soft = &made->parts[k];
            float *grown = realloc(out->data, (out->n + soft->n) * width * sizeof *grown);
            if (!grown)
                return no_memory(w->err);
            out->data = grown;
            memcpy(grown + out->n * width, soft->rows, soft->n * width * sizeof *grown);
            out->n += soft->n;
        }
        if (st)
            return st;
    }
    return TONE_OK;
}

static tone_status fill(writer *w, const tone_token *ids, size_t n, rows senses[2])
{
    const tone_media_ids *special = &tone_model_info(w->m->model)->media;
    const size_t width = tone_model_info(w->m->model)->hidden;
    size_t places[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        tone_input_kind kind = kind_of(special, ids[i]);
        if (kind != TONE_INPUT_TEXT)
            places[is_sound(kind)]++;
    }
    for (int sound = 0; sound < 2; sound++)
        if (places[sound] != senses[sound].n)
            return tone_fail(w->err, TONE_ERR_ARGUMENT, 0, "the ids have %zu placeholders for %s, the files make %zu soft tokens", places[sound],
                             sound ? "sounds" : "pictures", senses[sound].n);
    tone_status st = TONE_OK;
    for (size_t i = 0; !st && i < n; i++) {
        tone_input_kind kind = kind_of(special, ids[i]);
        rows *from = &senses[is_sound(kind)];
        if (kind != TONE_INPUT_TEXT)
            st = put_rows(w, from->data + from->used++ * width, 1);
        if (!st)
            st = put(w, ids[i], kind);
    }
    return st;
}

tone_status tone_media_expand(tone_media *m, tone_media_prompt *out, const tone_token *ids, size_t n, const tone_medium *media,
                              size_t n_media, tone_error *err)
{
    *out = (tone_media_prompt){0};
    writer w = {.m = m, .out = out, .err = err};
    tone_status st = expand(&w, ids, n, media, n_media);
    if (st)
        tone_media_prompt_clear(out);
    return st;
}

tone_status tone_media_fill(tone_media *m, tone_media_prompt *out, const tone_token *ids, size_t n, const tone_medium *media,
                            size_t n_media, tone_error *err)
{
    *out = (tone_media_prompt){0};
    writer w = {.m = m, .out = out, .err = err};
    rows senses[2] = {{0}};
    tone_status st = gather(&w, false, media, n_media, &senses[0]);
    if (!st)
        st = gather(&w, true, media, n_media, &senses[1]);
    if (!st)
        st = fill(&w, ids, n, senses);
    free(senses[0].data);
    free(senses[1].data);
    if (st)
        tone_media_prompt_clear(out);
    return st;
}

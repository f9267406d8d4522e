/* Eyes and ears of a model, and what they have made of files so far. */
#include "gen/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"

enum { KEEP_BYTES = 256 << 20 };

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for pictures and sounds");
}

tone_status tone_media_open(tone_media **out, const tone_model *model, const char *path, const tone_media_options *opt, tone_error *err)
{
    *out = NULL;
    tone_media *m = calloc(1, sizeof *m);
    if (!m)
        return no_memory(err);
    m->model = model;
    if (opt)
        m->o = *opt;
    if (!m->o.keep_bytes)
        m->o.keep_bytes = KEEP_BYTES;
    m->path = strdup(path);
    m->projector = m->o.projector ? strdup(m->o.projector) : NULL;
    if (!m->path || (m->o.projector && !m->projector)) {
        tone_media_close(m);
        return no_memory(err);
    }
    m->o.projector = m->projector;
    *out = m;
    return TONE_OK;
}

static void clear_made(tone_made *made)
{
    for (size_t i = 0; i < made->n_parts; i++)
        tone_soft_clear(&made->parts[i]);
    free(made->parts);
    *made = (tone_made){0};
}

void tone_media_close(tone_media *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_made; i++)
        clear_made(&m->made[i]);
    free(m->made);
    tone_vision_close(m->eyes);
    tone_hearing_close(m->ears);
    free(m->path);
    free(m->projector);
    free(m);
}

tone_status tone_media_set_projector(tone_media *m, const char *path, tone_error *err)
{
    char *copy = path ? strdup(path) : NULL;
    if (path && !copy)
        return no_memory(err);
    for (size_t i = 0; i < m->n_made; i++)
        clear_made(&m->made[i]);
    m->n_made = 0;
    tone_vision_close(m->eyes);
    tone_hearing_close(m->ears);
    m->eyes = NULL;
    m->ears = NULL;
    free(m->projector);
    m->projector = copy;
    return TONE_OK;
}

/* ---- eyes and ears */

/* The file that was looked for beside a GGUF model; the caller frees it. */
static char *expected_projector(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strlen(name);
    if (n > 5 && strcmp(name + n - 5, ".gguf") == 0)
        n -= 5;
    tone_buf b = {0};
    tone_buf_printf(&b, "%.*smmproj-%.*s.gguf", (int)(name - path), path, (int)n, name);
    return tone_buf_take(&b);
}

/* There is no such sense: say what would help. */
static tone_status say_missing(const tone_media *m, const char *sense, const char *who, tone_error *err)
{
    const char *name = tone_model_info(m->model)->name;
    if (m->projector)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s has no %s; %s", m->projector, sense, who);
    size_t n = strlen(m->path);
    if (n < 5 || strcmp(m->path + n - 5, ".gguf") != 0)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s has no %s; %s", name, sense, who);
    char *expected = expected_projector(m->path);
    tone_status st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s has no %s: no %s stands beside it, and no other mmproj file with %s (--mmproj names one); %s",
                               name, sense, expected ? expected : "mmproj file", sense, who);
    free(expected);
    return st;
}

static tone_status check_width(const tone_media *m, const char *sense, uint32_t width, tone_error *err)
{
    uint32_t hidden = tone_model_info(m->model)->hidden;
    if (width == hidden)
        return TONE_OK;
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the %s make soft tokens of %u values, the model takes %u: they belong to another model", sense, width, hidden);
}

static tone_status need_ids(tone_token begin, tone_token hole, tone_token end, const char *what, tone_error *err)
{
    if (begin != TONE_TOKEN_NONE && hole != TONE_TOKEN_NONE && end != TONE_TOKEN_NONE)
        return TONE_OK;
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the vocabulary of this model has no tokens for %s", what);
}

static tone_status open_eyes(tone_media *m, tone_error *err)
{
    const tone_media_ids *ids = &tone_model_info(m->model)->media;
    tone_vision *eyes;
    tone_status st = tone_vision_open(&eyes, m->projector ? m->projector : m->path, err);
    if (st == TONE_ERR_NOT_FOUND)
        return say_missing(m, "eyes", "released Gemma 4 models of every size have some", err);
    if (st || (st = need_ids(ids->image_begin, ids->image, ids->image_end, "pictures", err)))
        goto fail;
    st = check_width(m, "eyes", tone_vision_info(eyes)->soft_width, err);
    if (st)
        goto fail;
    m->eyes = eyes;
    return TONE_OK;

fail:
    tone_vision_close(eyes);
    return st;
}

static tone_status open_ears(tone_media *m, tone_error *err)
{
    const tone_media_ids *ids = &tone_model_info(m->model)->media;
    tone_hearing *ears;
    tone_status st = tone_hearing_open(&ears, m->projector ? m->projector : m->path, err);
    if (st == TONE_ERR_NOT_FOUND)
        return say_missing(m, "ears", "Gemma 4 E2B and E4B have some", err);
    if (st || (st = need_ids(ids->audio_begin, ids->audio, ids->audio_end, "sounds", err)))
        goto fail;
    st = check_width(m, "ears", tone_hearing_info(ears)->soft_width, err);
    if (st)
        goto fail;
    m->ears = ears;
    return TONE_OK;

fail:
    tone_hearing_close(ears);
    return st;
}

tone_status tone_media_need(tone_media *m, tone_input_kind kind, tone_error *err)
{
    if (kind == TONE_INPUT_AUDIO)
        return m->ears ? TONE_OK : open_ears(m, err);
    return m->eyes ? TONE_OK : open_eyes(m, err);
}

/* ---- what they make */

/* FNV-1a, 64 bit, over the bytes: to tell files apart and see that one has changed, not against somebody who means harm. */
static tone_status hash_file(uint64_t *out, const char *path, tone_error *err)
{
    tone_map map;
    tone_status st = tone_map_open(&map, path, err);
    if (st)
        return st;
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < map.n; i++)
        h = (h ^ map.data[i]) * 0x100000001B3u;
    tone_map_close(&map);
    *out = h;
    return TONE_OK;
}

tone_status tone_media_hash(char out[17], const char *path, tone_error *err)
{
    uint64_t h = 0;
    tone_status st = hash_file(&h, path, err);
    snprintf(out, 17, "%016llx", (unsigned long long)h);
    return st;
}

static tone_status look(tone_media *m, const tone_medium *medium, uint32_t budget, tone_made *made, tone_error *err)
{
    tone_vision_options o = tone_vision_defaults();
    o.budget = budget;
    o.n_threads = m->o.n_threads;
    o.resize = m->o.resize;
    o.exact = m->o.exact;
    o.low_priority = m->o.low_priority;
    o.progress = m->o.progress;
    o.progress_arg = m->o.progress_arg;
    made->parts = calloc(1, sizeof *made->parts);
    if (!made->parts)
        return no_memory(err);
    tone_status st = tone_vision_encode_file(&made->parts[0], m->eyes, medium->path, &o, err);
    if (st)
        return st;
    made->n_parts = 1;
    made->facts = (tone_medium_facts){.n_parts = 1, .n_soft = made->parts[0].n};
    return TONE_OK;
}

static tone_hearing_options hearing_options(const tone_media *m)
{
    tone_hearing_options o = tone_hearing_defaults();
    o.n_threads = m->o.n_threads;
    o.exact = m->o.exact;
    o.low_priority = m->o.low_priority;
    o.progress = m->o.progress;
    o.progress_arg = m->o.progress_arg;
    return o;
}

/* The rows change hands; *heard is used up. */
static tone_status take_heard(tone_made *made, tone_heard *heard, tone_error *err)
{
    made->parts = calloc(heard->n ? heard->n : 1, sizeof *made->parts);
    if (!made->parts) {
        tone_heard_clear(heard);
        return no_memory(err);
    }
    made->facts = (tone_medium_facts){.n_parts = heard->n, .seconds = (double)heard->n_samples / TONE_HEARING_RATE_HZ};
    for (size_t i = 0; i < heard->n; i++) {
        made->parts[i] = heard->parts[i].soft;
        heard->parts[i].soft = (tone_soft){0};
        made->facts.n_soft += made->parts[i].n;
        if (heard->parts[i].peak > made->facts.peak)
            made->facts.peak = heard->parts[i].peak;
    }
    made->n_parts = heard->n;
    tone_heard_clear(heard);
    return TONE_OK;
}

static tone_status hear(tone_media *m, const tone_medium *medium, tone_made *made, tone_error *err)
{
    const tone_hearing_options o = hearing_options(m);
    tone_heard heard;
    tone_status st = tone_hearing_encode_file(&heard, m->ears, medium->path, &o, err);
    return st ? st : take_heard(made, &heard, err);
}

static uint64_t bytes_of(const tone_made *made)
{
    uint64_t n = 0;
    for (size_t i = 0; i < made->n_parts; i++)
        n += (uint64_t)made->parts[i].n * made->parts[i].width * sizeof(float);
    return n;
}

/* Forget what was not wanted for longest until the rest, the new one aside, is within bounds. */
static void trim(tone_media *m)
{
    for (;;) {
        uint64_t bytes = 0;
        size_t oldest = 0;
        for (size_t i = 0; i < m->n_made; i++) {
            bytes += bytes_of(&m->made[i]);
            if (m->made[i].used < m->made[oldest].used)
                oldest = i;
        }
        if (bytes <= m->o.keep_bytes || m->n_made < 2)
            return;
        clear_made(&m->made[oldest]);
        m->made[oldest] = m->made[--m->n_made];
    }
}

static tone_made *find_made(tone_media *m, tone_input_kind kind, uint64_t hash, uint32_t budget)
{
    for (size_t i = 0; i < m->n_made; i++)
        if (m->made[i].kind == kind && m->made[i].hash == hash && m->made[i].budget == budget)
            return &m->made[i];
    return NULL;
}

static tone_status add_made(tone_media *m, tone_made *made, tone_error *err)
{
    if (m->n_made == m->room) {
        size_t room = m->room ? 2 * m->room : 8;
        tone_made *grown = realloc(m->made, room * sizeof *grown);
        if (!grown)
            return no_memory(err);
        m->made = grown;
        m->room = room;
    }
    m->made[m->n_made++] = *made;
    trim(m);
    return TONE_OK;
}

static tone_status check_hash(const tone_medium *medium, uint64_t hash, tone_error *err)
{
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    if (!medium->hash || strcmp(medium->hash, text) == 0)
        return TONE_OK;
    return tone_fail(err, TONE_ERR_FORMAT, 0, "%s has changed since it was part of this conversation", medium->path);
}

tone_status tone_media_make(tone_media *m, const tone_medium *medium, const tone_made **out, tone_error *err)
{
    tone_status st = tone_media_need(m, medium->kind, err);
    uint64_t hash = 0;
    if (st || (st = hash_file(&hash, medium->path, err)) || (st = check_hash(medium, hash, err)))
        return st;
    bool sound = medium->kind == TONE_INPUT_AUDIO;
    uint32_t budget = sound ? 0 : medium->budget ? medium->budget : m->o.budget;
    tone_input_kind kind = sound ? TONE_INPUT_AUDIO : TONE_INPUT_IMAGE;
    tone_made *found = find_made(m, kind, hash, budget);
    if (!found) {
        tone_made made = {.hash = hash, .budget = budget, .kind = kind, .used = m->clock + 1};
        st = sound ? hear(m, medium, &made, err) : look(m, medium, budget, &made, err);
        if (!st)
            st = add_made(m, &made, err);
        if (st) {
            clear_made(&made);
            return st;
        }
        found = find_made(m, kind, hash, budget);
    }
    found->used = ++m->clock;
    *out = found;
    return TONE_OK;
}

tone_status tone_media_take(tone_media *m, const tone_medium *medium, tone_medium_facts *out, tone_error *err)
{
    const tone_made *made;
    *out = (tone_medium_facts){0};
    tone_status st = tone_media_make(m, medium, &made, err);
    if (!st)
        *out = made->facts;
    return st;
}

/* ---- heard while it is recorded */

tone_status tone_media_stream(tone_media *m, tone_hearing_stream **out, uint32_t rate_hz, uint32_t n_channels, tone_error *err)
{
    *out = NULL;
    tone_status st = tone_media_need(m, TONE_INPUT_AUDIO, err);
    const tone_hearing_options o = hearing_options(m);
    return st ? st : tone_hearing_stream_open(out, m->ears, rate_hz, n_channels, &o, err);
}

tone_status tone_media_keep(tone_media *m, const char *path, tone_heard *heard, tone_error *err)
{
    tone_made made = {.kind = TONE_INPUT_AUDIO, .used = ++m->clock};
    tone_status st = hash_file(&made.hash, path, err);
    if (st) {
        tone_heard_clear(heard);
        return st;
    }
    st = take_heard(&made, heard, err);
    if (!st && !find_made(m, made.kind, made.hash, 0))
        st = add_made(m, &made, err);
    else
        clear_made(&made);
    if (st)
        clear_made(&made);
    return st;
}

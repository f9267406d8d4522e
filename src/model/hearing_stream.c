/* Listening while sound still arrives.
 *
 * The samples of the current part are kept until the part is done.  When there are more than 30 s of them the part ends at the
 * pause that tone_hearing_cut() would choose.  Its end is such that its soft tokens are those that the tower has made already
 * for what turned out to be a longer sound (no soft token looks ahead of its own 40 ms); what came after it is fed again. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/hearing.h"
#include "signal/mel.h"
#include "signal/resample.h"

enum { READY = 32 }; /* soft tokens that are worth a walk through the tower: below that the weights' way from memory counts */

struct tone_hearing_stream {
    const tone_hearing *h;
    bool keep_mel;
    tone_resampler *resampler;
    tone_mel *mel;
    tone_tower tower;
    tone_samples samples; /* at 16 kHz, from the start of the part                  */
    size_t n_given;       /* of those, how many have become features                */
    tone_samples rows;    /* features of the part                                   */
    tone_samples soft;    /* soft tokens of the part                                */
    tone_heard done;      /* parts before this one                                  */
    size_t parts_room;
    bool failed, finished;
};

tone_status tone_hearing_stream_open(tone_hearing_stream **out, const tone_hearing *h, uint32_t rate_hz, uint32_t n_channels,
                                     const tone_hearing_options *opt, tone_error *err)
{
    *out = NULL;
    tone_hearing_options given = opt ? *opt : tone_hearing_defaults();
    given.progress = NULL;
    tone_hearing_stream *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for listening");
    s->h = h;
    s->keep_mel = given.keep_mel;
    tone_status st = tone_resampler_open(&s->resampler, rate_hz, n_channels, TONE_HEARING_RATE_HZ, err);
    if (!st)
        st = tone_mel_new(&s->mel, err);
    if (!st)
        st = tone_tower_init(&s->tower, h, &given, err);
    if (st) {
        tone_hearing_stream_close(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

void tone_hearing_stream_close(tone_hearing_stream *s)
{
    if (!s)
        return;
    tone_resampler_close(s->resampler);
    tone_mel_free(s->mel);
    tone_tower_clear(&s->tower);
    tone_samples_clear(&s->samples);
    tone_samples_clear(&s->rows);
    tone_samples_clear(&s->soft);
    tone_heard_clear(&s->done);
    free(s);
}

static size_t n_rows(const tone_hearing_stream *s)
{
    return s->rows.n / TONE_MEL_BANDS;
}

/* Features of the part's samples up to `end`. */
static tone_status give(tone_hearing_stream *s, size_t end, tone_error *err)
{
    if (end <= s->n_given)
        return TONE_OK;
    size_t n = end - s->n_given, floats = tone_mel_ready(s->mel, n) * TONE_MEL_BANDS;
    tone_status st = tone_samples_reserve(&s->rows, floats, err);
    if (st)
        return st;
    tone_mel_feed(s->mel, s->rows.x + s->rows.n, s->samples.x + s->n_given, n);
    s->rows.n += floats;
    s->n_given = end;
    return TONE_OK;
}

/* The tower up to soft token `end` of the part. */
static tone_status run_to(tone_hearing_stream *s, size_t end, tone_error *err)
{
    size_t n = end > s->tower.n_done ? end - s->tower.n_done : 0, width = s->h->config.soft_width;
    tone_status st = tone_samples_reserve(&s->soft, n * width, err);
    if (st || !n)
        return st;
    st = tone_tower_run(&s->tower, s->soft.x + s->soft.n, n, s->rows.x, 0, n_rows(s), err);
    s->soft.n += st ? 0 : n * width;
    return st;
}

static tone_status part_room(tone_hearing_stream *s, tone_error *err)
{
    if (s->done.n < s->parts_room)
        return TONE_OK;
    size_t room = s->parts_room * 2 + 4;
    tone_heard_part *parts = realloc(s->done.parts, room * sizeof *parts);
    if (!parts)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the parts of a sound");
    s->done.parts = parts;
    s->parts_room = room;
    return TONE_OK;
}

/* The part ends before sample n of it: to s->done with it, and on with what is left. */
static tone_status end_part(tone_hearing_stream *s, size_t n, tone_error *err)
{
    size_t n_soft = tone_hearing_count(n), width = s->h->config.soft_width;
    tone_status st = give(s, n, err);
    if (!st)
        st = run_to(s, n_soft, err);
    if (!st)
        st = part_room(s, err);
    if (st)
        return st;
    tone_heard_part part = {.span = {s->done.n_samples, n}, .soft = {.n = n_soft, .width = s->h->config.soft_width},
                            .peak = tone_hearing_peak(s->samples.x, n)};
    part.soft.rows = malloc((n_soft * width + 1) * sizeof *part.soft.rows);
    if (s->keep_mel) {
        part.n_mel = tone_mel_rows(n);
        part.mel = malloc((part.n_mel * TONE_MEL_BANDS + 1) * sizeof *part.mel);
    }
    if (!part.soft.rows || (s->keep_mel && !part.mel)) {
        tone_soft_clear(&part.soft);
        free(part.mel);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the parts of a sound");
    }
    if (n_soft)
        memcpy(part.soft.rows, s->soft.x, n_soft * width * sizeof *part.soft.rows);
    if (part.n_mel)
        memcpy(part.mel, s->rows.x, part.n_mel * TONE_MEL_BANDS * sizeof *part.mel);
    s->done.parts[s->done.n++] = part;
    s->done.n_samples += n;
    tone_samples_drop(&s->samples, n);
    s->rows.n = s->soft.n = s->n_given = 0;
    tone_mel_reset(s->mel);
    tone_tower_reset(&s->tower);
    return TONE_OK;
}

static tone_status advance(tone_hearing_stream *s, tone_error *err)
{
    while (s->samples.n > TONE_HEARING_MAX_SAMPLES) {
        tone_status st = end_part(s, tone_hearing_part_end(s->samples.x, s->samples.n, TONE_HEARING_MAX_SAMPLES), err);
        if (st)
            return st;
    }
    tone_status st = give(s, s->samples.n, err);
    size_t ready = n_rows(s) / 4;
    if (!st && ready >= s->tower.n_done + READY)
        st = run_to(s, ready, err);
    return st;
}

tone_status tone_hearing_feed(tone_hearing_stream *s, const float *frames, size_t n, tone_error *err)
{
    if (s->failed || s->finished)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "this sound has come to its end");
    tone_status st = tone_ops_cancelled(s->tower.ops) ? tone_fail(err, TONE_ERR_CANCELLED, 0, "listening was cancelled") : TONE_OK;
    if (!st)
        st = tone_resampler_feed(s->resampler, &s->samples, frames, n, err);
    if (!st)
        st = advance(s, err);
    s->failed = st != TONE_OK;
    return st;
}

static tone_status finish(tone_hearing_stream *s, tone_error *err)
{
    tone_status st = tone_resampler_finish(s->resampler, &s->samples, err);
    if (!st)
        st = advance(s, err);
    if (st)
        return st;
    size_t n = s->done.n_samples + s->samples.n;
    if (n < TONE_HEARING_MIN_SAMPLES)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a sound of %.1f ms is too short to be heard: more than 10 ms are needed",
                         (double)n * 1000 / TONE_HEARING_RATE_HZ);
    return end_part(s, s->samples.n, err);
}

tone_status tone_hearing_finish(tone_hearing_stream *s, tone_heard *out, tone_error *err)
{
    *out = (tone_heard){0};
    if (s->failed || s->finished)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "this sound has come to its end");
    tone_status st = tone_ops_cancelled(s->tower.ops) ? tone_fail(err, TONE_ERR_CANCELLED, 0, "listening was cancelled") : finish(s, err);
    s->failed = st != TONE_OK;
    s->finished = true;
    if (st)
        return st;
    *out = s->done;
    s->done = (tone_heard){0};
    return TONE_OK;
}

void tone_hearing_stream_cancel(tone_hearing_stream *s)
{
    tone_ops_cancel(s->tower.ops, true);
}

/* Opening the ears of a model, and sounds that are there as a whole. */
#include "model/hearing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "format/audio.h"
#include "signal/mel.h"
#include "signal/pause.h"
#include "signal/resample.h"

tone_status tone_hearing_open(tone_hearing **out, const char *path, tone_error *err)
{
    *out = NULL;
    tone_hearing *h = calloc(1, sizeof *h);
    if (!h)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an audio tower");
    tone_status st = tone_tower_file_open(&h->file, path, err);
    if (!st)
        st = tone_hearing_config_read(&h->config, &h->file, err);
    if (!st)
        st = tone_hearing_plan(h, err);
    if (st) {
        tone_hearing_close(h);
        return st;
    }
    *out = h;
    return TONE_OK;
}

void tone_hearing_close(tone_hearing *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < h->n_vectors; i++)
        free(h->vectors[i]);
    free(h->vectors);
    free(h->layers);
    tone_tower_file_close(&h->file);
    free(h);
}

const tone_hearing_facts *tone_hearing_info(const tone_hearing *h)
{
    return &h->facts;
}

tone_hearing_options tone_hearing_defaults(void)
{
    return (tone_hearing_options){0};
}

size_t tone_hearing_count(size_t n_samples)
{
    return (tone_mel_rows(n_samples) + 3) / 4;
}

tone_status tone_hearing_encode_mel(tone_soft *out, const tone_hearing *h, const float *mel, size_t n_rows,
                                    const tone_hearing_options *opt, const tone_tap *tap, tone_error *err)
{
    *out = (tone_soft){0};
    const tone_hearing_options given = opt ? *opt : tone_hearing_defaults();
    tone_soft soft = {.n = (n_rows + 3) / 4, .width = h->config.soft_width};
    tone_tower tower;
    tone_status st = tone_tower_init(&tower, h, &given, err);
    if (st)
        return st;
    tower.tap = tap;
    tower.steps_all = (uint32_t)((soft.n + TONE_TOWER_BLOCK - 1) / TONE_TOWER_BLOCK) * h->config.n_layers;
    soft.rows = malloc((soft.n + 1) * soft.width * sizeof *soft.rows);
    st = soft.rows ? tone_tower_run(&tower, soft.rows, soft.n, mel, 0, n_rows, err)
                   : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu soft tokens", soft.n);
    tone_tower_clear(&tower);
    if (st)
        tone_soft_clear(&soft);
    *out = soft;
    return st;
}

tone_status tone_hearing_check_part(const float *samples, size_t n, tone_error *err)
{
    if (n < TONE_HEARING_MIN_SAMPLES)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a sound of %.1f ms is too short to be heard: more than 10 ms are needed",
                         (double)n * 1000 / TONE_HEARING_RATE_HZ);
    if (n > TONE_HEARING_MAX_SAMPLES)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a sound of %.1f s is more than the 30 s that are heard at a time",
                         (double)n / TONE_HEARING_RATE_HZ);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(samples[i]))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the sound holds a value that is no number, %.3f s from its start",
                             (double)i / TONE_HEARING_RATE_HZ);
    return TONE_OK;
}

/* The features and the soft tokens of samples[0..n) into *part, which holds the features then. */
static tone_status encode_part(tone_heard_part *part, const tone_hearing *h, const float *samples, size_t n,
                               const tone_hearing_options *opt, tone_error *err)
{
    tone_mel *m;
    tone_status st = tone_hearing_check_part(samples, n, err);
    if (st || (st = tone_mel_new(&m, err)))
        return st;
    part->n_mel = tone_mel_ready(m, n);
    part->mel = malloc(part->n_mel * TONE_MEL_BANDS * sizeof *part->mel);
    if (part->mel)
        tone_mel_feed(m, part->mel, samples, n);
    else
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for mel features");
    tone_mel_free(m);
    return st ? st : tone_hearing_encode_mel(&part->soft, h, part->mel, part->n_mel, opt, NULL, err);
}

tone_status tone_hearing_encode(tone_soft *out, const tone_hearing *h, const float *samples, size_t n, const tone_hearing_options *opt,
                                tone_error *err)
{
    tone_heard_part part = {0};
    tone_status st = encode_part(&part, h, samples, n, opt, err);
    free(part.mel);
    *out = part.soft;
    return st;
}

enum { SECOND = TONE_HEARING_RATE_HZ, TOKEN = 4 * TONE_MEL_HOP };

size_t tone_hearing_part_end(const float *samples, size_t n, size_t most)
{
    if (n <= most)
        return n;
    size_t middle = tone_pause_find(samples, most / 2, most - SECOND, SECOND * 3 / 10);
    return middle / TOKEN * TOKEN + TOKEN / 8;
}

tone_status tone_hearing_cut(tone_hearing_span **out, size_t *n, const float *samples, size_t n_samples, size_t most, tone_error *err)
{
    *out = NULL;
    *n = 0;
    if (!most)
        most = TONE_HEARING_MAX_SAMPLES;
    if (most < 5 * SECOND || most > TONE_HEARING_MAX_SAMPLES)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "parts of %.1f s at most: 5 to 30 s are possible", (double)most / SECOND);
    size_t room = n_samples / (most / 2 - TOKEN) + 1;
    *out = malloc(room * sizeof **out);
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the parts of a sound");
    for (size_t first = 0; first < n_samples;) {
        size_t end = first + tone_hearing_part_end(samples + first, n_samples - first, most);
        (*out)[(*n)++] = (tone_hearing_span){first, end - first};
        first = end;
    }
    return TONE_OK;
}

float tone_hearing_peak(const float *x, size_t n)
{
    float peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fabsf(x[i]) > peak ? fabsf(x[i]) : peak;
    return peak;
}

void tone_heard_clear(tone_heard *heard)
{
    for (size_t i = 0; i < heard->n; i++) {
        tone_soft_clear(&heard->parts[i].soft);
        free(heard->parts[i].mel);
    }
    free(heard->parts);
    *heard = (tone_heard){0};
}

static tone_status encode_all(tone_heard *out, const tone_hearing *h, const tone_samples *sound, const tone_hearing_options *opt,
                              tone_error *err)
{
    tone_hearing_span *spans;
    size_t n;
    if (sound->n < TONE_HEARING_MIN_SAMPLES)
        return tone_hearing_check_part(sound->x, sound->n, err);
    tone_status st = tone_hearing_cut(&spans, &n, sound->x, sound->n, 0, err);
    if (st)
        return st;
    out->parts = calloc(n, sizeof *out->parts);
    if (!out->parts)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the parts of a sound");
    for (size_t i = 0; i < n && !st; i++) {
        tone_heard_part *part = &out->parts[out->n++];
        const float *x = sound->x + spans[i].first;
        part->span = spans[i];
        part->peak = tone_hearing_peak(x, spans[i].n);
        st = encode_part(part, h, x, spans[i].n, opt, err);
        if (!opt || !opt->keep_mel) {
            free(part->mel);
            part->mel = NULL;
            part->n_mel = 0;
        }
    }
    out->n_samples = sound->n;
    free(spans);
    return st;
}

tone_status tone_hearing_encode_file(tone_heard *out, const tone_hearing *h, const char *path, const tone_hearing_options *opt,
                                     tone_error *err)
{
    *out = (tone_heard){0};
    tone_audio a;
    tone_samples sound = {0};
    tone_status st = tone_audio_read(&a, path, NULL, err);
    if (st)
        return st;
    st = tone_resample(&sound, a.frames, a.n_frames, a.rate_hz, a.n_channels, TONE_HEARING_RATE_HZ, err);
    tone_audio_clear(&a);
    if (!st)
        st = encode_all(out, h, &sound, opt, err);
    tone_samples_clear(&sound);
    if (st) {
        tone_heard_clear(out);
        return tone_fail_in(err, st, path);
    }
    return TONE_OK;
}

/* What a model's ears make of a sound.  Sounds of several parts have their rows one after the other. */
#include "cli/encode_audio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/engine.h"
#include "cli/tensors.h"
#include "format/audio.h"
#include "model/hearing.h"
#include "signal/mel.h"
#include "signal/resample.h"

typedef struct watch {
    cli_tensors *tensors;
    uint32_t n_channels[2]; /* of conv0 and conv1 */
} watch;

/* Convolutions get (time, frequency, channel). */
static void split_channels(tone_tensor *t, const char *stage, const watch *w)
{
    if (strncmp(stage, "conv", 4) != 0 || t->n_dims != 2)
        return;
    uint32_t n = w->n_channels[stage[4] == '1'];
    t->n_dims = 3;
    t->dims[1] /= n;
    t->dims[2] = n;
}

static void see(void *arg, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    watch *w = arg;
    tone_tensor *t = cli_tensors_stage(w->tensors, layer, stage, rows, n_rows, n_cols, stride);
    if (t)
        split_channels(t, stage, w);
}

/* One part: features, and unless only those are wanted the rest. */
static tone_status listen(const cli_encode_audio *c, const tone_hearing *h, const float *x, size_t n, const tone_hearing_options *opt,
                          watch *w, int32_t *n_soft, tone_error *err)
{
    tone_mel *m;
    tone_soft soft = {0};
    tone_status st = tone_hearing_check_part(x, n, err);
    if (st || (st = tone_mel_new(&m, err)))
        return st;
    size_t n_rows = tone_mel_ready(m, n);
    float *rows = malloc(n_rows * TONE_MEL_BANDS * sizeof *rows);
    if (rows) {
        tone_mel_feed(m, rows, x, n);
        cli_tensors_append(w->tensors, "features", rows, n_rows, TONE_MEL_BANDS, TONE_MEL_BANDS);
    } else {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for mel features");
    }
    const tone_tap tap = {see, w};
    if (!st && !c->features)
        st = tone_hearing_encode_mel(&soft, h, rows, n_rows, opt, c->stages ? &tap : NULL, err);
    if (!st && !c->features)
        cli_tensors_append(w->tensors, "soft_tokens", soft.rows, soft.n, soft.width, soft.width);
    *n_soft = (int32_t)tone_hearing_count(n);
    tone_soft_clear(&soft);
    free(rows);
    tone_mel_free(m);
    return st;
}

static tone_status listen_to_all(const cli_encode_audio *c, const tone_hearing *h, const tone_samples *sound,
                                 const tone_hearing_options *opt, cli_tensors *t, tone_error *err)
{
    tone_hearing_span *spans;
    size_t n;
    watch w = {t, {h->config.channels0, h->config.channels1}};
    tone_status st = tone_hearing_cut(&spans, &n, sound->x, sound->n, 0, err);
    if (st)
        return st;
    int64_t *places = cli_tensors_add(t, "spans", TONE_TYPE_I64, n, 2);
    int32_t *lengths = cli_tensors_add(t, "lengths", TONE_TYPE_I32, n, 1);
    if (lengths)
        t->list[t->n - 1].n_dims = 1;
    if (!n)
        st = tone_hearing_check_part(sound->x, 0, err);
    for (size_t i = 0; i < n && !st && !t->failed; i++) {
        places[2 * i] = (int64_t)spans[i].first;
        places[2 * i + 1] = (int64_t)spans[i].n;
        st = listen(c, h, sound->x + spans[i].first, spans[i].n, opt, &w, &lengths[i], err);
    }
    free(spans);
    return st;
}

static void remark(const char *path, const tone_samples *sound)
{
    char safe[512];
    cli_safe_path(safe, path);
    if (tone_hearing_peak(sound->x, sound->n) < TONE_HEARING_FAINT)
        fprintf(stderr, "tonesmith encode: note: %s is silent, or nearly so\n", safe);
    if (sound->n > TONE_HEARING_MAX_SAMPLES)
        fprintf(stderr, "tonesmith encode: note: %s takes %.1f s; it is cut at pauses into parts of 30 s at most\n", safe,
                (double)sound->n / TONE_HEARING_RATE_HZ);
}

int cli_encode_audio_run(const cli_encode_audio *w, const tone_hearing_options *opt)
{
    tone_error err = {0};
    tone_hearing *h = NULL;
    tone_audio a = {0};
    tone_samples sound = {0};
    cli_tensors t = {0};
    double took = 0;
    tone_status st = tone_hearing_open(&h, w->tower, &err);
    if (!st) {
        st = tone_audio_read(&a, w->audio, NULL, &err);
        if (!st)
            st = tone_resample(&sound, a.frames, a.n_frames, a.rate_hz, a.n_channels, TONE_HEARING_RATE_HZ, &err);
        if (!st) {
            double start = cli_now_s();
            remark(w->audio, &sound);
            st = listen_to_all(w, h, &sound, opt, &t, &err);
            took = cli_now_s() - start;
        }
        if (st && !strstr(err.text, w->audio))
            st = tone_fail_in(&err, st, w->audio);
    }
    int rc = st ? cli_error("encode", &err) : cli_tensors_write(&t, "encode", w->out);
    if (!rc && !w->features)
        fprintf(stderr, "encoded in %.2f s\n", took);
    cli_tensors_clear(&t);
    tone_samples_clear(&sound);
    tone_audio_clear(&a);
    tone_hearing_close(h);
    return rc;
}

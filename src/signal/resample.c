#include "signal/resample.h"

#include <math.h>
#include <soxr.h>
#include <stdlib.h>

#include "base/fail.h"

enum { BLOCK = 4096, RATE_MIN_HZ = 100, RATE_MAX_HZ = 1536000 };

struct tone_resampler {
    soxr_t soxr; /* NULL: equal rates */
    uint32_t from_hz, to_hz, n_channels;
    uint64_t n_fed;
    float mono[BLOCK];
};

tone_status tone_resampler_open(tone_resampler **out, uint32_t from_hz, uint32_t n_channels, uint32_t to_hz, tone_error *err)
{
    *out = NULL;
    if (from_hz < RATE_MIN_HZ || from_hz > RATE_MAX_HZ || to_hz < RATE_MIN_HZ || to_hz > RATE_MAX_HZ)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "cannot resample from %u to %u Hz: rates are %d to %d Hz", from_hz, to_hz,
                         RATE_MIN_HZ, RATE_MAX_HZ);
    if (!n_channels)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a sound without channels");
    tone_resampler *r = calloc(1, sizeof *r);
    if (!r)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a resampler");
    r->from_hz = from_hz;
    r->to_hz = to_hz;
    r->n_channels = n_channels;
    if (from_hz != to_hz) {
        soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
        soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
        soxr_error_t bad = NULL;
        r->soxr = soxr_create(from_hz, to_hz, 1, &bad, &io, &quality, NULL);
        if (bad || !r->soxr) {
            tone_resampler_close(r);
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "cannot resample from %u to %u Hz: %s", from_hz, to_hz,
                             bad ? bad : "no memory");
        }
    }
    *out = r;
    return TONE_OK;
}

void tone_resampler_close(tone_resampler *r)
{
    if (!r)
        return;
    soxr_delete(r->soxr);
    free(r);
}

static float average(const float *frame, uint32_t n_channels)
{
    if (n_channels == 1)
        return *frame;
    double sum = 0;
    for (uint32_t c = 0; c < n_channels; c++)
        sum += (double)frame[c];
    return (float)(sum / n_channels);
}

/* x (n) through the filter, or its end with x NULL. */
static tone_status convert(tone_resampler *r, tone_samples *out, const float *x, size_t n, tone_error *err)
{
    if (!r->soxr)
        return tone_samples_append(out, x, n, err);
    for (;;) {
        size_t taken = 0, made = 0, room = (size_t)((double)n * r->to_hz / r->from_hz) + 1024;
        tone_status st = tone_samples_reserve(out, room, err);
        if (st)
            return st;
        soxr_error_t bad = soxr_process(r->soxr, x, n, &taken, out->x + out->n, room, &made);
        if (bad)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "cannot resample from %u to %u Hz: %s", r->from_hz, r->to_hz, bad);
        out->n += made;
        if (x) {
            x += taken;
            n -= taken;
        }
        if (x ? !n : made < room)
            return TONE_OK;
    }
}

tone_status tone_resampler_feed(tone_resampler *r, tone_samples *out, const float *frames, size_t n, tone_error *err)
{
    for (size_t at = 0; at < n;) {
        size_t block = n - at < BLOCK ? n - at : BLOCK;
        for (size_t i = 0; i < block; i++) {
            r->mono[i] = average(frames + (at + i) * r->n_channels, r->n_channels);
            if (!isfinite(r->mono[i]))
                return tone_fail(err, TONE_ERR_FORMAT, 0, "the sound holds a value that is no number, %.3f s from its start",
                                 (double)(r->n_fed + i) / r->from_hz);
        }
        tone_status st = convert(r, out, r->mono, block, err);
        if (st)
            return st;
        r->n_fed += block;
        at += block;
    }
    return TONE_OK;
}

tone_status tone_resampler_finish(tone_resampler *r, tone_samples *out, tone_error *err)
{
    return r->soxr ? convert(r, out, NULL, 0, err) : TONE_OK;
}

tone_status tone_resample(tone_samples *out, const float *frames, size_t n, uint32_t from_hz, uint32_t n_channels, uint32_t to_hz,
                          tone_error *err)
{
    tone_resampler *r;
    tone_status st = tone_resampler_open(&r, from_hz, n_channels, to_hz, err);
    if (!st)
        st = tone_resampler_feed(r, out, frames, n, err);
    if (!st)
        st = tone_resampler_finish(r, out, err);
    tone_resampler_close(r);
    return st;
}

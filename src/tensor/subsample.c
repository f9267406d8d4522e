/* The front of the conformer: two convolutions that make one row of four.
 *
 * A chunk is a row of the output.  Its worker makes the three rows of the first convolution it needs (one of them is made
 * twice, by the neighbour too: cheaper than keeping them all), padded on the left with a column of zeros so that the taps of
 * one output value lie side by side. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "tensor/conformer.h"
#include "tensor/state.h"

/* Floats of a worker: three padded rows of the input, three of the first convolution, one partial sum of the second. */
static bool scratch_floats(size_t *out, const tone_subsampler *s)
{
    size_t columns = s->n_bands / 2 + 1, partial = s->n_bands / 4 * s->n_channels1;
    return s->n_channels0 <= 1 << 16 && s->n_channels1 <= 1 << 16 && s->n_bands <= 1 << 16 &&
           tone_add_size(out, 3 * (s->n_bands + 1) + partial, 3 * columns * s->n_channels0);
}

tone_status tone_subsample_reserve(tone_ops *ops, const tone_subsampler *s, tone_error *err)
{
    size_t floats;
    if (!scratch_floats(&floats, s))
        return tone_fail(err, TONE_ERR_LIMIT, 0, "convolutions of %zu and %zu channels", s->n_channels0, s->n_channels1);
    if (floats <= ops->attention_floats)
        return TONE_OK;
    ops->attention_floats = 0;
    for (uint32_t i = 0; i < tone_ops_threads(ops); i++) {
        free(ops->scratch[i].attention);
        ops->scratch[i].attention = aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64);
        if (!ops->scratch[i].attention)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for convolutions");
    }
    ops->attention_floats = floats;
    return TONE_OK;
}

struct subsample_job {
    tone_ops *ops;
    float *y, *stage0;
    const tone_subsampler *s;
    const tone_subsample_span *span;
};

/* y = max(0, (y - mean) / sqrt(variance + eps) * gain) */
static void layer_norm(float *y, const float *gain, size_t n, float eps)
{
    float sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += y[i];
    float mean = sum / (float)n;
    for (size_t i = 0; i < n; i++) {
        y[i] -= mean;
        squares += y[i] * y[i];
    }
    float scale = 1 / sqrtf(squares / (float)n + eps);
    for (size_t i = 0; i < n; i++) {
        float v = y[i] * scale * gain[i];
        y[i] = v > 0 ? v : 0;
    }
}

/* Row t (may be -1 or past the end: zeros) of the first convolution: y (n_bands / 2 + 1, channels0), column 0 is zero. */
static void first_row(const struct subsample_job *job, float *y, float *padded, int64_t t)
{
    const tone_subsampler *s = job->s;
    size_t columns = s->n_bands / 2, c = s->n_channels0, width = s->n_bands + 1;
    int64_t end = (int64_t)job->span->rows_end;
    memset(y, 0, (columns + 1) * c * sizeof *y);
    if (t < 0 || 2 * t >= end)
        return;
    for (size_t a = 0; a < 3; a++) {
        int64_t row = 2 * t - 1 + (int64_t)a;
        if (row < 0 || row >= end)
            continue;
        assert(row >= (int64_t)job->span->rows_first);
        float *in = padded + a * width;
        in[0] = 0;
        memcpy(in + 1, job->span->rows + ((size_t)row - job->span->rows_first) * s->n_bands, s->n_bands * sizeof *in);
        job->ops->k.add_weighted_f32(y + c, columns, in, 2, s->conv0 + a * 3 * c, c, 3, c);
    }
    for (size_t f = 1; f <= columns; f++)
        layer_norm(y + f * c, s->gain0, c, s->eps);
}

static void subsample_chunk(void *arg, size_t chunk, uint32_t worker)
{
    const struct subsample_job *job = arg;
    const tone_subsampler *s = job->s;
    size_t c0 = s->n_channels0, c1 = s->n_channels1, f1 = s->n_bands / 4, row_floats = (s->n_bands / 2 + 1) * c0;
    float *padded = job->ops->scratch[worker].attention, *first = padded + 3 * (s->n_bands + 1), *part = first + 3 * row_floats;
    float *y = job->y + chunk * f1 * c1;
    memset(y, 0, f1 * c1 * sizeof *y);
    int64_t t = (int64_t)(job->span->first + chunk);
    for (size_t a = 0; a < 3; a++) {
        float *in = first + a * row_floats;
        first_row(job, in, padded, 2 * t - 1 + (int64_t)a);
        if (job->stage0 && (a || !chunk))
            memcpy(job->stage0 + (2 * chunk + a) * (row_floats - c0), in + c0, (row_floats - c0) * sizeof *in);
        job->ops->k.gemm_f32(part, c1, s->conv1 + a * c1 * 3 * c0, 3 * c0, c1, in, 2 * c0, f1, 3 * c0);
        for (size_t i = 0; i < f1 * c1; i++)
            y[i] += part[i];
    }
    for (size_t f = 0; f < f1; f++)
        layer_norm(y + f * c1, s->gain1, c1, s->eps);
}

void tone_subsample(tone_ops *ops, float *y, const tone_subsampler *s, const tone_subsample_span *span, float *stage0)
{
    struct subsample_job job = {ops, y, stage0, s, span};
    tone_ops_run(ops, subsample_chunk, &job, span->n);
}

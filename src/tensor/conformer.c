/* Clamps, gates, the causal convolution and attention to a few rows back. */
#include "tensor/conformer.h"

#include <math.h>
#include <string.h>

#include "tensor/state.h"

/* One job for all verbs that work on a row alone. */
struct rows_job {
    tone_ops *ops;
    float *y;
    const float *x;
    size_t y_stride, x_stride, n_cols, n, rows_per_chunk;
    tone_bounds in, out;
    void (*row)(const struct rows_job *job, float *y, const float *x);
};

static float clamp(float x, tone_bounds b)
{
    x = x < b.lo ? b.lo : x;
    return x > b.hi ? b.hi : x;
}

static void rows_chunk(void *arg, size_t chunk, uint32_t worker)
{
    (void)worker;
    const struct rows_job *job = arg;
    size_t end = tone_min_size((chunk + 1) * job->rows_per_chunk, job->n);
    for (size_t t = chunk * job->rows_per_chunk; t < end; t++)
        job->row(job, job->y + t * job->y_stride, job->x + t * job->x_stride);
}

static void run_rows(struct rows_job *job)
{
    job->rows_per_chunk = 1 + 8192 / (job->n_cols + 1);
    tone_ops_run(job->ops, rows_chunk, job, tone_chunks(job->n, job->rows_per_chunk));
}

/* Pieces that stay in the first-level cache from one step to the next. */
enum { PIECE = 1024 };

static void clamp_piece(float *y, const float *x, size_t n, tone_bounds b)
{
    for (size_t i = 0; i < n; i++)
        y[i] = clamp(x[i], b);
}

static bool binds(tone_bounds b)
{
    return b.lo > -INFINITY || b.hi < INFINITY;
}

static void silu_row(const struct rows_job *job, float *y, const float *x)
{
    for (size_t at = 0; at < job->n_cols; at += PIECE) {
        size_t n = tone_min_size(PIECE, job->n_cols - at);
        if (binds(job->in))
            clamp_piece(y + at, x + at, n, job->in);
        job->ops->k.gated_f32(y + at, y + at, y + at, n);
        if (binds(job->out))
            clamp_piece(y + at, y + at, n, job->out);
    }
}

void tone_silu_clamped(tone_ops *ops, float *y, size_t stride, size_t n_cols, size_t n, tone_bounds in, tone_bounds out)
{
    struct rows_job job = {ops, y, y, stride, stride, n_cols, n, 0, in, out, silu_row};
    run_rows(&job);
}

static void glu_row(const struct rows_job *job, float *y, const float *x)
{
    float gate[PIECE];
    for (size_t at = 0; at < job->n_cols; at += PIECE) {
        size_t n = tone_min_size(PIECE, job->n_cols - at);
        clamp_piece(y + at, x + at, n, job->in);
        clamp_piece(gate, x + job->n_cols + at, n, job->in);
        job->ops->k.gated_f32(y + at, y + at, gate, n);
    }
}

void tone_glu_clamped(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, size_t n_cols, size_t n,
                      tone_bounds b)
{
    struct rows_job job = {ops, y, x, y_stride, x_stride, n_cols, n, 0, b, b, glu_row};
    run_rows(&job);
}

static void add_row(const struct rows_job *job, float *y, const float *x)
{
    for (size_t i = 0; i < job->n_cols; i++)
        y[i] += clamp(x[i], job->in);
}

void tone_add_clamped(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, size_t n_cols, size_t n,
                      tone_bounds b)
{
    struct rows_job job = {ops, y, x, y_stride, x_stride, n_cols, n, 0, b, b, add_row};
    run_rows(&job);
}

static void scale_row(const struct rows_job *job, float *y, const float *scale)
{
    for (size_t at = 0; at < job->y_stride; at += job->n_cols)
        for (size_t i = 0; i < job->n_cols; i++)
            y[at + i] *= scale[i];
}

void tone_scale_heads(tone_ops *ops, float *x, const float *scale, size_t head_dim, size_t n_heads, size_t n)
{
    struct rows_job job = {.ops = ops, .y = x, .x = scale, .y_stride = head_dim * n_heads, .n_cols = head_dim, .n = n, .row = scale_row};
    run_rows(&job);
}

struct conv_job {
    float *y;
    const float *x, *taps;
    size_t n_taps, n_cols;
};

static void conv_chunk(void *arg, size_t t, uint32_t worker)
{
    (void)worker;
    const struct conv_job *job = arg;
    size_t n = job->n_cols;
    float *y = job->y + t * n;
    memset(y, 0, n * sizeof *y);
    for (size_t k = 0; k < job->n_taps; k++) {
        const float *x = job->x + (t + k) * n, *tap = job->taps + k * n;
        for (size_t i = 0; i < n; i++)
            y[i] += tap[i] * x[i];
    }
}

void tone_causal_conv(tone_ops *ops, float *y, const float *x, const float *taps, size_t n_taps, size_t n_cols, size_t n)
{
    struct conv_job job = {y, x, taps, n_taps, n_cols};
    tone_ops_run(ops, conv_chunk, &job, n);
}

struct local_job {
    const tone_kern *k;
    float *out;
    const tone_local *a;
};

static void local_chunk(void *arg, size_t t, uint32_t worker)
{
    (void)worker;
    const struct local_job *job = arg;
    const tone_local *a = job->a;
    size_t width = a->n_heads * a->head_dim;
    size_t m0 = t < a->n_absent ? a->n_absent - t : 0, n = a->window - m0;
    float score[TONE_LOCAL_WINDOW_MAX], far[TONE_LOCAL_WINDOW_MAX];
    for (size_t h = 0; h < a->n_heads; h++) {
        size_t at = h * a->head_dim;
        const float *q = a->q + t * width + at;
        job->k->gemm_f32(score, 0, a->k + (t + m0) * width + at, width, n, q, 0, 1, a->head_dim);
        job->k->gemm_f32(far, 0, a->distance + m0 * width + at, width, n, q, 0, 1, a->head_dim);
        for (size_t m = 0; m < n; m++)
            score[m] += far[m];
        job->k->softcap_f32(score, n, a->cap);
        float sum = job->k->exp_sum_f32(score, n, job->k->max_f32(score, n));
        float *out = job->out + t * width + at;
        memset(out, 0, a->head_dim * sizeof *out);
        job->k->add_weighted_f32(out, 1, score, 0, a->v + (t + m0) * width + at, width, n, a->head_dim);
        job->k->scale_f32(out, 1 / sum, a->head_dim);
    }
}

void tone_local_attention(tone_ops *ops, float *out, const tone_local *a, size_t n)
{
    struct local_job job = {&ops->k, out, a};
    tone_ops_run(ops, local_chunk, &job, n);
}

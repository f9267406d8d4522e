/* Verbs that work on each token's row alone: norms, activations, rotation, sums of experts. */
#include "tensor/ops.h"
#include "tensor/state.h"

/* Rows of a chunk: enough work to be worth a claim. */
static size_t rows_per_chunk(size_t n_cols)
{
    return 1 + 8192 / (n_cols + 1);
}

struct norm_job {
    tone_ops *ops;
    float *y;
    const float *x, *weight;
    size_t y_stride, x_stride, n_cols, n;
    float eps, scale;
    bool add;
};

static void norm_chunk(void *arg, size_t chunk, uint32_t worker)
{
    (void)worker;
    struct norm_job *job = arg;
    const tone_kern *k = &job->ops->k;
    size_t rows = rows_per_chunk(job->n_cols), end = tone_min_size((chunk + 1) * rows, job->n);
    for (size_t t = chunk * rows; t < end; t++) {
        float *y = job->y + t * job->y_stride;
        const float *x = job->x + t * job->x_stride;
        if (job->add)
            k->add_rms_norm_f32(y, x, job->weight, job->n_cols, job->eps, job->scale);
        else
            k->rms_norm_f32(y, x, job->weight, job->n_cols, job->eps);
    }
}

void tone_rms_norm(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                   size_t n_cols, size_t n, float eps)
{
    struct norm_job job = {ops, y, x, weight, y_stride, x_stride, n_cols, n, eps, 1, false};
    tone_ops_run(ops, norm_chunk, &job, tone_chunks(n, rows_per_chunk(n_cols)));
}

void tone_add_rms_norm(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                       size_t n_cols, size_t n, float eps, float scale)
{
    struct norm_job job = {ops, y, x, weight, y_stride, x_stride, n_cols, n, eps, scale, true};
    tone_ops_run(ops, norm_chunk, &job, tone_chunks(n, rows_per_chunk(n_cols)));
}

/* y may be x; NaN stays NaN. */
static void clamp_values(float *y, const float *x, tone_bounds b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float v = x[i] < b.lo ? b.lo : x[i];
        y[i] = v > b.hi ? b.hi : v;
    }
}

struct geglu_job {
    tone_ops *ops;
    float *gate;
    const float *up;
    size_t gate_stride, up_stride, n_cols, chunks_per_row;
    float *bounded_up; /* up, where it is clamped in place; NULL: nothing is */
    tone_bounds of_gate, of_up, of_product;
};

enum { COLS_PER_CHUNK = 2048 };

static void geglu_chunk(void *arg, size_t chunk, uint32_t worker)
{
    (void)worker;
    struct geglu_job *job = arg;
    size_t t = chunk / job->chunks_per_row, first = chunk % job->chunks_per_row * COLS_PER_CHUNK;
    size_t n = tone_min_size(COLS_PER_CHUNK, job->n_cols - first);
    float *gate = job->gate + t * job->gate_stride + first;
    if (job->bounded_up) {
        float *up = job->bounded_up + t * job->up_stride + first;
        clamp_values(gate, gate, job->of_gate, n);
        clamp_values(up, up, job->of_up, n);
    }
    job->ops->k.geglu_f32(gate, job->up + t * job->up_stride + first, n);
    if (job->bounded_up)
        clamp_values(gate, gate, job->of_product, n);
}

void tone_geglu(tone_ops *ops, float *gate, size_t gate_stride, const float *up, size_t up_stride, size_t n_cols,
                size_t n)
{
    struct geglu_job job = {ops, gate, up, gate_stride, up_stride, n_cols, tone_chunks(n_cols, COLS_PER_CHUNK), NULL, {0, 0}, {0, 0}, {0, 0}};
    tone_ops_run(ops, geglu_chunk, &job, n * job.chunks_per_row);
}

void tone_geglu_bounded(tone_ops *ops, float *gate, size_t gate_stride, float *up, size_t up_stride, size_t n_cols, size_t n,
                        tone_bounds of_gate, tone_bounds of_up, tone_bounds of_product)
{
    struct geglu_job job = {ops, gate, up, gate_stride, up_stride, n_cols, tone_chunks(n_cols, COLS_PER_CHUNK), up, of_gate, of_up,
                            of_product};
    tone_ops_run(ops, geglu_chunk, &job, n * job.chunks_per_row);
}

struct rope_job {
    tone_ops *ops;
    float *x;
    const float *weight;
    const double *inv_freq;
    const int32_t *position; /* (n, n_axes) */
    size_t x_stride, n_heads, hd, n_axes;
    float eps;
};

/* A head has a part for each axis; a part turns by its own position. */
static void rope_chunk(void *arg, size_t t, uint32_t worker)
{
    struct rope_job *job = arg;
    const tone_kern *k = &job->ops->k;
    size_t half = job->hd / job->n_axes / 2;
    float *cosine = job->ops->scratch[worker].tile, *sine = cosine + half * job->n_axes;
    for (size_t a = 0; job->inv_freq && a < job->n_axes; a++)
        k->rotation_f32(cosine + a * half, sine + a * half, (double)job->position[t * job->n_axes + a], job->inv_freq, half);
    for (size_t h = 0; h < job->n_heads; h++) {
        float *x = job->x + t * job->x_stride + h * job->hd;
        k->rms_norm_f32(x, x, job->weight, job->hd, job->eps);
        for (size_t a = 0; job->inv_freq && a < job->n_axes; a++)
            k->rotate_f32(x + a * 2 * half, cosine + a * half, sine + a * half, half);
    }
}

void tone_head_norm_rope(tone_ops *ops, float *x, size_t x_stride, size_t n_heads, size_t hd, const float *weight,
                         float eps, const double *inv_freq, const int32_t *position, size_t n)
{
    struct rope_job job = {ops, x, weight, inv_freq, position, x_stride, n_heads, hd, 1, eps};
    tone_ops_run(ops, rope_chunk, &job, n);
}

void tone_head_norm_rope_2d(tone_ops *ops, float *x, size_t x_stride, size_t n_heads, size_t hd, const float *weight,
                            float eps, const double *inv_freq, const int32_t *position, size_t n)
{
    struct rope_job job = {ops, x, weight, inv_freq, position, x_stride, n_heads, hd, 2, eps};
    tone_ops_run(ops, rope_chunk, &job, n);
}

struct clamp_job {
    float *y;
    const float *x;
    tone_bounds bounds;
    size_t n;
};

enum { CLAMPED_AT_ONCE = 16384 };

static void clamp_chunk(void *arg, size_t chunk, uint32_t worker)
{
    (void)worker;
    struct clamp_job *job = arg;
    size_t first = chunk * CLAMPED_AT_ONCE, n = tone_min_size(CLAMPED_AT_ONCE, job->n - first);
    clamp_values(job->y + first, job->x + first, job->bounds, n);
}

void tone_clamp(tone_ops *ops, float *y, const float *x, float low, float high, size_t n)
{
    struct clamp_job job = {y, x, {low, high}, n};
    tone_ops_run(ops, clamp_chunk, &job, tone_chunks(n, CLAMPED_AT_ONCE));
}

struct softcap_job {
    tone_ops *ops;
    float *y;
    size_t n;
    float cap;
};

static void softcap_chunk(void *arg, size_t chunk, uint32_t worker)
{
    (void)worker;
    struct softcap_job *job = arg;
    size_t first = chunk * COLS_PER_CHUNK;
    job->ops->k.softcap_f32(job->y + first, tone_min_size(COLS_PER_CHUNK, job->n - first), job->cap);
}

void tone_softcap(tone_ops *ops, float *y, size_t n, float cap)
{
    struct softcap_job job = {ops, y, n, cap};
    tone_ops_run(ops, softcap_chunk, &job, tone_chunks(n, COLS_PER_CHUNK));
}

struct combine_job {
    tone_ops *ops;
    float *out;
    const float *y, *weight;
    const uint32_t *pair;
    size_t out_stride, y_stride, k, n_cols;
};

static void combine_chunk(void *arg, size_t t, uint32_t worker)
{
    (void)worker;
    struct combine_job *job = arg;
    float *out = job->out + t * job->out_stride;
    for (size_t i = 0; i < job->n_cols; i++)
        out[i] = 0;
    for (size_t s = t * job->k; s < (t + 1) * job->k; s++)
        job->ops->k.axpy_f32(out, job->weight[s], job->y + job->pair[s] * job->y_stride, job->n_cols);
}

void tone_combine_experts(tone_ops *ops, float *out, size_t out_stride, const float *y, size_t y_stride,
                          const uint32_t *pair, const float *weight, size_t k, size_t n_cols, size_t n)
{
    struct combine_job job = {ops, out, y, weight, pair, out_stride, y_stride, k, n_cols};
    tone_ops_run(ops, combine_chunk, &job, n);
}

/* Products of weights and rows of activations. */
#include <string.h>

#include "tensor/ops.h"
#include "tensor/state.h"

void tone_row_f32(const tone_ops *ops, tone_scratch *s, float *y, const tone_matrix *w, size_t r)
{
    const uint8_t *row = w->data + r * w->row_bytes;
    const tone_unpacker *u = &ops->unpackers[w->type];
    if (u->unpack) {
        u->unpack(s->code, s->scale, s->min, row, w->cols / u->block_values);
        ops->k.expand_f32(y, s->code, s->scale, u->has_min ? s->min : NULL, u->group, w->cols);
    } else if (w->type == TONE_TYPE_F32) {
        memcpy(y, row, w->cols * sizeof(float));
    } else {
        const uint16_t *half = (const uint16_t *)(const void *)row;
        if ((uintptr_t)row % sizeof *half) /* a file may put its tensors at odd places */
            half = memcpy(s->code, row, w->cols * sizeof *half);
        (w->type == TONE_TYPE_F16 ? ops->k.f16_to_f32 : ops->k.bf16_to_f32)(y, half, w->cols);
    }
}

/* One dispatch: the row ranges of all products, for one matrix each or for the experts of a group. */
struct linear_job {
    tone_ops *ops;
    const tone_product *products;
    size_t n_products;
    const float *x;
    size_t x_stride, n;
    size_t rows_per_chunk;
};

/* The product and first row of a chunk: chunks go through the products in order. */
static size_t find_rows(const struct linear_job *job, size_t chunk, size_t *first)
{
    size_t p = 0;
    for (; p + 1 < job->n_products; p++) {
        size_t n = tone_chunks(job->products[p].w->rows, job->rows_per_chunk);
        if (chunk < n)
            break;
        chunk -= n;
    }
    *first = chunk * job->rows_per_chunk;
    return p;
}

static void linear_chunk(void *arg, size_t chunk, uint32_t worker)
{
    struct linear_job *job = arg;
    tone_ops *ops = job->ops;
    tone_scratch *s = &ops->scratch[worker];
    size_t first;
    const tone_product *p = &job->products[find_rows(job, chunk, &first)];
    const tone_matrix *w = p->w;
    size_t end = tone_min_size(first + job->rows_per_chunk, w->rows);
    for (size_t r = first; r < end; r += TONE_TILE_ROWS) {
        size_t n = tone_min_size(TONE_TILE_ROWS, end - r);
        for (size_t i = 0; i < n; i++)
            tone_row_f32(ops, s, s->tile + i * w->cols, w, r + i);
        ops->k.gemm_f32(p->y + r, p->y_stride, s->tile, w->cols, n, job->x, job->x_stride, job->n, w->cols);
    }
}

void tone_linear(tone_ops *ops, const tone_product *products, size_t n_products, const float *x, size_t x_stride,
                 size_t n)
{
    struct linear_job job = {ops, products, n_products, x, x_stride, n, .rows_per_chunk = 32};
    size_t chunks = 0;
    for (size_t p = 0; p < n_products; p++)
        chunks += tone_chunks(products[p].w->rows, job.rows_per_chunk);
    if (n && chunks)
        tone_ops_run(ops, linear_chunk, &job, chunks);
}

struct experts_job {
    struct linear_job linear;
    const tone_groups *groups;
    size_t chunks_per_expert;
};

static void experts_chunk(void *arg, size_t chunk, uint32_t worker)
{
    struct experts_job *job = arg;
    tone_ops *ops = job->linear.ops;
    tone_scratch *s = &ops->scratch[worker];
    size_t e = chunk / job->chunks_per_expert, first;
    uint32_t begin = job->groups->begin[e], end = job->groups->begin[e + 1];
    if (begin == end)
        return;
    const tone_product *p = &job->linear.products[find_rows(&job->linear, chunk % job->chunks_per_expert, &first)];
    const tone_matrix *w = p->w;
    size_t last = tone_min_size(first + job->linear.rows_per_chunk, w->rows);
    for (size_t r = first; r < last; r += TONE_TILE_ROWS) {
        size_t n = tone_min_size(TONE_TILE_ROWS, last - r);
        for (size_t i = 0; i < n; i++)
            tone_row_f32(ops, s, s->tile + i * w->cols, w, e * w->rows + r + i);
        for (uint32_t i = begin; i < end; i++) {
            size_t row = job->groups->x_row ? job->groups->x_row[i] : i;
            ops->k.gemm_f32(p->y + i * p->y_stride + r, p->y_stride, s->tile, w->cols, n,
                            job->linear.x + row * job->linear.x_stride, job->linear.x_stride, 1, w->cols);
        }
    }
}

void tone_linear_experts(tone_ops *ops, const tone_product *products, size_t n_products, const float *x,
                         size_t x_stride, size_t n, const tone_groups *groups)
{
    struct experts_job job = {{ops, products, n_products, x, x_stride, n, .rows_per_chunk = 64}, groups, 0};
    for (size_t p = 0; p < n_products; p++)
        job.chunks_per_expert += tone_chunks(products[p].w->rows, job.linear.rows_per_chunk);
    if (groups->n_experts && groups->begin[groups->n_experts])
        tone_ops_run(ops, experts_chunk, &job, job.chunks_per_expert * groups->n_experts);
}

struct rows_job {
    tone_ops *ops;
    float *out;
    size_t out_stride;
    const tone_matrix *w;
    const int32_t *ids;
    float scale;
};

static void rows_chunk(void *arg, size_t t, uint32_t worker)
{
    struct rows_job *job = arg;
    float *y = job->out + t * job->out_stride;
    tone_row_f32(job->ops, &job->ops->scratch[worker], y, job->w, (size_t)job->ids[t]);
    if (job->scale != 1)
        job->ops->k.scale_f32(y, job->scale, job->w->cols);
}

void tone_rows(tone_ops *ops, float *out, size_t out_stride, const tone_matrix *w, const int32_t *ids, size_t n,
               float scale)
{
    struct rows_job job = {ops, out, out_stride, w, ids, scale};
    tone_ops_run(ops, rows_chunk, &job, n);
}

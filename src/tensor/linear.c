/* Products of weights and rows of activations, shared out by rows of weights. */
#include <assert.h>

#include "tensor/ops.h"
#include "tensor/state.h"

/* Activations as the fast products want them. */
typedef enum form { FORM_F32, FORM_CODES, FORM_BF16 } form;

struct convert_job {
    tone_ops *ops;
    const float *x;
    const uint32_t *x_row; /* of row t of the result; NULL: t */
    size_t x_stride, n_cols, n;
    form form;
};

enum { CONVERTED_AT_ONCE = 8 };

static void convert_chunk(void *arg, size_t chunk, uint32_t worker)
{
    (void)worker;
    struct convert_job *job = arg;
    size_t end = tone_min_size((chunk + 1) * CONVERTED_AT_ONCE, job->n);
    for (size_t t = chunk * CONVERTED_AT_ONCE; t < end; t++) {
        const float *x = job->x + (job->x_row ? job->x_row[t] : t) * job->x_stride;
        if (job->form == FORM_CODES)
            job->ops->k.quantise(&job->ops->codes[t], x, job->n_cols);
        else
            job->ops->k.f32_to_bf16(job->ops->x16 + 32 * t, job->ops->x16_tokens * 32, x, job->n_cols);
    }
}

static bool any_quantised(const tone_ops *ops, const tone_product *products, size_t n_products)
{
    for (size_t p = 0; p < n_products; p++)
        if (ops->unpackers[products[p].w->type].unpack)
            return true;
    return false;
}

static void convert(struct convert_job *job)
{
    assert(job->n <= job->ops->max_tokens && job->n_cols <= job->ops->max_cols);
    if (job->form != FORM_F32)
        tone_ops_run(job->ops, convert_chunk, job, tone_chunks(job->n, CONVERTED_AT_ONCE));
}

/* The products of one dispatch; chunks go through them in order. */
struct linear_job {
    tone_ops *ops;
    const tone_product *products;
    size_t n_products;
    const float *x;
    size_t x_stride, n;
    bool few; /* few tokens use each row of weights */
    form form;
    const tone_codes *codes[TONE_CODED_TOKENS * 8]; /* by token; by pair when there are experts */
    const tone_groups *groups;
    size_t chunks_per_expert;
};

/* Rows of a chunk.  For a few tokens about as many as 32 KiB hold, so that no claim is for nothing and no worker that is
 * late holds up the others for long.  For many, TONE_PANEL_ROWS, or fewer where that would leave workers idle. */
static size_t rows_per_chunk(const struct linear_job *job, size_t product)
{
    const tone_matrix *w = job->products[product].w;
    size_t few = 32768 / (w->row_bytes + 1) / 8 * 8, many = TONE_PANEL_ROWS;
    while (many > 32 && w->rows / many < 4 * tone_ops_threads(job->ops))
        many /= 2;
    return !job->few ? many : few ? few : 8;
}

static size_t count_chunks(const struct linear_job *job)
{
    size_t chunks = 0;
    for (size_t p = 0; p < job->n_products; p++)
        chunks += tone_chunks(job->products[p].w->rows, rows_per_chunk(job, p));
    return chunks;
}

/* The product and the rows of a chunk. */
static tone_slab find_slab(const struct linear_job *job, size_t chunk)
{
    size_t p = 0, rows = rows_per_chunk(job, 0);
    for (; p + 1 < job->n_products; rows = rows_per_chunk(job, ++p)) {
        size_t chunks = tone_chunks(job->products[p].w->rows, rows);
        if (chunk < chunks)
            break;
        chunk -= chunks;
    }
    const tone_product *product = &job->products[p];
    return (tone_slab){.product = product,
                       .first = chunk * rows,
                       .end = tone_min_size((chunk + 1) * rows, product->w->rows),
                       .x = job->x,
                       .x_stride = job->x_stride,
                       .codes = job->form == FORM_CODES ? job->codes : NULL,
                       .x16 = job->form == FORM_BF16 ? job->ops->x16 : NULL,
                       .y = product->y,
                       .n = job->n};
}

static void linear_chunk(void *arg, size_t chunk, uint32_t worker)
{
    struct linear_job *job = arg;
    tone_slab slab = find_slab(job, chunk);
    tone_multiply(job->ops, &job->ops->scratch[worker], &slab);
}

void tone_linear(tone_ops *ops, const tone_product *products, size_t n_products, const float *x, size_t x_stride,
                 size_t n)
{
    if (!n || !n_products)
        return;
    struct linear_job job = {.ops = ops, .products = products, .n_products = n_products, .x = x, .x_stride = x_stride, .n = n};
    job.few = n <= TONE_FEW_TOKENS;
    if (ops->precision == TONE_FAST && any_quantised(ops, products, n_products))
        job.form = job.few ? FORM_CODES : ops->k.bf16 ? FORM_BF16 : FORM_F32;
    for (size_t t = 0; job.form == FORM_CODES && t < n; t++)
        job.codes[t] = &ops->codes[t];
    convert(&(struct convert_job){ops, x, NULL, x_stride, products[0].w->cols, n, job.form});
    tone_ops_run(ops, linear_chunk, &job, count_chunks(&job));
}

static void experts_chunk(void *arg, size_t chunk, uint32_t worker)
{
    struct linear_job *job = arg;
    tone_scratch *s = &job->ops->scratch[worker];
    size_t e = chunk / job->chunks_per_expert;
    uint32_t begin = job->groups->begin[e], end = job->groups->begin[e + 1];
    if (begin == end)
        return;
    tone_slab slab = find_slab(job, chunk % job->chunks_per_expert);
    slab.base = e * slab.product->w->rows;
    slab.y += begin * slab.product->y_stride;
    if (job->form != FORM_F32 && job->ops->unpackers[slab.product->w->type].unpack) {
        slab.n = end - begin;
        slab.codes = slab.codes ? slab.codes + begin : NULL;
        slab.x16 = slab.x16 ? slab.x16 + 32 * begin : NULL;
        tone_multiply(job->ops, s, &slab);
        return;
    }
    slab.n = 1; /* the rows of x lie apart: one after the other */
    slab.codes = NULL;
    slab.x16 = NULL;
    for (uint32_t i = begin; i < end; i++, slab.y += slab.product->y_stride) {
        slab.x = job->x + (job->groups->x_row ? job->groups->x_row[i] : i) * job->x_stride;
        tone_multiply(job->ops, s, &slab);
    }
}

/* How the pairs' activations are best given: as codes by token where experts have few pairs each, else by pair. */
static form form_for_experts(const tone_ops *ops, size_t n, const tone_groups *groups)
{
    uint32_t n_pairs = groups->begin[groups->n_experts], busy = 0;
    for (uint32_t e = 0; e < groups->n_experts; e++)
        busy += groups->begin[e + 1] > groups->begin[e];
    if (n <= TONE_CODED_TOKENS && n_pairs <= TONE_CODED_TOKENS * 8 && n_pairs <= TONE_FEW_TOKENS * busy)
        return FORM_CODES;
    return ops->k.bf16 ? FORM_BF16 : FORM_F32;
}

void tone_linear_experts(tone_ops *ops, const tone_product *products, size_t n_products, const float *x,
                         size_t x_stride, size_t n, const tone_groups *groups)
{
    uint32_t n_pairs = groups->n_experts ? groups->begin[groups->n_experts] : 0;
    if (!n_pairs || !n_products)
        return;
    struct linear_job job = {.ops = ops, .products = products, .n_products = n_products, .x = x, .x_stride = x_stride, .n = 1};
    job.groups = groups;
    if (ops->precision == TONE_FAST && any_quantised(ops, products, n_products))
        job.form = form_for_experts(ops, n, groups);
    job.few = job.form == FORM_CODES;
    struct convert_job to = {ops, x, NULL, x_stride, products[0].w->cols, n, job.form};
    if (job.form == FORM_CODES)
        for (uint32_t i = 0; i < n_pairs; i++)
            job.codes[i] = &ops->codes[groups->x_row ? groups->x_row[i] : i];
    else {
        to.x_row = groups->x_row;
        to.n = n_pairs;
    }
    convert(&to);
    job.chunks_per_expert = count_chunks(&job);
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

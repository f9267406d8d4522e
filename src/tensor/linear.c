/* Products of weights and rows of activations, shared out by rows of weights. */
#include <assert.h>
#include <string.h>

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

enum { CONVERTED_AT_ONCE = 8, MAX_PRODUCTS = 8 };

/* Row t of x16, with zeros up to the next multiple of 32 columns: rows of plain weights may have any number of them. */
static void narrow(const tone_ops *ops, size_t t, const float *x, size_t n_cols)
{
    size_t step = ops->x16_tokens * 32, whole = n_cols / 32 * 32;
    ops->k.f32_to_bf16(ops->x16 + 32 * t, step, x, whole);
    if (whole < n_cols) {
        float last[32] = {0};
        memcpy(last, x + whole, (n_cols - whole) * sizeof *last);
        ops->k.f32_to_bf16(ops->x16 + 32 * t + whole / 32 * step, step, last, 32);
    }
}

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
            narrow(job->ops, t, x, job->n_cols);
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
    size_t n_chunks[MAX_PRODUCTS]; /* of each product */
};

typedef struct range {
    size_t first, end;
} range;

/* Rows of one chunk for a few tokens.  The first chunks are long, half of all rows in equal parts for the workers, the next
 * ones half of what is left, and so on down to about 32 KiB: each worker reads memory in order (short chunks in turn cost two
 * workers a quarter of their speed), and whoever is late holds up the others with a short one. */
static range stretch(const tone_matrix *w, size_t n_workers, size_t chunk)
{
    size_t least = 32768 / (w->row_bytes + 1) / 8 * 8, left = w->rows, at = 0;
    least = least ? least : 8;
    for (;; chunk -= n_workers) {
        size_t size = (left / (2 * n_workers) + 7) / 8 * 8;
        size = size > least ? size : least;
        if (chunk < n_workers || left <= n_workers * size) {
            size_t first = tone_min_size(at + chunk * size, w->rows);
            return (range){first, tone_min_size(first + size, w->rows)};
        }
        at += n_workers * size;
        left -= n_workers * size;
    }
}

/* For many tokens TONE_PANEL_ROWS, or fewer where that would leave workers idle. */
static range panel(const tone_matrix *w, size_t n_workers, size_t chunk)
{
    size_t size = TONE_PANEL_ROWS;
    while (size > 32 && w->rows / size < 4 * n_workers)
        size /= 2;
    size_t first = tone_min_size(chunk * size, w->rows);
    return (range){first, tone_min_size(first + size, w->rows)};
}

/* Empty for a chunk after the last. */
static range rows_of_chunk(const struct linear_job *job, size_t product, size_t chunk)
{
    const tone_matrix *w = job->products[product].w;
    return (job->few ? stretch : panel)(w, tone_ops_threads(job->ops), chunk);
}

static size_t chunks_of_product(const struct linear_job *job, size_t product)
{
    size_t chunk = 0;
    for (range r = {0, 0}; r.end < job->products[product].w->rows; chunk++)
        r = rows_of_chunk(job, product, chunk);
    return chunk;
}

static size_t count_chunks(struct linear_job *job)
{
    size_t chunks = 0;
    for (size_t p = 0; p < job->n_products; p++)
        chunks += job->n_chunks[p] = chunks_of_product(job, p);
    return chunks;
}

/* The product and the rows of a chunk. */
static tone_slab find_slab(const struct linear_job *job, size_t chunk)
{
    size_t p = 0;
    for (; p + 1 < job->n_products && chunk >= job->n_chunks[p]; p++)
        chunk -= job->n_chunks[p];
    range rows = rows_of_chunk(job, p, chunk);
    const tone_product *product = &job->products[p];
    return (tone_slab){.product = product,
                       .first = rows.first,
                       .end = rows.end,
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
    assert(n_products <= MAX_PRODUCTS);
    struct linear_job job = {.ops = ops, .products = products, .n_products = n_products, .x = x, .x_stride = x_stride, .n = n};
    job.few = n <= TONE_FEW_TOKENS;
    bool quantised = ops->precision != TONE_EXACT && any_quantised(ops, products, n_products);
    if (quantised && job.few)
        job.form = FORM_CODES;
    else if ((quantised || ops->precision == TONE_COARSE) && !job.few && ops->k.bf16)
        job.form = FORM_BF16;
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
    assert(n_products <= MAX_PRODUCTS);
    struct linear_job job = {.ops = ops, .products = products, .n_products = n_products, .x = x, .x_stride = x_stride, .n = 1};
    job.groups = groups;
    if (ops->precision != TONE_EXACT && any_quantised(ops, products, n_products))
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

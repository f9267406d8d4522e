/* The K/V cache of a layer and attention over it.
 *
 * A chunk of work is a tile of tokens and one K/V head: their queries, up to TONE_QUERY_ROWS, share each block of keys and
 * values.  Within a span of TONE_SPAN positions a running maximum, sum and weighted sum of values go from block to
 * block; at the end of the span they are folded into the total.  One token over several spans is split by span. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "tensor/ops.h"
#include "tensor/state.h"

size_t tone_kv_row_bytes(tone_kv_type type, uint32_t n_kv, uint32_t hd)
{
    size_t n = (size_t)n_kv * hd;
    switch (type) {
    case TONE_KV_F32:
        return n * sizeof(float);
    case TONE_KV_F16:
        return n * sizeof(uint16_t);
    case TONE_KV_Q8_0:
        return hd % 32 ? 0 : n / 32 * 34;
    }
    return 0;
}

struct write_job {
    tone_ops *ops;
    tone_kv *kv;
    const float *k, *v;
    size_t stride;
    int64_t first;
};

static void write_row(const tone_kern *k, tone_kv_type type, uint8_t *to, const float *from, size_t n)
{
    switch (type) {
    case TONE_KV_F32:
        memcpy(to, from, n * sizeof *from);
        break;
    case TONE_KV_F16:
        k->f32_to_f16((uint16_t *)(void *)to, from, n);
        break;
    case TONE_KV_Q8_0:
        k->pack_q8_0(to, from, n);
        break;
    }
}

static void write_chunk(void *arg, size_t t, uint32_t worker)
{
    (void)worker;
    struct write_job *job = arg;
    tone_kv *kv = job->kv;
    size_t row = (size_t)((job->first + (int64_t)t) % kv->n_rows), n = (size_t)kv->n_kv * kv->hd;
    if (kv->k)
        write_row(&job->ops->k, kv->type, kv->k + row * kv->row_bytes, job->k + t * job->stride, n);
    write_row(&job->ops->k, kv->type, kv->v + row * kv->row_bytes, job->v + t * job->stride, n);
}

void tone_kv_write(tone_ops *ops, tone_kv *kv, const float *k, const float *v, size_t stride, int64_t first, size_t n)
{
    assert(first >= 0 && n <= kv->n_rows);
    struct write_job job = {ops, kv, k, v, stride, first};
    tone_ops_run(ops, write_chunk, &job, n);
}

struct attention_job {
    tone_ops *ops;
    float *out;
    const float *q;
    const tone_kv *kv;
    const int64_t *first, *last;
    size_t out_stride, q_stride, n_heads, n;
    float scale;
    size_t tile_tokens;
    int64_t first_span; /* of the one token that is split by span */
};

/* A worker's scratch, carved from one array; rows are (token of the tile, head of the group). */
struct tile {
    float *q;                 /* (rows, hd) scaled queries                                    */
    float *sum, *span_sum;    /* (rows, hd) weighted values: of closed spans, of the open one */
    float *max, *span_max;    /* (rows)                                                       */
    float *total, *span_total; /* (rows) sums of weights                                      */
    float *score;             /* (rows, TONE_BLOCK)                                           */
    float *k, *v;             /* (TONE_BLOCK, stride)                                         */
    float *cosine, *sine;     /* (hd / 2)                                                     */
    size_t rows, group;
    size_t stride; /* of k and v: hd and a little, so that rows do not fall on the same lines of the cache */
};

static size_t padded_stride(size_t hd)
{
    return (hd + 15) / 16 * 16 + 16;
}

static size_t tile_rows(size_t n_heads)
{
    return n_heads > TONE_QUERY_ROWS ? n_heads : TONE_QUERY_ROWS;
}

size_t tone_attention_floats(size_t n_heads, size_t hd)
{
    size_t rows = tile_rows(n_heads);
    return rows * (3 * hd + TONE_BLOCK + 4) + 2 * TONE_BLOCK * padded_stride(hd) + hd;
}

static struct tile carve(float *at, size_t n_heads, size_t hd)
{
    size_t rows = tile_rows(n_heads);
    struct tile t = {0};
    t.q = at;
    t.sum = t.q + rows * hd;
    t.span_sum = t.sum + rows * hd;
    t.score = t.span_sum + rows * hd;
    t.k = t.score + rows * TONE_BLOCK;
    t.stride = padded_stride(hd);
    t.v = t.k + TONE_BLOCK * t.stride;
    t.cosine = t.v + TONE_BLOCK * t.stride;
    t.sine = t.cosine + hd / 2;
    t.max = t.sine + hd / 2;
    t.span_max = t.max + rows;
    t.total = t.span_max + rows;
    t.span_total = t.total + rows;
    return t;
}

/* Values of one K/V head at positions from … from + n - 1 as float32, (n, stride). */
static void load_rows(const struct attention_job *job, float *y, size_t stride, const uint8_t *rows, size_t head,
                      int64_t from, size_t n)
{
    const tone_kv *kv = job->kv;
    const tone_kern *k = &job->ops->k;
    size_t hd = kv->hd;
    for (size_t i = 0; i < n; i++, y += stride) {
        const uint8_t *row = rows + (size_t)((from + (int64_t)i) % kv->n_rows) * kv->row_bytes;
        switch (kv->type) {
        case TONE_KV_F32:
            memcpy(y, row + head * hd * sizeof *y, hd * sizeof *y);
            break;
        case TONE_KV_F16:
            k->f16_to_f32(y, (const uint16_t *)(const void *)row + head * hd, hd);
            break;
        case TONE_KV_Q8_0:
            for (size_t b = 0; b < hd / 32; b++) {
                int8_t code[32];
                float scale;
                k->unpack_q8_0(code, &scale, NULL, row + (head * hd / 32 + b) * 34, 1);
                k->expand_f32(y + 32 * b, code, &scale, NULL, 32, 32);
            }
            break;
        }
    }
}

/* Keys of a "K = V" layer from its values. */
static void keys_of_values(const struct attention_job *job, struct tile *t, int64_t from, size_t n)
{
    const tone_kv *kv = job->kv;
    size_t hd = kv->hd, half = hd / 2;
    for (size_t i = 0; i < n; i++) {
        float *key = t->k + i * t->stride;
        const float *value = t->v + i * t->stride;
        for (size_t c = 0; c < hd; c++)
            key[c] = value[c] * kv->k_weight[c];
        job->ops->k.rotation_f32(t->cosine, t->sine, (double)(from + (int64_t)i), kv->inv_freq, half);
        job->ops->k.rotate_f32(key, t->cosine, t->sine, half);
    }
}

static void clear_span(struct tile *t, size_t hd)
{
    for (size_t r = 0; r < t->rows; r++) {
        t->span_max[r] = -INFINITY;
        t->span_total[r] = 0;
    }
    memset(t->span_sum, 0, t->rows * hd * sizeof *t->span_sum);
}

/* Add positions from … from + n - 1, all in one block, to the open span of each row that may see them. */
static void add_block(const struct attention_job *job, struct tile *t, size_t first_token, size_t head, int64_t from,
                      size_t n)
{
    const tone_kern *k = &job->ops->k;
    size_t hd = job->kv->hd;
    load_rows(job, t->v, t->stride, job->kv->v, head, from, n);
    if (job->kv->k)
        load_rows(job, t->k, t->stride, job->kv->k, head, from, n);
    else
        keys_of_values(job, t, from, n);
    k->gemm_f32(t->score, TONE_BLOCK, t->k, t->stride, n, t->q, hd, t->rows, hd);

    for (size_t r = 0; r < t->rows; r++) {
        size_t token = first_token + r / t->group;
        int64_t a = job->first[token] > from ? job->first[token] - from : 0;
        int64_t b = job->last[token] - from + 1 < (int64_t)n ? job->last[token] - from + 1 : (int64_t)n;
        float *score = t->score + r * TONE_BLOCK;
        if (a >= b) { /* weights of 0 add nothing */
            memset(score, 0, n * sizeof *score);
            continue;
        }
        memset(score, 0, (size_t)a * sizeof *score);
        memset(score + b, 0, (n - (size_t)b) * sizeof *score);
        float max = k->max_f32(score + a, (size_t)(b - a));
        if (max > t->span_max[r]) {
            float fade = expf(t->span_max[r] - max);
            t->span_max[r] = max;
            t->span_total[r] *= fade;
            k->scale_f32(t->span_sum + r * hd, fade, hd);
        }
        t->span_total[r] += k->exp_sum_f32(score + a, (size_t)(b - a), t->span_max[r]);
    }
    k->add_weighted_f32(t->span_sum, t->rows, t->score, TONE_BLOCK, t->v, t->stride, n, hd);
}

/* Fold (span_max, span_total, span_sum) into (max, total, sum) of one row. */
static void fold(const tone_kern *k, float *max, float *total, float *sum, float span_max, float span_total,
                 const float *span_sum, size_t hd)
{
    if (span_total == 0)
        return;
    float m = *max > span_max ? *max : span_max, old = expf(*max - m), new = expf(span_max - m);
    *max = m;
    *total = *total * old + span_total * new;
    k->scale_f32(sum, old, hd);
    k->axpy_f32(sum, new, span_sum, hd);
}

/* All positions low … high of one span into the cleared span sums. */
static void add_span(const struct attention_job *job, struct tile *t, size_t first_token, size_t head, int64_t low,
                     int64_t high)
{
    clear_span(t, job->kv->hd);
    for (int64_t p = low; p <= high;) {
        int64_t end = p - p % TONE_BLOCK + TONE_BLOCK;
        end = end < high + 1 ? end : high + 1;
        add_block(job, t, first_token, head, p, (size_t)(end - p));
        p = end;
    }
}

static void load_queries(const struct attention_job *job, struct tile *t, size_t first_token, size_t n_tokens,
                         size_t head)
{
    size_t hd = job->kv->hd;
    t->group = job->n_heads / job->kv->n_kv;
    t->rows = n_tokens * t->group;
    for (size_t i = 0; i < n_tokens; i++) {
        const float *q = job->q + (first_token + i) * job->q_stride + head * t->group * hd;
        for (size_t c = 0; c < t->group * hd; c++)
            t->q[i * t->group * hd + c] = q[c] * job->scale;
    }
}

static void attention_chunk(void *arg, size_t chunk, uint32_t worker)
{
    const struct attention_job *job = arg;
    const tone_kern *k = &job->ops->k;
    size_t hd = job->kv->hd, n_kv = job->kv->n_kv;
    struct tile t = carve(job->ops->scratch[worker].attention, job->n_heads, hd);
    size_t head = chunk % n_kv, first = chunk / n_kv * job->tile_tokens;
    size_t n = tone_min_size(job->tile_tokens, job->n - first);
    load_queries(job, &t, first, n, head);

    int64_t low = job->first[first], high = job->last[first];
    for (size_t i = first + 1; i < first + n; i++) {
        low = job->first[i] < low ? job->first[i] : low;
        high = job->last[i] > high ? job->last[i] : high;
    }
    for (size_t r = 0; r < t.rows; r++) {
        t.max[r] = -INFINITY;
        t.total[r] = 0;
    }
    memset(t.sum, 0, t.rows * hd * sizeof *t.sum);
    for (int64_t p = low; p <= high;) {
        int64_t end = p - p % TONE_SPAN + TONE_SPAN;
        end = end < high + 1 ? end : high + 1;
        add_span(job, &t, first, head, p, end - 1);
        for (size_t r = 0; r < t.rows; r++)
            fold(k, &t.max[r], &t.total[r], t.sum + r * hd, t.span_max[r], t.span_total[r], t.span_sum + r * hd, hd);
        p = end;
    }
    for (size_t r = 0; r < t.rows; r++) {
        float *out = job->out + (first + r / t.group) * job->out_stride + (head * t.group + r % t.group) * hd;
        memcpy(out, t.sum + r * hd, hd * sizeof *out);
        k->scale_f32(out, 1 / t.total[r], hd);
    }
}

/* One token: the sums of one span and head group go to ops->partial, (span, head, hd + 2): sum, total, maximum. */
static void span_chunk(void *arg, size_t chunk, uint32_t worker)
{
    const struct attention_job *job = arg;
    size_t hd = job->kv->hd, n_kv = job->kv->n_kv, head = chunk % n_kv, span = chunk / n_kv;
    struct tile t = carve(job->ops->scratch[worker].attention, job->n_heads, hd);
    load_queries(job, &t, 0, 1, head);
    int64_t low = (job->first_span + (int64_t)span) * TONE_SPAN, high = low + TONE_SPAN - 1;
    low = low > job->first[0] ? low : job->first[0];
    high = high < job->last[0] ? high : job->last[0];
    add_span(job, &t, 0, head, low, high);
    float *to = job->ops->partial + (span * job->n_heads + head * t.group) * (hd + 2);
    for (size_t r = 0; r < t.rows; r++, to += hd + 2) {
        memcpy(to, t.span_sum + r * hd, hd * sizeof *to);
        to[hd] = t.span_total[r];
        to[hd + 1] = t.span_max[r];
    }
}

static void attend_by_span(struct attention_job *job, size_t n_spans)
{
    const tone_kern *k = &job->ops->k;
    size_t hd = job->kv->hd;
    assert(n_spans * job->n_heads * (hd + 2) <= job->ops->partial_floats);
    tone_ops_run(job->ops, span_chunk, job, n_spans * job->kv->n_kv);
    for (size_t h = 0; h < job->n_heads; h++) {
        float *out = job->out + h * hd, max = -INFINITY, total = 0;
        memset(out, 0, hd * sizeof *out);
        for (size_t s = 0; s < n_spans; s++) {
            const float *from = job->ops->partial + (s * job->n_heads + h) * (hd + 2);
            fold(k, &max, &total, out, from[hd + 1], from[hd], from, hd);
        }
        k->scale_f32(out, 1 / total, hd);
    }
}

void tone_attention(tone_ops *ops, float *out, size_t out_stride, const float *q, size_t q_stride, size_t n_heads,
                    const tone_kv *kv, const int64_t *first, const int64_t *last, float scale, size_t n)
{
    if (!n)
        return;
    assert(n_heads % kv->n_kv == 0 && tone_attention_floats(n_heads, kv->hd) <= ops->attention_floats);
    struct attention_job job = {ops, out, q, kv, first, last, out_stride, q_stride, n_heads, n, scale, 1, 0};
    int64_t spans = last[0] / TONE_SPAN - first[0] / TONE_SPAN + 1;
    if (n == 1 && spans > 1) {
        job.first_span = first[0] / TONE_SPAN;
        attend_by_span(&job, (size_t)spans);
        return;
    }
    size_t group = n_heads / kv->n_kv;
    job.tile_tokens = group < TONE_QUERY_ROWS ? TONE_QUERY_ROWS / group : 1;
    /* no fewer chunks than workers where there are tokens enough */
    size_t even = tone_chunks(n * kv->n_kv, tone_ops_threads(ops));
    job.tile_tokens = tone_min_size(job.tile_tokens, even);
    tone_ops_run(ops, attention_chunk, &job, tone_chunks(n, job.tile_tokens) * kv->n_kv);
}

/* Attention where every token sees all of them: what towers do.
 *
 * In bfloat16 where the processor has it and the precision allows it: keys and values become panels once, then chunks of a
 * head and TILE queries walk over blocks of WIDE positions with a running maximum and sum.  Scores, weights' sums and results
 * are float32.  Otherwise it is tone_attention(). */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "tensor/ops.h"
#include "tensor/state.h"

enum { WIDE = 512, TILE = 64 };

static size_t up_to_32(size_t n)
{
    return (n + 31) / 32 * 32;
}

struct whole_job {
    tone_ops *ops;
    float *out;
    const float *q, *k, *v;
    size_t out_stride, q_stride, k_stride, n_heads, n_kv, hd, n;
    size_t wide_hd;    /* hd up to a multiple of 32 */
    size_t n_blocks;   /* of positions              */
    float scale;
};

/* The memory of a worker. */
struct place {
    uint16_t *x16;   /* (wide_hd / 32, TILE, 32) queries, or (32, wide_hd) rows of keys */
    uint16_t *p16;   /* (WIDE / 32, TILE, 32) weights           */
    float *score;    /* (TILE, WIDE)                            */
    float *sum;      /* (TILE, hd) weighted values              */
    float *row;      /* (wide_hd) one row, padded               */
    float max[TILE], total[TILE];
};

static size_t place_bytes(size_t hd)
{
    size_t wide = up_to_32(hd);
    return (TILE * wide + TILE * WIDE) * sizeof(uint16_t) + (TILE * WIDE + TILE * wide + wide) * sizeof(float);
}

static struct place place_of(const struct whole_job *job, uint32_t worker)
{
    struct place p;
    p.x16 = (uint16_t *)(void *)job->ops->scratch[worker].whole;
    p.p16 = p.x16 + TILE * job->wide_hd;
    p.score = (float *)(void *)(p.p16 + TILE * WIDE);
    p.sum = p.score + TILE * WIDE;
    p.row = p.sum + TILE * job->wide_hd;
    return p;
}

tone_status tone_attention_whole_reserve(tone_ops *ops, size_t n_heads, size_t n_kv, size_t hd, size_t n, tone_error *err)
{
    tone_status st = tone_attention_reserve(ops, n_heads, hd, n, err);
    if (st)
        return st;
    if (n > ops->whole_n) {
        free(ops->whole_range);
        ops->whole_range = n <= SIZE_MAX / 32 ? malloc(2 * n * sizeof *ops->whole_range) : NULL;
        ops->whole_n = ops->whole_range ? n : 0;
    }
    size_t values, bytes = place_bytes(hd);
    bool fits = ops->whole_n >= n && tone_mul_size(&values, up_to_32(n), n_kv * 2 * up_to_32(hd)) && values <= SIZE_MAX / 4;
    if (fits && ops->k.bf16 && ops->precision == TONE_COARSE && (values > ops->whole_values || bytes > ops->whole_bytes)) {
        free(ops->whole_panels);
        ops->whole_panels = aligned_alloc(64, (values * sizeof *ops->whole_panels + 63) / 64 * 64);
        fits = ops->whole_panels != NULL;
        for (uint32_t i = 0; i < tone_ops_threads(ops) && fits; i++) {
            free(ops->scratch[i].whole);
            ops->scratch[i].whole = aligned_alloc(64, (bytes + 63) / 64 * 64);
            fits = ops->scratch[i].whole != NULL;
        }
        ops->whole_values = fits ? values : 0;
        ops->whole_bytes = fits ? bytes : 0;
    }
    return fits ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for attention over %zu positions", n);
}

/* hd values of a row as bfloat16, with zeros up to wide_hd, in blocks of 32 that are `step` apart. */
static void narrow(const struct whole_job *job, const struct place *p, uint16_t *to, size_t step, const float *from, float scale)
{
    const tone_kern *k = &job->ops->k;
    if (job->hd % 32 || scale != 1) {
        memset(p->row + job->hd, 0, (job->wide_hd - job->hd) * sizeof *p->row);
        for (size_t c = 0; c < job->hd; c++)
            p->row[c] = from[c] * scale;
        from = p->row;
    }
    k->f32_to_bf16(to, step, from, job->wide_hd);
}

/* Panels of a block: (its positions, wide_hd) of keys, then (wide_hd, its positions) of values, which pairs two positions
 * where the other pairs two dimensions. */
static uint16_t *keys_of(const struct whole_job *job, size_t head, size_t block)
{
    return job->ops->whole_panels + (head * up_to_32(job->n) + block * WIDE) * 2 * job->wide_hd;
}

static size_t width_of(const struct whole_job *job, size_t block)
{
    return tone_min_size(WIDE, job->n - block * WIDE);
}

static void pack_chunk(void *arg, size_t chunk, uint32_t worker)
{
    const struct whole_job *job = arg;
    struct place p = place_of(job, worker);
    size_t head = chunk % job->n_kv, block = chunk / job->n_kv, n = width_of(job, block), wide = job->wide_hd;
    const float *k = job->k + block * WIDE * job->k_stride + head * job->hd, *v = job->v + block * WIDE * job->k_stride + head * job->hd;
    uint16_t *keys = keys_of(job, head, block), *values = keys + up_to_32(n) * wide;
    for (size_t from = 0; from < n; from += 32) {
        size_t rows = tone_min_size(32, n - from);
        for (size_t i = 0; i < rows; i++)
            narrow(job, &p, p.x16 + i * wide, 32, k + (from + i) * job->k_stride, 1);
        job->ops->k.pack_rows_bf16(keys + from * wide, p.x16, wide, rows, wide);
        for (size_t i = 0; i < 32; i++)
            if (i < rows)
                narrow(job, &p, p.x16 + i * wide, 32, v + (from + i) * job->k_stride, 1);
            else
                memset(p.x16 + i * wide, 0, wide * sizeof *p.x16);
        for (size_t i = 0; i < 32; i += 2)
            for (size_t d = 0; d < wide; d += 32) {
                const uint16_t *a = p.x16 + i * wide + d, *b = a + wide;
                uint16_t *to = values + d * up_to_32(n) + (from + i) / 2 * 64;
                for (size_t c = 0; c < 32; c++) {
                    to[2 * c] = a[c];
                    to[2 * c + 1] = b[c];
                }
            }
    }
}

/* Scores of a block to weights, as bfloat16; what was summed before fades where the maximum has grown. */
static void weigh(const struct whole_job *job, struct place *p, size_t n_tokens, size_t n)
{
    const tone_kern *k = &job->ops->k;
    for (size_t t = 0; t < n_tokens; t++) {
        float *score = p->score + t * WIDE, max = k->max_f32(score, n);
        if (max > p->max[t]) {
            float fade = expf(p->max[t] - max);
            p->max[t] = max;
            p->total[t] *= fade;
            k->scale_f32(p->sum + t * job->hd, fade, job->hd);
        }
        p->total[t] += k->exp_sum_f32(score, n, p->max[t]);
        memset(score + n, 0, (up_to_32(n) - n) * sizeof *score);
        k->f32_to_bf16(p->p16 + 32 * t, TILE * 32, score, up_to_32(n));
    }
}

static void whole_chunk(void *arg, size_t chunk, uint32_t worker)
{
    const struct whole_job *job = arg;
    const tone_kern *k = &job->ops->k;
    struct place p = place_of(job, worker);
    size_t head = chunk % job->n_heads, first = chunk / job->n_heads * TILE, n_tokens = tone_min_size(TILE, job->n - first);
    for (size_t t = 0; t < n_tokens; t++) {
        narrow(job, &p, p.x16 + 32 * t, TILE * 32, job->q + (first + t) * job->q_stride + head * job->hd, job->scale);
        p.max[t] = -INFINITY;
        p.total[t] = 0;
    }
    memset(p.sum, 0, n_tokens * job->hd * sizeof *p.sum);
    for (size_t block = 0; block < job->n_blocks; block++) {
        size_t n = width_of(job, block);
        const uint16_t *keys = keys_of(job, head / (job->n_heads / job->n_kv), block), *values = keys + up_to_32(n) * job->wide_hd;
        k->gemm_bf16(p.score, WIDE, n, keys, p.x16, TILE * 32, n_tokens, job->wide_hd, false);
        weigh(job, &p, n_tokens, n);
        k->gemm_bf16(p.sum, job->hd, job->hd, values, p.p16, TILE * 32, n_tokens, up_to_32(n), true);
    }
    for (size_t t = 0; t < n_tokens; t++) {
        float *out = job->out + (first + t) * job->out_stride + head * job->hd;
        memcpy(out, p.sum + t * job->hd, job->hd * sizeof *out);
        k->scale_f32(out, 1 / p.total[t], job->hd);
    }
}

void tone_attention_whole(tone_ops *ops, float *out, size_t out_stride, const float *q, size_t q_stride, size_t n_heads,
                          const float *k, const float *v, size_t k_stride, size_t n_kv, size_t hd, float scale, size_t n)
{
    if (!n)
        return;
    assert(n_heads % n_kv == 0 && n <= ops->whole_n);
    if (ops->k.bf16 && ops->precision == TONE_COARSE) {
        struct whole_job job = {ops, out, q, k, v, out_stride, q_stride, k_stride, n_heads, n_kv, hd, n, up_to_32(hd),
                                tone_chunks(n, WIDE), scale};
        tone_ops_run(ops, pack_chunk, &job, job.n_blocks * n_kv);
        tone_ops_run(ops, whole_chunk, &job, tone_chunks(n, TILE) * n_heads);
        return;
    }
    for (size_t t = 0; t < n; t++) {
        ops->whole_range[t] = 0;
        ops->whole_range[n + t] = (int64_t)n - 1;
    }
    /* tone_kv is read only here */
    const tone_kv kv = {.k = (uint8_t *)(uintptr_t)k, .v = (uint8_t *)(uintptr_t)v, .type = TONE_KV_F32, .n_rows = (uint32_t)n,
                        .n_kv = (uint32_t)n_kv, .hd = (uint32_t)hd, .row_bytes = k_stride * sizeof *k};
    tone_attention(ops, out, out_stride, q, q_stride, n_heads, &kv, ops->whole_range, ops->whole_range + n, scale, n);
}

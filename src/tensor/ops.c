/* Opening, scratch memory, running chunks, cancelling. */
#include "tensor/ops.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "tensor/state.h"

static void fill_unpackers(tone_ops *ops)
{
    const tone_kern *k = &ops->k;
    const struct {
        tone_type type;
        tone_unpacker unpacker;
    } rows[] = {
        {TONE_TYPE_Q4_0, {k->unpack_q4_0, .group = 32}},
        {TONE_TYPE_Q4_1, {k->unpack_q4_1, .group = 32, .has_min = true}},
        {TONE_TYPE_Q5_0, {k->unpack_q5_0, .group = 32}},
        {TONE_TYPE_Q5_1, {k->unpack_q5_1, .group = 32, .has_min = true}},
        {TONE_TYPE_Q8_0, {k->unpack_q8_0, .group = 32}},
        {TONE_TYPE_Q2_K, {k->unpack_q2_k, .group = 16, .has_min = true}},
        {TONE_TYPE_Q3_K, {k->unpack_q3_k, .group = 16}},
        {TONE_TYPE_Q4_K, {k->unpack_q4_k, .group = 32, .has_min = true}},
        {TONE_TYPE_Q5_K, {k->unpack_q5_k, .group = 32, .has_min = true}},
        {TONE_TYPE_Q6_K, {k->unpack_q6_k, .group = 16}},
        {TONE_TYPE_IQ1_S, {k->unpack_iq1_s, .group = 32}},
        {TONE_TYPE_IQ1_M, {k->unpack_iq1_m, .group = 16}},
        {TONE_TYPE_IQ2_XXS, {k->unpack_iq2_xxs, .group = 32}},
        {TONE_TYPE_IQ2_XS, {k->unpack_iq2_xs, .group = 16}},
        {TONE_TYPE_IQ2_S, {k->unpack_iq2_s, .group = 16}},
        {TONE_TYPE_IQ3_XXS, {k->unpack_iq3_xxs, .group = 32}},
        {TONE_TYPE_IQ3_S, {k->unpack_iq3_s, .group = 32}},
        {TONE_TYPE_IQ4_NL, {k->unpack_iq4_nl, .group = 32}},
        {TONE_TYPE_IQ4_XS, {k->unpack_iq4_xs, .group = 32}},
        {TONE_TYPE_TQ1_0, {k->unpack_tq1_0, .group = 32}},
        {TONE_TYPE_TQ2_0, {k->unpack_tq2_0, .group = 32}},
        {TONE_TYPE_MXFP4, {k->unpack_mxfp4, .group = 32}},
        {TONE_TYPE_NVFP4, {k->unpack_nvfp4, .group = 16}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const tone_type_info *info = tone_type_find(rows[i].type);
        tone_unpacker *u = &ops->unpackers[rows[i].type];
        *u = rows[i].unpacker;
        u->block_values = info->block_values;
        u->block_bytes = info->block_bytes;
    }
}

bool tone_ops_supports(tone_type type)
{
    switch (type) {
    case TONE_TYPE_Q8_1:
    case TONE_TYPE_Q8_K:
    case TONE_TYPE_I8:
    case TONE_TYPE_I16:
    case TONE_TYPE_I32:
    case TONE_TYPE_I64:
    case TONE_TYPE_F64:
        return false;
    default:
        return tone_type_find(type) != NULL;
    }
}

tone_status tone_ops_open(tone_ops **out, const tone_ops_options *opt, tone_error *err)
{
    *out = NULL;
    tone_ops *ops = calloc(1, sizeof *ops);
    if (!ops)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the kernels' state");
    ops->precision = opt->precision;

    const char *cpu = getenv("TONESMITH_CPU");
    tone_status st;
    if (!tone_kern_select(&ops->k, cpu)) {
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "TONESMITH_CPU=%s names no kernels this processor can run", cpu);
        goto fail;
    }
    fill_unpackers(ops);
    st = tone_pool_open(&ops->pool, opt->n_threads, opt->low_priority, err);
    if (st)
        goto fail;
    ops->scratch = calloc(tone_pool_threads(ops->pool), sizeof *ops->scratch);
    if (!ops->scratch) {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the kernels' state");
        goto fail;
    }
    *out = ops;
    return TONE_OK;

fail:
    tone_ops_close(ops);
    return st;
}

void tone_ops_close(tone_ops *ops)
{
    if (!ops)
        return;
    if (ops->scratch)
        for (uint32_t i = 0; i < tone_pool_threads(ops->pool); i++) {
            free(ops->scratch[i].code);
            free(ops->scratch[i].scale);
            free(ops->scratch[i].min);
            free(ops->scratch[i].tile);
            free(ops->scratch[i].attention);
        }
    free(ops->scratch);
    free(ops->partial);
    tone_pool_close(ops->pool);
    free(ops);
}

uint32_t tone_ops_threads(const tone_ops *ops)
{
    return tone_pool_threads(ops->pool);
}

/* Replace *p by n elements of `size` bytes on a cache line. */
static bool renew(void *p, size_t n, size_t size)
{
    void **at = p;
    size_t bytes;
    free(*at);
    *at = NULL;
    if (!tone_mul_size(&bytes, n, size) || bytes > SIZE_MAX - 64)
        return false;
    *at = aligned_alloc(64, (bytes + 64) / 64 * 64);
    return *at != NULL;
}

tone_status tone_ops_reserve(tone_ops *ops, size_t n_tokens, size_t max_cols, size_t max_rows, tone_error *err)
{
    (void)n_tokens;
    (void)max_rows;
    if (max_cols <= ops->max_cols)
        return TONE_OK;
    ops->max_cols = 0;
    for (uint32_t i = 0; i < tone_ops_threads(ops); i++) {
        tone_scratch *s = &ops->scratch[i];
        if (!renew(&s->code, max_cols, sizeof(uint16_t)) || !renew(&s->scale, max_cols / 16 + 1, sizeof(float)) ||
            !renew(&s->min, max_cols / 16 + 1, sizeof(float)) ||
            !renew(&s->tile, max_cols, TONE_TILE_ROWS * sizeof(float)))
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for products of %zu columns", max_cols);
    }
    ops->max_cols = max_cols;
    return TONE_OK;
}

tone_status tone_attention_reserve(tone_ops *ops, size_t n_heads, size_t hd, uint64_t n_positions, tone_error *err)
{
    size_t floats = tone_attention_floats(n_heads, hd), partial;
    uint64_t spans = n_positions / TONE_SPAN + 2;
    bool fits = spans <= SIZE_MAX && tone_mul_size(&partial, n_heads * (hd + 2), (size_t)spans);
    if (fits && partial > ops->partial_floats) {
        ops->partial_floats = 0;
        fits = renew(&ops->partial, partial, sizeof(float));
        ops->partial_floats = fits ? partial : 0;
    }
    if (fits && floats > ops->attention_floats) {
        ops->attention_floats = 0;
        for (uint32_t i = 0; i < tone_ops_threads(ops) && fits; i++)
            fits = renew(&ops->scratch[i].attention, floats, sizeof(float));
        ops->attention_floats = fits ? floats : 0;
    }
    return fits ? TONE_OK
                : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for attention over %llu positions",
                            (unsigned long long)n_positions);
}

struct guarded {
    tone_ops *ops;
    tone_pool_fn *fn;
    void *arg;
};

static void run_guarded(void *arg, size_t chunk, uint32_t worker)
{
    struct guarded *g = arg;
    if (!atomic_load_explicit(&g->ops->cancelled, memory_order_relaxed))
        g->fn(g->arg, chunk, worker);
}

void tone_ops_run(tone_ops *ops, void (*fn)(void *arg, size_t chunk, uint32_t worker), void *arg, size_t n_chunks)
{
    struct guarded g = {ops, fn, arg};
    tone_pool_run(ops->pool, run_guarded, &g, n_chunks);
}

void tone_ops_cancel(tone_ops *ops, bool cancel)
{
    atomic_store(&ops->cancelled, cancel);
}

bool tone_ops_cancelled(const tone_ops *ops)
{
    return atomic_load(&ops->cancelled);
}

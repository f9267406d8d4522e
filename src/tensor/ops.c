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
        void (*unpack)(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks);
        void (*rows)(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x, size_t n_cols);
        uint32_t group;
        bool has_min;
    } rows[] = {
        {TONE_TYPE_Q4_0, k->unpack_q4_0, k->rows_q4_0, 32, false},
        {TONE_TYPE_Q4_1, k->unpack_q4_1, k->rows_q4_1, 32, true},
        {TONE_TYPE_Q5_0, k->unpack_q5_0, k->rows_q5_0, 32, false},
        {TONE_TYPE_Q5_1, k->unpack_q5_1, k->rows_q5_1, 32, true},
        {TONE_TYPE_Q8_0, k->unpack_q8_0, k->rows_q8_0, 32, false},
        {TONE_TYPE_Q2_K, k->unpack_q2_k, NULL, 16, true},
        {TONE_TYPE_Q3_K, k->unpack_q3_k, NULL, 16, false},
        {TONE_TYPE_Q4_K, k->unpack_q4_k, k->rows_q4_k, 32, true},
        {TONE_TYPE_Q5_K, k->unpack_q5_k, k->rows_q5_k, 32, true},
        {TONE_TYPE_Q6_K, k->unpack_q6_k, k->rows_q6_k, 16, false},
        {TONE_TYPE_IQ1_S, k->unpack_iq1_s, NULL, 32, false},
        {TONE_TYPE_IQ1_M, k->unpack_iq1_m, NULL, 16, false},
        {TONE_TYPE_IQ2_XXS, k->unpack_iq2_xxs, NULL, 32, false},
        {TONE_TYPE_IQ2_XS, k->unpack_iq2_xs, NULL, 16, false},
        {TONE_TYPE_IQ2_S, k->unpack_iq2_s, NULL, 16, false},
        {TONE_TYPE_IQ3_XXS, k->unpack_iq3_xxs, NULL, 32, false},
        {TONE_TYPE_IQ3_S, k->unpack_iq3_s, NULL, 32, false},
        {TONE_TYPE_IQ4_NL, k->unpack_iq4_nl, k->rows_iq4_nl, 32, false},
        {TONE_TYPE_IQ4_XS, k->unpack_iq4_xs, k->rows_iq4_xs, 32, false},
        {TONE_TYPE_TQ1_0, k->unpack_tq1_0, NULL, 32, false},
        {TONE_TYPE_TQ2_0, k->unpack_tq2_0, NULL, 32, false},
        {TONE_TYPE_MXFP4, k->unpack_mxfp4, k->rows_mxfp4, 32, false},
        {TONE_TYPE_NVFP4, k->unpack_nvfp4, NULL, 16, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const tone_type_info *info = tone_type_find(rows[i].type);
        ops->unpackers[rows[i].type] = (tone_unpacker){rows[i].unpack,  rows[i].rows,       rows[i].group,
                                                       rows[i].has_min, info->block_values, info->block_bytes};
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
            free(ops->scratch[i].panel);
            free(ops->scratch[i].whole);
        }
    free(ops->scratch);
    free(ops->partial);
    free(ops->codes_memory);
    free(ops->x16);
    free(ops->whole_panels);
    free(ops->whole_range);
    tone_pool_close(ops->pool);
    free(ops);
}

uint32_t tone_ops_threads(const tone_ops *ops)
{
    return tone_pool_threads(ops->pool);
}

/* n elements of `size` bytes on a cache line in place of `old`, contents lost; NULL when there is no memory. */
static void *renew(void *old, size_t n, size_t size)
{
    size_t bytes;
    free(old);
    if (!tone_mul_size(&bytes, n, size) || bytes > SIZE_MAX - 64)
        return NULL;
    return aligned_alloc(64, (bytes + 64) / 64 * 64);
}

/* The rows of activations as codes: all arrays of a token one after the other, each a multiple of 64 bytes. */
static bool renew_codes(tone_ops *ops, size_t cols)
{
    size_t n = (cols + TONE_CODES_PAD - 1) / TONE_CODES_PAD * TONE_CODES_PAD; /* fits: scratch of cols float32 exists */
    size_t bytes = 6 * n + n / 8 + n / 4 + n;
    ops->codes_memory = renew(ops->codes_memory, TONE_CODED_TOKENS, bytes);
    if (!ops->codes_memory)
        return false;
    uint8_t *at = ops->codes_memory;
    for (size_t t = 0; t < TONE_CODED_TOKENS; t++, at += bytes) {
        tone_codes *c = &ops->codes[t];
        c->code = (int16_t *)(void *)at;
        c->high = (int8_t *)(c->code + n);
        c->low = c->high + n;
        c->split_high = c->low + n;
        c->split_low = c->split_high + n;
        c->d = (float *)(void *)(c->split_low + n);
        c->sum = c->d + n / 32;
        c->split_d = c->sum + n / 16;
        c->split_sum = c->split_d + n / 8;
    }
    return true;
}

static bool renew_x16(tone_ops *ops, size_t n_tokens, size_t cols)
{
    if (!ops->k.bf16 || ops->precision == TONE_EXACT)
        return true;
    /* experts start anywhere and are read up to a multiple of TONE_PAD_TOKENS from there */
    ops->x16_tokens = (n_tokens + TONE_PAD_TOKENS) / TONE_PAD_TOKENS * TONE_PAD_TOKENS + TONE_PAD_TOKENS;
    size_t blocks = cols / 32 + 1, block_bytes = ops->x16_tokens * 32 * sizeof *ops->x16;
    ops->x16 = n_tokens < SIZE_MAX / 128 ? renew(ops->x16, blocks, block_bytes) : NULL;
    if (ops->x16)
        memset(ops->x16, 0, blocks * block_bytes);
    return ops->x16 != NULL;
}

tone_status tone_ops_reserve(tone_ops *ops, size_t n_tokens, size_t max_cols, size_t max_rows, tone_error *err)
{
    (void)max_rows; /* outputs go where the caller says */
    if (max_cols <= ops->max_cols && n_tokens <= ops->max_tokens)
        return TONE_OK;
    size_t cols = max_cols > ops->max_cols ? max_cols : ops->max_cols;
    size_t tokens = n_tokens > ops->max_tokens ? n_tokens : ops->max_tokens;
    ops->max_cols = ops->max_tokens = 0;
    bool fits = cols < SIZE_MAX / 8;
    for (uint32_t i = 0; i < tone_ops_threads(ops) && fits; i++) {
        tone_scratch *s = &ops->scratch[i];
        s->code = renew(s->code, cols, sizeof(uint16_t));
        s->scale = renew(s->scale, cols / 16 + 1, sizeof(float));
        s->min = renew(s->min, cols / 16 + 1, sizeof(float));
        s->tile = renew(s->tile, cols, TONE_TILE_ROWS * sizeof(float));
        s->panel = renew(s->panel, 1, sizeof *s->panel);
        fits = s->code && s->scale && s->min && s->tile && s->panel;
    }
    if (!fits || !renew_codes(ops, cols) || !renew_x16(ops, tokens, cols))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for products of %zu rows of %zu columns", tokens, cols);
    ops->max_cols = cols;
    ops->max_tokens = tokens;
    return TONE_OK;
}

tone_status tone_attention_reserve(tone_ops *ops, size_t n_heads, size_t hd, uint64_t n_positions, tone_error *err)
{
    size_t floats = tone_attention_floats(n_heads, hd), partial;
    uint64_t spans = n_positions / TONE_SPAN + 2;
    bool fits = spans <= SIZE_MAX && tone_mul_size(&partial, n_heads * (hd + 2), (size_t)spans);
    if (fits && partial > ops->partial_floats) {
        ops->partial_floats = 0;
        ops->partial = renew(ops->partial, partial, sizeof(float));
        fits = ops->partial != NULL;
        ops->partial_floats = fits ? partial : 0;
    }
    if (fits && floats > ops->attention_floats) {
        ops->attention_floats = 0;
        for (uint32_t i = 0; i < tone_ops_threads(ops) && fits; i++) {
            ops->scratch[i].attention = renew(ops->scratch[i].attention, floats, sizeof(float));
            fits = ops->scratch[i].attention != NULL;
        }
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

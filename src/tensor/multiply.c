/* Some rows of one matrix times some rows of activations: the work of one chunk.
 *
 * Four ways: a few tokens straight from the file's blocks or 16-bit values; many tokens by panels of bfloat16; and by
 * tiles of rows expanded to float32, which is exact and serves where there is nothing faster. */
#include <string.h>

#include "tensor/state.h"

/* Rows of 16-bit values are at even addresses in any sensible file; the copy is for the others. */
static const uint16_t *row_16(tone_scratch *s, const tone_matrix *w, size_t r)
{
    const uint8_t *row = w->data + r * w->row_bytes;
    if ((uintptr_t)row % sizeof(uint16_t))
        return memcpy(s->code, row, w->cols * sizeof(uint16_t));
    return (const uint16_t *)(const void *)row;
}

void tone_row_f32(const tone_ops *ops, tone_scratch *s, float *y, const tone_matrix *w, size_t r)
{
    const uint8_t *row = w->data + r * w->row_bytes;
    const tone_unpacker *u = &ops->unpackers[w->type];
    if (u->unpack) {
        u->unpack(s->code, s->scale, s->min, row, w->cols / u->block_values);
        ops->k.expand_f32(y, s->code, s->scale, u->has_min ? s->min : NULL, u->group, w->cols);
    } else if (w->type == TONE_TYPE_F16) {
        ops->k.f16_to_f32(y, row_16(s, w, r), w->cols);
    } else if (w->type == TONE_TYPE_BF16) {
        ops->k.bf16_to_f32(y, row_16(s, w, r), w->cols);
    } else {
        memcpy(y, row, w->cols * sizeof(float));
    }
}

/* One token takes its rows in one go; several share the rows that the first-level cache holds. */
static size_t rows_at_once(const tone_slab *slab)
{
    size_t cached = 24576 / (slab->product->w->row_bytes + 1) / 8 * 8;
    return slab->n == 1 ? slab->end - slab->first : cached ? cached : 8;
}

/* A few tokens, quantised weights. */
static void by_rows(const tone_ops *ops, tone_scratch *s, const tone_slab *slab)
{
    const tone_matrix *w = slab->product->w;
    const tone_unpacker *u = &ops->unpackers[w->type];
    if (u->rows) {
        size_t step = rows_at_once(slab);
        for (size_t r = slab->first; r < slab->end; r += step)
            for (size_t t = 0; t < slab->n; t++)
                u->rows(slab->y + t * slab->product->y_stride + r, w->data + (slab->base + r) * w->row_bytes, w->row_bytes,
                        tone_min_size(step, slab->end - r), slab->codes[t], w->cols);
        return;
    }
    for (size_t r = slab->first; r < slab->end; r++) {
        u->unpack(s->code, s->scale, s->min, w->data + (slab->base + r) * w->row_bytes, w->cols / u->block_values);
        for (size_t t = 0; t < slab->n; t++)
            slab->y[t * slab->product->y_stride + r] =
                ops->k.dot_codes(s->code, s->scale, u->has_min ? s->min : NULL, u->group, slab->codes[t], w->cols);
    }
}

/* Columns from … from + n - 1 of n_rows rows, starting at `row`, as a panel. */
static void make_panel(const tone_ops *ops, tone_panel_memory *m, const tone_matrix *w, size_t row, size_t n_rows,
                       size_t from, size_t n)
{
    const tone_unpacker *u = &ops->unpackers[w->type];
    size_t groups = n / u->group;
    const uint8_t *blocks = w->data + row * w->row_bytes + from / u->block_values * u->block_bytes;
    for (size_t r = 0; r < n_rows; r++, blocks += w->row_bytes)
        u->unpack(m->code + r * n, m->scale + r * groups, m->min + r * groups, blocks, n / u->block_values);
    ops->k.pack_bf16(m->panel, m->code, m->scale, u->has_min ? m->min : NULL, u->group, n_rows, n);
}

/* The same of plain weights; the last panel's columns go on with zeros up to a multiple of 32. */
static void make_plain_panel(const tone_ops *ops, tone_scratch *s, const tone_matrix *w, size_t row, size_t n_rows, size_t from,
                             size_t n)
{
    size_t padded = (n + 31) / 32 * 32;
    const uint8_t *rows = w->data + row * w->row_bytes;
    if (w->type == TONE_TYPE_BF16 && (uintptr_t)rows % sizeof(uint16_t) == 0) {
        ops->k.pack_rows_bf16(s->panel->panel, (const uint16_t *)(const void *)rows + from, w->row_bytes / 2, n_rows, n);
        return;
    }
    uint16_t *narrow = (uint16_t *)(void *)s->panel->code; /* 32 rows of up to TONE_PANEL_COLS: half of it */
    for (size_t first = 0; first < n_rows; first += 32) {
        size_t some = tone_min_size(32, n_rows - first);
        for (size_t i = 0; i < some; i++) {
            float *values = s->tile;
            size_t r = row + first + i;
            if (w->type == TONE_TYPE_F16)
                ops->k.f16_to_f32(values, row_16(s, w, r) + from, n);
            else if (w->type == TONE_TYPE_BF16)
                ops->k.bf16_to_f32(values, row_16(s, w, r) + from, n);
            else
                memcpy(values, w->data + r * w->row_bytes + from * sizeof *values, n * sizeof *values);
            memset(values + n, 0, (padded - n) * sizeof *values);
            ops->k.f32_to_bf16(narrow + i * padded, 32, values, padded);
        }
        ops->k.pack_rows_bf16(s->panel->panel + first * padded, narrow, padded, some, padded);
    }
}

/* Many tokens in bfloat16. */
static void by_panels(const tone_ops *ops, tone_scratch *s, const tone_slab *slab)
{
    const tone_matrix *w = slab->product->w;
    size_t x_step = ops->x16_tokens * 32;
    for (size_t r = slab->first; r < slab->end; r += TONE_PANEL_ROWS) {
        size_t n_rows = tone_min_size(TONE_PANEL_ROWS, slab->end - r);
        for (size_t from = 0; from < w->cols; from += TONE_PANEL_COLS) {
            size_t n = tone_min_size(TONE_PANEL_COLS, w->cols - from);
            if (ops->unpackers[w->type].unpack)
                make_panel(ops, s->panel, w, slab->base + r, n_rows, from, n);
            else
                make_plain_panel(ops, s, w, slab->base + r, n_rows, from, n);
            ops->k.gemm_bf16(slab->y + r, slab->product->y_stride, n_rows, s->panel->panel, slab->x16 + from / 32 * x_step,
                             x_step, slab->n, (n + 31) / 32 * 32, from > 0);
        }
    }
}

/* A few tokens, 16-bit weights. */
static void by_rows_16(const tone_ops *ops, tone_scratch *s, const tone_slab *slab)
{
    const tone_matrix *w = slab->product->w;
    bool half = w->type == TONE_TYPE_F16, even = (uintptr_t)w->data % 2 == 0 && w->row_bytes % 2 == 0;
    size_t step = even ? rows_at_once(slab) : 1; /* a copied row is used at once */
    for (size_t r = slab->first; r < slab->end; r += step)
        for (size_t t = 0; t < slab->n; t++)
            (half ? ops->k.rows_f16 : ops->k.rows_bf16)(slab->y + t * slab->product->y_stride + r,
                                                        row_16(s, w, slab->base + r), w->row_bytes / 2,
                                                        tone_min_size(step, slab->end - r), slab->x + t * slab->x_stride, w->cols);
}

/* Activations in float32. */
static void by_tiles(const tone_ops *ops, tone_scratch *s, const tone_slab *slab)
{
    const tone_matrix *w = slab->product->w;
    for (size_t r = slab->first; r < slab->end; r += TONE_TILE_ROWS) {
        size_t n = tone_min_size(TONE_TILE_ROWS, slab->end - r);
        const uint8_t *rows = w->data + (slab->base + r) * w->row_bytes;
        const float *tile = (const float *)(const void *)rows;
        if (w->type != TONE_TYPE_F32 || (uintptr_t)rows % sizeof(float)) {
            for (size_t i = 0; i < n; i++)
                tone_row_f32(ops, s, s->tile + i * w->cols, w, slab->base + r + i);
            tile = s->tile;
        }
        ops->k.gemm_f32(slab->y + r, slab->product->y_stride, tile, w->cols, n, slab->x, slab->x_stride, slab->n, w->cols);
    }
}

void tone_multiply(const tone_ops *ops, tone_scratch *s, const tone_slab *slab)
{
    tone_type type = slab->product->w->type;
    bool quantised = ops->unpackers[type].unpack;
    if (quantised && slab->codes)
        by_rows(ops, s, slab);
    else if ((quantised || ops->precision == TONE_COARSE) && slab->x16)
        by_panels(ops, s, slab);
    else if (slab->n <= TONE_FEW_TOKENS && (type == TONE_TYPE_F16 || type == TONE_TYPE_BF16))
        by_rows_16(ops, s, slab);
    else
        by_tiles(ops, s, slab);
}

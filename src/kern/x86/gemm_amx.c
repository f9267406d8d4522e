/* Batches by the tile unit (AMX) of newer Xeons: 16 tokens by 16 rows by 32 columns at a time. */
#include <immintrin.h>
#include <string.h>

#include "kern/x86/tables.h"

/* What LDTILECFG reads: tiles 0 … 3 sums, 4 and 5 activations, 6 and 7 weights, all of 16 rows of 64 bytes. */
typedef struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

static const tile_config config = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

/* 32 tokens, or 16, against the 32 rows of a panel; sums (n_tokens, sum_stride) are set or added to. */
static void multiply_tiles(float *sums, size_t sum_stride, const uint16_t *panel, const uint16_t *x, size_t x_step,
                           size_t n_tokens, size_t n_cols, bool add)
{
    const size_t x_bytes = 32 * sizeof *x, panel_bytes = 64 * sizeof *panel, sum_bytes = sum_stride * sizeof *sums;
    float *second = sums + 16 * sum_stride;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    if (add) {
        _tile_loadd(0, sums, sum_bytes);
        _tile_loadd(1, sums + 16, sum_bytes);
    }
    if (add && n_tokens > 16) {
        _tile_loadd(2, second, sum_bytes);
        _tile_loadd(3, second + 16, sum_bytes);
    }
    for (size_t c = 0; c < n_cols; c += 32, panel += 16 * 64, x += x_step) {
        _tile_loadd(6, panel, panel_bytes);
        _tile_loadd(4, x, x_bytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, panel + 32, panel_bytes);
        _tile_dpbf16ps(1, 4, 7);
        if (n_tokens > 16) {
            _tile_loadd(5, x + 16 * 32, x_bytes);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
    }
    _tile_stored(0, sums, sum_bytes);
    _tile_stored(1, sums + 16, sum_bytes);
    if (n_tokens > 16) {
        _tile_stored(2, second, sum_bytes);
        _tile_stored(3, second + 16, sum_bytes);
    }
}

/* Part of a tile: by way of a whole one. */
static void multiply_part(float *y, size_t y_stride, size_t n_rows, const uint16_t *panel, const uint16_t *x, size_t x_step,
                          size_t n_tokens, size_t n_cols, bool add)
{
    _Alignas(64) float sums[32 * 32] = {0};
    for (size_t t = 0; t < n_tokens && add; t++)
        memcpy(sums + 32 * t, y + t * y_stride, n_rows * sizeof *y);
    multiply_tiles(sums, 32, panel, x, x_step, n_tokens, n_cols, add);
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(y + t * y_stride, sums + 32 * t, n_rows * sizeof *y);
}

/* Tokens outside, so that theirs come from the first-level cache while the panels pass by. */
void tone_gemm_bf16_amx(float *y, size_t y_stride, size_t n_rows, const uint16_t *panels, const uint16_t *x,
                        size_t x_step, size_t n_tokens, size_t n_cols, bool add)
{
    _tile_loadconfig(&config);
    for (size_t t = 0; t < n_tokens; t += 32) {
        size_t tokens = n_tokens - t < 32 ? n_tokens - t : 32;
        for (size_t r = 0; r < n_rows; r += 32) {
            size_t rows = n_rows - r < 32 ? n_rows - r : 32;
            float *to = y + t * y_stride + r;
            if (rows == 32 && tokens % 16 == 0)
                multiply_tiles(to, y_stride, panels + r * n_cols, x + 32 * t, x_step, tokens, n_cols, add);
            else
                multiply_part(to, y_stride, rows, panels + r * n_cols, x + 32 * t, x_step, tokens, n_cols, add);
        }
    }
    _tile_release();
}

void tone_kern_fill_amx(tone_kern *k)
{
    k->name = "amx";
    k->bf16 = true;
    k->gemm_bf16 = tone_gemm_bf16_amx;
}

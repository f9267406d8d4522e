/* Batches by the tile unit (AMX) of newer Xeons: 16 tokens by 16 rows by 32 columns at a time. */
#include <immintrin.h>

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

/* Sums of n_tokens <= 32 tokens, from `sums` (32, 32) to y. */
static void put_sums(float *y, size_t y_stride, size_t n_rows, size_t n_tokens, const float *sums, bool add)
{
    __mmask16 first = (__mmask16)(n_rows >= 16 ? 0xffff : (1u << n_rows) - 1);
    __mmask16 second = (__mmask16)(n_rows > 16 ? (1u << (n_rows - 16)) - 1 : 0);
    for (size_t t = 0; t < n_tokens; t++, y += y_stride, sums += 32) {
        __m512 a = _mm512_load_ps(sums), b = _mm512_load_ps(sums + 16);
        if (add) {
            a = _mm512_add_ps(a, _mm512_maskz_loadu_ps(first, y));
            b = _mm512_add_ps(b, _mm512_maskz_loadu_ps(second, y + 16));
        }
        _mm512_mask_storeu_ps(y, first, a);
        _mm512_mask_storeu_ps(y + 16, second, b);
    }
}

/* 32 tokens against the 32 rows of a panel. */
static void multiply_tiles(float *sums, const uint16_t *panel, const uint16_t *x, size_t x_step, size_t n_tokens,
                           size_t n_cols)
{
    const size_t x_bytes = 32 * sizeof *x, panel_bytes = 64 * sizeof *panel, sum_bytes = 32 * sizeof *sums;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
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
    _tile_stored(2, sums + 16 * 32, sum_bytes);
    _tile_stored(3, sums + 16 * 32 + 16, sum_bytes);
}

/* Tokens outside, so that theirs come from the first-level cache while the panels pass by. */
void tone_gemm_bf16_amx(float *y, size_t y_stride, size_t n_rows, const uint16_t *panels, const uint16_t *x,
                        size_t x_step, size_t n_tokens, size_t n_cols, bool add)
{
    _Alignas(64) float sums[32 * 32];
    _tile_loadconfig(&config);
    for (size_t t = 0; t < n_tokens; t += 32) {
        size_t tokens = n_tokens - t < 32 ? n_tokens - t : 32;
        for (size_t r = 0; r < n_rows; r += 32) {
            size_t rows = n_rows - r < 32 ? n_rows - r : 32;
            multiply_tiles(sums, panels + r * n_cols, x + 32 * t, x_step, tokens, n_cols);
            put_sums(y + t * y_stride + r, y_stride, rows, tokens, sums, add);
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

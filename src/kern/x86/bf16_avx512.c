/* Panels of weights in bfloat16 and rows of activations rounded to it, AVX-512 with its BF16 conversions. */
#include <immintrin.h>

#include "kern/x86/tables.h"

void tone_f32_to_bf16_avx512(uint16_t *y, size_t y_step, const float *x, size_t n_cols)
{
    for (size_t c = 0; c < n_cols; c += 32, y += y_step) {
        __m512bh h = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + c + 16), _mm512_loadu_ps(x + c));
        _mm512_storeu_si512(y, (__m512i)h);
    }
}

/* m[i] lane j becomes m[j] lane i. */
static inline __attribute__((always_inline)) void transpose_16(__m512i m[16])
{
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) { /* pairs of rows */
        t[i] = _mm512_unpacklo_epi32(m[i], m[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(m[i], m[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) { /* m[i + k]: of four rows the columns k, k + 4, k + 8, k + 12 */
        m[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        m[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        m[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        m[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
        t[k] = _mm512_shuffle_i32x4(m[k], m[k + 4], 0x88);           /* columns k, k + 8 of eight rows      */
        t[k + 4] = _mm512_shuffle_i32x4(m[k], m[k + 4], 0xdd);       /* columns k + 4, k + 12               */
        t[k + 8] = _mm512_shuffle_i32x4(m[k + 8], m[k + 12], 0x88);  /* the same of the other eight rows    */
        t[k + 12] = _mm512_shuffle_i32x4(m[k + 8], m[k + 12], 0xdd);
    }
    for (int k = 0; k < 8; k++) {
        m[k] = _mm512_shuffle_i32x4(t[k], t[k + 8], 0x88);
        m[k + 8] = _mm512_shuffle_i32x4(t[k], t[k + 8], 0xdd);
    }
}

/* 32 values of one row. */
static inline __attribute__((always_inline)) __m512i values_bf16(const int8_t *code, const float *scale, const float *min,
                                                                  size_t group)
{
    size_t second = group == 16;
    __m512 a = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)code)));
    __m512 b = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(code + 16))));
    a = _mm512_mul_ps(a, _mm512_set1_ps(scale[0]));
    b = _mm512_mul_ps(b, _mm512_set1_ps(scale[second]));
    if (min) {
        a = _mm512_sub_ps(a, _mm512_set1_ps(min[0]));
        b = _mm512_sub_ps(b, _mm512_set1_ps(min[second]));
    }
    return (__m512i)_mm512_cvtne2ps_pbh(b, a);
}

void tone_pack_bf16_avx512(uint16_t *panels, const int8_t *code, const float *scale, const float *min, size_t group,
                           size_t n_rows, size_t n_cols)
{
    size_t groups = n_cols / group;
    for (size_t from = 0; from < (n_rows + 31) / 32 * 32; from += 16) {
        uint16_t *to = panels + from / 32 * 32 * n_cols + from % 32 * 2;
        for (size_t c = 0; c < n_cols; c += 32) {
            __m512i m[16];
            for (size_t i = 0; i < 16; i++) {
                size_t r = from + i, g = r * groups + c / group;
                m[i] = r < n_rows ? values_bf16(code + r * n_cols + c, scale + g, min ? min + g : NULL, group)
                                  : _mm512_setzero_si512();
            }
            transpose_16(m);
            for (size_t i = 0; i < 16; i++)
                _mm512_storeu_si512(to + (c / 2 + i) * 64, m[i]);
        }
    }
}

void tone_pack_rows_bf16_avx512(uint16_t *panels, const uint16_t *rows, size_t stride, size_t n_rows, size_t n_cols)
{
    size_t padded = (n_cols + 31) / 32 * 32;
    for (size_t from = 0; from < (n_rows + 31) / 32 * 32; from += 16) {
        uint16_t *to = panels + from / 32 * 32 * padded + from % 32 * 2;
        for (size_t c = 0; c < padded; c += 32) {
            size_t left = n_cols - c;
            __mmask32 some = left >= 32 ? 0xffffffff : (1u << left) - 1;
            __m512i m[16];
            for (size_t i = 0; i < 16; i++)
                m[i] = from + i < n_rows ? _mm512_maskz_loadu_epi16(some, rows + (from + i) * stride + c) : _mm512_setzero_si512();
            transpose_16(m);
            for (size_t i = 0; i < 16; i++)
                _mm512_storeu_si512(to + (c / 2 + i) * 64, m[i]);
        }
    }
}

/* T tokens against the n_rows <= 32 rows of a panel. */
static inline __attribute__((always_inline)) void gemm_tokens(const size_t T, float *y, size_t y_stride, size_t n_rows,
                                                              const uint16_t *panel, const uint16_t *x, size_t x_step,
                                                              size_t n_cols, bool add)
{
    __m512 acc[2][12];
    for (size_t t = 0; t < T; t++)
        acc[0][t] = acc[1][t] = _mm512_setzero_ps();
    for (size_t c = 0; c < n_cols; c += 32, x += x_step)
        for (size_t k = 0; k < 32; k += 2, panel += 64) {
            __m512bh w0 = (__m512bh)_mm512_loadu_si512(panel), w1 = (__m512bh)_mm512_loadu_si512(panel + 32);
            for (size_t t = 0; t < T; t++) {
                int pair;
                __builtin_memcpy(&pair, x + 32 * t + k, sizeof pair);
                __m512bh xs = (__m512bh)_mm512_set1_epi32(pair);
                acc[0][t] = _mm512_dpbf16_ps(acc[0][t], w0, xs);
                acc[1][t] = _mm512_dpbf16_ps(acc[1][t], w1, xs);
            }
        }
    for (size_t h = 0; h < 2; h++) {
        size_t left = n_rows > 16 * h ? n_rows - 16 * h : 0;
        __mmask16 m = (__mmask16)(left >= 16 ? 0xffff : (1u << left) - 1);
        for (size_t t = 0; t < T; t++) {
            float *to = y + t * y_stride + 16 * h;
            __m512 v = add ? _mm512_add_ps(acc[h][t], _mm512_maskz_loadu_ps(m, to)) : acc[h][t];
            _mm512_mask_storeu_ps(to, m, v);
        }
    }
}

void tone_gemm_bf16_avx512(float *y, size_t y_stride, size_t n_rows, const uint16_t *panels, const uint16_t *x,
                           size_t x_step, size_t n_tokens, size_t n_cols, bool add)
{
    for (size_t r = 0; r < n_rows; r += 32) {
        const uint16_t *panel = panels + r * n_cols;
        size_t rows = n_rows - r < 32 ? n_rows - r : 32, t = 0;
        for (; t + 12 <= n_tokens; t += 12)
            gemm_tokens(12, y + t * y_stride + r, y_stride, rows, panel, x + 32 * t, x_step, n_cols, add);
        for (; t + 4 <= n_tokens; t += 4)
            gemm_tokens(4, y + t * y_stride + r, y_stride, rows, panel, x + 32 * t, x_step, n_cols, add);
        for (; t < n_tokens; t++)
            gemm_tokens(1, y + t * y_stride + r, y_stride, rows, panel, x + 32 * t, x_step, n_cols, add);
    }
}

void tone_kern_fill_avx512bf16(tone_kern *k)
{
    k->name = "avx512bf16";
    /* Intel's (seen on Sapphire Rapids) do one VDPBF16PS in two clocks but two VFMADDs a clock: float32 is twice as fast */
    k->bf16 = __builtin_cpu_is("amd");
    k->f32_to_bf16 = tone_f32_to_bf16_avx512;
    k->pack_bf16 = tone_pack_bf16_avx512;
    k->pack_rows_bf16 = tone_pack_rows_bf16_avx512;
    k->gemm_bf16 = tone_gemm_bf16_avx512;
}

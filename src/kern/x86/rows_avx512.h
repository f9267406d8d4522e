/* kern/x86/rows_avx512.h - what the AVX-512 kernels of rows times one token share. */
#ifndef TONE_KERN_X86_ROWS_AVX512_H
#define TONE_KERN_X86_ROWS_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "kern/x86/tables.h"

#define INLINE static inline __attribute__((always_inline))

/* Two rows at a time share what is computed of the activations; more rows would be as many streams from memory, which
 * the processor fetches less well (SPEED.md). */
enum { ROWS_AT_ONCE = 2, AHEAD_BYTES = 7168 };

/* Weights are read once, from memory, and in order: ask for the lines that come AHEAD_BYTES after these n bytes. */
INLINE void ask_ahead(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i += 64)
        _mm_prefetch((const char *)p + AHEAD_BYTES + i, _MM_HINT_T1);
}

INLINE uint16_t half_at(const uint8_t *p)
{
    uint16_t h;
    memcpy(&h, p, sizeof h);
    return h;
}

INLINE uint32_t word_at(const uint8_t *p)
{
    uint32_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* 64 codes of activations. */
typedef struct half_codes {
    __m512i high, low;
} half_codes;

INLINE half_codes load_codes(const int8_t *high, const int8_t *low, size_t at)
{
    return (half_codes){_mm512_loadu_si512(high + at), _mm512_loadu_si512(low + at)};
}

/* The sums of q * x over four codes a lane. */
INLINE __m512 dot_1(__m512i q, half_codes x)
{
    __m512i high = _mm512_dpbusd_epi32(_mm512_setzero_si512(), q, x.high);
    return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(_mm512_slli_epi32(high, 8), q, x.low));
}

INLINE __m512 dot_2(__m512i q0, half_codes x0, __m512i q1, half_codes x1)
{
    __m512i high = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(_mm512_setzero_si512(), q0, x0.high), q1, x1.high);
    __m512i low = _mm512_dpbusd_epi32(_mm512_slli_epi32(high, 8), q0, x0.low);
    return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(low, q1, x1.low));
}

/* Kernels of the form rows(R, y, w, row_bytes, x, n_cols), R a constant, over all rows. */
#define TONE_ROWS_KERNEL(type, call)                                                                                \
    void tone_rows_##type##_avx512(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x, \
                                   size_t n_cols)                                                                   \
    {                                                                                                               \
        for (; n_rows >= ROWS_AT_ONCE; n_rows -= ROWS_AT_ONCE, y += ROWS_AT_ONCE, w += ROWS_AT_ONCE * row_bytes) {  \
            const size_t R = ROWS_AT_ONCE;                                                                          \
            call;                                                                                                   \
        }                                                                                                           \
        for (; n_rows; n_rows--, y++, w += row_bytes) {                                                             \
            const size_t R = 1;                                                                                     \
            call;                                                                                                   \
        }                                                                                                           \
    }

#endif

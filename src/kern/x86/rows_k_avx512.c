/* Rows of 256-value blocks times one row of activations in 16-bit codes, AVX-512 with VNNI. */
#include "kern/x86/rows_avx512.h"

#include "kern/tables.h"

INLINE __m512 half_everywhere(const uint8_t *p)
{
    return _mm512_set1_ps(_mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half_at(p)))));
}

/* The activations of a block of 256. */
typedef struct shared256 {
    half_codes x[4];
    __m512 d_and_sum; /* d of the eight sub-blocks, then d * (sum of the codes) of each */
} shared256;

INLINE shared256 share(const tone_codes *x, size_t block)
{
    shared256 s;
    for (size_t k = 0; k < 4; k++)
        s.x[k] = load_codes(x->high, x->low, 256 * block + 64 * k);
    const __m512i even = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 6, 8, 10, 12, 14);
    __m512 sum = _mm512_loadu_ps(x->sum + 16 * block);
    sum = _mm512_add_ps(sum, _mm512_permute_ps(sum, 0xb1));
    s.d_and_sum = _mm512_insertf32x8(_mm512_permutexvar_ps(even, sum), _mm256_loadu_ps(x->d + 8 * block), 0);
    return s;
}

/* Scales and minima of Q4_K and Q5_K: d * scale * x.d in lanes 0 … 7, - dmin * min * x.sum in lanes 8 … 15. */
INLINE __m512 scales_and_mins(const uint8_t *p, __m512 d_and_sum)
{
    uint32_t a = word_at(p + 4), b = word_at(p + 8), c = word_at(p + 12);
    uint64_t scale = (a & 0x3f3f3f3f) | (uint64_t)((c & 0x0f0f0f0f) | (a >> 2 & 0x30303030)) << 32;
    uint64_t min = (b & 0x3f3f3f3f) | (uint64_t)((c >> 4 & 0x0f0f0f0f) | (b >> 2 & 0x30303030)) << 32;
    __m512 v = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_set_epi64x((long long)min, (long long)scale)));
    __m512 d = _mm512_castps128_ps512(_mm_cvtph_ps(_mm_cvtsi32_si128((int)(word_at(p) ^ 0x80000000))));
    d = _mm512_permutexvar_ps(_mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1), d);
    return _mm512_mul_ps(_mm512_mul_ps(v, d), d_and_sum);
}

#define TWO_LANES(a, b) _mm512_setr_epi32(a, a, a, a, a, a, a, a, b, b, b, b, b, b, b, b)

/* Two sub-blocks a register. */
INLINE __m512 add_codes(__m512 acc, const __m512i q[4], const shared256 *x, __m512 v)
{
    acc = _mm512_fmadd_ps(dot_1(q[0], x->x[0]), _mm512_permutexvar_ps(TWO_LANES(0, 1), v), acc);
    acc = _mm512_fmadd_ps(dot_1(q[1], x->x[1]), _mm512_permutexvar_ps(TWO_LANES(2, 3), v), acc);
    acc = _mm512_fmadd_ps(dot_1(q[2], x->x[2]), _mm512_permutexvar_ps(TWO_LANES(4, 5), v), acc);
    acc = _mm512_fmadd_ps(dot_1(q[3], x->x[3]), _mm512_permutexvar_ps(TWO_LANES(6, 7), v), acc);
    return _mm512_mask_add_ps(acc, 0xff00, acc, v);
}

/* 32 bytes in both halves of a register. */
INLINE __m512i twice_32(const uint8_t *p)
{
    return _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)(const void *)p));
}

/* Low nibbles of 32 bytes, then the high ones. */
INLINE __m512i nibbles_32(const uint8_t *p)
{
    return _mm512_and_si512(_mm512_srlv_epi32(twice_32(p), TWO_LANES(0, 4)), _mm512_set1_epi8(15));
}

INLINE __m512 block_q4_k(__m512 acc, const uint8_t *p, const shared256 *x)
{
    const __m512i q[4] = {nibbles_32(p + 16), nibbles_32(p + 48), nibbles_32(p + 80), nibbles_32(p + 112)};
    return add_codes(acc, q, x, scales_and_mins(p, x->d_and_sum));
}

/* Bit b of qh[l] is the fifth bit of value l of sub-block b: move the bits of two sub-blocks to bit 4. */
INLINE __m512 block_q5_k(__m512 acc, const uint8_t *p, const shared256 *x)
{
    const __m512i bit = _mm512_set1_epi8(16), h = twice_32(p + 16);
    const __m512i moved[4] = {_mm512_sllv_epi32(h, TWO_LANES(4, 3)), _mm512_sllv_epi32(h, TWO_LANES(2, 1)),
                              _mm512_srlv_epi32(h, TWO_LANES(0, 1)), _mm512_srlv_epi32(h, TWO_LANES(2, 3))};
    __m512i q[4];
    for (int k = 0; k < 4; k++)
        q[k] = _mm512_ternarylogic_epi32(moved[k], bit, nibbles_32(p + 48 + 32 * k), 0xEA); /* moved & bit | nibbles */
    return add_codes(acc, q, x, scales_and_mins(p, x->d_and_sum));
}

typedef __m512 block_fn(__m512 acc, const uint8_t *p, const shared256 *x);

INLINE void rows_with_mins(const size_t R, float *y, const uint8_t *w, size_t row_bytes, const tone_codes *x,
                          size_t n_blocks, block_fn *add, const size_t bytes)
{
    __m512 acc[ROWS_AT_ONCE];
    for (size_t r = 0; r < R; r++)
        acc[r] = _mm512_setzero_ps();
    for (size_t b = 0; b < n_blocks; b++) {
        shared256 s = share(x, b);
        ask_ahead(w + R * b * bytes, R * bytes);
        for (size_t r = 0; r < R; r++)
            acc[r] = add(acc[r], w + r * row_bytes + b * bytes, &s);
    }
    for (size_t r = 0; r < R; r++)
        y[r] = _mm512_reduce_add_ps(acc[r]);
}

TONE_ROWS_KERNEL(q4_k, rows_with_mins(R, y, w, row_bytes, x, n_cols / 256, block_q4_k, 144))
TONE_ROWS_KERNEL(q5_k, rows_with_mins(R, y, w, row_bytes, x, n_cols / 256, block_q5_k, 176))

#define FOUR_LANES(a) \
    _mm512_setr_epi32(a, a, a, a, a + 1, a + 1, a + 1, a + 1, a + 2, a + 2, a + 2, a + 2, a + 3, a + 3, a + 3, a + 3)

/* Codes are q + 32 here; 32 * (sum of the activations) goes off by the scales of the sixteen groups. */
INLINE __m512 block_q6_k(__m512 acc, const uint8_t *p, const half_codes x[4], __m512 d16, __m512 sum32)
{
    const __m512i low = _mm512_set1_epi8(15), two = _mm512_set1_epi8(0x30);
    __m512 v = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(p + 192))));
    v = _mm512_mul_ps(v, half_everywhere(p + 208));
    acc = _mm512_fnmadd_ps(v, sum32, acc);
    v = _mm512_mul_ps(v, d16);
    for (int h = 0; h < 2; h++) {
        __m512i l = _mm512_loadu_si512(p + 64 * h);
        __m512i t = _mm512_srlv_epi32(twice_32(p + 128 + 32 * h), TWO_LANES(0, 2)); /* upper bits of values r, r + 2 at bits 0 and 4, for r = 0 and 1 */
        __m512i first = _mm512_ternarylogic_epi32(_mm512_slli_epi16(t, 4), two, _mm512_and_si512(l, low), 0xEA);
        __m512i second = _mm512_ternarylogic_epi32(t, two, _mm512_and_si512(_mm512_srli_epi16(l, 4), low), 0xEA);
        __m512 s0 = _mm512_permutexvar_ps(h ? FOUR_LANES(8) : FOUR_LANES(0), v);
        __m512 s1 = _mm512_permutexvar_ps(h ? FOUR_LANES(12) : FOUR_LANES(4), v);
        acc = _mm512_fmadd_ps(dot_1(first, x[2 * h]), s0, acc);
        acc = _mm512_fmadd_ps(dot_1(second, x[2 * h + 1]), s1, acc);
    }
    return acc;
}

INLINE void rows_of_q6_k(const size_t R, float *y, const uint8_t *w, size_t row_bytes, const tone_codes *x, size_t blocks)
{
    const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    __m512 acc[ROWS_AT_ONCE];
    for (size_t r = 0; r < R; r++)
        acc[r] = _mm512_setzero_ps();
    for (size_t b = 0; b < blocks; b++) {
        __m512 d16 = _mm512_permutexvar_ps(twice, _mm512_castps256_ps512(_mm256_loadu_ps(x->d + 8 * b)));
        __m512 sum32 = _mm512_mul_ps(_mm512_loadu_ps(x->sum + 16 * b), _mm512_set1_ps(32));
        half_codes xs[4];
        ask_ahead(w + R * b * 210, R * 210);
        for (size_t k = 0; k < 4; k++)
            xs[k] = load_codes(x->high, x->low, 256 * b + 64 * k);
        for (size_t r = 0; r < R; r++)
            acc[r] = block_q6_k(acc[r], w + r * row_bytes + b * 210, xs, d16, sum32);
    }
    for (size_t r = 0; r < R; r++)
        y[r] = _mm512_reduce_add_ps(acc[r]);
}

TONE_ROWS_KERNEL(q6_k, rows_of_q6_k(R, y, w, row_bytes, x, n_cols / 256))

/* Eight sub-blocks of 32 nibbles that name table values, first and second halves as the split arrays of tone_codes have them. */
INLINE __m512 block_iq4_xs(__m512 acc, const uint8_t *p, const tone_codes *x, size_t block)
{
    const __m512i low = _mm512_set1_epi8(15), excess = _mm512_set1_epi8((char)0x80), zero = _mm512_setzero_si512();
    __m512i values = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)tone_iq4_values));
    values = _mm512_xor_si512(values, excess);
    /* scale of sub-block k: four bits of nibble k of the word at 4, two more of bits 2k, 2k + 1 of the half-word at 2 */
    __m256i shift = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28), shift2 = _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14);
    __m256i s = _mm256_and_si256(_mm256_srlv_epi32(_mm256_set1_epi32((int)word_at(p + 4)), shift), _mm256_set1_epi32(15));
    __m256i s2 = _mm256_srlv_epi32(_mm256_set1_epi32((int)(word_at(p) >> 16)), shift2);
    s = _mm256_or_si256(s, _mm256_slli_epi32(_mm256_and_si256(s2, _mm256_set1_epi32(3)), 4));
    __m256 v = _mm256_cvtepi32_ps(_mm256_sub_epi32(s, _mm256_set1_epi32(32)));
    v = _mm256_mul_ps(_mm256_mul_ps(v, _mm512_castps512_ps256(half_everywhere(p))), _mm256_loadu_ps(x->d + 8 * block));
    for (size_t h = 0; h < 2; h++) {
        __m512i q = _mm512_loadu_si512(p + 8 + 64 * h);
        half_codes x0 = load_codes(x->split_high, x->split_low, 256 * block + 128 * h);
        half_codes x1 = load_codes(x->split_high, x->split_low, 256 * block + 128 * h + 64);
        __m512i first = _mm512_shuffle_epi8(values, _mm512_and_si512(q, low));
        __m512i second = _mm512_shuffle_epi8(values, _mm512_and_si512(_mm512_srli_epi16(q, 4), low));
        __m512i top = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(zero, first, x0.high), second, x1.high);
        __m512i bottom = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(zero, first, x0.low), second, x1.low);
        /* 128 * (sum of the activations) */
        __m512i top_excess = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(zero, excess, x0.high), excess, x1.high);
        __m512i bottom_excess = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(zero, excess, x0.low), excess, x1.low);
        __m512i dot = _mm512_add_epi32(_mm512_slli_epi32(_mm512_sub_epi32(top, top_excess), 8),
                                       _mm512_sub_epi32(bottom, bottom_excess));
        __m512 scale = _mm512_permutexvar_ps(h ? FOUR_LANES(4) : FOUR_LANES(0), _mm512_castps256_ps512(v));
        acc = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), scale, acc);
    }
    return acc;
}

INLINE void rows_of_iq4_xs(const size_t R, float *y, const uint8_t *w, size_t row_bytes, const tone_codes *x,
                           size_t n_blocks)
{
    __m512 acc[ROWS_AT_ONCE];
    for (size_t r = 0; r < R; r++)
        acc[r] = _mm512_setzero_ps();
    for (size_t b = 0; b < n_blocks; b++) {
        ask_ahead(w + R * b * 136, R * 136);
        for (size_t r = 0; r < R; r++)
            acc[r] = block_iq4_xs(acc[r], w + r * row_bytes + b * 136, x, b);
    }
    for (size_t r = 0; r < R; r++)
        y[r] = _mm512_reduce_add_ps(acc[r]);
}

TONE_ROWS_KERNEL(iq4_xs, rows_of_iq4_xs(R, y, w, row_bytes, x, n_cols / 256))

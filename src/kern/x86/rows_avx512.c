/* Rows of 32-value blocks times one row of activations, AVX-512 with VNNI.
 *
 * Four blocks at a time: their first halves fill one register, their second halves another, as the split arrays of
 * tone_codes have the activations.  Codes are taken as unsigned bytes, code + offset; offset * (sum of the
 * activations), the same for all rows, is taken off each dot product. */
#include "kern/x86/rows_avx512.h"

#include "kern/tables.h"

/* Four blocks of weights: unsigned codes of the first and second halves; scale and min by block, four lanes each. */
typedef struct blocks4 {
    __m512i first, second;
    __m512 scale, min;
} blocks4;

INLINE __m512i load_nibbles(const uint8_t *p, size_t stride)
{
    __m512i q = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(const void *)p));
    q = _mm512_mask_broadcast_i32x4(q, 0x00f0, _mm_loadu_si128((const __m128i *)(const void *)(p + stride)));
    q = _mm512_mask_broadcast_i32x4(q, 0x0f00, _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * stride)));
    return _mm512_mask_broadcast_i32x4(q, 0xf000, _mm_loadu_si128((const __m128i *)(const void *)(p + 3 * stride)));
}

INLINE blocks4 split_nibbles(__m512i q)
{
    const __m512i low = _mm512_set1_epi8(15);
    return (blocks4){.first = _mm512_and_si512(q, low), .second = _mm512_and_si512(_mm512_srli_epi16(q, 4), low)};
}

/* Half-precision numbers at words w, w + step, w + 2 step and w + 3 step of v, each in four lanes. */
INLINE __m512 spread_halves(__m512i v, int w, int step)
{
    const short a = (short)w, b = (short)(w + step), c = (short)(w + 2 * step), d = (short)(w + 3 * step);
    const __m256i index = _mm256_setr_epi16(a, a, a, a, b, b, b, b, c, c, c, c, d, d, d, d);
    return _mm512_cvtph_ps(
        _mm512_castsi512_si256(_mm512_permutexvar_epi16(_mm512_castsi256_si512(index), v)));
}

/* The same for numbers that do not lie in one register: at p, p + stride, … */
INLINE __m512 gather_halves(const uint8_t *p, size_t stride)
{
    uint64_t four = half_at(p) | (uint64_t)half_at(p + stride) << 16 | (uint64_t)half_at(p + 2 * stride) << 32 |
                    (uint64_t)half_at(p + 3 * stride) << 48;
    const __m256i index = _mm256_setr_epi16(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    return _mm512_cvtph_ps(_mm256_permutexvar_epi16(index, _mm256_castsi128_si256(_mm_cvtsi64_si128((long long)four))));
}

/* Four blocks are 72 bytes: the first 64 hold all scales and the nibbles of three blocks. */
INLINE blocks4 load_q4_0(const uint8_t *p)
{
    const __m512i index = _mm512_set_epi16(0, 0, 0, 0, 0, 0, 0, 0, 26, 25, 24, 23, 22, 21, 20, 19, 17, 16, 15, 14, 13, 12, 11,
                                           10, 8, 7, 6, 5, 4, 3, 2, 1);
    __m512i words = _mm512_loadu_si512(p), q = _mm512_permutexvar_epi16(index, words);
    q = _mm512_mask_broadcast_i32x4(q, 0xf000, _mm_loadu_si128((const __m128i *)(const void *)(p + 56)));
    blocks4 b = split_nibbles(q);
    b.scale = spread_halves(words, 0, 9);
    return b;
}

INLINE blocks4 load_q4_1(const uint8_t *p)
{
    blocks4 b = split_nibbles(load_nibbles(p + 4, 20));
    __m512i words = _mm512_loadu_si512(p);
    b.scale = spread_halves(words, 0, 10);
    b.min = _mm512_sub_ps(_mm512_setzero_ps(), spread_halves(words, 1, 10));
    return b;
}

/* The fifth bits, 32 of each block at p, p + stride, … : bit j belongs to value j. */
INLINE void add_fifth_bits(blocks4 *b, const uint8_t *p, size_t stride)
{
    uint32_t h[4] = {word_at(p), word_at(p + stride), word_at(p + 2 * stride), word_at(p + 3 * stride)};
    __mmask64 first = (h[0] & 0xffff) | (h[1] << 16) | (uint64_t)(h[2] & 0xffff) << 32 | (uint64_t)h[3] << 48;
    __mmask64 second = (h[0] >> 16) | (h[1] & 0xffff0000) | (uint64_t)(h[2] >> 16) << 32 |
                       (uint64_t)(h[3] & 0xffff0000) << 32;
    const __m512i sixteen = _mm512_set1_epi8(16);
    b->first = _mm512_mask_add_epi8(b->first, first, b->first, sixteen);
    b->second = _mm512_mask_add_epi8(b->second, second, b->second, sixteen);
}

INLINE blocks4 load_q5_0(const uint8_t *p)
{
    blocks4 b = split_nibbles(load_nibbles(p + 6, 22));
    add_fifth_bits(&b, p + 2, 22);
    b.scale = gather_halves(p, 22);
    return b;
}

INLINE blocks4 load_q5_1(const uint8_t *p)
{
    blocks4 b = split_nibbles(load_nibbles(p + 8, 24));
    add_fifth_bits(&b, p + 4, 24);
    b.scale = gather_halves(p, 24);
    b.min = _mm512_sub_ps(_mm512_setzero_ps(), gather_halves(p + 2, 24));
    return b;
}

/* Signed table values by nibble, plus 128. */
INLINE void look_up(blocks4 *b, const int8_t table[16])
{
    __m512i values = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table));
    values = _mm512_xor_si512(values, _mm512_set1_epi8((char)0x80));
    b->first = _mm512_shuffle_epi8(values, b->first);
    b->second = _mm512_shuffle_epi8(values, b->second);
}

INLINE blocks4 load_iq4_nl(const uint8_t *p)
{
    blocks4 b = load_q4_0(p);
    look_up(&b, tone_iq4_values);
    return b;
}

INLINE blocks4 load_mxfp4(const uint8_t *p)
{
    blocks4 b = split_nibbles(load_nibbles(p + 1, 17));
    look_up(&b, tone_fp4_values);
    /* exponents are bytes 0, 17, 34 and 51: byte k of lane k */
    const __m512i index = _mm512_setr_epi32(~255, ~255, ~255, ~255, ~254, ~254, ~254, ~254, ~253, ~253, ~253, ~253, ~252,
                                            ~252, ~252, ~252);
    __m512i e = _mm512_shuffle_epi8(_mm512_loadu_si512(p), index), one = _mm512_set1_epi32(1);
    __m512i scale = _mm512_slli_epi32(_mm512_sub_epi32(e, one), 23);
    /* the exponents 0 and 1 are denormal scales */
    scale = _mm512_mask_sllv_epi32(scale, _mm512_cmple_epu32_mask(e, one), _mm512_set1_epi32(0x00200000), e);
    b.scale = _mm512_castsi512_ps(scale);
    return b;
}

/* What the rows of a tile share of four blocks of activations. */
typedef struct shared4 {
    half_codes x0, x1;
    __m512 d, sum; /* four lanes a block; sum: weight * d * (sum of the codes of a lane) */
} shared4;

INLINE shared4 share(const tone_codes *x, size_t block, float weight)
{
    shared4 s;
    s.x0 = load_codes(x->split_high, x->split_low, block * 32);
    s.x1 = load_codes(x->split_high, x->split_low, block * 32 + 64);
    s.d = _mm512_loadu_ps(x->split_d + block * 4);
    s.sum = _mm512_mul_ps(_mm512_set1_ps(weight), _mm512_loadu_ps(x->split_sum + block * 4));
    return s;
}

INLINE __m512 add_blocks(__m512 acc, blocks4 b, const shared4 *s, const int has_min)
{
    __m512 dot = dot_2(b.first, s->x0, b.second, s->x1);
    if (has_min) {
        acc = _mm512_fmadd_ps(_mm512_mul_ps(dot, s->d), b.scale, acc);
        return _mm512_fnmadd_ps(b.min, s->sum, acc);
    }
    return _mm512_fmadd_ps(_mm512_fmsub_ps(dot, s->d, s->sum), b.scale, acc);
}

typedef blocks4 load_fn(const uint8_t *p);

/* `offset` is what the unsigned codes have too much. */
INLINE void rows_of_32(const size_t R, float *y, const uint8_t *w, size_t row_bytes, const tone_codes *x, size_t n_blocks,
                       load_fn *load, const size_t bytes, float offset, const int has_min)
{
    float weight = has_min ? 1 : offset;
    __m512 acc[ROWS_AT_ONCE];
    for (size_t r = 0; r < R; r++)
        acc[r] = _mm512_setzero_ps();
    size_t b = 0;
    for (; b + 4 <= n_blocks; b += 4) {
        shared4 s = share(x, b, weight);
        ask_ahead(w + R * b * bytes, R * 4 * bytes);
        for (size_t r = 0; r < R; r++)
            acc[r] = add_blocks(acc[r], load(w + r * row_bytes + b * bytes), &s, has_min);
    }
    if (b < n_blocks) { /* the missing blocks have scale 0 */
        uint8_t rest[128] = {0};
        shared4 s = share(x, b, weight);
        for (size_t r = 0; r < R; r++) {
            memcpy(rest, w + r * row_bytes + b * bytes, (n_blocks - b) * bytes);
            acc[r] = add_blocks(acc[r], load(rest), &s, has_min);
        }
    }
    for (size_t r = 0; r < R; r++)
        y[r] = _mm512_reduce_add_ps(acc[r]);
}

TONE_ROWS_KERNEL(q4_0, rows_of_32(R, y, w, row_bytes, x, n_cols / 32, load_q4_0, 18, 8, 0))
TONE_ROWS_KERNEL(q4_1, rows_of_32(R, y, w, row_bytes, x, n_cols / 32, load_q4_1, 20, 0, 1))
TONE_ROWS_KERNEL(q5_0, rows_of_32(R, y, w, row_bytes, x, n_cols / 32, load_q5_0, 22, 16, 0))
TONE_ROWS_KERNEL(q5_1, rows_of_32(R, y, w, row_bytes, x, n_cols / 32, load_q5_1, 24, 0, 1))
TONE_ROWS_KERNEL(iq4_nl, rows_of_32(R, y, w, row_bytes, x, n_cols / 32, load_iq4_nl, 18, 128, 0))
TONE_ROWS_KERNEL(mxfp4, rows_of_32(R, y, w, row_bytes, x, n_cols / 32, load_mxfp4, 17, 128, 0))

/* Two blocks at a time, in the order of the file. */
INLINE void rows_of_q8_0(const size_t R, float *y, const uint8_t *w, size_t row_bytes, const tone_codes *x,
                         size_t n_blocks)
{
    const __m512i excess = _mm512_set1_epi8((char)0x80);
    __m512 acc[ROWS_AT_ONCE];
    for (size_t r = 0; r < R; r++)
        acc[r] = _mm512_setzero_ps();
    for (size_t b = 0; b < n_blocks; b += 2) {
        ask_ahead(w + R * b * 34, R * 68);
        bool both = b + 1 < n_blocks; /* else the second block is zeros: the activations go on with zeros */
        half_codes xs = load_codes(x->high, x->low, b * 32);
        __m512 d = _mm512_insertf32x8(_mm512_set1_ps(x->d[b]), _mm256_set1_ps(x->d[b + 1]), 1);
        __m512 sum = _mm512_mul_ps(d, dot_1(excess, xs));
        for (size_t r = 0; r < R; r++) {
            const uint8_t *p = w + r * row_bytes + b * 34, *p2 = both ? p + 34 : p;
            __m512i q = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(const void *)(p + 2)));
            q = _mm512_inserti64x4(q, _mm256_loadu_si256((const __m256i *)(const void *)(p2 + 2)), 1);
            __m512 dot = dot_1(_mm512_xor_si512(q, excess), xs);
            __m512 scale = _mm512_cvtph_ps(_mm256_set_m128i(_mm_set1_epi16((short)half_at(p2)),
                                                            _mm_set1_epi16((short)half_at(p))));
            acc[r] = _mm512_fmadd_ps(_mm512_fmsub_ps(dot, d, sum), scale, acc[r]);
        }
    }
    for (size_t r = 0; r < R; r++)
        y[r] = _mm512_reduce_add_ps(acc[r]);
}

TONE_ROWS_KERNEL(q8_0, rows_of_q8_0(R, y, w, row_bytes, x, n_cols / 32))

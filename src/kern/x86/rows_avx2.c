/* Activations to codes, and rows of weights times them, AVX2: 256 values at a time are unpacked and multiplied as 16-bit
 * integers. */
#include <math.h>

#include "kern/x86/unpack_avx2.h"

INLINE float largest_of(__m256 v)
{
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

/* Sixteen values to codes. */
INLINE __m256i codes_of(const float *x, __m256 inverse)
{
    const __m256i most = _mm256_set1_epi32(32512), least = _mm256_set1_epi32(-32512);
    __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x), inverse));
    __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8), inverse));
    a = _mm256_max_epi32(_mm256_min_epi32(a, most), least);
    b = _mm256_max_epi32(_mm256_min_epi32(b, most), least);
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
}

/* Sixteen bytes, the low ones of sixteen 16-bit numbers. */
INLINE __m128i low_bytes(__m256i v)
{
    v = _mm256_and_si256(v, _mm256_set1_epi16(255));
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi16(v, v), 0x08));
}

INLINE void put_codes(const tone_codes *to, size_t at, size_t split, __m256i code)
{
    __m256i high = _mm256_srai_epi16(_mm256_add_epi16(code, _mm256_set1_epi16(128)), 8);
    __m128i high8 = low_bytes(high), low8 = low_bytes(code); /* code - 256 * high has the low byte of code */
    _mm256_storeu_si256((__m256i *)(void *)(to->code + at), code);
    _mm_storeu_si128((__m128i *)(void *)(to->high + at), high8);
    _mm_storeu_si128((__m128i *)(void *)(to->low + at), low8);
    _mm_storeu_si128((__m128i *)(void *)(to->split_high + split), high8);
    _mm_storeu_si128((__m128i *)(void *)(to->split_low + split), low8);
}

/* Lane k: the sum of codes 4k … 4k + 3. */
INLINE __m128i sums_of_4(__m256i code)
{
    __m256i pairs = _mm256_madd_epi16(code, _mm256_set1_epi16(1));
    return _mm_hadd_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

INLINE int total(__m128i v)
{
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1));
    return _mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e)));
}

void tone_quantise_avx2(const tone_codes *to, const float *x, size_t n)
{
    const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    const float none[32] = {0};
    size_t padded = (n + TONE_CODES_PAD - 1) / TONE_CODES_PAD * TONE_CODES_PAD;
    for (size_t b = 0; b < padded / 32; b++) {
        const float *from = b < n / 32 ? x + 32 * b : none;
        __m256 most = _mm256_setzero_ps();
        for (int k = 0; k < 4; k++) /* of two operands max gives the second for a NaN */
            most = _mm256_max_ps(_mm256_and_ps(_mm256_loadu_ps(from + 8 * k), magnitude), most);
        float largest = largest_of(most);
        bool tiny = !(largest > 1e-30f);
        float d = tiny ? 0 : largest / 32512;
        __m256 inverse = _mm256_set1_ps(tiny ? 0 : 32512 / largest);
        __m256i c0 = codes_of(from, inverse), c1 = codes_of(from + 16, inverse);
        size_t split = b / 4 * 128 + b % 4 * 16;
        put_codes(to, 32 * b, split, c0);
        put_codes(to, 32 * b + 16, split + 64, c1);
        __m128i s0 = sums_of_4(c0), s1 = sums_of_4(c1);
        __m128 ds = _mm_set1_ps(d);
        to->d[b] = d;
        to->sum[2 * b] = d * (float)total(s0);
        to->sum[2 * b + 1] = d * (float)total(s1);
        _mm_storeu_ps(to->split_d + 4 * b, ds);
        _mm_storeu_ps(to->split_sum + 4 * b, _mm_mul_ps(ds, _mm_cvtepi32_ps(_mm_add_epi32(s0, s1))));
    }
}

/* Sums of products of sixteen codes. */
INLINE __m256i dot_16(const int8_t *code, const int16_t *x)
{
    __m256i w = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)code));
    return _mm256_madd_epi16(w, _mm256_loadu_si256((const __m256i *)(const void *)x));
}

/* Group g of 16 or 32 codes adds dot * scale[g] * d to acc. */
INLINE __m256 add_group(__m256 acc, const int8_t *code, const int16_t *x, const size_t group, float scale)
{
    __m256i dot = dot_16(code, x);
    if (group == 32)
        dot = _mm256_add_epi32(dot, dot_16(code + 16, x + 16));
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), _mm256_set1_ps(scale), acc);
}

/* min[g] * (sum of x in group g) off acc; eight groups from the 16-sums at `sum`. */
INLINE __m256 take_off_mins(__m256 acc, const float *min, const float *sum, const size_t group)
{
    __m256 s = _mm256_loadu_ps(sum);
    if (group == 32) { /* of neighbours; hadd works within halves */
        s = _mm256_hadd_ps(s, _mm256_loadu_ps(sum + 8));
        s = _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(s), 0xd8));
    }
    return _mm256_fnmadd_ps(_mm256_loadu_ps(min), s, acc);
}

/* n codes, a multiple of the group. */
INLINE __m256 add_codes(__m256 acc, const int8_t *code, const float *scale, const float *min, const size_t group,
                        const tone_codes *x, size_t first, size_t n)
{
    size_t groups = n / group, g = 0;
    for (size_t k = 0; k < groups; k++)
        acc = add_group(acc, code + k * group, x->code + first + k * group, group, scale[k] * x->d[(first + k * group) / 32]);
    for (; min && g + 8 <= groups; g += 8)
        acc = take_off_mins(acc, min + g, x->sum + (first + g * group) / 16, group);
    for (; min && g < groups; g++) {
        const float *sum = x->sum + (first + g * group) / 16;
        __m128 s = _mm_set_ss(sum[0] + (group == 32 ? sum[1] : 0));
        acc = _mm256_fnmadd_ps(_mm256_zextps128_ps256(_mm_set_ss(min[g])), _mm256_zextps128_ps256(s), acc);
    }
    return acc;
}

INLINE float sum_of(__m256 v)
{
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}

float tone_dot_codes_avx2(const int8_t *code, const float *scale, const float *min, size_t group, const tone_codes *x,
                          size_t n_cols)
{
    __m256 acc = _mm256_setzero_ps();
    acc = group == 32 ? add_codes(acc, code, scale, min, 32, x, 0, n_cols) : add_codes(acc, code, scale, min, 16, x, 0, n_cols);
    return sum_of(acc);
}

enum { AHEAD_BYTES = 4096 };

typedef void unpack_fn(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks);

INLINE void rows_of(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x, size_t n_cols,
                    unpack_fn *unpack, const size_t values, const size_t bytes, const size_t group, const int has_min)
{
    _Alignas(32) int8_t code[256];
    float scale[16], min[16];
    for (size_t r = 0; r < n_rows; r++) {
        __m256 acc = _mm256_setzero_ps();
        for (size_t c = 0; c < n_cols; c += 256) {
            size_t n = n_cols - c < 256 ? n_cols - c : 256;
            const uint8_t *p = w + r * row_bytes + c / values * bytes;
            for (size_t k = 0; k < 256 / values * bytes; k += 64) /* weights come from memory, in order */
                _mm_prefetch((const char *)p + AHEAD_BYTES + k, _MM_HINT_T1);
            if (n == 256) {
                unpack(code, scale, min, p, 256 / values);
                acc = add_codes(acc, code, scale, has_min ? min : NULL, group, x, c, 256);
            } else {
                unpack(code, scale, min, p, n / values);
                acc = add_codes(acc, code, scale, has_min ? min : NULL, group, x, c, n);
            }
        }
        y[r] = sum_of(acc);
    }
}

#define ROWS(type, values, bytes, group, has_min)                                                                   \
    void tone_rows_##type##_avx2(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x,  \
                                 size_t n_cols)                                                                     \
    {                                                                                                               \
        rows_of(y, w, row_bytes, n_rows, x, n_cols, unpack_##type, values, bytes, group, has_min);                  \
    }
ROWS(q4_0, 32, 18, 32, 0)
ROWS(q4_1, 32, 20, 32, 1)
ROWS(q5_0, 32, 22, 32, 0)
ROWS(q5_1, 32, 24, 32, 1)
ROWS(q8_0, 32, 34, 32, 0)
ROWS(q4_k, 256, 144, 32, 1)
ROWS(q5_k, 256, 176, 32, 1)
ROWS(q6_k, 256, 210, 16, 0)
ROWS(iq4_nl, 32, 18, 32, 0)
ROWS(iq4_xs, 256, 136, 32, 0)
ROWS(mxfp4, 32, 17, 32, 0)

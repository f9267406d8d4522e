/* Activations to codes, and rows that were unpacked times them, AVX-512 with VNNI. */
#include <immintrin.h>
#include <string.h>

#include "kern/x86/tables.h"

/* Sixteen codes: stored as they are and as bytes; returned with one a lane. */
static inline __m512i put_codes(const tone_codes *to, size_t at, size_t split, __m512 x, __m512 inverse)
{
    __m512i code = _mm512_cvtps_epi32(_mm512_mul_ps(x, inverse));
    code = _mm512_min_epi32(_mm512_max_epi32(code, _mm512_set1_epi32(-32512)), _mm512_set1_epi32(32512));
    __m512i high = _mm512_srai_epi32(_mm512_add_epi32(code, _mm512_set1_epi32(128)), 8);
    __m128i high8 = _mm512_cvtepi32_epi8(high);
    __m128i low8 = _mm512_cvtepi32_epi8(_mm512_sub_epi32(code, _mm512_slli_epi32(high, 8)));
    _mm256_storeu_si256((__m256i *)(void *)(to->code + at), _mm512_cvtepi32_epi16(code));
    _mm_storeu_si128((__m128i *)(void *)(to->high + at), high8);
    _mm_storeu_si128((__m128i *)(void *)(to->low + at), low8);
    _mm_storeu_si128((__m128i *)(void *)(to->split_high + split), high8);
    _mm_storeu_si128((__m128i *)(void *)(to->split_low + split), low8);
    return code;
}

/* Lane k: the sum of lanes 4k … 4k + 3. */
static inline __m128i sums_of_4(__m512i v)
{
    const __m512i first = _mm512_setr_epi32(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    v = _mm512_add_epi32(v, _mm512_shuffle_epi32(v, 0xb1));
    v = _mm512_add_epi32(v, _mm512_shuffle_epi32(v, 0x4e));
    return _mm512_castsi512_si128(_mm512_permutexvar_epi32(first, v));
}

static inline __m128i total(__m128i v)
{
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1));
    return _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
}

void tone_quantise_avx512(const tone_codes *to, const float *x, size_t n)
{
    size_t padded = (n + TONE_CODES_PAD - 1) / TONE_CODES_PAD * TONE_CODES_PAD;
    for (size_t b = 0; b < padded / 32; b++) {
        __m512 x0 = _mm512_setzero_ps(), x1 = x0;
        if (b < n / 32) {
            x0 = _mm512_loadu_ps(x + 32 * b);
            x1 = _mm512_loadu_ps(x + 32 * b + 16);
        }
        /* of two operands max gives the second for a NaN */
        __m512 most = _mm512_max_ps(_mm512_abs_ps(x1), _mm512_max_ps(_mm512_abs_ps(x0), _mm512_setzero_ps()));
        float largest = _mm512_reduce_max_ps(most);
        bool tiny = !(largest > 1e-30f);
        __m512 inverse = _mm512_set1_ps(tiny ? 0 : 32512 / largest);
        float d = tiny ? 0 : largest / 32512;
        size_t split = b / 4 * 128 + b % 4 * 16;
        to->d[b] = d;
        __m512i c0 = put_codes(to, 32 * b, split, x0, inverse);
        __m512i c1 = put_codes(to, 32 * b + 16, split + 64, x1, inverse);
        /* sums of four codes: lane k of each, then both together */
        __m128i s0 = sums_of_4(c0), s1 = sums_of_4(c1);
        to->sum[2 * b] = d * (float)_mm_cvtsi128_si32(total(s0));
        to->sum[2 * b + 1] = d * (float)_mm_cvtsi128_si32(total(s1));
        __m128 ds = _mm_set1_ps(d);
        _mm_storeu_ps(to->split_d + 4 * b, ds);
        _mm_storeu_ps(to->split_sum + 4 * b, _mm_mul_ps(ds, _mm_cvtepi32_ps(_mm_add_epi32(s0, s1))));
    }
}

float tone_dot_codes_avx512(const int8_t *code, const float *scale, const float *min, size_t group, const tone_codes *x,
                            size_t n_cols)
{
    const __m512i excess = _mm512_set1_epi8((char)0x80), zero = _mm512_setzero_si512();
    /* lane k of 64 codes belongs to group k / 8 or k / 4 of them */
    const __m512i lanes = group == 32 ? _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
                                      : _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    const __m512i blocks = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    __m512 acc = _mm512_setzero_ps();
    for (size_t c = 0; c < n_cols; c += 64) {
        bool whole = n_cols - c >= 64;
        __mmask64 bytes = whole ? ~(__mmask64)0 : 0xffffffff;
        __mmask16 groups = (__mmask16)((1u << ((whole ? 64 : 32) / group)) - 1);
        __m512i q = _mm512_xor_si512(_mm512_maskz_loadu_epi8(bytes, code + c), excess);
        __m512i high = _mm512_loadu_si512(x->high + c), low = _mm512_loadu_si512(x->low + c);
        __m512i top = _mm512_sub_epi32(_mm512_dpbusd_epi32(zero, q, high), _mm512_dpbusd_epi32(zero, excess, high));
        __m512i bottom = _mm512_sub_epi32(_mm512_dpbusd_epi32(zero, q, low), _mm512_dpbusd_epi32(zero, excess, low));
        __m512i dot = _mm512_add_epi32(_mm512_slli_epi32(top, 8), bottom);
        __m512 d = _mm512_permutexvar_ps(blocks, _mm512_maskz_loadu_ps(whole ? 3 : 1, x->d + c / 32));
        __m512 s = _mm512_permutexvar_ps(lanes, _mm512_maskz_loadu_ps(groups, scale + c / group));
        acc = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(s, d), acc);
        if (min) { /* one lane a group of 16: x->sum has its d already */
            const __m512i by_16 = group == 32 ? _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2)
                                              : _mm512_setr_epi32(0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4);
            __m512 m = _mm512_permutexvar_ps(by_16, _mm512_maskz_loadu_ps(groups, min + c / group));
            acc = _mm512_fnmadd_ps(m, _mm512_maskz_loadu_ps(whole ? 15 : 3, x->sum + c / 16), acc);
        }
    }
    return _mm512_reduce_add_ps(acc);
}

/* kern/x86/vec.h - one vector of float32 by the width of the file's instruction set, so that the kernels that only
 * need floats are written once (*.inc) and compiled for AVX2 and for AVX-512. */
#ifndef TONE_KERN_X86_VEC_H
#define TONE_KERN_X86_VEC_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

#if defined __AVX512F__

typedef __m512 vf;
typedef __mmask16 vf_mask;
enum { VF = 16, GEMM_ROWS = 4, GEMM_TOKENS = 6 };
#define VEC_NAME(name) tone_##name##_avx512

/* The first n lanes, n <= VF. */
INLINE vf_mask vf_first(size_t n)
{
    return (vf_mask)((1u << n) - 1);
}
INLINE vf vf_zero(void)
{
    return _mm512_setzero_ps();
}
INLINE vf vf_all(float x)
{
    return _mm512_set1_ps(x);
}
INLINE vf vf_load(const float *p)
{
    return _mm512_loadu_ps(p);
}
/* Zero in the lanes outside the mask, which are not read. */
INLINE vf vf_load_some(const float *p, vf_mask m)
{
    return _mm512_maskz_loadu_ps(m, p);
}
INLINE void vf_store(float *p, vf x)
{
    _mm512_storeu_ps(p, x);
}
INLINE void vf_store_some(float *p, vf x, vf_mask m)
{
    _mm512_mask_storeu_ps(p, m, x);
}
INLINE vf vf_add(vf a, vf b)
{
    return _mm512_add_ps(a, b);
}
INLINE vf vf_sub(vf a, vf b)
{
    return _mm512_sub_ps(a, b);
}
INLINE vf vf_mul(vf a, vf b)
{
    return _mm512_mul_ps(a, b);
}
INLINE vf vf_div(vf a, vf b)
{
    return _mm512_div_ps(a, b);
}
/* a * b + c and c - a * b, rounded once */
INLINE vf vf_fma(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}
INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
/* b where a is NaN */
INLINE vf vf_max(vf a, vf b)
{
    return _mm512_max_ps(a, b);
}
INLINE vf vf_min(vf a, vf b)
{
    return _mm512_min_ps(a, b);
}
INLINE vf vf_round(vf x)
{
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* x * 2^n for whole n, also where the result is denormal or infinite */
INLINE vf vf_scale2(vf x, vf n)
{
    return _mm512_scalef_ps(x, n);
}
INLINE vf vf_abs(vf x)
{
    return _mm512_abs_ps(x);
}
/* magnitude of a, sign of b */
INLINE vf vf_sign_of(vf a, vf b)
{
    __m512i sign = _mm512_set1_epi32((int)0x80000000);
    return _mm512_castsi512_ps(
        _mm512_ternarylogic_epi32(sign, _mm512_castps_si512(b), _mm512_castps_si512(a), 0xCA)); /* sign ? b : a */
}
/* a in the lanes of the mask, b elsewhere */
INLINE vf vf_choose(vf_mask m, vf a, vf b)
{
    return _mm512_mask_blend_ps(m, b, a);
}
INLINE vf vf_where_less(vf x, vf y, vf a, vf b) /* x < y ? a : b */
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_LT_OQ), b, a);
}
/* Sum and maximum of the lanes, halves first. */
INLINE float vf_sum(vf x)
{
    __m256 h = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}
INLINE float vf_largest(vf x)
{
    return _mm512_reduce_max_ps(x);
}
INLINE vf vf_load_f16(const uint16_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)p));
}
INLINE vf vf_load_f16_some(const uint16_t *p, size_t n)
{
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(vf_first(n), p));
}
INLINE vf vf_load_bf16(const uint16_t *p)
{
    __m256i h = _mm256_loadu_si256((const __m256i *)(const void *)p);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}
INLINE vf vf_load_bf16_some(const uint16_t *p, size_t n)
{
    __m256i h = _mm256_maskz_loadu_epi16(vf_first(n), p);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}
INLINE void vf_store_f16_some(uint16_t *p, vf x, size_t n)
{
    _mm256_mask_storeu_epi16(p, vf_first(n), _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
/* position * freq = k pi / 2 + r, |r| <= pi / 4, in double; of k: 1 where it is odd (else 0), the signs of the sine and
 * the cosine of the quadrant. */
INLINE void vf_reduce_angles(double position, const double *freq, vf *r, vf *odd, vf *sin_sign, vf *cos_sign)
{
    __m256 part[2];
    __m256i whole[2];
    for (int h = 0; h < 2; h++) {
        __m512d angle = _mm512_mul_pd(_mm512_set1_pd(position), _mm512_loadu_pd(freq + 8 * h));
        __m512d k = _mm512_roundscale_pd(_mm512_mul_pd(angle, _mm512_set1_pd(0.63661977236758134308)),
                                         _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        angle = _mm512_fnmadd_pd(k, _mm512_set1_pd(1.5707963267948966192), angle);
        part[h] = _mm512_cvtpd_ps(angle);
        whole[h] = _mm512_cvtpd_epi32(k);
    }
    *r = _mm512_insertf32x8(_mm512_castps256_ps512(part[0]), part[1], 1);
    __m512i k = _mm512_inserti32x8(_mm512_castsi256_si512(whole[0]), whole[1], 1), one = _mm512_set1_epi32(1);
    __m512i two = _mm512_set1_epi32(2);
    vf plus = vf_all(1), minus = vf_all(-1);
    *odd = _mm512_mask_blend_ps(_mm512_test_epi32_mask(k, one), vf_zero(), plus);
    *sin_sign = _mm512_mask_blend_ps(_mm512_test_epi32_mask(k, two), plus, minus);
    *cos_sign = _mm512_mask_blend_ps(_mm512_test_epi32_mask(_mm512_add_epi32(k, one), two), plus, minus);
}
INLINE vf vf_of_codes(const int8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p)));
}

#else

typedef __m256 vf;
typedef __m256i vf_mask;
enum { VF = 8, GEMM_ROWS = 4, GEMM_TOKENS = 3 };
#define VEC_NAME(name) tone_##name##_avx2

INLINE vf_mask vf_first(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vf vf_zero(void)
{
    return _mm256_setzero_ps();
}
INLINE vf vf_all(float x)
{
    return _mm256_set1_ps(x);
}
INLINE vf vf_load(const float *p)
{
    return _mm256_loadu_ps(p);
}
INLINE vf vf_load_some(const float *p, vf_mask m)
{
    return _mm256_maskload_ps(p, m);
}
INLINE void vf_store(float *p, vf x)
{
    _mm256_storeu_ps(p, x);
}
INLINE void vf_store_some(float *p, vf x, vf_mask m)
{
    _mm256_maskstore_ps(p, m, x);
}
INLINE vf vf_add(vf a, vf b)
{
    return _mm256_add_ps(a, b);
}
INLINE vf vf_sub(vf a, vf b)
{
    return _mm256_sub_ps(a, b);
}
INLINE vf vf_mul(vf a, vf b)
{
    return _mm256_mul_ps(a, b);
}
INLINE vf vf_div(vf a, vf b)
{
    return _mm256_div_ps(a, b);
}
INLINE vf vf_fma(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}
INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
INLINE vf vf_max(vf a, vf b)
{
    return _mm256_max_ps(a, b);
}
INLINE vf vf_min(vf a, vf b)
{
    return _mm256_min_ps(a, b);
}
INLINE vf vf_round(vf x)
{
    return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* In two steps, each a power of two that has a normal representation. */
INLINE vf vf_scale2(vf x, vf n)
{
    __m256i whole = _mm256_cvtps_epi32(vf_min(vf_max(n, vf_all(-252)), vf_all(254)));
    __m256i half = _mm256_srai_epi32(whole, 1), rest = _mm256_sub_epi32(whole, half), bias = _mm256_set1_epi32(127);
    x = vf_mul(x, _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, bias), 23)));
    return vf_mul(x, _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, bias), 23)));
}
INLINE vf vf_abs(vf x)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
}
INLINE vf vf_sign_of(vf a, vf b)
{
    vf sign = _mm256_set1_ps(-0.0f);
    return _mm256_or_ps(_mm256_andnot_ps(sign, a), _mm256_and_ps(sign, b));
}
INLINE vf vf_choose(vf_mask m, vf a, vf b)
{
    return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(m));
}
INLINE vf vf_where_less(vf x, vf y, vf a, vf b)
{
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, y, _CMP_LT_OQ));
}
INLINE float vf_sum(vf x)
{
    __m128 q = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    q = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}
INLINE float vf_largest(vf x)
{
    __m128 q = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    q = _mm_max_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_max_ss(q, _mm_movehdup_ps(q)));
}
INLINE vf vf_load_f16(const uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)p));
}
INLINE vf vf_load_bf16(const uint16_t *p)
{
    __m128i h = _mm_loadu_si128((const __m128i *)(const void *)p);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
}
INLINE vf vf_load_f16_some(const uint16_t *p, size_t n)
{
    uint16_t part[VF] = {0};
    memcpy(part, p, n * sizeof *p);
    return vf_load_f16(part);
}
INLINE vf vf_load_bf16_some(const uint16_t *p, size_t n)
{
    uint16_t part[VF] = {0};
    memcpy(part, p, n * sizeof *p);
    return vf_load_bf16(part);
}
INLINE void vf_store_f16_some(uint16_t *p, vf x, size_t n)
{
    __m128i h = _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    if (n == VF)
        _mm_storeu_si128((__m128i *)(void *)p, h);
    else
        memcpy(p, &h, n * sizeof *p);
}
INLINE void vf_reduce_angles(double position, const double *freq, vf *r, vf *odd, vf *sin_sign, vf *cos_sign)
{
    __m128 part[2];
    __m128i whole[2];
    for (int h = 0; h < 2; h++) {
        __m256d angle = _mm256_mul_pd(_mm256_set1_pd(position), _mm256_loadu_pd(freq + 4 * h));
        __m256d k = _mm256_round_pd(_mm256_mul_pd(angle, _mm256_set1_pd(0.63661977236758134308)),
                                    _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        angle = _mm256_fnmadd_pd(k, _mm256_set1_pd(1.5707963267948966192), angle);
        part[h] = _mm256_cvtpd_ps(angle);
        whole[h] = _mm256_cvtpd_epi32(k);
    }
    *r = _mm256_set_m128(part[1], part[0]);
    __m256i k = _mm256_set_m128i(whole[1], whole[0]), one = _mm256_set1_epi32(1), two = _mm256_set1_epi32(2);
    __m256i minus = _mm256_slli_epi32(_mm256_and_si256(k, two), 30);
    __m256i minus_cos = _mm256_slli_epi32(_mm256_and_si256(_mm256_add_epi32(k, one), two), 30);
    *odd = _mm256_cvtepi32_ps(_mm256_and_si256(k, one));
    *sin_sign = _mm256_or_ps(vf_all(1), _mm256_castsi256_ps(minus));
    *cos_sign = _mm256_or_ps(vf_all(1), _mm256_castsi256_ps(minus_cos));
}
INLINE vf vf_of_codes(const int8_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p)));
}

#endif

/* The first `left` values at p, or VF when there are more; zero in the other lanes. */
INLINE vf vf_get(const float *p, size_t left)
{
    return left >= VF ? vf_load(p) : vf_load_some(p, vf_first(left));
}
INLINE void vf_put(float *p, vf x, size_t left)
{
    if (left >= VF)
        vf_store(p, x);
    else
        vf_store_some(p, x, vf_first(left));
}

#endif

/* sound/v4.h - four floats at once, with the vector extension that GCC and clang share.
 *
 * Every operation is an IEEE 754 addition, multiplication, division or a bit operation, in the order written: SSE2, AVX
 * and NEON give the same bits.  Lanes never meet except where a function says so. */
#ifndef TONE_SOUND_V4_H
#define TONE_SOUND_V4_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float v4 __attribute__((vector_size(16)));
typedef int32_t v4i __attribute__((vector_size(16)));
typedef uint32_t v4u __attribute__((vector_size(16)));
typedef double v2 __attribute__((vector_size(16)));

/* Structures that hold vectors come from malloc(). */
_Static_assert(_Alignof(max_align_t) >= _Alignof(v4), "malloc() aligns for vectors");

static inline v4 v4_all(float x)
{
    return (v4){x, x, x, x};
}

static inline v4 v4_load(const float *p)
{
    v4 x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline void v4_store(float *p, v4 x)
{
    memcpy(p, &x, sizeof x);
}

/* a where the mask is all ones, b where it is 0. */
static inline v4 v4_select(v4i mask, v4 a, v4 b)
{
    return (v4)((mask & (v4i)a) | (~mask & (v4i)b));
}

static inline v4 v4_min(v4 a, v4 b)
{
    return v4_select(a < b, a, b);
}

static inline v4 v4_max(v4 a, v4 b)
{
    return v4_select(a > b, a, b);
}

static inline v4 v4_abs(v4 x)
{
    return (v4)((v4i)x & 0x7FFFFFFF);
}

static inline v4 v4_clamp(v4 x, float low, float high)
{
    return v4_min(v4_max(x, v4_all(low)), v4_all(high));
}

/* What is on its way to a delay line: nothing denormal goes round in a loop. */
static inline v4 v4_flush(v4 x)
{
    return (v4)((v4i)x & (v4_abs(x) > v4_all(1e-18f)));
}

/* The state of a filter once a control block: what would become denormal is 0, and so is NaN, infinity and anything that
 * can only come from them. */
static inline v4 v4_tame(v4 x)
{
    v4 size = v4_abs(x);
    return (v4)((v4i)x & ((size > v4_all(1e-18f)) & (size < v4_all(1e6f))));
}

static inline double tone_tame(double x)
{
    double size = x < 0 ? -x : x;
    return size > 1e-18 && size < 1e6 ? x : 0;
}

/* 2^x for -126 <= x <= 126 (clamped), relative error 2e-7. */
static inline v4 v4_exp2(v4 x)
{
    x = v4_clamp(x, -126, 126);
    v4i whole = __builtin_convertvector(x, v4i);
    whole += x < __builtin_convertvector(whole, v4); /* the mask is -1: rounds down */
    v4 t = x - __builtin_convertvector(whole, v4) - 0.5f;
    /* 2^(t + 0.5) for |t| <= 0.5: sqrt 2 times the Taylor series in t ln 2. */
    v4 p = v4_all(1.5252734e-5f);
    p = p * t + 1.5403530e-4f;
    p = p * t + 1.3333558e-3f;
    p = p * t + 9.6181291e-3f;
    p = p * t + 5.5504109e-2f;
    p = p * t + 2.4022651e-1f;
    p = p * t + 6.9314718e-1f;
    p = p * t + 1.0f;
    return p * (v4)(((v4u)whole + 127u) << 23) * 1.41421356f;
}

/* log2 x for normal x > 0; about -127 for 0 and denormals.  Absolute error 3e-7. */
static inline v4 v4_log2(v4 x)
{
    x = v4_max(x, v4_all(1.17549435e-38f));
    v4i bits = (v4i)x, e = ((bits - 0x3F3504F3) >> 23); /* exponent for a mantissa of sqrt(1/2) … sqrt 2 */
    v4 m = (v4)(bits - (v4i)((v4u)e << 23)), s = (m - 1.0f) / (m + 1.0f), q = s * s;
    v4 p = q * 0.41219858f + 0.57707802f; /* 2 / (7 ln 2), 2 / (5 ln 2), … */
    p = p * q + 0.96179669f;
    p = p * q + 2.8853901f;
    return p * s + __builtin_convertvector(e, v4);
}

/* sin(2 pi x) of a phase that counts 2^32 to the turn, as signed. */
static inline v4 v4_sin_phase(v4i phase)
{
    v4 x = __builtin_convertvector(phase, v4) * 0x1p-32f; /* -0.5 … 0.5 turns */
    v4i sign = (v4i)x & (v4i){INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN};
    v4 t = (0.25f - v4_abs(v4_abs(x) - 0.25f)) * 6.2831853f; /* folded to 0 … pi/2 */
    v4 q = t * t;
    v4 p = v4_all(-2.3889859e-8f);
    p = p * q + 2.7525562e-6f;
    p = p * q - 1.9840874e-4f;
    p = p * q + 8.3333310e-3f;
    p = p * q - 1.6666667e-1f;
    p = p * q + 1.0f;
    return (v4)((v4i)(p * t) | sign);
}

/* tan x for 0 <= x <= 1.5, relative error 1e-6. */
static inline v4 v4_tan(v4 x)
{
    v4 q = x * x;
    v4 s = v4_all(-2.5052108e-8f), c = v4_all(2.0876757e-9f);
    s = s * q + 2.7557319e-6f;
    s = s * q - 1.9841270e-4f;
    s = s * q + 8.3333333e-3f;
    s = s * q - 1.6666667e-1f;
    s = s * q + 1.0f;
    c = c * q - 2.7557319e-7f;
    c = c * q + 2.4801587e-5f;
    c = c * q - 1.3888889e-3f;
    c = c * q + 4.1666667e-2f;
    c = c * q - 0.5f;
    c = c * q + 1.0f;
    return s * x / c;
}

/* A smooth limit: x for small x, ±1 from ±1.5 on, with a slope that falls to 0 there. */
static inline v4 v4_soft(v4 x)
{
    x = v4_clamp(x, -1.5f, 1.5f);
    return x - x * x * x * (4.0f / 27.0f);
}

/* Rows a, b, c, d become columns. */
static inline void v4_transpose(v4 *a, v4 *b, v4 *c, v4 *d)
{
    v4 ab_low = __builtin_shufflevector(*a, *b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(*a, *b, 2, 6, 3, 7);
    v4 cd_low = __builtin_shufflevector(*c, *d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(*c, *d, 2, 6, 3, 7);
    *a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

#endif

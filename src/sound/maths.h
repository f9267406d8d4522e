/* sound/maths.h - elementary functions that give the same bits on every machine.
 *
 * libm differs between versions and processors, so the synth uses these: additions, multiplications, divisions and square
 * roots only, which IEEE 754 rounds alike everywhere.  Double versions (relative error below 1e-14) serve set-up and
 * control rate, the four-lane float versions the inner loops. */
#ifndef TONE_SOUND_MATHS_H
#define TONE_SOUND_MATHS_H

#include <stdint.h>
#include <string.h>

#define TONE_PI 3.14159265358979323846

static inline double tone_min(double a, double b)
{
    return a < b ? a : b;
}

static inline double tone_max(double a, double b)
{
    return a > b ? a : b;
}

static inline double tone_clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* The nearest whole number, halves away from zero; |x| below 2^62. */
static inline double tone_round(double x)
{
    return (double)(int64_t)(x < 0 ? x - 0.5 : x + 0.5);
}

/* 2^x; 0 below -1000, bounded above 1000. */
static inline double tone_exp2(double x)
{
    if (!(x > -1000))
        return 0;
    if (x > 1000)
        x = 1000;
    double whole = tone_round(x), t = (x - whole) * 0.693147180559945309417;
    /* e^t for |t| <= 0.35, Taylor: the first term left out is t^13/13! < 2e-16. */
    double p = 1.0 / 479001600;
    p = p * t + 1.0 / 39916800;
    p = p * t + 1.0 / 3628800;
    p = p * t + 1.0 / 362880;
    p = p * t + 1.0 / 40320;
    p = p * t + 1.0 / 5040;
    p = p * t + 1.0 / 720;
    p = p * t + 1.0 / 120;
    p = p * t + 1.0 / 24;
    p = p * t + 1.0 / 6;
    p = p * t + 0.5;
    p = p * t + 1;
    p = p * t + 1;
    uint64_t bits = (uint64_t)((int64_t)whole + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* log2 of a positive normal number; -1022 for anything smaller. */
static inline double tone_log2(double x)
{
    if (!(x >= 0x1p-1022))
        return -1022;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t e = (int64_t)(bits >> 52 & 0x7FF) - 1023;
    bits = (bits & 0xFFFFFFFFFFFFFu) | (uint64_t)1023 << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.41421356237309504880) {
        m *= 0.5;
        e++;
    }
    /* log m = 2 artanh s, s = (m - 1) / (m + 1), |s| <= 0.172. */
    double s = (m - 1) / (m + 1), q = s * s, p = 1.0 / 19;
    for (int k = 17; k >= 1; k -= 2)
        p = p * q + 1.0 / k;
    return (double)e + p * s * 2.88539008177792681472;
}

static inline double tone_pow(double base, double exponent)
{
    return base > 0 ? tone_exp2(exponent * tone_log2(base)) : 0;
}

static inline double tone_db_to_gain(double db)
{
    return tone_exp2(db * 0.16609640474436811739);
}

static inline double tone_gain_to_db(double gain)
{
    return tone_log2(gain) * 6.02059991327962390427;
}

/* sin(2 pi x), |x| below 2^60. */
static inline double tone_sin_turns(double x)
{
    x -= tone_round(x);
    double sign = x < 0 ? -1 : 1;
    x = x < 0 ? -x : x;
    x = x > 0.25 ? 0.5 - x : x;
    double t = x * (2 * TONE_PI), q = t * t;
    /* |t| <= pi/2, Taylor: the first term left out is t^21/21! < 3e-16. */
    double p = 1.0 / 121645100408832000;
    p = p * q - 1.0 / 355687428096000;
    p = p * q + 1.0 / 1307674368000;
    p = p * q - 1.0 / 6227020800;
    p = p * q + 1.0 / 39916800;
    p = p * q - 1.0 / 362880;
    p = p * q + 1.0 / 5040;
    p = p * q - 1.0 / 120;
    p = p * q + 1.0 / 6;
    p = 1 - p * q;
    return sign * t * p;
}

static inline double tone_cos_turns(double x)
{
    return tone_sin_turns(x + 0.25);
}

/* tan(pi x) for 0 <= x < 0.5: what a bilinear filter needs for x = frequency / rate. */
static inline double tone_tan_half_turns(double x)
{
    return tone_sin_turns(0.5 * x) / tone_cos_turns(0.5 * x);
}

#endif

/* kern/half.h - binary16 and bfloat16, one value at a time. */
#ifndef TONE_KERN_HALF_H
#define TONE_KERN_HALF_H

#include <stdint.h>
#include <string.h>

static inline float tone_f32_of_bits(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline uint32_t tone_bits_of_f32(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static inline float tone_f32_of_f16(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, mantissa = h & 0x3ff, exponent = h >> 10 & 31;
    if (exponent == 31)
        return tone_f32_of_bits(sign | 0x7f800000 | mantissa << 13);
    if (exponent == 0) /* zero and denormals: mantissa * 2^-24, exact in float32 */
        return tone_f32_of_bits(sign | tone_bits_of_f32((float)mantissa * 0x1p-24f));
    return tone_f32_of_bits(sign | (exponent + 112) << 23 | mantissa << 13);
}

static inline uint16_t tone_f16_of_f32(float f)
{
    uint32_t bits = tone_bits_of_f32(f), sign = bits >> 16 & 0x8000, a = bits & 0x7fffffff;
    if (a > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (a >= 0x477ff000) /* 65520 and above round to infinity */
        return (uint16_t)(sign | 0x7c00);
    if (a < 0x38800000) { /* below 2^-14: adding 0.5 puts the unit at 2^-24 and rounds to nearest even */
        float shifted = tone_f32_of_bits(a) + 0.5f;
        return (uint16_t)(sign | (tone_bits_of_f32(shifted) - 0x3f000000));
    }
    a += 0xc8000fff + (a >> 13 & 1); /* exponent bias from 127 to 15, half a unit less one, and the tie to even */
    return (uint16_t)(sign | a >> 13);
}

static inline float tone_f32_of_bf16(uint16_t h)
{
    return tone_f32_of_bits((uint32_t)h << 16);
}

static inline uint16_t tone_bf16_of_f32(float f)
{
    uint32_t bits = tone_bits_of_f32(f);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Little-endian 16 and 32 bits from unaligned bytes. */
static inline uint16_t tone_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t tone_le32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The half-precision scale at p. */
static inline float tone_le_f16(const uint8_t *p)
{
    return tone_f32_of_f16(tone_le16(p));
}

#endif

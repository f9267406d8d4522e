/* half.h - bfloat16 as uint16_t, and an exponential that loops can be made vectors of. */
#ifndef HALF_H
#define HALF_H

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t half;

static inline float wide(half h) {
    uint32_t u = (uint32_t)h << 16;
    float f;
    memcpy(&f, &u, 4);
    return f;
}

/* To nearest, ties to even. */
static inline half narrow(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    return (half)((u + 0x7FFF + (u >> 16 & 1)) >> 16);
}

/* exp(x) to 1e-6 of it; x is first brought to [-87, 87]. */
static inline float quick_exp(float x) {
    x = x < -87 ? -87 : x > 87 ? 87 : x;
    float twos = rintf(x * 1.44269504f), r = x - twos * 0.69314718f;
    float e = 1 + r * (1 + r * (1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f))))));
    uint32_t u = (uint32_t)((int32_t)twos + 127) << 23;
    float scale;
    memcpy(&scale, &u, 4);
    return e * scale;
}

#endif

/* base/random.h - xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64: equal seeds, equal numbers, everywhere. */
#ifndef TONE_BASE_RANDOM_H
#define TONE_BASE_RANDOM_H

#include <stdint.h>

typedef struct tone_random {
    uint64_t s[4];
} tone_random;

static inline void tone_random_seed(tone_random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9E3779B97F4A7C15u;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        r->s[i] = z ^ z >> 31;
    }
}

static inline uint64_t tone_random_u64(tone_random *r)
{
    uint64_t x = r->s[1] * 5, result = (x << 7 | x >> 57) * 9, t = r->s[1] << 17;
    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = r->s[3] << 45 | r->s[3] >> 19;
    return result;
}

/* Uniform in [0, 1), 53 bits. */
static inline double tone_random_unit(tone_random *r)
{
    return (double)(tone_random_u64(r) >> 11) * 0x1p-53;
}

/* Uniform in 0 … n-1; n > 0.  The bias is below n / 2^64. */
static inline uint64_t tone_random_below(tone_random *r, uint64_t n)
{
    return (uint64_t)((unsigned __int128)tone_random_u64(r) * n >> 64);
}

#endif

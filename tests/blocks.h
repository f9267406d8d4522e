/* blocks.h - random weights of every type. */
#ifndef TONE_TESTS_BLOCKS_H
#define TONE_TESTS_BLOCKS_H

#include <string.h>

#include "base/random.h"
#include "base/types.h"

/* Uniform in [-1, 1). */
static inline float uniform(tone_random *r)
{
    return (float)(2 * tone_random_unit(r) - 1);
}

/* Where the half-precision scales of a block are; -1: none. */
static inline void blocks_scales_at(tone_type type, int at[2])
{
    at[0] = at[1] = -1;
    switch (type) {
    case TONE_TYPE_Q4_1:
    case TONE_TYPE_Q5_1:
    case TONE_TYPE_Q4_K:
    case TONE_TYPE_Q5_K:
        at[1] = 2; /* fall through */
    case TONE_TYPE_Q4_0:
    case TONE_TYPE_Q5_0:
    case TONE_TYPE_Q8_0:
    case TONE_TYPE_IQ1_S:
    case TONE_TYPE_IQ2_XXS:
    case TONE_TYPE_IQ2_XS:
    case TONE_TYPE_IQ2_S:
    case TONE_TYPE_IQ3_XXS:
    case TONE_TYPE_IQ3_S:
    case TONE_TYPE_IQ4_NL:
    case TONE_TYPE_IQ4_XS:
        at[0] = 0;
        break;
    case TONE_TYPE_Q2_K:
        at[0] = 80;
        at[1] = 82;
        break;
    case TONE_TYPE_Q3_K:
        at[0] = 108;
        break;
    case TONE_TYPE_Q6_K:
        at[0] = 208;
        break;
    case TONE_TYPE_TQ1_0:
        at[0] = 52;
        break;
    case TONE_TYPE_TQ2_0:
        at[0] = 64;
        break;
    default:
        break;
    }
}

/* n bytes of blocks, half-precision scales between 1/64 and 1/32 of either sign, so that nothing overflows. */
static inline void blocks_random(tone_random *r, tone_type type, uint8_t *data, size_t n)
{
    size_t block = tone_type_find(type)->block_bytes;
    int at[2];
    blocks_scales_at(type, at);
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)tone_random_u64(r);
    for (uint8_t *b = data; b < data + n; b += block) {
        for (int k = 0; k < 2 && at[k] >= 0; k++)
            b[at[k] + 1] = (uint8_t)(0x24 | (b[at[k] + 1] & 0x83));
        switch (type) {
        case TONE_TYPE_F32: {
            float f = uniform(r);
            memcpy(b, &f, sizeof f);
            break;
        }
        case TONE_TYPE_F16: /* below 2 */
            b[1] &= 0xbb;
            break;
        case TONE_TYPE_BF16:
            b[1] = (uint8_t)((b[1] & 0x80) | 0x3e);
            break;
        case TONE_TYPE_MXFP4:
            b[0] = (uint8_t)(118 + b[0] % 8);
            break;
        case TONE_TYPE_NVFP4:
            for (int k = 0; k < 4; k++)
                b[k] &= 0x3f;
            break;
        case TONE_TYPE_IQ1_M: /* the scale in the top nibbles of four words, low to high: 0x2… */
            b[55] = (uint8_t)((b[55] & 0x0f) | 0x20);
            break;
        default:
            break;
        }
    }
}

#endif

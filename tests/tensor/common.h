/* common.h - what the tests of the verbs share: numbers, weights of any type, distances. */
#ifndef TONE_TESTS_TENSOR_COMMON_H
#define TONE_TESTS_TENSOR_COMMON_H

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "tensor/ops.h"

static inline float uniform(tone_random *r)
{
    return (float)(2 * tone_random_unit(r) - 1);
}

static inline float *new_floats(tone_random *r, size_t n)
{
    float *x = malloc((n + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = r ? uniform(r) : 0;
    return x;
}

/* sum (got - want)^2 / sum want^2 */
static inline double nmse(const float *got, const double *want, size_t n)
{
    double error = 0, power = 0;
    for (size_t i = 0; i < n; i++) {
        error += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
        power += want[i] * want[i];
    }
    return power > 0 ? error / power : error;
}

static inline tone_ops *open_ops(uint32_t n_threads, tone_precision precision)
{
    tone_error err;
    tone_ops *ops;
    tone_ops_options opt = {.n_threads = n_threads, .precision = precision};
    if (tone_ops_open(&ops, &opt, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return ops;
}

/* A matrix of random blocks; half-precision scales between 1/64 and 1/32, so that nothing overflows.  The bytes are the
 * caller's to free (w->data). */
static inline tone_matrix new_matrix(tone_random *r, tone_type type, uint32_t rows, uint32_t cols)
{
    static const struct {
        tone_type type;
        int at[2]; /* bytes of the half scales in a block, -1: none */
    } scales[] = {{TONE_TYPE_Q4_0, {0, -1}},   {TONE_TYPE_Q4_1, {0, 2}},     {TONE_TYPE_Q5_0, {0, -1}},
                  {TONE_TYPE_Q5_1, {0, 2}},    {TONE_TYPE_Q8_0, {0, -1}},    {TONE_TYPE_Q2_K, {80, 82}},
                  {TONE_TYPE_Q3_K, {108, -1}}, {TONE_TYPE_Q4_K, {0, 2}},     {TONE_TYPE_Q5_K, {0, 2}},
                  {TONE_TYPE_Q6_K, {208, -1}}, {TONE_TYPE_IQ1_S, {0, -1}},   {TONE_TYPE_IQ2_XXS, {0, -1}},
                  {TONE_TYPE_IQ2_XS, {0, -1}}, {TONE_TYPE_IQ2_S, {0, -1}},   {TONE_TYPE_IQ3_XXS, {0, -1}},
                  {TONE_TYPE_IQ3_S, {0, -1}},  {TONE_TYPE_IQ4_NL, {0, -1}},  {TONE_TYPE_IQ4_XS, {0, -1}},
                  {TONE_TYPE_TQ1_0, {52, -1}}, {TONE_TYPE_TQ2_0, {64, -1}}};
    tone_matrix w = {NULL, type, rows, cols, tone_type_row_bytes(type, cols)};
    size_t n = rows * w.row_bytes, block = tone_type_find(type)->block_bytes;
    uint8_t *data = malloc(n + 1);
    w.data = data;
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)tone_random_u64(r);
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (size_t b = 0; scales[s].type == type && b < n; b += block)
            for (int k = 0; k < 2 && scales[s].at[k] >= 0; k++)
                data[b + (size_t)scales[s].at[k] + 1] = (uint8_t)(0x24 | (data[b + (size_t)scales[s].at[k] + 1] & 0x83));
    for (size_t i = 0; i < n; i += block)
        switch (type) {
        case TONE_TYPE_F32: {
            float f = uniform(r);
            memcpy(data + i, &f, sizeof f);
            break;
        }
        case TONE_TYPE_F16: /* exponents up to that of 1 */
            data[i + 1] = (uint8_t)(data[i + 1] & 0xbb);
            break;
        case TONE_TYPE_BF16:
            data[i + 1] = (uint8_t)((data[i + 1] & 0x80) | 0x3e);
            break;
        case TONE_TYPE_MXFP4:
            data[i] = (uint8_t)(118 + data[i] % 8);
            break;
        case TONE_TYPE_NVFP4:
            for (size_t k = 0; k < 4; k++)
                data[i + k] &= 0x3f;
            break;
        case TONE_TYPE_IQ1_M:
            for (size_t k = 1; k < 8; k += 2) /* 0x2.., the scale in the top nibbles, low to high: 0x2yyy */
                data[i + 48 + k] = (uint8_t)((data[i + 48 + k] & 0x0f) | (k == 7 ? 0x20 : data[i + 48 + k] & 0xf0));
            break;
        default:
            break;
        }
    return w;
}

#endif

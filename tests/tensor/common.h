/* common.h - what the tests of the verbs share: numbers, weights of any type, distances. */
#ifndef TONE_TESTS_TENSOR_COMMON_H
#define TONE_TESTS_TENSOR_COMMON_H

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "blocks.h"
#include "check.h"
#include "tensor/ops.h"

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

/* A matrix of random blocks.  The bytes are the caller's to free (w->data). */
static inline tone_matrix new_matrix(tone_random *r, tone_type type, uint32_t rows, uint32_t cols)
{
    tone_matrix w = {NULL, type, rows, cols, tone_type_row_bytes(type, cols)};
    uint8_t *data = malloc(rows * w.row_bytes + 1);
    blocks_random(r, type, data, rows * w.row_bytes);
    w.data = data;
    return w;
}

#endif

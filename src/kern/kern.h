/* kern/kern.h - the arithmetic of one row or tile: a table of kernels, the best of this processor.
 *
 * A kernel touches its arguments and nothing else: no allocation, no failure, no flags, no threads.  The plain C kernels
 * are the meaning (kern_list.inc has the formulas); the others are compared with them by tests/kern. */
#ifndef TONE_KERN_KERN_H
#define TONE_KERN_KERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One row of activations as 16-bit codes: x[i] = d[i / 32] * code[i], |code| <= 32512.  All arrays go on with zeros up to
 * a multiple of TONE_CODES_PAD values.  high and low are the same numbers as bytes: code = 256 * high + low.  The split
 * arrays have those in another order: of each 128 the first 16 of its four blocks of 32, then the last 16 of them. */
typedef struct tone_codes {
    int16_t *code;
    int8_t *high, *low, *split_high, *split_low;
    float *d;                  /* one for 32 values                  */
    float *sum;                /* one for 16 values: d * (their sum) */
    float *split_d, *split_sum; /* sixteen for 128 values: d of a block four times; d * (sum of the codes of a block whose
                                  number modulo 16 is 4k … 4k + 3), k = 0 … 3 */
} tone_codes;

enum { TONE_CODES_PAD = 256 };

typedef struct tone_kern {
    const char *name; /* "c", "avx2", "avx512", "avx512bf16", "amx" */
    bool bf16;        /* gemm_bf16 is faster than gemm_f32 */
#define KERNEL(ret, name, args) ret(*name) args;
#include "kern/kern_list.inc"
#undef KERNEL
} tone_kern;

#define KERNEL(ret, name, args) ret tone_##name##_c args;
#include "kern/kern_list.inc"
#undef KERNEL

/* Fill *k with the kernels called `name`, or with the best of this processor when name is NULL or "".
 * false, and *k holds plain C, when there are none of that name or the processor cannot run them. */
bool tone_kern_select(tone_kern *k, const char *name);

/* The i-th name that this build knows, the best first; NULL past the last. */
const char *tone_kern_name(size_t i);

#endif

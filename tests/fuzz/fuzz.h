/* fuzz/fuzz.h - what fuzz targets share. */
#ifndef TONE_TESTS_FUZZ_H
#define TONE_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "tonesmith/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Read bytes[0..n) so that a sanitizer sees them read. */
static inline uint64_t fuzz_touch(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += p[i];
    return sum;
}

/* Keep the compiler from dropping what led to `sum`. */
static inline void fuzz_keep(uint64_t sum)
{
    __asm__ volatile("" : : "r"(sum) : "memory");
}

/* What must hold for any input. */
#define fuzz_require(cond)                                                                                             \
    do {                                                                                                               \
        if (!(cond)) {                                                                                                 \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond);                                  \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif

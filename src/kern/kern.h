/* kern/kern.h - the arithmetic of one row or tile: a table of kernels, the best of this processor.
 *
 * A kernel touches its arguments and nothing else: no allocation, no failure, no flags, no threads.  The plain C kernels
 * are the meaning (kern_list.inc has the formulas); the others are compared with them by tests/kern. */
#ifndef TONE_KERN_KERN_H
#define TONE_KERN_KERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tone_kern {
    const char *name; /* "c", "avx2", "avx512" */
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

#endif

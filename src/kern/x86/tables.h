/* kern/x86/tables.h - the kernels of each instruction set, and the function that puts them into a table. */
#ifndef TONE_KERN_X86_TABLES_H
#define TONE_KERN_X86_TABLES_H

#include "kern/kern.h"

#define KERNEL(ret, name, args) ret tone_##name##_avx2 args;
#include "kern/kern_list.inc"
#undef KERNEL
#define KERNEL(ret, name, args) ret tone_##name##_avx512 args;
#include "kern/kern_list.inc"
#undef KERNEL

void tone_gemm_bf16_amx(float *y, size_t y_stride, size_t n_rows, const uint16_t *panels, const uint16_t *x,
                        size_t x_step, size_t n_tokens, size_t n_cols, bool add);

/* Replace what has a kernel of that instruction set: AVX2 with FMA and F16C; AVX-512 F, BW, DQ, VL and VNNI; the BF16
 * extension of that; the tile unit.  Each stands on the one before. */
void tone_kern_fill_avx2(tone_kern *k);
void tone_kern_fill_avx512(tone_kern *k);
void tone_kern_fill_avx512bf16(tone_kern *k);
void tone_kern_fill_amx(tone_kern *k);

/* Whether this processor and system run them. */
bool tone_has_avx2(void);
bool tone_has_avx512(void);
bool tone_has_avx512bf16(void);
bool tone_has_amx(void);

#endif

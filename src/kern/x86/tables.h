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

/* Replace what has a kernel of that instruction set: AVX2 with FMA and F16C; AVX-512 F, BW, DQ, VL and VNNI. */
void tone_kern_fill_avx2(tone_kern *k);
void tone_kern_fill_avx512(tone_kern *k);

#endif

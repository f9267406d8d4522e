#include "kern/x86/tables.h"

void tone_kern_fill_avx512(tone_kern *k)
{
    k->name = "avx512";
#define FILL(kernel) k->kernel = tone_##kernel##_avx512;
#include "kern/x86/fill.inc"
    FILL(quantise)
    FILL(dot_codes)
    FILL(rows_q4_0)
    FILL(rows_q4_1)
    FILL(rows_q5_0)
    FILL(rows_q5_1)
    FILL(rows_q8_0)
    FILL(rows_q4_k)
    FILL(rows_q5_k)
    FILL(rows_q6_k)
    FILL(rows_iq4_nl)
    FILL(rows_iq4_xs)
    FILL(rows_mxfp4)
}

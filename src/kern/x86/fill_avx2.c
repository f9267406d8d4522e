#include "kern/x86/tables.h"

void tone_kern_fill_avx2(tone_kern *k)
{
    k->name = "avx2";
#define FILL(kernel) k->kernel = tone_##kernel##_avx2;
#include "kern/x86/fill.inc"
    FILL(unpack_q4_0)
    FILL(unpack_q4_1)
    FILL(unpack_q5_0)
    FILL(unpack_q5_1)
    FILL(unpack_q8_0)
    FILL(unpack_q4_k)
    FILL(unpack_q5_k)
    FILL(unpack_q6_k)
    FILL(unpack_iq4_nl)
    FILL(unpack_iq4_xs)
    FILL(unpack_mxfp4)
}

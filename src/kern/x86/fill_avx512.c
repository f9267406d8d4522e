#include "kern/x86/tables.h"

void tone_kern_fill_avx512(tone_kern *k)
{
    k->name = "avx512";
#define FILL(kernel) k->kernel = tone_##kernel##_avx512;
#include "kern/x86/fill.inc"
}

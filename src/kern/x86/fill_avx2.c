#include "kern/x86/tables.h"

void tone_kern_fill_avx2(tone_kern *k)
{
    k->name = "avx2";
#define FILL(kernel) k->kernel = tone_##kernel##_avx2;
#include "kern/x86/fill.inc"
}

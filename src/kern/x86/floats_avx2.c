/* The kernels of float32 rows for AVX2. */
#include "kern/x86/products_vec.inc"
#include "kern/x86/rows_vec.inc"

/* Blocks of weights to codes and scales, AVX2. */
#include "kern/x86/unpack_avx2.h"

#define UNPACK(type)                                                                                                  \
    void tone_unpack_##type##_avx2(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)    \
    {                                                                                                                 \
        unpack_##type(code, scale, min, blocks, n_blocks);                                                            \
    }
UNPACK(q4_0)
UNPACK(q4_1)
UNPACK(q5_0)
UNPACK(q5_1)
UNPACK(q8_0)
UNPACK(q4_k)
UNPACK(q5_k)
UNPACK(q6_k)
UNPACK(iq4_nl)
UNPACK(iq4_xs)
UNPACK(mxfp4)

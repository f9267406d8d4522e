/* base/types.h - the element and block types of weights, numbered as GGUF numbers them.
 *
 * Shared by `format`, which reads them, and `tensor`, which computes with them. */
#ifndef TONE_BASE_TYPES_H
#define TONE_BASE_TYPES_H

#include "tonesmith/base.h"

typedef enum tone_type {
    TONE_TYPE_F32 = 0,
    TONE_TYPE_F16 = 1,
    TONE_TYPE_Q4_0 = 2,
    TONE_TYPE_Q4_1 = 3,
    TONE_TYPE_Q5_0 = 6,
    TONE_TYPE_Q5_1 = 7,
    TONE_TYPE_Q8_0 = 8,
    TONE_TYPE_Q8_1 = 9,
    TONE_TYPE_Q2_K = 10,
    TONE_TYPE_Q3_K = 11,
    TONE_TYPE_Q4_K = 12,
    TONE_TYPE_Q5_K = 13,
    TONE_TYPE_Q6_K = 14,
    TONE_TYPE_Q8_K = 15,
    TONE_TYPE_IQ2_XXS = 16,
    TONE_TYPE_IQ2_XS = 17,
    TONE_TYPE_IQ3_XXS = 18,
    TONE_TYPE_IQ1_S = 19,
    TONE_TYPE_IQ4_NL = 20,
    TONE_TYPE_IQ3_S = 21,
    TONE_TYPE_IQ2_S = 22,
    TONE_TYPE_IQ4_XS = 23,
    TONE_TYPE_I8 = 24,
    TONE_TYPE_I16 = 25,
    TONE_TYPE_I32 = 26,
    TONE_TYPE_I64 = 27,
    TONE_TYPE_F64 = 28,
    TONE_TYPE_IQ1_M = 29,
    TONE_TYPE_BF16 = 30,
    TONE_TYPE_TQ1_0 = 34,
    TONE_TYPE_TQ2_0 = 35,
    TONE_TYPE_MXFP4 = 39,
    TONE_TYPE_NVFP4 = 40,
    TONE_TYPE_COUNT = 41
} tone_type;

typedef struct tone_type_info {
    const char *name;      /* "Q4_K"; NULL for numbers that are not in use */
    uint32_t block_values; /* values in a block, 1 for plain elements      */
    uint32_t block_bytes;
} tone_type_info;

/* Facts of a type; NULL for a number that names none. */
const tone_type_info *tone_type_find(uint32_t type);

/* Bytes of a row of n values; 0 when n is not a whole number of blocks or the type is unknown. */
size_t tone_type_row_bytes(uint32_t type, uint64_t n_values);

#endif

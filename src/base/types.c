#include "base/types.h"

static const tone_type_info types[TONE_TYPE_COUNT] = {
    [TONE_TYPE_F32] = {"F32", 1, 4},          [TONE_TYPE_F16] = {"F16", 1, 2},
    [TONE_TYPE_Q4_0] = {"Q4_0", 32, 18},      [TONE_TYPE_Q4_1] = {"Q4_1", 32, 20},
    [TONE_TYPE_Q5_0] = {"Q5_0", 32, 22},      [TONE_TYPE_Q5_1] = {"Q5_1", 32, 24},
    [TONE_TYPE_Q8_0] = {"Q8_0", 32, 34},      [TONE_TYPE_Q8_1] = {"Q8_1", 32, 36},
    [TONE_TYPE_Q2_K] = {"Q2_K", 256, 84},     [TONE_TYPE_Q3_K] = {"Q3_K", 256, 110},
    [TONE_TYPE_Q4_K] = {"Q4_K", 256, 144},    [TONE_TYPE_Q5_K] = {"Q5_K", 256, 176},
    [TONE_TYPE_Q6_K] = {"Q6_K", 256, 210},    [TONE_TYPE_Q8_K] = {"Q8_K", 256, 292},
    [TONE_TYPE_IQ2_XXS] = {"IQ2_XXS", 256, 66}, [TONE_TYPE_IQ2_XS] = {"IQ2_XS", 256, 74},
    [TONE_TYPE_IQ3_XXS] = {"IQ3_XXS", 256, 98}, [TONE_TYPE_IQ1_S] = {"IQ1_S", 256, 50},
    [TONE_TYPE_IQ4_NL] = {"IQ4_NL", 32, 18},  [TONE_TYPE_IQ3_S] = {"IQ3_S", 256, 110},
    [TONE_TYPE_IQ2_S] = {"IQ2_S", 256, 82},   [TONE_TYPE_IQ4_XS] = {"IQ4_XS", 256, 136},
    [TONE_TYPE_I8] = {"I8", 1, 1},            [TONE_TYPE_I16] = {"I16", 1, 2},
    [TONE_TYPE_I32] = {"I32", 1, 4},          [TONE_TYPE_I64] = {"I64", 1, 8},
    [TONE_TYPE_F64] = {"F64", 1, 8},          [TONE_TYPE_IQ1_M] = {"IQ1_M", 256, 56},
    [TONE_TYPE_BF16] = {"BF16", 1, 2},        [TONE_TYPE_TQ1_0] = {"TQ1_0", 256, 54},
    [TONE_TYPE_TQ2_0] = {"TQ2_0", 256, 66},   [TONE_TYPE_MXFP4] = {"MXFP4", 32, 17},
    [TONE_TYPE_NVFP4] = {"NVFP4", 64, 36},
};

const tone_type_info *tone_type_find(uint32_t type)
{
    return type < TONE_TYPE_COUNT && types[type].name ? &types[type] : NULL;
}

size_t tone_type_row_bytes(uint32_t type, uint64_t n_values)
{
    const tone_type_info *info = tone_type_find(type);
    if (!info || n_values % info->block_values)
        return 0;
    uint64_t blocks = n_values / info->block_values;
    return blocks > SIZE_MAX / info->block_bytes ? 0 : (size_t)(blocks * info->block_bytes);
}

/* Super-blocks of 256 values with scales of their own for 16 or 32: Q2_K … Q6_K and IQ4_XS. */
#include "kern/half.h"
#include "kern/kern.h"
#include "kern/tables.h"

void tone_unpack_q2_k_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 84) {
        const uint8_t *scales = blocks, *qs = blocks + 16;
        float d = tone_le_f16(blocks + 80), dmin = tone_le_f16(blocks + 82);
        for (int g = 0; g < 16; g++) {
            *scale++ = d * (float)(scales[g] & 15);
            *min++ = dmin * (float)(scales[g] >> 4);
        }
        for (int h = 0; h < 64; h += 32)
            for (int shift = 0; shift < 8; shift += 2)
                for (int l = 0; l < 32; l++)
                    *code++ = (int8_t)(qs[h + l] >> shift & 3);
    }
}

void tone_unpack_q3_k_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 110) {
        const uint8_t *hmask = blocks, *qs = blocks + 32, *scales = blocks + 96;
        float d = tone_le_f16(blocks + 108);
        for (int g = 0; g < 16; g++) {
            int low = g < 8 ? scales[g] & 15 : scales[g - 8] >> 4;
            int high = scales[8 + g % 4] >> 2 * (g / 4) & 3;
            *scale++ = d * (float)((low | high << 4) - 32);
        }
        for (int h = 0; h < 2; h++)
            for (int s = 0; s < 4; s++)
                for (int l = 0; l < 32; l++) {
                    int low = qs[32 * h + l] >> 2 * s & 3, high = hmask[l] >> (4 * h + s) & 1;
                    *code++ = (int8_t)(low - (high ? 0 : 4));
                }
    }
}

/* Eight pairs of 6-bit scale and minimum in twelve bytes, as Q4_K and Q5_K store them. */
static void scales_and_mins(float *scale, float *min, const uint8_t *blocks)
{
    float d = tone_le_f16(blocks), dmin = tone_le_f16(blocks + 2);
    const uint8_t *s = blocks + 4;
    for (int g = 0; g < 8; g++) {
        int sc = g < 4 ? s[g] & 63 : (s[g + 4] & 15) | (s[g - 4] >> 6) << 4;
        int mn = g < 4 ? s[g + 4] & 63 : s[g + 4] >> 4 | (s[g] >> 6) << 4;
        scale[g] = d * (float)sc;
        min[g] = dmin * (float)mn;
    }
}

void tone_unpack_q4_k_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 144, scale += 8, min += 8) {
        scales_and_mins(scale, min, blocks);
        for (int g = 0; g < 8; g++)
            for (int l = 0; l < 32; l++)
                *code++ = (int8_t)(blocks[16 + g / 2 * 32 + l] >> g % 2 * 4 & 15);
    }
}

void tone_unpack_q5_k_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 176, scale += 8, min += 8) {
        scales_and_mins(scale, min, blocks);
        for (int g = 0; g < 8; g++)
            for (int l = 0; l < 32; l++) {
                int low = blocks[48 + g / 2 * 32 + l] >> g % 2 * 4 & 15, high = blocks[16 + l] >> g & 1;
                *code++ = (int8_t)(low | high << 4);
            }
    }
}

void tone_unpack_q6_k_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 210) {
        const uint8_t *ql = blocks, *qh = blocks + 128, *scales = blocks + 192;
        float d = tone_le_f16(blocks + 208);
        for (int g = 0; g < 16; g++)
            *scale++ = d * (float)(int8_t)scales[g];
        for (int h = 0; h < 2; h++)
            for (int r = 0; r < 4; r++)
                for (int l = 0; l < 32; l++) {
                    int low = ql[64 * h + 32 * (r % 2) + l] >> r / 2 * 4 & 15, high = qh[32 * h + l] >> 2 * r & 3;
                    *code++ = (int8_t)((low | high << 4) - 32);
                }
    }
}

void tone_unpack_iq4_xs_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 136) {
        float d = tone_le_f16(blocks);
        unsigned high = tone_le16(blocks + 2);
        for (int g = 0; g < 8; g++) {
            int low = blocks[4 + g / 2] >> g % 2 * 4 & 15;
            *scale++ = d * (float)((low | (int)(high >> 2 * g & 3) << 4) - 32);
            const uint8_t *qs = blocks + 8 + 16 * g;
            for (int j = 0; j < 16; j++, code++) {
                code[0] = tone_iq4_values[qs[j] & 15];
                code[16] = tone_iq4_values[qs[j] >> 4];
            }
            code += 16;
        }
    }
}

/* The types whose codes are rows of a grid with signs beside them: IQ1, IQ2 and IQ3. */
#include "kern/half.h"
#include "kern/kern.h"
#include "kern/tables.h"

/* Levels of the 2-bit grids of IQ2 and of the 4-bit ones of IQ3; IQ3_S level k is 2k + 1. */
static const int8_t iq2_level[4] = {8, 25, 43, 0};
static const int8_t iq3_level[8] = {4, 12, 20, 28, 36, 44, 52, 62};

/* Eight values of an IQ2 grid row; bit k of `signs` negates value k. */
static void grid8(int8_t *code, unsigned row, unsigned signs)
{
    for (int k = 0; k < 8; k++) {
        int v = iq2_level[row >> 2 * k & 3];
        code[k] = (int8_t)(signs >> k & 1 ? -v : v);
    }
}

/* Seven sign bits; the eighth makes the number of ones even. */
static unsigned even_signs(unsigned seven)
{
    seven &= 127;
    return seven | (unsigned)__builtin_parity(seven) << 7;
}

void tone_unpack_iq2_xxs_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 66) {
        float d = tone_le_f16(blocks);
        for (int g = 0; g < 8; g++) {
            const uint8_t *q = blocks + 2 + 8 * g;
            uint32_t bits = tone_le32(q + 4);
            *scale++ = d * (0.5f + (float)(bits >> 28)) * 0.25f;
            for (int k = 0; k < 4; k++, code += 8)
                grid8(code, tone_iq2_xxs_grid[q[k]], even_signs(bits >> 7 * k));
        }
    }
}

void tone_unpack_iq2_xs_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 74) {
        float d = tone_le_f16(blocks);
        for (int g = 0; g < 16; g++) {
            int s = blocks[66 + g / 2] >> g % 2 * 4 & 15;
            *scale++ = d * (0.5f + (float)s) * 0.25f;
            for (int k = 0; k < 2; k++, code += 8) {
                unsigned q = tone_le16(blocks + 2 + 4 * g + 2 * k);
                grid8(code, tone_iq2_xs_grid[q & 511], even_signs(q >> 9));
            }
        }
    }
}

void tone_unpack_iq2_s_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 82) {
        const uint8_t *qs = blocks + 2, *signs = blocks + 34, *qh = blocks + 66, *scales = blocks + 74;
        float d = tone_le_f16(blocks);
        for (int g = 0; g < 16; g++)
            *scale++ = d * (0.5f + (float)(scales[g / 2] >> g % 2 * 4 & 15)) * 0.25f;
        for (int k = 0; k < 32; k++, code += 8)
            grid8(code, tone_iq2_s_grid[qs[k] | (qh[k / 4] >> k % 4 * 2 & 3) << 8], signs[k]);
    }
}

void tone_unpack_iq3_xxs_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 98) {
        float d = tone_le_f16(blocks);
        for (int g = 0; g < 8; g++) {
            uint32_t bits = tone_le32(blocks + 66 + 4 * g);
            *scale++ = d * (0.5f + (float)(bits >> 28)) * 0.5f;
            for (int i = 0; i < 32; i++) {
                int v = iq3_level[tone_iq3_xxs_grid[blocks[2 + 8 * g + i / 4]] >> i % 4 * 4 & 7];
                *code++ = (int8_t)(even_signs(bits >> i / 8 * 7) >> i % 8 & 1 ? -v : v);
            }
        }
    }
}

void tone_unpack_iq3_s_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 110) {
        const uint8_t *qs = blocks + 2, *qh = blocks + 66, *signs = blocks + 74, *scales = blocks + 106;
        float d = tone_le_f16(blocks);
        for (int g = 0; g < 8; g++)
            *scale++ = d * (float)(1 + 2 * (scales[g / 2] >> g % 2 * 4 & 15));
        for (int i = 0; i < 256; i++) {
            int row = qs[i / 4] | (qh[i / 32] >> i / 4 % 8 & 1) << 8;
            int v = 2 * (tone_iq3_s_grid[row] >> i % 4 * 4 & 7) + 1;
            *code++ = (int8_t)(signs[i / 8] >> i % 8 & 1 ? -v : v);
        }
    }
}

/* Eight values g + delta with g in -1, 0, 1 and delta = 1/8 or -1/8; codes are eight times that. */
static void ternary8(int8_t *code, unsigned row, bool minus)
{
    for (int k = 0; k < 8; k++)
        code[k] = (int8_t)(8 * ((int)(row >> 2 * k & 3) - 1) + (minus ? -1 : 1));
}

void tone_unpack_iq1_s_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 50) {
        float d = tone_le_f16(blocks);
        for (int g = 0; g < 8; g++) {
            unsigned qh = tone_le16(blocks + 34 + 2 * g);
            *scale++ = d * (float)(2 * (qh >> 12 & 7) + 1) * 0.125f;
            for (int k = 0; k < 4; k++, code += 8)
                ternary8(code, tone_iq1_grid[blocks[2 + 4 * g + k] | (qh >> 3 * k & 7) << 8], qh >> 15);
        }
    }
}

/* The half-precision scale is spread over the top nibbles of the four 16-bit scale words. */
void tone_unpack_iq1_m_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 56) {
        unsigned bits = 0;
        for (int w = 0; w < 4; w++)
            bits |= (unsigned)(tone_le16(blocks + 48 + 2 * w) >> 12) << 4 * w;
        float d = tone_f32_of_f16((uint16_t)bits);
        for (int g = 0; g < 16; g++)
            *scale++ = d * (float)(2 * (tone_le16(blocks + 48 + g / 4 * 2) >> g % 4 * 3 & 7) + 1) * 0.125f;
        for (int k = 0; k < 32; k++, code += 8) {
            unsigned qh = blocks[32 + k / 2] >> k % 2 * 4;
            ternary8(code, tone_iq1_grid[blocks[k] | (qh & 7) << 8], qh >> 3 & 1);
        }
    }
}

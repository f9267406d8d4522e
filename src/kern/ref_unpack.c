/* Blocks of 32 and 64 values and the ternary types: the meaning of each format in plain C. */
#include "kern/half.h"
#include "kern/kern.h"
#include "kern/tables.h"

/* Sixteen bytes of nibbles: element j is the low half of byte j, element j + 16 the high half. */
static void nibbles(int8_t *code, const uint8_t *qs, int offset)
{
    for (int j = 0; j < 16; j++) {
        code[j] = (int8_t)((qs[j] & 15) + offset);
        code[j + 16] = (int8_t)((qs[j] >> 4) + offset);
    }
}

/* The same with bit j of qh as the fifth bit of element j. */
static void nibbles5(int8_t *code, const uint8_t *qs, uint32_t qh, int offset)
{
    nibbles(code, qs, offset);
    for (int j = 0; j < 32; j++)
        code[j] = (int8_t)(code[j] + (int)(qh >> j & 1) * 16);
}

static void nibbles_table(int8_t *code, const uint8_t *qs, const int8_t table[16], int half)
{
    for (int j = 0; j < half; j++) {
        code[j] = table[qs[j] & 15];
        code[j + half] = table[qs[j] >> 4];
    }
}

void tone_unpack_q4_0_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 18, code += 32) {
        scale[b] = tone_le_f16(blocks);
        nibbles(code, blocks + 2, -8);
    }
}

void tone_unpack_q4_1_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 20, code += 32) {
        scale[b] = tone_le_f16(blocks);
        min[b] = -tone_le_f16(blocks + 2);
        nibbles(code, blocks + 4, 0);
    }
}

void tone_unpack_q5_0_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 22, code += 32) {
        scale[b] = tone_le_f16(blocks);
        nibbles5(code, blocks + 6, tone_le32(blocks + 2), -16);
    }
}

void tone_unpack_q5_1_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 24, code += 32) {
        scale[b] = tone_le_f16(blocks);
        min[b] = -tone_le_f16(blocks + 2);
        nibbles5(code, blocks + 8, tone_le32(blocks + 4), 0);
    }
}

void tone_unpack_q8_0_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 34, code += 32) {
        scale[b] = tone_le_f16(blocks);
        for (int j = 0; j < 32; j++)
            code[j] = (int8_t)blocks[2 + j];
    }
}

void tone_unpack_iq4_nl_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 18, code += 32) {
        scale[b] = tone_le_f16(blocks);
        nibbles_table(code, blocks + 2, tone_iq4_values, 16);
    }
}

void tone_unpack_mxfp4_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 17, code += 32) {
        /* 2^(e - 128), half of the format's scale because the table holds twice the values; e = 0, 1 are denormal */
        uint32_t e = blocks[0];
        scale[b] = tone_f32_of_bits(e < 2 ? 0x00200000u << e : (e - 1) << 23);
        nibbles_table(code, blocks + 1, tone_fp4_values, 16);
    }
}

/* Half of an unsigned E4M3 number (bias 7); 0x7f, its NaN, counts as 0. */
static float half_ue4m3(uint8_t x)
{
    uint32_t e = x >> 3 & 15, m = x & 7;
    if (x == 0 || x == 0x7f)
        return 0;
    return e ? tone_f32_of_bits((e + 119) << 23 | m << 20) : (float)m * 0x1p-10f;
}

void tone_unpack_nvfp4_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 36)
        for (int s = 0; s < 4; s++, code += 16) {
            *scale++ = half_ue4m3(blocks[s]);
            nibbles_table(code, blocks + 4 + 8 * s, tone_fp4_values, 8);
        }
}

/* A byte holds five base-3 digits as the fraction byte / 256; digit n is what 3^n pushes past the point (mod 256). */
static void ternary(int8_t *code, const uint8_t *qs, int n_bytes, int n_digits)
{
    static const uint8_t power[5] = {1, 3, 9, 27, 81};
    for (int k = 0; k < n_digits; k++)
        for (int j = 0; j < n_bytes; j++) {
            uint8_t shifted = (uint8_t)(qs[j] * power[k]);
            *code++ = (int8_t)((shifted * 3 >> 8) - 1);
        }
}

void tone_unpack_tq1_0_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 54, code += 256, scale += 8) {
        ternary(code, blocks, 32, 5);
        ternary(code + 160, blocks + 32, 16, 5);
        ternary(code + 240, blocks + 48, 4, 4);
        for (int g = 0; g < 8; g++)
            scale[g] = tone_le_f16(blocks + 52);
    }
}

void tone_unpack_tq2_0_c(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 66, scale += 8) {
        for (int h = 0; h < 64; h += 32)
            for (int shift = 0; shift < 8; shift += 2)
                for (int j = 0; j < 32; j++)
                    *code++ = (int8_t)((blocks[h + j] >> shift & 3) - 1);
        for (int g = 0; g < 8; g++)
            scale[g] = tone_le_f16(blocks + 64);
    }
}

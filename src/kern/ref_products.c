/* Products of weights and activations in plain C. */
#include <string.h>

#include "kern/half.h"
#include "kern/kern.h"
#include "kern/ref.h"

void tone_gemm_f32_c(float *y, size_t y_stride, const float *w, size_t w_stride, size_t n_rows, const float *x,
                     size_t x_stride, size_t n_tokens, size_t n_cols)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t r = 0; r < n_rows; r++)
            y[t * y_stride + r] = (float)tone_sum_of_products(w + r * w_stride, x + t * x_stride, n_cols);
}

/* The 16-bit rows a piece at a time; the eight sums of tone_sum_of_products() go on from piece to piece. */
static float dot_16_bit(const uint16_t *w, const float *x, size_t n, float (*widen)(uint16_t))
{
    double lane[8] = {0};
    for (size_t i = 0; i < n; i++)
        lane[i % 8] += (double)widen(w[i]) * (double)x[i];
    return (float)(((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7])));
}

void tone_rows_f16_c(float *y, const uint16_t *w, size_t w_stride, size_t n_rows, const float *x, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        y[r] = dot_16_bit(w + r * w_stride, x, n_cols, tone_f32_of_f16);
}

void tone_rows_bf16_c(float *y, const uint16_t *w, size_t w_stride, size_t n_rows, const float *x, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        y[r] = dot_16_bit(w + r * w_stride, x, n_cols, tone_f32_of_bf16);
}

void tone_quantise_c(const tone_codes *to, const float *x, size_t n)
{
    size_t padded = (n + TONE_CODES_PAD - 1) / TONE_CODES_PAD * TONE_CODES_PAD;
    for (size_t b = 0; b < padded / 32; b++) {
        float largest = 0;
        int sum[2] = {0, 0}, lane[4] = {0, 0, 0, 0};
        for (size_t i = 32 * b; i < 32 * b + 32 && i < n; i++)
            largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
        /* below 1e-30 the inverse might overflow */
        float inverse = largest > 1e-30f ? 32512 / largest : 0, d = largest > 1e-30f ? largest / 32512 : 0;
        for (size_t k = 0; k < 32; k++) {
            size_t i = 32 * b + k, split = b / 4 * 128 + b % 4 * 16 + k % 16 + k / 16 * 64;
            int code = i < n ? tone_nearest_code(x[i] * inverse, 32512) : 0, high = (code + 128) >> 8;
            to->code[i] = (int16_t)code;
            to->high[i] = to->split_high[split] = (int8_t)high;
            to->low[i] = to->split_low[split] = (int8_t)(code - 256 * high);
            sum[k / 16] += code;
            lane[k % 16 / 4] += code;
        }
        for (size_t k = 0; k < 4; k++) {
            to->split_d[4 * b + k] = d;
            to->split_sum[4 * b + k] = d * (float)lane[k];
        }
        to->d[b] = d;
        to->sum[2 * b] = d * (float)sum[0];
        to->sum[2 * b + 1] = d * (float)sum[1];
    }
}

float tone_dot_codes_c(const int8_t *code, const float *scale, const float *min, size_t group, const tone_codes *x,
                       size_t n_cols)
{
    double sum = 0;
    for (size_t g = 0; g < n_cols / group; g++) {
        int dot = 0, codes = 0;
        for (size_t i = g * group; i < (g + 1) * group; i++) {
            dot += code[i] * x->code[i];
            codes += x->code[i];
        }
        double d = (double)x->d[g * group / 32];
        sum += (double)dot * (double)scale[g] * d;
        if (min)
            sum -= (double)codes * (double)min[g] * d;
    }
    return (float)sum;
}

typedef void unpack_fn(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks);

/* Rows of any type, 256 values at a time. */
static void rows_by_unpacking(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x,
                              size_t n_cols, unpack_fn *unpack, size_t block_values, size_t block_bytes, size_t group,
                              bool has_min)
{
    int8_t code[256];
    float scale[16], min[16];
    for (size_t r = 0; r < n_rows; r++) {
        double sum = 0;
        for (size_t c = 0; c < n_cols; c += 256) {
            size_t n = n_cols - c < 256 ? n_cols - c : 256;
            tone_codes part = {.code = x->code + c, .d = x->d + c / 32};
            unpack(code, scale, min, w + r * row_bytes + c / block_values * block_bytes, n / block_values);
            sum += (double)tone_dot_codes_c(code, scale, has_min ? min : NULL, group, &part, n);
        }
        y[r] = (float)sum;
    }
}

#define ROWS(type, block_values, block_bytes, group, has_min)                                                        \
    void tone_rows_##type##_c(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x,      \
                                 size_t n_cols)                                                                      \
    {                                                                                                                \
        rows_by_unpacking(y, w, row_bytes, n_rows, x, n_cols, tone_unpack_##type##_c, block_values, block_bytes,     \
                          group, has_min);                                                                           \
    }
ROWS(q4_0, 32, 18, 32, false)
ROWS(q4_1, 32, 20, 32, true)
ROWS(q5_0, 32, 22, 32, false)
ROWS(q5_1, 32, 24, 32, true)
ROWS(q8_0, 32, 34, 32, false)
ROWS(q4_k, 256, 144, 32, true)
ROWS(q5_k, 256, 176, 32, true)
ROWS(q6_k, 256, 210, 16, false)
ROWS(iq4_nl, 32, 18, 32, false)
ROWS(iq4_xs, 256, 136, 32, false)
ROWS(mxfp4, 32, 17, 32, false)

void tone_f32_to_bf16_c(uint16_t *y, size_t y_step, const float *x, size_t n_cols)
{
    for (size_t c = 0; c < n_cols; c++)
        y[c / 32 * y_step + c % 32] = tone_bf16_of_f32(x[c]);
}

/* Where value c of row r is in panels of n_cols columns. */
static size_t panel_at(size_t r, size_t c, size_t n_cols)
{
    return r / 32 * 32 * n_cols + c / 2 * 64 + r % 32 * 2 + c % 2;
}

void tone_pack_bf16_c(uint16_t *panels, const int8_t *code, const float *scale, const float *min, size_t group,
                      size_t n_rows, size_t n_cols)
{
    for (size_t r = 0; r < (n_rows + 31) / 32 * 32; r++)
        for (size_t c = 0; c < n_cols; c++) {
            size_t i = r * n_cols + c;
            float v = 0;
            if (r < n_rows) {
                v = scale[i / group] * (float)code[i];
                v = min ? v - min[i / group] : v;
            }
            panels[panel_at(r, c, n_cols)] = tone_bf16_of_f32(v);
        }
}

void tone_pack_rows_bf16_c(uint16_t *panels, const uint16_t *rows, size_t stride, size_t n_rows, size_t n_cols)
{
    size_t padded = (n_cols + 31) / 32 * 32;
    for (size_t r = 0; r < (n_rows + 31) / 32 * 32; r++)
        for (size_t c = 0; c < padded; c++)
            panels[panel_at(r, c, padded)] = r < n_rows && c < n_cols ? rows[r * stride + c] : 0;
}

void tone_gemm_bf16_c(float *y, size_t y_stride, size_t n_rows, const uint16_t *panels, const uint16_t *x, size_t x_step,
                      size_t n_tokens, size_t n_cols, bool add)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t r = 0; r < n_rows; r++) {
            double sum = add ? (double)y[t * y_stride + r] : 0;
            for (size_t c = 0; c < n_cols; c++)
                sum += (double)tone_f32_of_bf16(panels[panel_at(r, c, n_cols)]) *
                       (double)tone_f32_of_bf16(x[c / 32 * x_step + 32 * t + c % 32]);
            y[t * y_stride + r] = (float)sum;
        }
}

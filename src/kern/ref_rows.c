/* Rows of float32 in plain C: conversions, norms, activation functions, rotation, softmax. */
#include <math.h>

#include "kern/half.h"
#include "kern/kern.h"
#include "kern/ref.h"

void tone_expand_f32_c(float *y, const int8_t *code, const float *scale, const float *min, size_t group, size_t n)
{
    for (size_t g = 0; g < n / group; g++, y += group, code += group)
        for (size_t i = 0; i < group; i++) {
            float v = scale[g] * (float)code[i];
            y[i] = min ? v - min[g] : v;
        }
}

void tone_f16_to_f32_c(float *y, const uint16_t *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = tone_f32_of_f16(x[i]);
}

void tone_bf16_to_f32_c(float *y, const uint16_t *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = tone_f32_of_bf16(x[i]);
}

void tone_f32_to_f16_c(uint16_t *y, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = tone_f16_of_f32(x[i]);
}

static float inverse_rms(const float *x, size_t n, float eps)
{
    return (float)(1 / sqrt(tone_sum_of_products(x, x, n) / (double)n + (double)eps));
}

void tone_rms_norm_f32_c(float *y, const float *x, const float *weight, size_t n, float eps)
{
    float r = inverse_rms(x, n, eps);
    for (size_t i = 0; i < n; i++)
        y[i] = weight ? x[i] * r * weight[i] : x[i] * r;
}

void tone_add_rms_norm_f32_c(float *y, const float *x, const float *weight, size_t n, float eps, float scale)
{
    float r = inverse_rms(x, n, eps);
    for (size_t i = 0; i < n; i++)
        y[i] = (y[i] + (weight ? x[i] * r * weight[i] : x[i] * r)) * scale;
}

void tone_geglu_f32_c(float *gate, const float *up, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = gate[i];
        /* 1 + tanh(u) = 2 / (1 + exp(-2u)) does not cancel for large negative u */
        double u = 0.79788456080286535588 * (x + 0.044715 * x * x * x);
        gate[i] = (float)(x / (1 + exp(-2 * u)) * (double)up[i]);
    }
}

void tone_gated_f32_c(float *y, const float *x, const float *gate, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)((double)x[i] / (1 + exp(-(double)gate[i])));
}

void tone_softcap_f32_c(float *y, size_t n, float cap)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (float)((double)cap * tanh((double)y[i] / (double)cap));
}

void tone_rotation_f32_c(float *cosine, float *sine, double position, const double *inv_freq, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cosine[i] = (float)cos(position * inv_freq[i]);
        sine[i] = (float)sin(position * inv_freq[i]);
    }
}

void tone_rotate_f32_c(float *x, const float *cosine, const float *sine, size_t half)
{
    for (size_t i = 0; i < half; i++) {
        float a = x[i], b = x[i + half];
        x[i] = a * cosine[i] - b * sine[i];
        x[i + half] = b * cosine[i] + a * sine[i];
    }
}

void tone_add_weighted_f32_c(float *sum, size_t n_rows, const float *w, size_t w_stride, const float *v,
                             size_t v_stride, size_t n, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t p = 0; p < n; p++)
            for (size_t c = 0; c < n_cols; c++)
                sum[r * n_cols + c] += w[r * w_stride + p] * v[p * v_stride + c];
}

void tone_axpy_f32_c(float *y, float a, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

void tone_scale_f32_c(float *y, float a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] *= a;
}

float tone_max_f32_c(const float *x, size_t n)
{
    float m = -INFINITY;
    for (size_t i = 0; i < n; i++)
        m = x[i] > m ? x[i] : m;
    return m;
}

float tone_exp_sum_f32_c(float *x, size_t n, float max)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        x[i] = x[i] - max < -86.6f ? 0 : expf(x[i] - max);
        sum += (double)x[i];
    }
    return (float)sum;
}

void tone_pack_q8_0_c(uint8_t *blocks, const float *x, size_t n)
{
    for (size_t b = 0; b < n / 32; b++, x += 32, blocks += 34) {
        float largest = 0;
        for (int i = 0; i < 32; i++)
            largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
        /* below 1e-30 the half scale is 0 whatever the codes are, and 127 / largest might overflow */
        float inverse = largest > 1e-30f ? 127 / largest : 0;
        uint16_t half = tone_f16_of_f32(largest / 127);
        blocks[0] = (uint8_t)half;
        blocks[1] = (uint8_t)(half >> 8);
        for (int i = 0; i < 32; i++)
            blocks[2 + i] = (uint8_t)tone_nearest_code(x[i] * inverse, 127);
    }
}

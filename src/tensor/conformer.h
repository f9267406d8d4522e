/* tensor/conformer.h - the verbs of a conformer tower (speech), beside those of tensor/ops.h and under the same rules: float32
 * rows, nothing can fail, equal results for any number of threads and for any split of a clip into blocks. */
#ifndef TONE_TENSOR_CONFORMER_H
#define TONE_TENSOR_CONFORMER_H

#include "tensor/ops.h"

/* y[t][c] = clamp_out(silu(clamp_in(y[t][c]))), silu(x) = x / (1 + exp(-x)). */
void tone_silu_clamped(tone_ops *ops, float *y, size_t stride, size_t n_cols, size_t n, tone_bounds in, tone_bounds out);

/* y[t][c] = a / (1 + exp(-b)), a = clamp(x[t][c]), b = clamp(x[t][n_cols + c]). */
void tone_glu_clamped(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, size_t n_cols, size_t n,
                      tone_bounds b);

/* x[t][h][i] *= scale[i], i < head_dim; x (n, n_heads * head_dim). */
void tone_scale_heads(tone_ops *ops, float *x, const float *scale, size_t head_dim, size_t n_heads, size_t n);

/* y[t][c] += clamp(x[t][c]) */
void tone_add_clamped(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, size_t n_cols, size_t n,
                      tone_bounds b);

/* y[t][c] = sum_k taps[k][c] * x[t + k][c], k < n_taps: x (n + n_taps - 1, n_cols) begins with the n_taps - 1 rows before the
 * first of y. */
void tone_causal_conv(tone_ops *ops, float *y, const float *x, const float *taps, size_t n_taps, size_t n_cols, size_t n);

/* Attention to the last `window` rows, itself included, with a learned row for each distance:
 *
 *     out[t][h] = sum_m softmax_m(cap * tanh(q[t][h] . (k[t + m][h] + distance[m][h]) / cap)) v[t + m][h],  m < window
 *
 * k and v (window - 1 + n, width) begin with the window - 1 rows before the first of q; the first n_absent of all rows are not
 * there (before the clip's start).  distance (window, width): its last row belongs to the row itself. */
typedef struct tone_local {
    const float *q, *k, *v, *distance;
    size_t n_heads, head_dim, window, n_absent;
    float cap;
} tone_local;

enum { TONE_LOCAL_WINDOW_MAX = 64 };

/* out (n, width), not q, k or v. */
void tone_local_attention(tone_ops *ops, float *out, const tone_local *a, size_t n);

/* Two 3 x 3 convolutions of stride 2 in time and frequency, zeros around, each followed by a layer norm over its channels
 * (weights, no shift) and max(0, .).  Row t of y needs rows 4t - 3 … 4t + 3 of the input. */
typedef struct tone_subsampler {
    size_t n_bands;             /* of the input, a multiple of 4                                     */
    size_t n_channels0, n_channels1;
    const float *conv0, *gain0; /* (3 time, 3 frequency, channels0), (channels0)                     */
    const float *conv1, *gain1; /* (3 time, channels1, 3 frequency * channels0), (channels1)          */
    float eps;
} tone_subsampler;

/* Scratch for tone_subsample().  Call before running. */
TONE_NODISCARD tone_status tone_subsample_reserve(tone_ops *ops, const tone_subsampler *s, tone_error *err);

/* y (n, n_bands / 4 * channels1): rows first … first + n - 1 of a clip of which rows[0] is row `rows_first` and the last is row
 * rows_end - 1; rows before row 0 and from rows_end on count as zeros.  stage0, NULL or (2n + 1, n_bands / 2, channels0), gets
 * the first convolution's rows 2 first - 1 … 2 (first + n) - 1. */
typedef struct tone_subsample_span {
    const float *rows; /* (rows_end - rows_first, n_bands) */
    size_t rows_first, rows_end, first, n;
} tone_subsample_span;

void tone_subsample(tone_ops *ops, float *y, const tone_subsampler *s, const tone_subsample_span *span, float *stage0);

#endif

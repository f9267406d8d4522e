/* tensor/ops.h - layer-sized verbs over rows of floats: the seam between the model and the kernels (and, later, a GPU).
 *
 * Activations are float32, row-major, one row a token.  Weights are tone_matrix: bytes in the file's own block format,
 * never copied.  A tone_ops belongs to one thread at a time and owns its worker threads and scratch memory, which grows
 * in tone_ops_reserve() and never during a run.  No verb can fail: shapes were checked when the plan was made. */
#ifndef TONE_TENSOR_OPS_H
#define TONE_TENSOR_OPS_H

#include <stdatomic.h>

#include "base/types.h"
#include "tonesmith/base.h"

/* W: rows outputs, cols inputs; row r starts at data + r * row_bytes.  Borrowed from the file map. */
typedef struct tone_matrix {
    const uint8_t *data;
    tone_type type;
    uint32_t rows, cols;
    size_t row_bytes;
} tone_matrix;

typedef enum tone_precision {
    TONE_FAST, /* for quantised weights activations are rounded: to 16-bit codes for a few tokens, to bfloat16 for more */
    TONE_COARSE, /* as TONE_FAST, and bfloat16 for more than a few tokens whatever the weights: towers, which see rows by the
                  * hundred; also for tone_attention_whole() */
    TONE_EXACT /* weights dequantised to float32, products and sums in float32 (blocked or double accumulators)   */
} tone_precision;

typedef struct tone_ops tone_ops;

typedef struct tone_ops_options {
    uint32_t n_threads; /* 0: the number of cores this process may use */
    tone_precision precision;
    bool low_priority;   /* workers run at nice +10 */
} tone_ops_options;

/* Whether the kernels can multiply by this type (all types of tone_type_find() except the integer ones and F64). */
bool tone_ops_supports(tone_type type);

TONE_NODISCARD tone_status tone_ops_open(tone_ops **out, const tone_ops_options *opt, tone_error *err);
void tone_ops_close(tone_ops *ops);
uint32_t tone_ops_threads(const tone_ops *ops);

/* Scratch for verbs over up to n_tokens rows of x (for tone_linear_experts also up to n_tokens pairs), up to max_cols
 * inputs and max_rows outputs of a product.  Call before running; never shrinks. */
TONE_NODISCARD tone_status tone_ops_reserve(tone_ops *ops, size_t n_tokens, size_t max_cols, size_t max_rows,
                                            tone_error *err);

/* Run fn(arg, chunk, worker) for chunk 0 … n_chunks-1 over the workers (worker < tone_ops_threads); returns when all
 * are done.  Chunks are claimed from an atomic counter.  Results must not depend on which worker ran what. */
void tone_ops_run(tone_ops *ops, void (*fn)(void *arg, size_t chunk, uint32_t worker), void *arg, size_t n_chunks);

/* One product of a group that shares its input: y (n, y_stride), first w->rows of each row are written. */
typedef struct tone_product {
    const tone_matrix *w;
    float *y;        /* not NULL */
    size_t y_stride; /* floats   */
} tone_product;

/* y_i[t][r] = sum_c W_i[r][c] * x[t][c] for every product i; x (n, x_stride), all W_i have the same cols.
 * Equal results for any number of threads, and for any split of n into batches up to rounding of the sums:
 * bit-equal when TONE_EXACT.  y must not overlap x. */
void tone_linear(tone_ops *ops, const tone_product *products, size_t n_products, const float *x, size_t x_stride,
                 size_t n);

/* The rows of a batch grouped by expert: pair i, begin[e] <= i < begin[e + 1], multiplies row x_row[i] of x (NULL: row i)
 * by the matrices of expert e.  A pair is one (token, chosen expert); begin[0] = 0. */
typedef struct tone_groups {
    const uint32_t *begin; /* (n_experts + 1) */
    const uint32_t *x_row; /* (begin[n_experts]) */
    uint32_t n_experts;
} tone_groups;

/* y_p[i][r] = sum_c W_p,e[r][c] * x[x_row[i]][c] for every pair i of every expert e and every product p; x (n, x_stride).
 * w is the matrix of expert 0 (rows of one expert); those of the others follow it: data + e * rows * row_bytes.
 * Each pair equals a tone_linear() of its row with its expert's matrix. */
void tone_linear_experts(tone_ops *ops, const tone_product *products, size_t n_products, const float *x,
                         size_t x_stride, size_t n, const tone_groups *groups);

/* out[t] = sum_s weight[t * k + s] * y[pair[t * k + s]], s = 0 … k-1 in this order; rows of n_cols, n tokens. */
void tone_combine_experts(tone_ops *ops, float *out, size_t out_stride, const float *y, size_t y_stride,
                          const uint32_t *pair, const float *weight, size_t k, size_t n_cols, size_t n);

/* out[t][:] = row ids[t] of w, dequantised, times scale; out (n, out_stride). */
void tone_rows(tone_ops *ops, float *out, size_t out_stride, const tone_matrix *w, const int32_t *ids, size_t n,
               float scale);

/* y[t] = x[t] * (mean(x[t]^2) + eps)^(-1/2) * weight (NULL: 1), rows of n_cols; y may be x. */
void tone_rms_norm(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                   size_t n_cols, size_t n, float eps);

/* y[t] += rms_norm(x[t]) * weight, then y[t] *= scale. */
void tone_add_rms_norm(tone_ops *ops, float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                       size_t n_cols, size_t n, float eps, float scale);

/* gate[t][i] = gelu_tanh(gate[t][i]) * up[t][i], rows of n_cols. */
void tone_geglu(tone_ops *ops, float *gate, size_t gate_stride, const float *up, size_t up_stride, size_t n_cols,
                size_t n);

/* Bounds of values; infinite where there is none. */
typedef struct tone_bounds {
    float lo, hi;
} tone_bounds;

/* The same of clamped values: gate[t][i] = clamp(gelu_tanh(clamp(gate[t][i])) * clamp(up[t][i])); up is clamped in place. */
void tone_geglu_bounded(tone_ops *ops, float *gate, size_t gate_stride, float *up, size_t up_stride, size_t n_cols, size_t n,
                        tone_bounds of_gate, tone_bounds of_up, tone_bounds of_product);

/* Per head of hd values, in place: RMS norm times weight[hd] (NULL: 1), then rotate dimension i with i + hd/2 by
 * position[t] * inv_freq[i] (NULL inv_freq: no rotation).  x (n, x_stride), n_heads * hd values used of a row.
 * cos and sin are computed in double from the exact product, so that position 262143 is as good as position 1. */
void tone_head_norm_rope(tone_ops *ops, float *x, size_t x_stride, size_t n_heads, size_t hd, const float *weight,
                         float eps, const double *inv_freq, const int32_t *position, size_t n);

/* The same where the head is cut in two halves: the first turns by the column of a patch, the second by its row.  Dimension i
 * of a half turns with i + hd/4 by position * inv_freq[i], i < hd/4.  position (n, 2): column, row. */
void tone_head_norm_rope_2d(tone_ops *ops, float *x, size_t x_stride, size_t n_heads, size_t hd, const float *weight,
                            float eps, const double *inv_freq, const int32_t *position, size_t n);

/* y[i] = x[i], or the bound that it passes; NaN stays NaN; y may be x. */
void tone_clamp(tone_ops *ops, float *y, const float *x, float low, float high, size_t n);

/* K and V of one layer: rows of n_kv * hd values; position p is in row p % n_rows (a ring when the layer slides).
 * Where K and V come from one projection ("K = V"), k is NULL and V alone is stored: K[p] is then V[p] * k_weight, rotated
 * by p * inv_freq as tone_head_norm_rope() does. */
typedef enum tone_kv_type { TONE_KV_F32, TONE_KV_F16, TONE_KV_Q8_0 } tone_kv_type;

typedef struct tone_kv {
    uint8_t *k, *v; /* (n_rows, row_bytes) each */
    tone_kv_type type;
    uint32_t n_rows; /* capacity in positions; >= window + batch - 1 for rings */
    uint32_t n_kv, hd;
    size_t row_bytes;       /* of k and of v */
    const float *k_weight;  /* (hd); used when k is NULL */
    const double *inv_freq; /* (hd / 2); used when k is NULL */
} tone_kv;

/* 0 when the type cannot hold rows of these heads (Q8_0 needs hd to be a multiple of 32). */
size_t tone_kv_row_bytes(tone_kv_type type, uint32_t n_kv, uint32_t hd);

/* Store rows k and v (n, n_kv * hd) at positions first … first + n - 1; k is ignored where kv->k is NULL. */
void tone_kv_write(tone_ops *ops, tone_kv *kv, const float *k, const float *v, size_t stride, int64_t first, size_t n);

/* Scratch for tone_attention() over up to n_positions visible positions.  Call before running; never shrinks. */
TONE_NODISCARD tone_status tone_attention_reserve(tone_ops *ops, size_t n_heads, size_t hd, uint64_t n_positions,
                                                  tone_error *err);

/* out[t][h] = sum_p softmax_p(scale * q[t][h] . K[p][h / G]) V[p][h / G], over the positions p that token t may see:
 * lowest(t) … highest(t) inclusive, where normally highest = position and lowest = max(0, position - window + 1).
 * q and out (n, n_heads * hd) with strides; first[t], last[t] give the visible range, not empty.
 * Softmax in float32.  The result for one token does not depend on the others of the batch. */
void tone_attention(tone_ops *ops, float *out, size_t out_stride, const float *q, size_t q_stride, size_t n_heads,
                    const tone_kv *kv, const int64_t *first, const int64_t *last, float scale, size_t n);

/* The same where every token sees all of them: out (n, n_heads * hd); k and v (n, n_kv * hd), rows of k_stride floats. */
void tone_attention_whole(tone_ops *ops, float *out, size_t out_stride, const float *q, size_t q_stride, size_t n_heads,
                          const float *k, const float *v, size_t k_stride, size_t n_kv, size_t hd, float scale, size_t n);

/* Scratch for it.  Call before running; never shrinks. */
TONE_NODISCARD tone_status tone_attention_whole_reserve(tone_ops *ops, size_t n_heads, size_t n_kv, size_t hd, size_t n,
                                                        tone_error *err);

/* y[i] = cap * tanh(y[i] / cap) */
void tone_softcap(tone_ops *ops, float *y, size_t n, float cap);

/* Set from any thread: workers skip the chunks that are left, results are then undefined.  The owner clears it. */
void tone_ops_cancel(tone_ops *ops, bool cancel);
bool tone_ops_cancelled(const tone_ops *ops);

#endif

/* fused.c - the small operations of training in one pass each; fused.py compiles and binds it.
 *
 * Rows are contiguous.  Every function is single-threaded.
 * Formulas: docs/ARCHITECTURE.md's engine; gradients by hand, compared with PyTorch's by `fused.py`. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "half.h"

static inline float row_scale(const float *x, int n, float eps) {
    float s = 0;
    for (int i = 0; i < n; i++) s += x[i] * x[i];
    return 1.0f / sqrtf(s / (float)n + eps);
}

static inline void load(float *out, const void *x, int is_half, long at, int n) {
    if (is_half)
        for (int i = 0; i < n; i++) out[i] = wide(((const half *)x)[at + i]);
    else
        memcpy(out, (const float *)x + at, (size_t)n * 4);
}

enum { WIDEST = 2048 };

/* y = x / rms(x) * w, half.  x float or half; w may be NULL. */
void norm(half *y, const void *x, int is_half, const float *w, long rows, int n, float eps) {
    float v[WIDEST];
    for (long r = 0; r < rows; r++) {
        load(v, x, is_half, r * n, n);
        float s = row_scale(v, n, eps);
        if (w)
            for (int i = 0; i < n; i++) y[r * n + i] = narrow(v[i] * s * w[i]);
        else
            for (int i = 0; i < n; i++) y[r * n + i] = narrow(v[i] * s);
    }
}

/* One row: dx from dy (both float), x, w; dw is added to. */
static inline void norm_back_row(float *dx, const float *dy, const float *x, const float *w, float *dw, int n, float eps) {
    float s = row_scale(x, n, eps), dot = 0, g[WIDEST];
    for (int i = 0; i < n; i++) g[i] = w ? dy[i] * w[i] : dy[i];
    for (int i = 0; i < n; i++) dot += g[i] * x[i];
    if (dw)
        for (int i = 0; i < n; i++) dw[i] += dy[i] * x[i] * s;
    float k = dot * s * s * s / (float)n;
    for (int i = 0; i < n; i++) dx[i] = g[i] * s - x[i] * k;
}

/* The gradient of norm(): dx has x's type. */
void norm_back(void *dx, float *dw, const half *dy, const void *x, int is_half, const float *w, long rows, int n, float eps) {
    float v[WIDEST], d[WIDEST], g[WIDEST];
    for (long r = 0; r < rows; r++) {
        load(v, x, is_half, r * n, n);
        load(d, dy, 1, r * n, n);
        norm_back_row(g, d, v, w, dw, n, eps);
        if (is_half)
            for (int i = 0; i < n; i++) ((half *)dx)[r * n + i] = narrow(g[i]);
        else
            memcpy((float *)dx + r * n, g, (size_t)n * 4);
    }
}

/* One row of y = (a + h / rms(h) * w) * scale. */
static inline void join_row(float *y, const float *a, const float *h, const float *w, float scale, int n, float eps) {
    float s = row_scale(h, n, eps);
    for (int i = 0; i < n; i++) y[i] = (a[i] + h[i] * s * w[i]) * scale;
}

/* y as above, and z = y / rms(y) * next; just y when there is no next.  a, y float; h, z half. */
void join(float *y, half *z, const float *a, const half *h, const float *w, const float *next, float scale, long rows, int n, float eps) {
    float v[WIDEST], u[WIDEST];
    for (long r = 0; r < rows; r++) {
        load(v, h, 1, r * n, n);
        join_row(u, a + r * n, v, w, scale, n, eps);
        memcpy(y + r * n, u, (size_t)n * sizeof *u);
        if (next) {
            float s = row_scale(u, n, eps);
            for (int i = 0; i < n; i++) u[i] *= s * next[i];
        }
        for (int i = 0; i < n; i++) z[r * n + i] = narrow(u[i]);
    }
}

/* The gradient of join(), from those of y (NULL for zeros) and of z; dw and dnext are added to.  Returns that of scale. */
double join_back(float *da, half *dh, float *dw, float *dnext, const float *dy, const half *dz, const float *a, const half *h, const float *w, const float *next, float scale, long rows, int n, float eps) {
    float v[WIDEST], u[WIDEST], d[WIDEST], g[WIDEST];
    double total = 0;
    for (long r = 0; r < rows; r++) {
        load(v, h, 1, r * n, n);
        load(d, dz, 1, r * n, n);
        join_row(u, a + r * n, v, w, 1, n, eps);
        if (next) {
            for (int i = 0; i < n; i++) g[i] = u[i] * scale;
            norm_back_row(d, d, g, next, dnext, n, eps);
        }
        if (dy)
            for (int i = 0; i < n; i++) d[i] += dy[r * n + i];
        float dot = 0;
        for (int i = 0; i < n; i++) dot += d[i] * u[i];
        total += dot;
        for (int i = 0; i < n; i++) d[i] *= scale;
        memcpy(da + r * n, d, (size_t)n * sizeof *d);
        norm_back_row(g, d, v, w, dw, n, eps);
        for (int i = 0; i < n; i++) dh[r * n + i] = narrow(g[i]);
    }
    return total;
}

/* Heads: x (rows, heads, n) half → y (batch, heads, time, n) half: norm with w, then dimension i turns with i + n/2 by
 * cos, sin (rows, n/2). */
void turn(half *y, const half *x, const float *w, const float *cs, const float *sn, long batch, long time, int heads, int n, float eps) {
    float v[WIDEST];
    int m = n / 2;
    for (long b = 0; b < batch; b++)
        for (long t = 0; t < time; t++)
            for (int h = 0; h < heads; h++) {
                long r = b * time + t;
                load(v, x, 1, (r * heads + h) * n, n);
                float s = row_scale(v, n, eps);
                for (int i = 0; i < n; i++) v[i] *= s * w[i];
                half *out = y + ((b * heads + h) * time + t) * n;
                const float *c = cs + r * m, *q = sn + r * m;
                for (int i = 0; i < m; i++) out[i] = narrow(v[i] * c[i] - v[i + m] * q[i]);
                for (int i = 0; i < m; i++) out[i + m] = narrow(v[i + m] * c[i] + v[i] * q[i]);
            }
}

void turn_back(half *dx, float *dw, const half *dy, const half *x, const float *w, const float *cs, const float *sn, long batch, long time, int heads, int n, float eps) {
    float v[WIDEST], d[WIDEST], g[WIDEST];
    int m = n / 2;
    for (long b = 0; b < batch; b++)
        for (long t = 0; t < time; t++)
            for (int h = 0; h < heads; h++) {
                long r = b * time + t;
                load(v, x, 1, (r * heads + h) * n, n);
                const half *in = dy + ((b * heads + h) * time + t) * n;
                const float *c = cs + r * m, *q = sn + r * m;
                for (int i = 0; i < m; i++) d[i] = wide(in[i]) * c[i] + wide(in[i + m]) * q[i];
                for (int i = 0; i < m; i++) d[i + m] = wide(in[i + m]) * c[i] - wide(in[i]) * q[i];
                norm_back_row(g, d, v, w, dw, n, eps);
                for (int i = 0; i < n; i++) dx[(r * heads + h) * n + i] = narrow(g[i]);
            }
}

/* gelu(x), its tanh form, is x * bent(x): (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)). */
static inline float bent(float x) {
    return 1 / (1 + quick_exp(-1.5957691216f * (x + 0.044715f * x * x * x)));
}

/* y = gelu(a) * b */
void gate(half *restrict y, const half *restrict a, const half *restrict b, long n) {
    for (long i = 0; i < n; i++) {
        float x = wide(a[i]);
        y[i] = narrow(x * bent(x) * wide(b[i]));
    }
}

void gate_back(half *restrict da, half *restrict db, const half *restrict dy, const half *restrict a, const half *restrict b, long n) {
    for (long i = 0; i < n; i++) {
        float x = wide(a[i]), d = wide(dy[i]), s = bent(x);
        float slope = s + x * s * (1 - s) * 1.5957691216f * (1 + 3 * 0.044715f * x * x);
        db[i] = narrow(d * x * s);
        da[i] = narrow(d * wide(b[i]) * slope);
    }
}

/* Sum over rows of w * cross entropy of cap * tanh(z / cap), and its gradient in z over the sum of w; `right` counts rows
 * whose arg max is the target. */
double loss(half *dz, const half *z, const int64_t *target, const float *w, long rows, int n, float cap, float sum_w) {
    double total = 0;
    float v[1 << 15];
    for (long r = 0; r < rows; r++) {
        const half *in = z + r * n;
        half *out = dz + r * n;
        float top = -1e30f, s = 0;
        for (int i = 0; i < n; i++) v[i] = cap * tanhf(wide(in[i]) / cap);
        for (int i = 0; i < n; i++) top = v[i] > top ? v[i] : top;
        for (int i = 0; i < n; i++) s += quick_exp(v[i] - top);
        float log_s = logf(s) + top, k = w[r] / sum_w;
        total += w[r] * (log_s - v[target[r]]);
        for (int i = 0; i < n; i++) {
            float p = quick_exp(v[i] - log_s), slope = 1 - v[i] * v[i] / (cap * cap);
            out[i] = narrow((p - (i == target[r] ? 1.0f : 0.0f)) * slope * k);
        }
    }
    return total / sum_w;
}

/* fused.c - the small operations of training in one pass each; fused.py compiles and binds it.
 *
 * Rows are contiguous.  "half" is bfloat16 as uint16_t, rounded to nearest even.  Every function is single-threaded.
 * Formulas: docs/ARCHITECTURE.md's engine; gradients by hand, compared with PyTorch's by `fused.py`. */
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t half;

static inline float wide(half h) {
    uint32_t u = (uint32_t)h << 16;
    float f;
    memcpy(&f, &u, 4);
    return f;
}

static inline half narrow(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    return (half)((u + 0x7FFF + (u >> 16 & 1)) >> 16);
}

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

/* y = a + h / rms(h) * w: a, y float; h half. */
void add_norm(float *y, const float *a, const half *h, const float *w, long rows, int n, float eps) {
    float v[WIDEST];
    for (long r = 0; r < rows; r++) {
        load(v, h, 1, r * n, n);
        float s = row_scale(v, n, eps);
        for (int i = 0; i < n; i++) y[r * n + i] = a[r * n + i] + v[i] * s * w[i];
    }
}

void add_norm_back(half *dh, float *dw, const float *dy, const half *h, const float *w, long rows, int n, float eps) {
    float v[WIDEST], g[WIDEST];
    for (long r = 0; r < rows; r++) {
        load(v, h, 1, r * n, n);
        norm_back_row(g, dy + r * n, v, w, dw, n, eps);
        for (int i = 0; i < n; i++) dh[r * n + i] = narrow(g[i]);
    }
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

/* gelu, its tanh form, and the slope of it. */
static inline float bent(float x) { return tanhf(0.7978845608f * (x + 0.044715f * x * x * x)); }

/* y = gelu(a) * b */
void gate(half *y, const half *a, const half *b, long n) {
    for (long i = 0; i < n; i++) {
        float x = wide(a[i]);
        y[i] = narrow(0.5f * x * (1 + bent(x)) * wide(b[i]));
    }
}

void gate_back(half *da, half *db, const half *dy, const half *a, const half *b, long n) {
    for (long i = 0; i < n; i++) {
        float x = wide(a[i]), d = wide(dy[i]), t = bent(x);
        float slope = 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * 0.7978845608f * (1 + 3 * 0.044715f * x * x);
        db[i] = narrow(d * 0.5f * x * (1 + t));
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
        for (int i = 0; i < n; i++) s += expf(v[i] - top);
        float log_s = logf(s) + top, k = w[r] / sum_w;
        total += w[r] * (log_s - v[target[r]]);
        for (int i = 0; i < n; i++) {
            float p = expf(v[i] - log_s), slope = 1 - v[i] * v[i] / (cap * cap);
            out[i] = narrow((p - (i == target[r] ? 1.0f : 0.0f)) * slope * k);
        }
    }
    return total / sum_w;
}

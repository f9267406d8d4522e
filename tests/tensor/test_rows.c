/* Norms, GEGLU, rotation and softcap against double. */
#include "common.h"

static double rms(const float *x, size_t n, double eps)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return 1 / sqrt(sum / (double)n + eps);
}

static void test_norms(tone_ops *ops, size_t cols, size_t n, tone_random *r)
{
    size_t stride = cols + 2;
    float *x = new_floats(r, n * stride), *y = new_floats(r, n * stride), *w = new_floats(r, cols);
    float *z = new_floats(NULL, n * stride);
    double *want = calloc(n * stride + 1, sizeof *want);
    memcpy(z, y, n * stride * sizeof *z);
    for (size_t t = 0; t < n; t++) {
        double s = rms(x + t * stride, cols, 1e-6);
        for (size_t i = 0; i < stride; i++)
            want[t * stride + i] = i < cols ? (double)x[t * stride + i] * s * (double)w[i] : (double)y[t * stride + i];
    }
    tone_rms_norm(ops, y, stride, x, stride, w, cols, n, 1e-6f);
    CHECK_CASE(nmse(y, want, n * stride) < 1e-13, "norm of %zu", cols);
    for (size_t i = 0; i < n * stride; i++)
        want[i] = i % stride < cols ? ((double)z[i] + want[i]) * 0.75 : (double)z[i];
    tone_add_rms_norm(ops, z, stride, x, stride, w, cols, n, 1e-6f, 0.75f);
    CHECK_CASE(nmse(z, want, n * stride) < 1e-13, "added norm of %zu", cols);
    for (size_t t = 0; t < n; t++) {
        double s = rms(x + t * stride, cols, 1e-6);
        for (size_t i = 0; i < stride; i++)
            want[t * stride + i] = (double)x[t * stride + i] * (i < cols ? s : 1);
    }
    tone_rms_norm(ops, x, stride, x, stride, NULL, cols, n, 1e-6f);
    CHECK_CASE(nmse(x, want, n * stride) < 1e-13, "norm of %zu in place", cols);
    free(x);
    free(y);
    free(z);
    free(w);
    free(want);
}

static void test_geglu(tone_ops *ops, size_t cols, size_t n, tone_random *r)
{
    float *gate = new_floats(r, n * cols), *up = new_floats(r, n * cols);
    double *want = malloc((n * cols + 1) * sizeof *want);
    for (size_t i = 0; i < n * cols; i++) {
        gate[i] *= (float)exp(8 * (double)uniform(r));
        double x = (double)gate[i];
        double t = 1 / (1 + exp(-2 * 0.7978845608028654 * (x + 0.044715 * x * x * x)));
        want[i] = x * t * (double)up[i];
    }
    tone_geglu(ops, gate, cols, up, cols, cols, n);
    CHECK_CASE(nmse(gate, want, n * cols) < 1e-13, "geglu of %zu", cols);
    for (size_t i = 0; i < n * cols; i++)
        CHECK_CASE(fabs((double)gate[i] - want[i]) <= 2e-5 * fabs(want[i]) + 1e-37, "geglu: got %g, want %g",
                   (double)gate[i], want[i]);
    float special[4] = {INFINITY, -INFINITY, 0, -100}, one[4] = {1, 1, 1, 1};
    tone_geglu(ops, special, 4, one, 4, 4, 1);
    CHECK(special[0] == INFINITY && special[2] == 0 && fabsf(special[3]) < 1e-30f);
    free(gate);
    free(up);
    free(want);
}

static void test_rope(tone_ops *ops, size_t heads, size_t hd, tone_random *r)
{
    enum { N = 6 };
    static const int32_t position[N] = {0, 1, 511, 4097, 131071, 262143};
    double *inv_freq = malloc(hd / 2 * sizeof *inv_freq);
    for (size_t i = 0; i < hd / 2; i++)
        inv_freq[i] = i < hd / 2 * 3 / 4 ? pow(1e4, -2.0 * (double)i / (double)hd) : 0;
    size_t stride = heads * hd + 1;
    float *x = new_floats(r, N * stride), *w = new_floats(r, hd);
    double *want = calloc(N * stride, sizeof *want);
    for (size_t t = 0; t < N; t++)
        for (size_t h = 0; h < heads; h++) {
            const float *from = x + t * stride + h * hd;
            double *to = want + t * stride + h * hd, s = rms(from, hd, 1e-6);
            for (size_t i = 0; i < hd / 2; i++) {
                double a = (double)from[i] * s * (double)w[i], c = cos(position[t] * inv_freq[i]);
                double b = (double)from[i + hd / 2] * s * (double)w[i + hd / 2], d = sin(position[t] * inv_freq[i]);
                to[i] = a * c - b * d;
                to[i + hd / 2] = b * c + a * d;
            }
        }
    for (size_t t = 0; t < N; t++)
        want[t * stride + heads * hd] = (double)x[t * stride + heads * hd];
    tone_head_norm_rope(ops, x, stride, heads, hd, w, 1e-6f, inv_freq, position, N);
    CHECK_CASE(nmse(x, want, N * stride) < 1e-13, "%zu heads of %zu", heads, hd);
    free(x);
    free(w);
    free(want);
    free(inv_freq);
}

static void test_softcap(tone_ops *ops, tone_random *r)
{
    enum { N = 5001 };
    float *y = new_floats(r, N);
    double *want = malloc(N * sizeof *want);
    for (size_t i = 0; i < N; i++) {
        y[i] *= (float)exp(6 * (double)uniform(r));
        want[i] = 30 * tanh((double)y[i] / 30);
    }
    tone_softcap(ops, y, N, 30);
    for (size_t i = 0; i < N; i++)
        CHECK_CASE(fabs((double)y[i] - want[i]) <= 1e-6 * fabs(want[i]), "softcap: got %g, want %g", (double)y[i], want[i]);
    free(y);
    free(want);
}

static void test_clamp(tone_ops *ops, tone_random *r)
{
    enum { N = 40001 };
    float *x = new_floats(r, N), *y = new_floats(NULL, N + 1);
    x[7] = NAN;
    tone_clamp(ops, y, x, -0.25f, INFINITY, N);
    for (size_t i = 0; i < N; i++)
        CHECK(i == 7 ? isnan(y[i]) : y[i] == (x[i] < -0.25f ? -0.25f : x[i]));
    tone_clamp(ops, x, x, -0.5f, 0.125f, N);
    for (size_t i = 0; i < N; i++)
        CHECK(i == 7 ? isnan(x[i]) : x[i] >= -0.5f && x[i] <= 0.125f);
    CHECK(y[N] == 0);
    free(x);
    free(y);
}

/* One after the other, the verbs give the same. */
static void test_geglu_bounded(tone_ops *ops, tone_random *r)
{
    enum { COLS = 2500, N = 3, ALL = COLS * N };
    float *gate = new_floats(r, ALL), *up = new_floats(r, ALL), *want = new_floats(NULL, ALL), *other = new_floats(NULL, ALL);
    tone_clamp(ops, want, gate, -0.5f, 0.75f, ALL);
    tone_clamp(ops, other, up, -0.25f, INFINITY, ALL);
    tone_geglu(ops, want, COLS, other, COLS, COLS, N);
    tone_clamp(ops, want, want, -0.0625f, 0.125f, ALL);
    tone_geglu_bounded(ops, gate, COLS, up, COLS, COLS, N, (tone_bounds){-0.5f, 0.75f}, (tone_bounds){-0.25f, INFINITY},
                       (tone_bounds){-0.0625f, 0.125f});
    CHECK(memcmp(gate, want, ALL * sizeof *want) == 0);
    free(gate);
    free(up);
    free(want);
    free(other);
}

/* Two halves that turn by positions of their own are two heads of half the size. */
static void test_rope_2d(tone_ops *ops, tone_random *r)
{
    enum { N = 5, HD = 24, HEADS = 3 };
    static const int32_t position[2 * N] = {0, 0, 1, 0, 0, 1, 57, 41, 10239, 3};
    double inv_freq[HD / 4];
    for (int i = 0; i < HD / 4; i++)
        inv_freq[i] = pow(100, -4.0 * i / HD);
    float *x = new_floats(r, N * HEADS * HD), *want = malloc(N * HEADS * HD * sizeof *want);
    memcpy(want, x, N * HEADS * HD * sizeof *want);
    tone_head_norm_rope_2d(ops, x, HEADS * HD, HEADS, HD, NULL, 1e-6f, inv_freq, position, N);
    for (size_t t = 0; t < N; t++)
        for (size_t h = 0; h < HEADS; h++) {
            float *head = want + (t * HEADS + h) * HD;
            double s = rms(head, HD, 1e-6);
            for (size_t i = 0; i < HD / 2; i++) {
                size_t axis = i / (HD / 4), a = axis * HD / 2 + i % (HD / 4), b = a + HD / 4;
                double angle = position[2 * t + axis] * inv_freq[i % (HD / 4)], p = s * (double)head[a], q = s * (double)head[b];
                CHECK(fabs((double)x[(t * HEADS + h) * HD + a] - (p * cos(angle) - q * sin(angle))) < 2e-6);
                CHECK(fabs((double)x[(t * HEADS + h) * HD + b] - (q * cos(angle) + p * sin(angle))) < 2e-6);
            }
        }
    free(x);
    free(want);
}

int main(void)
{
    tone_random r;
    tone_error err;
    tone_random_seed(&r, 77);
    printf("seed 77\n");
    tone_ops *ops = open_ops(2, TONE_FAST);
    CHECK(tone_ops_reserve(ops, 64, 4096, 4096, &err) == TONE_OK);
    static const size_t cols[] = {1, 2, 7, 15, 16, 17, 31, 33, 64, 100, 256, 640, 1537};
    for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) {
        test_norms(ops, cols[i], 1 + i * 5, &r);
        test_geglu(ops, cols[i] * 3, 1 + i, &r);
    }
    test_rope(ops, 1, 2, &r);
    test_rope(ops, 3, 8, &r);
    test_rope(ops, 4, 36, &r);
    test_rope(ops, 8, 256, &r);
    test_rope_2d(ops, &r);
    test_clamp(ops, &r);
    test_geglu_bounded(ops, &r);
    test_softcap(ops, &r);
    tone_ops_close(ops);
    return check_done();
}

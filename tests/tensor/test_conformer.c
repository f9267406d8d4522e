/* The verbs of a conformer against double, at odd sizes; and the same bits for a clip in blocks. */
#include "common.h"
#include "tensor/conformer.h"

static double clamp(double x, tone_bounds b)
{
    return fmin(fmax(x, (double)b.lo), (double)b.hi);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void test_gates(tone_ops *ops, size_t cols, size_t n, tone_random *r)
{
    const tone_bounds in = {-0.5f, 0.75f}, out = {-0.1f, 0.3f}, free_ = {-INFINITY, INFINITY};
    size_t stride = cols + 3;
    float *x = new_floats(r, n * 2 * cols), *y = new_floats(r, n * stride), *z = new_floats(NULL, n * stride);
    double *want = calloc(n * stride + 1, sizeof *want);
    for (int bound = 0; bound < 2; bound++) {
        memcpy(z, y, n * stride * sizeof *z);
        for (size_t i = 0; i < n * stride; i++) {
            double v = bound ? clamp((double)y[i], in) : (double)y[i];
            v *= sigmoid(v);
            want[i] = i % stride < cols ? bound ? clamp(v, out) : v : (double)y[i];
        }
        tone_silu_clamped(ops, z, stride, cols, n, bound ? in : free_, bound ? out : free_);
        CHECK_CASE(nmse(z, want, n * stride) < 1e-13, "silu of %zu, bounds %d", cols, bound);
    }
    for (size_t i = 0; i < n * stride; i++) {
        size_t t = i / stride, c = i % stride;
        const float *row = x + t * 2 * cols;
        want[i] = c < cols ? clamp((double)row[c], in) * sigmoid(clamp((double)row[cols + c], in)) : (double)z[i];
    }
    tone_glu_clamped(ops, z, stride, x, 2 * cols, cols, n, in);
    CHECK_CASE(nmse(z, want, n * stride) < 1e-13, "gated linear of %zu", cols);
    for (size_t i = 0; i < n * stride; i++)
        want[i] = (double)z[i] + (i % stride < cols ? clamp((double)x[i / stride * 2 * cols + i % stride], out) : 0);
    tone_add_clamped(ops, z, stride, x, 2 * cols, cols, n, out);
    CHECK_CASE(nmse(z, want, n * stride) < 1e-13, "sum of %zu", cols);
    free(x);
    free(y);
    free(z);
    free(want);
}

static void test_conv(tone_ops *ops, size_t cols, size_t n_taps, size_t n, tone_random *r)
{
    float *x = new_floats(r, (n + n_taps - 1) * cols), *taps = new_floats(r, n_taps * cols), *y = new_floats(NULL, n * cols);
    double *want = calloc(n * cols + 1, sizeof *want);
    for (size_t i = 0; i < n * cols; i++)
        for (size_t k = 0; k < n_taps; k++)
            want[i] += (double)taps[k * cols + i % cols] * (double)x[k * cols + i];
    tone_causal_conv(ops, y, x, taps, n_taps, cols, n);
    CHECK_CASE(nmse(y, want, n * cols) < 1e-13, "%zu taps of %zu", n_taps, cols);
    free(x);
    free(taps);
    free(y);
    free(want);
}

static void want_attention(double *want, const tone_local *a, size_t t, size_t h)
{
    size_t d = a->head_dim, width = a->n_heads * d, at = h * d;
    double score[TONE_LOCAL_WINDOW_MAX], sum = 0;
    for (size_t m = 0; m < a->window; m++) {
        double s = 0;
        for (size_t i = 0; i < d; i++)
            s += (double)a->q[t * width + at + i] * ((double)a->k[(t + m) * width + at + i] + (double)a->distance[m * width + at + i]);
        score[m] = t + m < a->n_absent ? 0 : exp((double)a->cap * tanh(s / (double)a->cap));
        sum += score[m];
    }
    for (size_t i = 0; i < d; i++) {
        double v = 0;
        for (size_t m = 0; m < a->window; m++)
            v += score[m] / sum * (double)a->v[(t + m) * width + at + i];
        want[t * width + at + i] = v;
    }
}

static void test_local(tone_ops *ops, size_t n_heads, size_t d, size_t window, size_t n_absent, size_t n, tone_random *r)
{
    size_t width = n_heads * d, back = window - 1;
    float *q = new_floats(r, n * width), *k = new_floats(r, (back + n) * width), *v = new_floats(r, (back + n) * width);
    float *distance = new_floats(r, window * width), *out = new_floats(NULL, n * width), *blocks = new_floats(NULL, n * width);
    double *want = calloc(n * width + 1, sizeof *want);
    for (size_t i = 0; i < n * width; i++)
        q[i] *= 6; /* so that the cap is felt */
    tone_local a = {.q = q, .k = k, .v = v, .distance = distance, .n_heads = n_heads, .head_dim = d, .window = window,
                    .n_absent = n_absent, .cap = 3};
    for (size_t t = 0; t < n; t++)
        for (size_t h = 0; h < n_heads; h++)
            want_attention(want, &a, t, h);
    tone_local_attention(ops, out, &a, n);
    CHECK_CASE(nmse(out, want, n * width) < 1e-11, "%zu heads of %zu, window %zu, %zu absent: %g", n_heads, d, window, n_absent,
               nmse(out, want, n * width));
    for (size_t t = 0; t < n; t++) { /* one row at a time */
        a.q = q + t * width;
        a.k = k + t * width;
        a.v = v + t * width;
        a.n_absent = n_absent > t ? n_absent - t : 0;
        tone_local_attention(ops, blocks + t * width, &a, 1);
    }
    CHECK(!memcmp(out, blocks, n * width * sizeof *out));
    free(q);
    free(k);
    free(v);
    free(distance);
    free(out);
    free(blocks);
    free(want);
}

/* relu(layer norm(3 x 3 convolution of stride 2)): in (rows, columns, from) to out ((rows + 1) / 2, columns / 2, to); value of
 * tap (a, b), input i, output o by `weight`. */
static void want_conv(double *out, const double *in, size_t rows, size_t columns, size_t from, size_t to, const float *gain,
                      double (*weight)(const float *w, const size_t *n, size_t a, size_t b, size_t i, size_t o), const float *w)
{
    const size_t n[2] = {from, to};
    for (size_t t = 0; t < (rows + 1) / 2; t++)
        for (size_t f = 0; f < columns / 2; f++) {
            double *y = out + (t * (columns / 2) + f) * to, mean = 0, var = 0;
            for (size_t o = 0; o < to; o++) {
                y[o] = 0;
                for (size_t a = 0; a < 3; a++)
                    for (size_t b = 0; b < 3; b++)
                        if (2 * t + a >= 1 && 2 * t + a - 1 < rows && 2 * f + b >= 1 && 2 * f + b - 1 < columns)
                            for (size_t i = 0; i < from; i++)
                                y[o] += weight(w, n, a, b, i, o) * in[((2 * t + a - 1) * columns + 2 * f + b - 1) * from + i];
                mean += y[o] / (double)to;
            }
            for (size_t o = 0; o < to; o++)
                var += (y[o] - mean) * (y[o] - mean) / (double)to;
            for (size_t o = 0; o < to; o++)
                y[o] = fmax(0, (y[o] - mean) / sqrt(var + 1e-6) * (double)gain[o]);
        }
}

static double weight0(const float *w, const size_t *n, size_t a, size_t b, size_t i, size_t o)
{
    (void)i;
    return (double)w[(3 * a + b) * n[1] + o];
}

static double weight1(const float *w, const size_t *n, size_t a, size_t b, size_t i, size_t o)
{
    return (double)w[((a * n[1] + o) * 3 + b) * n[0] + i];
}

static void test_subsample(tone_ops *ops, size_t bands, size_t c0, size_t c1, size_t rows, tone_random *r)
{
    float *x = new_floats(r, rows * bands), *w0 = new_floats(r, 9 * c0), *w1 = new_floats(r, 9 * c0 * c1);
    float *g0 = new_floats(r, c0), *g1 = new_floats(r, c1);
    size_t n = (rows + 3) / 4, width = bands / 4 * c1;
    float *y = new_floats(NULL, n * width), *blocks = new_floats(NULL, n * width);
    double *in = calloc(rows * bands + 1, sizeof *in), *mid = calloc((rows + 1) / 2 * bands / 2 * c0 + 1, sizeof *mid);
    double *want = calloc(n * width + 1, sizeof *want);
    for (size_t i = 0; i < rows * bands; i++)
        in[i] = (double)x[i];
    want_conv(mid, in, rows, bands, 1, c0, g0, weight0, w0);
    want_conv(want, mid, (rows + 1) / 2, bands / 2, c0, c1, g1, weight1, w1);
    const tone_subsampler s = {bands, c0, c1, w0, g0, w1, g1, 1e-6f};
    tone_error err;
    CHECK(tone_subsample_reserve(ops, &s, &err) == TONE_OK);
    tone_subsample(ops, y, &s, &(tone_subsample_span){x, 0, rows, 0, n}, NULL);
    CHECK_CASE(nmse(y, want, n * width) < 1e-11, "%zu rows of %zu, %zu and %zu channels: %g", rows, bands, c0, c1, nmse(y, want, n * width));
    for (size_t t = 0; t < n; t++) { /* one row at a time, with no more of the input than it needs */
        size_t from = t ? 4 * t - 3 : 0, end = 4 * t + 4 < rows ? 4 * t + 4 : rows;
        tone_subsample(ops, blocks + t * width, &s, &(tone_subsample_span){x + from * bands, from, end, t, 1}, NULL);
    }
    CHECK(!memcmp(y, blocks, n * width * sizeof *y));
    free(x);
    free(w0);
    free(w1);
    free(g0);
    free(g1);
    free(y);
    free(blocks);
    free(in);
    free(mid);
    free(want);
}

int main(void)
{
    tone_random r;
    tone_random_seed(&r, 31);
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        tone_ops *ops = open_ops(threads, TONE_EXACT);
        const size_t cols[] = {1, 7, 64, 1023, 1025, 4096};
        for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) {
            test_gates(ops, cols[i], 3, &r);
            test_conv(ops, cols[i], 1 + i, 5, &r);
        }
        test_local(ops, 1, 2, 1, 0, 3, &r);
        test_local(ops, 3, 10, 5, 4, 9, &r);
        test_local(ops, 8, 128, 12, 11, 30, &r);
        test_local(ops, 2, 33, TONE_LOCAL_WINDOW_MAX, 40, 7, &r);
        test_subsample(ops, 4, 1, 1, 1, &r);
        test_subsample(ops, 8, 5, 3, 6, &r);
        test_subsample(ops, 128, 16, 9, 21, &r);
        test_subsample(ops, 128, 128, 32, 8, &r);
        tone_ops_close(ops);
    }
    return check_done();
}

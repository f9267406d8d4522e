/* Every kernel of float32 rows of every table against double: all lengths from 0, buffers that end at an unreadable page. */
#include <float.h>
#include <math.h>

#include "base/random.h"
#include "blocks.h"
#include "check.h"
#include "guard.h"
#include "kern/half.h"
#include "kern/kern.h"

static tone_random rng;

/* Within `units` of the last place of float32, or of `scale` where cancellation makes the result small. */
static void check_near(float got, double want, double scale, double units, const char *cpu, const char *what, size_t n)
{
    bool same = isnan(want) ? isnan(got) : (double)got == want;
    double bound = units * (double)FLT_EPSILON / 2 * fmax(fabs(want), scale) + 1.5e-45;
    CHECK_CASE(same || fabs((double)got - want) <= bound, "%s %s, %zu: got %.9g, want %.9g", cpu, what, n, (double)got, want);
}

static float *fill(const guard *g, size_t n, double spread)
{
    float *x = guard_end(g, n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = uniform(&rng) * (float)exp(spread * (double)uniform(&rng));
    return x;
}

static double rms(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return 1 / sqrt(sum / (double)n + 1e-6);
}

static void test_norms(const tone_kern *k, size_t n, guard g[4])
{
    if (!n)
        return;
    float *x = fill(&g[0], n, 2), *w = fill(&g[1], n, 1), *y = fill(&g[2], n, 1), before[600];
    double r = rms(x, n);
    memcpy(before, y, n * sizeof *y);
    k->add_rms_norm_f32(y, x, w, n, 1e-6f, 0.3f);
    for (size_t i = 0; i < n; i++) {
        double term = (double)x[i] * r * (double)w[i], scale = (double)0.3f;
        check_near(y[i], ((double)before[i] + term) * scale, (fabs((double)before[i]) + fabs(term)) * scale, 8, k->name,
                   "add_rms_norm", n);
    }
    k->rms_norm_f32(y, x, w, n, 1e-6f);
    for (size_t i = 0; i < n; i++)
        check_near(y[i], (double)x[i] * r * (double)w[i], 0, 8, k->name, "rms_norm", n);
    memcpy(before, x, n * sizeof *x);
    k->rms_norm_f32(x, x, NULL, n, 1e-6f);
    for (size_t i = 0; i < n; i++)
        check_near(x[i], (double)before[i] * r, 0, 8, k->name, "rms_norm in place", n);
}

static void test_activations(const tone_kern *k, size_t n, guard g[4])
{
    float *gate = fill(&g[0], n, 5), *up = fill(&g[1], n, 1), before[600];
    memcpy(before, gate, n * sizeof *gate);
    k->geglu_f32(gate, up, n);
    for (size_t i = 0; i < n; i++) {
        double x = (double)before[i], u = 0.7978845608028654 * (x + 0.044715 * x * x * x);
        /* the error of u counts |2u| times in e^2u; where that overflows the result is 0 */
        check_near(gate[i], x / (1 + exp(-2 * u)) * (double)up[i], 1e-32, 6 + 4 * fmin(fabs(u), 60), k->name, "geglu", n);
    }
    float *y = fill(&g[2], n, 6);
    memcpy(before, y, n * sizeof *y);
    k->softcap_f32(y, n, 30);
    for (size_t i = 0; i < n; i++)
        check_near(y[i], 30 * tanh((double)before[i] / 30), 0, 8, k->name, "softcap", n);

    up = fill(&g[1], n, 1);
    gate = fill(&g[0], n, 60);
    if (n > 1) { /* past the range of the exponential */
        gate[0] = -200;
        gate[1] = 200;
    }
    k->gated_f32(y, up, gate, n);
    for (size_t i = 0; i < n; i++)
        check_near(y[i], (double)up[i] / (1 + exp(-(double)gate[i])), 1e-29, 6, k->name, "gated", n);
    memcpy(before, gate, n * sizeof *gate);
    k->gated_f32(gate, gate, gate, n);
    for (size_t i = 0; i < n; i++)
        check_near(gate[i], (double)before[i] / (1 + exp(-(double)before[i])), 1e-29, 6, k->name, "silu in place", n);
}

static void test_softmax(const tone_kern *k, size_t n, guard g[4])
{
    float *x = fill(&g[0], n, 4), before[600], max = k->max_f32(x, n), want_max = -INFINITY;
    for (size_t i = 0; i < n; i++)
        want_max = fmaxf(want_max, x[i]);
    CHECK_CASE(max == want_max, "%s max of %zu: %g", k->name, n, (double)max);
    memcpy(before, x, n * sizeof *x);
    double sum = 0, total = (double)k->exp_sum_f32(x, n, n ? max : 0);
    for (size_t i = 0; i < n; i++) {
        double e = before[i] - max < -86.6f ? 0 : exp((double)(before[i] - max));
        sum += e;
        check_near(x[i], e, 0, 4, k->name, "exp_sum", n);
    }
    check_near((float)total, sum, sum, 16, k->name, "exp_sum total", n);
}

static void test_exp_limits(const tone_kern *k)
{
    static const float xs[] = {0, -0.0f, 88.7f, 88.8f, 100, 1e30f, INFINITY, -86.5f, -87, -88, -100, -104.1f, -1e30f, -INFINITY};
    for (size_t i = 0; i < sizeof xs / sizeof *xs; i++) {
        float x = xs[i];
        k->exp_sum_f32(&x, 1, 0);
        double want = exp((double)xs[i]) > (double)FLT_MAX ? INFINITY : xs[i] < -86.6f ? 0 : exp((double)xs[i]);
        check_near(x, want, 0, 4, k->name, "exp", i);
    }
    float nan = NAN, inf[2] = {INFINITY, -INFINITY};
    k->exp_sum_f32(&nan, 1, 0);
    CHECK(isnan(nan));
    nan = NAN;
    k->softcap_f32(&nan, 1, 30);
    CHECK(isnan(nan));
    k->softcap_f32(inf, 2, 30);
    CHECK(inf[0] == 30 && inf[1] == -30);
}

static void test_rotation(const tone_kern *k, size_t n, guard g[4])
{
    float *c = guard_end(&g[0], n * 4), *s = guard_end(&g[1], n * 4), *x = fill(&g[2], 2 * n, 1), before[1200];
    double *freq = guard_end(&g[3], n * 8);
    for (size_t i = 0; i < n; i++)
        freq[i] = i % 7 == 6 ? 0 : pow(1e4, -tone_random_unit(&rng));
    static const double positions[] = {0, 1, 2, 511, 4097, 131071, 262143};
    for (size_t p = 0; p < sizeof positions / sizeof *positions; p++) {
        k->rotation_f32(c, s, positions[p], freq, n);
        for (size_t i = 0; i < n; i++) {
            check_near(c[i], cos(positions[p] * freq[i]), 1e-3, 4, k->name, "cos", n);
            check_near(s[i], sin(positions[p] * freq[i]), 1e-3, 4, k->name, "sin", n);
        }
        memcpy(before, x, 2 * n * sizeof *x);
        k->rotate_f32(x, c, s, n);
        for (size_t i = 0; i < n; i++) {
            double a = (double)before[i], b = (double)before[i + n], cc = (double)c[i], ss = (double)s[i];
            check_near(x[i], a * cc - b * ss, fabs(a * cc) + fabs(b * ss), 4, k->name, "rotate", n);
            check_near(x[i + n], b * cc + a * ss, fabs(b * cc) + fabs(a * ss), 4, k->name, "rotate", n);
        }
    }
}

static void test_sums(const tone_kern *k, size_t n, guard g[4])
{
    float *y = fill(&g[0], n, 1), *x = fill(&g[1], n, 1), before[600];
    memcpy(before, y, n * sizeof *y);
    k->axpy_f32(y, 0.7f, x, n);
    for (size_t i = 0; i < n; i++)
        check_near(y[i], (double)before[i] + (double)0.7f * (double)x[i],
                   fabs((double)before[i]) + fabs((double)x[i]), 4, k->name, "axpy", n);
    memcpy(before, x, n * sizeof *x);
    k->scale_f32(x, -1.7f, n);
    for (size_t i = 0; i < n; i++)
        check_near(x[i], (double)-1.7f * (double)before[i], 0, 1, k->name, "scale", n);

    for (size_t rows = 0; rows <= 6; rows += 1 + rows / 3)
        for (size_t p = 0; p <= 5; p++) {
            float v[5 * 603], w[6 * 7], *sum = malloc(rows * n * 4 + 1), *start = malloc(rows * n * 4 + 1);
            for (size_t i = 0; i < p * (n + 3); i++)
                v[i] = uniform(&rng);
            for (size_t i = 0; i < 42; i++)
                w[i] = uniform(&rng);
            for (size_t i = 0; i < rows * n; i++)
                sum[i] = start[i] = uniform(&rng);
            k->add_weighted_f32(sum, rows, w, 7, v, n + 3, p, n);
            for (size_t r = 0; r < rows; r++)
                for (size_t c = 0; c < n; c++) {
                    double want = (double)start[r * n + c], terms = fabs(want);
                    for (size_t q = 0; q < p; q++) {
                        want += (double)w[r * 7 + q] * (double)v[q * (n + 3) + c];
                        terms += fabs((double)w[r * 7 + q] * (double)v[q * (n + 3) + c]);
                    }
                    check_near(sum[r * n + c], want, terms, 8, k->name, "add_weighted", n);
                }
            free(sum);
            free(start);
        }
}

static void test_half(const tone_kern *k, guard g[4])
{
    float *wide = malloc(65536 * sizeof *wide);
    uint16_t *all = malloc(65536 * sizeof *all), *back = malloc(65536 * sizeof *back);
    for (uint32_t i = 0; i < 65536; i++)
        all[i] = (uint16_t)i;
    k->f16_to_f32(wide, all, 65536);
    k->f32_to_f16(back, wide, 65536);
    for (uint32_t i = 0; i < 65536; i++) {
        bool nan = (i & 0x7fff) > 0x7c00;
        double want = ldexp((i & 0x3ff) + (i & 0x7c00 ? 1024 : 0), (int)(i >> 10 & 31) - (i & 0x7c00 ? 25 : 24));
        if ((i & 0x7fff) == 0x7c00)
            want = INFINITY;
        CHECK_CASE(nan ? isnan(wide[i]) : (double)wide[i] == (i & 0x8000 ? -want : want), "%s half %04x", k->name, i);
        CHECK_CASE(nan ? (back[i] & 0x7fff) > 0x7c00 : back[i] == i, "%s half %04x came back as %04x", k->name, i, back[i]);
    }
    /* rounding to nearest even, for numbers between two halves and past the largest */
    for (int i = 0; i < 65536; i++) {
        float f = tone_f32_of_bits((uint32_t)tone_random_u64(&rng)), scaled = i % 2 ? f : uniform(&rng) * 1e-6f;
        uint16_t got;
        k->f32_to_f16(&got, &scaled, 1);
        if (isnan(scaled))
            CHECK((got & 0x7fff) > 0x7c00);
        else
            CHECK_CASE(got == tone_f16_of_f32(scaled), "%s %a became %04x", k->name, (double)scaled, got);
        double low = (double)tone_f32_of_f16((uint16_t)(got - 1)), high = (double)tone_f32_of_f16((uint16_t)(got + 1));
        if ((got & 0x7fff) < 0x7bff && (got & 0x7fff) > 0) {
            double at = (double)tone_f32_of_f16(got), error = fabs(at - (double)scaled);
            CHECK_CASE(error <= fabs(low - (double)scaled) && error <= fabs(high - (double)scaled), "%a is not %04x",
                       (double)scaled, got);
        }
    }
    for (size_t n = 0; n <= 70; n++) {
        uint16_t *h = guard_end(&g[0], n * 2);
        float *f = guard_end(&g[1], n * 4);
        memcpy(h, all + 15000, n * 2);
        k->f16_to_f32(f, h, n);
        k->f32_to_f16(h, f, n);
        CHECK(memcmp(h, all + 15000, n * 2) == 0);
        k->bf16_to_f32(f, h, n);
        for (size_t i = 0; i < n; i++)
            CHECK(tone_bits_of_f32(f[i]) == (uint32_t)h[i] << 16);
    }
    free(wide);
    free(all);
    free(back);
}

static void test_pack_q8_0(const tone_kern *k, guard g[4])
{
    for (size_t n = 0; n <= 256; n += 32) {
        float *x = fill(&g[0], n, 2);
        uint8_t *b = guard_end(&g[1], n / 32 * 34), want[8 * 34];
        if (n >= 64)
            memset(x + 32, 0, 32 * sizeof *x);
        k->pack_q8_0(b, x, n);
        tone_pack_q8_0_c(want, x, n);
        CHECK_CASE(memcmp(b, want, n / 32 * 34) == 0, "%s pack_q8_0 %zu", k->name, n);
    }
}

static void test_table(const char *cpu)
{
    tone_kern k;
    guard g[4] = {guard_new(4096), guard_new(4096), guard_new(8192), guard_new(8192)};
    if (!tone_kern_select(&k, cpu)) {
        printf("%s: skipped, not on this processor\n", cpu);
        return;
    }
    for (size_t n = 0; n <= 520; n += n < 80 ? 1 : 37) {
        test_norms(&k, n, g);
        test_activations(&k, n, g);
        test_softmax(&k, n, g);
        test_rotation(&k, n, g);
        test_sums(&k, n, g);
    }
    test_exp_limits(&k);
    test_half(&k, g);
    test_pack_q8_0(&k, g);
    for (int i = 0; i < 4; i++)
        guard_free(&g[i]);
}

int main(void)
{
    tone_random_seed(&rng, 11);
    printf("seed 11\n");
    for (size_t i = 0; tone_kern_name(i); i++)
        test_table(tone_kern_name(i));
    return check_done();
}

/* The FFT against the sum it stands for. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "signal/fft.h"

enum { MOST = 1 << 15 };

static double x[MOST], back[MOST], re[MOST / 2 + 1], im[MOST / 2 + 1], work[2 * MOST + 1024];

/* One bin by the definition, in long double; *terms is the sum of the magnitudes, which bounds the rounding. */
static void one_bin(size_t n, size_t n_x, size_t k, double *want_re, double *want_im, double *terms)
{
    long double sr = 0, si = 0, all = 0;
    for (size_t j = 0; j < n_x; j++) {
        long double a = 2 * 3.14159265358979323846264338327950288L * (long double)(j * k % n) / (long double)n;
        sr += (long double)x[j] * cosl(a);
        si -= (long double)x[j] * sinl(a);
        all += fabsl((long double)x[j]);
    }
    *want_re = (double)sr;
    *want_im = (double)si;
    *terms = (double)all;
}

static void test_length(size_t n, size_t n_x, tone_random *rng)
{
    tone_fft *f;
    if (!CHECK(tone_fft_new(&f, n, NULL) == TONE_OK))
        return;
    CHECK(tone_fft_length(f) == n && tone_fft_work(f) <= 2 * MOST + 1024);
    for (size_t i = 0; i < n; i++)
        x[i] = tone_random_unit(rng) * 2 - 1;
    tone_fft_forward(f, re, im, x, n_x, work);
    size_t bins = n / 2 + 1, step = bins > 200 ? bins / 67 : 1;
    for (size_t k = 0; k < bins; k += step) {
        double wr, wi, terms;
        one_bin(n, n_x < n ? n_x : n, k, &wr, &wi, &terms);
        double most = 4e-16 * terms;
        CHECK_CASE(fabs(re[k] - wr) <= most && fabs(im[k] - wi) <= most, "n %zu, bin %zu: %g %g", n, k, re[k] - wr, im[k] - wi);
    }
    tone_fft_inverse(f, back, re, im, work);
    double worst = 0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(back[i] - (i < n_x ? x[i] : 0)));
    CHECK_CASE(worst < 2e-15, "n %zu: back within %g", n, worst);
    tone_fft_free(f);
}

int main(void)
{
    tone_random rng;
    tone_random_seed(&rng, 1);
    for (size_t n = 4; n <= MOST; n *= 2) {
        test_length(n, n, &rng);
        test_length(n, n + 7, &rng); /* the rest is not looked at */
        test_length(n, n * 3 / 10, &rng);
        test_length(n, n - 1, &rng);
        test_length(n, 0, &rng);
    }
    tone_fft *f;
    tone_error err;
    CHECK(tone_fft_new(&f, 0, &err) == TONE_ERR_ARGUMENT && f == NULL);
    CHECK(tone_fft_new(&f, 2, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_fft_new(&f, 1000, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_fft_new(&f, SIZE_MAX / 2 + 1, &err) == TONE_ERR_ARGUMENT);
    tone_fft_free(NULL);
    CHECK(tone_fft_size_for(0) == 4 && tone_fft_size_for(2048) == 2048 && tone_fft_size_for(2049) == 4096);
    return check_done();
}

/* Sines keep their level and place; what lies above half the new rate is gone; pieces of any size give the same bits. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "signal/resample.h"

static const double turn = 6.283185307179586476925;

/* n frames of a sine, the same on all channels. */
static float *sine(double hz, uint32_t rate, uint32_t n_channels, size_t n)
{
    float *x = malloc(n * n_channels * sizeof *x);
    for (size_t i = 0; i < n * n_channels; i++)
        x[i] = (float)(0.5 * sin(turn * hz * (double)(i / n_channels) / rate));
    return x;
}

static void check_sine(uint32_t rate, uint32_t n_channels)
{
    size_t n = rate; /* a second */
    float *x = sine(440, rate, n_channels, n);
    tone_samples out = {0};
    tone_error err = {0};
    CHECK(tone_resample(&out, x, n, rate, n_channels, 16000, &err) == TONE_OK);
    CHECK_CASE(out.n + 1 >= 16000 && out.n <= 16001, "%u Hz: %zu samples", rate, out.n);
    double worst = 0;
    for (size_t i = 1000; i + 1000 < out.n; i++)
        worst = fmax(worst, fabs((double)out.x[i] - 0.5 * sin(turn * 440 * (double)i / 16000)));
    CHECK_CASE(worst < 1e-4, "%u Hz: off by %g", rate, worst);
    tone_samples_clear(&out);
    free(x);
}

static void check_alias(void)
{
    float *x = sine(9000, 44100, 1, 44100);
    tone_samples out = {0};
    tone_error err = {0};
    CHECK(tone_resample(&out, x, 44100, 44100, 1, 16000, &err) == TONE_OK);
    float peak = 0;
    for (size_t i = 1000; i + 1000 < out.n; i++)
        peak = fabsf(out.x[i]) > peak ? fabsf(out.x[i]) : peak;
    CHECK_CASE(peak < 1e-4f, "%g", (double)peak);
    tone_samples_clear(&out);
    free(x);
}

static void check_pieces(uint32_t rate)
{
    tone_random r;
    tone_random_seed(&r, 21);
    size_t n = 20000;
    float *x = malloc(2 * n * sizeof *x);
    for (size_t i = 0; i < 2 * n; i++)
        x[i] = (float)(tone_random_unit(&r) - 0.5);
    tone_samples whole = {0}, pieces = {0};
    tone_error err = {0};
    tone_resampler *s;
    CHECK(tone_resample(&whole, x, n, rate, 2, 16000, &err) == TONE_OK);
    CHECK(tone_resampler_open(&s, rate, 2, 16000, &err) == TONE_OK);
    for (size_t at = 0; at < n;) {
        size_t m = tone_random_below(&r, 700);
        m = m < n - at ? m : n - at;
        CHECK(tone_resampler_feed(s, &pieces, x + 2 * at, m, &err) == TONE_OK);
        at += m;
    }
    CHECK(tone_resampler_finish(s, &pieces, &err) == TONE_OK);
    tone_resampler_close(s);
    CHECK_CASE(whole.n == pieces.n && !memcmp(whole.x, pieces.x, whole.n * sizeof *whole.x), "%u Hz", rate);
    tone_samples_clear(&whole);
    tone_samples_clear(&pieces);
    free(x);
}

static void check_refusals(void)
{
    tone_samples out = {0};
    tone_error err = {0};
    const float bad[6] = {0, 0, 0, NAN, 0, 0};
    CHECK(tone_resample(&out, bad, 6, 16000, 1, 16000, &err) == TONE_ERR_FORMAT);
    CHECK(tone_resample(&out, bad, 3, 0, 1, 16000, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_resample(&out, bad, 3, 16000, 0, 16000, &err) == TONE_ERR_ARGUMENT);
    const float stereo[4] = {1, 0, 0.25f, 0.75f};
    tone_samples_clear(&out);
    CHECK(tone_resample(&out, stereo, 2, 16000, 2, 16000, &err) == TONE_OK && out.n == 2 && out.x[0] == 0.5f && out.x[1] == 0.5f);
    tone_samples_clear(&out);
}

int main(void)
{
    check_sine(44100, 2);
    check_sine(48000, 1);
    check_sine(8000, 1);
    check_sine(16000, 3);
    check_alias();
    check_pieces(44100);
    check_pieces(16000);
    check_pieces(11025);
    check_refusals();
    return check_done();
}

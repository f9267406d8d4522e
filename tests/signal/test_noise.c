/* The level of speech whatever stands around it, and the colour of the noise. */
#include "signal/noise.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "signal/fft.h"

enum { RATE = 16000 };

static double db(double ratio)
{
    return 20 * log10(ratio);
}

/* A second of buzz in five syllables, then `silence` seconds of a room 50 dB below it. */
static float *speech(size_t *n, double silence)
{
    *n = (size_t)(RATE * (1 + silence));
    float *x = calloc(*n, sizeof *x);
    for (size_t i = 0; x && i < *n; i++) {
        double loud = i < RATE ? pow(fabs(sin(5 * 3.14159265 * (double)i / RATE)), 0.5) : 0;
        x[i] = (float)(0.2 * loud * sin(0.3 * (double)i) + 0.0006 * (i % 2 ? 1 : -1));
    }
    return x;
}

static void check_level(void)
{
    size_t n;
    float *x = speech(&n, 0);
    double alone = tone_speech_rms(x, n, RATE), plain = 0;
    for (size_t i = 0; i < n; i++)
        plain += (double)(x[i] * x[i]) / (double)n;
    CHECK_CASE(fabs(db(alone / sqrt(plain))) < 0.5, "without pauses it is the RMS: %.2f dB", db(alone / sqrt(plain)));
    free(x);
    for (double silence = 0.5; silence < 20; silence *= 3) {
        x = speech(&n, silence);
        double level = tone_speech_rms(x, n, RATE);
        CHECK_CASE(fabs(db(level / alone)) < 0.1, "%.1f s of silence change it by %.2f dB", silence, db(level / alone));
        for (size_t i = 0; i < n; i++)
            x[i] *= 0.01F;
        CHECK_CASE(fabs(db(tone_speech_rms(x, n, RATE) / level) + 40) < 0.01, "a hundredth of it");
        free(x);
    }
    static const float silent[1000];
    CHECK(tone_speech_rms(silent, 1000, RATE) == 0 && tone_speech_rms(silent, 0, RATE) == 0);
    static const float one[1] = {0.5F};
    CHECK(fabs(tone_speech_rms(one, 1, 8) - 0.5) < 1e-9);
}

/* Power of x between two frequencies. */
static double band(const float *x, size_t n, double from, double to)
{
    tone_fft *fft = NULL;
    double sum = 0;
    size_t size = tone_fft_size_for(n);
    CHECK(tone_fft_new(&fft, size, NULL) == TONE_OK);
    double *re = calloc(size / 2 + 1, sizeof *re), *im = calloc(size / 2 + 1, sizeof *im), *wide = calloc(n, sizeof *wide);
    double *work = malloc(tone_fft_work(fft) * sizeof *work);
    for (size_t i = 0; i < n; i++)
        wide[i] = (double)x[i];
    tone_fft_forward(fft, re, im, wide, n, work);
    for (size_t k = 0; k <= size / 2; k++) {
        double hz = (double)k * RATE / (double)size;
        sum += hz >= from && hz < to ? re[k] * re[k] + im[k] * im[k] : 0;
    }
    free(re);
    free(im);
    free(wide);
    free(work);
    tone_fft_free(fft);
    return sum;
}

static void check_pink(void)
{
    enum { N = 1 << 17 };
    static float a[N], b[N];
    tone_error err = {0};
    CHECK(tone_pink_noise(a, N, RATE, 7, &err) == TONE_OK && tone_pink_noise(b, N, RATE, 7, &err) == TONE_OK);
    CHECK(memcmp(a, b, sizeof a) == 0);
    CHECK(tone_pink_noise(b, N, RATE, 8, &err) == TONE_OK && memcmp(a, b, sizeof a) != 0);
    double sum = 0, octave = band(a, N, 100, 200);
    for (size_t i = 0; i < N; i++)
        sum += (double)(a[i] * a[i]);
    CHECK_CASE(fabs(sum / N - 1) < 1e-5, "its power is %g", sum / N);
    for (double hz = 200; hz < 6000; hz *= 2)
        CHECK_CASE(fabs(10 * log10(band(a, N, hz, 2 * hz) / octave)) < 1.2, "every octave has the same power: %.0f Hz is %+.2f dB off", hz,
                   10 * log10(band(a, N, hz, 2 * hz) / octave));
    CHECK(band(a, N, 0, 45) < 0.02 * octave);
    for (size_t n = 0; n < 400; n += 57) {
        CHECK(tone_pink_noise(a, n, RATE, 1, &err) == TONE_OK);
        sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (double)(a[i] * a[i]);
        CHECK_CASE(n == 0 || fabs(sum / (double)n - 1) < 1e-5, "%zu samples", n);
    }
    CHECK(tone_pink_noise(a, (size_t)1 << 26, RATE, 1, &err) == TONE_ERR_LIMIT);
}

int main(void)
{
    check_level();
    check_pink();
    return check_done();
}

#include "signal/noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/random.h"
#include "signal/fft.h"

enum { NOISE_MAX = 1 << 25 };
static const double MARGIN = 0.025703957827688632; /* 15.9 dB */
static const double LOW_HZ = 50;

static double power(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum / (double)n;
}

/* Mean power of the frames that reach `least`; the last frame may be a short one. */
static double mean_above(const float *x, size_t n, size_t frame, double least)
{
    double sum = 0;
    size_t count = 0;
    for (size_t at = 0; at < n; at += frame) {
        double p = power(x + at, n - at < frame ? n - at : frame);
        if (p >= least) {
            sum += p;
            count++;
        }
    }
    return count ? sum / (double)count : 0;
}

double tone_speech_rms(const float *x, size_t n, uint32_t rate_hz)
{
    const size_t frame = rate_hz >= 50 ? rate_hz / 50 : 1;
    double before, mean = mean_above(x, n, frame, 0);
    do { /* frames only leave, so the mean only rises, and it ends */
        before = mean;
        mean = mean_above(x, n, frame, before * MARGIN);
    } while (mean > before);
    return sqrt(mean);
}

/* Two values of a normal distribution (Box and Muller). */
static void gauss(tone_random *r, double *a, double *b)
{
    double radius = sqrt(-2 * log(1 - tone_random_unit(r))), angle = 6.283185307179586 * tone_random_unit(r);
    *a = radius * cos(angle);
    *b = radius * sin(angle);
}

static void fill(float *out, size_t n, const tone_fft *fft, double *re, double *im, double *x, double *work, double hz, uint64_t seed)
{
    const size_t size = tone_fft_length(fft);
    tone_random r;
    tone_random_seed(&r, seed);
    for (size_t k = 0; k <= size / 2; k++) { /* amplitude ~ f^-1/2 */
        gauss(&r, &re[k], &im[k]);
        double g = (double)k * hz < LOW_HZ ? 0 : 1 / sqrt((double)k);
        re[k] *= g;
        im[k] *= g;
    }
    tone_fft_inverse(fft, x, re, im, work);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    double scale = sum > 0 ? sqrt((double)n / sum) : 0;
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(scale * x[i]);
}

tone_status tone_pink_noise(float *out, size_t n, uint32_t rate_hz, uint64_t seed, tone_error *err)
{
    if (n > NOISE_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%zu samples of noise; %d are possible", n, NOISE_MAX);
    /* At least a second: a shorter period has no line as low as 50 Hz. */
    const size_t size = tone_fft_size_for(n > rate_hz ? n : rate_hz);
    tone_fft *fft = NULL;
    tone_status st = tone_fft_new(&fft, size, err);
    if (st)
        return st;
    double *memory = malloc((2 * (size / 2 + 1) + size + tone_fft_work(fft)) * sizeof *memory);
    if (memory) {
        double *re = memory, *im = re + size / 2 + 1, *x = im + size / 2 + 1;
        fill(out, n, fft, re, im, x, x + size, (double)rate_hz / (double)size, seed);
    } else {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for noise");
    }
    free(memory);
    tone_fft_free(fft);
    return st;
}

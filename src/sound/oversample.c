#include "sound/oversample.h"

#include <string.h>

#include "sound/maths.h"
#include "sound/v4.h"

enum { BLOCK = TONE_OVERSAMPLE_BLOCK, SIDE = TONE_HALFBAND_SIDE };

static double bessel_i0(double x)
{
    double q = x * x / 4, term = 1, sum = 1;
    for (int k = 1; k < 40; k++) {
        term *= q / ((double)k * k);
        sum += term;
    }
    return sum;
}

/* A low-pass at `cutoff` of the rate under a Kaiser window of half width `reach`, at `t` samples from its centre. */
static double windowed_sinc(double t, double cutoff, double reach, double beta)
{
    double x = t / reach;
    if (x <= -1 || x >= 1)
        return 0;
    double sinc = t == 0 ? 2 * cutoff : tone_sin_turns(cutoff * t) / (TONE_PI * t);
    return sinc * bessel_i0(beta * __builtin_sqrt(1 - x * x)) / bessel_i0(beta);
}

/* out[i] = sum over k of taps[k] x[i + k], 16 results at a time. */
static void convolve(float *out, const float *x, const float *taps, int n_taps, int n)
{
    for (int i = 0; i < n; i += 16) {
        v4 a = v4_all(0), b = a, c = a, d = a;
        for (int k = 0; k < n_taps; k++) {
            v4 t = v4_all(taps[k]);
            const float *at = x + i + k;
            a += t * v4_load(at);
            b += t * v4_load(at + 4);
            c += t * v4_load(at + 8);
            d += t * v4_load(at + 12);
        }
        v4_store(out + i, a);
        v4_store(out + i + 4, b);
        v4_store(out + i + 8, c);
        v4_store(out + i + 12, d);
    }
}

static void split(float *even, float *odd, const float *in, int n)
{
    for (int i = 0; i < n; i += 4) {
        v4 a = v4_load(in + 2 * i), b = v4_load(in + 2 * i + 4);
        v4_store(even + i, __builtin_shufflevector(a, b, 0, 2, 4, 6));
        v4_store(odd + i, __builtin_shufflevector(a, b, 1, 3, 5, 7));
    }
}

void tone_decimator_init(tone_decimator *d)
{
    enum { CENTRE = TONE_DECIMATE_TAPS / 2 };
    memset(d, 0, sizeof *d);
    double sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < TONE_DECIMATE_TAPS; k++) {
            double tap = windowed_sinc(k - CENTRE, 0.2385, CENTRE + 0.5, 7.6);
            if (pass == 0)
                sum += tap;
            else
                *(k % 2 ? &d->odd_taps[k / 2] : &d->even_taps[k / 2]) = (float)(tap / sum);
        }
}

void tone_decimator_run(tone_decimator *d, float *out, const float *in, int n)
{
    enum { KEPT = TONE_DECIMATE_TAPS / 2 };
    float even[KEPT + BLOCK], odd[KEPT + BLOCK], from_odd[BLOCK];
    memcpy(even, d->even, sizeof d->even);
    memcpy(odd, d->odd, sizeof d->odd);
    split(even + KEPT, odd + KEPT, in, n);
    convolve(out, even, d->even_taps, KEPT + 1, n);
    convolve(from_odd, odd, d->odd_taps, KEPT, n);
    for (int i = 0; i < n; i++)
        out[i] += from_odd[i];
    memcpy(d->even, even + n, sizeof d->even);
    memcpy(d->odd, odd + n, sizeof d->odd);
}

void tone_halfband_init(tone_halfband *h, int side)
{
    memset(h, 0, sizeof *h);
    h->side = side;
    double sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int j = 0; j < 2 * side; j++) {
            /* Odd distances from the centre, at the upper rate: 2 (j - side) + 1. */
            double tap = windowed_sinc(2 * (j - side) + 1, 0.25, 2 * side, 6);
            if (pass == 0)
                sum += tap;
            else
                h->taps[j] = (float)(tap / sum);
        }
}

/* The samples between the given ones, and the given ones as late as those. */
void tone_halfband_up(tone_halfband *h, float *out, const float *in, int n)
{
    float x[2 * SIDE + BLOCK], between[BLOCK];
    int kept = 2 * h->side - 1;
    memcpy(x, h->up, (size_t)kept * sizeof *x);
    memcpy(x + kept, in, (size_t)n * sizeof *x);
    convolve(between, x, h->taps, 2 * h->side, n);
    for (int i = 0; i < n; i += 4) {
        v4 a = v4_load(x + h->side - 1 + i), b = v4_load(between + i);
        v4_store(out + 2 * i, __builtin_shufflevector(a, b, 0, 4, 1, 5));
        v4_store(out + 2 * i + 4, __builtin_shufflevector(a, b, 2, 6, 3, 7));
    }
    memcpy(h->up, x + n, (size_t)kept * sizeof *x);
}

void tone_halfband_down(tone_halfband *h, float *out, const float *in, int n)
{
    float even[2 * SIDE + BLOCK], odd[2 * SIDE + BLOCK];
    int kept = 2 * h->side - 1;
    memcpy(even, h->even, (size_t)kept * sizeof *even);
    memcpy(odd, h->odd, (size_t)kept * sizeof *odd);
    split(even + kept, odd + kept, in, n);
    convolve(out, odd, h->taps, 2 * h->side, n);
    for (int i = 0; i < n; i++)
        out[i] = 0.5f * (out[i] + even[h->side + i]);
    memcpy(h->even, even + n, (size_t)kept * sizeof *even);
    memcpy(h->odd, odd + n, (size_t)kept * sizeof *odd);
}

/* signal/fft.h - the discrete Fourier transform of real signals, length a power of two, in double.
 *
 *     tone_fft *fft;
 *     if (tone_fft_new(&fft, 2048, err)) …
 *     double *work = malloc(tone_fft_work(fft) * sizeof *work);
 *     tone_fft_forward(fft, re, im, x, 1500, work);         // 1500 samples, the rest counts as zeros
 *     tone_fft_inverse(fft, x, re, im, work);               // 2048 samples
 *
 * A plan is immutable: threads may share it, each with its own work.  docs/decisions/0004-ears.md says why it is ours. */
#ifndef TONE_SIGNAL_FFT_H
#define TONE_SIGNAL_FFT_H

#include "tonesmith/base.h"

typedef struct tone_fft tone_fft;

enum { TONE_FFT_MIN = 4, TONE_FFT_MAX = 1 << 26 };

/* A plan for n real samples.  *out is the caller's: tone_fft_free().
 * TONE_ERR_ARGUMENT when n is no power of two in TONE_FFT_MIN … TONE_FFT_MAX. */
TONE_NODISCARD tone_status tone_fft_new(tone_fft **out, size_t n, tone_error *err);
void tone_fft_free(tone_fft *f);

size_t tone_fft_length(const tone_fft *f);
/* Doubles of scratch a transform needs. */
size_t tone_fft_work(const tone_fft *f);

/* X[k] = sum x[j] e^(-2 pi i j k / n) for k = 0 … n/2; re and im hold n/2 + 1 values.  x has n_x samples: what
 * lies beyond n is not looked at, what is missing counts as zero. */
void tone_fft_forward(const tone_fft *f, double *re, double *im, const double *x, size_t n_x, double *work);

/* The inverse: x[j] = 1/n sum over all n bins; im[0] and im[n/2] count as zero.  x holds n values. */
void tone_fft_inverse(const tone_fft *f, double *x, const double *re, const double *im, double *work);

/* The smallest power of two >= n (and >= TONE_FFT_MIN). */
size_t tone_fft_size_for(size_t n);

#endif

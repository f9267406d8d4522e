/* signal/mel.h - the log-mel features that Gemma 4 hears: 16 kHz samples to rows of 128 bands, as they arrive.
 *
 *     tone_mel *m;
 *     if (tone_mel_new(&m, err)) …
 *     float *rows = malloc(tone_mel_ready(m, n) * TONE_MEL_BANDS * sizeof *rows);
 *     size_t n_rows = tone_mel_feed(m, rows, x, n);
 *
 * Row i is centred on sample 160 i: the 160 samples before it and the 160 from it on, under a Hann window, as magnitudes of a
 * transform of 512, in 128 triangles on the HTK mel scale from 0 to 8000 Hz, ln(sum + 0.001).  Before the start there is
 * silence.  A row is made once the sample after its last has come, so a clip of N samples has floor((N - 1) / 160) rows, and
 * nothing is left to do at its end. */
#ifndef TONE_SIGNAL_MEL_H
#define TONE_SIGNAL_MEL_H

#include "tonesmith/base.h"

enum { TONE_MEL_RATE_HZ = 16000, TONE_MEL_BANDS = 128, TONE_MEL_HOP = 160 };

typedef struct tone_mel tone_mel;

TONE_NODISCARD tone_status tone_mel_new(tone_mel **out, tone_error *err);
void tone_mel_free(tone_mel *m);
/* Start over with another clip. */
void tone_mel_reset(tone_mel *m);

/* Rows of a clip of n samples. */
size_t tone_mel_rows(size_t n);
/* How many rows the next n samples complete. */
size_t tone_mel_ready(const tone_mel *m, size_t n);
/* rows (tone_mel_ready(), 128); returns how many were written. */
size_t tone_mel_feed(tone_mel *m, float *rows, const float *x, size_t n);

#endif

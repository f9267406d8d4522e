/* signal/samples.h - a growable run of samples or rows of floats. */
#ifndef TONE_SIGNAL_SAMPLES_H
#define TONE_SIGNAL_SAMPLES_H

#include "tonesmith/base.h"

typedef struct tone_samples {
    float *x; /* (n), owned */
    size_t n, room;
} tone_samples;

/* Make room for `more` after the n that are there. */
TONE_NODISCARD tone_status tone_samples_reserve(tone_samples *s, size_t more, tone_error *err);
TONE_NODISCARD tone_status tone_samples_append(tone_samples *s, const float *x, size_t n, tone_error *err);
/* Forget the first n, keep the memory. */
void tone_samples_drop(tone_samples *s, size_t n);
void tone_samples_clear(tone_samples *s);

#endif

/* signals.h - sounds with known properties, made on the spot. */
#ifndef TONE_TESTS_SIGNALS_H
#define TONE_TESTS_SIGNALS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tonesmith/sound/analysis.h"

static const double turn = 6.283185307179586476925;

/* Silence of that length; the caller frees frames. */
static inline tone_clip make_clip(double seconds, uint32_t channels, uint32_t rate)
{
    size_t n = (size_t)(seconds * rate + 0.5);
    float *x = calloc(n * channels, sizeof *x);
    if (!x)
        abort();
    return (tone_clip){.frames = x, .n_frames = n, .n_channels = channels, .rate_hz = rate};
}

static inline float *samples(const tone_clip *c)
{
    return (float *)(size_t)c->frames;
}

static inline void free_clip(tone_clip *c)
{
    free(samples(c));
    *c = (tone_clip){0};
}

/* Add a sine to one channel (-1: all). */
static inline void add_sine(tone_clip *c, int channel, double hz, double amplitude, double phase)
{
    for (size_t i = 0; i < c->n_frames; i++)
        for (uint32_t k = 0; k < c->n_channels; k++)
            if (channel < 0 || (uint32_t)channel == k)
                samples(c)[i * c->n_channels + k] += (float)(amplitude * sin(turn * hz * (double)i / c->rate_hz + phase));
}

/* Add uniform white noise to one channel (-1: the same to all). */
static inline void add_noise(tone_clip *c, int channel, double rms, tone_random *rng)
{
    for (size_t i = 0; i < c->n_frames; i++) {
        double v = (tone_random_unit(rng) * 2 - 1) * sqrt(3) * rms;
        for (uint32_t k = 0; k < c->n_channels; k++)
            if (channel < 0 || (uint32_t)channel == k)
                samples(c)[i * c->n_channels + k] += (float)v;
    }
}

/* Multiply with 10^(-3 t / t60). */
static inline void let_decay(tone_clip *c, double t60_s)
{
    for (size_t i = 0; i < c->n_frames * c->n_channels; i++)
        samples(c)[i] *= (float)pow(10, -3 * ((double)(i / c->n_channels) / c->rate_hz) / t60_s);
}

/* Half-cosine fades at both ends. */
static inline void fade(tone_clip *c, double seconds)
{
    size_t n = (size_t)(seconds * c->rate_hz);
    for (size_t i = 0; i < n && i < c->n_frames; i++)
        for (uint32_t k = 0; k < c->n_channels; k++) {
            float w = (float)(0.5 - 0.5 * cos(turn / 2 * ((double)i + 0.5) / (double)n));
            samples(c)[i * c->n_channels + k] *= w;
            samples(c)[(c->n_frames - 1 - i) * c->n_channels + k] *= w;
        }
}

#endif

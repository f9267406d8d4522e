/* signal/resample.h - sound of any rate and channel count to one channel of another rate, as it arrives (libsoxr).
 *
 *     tone_resampler *r;
 *     if (tone_resampler_open(&r, 44100, 2, 16000, err)) …
 *     while (…) st = tone_resampler_feed(r, &out, frames, n_frames, err);      // out.x grows
 *     st = tone_resampler_finish(r, &out, err);                                // what the filter still holds
 *     tone_resampler_close(r);
 *
 * Channels are averaged.  Equal rates pass through untouched.  However the frames are cut up, the same samples come out. */
#ifndef TONE_SIGNAL_RESAMPLE_H
#define TONE_SIGNAL_RESAMPLE_H

#include "signal/samples.h"

typedef struct tone_resampler tone_resampler;

/* TONE_ERR_ARGUMENT for rates outside 100 … 1 536 000 Hz or no channels. */
TONE_NODISCARD tone_status tone_resampler_open(tone_resampler **out, uint32_t from_hz, uint32_t n_channels, uint32_t to_hz,
                                               tone_error *err);
void tone_resampler_close(tone_resampler *r);

/* frames (n, n_channels); what comes out is appended.  TONE_ERR_FORMAT for a value that is no finite number. */
TONE_NODISCARD tone_status tone_resampler_feed(tone_resampler *r, tone_samples *out, const float *frames, size_t n,
                                               tone_error *err);
/* After the last frame; the resampler can only be closed then. */
TONE_NODISCARD tone_status tone_resampler_finish(tone_resampler *r, tone_samples *out, tone_error *err);

/* All at once. */
TONE_NODISCARD tone_status tone_resample(tone_samples *out, const float *frames, size_t n, uint32_t from_hz, uint32_t n_channels,
                                         uint32_t to_hz, tone_error *err);

#endif

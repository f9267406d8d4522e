/* signal/noise.h - how loud speech is, and noise to put under it.
 *
 *     double level = tone_speech_rms(x, n, 16000);
 *     if (tone_pink_noise(noise, n, 16000, seed, &err)) …       // RMS 1
 *     x[i] += (float)(level * pow(10, -snr_db / 20)) * noise[i]; */
#ifndef TONE_SIGNAL_NOISE_H
#define TONE_SIGNAL_NOISE_H

#include "tonesmith/base.h"

/* RMS while somebody speaks: of the frames of 20 ms that are at most 15.9 dB (the margin of ITU-T P.56) below their own mean power, so
 * that pauses and silence around the speech do not count.  0 for silence. */
double tone_speech_rms(const float *x, size_t n, uint32_t rate_hz);

/* n samples of RMS 1 whose power falls by 3 dB an octave from 50 Hz to half the rate, with nothing below.  Equal seeds give equal noise.
 * TONE_ERR_LIMIT for more than 2^25 samples. */
TONE_NODISCARD tone_status tone_pink_noise(float *out, size_t n, uint32_t rate_hz, uint64_t seed, tone_error *err);

#endif

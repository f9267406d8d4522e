/* sound/picture_parts.h - what the pictures are put together from: data of one sound at the resolution of a box, and axes. */
#ifndef TONE_SOUND_PICTURE_PARTS_H
#define TONE_SOUND_PICTURE_PARTS_H

#include "sound/canvas.h"
#include "sound/hearing.h"

/* How the height of a spectrogram becomes a frequency. */
typedef enum hz_scale { SCALE_LOG, SCALE_MEL } hz_scale;

static const double picture_range_db = 80; /* from the loudest to the darkest colour */
static const double picture_low_hz = 30, picture_high_hz = 20000, picture_mel_high_hz = 16000;

/* v 0 … 1 from the bottom. */
double picture_hz_at(hz_scale scale, double v);
double picture_hz_place(hz_scale scale, double hz);

/* dB of `w` moments of the time 0 … seconds and `h` frequencies, bottom row first, (w, h) into out; -300 where the sound
 * is over.  0 dB is a sine at full scale. */
tone_status picture_grid(float *out, tone_hearing *h, size_t width, size_t height, double seconds, hz_scale scale, tone_error *err);

/* Long-term power of `width` sixths of an octave, log-spaced from 30 Hz to 20 kHz, dB. */
tone_status picture_curve(float *out, tone_hearing *h, size_t width, tone_error *err);

/* Least, largest and RMS of the samples of each of `width` columns of the time 0 … seconds: (width, 3). */
void picture_wave(float *out, const double *x, size_t n, size_t width, double seconds);

/* Grid lines and labels outside the box.  `labels` false: lines only. */
void axes_time(tone_image *to, box b, int scale, double seconds, bool labels);
void axes_hz_across(tone_image *to, box b, int scale);
void axes_hz_up(tone_image *to, box b, int scale, hz_scale mapping, bool labels);
void axes_db_up(tone_image *to, box b, int scale, double top, double bottom);
void axes_amplitude(tone_image *to, box b, int scale, double most, bool labels);
/* A strip of the colour map with its ends labelled, in `b` and to its right. */
void axes_colours(tone_image *to, box b, int scale);

#define INK 0x303030u
#define FAINT 0xD8D8D8u
#define FRAME 0x909090u

#endif

/* signal/pause.h - where speech pauses: the quietest place of a stretch of samples. */
#ifndef TONE_SIGNAL_PAUSE_H
#define TONE_SIGNAL_PAUSE_H

#include <stddef.h>

/* The middle of the quietest run of `length` samples that lies within first … end - 1 of x, looked at in steps of a tenth of
 * `length`.  Of runs that are equally quiet (within 1 dB, or below -70 dB of full scale) the last one.
 * length >= 10, end - first >= length. */
size_t tone_pause_find(const float *x, size_t first, size_t end, size_t length);

#endif

/* signal/resize.h - 8-bit RGB pictures to another size, byte for byte as the published image processors do it.
 *
 * Bicubic (a = -1/2), widened when shrinking, pixel centres at halves, windows cut at the edge and normalised again.  First
 * the width, rounded to bytes, then the height, rounded again: the rounding in between is part of the result. */
#ifndef TONE_SIGNAL_RESIZE_H
#define TONE_SIGNAL_RESIZE_H

#include "tonesmith/base.h"

/* How weights become whole numbers: always with 22 bits of fraction, or with as many as make the largest weight of an axis
 * fit in 16 bits. */
typedef enum tone_resize_rounding { TONE_RESIZE_22_BITS, TONE_RESIZE_16_BIT_WEIGHTS } tone_resize_rounding;

/* to (to_h, to_w, 3) from `from` (h, w, 3); no side is 0.  Memory besides: about 16 bytes for each pixel of the two sides,
 * and a few rows. */
TONE_NODISCARD tone_status tone_resize_rgb(uint8_t *to, uint32_t to_w, uint32_t to_h, const uint8_t *from, uint32_t w, uint32_t h,
                                           tone_resize_rounding rounding, tone_error *err);

#endif

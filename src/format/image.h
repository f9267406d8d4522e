/* format/image.h - pictures to 8-bit RGB, as the model's published loader sees them.
 *
 *     tone_pixels img;
 *     if (tone_pixels_read(&img, "spectrogram.png", 0, &err))
 *         …
 *     tone_pixels_clear(&img);
 *
 * Reads JPEG, PNG, WebP and the first frame of GIF.  Turned as EXIF (or XMP) says; alpha is dropped, not blended; grey is
 * repeated; palettes are looked up; of 16 bits the upper 8 stay; CMYK becomes RGB without a profile.  Colour profiles and
 * gamma are ignored, as in the reference.  A damaged or cut file is refused, never half-read, and a size is checked before
 * memory is taken for it. */
#ifndef TONE_FORMAT_IMAGE_H
#define TONE_FORMAT_IMAGE_H

#include "tonesmith/base.h"

typedef struct tone_pixels {
    uint8_t *rgb; /* (height, width, 3), owned */
    uint32_t width, height;
} tone_pixels;

void tone_pixels_clear(tone_pixels *img);

/* Pixels that are accepted when the caller names no limit: 192 MiB of RGB. */
enum { TONE_IMAGE_MAX_PIXELS = 1 << 26 };

/* max_pixels: 0 takes TONE_IMAGE_MAX_PIXELS.  On success out->rgb is the caller's: tone_pixels_clear(). */
TONE_NODISCARD tone_status tone_pixels_read(tone_pixels *out, const char *path, uint64_t max_pixels, tone_error *err);
/* The same from memory; `bytes` is only needed during the call. */
TONE_NODISCARD tone_status tone_pixels_decode(tone_pixels *out, const void *bytes, size_t n, uint64_t max_pixels,
                                             tone_error *err);

#endif

/* format/image_decoders.h - one decoder for each format, and what they share. */
#ifndef TONE_FORMAT_IMAGE_DECODERS_H
#define TONE_FORMAT_IMAGE_DECODERS_H

#include "format/image.h"

/* What a decoder is given and what it finds. */
typedef struct tone_pixels_job {
    const uint8_t *bytes;
    size_t n;
    uint64_t max_pixels;
    tone_pixels *out;      /* freed by the caller on failure */
    unsigned orientation; /* of EXIF, 1…8; 1 when it does not say */
} tone_pixels_job;

/* Check the size against the limit, then allocate out->rgb, filled with 0. */
TONE_NODISCARD tone_status tone_pixels_allocate(tone_pixels_job *job, uint64_t width, uint64_t height, tone_error *err);

tone_status tone_pixels_jpeg(tone_pixels_job *job, tone_error *err);
tone_status tone_pixels_png(tone_pixels_job *job, tone_error *err);
tone_status tone_pixels_webp(tone_pixels_job *job, tone_error *err);
tone_status tone_pixels_gif(tone_pixels_job *job, tone_error *err);

/* The orientation in EXIF data ("Exif\0\0" in front or not) or in an XMP packet; 0 when there is none. */
unsigned tone_pixels_exif_orientation(const uint8_t *bytes, size_t n);
unsigned tone_pixels_xmp_orientation(const uint8_t *bytes, size_t n);

#endif

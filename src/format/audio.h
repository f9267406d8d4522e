/* format/audio.h - sound files to frames of float and back, through libsndfile.
 *
 *     tone_audio a;
 *     if (tone_audio_read(&a, "loop.flac", NULL, &err))
 *         …
 *     size_t n_clipped;
 *     if (tone_audio_write("loop.wav", &a, TONE_AUDIO_WAV_24, &n_clipped, &err))
 *         …
 *     tone_audio_clear(&a);
 *
 * Reads WAV (RF64, W64), FLAC, Ogg Vorbis and Opus, MP3, AIFF, AU and CAF.  A file is refused when it is damaged, empty,
 * cut short or larger than the limits, before memory is taken for more than was decoded.  Full scale is 1.0, and an
 * integer k of b bits is exactly k / 2^(b-1) in both directions, so 16 and 24 bit files survive a round trip. */
#ifndef TONE_FORMAT_AUDIO_H
#define TONE_FORMAT_AUDIO_H

#include "base/buf.h"
#include "tonesmith/base.h"

typedef struct tone_audio {
    float *frames; /* (n_frames, n_channels), owned; NULL when empty.  A float file's NaN and Inf are passed on */
    size_t n_frames;
    uint32_t n_channels;
    uint32_t rate_hz;
} tone_audio;

void tone_audio_clear(tone_audio *a);

typedef struct tone_audio_limits {
    double max_s;
    uint32_t max_channels;
} tone_audio_limits;

/* An hour of up to 8 channels.  Whatever the limits say, 2^28 values (1 GiB) is the most that is read. */
tone_audio_limits tone_audio_limits_defaults(void);

/* `limits` may be NULL for the defaults.  On success out->frames is the caller's: tone_audio_clear(). */
TONE_NODISCARD tone_status tone_audio_read(tone_audio *out, const char *path, const tone_audio_limits *limits,
                                           tone_error *err);
/* The same from memory; `bytes` is only needed during the call. */
TONE_NODISCARD tone_status tone_audio_decode(tone_audio *out, const void *bytes, size_t n,
                                             const tone_audio_limits *limits, tone_error *err);

typedef enum tone_audio_format {
    TONE_AUDIO_WAV_16,
    TONE_AUDIO_WAV_24,
    TONE_AUDIO_WAV_FLOAT, /* 32 bit */
    TONE_AUDIO_FLAC_16,
    TONE_AUDIO_FLAC_24
} tone_audio_format;

/* By the name's ending (.wav, .flac) and bits: 16, 24 or 32 (float); 0 takes 24.  TONE_ERR_ARGUMENT when there is no
 * such format. */
TONE_NODISCARD tone_status tone_audio_format_find(tone_audio_format *out, const char *path, unsigned bits,
                                                  tone_error *err);

/* Write `path` as a whole or not at all (tone_draft).  Values beyond full scale are clamped in integer formats and
 * counted in *n_clipped (may be NULL); the float format keeps them.  NaN and Inf are refused.  Equal frames give equal
 * bytes: no time stamps. */
TONE_NODISCARD tone_status tone_audio_write(const char *path, const tone_audio *a, tone_audio_format format,
                                            size_t *n_clipped, tone_error *err);
/* The same, appended to `out`. */
TONE_NODISCARD tone_status tone_audio_encode(tone_buf *out, const tone_audio *a, tone_audio_format format,
                                             size_t *n_clipped, tone_error *err);

#endif

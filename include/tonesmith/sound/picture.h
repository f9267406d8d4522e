/* tonesmith/sound/picture.h - a sound as a picture: waveform, spectrogram, spectrum, A/B sheet.
 * Module: sound
 *
 *     tone_picture_options opt = tone_picture_options_defaults();
 *     opt.kind = TONE_PICTURE_MEL;
 *     tone_image *image;
 *     if (tone_picture_draw(&image, ears, clips, names, 1, &opt, err)) …
 *     if (tone_image_write_png(image, "mel.png", err)) …
 *     tone_image_free(image); */
#ifndef TONESMITH_SOUND_PICTURE_H
#define TONESMITH_SOUND_PICTURE_H

#include "tonesmith/sound/analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tone_picture_kind {
    TONE_PICTURE_WAVEFORM,
    TONE_PICTURE_SPECTROGRAM, /* log frequency, 30 Hz to 20 kHz */
    TONE_PICTURE_MEL,         /* mel frequency, 30 Hz to 16 kHz */
    TONE_PICTURE_SPECTRUM,    /* long-term power in sixths of an octave; several sounds on one pair of axes */
    TONE_PICTURE_AB,          /* two sounds: waveforms, mel spectrograms, both spectra, the difference in words */
    TONE_N_PICTURES
} tone_picture_kind;

typedef struct tone_picture_options {
    tone_picture_kind kind;
    uint32_t width, height; /* pixels, 160 to 4096; height 0: what suits the kind */
} tone_picture_options;

/* A mel spectrogram 800 pixels wide. */
TONE_API tone_picture_options tone_picture_options_defaults(void);

/* "waveform", "spectrogram", "mel", "spectrum", "ab"; NULL when out of range. */
TONE_API const char *tone_picture_name(tone_picture_kind kind);

/* 8-bit RGB. */
typedef struct tone_image {
    uint32_t width, height;
    uint8_t *rgb; /* (height, width, 3) */
} tone_image;

/* Draw 1 to 4 clips (AB: exactly 2) with a name for each (UTF-8; what the small font lacks becomes '?').  All share one
 * time axis and one colour scale.  Levels are as they are, except that spectra of several sounds and everything but the
 * waveforms of AB are brought to one loudness.  *out is the caller's: tone_image_free(). */
TONE_API TONE_NODISCARD tone_status tone_picture_draw(tone_image **out, tone_analyzer *ears, const tone_clip *clips,
                                                      const char *const *names, size_t n_clips,
                                                      const tone_picture_options *opt, tone_error *err);
TONE_API void tone_image_free(tone_image *image);

/* ---- terminals ---- */

typedef enum tone_terminal {
    TONE_TERMINAL_PLAIN,      /* ten shades of ASCII, no colour         */
    TONE_TERMINAL_COLOURS,    /* half blocks in the 256 colours of xterm */
    TONE_TERMINAL_TRUE_COLOUR, /* half blocks, 24 bit                    */
    TONE_TERMINAL_SIXEL,
    TONE_TERMINAL_KITTY       /* its graphics protocol                  */
} tone_terminal;

/* A mel spectrogram as text for a terminal of `columns` (20 to 400), `rows` (4 to 200) high without its two lines of
 * labels; for SIXEL and KITTY a picture of 8 x 16 pixels a cell.  *out is the caller's (free). */
TONE_API TONE_NODISCARD tone_status tone_picture_text(char **out, tone_analyzer *ears, const tone_clip *clip, const char *name,
                                                      tone_terminal terminal, uint32_t columns, uint32_t rows, tone_error *err);

/* A picture in one of the two graphics protocols; *out is the caller's (free). */
TONE_API TONE_NODISCARD tone_status tone_image_text(char **out, const tone_image *image, tone_terminal terminal, tone_error *err);

/* As PNG in memory; *out is the caller's (free). */
TONE_API TONE_NODISCARD tone_status tone_image_png(uint8_t **out, size_t *n, const tone_image *image, tone_error *err);

/* Write a PNG through a temporary neighbour. */
TONE_API TONE_NODISCARD tone_status tone_image_write_png(const tone_image *image, const char *path, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

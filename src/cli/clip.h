/* cli/clip.h - a sound file for the commands that measure. */
#ifndef TONE_CLI_CLIP_H
#define TONE_CLI_CLIP_H

#include "format/audio.h"
#include "tonesmith/sound/analysis.h"

/* Read `path`; the clip borrows from *audio, which the caller clears.  The error names the file. */
TONE_NODISCARD tone_status cli_clip_read(tone_clip *clip, tone_audio *audio, const char *path, tone_error *err);

/* tone_analyze() whose error names the file. */
TONE_NODISCARD tone_status cli_clip_analyze(tone_measures *out, tone_analyzer *ears, const tone_clip *clip, const char *path,
                                            tone_error *err);

/* A number the way people read it: four significant digits, no exponent for ordinary sizes; "-" for NaN. */
const char *cli_number(char out[32], double v);

/* `path` for a line of output: control characters, which could steer a terminal, become '?'. */
const char *cli_safe_path(char out[512], const char *path);

/* The last part of a path. */
const char *cli_file_name(const char *path);

#endif

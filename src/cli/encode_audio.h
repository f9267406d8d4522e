/* cli/encode_audio.h - the half of `tonesmith encode` that listens. */
#ifndef TONE_CLI_ENCODE_AUDIO_H
#define TONE_CLI_ENCODE_AUDIO_H

#include "tonesmith/hearing.h"

typedef struct cli_encode_audio {
    const char *tower; /* folder or GGUF file */
    const char *audio, *out;
    bool features; /* these alone, no soft tokens */
    bool stages;   /* what every stage gives, too */
} cli_encode_audio;

int cli_encode_audio_run(const cli_encode_audio *w, const tone_hearing_options *opt);

#endif

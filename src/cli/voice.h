/* cli/voice.h - the user speaks: from a microphone or from a file that stands for one, to a clip that a model hears.
 *
 * A key begins and a key or a pause ends a recording.  While somebody still speaks the model's ears already work, so that after
 * the last word only the tail is left to do. */
#ifndef TONE_CLI_VOICE_H
#define TONE_CLI_VOICE_H

#include "cli/scratch.h"
#include "tonesmith/media.h"

typedef struct cli_voice {
    const char *device;     /* number or part of the name of an input; NULL: the default one */
    const char *audio_file; /* instead of a device; NULL: none */
    cli_scratch scratch;    /* has the clips; cli_scratch_clear() */
} cli_voice;

/* Entries for a command's table of options. */
#define CLI_VOICE_OPTIONS(v)                                                                                              \
    {0, "device", CLI_TEXT, &(v).device, "NAME", "the microphone of /talk: its number or part of its name (/devices lists)", 0, 0}, \
    {0, "audio-file", CLI_TEXT, &(v).audio_file, "FILE", "a sound file that stands for the microphone", 0, 0}

/* What was said. */
typedef struct cli_spoken {
    const char *path; /* of the clip, borrowed from v->scratch */
    double seconds;
    double after_s; /* between the end of the recording and the end of hearing it */
    size_t n_lost;  /* frames that came faster than they were taken */
} cli_spoken;

/* Record and let `m` hear.  TONE_ERR_CANCELLED: Ctrl-C; TONE_ERR_NOT_FOUND: nobody spoke, or the model has no ears; TONE_ERR_IO:
 * no microphone.  With a terminal a meter is shown. */
TONE_NODISCARD tone_status cli_voice_take(cli_voice *v, tone_media *m, cli_spoken *out, tone_error *err);

/* Print the inputs there are, one a line. */
TONE_NODISCARD tone_status cli_voice_devices(tone_error *err);

#endif

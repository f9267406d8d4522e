/* cli/microphone.h - frames of one channel as they come in, from PortAudio.  Without PortAudio opening is refused. */
#ifndef TONE_CLI_MICROPHONE_H
#define TONE_CLI_MICROPHONE_H

#include "tonesmith/base.h"

typedef struct cli_microphone cli_microphone;

/* `device`: see cli_voice.  Room for most_s seconds, then no more are taken.  TONE_ERR_IO: no such input, or it refuses;
 * TONE_ERR_UNSUPPORTED: a build without PortAudio. */
TONE_NODISCARD tone_status cli_microphone_open(cli_microphone **out, const char *device, double most_s, tone_error *err);
void cli_microphone_close(cli_microphone *m);

uint32_t cli_microphone_rate(const cli_microphone *m);
/* Everything so far, *n samples that stay where they are, and how many were lost. */
const float *cli_microphone_samples(cli_microphone *m, size_t *n, size_t *n_lost);

TONE_NODISCARD tone_status cli_microphone_list(tone_error *err);

#endif

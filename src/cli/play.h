/* cli/play.h - sound through the speakers. */
#ifndef TONE_CLI_PLAY_H
#define TONE_CLI_PLAY_H

#include "tonesmith/sound/render.h"

/* Play to the end through the default output.  TONE_ERR_IO: there is none, or it refuses; TONE_ERR_UNSUPPORTED in a build
 * without PortAudio. */
TONE_NODISCARD tone_status cli_play_sound(const tone_sound *s, tone_error *err);

/* The back ends of PortAudio tell stderr about every device that is not there: while hushed, stderr goes nowhere. */
int cli_play_hush(void);
void cli_play_unhush(int kept);

#endif

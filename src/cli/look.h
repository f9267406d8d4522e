/* cli/look.h - showing a model with eyes what became of the sound: before and now in one picture, the numbers beside it. */
#ifndef TONE_CLI_LOOK_H
#define TONE_CLI_LOOK_H

#include "cli/scratch.h"
#include "cli/talk.h"
#include "tonesmith/sound/analysis.h"

/* Start from {0}. */
typedef struct cli_look {
    tone_measures measures; /* of the sound before */
    tone_clip before;       /* owns its frames */
    float *frames;
} cli_look;

/* Keep the sound as it is now. */
TONE_NODISCARD tone_status cli_look_before(cli_look *l, tone_studio *s, tone_error *err);
/* A turn in which the model sees what changed since then; the caller clears *out. */
TONE_NODISCARD tone_status cli_look_turn(cli_look *l, cli_talk *t, tone_analyzer *ears, cli_scratch *scratch, tone_turn *out,
                                         tone_error *err);
void cli_look_clear(cli_look *l);

#endif

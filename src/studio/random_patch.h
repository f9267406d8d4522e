/* studio/random_patch.h - patches as people leave them, for trying things on. */
#ifndef TONE_STUDIO_RANDOM_PATCH_H
#define TONE_STUDIO_RANDOM_PATCH_H

#include "base/random.h"
#include "tonesmith/sound/patch.h"

/* A random preset with about a third of its common parameters moved by up to a quarter of their knobs.  Level, pitch and
 * the time of the echo stay. */
TONE_NODISCARD tone_status tone_random_patch(tone_patch *p, tone_random *r, tone_error *err);

#endif

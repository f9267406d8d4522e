/* sound/presets.h - the factory presets as the build embeds them (tools/embed_presets.py, from presets/). */
#ifndef TONE_SOUND_PRESETS_H
#define TONE_SOUND_PRESETS_H

#include <stddef.h>

typedef struct tone_preset_text {
    const char *name, *json;
} tone_preset_text;

extern const tone_preset_text tone_preset_texts[];
extern const size_t tone_n_preset_texts;

#endif

/* sound/plugin_facts.h - what a child says of plug-ins, checked and copied. */
#ifndef TONE_SOUND_PLUGIN_FACTS_H
#define TONE_SOUND_PLUGIN_FACTS_H

#include <jansson.h>

#include "tonesmith/sound/plugin.h"

/* One plug-in; TONE_ERR_FORMAT when the object is none. */
TONE_NODISCARD tone_status tone_plugin_read_info(tone_plugin_info *out, const json_t *o, tone_error *err);
/* Arrays of controls and presets; the caller frees with tone_plugin_free_controls() and free(). */
TONE_NODISCARD tone_status tone_plugin_read_controls(tone_plugin_control **out, size_t *n, const json_t *list, tone_error *err);
void tone_plugin_free_controls(tone_plugin_control *controls, size_t n);
TONE_NODISCARD tone_status tone_plugin_read_presets(tone_plugin_preset **out, size_t *n, const json_t *list, tone_error *err);


/* The list of all; those without a URI are left out. */
TONE_NODISCARD tone_status tone_plugin_read_list(tone_plugin_list *out, const json_t *list, tone_error *err);

#endif

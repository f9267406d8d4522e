/* sound/plugin_parts.h - a tone_plugin from inside. */
#ifndef TONE_SOUND_PLUGIN_PARTS_H
#define TONE_SOUND_PLUGIN_PARTS_H

#include "sound/plugin_facts.h"
#include "sound/plugin_process.h"

struct tone_plugin {
    tone_plugin_info info;
    tone_plugin_options options;
    tone_child child; /* pid 0: ended; tone_plugin_wake() starts another one */
    tone_plugin_control *controls;
    double *values; /* (n_controls) */
    size_t n_controls;
    tone_plugin_preset *presets;
    size_t n_presets;
    json_t *inner; /* the request that gave it its inner state; NULL: its own */
};

/* A child that has the plug-in open with its inner state, as before the last one ended. */
TONE_NODISCARD tone_status tone_plugin_wake(tone_plugin *p, tone_error *err);

/* [[port, value], …] of every control; NULL when memory runs out. */
json_t *tone_plugin_values_json(const tone_plugin *p);

/* tone_child_ask() of something that runs the plug-in's code: refused while in quarantine; what it is to blame for puts it
 * there, and the sentence names it. */
TONE_NODISCARD tone_status tone_plugin_ask(tone_plugin *p, json_t **reply, json_t *request, const tone_child_watch *watch, tone_error *err);

/* *reply has "state": its values and inner state in Turtle, of the subject TONE_PLUGIN_STATE_URI; the caller's, also on failure. */
TONE_NODISCARD tone_status tone_plugin_ask_state(tone_plugin *p, json_t **reply, tone_error *err);

/* It did wrong: quarantine, and a sentence that says both.  `err` holds what it did.  Returns err->code. */
tone_status tone_plugin_accuse(const tone_plugin *p, tone_status code, tone_error *err);

#endif

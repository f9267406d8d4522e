/* tonesmith/sound/plugin.h - LV2 plug-ins as instruments and effects, offline, each in a process of its own.
 * Module: sound
 *
 * Plug-ins are other people's code.  They run in a child process that shares nothing with this one but a block of memory
 * for audio: one that aborts, hangs, or writes NaN costs a sentence and a place on the quarantine list.  Texts that come
 * from plug-ins are made printable and cut to the sizes below; numbers are checked.
 *
 *     tone_plugin *p;
 *     if (tone_plugin_open(&p, "http://drobilla.net/plugins/mda/JX10", NULL, &err)) …
 *     if (tone_plugin_set(p, "vcf_freq", 0.4, NULL, &err)) …
 *     tone_sound s;
 *     if (tone_plugin_render(&s, p, &notes, NULL, NULL, &err)) …
 *     tone_plugin_close(p);
 *
 * A tone_plugin belongs to one thread at a time.  Everything here is [setup]. */
#ifndef TONESMITH_SOUND_PLUGIN_H
#define TONESMITH_SOUND_PLUGIN_H

#include "tonesmith/sound/render.h"
#include "tonesmith/sound/shape.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TONE_PLUGIN_TEXT = 96, TONE_PLUGIN_URI = 256, TONE_PLUGIN_MAX_CONTROLS = 4096 };

typedef struct tone_plugin_info {
    char uri[TONE_PLUGIN_URI];
    char name[TONE_PLUGIN_TEXT];
    char kind[48];       /* its class: "Instrument", "Reverb", … */
    uint32_t n_audio_in, n_audio_out, n_midi_in, n_controls;
    char why_not[TONE_PLUGIN_TEXT]; /* "", or why it cannot be run here: "needs the feature …" */
} tone_plugin_info;

typedef struct tone_plugin_list {
    tone_plugin_info *items; /* by name, then URI */
    size_t n;
} tone_plugin_list;

/* Whether this build has a host and its child program is found: without, every call below but those about the quarantine
 * is TONE_ERR_UNSUPPORTED and says why. */
TONE_API bool tone_plugins_available(void);
/* The plug-ins installed on this machine (LV2_PATH, else the usual folders).  *out is the caller's. */
TONE_API TONE_NODISCARD tone_status tone_plugins_list(tone_plugin_list *out, tone_error *err);
TONE_API void tone_plugins_clear(tone_plugin_list *list);

typedef struct tone_plugin_choice {
    double value;
    char label[48];
} tone_plugin_choice;

typedef struct tone_plugin_control {
    uint32_t port;      /* index in the plug-in */
    char name[64];      /* LV2 symbol: unique within the plug-in */
    char label[64];
    char group[64];     /* "" without one */
    char unit[16];      /* "Hz", "dB", "cents", …; "" when it does not say */
    double min, max, def;
    tone_curve curve;   /* TONE_CURVE_LINEAR, LOG, COUNT or CHOICE (a switch is a choice of off and on) */
    tone_plugin_choice *choices;
    size_t n_choices;
} tone_plugin_control;

typedef struct tone_plugin_preset {
    char uri[TONE_PLUGIN_URI];
    char name[TONE_PLUGIN_TEXT];
} tone_plugin_preset;

typedef struct tone_plugin tone_plugin;

typedef struct tone_plugin_options {
    uint32_t rate;          /* of what it renders */
    double start_s;         /* most time for loading it       */
    double block_s;         /* … for one block of 512 frames  */
    double total_s;         /* … for one render               */
    uint64_t memory_bytes;  /* most address space of its process */
} tone_plugin_options;

/* 48 kHz, 30 s, 5 s, 120 s, 4 GiB. */
TONE_API tone_plugin_options tone_plugin_defaults(void);

/* Describe the plug-in `uri` (none of its code runs yet); `opt` may be NULL.  TONE_ERR_NOT_FOUND: not installed.
 * *out is the caller's. */
TONE_API TONE_NODISCARD tone_status tone_plugin_open(tone_plugin **out, const char *uri, const tone_plugin_options *opt,
                                                     tone_error *err);
TONE_API void tone_plugin_close(tone_plugin *p);

/* Borrowed until tone_plugin_close(). */
TONE_API const tone_plugin_info *tone_plugin_facts(const tone_plugin *p);
TONE_API const tone_plugin_control *tone_plugin_controls(const tone_plugin *p, size_t *n);
TONE_API const tone_plugin_preset *tone_plugin_presets(const tone_plugin *p, size_t *n);

/* Values by place in tone_plugin_controls(). */
TONE_API double tone_plugin_value(const tone_plugin *p, size_t control);
/* The place of a control by name, else by label; case, spaces, '-' and '_' make no difference.  An unknown name is
 * TONE_ERR_NOT_FOUND with the nearest ones in the sentence. */
TONE_API TONE_NODISCARD tone_status tone_plugin_find(size_t *out, const tone_plugin *p, const char *name, tone_error *err);

typedef struct tone_plugin_change {
    size_t control;
    double before, after, asked;
    bool clamped;
} tone_plugin_change;

/* Set one control; outside its range it is clamped, whole numbers and choices are rounded, and *change (nullable) says so. */
TONE_API TONE_NODISCARD tone_status tone_plugin_set(tone_plugin *p, size_t control, double value, tone_plugin_change *change,
                                                    tone_error *err);
/* The value that `text` means for a control: a number or the label of a choice. */
TONE_API TONE_NODISCARD tone_status tone_plugin_read_value(double *out, const tone_plugin *p, size_t control, const char *text,
                                                           tone_error *err);
/* Knob travel 0…1 of a control's value, and back (clamped). */
TONE_API double tone_plugin_to_knob(const tone_plugin_control *c, double value);
TONE_API double tone_plugin_from_knob(const tone_plugin_control *c, double knob);

/* Load a preset by name or URI: its values, and its inner state at the next render. */
TONE_API TONE_NODISCARD tone_status tone_plugin_load_preset(tone_plugin *p, const char *name, tone_error *err);

/* Values and inner state as a JSON file.  Writing runs the plug-in. */
TONE_API TONE_NODISCARD tone_status tone_plugin_write_state(tone_plugin *p, const char *path, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_plugin_read_state(tone_plugin *p, const char *path, tone_error *err);

/* The same as an LV2 preset that every host can load: a new folder ("Dark Keys.lv2") with manifest.ttl and preset.ttl, named after
 * the folder.  Put it where LV2 plug-ins are looked for.  TONE_ERR_IO when there is something of that name.  Runs the plug-in. */
TONE_API TONE_NODISCARD tone_status tone_plugin_write_preset(tone_plugin *p, const char *folder, tone_error *err);

typedef struct tone_plugin_report {
    uint32_t latency;  /* frames, taken out of the result */
    bool silent;       /* everything below -90 dBFS */
    uint32_t n_rounded; /* notes between two keys, played on the nearest */
    double seconds;    /* what it took */
} tone_plugin_report;

/* Play `notes`, or send `in` through; the other one is NULL.  Two channels (one when the plug-in and `in` have one).
 * `opt` gives seconds, tail_s and progress; its rate is ignored: that of tone_plugin_open() must be that of `in`.
 * Every render begins with a new instance, so that equal calls give equal samples where the plug-in does.
 * TONE_ERR_FORMAT: it crashed or wrote NaN or values beyond +60 dBFS; TONE_ERR_LIMIT: it took too long.  Both put it on the
 * quarantine list; a plug-in on it is refused (TONE_ERR_ARGUMENT) with the reason.  `report` may be NULL. */
TONE_API TONE_NODISCARD tone_status tone_plugin_render(tone_sound *out, tone_plugin *p, const tone_notes *notes,
                                                       const tone_sound *in, const tone_render_options *opt,
                                                       tone_plugin_report *report, tone_error *err);

/* ── shape ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct tone_plugin_shape_request {
    tone_plugin *plugin;      /* begins with its values; ends with those that were found */
    const tone_notes *notes;  /* what is played, or */
    const tone_sound *source; /* what is sent through; the other one is NULL */
    const tone_words *words;
    tone_goals goals;
    uint32_t max_renders;     /* 0: 40 */
    bool (*progress)(void *user, uint32_t renders, double distance); /* NULL, or: false cancels */
    void *user;
} tone_plugin_shape_request;

typedef struct tone_plugin_shape_result {
    tone_plugin_change moves[TONE_SHAPE_MAX_MOVES];
    size_t n_moves;
    tone_shape_goal_result goal[TONE_MAX_GOALS]; /* in the order of the request */
    size_t n_goals;
    tone_measures before, after;
    double level_change_lu; /* not made up for: a plug-in need not have a level */
    uint32_t n_renders;
    char *summary;          /* one plain sentence */
} tone_plugin_shape_result;

/* tone_shape() on the controls of a plug-in: those whose names suggest one of the goals first, then others, no switches,
 * choices, volumes or tunings.  On failure the plug-in's values are as before.  *out is the caller's. */
TONE_API TONE_NODISCARD tone_status tone_shape_plugin(tone_plugin_shape_result **out, const tone_plugin_shape_request *r,
                                                      tone_error *err);
TONE_API void tone_plugin_shape_free(tone_plugin_shape_result *s);

/* ── quarantine: XDG_STATE_HOME/tonesmith/quarantine.json ────────────────────────────────────────────────────────── */

/* The file as one line of JSON, {"uri": "why", …}; *out is the caller's. */
TONE_API TONE_NODISCARD tone_status tone_quarantine_json(char **out, tone_error *err);
/* Take `uri` off the list; TONE_ERR_NOT_FOUND when it is not on it. */
TONE_API TONE_NODISCARD tone_status tone_quarantine_forgive(const char *uri, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* studio/studio_inside.h - the studio as its own files see it. */
#ifndef TONE_STUDIO_STUDIO_INSIDE_H
#define TONE_STUDIO_STUDIO_INSIDE_H

#include <jansson.h>
#include <stdatomic.h>

#include "studio/studio.h"
#include "tonesmith/sound/shape.h"

struct tone_studio {
    tone_history *history;
    int64_t project;
    tone_patch patch;     /* of the head */
    tone_patch original;  /* of the root */
    char *notes_text;     /* given by the caller; NULL: what the patch says */
    char *folder, *who, *why;
    char *last;           /* "shape brightness down medium": the last change */
    char *words_line;     /* "darker = air down medium; …" */
    tone_words *words;
    tone_analyzer *ears;
    tone_measures measures;
    tone_sound sound;
    bool heard;           /* measures and sound are of `patch` */
    bool overwrite;
    uint64_t seed;
    atomic_bool cancel;
    void (*progress)(void *arg, uint32_t renders);
    void *progress_arg;
};

/* A tool: reads `args`, puts its answer into `result`.  A refusal is tone_tool_error(): the status stays TONE_OK. */
typedef tone_status tone_tool_fn(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err);

tone_tool_fn tone_tool_list_parameters, tone_tool_set_parameters, tone_tool_shape, tone_tool_render, tone_tool_compare,
    tone_tool_find_presets, tone_tool_history, tone_tool_export;

/* result = {"error": text of `why`}; returns TONE_OK. */
tone_status tone_tool_error(json_t *result, const tone_error *why);

/* The same with words of one's own. */
tone_status tone_tool_refuse(json_t *result, const char *fmt, ...) TONE_PRINTF(2, 3);

/* The text of argument `name`, or NULL when it is absent. */
const char *tone_tool_text(const json_t *args, const char *name);

/* Make `patch` the new head: a step of the history with what moved, what was measured, and why. */
TONE_NODISCARD tone_status tone_studio_commit(tone_studio *s, const tone_patch *patch, const char *tool, const char *last,
                                              tone_error *err);
/* Take the head of the history as the patch (after undo and the like). */
TONE_NODISCARD tone_status tone_studio_reload(tone_studio *s, tone_error *err);
/* Read the user's words again. */
TONE_NODISCARD tone_status tone_studio_reload_words(tone_studio *s, tone_error *err);

/* "filter_cutoff 1.2 kHz to 800 Hz; …", at most `most` parameters and then how many more. */
void tone_studio_print_changes(tone_buf *out, const tone_patch *before, const tone_patch *after, size_t most);

/* Measure a patch; both results may be NULL. */
TONE_NODISCARD tone_status tone_studio_measure(tone_studio *s, const tone_patch *patch, tone_measures *measures,
                                               tone_sound *sound, tone_error *err);

/* json_object_set_new() of a string that may hold anything: what is no UTF-8 becomes '?'. */
void tone_tool_put(json_t *result, const char *key, const char *text);

/* Printable, at most 60 characters: names that come from outside, as the model may see them. */
void tone_studio_print_name(tone_buf *out, const char *name);

#endif

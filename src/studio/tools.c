/* Calls that look and change: parameters, shape, render, compare, presets. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "format/audio.h"
#include "studio/studio_inside.h"

static const struct {
    const char *name;
    tone_tool_fn *run;
} table[] = {
    {"list_parameters", tone_tool_list_parameters}, {"set_parameters", tone_tool_set_parameters},
    {"shape", tone_tool_shape},                     {"render", tone_tool_render},
    {"compare", tone_tool_compare},                 {"find_presets", tone_tool_find_presets},
    {"history", tone_tool_history},                 {"export", tone_tool_export},
};

void tone_tool_put(json_t *result, const char *key, const char *text)
{
    json_t *v = json_string(text);
    if (!v) { /* not UTF-8 */
        tone_buf clean = {0};
        size_t n = strlen(text);
        for (size_t at = 0; at < n;) {
            size_t step = tone_utf8_valid_length((const uint8_t *)text + at, n - at);
            tone_buf_append(&clean, step ? text + at : "?", step ? step : 1);
            at += step ? step : 1;
        }
        v = json_string(tone_buf_text(&clean));
        tone_buf_clear(&clean);
    }
    json_object_set_new(result, key, v);
}

static void put_buf(json_t *result, const char *key, tone_buf *text)
{
    if (text->n)
        tone_tool_put(result, key, tone_buf_text(text));
    tone_buf_clear(text);
}

tone_status tone_tool_error(json_t *result, const tone_error *why)
{
    tone_tool_put(result, "error", why->text);
    return TONE_OK;
}

tone_status tone_tool_refuse(json_t *result, const char *fmt, ...)
{
    char text[320];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    tone_tool_put(result, "error", text);
    return TONE_OK;
}

const char *tone_tool_text(const json_t *args, const char *name)
{
    return json_string_value(json_object_get(args, name));
}

/* Failures that are no answer to the model. */
static bool fatal(tone_status st)
{
    return st == TONE_ERR_NO_MEMORY || st == TONE_ERR_CANCELLED;
}

tone_status tone_studio_call(tone_studio *s, const char *tool, const char *arguments, char **result, bool *changed,
                             tone_error *err)
{
    *result = NULL;
    *changed = false;
    json_error_t bad;
    json_t *args = json_loads(arguments, JSON_REJECT_DUPLICATES, &bad), *answer = json_object();
    tone_status st = TONE_OK;
    size_t i = 0;
    while (i < sizeof table / sizeof *table && strcmp(table[i].name, tool) != 0)
        i++;
    if (!answer)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a result");
    else if (i == sizeof table / sizeof *table)
        st = tone_tool_refuse(answer, "there is no tool '%.40s'; there are list_parameters, set_parameters, shape, render, compare, "
                                      "find_presets, history, export", tool);
    else if (!json_is_object(args))
        st = tone_tool_refuse(answer, "the arguments are no JSON object: %s", args ? "another type" : bad.text);
    else
        st = table[i].run(s, args, answer, changed, err);
    if (!st) {
        *result = json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);
        if (!*result)
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a result");
    }
    json_decref(args);
    json_decref(answer);
    return st;
}

/* ---- list_parameters */

static void list_one(const tone_studio *s, const tone_param_info *p, json_t *result)
{
    tone_buf b = {0}, range = {0};
    char is[32], low[32], high[32];
    tone_buf_printf(&b, "%s %s", p->name, tone_param_print(is, p->id, (double)s->patch.values[p->id]));
    put_buf(result, "parameters", &b);
    if (p->choices)
        tone_buf_puts(&range, p->choices);
    else
        tone_buf_printf(&range, "%s to %s", tone_param_print(low, p->id, (double)p->min), tone_param_print(high, p->id, (double)p->max));
    put_buf(result, "range", &range);
    tone_tool_put(result, "about", p->help);
}

tone_status tone_tool_list_parameters(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    (void)changed, (void)err;
    const char *group = tone_tool_text(args, "group");
    int wanted = -1;
    for (int g = 0; group && g < TONE_N_GROUPS; g++)
        if (strcasecmp(group, tone_group_name((tone_group)g)) == 0)
            wanted = g;
    if (group && wanted < 0) {
        const tone_param_info *p;
        tone_error why;
        if (tone_param_require(&p, group, &why))
            return tone_tool_error(result, &why);
        list_one(s, p, result);
        return TONE_OK;
    }
    tone_buf b = {0};
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *p = tone_param_get((tone_param)i);
        char is[32];
        if (group ? (int)p->group == wanted : p->core)
            tone_buf_printf(&b, "%s%s %s", b.n ? "; " : "", p->name, tone_param_print(is, p->id, (double)s->patch.values[i]));
    }
    put_buf(result, "parameters", &b);
    return TONE_OK;
}

/* ---- set_parameters */

/* Apply "name=value; name+=value"; sentences about clamps are appended. */
static tone_status apply_changes(tone_patch *p, const char *text, tone_buf *clamped, tone_error *err)
{
    for (const char *at = text; *at;) {
        char item[160];
        size_t n = strcspn(at, ";"), begin = strspn(at, " ");
        if (n > begin) {
            if (n - begin >= sizeof item)
                return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a change of %zu bytes is too long", n - begin);
            memcpy(item, at + begin, n - begin);
            item[n - begin] = 0;
            tone_change c;
            tone_status st = tone_patch_set_text(p, item, &c, err);
            if (st)
                return st;
            char line[128];
            if (c.clamped)
                tone_buf_printf(clamped, "%s%s", clamped->n ? "; " : "", tone_change_print(line, &c));
        }
        at += n + (at[n] != 0);
    }
    return TONE_OK;
}

/* What the ears say about the last change, in one clause. */
static tone_status put_heard(json_t *result, const tone_measures *before, const tone_measures *after, tone_error *err)
{
    char *sentence;
    tone_status st = tone_compare_sentence(&sentence, before, after, err);
    if (!st)
        tone_tool_put(result, "sound", sentence);
    free(sentence);
    return st;
}

tone_status tone_tool_set_parameters(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    const char *changes = tone_tool_text(args, "changes");
    tone_error why;
    tone_patch p = s->patch, before = s->patch;
    tone_buf clamped = {0}, moved = {0}, last = {0};
    if (!changes || !*changes)
        return tone_tool_refuse(result, "set_parameters needs changes, for example filter_cutoff=800 Hz");
    tone_status st = apply_changes(&p, changes, &clamped, &why);
    if (st) {
        tone_buf_clear(&clamped);
        return fatal(st) ? tone_fail(err, st, 0, "%s", why.text) : tone_tool_error(result, &why);
    }
    const tone_measures *heard;
    st = tone_studio_hear(s, &heard, NULL, err);
    tone_measures was = {0};
    if (!st)
        was = *heard;
    tone_studio_print_changes(&moved, &before, &p, 8);
    if (!st && moved.n) {
        tone_buf_printf(&last, "set_parameters %s", changes);
        st = tone_studio_commit(s, &p, "set_parameters", tone_buf_text(&last), err);
        *changed = !st;
    }
    if (!st) {
        tone_tool_put(result, "changed", moved.n ? tone_buf_text(&moved) : "nothing: it is so already");
        put_buf(result, "clamped", &clamped);
        if (*changed)
            st = put_heard(result, &was, &s->measures, err);
    }
    tone_buf_clear(&clamped);
    tone_buf_clear(&moved);
    tone_buf_clear(&last);
    return st;
}

/* ---- shape */

static bool shape_progress(void *user, uint32_t renders, double distance)
{
    (void)distance;
    tone_studio *s = user;
    if (s->progress)
        s->progress(s->progress_arg, renders);
    return !atomic_load(&s->cancel);
}

static void put_shape(json_t *result, const tone_studio *s, const tone_shape_result *r, const tone_goals *goals)
{
    tone_buf reached = {0}, missed = {0}, kept = {0}, moved = {0};
    for (size_t i = 0; i < r->n_goals; i++) {
        const tone_shape_goal_result *g = &r->goal[i];
        bool moves = goals->goal[i].direction != 0;
        double along = g->verdict.score * goals->goal[i].direction;
        if (!moves && g->reached)
            tone_buf_printf(&kept, "%s%s", kept.n ? ", " : "", tone_words_at(s->words, goals->goal[i].family)->name);
        else if (moves && (g->reached || along >= 0.5))
            tone_buf_printf(&reached, "%s%s", reached.n ? "; " : "", g->text);
        if (!g->reached)
            tone_buf_printf(&missed, "%s%s%s%s", missed.n ? "; " : "", moves && along >= 0.5 ? "" : g->text,
                            g->why[0] && !(moves && along >= 0.5) ? ": " : "", g->why);
    }
    tone_studio_print_changes(&moved, &s->patch, &r->patch, 6);
    put_buf(result, "reached", &reached);
    put_buf(result, "moved", &moved);
    put_buf(result, "kept", &kept);
    put_buf(result, "missed", &missed);
    if (!isnan(r->distance_after)) {
        tone_buf_printf(&reached, "distance %.2f, was %.2f", r->distance_after, r->distance_before);
        put_buf(result, "reached", &reached);
    }
}

static tone_status read_target(tone_sound *out, const char *path, tone_error *err)
{
    tone_audio a;
    tone_audio_limits limits = tone_audio_limits_defaults();
    limits.max_s = 60;
    limits.max_channels = 2;
    tone_status st = tone_audio_read(&a, path, &limits, err);
    if (!st)
        *out = (tone_sound){.frames = a.frames, .n_frames = a.n_frames, .n_channels = a.n_channels, .rate = a.rate_hz};
    return st;
}

static tone_status run_shape(tone_studio *s, tone_shape_result **out, const tone_goals *goals, const tone_sound *like, tone_error *err)
{
    tone_notes notes;
    const char *text = s->notes_text ? s->notes_text : s->patch.notes[0] ? s->patch.notes : tone_notes_default_text();
    tone_status st = tone_notes_parse(&notes, text, err);
    if (st)
        return st;
    tone_shape_request r = tone_shape_defaults();
    r.patch = &s->patch;
    r.notes = &notes;
    r.words = s->words;
    r.goals = *goals;
    r.like = like;
    r.seed = s->seed;
    r.progress = shape_progress;
    r.user = s;
    st = tone_shape(out, &r, err);
    tone_notes_clear(&notes);
    return st;
}

tone_status tone_tool_shape(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    const char *text = tone_tool_text(args, "goals"), *like = tone_tool_text(args, "like"), *word = tone_tool_text(args, "remember");
    tone_error why;
    tone_goals goals = {0};
    tone_sound target = {0};
    tone_status st = TONE_OK;
    if (!text && !like)
        st = tone_fail(&why, TONE_ERR_ARGUMENT, 0, "shape needs goals, for example brightness down medium");
    if (!st && text)
        st = tone_goals_parse(&goals, s->words, text, &why);
    if (!st && like)
        st = read_target(&target, like, &why);
    if (!st && word && text)
        st = tone_history_set_word(s->history, word, text, &why);
    tone_shape_result *r = NULL;
    if (!st)
        st = run_shape(s, &r, &goals, like ? &target : NULL, &why);
    tone_sound_clear(&target);
    if (st)
        return fatal(st) ? tone_fail(err, st, 0, "%s", why.text) : tone_tool_error(result, &why);
    put_shape(result, s, r, &goals);
    if (word && text) {
        tone_tool_put(result, "remembered", word);
        st = tone_studio_reload_words(s, err);
    }
    if (!st && r->n_moves) {
        tone_buf last = {0};
        tone_buf_printf(&last, "shape %s%s", text ? text : "like ", text ? "" : like);
        st = tone_studio_commit(s, &r->patch, "shape", tone_buf_text(&last), err);
        *changed = !st;
        tone_buf_clear(&last);
    }
    tone_shape_free(r);
    return st;
}

/* ---- render */

/* "C3 E3 G3" as a chord that lasts `seconds`; text with '@' is taken as it is. */
static void chord_text(tone_buf *out, const char *notes, double seconds)
{
    if (strchr(notes, '@') || notes[0] == '[') {
        tone_buf_puts(out, notes);
        return;
    }
    const char *join = "";
    for (const char *at = notes; *at;) {
        size_t gap = strspn(at, " ,+"), n = strcspn(at + gap, " ,+");
        if (n) {
            tone_buf_puts(out, join);
            tone_buf_append(out, at + gap, n);
            join = "+";
        }
        at += gap + n;
    }
    tone_buf_printf(out, "@0:%g", seconds);
}

tone_status tone_tool_render(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    (void)changed;
    const char *notes = tone_tool_text(args, "notes");
    const json_t *seconds = json_object_get(args, "seconds");
    double length = json_is_number(seconds) ? json_number_value(seconds) : 0;
    tone_error why;
    tone_buf text = {0};
    if (seconds && !(length >= 0.1 && length <= 60))
        return tone_tool_refuse(result, "seconds must be between 0.1 and 60");
    if (notes)
        chord_text(&text, notes, length > 0 ? length : 1);
    else if (length > 0)
        tone_buf_printf(&text, "C3@0:%g", length);
    tone_notes parsed;
    tone_status st = text.n ? tone_notes_parse(&parsed, text.data, &why) : TONE_OK;
    if (st) {
        tone_buf_clear(&text);
        return fatal(st) ? tone_fail(err, st, 0, "%s", why.text) : tone_tool_error(result, &why);
    }
    if (text.n) {
        tone_notes_clear(&parsed);
        free(s->notes_text);
        s->notes_text = tone_buf_take(&text);
        s->heard = false;
    }
    const tone_measures *m;
    const tone_sound *sound;
    st = tone_studio_hear(s, &m, &sound, err);
    if (st)
        return st;
    tone_buf played = {0}, loud = {0};
    tone_buf_printf(&played, "%.1f s", (double)sound->n_frames / sound->rate);
    put_buf(result, "played", &played);
    if (isnan(m->value[TONE_METRIC_INTEGRATED_LUFS]))
        tone_buf_puts(&loud, "silence");
    else
        tone_buf_printf(&loud, "%.1f LUFS", m->value[TONE_METRIC_INTEGRATED_LUFS]);
    put_buf(result, "loudness", &loud);
    return TONE_OK;
}

/* ---- compare */

/* Measures of a place or of a sound file; *patch is filled and *has_patch set for a place. */
static tone_status measure_place(tone_studio *s, const char *place, tone_measures *m, tone_patch *patch, bool *has_patch, tone_error *err)
{
    *has_patch = true;
    tone_error first;
    tone_status st = tone_studio_patch_at(s, place, patch, &first);
    if (!st && memcmp(patch, &s->patch, sizeof *patch) == 0) {
        const tone_measures *heard;
        st = tone_studio_hear(s, &heard, NULL, err);
        if (!st)
            *m = *heard;
        return st;
    }
    if (!st)
        return tone_studio_measure(s, patch, m, NULL, err);
    *has_patch = false;
    tone_sound target;
    if (!strchr(place, '.')) {
        if (err)
            *err = first;
        return st;
    }
    st = read_target(&target, place, err);
    if (st)
        return st;
    tone_clip clip = {.frames = target.frames, .n_frames = target.n_frames, .n_channels = target.n_channels, .rate_hz = target.rate};
    st = tone_analyze(m, s->ears, &clip, NULL, err);
    tone_sound_clear(&target);
    return st;
}

tone_status tone_tool_compare(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    (void)changed;
    const char *a = tone_tool_text(args, "a"), *b = tone_tool_text(args, "b");
    tone_error why;
    tone_measures ma, mb;
    tone_patch pa, pb;
    bool has_a, has_b;
    tone_status st = measure_place(s, a ? a : "before", &ma, &pa, &has_a, &why);
    if (!st)
        st = measure_place(s, b ? b : "now", &mb, &pb, &has_b, &why);
    if (st)
        return fatal(st) ? tone_fail(err, st, 0, "%s", why.text) : tone_tool_error(result, &why);
    char *sentence;
    st = tone_compare_sentence(&sentence, &ma, &mb, err);
    if (st)
        return st;
    tone_tool_put(result, "changes", sentence);
    free(sentence);
    if (has_a && has_b) {
        tone_buf moved = {0};
        tone_studio_print_changes(&moved, &pa, &pb, 8);
        put_buf(result, "parameters", &moved);
    }
    return TONE_OK;
}

/* ---- find_presets */

tone_status tone_tool_find_presets(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    const char *text = tone_tool_text(args, "text");
    size_t hits[5];
    size_t n = text ? tone_preset_search(hits, sizeof hits / sizeof *hits, text) : 0;
    if (n == 0)
        return tone_tool_refuse(result, "no preset matches '%.60s'; try a kind (bass, lead, pad, pluck, keys, bell, drum) or a mood "
                                        "(warm, dark, wide)", text ? text : "");
    tone_buf names = {0};
    tone_patch first, p;
    tone_status st = tone_preset_get(&first, hits[0], err);
    for (size_t i = 0; !st && i < n && i < sizeof hits / sizeof *hits; i++) {
        st = tone_preset_get(&p, hits[i], err);
        tone_buf_puts(&names, i ? "; " : "");
        tone_studio_print_name(&names, st ? "" : p.name);
    }
    if (!st && n > sizeof hits / sizeof *hits)
        tone_buf_printf(&names, "; and %zu more", n - sizeof hits / sizeof *hits);
    if (!st)
        put_buf(result, "found", &names);
    tone_buf_clear(&names);
    if (st || !json_is_true(json_object_get(args, "load")))
        return st;
    tone_buf last = {0};
    tone_buf_puts(&last, "find_presets ");
    tone_studio_print_name(&last, first.name);
    st = tone_studio_commit(s, &first, "find_presets", tone_buf_text(&last), err);
    tone_buf_clear(&last);
    if (!st) {
        tone_tool_put(result, "loaded", first.name);
        *changed = true;
    }
    return st;
}

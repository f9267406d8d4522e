/* The project at hand: its patch, what it sounds like, and the step of the history it stands on. */
#include "studio/studio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "studio/studio_inside.h"

void tone_studio_print_name(tone_buf *out, const char *name)
{
    size_t n = strlen(name), at = 0, shown = 0;
    while (at < n && shown++ < 60) {
        size_t step = tone_utf8_valid_length((const uint8_t *)name + at, n - at);
        bool plain = step > 1 || (step == 1 && (unsigned char)name[at] >= 0x20 && name[at] != 0x7f && name[at] != ';');
        tone_buf_append(out, plain ? name + at : "?", plain ? step : 1);
        at += step ? step : 1;
    }
    if (at < n)
        tone_buf_puts(out, "\xE2\x80\xA6");
}

void tone_studio_print_changes(tone_buf *out, const tone_patch *before, const tone_patch *after, size_t most)
{
    size_t n = 0;
    for (int p = 0; p < TONE_N_PARAMS; p++) {
        if (before->values[p] == after->values[p])
            continue;
        char was[32], is[32];
        if (n++ < most)
            tone_buf_printf(out, "%s%s %s to %s", n > 1 ? "; " : "", tone_param_get((tone_param)p)->name,
                            tone_param_print(was, (tone_param)p, (double)before->values[p]),
                            tone_param_print(is, (tone_param)p, (double)after->values[p]));
    }
    if (n > most)
        tone_buf_printf(out, "; and %zu more", n - most);
}

/* ---- hearing */

static tone_status notes_of(tone_studio *s, const tone_patch *patch, tone_notes *out, tone_error *err)
{
    const char *text = s->notes_text ? s->notes_text : patch->notes[0] ? patch->notes : tone_notes_default_text();
    return tone_notes_parse(out, text, err);
}

static bool keep_going(void *user, double done)
{
    (void)done;
    return !atomic_load(&((tone_studio *)user)->cancel);
}

tone_status tone_studio_render(tone_studio *s, const tone_patch *patch, tone_sound *out, tone_error *err)
{
    tone_notes notes;
    tone_status st = notes_of(s, patch, &notes, err);
    if (st)
        return st;
    tone_render_options o = tone_render_defaults();
    o.seed = s->seed;
    o.tail_s = 2; /* as shape hears it: the numbers of all tools agree */
    o.progress = keep_going;
    o.user = s;
    st = tone_render(out, patch, &notes, &o, err);
    tone_notes_clear(&notes);
    return st;
}

tone_status tone_studio_measure(tone_studio *s, const tone_patch *patch, tone_measures *measures, tone_sound *sound,
                                tone_error *err)
{
    tone_sound made = {0};
    tone_status st = tone_studio_render(s, patch, &made, err);
    if (!st && measures) {
        tone_clip clip = {.frames = made.frames, .n_frames = made.n_frames, .n_channels = made.n_channels, .rate_hz = made.rate};
        st = tone_analyze(measures, s->ears, &clip, NULL, err);
    }
    if (!st && sound)
        *sound = made;
    else
        tone_sound_clear(&made);
    return st;
}

tone_status tone_studio_hear(tone_studio *s, const tone_measures **measures, const tone_sound **sound, tone_error *err)
{
    if (!s->heard) {
        tone_sound made;
        tone_status st = tone_studio_measure(s, &s->patch, &s->measures, &made, err);
        if (st)
            return st;
        tone_sound_clear(&s->sound);
        s->sound = made;
        s->heard = true;
    }
    if (measures)
        *measures = &s->measures;
    if (sound)
        *sound = &s->sound;
    return TONE_OK;
}

/* ---- the history */

static tone_status take_patch(void *arg, const tone_node *node, tone_error *err)
{
    return tone_patch_read(arg, node->patch, strlen(node->patch), NULL, err);
}

typedef struct head {
    tone_patch *patch;
    char *last;
} head;

static tone_status take_head(void *arg, const tone_node *node, tone_error *err)
{
    head *h = arg;
    const char *diff = node->diff ? node->diff : "";
    json_t *d = json_loads(diff, 0, NULL);
    const char *last = json_string_value(json_object_get(d, "last"));
    h->last = last ? strdup(last) : NULL;
    json_decref(d);
    return take_patch(h->patch, node, err);
}

tone_status tone_studio_reload(tone_studio *s, tone_error *err)
{
    head h = {.patch = &s->patch};
    int64_t root;
    tone_status st = tone_history_head(s->history, s->project, take_head, &h, err);
    free(s->last);
    s->last = h.last;
    s->heard = false;
    if (!st)
        st = tone_history_find(s->history, s->project, "root", &root, err);
    if (!st)
        st = tone_history_node(s->history, s->project, root, take_patch, &s->original, err);
    return st;
}

/* What changed, for the history: {"last": …, "changes": {"filter_cutoff": [800, 1200]}}. */
static char *diff_json(const tone_patch *before, const tone_patch *after, const char *last)
{
    json_t *changes = json_object();
    for (int p = 0; p < TONE_N_PARAMS; p++)
        if (before->values[p] != after->values[p])
            json_object_set_new(changes, tone_param_get((tone_param)p)->name,
                                json_pack("[ff]", (double)before->values[p], (double)after->values[p]));
    json_t *d = json_pack("{s:s*,s:o}", "last", last, "changes", changes);
    char *text = d ? json_dumps(d, JSON_COMPACT) : NULL;
    json_decref(d);
    return text;
}

tone_status tone_studio_commit(tone_studio *s, const tone_patch *patch, const char *tool, const char *last, tone_error *err)
{
    tone_measures measures;
    tone_sound sound = {0};
    char *json = NULL, *metrics = NULL;
    char *diff = diff_json(&s->patch, patch, last), *kept = last ? strdup(last) : NULL;
    tone_status st = tone_studio_measure(s, patch, &measures, &sound, err);
    if (!st)
        st = tone_patch_write(&json, patch, err);
    if (!st)
        st = tone_measures_json(&metrics, &measures, err);
    if (!st && (!diff || (last && !kept)))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a step of the history");
    tone_node node = {.patch = json, .diff = diff, .metrics = metrics, .who = s->who, .why = s->why, .tool = tool};
    if (!st)
        st = tone_history_append(s->history, s->project, &node, NULL, err);
    if (!st) {
        s->patch = *patch;
        tone_sound_clear(&s->sound);
        s->sound = sound;
        s->measures = measures;
        s->heard = true;
        free(s->last);
        s->last = kept;
    } else {
        tone_sound_clear(&sound);
        free(kept);
    }
    free(diff);
    free(json);
    free(metrics);
    return st;
}

tone_status tone_studio_patch_at(tone_studio *s, const char *place, tone_patch *out, tone_error *err)
{
    int64_t id;
    tone_status st;
    if (strcmp(place, "now") == 0) {
        *out = s->patch;
        return TONE_OK;
    }
    if (strcmp(place, "original") == 0) {
        *out = s->original;
        return TONE_OK;
    }
    if (strcmp(place, "before") == 0)
        st = tone_history_before(s->history, s->project, &id, err);
    else if (strcmp(place, "A") == 0 || strcmp(place, "B") == 0)
        st = tone_history_get_slot(s->history, s->project, place[0], &id, err);
    else
        st = tone_history_find(s->history, s->project, place, &id, err);
    return st ? st : tone_history_node(s->history, s->project, id, take_patch, out, err);
}

/* ---- the user's words */

static tone_status take_word(void *arg, const char *word, const char *meaning, tone_error *err)
{
    (void)err;
    tone_buf *line = arg;
    tone_buf_puts(line, line->n ? "; " : "");
    tone_studio_print_name(line, word);
    tone_buf_puts(line, " = ");
    tone_studio_print_name(line, meaning);
    return TONE_OK;
}

tone_status tone_studio_reload_words(tone_studio *s, tone_error *err)
{
    tone_buf line = {0};
    tone_status st = tone_history_words(s->history, take_word, &line, err);
    if (!st && line.failed)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the user's words");
    if (!st) {
        free(s->words_line);
        s->words_line = line.n ? tone_buf_take(&line) : NULL;
    }
    tone_buf_clear(&line);
    return st;
}

/* ---- state for the model */

/* "changed filter_cutoff 800 Hz; …": what differs from the original, at most 8, those of common use first. */
static void print_changed(tone_buf *out, const tone_studio *s)
{
    size_t n = 0;
    for (int core = 1; core >= 0; core--)
        for (int p = 0; p < TONE_N_PARAMS && n < 8; p++) {
            const tone_param_info *info = tone_param_get((tone_param)p);
            char is[32];
            if (info->core == (core == 1) && s->patch.values[p] != s->original.values[p])
                tone_buf_printf(out, "%s%s %s", n++ ? "; " : "changed ", info->name,
                                tone_param_print(is, (tone_param)p, (double)s->patch.values[p]));
        }
    if (n)
        tone_buf_putc(out, '\n');
}

static void print_sound(tone_buf *out, const tone_measures *m)
{
    const char *join = "sound ";
    static const struct {
        tone_metric metric;
        const char *format;
        double scale;
    } shown[] = {{TONE_METRIC_CENTROID_HZ, "%scentroid %.0f Hz", 1}, {TONE_METRIC_SIDE_MID_DB, "%swidth %.1f dB", 1},
                 {TONE_METRIC_ATTACK_S, "%sattack %.0f ms", 1000}, {TONE_METRIC_INTEGRATED_LUFS, "%sloudness %.1f LUFS", 1}};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        double v = m->value[shown[i].metric] * shown[i].scale;
        if (!isfinite(v))
            continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the formats stand in the table above */
        tone_buf_printf(out, shown[i].format, join, v);
#pragma GCC diagnostic pop
        join = "; ";
    }
    tone_buf_puts(out, join[0] == ';' ? "\n" : "sound silent\n");
}

tone_status tone_studio_state(tone_studio *s, tone_buf *out, tone_error *err)
{
    const tone_measures *m;
    tone_status st = tone_studio_hear(s, &m, NULL, err);
    if (st)
        return st;
    tone_buf_puts(out, "patch ");
    tone_studio_print_name(out, s->patch.name);
    tone_buf_putc(out, '\n');
    print_changed(out, s);
    print_sound(out, m);
    if (s->last)
        tone_buf_printf(out, "last %s\n", s->last);
    if (s->words_line)
        tone_buf_printf(out, "words %s\n", s->words_line);
    if (out->n && out->data[out->n - 1] == '\n')
        out->data[--out->n] = 0;
    return out->failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the state of the project") : TONE_OK;
}

/* ---- opening */

static tone_status begin_project(tone_studio *s, const tone_studio_options *opt, tone_error *err)
{
    bool empty = false;
    tone_error none;
    tone_status st = tone_studio_reload(s, &none);
    if (st == TONE_ERR_NOT_FOUND)
        empty = true;
    else if (st) {
        if (err)
            *err = none;
        return st;
    }
    if (!empty && !opt->preset && !opt->patch)
        return TONE_OK;
    tone_patch p;
    st = TONE_OK;
    if (opt->patch)
        p = *opt->patch;
    else if (opt->preset)
        st = tone_preset_find(&p, opt->preset, err);
    else
        st = tone_preset_get(&p, 0, err);
    if (st)
        return st;
    if (empty)
        s->patch = s->original = p;
    return tone_studio_commit(s, &p, "begin", NULL, err);
}

tone_status tone_studio_open(tone_studio **out, const tone_studio_options *opt, tone_error *err)
{
    *out = NULL;
    tone_studio *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the studio");
    s->seed = opt->seed;
    s->who = strdup(opt->who ? opt->who : "user");
    s->folder = strdup(opt->folder ? opt->folder : ".");
    s->notes_text = opt->notes ? strdup(opt->notes) : NULL;
    tone_status st = TONE_OK;
    if (!s->who || !s->folder || (opt->notes && !s->notes_text))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the studio");
    if (!st && opt->notes) {
        tone_notes notes; /* a mistake in them is better said now */
        st = tone_notes_parse(&notes, opt->notes, err);
        if (!st)
            tone_notes_clear(&notes);
    }
    char *path = NULL, *name = NULL;
    if (!st && opt->history)
        path = strdup(opt->history);
    else if (!st)
        st = tone_history_default_path(&path, err);
    if (!st && !path)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the studio");
    if (!st)
        st = tone_history_open(&s->history, path, NULL, err);
    if (!st)
        st = opt->project ? tone_history_project(s->history, opt->project, &s->project, err)
                          : tone_history_current(s->history, &s->project, &name, err);
    if (!st)
        st = tone_analyzer_new(&s->ears, err);
    if (!st)
        st = tone_words_open(&s->words, NULL, 0, err);
    if (!st)
        st = tone_studio_reload_words(s, err);
    if (!st)
        st = begin_project(s, opt, err);
    free(path);
    free(name);
    if (st) {
        tone_studio_close(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

void tone_studio_close(tone_studio *s)
{
    if (!s)
        return;
    tone_history_close(s->history);
    tone_analyzer_free(s->ears);
    tone_words_free(s->words);
    tone_sound_clear(&s->sound);
    free(s->notes_text);
    free(s->folder);
    free(s->who);
    free(s->why);
    free(s->last);
    free(s->words_line);
    free(s);
}

const char *tone_studio_notice(const tone_studio *s)
{
    return tone_history_notice(s->history);
}

tone_status tone_studio_turn(tone_studio *s, const char *words, tone_error *err)
{
    char *copy = words ? strdup(words) : NULL;
    if (words && !copy)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the turn");
    free(s->why);
    s->why = copy;
    atomic_store(&s->cancel, false);
    return TONE_OK;
}

void tone_studio_allow_overwrite(tone_studio *s, bool yes)
{
    s->overwrite = yes;
}

void tone_studio_cancel(tone_studio *s)
{
    atomic_store(&s->cancel, true);
}

void tone_studio_on_progress(tone_studio *s, void (*fn)(void *arg, uint32_t renders), void *arg)
{
    s->progress = fn;
    s->progress_arg = arg;
}

const tone_patch *tone_studio_patch(const tone_studio *s)
{
    return &s->patch;
}

tone_history *tone_studio_history(tone_studio *s)
{
    return s->history;
}

int64_t tone_studio_project(const tone_studio *s)
{
    return s->project;
}

const tone_words *tone_studio_words(const tone_studio *s)
{
    return s->words;
}

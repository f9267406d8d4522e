/* A plug-in's handle: its controls, presets and state.  What runs its code is in plugin_render.c and the child. */
#include "tonesmith/sound/plugin.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/near.h"
#include "base/number.h"
#include "sound/plugin_parts.h"
#include "sound/plugin_quarantine.h"

enum { MOST_STATE_BYTES = 16 << 20, LIST_S = 120, CPU_S = 3600 };
static const char format_name[] = "tonesmith plug-in state";

tone_plugin_options tone_plugin_defaults(void)
{
    return (tone_plugin_options){.rate = 48000, .start_s = 30, .block_s = 5, .total_s = 120, .memory_bytes = (uint64_t)4 << 30};
}

bool tone_plugins_available(void)
{
    char *path = tone_child_find(NULL);
    free(path);
    return path != NULL;
}

tone_status tone_plugins_list(tone_plugin_list *out, tone_error *err)
{
    *out = (tone_plugin_list){NULL, 0};
    tone_child c;
    json_t *reply;
    bool blame;
    tone_status st = tone_child_start(&c, tone_plugin_defaults().memory_bytes, CPU_S, err);
    if (st)
        return st;
    st = tone_child_ask(&c, &reply, json_pack("{s:s}", "do", "list"), LIST_S, NULL, &blame, err);
    if (st)
        st = tone_fail_in(err, st, "listing plug-ins");
    else
        st = tone_plugin_read_list(out, json_object_get(reply, "plugins"), err);
    json_decref(reply);
    tone_child_stop(&c);
    return st;
}

void tone_plugins_clear(tone_plugin_list *list)
{
    free(list->items);
    *list = (tone_plugin_list){NULL, 0};
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static tone_status open_in_child(tone_plugin *p, json_t **reply, tone_error *err)
{
    bool blame;
    *reply = NULL;
    tone_status st = tone_child_start(&p->child, p->options.memory_bytes, CPU_S, err);
    if (!st)
        st = tone_child_ask(&p->child, reply, json_pack("{s:s,s:s,s:i}", "do", "open", "uri", p->info.uri, "rate", (int)p->options.rate), LIST_S,
                            NULL, &blame, err);
    return st == TONE_ERR_UNSUPPORTED && !p->child.pid ? st : st ? tone_fail_in(err, st, p->info.uri) : TONE_OK;
}

tone_status tone_plugin_wake(tone_plugin *p, tone_error *err)
{
    if (p->child.pid)
        return TONE_OK;
    json_t *reply;
    bool blame;
    tone_status st = open_in_child(p, &reply, err);
    json_decref(reply);
    if (!st && p->inner) {
        st = tone_child_ask(&p->child, &reply, json_incref(p->inner), LIST_S, NULL, &blame, err);
        json_decref(reply);
    }
    if (st)
        tone_child_stop(&p->child);
    return st;
}

tone_status tone_plugin_open(tone_plugin **out, const char *uri, const tone_plugin_options *opt, tone_error *err)
{
    *out = NULL;
    tone_plugin_options o = opt ? *opt : tone_plugin_defaults();
    size_t n = strlen(uri);
    if (n == 0 || n >= TONE_PLUGIN_URI)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a plug-in's URI has 1 to %d characters", TONE_PLUGIN_URI - 1);
    if (o.rate < TONE_RATE_MIN || o.rate > TONE_RATE_MAX || !(o.start_s > 0) || !(o.block_s > 0) || !(o.total_s > 0))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "rate or time limits of the plug-in are out of range");
    tone_plugin *p = calloc(1, sizeof *p);
    if (!p)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the plug-in");
    p->options = o;
    p->child = (tone_child){.socket = -1, .memory = -1};
    memcpy(p->info.uri, uri, n + 1);
    json_t *reply;
    tone_status st = open_in_child(p, &reply, err);
    if (!st)
        st = tone_plugin_read_info(&p->info, json_object_get(reply, "plugin"), err);
    if (!st && strcmp(p->info.uri, uri) != 0)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "asked for '%s', got '%s'", uri, p->info.uri);
    if (!st)
        st = tone_plugin_read_controls(&p->controls, &p->n_controls, json_object_get(reply, "controls"), err);
    if (!st)
        st = tone_plugin_read_presets(&p->presets, &p->n_presets, json_object_get(reply, "presets"), err);
    json_decref(reply);
    if (!st && !(p->values = calloc(p->n_controls + 1, sizeof *p->values)))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the controls");
    if (st) {
        tone_plugin_close(p);
        return st;
    }
    for (size_t i = 0; i < p->n_controls; i++)
        p->values[i] = p->controls[i].def;
    *out = p;
    return TONE_OK;
}

void tone_plugin_close(tone_plugin *p)
{
    if (!p)
        return;
    tone_child_stop(&p->child);
    tone_plugin_free_controls(p->controls, p->n_controls);
    json_decref(p->inner);
    free(p->presets);
    free(p->values);
    free(p);
}

const tone_plugin_info *tone_plugin_facts(const tone_plugin *p)
{
    return &p->info;
}

const tone_plugin_control *tone_plugin_controls(const tone_plugin *p, size_t *n)
{
    *n = p->n_controls;
    return p->controls;
}

const tone_plugin_preset *tone_plugin_presets(const tone_plugin *p, size_t *n)
{
    *n = p->n_presets;
    return p->presets;
}

/* ── running its code ────────────────────────────────────────────────────────────────────────────────────────────── */

tone_status tone_plugin_accuse(const tone_plugin *p, tone_status code, tone_error *err)
{
    tone_error what = {.text = "it misbehaved"}, own;
    if (err)
        what = *err;
    if (tone_quarantine_add(p->info.uri, what.text, &own) == TONE_OK)
        return tone_fail(err, code, 0, "%s: %s; it is in quarantine now", p->info.uri, what.text);
    return tone_fail(err, code, 0, "%s: %s; it could not be put in quarantine: %s", p->info.uri, what.text, own.text);
}

tone_status tone_plugin_ask(tone_plugin *p, json_t **reply, json_t *request, const tone_child_watch *watch, tone_error *err)
{
    bool blame = false;
    tone_error own;
    *reply = NULL;
    tone_status st = tone_child_ask(&p->child, reply, request, p->options.total_s, watch, &blame, &own);
    if (st && err)
        *err = own;
    if (!st || st == TONE_ERR_CANCELLED)
        return st;
    return blame ? tone_plugin_accuse(p, st, err) : tone_fail_in(err, st, p->info.uri);
}

json_t *tone_plugin_values_json(const tone_plugin *p)
{
    json_t *all = json_array();
    for (size_t i = 0; i < p->n_controls; i++)
        if (json_array_append_new(all, json_pack("[I,f]", (json_int_t)p->controls[i].port, p->values[i])) != 0) {
            json_decref(all);
            return NULL;
        }
    return all;
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

double tone_plugin_value(const tone_plugin *p, size_t control)
{
    return p->values[control];
}

/* Whether two names are equal but for case, spaces, '-' and '_'. */
static bool same_name(const char *a, const char *b)
{
    for (;;) {
        while (*a == ' ' || *a == '-' || *a == '_')
            a++;
        while (*b == ' ' || *b == '-' || *b == '_')
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (!*a)
            return true;
        a++;
        b++;
    }
}

tone_status tone_plugin_find(size_t *out, const tone_plugin *p, const char *name, tone_error *err)
{
    tone_near near;
    tone_near_init(&near, name);
    for (*out = 0; *out < p->n_controls; ++*out)
        if (strcmp(p->controls[*out].name, name) == 0)
            return TONE_OK;
    for (*out = 0; *out < p->n_controls; ++*out)
        if (same_name(p->controls[*out].name, name) || same_name(p->controls[*out].label, name))
            return TONE_OK;
    for (size_t i = 0; i < p->n_controls; i++) {
        tone_near_offer(&near, p->controls[i].name, p->controls[i].name, SIZE_MAX);
        tone_near_offer(&near, p->controls[i].name, p->controls[i].label, SIZE_MAX);
    }
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s has no control '%.64s'%s%s%s%s%s", p->info.name, name, near.best[0][0] ? "; near are " : "",
                     near.best[0], near.best[1][0] ? ", " : "", near.best[1], near.best[0][0] ? "" : "; it has none at all");
}

/* What the plug-in takes for `value`: within the range, a whole number or one of the choices where it wants one. */
static double fit(const tone_plugin_control *c, double value)
{
    double v = fmin(fmax(value, c->min), c->max);
    if (c->curve == TONE_CURVE_COUNT)
        return fmin(fmax(round(v), c->min), c->max);
    if (c->curve != TONE_CURVE_CHOICE)
        return v;
    size_t best = 0;
    for (size_t i = 1; i < c->n_choices; i++)
        if (fabs(c->choices[i].value - v) < fabs(c->choices[best].value - v))
            best = i;
    return c->choices[best].value;
}

tone_status tone_plugin_set(tone_plugin *p, size_t control, double value, tone_plugin_change *change, tone_error *err)
{
    if (control >= p->n_controls)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s has %zu controls", p->info.name, p->n_controls);
    const tone_plugin_control *c = &p->controls[control];
    if (!isfinite(value))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s cannot be set to that", c->name);
    double after = fit(c, value);
    if (change)
        *change = (tone_plugin_change){control, p->values[control], after, value, value < c->min || value > c->max};
    p->values[control] = after;
    return TONE_OK;
}

tone_status tone_plugin_read_value(double *out, const tone_plugin *p, size_t control, const char *text, tone_error *err)
{
    const tone_plugin_control *c = &p->controls[control];
    for (size_t i = 0; i < c->n_choices; i++)
        if (same_name(c->choices[i].label, text)) {
            *out = c->choices[i].value;
            return TONE_OK;
        }
    const char *digits = text[0] == '+' ? text + 1 : text;
    if (tone_number_read(out, digits, strlen(digits)) && isfinite(*out))
        return TONE_OK;
    return tone_fail(err, TONE_ERR_ARGUMENT, 0, c->n_choices ? "'%.64s' is neither a number nor a choice of %s" : "'%.64s' is no number for %s", text, c->name);
}

double tone_plugin_to_knob(const tone_plugin_control *c, double value)
{
    double v = fmin(fmax(value, c->min), c->max);
    if (c->max == c->min)
        return 0;
    if (c->curve == TONE_CURVE_LOG)
        return log(v / c->min) / log(c->max / c->min);
    return (v - c->min) / (c->max - c->min);
}

double tone_plugin_from_knob(const tone_plugin_control *c, double knob)
{
    double k = fmin(fmax(knob, 0), 1);
    return fit(c, c->curve == TONE_CURVE_LOG ? c->min * pow(c->max / c->min, k) : c->min + (c->max - c->min) * k);
}

/* ── presets and state ───────────────────────────────────────────────────────────────────────────────────────────── */

/* Load an inner state in the child and take its values; `request` becomes the handle's. */
static tone_status take_inner(tone_plugin *p, json_t *request, tone_error *err)
{
    json_t *reply = NULL, *v;
    bool blame;
    const char *key;
    tone_status st = request ? tone_plugin_wake(p, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the request");
    if (!st) {
        st = tone_child_ask(&p->child, &reply, json_incref(request), p->options.total_s, NULL, &blame, err);
        if (st)
            st = tone_fail_in(err, st, p->info.uri);
    }
    if (!st) {
        json_object_foreach (json_object_get(reply, "values"), key, v)
            for (size_t i = 0; i < p->n_controls; i++)
                if (strcmp(p->controls[i].name, key) == 0 && json_is_number(v) && isfinite(json_number_value(v)))
                    p->values[i] = fit(&p->controls[i], json_number_value(v));
        json_decref(p->inner);
        p->inner = json_incref(request);
    }
    json_decref(reply);
    json_decref(request);
    return st;
}

tone_status tone_plugin_load_preset(tone_plugin *p, const char *name, tone_error *err)
{
    tone_near near;
    tone_near_init(&near, name);
    for (size_t i = 0; i < p->n_presets; i++) {
        if (strcmp(p->presets[i].uri, name) == 0 || same_name(p->presets[i].name, name))
            return take_inner(p, json_pack("{s:s,s:s}", "do", "preset", "preset", p->presets[i].uri), err);
        tone_near_offer(&near, p->presets[i].name, p->presets[i].name, SIZE_MAX);
    }
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s has no preset '%.64s'%s%s", p->info.name, name, near.best[0][0] ? "; near is " : "", near.best[0]);
}

tone_status tone_plugin_ask_state(tone_plugin *p, json_t **reply, tone_error *err)
{
    tone_status st = tone_quarantine_check(p->info.uri, err);
    if (!st)
        st = tone_plugin_wake(p, err);
    return st ? st : tone_plugin_ask(p, reply, json_pack("{s:s,s:o}", "do", "save", "values", tone_plugin_values_json(p)), NULL, err);
}

tone_status tone_plugin_write_state(tone_plugin *p, const char *path, tone_error *err)
{
    json_t *reply = NULL, *values = json_object();
    tone_status st = tone_plugin_ask_state(p, &reply, err);
    for (size_t i = 0; i < p->n_controls; i++)
        json_object_set_new(values, p->controls[i].name, json_real(p->values[i]));
    json_t *state = json_object_get(reply, "state");
    json_t *o = st ? NULL : json_pack("{s:s,s:i,s:s,s:O,s:s}", "format", format_name, "version", 1, "uri", p->info.uri, "values", values, "state",
                                      json_is_string(state) ? json_string_value(state) : "");
    char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
    if (!st)
        st = text ? tone_file_write(path, text, strlen(text), err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the state");
    free(text);
    json_decref(o);
    json_decref(values);
    json_decref(reply);
    return st;
}

/* The file's values into `values`, which begins as they are now. */
static tone_status read_values(const tone_plugin *p, double *values, json_t *list, tone_error *err)
{
    const char *key;
    json_t *v;
    json_object_foreach (list, key, v) {
        size_t i = 0;
        while (i < p->n_controls && strcmp(p->controls[i].name, key) != 0)
            i++;
        if (i == p->n_controls)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the state sets '%.64s', which %s does not have", key, p->info.name);
        if (!json_is_number(v) || !isfinite(json_number_value(v)))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the state's value of '%.64s' is no number", key);
        values[i] = fit(&p->controls[i], json_number_value(v));
    }
    return TONE_OK;
}

tone_status tone_plugin_read_state(tone_plugin *p, const char *path, tone_error *err)
{
    char *text;
    size_t n;
    tone_status st = tone_file_read(&text, &n, path, MOST_STATE_BYTES, err);
    if (st)
        return st;
    json_error_t e;
    json_t *o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &e);
    free(text);
    const char *format = json_string_value(json_object_get(o, "format")), *uri = json_string_value(json_object_get(o, "uri")),
               *state = json_string_value(json_object_get(o, "state"));
    double *values = calloc(p->n_controls + 1, sizeof *values);
    if (!o)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s: line %d: %s", path, e.line, e.text);
    else if (!format || strcmp(format, format_name) != 0 || json_integer_value(json_object_get(o, "version")) != 1 || !uri)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s is no plug-in state of version 1", path);
    else if (strcmp(uri, p->info.uri) != 0)
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s is a state of '%.128s'", path, uri);
    else if (!values)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the state");
    if (!st) {
        memcpy(values, p->values, p->n_controls * sizeof *values);
        st = read_values(p, values, json_object_get(o, "values"), err);
    }
    if (!st && state && state[0])
        st = take_inner(p, json_pack("{s:s,s:s}", "do", "load", "state", state), err);
    if (!st && p->n_controls)
        memcpy(p->values, values, p->n_controls * sizeof *values);
    free(values);
    json_decref(o);
    return st;
}

/* Reading what a child wrote.  It may be a plug-in's scribble: every text is made printable and cut, every number checked. */
#include "sound/plugin_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"

enum { MAX_PLUGINS = 65536, MAX_PRESETS = 65536, MAX_CHOICES = 1024 };

/* Printable, on one line, cut at a whole character. */
static void take_text(char *out, size_t room, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    size_t n = text ? strlen(text) : 0, at = 0;
    while (at < n) {
        size_t k = tone_utf8_valid_length((const uint8_t *)text + at, n - at);
        if (k == 0 || at + k > room - 1)
            break;
        at += k;
    }
    if (at)
        memcpy(out, text, at);
    out[at] = '\0';
    tone_make_printable(out);
}

static uint32_t take_count(const json_t *o, const char *key)
{
    json_int_t v = json_integer_value(json_object_get(o, key));
    return v < 0 ? 0 : v > 1 << 20 ? 1 << 20 : (uint32_t)v;
}

tone_status tone_plugin_read_info(tone_plugin_info *out, const json_t *o, tone_error *err)
{
    memset(out, 0, sizeof *out);
    take_text(out->uri, sizeof out->uri, o, "uri");
    take_text(out->name, sizeof out->name, o, "name");
    take_text(out->kind, sizeof out->kind, o, "class");
    take_text(out->why_not, sizeof out->why_not, o, "why_not");
    out->n_audio_in = take_count(o, "in");
    out->n_audio_out = take_count(o, "out");
    out->n_midi_in = take_count(o, "midi");
    out->n_controls = take_count(o, "controls");
    if (!out->uri[0])
        return tone_fail(err, TONE_ERR_FORMAT, 0, "a plug-in without a URI");
    return TONE_OK;
}

static bool take_number(double *out, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    *out = json_number_value(v);
    return json_is_number(v) && isfinite(*out) && fabs(*out) < 1e30;
}

static int by_value(const void *a, const void *b)
{
    double x = ((const tone_plugin_choice *)a)->value, y = ((const tone_plugin_choice *)b)->value;
    return x < y ? -1 : x > y;
}

static tone_status take_choices(tone_plugin_control *c, const json_t *list, tone_error *err)
{
    size_t n = json_array_size(list);
    if (n > MAX_CHOICES)
        n = 0; /* numbers will do */
    c->choices = calloc(n ? n : 2, sizeof *c->choices);
    if (!c->choices)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the controls");
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, i);
        tone_plugin_choice *to = &c->choices[c->n_choices];
        to->value = json_number_value(json_array_get(pair, 0));
        json_t *o = json_pack("{s:O}", "label", json_array_get(pair, 1));
        take_text(to->label, sizeof to->label, o, "label");
        json_decref(o);
        c->n_choices += to->value >= c->min && to->value <= c->max;
    }
    qsort(c->choices, c->n_choices, sizeof *c->choices, by_value);
    return TONE_OK;
}

static tone_status read_control(tone_plugin_control *c, const json_t *o, tone_error *err)
{
    double port;
    take_text(c->name, sizeof c->name, o, "name");
    take_text(c->label, sizeof c->label, o, "label");
    take_text(c->group, sizeof c->group, o, "group");
    take_text(c->unit, sizeof c->unit, o, "unit");
    bool ok = take_number(&port, o, "port") && port >= 0 && port < 1 << 20 && take_number(&c->min, o, "min") && take_number(&c->max, o, "max") &&
              take_number(&c->def, o, "default") && c->name[0];
    if (!ok)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the control '%s' makes no sense", c->name);
    c->port = (uint32_t)port;
    if (c->max < c->min) {
        double t = c->min;
        c->min = c->max;
        c->max = t;
    }
    c->def = fmin(fmax(c->def, c->min), c->max);
    const char *curve = json_string_value(json_object_get(o, "curve"));
    c->curve = TONE_CURVE_LINEAR;
    tone_status st = take_choices(c, json_object_get(o, "choices"), err);
    if (st || !curve)
        return st;
    if (strcmp(curve, "switch") == 0 && c->n_choices == 0) {
        c->choices[0] = (tone_plugin_choice){.value = c->min, .label = "off"};
        c->choices[1] = (tone_plugin_choice){.value = c->max, .label = "on"};
        c->n_choices = 2;
    }
    if ((strcmp(curve, "choice") == 0 || strcmp(curve, "switch") == 0) && c->n_choices)
        c->curve = TONE_CURVE_CHOICE;
    else if (strcmp(curve, "count") == 0 || strcmp(curve, "choice") == 0)
        c->curve = TONE_CURVE_COUNT;
    else if (strcmp(curve, "log") == 0 && c->min > 0)
        c->curve = TONE_CURVE_LOG;
    return TONE_OK;
}

tone_status tone_plugin_read_controls(tone_plugin_control **out, size_t *n, const json_t *list, tone_error *err)
{
    size_t most = json_array_size(list);
    *out = NULL;
    *n = 0;
    if (most > TONE_PLUGIN_MAX_CONTROLS)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%zu controls are more than the %d that are taken", most, TONE_PLUGIN_MAX_CONTROLS);
    tone_plugin_control *all = calloc(most + 1, sizeof *all);
    if (!all)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the controls");
    for (size_t i = 0; i < most; i++) {
        tone_status st = read_control(&all[i], json_array_get(list, i), err);
        if (st) {
            tone_plugin_free_controls(all, most);
            return st;
        }
    }
    *out = all;
    *n = most;
    return TONE_OK;
}

void tone_plugin_free_controls(tone_plugin_control *controls, size_t n)
{
    for (size_t i = 0; controls && i < n; i++)
        free(controls[i].choices);
    free(controls);
}

static int by_name(const void *a, const void *b)
{
    const tone_plugin_preset *x = a, *y = b;
    int d = strcmp(x->name, y->name);
    return d ? d : strcmp(x->uri, y->uri);
}

tone_status tone_plugin_read_presets(tone_plugin_preset **out, size_t *n, const json_t *list, tone_error *err)
{
    size_t most = json_array_size(list);
    *n = 0;
    *out = most <= MAX_PRESETS ? calloc(most + 1, sizeof **out) : NULL;
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu presets", most);
    for (size_t i = 0; i < most; i++) {
        const json_t *o = json_array_get(list, i);
        tone_plugin_preset *p = &(*out)[*n];
        take_text(p->uri, sizeof p->uri, o, "uri");
        take_text(p->name, sizeof p->name, o, "name");
        *n += p->uri[0] != '\0';
    }
    qsort(*out, *n, sizeof **out, by_name);
    return TONE_OK;
}

static int by_plugin_name(const void *a, const void *b)
{
    const tone_plugin_info *x = a, *y = b;
    int d = strcmp(x->name, y->name);
    return d ? d : strcmp(x->uri, y->uri);
}

tone_status tone_plugin_read_list(tone_plugin_list *out, const json_t *list, tone_error *err)
{
    size_t most = json_array_size(list);
    *out = (tone_plugin_list){NULL, 0};
    if (most > MAX_PLUGINS)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%zu plug-ins are more than can be listed", most);
    out->items = calloc(most + 1, sizeof *out->items);
    if (!out->items)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the list");
    for (size_t i = 0; i < most; i++)
        if (tone_plugin_read_info(&out->items[out->n], json_array_get(list, i), NULL) == TONE_OK)
            out->n++;
    qsort(out->items, out->n, sizeof *out->items, by_plugin_name);
    return TONE_OK;
}

/* The facts of every parameter, finding one by the words people use, and values as people write them. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "sound/maths.h"
#include "sound/words_near.h"
#include "tonesmith/sound/patch.h"

static const tone_param_info infos[TONE_N_PARAMS] = {
#define TONE_PARAM(number, ID, name_, GROUP, unit_, min_, max_, def_, CURVE, core_, choices_, help_, words_)              \
    [number] = {.id = TONE_P_##ID, .name = name_, .group = TONE_GROUP_##GROUP, .unit = unit_, .min = (float)(min_), \
                .max = (float)(max_), .def = (float)(def_), .curve = TONE_CURVE_##CURVE, .core = core_,             \
                .choices = choices_, .help = help_, .words = words_},
#include "tonesmith/sound/params.h"
};

static const char *const group_names[TONE_N_GROUPS] = {
    "oscillator", "unison", "pitch",  "filter", "amplitude", "modulation", "lfo",    "saturation",
    "eq",         "compressor", "chorus", "phaser", "comb",      "delay",      "reverb", "output",
};

const tone_param_info *tone_param_get(tone_param id)
{
    return &infos[id];
}

const char *tone_group_name(tone_group g)
{
    return (unsigned)g < TONE_N_GROUPS ? group_names[g] : NULL;
}

const tone_param_info *tone_param_find(const char *name)
{
    for (size_t i = 0; i < TONE_N_PARAMS; i++)
        if (tone_words_equal(infos[i].name, SIZE_MAX, name))
            return &infos[i];
    for (size_t i = 0; i < TONE_N_PARAMS; i++)
        if (tone_words_contain(infos[i].words, name))
            return &infos[i];
    return NULL;
}

tone_status tone_param_require(const tone_param_info **out, const char *name, tone_error *err)
{
    *out = tone_param_find(name);
    if (*out)
        return TONE_OK;
    tone_near near;
    tone_near_init(&near, name);
    for (size_t i = 0; i < TONE_N_PARAMS; i++) {
        tone_near_offer(&near, infos[i].name, infos[i].name, SIZE_MAX);
        for (const char *w = infos[i].words; *w;) {
            size_t n = strcspn(w, "|");
            tone_near_offer(&near, infos[i].name, w, n);
            w += n + (w[n] == '|');
        }
    }
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is no parameter '%.60s'; the nearest are %s, %s and %s", name,
                     near.best[0], near.best[1], near.best[2]);
}

double tone_param_to_knob(tone_param id, double value)
{
    const tone_param_info *p = &infos[id];
    double low = p->min, high = p->max, v = tone_clamp(value, low, high);
    switch (p->curve) {
    case TONE_CURVE_LOG:
        return tone_clamp(tone_log2(v / low) / tone_log2(high / low), 0, 1);
    case TONE_CURVE_CUBE:
        return tone_pow((v - low) / (high - low), 1.0 / 3);
    case TONE_CURVE_LINEAR:
    case TONE_CURVE_COUNT:
    case TONE_CURVE_CHOICE:
        break;
    }
    return (v - low) / (high - low);
}

double tone_param_from_knob(tone_param id, double knob)
{
    const tone_param_info *p = &infos[id];
    double low = p->min, high = p->max, k = tone_clamp(knob, 0, 1), v = low + (high - low) * k;
    switch (p->curve) {
    case TONE_CURVE_LOG:
        v = low * tone_exp2(k * tone_log2(high / low));
        break;
    case TONE_CURVE_CUBE:
        v = low + (high - low) * k * k * k;
        break;
    case TONE_CURVE_COUNT:
    case TONE_CURVE_CHOICE:
        v = tone_round(v);
        break;
    case TONE_CURVE_LINEAR:
        break;
    }
    return tone_clamp(v, low, high);
}

/* The text of choice `index`, its length in *n; NULL when there is none. */
static const char *choice_text(const char *choices, int index, size_t *n)
{
    const char *at = choices;
    while (index-- > 0) {
        at = strchr(at, '|');
        if (!at)
            return NULL;
        at++;
    }
    *n = strcspn(at, "|");
    return at;
}

const char *tone_param_print(char out[32], tone_param id, double value)
{
    const tone_param_info *p = &infos[id];
    if (p->choices) {
        size_t n = 0;
        const char *text = choice_text(p->choices, (int)tone_clamp(tone_round(value), p->min, p->max), &n);
        snprintf(out, 32, "%.*s", (int)n, text);
        return out;
    }
    const char *unit = p->unit;
    if (strcmp(unit, "Hz") == 0 && value >= 1000) {
        value /= 1000;
        unit = "kHz";
    } else if (strcmp(unit, "ms") == 0 && value >= 1000) {
        value /= 1000;
        unit = "s";
    }
    if (strcmp(unit, "ratio") == 0 || strcmp(unit, "voices") == 0)
        snprintf(out, 32, "%.4g", value);
    else
        snprintf(out, 32, "%.4g%s%s", value, *unit == ':' || *unit == '%' ? "" : " ", unit);
    return out;
}

/* Units one may write for a parameter's own, and what a value in them is multiplied by. */
static const struct unit {
    const char *own, *written;
    double factor;
} units[] = {
    {"Hz", "Hz", 1},      {"Hz", "kHz", 1000},       {"Hz", "k", 1000},         {"ms", "ms", 1},
    {"ms", "s", 1000},    {"ms", "sec", 1000},       {"s", "s", 1},             {"s", "sec", 1},
    {"s", "ms", 0.001},   {"dB", "dB", 1},           {"%", "%", 1},             {"%", "percent", 1},
    {"cents", "cents", 1}, {"cents", "cent", 1},     {"cents", "ct", 1},        {"semitones", "semitones", 1},
    {"semitones", "semitone", 1}, {"semitones", "st", 1}, {"semitones", "cents", 0.01}, {"semitones", "octaves", 12},
    {"semitones", "octave", 12}, {"octaves", "octaves", 1}, {"octaves", "octave", 1}, {"octaves", "oct", 1},
    {"octaves", "semitones", 1.0 / 12}, {"ratio", "x", 1}, {"ratio", "ratio", 1}, {"rad", "rad", 1},
    {":1", ":1", 1},      {"voices", "voices", 1},   {"m", "m", 1},
};

tone_status tone_param_parse(double *value, tone_param id, const char *text, tone_error *err)
{
    const tone_param_info *p = &infos[id];
    if (p->choices) {
        size_t n;
        for (int i = 0; i <= (int)p->max; i++) {
            const char *name = choice_text(p->choices, i, &n);
            if (tone_words_equal(name, n, text)) {
                *value = i;
                return TONE_OK;
            }
        }
    }
    char *end;
    double v = tone_words_number(text, &end);
    if (end == text) {
        if (p->choices)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s is one of %s, not '%.40s'", p->name, p->choices, text);
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s wants a number%s%s, not '%.40s'", p->name, *p->unit ? " of " : "",
                         p->unit, text);
    }
    while (isspace((unsigned char)*end))
        end++;
    double factor = *end ? 0 : 1;
    for (size_t i = 0; *end && i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].own, p->unit) == 0 && tone_words_equal(units[i].written, SIZE_MAX, end))
            factor = units[i].factor;
    if (factor == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s is measured in %s, not in '%.20s'", p->name,
                         *p->unit ? p->unit : "choices", end);
    *value = v * factor;
    return TONE_OK;
}

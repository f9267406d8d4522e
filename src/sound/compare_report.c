/* The comparison in numbers for programs and in a sentence for people. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "sound/metrics.h"

static double size_of(const tone_difference *c)
{
    return isnan(c->jnd) ? -1 : fabs(c->jnd);
}

static int larger_first(const void *a, const void *b)
{
    const tone_difference *x = a, *y = b;
    double sx = size_of(x), sy = size_of(y);
    if (sx != sy)
        return (sx < sy) - (sx > sy);
    return (x->metric > y->metric) - (x->metric < y->metric);
}

size_t tone_differences(tone_difference changes[TONE_N_METRICS], const tone_measures *before, const tone_measures *after)
{
    size_t n = 0;
    for (int i = 0; i < TONE_N_METRICS; i++) {
        tone_metric_info info;
        double a = before->value[i], b = after->value[i];
        if (!tone_metric_describe(&info, (tone_metric)i) || info.scale == TONE_JND_NONE || (isnan(a) && isnan(b)))
            continue;
        changes[n++] = (tone_difference){.metric = (tone_metric)i, .before = a, .after = b, .jnd = tone_metric_change((tone_metric)i, a, b)};
    }
    qsort(changes, n, sizeof *changes, larger_first);
    return n;
}

/* ---- the sentence ---- */

enum { CLAUSES_MOST = 6 };

typedef struct sentence {
    tone_buf text;
    int n;
} sentence;

static void add(sentence *s, const char *fmt, ...) TONE_PRINTF(2, 3);
static void add(sentence *s, const char *fmt, ...)
{
    char clause[160];
    va_list args;
    va_start(args, fmt);
    vsnprintf(clause, sizeof clause, fmt, args);
    va_end(args);
    tone_buf_printf(&s->text, "%s%s", s->n++ ? ", " : "", clause);
}

/* "2.1 times", or "12 %" for small ratios. */
static const char *ratio_text(char out[32], double ratio)
{
    double r = ratio < 1 ? 1 / ratio : ratio;
    if (r < 1.5)
        snprintf(out, 32, "%.0f %%", 100 * (r - 1));
    else
        snprintf(out, 32, "%.1f times", r);
    return out;
}

static void say_brightness(sentence *s, double a, double b)
{
    if (!(a > 0 && b > 0))
        return;
    double octaves = log2(b / a);
    if (fabs(tone_metric_change(TONE_METRIC_CENTROID_HZ, a, b)) < 1)
        add(s, "as bright");
    else
        add(s, "%.*f octaves %s", fabs(octaves) < 0.095 ? 2 : 1, fabs(octaves), octaves > 0 ? "brighter" : "darker");
}

static void say_attack(sentence *s, const tone_measures *before, const tone_measures *after)
{
    double a = before->value[TONE_METRIC_ATTACK_S], b = after->value[TONE_METRIC_ATTACK_S];
    double jnd = tone_metric_change(TONE_METRIC_ATTACK_S, a, b);
    if (isnan(jnd))
        return;
    if (fabs(jnd) < 1)
        add(s, "attack unchanged");
    else
        add(s, "attack %s (%.0f to %.0f ms)", jnd > 0 ? "slower" : "faster", 1000 * a, 1000 * b);
}

/* Clauses that are said when their metric changed by at least two JNDs, largest first.  A number is the absolute or
 * (as a ratio) relative change. */
static const struct rule {
    tone_metric metric;
    const char *up, *down; /* with one %s for the number, or none */
    enum { PLAIN, DECIBEL, RATIO } number;
} rules[] = {
    {TONE_METRIC_SIDE_MID_DB, "%s wider", "%s narrower", DECIBEL},
    {TONE_METRIC_WORD_BAND_20_280, "%s more below 280 Hz", "%s less below 280 Hz", DECIBEL},
    {TONE_METRIC_BAND_2000_6000, "%s more at 2 to 6 kHz", "%s less at 2 to 6 kHz", DECIBEL},
    {TONE_METRIC_BAND_10000_20000, "%s more air", "%s less air", DECIBEL},
    {TONE_METRIC_ROUGHNESS, "rougher", "smoother", PLAIN},
    {TONE_METRIC_INHARMONICITY, "less harmonic", "more harmonic", PLAIN},
    {TONE_METRIC_HNR_DB, "%s less noise", "%s more noise", DECIBEL},
    {TONE_METRIC_T60_S, "decays %s longer", "decays %s shorter", RATIO},
    {TONE_METRIC_SUSTAIN_DB, "sustain %s higher", "sustain %s lower", DECIBEL},
    {TONE_METRIC_DURATION_S, "lasts %s longer", "lasts %s shorter", RATIO},
    {TONE_METRIC_CREST_DB, "%s more crest", "%s less crest", DECIBEL},
    {TONE_METRIC_ODD_EVEN_DB, "more odd harmonics", "more even harmonics", PLAIN},
    {TONE_METRIC_AM_DEPTH, "level moves %s more", "level moves %s less", DECIBEL},
    {TONE_METRIC_VIBRATO_DEPTH, "more vibrato", "less vibrato", PLAIN},
    {TONE_METRIC_CENTROID_MOD_DEPTH, "brightness moves more", "brightness moves less", PLAIN},
};

static void say_rule(sentence *s, const struct rule *r, const tone_difference *c)
{
    char number[32] = "";
    if (r->number == DECIBEL) { /* only as far as it is heard */
        tone_metric_info info;
        (void)tone_metric_describe(&info, r->metric);
        double a = fmin(fmax(c->before, info.floor), info.ceiling), b = fmin(fmax(c->after, info.floor), info.ceiling);
        snprintf(number, sizeof number, "%.1f dB", fabs(b - a));
    } else if (r->number == RATIO)
        ratio_text(number, c->after / c->before);
    const char *form = c->jnd > 0 ? r->up : r->down, *gap = strstr(form, "%s");
    if (gap)
        add(s, "%.*s%s%s", (int)(gap - form), form, number, gap + 2);
    else
        add(s, "%s", form);
}

/* The line of a decay does not fit: the level only falls at note-off, or swells. */
static bool is_crooked(const tone_measures *before, const tone_measures *after)
{
    return !(before->value[TONE_METRIC_T60_R2] >= 0.9 && after->value[TONE_METRIC_T60_R2] >= 0.9);
}

static void say_largest(sentence *s, const tone_measures *before, const tone_measures *after)
{
    tone_difference changes[TONE_N_METRICS];
    size_t n = tone_differences(changes, before, after);
    for (size_t i = 0; i < n && s->n < CLAUSES_MOST - 2; i++)
        for (size_t k = 0; k < sizeof rules / sizeof *rules && fabs(changes[i].jnd) >= 2; k++)
            if (rules[k].metric == changes[i].metric && !(changes[i].metric == TONE_METRIC_T60_S && is_crooked(before, after)))
                say_rule(s, &rules[k], &changes[i]);
}

static void say_pitch(sentence *s, const tone_measures *before, const tone_measures *after)
{
    const double *a = before->value, *b = after->value;
    if (!(a[TONE_METRIC_VOICING] >= 0.5 && b[TONE_METRIC_VOICING] >= 0.5))
        return;
    double cents = 1200 * log2(b[TONE_METRIC_F0_HZ] / a[TONE_METRIC_F0_HZ]);
    if (!(fabs(cents) >= 10))
        return;
    if (fabs(cents) < 95)
        add(s, "%.0f cents %s", fabs(cents), cents > 0 ? "sharper" : "flatter");
    else
        add(s, "%.1f semitones %s", fabs(cents) / 100, cents > 0 ? "higher" : "lower");
}

static void say_loudness(sentence *s, double a, double b)
{
    if (isnan(a) || isnan(b))
        return;
    if (fabs(b - a) < 0.05)
        add(s, "as loud");
    else
        add(s, "%.1f LU %s before matching", fabs(b - a), b > a ? "louder" : "quieter");
}

static void say_faults(sentence *s, const double *a, const double *b)
{
    if (b[TONE_METRIC_CLIPPED_RUNS] > a[TONE_METRIC_CLIPPED_RUNS])
        add(s, "clips in %.0f places", b[TONE_METRIC_CLIPPED_RUNS]);
    if (b[TONE_METRIC_TAIL_CUT] > a[TONE_METRIC_TAIL_CUT])
        add(s, "the end is cut off");
}

tone_status tone_compare_sentence(char **out, const tone_measures *before, const tone_measures *after, tone_error *err)
{
    const double *a = before->value, *b = after->value;
    sentence s = {0};
    if (a[TONE_METRIC_NOT_FINITE] > 0 || b[TONE_METRIC_NOT_FINITE] > 0)
        add(&s, "the %s has NaN or infinite samples", a[TONE_METRIC_NOT_FINITE] > 0 ? "first sound" : "second sound");
    else if (a[TONE_METRIC_SILENT] > 0 || b[TONE_METRIC_SILENT] > 0)
        add(&s, "%s silent", a[TONE_METRIC_SILENT] > 0 && b[TONE_METRIC_SILENT] > 0 ? "both are"
                             : a[TONE_METRIC_SILENT] > 0                            ? "the first sound is"
                                                                                    : "the second sound is");
    else {
        say_brightness(&s, a[TONE_METRIC_CENTROID_HZ], b[TONE_METRIC_CENTROID_HZ]);
        say_attack(&s, before, after);
        say_pitch(&s, before, after);
        say_largest(&s, before, after);
        say_loudness(&s, a[TONE_METRIC_INTEGRATED_LUFS], b[TONE_METRIC_INTEGRATED_LUFS]);
        say_faults(&s, a, b);
    }
    *out = tone_buf_take(&s.text);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a sentence");
}

/* ---- JSON ---- */

static json_t *number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static json_t *changes_json(const tone_comparison *c)
{
    tone_difference changes[TONE_N_METRICS];
    size_t n = tone_differences(changes, &c->before, &c->after);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        tone_metric_info info;
        if (tone_metric_describe(&info, changes[i].metric))
            json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s}", "metric", info.name, "unit", info.unit,
                                                  "before", number(changes[i].before), "after", number(changes[i].after), "jnds",
                                                  number(changes[i].jnd), "jnd_source", info.jnd_source, "confidence", info.confidence));
    }
    return list;
}

static json_t *descriptors_json(const tone_comparison *c)
{
    if (isnan(c->descriptor_distance))
        return json_null();
    json_t *top = json_array();
    for (int i = 0; i < TONE_N_TERMS && c->term[i].name; i++)
        json_array_append_new(top, json_pack("[s, f]", c->term[i].name, c->term[i].value));
    return json_pack("{s:o, s:o}", "distance", number(c->descriptor_distance), "top", top);
}

static json_t *log_mel_json(const tone_comparison *c)
{
    json_t *by = json_array();
    for (int i = 0; i < 8; i++)
        json_array_append_new(by, number(c->log_mel_by_eighth_db[i]));
    return json_pack("{s:o, s:o}", "l1_db", number(c->log_mel_db), "l1_by_eighth_db", by);
}

json_t *tone_comparison_to_json(const tone_comparison *c)
{
    char *words = NULL;
    if (tone_compare_sentence(&words, &c->before, &c->after, NULL))
        return NULL;
    json_t *root = json_pack(
        "{s:b, s:s*, s:s, s:o, s:o, s:{s:o, s:o, s:o}, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:o}", "comparable", c->comparable, "reason",
        c->comparable ? NULL : c->reason, "sentence", words, "lag_samples", c->comparable ? json_integer(c->lag_samples) : json_null(),
        "gain_lu", number(c->gain_lu), "mr_stft", "loss", number(c->mr_stft), "spectral_convergence", number(c->spectral_convergence),
        "log_magnitude", number(c->log_magnitude), "log_mel", log_mel_json(c), "mfcc_dtw", number(c->mfcc_dtw), "descriptors",
        descriptors_json(c), "envelope_db", number(c->envelope_db), "f0", "cents", number(c->f0_cents), "voicing_mismatch",
        number(c->voicing_mismatch), "changes", changes_json(c));
    free(words);
    return root;
}

tone_status tone_comparison_json(char **out, const tone_comparison *c, tone_error *err)
{
    json_t *root = tone_comparison_to_json(c);
    *out = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the report");
}

/* tonesmith/sound/metrics.h - what a sound measures: names, units, groups and just noticeable differences.
 * Module: sound
 *
 *     tone_measures m = …;                                    // tone_analyze()
 *     double hz = m.value[TONE_METRIC_CENTROID_HZ];           // NaN: not defined for this sound, or not asked for
 *     tone_metric_info info;
 *     tone_metric_describe(&info, TONE_METRIC_CENTROID_HZ);
 *     printf("%s %g %s\n", info.name, hz, info.unit);         // "spectrum.centroid_hz.median 812 Hz"
 *
 * Names are the paths of a metric in the JSON report, permanent, and what every table, tool and file uses.
 * The enum values are not: they follow the order of the report.  [any] for every function here. */
#ifndef TONESMITH_SOUND_METRICS_H
#define TONESMITH_SOUND_METRICS_H

#include "tonesmith/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is computed together.  A group pulls in what it needs (harmonic needs pitch and envelope). */
typedef enum tone_metric_group {
    TONE_HEAR_HEALTH = 1u << 0, /* always measured: NaN, clipping, DC, silence, a cut tail          */
    TONE_HEAR_LOUDNESS = 1u << 1,
    TONE_HEAR_PEAK = 1u << 2, /* true peak and, with loudness, PLR                               */
    TONE_HEAR_SPECTRUM = 1u << 3,
    TONE_HEAR_ENVELOPE = 1u << 4,
    TONE_HEAR_ONSET = 1u << 5,
    TONE_HEAR_ROUGHNESS = 1u << 6,
    TONE_HEAR_SHARPNESS = 1u << 7,
    TONE_HEAR_PITCH = 1u << 8,
    TONE_HEAR_HARMONIC = 1u << 9,
    TONE_HEAR_MODULATION = 1u << 10,
    TONE_HEAR_STEREO = 1u << 11,
    TONE_HEAR_ALL = (1u << 12) - 1
} tone_metric_group;

typedef enum tone_metric_kind {
    TONE_METRIC_NUMBER,
    TONE_METRIC_COUNT, /* a whole number          */
    TONE_METRIC_FLAG   /* 0 or 1: false or true   */
} tone_metric_kind;

/* TONE_METRICS(X) expands to X(enum name, "path in the report", "unit", group, kind, "what it is") for every metric. */
#include "tonesmith/sound/metric_list.h"

typedef enum tone_metric {
#define X(id, path, unit, group, kind, help) TONE_METRIC_##id,
    TONE_METRICS(X)
#undef X
    TONE_N_METRICS
} tone_metric;

/* How far two values of a metric are apart for a listener. */
typedef enum tone_jnd_scale {
    TONE_JND_NONE,       /* not a sensation                                                */
    TONE_JND_ABSOLUTE,   /* one JND is `jnd` in the metric's unit                          */
    TONE_JND_RELATIVE,   /* one JND is a factor of 1 + `jnd`, but never less than `least`  */
    TONE_JND_CORRELATION /* one JND is `jnd` + 0.3 (1 - |r|)                               */
} tone_jnd_scale;

/* All text is static. */
typedef struct tone_metric_info {
    const char *name; /* "spectrum.centroid_hz.median" */
    const char *unit; /* "Hz"; "" for a bare number */
    const char *help; /* one line */
    tone_metric_group group;
    tone_metric_kind kind;
    tone_jnd_scale scale;
    double jnd, least;      /* 0 when scale is TONE_JND_NONE */
    double floor, ceiling;  /* values beyond are heard as these; infinite when there is no such limit */
    const char *jnd_source; /* where the JND comes from, or why there is none */
    const char *confidence; /* in that source: "high", "medium", "low", "judgement", "none" */
} tone_metric_info;

/* Every value NaN when not defined for this sound or not asked for: show a dash, never a zero. */
typedef struct tone_measures {
    double value[TONE_N_METRICS];
    uint32_t groups; /* tone_metric_group bits that were measured; only health for silence and for NaN or Inf inside */
} tone_measures;

/* Everything that is known about a metric; false when out of range. */
TONE_API bool tone_metric_describe(tone_metric_info *out, tone_metric metric);

/* Its name alone; NULL when out of range. */
TONE_API const char *tone_metric_name(tone_metric metric);

/* The metric with that path ("roughness.median"), or -1. */
TONE_API int tone_metric_find(const char *name);

/* How many just noticeable differences `after` lies above `before` (negative: below).  NaN when one of them is NaN
 * or the metric has no JND.  Additive: change(a, c) = change(a, b) + change(b, c). */
TONE_API double tone_metric_change(tone_metric metric, double before, double after);

/* The report as JSON, keys and nulls as in the reference report, groups that were not measured absent.
 * *out is the caller's (free), one line. */
TONE_API TONE_NODISCARD tone_status tone_measures_json(char **out, const tone_measures *m, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* tonesmith/sound/analysis.h - ears: measures of a sound, and how far two sounds are apart.
 * Module: sound
 *
 *     tone_clip clip = {.frames = samples, .n_frames = n, .n_channels = 2, .rate_hz = 48000};
 *     tone_analyzer *ears;
 *     if (tone_analyzer_new(&ears, err)) …
 *     tone_measures m;
 *     tone_analyze_options opt = tone_analyze_options_defaults();
 *     opt.groups = TONE_HEAR_SPECTRUM | TONE_HEAR_STEREO;   // only what is needed: cheaper
 *     if (tone_analyze(&m, ears, &clip, &opt, err)) …
 *     tone_analyzer_free(ears);
 *
 * The definitions are written out in docs/SOUND.md; every spectrum is float64.  Everything but health, peaks
 * and loudness is measured at 48 kHz: a clip of another rate is resampled first.  A result depends on the
 * clip and the options alone. */
#ifndef TONESMITH_SOUND_ANALYSIS_H
#define TONESMITH_SOUND_ANALYSIS_H

#include "tonesmith/sound/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed audio: interleaved, full scale 1.0.  1 or 2 channels, 8 to 384 kHz, at most 10 minutes. */
typedef struct tone_clip {
    const float *frames; /* (n_frames, n_channels) */
    size_t n_frames;
    uint32_t n_channels;
    uint32_t rate_hz;
} tone_clip;

/* FFT plans, windows and scratch memory.  One thread at a time; keep one for a loop of measurements. */
typedef struct tone_analyzer tone_analyzer;

/* [setup] *out is the caller's: tone_analyzer_free().  NULL on failure. */
TONE_API TONE_NODISCARD tone_status tone_analyzer_new(tone_analyzer **out, tone_error *err);
TONE_API void tone_analyzer_free(tone_analyzer *a);

typedef struct tone_analyze_options {
    uint32_t groups; /* tone_metric_group bits; what they need is added, health always */
} tone_analyze_options;

/* Everything. */
TONE_API tone_analyze_options tone_analyze_options_defaults(void);

/* Measure `clip`.  `opt` may be NULL for the defaults.  Silence, NaN and Inf are no failures: then only health is
 * measured and says so.  TONE_ERR_ARGUMENT: no frames, or channels, rate or length outside the limits above. */
TONE_API TONE_NODISCARD tone_status tone_analyze(tone_measures *out, tone_analyzer *a, const tone_clip *clip,
                                                 const tone_analyze_options *opt, tone_error *err);

/* ---- comparison ---- */

/* Parts of the panel; each costs about what tone_analyze() does, the descriptors twice that. */
typedef enum tone_panel {
    TONE_PANEL_MR_STFT = 1u << 0,
    TONE_PANEL_LOG_MEL = 1u << 1,
    TONE_PANEL_MFCC_DTW = 1u << 2,
    TONE_PANEL_DESCRIPTORS = 1u << 3, /* needs, and fills in, the measures of both */
    TONE_PANEL_ENVELOPE = 1u << 4,
    TONE_PANEL_F0 = 1u << 5,
    TONE_PANEL_ALL = (1u << 6) - 1
} tone_panel;

typedef struct tone_compare_options {
    uint32_t panel; /* tone_panel bits */
    /* Measures of a and b with all groups when the caller has them already; NULL: they are made. */
    const tone_measures *a, *b;
} tone_compare_options;

TONE_API tone_compare_options tone_compare_options_defaults(void);

enum { TONE_N_TERMS = 5 };

/* A panel, never one number alone: each row answers another question.  NaN: not asked for, or not defined.
 * a is the reference.  Both are brought to -23 LUFS and aligned first. */
typedef struct tone_comparison {
    bool comparable;     /* false: one of them is silent, or has NaN or Inf inside; `reason` says which, all else is NaN */
    char reason[96];
    int32_t lag_samples; /* at 48 kHz; positive: b was late  */
    double gain_lu;      /* how much louder a was than b     */
    double mr_stft, spectral_convergence, log_magnitude; /* multi-resolution STFT; the first is the sum of the others */
    double log_mel_db, log_mel_by_eighth_db[8];          /* mean |difference| of 64 mels, and of 8 mels each, low to high */
    double mfcc_dtw;
    double descriptor_distance; /* RMS of the terms */
    struct {
        const char *name; /* static; NULL when there are fewer */
        double value;     /* (b - a) / scale */
    } term[TONE_N_TERMS]; /* the largest ones: the explanation */
    double envelope_db;
    double f0_cents, voicing_mismatch;
    tone_measures before, after; /* of a and of b, unmatched; groups == 0 when the panel did not need them */
} tone_comparison;

/* Compare b with the reference a.  Mono against stereo folds the stereo one. */
TONE_API TONE_NODISCARD tone_status tone_compare(tone_comparison *out, tone_analyzer *ears, const tone_clip *a,
                                                 const tone_clip *b, const tone_compare_options *opt, tone_error *err);

/* One line of JSON: the keys of the reference comparison, then "comparable", "reason", "sentence" and "changes": every
 * metric that has a JND, with both values and the change, largest change first.  *out is the caller's (free). */
TONE_API TONE_NODISCARD tone_status tone_comparison_json(char **out, const tone_comparison *c, tone_error *err);

/* A metric that changed. */
typedef struct tone_difference {
    tone_metric metric;
    double before, after, jnd; /* jnd: how many just noticeable differences, signed; NaN when only one side is defined */
} tone_difference;

/* Every metric with a JND that is defined on one side at least, largest change first, those defined on one side only
 * at the end.  Returns how many of `changes` were filled. */
TONE_API size_t tone_differences(tone_difference changes[TONE_N_METRICS], const tone_measures *before, const tone_measures *after);

/* The differences of two sets of measures in one plain sentence, made by rule:
 * "0.9 octaves darker, attack unchanged, 0.4 LU quieter before matching".  *out is the caller's (free). */
TONE_API TONE_NODISCARD tone_status tone_compare_sentence(char **out, const tone_measures *before,
                                                          const tone_measures *after, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

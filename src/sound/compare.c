/* The comparison of two sounds: the panel of distances and the descriptor distance that explains itself. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "signal/stats.h"
#include "sound/similarity.h"

/* How a descriptor is made from a metric. */
enum form {
    PLAIN,
    OCTAVES, /* log2, not defined at or below 0 */
    FLOORED  /* not below -60 dB */
};

/* The divisors are constants of the definition: the standard deviation of each descriptor over the golden sounds. */
static const struct descriptor {
    const char *name;
    tone_metric metric;
    enum form form;
    double scale;
} descriptors[] = {
    {"centroid_oct", TONE_METRIC_CENTROID_HZ, OCTAVES, 1.8594072130209742},
    {"spread_oct", TONE_METRIC_SPREAD_HZ, OCTAVES, 2.61926852813579},
    {"rolloff85_oct", TONE_METRIC_ROLLOFF85_HZ, OCTAVES, 1.935996923026338},
    {"tilt_db_oct", TONE_METRIC_TILT, PLAIN, 5.031912898035257},
    {"flatness_db", TONE_METRIC_FLATNESS_DB, PLAIN, 19.472367026232472},
    {"flux", TONE_METRIC_FLUX, PLAIN, 0.08385511589242065},
    {"band_20_60_db", TONE_METRIC_BAND_20_60, FLOORED, 19.574604141744313},
    {"band_60_250_db", TONE_METRIC_BAND_60_250, FLOORED, 24.998669024849974},
    {"band_250_500_db", TONE_METRIC_BAND_250_500, FLOORED, 19.866448981931676},
    {"band_500_2000_db", TONE_METRIC_BAND_500_2000, FLOORED, 17.567182592427983},
    {"band_2000_6000_db", TONE_METRIC_BAND_2000_6000, FLOORED, 21.12742931614205},
    {"band_6000_10000_db", TONE_METRIC_BAND_6000_10000, FLOORED, 18.675769282491693},
    {"band_10000_20000_db", TONE_METRIC_BAND_10000_20000, FLOORED, 18.87110033237771},
    {"roughness", TONE_METRIC_ROUGHNESS, PLAIN, 8.108430594158706},
    {"sharpness_acum", TONE_METRIC_SHARPNESS, PLAIN, 2.0087955887807984},
    {"log_attack_time", TONE_METRIC_LOG_ATTACK_TIME, PLAIN, 0.5945631650452488},
    {"temporal_centroid_oct", TONE_METRIC_TEMPORAL_CENTROID_S, OCTAVES, 1.3725874662109565},
    {"effective_duration_oct", TONE_METRIC_EFFECTIVE_DURATION_S, OCTAVES, 1.2571651025122628},
    {"t60_oct", TONE_METRIC_T60_S, OCTAVES, 0.9838532902497369},
    {"sustain_db", TONE_METRIC_SUSTAIN_DB, PLAIN, 9.961198956736434},
    {"crest_db", TONE_METRIC_CREST_DB, PLAIN, 5.109636362486745},
    {"inharmonicity", TONE_METRIC_INHARMONICITY, PLAIN, 0.13811413414839835},
    {"odd_even_db", TONE_METRIC_ODD_EVEN_DB, PLAIN, 23.524160491513395},
    {"hnr_db", TONE_METRIC_HNR_DB, PLAIN, 17.6506060038398},
    {"am_depth_db", TONE_METRIC_AM_DEPTH, PLAIN, 1.0418508278502403},
    {"centroid_depth_oct", TONE_METRIC_CENTROID_MOD_DEPTH, PLAIN, 0.1245448689403996},
    {"vibrato_cents", TONE_METRIC_VIBRATO_DEPTH, PLAIN, 5.117460413252929},
    {"correlation", TONE_METRIC_CORRELATION, PLAIN, 0.6335554031550164},
    {"side_mid_db", TONE_METRIC_SIDE_MID_DB, PLAIN, 37.500496498597414},
};

enum { N_DESCRIPTORS = sizeof descriptors / sizeof *descriptors };

static double value_of(const struct descriptor *d, const tone_measures *m)
{
    double v = m->value[d->metric];
    if (d->form == OCTAVES)
        return v > 0 ? log2(v) : (double)NAN;
    return d->form == FLOORED && v < -60 ? -60 : v;
}

typedef struct term {
    const char *name;
    double value;
} term;

/* Largest first; equal ones keep the order of the table. */
static void sort_terms(term *t, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        term x = t[i];
        size_t j = i;
        for (; j > 0 && fabs(t[j - 1].value) < fabs(x.value); j--)
            t[j] = t[j - 1];
        t[j] = x;
    }
}

/* Root mean square of (b - a) / scale over the descriptors that both have; one that only one of them has counts 2, one
 * that neither has is left out. */
static void compare_descriptors(tone_comparison *out)
{
    term terms[N_DESCRIPTORS];
    size_t n = 0;
    double squares = 0;
    for (size_t i = 0; i < N_DESCRIPTORS; i++) {
        double a = value_of(&descriptors[i], &out->before), b = value_of(&descriptors[i], &out->after);
        if (isnan(a) && isnan(b))
            continue;
        double t = isnan(a) || isnan(b) ? 2 : (b - a) / descriptors[i].scale;
        squares += t * t;
        terms[n++] = (term){descriptors[i].name, t};
    }
    out->descriptor_distance = n ? sqrt(squares / (double)n) : (double)NAN;
    sort_terms(terms, n);
    for (size_t i = 0; i < TONE_N_TERMS && i < n; i++) {
        out->term[i].name = terms[i].name;
        out->term[i].value = terms[i].value;
    }
}

/* Why a sound cannot be compared, or NULL. */
static const char *unfit(const tone_measures *m)
{
    if (m->value[TONE_METRIC_NOT_FINITE] > 0)
        return "has NaN or infinite samples";
    if (m->value[TONE_METRIC_SILENT] > 0 || !(m->groups & TONE_HEAR_LOUDNESS))
        return "is silent";
    return isnan(m->value[TONE_METRIC_INTEGRATED_LUFS]) ? "is too quiet to have a loudness" : NULL;
}

static tone_status mel_panel(tone_comparison *out, tone_analyzer *ears, const tone_match *m, uint32_t panel, tone_error *err)
{
    size_t n_frames = 1 + m->n / HEAR_HOP;
    double *a = hear_scratch(ears, SLOT_MEL_A, n_frames * MELS), *b = hear_scratch(ears, SLOT_MEL_B, n_frames * MELS);
    tone_mel_bank *bank = malloc(sizeof *bank);
    tone_status st = a && b && bank ? TONE_OK : hear_no_memory(err);
    if (!st) {
        tone_mel_bank_init(bank);
        st = tone_mel_frames(a, ears, bank, m->a, m->channels, m->n, err);
    }
    if (!st)
        st = tone_mel_frames(b, ears, bank, m->b, m->channels, m->n, err);
    free(bank);
    if (st)
        return st;
    if (panel & TONE_PANEL_LOG_MEL)
        out->log_mel_db = tone_log_mel(out->log_mel_by_eighth_db, a, b, n_frames);
    return panel & TONE_PANEL_MFCC_DTW ? tone_mfcc_dtw(&out->mfcc_dtw, ears, a, b, n_frames, err) : TONE_OK;
}

static tone_status run_panel(tone_comparison *out, tone_analyzer *ears, const tone_match *m, uint32_t panel, tone_error *err)
{
    tone_status st = TONE_OK;
    if (panel & TONE_PANEL_MR_STFT) {
        st = tone_mr_stft(&out->spectral_convergence, &out->log_magnitude, ears, m, err);
        out->mr_stft = out->spectral_convergence + out->log_magnitude;
    }
    if (!st && panel & (TONE_PANEL_LOG_MEL | TONE_PANEL_MFCC_DTW))
        st = mel_panel(out, ears, m, panel, err);
    if (!st && panel & TONE_PANEL_ENVELOPE)
        st = tone_envelope_distance(&out->envelope_db, ears, m, err);
    if (!st && panel & TONE_PANEL_F0)
        st = tone_f0_distance(&out->f0_cents, &out->voicing_mismatch, ears, m, err);
    return st;
}

tone_compare_options tone_compare_options_defaults(void)
{
    return (tone_compare_options){.panel = TONE_PANEL_ALL};
}

static void clear(tone_comparison *c)
{
    memset(c, 0, sizeof *c);
    double *each[] = {&c->gain_lu,   &c->mr_stft,     &c->spectral_convergence, &c->log_magnitude, &c->log_mel_db, &c->mfcc_dtw,
                      &c->descriptor_distance, &c->envelope_db, &c->f0_cents, &c->voicing_mismatch};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++)
        *each[i] = NAN;
    for (int i = 0; i < 8; i++)
        c->log_mel_by_eighth_db[i] = NAN;
}

tone_status tone_compare(tone_comparison *out, tone_analyzer *ears, const tone_clip *a, const tone_clip *b,
                         const tone_compare_options *opt, tone_error *err)
{
    tone_compare_options all = tone_compare_options_defaults();
    opt = opt ? opt : &all;
    tone_analyze_options groups = {.groups = opt->panel & TONE_PANEL_DESCRIPTORS ? TONE_HEAR_ALL : TONE_HEAR_LOUDNESS};
    clear(out);
    tone_status st = hear_check(a, err);
    if (!st)
        st = hear_check(b, err);
    if (!st && opt->a)
        out->before = *opt->a;
    else if (!st)
        st = tone_analyze(&out->before, ears, a, &groups, err);
    if (!st && opt->b)
        out->after = *opt->b;
    else if (!st)
        st = tone_analyze(&out->after, ears, b, &groups, err);
    if (st)
        return st;
    const char *wrong_a = unfit(&out->before), *wrong_b = unfit(&out->after);
    if (wrong_a || wrong_b) {
        snprintf(out->reason, sizeof out->reason, "the %s sound %s", wrong_a ? "first" : "second", wrong_a ? wrong_a : wrong_b);
        return TONE_OK;
    }
    double lufs_a = out->before.value[TONE_METRIC_INTEGRATED_LUFS], lufs_b = out->after.value[TONE_METRIC_INTEGRATED_LUFS];
    tone_match m;
    st = tone_match_sounds(&m, ears, a, b, lufs_a, lufs_b, err);
    if (!st)
        st = run_panel(out, ears, &m, opt->panel, err);
    if (st)
        return st;
    if (opt->panel & TONE_PANEL_DESCRIPTORS)
        compare_descriptors(out);
    out->comparable = true;
    out->lag_samples = (int32_t)m.lag;
    out->gain_lu = lufs_a - lufs_b;
    return TONE_OK;
}

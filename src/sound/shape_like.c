/* Coming near to a sound: Levenberg and Marquardt's method on what both sounds look like as log-mel pictures.
 *
 * The residual is a vector - 16 bands at 10 times after the start, the width of the stereo image - so that one render tells
 * 170 numbers about a step and not one; that is why it needs far fewer renders than an evolution strategy, which only
 * sees their sum.  The Jacobian is measured once by finite differences and then corrected by every further render
 * (Broyden); it is measured again where that no longer helps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/random.h"
#include "sound/hearing.h"
#include "sound/shape_like.h"
#include "sound/similarity.h"

enum { BANDS = 16, TIMES = 10, WIDTHS = 4, FEATURES = BANDS * TIMES + WIDTHS, KNOBS_MAX = 48 };

static const double time_edge_s[TIMES + 1] = {0, 0.02, 0.05, 0.1, 0.17, 0.27, 0.4, 0.6, 0.9, 1.4, 2.4};

struct tone_like {
    const tone_shape_request *r;
    tone_shape_ears ears;
    tone_mel_bank bank;
    double target[FEATURES];
    tone_param knobs[KNOBS_MAX];
    size_t n_knobs;
    double x[KNOBS_MAX];         /* knob positions of the best patch */
    double f[FEATURES];          /* its features minus the target's  */
    double cost;                 /* mean |f|, dB */
    double j[FEATURES][KNOBS_MAX];
    tone_patch patch;            /* the best one; its choices are not among the knobs */
};
typedef tone_like search;

/* ---- features */

/* Mel power in BANDS x TIMES, in dB below the loudest cell, floor -60; and side/mid per quarter of the bands. */
static tone_status features_of(double out[FEATURES], tone_analyzer *a, const tone_mel_bank *bank, const tone_sound *s, tone_error *err)
{
    size_t n = s->n_frames, limit = (size_t)(time_edge_s[TIMES] * s->rate), start = 0;
    float top = 0;
    for (size_t i = 0; i < n * s->n_channels; i++)
        top = fmaxf(top, fabsf(s->frames[i]));
    while (start < n && fabsf(s->frames[start * s->n_channels]) < 0.01f * top && fabsf(s->frames[start * s->n_channels + s->n_channels - 1]) < 0.01f * top)
        start++;
    n = n - start < limit ? n - start : limit;
    double *mid = hear_scratch(a, SLOT_MATCH_A, limit), *side = hear_scratch(a, SLOT_MATCH_B, limit);
    size_t frames = 1 + limit / HEAR_HOP;
    double *mel = hear_scratch(a, SLOT_MEL_A, frames * MELS), *wide = hear_scratch(a, SLOT_MEL_B, frames * MELS);
    if (!mid || !side || !mel || !wide)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to compare sounds");
    for (size_t i = 0; i < limit; i++) {
        const float *x = &s->frames[(start + i) * s->n_channels];
        double l = i < n ? (double)x[0] : 0, r = i < n ? (double)x[s->n_channels - 1] : 0;
        mid[i] = 0.5 * (l + r);
        side[i] = 0.5 * (l - r);
    }
    const double *x[2] = {mid, mid};
    tone_status st = tone_mel_frames(mel, a, bank, x, 1, limit, err);
    x[0] = side;
    if (!st)
        st = tone_mel_frames(wide, a, bank, x, 1, limit, err);
    if (st)
        return st;
    double loudest = 1e-20, power[TIMES][BANDS] = {{0}}, quarters[2][WIDTHS] = {{0}};
    for (size_t t = 0, frame = 0; t < TIMES; t++) {
        size_t end = (size_t)(time_edge_s[t + 1] * s->rate / HEAR_HOP), count = 0;
        for (; frame < frames && (frame <= end || count == 0); frame++, count++)
            for (size_t k = 0; k < MELS; k++) {
                power[t][k * BANDS / MELS] += mel[frame * MELS + k] + wide[frame * MELS + k];
                quarters[0][k * WIDTHS / MELS] += mel[frame * MELS + k];
                quarters[1][k * WIDTHS / MELS] += wide[frame * MELS + k];
            }
        for (size_t b = 0; b < BANDS; b++) {
            power[t][b] /= count ? (double)count : 1;
            loudest = fmax(loudest, power[t][b]);
        }
    }
    for (size_t t = 0; t < TIMES; t++)
        for (size_t b = 0; b < BANDS; b++)
            out[t * BANDS + b] = fmax(10 * log10(power[t][b] / loudest + 1e-30), -60);
    for (size_t q = 0; q < WIDTHS; q++)
        out[BANDS * TIMES + q] = 0.5 * fmax(10 * log10((quarters[1][q] + 1e-12 * loudest) / (quarters[0][q] + 1e-12 * loudest)), -40);
    return TONE_OK;
}

static tone_status feel(void *arg, size_t i, tone_analyzer *a, const tone_sound *s, tone_error *err)
{
    void **both = arg;
    double(*out)[FEATURES] = both[1];
    return features_of(out[i], a, &((search *)both[0])->bank, s, err);
}

/* Residuals and costs of n patches at knob positions x[i], with the choices of `base`. */
static tone_status try_out(search *s, double (*f)[FEATURES], double *cost, const double (*x)[KNOBS_MAX], const tone_patch *base, size_t n, tone_error *err)
{
    tone_patch patches[TONE_SHAPE_BATCH] = {{.n_tags = 0}};
    for (size_t i = 0; i < n; i++) {
        patches[i] = *base;
        for (size_t k = 0; k < s->n_knobs; k++)
            patches[i].values[s->knobs[k]] = (float)tone_param_from_knob(s->knobs[k], x[i][k]);
    }
    void *both[2] = {s, f};
    tone_status st = tone_shape_each(&s->ears, patches, n, feel, both, err);
    for (size_t i = 0; i < n && !st; i++) {
        cost[i] = 0;
        for (size_t c = 0; c < FEATURES; c++) {
            f[i][c] -= s->target[c];
            cost[i] += fabs(f[i][c]) / FEATURES;
        }
    }
    return st;
}

static double squares(const double *f)
{
    double sum = 0;
    for (size_t c = 0; c < FEATURES; c++)
        sum += f[c] * f[c];
    return sum;
}

/* ---- the search */

static void choose_knobs(search *s)
{
    for (int p = 0; p < TONE_N_PARAMS && s->n_knobs < KNOBS_MAX; p++) {
        const tone_param_info *info = tone_param_get((tone_param)p);
        bool effect = p >= TONE_P_SAT_CURVE, fixed = p == TONE_P_LEVEL || p == TONE_P_TRANSPOSE || p == TONE_P_DELAY_TIME;
        bool wanted = info->core || p == TONE_P_MOD_ATTACK || p == TONE_P_MOD_SUSTAIN || p == TONE_P_FM_ENV || p == TONE_P_EQ_LOWMID || p == TONE_P_EQ_HIGHMID;
        for (size_t k = 0; k < s->r->n_locked; k++)
            fixed |= s->r->locked[k] == (tone_param)p;
        if (!fixed && wanted && info->curve != TONE_CURVE_CHOICE && (effect || !s->r->source))
            s->knobs[s->n_knobs++] = (tone_param)p;
    }
    for (size_t k = 0; k < s->n_knobs; k++)
        s->x[k] = tone_param_to_knob(s->knobs[k], (double)s->r->patch->values[s->knobs[k]]);
}

static void accept(search *s, const double *x, const double *f, double cost)
{
    memcpy(s->x, x, sizeof s->x);
    memcpy(s->f, f, sizeof s->f);
    s->cost = cost;
}

/* The Jacobian at s->x by finite differences, n_knobs renders. */
static tone_status measure_jacobian(search *s, tone_error *err)
{
    double x[TONE_SHAPE_BATCH][KNOBS_MAX], f[TONE_SHAPE_BATCH][FEATURES], cost[TONE_SHAPE_BATCH];
    double best_x[KNOBS_MAX], best_f[FEATURES], best_cost = s->cost, best = squares(s->f);
    bool better = false;
    for (size_t k = 0; k < s->n_knobs; k += TONE_SHAPE_BATCH) {
        size_t n = s->n_knobs - k < TONE_SHAPE_BATCH ? s->n_knobs - k : TONE_SHAPE_BATCH;
        double step[TONE_SHAPE_BATCH];
        for (size_t i = 0; i < n; i++) {
            memcpy(x[i], s->x, sizeof x[i]);
            step[i] = s->x[k + i] < 0.5 ? 0.12 : -0.12;
            x[i][k + i] += step[i];
        }
        tone_status st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &s->patch, n, err);
        if (st)
            return st;
        for (size_t i = 0; i < n; i++) {
            for (size_t c = 0; c < FEATURES; c++)
                s->j[c][k + i] = (f[i][c] - s->f[c]) / step[i];
            if (squares(f[i]) < best) {
                best = squares(f[i]);
                best_cost = cost[i];
                memcpy(best_x, x[i], sizeof best_x);
                memcpy(best_f, f[i], sizeof best_f);
                better = true;
            }
        }
    }
    if (better) /* a probe that happened to be nearer is where the next step begins */
        accept(s, best_x, best_f, best_cost);
    return TONE_OK;
}

/* Minimise |f + J d|^2 + lambda |D d|^2 within the knobs' ends, by coordinate descent; D: the columns' lengths. */
static void solve(const search *s, double *d, double lambda)
{
    static const double floor_length = 20; /* dB a knob: weaker ones are as good as fixed */
    double left[FEATURES];
    memcpy(left, s->f, sizeof left);
    memset(d, 0, sizeof(double) * KNOBS_MAX);
    double length[KNOBS_MAX], mean = 0;
    for (size_t k = 0; k < s->n_knobs; k++) {
        length[k] = 0;
        for (size_t c = 0; c < FEATURES; c++)
            length[k] += s->j[c][k] * s->j[c][k];
        mean += length[k] / (double)s->n_knobs;
    }
    for (int sweep = 0; sweep < 80; sweep++)
        for (size_t k = 0; k < s->n_knobs; k++) {
            double damp = lambda * (length[k] + 0.1 * mean + floor_length), slope = damp * d[k];
            for (size_t c = 0; c < FEATURES; c++)
                slope += s->j[c][k] * left[c];
            double to = d[k] - slope / (length[k] + damp + 1e-9);
            to = fmin(fmax(to, -s->x[k]), 1 - s->x[k]);
            double move = to - d[k];
            if (move == 0)
                continue;
            d[k] = to;
            for (size_t c = 0; c < FEATURES; c++)
                left[c] += s->j[c][k] * move;
        }
}

static void learn(search *s, const double *x, const double *f)
{
    double d[KNOBS_MAX], length = 0;
    for (size_t k = 0; k < s->n_knobs; k++) {
        d[k] = x[k] - s->x[k];
        length += d[k] * d[k];
    }
    if (length < 1e-7)
        return;
    for (size_t c = 0; c < FEATURES; c++) {
        double predicted = s->f[c];
        for (size_t k = 0; k < s->n_knobs; k++)
            predicted += s->j[c][k] * d[k];
        for (size_t k = 0; k < s->n_knobs; k++)
            s->j[c][k] += (f[c] - predicted) * d[k] / length;
    }
}

/* Four dampings at once around the one that did best; true when the best of them was taken. */
static tone_status step(search *s, double *lambda, bool *better, tone_error *err)
{
    static const double factor[4] = {0.1, 0.5, 2.5, 12};
    double x[4][KNOBS_MAX], f[4][FEATURES], cost[4], d[KNOBS_MAX];
    for (size_t i = 0; i < 4; i++) {
        solve(s, d, *lambda * factor[i]);
        for (size_t k = 0; k < KNOBS_MAX; k++)
            x[i][k] = k < s->n_knobs ? s->x[k] + d[k] : 0;
    }
    tone_status st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &s->patch, 4, err);
    if (st)
        return st;
    size_t best = 0;
    for (size_t i = 1; i < 4; i++)
        if (squares(f[i]) < squares(f[best]))
            best = i;
    for (size_t i = 0; i < 4; i++)
        learn(s, x[i], f[i]);
    *better = squares(f[best]) < squares(s->f) * 0.9995;
    *lambda = fmin(fmax(*lambda * factor[best] * (*better ? 0.6 : 3), 1e-4), 1e3);
    if (*better)
        accept(s, x[best], f[best], cost[best]);
    return TONE_OK;
}

/* Random steps where the linear model is at its end: small ones in all knobs, large ones in a few. */
static tone_status wander(search *s, tone_random *r, double size, bool *better, tone_error *err)
{
    double x[8][KNOBS_MAX], f[8][FEATURES], cost[8];
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < KNOBS_MAX; k++) {
            double move = 0;
            if (k < s->n_knobs && (i % 2 || tone_random_unit(r) < 3.0 / (double)s->n_knobs))
                move = (i % 2 ? 0.3 : 2.5) * size * (tone_random_unit(r) + tone_random_unit(r) - 1);
            x[i][k] = k < s->n_knobs ? fmin(fmax(s->x[k] + move, 0), 1) : 0;
        }
    tone_status st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &s->patch, 8, err);
    *better = false;
    for (size_t i = 0; i < 8 && !st; i++)
        learn(s, x[i], f[i]);
    for (size_t i = 0; i < 8 && !st; i++)
        if (squares(f[i]) < squares(s->f) * 0.9995) {
            accept(s, x[i], f[i], cost[i]);
            *better = true;
        }
    return st;
}

/* A look around before the expensive Jacobian: two clouds of 14, the second around the mean of the first one's best. */
static tone_status look_around(search *s, tone_random *r, tone_error *err)
{
    enum { CLOUD = 14, GOOD = 4 };
    double centre[KNOBS_MAX], x[CLOUD][KNOBS_MAX] = {{0}}, f[CLOUD][FEATURES], cost[CLOUD];
    memcpy(centre, s->x, sizeof centre);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < CLOUD; i++)
            for (size_t k = 0; k < s->n_knobs; k++) {
                double bell = tone_random_unit(r) + tone_random_unit(r) + tone_random_unit(r) - 1.5; /* deviation 0.5 */
                x[i][k] = fmin(fmax(centre[k] + (round ? 0.35 : 0.5) * bell, 0), 1);
            }
        tone_status st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &s->patch, CLOUD, err);
        if (st)
            return st;
        bool used[CLOUD] = {false};
        double mean[KNOBS_MAX] = {0};
        for (size_t g = 0; g < GOOD; g++) {
            size_t best = SIZE_MAX;
            for (size_t i = 0; i < CLOUD; i++)
                if (!used[i] && (best == SIZE_MAX || squares(f[i]) < squares(f[best])))
                    best = i;
            used[best] = true;
            for (size_t k = 0; k < s->n_knobs; k++)
                mean[k] += x[best][k] / GOOD;
            if (g == 0 && squares(f[best]) < squares(s->f))
                accept(s, x[best], f[best], cost[best]);
        }
        memcpy(centre, mean, sizeof centre);
    }
    return TONE_OK;
}

/* The waveforms and filter modes from which the start is nearest. */
static tone_status choose_choices(search *s, tone_error *err)
{
    static const tone_param choices[] = {TONE_P_OSC1_WAVE, TONE_P_FILTER_MODE};
    double x[TONE_SHAPE_BATCH][KNOBS_MAX], f[TONE_SHAPE_BATCH][FEATURES], cost[TONE_SHAPE_BATCH];
    memcpy(x[0], s->x, sizeof x[0]);
    tone_status st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &s->patch, 1, err);
    if (st)
        return st;
    accept(s, x[0], f[0], cost[0]);
    for (size_t c = 0; c < sizeof choices / sizeof *choices && !s->r->source; c++) {
        int n = (int)tone_param_get(choices[c])->max + 1;
        tone_patch best = s->patch;
        for (int v = 0; v < n && !st; v++) {
            tone_patch p = s->patch;
            p.values[choices[c]] = (float)v;
            if (p.values[choices[c]] == s->patch.values[choices[c]])
                continue;
            memcpy(x[0], s->x, sizeof x[0]);
            st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &p, 1, err);
            if (!st && squares(f[0]) < squares(s->f)) {
                accept(s, x[0], f[0], cost[0]);
                best = p;
            }
        }
        s->patch = best;
    }
    return st;
}

static tone_status descend(search *s, double *trace, size_t n_trace, tone_error *err)
{
    tone_random random;
    tone_random_seed(&random, s->r->seed + 1);
    double lambda = 0.3, size = 0.12;
    int stuck = 2; /* the Jacobian is still to be measured */
    tone_status st = choose_choices(s, err);
    uint32_t limit = s->ears.max_renders;
    for (size_t i = s->ears.n_renders; i < n_trace; i++)
        trace[i] = s->cost;
    if (!st && s->ears.n_renders + 28 + s->n_knobs <= limit)
        st = look_around(s, &random, err);
    while (!st && s->ears.n_renders < limit && s->cost > 0.02) {
        bool better = false;
        if (stuck >= 2 && s->ears.n_renders + s->n_knobs + 8 <= limit) {
            st = measure_jacobian(s, err);
            lambda = fmin(lambda, 1);
            stuck = 0;
        } else if (stuck < 2 && s->ears.n_renders + 4 <= limit) {
            st = step(s, &lambda, &better, err);
            stuck = better ? 0 : stuck + 1;
        } else if (s->ears.n_renders + 8 <= limit) {
            st = wander(s, &random, size, &better, err);
            size = better ? size * 1.2 : size * 0.85;
            stuck = better ? 1 : stuck;
        } else {
            break;
        }
        for (size_t i = s->ears.n_renders; i < n_trace; i++)
            trace[i] = s->cost;
    }
    return st;
}

tone_status tone_like_open(tone_like **out, const tone_shape_request *r, tone_error *err)
{
    *out = NULL;
    search *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the search");
    s->r = r;
    s->patch = *r->patch;
    tone_mel_bank_init(&s->bank);
    tone_status st = tone_shape_ears_open(&s->ears, r, TONE_HEAR_ALL, err);
    if (!st && r->like->rate != HEAR_RATE)
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "the sound to come near to has %u Hz; 48000 is wanted", r->like->rate);
    if (!st && r->rate != HEAR_RATE)
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "coming near to a sound works at 48000 Hz");
    if (!st)
        st = features_of(s->target, s->ears.analyzers[0], &s->bank, r->like, err);
    if (st) {
        tone_like_close(s);
        return st;
    }
    choose_knobs(s);
    *out = s;
    return TONE_OK;
}

void tone_like_close(tone_like *l)
{
    if (l)
        tone_shape_ears_clear(&l->ears);
    free(l);
}

size_t tone_like_knobs(const tone_like *l)
{
    return l->n_knobs;
}

const double *tone_like_start(const tone_like *l)
{
    return l->x;
}

tone_status tone_like_try(tone_like *l, double *distance, const double *x, size_t stride, size_t n, tone_error *err)
{
    double rows[TONE_SHAPE_BATCH][KNOBS_MAX] = {{0}}, f[TONE_SHAPE_BATCH][FEATURES];
    for (size_t i = 0; i < n; i++)
        memcpy(rows[i], x + i * stride, l->n_knobs * sizeof *x);
    return try_out(l, f, distance, (const double(*)[KNOBS_MAX])rows, &l->patch, n, err);
}

tone_status tone_shape_toward_traced(tone_shape_result *out, const tone_shape_request *r, double *trace, size_t n_trace, tone_error *err)
{
    search *s;
    tone_status st = tone_like_open(&s, r, err);
    if (st)
        return st;
    if (!st) {
        tone_patch p = *r->patch;
        double f[1][FEATURES], cost[1], x[1][KNOBS_MAX] = {{0}};
        for (size_t k = 0; k < s->n_knobs; k++)
            x[0][k] = tone_param_to_knob(s->knobs[k], (double)p.values[s->knobs[k]]);
        st = try_out(s, f, cost, (const double(*)[KNOBS_MAX])x, &p, 1, err);
        if (!st)
            out->distance_before = cost[0];
        for (size_t i = 0; i < n_trace; i++)
            trace[i] = out->distance_before;
    }
    if (!st)
        st = descend(s, trace, n_trace, err);
    if (!st) {
        out->patch = *r->patch;
        if (s->cost < out->distance_before) {
            out->patch = s->patch;
            for (size_t k = 0; k < s->n_knobs; k++)
                out->patch.values[s->knobs[k]] = (float)tone_param_from_knob(s->knobs[k], s->x[k]);
        }
        out->distance_after = fmin(s->cost, out->distance_before);
        tone_measures m[2];
        tone_patch both[2] = {*r->patch, out->patch};
        uint32_t n_renders = s->ears.n_renders;
        st = tone_shape_hear(&s->ears, m, both, 2, err);
        out->before = m[0];
        out->after = m[1];
        out->n_renders = n_renders;
    }
    tone_like_close(s);
    return st;
}

tone_status tone_shape_toward(tone_shape_result *s, const tone_shape_request *r, tone_error *err)
{
    return tone_shape_toward_traced(s, r, NULL, 0, err);
}

/* The search: probe the usual moves, take the step that a linear model of their effects asks for, measure, correct the
 * model by what was measured (Broyden's rank-one update), repeat. */
#include "tonesmith/sound/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/shape_moves.h"
#include "sound/shape_search.h"

enum { MAX_CANDIDATES = 14, MAX_ROWS = 24, MAX_ROUNDS = 7 };

/* One quantity that the step is to change or to leave: a goal's score, a kept family's score, a guarded metric. */
typedef struct aim_row {
    double aim;    /* JNDs */
    double weight; /* of the squared error */
    size_t goal;   /* of the request; SIZE_MAX for a guard */
    const tone_word_guard *guard;
} aim_row;

typedef struct candidate {
    tone_move move;
    double low, high;         /* of t, from the patch's own values */
    double effect[MAX_ROWS];  /* JNDs for t = 1 */
    double t;
} candidate;

typedef struct search {
    const tone_shape_request *r;
    tone_shape_ears ears;
    tone_measures base;
    aim_row rows[MAX_ROWS];
    size_t n_rows;
    candidate cand[MAX_CANDIDATES];
    size_t n_cand;
    /* the best step so far */
    double best_t[MAX_CANDIDATES], best_merit;
    tone_measures best;
    bool best_accepted;
} search;

void tone_degree_band(tone_degree degree, double *least, double *most, double *aim)
{
    static const double table[][3] = {{1, 3, 2}, {3, 8, 5}, {8, INFINITY, 11}}; /* the sizes of tone_verdict */
    const double *b = table[degree - TONE_DEGREE_SMALL];
    *least = b[0];
    *most = b[1];
    *aim = b[2];
}

tone_shape_request tone_shape_defaults(void)
{
    return (tone_shape_request){.rate = 48000};
}

static double value_of(const search *s, const aim_row *row, const tone_measures *m)
{
    double v;
    if (row->guard)
        v = tone_metric_change(row->guard->metric, s->base.value[row->guard->metric], m->value[row->guard->metric]);
    else
        v = tone_word_score(s->r->words, s->r->goals.goal[row->goal].family, &s->base, m).score;
    return isnan(v) ? 0 : v;
}

/* Squared distance from the aims, plus a price for movement and for every broken guard. */
static double merit_of(const search *s, const double *t, const tone_measures *m, bool *accepted)
{
    double merit = 0;
    *accepted = true;
    for (size_t i = 0; i < s->n_rows; i++) {
        const aim_row *row = &s->rows[i];
        double v = value_of(s, row, m);
        if (row->guard) {
            merit += row->weight * v * v;
            continue;
        }
        const tone_goal *g = &s->r->goals.goal[row->goal];
        double least, most, aim;
        if (g->direction) {
            double along = v * g->direction;
            tone_degree_band(g->degree, &least, &most, &aim);
            if (along < least || along > most)
                *accepted = false;
            if (along <= 0)
                merit += 4;
            merit += along > aim && g->degree == TONE_DEGREE_LARGE ? 0.02 * pow((along - aim) / aim, 2) : pow((along - aim) / aim, 2);
        } else {
            if (fabs(v) > 1.5)
                *accepted = false;
            merit += 0.5 * v * v / 2.25;
        }
        tone_verdict verdict = tone_word_score(s->r->words, g->family, &s->base, m);
        if (g->direction && verdict.n_broken) {
            *accepted = false;
            merit += 0.6 * (double)verdict.n_broken;
        }
    }
    for (size_t j = 0; j < s->n_cand; j++)
        merit += 0.04 * fabs(t[j]) + (t[j] != 0 ? 0.02 : 0);
    /* A word is no reason to make the sound vanish: what took most of its level away took the sound away. */
    double lost = fabs(m->value[TONE_METRIC_INTEGRATED_LUFS] - s->base.value[TONE_METRIC_INTEGRATED_LUFS]) - 4;
    if (lost > 0)
        merit += 0.05 * lost * lost;
    if (lost > 8)
        *accepted = false;
    return isnan(m->value[TONE_METRIC_INTEGRATED_LUFS]) ? INFINITY : merit;
}

/* Values as a person would set them: three digits. */
static void round_moved(tone_patch *p, const tone_patch *from)
{
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        double v = (double)p->values[i];
        if (p->values[i] == from->values[i] || v == 0)
            continue;
        double scale = pow(10, 2 - floor(log10(fabs(v))));
        p->values[i] = (float)fmin(fmax(round(v * scale) / scale, (double)tone_param_get((tone_param)i)->min), (double)tone_param_get((tone_param)i)->max);
    }
}

static void step_patch(const search *s, tone_patch *p, const double *t)
{
    *p = *s->r->patch;
    for (size_t j = 0; j < s->n_cand; j++)
        if (t[j] != 0)
            tone_move_apply(p, &s->cand[j].move, t[j]);
    round_moved(p, s->r->patch);
}

static bool locked(const tone_shape_request *r, const tone_move *m)
{
    for (uint32_t i = 0; i < m->n_parts; i++)
        for (size_t k = 0; k < r->n_locked; k++)
            if (m->part[i].param == r->locked[k])
                return true;
    return false;
}

static bool same_move(const tone_move *a, const tone_move *b)
{
    if (a->n_parts != b->n_parts)
        return false;
    for (uint32_t i = 0; i < a->n_parts; i++)
        if (a->part[i].param != b->part[i].param)
            return false;
    return true;
}

static void add_candidate(search *s, const tone_move *m, int way)
{
    const tone_shape_request *r = s->r;
    if (s->n_cand == MAX_CANDIDATES || (r->source && !m->effect) || locked(r, m))
        return;
    for (size_t j = 0; j < s->n_cand; j++)
        if (same_move(&s->cand[j].move, m))
            return;
    candidate c = {.move = *m};
    tone_move_range(&c.low, &c.high, r->patch, m);
    if ((way > 0 ? c.high : -c.low) < 0.02)
        return;
    s->cand[s->n_cand++] = c;
}

/* The moves worth probing for the request's goals. */
static void choose_candidates(search *s)
{
    size_t n_ways = 0;
    for (size_t i = 0; i < s->r->goals.n; i++)
        n_ways += s->r->goals.goal[i].direction != 0;
    for (size_t i = 0; i < s->r->goals.n; i++) {
        const tone_goal *g = &s->r->goals.goal[i];
        if (g->direction == 0)
            continue;
        const tone_move *list[MAX_CANDIDATES];
        size_t n = tone_moves_of(list, MAX_CANDIDATES, tone_words_at(s->r->words, g->family)->name);
        size_t before = s->n_cand, most = n_ways == 1 ? 9 : n_ways == 2 ? 6 : 4;
        for (size_t k = 0; k < n && s->n_cand - before < most; k++)
            add_candidate(s, list[k], g->direction);
        for (int p = 0; n == 0 && p < TONE_N_PARAMS && s->n_cand - before < most; p++) {
            if (!tone_param_get((tone_param)p)->core || p == TONE_P_LEVEL)
                continue;
            tone_move single = tone_move_single((tone_param)p); /* a family of the user's own: any knob may help */
            add_candidate(s, &single, g->direction);
        }
    }
}

static void choose_rows(search *s)
{
    for (size_t i = 0; i < s->r->goals.n; i++) {
        const tone_goal *g = &s->r->goals.goal[i];
        double least, most, aim = 0;
        if (g->direction)
            tone_degree_band(g->degree, &least, &most, &aim);
        s->rows[s->n_rows++] = (aim_row){.aim = aim * g->direction, .weight = g->direction ? 1 / (aim * aim) : 0.5 / 2.25, .goal = i};
    }
    for (size_t i = 0; i < s->r->goals.n; i++) {
        const tone_word_family *f = tone_words_at(s->r->words, s->r->goals.goal[i].family);
        for (size_t k = 0; k < f->n_guards && s->n_rows < MAX_ROWS; k++) {
            bool known = f->guards[k]->limit;
            for (size_t j = 0; j < s->n_rows && !known; j++)
                known = s->rows[j].guard && s->rows[j].guard->metric == f->guards[k]->metric;
            if (!known && f->guards[k]->most > 0)
                s->rows[s->n_rows++] = (aim_row){.weight = 0.1 / (f->guards[k]->most * f->guards[k]->most), .goal = SIZE_MAX, .guard = f->guards[k]};
        }
    }
}

/* Remember a measured step when it is the best. */
static void consider(search *s, const double *t, const tone_measures *m)
{
    bool accepted;
    double merit = merit_of(s, t, m, &accepted);
    if ((accepted && !s->best_accepted) || (accepted == s->best_accepted && merit < s->best_merit)) {
        s->best_merit = merit;
        s->best_accepted = accepted;
        s->best = *m;
        memcpy(s->best_t, t, sizeof s->best_t);
    }
}

/* The sign in which a candidate helps its goals more, by its table. */
static double first_sign(const search *s, const candidate *c)
{
    for (size_t i = 0; i < s->r->goals.n; i++) {
        const tone_goal *g = &s->r->goals.goal[i];
        if (g->direction && strcmp(tone_words_at(s->r->words, g->family)->name, c->move.family) == 0)
            return g->direction;
    }
    return c->high >= -c->low ? 1 : -1;
}

/* Probe every candidate once: effect per unit of t.  Those that moved nothing are probed once more with a large step. */
static tone_status probe(search *s, tone_error *err)
{
    tone_patch patches[MAX_CANDIDATES];
    tone_measures heard[MAX_CANDIDATES];
    double t[MAX_CANDIDATES];
    size_t which[MAX_CANDIDATES], n = 0;
    for (size_t j = 0; j < s->n_cand; j++)
        which[n++] = j;
    for (int pass = 0; pass < 2 && n; pass++) {
        for (size_t k = 0; k < n; k++) {
            candidate *c = &s->cand[which[k]];
            double sign = first_sign(s, c), room = sign > 0 ? c->high : -c->low;
            t[k] = sign * fmin(pass ? 0.6 : 0.16, room);
            double alone[MAX_CANDIDATES] = {0};
            alone[which[k]] = t[k];
            step_patch(s, &patches[k], alone);
        }
        tone_status st = tone_shape_hear(&s->ears, heard, patches, n, err);
        if (st)
            return st;
        size_t weak = 0;
        for (size_t k = 0; k < n; k++) {
            candidate *c = &s->cand[which[k]];
            double most = 0, alone[MAX_CANDIDATES] = {0};
            for (size_t i = 0; i < s->n_rows; i++) {
                double v = value_of(s, &s->rows[i], &heard[k]);
                c->effect[i] = v / t[k];
                if (s->rows[i].aim != 0)
                    most = fmax(most, fabs(v));
            }
            alone[which[k]] = t[k];
            consider(s, alone, &heard[k]);
            if (most < 0.25)
                which[weak++] = which[k];
        }
        n = weak > 4 ? 4 : weak;
    }
    return TONE_OK;
}

/* The step that is best in the linear model: coordinate descent on squares plus a price per movement, within bounds.
 * `residual` is what is left to do from `from`; the step stays within `trust` of it. */
static void solve(const search *s, double *t, const double *from, const double *residual, double trust)
{
    double left[MAX_ROWS];
    memcpy(left, residual, sizeof left);
    memcpy(t, from, sizeof(double) * MAX_CANDIDATES);
    for (int sweep = 0; sweep < 60; sweep++)
        for (size_t j = 0; j < s->n_cand; j++) {
            const candidate *c = &s->cand[j];
            double slope = 0, curve = 1e-9;
            for (size_t i = 0; i < s->n_rows; i++) {
                slope += s->rows[i].weight * c->effect[i] * left[i];
                curve += s->rows[i].weight * c->effect[i] * c->effect[i];
            }
            double goal = t[j] + slope / curve, price = 0.05 / (2 * curve) + 0.02 / (2 * curve);
            goal = goal > price ? goal - price : goal < -price ? goal + price : 0;
            goal = fmin(fmax(goal, fmax(c->low, from[j] - trust)), fmin(c->high, from[j] + trust));
            if (fabs(goal) < 0.004)
                goal = 0;
            for (size_t i = 0; i < s->n_rows; i++)
                left[i] -= c->effect[i] * (goal - t[j]);
            t[j] = goal;
        }
    /* More than a few parameters are hard to follow: keep those that do most. */
    size_t most = s->r->goals.n > 1 ? 4 : 3;
    for (;;) {
        size_t used = 0, least = 0;
        double smallest = INFINITY;
        for (size_t j = 0; j < s->n_cand; j++) {
            double work = 0;
            for (size_t i = 0; i < s->n_rows; i++)
                work += s->rows[i].weight * pow(s->cand[j].effect[i] * t[j], 2);
            if (t[j] != 0) {
                used++;
                if (work < smallest)
                    smallest = work, least = j;
            }
        }
        if (used <= most)
            return;
        t[least] = 0;
    }
}

/* effect += (measured - predicted) dt / |dt|^2 */
static void learn(search *s, const double *t, const double *from, const double *now, const double *then)
{
    double length = 0;
    for (size_t j = 0; j < s->n_cand; j++)
        length += (t[j] - from[j]) * (t[j] - from[j]);
    if (length < 1e-8)
        return;
    for (size_t i = 0; i < s->n_rows; i++) {
        double predicted = 0;
        for (size_t j = 0; j < s->n_cand; j++)
            predicted += s->cand[j].effect[i] * (t[j] - from[j]);
        for (size_t j = 0; j < s->n_cand; j++)
            s->cand[j].effect[i] += (now[i] - then[i] - predicted) * (t[j] - from[j]) / length;
    }
}

/* Go on from the best step until it is accepted or nothing helps. */
static tone_status refine(search *s, tone_error *err)
{
    double trust = 0.6;
    for (int round = 0; round < MAX_ROUNDS && s->ears.n_renders + 3 <= s->ears.max_renders; round++) {
        if (s->best_accepted && round > 1)
            break;
        double from[MAX_CANDIDATES], then[MAX_ROWS], residual[MAX_ROWS] = {0}, t[2][MAX_CANDIDATES] = {{0}};
        memcpy(from, s->best_t, sizeof from);
        for (size_t i = 0; i < s->n_rows; i++) {
            then[i] = value_of(s, &s->rows[i], &s->best);
            residual[i] = s->rows[i].aim - then[i];
        }
        solve(s, t[0], from, residual, trust);
        /* The same step shortened: two cores cost no more than one. */
        for (size_t j = 0; j < s->n_cand; j++)
            t[1][j] = from[j] + 0.5 * (t[0][j] - from[j]);
        tone_patch patches[2];
        tone_measures heard[2];
        step_patch(s, &patches[0], t[0]);
        step_patch(s, &patches[1], t[1]);
        double before = s->best_merit;
        bool was = s->best_accepted;
        tone_status st = tone_shape_hear(&s->ears, heard, patches, 2, err);
        if (st)
            return st;
        for (int k = 0; k < 2; k++) {
            double now[MAX_ROWS];
            for (size_t i = 0; i < s->n_rows; i++)
                now[i] = value_of(s, &s->rows[i], &heard[k]);
            learn(s, t[k], from, now, then);
            consider(s, t[k], &heard[k]);
        }
        if (s->best_merit >= before && s->best_accepted == was)
            trust *= 0.4;
        if (trust < 0.01)
            break;
    }
    return TONE_OK;
}

/* Give back the loudness that the change took or gave. */
static tone_status level_out(search *s, tone_patch *p, tone_measures *after, tone_error *err)
{
    double change = after->value[TONE_METRIC_INTEGRATED_LUFS] - s->base.value[TONE_METRIC_INTEGRATED_LUFS];
    for (size_t k = 0; k < s->r->n_locked; k++)
        if (s->r->locked[k] == TONE_P_LEVEL)
            return TONE_OK;
    if (!(fabs(change) >= 0.3))
        return TONE_OK;
    tone_patch levelled = *p;
    const tone_param_info *level = tone_param_get(TONE_P_LEVEL);
    double to = round(10 * ((double)p->values[TONE_P_LEVEL] - change)) / 10;
    levelled.values[TONE_P_LEVEL] = (float)fmin(fmax(to, (double)level->min), (double)level->max);
    tone_measures heard;
    tone_status st = tone_shape_hear(&s->ears, &heard, &levelled, 1, err);
    if (st)
        return st;
    /* A limiter can turn a level into another sound: keep it only where the goals hold as before. */
    bool accepted, was;
    double with = merit_of(s, s->best_t, &heard, &accepted), without = merit_of(s, s->best_t, after, &was);
    if (accepted >= was && with <= without + 0.1) {
        *p = levelled;
        *after = heard;
    }
    return TONE_OK;
}

static uint32_t groups_needed(const tone_shape_request *r)
{
    uint32_t groups = TONE_HEAR_HEALTH | TONE_HEAR_LOUDNESS;
    for (size_t i = 0; i < r->goals.n; i++)
        groups |= tone_words_at(r->words, r->goals.goal[i].family)->groups;
    return groups;
}

/* Whether a step is worth having at all: some goal moved its way by something one might hear, and none the other way. */
static bool worth(const search *s)
{
    bool any = false;
    for (size_t i = 0; i < s->r->goals.n; i++) {
        const tone_goal *g = &s->r->goals.goal[i];
        if (!g->direction)
            continue;
        double along = tone_word_score(s->r->words, g->family, &s->base, &s->best).score * g->direction;
        if (along < -1)
            return false;
        any |= along >= 0.5;
    }
    return any;
}

static tone_status reach(tone_shape_result *out, const tone_shape_request *r, tone_error *err)
{
    search *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the search");
    s->r = r;
    tone_status st = tone_shape_ears_open(&s->ears, r, groups_needed(r), err);
    if (!st)
        st = tone_shape_hear(&s->ears, &s->base, r->patch, 1, err);
    if (!st && isnan(s->base.value[TONE_METRIC_INTEGRATED_LUFS]))
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "the sound is silent, or too quiet to be measured: nothing can be changed about it");
    if (!st) {
        choose_rows(s);
        choose_candidates(s);
        bool accepted;
        double nothing[MAX_CANDIDATES] = {0};
        s->best = s->base;
        s->best_merit = merit_of(s, nothing, &s->base, &accepted);
        st = probe(s, err);
    }
    if (!st)
        st = refine(s, err);
    if (!st) {
        out->patch = *r->patch;
        out->before = s->base;
        out->after = s->base;
        if (worth(s)) {
            step_patch(s, &out->patch, s->best_t);
            out->after = s->best;
            st = level_out(s, &out->patch, &out->after, err);
        }
        out->n_renders = s->ears.n_renders;
    }
    tone_shape_ears_clear(&s->ears);
    free(s);
    return st;
}

static tone_status check_request(const tone_shape_request *r, tone_error *err)
{
    bool any = r->like != NULL;
    for (size_t i = 0; i < r->goals.n; i++)
        any |= r->goals.goal[i].direction != 0;
    if (!any)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "no goal says what should change");
    if (!r->source && (!r->notes || r->notes->n == 0))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there are no notes to play");
    return TONE_OK;
}

tone_status tone_shape(tone_shape_result **out, const tone_shape_request *r, tone_error *err)
{
    *out = NULL;
    tone_status st = check_request(r, err);
    if (st)
        return st;
    tone_shape_result *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the result");
    s->distance_before = s->distance_after = NAN;
    st = r->like ? tone_shape_toward(s, r, err) : reach(s, r, err);
    if (!st)
        st = tone_shape_describe(s, r, err);
    if (st) {
        tone_shape_free(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

void tone_shape_free(tone_shape_result *s)
{
    if (s)
        free(s->summary);
    free(s);
}

/* The search: probe the usual moves, take the step that a linear model of their effects asks for, measure, correct the
 * model by what was measured (Broyden's rank-one update), repeat. */
#include "sound/shape_solve.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "sound/shape_search.h"

enum { MAX_ROUNDS = 7 };

void tone_degree_band(tone_degree degree, double *least, double *most, double *aim)
{
    static const double table[][3] = {{1, 3, 2}, {3, 8, 5}, {8, INFINITY, 11}}; /* the sizes of tone_verdict */
    const double *b = table[degree - TONE_DEGREE_SMALL];
    *least = b[0];
    *most = b[1];
    *aim = b[2];
}

static double value_of(const tone_solver *s, const tone_solver_row *row, const tone_measures *m)
{
    double v;
    if (row->guard)
        v = tone_metric_change(row->guard->metric, s->base.value[row->guard->metric], m->value[row->guard->metric]);
    else
        v = tone_word_score(s->words, s->goals->goal[row->goal].family, &s->base, m).score;
    return isnan(v) ? 0 : v;
}

/* Squared distance from the aims, plus a price for movement and for every broken guard. */
double tone_solver_merit(const tone_solver *s, const double *t, const tone_measures *m, bool *accepted)
{
    double merit = 0;
    *accepted = true;
    for (size_t i = 0; i < s->n_rows; i++) {
        const tone_solver_row *row = &s->rows[i];
        double v = value_of(s, row, m);
        if (row->guard) {
            merit += row->weight * v * v;
            continue;
        }
        const tone_goal *g = &s->goals->goal[row->goal];
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
        tone_verdict verdict = tone_word_score(s->words, g->family, &s->base, m);
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

static void choose_rows(tone_solver *s)
{
    for (size_t i = 0; i < s->goals->n; i++) {
        const tone_goal *g = &s->goals->goal[i];
        double least, most, aim = 0;
        if (g->direction)
            tone_degree_band(g->degree, &least, &most, &aim);
        s->rows[s->n_rows++] = (tone_solver_row){.aim = aim * g->direction, .weight = g->direction ? 1 / (aim * aim) : 0.5 / 2.25, .goal = i};
    }
    for (size_t i = 0; i < s->goals->n; i++) {
        const tone_word_family *f = tone_words_at(s->words, s->goals->goal[i].family);
        for (size_t k = 0; k < f->n_guards && s->n_rows < TONE_SOLVER_ROWS; k++) {
            bool known = f->guards[k]->limit;
            for (size_t j = 0; j < s->n_rows && !known; j++)
                known = s->rows[j].guard && s->rows[j].guard->metric == f->guards[k]->metric;
            if (!known && f->guards[k]->most > 0)
                s->rows[s->n_rows++] = (tone_solver_row){.weight = 0.1 / (f->guards[k]->most * f->guards[k]->most), .goal = SIZE_MAX, .guard = f->guards[k]};
        }
    }
}

/* Remember a measured step when it is the best. */
static void consider(tone_solver *s, const double *t, const tone_measures *m)
{
    bool accepted;
    double merit = tone_solver_merit(s, t, m, &accepted);
    if ((accepted && !s->best_accepted) || (accepted == s->best_accepted && merit < s->best_merit)) {
        s->best_merit = merit;
        s->best_accepted = accepted;
        s->best = *m;
        memcpy(s->best_t, t, sizeof s->best_t);
    }
}

static tone_status hear(tone_solver *s, tone_measures *out, const double (*steps)[TONE_SOLVER_CANDIDATES], size_t n, tone_error *err)
{
    s->n_renders += (uint32_t)n;
    return s->hear(s->user, out, steps, n, err);
}

/* Probe every candidate once: effect per unit of t.  Those that moved nothing are probed once more with a large step. */
static tone_status probe(tone_solver *s, tone_error *err)
{
    double steps[TONE_SOLVER_CANDIDATES][TONE_SOLVER_CANDIDATES];
    tone_measures heard[TONE_SOLVER_CANDIDATES];
    double t[TONE_SOLVER_CANDIDATES];
    size_t which[TONE_SOLVER_CANDIDATES], n = 0;
    for (size_t j = 0; j < s->n_cand; j++)
        which[n++] = j;
    for (int pass = 0; pass < 2 && n; pass++) {
        for (size_t k = 0; k < n; k++) {
            tone_solver_candidate *c = &s->cand[which[k]];
            double sign = c->sign, room = sign > 0 ? c->high : -c->low;
            t[k] = sign * fmin(pass ? 0.6 : 0.16, room);
            memset(steps[k], 0, sizeof steps[k]);
            steps[k][which[k]] = t[k];
        }
        tone_status st = hear(s, heard, (const double(*)[TONE_SOLVER_CANDIDATES])steps, n, err);
        if (st)
            return st;
        size_t weak = 0;
        for (size_t k = 0; k < n; k++) {
            tone_solver_candidate *c = &s->cand[which[k]];
            double most = 0;
            for (size_t i = 0; i < s->n_rows; i++) {
                double v = value_of(s, &s->rows[i], &heard[k]);
                c->effect[i] = v / t[k];
                if (s->rows[i].aim != 0)
                    most = fmax(most, fabs(v));
            }
            consider(s, steps[k], &heard[k]);
            if (most < 0.25)
                which[weak++] = which[k];
        }
        n = weak > 4 ? 4 : weak;
    }
    return TONE_OK;
}

/* The step that is best in the linear model: coordinate descent on squares plus a price per movement, within bounds.
 * `residual` is what is left to do from `from`; the step stays within `trust` of it. */
static void solve(const tone_solver *s, double *t, const double *from, const double *residual, double trust)
{
    double left[TONE_SOLVER_ROWS];
    memcpy(left, residual, sizeof left);
    memcpy(t, from, sizeof(double) * TONE_SOLVER_CANDIDATES);
    for (int sweep = 0; sweep < 60; sweep++)
        for (size_t j = 0; j < s->n_cand; j++) {
            const tone_solver_candidate *c = &s->cand[j];
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
    size_t most = s->goals->n > 1 ? 4 : 3;
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
static void learn(tone_solver *s, const double *t, const double *from, const double *now, const double *then)
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
static tone_status refine(tone_solver *s, tone_error *err)
{
    double trust = 0.6;
    for (int round = 0; round < MAX_ROUNDS && s->n_renders + 3 <= s->max_renders; round++) {
        if (s->best_accepted && round > 1)
            break;
        double from[TONE_SOLVER_CANDIDATES], then[TONE_SOLVER_ROWS], residual[TONE_SOLVER_ROWS] = {0}, t[2][TONE_SOLVER_CANDIDATES] = {{0}};
        memcpy(from, s->best_t, sizeof from);
        for (size_t i = 0; i < s->n_rows; i++) {
            then[i] = value_of(s, &s->rows[i], &s->best);
            residual[i] = s->rows[i].aim - then[i];
        }
        solve(s, t[0], from, residual, trust);
        /* The same step shortened: two cores cost no more than one. */
        for (size_t j = 0; j < s->n_cand; j++)
            t[1][j] = from[j] + 0.5 * (t[0][j] - from[j]);
        tone_measures heard[2];
        double before = s->best_merit;
        bool was = s->best_accepted;
        tone_status st = hear(s, heard, (const double(*)[TONE_SOLVER_CANDIDATES])t, 2, err);
        if (st)
            return st;
        for (int k = 0; k < 2; k++) {
            double now[TONE_SOLVER_ROWS];
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

/* Whether a step is worth having at all: some goal moved its way by something one might hear, and none the other way. */
bool tone_solver_worth(const tone_solver *s)
{
    bool any = false;
    for (size_t i = 0; i < s->goals->n; i++) {
        const tone_goal *g = &s->goals->goal[i];
        if (!g->direction)
            continue;
        double along = tone_word_score(s->words, g->family, &s->base, &s->best).score * g->direction;
        if (along < -1)
            return false;
        any |= along >= 0.5;
    }
    return any;
}

uint32_t tone_solver_groups(const tone_words *words, const tone_goals *goals)
{
    uint32_t groups = TONE_HEAR_HEALTH | TONE_HEAR_LOUDNESS;
    for (size_t i = 0; i < goals->n; i++)
        groups |= tone_words_at(words, goals->goal[i].family)->groups;
    return groups;
}

double tone_solver_round(double v, double min, double max)
{
    if (v == 0)
        return v;
    double scale = pow(10, 2 - floor(log10(fabs(v))));
    return fmin(fmax(round(v * scale) / scale, min), max);
}

tone_status tone_solver_run(tone_solver *s, tone_error *err)
{
    static const double nothing[1][TONE_SOLVER_CANDIDATES] = {{0}};
    tone_status st = hear(s, &s->base, nothing, 1, err);
    if (st)
        return st;
    if (isnan(s->base.value[TONE_METRIC_INTEGRATED_LUFS]))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the sound is silent, or too quiet to be measured: nothing can be changed about it");
    choose_rows(s);
    bool accepted;
    s->best = s->base;
    s->best_merit = tone_solver_merit(s, nothing[0], &s->base, &accepted);
    st = probe(s, err);
    return st ? st : refine(s, err);
}

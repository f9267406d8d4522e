/* Shape for patches: which moves are candidates, how they are heard, and what is done with the loudness afterwards.  The
 * search itself is in shape_solve.c. */
#include "tonesmith/sound/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/shape_moves.h"
#include "sound/shape_search.h"
#include "sound/shape_solve.h"

enum {
    MAX_WIDE = 160,      /* moves that there are, single knobs included */
    WIDE_KEPT = 8,       /* of those that do something in a wide search */
    WIDE_RENDERS = 120,  /* on top of the search's own */
};

typedef struct search {
    const tone_shape_request *r;
    tone_shape_ears ears;
    tone_solver solver;
    tone_move moves[TONE_SOLVER_CANDIDATES]; /* of the solver's candidates */
} search;

tone_shape_request tone_shape_defaults(void)
{
    return (tone_shape_request){.rate = 48000};
}

/* Values as a person would set them: three digits. */
static void round_moved(tone_patch *p, const tone_patch *from)
{
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *info = tone_param_get((tone_param)i);
        if (p->values[i] != from->values[i])
            p->values[i] = (float)tone_solver_round((double)p->values[i], (double)info->min, (double)info->max);
    }
}

static void step_patch(const search *s, tone_patch *p, const double *t)
{
    *p = *s->r->patch;
    for (size_t j = 0; j < s->solver.n_cand; j++)
        if (t[j] != 0)
            tone_move_apply(p, &s->moves[j], t[j]);
    round_moved(p, s->r->patch);
}

static tone_status hear_steps(void *user, tone_measures *out, const double (*steps)[TONE_SOLVER_CANDIDATES], size_t n, tone_error *err)
{
    search *s = user;
    tone_patch patches[TONE_SOLVER_CANDIDATES];
    for (size_t k = 0; k < n; k++)
        step_patch(s, &patches[k], steps[k]);
    return tone_shape_hear(&s->ears, out, patches, n, err);
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
    tone_solver *to = &s->solver;
    if (to->n_cand == TONE_SOLVER_CANDIDATES || (r->source && !m->effect) || locked(r, m))
        return;
    for (size_t j = 0; j < to->n_cand; j++)
        if (same_move(&s->moves[j], m))
            return;
    tone_solver_candidate c = {0};
    tone_move_range(&c.low, &c.high, r->patch, m);
    if ((way > 0 ? c.high : -c.low) < 0.02)
        return;
    /* The table's moves say which way is up; of a single knob nobody knows. */
    c.sign = m->family[0] ? way : c.high >= -c.low ? 1 : -1;
    s->moves[to->n_cand] = *m;
    to->cand[to->n_cand++] = c;
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
        const tone_move *list[TONE_SOLVER_CANDIDATES];
        size_t n = tone_moves_of(list, TONE_SOLVER_CANDIDATES, tone_words_at(s->r->words, g->family)->name);
        size_t before = s->solver.n_cand, most = n_ways == 1 ? 9 : n_ways == 2 ? 6 : 4;
        for (size_t k = 0; k < n && s->solver.n_cand - before < most; k++)
            add_candidate(s, list[k], g->direction);
        for (int p = 0; n == 0 && p < TONE_N_PARAMS && s->solver.n_cand - before < most; p++) {
            if (!tone_param_get((tone_param)p)->core || p == TONE_P_LEVEL)
                continue;
            tone_move single = tone_move_single((tone_param)p); /* a family of the user's own: any knob may help */
            add_candidate(s, &single, g->direction);
        }
    }
}

/* Give back the loudness that the change took or gave. */
static tone_status level_out(search *s, tone_patch *p, tone_measures *after, tone_error *err)
{
    double change = after->value[TONE_METRIC_INTEGRATED_LUFS] - s->solver.base.value[TONE_METRIC_INTEGRATED_LUFS];
    for (size_t k = 0; k < s->r->n_locked; k++)
        if (s->r->locked[k] == TONE_P_LEVEL)
            return TONE_OK;
    if (!(fabs(change) >= 0.3))
        return TONE_OK;
    tone_patch levelled = *p;
    const tone_param_info *level = tone_param_get(TONE_P_LEVEL);
    double to = round(10 * ((double)p->values[TONE_P_LEVEL] - change)) / 10 + 0.0; /* no -0 */
    levelled.values[TONE_P_LEVEL] = (float)fmin(fmax(to, (double)level->min), (double)level->max);
    tone_measures heard;
    tone_status st = tone_shape_hear(&s->ears, &heard, &levelled, 1, err);
    if (st)
        return st;
    /* A limiter can turn a level into another sound: keep it only where the goals hold as before. */
    bool accepted, was;
    double with = tone_solver_merit(&s->solver, s->solver.best_t, &heard, &accepted), without = tone_solver_merit(&s->solver, s->solver.best_t, after, &was);
    if (accepted >= was && with <= without + 0.1) {
        *p = levelled;
        *after = heard;
    }
    return TONE_OK;
}

/* ---- the wide search: when the usual moves do nothing for a goal, what any other knob does */

/* How far the step goes towards the goals, in shares of what each asks for; what is gone beyond an aim counts nothing. */
static double pull(const tone_solver *s, const tone_measures *m)
{
    double sum = 0;
    for (size_t i = 0; i < s->goals->n; i++) {
        const tone_goal *g = &s->goals->goal[i];
        double least, most, aim, v = tone_word_score(s->words, g->family, &s->base, m).score;
        if (isnan(v))
            continue;
        if (g->direction == 0) {
            sum -= 0.2 * fabs(v);
            continue;
        }
        tone_degree_band(g->degree, &least, &most, &aim);
        sum += fmin(v * g->direction / aim, 1);
    }
    return sum;
}

/* Whether a goal that is to move has not, for all that the search found. */
static bool unmoved(const tone_solver *s)
{
    if (!tone_solver_worth(s))
        return true;
    for (size_t i = 0; i < s->goals->n; i++) {
        const tone_goal *g = &s->goals->goal[i];
        double v = tone_word_score(s->words, g->family, &s->base, &s->best).score;
        if (g->direction && v * g->direction < 0.5)
            return true;
    }
    return false;
}

/* Moves that were not tried yet, each once. */
static size_t untried(const search *s, tone_move *out)
{
    const tone_move *all;
    size_t n_all = tone_moves_all(&all), n = 0;
    for (size_t i = 0; i < n_all + TONE_N_PARAMS && n < MAX_WIDE; i++) {
        tone_param single = (tone_param)(i < n_all ? 0 : i - n_all);
        tone_move m = i < n_all ? all[i] : tone_move_single(single);
        bool known = locked(s->r, &m) || (s->r->source && !m.effect) || (i >= n_all && (!tone_param_get(single)->core || single == TONE_P_LEVEL || single == TONE_P_TRANSPOSE));
        for (size_t k = 0; k < s->solver.n_cand && !known; k++)
            known = same_move(&s->moves[k], &m);
        for (size_t k = 0; k < n && !known; k++)
            known = same_move(&out[k], &m);
        if (!known)
            out[n++] = m;
    }
    return n;
}

typedef struct found {
    tone_move move;
    double t, pull;
} found;

static void keep_best(found *kept, size_t *n, found f)
{
    size_t at = *n;
    while (at > 0 && kept[at - 1].pull < f.pull)
        at--;
    if (at == WIDE_KEPT)
        return;
    if (*n < WIDE_KEPT)
        (*n)++;
    memmove(&kept[at + 1], &kept[at], (*n - 1 - at) * sizeof *kept);
    kept[at] = f;
}

/* Hear every untried move by a large step each way it has room; kept: those that pull most towards the goals. */
static tone_status look_wide(search *s, found *kept, size_t *n_kept, tone_error *err)
{
    tone_move pool[MAX_WIDE];
    tone_patch patches[TONE_SHAPE_BATCH];
    tone_measures heard[TONE_SHAPE_BATCH];
    found tried[TONE_SHAPE_BATCH];
    size_t n_pool = untried(s, pool), n = 0;
    uint32_t spent = 0;
    *n_kept = 0;
    for (size_t i = 0; i < 2 * n_pool && spent < WIDE_RENDERS; i++) {
        const tone_move *m = &pool[i / 2];
        double low, high;
        tone_move_range(&low, &high, s->r->patch, m);
        double t = i % 2 ? fmax(low, -0.45) : fmin(high, 0.45);
        if (fabs(t) >= 0.05) {
            tried[n] = (found){.move = *m, .t = t};
            patches[n] = *s->r->patch;
            tone_move_apply(&patches[n++], m, t);
        }
        if (n < TONE_SHAPE_BATCH && i + 1 < 2 * n_pool)
            continue;
        tone_status st = n ? tone_shape_hear(&s->ears, heard, patches, n, err) : TONE_OK;
        if (st)
            return st;
        for (size_t k = 0; k < n; k++) {
            double lost = fabs(heard[k].value[TONE_METRIC_INTEGRATED_LUFS] - s->solver.base.value[TONE_METRIC_INTEGRATED_LUFS]);
            tried[k].pull = pull(&s->solver, &heard[k]);
            if (tried[k].pull > 0.1 && lost < 10)
                keep_best(kept, n_kept, tried[k]);
        }
        spent += (uint32_t)n;
        n = 0;
        if (*n_kept && kept[0].pull > 0.8 && spent >= 2 * TONE_SHAPE_BATCH)
            break; /* this does it */
    }
    return TONE_OK;
}

/* Search again with what a look at all knobs found; what the first search found stays where that is better. */
static tone_status search_wide(search *s, tone_error *err)
{
    found kept[WIDE_KEPT];
    size_t n_kept;
    tone_status st = look_wide(s, kept, &n_kept, err);
    if (st || n_kept == 0)
        return st;
    search *wide = calloc(1, sizeof *wide);
    if (!wide)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the search");
    *wide = (search){.r = s->r, .ears = s->ears};
    tone_solver *solver = &wide->solver;
    *solver = (tone_solver){.words = s->solver.words, .goals = s->solver.goals, .hear = hear_steps, .user = wide, .max_renders = s->solver.max_renders};
    for (size_t k = 0; k < n_kept; k++)
        add_candidate(wide, &kept[k].move, kept[k].t > 0 ? 1 : -1);
    for (size_t k = 0; k < solver->n_cand; k++)
        for (size_t i = n_kept; i-- > 0;) /* the better of a move's two ways stands first, and comes last here */
            if (same_move(&wide->moves[k], &kept[i].move))
                solver->cand[k].sign = kept[i].t > 0 ? 1 : -1;
    for (size_t k = 0; k < s->solver.n_cand; k++)
        if (s->solver.best_t[k] != 0)
            add_candidate(wide, &s->moves[k], s->solver.best_t[k] > 0 ? 1 : -1);
    st = tone_solver_run(solver, err);
    s->ears.n_renders = wide->ears.n_renders;
    if (!st && tone_solver_worth(solver) && (!tone_solver_worth(&s->solver) || solver->best_merit < s->solver.best_merit)) {
        s->solver = *solver;
        s->solver.user = s;
        memcpy(s->moves, wide->moves, sizeof s->moves);
    }
    free(wide);
    return st;
}

static tone_status reach(tone_shape_result *out, const tone_shape_request *r, tone_error *err)
{
    search *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the search");
    s->r = r;
    tone_solver *solver = &s->solver;
    tone_status st = tone_shape_ears_open(&s->ears, r, tone_solver_groups(r->words, &r->goals), err);
    if (!st) {
        solver->words = r->words;
        solver->goals = &r->goals;
        solver->hear = hear_steps;
        solver->user = s;
        solver->max_renders = s->ears.max_renders;
        choose_candidates(s);
        st = tone_solver_run(solver, err);
    }
    if (!st && r->max_renders == 0 && unmoved(solver))
        st = search_wide(s, err);
    if (!st) {
        out->patch = *r->patch;
        out->before = solver->base;
        out->after = solver->base;
        if (tone_solver_worth(solver)) {
            step_patch(s, &out->patch, solver->best_t);
            out->after = solver->best;
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

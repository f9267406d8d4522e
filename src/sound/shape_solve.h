/* sound/shape_solve.h - the search behind shape, for anything that has knobs and can be heard: a patch, a plug-in.
 *
 * The caller names candidates, each with a range of travel t around where it stands, and a way to hear steps (one t for
 * each candidate).  Equal answers to hear give equal results.
 *
 *     tone_solver *s = calloc(1, sizeof *s);
 *     s->words = …;  s->goals = …;  s->hear = …;  s->user = …;  s->max_renders = 40;
 *     s->cand[s->n_cand++] = (tone_solver_candidate){.low = -0.3, .high = 0.7, .sign = 1};
 *     if (tone_solver_run(s, err)) …
 *     if (tone_solver_worth(s)) … s->best_t, s->best …
 */
#ifndef TONE_SOUND_SHAPE_SOLVE_H
#define TONE_SOUND_SHAPE_SOLVE_H

#include "tonesmith/sound/shape.h"

enum { TONE_SOLVER_CANDIDATES = 14, TONE_SOLVER_ROWS = 24 };

/* One quantity that the step is to change or to leave: a goal's score, a kept family's score, a guarded metric. */
typedef struct tone_solver_row {
    double aim;    /* JNDs */
    double weight; /* of the squared error */
    size_t goal;   /* of the request; SIZE_MAX for a guard */
    const tone_word_guard *guard;
} tone_solver_row;

typedef struct tone_solver_candidate {
    double low, high;                /* of t, from where it stands: low <= 0 <= high */
    double sign;                     /* +1 or -1: the way to try first */
    double effect[TONE_SOLVER_ROWS]; /* JNDs for t = 1 */
} tone_solver_candidate;

/* Measure the sound after each of `n` steps, n <= TONE_SOLVER_CANDIDATES. */
typedef tone_status tone_solver_hear(void *user, tone_measures *out, const double (*steps)[TONE_SOLVER_CANDIDATES], size_t n, tone_error *err);

typedef struct tone_solver {
    const tone_words *words;
    const tone_goals *goals;
    tone_solver_hear *hear;
    void *user;
    uint32_t n_renders, max_renders;
    tone_measures base;
    tone_solver_row rows[TONE_SOLVER_ROWS];
    size_t n_rows;
    tone_solver_candidate cand[TONE_SOLVER_CANDIDATES];
    size_t n_cand;
    /* the best step so far */
    double best_t[TONE_SOLVER_CANDIDATES], best_merit;
    tone_measures best;
    bool best_accepted;
} tone_solver;

/* tone_metric_group bits that the goals need. */
uint32_t tone_solver_groups(const tone_words *words, const tone_goals *goals);

/* Hear the base, probe, and refine.  TONE_ERR_ARGUMENT when the base is silent. */
TONE_NODISCARD tone_status tone_solver_run(tone_solver *s, tone_error *err);

/* Squared distance from the aims, plus a price for movement and for every broken guard. */
double tone_solver_merit(const tone_solver *s, const double *t, const tone_measures *m, bool *accepted);

/* Whether the best step is worth having at all. */
bool tone_solver_worth(const tone_solver *s);

/* A number as a person would set it: three digits, within the bounds. */
double tone_solver_round(double v, double min, double max);

#endif

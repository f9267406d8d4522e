/* sound/shape_search.h - shared by the parts of shape: rendering and measuring many patches at once, and the texts. */
#ifndef TONE_SOUND_SHAPE_SEARCH_H
#define TONE_SOUND_SHAPE_SEARCH_H

#include "tonesmith/sound/shape.h"

enum { TONE_SHAPE_BATCH = 16 }; /* patches evaluated by one call */

/* Renders and measures patches of one request; results do not depend on the number of threads. */
typedef struct tone_shape_ears {
    const tone_shape_request *request;
    uint32_t groups; /* tone_metric_group bits */
    uint32_t n_threads, n_renders, max_renders;
    tone_analyzer **analyzers; /* one a thread */
} tone_shape_ears;

TONE_NODISCARD tone_status tone_shape_ears_open(tone_shape_ears *e, const tone_shape_request *r, uint32_t groups,
                                                tone_error *err);
void tone_shape_ears_clear(tone_shape_ears *e);

/* Measure patches[0..n), n <= TONE_SHAPE_BATCH.  Reports progress; TONE_ERR_CANCELLED when that says so. */
TONE_NODISCARD tone_status tone_shape_hear(tone_shape_ears *e, tone_measures *out, const tone_patch *patches, size_t n,
                                           tone_error *err);

/* Render patches[0..n), n <= TONE_SHAPE_BATCH, and hand each sound to fn, on any of the threads. */
typedef tone_status tone_shape_fn(void *arg, size_t i, tone_analyzer *a, const tone_sound *s, tone_error *err);
TONE_NODISCARD tone_status tone_shape_each(tone_shape_ears *e, const tone_patch *patches, size_t n, tone_shape_fn *fn,
                                           void *arg, tone_error *err);

/* Render one patch of the request (its notes, or its source through the effects). */
TONE_NODISCARD tone_status tone_shape_sound(tone_sound *out, const tone_shape_request *r, const tone_patch *patch,
                                            tone_error *err);

/* Fill in moves, goals' texts and the summary of a result whose patch and measures stand. */
TONE_NODISCARD tone_status tone_shape_describe(tone_shape_result *s, const tone_shape_request *r, tone_error *err);

/* What became of one goal: verdict, whether it is reached, its text, and why not. */
void tone_shape_describe_goal(tone_shape_goal_result *out, const tone_words *words, const tone_goal *g, const tone_measures *before,
                              const tone_measures *after);

/* The least and the most JNDs that a degree means, and what to aim at. */
void tone_degree_band(tone_degree degree, double *least, double *most, double *aim);

/* Come near to request->like; called by tone_shape(). */
TONE_NODISCARD tone_status tone_shape_toward(tone_shape_result *s, const tone_shape_request *r, tone_error *err);

#endif

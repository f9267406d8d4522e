/* sound/shape_like.h - coming near to a sound, watched: for the tables of docs/SOUND.md. */
#ifndef TONE_SOUND_SHAPE_LIKE_H
#define TONE_SOUND_SHAPE_LIKE_H

#include "sound/shape_search.h"

/* As tone_shape_toward(); trace[i] gets the distance reached after i renders, i < n_trace. */
TONE_NODISCARD tone_status tone_shape_toward_traced(tone_shape_result *out, const tone_shape_request *r, double *trace,
                                                    size_t n_trace, tone_error *err);

/* The same search space without the search: to try other optimisers on equal terms. */
typedef struct tone_like tone_like;
TONE_NODISCARD tone_status tone_like_open(tone_like **out, const tone_shape_request *r, tone_error *err);
void tone_like_close(tone_like *l);
/* How many knobs there are, and where they stand in the request's patch. */
size_t tone_like_knobs(const tone_like *l);
const double *tone_like_start(const tone_like *l);
/* Distances of n <= TONE_SHAPE_BATCH positions, each n_knobs values from 0 to 1 that are `stride` apart. */
TONE_NODISCARD tone_status tone_like_try(tone_like *l, double *distance, const double *x, size_t stride, size_t n, tone_error *err);

#endif

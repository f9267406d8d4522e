/* sound/shape_like.h - coming near to a sound, watched: for the tables of docs/SOUND.md. */
#ifndef TONE_SOUND_SHAPE_LIKE_H
#define TONE_SOUND_SHAPE_LIKE_H

#include "sound/shape_search.h"

/* As tone_shape_toward(); trace[i] gets the distance reached after i renders, i < n_trace. */
TONE_NODISCARD tone_status tone_shape_toward_traced(tone_shape_result *out, const tone_shape_request *r, double *trace,
                                                    size_t n_trace, tone_error *err);

#endif

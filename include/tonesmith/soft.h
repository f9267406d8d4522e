/* tonesmith/soft.h - soft tokens: what a picture or a clip is to the text model, rows in the place of token embeddings.
 * Module: model
 *
 * tone_vision_encode() and tone_hearing_encode() make them; a prompt takes them as they are (tone_input.soft), one row for
 * each placeholder, the media one after the other. */
#ifndef TONESMITH_SOFT_H
#define TONESMITH_SOFT_H

#include "tonesmith/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_soft {
    float *rows; /* (n, width), owned */
    size_t n;
    uint32_t width; /* the hidden size of the text model */
} tone_soft;

/* Free the rows; *s is as {0}. */
TONE_API void tone_soft_clear(tone_soft *s);

/* Called by the encoding thread after each of n_all equal steps; returning false ends the work with TONE_ERR_CANCELLED. */
typedef bool tone_encode_progress_fn(void *arg, uint32_t n_done, uint32_t n_all);

#ifdef __cplusplus
}
#endif
#endif

/* model/session.h - what is behind a tone_session. */
#ifndef TONE_MODEL_SESSION_H
#define TONE_MODEL_SESSION_H

#include "model/model.h"
#include "model/step.h"
#include "tonesmith/session.h"

struct tone_session {
    const tone_model *model;
    tone_ops *ops;
    tone_cache cache;
    tone_work work;
    tone_stepper stepper; /* points at the four above */
    uint32_t context, batch;
    uint64_t *held; /* what stands at each position, see session.c; the first n_held of context */
    size_t n_held;
    float *logits; /* vocab */
    bool has_logits;
    float *rows;   /* of tone_session_score(), NULL until then */
    tone_session_report last;
    tone_progress_fn *progress;
    void *progress_arg;
};

#endif

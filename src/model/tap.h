/* model/tap.h - watching intermediate values, for comparing with a reference.  Tests only: a tap slows evaluation down. */
#ifndef TONE_MODEL_TAP_H
#define TONE_MODEL_TAP_H

#include <stddef.h>

#include "tonesmith/session.h"

/* One row a token evaluated in the layer, n_cols values each, rows stride floats apart.  layer is -1 for stages of the whole
 * model.  Stages are named as in the golden files: embed, per_layer_inputs, q, k, v, attn_out, mlp_out, router_logits, router_probs,
 * expert_ids (whole numbers), expert_weights, experts_out, ple_post, out, final_norm. */
typedef struct tone_tap {
    void (*see)(void *arg, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride);
    void *arg;
} tone_tap;

/* NULL takes it off; borrowed. */
void tone_session_tap(tone_session *s, const tone_tap *tap);

#endif

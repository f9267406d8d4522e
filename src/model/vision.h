/* model/vision.h - what is behind a tone_vision: the tower with every matrix found and every shape checked; and the taps. */
#ifndef TONE_MODEL_VISION_H
#define TONE_MODEL_VISION_H

#include "model/patches.h"
#include "model/tap.h"
#include "model/vision_config.h"
#include "tensor/ops.h"

/* y = clamp(W clamp(x, in), out) */
typedef struct tone_bounded {
    tone_matrix w;
    tone_bounds in, out;
} tone_bounded;

typedef struct tone_vision_layer {
    const float *in_norm, *post_attn_norm, *ffn_norm, *post_ffn_norm; /* (hidden)   */
    const float *q_norm, *k_norm;                                     /* (head_dim) */
    tone_bounded q, k, v, o, gate, up, down;
} tone_vision_layer;

struct tone_vision {
    tone_tower_file file;
    tone_vision_config config;
    tone_vision_facts facts;
    tone_matrix patches;   /* hidden x (3 * patch * patch)                              */
    bool channel_first;    /* the columns of `patches` are channel, row, column; otherwise row, column, channel */
    tone_matrix positions; /* (2 * n_positions) x hidden: those of columns, then of rows */
    uint32_t n_positions;
    tone_vision_layer *layers;
    const float *std_bias, *std_scale; /* (hidden); NULL: nothing is standardized */
    tone_matrix projection;            /* soft_width x hidden */
    double *inv_freq;                  /* (head_dim / 4)      */
    float **vectors;                   /* every copied vector, n_vectors of them */
    size_t n_vectors;
};

/* Finds the tensors of an open file; the configuration is read already. */
TONE_NODISCARD tone_status tone_vision_plan(tone_vision *v, tone_error *err);

/* As tone_vision_encode(), for a picture that is cut up already.  Stages for the tap (NULL: nobody looks) as the golden files
 * call them: patch_embedding, position_embedding; of a layer q_rope, k_rope, v_norm, attn_out, after_attn, mlp_out, out;
 * pooled, tower_out, soft_tokens. */
TONE_NODISCARD tone_status tone_vision_run(tone_soft *out, const tone_vision *v, const tone_patches *picture,
                                           const tone_vision_options *opt, const tone_tap *tap, tone_error *err);

#endif

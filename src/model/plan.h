/* model/plan.h - the model as the step walks it: one tone_layer a layer, every matrix found, every shape checked. */
#ifndef TONE_MODEL_PLAN_H
#define TONE_MODEL_PLAN_H

#include "model/config.h"
#include "model/weights.h"

/* The sparse half of a mixture layer.  Matrices are those of expert 0; the others follow without a gap. */
typedef struct tone_mixture {
    tone_matrix router;      /* experts x hidden */
    tone_matrix gate_up;     /* (2 * width) x hidden, the gate first; data NULL when the file has two tensors */
    tone_matrix gate, up;    /* width x hidden; data NULL when it has one */
    tone_matrix down;        /* hidden x width */
    const float *router_scale; /* hidden, times hidden^(-1/2) */
    const float *expert_scale; /* experts */
    const float *pre_norm, *post_dense_norm, *post_norm; /* hidden */
} tone_mixture;

/* Matrices are out x in; data is NULL where the layer has none. */
typedef struct tone_layer {
    bool full;
    bool owns_kv;
    bool bidirectional; /* the tokens of one picture see each other */
    uint32_t n_kv, head_dim, ffn, source;
    const double *inv_freq; /* head_dim / 2 */
    tone_matrix q, k, v, o; /* v: none in layers where the value is the raw key */
    tone_matrix gate, up, down;
    tone_matrix ple_gate, ple_proj;
    const float *attn_norm, *post_attn_norm, *ffn_norm, *post_ffn_norm, *ple_norm; /* hidden */
    const float *q_norm, *k_norm;                                                  /* head_dim */
    float out_scale; /* multiplies the whole hidden state at the end of the layer */
    const tone_mixture *mixture;
} tone_layer;

typedef struct tone_plan {
    tone_model_config config;
    tone_matrix embed, head;      /* vocab x hidden; the same bytes when tied */
    tone_matrix ple_embed;        /* vocab x (layers * ple_width) */
    tone_matrix ple_model_proj;   /* (layers * ple_width) x hidden */
    const float *norm;            /* hidden */
    const float *ple_proj_norm;   /* ple_width */
    bool value_norm;              /* values are normed without a weight (Gemma 4) */
    uint32_t n_owners;            /* layers 0 … n_owners - 1 have keys of their own */
    uint32_t max_q, max_kv, max_ffn; /* widest row of queries, of keys, of a feed-forward product */
    tone_layer *layers;           /* n_layers */
    tone_mixture *mixtures;       /* n_layers when the model is a mixture */
    float **vectors;              /* every copied vector, n_vectors of them */
    size_t n_vectors;
    double *frequencies;          /* of all kinds of layers */
} tone_plan;

/* Everything in *p is ready or *p is empty.  `w` must outlive the plan. */
TONE_NODISCARD tone_status tone_plan_build(tone_plan *p, const tone_model_config *c, const tone_weights *w, tone_error *err);
void tone_plan_clear(tone_plan *p);

#endif

/* model/config.h - what a checkpoint says about its shape, whichever file it came in.
 *
 * Two readers fill the same struct: config.json of a Hugging Face folder and the metadata of a GGUF file.  Nothing in it
 * depends on the tensors; every number is within the bounds of tone_config_check(), so products of two of them fit in
 * 64 bits and a head, a row or a layer count never is a reason to allocate much. */
#ifndef TONE_MODEL_CONFIG_H
#define TONE_MODEL_CONFIG_H

#include "format/gguf.h"
#include "tonesmith/model.h"

enum {
    TONE_MAX_LAYERS = 512,
    TONE_MAX_WIDTH = 1 << 17,   /* hidden size, feed-forward width, heads times head size */
    TONE_MAX_HEAD_DIM = 4096,
    TONE_MAX_EXPERTS = 4096,
    TONE_MAX_VOCAB = 1 << 24,
    TONE_MAX_CONTEXT = 1 << 24
};

typedef enum tone_family { TONE_GEMMA3, TONE_GEMMA4 } tone_family;

typedef struct tone_layer_config {
    bool full;        /* attends to everything before it; otherwise to the last `window` positions       */
    bool k_eq_v;      /* the configuration says that there is no separate value projection               */
    uint32_t n_kv, head_dim, ffn;
    uint32_t source;  /* the layer whose keys and values are read; its own number when it has its own    */
} tone_layer_config;

typedef struct tone_model_config {
    tone_family family;
    char architecture[48]; /* "gemma4", "gemma4_unified_text": as written in the file */
    uint32_t n_layers, hidden, n_heads, window, max_context;
    uint32_t vocab;        /* 0: as many as the embedding has rows */
    uint32_t ple_width;    /* values of a layer's per-layer embedding; 0: the model has none */
    uint32_t n_shared;     /* the last n_shared layers own no keys and values */
    uint32_t n_experts, n_experts_used, expert_ffn; /* 0: no mixture */
    double eps;
    double softcap;        /* of the logits; 0: none */
    double score_scale;    /* of the attention scores */
    double theta_sliding, theta_full;
    double rotary_fraction; /* of the pairs of a full layer that turn */
    double rope_divisor;    /* of the angles of full layers (linear scaling) */
    bool bidirectional;     /* pictures are seen whole: in sliding layers (Gemma 4), in all layers (Gemma 3) */
    bool norm_plus_one;     /* the stored norm weights are w of 1 + w */
    bool full_kv_in_file;   /* GGUF: a missing value projection, not a flag, says k_eq_v */
    tone_media_ids media;
    tone_layer_config layers[TONE_MAX_LAYERS];
} tone_model_config;

/* `text` is config.json (n bytes); messages begin with `name`. */
TONE_NODISCARD tone_status tone_config_from_json(tone_model_config *c, const char *text, size_t n, const char *name,
                                                 tone_error *err);

TONE_NODISCARD tone_status tone_config_from_gguf(tone_model_config *c, const tone_gguf *g, tone_error *err);

/* The ids of released Gemma 4 models, as far as a vocabulary of this size has them. */
tone_media_ids tone_media_ids_published(uint32_t vocab);
/* What the vocabulary in a GGUF file calls them; without a vocabulary the published ones. */
tone_media_ids tone_media_ids_from_gguf(const tone_gguf *g);

/* Bounds, divisibility, and the layer every sharing layer reads.  Both readers end with it. */
TONE_NODISCARD tone_status tone_config_check(tone_model_config *c, tone_error *err);

#endif

/* model/vision_config.h - what a checkpoint says about its eyes. */
#ifndef TONE_MODEL_VISION_CONFIG_H
#define TONE_MODEL_VISION_CONFIG_H

#include "model/tower_file.h"

typedef struct tone_vision_config {
    uint32_t hidden, ffn, n_layers, n_heads, n_kv, head_dim;
    uint32_t patch, pool;  /* pixels a side of a patch, patches a side of a soft token */
    uint32_t soft_width;   /* hidden size of the text model */
    uint32_t budget;       /* of soft tokens, the default   */
    double eps, theta;
    bool standardize;      /* a folder says it; a GGUF file has the tensors or not        */
    bool unbounded;        /* the folder says that bounds of linears, if there, do not count */
} tone_vision_config;

/* TONE_ERR_NOT_FOUND when the file describes no vision tower. */
TONE_NODISCARD tone_status tone_vision_config_read(tone_vision_config *c, const tone_tower_file *f, tone_error *err);

#endif

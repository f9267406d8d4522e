/* model/hearing_config.h - what a checkpoint says about its ears. */
#ifndef TONE_MODEL_HEARING_CONFIG_H
#define TONE_MODEL_HEARING_CONFIG_H

#include "model/tower_file.h"

enum { TONE_HEARING_MAX_TAPS = 64 };

/* How the tensors are called. */
typedef enum tone_hearing_names { TONE_HEARING_HF, TONE_HEARING_LLAMA, TONE_HEARING_OLLAMA } tone_hearing_names;

typedef struct tone_hearing_config {
    tone_hearing_names names;
    uint32_t hidden, n_layers, n_heads, ffn;
    uint32_t out_width;  /* between the tower and the projector */
    uint32_t soft_width; /* hidden size of the text model       */
    uint32_t channels0, channels1; /* of the two convolutions   */
    uint32_t window;     /* rows an attention looks back, itself included */
    uint32_t n_taps;     /* of the light convolution            */
    double softcap, eps;
    double step;         /* what of a feed-forward half is added */
    double limit;        /* values are clamped to this before norms; INFINITY: never */
    bool unbounded;      /* the folder says that bounds of linears, if there, do not count */
} tone_hearing_config;

/* TONE_ERR_NOT_FOUND when the file describes no audio tower. */
TONE_NODISCARD tone_status tone_hearing_config_read(tone_hearing_config *c, const tone_tower_file *f, tone_error *err);

#endif

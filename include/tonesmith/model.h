/* tonesmith/model.h - the weights of a Gemma model, ready to be used by sessions.
 * Module: model
 *
 * A tone_model is immutable after loading and may be shared by threads and by any number of sessions, which it must
 * outlive.  The weights stay in the file's map: opening reads the directory of the file, not the weights.
 *
 *     tone_model *m;
 *     if (tone_model_open(&m, "gemma-4-E2B-it-Q4_0.gguf", NULL, &err)) …
 *     const tone_model_facts *f = tone_model_info(m);
 *     printf("%s, %u layers\n", f->architecture, f->n_layers);
 *     tone_model_close(m);
 */
#ifndef TONESMITH_MODEL_H
#define TONESMITH_MODEL_H

#include "tonesmith/base.h"
#include "tonesmith/tokenizer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_model tone_model;

typedef struct tone_model_options {
    bool no_tokenizer; /* do not read a vocabulary: ids in, ids out */
} tone_model_options;

/* How many tensors have one type, and what they take in the file. */
typedef struct tone_type_use {
    const char *type; /* "Q4_0" */
    uint32_t n_tensors;
    uint64_t n_bytes;
} tone_type_use;

enum { TONE_TYPE_USES_MAX = 48 };

/* The tokens that frame media in a prompt, and the placeholders that soft tokens replace; TONE_TOKEN_NONE for one that the
 * model does not have. */
typedef struct tone_media_ids {
    tone_token image_begin, image_end, audio_begin, audio_end;
    tone_token image, video, audio; /* placeholders */
} tone_media_ids;

typedef struct tone_model_facts {
    const char *name;         /* as the file calls itself, or the last part of its path */
    const char *architecture; /* "gemma4", "gemma3_text", … */
    const char *variant;      /* "E2B", "26B-A4B", … when the shape is a published one, otherwise "" */
    uint32_t n_layers, n_full_layers, n_shared_layers;
    uint32_t hidden, n_heads, window, vocab, ple_width, n_experts, n_experts_used;
    uint32_t max_context;
    const char *tools;        /* hash of the tools that it was trained with (metadata tonesmith.tools), "" when none are named */
    bool instructed;          /* a chat template came with the weights: made for turns, not for raw text */
    bool sees_pictures_whole; /* the soft tokens of one picture attend to each other */
    tone_media_ids media;
    uint64_t n_parameters, weight_bytes; /* of the text model */
    tone_type_use types[TONE_TYPE_USES_MAX]; /* largest first */
    uint32_t n_types;
} tone_model_facts;

/* `path`: a GGUF file (any of a split set), a safetensors folder with its config.json, or a folder with one GGUF model.
 * Whatever is missing, of a wrong shape or unknown is named in *err.  `opt` may be NULL. */
TONE_API TONE_NODISCARD tone_status tone_model_open(tone_model **out, const char *path, const tone_model_options *opt,
                                                    tone_error *err);
TONE_API void tone_model_close(tone_model *m);

/* Borrowed, for as long as `m` lives. */
TONE_API const tone_model_facts *tone_model_info(const tone_model *m);

/* The vocabulary that came with the weights; NULL when there is none (a folder without tokenizer.json). */
TONE_API const tone_tokenizer *tone_model_tokenizer(const tone_model *m);

#ifdef __cplusplus
}
#endif
#endif

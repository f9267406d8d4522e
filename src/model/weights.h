/* model/weights.h - the tensors of a checkpoint by their part in the model, whatever the file calls them.
 *
 * Matrices are views into the file's map and live as long as the tone_weights.  Vectors (norms, scales) are few and small
 * and are copied as float32. */
#ifndef TONE_MODEL_WEIGHTS_H
#define TONE_MODEL_WEIGHTS_H

#include "format/gguf.h"
#include "format/safetensors.h"
#include "model/config.h"
#include "tensor/ops.h"

/* What every tensor is called: SLOT(name, in a Hugging Face folder, in a GGUF file), after the prefix of a layer. */
typedef enum tone_slot {
#define SLOT(slot, hf, gguf) TONE_W_##slot,
#include "model/slots.inc"
#undef SLOT
    TONE_W_COUNT
} tone_slot;

enum { TONE_NO_LAYER = -1, TONE_NAME_ROOM = 128 };

typedef struct tone_weights {
    tone_gguf *gguf;              /* one of these two is set */
    tone_safetensors *safetensors;
    char prefix[32];              /* of Hugging Face names: "model.language_model." */
} tone_weights;

/* Finds out the prefix; a folder without an embedding is refused. */
TONE_NODISCARD tone_status tone_weights_init(tone_weights *w, tone_error *err);
void tone_weights_clear(tone_weights *w);

/* NULL when the file has none; name gets what it is or would be called.  layer: TONE_NO_LAYER for the model's own. */
const tone_tensor *tone_weights_find(const tone_weights *w, tone_slot slot, int layer, char name[TONE_NAME_ROOM]);

/* Tensors found by other means (the towers of pictures and sounds): `t` may be NULL, `name` is what messages call it.
 * The same rules as below. */
TONE_NODISCARD tone_status tone_tensor_stack(tone_matrix *out, const tone_tensor *t, const char *name, uint32_t n, uint32_t rows,
                                             uint32_t cols, tone_error *err);
TONE_NODISCARD tone_status tone_tensor_vector(float **out, const tone_tensor *t, const char *name, uint32_t n, float add,
                                              tone_error *err);

/* The tensor as a matrix of exactly rows x cols of a type that can be multiplied.  An absent tensor is an error. */
TONE_NODISCARD tone_status tone_weights_matrix(const tone_weights *w, tone_matrix *out, tone_slot slot, int layer, uint32_t rows,
                                               uint32_t cols, tone_error *err);

/* The same for a stack of n matrices (experts; n = 0: one matrix of two dimensions): *out is the first, the next ones follow each rows * row_bytes. */
TONE_NODISCARD tone_status tone_weights_stack(const tone_weights *w, tone_matrix *out, tone_slot slot, int layer, uint32_t n,
                                              uint32_t rows, uint32_t cols, tone_error *err);

/* Exactly n numbers plus `add`, as float32; the caller frees *out. */
TONE_NODISCARD tone_status tone_weights_vector(const tone_weights *w, float **out, tone_slot slot, int layer, uint32_t n, float add,
                                               tone_error *err);

#endif

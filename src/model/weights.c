#include "model/weights.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "kern/half.h"

static const struct {
    const char *hf, *gguf;
} slot_names[] = {
#define SLOT(slot, hf, gguf) {hf, gguf},
#include "model/slots.inc"
#undef SLOT
};

tone_status tone_weights_init(tone_weights *w, tone_error *err)
{
    if (w->gguf)
        return TONE_OK;
    /* Multimodal releases, multimodal Gemma 3 as published, text-only saves, files of third parties. */
    static const char *const prefixes[] = {"model.language_model.", "language_model.model.", "model.", ""};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        char name[TONE_NAME_ROOM];
        snprintf(w->prefix, sizeof w->prefix, "%s", prefixes[i]);
        if (tone_weights_find(w, TONE_W_EMBED, TONE_NO_LAYER, name))
            return TONE_OK;
    }
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor 'model.language_model.embed_tokens.weight' is missing");
}

void tone_weights_clear(tone_weights *w)
{
    tone_gguf_close(w->gguf);
    tone_safetensors_close(w->safetensors);
    *w = (tone_weights){0};
}

const tone_tensor *tone_weights_find(const tone_weights *w, tone_slot slot, int layer, char name[TONE_NAME_ROOM])
{
    const char *own = w->gguf ? slot_names[slot].gguf : slot_names[slot].hf;
    if (layer == TONE_NO_LAYER)
        snprintf(name, TONE_NAME_ROOM, "%s%s", w->prefix, own);
    else if (w->gguf)
        snprintf(name, TONE_NAME_ROOM, "blk.%d.%s", layer, own);
    else
        snprintf(name, TONE_NAME_ROOM, "%slayers.%d.%s", w->prefix, layer, own);
    if (w->gguf)
        return tone_gguf_find_tensor(w->gguf, name);
    const tone_tensor *t = tone_safetensors_find(w->safetensors, name);
    /* The output head stands beside the text model, not inside it: its prefix lacks the last part, or all of it. */
    if (!t && slot == TONE_W_HEAD)
        t = tone_safetensors_find(w->safetensors, own);
    if (!t && slot == TONE_W_HEAD)
        t = tone_safetensors_find(w->safetensors, "language_model.lm_head.weight");
    return t;
}

/* "64 x 512" */
static void write_shape(char out[96], const tone_tensor *t)
{
    size_t at = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < t->n_dims && at < 96; i++)
        at += (size_t)snprintf(out + at, 96 - at, "%s%llu", i ? " x " : "", (unsigned long long)t->dims[i]);
}

static tone_status wrong_shape(const tone_tensor *t, const char *name, const char *want, tone_error *err)
{
    char have[96];
    write_shape(have, t);
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' is %s, but the configuration makes it %s", name, have, want);
}

static tone_status missing(const char *name, tone_error *err)
{
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' is missing", name);
}

tone_status tone_tensor_stack(tone_matrix *out, const tone_tensor *t, const char *name, uint32_t n, uint32_t rows, uint32_t cols,
                              tone_error *err)
{
    char want[96];
    if (!t)
        return missing(name, err);
    uint32_t n_dims = n ? 3 : 2;
    bool fits = t->n_dims == n_dims && t->dims[n_dims - 2] == rows && t->dims[n_dims - 1] == cols && (!n || t->dims[0] == n);
    if (!fits) {
        snprintf(want, sizeof want, "%u x %u", rows, cols);
        if (n)
            snprintf(want, sizeof want, "%u x %u x %u", n, rows, cols);
        return wrong_shape(t, name, want, err);
    }
    const tone_type_info *type = tone_type_find((uint32_t)t->type);
    if (!tone_ops_supports(t->type))
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the tensor '%s' has the type %s, which this program cannot multiply by", name,
                         type && type->name ? type->name : "?");
    size_t row_bytes = tone_type_row_bytes((uint32_t)t->type, cols);
    if (!row_bytes) /* the reader saw to it; a row is a whole number of blocks */
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' has rows of %u values, no whole number of %s blocks", name, cols,
                         type->name);
    *out = (tone_matrix){.data = t->data, .type = t->type, .rows = rows, .cols = cols, .row_bytes = row_bytes};
    return TONE_OK;
}

tone_status tone_weights_stack(const tone_weights *w, tone_matrix *out, tone_slot slot, int layer, uint32_t n, uint32_t rows,
                               uint32_t cols, tone_error *err)
{
    char name[TONE_NAME_ROOM];
    const tone_tensor *t = tone_weights_find(w, slot, layer, name);
    return tone_tensor_stack(out, t, name, n, rows, cols, err);
}

tone_status tone_weights_matrix(const tone_weights *w, tone_matrix *out, tone_slot slot, int layer, uint32_t rows, uint32_t cols,
                                tone_error *err)
{
    return tone_weights_stack(w, out, slot, layer, 0, rows, cols, err);
}

static float element(const tone_tensor *t, size_t i)
{
    if (t->type == TONE_TYPE_F32)
        return tone_f32_of_bits(tone_le32(t->data + 4 * i));
    uint16_t half = tone_le16(t->data + 2 * i);
    return t->type == TONE_TYPE_F16 ? tone_f32_of_f16(half) : tone_f32_of_bf16(half);
}

tone_status tone_tensor_vector(float **out, const tone_tensor *t, const char *name, uint32_t n, float add, tone_error *err)
{
    char want[96];
    *out = NULL;
    if (!t)
        return missing(name, err);
    if (t->n_dims != 1 || t->dims[0] != n) {
        snprintf(want, sizeof want, "%u", n);
        return wrong_shape(t, name, want, err);
    }
    if (t->type != TONE_TYPE_F32 && t->type != TONE_TYPE_F16 && t->type != TONE_TYPE_BF16) {
        const tone_type_info *type = tone_type_find((uint32_t)t->type);
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the tensor '%s' has the type %s; F32, F16 or BF16 is possible there", name,
                         type && type->name ? type->name : "?");
    }
    float *copy = malloc(n * sizeof *copy); /* at most twice what the tensor takes in the file */
    if (!copy)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tensor '%s'", name);
    for (uint32_t i = 0; i < n; i++)
        copy[i] = element(t, i) + add;
    *out = copy;
    return TONE_OK;
}

tone_status tone_weights_vector(const tone_weights *w, float **out, tone_slot slot, int layer, uint32_t n, float add, tone_error *err)
{
    char name[TONE_NAME_ROOM];
    const tone_tensor *t = tone_weights_find(w, slot, layer, name);
    return tone_tensor_vector(out, t, name, n, add, err);
}

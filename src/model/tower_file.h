/* model/tower_file.h - where the weights of a tower (of pictures, of sounds) come from: a Hugging Face folder, an mmproj GGUF
 * file, or a GGUF model with such a file beside it. */
#ifndef TONE_MODEL_TOWER_FILE_H
#define TONE_MODEL_TOWER_FILE_H

#include "format/safetensors.h"
#include "model/fields.h"
#include "model/weights.h"

typedef struct tone_tower_file {
    tone_gguf *gguf;               /* one of these two is set */
    tone_safetensors *safetensors;
    json_t *config;                /* config.json of a folder, an object */
    char *name;                    /* of config.json or of the GGUF file, for messages */
} tone_tower_file;

/* A size of a tower's configuration, and the most that is possible. */
typedef struct tone_tower_size {
    const char *what; /* "hidden size" */
    uint64_t value, max;
} tone_tower_size;

/* Each from 1 to its most; `tower` is "vision tower" or "audio tower". */
TONE_NODISCARD tone_status tone_tower_check_sizes(const tone_tower_size *sizes, size_t n, const char *tower, const char *name, tone_error *err);

/* `path`: a folder with config.json; a GGUF file; or a folder.  Where the GGUF file is a text model without towers, or the
 * folder has no config.json, the one file named mmproj*.gguf beside or in it is taken. */
TONE_NODISCARD tone_status tone_tower_file_open(tone_tower_file *out, const char *path, tone_error *err);
void tone_tower_file_close(tone_tower_file *f);

/* NULL when the file has none.  `hf` is looked for behind "model." and alone. */
const tone_tensor *tone_tower_find(const tone_tower_file *f, const char *hf, const char *gguf, char name[TONE_NAME_ROOM]);

/* Metadata of a GGUF tower; an absent key is an error where it is required, and otherwise leaves *out as it was. */
TONE_NODISCARD tone_status tone_tower_u32(const tone_tower_file *f, const char *key, bool required, uint32_t *out, tone_error *err);
TONE_NODISCARD tone_status tone_tower_real(const tone_tower_file *f, const char *key, bool required, double *out, tone_error *err);
TONE_NODISCARD tone_status tone_tower_text(const tone_tower_file *f, const char *key, char out[64], tone_error *err);

/* The tensor as a single number of type F32, F16 or BF16; `t` may be NULL: *out stays as it was. */
TONE_NODISCARD tone_status tone_tower_scalar(float *out, const tone_tensor *t, const char *name, tone_error *err);

#endif

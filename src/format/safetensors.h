/* format/safetensors.h - the safetensors container: reading (mapped) and writing; a Hugging Face model folder's set of them.
 *
 * Same rules as format/gguf.h: everything checked, everything borrowed from the open object. */
#ifndef TONE_FORMAT_SAFETENSORS_H
#define TONE_FORMAT_SAFETENSORS_H

#include "format/gguf.h"

typedef struct tone_safetensors tone_safetensors;

/* `path`: one .safetensors file, an .index.json, or a folder that holds model.safetensors or model.safetensors.index.json. */
TONE_NODISCARD tone_status tone_safetensors_open(tone_safetensors **out, const char *path, tone_error *err);
TONE_NODISCARD tone_status tone_safetensors_open_memory(tone_safetensors **out, const void *bytes, size_t n,
                                                        tone_error *err);
void tone_safetensors_close(tone_safetensors *s);

/* Types are F64, F32, F16, BF16, I64, I32, I16, I8 as tone_type; U8 and BOOL are given as I8. */
size_t tone_safetensors_n(const tone_safetensors *s);
const tone_tensor *tone_safetensors_at(const tone_safetensors *s, size_t i);
const tone_tensor *tone_safetensors_find(const tone_safetensors *s, const char *name);

/* Write tensors (F32, F16, BF16, I64, I32) to `path`, replacing it only when all of it is on disk. */
TONE_NODISCARD tone_status tone_safetensors_write(const char *path, const tone_tensor *tensors, size_t n,
                                                  tone_error *err);

#endif

/* format/safetensors.h - the safetensors container: reading (mapped) and writing; a Hugging Face model folder's set of them.
 *
 * Same rules as format/gguf.h: everything checked, everything borrowed from the open object, nothing changes once open. */
#ifndef TONE_FORMAT_SAFETENSORS_H
#define TONE_FORMAT_SAFETENSORS_H

#include "format/gguf.h"

typedef struct tone_safetensors tone_safetensors;

/* Weights are mapped, not copied; only a tensor that the file puts at an odd address is moved to memory of our own.
 * `path`: one .safetensors file, an .index.json, or a folder that holds model.safetensors or model.safetensors.index.json. */
TONE_NODISCARD tone_status tone_safetensors_open(tone_safetensors **out, const char *path, tone_error *err);
TONE_NODISCARD tone_status tone_safetensors_open_memory(tone_safetensors **out, const void *bytes, size_t n,
                                                        tone_error *err);
void tone_safetensors_close(tone_safetensors *s);

/* Types are F64, F32, F16, BF16, I64, I32, I16, I8 as tone_type; unsigned ones are given as the signed type of their
 * width and is_unsigned, BOOL as U8 is.  A scalar has one dimension of 1; a tensor of no values has n_bytes 0. */
size_t tone_safetensors_n(const tone_safetensors *s);
const tone_tensor *tone_safetensors_at(const tone_safetensors *s, size_t i);
const tone_tensor *tone_safetensors_find(const tone_safetensors *s, const char *name);

/* Bytes of all files together. */
uint64_t tone_safetensors_file_bytes(const tone_safetensors *s);

/* Write tensors of plain types (no blocks) to `path`, replacing it only when all of it is on disk.  Wide types go first
 * so that every tensor is aligned; n_bytes and n_values follow from type and dims and need not be set. */
TONE_NODISCARD tone_status tone_safetensors_write(const char *path, const tone_tensor *tensors, size_t n,
                                                  tone_error *err);

#endif

/* format/safetensors_types.h - the container's names of types, for its reader and its writer. */
#ifndef TONE_FORMAT_SAFETENSORS_TYPES_H
#define TONE_FORMAT_SAFETENSORS_TYPES_H

#include "base/types.h"

/* "BF16" to TONE_TYPE_BF16; false for names that are not known. */
bool tone_safetensors_type(tone_type *out, const char *name);

/* The name to write; NULL for types that the container has no name for (blocks). */
const char *tone_safetensors_type_name(tone_type type);

#endif

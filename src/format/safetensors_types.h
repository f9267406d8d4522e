/* format/safetensors_types.h - the container's names of types, for its reader and its writer. */
#ifndef TONE_FORMAT_SAFETENSORS_TYPES_H
#define TONE_FORMAT_SAFETENSORS_TYPES_H

#include "base/types.h"

/* "BF16" to TONE_TYPE_BF16, "U8" to TONE_TYPE_I8 and *is_unsigned; false for names that are not known. */
bool tone_safetensors_type(tone_type *out, bool *is_unsigned, const char *name);

/* The name to write; NULL for types that the container has no name for (blocks). */
const char *tone_safetensors_type_name(tone_type type, bool is_unsigned);

#endif

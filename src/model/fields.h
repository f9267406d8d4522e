/* model/fields.h - reading the values of config.json: absent and null are the same, everything else must fit.
 *
 * Messages begin with the file's name.  A read of an absent key leaves *out as it was. */
#ifndef TONE_MODEL_FIELDS_H
#define TONE_MODEL_FIELDS_H

#include <jansson.h>

#include "tonesmith/base.h"

typedef struct tone_fields {
    const json_t *object;
    const char *name; /* of the file */
    tone_error *err;
} tone_fields;

/* NULL for an absent key and for null; object may be NULL. */
const json_t *tone_field(const json_t *object, const char *key);

TONE_NODISCARD tone_status tone_field_missing(const tone_fields *f, const char *key);

/* A whole number 0 … 2^31 - 1. */
TONE_NODISCARD tone_status tone_field_u32(const tone_fields *f, const char *key, uint32_t *out);
TONE_NODISCARD tone_status tone_field_require_u32(const tone_fields *f, const char *key, uint32_t *out);
TONE_NODISCARD tone_status tone_field_real(const tone_fields *f, const char *key, double *out);
TONE_NODISCARD tone_status tone_field_bool(const tone_fields *f, const char *key, bool *out);

/* Refuses every text but the one that this program computes. */
TONE_NODISCARD tone_status tone_field_only(const tone_fields *f, const char *key, const char *known);

#endif

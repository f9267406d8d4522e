/* constrain/build.h - the last step of the compiler: conjunctions become values of a program. */
#ifndef TONE_CONSTRAIN_BUILD_H
#define TONE_CONSTRAIN_BUILD_H

#include "constrain/schema.h"

/* The value of a schema; everything below it is built too. */
TONE_NODISCARD tone_status tone_build_schema(tone_compiler *c, uint32_t *value, json_t *schema, const char *where);

#endif

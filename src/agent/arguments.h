/* agent/arguments.h - whether a call keeps to its declaration, said so that a model can repair it. */
#ifndef TONE_AGENT_ARGUMENTS_H
#define TONE_AGENT_ARGUMENTS_H

#include <jansson.h>

#include "base/buf.h"

/* The tools of a conversation: parsed declarations, all of them sound. */
typedef struct tone_tools {
    json_t *list; /* as given */
} tone_tools;

/* Read and check declarations: an array of {"type":"function","function":{"name":…,"parameters":{"type":"object",…}}} with
 * different names.  TONE_ERR_FORMAT says which one is wrong. */
TONE_NODISCARD tone_status tone_tools_read(tone_tools *out, const char *json, tone_error *err);
void tone_tools_clear(tone_tools *t);

/* Read the arguments of a call and check them: the tool exists, no unknown and no missing argument, types, enumerations,
 * bounds; for nested values too.  On success *out is the object (the caller's), in which whole numbers written as reals are
 * integers where the declaration asks for them.  Otherwise *out is NULL and a sentence stands in `why`. */
TONE_NODISCARD tone_status tone_arguments_read(json_t **out, const tone_tools *t, const char *name, const char *arguments,
                                               tone_buf *why, tone_error *err);

#endif

/* chat/tools.h - a request's tools, ready to be looked up by name. */
#ifndef TONE_CHAT_TOOLS_H
#define TONE_CHAT_TOOLS_H

#include "format/json_tree.h"

typedef struct tone_chat_tool {
    const char *name;
    size_t n;
    const tone_json_value *parameters; /* NULL when there are none */
} tone_chat_tool;

typedef struct tone_chat_tools {
    tone_json_tree *tree; /* owns the names; NULL when they are borrowed */
    tone_chat_tool *list;
    size_t n;
} tone_chat_tools;

/* The tools of a JSON array text[0..n) (NULL or blank: none). */
TONE_NODISCARD tone_status tone_chat_tools_read(tone_chat_tools *out, const char *text, size_t n, tone_error *err);
void tone_chat_tools_clear(tone_chat_tools *t);

/* The last tool of that name; NULL when there is none. */
const tone_chat_tool *tone_chat_tools_find(const tone_chat_tools *t, const char *name, size_t n);

#endif

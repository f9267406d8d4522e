/* chat/tools.h - a request's tools, ready to be looked up by name. */
#ifndef TONE_CHAT_TOOLS_H
#define TONE_CHAT_TOOLS_H

#include "format/json_tree.h"

typedef struct chat_tool {
    const char *name;
    size_t n;
    const tone_json_value *parameters; /* NULL when there are none */
} chat_tool;

typedef struct chat_tools {
    tone_json_tree *tree; /* owns the names; NULL when they are borrowed */
    chat_tool *list;
    size_t n;
} chat_tools;

/* The tools of a JSON array text[0..n) (NULL or blank: none). */
TONE_NODISCARD tone_status chat_tools_read(chat_tools *out, const char *text, size_t n, tone_error *err);
void chat_tools_clear(chat_tools *t);

/* The last tool of that name; NULL when there is none. */
const chat_tool *chat_tools_find(const chat_tools *t, const char *name, size_t n);

#endif

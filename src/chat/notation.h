/* chat/notation.h - values and tool declarations in the notation Gemma 4 was trained on.
 *
 * Keys and numbers are bare, strings stand between two <|"|> tokens and are never escaped, keys are sorted without regard
 * to case.  Rules and quirks: docs/CHAT.md. */
#ifndef TONE_CHAT_NOTATION_H
#define TONE_CHAT_NOTATION_H

#include "format/json_tree.h"
#include "chat/out.h"

#define CHAT_QUOTE "<|\"|>"

typedef struct tone_chat_style {
    bool exact;       /* numbers as Python's repr, and the other habits of the published template */
    bool quoted_keys; /* keys of objects between <|"|> as well: generic values inside declarations */
} tone_chat_style;

/* <|"|>text<|"|> */
void tone_chat_quoted(tone_chat_out *o, const char *text, size_t n);

/* TONE_ERR_FORMAT for a number that no double can hold. */
TONE_NODISCARD tone_status tone_chat_value(tone_chat_out *o, const tone_json_value *v, tone_chat_style style,
                                           tone_error *err);

/* <|tool>declaration:…<tool|> of request.tools[index]. */
TONE_NODISCARD tone_status tone_chat_declaration(tone_chat_out *o, const tone_json_value *tool, size_t index, bool exact,
                                                 tone_error *err);

#endif

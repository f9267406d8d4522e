/* chat/text.h - the string work of the published template, whose filters are Python's: strip, lower, upper, str. */
#ifndef TONE_CHAT_TEXT_H
#define TONE_CHAT_TEXT_H

#include "format/json_tree.h"

/* Narrow text[0..n) to what Python's str.strip() keeps: Unicode white space and U+001C…001F go, U+200B and U+FEFF stay.
 * The text is well-formed UTF-8. */
void tone_chat_trim(const char **text, size_t *n);

/* White space as above at s[0..n): its length, else 0. */
size_t tone_chat_space(const char *s, size_t n);

/* The members of an object by lower-cased key, equal ones in their own order; *out is the caller's (free), NULL for an
 * empty object.  false when memory ran out. */
bool tone_chat_sorted(const tone_json_value *object, const tone_json_value ***out);

/* Append what a schema's type looks like in a declaration: Python's str() of the value, upper-cased.  Letters outside
 * ASCII keep their case. */
void tone_chat_type_text(tone_buf *b, const tone_json_value *type);

/* Append a number as Python prints it: 1e-07, 100.0, and 0 for the integer -0; false when no double can hold it. */
bool tone_chat_python_number(tone_buf *b, const tone_json_value *number);

#endif

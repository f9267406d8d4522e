/* chat/call.h - the text between <|tool_call> and <tool_call|>, which is to become a name and JSON arguments.
 *
 * First by the grammar the model was trained on (blanks between tokens allowed).  Where that fails, again with the repairs
 * that outputs seen in the wild ask for: JSON or single quotes, quoted keys, `=` for `:`, Python's words, strings and
 * brackets left open, bare text where the schema says string, parentheses, a lost `call`, several calls in one. */
#ifndef TONE_CHAT_CALL_H
#define TONE_CHAT_CALL_H

#include "base/buf.h"
#include "chat/tools.h"

typedef struct tone_chat_call {
    char *name, *arguments; /* arguments: the text of a JSON object */
    size_t name_n, arguments_n;
    bool repaired;
} tone_chat_call;

typedef struct tone_chat_calls {
    tone_chat_call *list;
    size_t n, room;
} tone_chat_calls;

/* Why a text is no call. */
typedef struct tone_chat_call_fault {
    const char *why; /* static */
    size_t at;       /* byte of the text */
} tone_chat_call_fault;

typedef enum tone_chat_call_result { CHAT_CALL_OK, CHAT_CALL_BAD, CHAT_CALL_NO_MEMORY } tone_chat_call_result;

/* Append the calls of text[0..n), UTF-8 in which <|"|> stands for that token.  On CHAT_CALL_BAD nothing is appended and
 * *fault says what the plain grammar missed.  `strict`: no repairs. */
tone_chat_call_result tone_chat_calls_read(tone_chat_calls *out, const char *text, size_t n,
                                           const tone_chat_tools *tools, bool strict,
                                 tone_chat_call_fault *fault);
/* Forget the calls from number n on. */
void tone_chat_calls_cut(tone_chat_calls *calls, size_t n);
void tone_chat_calls_clear(tone_chat_calls *calls);

/* The name a call written `name` is for: itself, or what follows its last colon where only that is known. */
const char *tone_chat_call_name(const tone_chat_tools *tools, const char *name, size_t *n);

#endif

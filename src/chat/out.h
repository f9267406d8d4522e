/* chat/out.h - a prompt while it is written: one run of text and the segments that cut it.
 *
 * Appends never fail one by one; `failed` says at the end that memory ran out. */
#ifndef TONE_CHAT_OUT_H
#define TONE_CHAT_OUT_H

#include "base/buf.h"
#include "format/json_tree.h"
#include "tonesmith/chat.h"

typedef struct tone_chat_out {
    tone_buf text;
    tone_segment *segments; /* their `text` is set by tone_chat_out_finish(), when the run has stopped moving */
    size_t n, room;
    char **notes;
    size_t n_notes;
    bool failed;
} tone_chat_out;

void tone_chat_out_text(tone_chat_out *o, const char *text, size_t n);
void tone_chat_out_puts(tone_chat_out *o, const char *text);
/* One control token, by its literal. */
void tone_chat_out_control(tone_chat_out *o, const char *literal);
/* `part` is content[index] of a message. */
void tone_chat_out_media(tone_chat_out *o, const char *literal, const tone_json_value *part, uint32_t message, uint32_t index);
/* Tokens as they were generated; `shown` is their text.  Both are copied. */
void tone_chat_out_ids(tone_chat_out *o, const tone_token *ids, size_t n_ids, const char *shown, size_t n);
void tone_chat_out_note(tone_chat_out *o, const char *fmt, ...) TONE_PRINTF(2, 3);

/* Point the segments into the text; false when memory ran out anywhere. */
bool tone_chat_out_finish(tone_chat_out *o);
void tone_chat_out_clear(tone_chat_out *o);

#endif

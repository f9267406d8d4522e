/* chat/out.h - a prompt while it is written: one run of text and the segments that cut it.
 *
 * Appends never fail one by one; `failed` says at the end that memory ran out. */
#ifndef TONE_CHAT_OUT_H
#define TONE_CHAT_OUT_H

#include "base/buf.h"
#include "tonesmith/chat.h"

typedef struct chat_out {
    tone_buf text;
    tone_segment *segments; /* their `text` is set by chat_out_finish(), when the run has stopped moving */
    size_t n, room;
    char **notes;
    size_t n_notes;
    bool failed;
} chat_out;

void chat_out_text(chat_out *o, const char *text, size_t n);
void chat_out_puts(chat_out *o, const char *text);
/* One control token, by its literal. */
void chat_out_control(chat_out *o, const char *literal);
void chat_out_media(chat_out *o, const char *literal, uint32_t message, uint32_t part);
/* Tokens as they were generated; `shown` is their text.  Both are copied. */
void chat_out_ids(chat_out *o, const tone_token *ids, size_t n_ids, const char *shown, size_t n);
void chat_out_note(chat_out *o, const char *fmt, ...) TONE_PRINTF(2, 3);

/* Point the segments into the text; false when memory ran out anywhere. */
bool chat_out_finish(chat_out *o);
void chat_out_clear(chat_out *o);

#endif

/* chat/call_stream.h - the arguments of a well-formed call as JSON while it is still being written.
 *
 * Append-only: what has been handed out is never taken back.  It knows no repairs and no schema, so it serves only where
 * a constraint makes calls right; anything else turns `broken`, and the reader of chat/call.h decides at the end. */
#ifndef TONE_CHAT_CALL_STREAM_H
#define TONE_CHAT_CALL_STREAM_H

#include "base/buf.h"

enum { CHAT_STREAM_DEPTH = 128 };

typedef enum tone_chat_stream_state {
    CHAT_STREAM_NAME,
    CHAT_STREAM_KEY,
    CHAT_STREAM_VALUE,
    CHAT_STREAM_LEXEME,
    CHAT_STREAM_STRING,
    CHAT_STREAM_AFTER, /* a value */
    CHAT_STREAM_DONE,
    CHAT_STREAM_BROKEN
} tone_chat_stream_state;

typedef struct tone_chat_call_stream {
    tone_chat_stream_state state;
    tone_buf name; /* with "call:" before it; whole when `begun` */
    tone_buf json; /* the arguments so far */
    tone_buf word; /* a key or number that has not ended */
    char closers[CHAT_STREAM_DEPTH];
    size_t depth;
    bool begun;
} tone_chat_call_stream;

/* Ready for the next call; keeps its memory.  The first time it must be {0}. */
void tone_chat_call_stream_reset(tone_chat_call_stream *s);
void tone_chat_call_stream_clear(tone_chat_call_stream *s);

void tone_chat_call_stream_byte(tone_chat_call_stream *s, char c);
/* The token <|"|> */
void tone_chat_call_stream_quote(tone_chat_call_stream *s);

#endif

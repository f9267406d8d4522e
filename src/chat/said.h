/* chat/said.h - what an answer has said so far, and how much of it has been handed out.
 *
 * Nothing handed out is ever taken back.  Three things therefore wait: white space at the end; what may become a stop
 * string; and, as long as a call may be hidden in the text (tools were given, none was called, and the marker is being
 * spelled with ordinary tokens), all from that marker on. */
#ifndef TONE_CHAT_SAID_H
#define TONE_CHAT_SAID_H

#include "chat/call.h"
#include "tonesmith/chat.h"

typedef struct tone_chat_said {
    const tone_chat_tools *tools;
    tone_reply_sink *sink;
    void *user;
    tone_buf content, reasoning;
    size_t content_sent, reasoning_sent;
    const char *const *stops; /* strings that end the content */
    size_t n_stops;
    bool stopped;   /* one of them came; it is no part of the content */
    size_t scanned; /* no spelled call begins before this byte of the content */
    bool marker;    /* one begins at it */
    bool as_it_is;  /* calls spelled in the content stay there */
    tone_chat_calls calls;
    bool failed; /* memory ran out */
} tone_chat_said;

void tone_chat_said_clear(tone_chat_said *s);

/* One more byte of content; nothing after a stop string. */
void tone_chat_said_put(tone_chat_said *s, char c);

/* Hand out what may leave by now. */
void tone_chat_said_flush(tone_chat_said *s);

/* Read a call's text and keep its calls.  Those from `streamed` on are handed out; on CHAT_CALL_BAD nothing happens. */
tone_chat_call_result tone_chat_said_call(tone_chat_said *s, const char *text, size_t n, bool strict,
                                          tone_chat_call_fault *fault);

/* Hand out the calls from number `first` on. */
void tone_chat_said_send_calls(tone_chat_said *s, size_t first);
void tone_chat_said_event(tone_chat_said *s, tone_reply_event event);

/* Nothing more comes: find the calls spelled in the content, hand out the rest.  *spelled tells that there were some.
 * `cut_off`: a limit was reached, so one that is not closed stays text. */
void tone_chat_said_finish(tone_chat_said *s, bool cut_off, bool *spelled);

#endif

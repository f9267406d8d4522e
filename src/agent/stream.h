/* agent/stream.h - what an OpenAI-compatible endpoint sends: server-sent events that carry pieces of an answer.
 *
 * Bytes go in as they arrive, cut anywhere; words and calls leave through the sink.  Everything from the endpoint is
 * hostile: lines, events, calls and depths are bounded, and the first mistake ends the reading with a sentence.
 *
 *     tone_stream s = {0};
 *     tone_stream_open(&s, sink, user);
 *     while (…) if (tone_stream_bytes(&s, bytes, n, &err)) …
 *     if (tone_stream_finish(&s, &answer, &err)) …       // also when the connection was cut off
 *     tone_stream_clear(&s); */
#ifndef TONE_AGENT_STREAM_H
#define TONE_AGENT_STREAM_H

#include "base/buf.h"
#include "tonesmith/agent.h"

enum { TONE_STREAM_CALLS_MAX = 64, TONE_STREAM_EVENT_BYTES_MAX = 8 << 20 };

typedef struct tone_stream_call {
    tone_buf id, name, arguments;
    bool begun;    /* told to the sink               */
    size_t n_told; /* bytes of arguments that it got */
} tone_stream_call;

typedef struct tone_stream {
    tone_reply_sink *sink;
    void *user;
    tone_buf line, event; /* bytes of the running line; data lines of the running event */
    bool after_cr;        /* a LF that comes now belongs to the CR before it */
    bool whole;           /* no events: the answer is one JSON document */
    bool started;         /* the first byte that is no white space was seen */
    bool done;            /* [DONE] */
    bool emitted;         /* something reached the sink: the request cannot be made again */
    bool finished;        /* a finish_reason came */
    tone_finish finish;
    tone_buf content, reasoning;
    tone_stream_call *calls;
    size_t n_calls;
    uint64_t n_prompt, n_reused, n_generated;
} tone_stream;

void tone_stream_open(tone_stream *s, tone_reply_sink *sink, void *user);
void tone_stream_clear(tone_stream *s);

/* TONE_ERR_FORMAT: malformed, or too much of something; TONE_ERR_IO: the endpoint reports an error; TONE_ERR_CONTEXT_FULL: it
 * says that this is why. */
TONE_NODISCARD tone_status tone_stream_bytes(tone_stream *s, const char *bytes, size_t n, tone_error *err);
/* The connection has ended: fill *out (the caller's), or TONE_ERR_IO when the answer is not whole. */
TONE_NODISCARD tone_status tone_stream_finish(tone_stream *s, tone_answer *out, tone_error *err);

/* Word the error of a body such as {"error":{"message":…}}, a bare text or nothing; `status` is HTTP's, 0 for none. */
TONE_NODISCARD tone_status tone_stream_error(const char *body, size_t n, long status, tone_error *err);

#endif

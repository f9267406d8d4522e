/* agent/backend.h - what a backend is made of. */
#ifndef TONE_AGENT_BACKEND_H
#define TONE_AGENT_BACKEND_H

#include <stdatomic.h>

#include "tonesmith/agent.h"

typedef struct tone_backend_functions {
    tone_status (*answer)(tone_backend *b, const tone_ask *ask, tone_reply_sink *sink, void *user, tone_answer *out,
                          tone_error *err);
    /* Wake what is waiting; b->cancelled is already set.  Any thread, signal handlers.  May be NULL. */
    void (*cancel)(tone_backend *b);
    void (*close)(tone_backend *b);
} tone_backend_functions;

/* The first member of every backend. */
struct tone_backend {
    const tone_backend_functions *functions;
    tone_backend_facts facts;
    tone_media *media;     /* the backend's own; NULL: it can be shown nothing */
    atomic_bool cancelled; /* set by tone_backend_cancel(), taken back when the answer that it stopped has ended */
};

/* The model was trained with exactly these tools (NULL: with none of them). */
bool tone_backend_knows_tools(const tone_backend *b, const char *tools);

/* A cancel that came after its answer has ended is forgotten. */
void tone_backend_clear_cancel(tone_backend *b);

/* Seconds on a clock that only goes forward. */
double tone_agent_now_s(void);

/* A fresh call at the end of a->calls with copies of its parts; `id` NULL makes one. */
TONE_NODISCARD tone_status tone_answer_add_call(tone_answer *a, const char *id, const char *name, const char *arguments,
                                                bool repaired, tone_error *err);

#endif

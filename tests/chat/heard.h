/* tests/chat/heard.h - a sink that joins what it hears and checks the order of it. */
#ifndef TONE_TESTS_CHAT_HEARD_H
#define TONE_TESTS_CHAT_HEARD_H

#include "base/utf8.h"
#include "cases.h"
#include "tonesmith/chat.h"

enum { HEARD_CALLS = 16 };

typedef struct heard {
    tone_buf content, reasoning, errors;
    tone_buf names[HEARD_CALLS], arguments[HEARD_CALLS];
    unsigned begun, ended, pieces; /* calls; pieces of arguments */
    bool open, over, disorder;
    tone_finish finish;
} heard;

static inline void heard_event(void *user, const tone_reply_event *e)
{
    heard *h = user;
    h->disorder |= h->over;
    h->disorder |= e->n && !tone_utf8_valid((const uint8_t *)e->text, e->n, NULL); /* whole characters */
    switch (e->kind) {
    case TONE_REPLY_REASONING:
        h->disorder |= h->open || !e->n;
        tone_buf_append(&h->reasoning, e->text, e->n);
        break;
    case TONE_REPLY_CONTENT:
        h->disorder |= h->open || !e->n;
        tone_buf_append(&h->content, e->text, e->n);
        break;
    case TONE_REPLY_CALL_BEGIN:
        h->disorder |= h->open || e->call != h->ended || e->call >= HEARD_CALLS;
        h->open = true;
        if (e->call < HEARD_CALLS)
            tone_buf_append(&h->names[e->call], e->text, e->n);
        h->begun++;
        break;
    case TONE_REPLY_CALL_ARGUMENTS:
        h->disorder |= !h->open || e->call != h->ended;
        if (e->call < HEARD_CALLS)
            tone_buf_append(&h->arguments[e->call], e->text, e->n);
        h->pieces++;
        break;
    case TONE_REPLY_CALL_END:
        h->disorder |= !h->open || e->call != h->ended;
        h->open = false;
        h->ended++;
        break;
    case TONE_REPLY_ERROR:
        h->disorder |= !e->why || !e->why[0];
        h->open = false;
        tone_buf_append(&h->errors, e->text, e->n);
        break;
    case TONE_REPLY_END:
        h->over = true;
        h->finish = e->finish;
    }
}

static inline void heard_clear(heard *h)
{
    tone_buf_clear(&h->content);
    tone_buf_clear(&h->reasoning);
    tone_buf_clear(&h->errors);
    for (int i = 0; i < HEARD_CALLS; i++) {
        tone_buf_clear(&h->names[i]);
        tone_buf_clear(&h->arguments[i]);
    }
    *h = (heard){0};
}

#endif

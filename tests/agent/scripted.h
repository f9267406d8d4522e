/* A backend that says what a test wrote down, and keeps what it was asked. */
#ifndef TONE_TESTS_SCRIPTED_H
#define TONE_TESTS_SCRIPTED_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backend.h"
#include "base/fail.h"

typedef struct scripted_line {
    const char *content;
    struct {
        const char *name, *arguments;
        bool repaired;
    } calls[6];
    tone_status fails; /* instead of an answer */
    tone_finish finish;
    uint64_t n_generated;
    void (*before)(void *arg); /* while it is asked */
} scripted_line;

enum { SCRIPTED_ASKED_MAX = 32 };

typedef struct scripted {
    tone_backend base;
    const scripted_line *lines;
    size_t n, at;
    void *arg;
    size_t piece; /* bytes of content told at once; 0: all */
    json_t *asked[SCRIPTED_ASKED_MAX]; /* messages */
    tone_ask asks[SCRIPTED_ASKED_MAX];
    size_t n_asked;
} scripted;

static tone_status scripted_answer(tone_backend *b, const tone_ask *ask, tone_reply_sink *sink, void *user, tone_answer *out, tone_error *err)
{
    scripted *s = (scripted *)b;
    if (s->n_asked < SCRIPTED_ASKED_MAX) {
        s->asks[s->n_asked] = *ask;
        s->asked[s->n_asked++] = json_loads(ask->messages, JSON_REJECT_DUPLICATES, NULL);
    }
    if (s->at >= s->n)
        return tone_fail(err, TONE_ERR_IO, 0, "the script has no more lines");
    const scripted_line *l = &s->lines[s->at++];
    if (l->before)
        l->before(s->arg);
    if (atomic_load(&b->cancelled))
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "cancelled");
    if (l->fails)
        return tone_fail(err, l->fails, 0, "as the script says");
    const char *content = l->content ? l->content : "";
    for (size_t at = 0, n = strlen(content), some; sink && at < n; at += some) {
        some = s->piece && s->piece < n - at ? s->piece : n - at;
        sink(user, &(tone_reply_event){.kind = TONE_REPLY_CONTENT, .text = content + at, .n = some});
    }
    out->content = strdup(content);
    if (!out->content)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an answer");
    out->finish = l->finish;
    out->n_generated = l->n_generated ? l->n_generated : 10;
    for (size_t i = 0; i < 6 && l->calls[i].name; i++)
        if (tone_answer_add_call(out, NULL, l->calls[i].name, l->calls[i].arguments, l->calls[i].repaired, err))
            return TONE_ERR_NO_MEMORY;
    return TONE_OK;
}

static void scripted_close(tone_backend *b)
{
    scripted *s = (scripted *)b;
    for (size_t i = 0; i < s->n_asked; i++)
        json_decref(s->asked[i]);
    s->n_asked = 0;
}

/* `tools`: the hash that the model was trained with. */
static inline scripted scripted_begin(const scripted_line *lines, size_t n, const char *tools)
{
    static const tone_backend_functions functions = {scripted_answer, NULL, scripted_close};
    return (scripted){.base = {.functions = &functions, .facts = {.kind = TONE_BACKEND_OTHER, .name = "script", .where = "", .tools = tools}},
        .lines = lines, .n = n};
}

/* The text of one member of one message of one request; "" when it is not there. */
static inline const char *scripted_text(const scripted *s, size_t request, size_t message, const char *key)
{
    const json_t *list = request < s->n_asked ? s->asked[request] : NULL;
    if (message == SIZE_MAX)
        message = json_array_size(list) - 1;
    const char *text = json_string_value(json_object_get(json_array_get(list, message), key));
    return text ? text : "";
}

#endif

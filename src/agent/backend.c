/* What all backends share. */
#include "agent/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"

void tone_tools_hash(const char *tools, char out[17])
{
    uint64_t h = 0xCBF29CE484222325u; /* FNV-1a, 64 bits */
    for (const char *c = tools; *c; c++)
        h = (h ^ (unsigned char)*c) * 0x100000001B3u;
    snprintf(out, 17, "%016llx", (unsigned long long)h);
}

bool tone_backend_knows_tools(const tone_backend *b, const char *tools)
{
    char hash[17];
    if (!tools)
        return false;
    tone_tools_hash(tools, hash);
    return strcmp(b->facts.tools, hash) == 0;
}

double tone_agent_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

tone_endpoint_options tone_endpoint_defaults(void)
{
    return (tone_endpoint_options){.retries = 3, .retry_s = 0.5, .connect_s = 10, .idle_s = 300, .max_bytes = 64 << 20};
}

void tone_backend_close(tone_backend *b)
{
    if (b)
        b->functions->close(b);
}

const tone_backend_facts *tone_backend_info(const tone_backend *b)
{
    return &b->facts;
}

tone_media *tone_backend_media(tone_backend *b)
{
    return b->media;
}

tone_status tone_backend_answer(tone_backend *b, const tone_ask *ask, tone_reply_sink *sink, void *user, tone_answer *out,
                                tone_error *err)
{
    *out = (tone_answer){0};
    const double start = tone_agent_now_s();
    tone_status st = b->functions->answer(b, ask, sink, user, out, err);
    /* A cancel that arrived with the last word counts: whoever asked for it must not get an answer. */
    if (atomic_exchange(&b->cancelled, false) && !st)
        st = tone_fail(err, TONE_ERR_CANCELLED, 0, "cancelled");
    if (st)
        tone_answer_clear(out);
    else
        out->seconds = tone_agent_now_s() - start;
    return st;
}

void tone_backend_cancel(tone_backend *b)
{
    atomic_store(&b->cancelled, true);
    if (b->functions->cancel)
        b->functions->cancel(b);
}

void tone_backend_clear_cancel(tone_backend *b)
{
    atomic_store(&b->cancelled, false);
}

tone_status tone_answer_add_call(tone_answer *a, const char *id, const char *name, const char *arguments, bool repaired,
                                 tone_error *err)
{
    char made[24];
    if (!id || !*id) {
        snprintf(made, sizeof made, "call_%zu", a->n_calls);
        id = made;
    }
    tone_answer_call *calls = realloc(a->calls, (a->n_calls + 1) * sizeof *calls);
    if (!calls)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a call");
    a->calls = calls;
    tone_answer_call *c = &calls[a->n_calls++];
    *c = (tone_answer_call){strdup(id), strdup(name), strdup(arguments), repaired};
    return c->id && c->name && c->arguments ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a call");
}

void tone_answer_clear(tone_answer *a)
{
    for (size_t i = 0; i < a->n_calls; i++) {
        free(a->calls[i].id);
        free(a->calls[i].name);
        free(a->calls[i].arguments);
    }
    free(a->calls);
    free(a->content);
    free(a->reasoning);
    *a = (tone_answer){0};
}

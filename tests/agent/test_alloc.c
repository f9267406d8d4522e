/* Every allocation of our own may fail: an error that says so, and afterwards the agent goes on as if nothing had been. */
#include <stdlib.h>

#include "agent/scripted.h"
#include "agent/stream.h"
#include "check.h"
#include "failing_alloc.h"

static const char events[] =
    "data: {\"choices\":[{\"delta\":{\"reasoning\":\"Th\",\"content\":\"Hello\"}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
    "{\"index\":1,\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n";

static void check_stream(void)
{
    long before = alloc_live, n;
    for (n = 0; alloc_run(n); n++) {
        tone_stream s;
        tone_answer a = {0};
        tone_error err = {0};
        tone_stream_open(&s, NULL, NULL);
        tone_status st = tone_stream_bytes(&s, events, sizeof events - 1, &err);
        if (!st)
            st = tone_stream_finish(&s, &a, &err);
        alloc_left = -1;
        /* Not every call that finds no memory knows it from too many calls, but none is taken for an answer. */
        CHECK_CASE(alloc_failed ? st != TONE_OK && err.text[0] : !st && a.n_calls == 2, "round %ld: %d %s", n, st, err.text);
        tone_answer_clear(&a);
        tone_stream_clear(&s);
        CHECK_CASE(alloc_live == before, "round %ld: %ld blocks", n, alloc_live - before);
    }
    CHECK(n > 10);
}

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}}}}}]";

static tone_status call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    (void)arg, (void)name, (void)arguments;
    *changed = true;
    *result = strdup("{\"moved\":\"a 1 Hz to 2 Hz\"}");
    return *result ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory");
}

static tone_status state(void *arg, char **lines, tone_error *err)
{
    (void)arg;
    *lines = strdup("sound 1240 Hz");
    return *lines ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory");
}

static void check_agent(void)
{
    static const scripted_line lines[] = {{.calls = {{"f", "{\"x\":1}", false}, {"f", "{\"y\":1}", false}, {"f", "{\"x\":1}", true}}}, {.content = "Now 3 Hz."}};
    long n;
    for (n = 0; alloc_run(n); n++) {
        scripted s = scripted_begin(lines, 2, "");
        tone_agent_options o = tone_agent_defaults();
        tone_agent *a;
        tone_turn t = {0};
        tone_error err = {0};
        o.backend = &s.base;
        o.tools = tools;
        o.call = call;
        o.state = state;
        tone_status st = tone_agent_open(&a, &o, &err);
        if (!st) {
            st = tone_agent_turn(a, "go", &t, &err);
            alloc_left = -1;
            if (st) { /* once more, with memory: the failed turn is no part of the conversation */
                CHECK_CASE(!t.answer || !*t.answer, "round %ld", n);
                tone_turn_clear(&t);
                s.at = 0;
                CHECK_CASE(!tone_agent_turn(a, "go", &t, NULL), "round %ld", n);
                CHECK(json_array_size(s.asked[s.n_asked - 2]) == 2);
            }
            CHECK_CASE(t.n_calls == 1 && t.n_refused == 2 && t.n_unmeasured == 1 && t.answer && strcmp(t.answer, "Now 3 Hz.") == 0, "round %ld", n);
        }
        alloc_left = -1;
        CHECK_CASE(st ? st == TONE_ERR_NO_MEMORY && err.text[0] : true, "round %ld: %d", n, st);
        tone_turn_clear(&t);
        tone_agent_close(a);
        tone_backend_close(&s.base);
    }
    CHECK(n > 30);
}

int main(void)
{
    check_stream();
    check_agent();
    return check_done();
}

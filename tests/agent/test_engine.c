/* Our engine as a backend, with tiny random models: what they say means nothing, but prompts, the reuse of the cache, limits and
 * cancelling can be counted. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/arguments.h"
#include "base/buf.h"
#include "base/file.h"
#include "check.h"
#include "tonesmith/agent.h"

static char *tools;

static tone_backend *open_backend(const char *path, uint32_t context)
{
    tone_backend *b = NULL;
    tone_error err = {0};
    tone_session_options o = tone_session_defaults();
    o.context = context;
    o.n_threads = 1;
    CHECK_CASE(!tone_backend_open_engine(&b, path, &o, &err), "%s: %s", path, err.text);
    return b;
}

static tone_ask ask_for(const char *messages, uint32_t max_tokens)
{
    tone_ask a = {.messages = messages, .max_tokens = max_tokens, .sampling = tone_sampling_defaults()};
    a.sampling.seed = 7;
    return a;
}

static tone_answer answer(tone_backend *b, const tone_ask *ask)
{
    tone_answer a;
    tone_error err = {0};
    CHECK_CASE(!tone_backend_answer(b, ask, NULL, NULL, &a, &err), "%s", err.text);
    return a;
}

static uint64_t prompt_of(tone_backend *b, const tone_ask *ask)
{
    tone_answer a = answer(b, ask);
    uint64_t n = a.n_prompt;
    tone_answer_clear(&a);
    return n;
}

#define SYSTEM "{\"role\":\"system\",\"content\":\"patch Warm Strings\"}"
#define USER(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define CALLED "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"history\",\"arguments\":\"{\\\"action\\\":\\\"undo\\\"}\"}}]}"
#define RESULT(text) "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"" text "\"}"

/* Declarations are in the prompt of a model that does not know them, and are not for one that does. */
static void check_tools(const char *small, const char *trained)
{
    tone_backend *b = open_backend(small, 1024);
    tone_ask plain = ask_for("[" SYSTEM "," USER("undo") "]", 1), with = plain;
    with.tools = tools;
    uint64_t without = prompt_of(b, &plain);
    CHECK(prompt_of(b, &with) > without + 50);
    CHECK_STR(tone_backend_info(b)->tools, "");
    CHECK(tone_backend_info(b)->kind == TONE_BACKEND_ENGINE && tone_backend_info(b)->context == 1024);
    CHECK_STR(tone_backend_info(b)->where, small);
    tone_backend_close(b);
    b = open_backend(trained, 1024);
    CHECK(prompt_of(b, &with) == without);
    char hash[17];
    tone_tools_hash(tools, hash);
    CHECK_STR(tone_backend_info(b)->tools, hash);
    /* It answers greedily, whatever the seed. */
    tone_ask other = with;
    with.max_tokens = other.max_tokens = 12;
    other.sampling.seed = 8;
    tone_answer one = answer(b, &with), two = answer(b, &other);
    CHECK_STR(one.content, two.content);
    CHECK(two.n_reused + 1 >= two.n_prompt); /* the same prompt: at most its last token is evaluated */
    tone_answer_clear(&one);
    tone_answer_clear(&two);
    tone_backend_close(b);
}

/* A conversation that goes on evaluates what is new; a result that is an object is shown by its members. */
static void check_going_on(const char *path)
{
    tone_backend *b = open_backend(path, 1024);
    tone_ask first = ask_for("[" SYSTEM "," USER("undo that, please") "]", 1);
    tone_ask text = ask_for("[" SYSTEM "," USER("undo that, please") "," CALLED "," RESULT("[1]") "]", 1);
    tone_ask object = ask_for("[" SYSTEM "," USER("undo that, please") "," CALLED "," RESULT("{\\\"now\\\":1}") "]", 1);
    tone_answer a = answer(b, &first), t = answer(b, &text), o = answer(b, &object);
    CHECK(a.n_prompt > 10 && a.n_reused == 0 && t.n_prompt > a.n_prompt);
    CHECK(t.n_reused + 8 >= a.n_prompt); /* an empty thought may be forgotten */
    CHECK(o.n_prompt != t.n_prompt);     /* {now:1}, not {value:"{"now":1}"} */
    tone_answer_clear(&a);
    tone_answer_clear(&t);
    tone_answer_clear(&o);
    tone_backend_close(b);
}

static void *cancel_soon(void *arg)
{
    usleep(30000);
    tone_backend_cancel(arg);
    return NULL;
}

static void check_limits(const char *path)
{
    tone_backend *b = open_backend(path, 200);
    tone_ask ask = ask_for("[" USER("Hello") "]", 5);
    tone_answer a = answer(b, &ask);
    CHECK(a.n_generated <= 5 && a.finish == (a.n_generated == 5 ? TONE_FINISH_LENGTH : a.finish));
    tone_answer_clear(&a);
    tone_error err = {0};
    tone_buf long_one = {0};
    tone_buf_puts(&long_one, "[{\"role\":\"user\",\"content\":\"");
    for (int i = 0; i < 400; i++)
        tone_buf_puts(&long_one, "word ");
    tone_buf_puts(&long_one, "\"}]");
    ask.messages = tone_buf_text(&long_one);
    CHECK(tone_backend_answer(b, &ask, NULL, NULL, &a, &err) == TONE_ERR_CONTEXT_FULL);
    tone_buf_clear(&long_one);
    ask.messages = "[{\"role\":";
    CHECK(tone_backend_answer(b, &ask, NULL, NULL, &a, &err) == TONE_ERR_FORMAT);
    /* A cancel before counts for the next one and only for it. */
    ask.messages = "[" USER("Hello") "]";
    tone_backend_cancel(b);
    CHECK(tone_backend_answer(b, &ask, NULL, NULL, &a, &err) == TONE_ERR_CANCELLED);
    CHECK(!a.content && !a.n_calls);
    a = answer(b, &ask);
    CHECK(a.content != NULL);
    tone_answer_clear(&a);
    ask.max_seconds = 1e-9;
    CHECK(tone_backend_answer(b, &ask, NULL, NULL, &a, &err) == TONE_ERR_LIMIT);
    tone_backend_close(b);
}

/* From another thread, in the middle of a long prompt or answer. */
static void check_cancel(const char *path)
{
    tone_backend *b = open_backend(path, 32768);
    tone_buf long_one = {0};
    tone_error err = {0};
    tone_answer a;
    tone_buf_puts(&long_one, "[{\"role\":\"user\",\"content\":\"");
    for (int i = 0; i < 2000; i++)
        tone_buf_printf(&long_one, "word %d ", i);
    tone_buf_puts(&long_one, "\"}]");
    tone_ask ask = ask_for(tone_buf_text(&long_one), 0);
    pthread_t thread;
    if (CHECK(pthread_create(&thread, NULL, cancel_soon, b) == 0)) {
        CHECK(tone_backend_answer(b, &ask, NULL, NULL, &a, &err) == TONE_ERR_CANCELLED);
        pthread_join(thread, NULL);
    }
    ask = ask_for("[" USER("Hello") "]", 3);
    a = answer(b, &ask);
    CHECK(a.content != NULL);
    tone_answer_clear(&a);
    tone_buf_clear(&long_one);
    tone_backend_close(b);
}

/* Whatever the weights say, a call keeps to its declaration; what must not be called is not. */
static void check_calls(const char *path)
{
    tone_backend *b = open_backend(path, 2048);
    tone_tools declared;
    tone_error err = {0};
    size_t n_calls = 0, n_cut = 0;
    CHECK(!tone_tools_read(&declared, tools, &err));
    tone_ask ask = ask_for("[" SYSTEM "," USER("make it darker") "]", 150);
    ask.tools = tools;
    for (uint64_t seed = 0; seed < 24; seed++) {
        ask.sampling.seed = seed;
        ask.choice = seed % 3 == 0 ? TONE_TOOL_AUTO : seed % 3 == 1 ? TONE_TOOL_REQUIRED : TONE_TOOL_NONE;
        ask.thinking = seed % 4 == 0;
        tone_answer a = answer(b, &ask);
        for (size_t i = 0; i < a.n_calls; i++) {
            json_t *arguments;
            tone_buf why = {0};
            CHECK(!tone_arguments_read(&arguments, &declared, a.calls[i].name, a.calls[i].arguments, &why, &err));
            CHECK_CASE(arguments && !a.calls[i].repaired, "seed %d: %s%s: %s", (int)seed, a.calls[i].name, a.calls[i].arguments, tone_buf_text(&why));
            json_decref(arguments);
            tone_buf_clear(&why);
        }
        n_calls += a.n_calls;
        n_cut += a.finish == TONE_FINISH_LENGTH;
        CHECK_CASE(ask.choice != TONE_TOOL_NONE || a.n_calls == 0, "seed %d", (int)seed);
        CHECK_CASE(ask.choice != TONE_TOOL_REQUIRED || a.n_calls || a.finish == TONE_FINISH_LENGTH, "seed %d", (int)seed);
        tone_answer_clear(&a);
    }
    CHECK_CASE(n_calls >= 4, "%zu calls, %zu answers cut", n_calls, n_cut);
    tone_tools_clear(&declared);
    tone_backend_close(b);
}

static tone_status no_call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    (void)arg, (void)name, (void)arguments, (void)err;
    *changed = false;
    *result = strdup("{\"now\":\"step 1\"}");
    return TONE_OK;
}

static tone_status state(void *arg, char **lines, tone_error *err)
{
    char text[60];
    (void)err;
    snprintf(text, sizeof text, "patch Warm Strings\nsound centroid %d Hz", 1000 + 100 * ++*(int *)arg);
    *lines = strdup(text);
    return TONE_OK;
}

/* In a long conversation with a model that was not trained with the tools, the page of instructions, the declarations and the
 * turns before are evaluated once: the state, which is another one each time, comes after them. */
static void check_conversation(const char *path)
{
    tone_backend *b = open_backend(path, 8192);
    tone_agent *a = NULL;
    tone_error err = {0};
    int n_states = 0;
    tone_agent_options o = tone_agent_defaults();
    o.backend = b;
    o.tools = tools;
    o.call = no_call;
    o.state = state;
    o.arg = &n_states;
    o.max_steps = 1;
    o.max_tokens = 60;
    CHECK_CASE(!tone_agent_open(&a, &o, &err), "%s", err.text);
    uint64_t first = 0;
    for (int i = 0; i < 3 && a; i++) {
        tone_turn t;
        CHECK_CASE(!tone_agent_turn(a, "and now something else", &t, &err), "%s", err.text);
        first = i ? first : t.n_prompt;
        CHECK_CASE(i == 0 || t.n_reused + 40 >= first, "turn %d: %d of %d tokens reused", i, (int)t.n_reused, (int)t.n_prompt);
        tone_turn_clear(&t);
    }
    tone_agent_close(a);
    tone_backend_close(b);
}

static void check_refused(void)
{
    tone_backend *b;
    tone_error err = {0};
    CHECK(tone_backend_open_engine(&b, "/nonexistent/model.gguf", NULL, &err) != TONE_OK && !b && err.text[0]);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    size_t n;
    tone_error err = {0};
    if (tone_file_read(&tools, &n, argv[4], 1 << 20, &err))
        return 1;
    check_tools(argv[1], argv[3]);
    check_going_on(argv[1]);
    check_going_on(argv[2]);
    check_limits(argv[1]);
    check_cancel(argv[1]);
    check_calls(argv[1]);
    check_calls(argv[2]);
    check_conversation(argv[1]);
    check_conversation(argv[2]);
    check_refused();
    free(tools);
    return check_done();
}

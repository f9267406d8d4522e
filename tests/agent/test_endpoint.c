/* The endpoint backend against tests/agent/fake_endpoint.py, whose address is the argument: one that behaves well, and those that
 * cut, drip, lie, never end or never begin. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "check.h"
#include "tonesmith/agent.h"

static const char *server;

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"shape\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":"
                            "{\"goals\":{\"type\":\"string\"}},\"required\":[\"goals\"]}}}]";

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Quick limits: a test that waits is a test that nobody runs. */
static tone_endpoint_options quick(void)
{
    tone_endpoint_options o = tone_endpoint_defaults();
    o.model = "fake";
    o.retry_s = 0.01;
    o.connect_s = 5;
    o.idle_s = 10;
    return o;
}

static tone_backend *open_at(const char *behaviour, tone_endpoint_options o)
{
    tone_backend *b = NULL;
    tone_error err = {0};
    char url[200];
    snprintf(url, sizeof url, "%s/%s/v1", server, behaviour);
    o.url = url;
    CHECK_CASE(!tone_backend_open_endpoint(&b, &o, &err), "%s: %s", behaviour, err.text);
    return b;
}

static const tone_ask hello = {.messages = "[{\"role\":\"user\",\"content\":\"Hello\"},{\"role\":\"assistant\",\"content\":\"Hi\",\"reasoning_content\":\"x\"},"
                                           "{\"role\":\"user\",\"content\":\"again\"}]",
                               .default_sampling = true};

typedef struct heard {
    char text[4096];
} heard;

static void hear(void *user, const tone_reply_event *e)
{
    static const char *const kind[] = {"R", "C", "B", "A", "E", "X", "."};
    heard *h = user;
    size_t n = strlen(h->text);
    if (sizeof h->text - n > 1)
        snprintf(h->text + n, sizeof h->text - n, "%s%u(%.*s)", kind[e->kind], e->call, (int)e->n, e->text);
}

/* The whole of an exchange that must succeed. */
static tone_answer good(const char *behaviour, tone_endpoint_options o, const tone_ask *ask, heard *h)
{
    tone_answer a = {0};
    tone_error err = {0};
    tone_backend *b = open_at(behaviour, o);
    *h = (heard){0};
    if (b)
        CHECK_CASE(!tone_backend_answer(b, ask, hear, h, &a, &err), "%s: %s", behaviour, err.text);
    tone_backend_close(b);
    if (!a.content)
        a.content = strdup("");
    return a;
}

/* How often a behaviour was asked. */
static long count(const char *behaviour)
{
    tone_endpoint_options o = quick();
    heard h;
    o.model = behaviour;
    tone_answer a = good("asked", o, &hello, &h);
    long n = strtol(a.content, NULL, 10);
    tone_answer_clear(&a);
    return n;
}

static void check_good(void)
{
    heard h;
    tone_answer a = good("good", quick(), &hello, &h);
    CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
    CHECK_STR(h.text, "C0(Hel)C0(lo, w\xC3\xB6rld).0()");
    CHECK(a.finish == TONE_FINISH_STOP && a.n_calls == 0 && !a.reasoning && a.n_prompt == 44 && a.n_generated == 5 && a.n_reused == 40 && a.seconds > 0);
    tone_answer_clear(&a);
    static const char *const same[] = {"crlf", "bytes"};
    for (size_t i = 0; i < 2; i++) {
        a = good(same[i], quick(), &hello, &h);
        CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
        tone_answer_clear(&a);
    }
    a = good("calls", quick(), &hello, &h);
    CHECK_STR(h.text, "R0(Hm.)C0(One moment.)B0(shape)A0({\"goals\":\"dar)A0(ker\"})B1(history)A1({\"action\":\"undo\"})E0()E1().0()");
    CHECK(a.n_calls == 2 && a.finish == TONE_FINISH_TOOL_CALLS);
    if (a.n_calls == 2) {
        CHECK_STR(a.calls[0].id, "call_a");
        CHECK_STR(a.calls[0].arguments, "{\"goals\":\"darker\"}");
        CHECK_STR(a.calls[1].name, "history");
    }
    CHECK_STR(a.reasoning, "Hm.");
    CHECK_STR(a.content, "One moment.");
    tone_answer_clear(&a);
    a = good("whole", quick(), &hello, &h);
    CHECK(a.n_calls == 2 && a.finish == TONE_FINISH_TOOL_CALLS);
    if (a.n_calls == 2)
        CHECK_STR(a.calls[1].arguments, "{\"goals\":\"x\"}");
    tone_answer_clear(&a);
}

static void check_request(void)
{
    heard h;
    tone_ask ask = {.messages = "[{\"role\":\"user\",\"content\":\"Hi\"}]", .tools = tools, .choice = TONE_TOOL_REQUIRED, .max_tokens = 9,
        .sampling = tone_sampling_defaults(), .thinking = true};
    ask.sampling.temperature = 0.5;
    ask.sampling.seed = 3;
    tone_answer a = good("echo", quick(), &ask, &h);
    static const char *const parts[] = {"\"max_tokens\": 9", "\"temperature\": 0.5", "\"seed\": 3", "\"tool_choice\": \"required\"", "\"name\": \"shape\"",
                                        "\"stream\": true", "\"include_usage\": true", "\"enable_thinking\": true", "\"model\": \"fake\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        CHECK_CASE(strstr(a.content, parts[i]) != NULL, "%s in %s", parts[i], a.content);
    tone_answer_clear(&a);
    a = good("echo", quick(), &hello, &h);
    CHECK(!strstr(a.content, "temperature") && !strstr(a.content, "tools") && !strstr(a.content, "reasoning_content") && !strstr(a.content, "enable_thinking"));
    tone_answer_clear(&a);
}

/* Behaviours that must end in an error of one line that says what happened; `within` seconds. */
static void check_bad(void)
{
    static const struct {
        const char *behaviour;
        tone_status st;
        const char *says;
        double idle_s, total_s, max_seconds, within;
        long n_asked;
    } cases[] = {
        {"broken", TONE_ERR_IO, "the endpoint answers 503: never", 0, 0, 0, 3, 4},
        {"far", TONE_ERR_IO, "asks to come back in 3600 s", 0, 0, 0, 3, 1},
        {"cut", TONE_ERR_IO, "cut the answer off after 3 bytes", 0, 0, 0, 3, 1},
        {"cuthalf", TONE_ERR_IO, "cut the answer off after 3 bytes", 0, 0, 0, 3, 1},
        {"hangup", TONE_ERR_IO, "http://127.0.0.1:", 0, 0, 0, 3, 4},
        {"malformed", TONE_ERR_FORMAT, "no JSON", 0, 0, 0, 3, 1},
        {"notjson", TONE_ERR_IO, "without an answer", 0, 0, 0, 3, 4},
        {"other", TONE_ERR_FORMAT, "no part of a chat completion", 0, 0, 0, 3, 1},
        {"badutf8", TONE_ERR_FORMAT, "no JSON", 0, 0, 0, 3, 1},
        {"deep", TONE_ERR_FORMAT, "no JSON", 0, 0, 0, 3, 1},
        {"manycalls", TONE_ERR_FORMAT, "more than 64 calls", 0, 0, 0, 3, 1},
        {"farcall", TONE_ERR_FORMAT, "more than 64 calls", 0, 0, 0, 3, 1},
        {"types", TONE_ERR_FORMAT, "a call without a name", 0, 0, 0, 3, 1},
        {"errorevent", TONE_ERR_IO, "the endpoint reports: out of memory?on the card", 0, 0, 0, 3, 4},
        {"drip", TONE_ERR_LIMIT, "time for an answer is over", 0, 0, 0.2, 2, 1},
        {"drip", TONE_ERR_IO, "takes longer than 0.2 s", 0, 0.2, 0, 2, 2},
        {"silent", TONE_ERR_IO, "sent nothing for 0.2 s", 0.2, 0, 0, 2, 1},
        {"stalled", TONE_ERR_IO, "sent nothing for 0.2 s", 0.2, 0, 0, 2, 1},
        {"hugeline", TONE_ERR_FORMAT, "a line of more than 8 MiB", 0, 0, 0, 5, 1},
        {"endless", TONE_ERR_IO, "more than 1000000 bytes", 0, 0, 0, 5, 1},
        {"endlesserror", TONE_ERR_IO, "answers 418 without saying why", 0, 0, 0, 5, 1},
        {"headers", TONE_ERR_FORMAT, "headers without end", 0, 0, 0, 5, 1},
        {"full", TONE_ERR_CONTEXT_FULL, "maximum context length", 0, 0, 0, 3, 1},
        {"refused", TONE_ERR_IO, "the endpoint answers 400: ?[31mno?[0m such?model", 0, 0, 0, 3, 1},
        {"moved", TONE_ERR_IO, "answers 302: it has moved", 0, 0, 0, 3, 1},
        {"nothing", TONE_ERR_IO, "answers 404 (is the address or the model's name right?)", 0, 0, 0, 3, 1},
        {"key", TONE_ERR_IO, "answers 401 (is the key right?): wrong key", 0, 0, 0, 3, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_endpoint_options o = quick();
        o.idle_s = cases[i].idle_s > 0 ? cases[i].idle_s : o.idle_s;
        o.total_s = cases[i].total_s;
        o.max_bytes = strcmp(cases[i].behaviour, "endless") == 0 ? 1000000 : o.max_bytes;
        tone_backend *b = open_at(cases[i].behaviour, o);
        tone_ask ask = hello;
        ask.max_seconds = cases[i].max_seconds;
        tone_answer a;
        tone_error err = {0};
        double start = now_s();
        tone_status st = b ? tone_backend_answer(b, &ask, NULL, NULL, &a, &err) : TONE_OK;
        CHECK_CASE(st == cases[i].st && strstr(err.text, cases[i].says), "%s: %d %s", cases[i].behaviour, st, err.text);
        CHECK_CASE(!a.content && !a.calls && !strchr(err.text, '\n'), "%s", cases[i].behaviour);
        CHECK_CASE(now_s() - start < cases[i].within, "%s: %.1f s", cases[i].behaviour, now_s() - start);
        CHECK_CASE(count(cases[i].behaviour) == cases[i].n_asked, "%s was asked %ld times", cases[i].behaviour, count(cases[i].behaviour));
        tone_backend_close(b);
    }
}

static void check_retries(void)
{
    heard h;
    tone_answer a = good("flaky", quick(), &hello, &h);
    CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
    CHECK(count("flaky") == 3);
    tone_answer_clear(&a);
    double start = now_s();
    a = good("busy", quick(), &hello, &h);
    CHECK(now_s() - start >= 1 && now_s() - start < 4);
    CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
    tone_answer_clear(&a);
    a = good("empty", quick(), &hello, &h);
    CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
    tone_answer_clear(&a);
    /* Nobody there. */
    tone_endpoint_options o = quick();
    tone_backend *b;
    tone_error err = {0};
    o.url = "http://127.0.0.1:1/v1";
    CHECK(!tone_backend_open_endpoint(&b, &o, &err));
    start = now_s();
    CHECK(tone_backend_answer(b, &hello, NULL, NULL, &a, &err) == TONE_ERR_IO && now_s() - start < 3);
    CHECK_CASE(strstr(err.text, "http://127.0.0.1:1: ") == err.text, "%s", err.text);
    tone_backend_close(b);
}

static void *cancel_soon(void *arg)
{
    usleep(100000);
    tone_backend_cancel(arg);
    return NULL;
}

static void check_cancel(void)
{
    static const char *const behaviours[] = {"silent", "drip", "far"};
    for (size_t i = 0; i < 3; i++) {
        tone_endpoint_options o = quick();
        o.retry_s = 30;
        tone_backend *b = open_at(i == 2 ? "broken" : behaviours[i], o); /* the last one in its pause */
        pthread_t thread;
        tone_answer a;
        tone_error err = {0};
        double start = now_s();
        if (b && CHECK(pthread_create(&thread, NULL, cancel_soon, b) == 0)) {
            CHECK(tone_backend_answer(b, &hello, NULL, NULL, &a, &err) == TONE_ERR_CANCELLED);
            CHECK(now_s() - start < 1.5);
            pthread_join(thread, NULL);
        }
        tone_backend_close(b);
    }
}

static void check_keys(void)
{
    static const char key[] = "sk-test-0123456789";
    tone_endpoint_options o = quick();
    tone_error err = {0};
    tone_backend *b;
    heard h;
    setenv("TONE_TEST_KEY", key, 1);
    o.key_env = "TONE_TEST_KEY";
    tone_answer a = good("key", o, &hello, &h);
    CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
    tone_answer_clear(&a);
    char path[] = "/tmp/tone-key-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0 && !tone_file_write(path, "sk-test-0123456789 \r\nsecond line\n", 33, &err));
    close(fd);
    o.key_env = NULL;
    o.key_file = path;
    a = good("key", o, &hello, &h);
    CHECK_STR(a.content, "Hello, w\xC3\xB6rld");
    tone_answer_clear(&a);
    o.url = "http://example.com/v1";
    CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_ARGUMENT && !b && strstr(err.text, "no https") && !strstr(err.text, key));
    o.plain_key = true;
    CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_OK);
    tone_backend_close(b);
    o.url = server;
    o.key_env = "TONE_TEST_KEY";
    CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_ARGUMENT); /* both */
    o.key_file = NULL;
    static const char *const bad[] = {"", "two words", "sk-test-0123456789\r\nX-Evil: 1", "\xC3\xB6"};
    for (size_t i = 0; i < 4; i++) {
        setenv("TONE_TEST_KEY", bad[i], 1);
        CHECK_CASE(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_ARGUMENT && !strstr(err.text, "0123"), "%s", err.text);
    }
    unsetenv("TONE_TEST_KEY");
    CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_NOT_FOUND && strstr(err.text, "TONE_TEST_KEY"));
    o.key_env = NULL;
    o.key_file = "/nonexistent";
    CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_IO || err.code == TONE_ERR_NOT_FOUND);
    unlink(path);
}

static void check_addresses(void)
{
    tone_endpoint_options o = quick();
    tone_error err = {0};
    tone_backend *b;
    static const char *const bad[] = {"", "127.0.0.1:8080", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://me:secret@127.0.0.1/v1", "http://a b/", "http://me:secret@ x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.url = bad[i];
        CHECK_CASE(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_ARGUMENT && !b && !strstr(err.text, "secret"), "%s: %s", bad[i], err.text);
    }
    /* Any form of one address; the model's name is asked for. */
    static const char *const ends[] = {"/echo", "/echo/", "/echo/v1", "/echo/v1/", "/echo/v1/chat/completions"};
    o.model = NULL;
    for (size_t i = 0; i < 5; i++) {
        char url[200];
        snprintf(url, sizeof url, "%s%s", server, ends[i]);
        o.url = url;
        CHECK_CASE(!tone_backend_open_endpoint(&b, &o, &err), "%s: %s", url, err.text);
        CHECK_STR(tone_backend_info(b)->name, "fake");
        CHECK_STR(tone_backend_info(b)->where, server);
        CHECK(tone_backend_info(b)->context == 4096 && tone_backend_info(b)->kind == TONE_BACKEND_ENDPOINT);
        tone_backend_close(b);
    }
    char url[200];
    snprintf(url, sizeof url, "%s/empty/v1", server);
    o.url = url;
    CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_FORMAT && !b);
}

/* A turn of the loop through an endpoint. */
static tone_status make_call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    (void)err;
    snprintf(arg, 100, "%s%s", name, arguments);
    *changed = true;
    *result = strdup("{\"reached\":\"0.9 octaves\"}");
    return TONE_OK;
}

static void check_turn(void)
{
    tone_error err = {0};
    tone_backend *b = open_at("agent", quick());
    tone_agent *a = NULL;
    tone_turn t;
    char made[100] = "";
    tone_agent_options o = tone_agent_defaults();
    o.backend = b;
    o.tools = tools;
    o.call = make_call;
    o.arg = made;
    if (b && CHECK(!tone_agent_open(&a, &o, &err))) {
        CHECK_CASE(!tone_agent_turn(a, "darker", &t, &err), "%s", err.text);
        CHECK_STR(made, "shape{\"goals\":\"darker\"}");
        CHECK_STR(t.answer, "Darker by 0.9 octaves.");
        CHECK(t.end == TONE_TURN_ANSWERED && t.n_unmeasured == 0 && t.n_changes == 1);
        tone_turn_clear(&t);
    }
    tone_agent_close(a);
    tone_backend_close(b);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    server = argv[1];
    if (!tone_backend_has_endpoints()) {
        tone_backend *b;
        tone_error err = {0};
        tone_endpoint_options o = tone_endpoint_defaults();
        CHECK(tone_backend_open_endpoint(&b, &o, &err) == TONE_ERR_UNSUPPORTED && !b);
        return check_failures ? 1 : check_skip("built without libcurl");
    }
    setenv("http_proxy", "http://127.0.0.1:9", 1); /* this machine is never reached through a proxy */
    check_good();
    check_request();
    check_bad();
    check_retries();
    check_cancel();
    check_keys();
    check_addresses();
    check_turn();
    return check_done();
}

/* The reader of server-sent events: cut at every byte, it gives what it gives whole. */
#include <stdlib.h>

#include "agent/stream.h"
#include "check.h"

static const char events[] =
    ": ping\n\n"
    "event: message\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\r\n\r\n"
    "data:{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"Th\\u00ef\"}}]}\r\r"
    "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"D\xC3\xB6ne \\ud83d\\ude00.\"}}]}\n\n"
    "id: 4\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"sha\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"pe\",\"arguments\":\"{\\\"g\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\":1}\"}},{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"now\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n"
    "data: [DONE]\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"late\"}}]}\n\n";

static void hear(void *user, const tone_reply_event *e)
{
    tone_buf *b = user;
    tone_buf_printf(b, "%d/%u/%.*s\n", (int)e->kind, e->call, (int)e->n, e->text);
}

/* Read text[0..n) in two parts; what came of it as text. */
static char *read_cut(const char *text, size_t n, size_t cut)
{
    tone_stream s;
    tone_buf out = {0};
    tone_error err = {0};
    tone_answer a = {0};
    tone_stream_open(&s, hear, &out);
    char *one = malloc(cut + 1), *two = malloc(n - cut + 1); /* exact sizes, for sanitizers */
    memcpy(one, text, cut);
    memcpy(two, text + cut, n - cut);
    tone_status st = tone_stream_bytes(&s, one, cut, &err);
    if (!st)
        st = tone_stream_bytes(&s, two, n - cut, &err);
    if (!st)
        st = tone_stream_finish(&s, &a, &err);
    if (st)
        tone_buf_printf(&out, "%s", err.text);
    else
        tone_buf_printf(&out, "%s|%s|%d|%d", a.content, a.reasoning ? a.reasoning : "", (int)a.finish, (int)a.n_generated);
    for (size_t i = 0; i < a.n_calls; i++)
        tone_buf_printf(&out, "|%s %s %s", a.calls[i].id, a.calls[i].name, a.calls[i].arguments);
    tone_answer_clear(&a);
    tone_stream_clear(&s);
    free(one);
    free(two);
    return tone_buf_take(&out);
}

static void check_cuts(void)
{
    size_t n = sizeof events - 1;
    char *whole = read_cut(events, n, 0);
    CHECK_STR(whole, "0/0/Th\xC3\xAF\n1/0/D\xC3\xB6ne \xF0\x9F\x98\x80.\n2/0/shape\n3/0/{\"g\n3/0/\":1}\n4/0/\n2/1/now\n4/1/\n6/0/\n"
                     "D\xC3\xB6ne \xF0\x9F\x98\x80.|Th\xC3\xAF|2|4|a shape {\"g\":1}|b now ");
    for (size_t cut = 1; cut <= n; cut++) {
        char *got = read_cut(events, n, cut);
        CHECK_CASE(strcmp(got, whole) == 0, "cut at %zu: %s", cut, got);
        free(got);
    }
    free(whole);
}

/* Every prefix ends in an error of one line, or in an answer that is whole as far as it goes. */
static void check_prefixes(void)
{
    size_t n = sizeof events - 1, n_good = 0;
    const char *done = strstr(events, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish");
    for (size_t i = 0; i < n; i++) {
        tone_stream s;
        tone_error err = {0};
        tone_answer a = {0};
        tone_stream_open(&s, NULL, NULL);
        tone_status st = tone_stream_bytes(&s, events, i, &err);
        CHECK_CASE(st == TONE_OK, "%zu bytes: %s", i, err.text);
        st = tone_stream_finish(&s, &a, &err);
        n_good += !st;
        CHECK_CASE(st == TONE_OK ? events + i > done : st == TONE_ERR_IO && !strchr(err.text, '\n'), "%zu bytes: %d %s", i, st, err.text);
        tone_answer_clear(&a);
        tone_stream_clear(&s);
    }
    CHECK(n_good > 20);
}

static void check_errors(void)
{
    static const struct {
        const char *body;
        long status;
        tone_status st;
        const char *text;
    } cases[] = {
        {"{\"error\":{\"message\":\"bad\"}}", 400, TONE_ERR_IO, "the endpoint answers 400: bad"},
        {"{\"error\":\"bad\"}", 500, TONE_ERR_IO, "the endpoint answers 500: bad"},
        {"{\"detail\":\"Not Found\"}", 404, TONE_ERR_IO, "the endpoint answers 404 (is the address or the model's name right?): Not Found"},
        {"{\"message\":\"no key\"}", 401, TONE_ERR_IO, "the endpoint answers 401 (is the key right?): no key"},
        {"<html>", 502, TONE_ERR_IO, "the endpoint answers 502 without saying why"},
        {"", 400, TONE_ERR_IO, "the endpoint answers 400 without saying why"},
        {"{\"error\":{\"message\":\"the request exceeds the available context size\",\"type\":\"exceed_context_size_error\"}}", 400, TONE_ERR_CONTEXT_FULL,
         "the endpoint answers 400: the request exceeds the available context size"},
        {"{\"error\":{\"message\":\"context size of the cache\"}}", 500, TONE_ERR_IO, "the endpoint answers 500: context size of the cache"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_error err = {0};
        CHECK_CASE(tone_stream_error(cases[i].body, strlen(cases[i].body), cases[i].status, &err) == cases[i].st, "case %zu", i);
        CHECK_STR(err.text, cases[i].text);
    }
}

int main(void)
{
    check_cuts();
    check_prefixes();
    check_errors();
    return check_done();
}

/* Every allocation of prompts, replies and conversations may fail: an error that says so, nothing leaked, and a conversation
 * that is as it was. */
#include <stdlib.h>

#include "check.h"
#include "failing_alloc.h"
#include "tonesmith/conversation.h"

static const char request[] =
    "{\"messages\":[{\"role\":\"system\",\"content\":\" S \"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"q\"},{\"type\":\"image\"},{\"type\":\"file\"}]},"
    "{\"role\":\"assistant\",\"content\":\"<|channel>x<channel|>say\",\"reasoning\":\"r\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\","
    "\"arguments\":\"{\\\"b\\\":[1,2.50,1e5],\\\"a\\\":{\\\"k\\\":\\\"v\\\"}}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"ok\"}],"
    "\"tools\":[{\"function\":{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"array\",\"items\":"
    "{\"type\":[\"number\"],\"enum\":[{\"z\":1}]}},\"a\":{\"type\":\"object\",\"properties\":{\"k\":{\"type\":[\"string\",\"null\"]}},\"required\":[\"k\"]}}}}}]}";
static const char tools[] = "[{\"function\":{\"name\":\"f\",\"parameters\":{\"properties\":{\"a\":{\"type\":\"string\"}}}}}]";

static void prompts(void)
{
    tone_error err;
    char *want = NULL;
    long before = alloc_live, n;
    alloc_left = -1;
    tone_prompt *p;
    size_t text_n;
    if (!CHECK(!tone_prompt_build(&p, request, sizeof request - 1, &(tone_prompt_options){0}, &err)))
        return;
    want = strdup(tone_prompt_text(p, &text_n));
    tone_prompt_free(p);
    long held = alloc_live;
    for (n = 0; alloc_run(n); n++) {
        tone_status st = tone_prompt_build(&p, request, sizeof request - 1, &(tone_prompt_options){0}, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !p == !!st, "round %ld: status %d", n, (int)st);
        if (!st)
            CHECK_STR(tone_prompt_text(p, &text_n), want);
        alloc_left = -1;
        tone_prompt_free(p);
        CHECK_CASE(alloc_live == held, "round %ld leaks %ld", n, alloc_live - held);
    }
    CHECK(n > 30);
    free(want);
    CHECK(alloc_live == before);
}

static void replies(void)
{
    static const tone_token ids[] = {100, 101, 48, 52, 52, 49, 48, 49};
    static const char *const texts[] = {"thought\nhm \n", "Text \n<|tool", "call:f{a:", "x \"y\"", "}", " \n",
        "call:f{b:@}", ""};
    tone_error err;
    for (int strict = 0; strict < 2; strict++) {
        long before = alloc_live, n;
        for (n = 0; alloc_run(n); n++) {
            tone_reply *r;
            const tone_message *m = NULL;
            tone_status st = tone_reply_open(&r, &(tone_reply_options){.tools = tools, .tools_n = sizeof tools - 1,
                .strict_calls = strict}, &err);
            for (size_t i = 0; r && i < sizeof ids / sizeof *ids; i++) {
                tone_reply_token(r, ids[i]);
                tone_reply_text(r, texts[i], strlen(texts[i]));
            }
            if (r)
                st = tone_reply_finish(r, TONE_FINISH_STOP, &m, &err);
            CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "strict %d, round %ld: status %d", strict, n,
                       (int)st);
            if (!st)
                CHECK(m->n_calls == 1 && m->content_n > 20 && m->reasoning_n == 2);
            alloc_left = -1;
            tone_reply_close(r);
            CHECK_CASE(alloc_live == before, "strict %d, round %ld leaks %ld", strict, n, alloc_live - before);
        }
        CHECK(n > 10);
    }
}

static void conversations(const tone_tokenizer *t)
{
    tone_error err;
    long before = alloc_live, n;
    const tone_call call = {.name = "f", .arguments = "{\"a\":1}"};
    const tone_message m = {.content = "said", .content_n = 4, .reasoning = "r", .reasoning_n = 1, .calls = &call,
        .n_calls = 1, .faithful = true};
    for (n = 0; alloc_run(n); n++) {
        tone_conversation *c;
        tone_prompt *p = NULL;
        const tone_token ids[] = {300, 301, 302};
        char *text = NULL;
        size_t text_n, was;
        tone_status st = tone_conversation_open(&c, t, TONE_CHAT_GEMMA4_LARGE, &err);
        if (!st)
            st = tone_conversation_set_system(c, "S", &err);
        if (!st)
            st = tone_conversation_set_tools(c, tools, sizeof tools - 1, &err);
        if (!st)
            st = tone_conversation_add_user(c, "q", 1, &err);
        if (!st)
            st = tone_conversation_prompt(c, &p, &err);
        tone_prompt_free(p);
        was = c ? tone_conversation_n(c) : 0;
        if (!st) {
            st = tone_conversation_add_reply(c, &m, ids, 3, &err);
            CHECK(tone_conversation_n(c) == was + !st);
        }
        if (!st)
            st = tone_conversation_add_result(c, "call_1_0", "{\"x\":1}", 7, true, &err);
        if (!st)
            st = tone_conversation_prompt(c, &p, &err);
        else
            p = NULL;
        tone_prompt_free(p);
        if (!st)
            st = tone_conversation_write(c, &text, &text_n, &err);
        if (!st)
            st = tone_conversation_read(c, text, text_n, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "round %ld: status %d", n, (int)st);
        if (!st)
            CHECK(tone_conversation_n(c) == 3);
        alloc_left = -1;
        free(text);
        tone_conversation_close(c);
        CHECK_CASE(alloc_live == before, "round %ld leaks %ld", n, alloc_live - before);
    }
    CHECK(n > 50);
}

int main(void)
{
    char path[1024];
    const char *folder = getenv("TONE_GOLDEN");
    tone_tokenizer *t;
    snprintf(path, sizeof path, "%s/token/tokenizer.json", folder ? folder : "tests/golden");
    if (!CHECK(!tone_tokenizer_open(&t, path, NULL)))
        return 1;
    prompts();
    replies();
    conversations(t);
    tone_tokenizer_close(t);
    return check_done();
}

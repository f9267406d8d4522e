/* What the golden outputs do not show: broken UTF-8, the error event, calls handed out as they come, when tokens may stand
 * for a message, and that random damage gives the same message however it is cut. */
#include "base/random.h"
#include "heard.h"

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"run\",\"parameters\":{\"type\":\"object\",\"properties\":"
                            "{\"cmd\":{\"type\":\"string\"},\"n\":{\"type\":\"number\"}}}}}]";

typedef struct part {
    tone_token id; /* with `text` NULL */
    const char *text;
    size_t n;
} part;

static tone_reply *give(const part *parts, size_t n, tone_reply_options o, size_t step)
{
    tone_reply *r;
    o.tools = tools;
    o.tools_n = sizeof tools - 1;
    if (!CHECK(!tone_reply_open(&r, &o, NULL)))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (!parts[i].text) {
            tone_reply_token(r, parts[i].id);
            continue;
        }
        size_t length = parts[i].n ? parts[i].n : strlen(parts[i].text), piece = step ? step : length;
        for (size_t at = 0; at < length; at += piece)
            tone_reply_text(r, parts[i].text + at, length - at < piece ? length - at : piece);
    }
    return r;
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void broken_utf8(void)
{
    const part parts[] = {{.text = "a\xC3"}, {101, NULL, 0}, {.text = "\xA9 \xE2\x82"}, {.text = "\xAC\xF0\x9F"},
        {106, NULL, 0}};
    for (size_t step = 0; step < 3; step++) {
        heard h = {0};
        tone_reply *r = give(parts, COUNT(parts), (tone_reply_options){.sink = heard_event, .user = &h}, step);
        const tone_message *m;
        if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL))) {
            CHECK_STR(m->content, "a\xEF\xBF\xBD\xEF\xBF\xBD \xE2\x82\xAC\xEF\xBF\xBD");
            CHECK_STR(tone_buf_text(&h.content), m->content);
            CHECK(!h.disorder && !m->faithful);
        }
        heard_clear(&h);
        tone_reply_close(r);
    }
}

static void errors(void)
{
    /* Unreadable: the words come back as content, and an event says so. */
    const part bad[] = {{.text = "See: "}, {48, NULL, 0}, {.text = "call:run{n:@}"}, {49, NULL, 0}, {50, NULL, 0}};
    heard h = {0};
    const tone_message *m;
    tone_reply *r = give(bad, COUNT(bad), (tone_reply_options){.sink = heard_event, .user = &h}, 0);
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL))) {
        CHECK_STR(m->content, "See:\n<|tool_call>call:run{n:@}<tool_call|>");
        CHECK_STR(tone_buf_text(&h.errors), "<|tool_call>call:run{n:@}<tool_call|>");
        CHECK(m->finish == TONE_FINISH_STOP && !m->n_calls);
    }
    heard_clear(&h);
    tone_reply_close(r);
    /* Cut off by a limit: dropped, but not in silence. */
    const part cut[] = {{48, NULL, 0}, {.text = "call:run{cmd:"}, {52, NULL, 0}, {.text = "rm"}};
    r = give(cut, COUNT(cut), (tone_reply_options){.sink = heard_event, .user = &h}, 0);
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_LENGTH, &m, NULL))) {
        CHECK(!m->n_calls && m->content_n == 0 && m->finish == TONE_FINISH_LENGTH);
        CHECK_STR(tone_buf_text(&h.errors), "<|tool_call>call:run{cmd:<|\"|>rm");
    }
    heard_clear(&h);
    tone_reply_close(r);
    /* The same spelled with ordinary tokens. */
    const part spelled[] = {{.text = "<|tool_call>call:run{cmd:<|\"|>rm"}};
    for (tone_finish how = TONE_FINISH_STOP; how <= TONE_FINISH_LENGTH; how++) {
        r = give(spelled, 1, (tone_reply_options){0}, 0);
        if (CHECK(r && !tone_reply_finish(r, how, &m, NULL)))
            CHECK(m->n_calls == (how == TONE_FINISH_STOP) && (m->content == NULL) == (how == TONE_FINISH_STOP));
        tone_reply_close(r);
    }
    /* Ended by the caller without a stop token (a stop string): not mended either, and the words are kept. */
    r = give(cut, COUNT(cut), (tone_reply_options){.sink = heard_event, .user = &h}, 0);
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL))) {
        CHECK_STR(m->content, "<|tool_call>call:run{cmd:<|\"|>rm");
        CHECK(!m->n_calls && h.errors.n);
    }
    heard_clear(&h);
    tone_reply_close(r);
}

/* With strict_calls the arguments leave while they are written. */
static void as_they_come(void)
{
    const part parts[] = {{48, NULL, 0}, {.text = "call:run{n:1,cmd:"}, {52, NULL, 0}, {.text = "a \"b\"\n\xC3\xA9"},
        {52, NULL, 0}, {.text = "}"}, {49, NULL, 0}, {50, NULL, 0}};
    heard h = {0};
    tone_reply_options o = {.sink = heard_event, .user = &h, .strict_calls = true};
    tone_reply *r = give(parts, 4, o, 1);
    if (!CHECK(r))
        return;
    CHECK(tone_reply_in_call(r) && h.begun == 1 && h.ended == 0 && h.pieces > 8);
    CHECK_STR(tone_buf_text(&h.names[0]), "run");
    CHECK_STR(tone_buf_text(&h.arguments[0]), "{\"n\":1,\"cmd\":\"a \\\"b\\\"\\n\xC3\xA9");
    heard_clear(&h);
    tone_reply_close(r);
    r = give(parts, COUNT(parts), o, 1);
    const tone_message *m;
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL))) {
        CHECK(h.begun == 1 && h.ended == 1 && !h.disorder && m->n_calls == 1 && m->faithful);
        CHECK_STR(tone_buf_text(&h.arguments[0]), m->calls[0].arguments);
    }
    heard_clear(&h);
    tone_reply_close(r);
    /* Not what a constraint would let through: the call that began is taken back with an error, never mended. */
    const part wrong[] = {{48, NULL, 0}, {.text = "call:run{n:1,cmd:"}, {.text = "ls}"}, {49, NULL, 0}, {50, NULL, 0}};
    r = give(wrong, COUNT(wrong), o, 0);
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL)))
        CHECK(h.begun == 1 && h.ended == 0 && h.errors.n && !m->n_calls && m->content_n);
    heard_clear(&h);
    tone_reply_close(r);
}

/* What was sent holds: a number where the schema says string stays one; what is no JSON is an error. */
static void sent_and_read_differ(void)
{
    const part number[] = {{48, NULL, 0}, {.text = "call:run{cmd:5}"}, {49, NULL, 0}, {50, NULL, 0}};
    const part spelled[] = {{48, NULL, 0}, {.text = "call:run{cmd:<|\"|>ls<|\"|>}"}, {49, NULL, 0}, {50, NULL, 0}};
    heard h = {0};
    tone_reply_options o = {.sink = heard_event, .user = &h, .strict_calls = true};
    const tone_message *m;
    tone_reply *r = give(number, COUNT(number), o, 1);
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL) && m->n_calls == 1)) {
        CHECK_STR(m->calls[0].arguments, "{\"cmd\":5}");
        CHECK_STR(tone_buf_text(&h.arguments[0]), m->calls[0].arguments);
    }
    heard_clear(&h);
    tone_reply_close(r);
    r = give(spelled, COUNT(spelled), o, 1);
    if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL)))
        CHECK(!m->n_calls && m->content_n && h.errors.n && h.ended == 0);
    heard_clear(&h);
    tone_reply_close(r);
}

static void stop_strings(void)
{
    static const char *const stops[] = {"\n\nUser:", "END", "\xC3\xA9t"};
    static const struct {
        const char *text, *want;
        bool stopped;
    } table[] = {
        {"one EN two END three", "one EN two ", true},
        {"END", "", true},
        {"a\n\nUser: b", "a", true},
        {"a\n\nUse\n", "a\n\nUse\n", false},
        {"EEND\n", "E", true},
        {"\xC3\xA9 \xC3\xA9t\xC3\xA9", "\xC3\xA9 ", true},
        {"thE", "thE", false},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        for (size_t step = 0; step < 3; step++) {
            /* In a thought the same words end nothing. */
            const part parts[] = {{100, NULL, 0}, {.text = "thought\nEND"}, {101, NULL, 0}, {.text = table[i].text}};
            heard h = {0};
            tone_reply *r = give(parts, COUNT(parts), (tone_reply_options){.sink = heard_event, .user = &h,
                .stops = stops, .n_stops = 3}, step);
            const tone_message *m;
            if (CHECK(r) && CHECK(tone_reply_done(r) == table[i].stopped) &&
                CHECK(!tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL))) {
                CHECK_STR(m->content, table[i].want);
                CHECK_STR(m->reasoning, "END");
                CHECK_STR(tone_buf_text(&h.content), m->content);
                CHECK(!h.disorder && m->faithful != table[i].stopped);
            }
            heard_clear(&h);
            tone_reply_close(r);
        }
    }
}

static void faithful(void)
{
    static const struct {
        part parts[8];
        size_t n;
        bool open_thought, want;
    } table[] = {
        {{{.text = "Yes."}, {106, NULL, 0}}, 2, false, true},
        {{{100, NULL, 0}, {.text = "thought\nHm.\n"}, {101, NULL, 0}, {.text = "Yes."}, {106, NULL, 0}}, 5, false, true},
        {{{.text = "Hm.\n"}, {101, NULL, 0}, {48, NULL, 0}, {.text = "call:run{}"}, {49, NULL, 0}, {50, NULL, 0}}, 6,
            true, true},
        {{{.text = "Yes."}}, 1, false, true},
            /* a limit: still the message */
        {{{.text = "a"}, {101, NULL, 0}, {.text = "b"}, {106, NULL, 0}}, 4, false, false},
            /* a token that does not show */
        {{{100, NULL, 0}, {.text = "Hm.\n"}, {101, NULL, 0}, {106, NULL, 0}}, 4, false, false},
            /* no label                   */
        {{{100, NULL, 0}, {.text = "thought\nHm."}, {106, NULL, 0}}, 3, false, false},
            /* not closed                 */
        {{{48, NULL, 0}, {.text = "call:run{cmd=1}"}, {49, NULL, 0}, {50, NULL, 0}}, 4, false, false},
            /* repaired                   */
        {{{48, NULL, 0}, {.text = "call:run{}"}, {50, NULL, 0}}, 3, false, false},
            /* not closed                 */
        {{{48, NULL, 0}, {.text = "call:run{}"}, {49, NULL, 0}, {.text = "and"}, {106, NULL, 0}}, 5, false, false},
        {{{.text = "call:run{}"}, {106, NULL, 0}}, 2, false, false},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        tone_reply *r = give(table[i].parts, table[i].n, (tone_reply_options){.open_thought = table[i].open_thought}, 0);
        const tone_message *m = NULL;
        if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL)))
            CHECK_CASE(m->faithful == table[i].want, "case %zu", i);
        tone_reply_close(r);
    }
}

/* A random stream of pieces that calls, thoughts and their repairs are made of: whole and in single bytes it gives the same
 * message, the events are the message, and a message with nothing in it comes only of a stream with nothing in it. */
static void damage(void)
{
    static const char *const texts[] = {"call:run{", "call:", "cmd:", "n:1", "{", "}", "[", "]", ",", ":", "=", "\"",
        "'", "true", "None", "2.50", " ", "\n",
                                        "thought\n", "<|tool_call>", "<tool_call|>",
                                            "<|tool_call>call:run{n:1}<tool_call|>", "<|\"|>", "(", ")",
                                        "\xC3\xA9", "\xF0\x9F\x8E\xB9", "\xC2\xA0", "\xC3", "\xFF", "a b", "x:run",
                                            "\\u00e9", "\\"};
    static const tone_token ids[] = {48, 49, 50, 51, 52, 100, 101, 106, 1, 48, 49, 52, 2};
    uint64_t seed = 20260405;
    printf("seed %llu\n", (unsigned long long)seed);
    tone_random random;
    tone_random_seed(&random, seed);
    for (int i = 0; i < 20000; i++) {
        part parts[24];
        size_t n = (size_t)tone_random_below(&random, COUNT(parts));
        for (size_t k = 0; k < n; k++)
            parts[k] = tone_random_below(&random, 4) ? (part){.text = texts[tone_random_below(&random, COUNT(texts))]}
                                                     : (part){.id = ids[tone_random_below(&random, COUNT(ids))]};
        tone_finish how = tone_random_below(&random, 2) ? TONE_FINISH_STOP : TONE_FINISH_LENGTH;
        tone_reply_options o = {.thinking = tone_random_below(&random, 2),
            .open_thought = tone_random_below(&random, 4) == 0, .strict_calls = tone_random_below(&random, 3) == 0};
        heard h[2];
        memset(h, 0, sizeof h);
        const tone_message *m[2] = {NULL, NULL};
        tone_reply *r[2];
        for (size_t k = 0; k < 2; k++) {
            o.sink = heard_event;
            o.user = &h[k];
            r[k] = give(parts, n, o, k);
            CHECK(r[k] && !tone_reply_finish(r[k], how, &m[k], NULL));
        }
        if (m[0] && m[1]) {
            bool same = m[0]->content_n == m[1]->content_n && m[0]->reasoning_n == m[1]->reasoning_n &&
                m[0]->n_calls == m[1]->n_calls &&
                        m[0]->repaired == m[1]->repaired && m[0]->faithful == m[1]->faithful &&
                            m[0]->finish == m[1]->finish;
            same = same && memcmp(m[0]->content ? m[0]->content : "", m[1]->content ? m[1]->content : "",
                                  m[0]->content_n) == 0;
            for (size_t k = 0; same && k < m[0]->n_calls; k++)
                same = strcmp(m[0]->calls[k].arguments, m[1]->calls[k].arguments) == 0 &&
                    strcmp(m[0]->calls[k].name, m[1]->calls[k].name) == 0;
            CHECK_CASE(same, "stream %d", i);
            CHECK_CASE(h[1].content.n == m[1]->content_n && memcmp(tone_buf_text(&h[1].content),
                                                                   m[1]->content ? m[1]->content : "",
                                                                       m[1]->content_n) == 0, "stream %d", i);
            CHECK_CASE(!h[1].disorder && h[1].over && h[1].ended == m[1]->n_calls, "stream %d", i);
        }
        for (size_t k = 0; k < 2; k++) {
            heard_clear(&h[k]);
            tone_reply_close(r[k]);
        }
    }
}

/* Deep nesting is refused in bounded space, and a long output costs time in proportion. */
static void limits(void)
{
    tone_buf b = {0};
    tone_buf_puts(&b, "call:f{a:");
    for (int i = 0; i < 100000; i++)
        tone_buf_putc(&b, '[');
    const part deep[] = {{48, NULL, 0}, {.text = b.data, .n = b.n}, {49, NULL, 0}, {50, NULL, 0}};
    for (int strict = 0; strict < 2; strict++) {
        tone_reply *r = give(deep, COUNT(deep), (tone_reply_options){.strict_calls = strict}, 0);
        const tone_message *m;
        if (CHECK(r && !tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL)))
            CHECK(!m->n_calls && m->content_n > 100000);
        tone_reply_close(r);
    }
    tone_buf_clear(&b);
}

int main(void)
{
    broken_utf8();
    errors();
    as_they_come();
    sent_and_read_differ();
    stop_strings();
    faithful();
    damage();
    limits();
    return check_done();
}

/* What a model wrote to the message that comes of it. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lines.h"
#include "tonesmith/chat.h"

typedef struct work {
    size_t split; /* bytes given at a time; 0: as they come */
} work;

/* Text, cut into pieces of `split` bytes. */
static void give_text(tone_reply *r, const tone_json_value *text, size_t split)
{
    size_t step = split ? split : text->n;
    for (size_t at = 0; at < text->n; at += step)
        tone_reply_text(r, text->text + at, text->n - at < step ? text->n - at : step);
}

static tone_status give_events(tone_reply *r, const tone_json_value *events, size_t split, tone_error *err)
{
    if (!events || events->kind != TONE_JSON_ARRAY)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the line has no list of \"events\"");
    size_t i = 0;
    for (const tone_json_value *e = events->first; e; e = e->next, i++) {
        int64_t id;
        if (e->kind == TONE_JSON_STRING)
            give_text(r, e, split);
        else if (tone_json_int(e, &id) && id >= 0 && id < TONE_TOKEN_NONE)
            tone_reply_token(r, (tone_token)id);
        else
            return tone_fail(err, TONE_ERR_FORMAT, 0, "events[%zu] is neither text nor the id of a control token", i);
    }
    return TONE_OK;
}

static void put_text(tone_buf *out, const char *text, size_t n)
{
    if (text)
        tone_json_write_ascii(out, text, n);
    else
        tone_buf_puts(out, "null");
}

static void put_message(tone_buf *out, const tone_message *m)
{
    tone_buf_puts(out, "{\"content\":");
    put_text(out, m->content, m->content_n);
    tone_buf_puts(out, ",\"reasoning\":");
    put_text(out, m->reasoning, m->reasoning_n);
    tone_buf_puts(out, ",\"tool_calls\":[");
    for (size_t i = 0; i < m->n_calls; i++) {
        tone_buf_puts(out, i ? ",{\"name\":" : "{\"name\":");
        tone_json_write_ascii(out, m->calls[i].name, strlen(m->calls[i].name));
        tone_buf_puts(out, ",\"arguments\":");
        tone_json_write_ascii(out, m->calls[i].arguments, strlen(m->calls[i].arguments));
        tone_buf_putc(out, '}');
    }
    tone_buf_printf(out, "],\"finish_reason\":\"%s\",\"repaired\":%s}", tone_finish_text(m->finish),
                    m->repaired ? "true" : "false");
}

static tone_status answer(void *user, const tone_json_value *line, tone_buf *out, tone_error *err)
{
    const work *w = user;
    const tone_json_value *tools = tone_json_get(line, "tools"), *end = tone_json_get(line, "end");
    if (end && !tone_json_is(end, "stop") && !tone_json_is(end, "length"))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "\"end\" is neither \"stop\" nor \"length\"");
    tone_buf text = {0};
    if (tone_json_truthy(tools))
        tone_json_write(&text, tools);
    if (text.failed) {
        tone_buf_clear(&text);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tools");
    }
    tone_reply_options o = {.tools = tone_buf_text(&text),
                            .tools_n = text.n,
                            .thinking = tone_json_truthy(tone_json_get(line, "thinking")),
                            .open_thought = tone_json_is(tone_json_get(line, "prompt_ends"), "open-thought")};
    tone_reply *r;
    tone_status st = tone_reply_open(&r, &o, err);
    tone_buf_clear(&text);
    if (st)
        return st;
    st = give_events(r, tone_json_get(line, "events"), w->split, err);
    const tone_message *m;
    if (!st)
        st = tone_reply_finish(r, tone_json_is(end, "length") ? TONE_FINISH_LENGTH : TONE_FINISH_STOP, &m, err);
    if (!st)
        put_message(out, m);
    tone_reply_close(r);
    return st;
}

int cli_parse_(int argc, char **argv)
{
    static const cli_spec spec = {
        "parse", "tonesmith parse [options]",
        "Read what a model wrote.  Each line of standard input is an object {\"events\":[…],\"end\":\"stop\" or \"length\",\n"
        "\"thinking\":…,\"prompt_ends\":\"open-thought\" or \"closed\",\"tools\":[…]}; an event is ordinary text or the number of a\n"
        "control token of Gemma 4.  It is answered with\n"
        "{\"content\":…,\"reasoning\":…,\"tool_calls\":[{\"name\":…,\"arguments\":…}],\"finish_reason\":…,\"repaired\":…}.",
        "The answer does not depend on how the text is cut: --split is there to show it."};
    long split = 0;
    const cli_option options[] = {{0, "split", CLI_INT, &split, "N", "give text N bytes at a time", 1, 1 << 30}, {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("parse", "reads standard input and takes no argument: '%s'", argv[0]);
    work w = {.split = (size_t)split};
    return cli_lines("parse", answer, &w);
}

/* The machine that reads an answer: content, thought, call, and the place after a call.
 *
 * It sees control tokens by kind and text byte by byte, so where the input is cut makes no difference.  The table of states
 * is in docs/CHAT.md; said.c keeps what was said, call.c reads what was called. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "chat/call_stream.h"
#include "chat/notation.h"
#include "chat/said.h"

/* What a token can mean here; all other control tokens are ignored. */
typedef enum mark { MARK_NONE, MARK_STOP, MARK_THOUGHT, MARK_THOUGHT_END, MARK_CALL, MARK_CALL_END, MARK_QUOTE } mark;

/* Gemma 4's published ids, for streams without a tokenizer. */
static const struct {
    tone_token id;
    mark mark;
    const char *literal;
} marks[] = {
    {1, MARK_STOP, "<eos>"},           {106, MARK_STOP, "<turn|>"},       {50, MARK_STOP, "<|tool_response>"},
    {100, MARK_THOUGHT, "<|channel>"}, {101, MARK_THOUGHT_END, "<channel|>"},
    {48, MARK_CALL, "<|tool_call>"},   {49, MARK_CALL_END, "<tool_call|>"}, {52, MARK_QUOTE, CHAT_QUOTE},
};
enum { N_MARKS = sizeof marks / sizeof *marks };

typedef enum state { IN_CONTENT, IN_THOUGHT, IN_CALL, AFTER_CALL } state;

struct tone_reply {
    tone_reply_options options;
    tone_token ids[N_MARKS]; /* as in `marks` */
    tone_chat_tools tools;
    tone_chat_said said;
    state state;
    bool done;
    bool start;       /* nothing but text has come yet                                                     */
    bool skip_blanks; /* at the start of the content after a thought                                       */
    bool joint_content, joint_reasoning; /* something came in between: one LF before the next text         */
    tone_buf held;    /* white space at the end of the text, not yet part of it                            */
    bool labelling;   /* `label` has the first text of a thought, which may be its label                   */
    tone_buf label;
    bool probing;     /* `probe` has the first text of the content, which may be a call or a thought whose */
    tone_buf probe;   /* opening token was lost                                                            */
    bool call_opened; /* by its token                                                                      */
    tone_buf call;
    tone_chat_call_stream stream; /* with strict_calls */
    size_t stream_sent;
    bool stream_begun;
    uint8_t bytes[4]; /* of a character that is not whole */
    size_t n_bytes;
    bool odd;         /* something happened that the message does not show */
    tone_message message;
    tone_call *calls;
};

static const char label_text[] = "thought\n";

const char *tone_finish_text(tone_finish finish)
{
    static const char *const texts[] = {"stop", "length", "tool_calls"};
    return (size_t)finish < sizeof texts / sizeof *texts ? texts[finish] : "";
}

tone_status tone_reply_open(tone_reply **out, const tone_reply_options *options, tone_error *err)
{
    *out = NULL;
    tone_reply *r = calloc(1, sizeof *r);
    if (!r)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a reply");
    r->options = *options;
    r->options.tools = NULL; /* copied below */
    tone_status st = tone_chat_tools_read(&r->tools, options->tools, options->tools_n, err);
    if (st) {
        tone_reply_close(r);
        return st;
    }
    r->said = (tone_chat_said){.tools = &r->tools, .stops = options->stops, .n_stops = options->n_stops,
        .sink = options->sink, .user = options->user};
    for (size_t i = 0; i < N_MARKS; i++)
        r->ids[i] = options->tokenizer ? tone_tokenizer_find(options->tokenizer, marks[i].literal) : marks[i].id;
    r->state = options->open_thought ? IN_THOUGHT : IN_CONTENT;
    r->start = r->probing = !options->open_thought;
    *out = r;
    return TONE_OK;
}

void tone_reply_close(tone_reply *r)
{
    if (!r)
        return;
    tone_chat_said_clear(&r->said);
    tone_chat_tools_clear(&r->tools);
    tone_chat_call_stream_clear(&r->stream);
    tone_buf *const buffers[] = {&r->held, &r->label, &r->probe, &r->call};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        tone_buf_clear(buffers[i]);
    free(r->calls);
    free(r);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ---- text --------------------------------------------------------------------------------------------------------- */

static void forget(tone_reply *r, tone_buf *b)
{
    r->said.failed |= b->failed;
    tone_buf_reset(b);
}

/* One byte of content or of a thought; white space waits until something follows it. */
static void put_content(tone_reply *r, char c)
{
    if (is_blank(c)) {
        tone_buf_putc(&r->held, c);
        return;
    }
    if (r->joint_content && r->said.content.n) {
        tone_chat_said_put(&r->said, '\n');
        r->odd = true;
    }
    r->joint_content = false;
    for (size_t i = 0; i < r->held.n; i++)
        tone_chat_said_put(&r->said, r->held.data[i]);
    forget(r, &r->held);
    tone_chat_said_put(&r->said, c);
}

static void put_reasoning(tone_reply *r, char c)
{
    if (is_blank(c)) {
        tone_buf_putc(&r->held, c);
        return;
    }
    tone_buf *to = &r->said.reasoning;
    if (r->joint_reasoning && to->n) {
        tone_buf_putc(to, '\n');
        r->odd = true;
    }
    r->joint_reasoning = false;
    tone_buf_append(to, tone_buf_text(&r->held), r->held.n);
    forget(r, &r->held);
    tone_buf_putc(to, c);
}

static void flush_probe(tone_reply *r)
{
    r->probing = false;
    for (size_t i = 0; i < r->probe.n; i++)
        put_content(r, r->probe.data[i]);
    forget(r, &r->probe);
}

/* What was taken for a label is none, unless it is just the word. */
static void flush_label(tone_reply *r)
{
    if (!r->labelling)
        return;
    r->labelling = false;
    bool is_label = r->label.n == sizeof label_text - 2 && memcmp(r->label.data, label_text, r->label.n) == 0;
    for (size_t i = 0; !is_label && i < r->label.n; i++)
        put_reasoning(r, r->label.data[i]);
    r->odd = true; /* a thought begins with its label and a line break */
    forget(r, &r->label);
}

static void open_thought(tone_reply *r)
{
    r->state = IN_THOUGHT;
    r->labelling = true;
    forget(r, &r->label);
    r->probing = false;
}

static void open_call(tone_reply *r, bool by_token)
{
    r->state = IN_CALL;
    r->call_opened = by_token;
    r->probing = false;
    forget(r, &r->call);
    if (r->options.strict_calls) {
        tone_chat_call_stream_reset(&r->stream);
        r->stream_sent = 0;
        r->stream_begun = false;
    }
}

static void call_bytes(tone_reply *r, const char *bytes, size_t n)
{
    tone_buf_append(&r->call, bytes, n);
    for (size_t i = 0; i < n && r->options.strict_calls; i++)
        tone_chat_call_stream_byte(&r->stream, bytes[i]);
}

/* The first text of the content: what it turns out to be, once that is clear. */
static void probe_byte(tone_reply *r, char c)
{
    tone_buf_putc(&r->probe, c);
    const char *text = tone_buf_text(&r->probe);
    size_t n = r->probe.n;
    bool could = false;
    if (r->start && r->options.thinking && n < sizeof label_text && memcmp(text, label_text, n) == 0) {
        could = true;
        if (n == sizeof label_text - 1) { /* the token before it was lost */
            r->state = IN_THOUGHT;
            r->probing = false;
            r->odd = true;
            forget(r, &r->probe);
            return;
        }
    }
    for (size_t i = 0; i < r->tools.n; i++) {
        const tone_chat_tool *t = &r->tools.list[i];
        size_t head = n < 5 ? n : 5, tail = n - head;
        if (memcmp(text, "call:", head) != 0 || tail > t->n + 1)
            continue;
        if (memcmp(text + head, t->name, tail < t->n ? tail : t->n) != 0)
            continue;
        if (tail == t->n + 1) {
            if (text[n - 1] != '{')
                continue;
            tone_buf found = r->probe;
            r->probe = (tone_buf){0};
            open_call(r, false);
            call_bytes(r, found.data, found.n);
            r->call.failed |= found.failed;
            tone_buf_clear(&found);
            r->odd = true;
            return;
        }
        could = true;
    }
    if (!could)
        flush_probe(r);
}

static void thought_byte(tone_reply *r, char c)
{
    if (!r->labelling) {
        put_reasoning(r, c);
        return;
    }
    tone_buf_putc(&r->label, c);
    size_t n = r->label.n;
    if (memcmp(tone_buf_text(&r->label), label_text, n) != 0) {
        flush_label(r);
    } else if (n == sizeof label_text - 1) {
        r->labelling = false;
        forget(r, &r->label);
    }
}

static void byte(tone_reply *r, char c)
{
    if (r->state == AFTER_CALL) {
        if (is_blank(c))
            return;
        r->state = IN_CONTENT;
        r->probing = false;
        r->odd = true;
        forget(r, &r->held);
    }
    switch (r->state) {
    case IN_CALL:
        call_bytes(r, &c, 1);
        break;
    case IN_THOUGHT:
        thought_byte(r, c);
        break;
    default:
        if (r->skip_blanks && is_blank(c))
            break;
        r->skip_blanks = false;
        if (r->probing)
            probe_byte(r, c);
        else
            put_content(r, c);
    }
}

/* ---- calls -------------------------------------------------------------------------------------------------------- */

/* Hand out the arguments written so far. */
static void send_stream(tone_reply *r)
{
    tone_chat_call_stream *s = &r->stream;
    uint32_t number = (uint32_t)r->said.calls.n;
    if (!s->begun || s->json.failed || s->name.failed || s->state == CHAT_STREAM_BROKEN)
        return;
    if (!r->stream_begun) {
        static const char before[] = "call:";
        const char *name = tone_buf_text(&s->name);
        size_t skip = s->name.n >= 5 && memcmp(name, before, 5) == 0 ? 5 : 0, n = s->name.n - skip;
        name = tone_chat_call_name(&r->tools, name + skip, &n);
        r->stream_begun = true;
        tone_chat_said_event(&r->said, (tone_reply_event){.kind = TONE_REPLY_CALL_BEGIN, .call = number, .text = name,
            .n = n});
    }
    size_t from = r->stream_sent;
    r->stream_sent = s->json.n;
    if (s->json.n > from)
        tone_chat_said_event(&r->said, (tone_reply_event){.kind = TONE_REPLY_CALL_ARGUMENTS, .call = number,
            .text = s->json.data + from, .n = s->json.n - from});
}

static bool is_json(const tone_buf *b)
{
    tone_json_tree *tree;
    bool ok = !tone_json_tree_read(&tree, tone_buf_text(b), b->n, 0, NULL);
    tone_json_tree_free(tree);
    return ok;
}

/* The call was handed out while it was written.  What was sent holds, also where the schema would have had a number
 * between quotes; false when what was sent is no JSON at all. */
static bool settle_stream(tone_reply *r, size_t first)
{
    tone_chat_call_stream *s = &r->stream;
    if (s->state != CHAT_STREAM_DONE || r->said.calls.n != first + 1 || s->json.failed)
        return false;
    tone_chat_call *c = &r->said.calls.list[first];
    if (c->arguments_n == s->json.n && memcmp(c->arguments, s->json.data, s->json.n) == 0)
        return true;
    if (!is_json(&s->json))
        return false;
    free(c->arguments);
    c->arguments_n = s->json.n;
    c->arguments = tone_buf_take(&s->json);
    r->said.failed |= !c->arguments;
    return c->arguments != NULL;
}

/* The call's text as it would be spelled, into *raw. */
static void raw_call(const tone_reply *r, bool closed, tone_buf *raw)
{
    if (r->call_opened)
        tone_buf_puts(raw, "<|tool_call>");
    tone_buf_append(raw, tone_buf_text(&r->call), r->call.n);
    if (closed && r->call_opened)
        tone_buf_puts(raw, "<tool_call|>");
}

/* `drop`: a limit cut it off, which the message shows by its finish. */
static void unreadable_call(tone_reply *r, bool closed, bool drop, const tone_chat_call_fault *fault)
{
    tone_buf raw = {0};
    raw_call(r, closed, &raw);
    r->said.failed |= raw.failed;
    tone_chat_said_event(&r->said, (tone_reply_event){.kind = TONE_REPLY_ERROR, .call = (uint32_t)r->said.calls.n,
        .text = raw.data, .n = raw.n,
                                                 .why = drop ? "the limit cut a call off; it was dropped" : fault->why});
    if (!drop) { /* the words come back as content, on a line of their own */
        tone_buf *content = &r->said.content;
        if (content->n)
            tone_buf_putc(content, '\n');
        tone_buf_append(content, raw.data, raw.n);
    }
    tone_buf_clear(&raw);
}

typedef enum call_end { CALL_CLOSED, CALL_LEFT_OPEN, CALL_CUT_OFF, CALL_OVER_LIMIT } call_end;

/* A call that was cut off is mended under no circumstances: half a command must not run. */
static void close_call(tone_reply *r, call_end end)
{
    bool strict = end >= CALL_CUT_OFF || r->options.strict_calls;
    size_t first = r->said.calls.n;
    tone_chat_call_fault fault = {0};
    r->said.failed |= r->call.failed;
    if (r->options.strict_calls)
        send_stream(r);
    tone_chat_call_result result = tone_chat_said_call(&r->said, tone_buf_text(&r->call), r->call.n, strict, &fault);
    bool streamed = r->options.strict_calls && r->stream_begun;
    if (result == CHAT_CALL_OK && streamed && !settle_stream(r, first)) {
        tone_chat_calls_cut(&r->said.calls, first);
        fault.why = "what was sent of the call is not the call";
        result = CHAT_CALL_BAD;
    }
    if (result == CHAT_CALL_OK) {
        if (!r->call_opened) /* found without its token */
            for (size_t i = first; i < r->said.calls.n; i++)
                r->said.calls.list[i].repaired = true;
        for (size_t i = first; i < r->said.calls.n; i++)
            r->odd |= r->said.calls.list[i].repaired;
        r->odd |= end != CALL_CLOSED;
        tone_chat_said_flush(&r->said);
        if (streamed)
            tone_chat_said_event(&r->said, (tone_reply_event){.kind = TONE_REPLY_CALL_END, .call = (uint32_t)first});
        else
            tone_chat_said_send_calls(&r->said, first);
    } else if (result == CHAT_CALL_BAD) {
        r->odd = true;
        r->said.as_it_is |= strict && end != CALL_OVER_LIMIT;
        unreadable_call(r, end == CALL_CLOSED, end == CALL_OVER_LIMIT, &fault);
    }
    r->joint_content = r->joint_reasoning = true;
    r->state = AFTER_CALL;
    forget(r, &r->held);
    forget(r, &r->call);
}

/* ---- control tokens ----------------------------------------------------------------------------------------------- */

static void content_mark(tone_reply *r, mark m)
{
    if (m == MARK_THOUGHT || m == MARK_CALL || m == MARK_STOP)
        flush_probe(r);
    if (m == MARK_THOUGHT || m == MARK_CALL)
        forget(r, &r->held);
    if (m == MARK_THOUGHT) {
        r->odd |= r->said.content.n > 0 || r->said.reasoning.n > 0;
        open_thought(r);
    } else if (m == MARK_CALL) {
        open_call(r, true);
    } else if (m == MARK_STOP) {
        r->done = true;
    } else {
        r->odd = true;
    }
}

static void thought_mark(tone_reply *r, mark m)
{
    if (m == MARK_THOUGHT) {
        flush_label(r);
        r->labelling = true;
        r->odd = true;
        return;
    }
    if (m != MARK_THOUGHT_END && m != MARK_CALL && m != MARK_STOP) {
        r->odd = true;
        return;
    }
    flush_label(r);
    forget(r, &r->held);
    r->joint_content = r->joint_reasoning = true;
    if (m == MARK_THOUGHT_END) {
        r->state = IN_CONTENT;
        r->probing = !r->said.content.n;
        r->skip_blanks = true;
        return;
    }
    r->odd = true;
    if (m == MARK_CALL)
        open_call(r, true);
    else
        r->done = true;
}

static void call_mark(tone_reply *r, mark m)
{
    switch (m) {
    case MARK_QUOTE:
        tone_buf_puts(&r->call, CHAT_QUOTE);
        if (r->options.strict_calls)
            tone_chat_call_stream_quote(&r->stream);
        break;
    case MARK_CALL_END:
        close_call(r, CALL_CLOSED);
        break;
    case MARK_CALL:
        close_call(r, CALL_LEFT_OPEN);
        open_call(r, true);
        break;
    case MARK_STOP:
        close_call(r, CALL_LEFT_OPEN);
        r->done = true;
        break;
    default:
        r->odd = true;
    }
}

static void after_mark(tone_reply *r, mark m)
{
    if (m == MARK_CALL) {
        open_call(r, true);
    } else if (m == MARK_STOP) {
        r->done = true;
    } else {
        r->odd = true;
        if (m == MARK_THOUGHT)
            open_thought(r);
    }
}

/* ---- input -------------------------------------------------------------------------------------------------------- */

static void characters(tone_reply *r, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        byte(r, bytes[i]);
}

/* Let whole characters through; U+FFFD for what cannot become one; an unfinished one stays, unless it is the end. */
static void release_bytes(tone_reply *r, bool at_end)
{
    while (r->n_bytes) {
        bool unfinished;
        size_t step = tone_utf8_valid_length(r->bytes, r->n_bytes);
        if (step) {
            characters(r, (const char *)r->bytes, step);
        } else {
            step = tone_utf8_bad_length(r->bytes, r->n_bytes, &unfinished);
            if (unfinished && !at_end)
                return;
            characters(r, "\xEF\xBF\xBD", 3);
            r->odd = true;
        }
        r->n_bytes -= step;
        memmove(r->bytes, r->bytes + step, r->n_bytes);
    }
}

static void flush(tone_reply *r)
{
    if (r->said.stopped)
        r->done = r->odd = true;
    tone_chat_said_flush(&r->said);
    if (r->state == IN_CALL && r->options.strict_calls)
        send_stream(r);
}

void tone_reply_text(tone_reply *r, const char *bytes, size_t n)
{
    if (r->done)
        return;
    for (size_t i = 0; i < n; i++) {
        r->bytes[r->n_bytes++] = (uint8_t)bytes[i];
        release_bytes(r, false);
    }
    flush(r);
}

static mark mark_of(const tone_reply *r, tone_token id)
{
    for (size_t i = 0; i < N_MARKS; i++)
        if (r->ids[i] == id)
            return marks[i].mark;
    if (r->options.tokenizer) {
        const tone_tokenizer_facts *f = tone_tokenizer_info(r->options.tokenizer);
        for (size_t i = 0; i < f->n_stops; i++)
            if (f->stops[i] == id)
                return MARK_STOP;
    }
    return MARK_NONE;
}

void tone_reply_token(tone_reply *r, tone_token id)
{
    if (r->done)
        return;
    mark m = mark_of(r, id);
    if (m == MARK_NONE && r->options.tokenizer && tone_tokenizer_kind(r->options.tokenizer, id) != TONE_TOKEN_CONTROL) {
        size_t n;
        const char *bytes = tone_tokenizer_bytes(r->options.tokenizer, id, &n);
        tone_reply_text(r, bytes, n);
        return;
    }
    release_bytes(r, true);
    switch (r->state) {
    case IN_CONTENT:
        content_mark(r, m);
        break;
    case IN_THOUGHT:
        thought_mark(r, m);
        break;
    case IN_CALL:
        call_mark(r, m);
        break;
    case AFTER_CALL:
        after_mark(r, m);
    }
    r->start = false;
    flush(r);
}

bool tone_reply_done(const tone_reply *r)
{
    return r->done;
}

bool tone_reply_in_thought(const tone_reply *r)
{
    return r->state == IN_THOUGHT && !r->done;
}

bool tone_reply_in_call(const tone_reply *r)
{
    return r->state == IN_CALL && !r->done;
}

bool tone_reply_whole(const tone_reply *r)
{
    return r->n_bytes == 0 && !r->labelling;
}

static tone_status fill_message(tone_reply *r, tone_finish how, tone_error *err)
{
    tone_chat_said *s = &r->said;
    r->calls = calloc(s->calls.n + 1, sizeof *r->calls);
    if (s->failed || !r->calls)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the answer");
    tone_message *m = &r->message;
    for (size_t i = 0; i < s->calls.n; i++) {
        const tone_chat_call *c = &s->calls.list[i];
        r->calls[i] = (tone_call){.name = c->name, .arguments = c->arguments, .repaired = c->repaired};
        m->repaired |= c->repaired;
    }
    m->calls = r->calls;
    m->n_calls = s->calls.n;
    if (s->content.n || !m->n_calls) {
        m->content = tone_buf_text(&s->content);
        m->content_n = s->content.n;
    }
    if (s->reasoning.n) {
        m->reasoning = s->reasoning.data;
        m->reasoning_n = s->reasoning.n;
    }
    m->finish = how == TONE_FINISH_LENGTH ? how : m->n_calls ? TONE_FINISH_TOOL_CALLS : TONE_FINISH_STOP;
    m->faithful = !r->odd;
    return TONE_OK;
}

tone_status tone_reply_finish(tone_reply *r, tone_finish how, const tone_message **out, tone_error *err)
{
    *out = NULL;
    if (!r->calls) { /* the first time */
        if (!r->done) {
            release_bytes(r, true);
            r->odd |= r->state != IN_CONTENT;
            if (r->state == IN_CALL)
                close_call(r, how == TONE_FINISH_LENGTH ? CALL_OVER_LIMIT : CALL_CUT_OFF);
            r->done = true;
        }
        if (r->state == IN_THOUGHT) {
            flush_label(r);
            forget(r, &r->held);
        } else if (r->state == IN_CONTENT) {
            flush_probe(r);
            for (size_t i = 0; i < r->held.n; i++)
                tone_chat_said_put(&r->said, r->held.data[i]);
        }
        bool spelled;
        tone_chat_said_finish(&r->said, how == TONE_FINISH_LENGTH, &spelled);
        r->odd |= spelled;
        tone_status st = fill_message(r, how, err);
        if (st)
            return st;
        tone_chat_said_event(&r->said, (tone_reply_event){.kind = TONE_REPLY_END, .finish = r->message.finish});
    }
    *out = &r->message;
    return TONE_OK;
}

/* Two layers: lines and events (text/event-stream), and the chunks of a chat completion inside them. */
#include "agent/stream.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backend.h"
#include "base/fail.h"

void tone_stream_open(tone_stream *s, tone_reply_sink *sink, void *user)
{
    *s = (tone_stream){.sink = sink, .user = user};
}

void tone_stream_clear(tone_stream *s)
{
    for (size_t i = 0; i < s->n_calls; i++) {
        tone_buf_clear(&s->calls[i].id);
        tone_buf_clear(&s->calls[i].name);
        tone_buf_clear(&s->calls[i].arguments);
    }
    free(s->calls);
    tone_buf_clear(&s->line);
    tone_buf_clear(&s->event);
    tone_buf_clear(&s->content);
    tone_buf_clear(&s->reasoning);
    *s = (tone_stream){0};
}

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the endpoint's answer");
}

/* ---- errors that the endpoint words itself */

/* Every server has its own name for "the prompt is longer than the model's context". */
static bool is_context_full(const char *text)
{
    static const char *const signs[] = {"context_length_exceeded", "exceed_context_size", "maximum context length", "context size",
                                        "context window", "context length"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcasestr(text, signs[i]))
            return true;
    return false;
}

tone_status tone_stream_error(const char *body, size_t n, long status, tone_error *err)
{
    json_t *v = json_loadb(body, n, 0, NULL), *inner = json_object_get(v, "error");
    const char *message = json_string_value(inner);
    if (!message)
        message = json_string_value(json_object_get(inner, "message"));
    if (!message) /* FastAPI */
        message = json_string_value(json_object_get(v, "detail"));
    if (!message)
        message = json_string_value(json_object_get(v, "message"));
    char *text = strndup(body, n < 4000 ? n : 4000);
    tone_status code = status < 500 && text && is_context_full(text) ? TONE_ERR_CONTEXT_FULL : TONE_ERR_IO;
    tone_status st;
    const char *hint = status == 401 || status == 403 ? " (is the key right?)" : status == 404 ? " (is the address or the model's name right?)" : "";
    if (message && status)
        st = tone_fail(err, code, 0, "the endpoint answers %ld%s: %.240s", status, hint, message);
    else if (message)
        st = tone_fail(err, code, 0, "the endpoint reports: %.240s", message);
    else
        st = tone_fail(err, code, 0, "the endpoint answers %ld%s without saying why", status, hint);
    free(text);
    json_decref(v);
    return st;
}

/* ---- chunks */

static void emit(tone_stream *s, const tone_reply_event *e)
{
    s->emitted = true;
    if (s->sink)
        s->sink(s->user, e);
}

static void add_text(tone_stream *s, tone_buf *all, tone_reply_event_kind kind, const json_t *v)
{
    size_t n = json_string_length(v);
    if (!n)
        return;
    tone_buf_append(all, json_string_value(v), n);
    emit(s, &(tone_reply_event){.kind = kind, .text = json_string_value(v), .n = n});
}

/* Tell of a call once its name is known, and of its arguments as far as they have come. */
static void tell_call(tone_stream *s, size_t i)
{
    tone_stream_call *c = &s->calls[i];
    if (!c->begun)
        emit(s, &(tone_reply_event){.kind = TONE_REPLY_CALL_BEGIN, .text = tone_buf_text(&c->name), .n = c->name.n, .call = (uint32_t)i});
    c->begun = true;
    if (c->arguments.n > c->n_told)
        emit(s, &(tone_reply_event){.kind = TONE_REPLY_CALL_ARGUMENTS, .text = c->arguments.data + c->n_told, .n = c->arguments.n - c->n_told,
                                    .call = (uint32_t)i});
    c->n_told = c->arguments.n;
}

/* The call that a piece belongs to: by its index; a server that sends none means a new call with each new id. */
static tone_stream_call *find_call(tone_stream *s, const json_t *piece, size_t position, bool whole)
{
    const json_t *index = json_object_get(piece, "index");
    const char *id = json_string_value(json_object_get(piece, "id"));
    size_t i = whole ? s->n_calls : position;
    if (json_is_integer(index) && !whole)
        i = json_integer_value(index) >= 0 ? (size_t)json_integer_value(index) : SIZE_MAX;
    else if (!whole && id && *id && s->n_calls && strcmp(tone_buf_text(&s->calls[s->n_calls - 1].id), id) != 0)
        i = s->n_calls;
    else if (!whole && !json_is_integer(index) && s->n_calls && !(id && *id))
        i = s->n_calls - 1;
    if (i >= TONE_STREAM_CALLS_MAX)
        return NULL;
    if (i >= s->n_calls) {
        tone_stream_call *calls = realloc(s->calls, (i + 1) * sizeof *calls);
        if (!calls)
            return NULL;
        memset(calls + s->n_calls, 0, (i + 1 - s->n_calls) * sizeof *calls);
        s->calls = calls;
        s->n_calls = i + 1;
    }
    return &s->calls[i];
}

static tone_status add_call(tone_stream *s, const json_t *piece, size_t position, bool whole, tone_error *err)
{
    tone_stream_call *c = find_call(s, piece, position, whole);
    const json_t *f = json_object_get(piece, "function"), *arguments = json_object_get(f, "arguments");
    if (!c)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the endpoint sends more than %d calls, or memory ran out", TONE_STREAM_CALLS_MAX);
    if (!json_is_object(f))
        return json_is_object(piece) ? TONE_OK : tone_fail(err, TONE_ERR_FORMAT, 0, "the endpoint sends a call that is no object");
    if (!c->id.n)
        tone_buf_puts(&c->id, json_string_value(json_object_get(piece, "id")) ? json_string_value(json_object_get(piece, "id")) : "");
    if (!c->begun)
        tone_buf_puts(&c->name, json_string_value(json_object_get(f, "name")) ? json_string_value(json_object_get(f, "name")) : "");
    char *object = json_is_object(arguments) ? json_dumps(arguments, JSON_COMPACT) : NULL;
    const char *more = object ? object : json_string_value(arguments);
    tone_buf_puts(&c->arguments, more ? more : "");
    free(object);
    if (c->name.n && c->arguments.n && !c->arguments.failed)
        tell_call(s, (size_t)(c - s->calls));
    return c->id.failed || c->name.failed || c->arguments.failed ? no_memory(err) : TONE_OK;
}

static void take_count(uint64_t *out, const json_t *usage, const char *name)
{
    json_int_t n = json_integer_value(json_object_get(usage, name));
    if (n > 0)
        *out = (uint64_t)n;
}

static void take_usage(tone_stream *s, const json_t *usage)
{
    take_count(&s->n_prompt, usage, "prompt_tokens");
    take_count(&s->n_generated, usage, "completion_tokens");
    take_count(&s->n_reused, json_object_get(usage, "prompt_tokens_details"), "cached_tokens");
}

static tone_status take_message(tone_stream *s, const json_t *m, bool whole, tone_error *err)
{
    const json_t *thought = json_object_get(m, "reasoning_content"), *calls = json_object_get(m, "tool_calls");
    add_text(s, &s->reasoning, TONE_REPLY_REASONING, json_is_string(thought) ? thought : json_object_get(m, "reasoning"));
    add_text(s, &s->content, TONE_REPLY_CONTENT, json_object_get(m, "content"));
    tone_status st = TONE_OK;
    for (size_t i = 0; !st && i < json_array_size(calls); i++)
        st = add_call(s, json_array_get(calls, i), i, whole, err);
    return st ? st : s->content.failed || s->reasoning.failed ? no_memory(err) : TONE_OK;
}

static tone_status take_chunk(tone_stream *s, const char *text, size_t n, tone_error *err)
{
    json_error_t why;
    json_t *v = json_loadb(text, n, 0, &why);
    if (!v)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the endpoint sends what is no JSON: %s", why.text);
    tone_status st = TONE_OK;
    const json_t *choice = json_array_get(json_object_get(v, "choices"), 0), *delta = json_object_get(choice, "delta");
    const json_t *message = json_object_get(choice, "message");
    const char *finish = json_string_value(json_object_get(choice, "finish_reason"));
    take_usage(s, json_object_get(v, "usage"));
    if (json_is_object(json_object_get(v, "error")) || json_is_string(json_object_get(v, "error")))
        st = tone_stream_error(text, n, 0, err);
    else if (!json_is_object(v) || (!json_is_array(json_object_get(v, "choices")) && !json_is_object(json_object_get(v, "usage"))))
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "the endpoint sends JSON that is no part of a chat completion (is this the address of such an endpoint?)");
    else if (delta || message)
        st = take_message(s, delta ? delta : message, !delta, err);
    if (!st && finish) {
        s->finished = true;
        s->finish = strcmp(finish, "length") == 0 ? TONE_FINISH_LENGTH : s->n_calls ? TONE_FINISH_TOOL_CALLS : TONE_FINISH_STOP;
    }
    json_decref(v);
    return st;
}

/* ---- lines and events */

static tone_status end_event(tone_stream *s, tone_error *err)
{
    tone_status st = TONE_OK;
    if (!s->event.n || s->done) {
        tone_buf_reset(&s->event);
        return TONE_OK;
    }
    if (strcmp(tone_buf_text(&s->event), "[DONE]") == 0)
        s->done = true;
    else
        st = take_chunk(s, s->event.data, s->event.n, err);
    tone_buf_reset(&s->event);
    return st;
}

static tone_status end_line(tone_stream *s, tone_error *err)
{
    const char *line = tone_buf_text(&s->line);
    size_t n = s->line.n;
    if (!n)
        return end_event(s, err);
    if (n >= 5 && memcmp(line, "data:", 5) == 0) {
        size_t skip = n > 5 && line[5] == ' ' ? 6 : 5;
        if (s->event.n)
            tone_buf_putc(&s->event, '\n');
        tone_buf_append(&s->event, line + skip, n - skip);
    }
    /* Comments (": ping") and the fields event, id and retry mean nothing here. */
    tone_buf_reset(&s->line);
    return s->event.failed ? no_memory(err) : TONE_OK;
}

static tone_status too_long(tone_error *err)
{
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the endpoint sends a line of more than %d MiB", TONE_STREAM_EVENT_BYTES_MAX >> 20);
}

/* One line or a part of it, without its end. */
static size_t line_part(const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && bytes[i] != '\n' && bytes[i] != '\r')
        i++;
    return i;
}

tone_status tone_stream_bytes(tone_stream *s, const char *bytes, size_t n, tone_error *err)
{
    while (!s->started && n && strchr(" \t\r\n", *bytes) && *bytes)
        bytes++, n--;
    if (!s->started && n) {
        s->started = true;
        s->whole = *bytes == '{'; /* a server that does not stream sends one document */
    }
    while (n) {
        if (s->after_cr && *bytes == '\n') {
            bytes++, n--;
            s->after_cr = false;
            continue;
        }
        s->after_cr = false;
        size_t part = s->whole ? n : line_part(bytes, n);
        if (part > TONE_STREAM_EVENT_BYTES_MAX - s->line.n || s->event.n > TONE_STREAM_EVENT_BYTES_MAX)
            return too_long(err);
        tone_buf_append(&s->line, bytes, part);
        if (s->line.failed)
            return no_memory(err);
        bytes += part;
        n -= part;
        if (!n)
            break;
        s->after_cr = *bytes == '\r';
        bytes++, n--;
        tone_status st = end_line(s, err);
        if (st)
            return st;
    }
    return TONE_OK;
}

/* A last line without its end.  Half a line is no mistake of its own: the connection was cut. */
static tone_status end_cut_line(tone_stream *s, tone_error *err)
{
    tone_error late = {0};
    tone_status st = end_line(s, &late);
    if (!st)
        st = end_event(s, &late);
    if (st == TONE_ERR_FORMAT)
        return TONE_OK;
    if (st && err)
        *err = late;
    return st;
}

static tone_status finish_call(tone_stream *s, size_t i, tone_answer *out, tone_error *err)
{
    const tone_stream_call *c = &s->calls[i];
    if (!c->name.n)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the endpoint sends a call without a name");
    tell_call(s, i);
    emit(s, &(tone_reply_event){.kind = TONE_REPLY_CALL_END, .text = "", .call = (uint32_t)i});
    return tone_answer_add_call(out, tone_buf_text(&c->id), c->name.data, tone_buf_text(&c->arguments), false, err);
}

tone_status tone_stream_finish(tone_stream *s, tone_answer *out, tone_error *err)
{
    tone_status st = s->whole ? take_chunk(s, tone_buf_text(&s->line), s->line.n, err) : end_cut_line(s, err);
    if (st)
        return st;
    if (!s->finished && !(s->done && (s->content.n || s->n_calls)))
        return s->emitted ? tone_fail(err, TONE_ERR_IO, 0, "the endpoint cut the answer off after %zu bytes of text", s->content.n)
                          : tone_fail(err, TONE_ERR_IO, 0, "the endpoint closed the connection without an answer");
    if (!s->finished)
        s->finish = s->n_calls ? TONE_FINISH_TOOL_CALLS : TONE_FINISH_STOP;
    for (size_t i = 0; !st && i < s->n_calls; i++)
        st = finish_call(s, i, out, err);
    if (st)
        return st;
    emit(s, &(tone_reply_event){.kind = TONE_REPLY_END, .text = "", .finish = s->finish});
    out->finish = s->finish;
    out->content = strdup(tone_buf_text(&s->content));
    out->reasoning = s->reasoning.n ? strdup(tone_buf_text(&s->reasoning)) : NULL;
    out->n_prompt = s->n_prompt;
    out->n_reused = s->n_reused;
    out->n_generated = s->n_generated;
    return out->content && (out->reasoning || !s->reasoning.n) ? TONE_OK : no_memory(err);
}

#include "chat/said.h"

#include <stdlib.h>
#include <string.h>

static const char call_close[] = "<tool_call|>", spelled_start[] = "<|tool_call>call:";

void tone_chat_said_clear(tone_chat_said *s)
{
    tone_buf_clear(&s->content);
    tone_buf_clear(&s->reasoning);
    tone_chat_calls_clear(&s->calls);
}

void tone_chat_said_event(tone_chat_said *s, tone_reply_event event)
{
    if (s->sink && !s->failed)
        s->sink(s->user, &event);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t without_blanks(const char *text, size_t n)
{
    while (n && is_blank(text[n - 1]))
        n--;
    return n;
}

/* Whether text[0..n) begins with "<|tool_call>call:NAME{" for a known tool (2), could still become that (1), or not (0). */
static int is_spelled(const tone_chat_tools *tools, const char *text, size_t n)
{
    size_t start = sizeof spelled_start - 1;
    if (n <= start)
        return memcmp(text, spelled_start, n) == 0;
    if (memcmp(text, spelled_start, start) != 0)
        return 0;
    text += start;
    n -= start;
    int could = 0;
    for (size_t i = 0; i < tools->n; i++) {
        const tone_chat_tool *t = &tools->list[i];
        if (n > t->n && memcmp(text, t->name, t->n) == 0 && text[t->n] == '{')
            return 2;
        if (n <= t->n && memcmp(text, t->name, n) == 0)
            could = 1;
    }
    return could;
}

void tone_chat_said_put(tone_chat_said *s, char c)
{
    if (s->stopped)
        return;
    tone_buf_putc(&s->content, c);
    for (size_t i = 0; i < s->n_stops && !s->content.failed; i++) {
        size_t n = strlen(s->stops[i]);
        if (n == 0 || n > s->content.n || memcmp(s->content.data + s->content.n - n, s->stops[i], n) != 0)
            continue;
        s->content.n -= n;
        s->content.data[s->content.n] = 0;
        s->stopped = true;
        return;
    }
}

/* text[0..n) without the longest end that could become a stop string. */
static size_t without_stop(const tone_chat_said *s, const char *text, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < s->n_stops && !s->stopped; i++)
        for (size_t k = strlen(s->stops[i]); k-- > longest + 1;)
            if (k <= n && memcmp(text + n - k, s->stops[i], k) == 0)
                longest = k;
    return n - longest;
}

/* How much of the content can no longer be part of a spelled call or of the blanks before one. */
static size_t content_safe(tone_chat_said *s)
{
    const char *text = tone_buf_text(&s->content);
    size_t n = s->content.n;
    if (s->calls.n || s->as_it_is)
        return without_stop(s, text, n);
    while (s->tools->n && !s->marker && s->scanned < n) {
        const char *p = memchr(text + s->scanned, '<', n - s->scanned);
        if (!p) {
            s->scanned = n;
            break;
        }
        s->scanned = (size_t)(p - text);
        int found = is_spelled(s->tools, p, n - s->scanned);
        s->marker = found == 2;
        if (found)
            break;
        s->scanned++;
    }
    size_t safe = without_stop(s, text, n);
    if (s->tools->n && s->scanned < safe)
        safe = s->scanned;
    return without_blanks(text, safe);
}

static void send(tone_chat_said *s, tone_reply_event_kind kind, const tone_buf *b, size_t *sent, size_t to)
{
    if (to <= *sent || b->failed)
        return;
    size_t from = *sent;
    *sent = to;
    tone_chat_said_event(s, (tone_reply_event){.kind = kind, .text = b->data + from, .n = to - from});
}

void tone_chat_said_flush(tone_chat_said *s)
{
    s->failed |= s->content.failed || s->reasoning.failed;
    send(s, TONE_REPLY_REASONING, &s->reasoning, &s->reasoning_sent, s->reasoning.n);
    send(s, TONE_REPLY_CONTENT, &s->content, &s->content_sent, content_safe(s));
}

tone_chat_call_result tone_chat_said_call(tone_chat_said *s, const char *text, size_t n, bool strict,
                                          tone_chat_call_fault *fault)
{
    tone_chat_call_result result = tone_chat_calls_read(&s->calls, text, n, s->tools, strict, fault);
    s->failed |= result == CHAT_CALL_NO_MEMORY;
    return result;
}

void tone_chat_said_send_calls(tone_chat_said *s, size_t first)
{
    for (size_t i = first; i < s->calls.n; i++) {
        const tone_chat_call *c = &s->calls.list[i];
        uint32_t number = (uint32_t)i;
        tone_chat_said_event(s, (tone_reply_event){.kind = TONE_REPLY_CALL_BEGIN, .call = number, .text = c->name,
            .n = c->name_n});
        tone_chat_said_event(s, (tone_reply_event){.kind = TONE_REPLY_CALL_ARGUMENTS, .call = number,
            .text = c->arguments, .n = c->arguments_n});
        tone_chat_said_event(s, (tone_reply_event){.kind = TONE_REPLY_CALL_END, .call = number, .repaired = c->repaired});
    }
}

/* The first spelled call in text[from..n), n when there is none. */
static size_t find_spelled(const tone_chat_said *s, const char *text, size_t n, size_t from)
{
    for (const char *p; from < n && (p = memmem(text + from, n - from, spelled_start,
                                                sizeof spelled_start - 1)) != NULL;) {
        from = (size_t)(p - text);
        if (is_spelled(s->tools, p, n - from) == 2)
            return from;
        from++;
    }
    return n;
}

/* Take the calls spelled in the content out of it, blanks around them included, until one cannot be read. */
static void take_spelled(tone_chat_said *s, bool cut_off)
{
    const char *text = tone_buf_text(&s->content);
    size_t n = s->content.n, at = 0;
    tone_buf kept = {0};
    for (;;) {
        size_t start = find_spelled(s, text, n, at);
        if (start == n)
            break;
        size_t body = start + strlen("<|tool_call>");
        const char *close = memmem(text + start, n - start, call_close, sizeof call_close - 1);
        size_t end = close ? (size_t)(close - text) : n;
        tone_chat_call_fault fault;
        if (cut_off && !close)
            break;
        if (tone_chat_said_call(s, text + body, end - body, false, &fault) != CHAT_CALL_OK)
            break;
        tone_buf_append(&kept, text + at, without_blanks(text + at, start - at));
        at = close ? end + sizeof call_close - 1 : n;
        while (at < n && is_blank(text[at]))
            at++;
    }
    if (s->calls.n) {
        tone_buf_append(&kept, text + at, n - at);
        s->failed |= kept.failed;
        tone_buf_clear(&s->content);
        s->content = kept;
        for (size_t i = 0; i < s->calls.n; i++)
            s->calls.list[i].repaired = true;
    } else {
        tone_buf_clear(&kept);
    }
}

void tone_chat_said_finish(tone_chat_said *s, bool cut_off, bool *spelled)
{
    *spelled = false;
    if (!s->calls.n && s->tools->n && !s->as_it_is && !s->content.failed) {
        take_spelled(s, cut_off);
        *spelled = s->calls.n > 0;
    }
    s->failed |= s->content.failed || s->reasoning.failed;
    send(s, TONE_REPLY_REASONING, &s->reasoning, &s->reasoning_sent, s->reasoning.n);
    send(s, TONE_REPLY_CONTENT, &s->content, &s->content_sent, s->content.n);
    if (*spelled)
        tone_chat_said_send_calls(s, 0);
}

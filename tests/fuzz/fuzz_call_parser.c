/* A model's output: bytes 0xF8…0xFF, which no UTF-8 has, stand for control tokens, the first byte for the options.  However
 * it is cut, the message is the same, and what was handed out is the message. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "tonesmith/chat.h"

static const char tools[] = "[{\"function\":{\"name\":\"run\",\"parameters\":{\"properties\":{\"cmd\":{\"type\":\"string\"},\"n\":{\"type\":\"number\"},"
                            "\"list\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}}},{\"function\":{\"name\":\"now\"}}]";
static const tone_token ids[8] = {48, 49, 52, 100, 101, 50, 106, 51};

typedef struct said {
    tone_buf content, reasoning;
    size_t calls;
    bool over;
} said;

static void hear(void *user, const tone_reply_event *e)
{
    said *s = user;
    fuzz_require(!s->over);
    fuzz_require(e->n == 0 || tone_utf8_valid((const uint8_t *)e->text, e->n, NULL));
    if (e->kind == TONE_REPLY_CONTENT)
        tone_buf_append(&s->content, e->text, e->n);
    if (e->kind == TONE_REPLY_REASONING)
        tone_buf_append(&s->reasoning, e->text, e->n);
    s->calls += e->kind == TONE_REPLY_CALL_END;
    s->over = e->kind == TONE_REPLY_END;
}

static tone_reply *give(const uint8_t *bytes, size_t n, unsigned flags, said *s, bool bytewise, const tone_message **m)
{
    tone_reply *r;
    tone_reply_options o = {.sink = hear, .user = s, .thinking = flags & 1, .open_thought = flags & 2,
        .strict_calls = flags & 4};
    if (!(flags & 8)) {
        o.tools = tools;
        o.tools_n = sizeof tools - 1;
    }
    if (tone_reply_open(&r, &o, NULL))
        return NULL;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && bytes[end] < 0xF8)
            end++;
        if (end == i) {
            tone_reply_token(r, ids[bytes[i++] & 7]);
            continue;
        }
        while (i < end) {
            size_t step = bytewise ? 1 : end - i;
            tone_reply_text(r, (const char *)bytes + i, step);
            i += step;
        }
    }
    if (tone_reply_finish(r, flags & 16 ? TONE_FINISH_LENGTH : TONE_FINISH_STOP, m, NULL)) {
        tone_reply_close(r);
        return NULL;
    }
    fuzz_require(s->over && s->calls == (*m)->n_calls && s->content.n == (*m)->content_n &&
                 s->reasoning.n == (*m)->reasoning_n);
    fuzz_require(memcmp(tone_buf_text(&s->content), (*m)->content ? (*m)->content : "", (*m)->content_n) == 0);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return 0;
    said a = {0}, b = {0};
    const tone_message *p, *q;
    tone_reply *r = give(bytes + 1, n - 1, bytes[0], &a, false, &p), *t = give(bytes + 1, n - 1, bytes[0], &b, true, &q);
    if (r && t) {
        fuzz_require(p->content_n == q->content_n && p->n_calls == q->n_calls && p->repaired == q->repaired &&
                     p->faithful == q->faithful);
        fuzz_require(memcmp(p->content ? p->content : "", q->content ? q->content : "", p->content_n) == 0);
        for (size_t i = 0; i < p->n_calls; i++)
            fuzz_require(strcmp(p->calls[i].arguments, q->calls[i].arguments) == 0 &&
                         strcmp(p->calls[i].name, q->calls[i].name) == 0);
    }
    tone_reply_close(r);
    tone_reply_close(t);
    tone_buf_clear(&a.content);
    tone_buf_clear(&a.reasoning);
    tone_buf_clear(&b.content);
    tone_buf_clear(&b.reasoning);
    return 0;
}

/* What an endpoint sends.  The first byte says where it is cut (0: at every byte); however it is cut, the same comes of it, and what
 * was handed out is the answer. */
#include <string.h>

#include "agent/stream.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"

typedef struct said {
    tone_buf content, reasoning;
    size_t n_begun, n_ended;
} said;

static void hear(void *user, const tone_reply_event *e)
{
    said *s = user;
    fuzz_require(e->n == 0 || tone_utf8_valid((const uint8_t *)e->text, e->n, NULL));
    if (e->kind == TONE_REPLY_CONTENT)
        tone_buf_append(&s->content, e->text, e->n);
    if (e->kind == TONE_REPLY_REASONING)
        tone_buf_append(&s->reasoning, e->text, e->n);
    s->n_begun += e->kind == TONE_REPLY_CALL_BEGIN;
    s->n_ended += e->kind == TONE_REPLY_CALL_END;
}

static tone_status give(const uint8_t *bytes, size_t n, size_t step, said *s, tone_answer *a)
{
    tone_stream stream;
    tone_error err = {0};
    tone_status st = TONE_OK;
    tone_stream_open(&stream, hear, s);
    for (size_t i = 0; i < n && !st; i += step)
        st = tone_stream_bytes(&stream, (const char *)bytes + i, n - i < step ? n - i : step, &err);
    if (!st)
        st = tone_stream_finish(&stream, a, &err);
    fuzz_require(!st == !err.text[0] && !strchr(err.text, '\n'));
    if (!st) {
        fuzz_require(strcmp(tone_buf_text(&s->content), a->content) == 0 && s->n_begun == s->n_ended && s->n_ended == a->n_calls);
        fuzz_require(strcmp(tone_buf_text(&s->reasoning), a->reasoning ? a->reasoning : "") == 0);
    }
    tone_stream_clear(&stream);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2)
        return 0;
    said one = {0}, two = {0};
    tone_answer a = {0}, b = {0};
    tone_error err;
    tone_status p = give(bytes + 1, n - 1, n, &one, &a), q = give(bytes + 1, n - 1, bytes[0] ? bytes[0] : 1, &two, &b);
    fuzz_require(p == q && a.n_calls == b.n_calls && (p || strcmp(a.content, b.content) == 0));
    for (size_t i = 0; i < a.n_calls; i++)
        fuzz_require(strcmp(a.calls[i].name, b.calls[i].name) == 0 && strcmp(a.calls[i].arguments, b.calls[i].arguments) == 0);
    fuzz_require(tone_stream_error((const char *)bytes + 1, n - 1, bytes[0], &err) != TONE_OK);
    tone_answer_clear(&a);
    tone_answer_clear(&b);
    tone_buf_clear(&one.content);
    tone_buf_clear(&one.reasoning);
    tone_buf_clear(&two.content);
    tone_buf_clear(&two.reasoning);
    return 0;
}

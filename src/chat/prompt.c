#include "chat/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct tone_prompt {
    tone_chat_out out;
    tone_chat_beginning beginning;
    bool trust_text;
};

tone_status tone_chat_prompt_build(tone_prompt **out, const tone_chat_request *q, const tone_prompt_options *options,
                                   tone_error *err)
{
    *out = NULL;
    tone_prompt *p = calloc(1, sizeof *p);
    if (!p)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the prompt");
    p->trust_text = options->trust_text;
    tone_status st;
    if (options->family == TONE_CHAT_GEMMA3)
        st = tone_chat_turns_gemma3(&p->out, q, options, err);
    else
        st = tone_chat_turns_gemma4(&p->out, q, options, &p->beginning, err);
    if (!st && !tone_chat_out_finish(&p->out))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the prompt");
    if (st) {
        tone_prompt_free(p);
        return st;
    }
    *out = p;
    return TONE_OK;
}

tone_status tone_chat_prompt_build_json(tone_prompt **out, const tone_json_value *request,
                                        const tone_prompt_options *options, tone_error *err)
{
    *out = NULL;
    tone_chat_request q;
    tone_status st = tone_chat_request_read(&q, request, err);
    if (!st)
        st = tone_chat_prompt_build(out, &q, options, err);
    tone_chat_request_clear(&q);
    return st;
}

tone_status tone_prompt_build(tone_prompt **out, const char *request, size_t n, const tone_prompt_options *options,
                              tone_error *err)
{
    *out = NULL;
    tone_json_tree *tree;
    tone_status st = tone_json_tree_read(&tree, request, n, 0, err);
    if (st)
        return st;
    st = tone_chat_prompt_build_json(out, tone_json_tree_root(tree), options, err);
    tone_json_tree_free(tree);
    return st;
}

void tone_prompt_free(tone_prompt *p)
{
    if (!p)
        return;
    tone_chat_out_clear(&p->out);
    free(p);
}

const tone_segment *tone_prompt_segments(const tone_prompt *p, size_t *n)
{
    *n = p->out.n;
    return p->out.segments;
}

const char *tone_prompt_text(const tone_prompt *p, size_t *n)
{
    *n = p->out.text.n;
    return tone_buf_text(&p->out.text);
}

bool tone_prompt_open_thought(const tone_prompt *p)
{
    return p->beginning == CHAT_BEGINS_IN_THOUGHT;
}

tone_chat_beginning tone_chat_prompt_beginning(const tone_prompt *p)
{
    return p->beginning;
}

const char *const *tone_prompt_notes(const tone_prompt *p, size_t *n)
{
    *n = p->out.n_notes;
    return (const char *const *)p->out.notes;
}

/* The literal of a control token, copied so that it ends in a zero byte. */
static tone_status encode_control(const tone_segment *s, const tone_tokenizer *t, tone_token_list *out, tone_error *err)
{
    char literal[32];
    size_t n = s->n < sizeof literal ? s->n : sizeof literal - 1;
    memcpy(literal, s->text, n);
    literal[n] = 0;
    tone_token id = tone_tokenizer_find(t, literal);
    if (id == TONE_TOKEN_NONE)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0,
                         "the vocabulary has no %s: this model was not made for conversations", literal);
    return tone_token_list_push(out, id, err);
}

tone_status tone_prompt_encode(const tone_prompt *p, const tone_tokenizer *t, tone_token_list *out, tone_error *err)
{
    tone_status st = TONE_OK;
    for (size_t i = 0; i < p->out.n && !st; i++) {
        const tone_segment *s = &p->out.segments[i];
        switch (s->kind) {
        case TONE_SEGMENT_TEXT:
            st = tone_tokenizer_encode(t, s->text, s->n, p->trust_text ? TONE_ENCODE_CONTROL : 0, out, err);
            break;
        case TONE_SEGMENT_CONTROL:
        case TONE_SEGMENT_MEDIA:
            st = encode_control(s, t, out, err);
            break;
        case TONE_SEGMENT_IDS:
            for (size_t k = 0; k < s->n_ids && !st; k++)
                st = tone_token_list_push(out, s->ids[k], err);
        }
    }
    return st;
}

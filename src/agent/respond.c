#include "tonesmith/respond.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* The generation, its reply, and a guide that stands before the caller's: it closes a thought that used up its budget. */
typedef struct response {
    const tone_respond_options *o;
    const tone_tokenizer *tokenizer;
    tone_response *out;
    tone_token_list closing; /* what ends a thought: a line break and <channel|> */
    bool cancelled, failed;
} response;

tone_respond_options tone_respond_defaults(void)
{
    return (tone_respond_options){.gen = tone_gen_defaults()};
}

tone_chat_family tone_model_chat_family(const tone_model *m)
{
    const tone_tokenizer *t = tone_model_tokenizer(m);
    if (t && tone_tokenizer_info(t)->family == TONE_VOCAB_GEMMA3)
        return TONE_CHAT_GEMMA3;
    return tone_model_info(m)->ple_width ? TONE_CHAT_GEMMA4_SMALL : TONE_CHAT_GEMMA4_LARGE;
}

/* ---- the guide ---------------------------------------------------------------------------------------------------- */

static tone_status guide_mask(void *arg, uint64_t *bits, tone_error *err)
{
    response *r = arg;
    const tone_gen_guide *inner = r->o->gen.guide;
    if (inner)
        return inner->mask(inner->arg, bits, err);
    size_t words = (tone_tokenizer_info(r->tokenizer)->n_vocab + 63) / 64;
    memset(bits, 0xFF, words * sizeof *bits);
    return TONE_OK;
}

static tone_status guide_accept(void *arg, tone_token id, tone_error *err)
{
    response *r = arg;
    const tone_gen_guide *inner = r->o->gen.guide;
    return inner ? inner->accept(inner->arg, id, err) : TONE_OK;
}

/* The budget is used up, and the thought can be closed without cutting a character or its label. */
static bool must_close(const response *r)
{
    return r->o->thought_tokens && r->out->n_thought >= r->o->thought_tokens && tone_reply_in_thought(r->out->reply) &&
           tone_reply_whole(r->out->reply) && r->closing.n;
}

static tone_status guide_forced(void *arg, tone_token_list *ids, tone_error *err)
{
    response *r = arg;
    if (must_close(r)) {
        tone_status st = TONE_OK;
        for (size_t i = 0; i < r->closing.n && !st; i++)
            st = tone_token_list_push(ids, r->closing.ids[i], err);
        r->out->thought_cut = true;
        return st;
    }
    const tone_gen_guide *inner = r->o->gen.guide;
    return inner && inner->forced ? inner->forced(inner->arg, ids, err) : TONE_OK;
}

static tone_status guide_closing(void *arg, tone_token id, uint64_t left, tone_token_list *out, tone_error *err)
{
    response *r = arg;
    const tone_gen_guide *inner = r->o->gen.guide;
    return inner && inner->closing ? inner->closing(inner->arg, id, left, out, err) : TONE_OK;
}

static tone_status open_closing(response *r, tone_error *err)
{
    tone_token close = tone_tokenizer_find(r->tokenizer, "<channel|>");
    if (!r->o->thought_tokens || close == TONE_TOKEN_NONE)
        return TONE_OK;
    tone_status st = tone_tokenizer_encode(r->tokenizer, "\n", 1, 0, &r->closing, err);
    return st ? st : tone_token_list_push(&r->closing, close, err);
}

/* ---- the tokens --------------------------------------------------------------------------------------------------- */

static bool take(void *arg, const tone_gen_token *t)
{
    response *r = arg;
    if (t->id != TONE_TOKEN_NONE) {
        if (tone_token_list_push(&r->out->list, t->id, NULL)) {
            r->failed = true;
            return false;
        }
        r->out->n_thought += tone_reply_in_thought(r->out->reply);
        tone_reply_token(r->out->reply, t->id);
    }
    if (t->ends)
        return true;
    if (tone_reply_done(r->out->reply)) /* a stop string */
        return false;
    r->cancelled = r->o->go_on && !r->o->go_on(r->o->user);
    return !r->cancelled;
}

static tone_status generate(response *r, tone_session *s, const tone_input *input, tone_error *err)
{
    const tone_gen_guide guide = {.arg = r, .mask = guide_mask, .accept = guide_accept, .forced = guide_forced, .closing = guide_closing};
    tone_gen_options gen = r->o->gen;
    gen.stops = NULL;
    gen.n_stops = 0;
    gen.hide_control = true;
    if (r->closing.n)
        gen.guide = &guide;
    tone_status st = tone_gen_run(s, input, &gen, take, r, &r->out->gen, err);
    if (!st && r->failed)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the answer");
    if (st)
        return st;
    tone_gen_result *g = &r->out->gen;
    /* A stop string stops the generation in take(), which looks like somebody cancelling it. */
    if (g->end == TONE_END_CANCELLED && !r->cancelled && tone_reply_done(r->out->reply))
        g->end = TONE_END_STOP_STRING;
    bool whole = g->end == TONE_END_STOP_TOKEN || g->end == TONE_END_STOP_STRING || g->end == TONE_END_CONSTRAINT;
    return tone_reply_finish(r->out->reply, whole ? TONE_FINISH_STOP : TONE_FINISH_LENGTH, &r->out->message, err);
}

tone_status tone_respond(tone_session *s, const tone_input *input, const tone_respond_options *o, tone_response *out,
                         tone_error *err)
{
    *out = (tone_response){0};
    response r = {.o = o, .tokenizer = tone_model_tokenizer(tone_session_model(s)), .out = out};
    if (!r.tokenizer)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this model has no vocabulary beside its weights");
    const tone_reply_options ro = {.tokenizer = r.tokenizer, .tools = o->tools, .tools_n = o->tools_n,
        .thinking = o->thinking,
        .open_thought = o->open_thought, .strict_calls = o->strict_calls, .stops = o->gen.stops,
            .n_stops = o->gen.n_stops,
        .sink = o->sink, .user = o->user};
    tone_status st = tone_reply_open(&out->reply, &ro, err);
    if (!st)
        st = open_closing(&r, err);
    if (!st)
        st = generate(&r, s, input, err);
    tone_token_list_clear(&r.closing);
    if (st) {
        tone_response_clear(out);
        return st;
    }
    out->ids = out->list.ids;
    out->n_ids = out->list.n;
    return TONE_OK;
}

void tone_response_clear(tone_response *r)
{
    tone_reply_close(r->reply);
    tone_token_list_clear(&r->list);
    *r = (tone_response){0};
}

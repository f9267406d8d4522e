/* The loop: logits to a token, the token to its text, the text past the stop strings, the token back into the session. */
#include "tonesmith/gen.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "gen/sampler.h"
#include "gen/stop.h"

typedef struct generation {
    tone_session *s;
    const tone_gen_options *o;
    const tone_tokenizer *tokenizer; /* NULL: ids only */
    tone_sampler *sampler;
    tone_stop *stop;
    tone_decoder *decoder; /* NULL without a tokenizer */
    uint64_t *mask;        /* NULL without a guide */
    size_t mask_words;
    tone_token_list next; /* taken, not yet evaluated */
    tone_gen_fn *fn;
    void *arg;
    tone_gen_result *result;
    tone_error *err;
} generation;

tone_gen_options tone_gen_defaults(void)
{
    return (tone_gen_options){.sampling = tone_sampling_defaults(), .hide_control = true};
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static tone_status open_stop(generation *g)
{
    const tone_gen_options *o = g->o;
    size_t n_own = g->tokenizer && !o->raw ? tone_tokenizer_info(g->tokenizer)->n_stops : 0;
    if (o->n_stops && !g->tokenizer)
        return tone_fail(g->err, TONE_ERR_ARGUMENT, 0, "stop strings need a vocabulary, and this model has none");
    tone_token *ids = malloc((n_own + o->n_stop_ids + 1) * sizeof *ids);
    if (!ids)
        return tone_fail(g->err, TONE_ERR_NO_MEMORY, 0, "no memory for the stop tokens");
    if (n_own)
        memcpy(ids, tone_tokenizer_info(g->tokenizer)->stops, n_own * sizeof *ids);
    if (o->n_stop_ids)
        memcpy(ids + n_own, o->stop_ids, o->n_stop_ids * sizeof *ids);
    const tone_stop_options so = {.tokens = ids, .n_tokens = n_own + o->n_stop_ids, .strings = o->stops, .n_strings = o->n_stops,
        .max_tokens = o->max_tokens, .allow_repetition = o->raw};
    tone_status st = tone_stop_open(&g->stop, &so, g->err);
    free(ids);
    return st;
}

static tone_status open_all(generation *g, const tone_input *input)
{
    const tone_gen_options *o = g->o;
    uint32_t vocab = tone_model_info(tone_session_model(g->s))->vocab;
    tone_status st = tone_sampler_open(&g->sampler, vocab, &o->sampling, g->err);
    if (st || (st = open_stop(g)))
        return st;
    if (g->tokenizer) {
        const tone_tokenizer_facts *facts = tone_tokenizer_info(g->tokenizer);
        if (!o->raw && (st = tone_sampler_forbid(g->sampler, facts->suppressed, facts->n_suppressed, g->err)))
            return st;
        if ((st = tone_decoder_open(&g->decoder, g->tokenizer, o->hide_control ? TONE_DECODE_HIDE_CONTROL : 0, g->err)))
            return st;
    }
    if (o->guide) {
        g->mask_words = (vocab + 63) / 64;
        g->mask = calloc(g->mask_words, sizeof *g->mask);
        if (!g->mask)
            return tone_fail(g->err, TONE_ERR_NO_MEMORY, 0, "no memory for a mask of %u tokens", vocab);
    }
    for (size_t t = 0; t < input->n; t++)
        if (!input->kinds || input->kinds[t] == TONE_INPUT_TEXT)
            tone_sampler_accept(g->sampler, input->ids[t]);
    return TONE_OK;
}

/* Tell the caller about one token; the reason to end, or TONE_END_NONE. */
static tone_status emit(generation *g, tone_token id, const tone_choice *choice, tone_end *end)
{
    tone_gen_token t = {.id = id, .text = "", .choice = choice, .forced = !choice};
    *end = tone_stop_token(g->stop, id);
    t.ends = *end == TONE_END_STOP_TOKEN;
    if (!t.ends) {
        g->result->n_generated++;
        g->result->n_forced += t.forced;
        size_t n = 0;
        const char *text = g->decoder ? tone_decoder_next(g->decoder, id, &n) : "";
        tone_status st = tone_stop_text(g->stop, text, n, &t.text, &t.n, end, g->err);
        if (st)
            return st;
    }
    if (!(choice && (g->o->sampling.logprobs || g->o->sampling.top_logprobs)))
        t.choice = NULL;
    if (!g->fn(g->arg, &t))
        *end = TONE_END_CANCELLED;
    return TONE_OK;
}

/* What decoder and stop strings held back. */
static tone_status emit_rest(generation *g, tone_end end)
{
    tone_end later = TONE_END_NONE;
    tone_gen_token t = {.id = TONE_TOKEN_NONE, .text = ""};
    size_t n = 0;
    if (!g->decoder || end == TONE_END_STOP_STRING)
        return TONE_OK;
    const char *text = tone_decoder_finish(g->decoder, &n);
    tone_status st = n ? tone_stop_text(g->stop, text, n, &t.text, &t.n, &later, g->err) : TONE_OK;
    if (st)
        return st;
    if (t.n)
        g->fn(g->arg, &t);
    t.text = tone_stop_flush(g->stop, &t.n);
    if (t.n)
        g->fn(g->arg, &t);
    return TONE_OK;
}

/* Choose one token from the session's logits. */
static tone_status choose(generation *g, tone_choice *choice)
{
    if (g->mask) {
        memset(g->mask, 0, g->mask_words * sizeof *g->mask);
        tone_status st = g->o->guide->mask(g->o->guide->arg, g->mask, g->err);
        if (st)
            return st;
    }
    return tone_sampler_pick(g->sampler, tone_session_logits(g->s), g->mask, choice, g->err);
}

/* Tokens that may follow the next one, and what ends the text then. */
static uint64_t tokens_left(const generation *g, tone_end *why)
{
    uint64_t left = tone_session_context(g->s) - tone_session_n(g->s);
    *why = TONE_END_CONTEXT;
    if (g->o->max_tokens && g->o->max_tokens - g->result->n_generated <= left) {
        left = g->o->max_tokens - g->result->n_generated;
        *why = TONE_END_MAX_TOKENS;
    }
    return left ? left - 1 : 0;
}

/* End what runs in circles as the guide says, instead of breaking it off. */
static tone_status close_now(generation *g)
{
    const tone_gen_guide *guide = g->o->guide;
    tone_end circles;
    g->next.n = 0;
    tone_status st = guide->closing(guide->arg, TONE_TOKEN_NONE, tokens_left(g, &circles), &g->next, g->err);
    for (size_t i = 0; i < g->next.n && !st; i++)
        if (!(st = guide->accept(guide->arg, g->next.ids[i], g->err)))
            st = emit(g, g->next.ids[i], NULL, &circles);
    return st;
}

/* Take the next tokens, forced ones or one that is chosen, and tell about them. */
static tone_status take(generation *g, tone_end *end)
{
    const tone_gen_guide *guide = g->o->guide;
    tone_choice choice;
    tone_status st = TONE_OK;
    g->next.n = 0;
    if (guide && guide->forced && (st = guide->forced(guide->arg, &g->next, g->err)))
        return st;
    bool forced = g->next.n > 0, closed = false;
    tone_end why = TONE_END_NONE;
    if (!forced && (st = choose(g, &choice)))
        return st;
    if (!forced && guide && guide->closing) {
        st = guide->closing(guide->arg, choice.id, tokens_left(g, &why), &g->next, g->err);
        closed = forced = g->next.n > 0;
    }
    if (!forced && !st)
        st = tone_token_list_push(&g->next, choice.id, g->err);
    if (st)
        return st;
    for (size_t i = 0; i < g->next.n && !*end; i++) {
        if (guide && (st = guide->accept(guide->arg, g->next.ids[i], g->err)))
            return st;
        tone_sampler_accept(g->sampler, g->next.ids[i]);
        if ((st = emit(g, g->next.ids[i], forced ? NULL : &choice, end)))
            return st;
    }
    if (closed && !*end)
        *end = why;
    return *end == TONE_END_REPETITION && guide && guide->closing ? close_now(g) : TONE_OK;
}

static tone_status run(generation *g, const tone_input *input)
{
    double start = now_s();
    tone_status st = tone_session_sync_input(g->s, input, g->err);
    g->result->n_prompt = input->n;
    g->result->n_reused = tone_session_last(g->s).n_reused;
    g->result->prompt_s = now_s() - start;
    start = now_s();
    tone_end end = TONE_END_NONE;
    while (!st && !end) {
        st = take(g, &end);
        if (st || end)
            break;
        if (g->next.n > tone_session_context(g->s) - tone_session_n(g->s))
            end = TONE_END_CONTEXT;
        else
            st = tone_session_append(g->s, g->next.ids, g->next.n, g->err);
    }
    g->result->generate_s = now_s() - start;
    if (st == TONE_ERR_CANCELLED) {
        st = TONE_OK;
        end = TONE_END_CANCELLED;
    }
    if (!st)
        st = emit_rest(g, end);
    g->result->end = st ? TONE_END_ERROR : end;
    return st;
}

tone_status tone_gen_run(tone_session *s, const tone_input *input, const tone_gen_options *opt, tone_gen_fn *fn, void *arg,
                         tone_gen_result *out, tone_error *err)
{
    tone_gen_options defaults = tone_gen_defaults();
    generation g = {.s = s, .o = opt ? opt : &defaults, .fn = fn, .arg = arg, .result = out, .err = err};
    *out = (tone_gen_result){.end = TONE_END_ERROR};
    g.tokenizer = tone_model_tokenizer(tone_session_model(s));
    tone_status st = open_all(&g, input);
    if (!st)
        st = run(&g, input);
    tone_sampler_close(g.sampler);
    tone_stop_close(g.stop);
    tone_decoder_close(g.decoder);
    tone_token_list_clear(&g.next);
    free(g.mask);
    return st;
}

/* tonesmith/gen.h - generating: a prompt in, tokens and their text out, until something ends it.
 * Module: gen
 *
 *     static bool show(void *arg, const tone_gen_token *t) { fwrite(t->text, 1, t->n, stdout); return true; }
 *
 *     tone_gen_options o = tone_gen_defaults();
 *     o.max_tokens = 200;
 *     tone_gen_result r;
 *     if (tone_gen_run(session, &input, &o, show, NULL, &r, &err)) …
 *     printf("\n(%s)\n", tone_end_text(r.end));
 */
#ifndef TONESMITH_GEN_H
#define TONESMITH_GEN_H

#include "tonesmith/sampling.h"
#include "tonesmith/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Something that decides which tokens may come next, such as a grammar.  Every function gets `arg`; an error they return
 * ends the generation with it. */
typedef struct tone_gen_guide {
    void *arg;
    /* Set the bits of the allowed tokens: word id/64, bit id%64; words for the whole vocabulary, all zero on entry. */
    tone_status (*mask)(void *arg, uint64_t *bits, tone_error *err);
    /* The token has been taken. */
    tone_status (*accept)(void *arg, tone_token id, tone_error *err);
    /* Append the tokens that follow whatever the model says: they are taken without asking it and evaluated together.
     * May be NULL. */
    tone_status (*forced)(void *arg, tone_token_list *out, tone_error *err);
    /* `id` was chosen and `left` tokens may follow it: where the text could then not be ended any more, append what ends it
     * here; that is taken instead, and the end is TONE_END_MAX_TOKENS or TONE_END_CONTEXT.  TONE_TOKEN_NONE: the text is about to
     * end as a repetition.  May be NULL. */
    tone_status (*closing)(void *arg, tone_token id, uint64_t left, tone_token_list *out, tone_error *err);
} tone_gen_guide;

typedef struct tone_gen_options {
    tone_sampling_options sampling;
    uint64_t max_tokens;      /* 0: until the context is full */
    const char *const *stops; /* strings that end the text and are not shown; need a tokenizer */
    size_t n_stops;
    const tone_token *stop_ids; /* besides those of the vocabulary */
    size_t n_stop_ids;
    bool raw;          /* no token ends the text or is forbidden, repetition is not looked for */
    bool hide_control; /* control tokens give no text */
    const tone_gen_guide *guide; /* NULL: anything may follow */
} tone_gen_options;

/* The sampling that Gemma's files ask for; control tokens hidden. */
TONE_API tone_gen_options tone_gen_defaults(void);

/* One step.  The text is whole characters, never part of a stop string, and may be empty or belong to tokens before. */
typedef struct tone_gen_token {
    tone_token id;    /* TONE_TOKEN_NONE for text that was held back until the end */
    const char *text; /* n bytes, borrowed during the call */
    size_t n;
    bool ends;   /* a stop token: not part of the text */
    bool forced; /* taken without asking the model */
    const tone_choice *choice; /* log-probabilities, when asked for; NULL for forced ones */
} tone_gen_token;

/* Returning false ends the generation as cancelled. */
typedef bool tone_gen_fn(void *arg, const tone_gen_token *t);

typedef struct tone_gen_result {
    tone_end end;
    size_t n_prompt, n_reused; /* tokens of the prompt; of those, evaluated earlier */
    size_t n_generated, n_forced;
    double prompt_s, generate_s;
} tone_gen_result;

/* Evaluate `input` on `s` and continue it.  fn is called for every token, stop tokens included, in the calling thread.
 * *out is always filled.  Being cancelled or running out of context is an end like others: TONE_OK.  After an error out->end
 * is TONE_END_ERROR and the session holds what was evaluated. */
TONE_API TONE_NODISCARD tone_status tone_gen_run(tone_session *s, const tone_input *input, const tone_gen_options *opt,
                                                 tone_gen_fn *fn, void *arg, tone_gen_result *out, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

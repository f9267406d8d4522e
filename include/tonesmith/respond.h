/* tonesmith/respond.h - one answer of a model in this process: a prompt in, a message out.
 * Module: agent
 *
 * What stands between a conversation and a generation: tokens go through a tone_reply as they come, stop strings count in the
 * content only, and a thought that has used up its budget is closed.
 *
 *     tone_prompt *p;
 *     tone_conversation_prompt(c, &p, &err);
 *     tone_prompt_encode(p, tokenizer, &ids, &err);
 *     tone_respond_options o = tone_respond_defaults();
 *     o.open_thought = tone_prompt_open_thought(p);
 *     o.sink = show;
 *     tone_response r;
 *     if (tone_respond(session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, &err)) …
 *     tone_conversation_add_reply(c, r.message, r.ids, r.n_ids, &err);
 *     tone_response_clear(&r);
 */
#ifndef TONESMITH_RESPOND_H
#define TONESMITH_RESPOND_H

#include "tonesmith/chat.h"
#include "tonesmith/constrain.h"
#include "tonesmith/gen.h"
#include "tonesmith/media.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_respond_options {
    tone_gen_options gen;    /* `stops` end the content; `guide` says what may be said at all                          */
    const char *tools;       /* the request's JSON array of tools; NULL: none                                           */
    size_t tools_n;
    bool thinking;           /* the request asked for a thought                                                        */
    bool open_thought;       /* the prompt ends inside one                                                             */
    uint32_t thought_tokens; /* after so many the thought is closed and the answer begins; 0: no bound                  */
    bool strict_calls;       /* the guide lets well-formed calls through only: they are handed out while they are written */
    tone_reply_sink *sink;   /* words and calls as they come; NULL: none                                               */
    void *user;
    bool (*go_on)(void *user); /* asked before each token; false cancels.  NULL: always                                */
} tone_respond_options;

TONE_API tone_respond_options tone_respond_defaults(void);

/* The caller clears it. */
typedef struct tone_response {
    const tone_message *message; /* borrowed from the response */
    const tone_token *ids;       /* what was generated, stop token included; borrowed as well */
    size_t n_ids;
    size_t n_thought;            /* tokens of the thought           */
    bool thought_cut;            /* its budget ended it             */
    tone_gen_result gen;         /* how it ended, counts and times  */
    struct tone_reply *reply;    /* owns the message */
    tone_token_list list;        /* owns the ids     */
} tone_response;

/* Evaluate `input` on `s` and let the model answer.  Reaching a limit and being cancelled are ends like others: TONE_OK, and the
 * message is what was said until then.  On failure *out is empty. */
TONE_API TONE_NODISCARD tone_status tone_respond(tone_session *s, const tone_input *input, const tone_respond_options *o,
                                                 tone_response *out, tone_error *err);
TONE_API void tone_response_clear(tone_response *r);

/* ---- pictures and sounds in a prompt ------------------------------------------------------------------------------- */

/* The ids of a prompt, with soft tokens in the places of its media (tone_media_expand).  `m` may be NULL while there are none.
 * TONE_ERR_UNSUPPORTED for media without a path (tone_segment.path): only files can be shown.  On failure *out is empty. */
TONE_API TONE_NODISCARD tone_status tone_prompt_expand(const tone_prompt *p, const tone_tokenizer *t, tone_media *m,
                                                       tone_media_prompt *out, tone_error *err);
/* Whether the prompt has media; where it has not, no tone_media is needed. */
TONE_API bool tone_prompt_has_media(const tone_prompt *p);
/* As a session takes it; borrowed. */
TONE_API tone_input tone_media_input(const tone_media_prompt *p);

/* ---- what may be said at all -------------------------------------------------------------------------------------- */

/* Rules for the answers of one model: which tools may be called, how, and what JSON the text must be.  They keep the
 * vocabulary that masks are made from, and the last few constraints, since turn after turn they are the same.  One thread at a time;
 * the tokenizer must outlive them.
 *
 *     tone_rules *rules;
 *     tone_rules_open(&rules, tokenizer, &err);                          // once for a model
 *     tone_rules_set(rules, &(tone_constraint_answer){.tools = tools, .tools_bytes = n, .choice = TONE_TOOL_REQUIRED}, NULL, &err);
 *     o.gen.guide = tone_rules_guide(rules);
 *     o.strict_calls = true;                                             // set again before each answer
 */
typedef struct tone_rules tone_rules;

TONE_API TONE_NODISCARD tone_status tone_rules_open(tone_rules **out, const tone_tokenizer *t, tone_error *err);
TONE_API void tone_rules_close(tone_rules *r);
/* Stand at the beginning of an answer.  Compiles what is not kept; errors as tone_constraint_compile_answer().
 * `options` may be NULL.  After a failure there is no guide. */
TONE_API TONE_NODISCARD tone_status tone_rules_set(tone_rules *r, const tone_constraint_answer *answer,
                                                   const tone_constraint_options *options, tone_error *err);
/* What could not be enforced and `options` let pass: sentences 0 … n-1, NULL past the end. */
TONE_API const char *tone_rules_warning(const tone_rules *r, size_t i);
/* Borrowed until the next tone_rules_set(); NULL when nothing is set. */
TONE_API const tone_gen_guide *tone_rules_guide(const tone_rules *r);
/* What the answer still lacks, as text with control tokens spelled; "" when it is whole.  Borrowed likewise. */
TONE_API const char *tone_rules_missing(tone_rules *r);

/* The frame of a model's family. */
TONE_API tone_chat_family tone_model_chat_family(const tone_model *m);

#ifdef __cplusplus
}
#endif
#endif

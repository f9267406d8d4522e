/* tonesmith/constrain.h - output that cannot go wrong: a schema, a set of tools, a pattern or a grammar becomes, at
 * every step of a generation, the set of tokens that may come next.
 * Module: constrain
 *
 * Three objects.  A tone_constraint_vocab is the model's vocabulary arranged for this purpose; immutable, shared by
 * threads, made once per model.  A tone_constraint is one compiled schema (…); it keeps caches, so it and its states
 * belong to one thread at a time.  A tone_constraint_state is a place in the text; copying one is cheap, and a copy
 * kept aside is the way back.
 *
 * Two promises hold for every state that can be reached.  There is always a way to the end: no mask is ever empty.
 * And what ends is valid: a stop token is allowed exactly where the text is complete.
 *
 *     tone_constraint *c;
 *     if (tone_constraint_compile_schema(&c, vocab, schema, strlen(schema), NULL, &err)) …   // says what it refuses
 *     tone_constraint_state *s;
 *     tone_constraint_state_open(&s, c, &err);
 *     while (!done) {
 *         tone_constraint_mask(s, mask, &err);
 *         id = …;                                       // the sampler chooses among the bits that are set
 *         if (is_stop(id)) break;
 *         tone_constraint_accept_token(s, id, &err);
 *     }
 */
#ifndef TONESMITH_CONSTRAIN_H
#define TONESMITH_CONSTRAIN_H

#include "tonesmith/base.h"
#include "tonesmith/tokenizer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_constraint_vocab tone_constraint_vocab;
typedef struct tone_constraint tone_constraint;
typedef struct tone_constraint_state tone_constraint_state;

/* Control tokens that a constraint can ask for.  They are atomic: text that spells one is not the same thing. */
typedef enum tone_mark {
    TONE_MARK_QUOTE,         /* <|"|>        delimits strings in calls */
    TONE_MARK_CALL_OPEN,     /* <|tool_call> */
    TONE_MARK_CALL_CLOSE,    /* <tool_call|> */
    TONE_MARK_THOUGHT_OPEN,  /* <|channel>   */
    TONE_MARK_THOUGHT_CLOSE, /* <channel|>   */
    TONE_MARK_COUNT
} tone_mark;

/* What a constraint may do with an id. */
typedef enum tone_piece_use {
    TONE_PIECE_TEXT,  /* stands for its bytes                             */
    TONE_PIECE_MARK,  /* stands for itself; only `marks` are ever allowed */
    TONE_PIECE_STOP,  /* ends the text                                    */
    TONE_PIECE_NEVER  /* never allowed                                    */
} tone_piece_use;

typedef struct tone_constraint_piece {
    const char *bytes;
    size_t n;
    tone_piece_use use;
} tone_constraint_piece;

/* A vocabulary from pieces[0..n), which are copied; marks[TONE_MARK_COUNT] (nullable: none) are the ids of the control
 * tokens, TONE_TOKEN_NONE where the vocabulary has none. */
TONE_API TONE_NODISCARD tone_status tone_constraint_vocab_open(tone_constraint_vocab **out,
                                                               const tone_constraint_piece *pieces, size_t n,
                                                               const tone_token *marks, tone_error *err);
/* The vocabulary of a tokenizer, which must outlive it: stop ids end the text, marks are found by their literals,
 * suppressed and unused ids are never allowed. */
TONE_API TONE_NODISCARD tone_status tone_constraint_vocab_of(tone_constraint_vocab **out, const tone_tokenizer *tokenizer,
                                                             tone_error *err);
TONE_API void tone_constraint_vocab_close(tone_constraint_vocab *v);
/* uint64_t words of a mask: one bit a token, word id/64, bit id%64. */
TONE_API size_t tone_constraint_vocab_words(const tone_constraint_vocab *v);

typedef struct tone_constraint_options {
    bool lenient;    /* what cannot be enforced is a warning instead of an error                               */
    bool any_order;  /* members of an object in any order; else as each `properties` lists them (calls: any)   */
    bool spaces;     /* JSON: one blank after ':' and ',', or a line break and indentation before a member     */
    bool closed;     /* objects that name properties and do not speak of others have no others (calls: always) */
    bool allow_none; /* a schema that nothing satisfies compiles, and no text is complete; else it is an error */
    uint32_t max_depth; /* of nested arrays and objects in the text; 0: 100                                    */
} tone_constraint_options;

/* Compile.  `vocab` may be NULL for use with bytes only (no masks, no tokens); otherwise it must outlive the
 * constraint.  `options` may be NULL.  TONE_ERR_FORMAT: not a schema (pattern, grammar); TONE_ERR_UNSUPPORTED: a keyword
 * that cannot be enforced, named; TONE_ERR_LIMIT: too large, too deep, too many states.  On failure *out is NULL. */

/* A JSON text valid against a JSON Schema (draft 2020-12).  "{\"type\":\"object\"}" is the json_object mode. */
TONE_API TONE_NODISCARD tone_status tone_constraint_compile_schema(tone_constraint **out, const tone_constraint_vocab *vocab,
                                                                   const char *schema, size_t n,
                                                                   const tone_constraint_options *options, tone_error *err);

typedef enum tone_tool_choice {
    TONE_TOOL_AUTO,     /* text, calls, or both                         */
    TONE_TOOL_REQUIRED, /* after the thought, calls; at least one       */
    TONE_TOOL_NONE      /* text; the model cannot open a call           */
} tone_tool_choice;

typedef enum tone_thought {
    TONE_THOUGHT_NONE,    /* the model may not think                              */
    TONE_THOUGHT_ALLOWED, /* a thought may come first                             */
    TONE_THOUGHT_OPEN     /* the prompt ends inside a thought; it must be closed  */
} tone_thought;

/* A whole answer of a Gemma 4 model: a thought, then text or a JSON document, then calls in the model's notation. */
typedef struct tone_constraint_answer {
    const char *tools; /* JSON array of {"type":"function","function":{name, parameters}}; NULL: none */
    size_t tools_bytes;
    tone_tool_choice choice;
    const char *name;   /* only this tool may be called; NULL: any    */
    bool one_call;      /* no parallel calls                          */
    const char *schema; /* the text is JSON valid against this; NULL: free text */
    size_t schema_bytes;
    tone_thought thought;
} tone_constraint_answer;

TONE_API TONE_NODISCARD tone_status tone_constraint_compile_answer(tone_constraint **out, const tone_constraint_vocab *vocab,
                                                                   const tone_constraint_answer *answer,
                                                                   const tone_constraint_options *options, tone_error *err);

/* Text that an ECMA-262 pattern matches as a whole (no look-around, no back references). */
TONE_API TONE_NODISCARD tone_status tone_constraint_compile_regex(tone_constraint **out, const tone_constraint_vocab *vocab,
                                                                  const char *pattern, size_t n,
                                                                  const tone_constraint_options *options, tone_error *err);
/* Text that the rule `root` of a GBNF grammar derives. */
TONE_API TONE_NODISCARD tone_status tone_constraint_compile_grammar(tone_constraint **out, const tone_constraint_vocab *vocab,
                                                                    const char *grammar, size_t n,
                                                                    const tone_constraint_options *options, tone_error *err);
TONE_API void tone_constraint_free(tone_constraint *c);

/* What `lenient` let pass: sentences 0 … n-1, NULL past the end. */
TONE_API const char *tone_constraint_warning(const tone_constraint *c, size_t i);

/* A state at the beginning of the text; `c` must outlive it. */
TONE_API TONE_NODISCARD tone_status tone_constraint_state_open(tone_constraint_state **out, tone_constraint *c, tone_error *err);
TONE_API void tone_constraint_state_close(tone_constraint_state *s);
/* Make `to` the place where `from` is; both are states of one constraint. */
TONE_API TONE_NODISCARD tone_status tone_constraint_state_copy(tone_constraint_state *to, const tone_constraint_state *from,
                                                               tone_error *err);
/* Back to the beginning. */
TONE_API TONE_NODISCARD tone_status tone_constraint_state_reset(tone_constraint_state *s, tone_error *err);

/* Set exactly the bits of the tokens that may come next; bits[tone_constraint_vocab_words()]. */
TONE_API TONE_NODISCARD tone_status tone_constraint_mask(tone_constraint_state *s, uint64_t *bits, tone_error *err);

/* Go on by one token, by bytes or by a mark.  TONE_ERR_ARGUMENT: not allowed here, and the state is as it was; for
 * bytes, err->offset tells how many would have been allowed.  A stop token is allowed where the text is complete and
 * leaves the state there. */
TONE_API TONE_NODISCARD tone_status tone_constraint_accept_token(tone_constraint_state *s, tone_token id, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_constraint_accept_bytes(tone_constraint_state *s, const char *bytes, size_t n,
                                                                 tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_constraint_accept_mark(tone_constraint_state *s, tone_mark mark, tone_error *err);

/* Whether the text may end here. */
TONE_API bool tone_constraint_is_complete(const tone_constraint_state *s);

/* The tokens that follow whatever the model says, appended to *out: as the tokenizer would write them, up to the last
 * one that could not have become part of a longer token.  The state stays where it is. */
TONE_API TONE_NODISCARD tone_status tone_constraint_forced(tone_constraint_state *s, tone_token_list *out, tone_error *err);
/* The bytes of the same, to the first mark; borrowed until the next call on `s`. */
TONE_API TONE_NODISCARD tone_status tone_constraint_forced_bytes(tone_constraint_state *s, const char **bytes, size_t *n,
                                                                 tone_error *err);

/* A short way to the end: tokens appended to *out, or the text itself with marks as their literals (borrowed until the
 * next call on `s`); nothing where the text is complete.  This is also "what is missing" when the length ran out. */
TONE_API TONE_NODISCARD tone_status tone_constraint_finish(tone_constraint_state *s, tone_token_list *out, tone_error *err);
/* Keep the end within reach: `id` is about to be taken, and `left` tokens may follow it.  Nothing is appended while the text
 * can still be ended in that many; otherwise the tokens that end it here, instead of `id`; a stop token where the text is complete.  Nothing either where even these
 * are more than left + 1.  TONE_TOKEN_NONE: what ends it here in any case. */
TONE_API TONE_NODISCARD tone_status tone_constraint_closing(tone_constraint_state *s, tone_token id, uint64_t left,
                                                            tone_token_list *out, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_constraint_finish_text(tone_constraint_state *s, const char **text, size_t *n,
                                                                tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

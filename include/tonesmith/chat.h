/* tonesmith/chat.h - turns and calls: messages and tools become a prompt, tokens become a message again.
 * Module: chat
 *
 * A request is the JSON object of an OpenAI-style chat request: `messages`, `tools`, `enable_thinking`,
 * `preserve_thinking`, `add_generation_prompt`.  It becomes a tone_prompt: a list of segments in which the frame (control
 * tokens) and the caller's text are kept apart, so that no text from a user, a tool or a file can become a control token.
 *
 *     tone_prompt_options o = {.family = TONE_CHAT_GEMMA4_SMALL};
 *     tone_prompt *p;
 *     if (tone_prompt_build(&p, request, strlen(request), &o, &err)) …       // the request is wrong: err says where
 *     tone_token_list ids = {0};
 *     tone_prompt_encode(p, tokenizer, &ids, &err);
 *
 *     tone_reply_options ro = {.tools = tools, .open_thought = tone_prompt_open_thought(p), .sink = show};
 *     tone_reply *r;
 *     tone_reply_open(&r, &ro, &err);
 *     while (…) tone_reply_token(r, tokenizer, id);                           // show() is called as text and calls appear
 *     const tone_message *m = tone_reply_finish(r, TONE_FINISH_STOP);
 */
#ifndef TONESMITH_CHAT_H
#define TONESMITH_CHAT_H

#include "tonesmith/base.h"
#include "tonesmith/tokenizer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- messages to prompt ------------------------------------------------------------------------------------------ */

/* Which frame a model was trained with.  Small are E2B and E4B (they have per-layer embeddings), large the others: the
 * large ones are told by an empty thought that none is wanted. */
typedef enum tone_chat_family { TONE_CHAT_GEMMA4_SMALL, TONE_CHAT_GEMMA4_LARGE, TONE_CHAT_GEMMA3 } tone_chat_family;

typedef struct tone_prompt_options {
    tone_chat_family family;
    bool template_exact;  /* byte for byte what the published template prints, its known defects included */
    bool trust_text;      /* control tokens spelled in the caller's text become control tokens            */
    bool think_in_system; /* only "<|think|>" in the first system message does                            */
} tone_prompt_options;

typedef enum tone_segment_kind {
    TONE_SEGMENT_TEXT,    /* ordinary text, whatever it spells                              */
    TONE_SEGMENT_CONTROL, /* `text` is the literal of one control token                     */
    TONE_SEGMENT_MEDIA,   /* the same, where an image, a sound or a film is to be put       */
    TONE_SEGMENT_IDS      /* `ids` as a model once generated them; `text` shows them        */
} tone_segment_kind;

typedef struct tone_segment {
    tone_segment_kind kind;
    const char *text; /* not terminated */
    size_t n;
    const tone_token *ids; /* TONE_SEGMENT_IDS only */
    size_t n_ids;
    uint32_t message, part; /* TONE_SEGMENT_MEDIA: messages[message].content[part] has the data */
} tone_segment;

typedef struct tone_prompt tone_prompt;

/* Build the prompt of request[0..n).  TONE_ERR_FORMAT: the request is no JSON or breaks the rules of a request (a server
 * answers 400); TONE_ERR_UNSUPPORTED: the family cannot do it (tools with Gemma 3). */
TONE_API TONE_NODISCARD tone_status tone_prompt_build(tone_prompt **out, const char *request, size_t n,
                                                      const tone_prompt_options *options, tone_error *err);
TONE_API void tone_prompt_free(tone_prompt *p);

/* Borrowed, for as long as `p` lives.  Two text segments never touch. */
TONE_API const tone_segment *tone_prompt_segments(const tone_prompt *p, size_t *n);
/* All segments joined, control tokens as their literals: for reading and comparing only.  Zero-terminated. */
TONE_API const char *tone_prompt_text(const tone_prompt *p, size_t *n);
/* The prompt ends inside a thought, so the model's first words are reasoning. */
TONE_API bool tone_prompt_open_thought(const tone_prompt *p);
/* What of the request could not be used, one line each ("messages[3]: a tool result without a call was left out"). */
TONE_API const char *const *tone_prompt_notes(const tone_prompt *p, size_t *n);
/* Append the ids.  TONE_ERR_UNSUPPORTED when the vocabulary lacks a control token of the frame. */
TONE_API TONE_NODISCARD tone_status tone_prompt_encode(const tone_prompt *p, const tone_tokenizer *t, tone_token_list *out,
                                                       tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

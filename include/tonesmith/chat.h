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
 *     tone_reply_options ro = {.tokenizer = tokenizer, .tools = tools, .open_thought = tone_prompt_open_thought(p), .sink = show};
 *     tone_reply *r;
 *     tone_reply_open(&r, &ro, &err);
 *     while (…) tone_reply_token(r, id);                                 // show() is called as text and calls appear
 *     tone_reply_finish(r, TONE_FINISH_STOP, &message, &err);
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
    const char *path, *hash; /* TONE_SEGMENT_MEDIA: what the part's "path" and "hash" say, zero-terminated; NULL: nothing */
    uint32_t budget;         /* likewise; 0: nothing */
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

/* ---- tokens to message ------------------------------------------------------------------------------------------- */

/* Why an answer ended, as a client is told. */
typedef enum tone_finish {
    TONE_FINISH_STOP,      /* the model ended its turn            */
    TONE_FINISH_LENGTH,    /* a limit ended it; it may be cut off */
    TONE_FINISH_TOOL_CALLS /* it ended its turn to call tools     */
} tone_finish;

/* "stop", "length", "tool_calls" */
TONE_API const char *tone_finish_text(tone_finish finish);

typedef enum tone_reply_event_kind {
    TONE_REPLY_REASONING,      /* `text`: more of the thought                                                   */
    TONE_REPLY_CONTENT,        /* `text`: more of the answer                                                    */
    TONE_REPLY_CALL_BEGIN,     /* `text`: the tool's name; calls are numbered from 0 by `call`                  */
    TONE_REPLY_CALL_ARGUMENTS, /* `text`: more of the arguments' JSON                                           */
    TONE_REPLY_CALL_END,       /* the call is whole; `repaired` when its text had to be mended                  */
    TONE_REPLY_ERROR,          /* `why` a call could not be used; `text`: the model's own words, nothing is lost */
    TONE_REPLY_END             /* `finish`; always the last                                                     */
} tone_reply_event_kind;

typedef struct tone_reply_event {
    tone_reply_event_kind kind;
    const char *text; /* UTF-8, whole characters, not terminated; borrowed for the duration of the call */
    size_t n;
    uint32_t call;
    bool repaired;
    const char *why;
    tone_finish finish;
} tone_reply_event;

typedef void tone_reply_sink(void *user, const tone_reply_event *event);

typedef struct tone_call {
    const char *name, *arguments; /* zero-terminated; arguments: the text of a JSON object */
    bool repaired;
} tone_call;

/* What the events amount to: the texts of all events of one kind, joined, are the text here. */
typedef struct tone_message {
    const char *content; /* zero-terminated (may hold zeros); NULL: there are calls and no text */
    size_t content_n;
    const char *reasoning; /* NULL: none */
    size_t reasoning_n;
    const tone_call *calls;
    size_t n_calls;
    tone_finish finish;
    bool repaired; /* some call was                                                                        */
    bool faithful; /* the tokens said this message and nothing else: they may stand for it in later prompts */
} tone_message;

typedef struct tone_reply_options {
    const tone_tokenizer *tokenizer; /* NULL: control tokens have Gemma 4's published ids; must outlive the reply */
    const char *tools;               /* the request's JSON array of tools; NULL: none.  Copied                    */
    size_t tools_n;
    bool thinking;     /* the request asked for a thought                      */
    bool open_thought; /* the prompt ended inside one (tone_prompt_open_thought) */
    bool strict_calls; /* calls are known to be well-formed (a constraint sees to it): arguments are sent as they come
                          and never mended; otherwise a call is sent when it is whole                             */
    const char *const *stops; /* the answer ends before one of these appears in its content; must outlive the reply */
    size_t n_stops;
    tone_reply_sink *sink; /* NULL: none */
    void *user;
} tone_reply_options;

/* An answer being read.  One thread at a time; the sink is called from the functions below. */
typedef struct tone_reply tone_reply;

TONE_API TONE_NODISCARD tone_status tone_reply_open(tone_reply **out, const tone_reply_options *options, tone_error *err);
TONE_API void tone_reply_close(tone_reply *r);

/* Give the next token.  Without a tokenizer only control tokens can be given this way.  After a stop token nothing counts. */
TONE_API void tone_reply_token(tone_reply *r, tone_token id);
/* Give ordinary text, cut anywhere; what is no UTF-8 becomes U+FFFD. */
TONE_API void tone_reply_text(tone_reply *r, const char *bytes, size_t n);
/* A stop token or a stop string came. */
TONE_API bool tone_reply_done(const tone_reply *r);
/* The next words are reasoning. */
TONE_API bool tone_reply_in_thought(const tone_reply *r);
/* Between <|tool_call> and <tool_call|>. */
TONE_API bool tone_reply_in_call(const tone_reply *r);
/* No character, and no label of a thought, is half given. */
TONE_API bool tone_reply_whole(const tone_reply *r);

/* Nothing more will come; `how` says whether the model ended its turn (STOP) or a limit did (LENGTH: a call that is cut
 * off is dropped, not mended).  *out is borrowed from `r`.  Fails only for want of memory, at any time since opening. */
TONE_API TONE_NODISCARD tone_status tone_reply_finish(tone_reply *r, tone_finish how, const tone_message **out, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

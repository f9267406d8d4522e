/* tonesmith/conversation.h - messages that grow: a user's turns, the model's answers with their thoughts and calls, results.
 * Module: chat
 *
 * A conversation keeps each message as JSON, as a client would send it, and beside an answer the tokens it came in.  The
 * prompt puts those tokens where the answer stands, so that a prompt begins with everything the model has already read and
 * said, and a session evaluates only what is new.  Where the model's frame wants something forgotten (thoughts, once the next
 * user message comes; the empty thought that tells a large model not to think) the prompts part there.
 *
 *     tone_conversation *c;
 *     tone_conversation_open(&c, tokenizer, TONE_CHAT_GEMMA4_SMALL, &err);
 *     tone_conversation_add_user(c, text, strlen(text), &err);
 *     tone_prompt *p;
 *     tone_conversation_prompt(c, &p, &err);              // generate, read the tokens with a tone_reply …
 *     tone_conversation_add_reply(c, message, ids, n, &err);
 *     for (size_t i = 0; i < tone_conversation_n_pending(c); i++) …   // calls that want a result
 *
 * One thread at a time. */
#ifndef TONESMITH_CONVERSATION_H
#define TONESMITH_CONVERSATION_H

#include "tonesmith/chat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_conversation tone_conversation;

/* An empty conversation.  `tokenizer` may be NULL (answers are then rendered from their text); it must outlive *out. */
TONE_API TONE_NODISCARD tone_status tone_conversation_open(tone_conversation **out, const tone_tokenizer *tokenizer,
                                                           tone_chat_family family, tone_error *err);
TONE_API void tone_conversation_close(tone_conversation *c);

/* The system text; NULL or blank takes it away. */
TONE_API TONE_NODISCARD tone_status tone_conversation_set_system(tone_conversation *c, const char *text, tone_error *err);
/* A JSON array of tools, as in a request; NULL takes them away. */
TONE_API TONE_NODISCARD tone_status tone_conversation_set_tools(tone_conversation *c, const char *json, size_t n, tone_error *err);
/* Whether the next prompt asks for a thought. */
TONE_API void tone_conversation_set_thinking(tone_conversation *c, bool thinking);
/* Keep what the frame wants forgotten, so that no token is evaluated twice.  Not what models are trained on. */
TONE_API void tone_conversation_set_keep_all(tone_conversation *c, bool keep);
TONE_API const char *tone_conversation_system(const tone_conversation *c);              /* NULL: none */
TONE_API const char *tone_conversation_tools(const tone_conversation *c, size_t *n);    /* NULL: none */
TONE_API bool tone_conversation_thinking(const tone_conversation *c);

/* ---- messages.  On failure the conversation is as it was. */

TONE_API TONE_NODISCARD tone_status tone_conversation_add_user(tone_conversation *c, const char *text, size_t n, tone_error *err);
/* Text, or a file that is shown or played. */
typedef enum tone_part_kind { TONE_PART_TEXT, TONE_PART_IMAGE, TONE_PART_AUDIO } tone_part_kind;
typedef struct tone_part {
    tone_part_kind kind;
    const char *text; /* n bytes of text, or a path, terminated */
    size_t n;
    const char *hash; /* of a file: tone_media_hash(), so that a change is noticed; NULL: none */
    uint32_t budget;  /* of a picture; 0: the default */
} tone_part;
/* A user's turn of several parts, in this order.  Files are not opened. */
TONE_API TONE_NODISCARD tone_status tone_conversation_add_parts(tone_conversation *c, const tone_part *parts, size_t n, tone_error *err);
/* Any message of a request but the first system message: {"role":…,"content":…}. */
TONE_API TONE_NODISCARD tone_status tone_conversation_add(tone_conversation *c, const char *json, size_t n, tone_error *err);
/* The model's answer.  ids[0..n_ids) are the tokens it came in, from the end of the last prompt of this conversation on, stop
 * token included or not; they are put into later prompts if message->faithful.  n_ids may be 0. */
TONE_API TONE_NODISCARD tone_status tone_conversation_add_reply(tone_conversation *c, const tone_message *message,
                                                                const tone_token *ids, size_t n_ids, tone_error *err);
/* The result of the call `id`: text, or with `object` the text of a JSON object, whose members the model then sees as such. */
TONE_API TONE_NODISCARD tone_status tone_conversation_add_result(tone_conversation *c, const char *id, const char *text,
                                                                 size_t n, bool object, tone_error *err);

/* A call in an answer; all zero-terminated. */
typedef struct tone_conversation_call {
    const char *id, *name;
    const char *arguments; /* the text of a JSON object */
} tone_conversation_call;

/* The calls of the last answer that have no result yet; they want one each before the model goes on. */
TONE_API size_t tone_conversation_n_pending(const tone_conversation *c);
TONE_API tone_conversation_call tone_conversation_pending(const tone_conversation *c, size_t i);

TONE_API size_t tone_conversation_n(const tone_conversation *c);
TONE_API const char *tone_conversation_role(const tone_conversation *c, size_t i);
/* The text of message i (of parts: the first text), "" for none; and the thought before it.  Zero-terminated, borrowed until
 * the message goes. */
TONE_API const char *tone_conversation_text(const tone_conversation *c, size_t i, size_t *n);
TONE_API const char *tone_conversation_reasoning(const tone_conversation *c, size_t i, size_t *n);
TONE_API size_t tone_conversation_n_calls(const tone_conversation *c, size_t i);
TONE_API tone_conversation_call tone_conversation_call_at(const tone_conversation *c, size_t i, size_t call);

/* Forget the messages from i on. */
TONE_API void tone_conversation_cut(tone_conversation *c, size_t i);
/* The last message of a user; tone_conversation_n() when there is none.  To answer again: cut behind it; to ask again: at it. */
TONE_API size_t tone_conversation_last_user(const tone_conversation *c);

/* ---- what comes of it */

/* The prompt for what the model is to say next; the caller frees it. */
TONE_API TONE_NODISCARD tone_status tone_conversation_prompt(tone_conversation *c, tone_prompt **out, tone_error *err);
/* The conversation as JSON: system, tools, thinking, messages; messages are those of a chat request.  Zero-terminated, the
 * caller frees *out. */
TONE_API TONE_NODISCARD tone_status tone_conversation_write(const tone_conversation *c, char **out, size_t *n, tone_error *err);
/* Take everything from such a text, which may come from anywhere.  On failure the conversation is as it was. */
TONE_API TONE_NODISCARD tone_status tone_conversation_read(tone_conversation *c, const char *json, size_t n, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_conversation_save(const tone_conversation *c, const char *path, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_conversation_load(tone_conversation *c, const char *path, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* chat/conversation.h - what a conversation holds.
 *
 * Each message is a tree of its own, so that messages come and go one by one; a request is put together when a prompt is
 * wanted.  Token ids never leave memory: a file with ids in it could say anything, turns of the system included. */
#ifndef TONE_CHAT_CONVERSATION_H
#define TONE_CHAT_CONVERSATION_H

#include "chat/prompt.h"
#include "tonesmith/conversation.h"

/* An empty thought that a prompt gave the model before its answer; forgotten unless all is kept. */
typedef struct tone_chat_unthinking {
    size_t n_ids, n; /* at the front of the tokens, and of their text */
} tone_chat_unthinking;

typedef struct tone_chat_entry {
    tone_json_tree *tree;
    tone_chat_replay replay; /* owns its ids and text */
    tone_chat_unthinking front;
} tone_chat_entry;

struct tone_conversation {
    const tone_tokenizer *tokenizer;
    tone_chat_family family;
    tone_json_tree *system; /* a message; NULL: none */
    tone_json_tree *tools;  /* an array; NULL: none */
    char *tools_text;
    size_t tools_n;
    bool thinking, keep_all;
    tone_chat_entry *entries;
    size_t n, room;
    tone_chat_beginning beginning; /* of the answer to the last prompt */
    size_t prompted;          /* messages in it                   */
};

static inline const tone_json_value *tone_chat_conversation_message(const tone_conversation *c, size_t i)
{
    return tone_json_tree_root(c->entries[i].tree);
}

/* text[0..n) may hold zero bytes; a blank one takes the system text away. */
TONE_NODISCARD tone_status tone_chat_conversation_set_system(tone_conversation *c, const char *text, size_t n,
                                                             tone_error *err);

#endif

/* constrain/vocab.h - a vocabulary as a tree of bytes, and what never changes about it.
 *
 * The tree holds the texts of all tokens that may be used; tokens that begin alike share a path.  Children of a node
 * lie side by side, sorted by byte, so that a walk touches little memory.
 *
 * Most of the time a model writes inside a string, where almost every token is allowed.  For the three automata of
 * free strings the masks are therefore made here, once: which tokens stay inside the string, by how many characters
 * they need, and at which nodes of the tree the string ends. */
#ifndef TONE_CONSTRAIN_VOCAB_H
#define TONE_CONSTRAIN_VOCAB_H

#include "constrain/text.h"

enum { TONE_PIECE_BYTES = 255 /* longer tokens are never allowed */ };

/* A node of the tree where an automaton has come to its end. */
typedef struct tone_leave {
    uint32_t node;
    uint32_t state; /* of the automaton there */
    uint32_t chars; /* read on the way        */
} tone_leave;

/* What can be said of one state of an automaton about all tokens. */
typedef struct tone_state_mask {
    uint64_t *stay; /* tokens that are read whole and leave the automaton with more to read */
    tone_leave *leaves; /* nodes where it must end; their tokens are not in `stay` */
    uint32_t n_leaves;
    tone_leave *exits; /* nodes whose last byte is the first one after the automaton, and its state before */
    uint32_t n_exits;
} tone_state_mask;

typedef struct tone_free_text {
    const tone_dfa *dfa;
    uint32_t body;      /* the state after the opening delimiter                                         */
    uint64_t *stay;     /* (longest + 1, n_words) tokens that stay inside when so many characters have room */
    tone_leave *leaves, *exits; /* as in tone_state_mask */
    uint32_t n_leaves, n_exits;
} tone_free_text;

struct tone_constraint_vocab {
    uint32_t n_tokens, n_words;
    /* (n_nodes + 1); node 0 is the empty text.  The children of i are first[i] … first[i+1]-1. */
    uint32_t n_nodes;
    uint32_t *first, *parent;
    uint32_t *token; /* (n_nodes) that ends here, TONE_TOKEN_NONE */
    uint8_t *byte;   /* (n_nodes) last byte of the text           */
    uint32_t *same;  /* (n_tokens) the next token with the same text */
    uint32_t *node_of; /* (n_tokens) TONE_TOKEN_NONE: not text       */
    uint8_t *use;    /* (n_tokens) tone_piece_use                    */
    uint32_t longest; /* bytes of any text in the tree               */
    tone_token marks[TONE_MARK_COUNT];
    uint8_t *mark_of; /* (n_tokens) tone_mark, TONE_MARK_COUNT for none */
    uint64_t *text;  /* mask of all tokens in the tree */
    uint64_t *stops;
    tone_dfa *any[TONE_TEXT_KINDS];
    tone_free_text free_text[TONE_TEXT_KINDS + 1]; /* the last: bare keys from their first byte on */
    const tone_tokenizer *tokenizer; /* or NULL */
};

/* All tokens as seen from `state` of an automaton; for counted ones, as if any number of characters had room.  `follow`
 * is the set of bytes that can come after it. */
TONE_NODISCARD tone_status tone_vocab_state_mask(const tone_constraint_vocab *v, tone_state_mask *out, const tone_dfa *d, uint32_t state,
                                                 const uint64_t follow[4]);
/* The same for any room, from the body of a counted one. */
TONE_NODISCARD tone_status tone_vocab_free_text(const tone_constraint_vocab *v, tone_free_text *out, const tone_dfa *d, uint32_t body);
void tone_free_text_clear(tone_free_text *f);
void tone_state_mask_clear(tone_state_mask *m);

static inline void tone_mask_set(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* Set the bits of all tokens that end at a node. */
static inline void tone_vocab_set(const tone_constraint_vocab *v, uint64_t *bits, uint32_t node)
{
    for (uint32_t t = v->token[node]; t != TONE_TOKEN_NONE; t = v->same[t])
        tone_mask_set(bits, t);
}

/* The bytes from the root to a node, at most TONE_PIECE_BYTES; returns how many. */
uint32_t tone_vocab_path(const tone_constraint_vocab *v, uint32_t node, char *to);

#endif

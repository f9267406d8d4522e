/* token/vocab.h - the tables behind a tone_tokenizer, and how the readers fill them.
 *
 * Inside the module a space is a space: the pieces' U+2581 and the text's spaces both become ' ', so a piece already
 * is what it prints.
 *
 * Merging needs two answers fast: "is this stretch of text a piece?" (a hash table) and "how early is it joined from
 * these two halves?" (one of three ways, see tone_merge_order). */
#ifndef TONE_TOKEN_VOCAB_H
#define TONE_TOKEN_VOCAB_H

#include <stdatomic.h>

#include "tonesmith/tokenizer.h"

typedef enum tone_merge_order {
    TONE_MERGE_DERIVED, /* no list, no scores: Gemma's own list, worked out from the order of the pieces */
    TONE_MERGE_LISTED,  /* the file lists (left, right) pairs; the earlier pair is joined first          */
    TONE_MERGE_SCORED   /* no list: the piece with the larger score first (Gemma 3's GGUF files)         */
} tone_merge_order;

/* A slot of the hash table of pieces. */
typedef struct tone_slot {
    uint32_t tag; /* upper half of the hash  */
    uint32_t id;  /* TONE_TOKEN_NONE: free   */
} tone_slot;

typedef struct tone_literal {
    const char *text; /* in literal_text */
    uint32_t n;
    tone_token id;
} tone_literal;

/* Strings to look for in raw text, sorted by their bytes; first[b] … first[b+1] are those that begin with byte b. */
typedef struct tone_literal_set {
    tone_literal *items;
    uint32_t n, first[257];
} tone_literal_set;

struct tone_tokenizer {
    tone_tokenizer_facts facts;
    tone_token *stops, *suppressed; /* facts points here */

    char *text;      /* all pieces as they print, one after the other, then 16 zero bytes */
    uint32_t *start; /* (n_vocab + 1) offsets in text                                     */
    uint8_t *kind;   /* (n_vocab) tone_token_kind                                         */

    tone_slot *slots; /* open addressing; a power of two */
    uint32_t slot_mask;
    uint32_t longest_piece; /* bytes, of those in the table */
    tone_token byte_id[256], ascii_id[128];
    /* Bit b of joined[a]: in some piece a character ending in byte a stands before one beginning with byte b.
     * Where text has another pair of bytes no merge can ever reach across, and it may be cut there. */
    uint64_t joined[256][4];
    /* (n_vocab) Do the characters of this piece merge to the piece itself?  0: not yet known, 1: yes, 2: no.
     * A memo of something that never changes: threads may fill it in any order. */
    _Atomic uint8_t *whole;

    tone_merge_order order;
    uint32_t *split_start; /* listed: (n_vocab + 1) offsets in the next two      */
    uint32_t *split_rank;  /*         place in the file's list                   */
    uint16_t *split_left;  /*         bytes of the left half, spaces as one byte */
    uint32_t *score_key;   /* scored: (n_vocab) the smaller is joined earlier    */

    char *literal_text;
    tone_literal_set always, with_control; /* LITERAL tokens; these and CONTROL tokens */
};

/* What a reader hands over for one id. */
typedef struct tone_piece {
    const char *text; /* as in the file; NULL for a hole in the numbering */
    size_t n;
    tone_token_kind kind; /* as the file says; Gemma's markers are recognised by their text besides */
} tone_piece;

typedef struct tone_merge {
    const char *left, *right;
    size_t left_n, right_n;
} tone_merge;

/* Bounds that no honest vocabulary comes near. */
enum { TONE_PIECE_MAX_BYTES = 4096, TONE_VOCAB_MAX = 1 << 20 };

/* Build everything but the merge order, which is TONE_MERGE_DERIVED until told otherwise.  On failure *out is NULL. */
TONE_NODISCARD tone_status tone_vocab_build(tone_tokenizer **out, const tone_piece *pieces, size_t n, tone_error *err);

/* Merge in the order of a list of `n` pairs; `next` fills *m or returns false at the end. */
TONE_NODISCARD tone_status tone_vocab_list_merges(tone_tokenizer *t, size_t n, bool (*next)(void *from, tone_merge *m),
                                                  void *from, tone_error *err);

/* Merge by scores[0..n_vocab). */
TONE_NODISCARD tone_status tone_vocab_score_merges(tone_tokenizer *t, const float *scores, tone_error *err);

/* The file's own ids beside those known by text: more stop ids, more that are never generated. */
TONE_NODISCARD tone_status tone_vocab_add_stop(tone_tokenizer *t, tone_token id, tone_error *err);
TONE_NODISCARD tone_status tone_vocab_add_suppressed(tone_tokenizer *t, tone_token id, tone_error *err);

#endif

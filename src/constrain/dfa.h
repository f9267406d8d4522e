/* constrain/dfa.h - finite automata over bytes and control tokens, as tables.
 *
 * State 0 is the dead one; every other state can reach acceptance, so "is there a way on?" is "is the next state not
 * 0?".  An automaton may call things that are not regular (a value of a schema, a recursive rule): in such a state it
 * is left, and entered again in another one when the called thing is over. */
#ifndef TONE_CONSTRAIN_DFA_H
#define TONE_CONSTRAIN_DFA_H

#include "constrain/re.h"

enum {
    TONE_DFA_ACCEPT = 1,   /* the text may end here                                                       */
    TONE_DFA_FINAL = 2,    /* … and must: nothing can follow                                               */
    TONE_DFA_BOUNDARY = 4, /* counted strings: between two characters                                     */
    TONE_DFA_CALLS = 8,    /* has calls                                                                   */
    TONE_DFA_FREE = 16,    /* every byte leads back to this state                                         */
    TONE_DFA_FINITE = 32   /* only finitely many texts can follow (counts tells how many)                 */
};

enum { TONE_DFA_MANY = UINT32_MAX }; /* no bound, or one beyond 32 bits */

typedef struct tone_dfa_call {
    uint32_t state, what, back; /* in `state` call `what`, go on in `back` */
} tone_dfa_call;

typedef struct tone_dfa {
    uint32_t n_states, n_classes, start;
    uint16_t class_of[TONE_SYM_READ];
    uint16_t *next;   /* (n_states, n_classes) */
    uint8_t *flags;   /* (n_states) */
    uint32_t *dist;   /* (n_states) fewest symbols to acceptance; with calls: the caller fills it in */
    uint32_t *counts; /* (n_states) texts that lead to acceptance, TONE_DFA_MANY for endlessly many */
    uint64_t (*reads)[5]; /* (n_states) set of symbols that lead on */
    tone_dfa_call *calls; /* sorted by state */
    uint32_t n_calls, *first_call; /* (n_states + 1) */
    bool counted; /* see TONE_DFA_BOUNDARY */
    bool ends_only; /* the only states from which finitely many texts follow are FINAL ones */
} tone_dfa;

static inline uint32_t tone_dfa_next(const tone_dfa *d, uint32_t state, uint32_t symbol)
{
    return d->next[state * d->n_classes + d->class_of[symbol]];
}

/* From an expression; at most `limit` states (and never more than 65535).  TONE_ERR_LIMIT beyond that: the caller
 * words the error.  An expression that no text belongs to gives an automaton whose start is 0. */
tone_status tone_dfa_of_re(tone_dfa **out, tone_re_pool *p, tone_re r, uint32_t limit);
/* In words and in remembered text the string delimiter of the call notation, a token, is a byte that no UTF-8 has. */
enum { TONE_QUOTE_BYTE = 0xff };
static inline uint32_t tone_symbol_of(char c)
{
    return (uint8_t)c == TONE_QUOTE_BYTE ? (uint32_t)TONE_SYM_MARK + TONE_MARK_QUOTE : (uint8_t)c;
}

/* Exactly the given texts.  TONE_ERR_LIMIT when they have more than 65535 different beginnings. */
typedef struct tone_word {
    const char *bytes;
    size_t n;
} tone_word;
tone_status tone_dfa_of_words(tone_dfa **out, const tone_word *words, size_t n);
/* From a rule of going on: all records that can be reached from `first` become states.  Records are compared byte by
 * byte, so that padding must be zero. */
typedef struct tone_dfa_machine {
    const void *self;
    size_t record_bytes;
    bool (*step)(const void *self, void *to, const void *from, uint32_t symbol); /* false: no way on */
    uint8_t (*flags)(const void *self, const void *record);                      /* ACCEPT, BOUNDARY */
    const uint16_t *class_of; /* symbols that make no difference share a class, 0 … n_classes-1; NULL: each its own */
    uint32_t n_classes;
} tone_dfa_machine;
tone_status tone_dfa_explore(tone_dfa **out, const tone_dfa_machine *m, const void *first, uint32_t limit);
/* Symbols are of one class when they are in both partitions; returns the number of classes. */
uint32_t tone_classes_join(uint16_t out[TONE_SYM_READ], const uint16_t *a, const uint16_t *b);
/* All texts of the automata ds[0..n). */
tone_status tone_dfa_union(tone_dfa **out, const tone_dfa *const *ds, size_t n, uint32_t limit);
void tone_dfa_free(tone_dfa *d);

bool tone_dfa_matches(const tone_dfa *d, const char *bytes, size_t n);

#endif

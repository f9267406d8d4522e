/* constrain/constraint.h - the objects behind the public header. */
#ifndef TONE_CONSTRAIN_CONSTRAINT_H
#define TONE_CONSTRAIN_CONSTRAINT_H

#include "base/buf.h"
#include "constrain/vocab.h"
#include "constrain/walk.h"

enum { TONE_CACHED_MASKS = 64, TONE_CACHED_TEXTS = 4 };

/* The mask of a state of one of the program's automata. */
typedef struct tone_cached_mask {
    const tone_dfa *dfa;
    uint32_t state;
    tone_state_mask mask;
} tone_cached_mask;

struct tone_constraint {
    tone_program program;
    const tone_constraint_vocab *vocab; /* NULL: bytes only */
    tone_cached_mask cache[TONE_CACHED_MASKS];
    uint32_t n_cached, next_cached; /* entries; the one to be replaced next */
    tone_free_text texts[TONE_CACHED_TEXTS]; /* counted strings of the program's own */
    uint32_t n_texts, next_text;
};

struct tone_constraint_state {
    tone_constraint *constraint;
    tone_walk walk;
    tone_buf text;     /* what was answered last */
    uint32_t *symbols; /* the same, before it became tokens */
    uint32_t n_symbols, room_symbols;
};

/* Set the bits of all text tokens that may come; marks and stops are seen to by the caller. */
TONE_NODISCARD tone_status tone_mask_fill(tone_constraint *c, tone_walk *w, uint64_t *bits);

#endif

/* constrain/re.h - regular languages over symbols, as expressions that know their derivatives.
 *
 * A symbol is a byte (0 … 255), one of the two edges of a text that '^' and '$' look at, a control token, or a call of
 * something that is not regular.  Expressions are hash-consed: equal ones have equal numbers, so a finite automaton is
 * built by taking derivatives (Brzozowski 1964; Owens, Reppy and Turon 2009) until no new expression appears.
 * Intersection and complement cost no more than union does, which is why patterns, formats, lengths and excluded
 * values of a schema can simply be put together.
 *
 * Failures (memory, too many expressions) stick to the pool: build, then look at tone_re_status() once. */
#ifndef TONE_CONSTRAIN_RE_H
#define TONE_CONSTRAIN_RE_H

#include "tonesmith/constrain.h"

enum {
    TONE_SYM_MARK = 256,                                /* + tone_mark                                    */
    TONE_SYM_READ = TONE_SYM_MARK + TONE_MARK_COUNT,    /* symbols below this one can be read             */
    TONE_SYM_BEGIN = 300,                               /* before the first byte of a text                */
    TONE_SYM_END = 301,                                 /* after its last byte                            */
    TONE_SYM_CALL = 1024,                               /* + number of what is called                     */
    TONE_SYM_LAST = 0x7fffffff
};

typedef struct tone_re_pool tone_re_pool;
typedef uint32_t tone_re;

enum { TONE_RE_NONE = 0 /* no text */, TONE_RE_EMPTY = 1 /* the empty text */, TONE_RE_ALL = 2 /* every text */ };
enum { TONE_RE_FOREVER = UINT32_MAX, TONE_RE_EDGES = 3 };

typedef struct tone_range {
    uint32_t lo, hi; /* inclusive */
} tone_range;

tone_re_pool *tone_re_pool_new(void); /* NULL when memory ran out */
void tone_re_pool_free(tone_re_pool *p);
/* TONE_OK, TONE_ERR_NO_MEMORY or TONE_ERR_LIMIT; after a failure every result is TONE_RE_NONE. */
tone_status tone_re_pool_status(const tone_re_pool *p);

/* One symbol out of ranges[0..n), in any order and overlapping as they like. */
tone_re tone_re_set(tone_re_pool *p, const tone_range *ranges, size_t n);
tone_re tone_re_symbol(tone_re_pool *p, uint32_t symbol);
tone_re tone_re_bytes(tone_re_pool *p, const char *bytes, size_t n);
tone_re tone_re_cat(tone_re_pool *p, tone_re a, tone_re b);
tone_re tone_re_alt(tone_re_pool *p, tone_re a, tone_re b);
tone_re tone_re_and(tone_re_pool *p, tone_re a, tone_re b);
tone_re tone_re_not(tone_re_pool *p, tone_re a);
/* min … max times; max may be TONE_RE_FOREVER. */
tone_re tone_re_repeat(tone_re_pool *p, tone_re a, uint32_t min, uint32_t max);
/* The texts that belong to `a` once TONE_SYM_END has been put after them TONE_RE_EDGES times: `a` may look for one with
 * '$', or for several ("a$$" is a legal way of writing "a$"), and lets the rest pass. */
tone_re tone_re_edges(tone_re_pool *p, tone_re a);

/* `r` where a symbol that stands alone in its sets cannot come. */
tone_re tone_re_without(tone_re_pool *p, tone_re r, uint32_t symbol);
/* Whether r is what tone_re_repeat() made of *what. */
bool tone_re_is_repeat(const tone_re_pool *p, tone_re r, tone_re *what, uint32_t *min, uint32_t *max);

/* One character out of code point ranges, in UTF-8.  Surrogates are left out. */
tone_re tone_re_chars(tone_re_pool *p, const tone_range *ranges, size_t n);
/* Any number of characters, min … max, in well-formed UTF-8. */
tone_re tone_re_text(tone_re_pool *p, uint32_t min, uint32_t max);

bool tone_re_nullable(const tone_re_pool *p, tone_re r);
tone_re tone_re_derive(tone_re_pool *p, tone_re r, uint32_t symbol);
bool tone_re_matches(tone_re_pool *p, tone_re r, const char *bytes, size_t n);

/* The coarsest cut of the symbols so that `r` and all its derivatives treat a class alike: first symbols of the
 * classes' intervals, ascending, cuts[0] = 0.  Returns how many, 0 when there are more than `room`. */
size_t tone_re_cuts(tone_re_pool *p, tone_re r, uint32_t *cuts, size_t room);

#endif

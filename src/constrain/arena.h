/* constrain/arena.h - memory that is given back all at once, when the thing it was for is done. */
#ifndef TONE_CONSTRAIN_ARENA_H
#define TONE_CONSTRAIN_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tone_arena {
    struct tone_arena_block *blocks;
    size_t used, room, total; /* in the newest block; of all */
    size_t limit;             /* bytes; 0: none              */
    bool failed;              /* memory or the limit ran out: later requests fail too */
} tone_arena;

/* n zeroed bytes, aligned for anything; NULL (and failed) when there are none. */
void *tone_arena_take(tone_arena *a, size_t n);
/* A copy of bytes[0..n) and a zero byte. */
char *tone_arena_copy(tone_arena *a, const char *bytes, size_t n);
/* A new, twice as large array holding the n elements of `old` (which stays as it is) when n is 0 or a power of two;
 * `old` itself otherwise: append to a[n] after  a = tone_arena_grow(arena, a, n, sizeof *a). */
void *tone_arena_grow(tone_arena *a, void *old, size_t n, size_t size);
void tone_arena_clear(tone_arena *a);

#endif

/* A chain of blocks, the newest first. */
#include "constrain/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct tone_arena_block {
    struct tone_arena_block *older;
    max_align_t data[];
};

enum { BLOCK_BYTES = 1 << 15 };

void *tone_arena_take(tone_arena *a, size_t n)
{
    const size_t unit = sizeof(max_align_t);
    if (a->failed || n > SIZE_MAX / 2) {
        a->failed = true;
        return NULL;
    }
    n = (n + unit - 1) / unit * unit;
    if (!a->blocks || n > a->room - a->used) {
        size_t room = n > BLOCK_BYTES ? n : BLOCK_BYTES;
        struct tone_arena_block *b = a->limit && a->total + room > a->limit ? NULL : calloc(1, sizeof *b + room);
        if (!b) {
            a->failed = true;
            return NULL;
        }
        b->older = a->blocks;
        a->blocks = b;
        a->used = 0;
        a->room = room;
        a->total += room;
    }
    void *p = (char *)a->blocks->data + a->used;
    a->used += n;
    return p;
}

char *tone_arena_copy(tone_arena *a, const char *bytes, size_t n)
{
    char *to = tone_arena_take(a, n + 1);
    if (to && n)
        memcpy(to, bytes, n);
    return to;
}

void *tone_arena_grow(tone_arena *a, void *old, size_t n, size_t size)
{
    if (n & (n - 1))
        return old;
    void *to = n < SIZE_MAX / 4 / size ? tone_arena_take(a, (n ? n * 2 : 1) * size) : NULL;
    if (to && n)
        memcpy(to, old, n * size);
    if (!to)
        a->failed = true;
    return to;
}

void tone_arena_clear(tone_arena *a)
{
    while (a->blocks) {
        struct tone_arena_block *older = a->blocks->older;
        free(a->blocks);
        a->blocks = older;
    }
    *a = (tone_arena){.limit = a->limit};
}

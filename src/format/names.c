#include "format/names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits folded to 32. */
static uint32_t hash_of(const char *name, size_t n)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)name[i]) * 0x100000001B3u;
    return (uint32_t)(h ^ h >> 32);
}

bool tone_names_init(tone_names *t, size_t n)
{
    assert(n <= SIZE_MAX / 8 / sizeof *t->slots);
    size_t n_slots = 8;
    while (n_slots < n * 2)
        n_slots *= 2;
    *t = (tone_names){.slots = calloc(n_slots, sizeof *t->slots), .n_slots = n_slots, .room = n};
    return t->slots != NULL;
}

void tone_names_clear(tone_names *t)
{
    free(t->slots);
    *t = (tone_names){0};
}

/* The slot that holds the name, or the free one where it belongs. */
static tone_name_slot *slot_of(const tone_names *t, const char *name, size_t n, uint32_t hash)
{
    size_t mask = t->n_slots - 1, i = hash & mask;
    for (;; i = (i + 1) & mask) {
        tone_name_slot *s = &t->slots[i];
        if (!s->name || (s->hash == hash && s->n == n && memcmp(s->name, name, n) == 0))
            return s;
    }
}

bool tone_names_add(tone_names *t, const char *name, size_t n, uint32_t index)
{
    assert(t->n < t->room && n <= UINT32_MAX);
    uint32_t hash = hash_of(name, n);
    tone_name_slot *s = slot_of(t, name, n, hash);
    if (s->name)
        return false;
    *s = (tone_name_slot){.name = name, .n = (uint32_t)n, .hash = hash, .index = index};
    t->n++;
    return true;
}

size_t tone_names_find(const tone_names *t, const char *name, size_t n)
{
    if (!t->slots || n > UINT32_MAX)
        return SIZE_MAX;
    const tone_name_slot *s = slot_of(t, name, n, hash_of(name, n));
    return s->name ? s->index : SIZE_MAX;
}

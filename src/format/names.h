/* format/names.h - names to numbers: the index behind "find tensor by name", and the check that no name comes twice.
 *
 * Names are borrowed and must outlive the table.  The size is fixed at the start; adding more than that is an assert. */
#ifndef TONE_FORMAT_NAMES_H
#define TONE_FORMAT_NAMES_H

#include "tonesmith/base.h"

/* Readers refuse more entries than this.  It bounds what names chosen to collide can cost (n squared compares of
 * hashes, a second or two); the largest model has some 12,000 tensors. */
enum { TONE_NAMES_MAX = 32768 };

typedef struct tone_name_slot {
    const char *name; /* NULL when free */
    uint32_t n, hash;
    uint32_t index;
} tone_name_slot;

typedef struct tone_names {
    tone_name_slot *slots; /* a power of two, at most half full */
    size_t n_slots, n, room;
} tone_names;

/* Room for n names; false when memory ran out. */
bool tone_names_init(tone_names *t, size_t n);
void tone_names_clear(tone_names *t);

/* Remember that name[0..n) is number `index`; false when the name is there already. */
bool tone_names_add(tone_names *t, const char *name, size_t n, uint32_t index);

/* The number of name[0..n), or SIZE_MAX. */
size_t tone_names_find(const tone_names *t, const char *name, size_t n);

#endif

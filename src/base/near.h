/* base/near.h - the nearest names when what was typed is none of them.
 *
 *     tone_near near;
 *     tone_near_init(&near, typed);
 *     for (…) tone_near_offer(&near, name, name, SIZE_MAX);
 *     if (near.best[0][0]) … "did you mean %s?"
 */
#ifndef TONE_BASE_NEAR_H
#define TONE_BASE_NEAR_H

#include "tonesmith/base.h"

enum { TONE_NEAR_LETTERS = 95 };

/* The three offered names that are fewest edits from what was typed. */
typedef struct tone_near {
    char typed[TONE_NEAR_LETTERS + 1];
    const char *best[3]; /* "" while fewer were offered */
    size_t cost[3];
} tone_near;

void tone_near_init(tone_near *near, const char *typed);
/* `name`, borrowed, is reported when word[0..n) is near; n SIZE_MAX: all of it. */
void tone_near_offer(tone_near *near, const char *name, const char *word, size_t n);

#endif

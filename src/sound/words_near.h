/* sound/words_near.h - names as people type them: compared loosely, and the nearest ones when none fits. */
#ifndef TONE_SOUND_WORDS_NEAR_H
#define TONE_SOUND_WORDS_NEAR_H

#include "tonesmith/base.h"

/* Whether a[0..n) (n SIZE_MAX: to its end) and b are the same name: case, spaces, '-' and '_' make no difference. */
bool tone_words_equal(const char *a, size_t n, const char *b);
/* Whether one of the names in `list`, split by '|', is `name`. */
bool tone_words_contain(const char *list, const char *name);

/* A decimal number in the "C" locale, whatever the locale of the process; *end == text when there is none.  Never NaN
 * or infinite. */
double tone_words_number(const char *text, char **end);

/* The three offered names that are fewest edits from what was typed. */
typedef struct tone_near {
    char typed[48];
    const char *best[3]; /* "" while fewer were offered */
    size_t cost[3];
} tone_near;

void tone_near_init(tone_near *near, const char *typed);
/* `name` is reported when word[0..n) is near. */
void tone_near_offer(tone_near *near, const char *name, const char *word, size_t n);

#endif

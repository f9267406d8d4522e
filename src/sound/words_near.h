/* sound/words_near.h - names and numbers as people type them, compared loosely (the nearest names: base/near.h). */
#ifndef TONE_SOUND_WORDS_NEAR_H
#define TONE_SOUND_WORDS_NEAR_H

#include "base/near.h"

/* Whether a[0..n) (n SIZE_MAX: to its end) and b are the same name: case, spaces, '-' and '_' make no difference. */
bool tone_words_equal(const char *a, size_t n, const char *b);
/* Whether one of the names in `list`, split by '|', is `name`. */
bool tone_words_contain(const char *list, const char *name);

/* A decimal number in the "C" locale, whatever the locale of the process; *end == text when there is none.  Never NaN
 * or infinite. */
double tone_words_number(const char *text, char **end);

#endif

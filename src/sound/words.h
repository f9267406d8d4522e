/* sound/words.h - the table behind tonesmith/sound/words.h: families, the phrases that mean them, words that turn them. */
#ifndef TONE_SOUND_WORDS_H
#define TONE_SOUND_WORDS_H

#include <jansson.h>

#include "tonesmith/sound/words.h"

typedef struct word_phrase {
    const char *text; /* lower case, single spaces */
    size_t family;
    int direction;
} word_phrase;

typedef struct word_modifier {
    const char *text;
    int sign; /* "more" +1, "less" -1 */
} word_modifier;

struct tone_words {
    json_t *tree; /* owns all text */
    tone_word_family *families;
    size_t n_families;
    tone_word_guard *guards;
    size_t n_guards;
    tone_word_metric *metrics;              /* of all families, one after the other */
    const tone_word_guard **family_guards;  /* likewise */
    word_phrase *phrases;                   /* the user's own first: they win */
    size_t n_phrases;
    word_modifier *modifiers;
    size_t n_modifiers;
};

/* words.json as it was built in. */
extern const unsigned char tone_words_json[];
extern const size_t tone_words_json_n;

/* How many bytes of text[0..) spell `phrase`, and end where a word ends; 0 when they do not. */
size_t tone_words_spell(const char *text, const char *phrase);

#endif

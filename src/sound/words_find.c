/* Finding words in what somebody wrote: "a lot less bright, and keep the punch". */
#include <string.h>

#include "sound/words.h"

enum { MODIFIER_REACH = 4 }; /* words between "more" and what there is to be more of */

static bool is_gap(char c)
{
    return c == ' ' || c == '-' || c == '_' || c == '\t' || c == '\n' || c == '\r';
}

/* Letters and digits of ASCII, and every byte of a longer UTF-8 sequence. */
static bool in_word(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 0x80 || (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '\'';
}

/* Lower case of ASCII, and of Latin-1 letters in UTF-8 (their second byte after 0xC3). */
static char lower(char c, char before)
{
    unsigned char u = (unsigned char)c;
    if (u >= 'A' && u <= 'Z')
        return (char)(u + 32);
    return (unsigned char)before == 0xC3 && u >= 0x80 && u <= 0x9E && u != 0x97 ? (char)(u + 32) : c;
}

size_t tone_words_spell(const char *text, const char *phrase)
{
    const char *t = text;
    for (const char *p = phrase; *p; p++) {
        if (*p == ' ') {
            if (!is_gap(*t))
                return 0;
            while (is_gap(*t))
                t++;
        } else {
            if (lower(*t, t > text ? t[-1] : 0) != lower(*p, p > phrase ? p[-1] : 0))
                return 0;
            t++;
        }
    }
    return in_word(*t) ? 0 : (size_t)(t - text);
}

static bool starts_word(const char *text, size_t at)
{
    return in_word(text[at]) && (at == 0 || !in_word(text[at - 1]));
}

/* The words that end a thought: what stands before them does not turn what comes after. */
static bool ends_thought(const char *text)
{
    static const char *const words[] = {"and", "but", "und", "aber", "et", "mais", "y", "e", "pero", "ma", "keep"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tone_words_spell(text, words[i]))
            return true;
    return false;
}

/* +1 or -1 by the modifier nearest before text[at], up to MODIFIER_REACH words back in the same thought; 0 for none. */
static int modifier_before(const tone_words *w, const char *text, size_t at)
{
    size_t i = at;
    for (int back = 0; back < MODIFIER_REACH; back++) {
        while (i > 0 && is_gap(text[i - 1]))
            i--;
        if (i == 0 || !in_word(text[i - 1])) /* punctuation or the beginning */
            return 0;
        while (i > 0 && in_word(text[i - 1]))
            i--;
        if (ends_thought(text + i))
            return 0;
        /* "too little" and "too much" are looked for from their first word: see whether one began a word earlier */
        size_t from = i, best = 0;
        int sign = 0;
        while (from > 0 && is_gap(text[from - 1]))
            from--;
        while (from > 0 && in_word(text[from - 1]))
            from--;
        for (size_t k = 0; k < w->n_modifiers; k++) {
            const char *m = w->modifiers[k].text;
            size_t n = tone_words_spell(text + i, m), longer = from < i ? tone_words_spell(text + from, m) : 0;
            if (from + longer <= i || from + longer > at)
                longer = 0; /* it ended before this word */
            n = longer > n ? longer : n;
            if (n > best) {
                best = n;
                sign = w->modifiers[k].sign;
            }
        }
        if (best)
            return sign;
    }
    return 0;
}

/* "bass up", "treble down". */
static int modifier_after(const char *text)
{
    while (is_gap(*text))
        text++;
    return tone_words_spell(text, "up") ? 1 : tone_words_spell(text, "down") ? -1 : 0;
}

bool tone_words_find(const tone_words *w, const char *text, tone_word_match *out)
{
    for (size_t at = 0; text[at]; at++) {
        if (!starts_word(text, at))
            continue;
        const word_phrase *best = NULL;
        size_t length = 0;
        for (size_t i = 0; i < w->n_phrases; i++) {
            size_t n = tone_words_spell(text + at, w->phrases[i].text);
            if (n > length) {
                length = n;
                best = &w->phrases[i];
            }
        }
        if (!best)
            continue;
        int turn = modifier_before(w, text, at), direction = best->direction;
        if (turn)
            direction = direction ? direction * turn : turn;
        else if (!direction)
            direction = modifier_after(text + at + length);
        *out = (tone_word_match){.family = best->family, .direction = direction, .at = at, .length = length};
        return true;
    }
    return false;
}

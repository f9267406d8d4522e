/* constrain/text.h - how strings are written: JSON's quotes and escapes, and the call notation's <|"|> … <|"|>.
 *
 * A string whose contents are free is read by one of three fixed automata; its length, if bounded, is counted beside
 * the automaton.  A string whose contents are a regular language becomes an automaton of its own, in which every text
 * has exactly one spelling: characters stand for themselves unless they must be escaped. */
#ifndef TONE_CONSTRAIN_TEXT_H
#define TONE_CONSTRAIN_TEXT_H

#include "base/buf.h"
#include "constrain/dfa.h"

typedef enum tone_notation {
    TONE_NOTATION_JSON,
    TONE_NOTATION_CALL /* strings between <|"|>, without escapes; bare keys */
} tone_notation;

typedef enum tone_text_kind {
    TONE_TEXT_JSON,  /* any string, with any escapes     */
    TONE_TEXT_PLAIN, /* any string, one spelling of each */
    TONE_TEXT_CALL,  /* any string of the call notation  */
    TONE_TEXT_KEY,   /* any bare key of the call notation; has no length to be counted */
    TONE_TEXT_KINDS
} tone_text_kind;

/* Two strings of characters of the call notation must never spell its delimiter; these are its bytes. */
#define TONE_QUOTE_LITERAL "<|\"|>"

/* Any string, delimiters included. */
tone_status tone_text_any(tone_dfa **out, tone_text_kind kind);
/* Strings whose contents `content` accepts, delimiters included; `content` accepts well-formed UTF-8 only.  `counted`:
 * it accepts any number of characters of a set, and the automaton says where one is complete. */
tone_status tone_text_quote(tone_dfa **out, const tone_dfa *content, tone_notation notation, bool counted);
/* One text in that spelling, delimiters included (TONE_QUOTE_BYTE in the call notation). */
void tone_text_spell(tone_buf *to, const char *text, size_t n, tone_notation notation);

#endif

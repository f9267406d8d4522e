/* token/markers.h - the control tokens of the Gemma families, known by their text.
 *
 * Files differ in how they type these tokens, and some list only part of them; the text is what never varies. */
#ifndef TONE_TOKEN_MARKERS_H
#define TONE_TOKEN_MARKERS_H

#include "token/vocab.h"

typedef struct tone_marker {
    const char *text;
    bool stop;       /* ends a generation                        */
    bool suppressed; /* may never occur inside a model's turn    */
} tone_marker;

/* GEMMA4 when <|turn> and <turn|> are among the pieces, GEMMA3 likewise for <start_of_turn>. */
tone_vocab_family tone_markers_family(const tone_piece *pieces, size_t n);

/* NULL when text[0..n) is no marker of that family. */
const tone_marker *tone_markers_find(tone_vocab_family family, const char *text, size_t n);

#endif

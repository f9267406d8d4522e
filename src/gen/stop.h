/* gen/stop.h - when a generation ends: stop tokens, stop strings, the limit, and a text that goes round in circles.
 *
 *     tone_stop *s;
 *     tone_stop_open(&s, &options, &err);
 *     for each token:
 *         if ((end = tone_stop_token(s, id))) break;              // a stop token's own text is not shown
 *         text = tone_decoder_next(…);
 *         tone_stop_text(s, text, n, &shown, &shown_n, &end, &err);   // shown: nothing that may begin a stop string
 *         … show it …
 *         if (end) break;
 *     shown = tone_stop_flush(s, &n);                             // what was held back, unless a stop string came
 */
#ifndef TONE_GEN_STOP_H
#define TONE_GEN_STOP_H

#include "tonesmith/sampling.h"

typedef struct tone_stop tone_stop;

typedef struct tone_stop_options {
    const tone_token *tokens; /* read while opening, like the strings */
    size_t n_tokens;
    const char *const *strings; /* UTF-8, not empty */
    size_t n_strings;
    uint64_t max_tokens;  /* 0: no limit */
    bool allow_repetition; /* do not look for endless repetition */
} tone_stop_options;

TONE_NODISCARD tone_status tone_stop_open(tone_stop **out, const tone_stop_options *options, tone_error *err);
void tone_stop_close(tone_stop *s);

/* Count one generated token.  A stop token ends at once; the limit and repetition end after this token's text. */
tone_end tone_stop_token(tone_stop *s, tone_token id);

/* Add text; *shown (borrowed until the next call) is what can no longer be part of a stop string.  Text from a stop
 * string on is never shown.  *end becomes TONE_END_STOP_STRING, or the reason that tone_stop_token() put off. */
TONE_NODISCARD tone_status tone_stop_text(tone_stop *s, const char *text, size_t n, const char **shown, size_t *shown_n,
                                          tone_end *end, tone_error *err);

/* The rest at the end of a generation; "" after a stop string. */
const char *tone_stop_flush(tone_stop *s, size_t *n);

#endif

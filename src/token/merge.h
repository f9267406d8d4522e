/* token/merge.h - byte-pair merging of one stretch of text. */
#ifndef TONE_TOKEN_MERGE_H
#define TONE_TOKEN_MERGE_H

#include "token/vocab.h"

/* Append the ids of text[0..n): well-formed UTF-8 with spaces as spaces, 16 readable bytes after its end.
 * Time is O(n log n) whatever the text is. */
TONE_NODISCARD tone_status tone_merge_text(const tone_tokenizer *t, const char *text, size_t n, tone_token_list *out,
                                           tone_error *err);

#endif

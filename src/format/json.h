/* format/json.h - reading JSON from front to back without building it.
 *
 *     tone_json j = tone_json_start(bytes, n);
 *     tone_json_open(&j, '{');
 *     while (tone_json_next(&j, '}') && tone_json_key(&j, &key)) {
 *         if (strcmp(key.data, "size") == 0) tone_json_u64(&j, &size);
 *         else tone_json_skip(&j);
 *     }
 *     tone_json_end(&j);
 *     if (j.why) …                         // one check at the end: what is wrong, and j.at says where
 *
 * For headers whose shape is known and whose size the file decides (safetensors, tokenizer.json): a tree of a hostile
 * 100 MB would take gigabytes, this takes the longest string.  Everything else goes through jansson.
 * After the first mistake every call fails and reads nothing. */
#ifndef TONE_FORMAT_JSON_H
#define TONE_FORMAT_JSON_H

#include "base/buf.h"

enum { TONE_JSON_DEPTH = 64 };

typedef struct tone_json {
    const char *start, *at, *end;
    const char *why; /* NULL while all is well; static text */
    bool first;      /* nothing read yet since the bracket opened */
} tone_json;

tone_json tone_json_start(const void *bytes, size_t n);

/* What the next value is by its first byte: '{' '[' '"' 't' 'f' 'n' or '0' for a number; 0 at the end or on nonsense. */
char tone_json_peek(tone_json *j);

/* Enter an object or array: bracket is '{' or '['. */
bool tone_json_open(tone_json *j, char bracket);
/* Whether another member comes: eats the comma before it, or the closing bracket ('}' or ']') after the last. */
bool tone_json_next(tone_json *j, char bracket);
/* The name of a member and the colon after it; as tone_json_string(). */
bool tone_json_key(tone_json *j, tone_buf *out);

/* The string replaces what was in `out`; escapes are decoded, ill-formed UTF-8 and lone surrogates are mistakes.
 * A NUL (\u0000) is kept: compare out->n when that matters. */
bool tone_json_string(tone_json *j, tone_buf *out);
/* A whole number 0…2^64-1 without fraction or exponent. */
bool tone_json_u64(tone_json *j, uint64_t *out);
/* Any value, at most TONE_JSON_DEPTH deep; checked as strictly as the others. */
bool tone_json_skip(tone_json *j);
/* Nothing but white space may follow. */
bool tone_json_end(tone_json *j);

/* TONE_OK, TONE_ERR_FORMAT after a mistake in the text, TONE_ERR_NO_MEMORY when it could not be held. */
tone_status tone_json_status(const tone_json *j);

/* Where the reader stands, for tone_error. */
uint64_t tone_json_offset(const tone_json *j);

#endif

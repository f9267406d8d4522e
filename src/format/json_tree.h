/* format/json_tree.h - a JSON tree that forgets nothing: numbers keep the caller's digits, objects the caller's order.
 *
 * jansson, which everything that only needs values uses, turns 12345678901234567890 into an error and 2.50 into 2.5.
 * What a model said, or a client sent on behalf of one, has to go back into the prompt as it was, so `chat` reads with this
 * (docs/decisions/0003-json.md).  The text is scanned by format/json.h, so the two agree on what JSON is.
 *
 *     tone_json_tree *tree;
 *     tone_status st = tone_json_tree_read(&tree, text, n, 0, err);
 *     const tone_json_value *name = tone_json_get(tone_json_tree_root(tree), "name"); // NULL when absent or no object
 *     for (const tone_json_value *v = name ? name->first : NULL; v; v = v->next) …
 *     tone_json_tree_free(tree);                                                 // every node goes with it
 */
#ifndef TONE_FORMAT_JSON_TREE_H
#define TONE_FORMAT_JSON_TREE_H

#include "base/buf.h"

typedef enum tone_json_kind {
    TONE_JSON_NULL,
    TONE_JSON_FALSE,
    TONE_JSON_TRUE,
    TONE_JSON_NUMBER,
    TONE_JSON_STRING,
    TONE_JSON_ARRAY,
    TONE_JSON_OBJECT
} tone_json_kind;

typedef struct tone_json_value tone_json_value;
struct tone_json_value {
    const char *text; /* string: decoded UTF-8 (may hold zero bytes); number: its digits as written; then a zero byte */
    const char *key;  /* of a member of an object, as `text`; else NULL */
    const tone_json_value *first; /* array, object: the first child, NULL when empty */
    const tone_json_value *next;  /* the next child of the same parent */
    uint32_t n, key_n;            /* bytes of text and key */
    uint32_t count;               /* children */
    tone_json_kind kind;
};

typedef struct tone_json_tree tone_json_tree;

enum {
    TONE_JSON_MAX_DEPTH = 256,
    TONE_JSON_MAX_BYTES = 1 << 28,
    TONE_JSON_MAX_NODES = 1 << 21,
    /* Without this flag the last of several equal keys wins and stands where the first stood, as in Python. */
    TONE_JSON_REJECT_DUPLICATES = 1
};

/* Read text[0..n), which must be one value.  err->offset is the byte where it went wrong.  TONE_ERR_FORMAT,
 * TONE_ERR_LIMIT (depth, size) or TONE_ERR_NO_MEMORY. */
TONE_NODISCARD tone_status tone_json_tree_read(tone_json_tree **out, const char *text, size_t n, unsigned flags,
                                               tone_error *err);
const tone_json_value *tone_json_tree_root(const tone_json_tree *tree);
void tone_json_tree_free(tone_json_tree *tree);

/* The member `key` of v; NULL when v is NULL, no object, or has none. */
const tone_json_value *tone_json_get(const tone_json_value *v, const char *key);
/* v is a string equal to `text`. */
bool tone_json_is(const tone_json_value *v, const char *text);
/* v is the member `key` of some object. */
bool tone_json_key_is(const tone_json_value *v, const char *key);
/* Both are strings, and equal. */
bool tone_json_same_text(const tone_json_value *a, const tone_json_value *b);
/* As Python's bool(): false for NULL, null, false, zero, "", [] and {}. */
bool tone_json_truthy(const tone_json_value *v);
/* The number as a double (infinite when out of range); 0 for anything else. */
double tone_json_double(const tone_json_value *v);
/* true and *out set for a number without fraction and exponent that fits. */
bool tone_json_int(const tone_json_value *v, int64_t *out);

/* Write a value as compact JSON: key order and number digits as read. */
void tone_json_write(tone_buf *b, const tone_json_value *v);
/* Write s[0..n), valid UTF-8, as a JSON string with its quotes: escapes for quotes, backslash and control characters. */
void tone_json_write_string(tone_buf *b, const char *s, size_t n);
/* The same in ASCII: every other character as \uXXXX, for readers that split lines at more than LF. */
void tone_json_write_ascii(tone_buf *b, const char *s, size_t n);
/* Without the quotes, for text that arrives in pieces. */
void tone_json_write_escaped(tone_buf *b, const char *s, size_t n);

#endif

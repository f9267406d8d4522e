/* base/utf8.h - UTF-8 as Unicode defines it: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef TONE_BASE_UTF8_H
#define TONE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes (1…4) of the well-formed sequence that starts s[0..n); 0 when there is none (n may be 0). */
size_t tone_utf8_valid_length(const uint8_t *s, size_t n);

/* Decode the sequence at s[0..n) into *cp; returns its length, or 0 as above. */
size_t tone_utf8_decode(const uint8_t *s, size_t n, uint32_t *cp);

/* Write cp (a scalar value) into out[4]; returns 1…4, or 0 for surrogates and values above U+10FFFF. */
size_t tone_utf8_encode(uint32_t cp, uint8_t out[4]);

/* Whether s[0..n) is well-formed throughout; *bad (nullable) gets the offset of the first ill-formed byte. */
int tone_utf8_valid(const uint8_t *s, size_t n, size_t *bad);

/* s[0..n), n > 0, begins with no well-formed sequence: the bytes (1…3) of the maximal part of one that it does begin
 * with, which count together as one U+FFFD.  *unfinished tells whether more bytes could have completed it. */
size_t tone_utf8_bad_length(const uint8_t *s, size_t n, bool *unfinished);

/* A copy of s[0..n) with one U+FFFD for each maximal ill-formed part, zero-terminated; the caller frees.  NULL when
 * memory ran out. */
char *tone_utf8_repair(const char *s, size_t n, size_t *out_n);

#endif

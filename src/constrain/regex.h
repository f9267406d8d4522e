/* constrain/regex.h - patterns as JSON Schema means them (ECMA-262 with the u flag), as languages.
 *
 * Understood: alternatives, groups of every kind but back references, greedy and lazy quantifiers, classes, the
 * escapes for characters and \d \w \s, '^' and '$' anywhere, and look-ahead outside of groups.  Refused with the
 * reason: \b, \B, look-behind, back references, \p. */
#ifndef TONE_CONSTRAIN_REGEX_H
#define TONE_CONSTRAIN_REGEX_H

#include "constrain/re.h"

/* The texts in which the pattern matches somewhere, or, with `whole`, that it matches from the first to the last
 * character.  The language says nothing about well-formed UTF-8: intersect with tone_re_text(). */
TONE_NODISCARD tone_status tone_regex_parse(tone_re *out, tone_re_pool *p, const char *pattern, size_t n, bool whole,
                                            tone_error *err);

#endif

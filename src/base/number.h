/* base/number.h - numbers as text, whatever locale the host program has set. */
#ifndef TONE_BASE_NUMBER_H
#define TONE_BASE_NUMBER_H

#include "base/buf.h"

/* The nearest double of the JSON number text[0..n) (infinite when out of range); false when it is none. */
bool tone_number_read(double *out, const char *text, size_t n);

/* The shortest digits that read back as v: digits[0..17), no leading or trailing zeros ("0" for zero), without sign or
 * point, and *point, so that |v| = 0.DIGITS x 10^point.  Returns how many.  v is finite. */
int tone_number_digits(double v, char digits[18], int *point);

/* Append v as JSON: shortest form, "0.1", "1e-07", "100.0"; whole values keep ".0" (what Python's repr prints).
 * v is finite. */
void tone_number_write(tone_buf *b, double v);

#endif

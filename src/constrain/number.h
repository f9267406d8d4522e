/* constrain/number.h - sets of numbers as automata over their decimal digits.
 *
 * A number is written as JSON writes it, without "-0" and with at most TONE_INT_DIGITS digits before the point (more
 * when a bound has more) and TONE_FRACTION_DIGITS after it: what never ends is the classic way for constrained output
 * to go wrong.  Exponents (two digits) are allowed where nothing but the type is asked.  Bounds and multiples are
 * compared digit by digit, exactly, never through floating point.  Readers that do use doubles come to the same result:
 * an exclusive bound keeps a double's distance (rounding turns < into <=, never <= into >), and where numbers must differ
 * from others they have at most TONE_EXACT_DIGITS digits, which doubles tell apart. */
#ifndef TONE_CONSTRAIN_NUMBER_H
#define TONE_CONSTRAIN_NUMBER_H

#include "constrain/dfa.h"

enum { TONE_INT_DIGITS = 18, TONE_FRACTION_DIGITS = 18, TONE_EXACT_DIGITS = 15, TONE_DECIMAL_DIGITS = 40 };

/* sign, then digits[0..n_int) before the point and digits[n_int..n_int+n_frac) after it; no zeros at the outer ends
 * (0 has no digits at all). */
typedef struct tone_decimal {
    bool negative;
    uint8_t n_int, n_frac;
    uint8_t digits[TONE_DECIMAL_DIGITS];
} tone_decimal;

typedef struct tone_bound {
    bool set, exclusive;
    tone_decimal at;
    tone_decimal next; /* exclusive: the nearest double that is allowed, see below */
} tone_bound;

enum { TONE_MULTIPLES_MAX = 4, TONE_EXCLUDED_MAX = 16 };

typedef struct tone_number_rule {
    bool integer, not_integer;
    bool one_spelling; /* of each number: no exponent, no zeros at the end of the fraction */
    tone_bound low, high;
    struct {
        uint32_t unit, places; /* multiples of unit / 10^places */
        bool not;              /* … are what is not wanted      */
    } multiples[TONE_MULTIPLES_MAX];
    uint32_t n_multiples;
    tone_decimal excluded[TONE_EXCLUDED_MAX];
    uint32_t n_excluded;
} tone_number_rule;

/* The decimal that is nearest to what was written: the shortest that reads back as x.  False for NaN, infinities and
 * numbers with more than TONE_DECIMAL_DIGITS digits. */
bool tone_decimal_of_real(tone_decimal *out, double x);
void tone_decimal_of_int(tone_decimal *out, int64_t x);
int tone_decimal_compare(const tone_decimal *a, const tone_decimal *b);
bool tone_decimal_is_integer(const tone_decimal *a);
/* As digits; buffer of 64 bytes. */
void tone_decimal_print(char *to, const tone_decimal *a);

/* A bound at what a JSON number says; false for numbers that tone_decimal_of_real() refuses. */
bool tone_bound_of(tone_bound *out, double real, const int64_t *integer, bool upper, bool exclusive);
/* Tighten. */
void tone_number_at_least(tone_number_rule *r, const tone_bound *bound);
void tone_number_at_most(tone_number_rule *r, const tone_bound *bound);

/* TONE_ERR_LIMIT: too many states. */
tone_status tone_number_dfa(tone_dfa **out, const tone_number_rule *rule);

#endif

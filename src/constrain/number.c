/* The automaton of a number rule: all rules look at the same digits side by side, and a state is what each of them
 * remembers.  A bound remembers how the digits so far compare with its own; a multiple remembers the remainder. */
#include "constrain/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATES_MAX = 20000, BOUNDS = 2, REMAINDER_MAX = 10000 };

bool tone_decimal_is_integer(const tone_decimal *a)
{
    return a->n_frac == 0;
}

/* sign, digits text, exponent of ten of its last digit */
static bool of_digits(tone_decimal *out, bool negative, const char *digits, int exponent)
{
    while (*digits == '0')
        digits++;
    int n = (int)strlen(digits);
    while (n && digits[n - 1] == '0')
        n--, exponent++;
    *out = (tone_decimal){.negative = negative && n};
    if (!n)
        return true;
    int n_int = n + exponent > 0 ? n + exponent : 0, n_frac = exponent < 0 ? -exponent : 0;
    if (n_int + n_frac > TONE_DECIMAL_DIGITS)
        return false;
    out->n_int = (uint8_t)n_int;
    out->n_frac = (uint8_t)n_frac;
    /* n_int + n_frac digits, the written ones ending at the place of 10^exponent */
    int at = n_int + n_frac - n - (exponent > 0 ? exponent : 0);
    for (int i = 0; i < n; i++)
        out->digits[at + i] = (uint8_t)(digits[i] - '0');
    return true;
}

void tone_decimal_of_int(tone_decimal *out, int64_t x)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", x < 0 ? 0ull - (unsigned long long)x : (unsigned long long)x);
    of_digits(out, x < 0, text, 0);
}

bool tone_decimal_of_real(tone_decimal *out, double x)
{
    if (!isfinite(x))
        return false;
    char text[40], digits[24];
    for (int precision = 0; precision < 18; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, fabs(x));
        if (strtod(text, NULL) == fabs(x))
            break;
    }
    char *e = strchr(text, 'e');
    if (!e)
        return false;
    int exponent = atoi(e + 1), n = 0;
    for (const char *c = text; c < e && n < 23; c++)
        if (*c >= '0' && *c <= '9') /* the point, or in other locales the comma, is skipped */
            digits[n++] = *c;
    digits[n] = 0;
    return of_digits(out, x < 0, digits, exponent - (n - 1));
}

/* |a| against |b|. */
static int compare_size(const tone_decimal *a, const tone_decimal *b)
{
    if (a->n_int != b->n_int)
        return a->n_int < b->n_int ? -1 : 1;
    for (int i = 0; i < TONE_DECIMAL_DIGITS; i++) {
        int x = i < a->n_int + a->n_frac ? a->digits[i] : 0, y = i < b->n_int + b->n_frac ? b->digits[i] : 0;
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int tone_decimal_compare(const tone_decimal *a, const tone_decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int c = compare_size(a, b);
    return a->negative ? -c : c;
}

void tone_decimal_print(char *to, const tone_decimal *a)
{
    if (a->negative)
        *to++ = '-';
    if (!a->n_int)
        *to++ = '0';
    for (int i = 0; i < a->n_int + a->n_frac; i++) {
        if (i == a->n_int)
            *to++ = '.';
        *to++ = (char)('0' + a->digits[i]);
    }
    *to = 0;
}

bool tone_bound_of(tone_bound *out, double real, const int64_t *integer, bool upper, bool exclusive)
{
    *out = (tone_bound){.set = true, .exclusive = exclusive};
    if (integer)
        tone_decimal_of_int(&out->at, *integer);
    else if (!tone_decimal_of_real(&out->at, real))
        return false;
    if (!exclusive || !tone_decimal_of_real(&out->next, nextafter(real, upper ? -HUGE_VAL : HUGE_VAL)))
        out->next = out->at;
    return true;
}

void tone_number_at_least(tone_number_rule *r, const tone_bound *bound)
{
    int c = r->low.set ? tone_decimal_compare(&bound->at, &r->low.at) : 1;
    if (c > 0 || (c == 0 && bound->exclusive))
        r->low = *bound;
}

void tone_number_at_most(tone_number_rule *r, const tone_bound *bound)
{
    int c = r->high.set ? tone_decimal_compare(&bound->at, &r->high.at) : -1;
    if (c < 0 || (c == 0 && bound->exclusive))
        r->high = *bound;
}

typedef enum part { BEGIN = 1, MINUS, ZERO, INT, POINT, FRACTION, E, E_SIGN, E_DIGIT, E_DIGITS } part;

enum { EQUAL, LESS, GREATER };

/* A state.  All bytes of it are compared, so there is no padding. */
typedef struct place {
    uint16_t remainder[TONE_MULTIPLES_MAX];
    uint16_t excluded; /* bit i: the number so far begins as excluded[i] does */
    uint8_t part, negative, nonzero, n_int, n_frac;
    uint8_t fraction; /* 1: its last digit is not 0; 2: some digit is not 0 */
    uint8_t compared[BOUNDS], pad[2];
} place;

static bool plain(const tone_number_rule *r)
{
    return !r->integer && !r->not_integer && !r->one_spelling && !r->low.set && !r->high.set && !r->n_multiples && !r->n_excluded;
}

static uint8_t compare_digit(uint8_t so_far, int digit, int other)
{
    return so_far != EQUAL ? so_far : digit < other ? LESS : digit > other ? GREATER : EQUAL;
}

/* One more digit, before or after the point. */
static void digit(const tone_number_rule *r, place *to, uint8_t c, bool fraction)
{
    const tone_bound *bounds[BOUNDS] = {&r->low, &r->high};
    int at = fraction ? to->n_frac : to->n_int;
    to->nonzero |= c != 0;
    if (fraction)
        to->fraction = (uint8_t)((to->fraction & 2) | (c ? 3 : 0));
    for (int b = 0; b < BOUNDS; b++) {
        const tone_decimal *d = &bounds[b]->at;
        if (!bounds[b]->set)
            continue;
        int n = fraction ? d->n_frac : d->n_int;
        if (fraction || at < n)
            to->compared[b] = compare_digit(to->compared[b], c, at < n ? d->digits[(fraction ? d->n_int : 0) + at] : 0);
    }
    for (uint32_t i = 0; i < r->n_multiples; i++)
        if (!fraction || (uint32_t)at < r->multiples[i].places)
            to->remainder[i] = (uint16_t)((to->remainder[i] * 10u + c) % r->multiples[i].unit);
    for (uint32_t i = 0; i < r->n_excluded; i++) {
        const tone_decimal *d = &r->excluded[i];
        int n = fraction ? d->n_frac : d->n_int ? d->n_int : 1;
        int want = at >= n ? -1 : !fraction && !d->n_int ? 0 : d->digits[(fraction ? d->n_int : 0) + at];
        if (want != c)
            to->excluded &= (uint16_t)~(1u << i);
    }
    if (fraction)
        to->n_frac++;
    else
        to->n_int++;
}

/* The integer part is over: lengths decide before digits do. */
static void end_int(const tone_number_rule *r, place *to)
{
    const tone_bound *bounds[BOUNDS] = {&r->low, &r->high};
    int n = to->part == ZERO ? 0 : to->n_int;
    for (int b = 0; b < BOUNDS; b++)
        if (bounds[b]->set && n != bounds[b]->at.n_int)
            to->compared[b] = n < bounds[b]->at.n_int ? LESS : GREATER;
    for (uint32_t i = 0; i < r->n_excluded; i++)
        if (n != r->excluded[i].n_int)
            to->excluded &= (uint16_t)~(1u << i);
}

static int max_int_digits(const tone_number_rule *r)
{
    int n = r->one_spelling ? TONE_EXACT_DIGITS : TONE_INT_DIGITS;
    if (r->low.set && r->low.at.n_int > n)
        n = r->low.at.n_int;
    if (r->high.set && r->high.at.n_int > n)
        n = r->high.at.n_int;
    return n;
}

/* Whether numbers must be told apart: all digits count then, not only those behind the point. */
static bool differ(const tone_number_rule *r)
{
    return r->one_spelling || r->not_integer || r->n_excluded || r->n_multiples;
}

static int max_fraction_digits(const tone_number_rule *r, int n_int)
{
    int n = differ(r) ? TONE_EXACT_DIGITS - n_int : TONE_FRACTION_DIGITS;
    for (uint32_t i = 0; i < r->n_multiples; i++)
        if (!r->multiples[i].not && (int)r->multiples[i].places < n)
            n = (int)r->multiples[i].places;
    return n;
}

static bool step(const void *self, void *out, const void *in, uint32_t b)
{
    const tone_number_rule *r = self;
    place *to = out;
    *to = *(const place *)in;
    bool is_digit = b >= '0' && b <= '9';
    uint8_t c = (uint8_t)(b - '0');
    switch ((part)to->part) {
    case BEGIN:
        if (b == '-') {
            to->part = MINUS;
            to->negative = 1;
            for (uint32_t i = 0; i < r->n_excluded; i++)
                if (!r->excluded[i].negative)
                    to->excluded &= (uint16_t)~(1u << i);
            return true;
        }
        for (uint32_t i = 0; i < r->n_excluded; i++)
            if (r->excluded[i].negative)
                to->excluded &= (uint16_t)~(1u << i);
        /* fall through */
    case MINUS:
        if (!is_digit)
            return false;
        to->part = c ? INT : ZERO;
        if (c)
            digit(r, to, c, false);
        return true;
    case INT:
        if (is_digit) {
            if (to->n_int >= max_int_digits(r))
                return false;
            digit(r, to, c, false);
            return true;
        }
        /* fall through */
    case ZERO:
        if (b == '.' && !r->integer && max_fraction_digits(r, to->n_int) > 0) {
            end_int(r, to);
            to->part = POINT;
            if (!differ(r))
                to->n_int = 0; /* no longer of interest: fewer states */
            return true;
        }
        if ((b == 'e' || b == 'E') && plain(r) && to->nonzero) {
            *to = (place){.part = E, .nonzero = 1};
            return true;
        }
        return false;
    case POINT:
    case FRACTION:
        if (is_digit && to->n_frac < max_fraction_digits(r, to->n_int)) {
            to->part = FRACTION;
            digit(r, to, c, true);
            return true;
        }
        if ((b == 'e' || b == 'E') && to->part == FRACTION && plain(r) && to->nonzero) {
            *to = (place){.part = E, .nonzero = 1};
            return true;
        }
        return false;
    case E:
        to->part = is_digit ? E_DIGIT : E_SIGN;
        return is_digit || b == '+' || b == '-';
    case E_SIGN:
        to->part = E_DIGIT;
        return is_digit;
    case E_DIGIT:
        to->part = E_DIGITS;
        return is_digit;
    case E_DIGITS:
        return false;
    }
    return false;
}

/* Whether the number x that ended in `at` satisfies the bound, given how |x| compares with |bound|. */
static bool within(const tone_bound *bound, const place *at, uint8_t compared, bool low)
{
    if (!bound->set)
        return true;
    int c = compared == EQUAL ? 0 : compared == LESS ? -1 : 1;
    if (at->negative != bound->at.negative)
        c = at->negative ? -1 : 1; /* a written minus always means a number below 0 */
    else if (at->negative)
        c = -c;
    return c == 0 ? !bound->exclusive : low ? c > 0 : c < 0;
}

static uint8_t flags(const void *self, const void *record)
{
    const tone_number_rule *r = self;
    place at = *(const place *)record;
    if (at.part != ZERO && at.part != INT && at.part != FRACTION && at.part < E_DIGIT)
        return 0;
    if (at.part >= E_DIGIT)
        return TONE_DFA_ACCEPT;
    if (at.part != FRACTION)
        end_int(r, &at);
    const tone_bound *bounds[BOUNDS] = {&r->low, &r->high};
    for (int b = 0; b < BOUNDS; b++) /* equal so far, and the bound goes on */
        if (bounds[b]->set && at.compared[b] == EQUAL && at.n_frac < bounds[b]->at.n_frac)
            at.compared[b] = LESS;
    if (at.negative && !at.nonzero)
        return 0; /* -0 is another spelling of 0 */
    if (!within(&r->low, &at, at.compared[0], true) || !within(&r->high, &at, at.compared[1], false))
        return 0;
    if ((r->one_spelling || r->n_excluded) && at.part == FRACTION && !(at.fraction & 1))
        return 0;
    if (r->not_integer && !(at.fraction & 2))
        return 0;
    for (uint32_t i = 0; i < r->n_multiples; i++) {
        uint32_t rest = at.remainder[i];
        for (uint32_t k = at.n_frac; k < r->multiples[i].places; k++)
            rest = rest * 10 % r->multiples[i].unit;
        bool multiple = rest == 0;
        if (r->multiples[i].not && at.n_frac > r->multiples[i].places && at.fraction & 1)
            multiple = false; /* finer than the unit; zeros at the end are left out below */
        if (r->multiples[i].not && at.part == FRACTION && !(at.fraction & 1))
            return 0;
        if (multiple == r->multiples[i].not)
            return 0;
    }
    for (uint32_t i = 0; i < r->n_excluded; i++)
        if (at.excluded >> i & 1 && at.n_frac == r->excluded[i].n_frac)
            return 0;
    return TONE_DFA_ACCEPT;
}

tone_status tone_number_dfa(tone_dfa **out, const tone_number_rule *rule)
{
    *out = NULL;
    for (uint32_t i = 0; i < rule->n_multiples; i++)
        if (rule->multiples[i].unit > REMAINDER_MAX)
            return TONE_ERR_LIMIT;
    tone_number_rule r = *rule;
    tone_bound *bounds[BOUNDS] = {&r.low, &r.high};
    for (int b = 0; b < BOUNDS; b++) {
        if (bounds[b]->set && bounds[b]->exclusive && !r.integer && tone_decimal_compare(&bounds[b]->at, &bounds[b]->next)) {
            bounds[b]->at = bounds[b]->next;
            bounds[b]->exclusive = false;
        }
    }
    place first = {.part = BEGIN, .excluded = (uint16_t)((1u << rule->n_excluded) - 1)};
    static const char symbols[] = "0123456789+-.eE";
    uint16_t classes[TONE_SYM_READ] = {0};
    for (uint16_t i = 0; symbols[i]; i++)
        classes[(uint8_t)symbols[i]] = (uint16_t)(i + 1);
    const tone_dfa_machine m = {&r, sizeof first, step, flags, classes, sizeof symbols};
    return tone_dfa_explore(out, &m, &first, STATES_MAX);
}

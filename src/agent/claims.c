#include "agent/claims.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

enum { HERTZ, SECONDS, LEVEL, PERCENT, PITCH, SONE, ACUM, BEATS, JUST_NOTICEABLE };

/* Levels of all sorts are one kind: a loudness that a model calls "-18 dB" is still -18 LUFS. */
static const struct unit {
    const char *name;
    int kind;
    double scale;
    bool exact_case; /* "s" is a unit, "S" is none */
} units[] = {
    {"Hz", HERTZ, 1, false},         {"hertz", HERTZ, 1, false},         {"kHz", HERTZ, 1000, false},
    {"kilohertz", HERTZ, 1000, false}, {"k", HERTZ, 1000, true},
    {"s", SECONDS, 1, true},         {"sec", SECONDS, 1, false},         {"second", SECONDS, 1, false},
    {"seconds", SECONDS, 1, false},  {"ms", SECONDS, 1e-3, true},        {"msec", SECONDS, 1e-3, false},
    {"millisecond", SECONDS, 1e-3, false}, {"milliseconds", SECONDS, 1e-3, false},
    {"dB", LEVEL, 1, false},         {"dBFS", LEVEL, 1, false},          {"dBTP", LEVEL, 1, false},
    {"decibel", LEVEL, 1, false},    {"decibels", LEVEL, 1, false},      {"LUFS", LEVEL, 1, false},
    {"LU", LEVEL, 1, true},          {"%", PERCENT, 1, false},           {"percent", PERCENT, 1, false},
    {"octave", PITCH, 1200, false},  {"octaves", PITCH, 1200, false},    {"semitone", PITCH, 100, false},
    {"semitones", PITCH, 100, false}, {"st", PITCH, 100, true},          {"cent", PITCH, 1, false},
    {"cents", PITCH, 1, false},      {"ct", PITCH, 1, true},             {"sone", SONE, 1, false},
    {"sones", SONE, 1, false},       {"acum", ACUM, 1, false},           {"acums", ACUM, 1, false},
    {"BPM", BEATS, 1, false},        {"JND", JUST_NOTICEABLE, 1, false}, {"JNDs", JUST_NOTICEABLE, 1, false},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* A number as people write it: digits, a point or a comma and more digits; a comma before exactly three digits groups
 * thousands.  Returns its length; `places` are the digits after the point. */
static size_t read_number(const char *s, size_t n, double *value, int *places)
{
    char plain[40];
    size_t i = 0, k = 0;
    *places = -1;
    while (i < n && k < sizeof plain - 1) {
        size_t digits = 0;
        while (i + 1 + digits < n && is_digit(s[i + 1 + digits]))
            digits++;
        bool point = (s[i] == '.' || s[i] == ',') && digits && *places < 0;
        if (is_digit(s[i])) {
            plain[k++] = s[i++];
            *places += *places >= 0;
        } else if (point && s[i] == ',' && digits == 3) {
            i++;
        } else if (point) {
            plain[k++] = '.';
            i++;
            *places = 0;
        } else {
            break;
        }
    }
    if (*places < 0)
        *places = 0;
    /* "007" is a number to people, not to JSON. */
    size_t zeros = 0;
    while (zeros + 1 < k && plain[zeros] == '0' && is_digit(plain[zeros + 1]))
        zeros++;
    return tone_number_read(value, plain + zeros, k - zeros) ? i : 0;
}

/* The unit that the word s[0..n) begins with, all of it; `glued`: no blank stood before it. */
static const struct unit *read_unit(const char *s, size_t n, bool glued, bool whole_number, size_t *length)
{
    size_t word = n && s[0] == '%' ? 1 : 0;
    while (word < n && s[0] != '%' && is_letter(s[word]))
        word++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const struct unit *u = &units[i];
        if (strlen(u->name) != word || !(u->exact_case ? strncmp(u->name, s, word) == 0 : strncasecmp(u->name, s, word) == 0))
            continue;
        /* "the 80s" are years, "a k" is no frequency */
        if ((strcmp(u->name, "s") == 0 && glued && whole_number) || (strcmp(u->name, "k") == 0 && !glued))
            return NULL;
        *length = word;
        return u;
    }
    return NULL;
}

/* What the digits of a written number leave open, in its own unit: half of the last place.  Zeros at the end of a whole
 * number may be rounding as well, up to 5 % of it. */
static double half_place(double value, int places)
{
    double half = 0.5 * pow(10, -places);
    if (places > 0 || value < 100)
        return half;
    double place = 1;
    while (fmod(value, place * 10) == 0 && place * 10 <= value)
        place *= 10;
    return fmax(half, fmin(0.5 * place, 0.05 * value));
}

bool tone_quantity_next(tone_quantity *out, const char *text, size_t n, size_t *at)
{
    for (size_t i = *at; i < n;) {
        bool part_of_word = i > 0 && (is_letter(text[i - 1]) || text[i - 1] == '_') && (unsigned char)text[i - 1] < 0x80;
        double value;
        int places;
        size_t length = is_digit(text[i]) ? read_number(text + i, n - i, &value, &places) : 0;
        if (!length) {
            i++;
            continue;
        }
        size_t after = i + length, unit_length = 0;
        /* a blank, a no-break blank (C2 A0) or a narrow one (E2 80 AF) may stand before the unit */
        if (after < n && (text[after] == ' ' || text[after] == '-'))
            after++;
        else if (n - after > 2 && memcmp(text + after, "\xC2\xA0", 2) == 0)
            after += 2;
        else if (n - after > 3 && memcmp(text + after, "\xE2\x80\xAF", 3) == 0)
            after += 3;
        const struct unit *u = part_of_word ? NULL : read_unit(text + after, n - after, after == i + length, places == 0, &unit_length);
        if (!u) {
            i += length;
            continue;
        }
        *out = (tone_quantity){.value = value * u->scale, .tolerance = half_place(value, places) * u->scale, .kind = u->kind,
            .start = i, .n = after + unit_length - i};
        *at = after + unit_length;
        return true;
    }
    *at = n;
    return false;
}

static void know(tone_claims *c, tone_quantity q)
{
    if (c->n == c->room) {
        size_t room = c->room ? 2 * c->room : 32;
        tone_quantity *known = realloc(c->known, room * sizeof *known);
        if (!known) {
            c->failed = true;
            return;
        }
        c->known = known;
        c->room = room;
    }
    c->known[c->n++] = q;
}

void tone_claims_know(tone_claims *c, const char *text)
{
    tone_buf_puts(&c->words, text);
    tone_buf_putc(&c->words, '\n');
    c->failed = c->failed || c->words.failed;
    const size_t n = strlen(text);
    size_t at = 0;
    tone_quantity q, before = {.kind = -1};
    while (!c->failed && tone_quantity_next(&q, text, n, &at)) {
        size_t gap = before.start + before.n;
        size_t sign = q.start > 0 && text[q.start - 1] == '-';
        bool pair = before.kind == q.kind && q.start == gap + 4 + sign && memcmp(text + gap, " to ", 4) == 0;
        know(c, q);
        if (pair) {
            /* "-20 dB to -14 dB": the signs stand before the numbers */
            bool minus_before = before.start && text[before.start - 1] == '-', minus = sign != 0;
            tone_quantity d = q;
            d.value = fabs(minus_before == minus ? q.value - before.value : q.value + before.value);
            know(c, d);
        }
        before = q;
    }
}

static bool is_known(const tone_claims *c, const tone_quantity *q)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->known[i].kind == q->kind && fabs(c->known[i].value - q->value) <= q->tolerance * (1 + 1e-9) + 1e-9 * q->value)
            return true;
    return false;
}

uint32_t tone_claims_check(const tone_claims *c, const char *answer, tone_claim_fn *fn, void *arg)
{
    const size_t n = strlen(answer);
    size_t at = 0;
    uint32_t n_unknown = 0;
    tone_quantity q;
    while (!c->failed && tone_quantity_next(&q, answer, n, &at)) {
        if (is_known(c, &q))
            continue;
        n_unknown++;
        fn(arg, answer + q.start, q.n);
    }
    return n_unknown;
}

/* What such an answer puts before a clause. */
static size_t lead_in(const char *s, size_t n)
{
    static const char *const known[] = {"Done: ", "Kept: ", "Not reached: ", "Remembered: ", "Set: ", "Clamped: ", "Now at ", "Steps: ",
        "Wrote ", "Loaded ", "Found: ", "Rendered ", "That did not work: ", "It measures "};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t m = strlen(known[i]);
        if (n >= m && memcmp(s, known[i], m) == 0)
            return m;
    }
    return 0;
}

/* Bytes to the end of the clause at s, which is followed by one of ". ", ";", "," or the end. */
static size_t clause(const char *s)
{
    size_t n = 0;
    while (s[n] && s[n] != ';' && s[n] != ',' && !(s[n] == '.' && (s[n + 1] == ' ' || !s[n + 1])))
        n++;
    return n;
}

uint32_t tone_claims_check_words(const tone_claims *c, const char *answer, tone_claim_fn *fn, void *arg)
{
    uint32_t n_unknown = 0;
    for (const char *s = answer; *s;) {
        s += strspn(s, " ;,.");
        size_t n = clause(s), from = lead_in(s, n);
        const char *said = s + from;
        s += n;
        n -= from;
        tone_quantity q;
        size_t at = 0;
        bool number = tone_quantity_next(&q, said, n, &at);
        if (n < 4 || number || (n > 9 && memcmp(said + n - 9, " and more", 9) == 0))
            continue; /* numbers have their own check */
        if (!c->words.n || !memmem(c->words.data, c->words.n, said, n)) {
            n_unknown++;
            fn(arg, said, n);
        }
    }
    return n_unknown;
}

void tone_claims_clear(tone_claims *c)
{
    tone_buf_clear(&c->words);
    free(c->known);
    *c = (tone_claims){0};
}

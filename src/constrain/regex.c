/* A recursive descent over the pattern.  A branch is built from its end: every element is put in front of what follows
 * it, so that a look-ahead can be an intersection with all that follows. */
#include "constrain/regex.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 100, PATTERN_MAX = 4096, CLASS_MAX = 512, COUNT_MAX = 1 << 20 };

typedef struct parser {
    tone_re_pool *p;
    const uint8_t *text;
    size_t n, at;
    int depth;
    tone_error *err;
} parser;

typedef struct char_class {
    tone_range ranges[CLASS_MAX];
    size_t n;
} char_class;

static const tone_range digits[] = {{'0', '9'}};
static const tone_range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const tone_range blanks[] = {{9, 13},         {' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
                                    {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
static const tone_range lines[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

static tone_status bad(const parser *r, tone_status code, const char *what)
{
    return tone_fail(r->err, code, r->at, "the pattern cannot be used: %s at byte %zu", what, r->at);
}

static int peek(const parser *r)
{
    return r->at < r->n ? r->text[r->at] : -1;
}

static bool take(parser *r, char c)
{
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

static bool class_add(char_class *c, uint32_t lo, uint32_t hi)
{
    if (c->n == CLASS_MAX)
        return false;
    c->ranges[c->n++] = (tone_range){lo, hi};
    return true;
}

static bool class_add_all(char_class *c, const tone_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!class_add(c, ranges[i].lo, ranges[i].hi))
            return false;
    return true;
}

/* What a class leaves over; ranges sorted first. */
static bool class_negate(char_class *c)
{
    char_class out = {.n = 0};
    for (size_t i = 1; i < c->n; i++) {
        tone_range x = c->ranges[i];
        size_t k = i;
        for (; k > 0 && c->ranges[k - 1].lo > x.lo; k--)
            c->ranges[k] = c->ranges[k - 1];
        c->ranges[k] = x;
    }
    uint32_t from = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (c->ranges[i].lo > from && !class_add(&out, from, c->ranges[i].lo - 1))
            return false;
        if (c->ranges[i].hi + 1 > from)
            from = c->ranges[i].hi + 1;
    }
    if (from <= 0x10ffff && !class_add(&out, from, 0x10ffff))
        return false;
    *c = out;
    return true;
}

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Exactly `count` hexadecimal digits, or with count 0 any number up to a '}'. */
static bool take_hex(parser *r, int count, uint32_t *value)
{
    *value = 0;
    int n = 0;
    for (; (count == 0 || n < count) && hex_value(peek(r)) >= 0; n++) {
        *value = *value * 16 + (uint32_t)hex_value(peek(r));
        if (*value > 0x10ffff)
            return false;
        r->at++;
    }
    return count ? n == count : n > 0 && take(r, '}');
}

/* After a backslash: a class (added to c) or one character (*one, added too). */
static tone_status escape(parser *r, char_class *c, bool in_class, int64_t *one)
{
    int e = peek(r);
    *one = -1;
    if (e < 0)
        return bad(r, TONE_ERR_FORMAT, "a backslash ends it");
    r->at++;
    char_class negated = {.n = 0};
    bool fits = true;
    uint32_t v = 0;
    switch (e) {
    case 'd':
        fits = class_add_all(c, digits, 1);
        goto done;
    case 'w':
        fits = class_add_all(c, words, 4);
        goto done;
    case 's':
        fits = class_add_all(c, blanks, 10);
        goto done;
    case 'D':
    case 'W':
    case 'S':
        fits = class_add_all(&negated, e == 'D' ? digits : e == 'W' ? words : blanks, e == 'D' ? 1 : e == 'W' ? 4 : 10) &&
               class_negate(&negated) && class_add_all(c, negated.ranges, negated.n);
        goto done;
    case 't':
        v = 9;
        break;
    case 'n':
        v = 10;
        break;
    case 'v':
        v = 11;
        break;
    case 'f':
        v = 12;
        break;
    case 'r':
        v = 13;
        break;
    case 'b':
        if (!in_class)
            return bad(r, TONE_ERR_UNSUPPORTED, "\\b (word boundary) is not supported");
        v = 8;
        break;
    case '0':
        if (peek(r) >= '0' && peek(r) <= '9')
            return bad(r, TONE_ERR_FORMAT, "an octal escape");
        v = 0;
        break;
    case 'c':
        if (!((peek(r) | 0x20) >= 'a' && (peek(r) | 0x20) <= 'z'))
            return bad(r, TONE_ERR_FORMAT, "\\c needs a letter");
        v = (uint32_t)peek(r) & 31;
        r->at++;
        break;
    case 'x':
        if (!take_hex(r, 2, &v))
            return bad(r, TONE_ERR_FORMAT, "\\x needs two hexadecimal digits");
        break;
    case 'u':
        if (take(r, '{') ? !take_hex(r, 0, &v) : !take_hex(r, 4, &v))
            return bad(r, TONE_ERR_FORMAT, "\\u needs four hexadecimal digits");
        if (v >= 0xd800 && v <= 0xdbff && r->at + 6 <= r->n && memcmp(r->text + r->at, "\\u", 2) == 0) {
            uint32_t low;
            size_t back = r->at;
            r->at += 2;
            if (take_hex(r, 4, &low) && low >= 0xdc00 && low <= 0xdfff)
                v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
            else
                r->at = back;
        }
        break;
    case 'B':
    case 'k':
    case 'p':
    case 'P':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return bad(r, TONE_ERR_UNSUPPORTED, e == 'B' ? "\\B is not supported" : (e | 0x20) == 'p' ? "\\p (character property) is not supported" : "a back reference is not supported");
    default:
        if ((e >= 'a' && e <= 'z') || (e >= 'A' && e <= 'Z') || e >= 0x80)
            return bad(r, TONE_ERR_FORMAT, "an unknown escape");
        v = (uint32_t)e;
    }
    *one = v;
    fits = class_add(c, v, v);
done:
    return fits ? TONE_OK : bad(r, TONE_ERR_LIMIT, "too many ranges in a class");
}

static uint32_t take_char(parser *r)
{
    uint32_t cp = 0;
    r->at += tone_utf8_decode(r->text + r->at, r->n - r->at, &cp); /* the pattern was checked */
    return cp;
}

/* After '['. */
static tone_status bracket(parser *r, tone_re *out)
{
    char_class c = {.n = 0};
    bool negated = take(r, '^');
    while (!take(r, ']')) {
        int64_t lo, hi;
        size_t before = c.n;
        if (peek(r) < 0)
            return bad(r, TONE_ERR_FORMAT, "']' is missing");
        if (take(r, '\\')) {
            tone_status st = escape(r, &c, true, &lo);
            if (st)
                return st;
        } else {
            lo = take_char(r);
            if (!class_add(&c, (uint32_t)lo, (uint32_t)lo))
                return bad(r, TONE_ERR_LIMIT, "too many ranges in a class");
        }
        if (peek(r) != '-' || r->at + 1 >= r->n || r->text[r->at + 1] == ']')
            continue;
        r->at++;
        if (take(r, '\\')) {
            tone_status st = escape(r, &c, true, &hi);
            if (st)
                return st;
        } else {
            hi = take_char(r);
        }
        if (lo < 0 || hi < 0)
            return bad(r, TONE_ERR_FORMAT, "a range from or to a class");
        if (lo > hi)
            return bad(r, TONE_ERR_FORMAT, "a range that runs backwards");
        c.n = before;
        class_add(&c, (uint32_t)lo, (uint32_t)hi);
    }
    if (negated && !class_negate(&c))
        return bad(r, TONE_ERR_LIMIT, "too many ranges in a class");
    *out = tone_re_chars(r->p, c.ranges, c.n);
    return TONE_OK;
}

/* {m}, {m,}, {m,n}; false, and nothing taken, when it is none: '{' stands for itself then. */
static bool braces(parser *r, uint32_t *min, uint32_t *max, bool *too_large)
{
    size_t back = r->at++;
    uint64_t v[2] = {0, 0};
    int k = 0;
    bool any = false;
    for (; peek(r) >= 0; r->at++) {
        int c = peek(r);
        if (c >= '0' && c <= '9') {
            v[k] = v[k] * 10 + (uint64_t)(c - '0');
            if (v[k] > COUNT_MAX)
                *too_large = true, v[k] = COUNT_MAX;
            any = true;
        } else if (c == ',' && k == 0 && any) {
            k = 1;
            any = false;
        } else {
            break;
        }
    }
    if (!take(r, '}') || (k == 0 && !any)) {
        r->at = back;
        return false;
    }
    *min = (uint32_t)v[0];
    *max = k == 0 ? *min : any ? (uint32_t)v[1] : TONE_RE_FOREVER;
    return true;
}

static tone_status quantified(parser *r, tone_re *item, bool may_repeat)
{
    uint32_t min = 1, max = 1;
    bool too_large = false, found = true;
    switch (peek(r)) {
    case '*':
        min = 0, max = TONE_RE_FOREVER, r->at++;
        break;
    case '+':
        max = TONE_RE_FOREVER, r->at++;
        break;
    case '?':
        min = 0, r->at++;
        break;
    case '{':
        found = braces(r, &min, &max, &too_large);
        break;
    default:
        found = false;
    }
    if (!found)
        return TONE_OK;
    take(r, '?'); /* lazy: the same texts */
    if (!may_repeat)
        return bad(r, TONE_ERR_FORMAT, "an edge or a look-ahead cannot be repeated");
    if (too_large)
        return bad(r, TONE_ERR_LIMIT, "a repetition count too large");
    if (min > max)
        return bad(r, TONE_ERR_FORMAT, "a repetition whose bounds are the wrong way round");
    if (peek(r) == '*' || peek(r) == '+' || peek(r) == '?')
        return bad(r, TONE_ERR_FORMAT, "a repetition of a repetition");
    *item = tone_re_repeat(r->p, *item, min, max);
    return TONE_OK;
}

static tone_status alternatives(parser *r, tone_re *out, tone_re tail, bool outermost);

/* After '('; *look says whether it is a look-ahead: 0, 1 positive, -1 negative. */
static tone_status group(parser *r, tone_re *out, int *look)
{
    *look = 0;
    if (take(r, '?')) {
        if (take(r, '=')) {
            *look = 1;
        } else if (take(r, '!')) {
            *look = -1;
        } else if (take(r, '<')) {
            if (peek(r) == '=' || peek(r) == '!')
                return bad(r, TONE_ERR_UNSUPPORTED, "look-behind is not supported");
            while (peek(r) >= 0 && peek(r) != '>')
                r->at++;
            if (!take(r, '>'))
                return bad(r, TONE_ERR_FORMAT, "a group's name does not end");
        } else if (!take(r, ':')) {
            return bad(r, TONE_ERR_UNSUPPORTED, "this kind of group is not supported");
        }
    }
    if (++r->depth > DEPTH_MAX)
        return bad(r, TONE_ERR_LIMIT, "groups nested too deeply");
    tone_status st = alternatives(r, out, *look ? TONE_RE_ALL : TONE_RE_EMPTY, *look != 0);
    r->depth--;
    if (!st && !take(r, ')'))
        st = bad(r, TONE_ERR_FORMAT, "')' is missing");
    return st;
}

typedef struct item {
    tone_re re;
    int look;
} item;

/* One branch followed by `tail`.  Only a branch whose tail is everything that can follow may look ahead. */
static tone_status branch(parser *r, tone_re *out, tone_re tail, bool outermost)
{
    item *items = NULL;
    size_t n = 0, room = 0;
    tone_status st = TONE_OK;
    while (!st && peek(r) >= 0 && peek(r) != '|' && peek(r) != ')') {
        item it = {TONE_RE_EMPTY, 0};
        bool may_repeat = true;
        char_class c = {.n = 0};
        int64_t one;
        if (take(r, '(')) {
            st = group(r, &it.re, &it.look);
            if (!st && it.look && !outermost)
                st = bad(r, TONE_ERR_UNSUPPORTED, "look-ahead inside a group is not supported");
            may_repeat = !it.look;
        } else if (take(r, '[')) {
            st = bracket(r, &it.re);
        } else if (take(r, '.')) {
            class_add_all(&c, lines, 3);
            class_negate(&c);
            it.re = tone_re_chars(r->p, c.ranges, c.n);
        } else if (take(r, '^')) {
            while (take(r, '^')) /* "^^" says no more than "^" */
                ;
            it.re = tone_re_symbol(r->p, TONE_SYM_BEGIN);
            may_repeat = false;
        } else if (take(r, '$')) {
            it.re = tone_re_symbol(r->p, TONE_SYM_END);
            may_repeat = false;
        } else if (take(r, '\\')) {
            st = escape(r, &c, false, &one);
            it.re = tone_re_chars(r->p, c.ranges, c.n);
        } else if (peek(r) == '*' || peek(r) == '+' || peek(r) == '?') {
            st = bad(r, TONE_ERR_FORMAT, "nothing to repeat");
        } else {
            uint32_t cp = take_char(r);
            it.re = tone_re_chars(r->p, &(tone_range){cp, cp}, 1);
        }
        if (!st)
            st = quantified(r, &it.re, may_repeat);
        if (!st && n == room) {
            room = room ? room * 2 : 16;
            item *more = realloc(items, room * sizeof *more); /* no more than the pattern has bytes */
            if (more)
                items = more;
            else
                st = tone_fail(r->err, TONE_ERR_NO_MEMORY, 0, "no memory for the pattern");
        }
        if (!st)
            items[n++] = it;
    }
    tone_re sum = tail;
    while (!st && n-- > 0) {
        if (!items[n].look)
            sum = tone_re_cat(r->p, items[n].re, sum);
        else
            sum = tone_re_and(r->p, items[n].look > 0 ? items[n].re : tone_re_not(r->p, items[n].re), sum);
    }
    free(items);
    *out = sum;
    return st;
}

static tone_status alternatives(parser *r, tone_re *out, tone_re tail, bool outermost)
{
    *out = TONE_RE_NONE;
    do {
        tone_re one;
        tone_status st = branch(r, &one, tail, outermost);
        if (st)
            return st;
        *out = tone_re_alt(r->p, *out, one);
    } while (take(r, '|'));
    return TONE_OK;
}

tone_status tone_regex_parse(tone_re *out, tone_re_pool *p, const char *pattern, size_t n, bool whole, tone_error *err)
{
    *out = TONE_RE_NONE;
    parser r = {.p = p, .text = (const uint8_t *)pattern, .n = n, .err = err};
    if (n > PATTERN_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the pattern is longer than %d bytes", PATTERN_MAX);
    if (!tone_utf8_valid((const uint8_t *)pattern, n, &r.at))
        return bad(&r, TONE_ERR_FORMAT, "it is not UTF-8");
    r.at = 0;
    tone_re before = TONE_RE_ALL, after = TONE_RE_ALL, body;
    if (whole) {
        before = tone_re_repeat(p, tone_re_symbol(p, TONE_SYM_BEGIN), 0, TONE_RE_FOREVER);
        after = tone_re_repeat(p, tone_re_symbol(p, TONE_SYM_END), 0, TONE_RE_FOREVER);
    }
    tone_status st = alternatives(&r, &body, after, true);
    if (st)
        return st;
    if (r.at < n)
        return bad(&r, TONE_ERR_FORMAT, "a ')' that closes nothing");
    body = tone_re_cat(p, before, body);
    body = tone_re_derive(p, body, TONE_SYM_BEGIN);
    *out = tone_re_edges(p, tone_re_without(p, body, TONE_SYM_BEGIN)); /* what begins, begins once */
    if (tone_re_pool_status(p))
        return tone_fail(err, tone_re_pool_status(p), 0, "the pattern is too large");
    return TONE_OK;
}

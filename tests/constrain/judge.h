/* judge.h - a validator for the schemas that these tests make up, written apart from the library: it walks values, has its
 * patterns as C, and shares no code with what it judges. */
#ifndef TONE_TESTS_JUDGE_H
#define TONE_TESTS_JUDGE_H

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline size_t judge_chars(const char *s, size_t n)
{
    size_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += ((unsigned char)s[i] & 0xc0) != 0x80;
    return chars;
}

static inline bool judge_digits(const char *s, size_t n, bool hex)
{
    for (size_t i = 0; i < n; i++)
        if (!(hex ? isxdigit((unsigned char)s[i]) : isdigit((unsigned char)s[i])))
            return false;
    return true;
}

/* The patterns that random schemas use. */
static const char *const judge_patterns[] = {"^r[0-9]{1,6}$", "^[A-Z]{3}$", "^(lp|hp|bp)(12|24)$", "^[a-z]+(_[a-z]+)*$", "^#[0-9a-fA-F]{6}$",
                                             "^.{2,4}$",      "a+",         "^x",                  "^[a-c]*$",           "[0-9]$"};

static inline bool judge_pattern(const char *p, const char *s, size_t n)
{
    int which = 0;
    while (which < 10 && strcmp(judge_patterns[which], p) != 0)
        which++;
    switch (which) {
    case 0:
        return n >= 2 && n <= 7 && s[0] == 'r' && judge_digits(s + 1, n - 1, false);
    case 1:
        return n == 3 && isupper((unsigned char)s[0]) && isupper((unsigned char)s[1]) && isupper((unsigned char)s[2]);
    case 2:
        return n == 4 && (!memcmp(s, "lp", 2) || !memcmp(s, "hp", 2) || !memcmp(s, "bp", 2)) && (!memcmp(s + 2, "12", 2) || !memcmp(s + 2, "24", 2));
    case 3:
        for (size_t i = 0; i < n; i++)
            if (!islower((unsigned char)s[i]) && !(s[i] == '_' && i > 0 && i + 1 < n && s[i - 1] != '_'))
                return false;
        return n > 0;
    case 4:
        return n == 7 && s[0] == '#' && judge_digits(s + 1, 6, true);
    case 5:
        return judge_chars(s, n) >= 2 && judge_chars(s, n) <= 4 && !memchr(s, '\n', n) && !memchr(s, '\r', n) && !memmem(s, n, "\xe2\x80\xa8", 3) &&
               !memmem(s, n, "\xe2\x80\xa9", 3);
    case 6:
        return memchr(s, 'a', n) != NULL;
    case 7:
        return n > 0 && s[0] == 'x';
    case 8:
        for (size_t i = 0; i < n; i++)
            if (s[i] < 'a' || s[i] > 'c')
                return false;
        return true;
    case 9:
        return n > 0 && isdigit((unsigned char)s[n - 1]);
    default:
        fprintf(stderr, "the judge does not know the pattern %s\n", p);
        exit(1);
    }
}

static inline bool judge_date(const char *s, size_t n)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (n < 10 || s[4] != '-' || s[7] != '-' || !judge_digits(s, 4, false) || !judge_digits(s + 5, 2, false) || !judge_digits(s + 8, 2, false))
        return false;
    int y = atoi(s), m = atoi(s + 5), d = atoi(s + 8);
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    return y > 0 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (m == 2 && leap);
}

static inline bool judge_format(const char *f, const char *s, size_t n)
{
    if (strcmp(f, "date") == 0)
        return n == 10 && judge_date(s, n);
    if (strcmp(f, "uuid") == 0) {
        for (size_t i = 0; i < n; i++)
            if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
                return false;
        return n == 36;
    }
    if (strcmp(f, "ipv4") == 0) {
        int part = 0;
        for (size_t i = 0; i < n; part++) {
            size_t k = i;
            while (k < n && isdigit((unsigned char)s[k]))
                k++;
            if (k == i || k - i > 3 || (k - i > 1 && s[i] == '0') || atoi(s + i) > 255 || (k < n && (s[k] != '.' || k + 1 == n)))
                return false;
            i = k + 1;
        }
        return part == 4;
    }
    fprintf(stderr, "the judge does not know the format %s\n", f);
    exit(1);
}

static inline bool judge_same(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_is_array(a) && json_is_array(b)) {
        for (size_t i = 0; i < json_array_size(a); i++)
            if (json_array_size(a) != json_array_size(b) || !judge_same(json_array_get(a, i), json_array_get(b, i)))
                return false;
        return json_array_size(a) == json_array_size(b);
    }
    if (json_is_object(a) && json_is_object(b)) {
        const char *k;
        json_t *v;
        json_object_foreach ((json_t *)(size_t)a, k, v)
            if (!json_object_get(b, k) || !judge_same(v, json_object_get(b, k)))
                return false;
        return json_object_size(a) == json_object_size(b);
    }
    return json_equal(a, b);
}

static inline bool judge_type(const char *t, const json_t *v)
{
    double x = json_number_value(v);
    return strcmp(t, "null") == 0      ? json_is_null(v)
           : strcmp(t, "boolean") == 0 ? json_is_boolean(v)
           : strcmp(t, "number") == 0  ? json_is_number(v)
           : strcmp(t, "integer") == 0 ? json_is_number(v) && x == floor(x)
           : strcmp(t, "string") == 0  ? json_is_string(v)
           : strcmp(t, "array") == 0   ? json_is_array(v)
                                       : json_is_object(v);
}

static inline bool judge_valid(const json_t *s, const json_t *v, const json_t *root);

static inline bool judge_list(const json_t *list, const json_t *v, const json_t *root, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        *n += judge_valid(json_array_get(list, i), v, root);
    return *n > 0;
}

static inline bool judge_array(const json_t *s, const json_t *v, const json_t *root)
{
    const json_t *prefix = json_object_get(s, "prefixItems"), *items = json_object_get(s, "items"), *contains = json_object_get(s, "contains"), *x;
    size_t n = json_array_size(v), hits = 0;
    if ((x = json_object_get(s, "minItems")) && n < (size_t)json_integer_value(x))
        return false;
    if ((x = json_object_get(s, "maxItems")) && n > (size_t)json_integer_value(x))
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(v, i), *schema = i < json_array_size(prefix) ? json_array_get(prefix, i) : items;
        if (schema && !judge_valid(schema, item, root))
            return false;
        hits += contains && judge_valid(contains, item, root);
        for (size_t k = 0; k < i && json_is_true(json_object_get(s, "uniqueItems")); k++)
            if (judge_same(json_array_get(v, k), item))
                return false;
    }
    const json_t *low = json_object_get(s, "minContains"), *high = json_object_get(s, "maxContains");
    return !contains || (hits >= (low ? (size_t)json_integer_value(low) : 1) && (!high || hits <= (size_t)json_integer_value(high)));
}

static inline bool judge_object(const json_t *s, const json_t *v, const json_t *root)
{
    json_t *named = json_object_get(s, "properties"), *patterns = json_object_get(s, "patternProperties"), *schema, *value;
    json_t *others = json_object_get(s, "additionalProperties"), *names = json_object_get(s, "propertyNames"), *x;
    const char *key, *pattern;
    size_t n = json_object_size(v), i;
    if ((x = json_object_get(s, "minProperties")) && n < (size_t)json_integer_value(x))
        return false;
    if ((x = json_object_get(s, "maxProperties")) && n > (size_t)json_integer_value(x))
        return false;
    json_array_foreach (json_object_get(s, "required"), i, x)
        if (!json_object_get(v, json_string_value(x)))
            return false;
    json_object_foreach ((json_t *)(size_t)v, key, value) {
        bool met = false;
        if ((schema = json_object_get(named, key)) && (met = true) && !judge_valid(schema, value, root))
            return false;
        json_object_foreach (patterns, pattern, schema)
            if (judge_pattern(pattern, key, strlen(key)) && (met = true) && !judge_valid(schema, value, root))
                return false;
        if (!met && others && !judge_valid(others, value, root))
            return false;
        json_t *text = json_string(key);
        bool good = !names || judge_valid(names, text, root);
        json_decref(text);
        if (!good)
            return false;
        json_array_foreach (json_object_get(json_object_get(s, "dependentRequired"), key), i, x)
            if (!json_object_get(v, json_string_value(x)))
                return false;
    }
    return true;
}

static inline bool judge_scalar(const json_t *s, const json_t *v)
{
    const json_t *x;
    if (json_is_number(v)) {
        double n = json_number_value(v);
        if (((x = json_object_get(s, "minimum")) && n < json_number_value(x)) || ((x = json_object_get(s, "maximum")) && n > json_number_value(x)) ||
            ((x = json_object_get(s, "exclusiveMinimum")) && n <= json_number_value(x)) || ((x = json_object_get(s, "exclusiveMaximum")) && n >= json_number_value(x)))
            return false;
        x = json_object_get(s, "multipleOf"); /* made-up ones are exact in binary */
        if (x && (json_is_integer(x) && json_is_integer(v) ? json_integer_value(v) % json_integer_value(x) != 0 : fmod(n, json_number_value(x)) != 0))
            return false;
    }
    if (json_is_string(v)) {
        size_t n = json_string_length(v), chars = judge_chars(json_string_value(v), n);
        if (((x = json_object_get(s, "minLength")) && chars < (size_t)json_integer_value(x)) || ((x = json_object_get(s, "maxLength")) && chars > (size_t)json_integer_value(x)))
            return false;
        if ((x = json_object_get(s, "pattern")) && !judge_pattern(json_string_value(x), json_string_value(v), n))
            return false;
        if ((x = json_object_get(s, "format")) && !judge_format(json_string_value(x), json_string_value(v), n))
            return false;
    }
    return true;
}

static inline bool judge_valid(const json_t *s, const json_t *v, const json_t *root)
{
    const json_t *x;
    size_t n, i;
    if (json_is_boolean(s))
        return json_is_true(s);
    if (json_is_null(v) && json_is_true(json_object_get(s, "nullable")))
        return true;
    if ((x = json_object_get(s, "type"))) {
        bool any = json_is_string(x) && judge_type(json_string_value(x), v);
        for (i = 0; i < json_array_size(x); i++)
            any |= judge_type(json_string_value(json_array_get(x, i)), v);
        if (!any)
            return false;
    }
    if ((x = json_object_get(s, "const")) && !judge_same(x, v))
        return false;
    if ((x = json_object_get(s, "enum"))) {
        bool any = false;
        for (i = 0; i < json_array_size(x); i++)
            any |= judge_same(json_array_get(x, i), v);
        if (!any)
            return false;
    }
    if ((x = json_object_get(s, "$ref"))) { /* "#/$defs/name" */
        const json_t *target = json_object_get(json_object_get(root, "$defs"), json_string_value(x) + 8);
        if (!target || !judge_valid(target, v, root))
            return false;
    }
    if (!judge_scalar(s, v) || (json_is_array(v) && !judge_array(s, v, root)) || (json_is_object(v) && !judge_object(s, v, root)))
        return false;
    if ((x = json_object_get(s, "allOf")) && (judge_list(x, v, root, &n), n != json_array_size(x)))
        return false;
    if ((x = json_object_get(s, "anyOf")) && !judge_list(x, v, root, &n))
        return false;
    if ((x = json_object_get(s, "oneOf")) && (judge_list(x, v, root, &n), n != 1))
        return false;
    if ((x = json_object_get(s, "not")) && judge_valid(x, v, root))
        return false;
    if ((x = json_object_get(s, "if"))) {
        const json_t *next = json_object_get(s, judge_valid(x, v, root) ? "then" : "else");
        if (next && !judge_valid(next, v, root))
            return false;
    }
    return true;
}

#endif

#include "sound/words_near.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* The next character that counts at *s, lowered; 0 at the end. */
static int next_letter(const char **s, const char *end)
{
    while ((!end || *s < end) && **s && strchr(" -_", **s))
        (*s)++;
    if ((end && *s >= end) || !**s)
        return 0;
    return tolower((unsigned char)*(*s)++);
}

bool tone_words_equal(const char *a, size_t n, const char *b)
{
    const char *end = n == SIZE_MAX ? NULL : a + n;
    for (;;) {
        int x = next_letter(&a, end), y = next_letter(&b, NULL);
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

bool tone_words_contain(const char *list, const char *name)
{
    while (*list) {
        size_t n = strcspn(list, "|");
        if (tone_words_equal(list, n, name))
            return true;
        list += n + (list[n] == '|');
    }
    return false;
}

double tone_words_number(const char *text, char **end)
{
    /* strtod() reads the locale's decimal point; ours is always '.', so the number is cut out and checked first. */
    const char *s = text;
    while (isspace((unsigned char)*s))
        s++;
    const char *start = s;
    double sign = 1;
    if (*s == '+' || *s == '-')
        sign = *s++ == '-' ? -1 : 1;
    double value = 0, scale = 1;
    int digits = 0, exponent = 0;
    for (; isdigit((unsigned char)*s); s++, digits++)
        value = value * 10 + (*s - '0');
    if (*s == '.')
        for (s++; isdigit((unsigned char)*s); s++, digits++) {
            value = value * 10 + (*s - '0');
            scale *= 10;
        }
    if (!digits || s - start > 40) {
        *end = (char *)(uintptr_t)text;
        return 0;
    }
    if ((*s == 'e' || *s == 'E') && (isdigit((unsigned char)s[1]) || (strchr("+-", s[1]) && s[1] && isdigit((unsigned char)s[2])))) {
        bool down = s[1] == '-';
        s += 1 + !isdigit((unsigned char)s[1]);
        for (; isdigit((unsigned char)*s); s++)
            exponent = exponent < 100 ? exponent * 10 + (*s - '0') : exponent;
        for (; exponent > 0; exponent--) {
            if (down)
                scale *= 10;
            else
                value *= 10;
        }
    }
    *end = (char *)(uintptr_t)s;
    value = sign * value / scale;
    return isfinite(value) ? value : 0;
}

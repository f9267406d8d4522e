#include "sound/words_near.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

void tone_near_init(tone_near *near, const char *typed)
{
    memset(near, 0, sizeof *near);
    snprintf(near->typed, sizeof near->typed, "%s", typed);
    for (int i = 0; i < 3; i++) {
        near->best[i] = "";
        near->cost[i] = SIZE_MAX;
    }
}

/* Levenshtein distance, letters lowered; words longer than 63 letters are cut. */
static size_t distance(const char *a, const char *b, size_t n_b)
{
    size_t row[64], n_a = strlen(a);
    n_b = n_b > 63 ? 63 : n_b;
    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t cost = diagonal + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            diagonal = row[j];
            cost = cost < row[j] + 1 ? cost : row[j] + 1;
            row[j] = cost < row[j - 1] + 1 ? cost : row[j - 1] + 1;
        }
    }
    return row[n_b];
}

void tone_near_offer(tone_near *near, const char *name, const char *word, size_t n)
{
    n = n == SIZE_MAX ? strlen(word) : n;
    /* In quarters of an edit: a name that begins alike is nearer than one that merely has the same length. */
    size_t cost = 4 * distance(near->typed, word, n), same = 0;
    while (same < n && near->typed[same] && tolower((unsigned char)near->typed[same]) == tolower((unsigned char)word[same]))
        same++;
    cost -= same < cost ? same : cost;
    int at = 3;
    for (int i = 2; i >= 0; i--) {
        if (strcmp(near->best[i], name) == 0) { /* offered before under another word */
            if (near->cost[i] <= cost)
                return;
            for (int k = i; k < 2; k++) {
                near->best[k] = near->best[k + 1];
                near->cost[k] = near->cost[k + 1];
            }
            near->best[2] = "";
            near->cost[2] = SIZE_MAX;
        }
    }
    while (at > 0 && cost < near->cost[at - 1])
        at--;
    if (at == 3)
        return;
    for (int k = 2; k > at; k--) {
        near->best[k] = near->best[k - 1];
        near->cost[k] = near->cost[k - 1];
    }
    near->best[at] = name;
    near->cost[at] = cost;
}

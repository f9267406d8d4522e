#include "base/near.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LETTERS = TONE_NEAR_LETTERS };

void tone_near_init(tone_near *near, const char *typed)
{
    memset(near, 0, sizeof *near);
    snprintf(near->typed, sizeof near->typed, "%s", typed);
    for (int i = 0; i < 3; i++) {
        near->best[i] = "";
        near->cost[i] = SIZE_MAX;
    }
}

/* Levenshtein distance, letters lowered; the tail of words longer than LETTERS does not count. */
static size_t distance(const char *a, const char *b, size_t n_b)
{
    size_t row[LETTERS + 1], n_a = strlen(a);
    n_b = n_b > LETTERS ? LETTERS : n_b;
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

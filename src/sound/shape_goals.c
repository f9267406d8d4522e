/* Goals as text: the fixed form of docs/AGENT.md, and plain words through the table of words. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "tonesmith/sound/shape.h"

static const char *const degree_names[] = {NULL, "small", "medium", "large"};

/* Phrases that say how much; anything else is medium. */
static const struct {
    const char *phrase;
    tone_degree degree;
} degree_words[] = {
    {"small", TONE_DEGREE_SMALL},   {"a bit", TONE_DEGREE_SMALL},     {"a little", TONE_DEGREE_SMALL},
    {"slightly", TONE_DEGREE_SMALL}, {"a touch", TONE_DEGREE_SMALL},  {"a tad", TONE_DEGREE_SMALL},
    {"somewhat", TONE_DEGREE_SMALL}, {"large", TONE_DEGREE_LARGE},    {"a lot", TONE_DEGREE_LARGE},
    {"much", TONE_DEGREE_LARGE},     {"way", TONE_DEGREE_LARGE},      {"far", TONE_DEGREE_LARGE},
    {"very", TONE_DEGREE_LARGE},     {"drastically", TONE_DEGREE_LARGE}, {"massively", TONE_DEGREE_LARGE},
};

static const char *const keep_words[] = {"keep", "keeping", "without changing", "without losing", "leave", "preserve"};

/* Where `phrase` stands in text[0..n) as whole words, in any case; NULL when it does not. */
static const char *find_phrase(const char *text, size_t n, const char *phrase)
{
    size_t length = strlen(phrase);
    for (size_t i = 0; i + length <= n; i++) {
        bool begins = i == 0 || !isalnum((unsigned char)text[i - 1]);
        bool ends = i + length == n || !isalnum((unsigned char)text[i + length]);
        if (begins && ends && strncasecmp(text + i, phrase, length) == 0)
            return text + i;
    }
    return NULL;
}

static tone_status unknown_goal(const tone_words *words, const char *text, size_t n, tone_error *err)
{
    tone_buf names = {0};
    for (size_t i = 0; i < tone_words_count(words); i++)
        tone_buf_printf(&names, "%s%s", i ? ", " : "", tone_words_at(words, i)->name);
    tone_status st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%.*s' is no goal; say FAMILY up|down small|medium|large, keep FAMILY, or a word like darker; the families are %s",
                               (int)(n < 60 ? n : 60), text, tone_buf_text(&names));
    tone_buf_clear(&names);
    return st;
}

static tone_status read_item(tone_goal *out, const tone_words *words, const char *text, size_t n, tone_error *err)
{
    char item[200];
    if (n >= sizeof item)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a goal of %zu bytes is too long", n);
    memcpy(item, text, n);
    item[n] = 0;
    tone_word_match hit;
    if (!tone_words_find(words, item, &hit))
        return unknown_goal(words, text, n, err);
    *out = (tone_goal){.family = hit.family, .direction = hit.direction, .degree = TONE_DEGREE_MEDIUM};
    for (size_t i = 0; i < sizeof degree_words / sizeof *degree_words; i++)
        if (find_phrase(item, n, degree_words[i].phrase))
            out->degree = degree_words[i].degree;
    for (size_t i = 0; i < sizeof keep_words / sizeof *keep_words; i++)
        if (find_phrase(item, n, keep_words[i])) {
            out->direction = 0;
            return TONE_OK;
        }
    bool up = find_phrase(item, n, "up") || find_phrase(item, n, "more");
    bool down = find_phrase(item, n, "down") || find_phrase(item, n, "less");
    if (out->direction == 0 && up == down)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%.*s': up or down? (or: keep %s)", (int)(n < 60 ? n : 60), text,
                         tone_words_at(words, out->family)->name);
    if (out->direction == 0)
        out->direction = up ? 1 : -1;
    return TONE_OK;
}

static tone_goal *goal_of(tone_goals *goals, size_t family)
{
    for (size_t i = 0; i < goals->n; i++)
        if (goals->goal[i].family == family)
            return &goals->goal[i];
    return NULL;
}

tone_status tone_goals_parse(tone_goals *out, const tone_words *words, const char *text, tone_error *err)
{
    *out = (tone_goals){0};
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, ";,");
        const char *next = at + n + (at[n] != 0);
        while (n && isspace((unsigned char)*at))
            at++, n--;
        while (n && isspace((unsigned char)at[n - 1]))
            n--;
        if (n) {
            tone_goal g;
            tone_status st = read_item(&g, words, at, n, err);
            if (st)
                return st;
            tone_goal *same = goal_of(out, g.family);
            if (same && same->direction != g.direction)
                return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s stands in two goals that contradict each other", tone_words_at(words, g.family)->name);
            if (!same && out->n == TONE_MAX_GOALS)
                return tone_fail(err, TONE_ERR_ARGUMENT, 0, "more than %d goals at once", TONE_MAX_GOALS);
            if (!same)
                out->goal[out->n++] = g;
            else if (g.degree > same->degree)
                same->degree = g.degree; /* said twice: the stronger word */
        }
        at = next;
    }
    if (out->n == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "no goal is given");
    return TONE_OK;
}

tone_status tone_goals_print(char **out, const tone_words *words, const tone_goals *goals, tone_error *err)
{
    tone_buf b = {0};
    for (size_t i = 0; i < goals->n; i++) {
        const tone_goal *g = &goals->goal[i];
        const char *name = tone_words_at(words, g->family)->name;
        if (g->direction == 0)
            tone_buf_printf(&b, "%skeep %s", i ? "; " : "", name);
        else
            tone_buf_printf(&b, "%s%s %s %s", i ? "; " : "", name, g->direction > 0 ? "up" : "down",
                            degree_names[g->degree]);
    }
    *out = tone_buf_take(&b);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the goals");
}

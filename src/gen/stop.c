/* Each stop string has a matcher (Knuth, Morris and Pratt) that knows after every byte how much of the string the text
 * now ends with.  That is at once the test for a match and the number of bytes to hold back, and it does not depend on
 * how the text was cut into tokens.
 *
 * Endless repetition is looked for in the ids: the last tokens must be one stretch of at most PERIOD_MAX tokens
 * written at least REPEATS times and REPEATED_TOKENS long.  A list of zeros or a refrain stays well below. */
#include "gen/stop.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"

enum { PERIOD_MAX = 1024, REPEATS = 6, REPEATED_TOKENS = 400, STRINGS_MAX = 64, STRING_BYTES_MAX = 4096 };

typedef struct matcher {
    uint8_t *text;
    uint32_t n;
    uint32_t *fall; /* (n + 1) fall[k]: the next shorter beginning that text[0..k) ends with */
    uint32_t at;    /* bytes matched so far */
} matcher;

struct tone_stop {
    tone_token *tokens;
    size_t n_tokens;
    matcher *matchers;
    size_t n_matchers;

    tone_buf text;  /* shown by the last call, then what is held back */
    size_t n_shown; /* the part that the last call showed              */

    bool look_for_repetition;
    uint64_t n, max_tokens;
    tone_token last[PERIOD_MAX];  /* ring: token i at i % PERIOD_MAX */
    uint32_t same[PERIOD_MAX + 1]; /* same[p]: how many of the last tokens equal the one p before them */

    tone_end later; /* ends after the text of the last token */
    bool ended;     /* a stop string came */
};

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the stop strings");
}

static tone_status add_matcher(tone_stop *s, const char *string, tone_error *err)
{
    size_t n = strlen(string);
    if (n == 0 || n > STRING_BYTES_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a stop string of %zu bytes; 1…%d are allowed", n, STRING_BYTES_MAX);
    matcher *m = &s->matchers[s->n_matchers++];
    m->n = (uint32_t)n;
    m->text = malloc(n);
    m->fall = calloc(n + 1, sizeof *m->fall);
    if (!m->text || !m->fall)
        return no_memory(err);
    memcpy(m->text, string, n);
    for (uint32_t k = 1, length = 0; k < m->n; k++) {
        while (length > 0 && m->text[k] != m->text[length])
            length = m->fall[length];
        length += m->text[k] == m->text[length];
        m->fall[k + 1] = length;
    }
    return TONE_OK;
}

/* One more byte; true when the string is complete. */
static bool feed(matcher *m, uint8_t byte)
{
    while (m->at > 0 && m->text[m->at] != byte)
        m->at = m->fall[m->at];
    m->at += m->text[m->at] == byte;
    return m->at == m->n;
}

tone_status tone_stop_open(tone_stop **out, const tone_stop_options *options, tone_error *err)
{
    *out = NULL;
    if (options->n_strings > STRINGS_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%zu stop strings; at most %d are allowed", options->n_strings, STRINGS_MAX);
    tone_stop *s = calloc(1, sizeof *s);
    if (!s)
        return no_memory(err);
    s->look_for_repetition = !options->allow_repetition;
    s->max_tokens = options->max_tokens;
    s->tokens = calloc(options->n_tokens + 1, sizeof *s->tokens);
    s->matchers = calloc(options->n_strings + 1, sizeof *s->matchers);
    tone_status status = s->tokens && s->matchers && tone_buf_reserve(&s->text, 256) ? TONE_OK : no_memory(err);
    for (size_t i = 0; i < options->n_tokens && !status; i++)
        s->tokens[s->n_tokens++] = options->tokens[i];
    for (size_t i = 0; i < options->n_strings && !status; i++)
        status = add_matcher(s, options->strings[i], err);
    if (status) {
        tone_stop_close(s);
        return status;
    }
    *out = s;
    return TONE_OK;
}

void tone_stop_close(tone_stop *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_matchers; i++) {
        free(s->matchers[i].text);
        free(s->matchers[i].fall);
    }
    free(s->matchers);
    free(s->tokens);
    tone_buf_clear(&s->text);
    free(s);
}

static bool repeats_endlessly(tone_stop *s, tone_token id)
{
    bool endless = false;
    uint32_t longest = s->n < PERIOD_MAX ? (uint32_t)s->n : PERIOD_MAX;
    for (uint32_t p = 1; p <= longest; p++) {
        s->same[p] = s->last[(s->n - p) % PERIOD_MAX] == id ? s->same[p] + 1 : 0;
        uint32_t length = s->same[p] + p;
        endless |= length >= REPEATED_TOKENS && length >= REPEATS * p;
    }
    s->last[s->n % PERIOD_MAX] = id;
    return endless;
}

tone_end tone_stop_token(tone_stop *s, tone_token id)
{
    for (size_t i = 0; i < s->n_tokens; i++)
        if (s->tokens[i] == id)
            return TONE_END_STOP_TOKEN;
    if (s->look_for_repetition && repeats_endlessly(s, id))
        s->later = TONE_END_REPETITION;
    s->n++;
    if (s->max_tokens && s->n >= s->max_tokens)
        s->later = TONE_END_MAX_TOKENS;
    return TONE_END_NONE;
}

tone_status tone_stop_text(tone_stop *s, const char *text, size_t n, const char **shown, size_t *shown_n, tone_end *end,
                           tone_error *err)
{
    *shown = "";
    *shown_n = 0;
    *end = s->ended ? TONE_END_STOP_STRING : s->later;
    if (s->ended)
        return TONE_OK;
    size_t held = s->text.n - s->n_shown;
    memmove(s->text.data, s->text.data + s->n_shown, held);
    s->text.n = held;
    s->n_shown = 0;
    tone_buf_append(&s->text, text, n);
    if (s->text.failed)
        return no_memory(err);
    size_t keep = held; /* bytes at the end that may begin a stop string, or that complete one */
    size_t used = s->n_matchers ? 0 : n;
    while (used < n && !s->ended) {
        size_t begun = 0, complete = 0;
        for (size_t i = 0; i < s->n_matchers; i++) {
            matcher *m = &s->matchers[i];
            if (feed(m, (uint8_t)text[used]) && m->n > complete)
                complete = m->n;
            if (m->at > begun)
                begun = m->at;
        }
        s->ended = complete > 0;
        keep = s->ended ? complete : begun;
        used++;
    }
    s->n_shown = held + used - keep;
    if (s->ended) {
        s->text.n = s->n_shown;
        *end = TONE_END_STOP_STRING;
    }
    *shown = s->text.data;
    *shown_n = s->n_shown;
    return TONE_OK;
}

const char *tone_stop_flush(tone_stop *s, size_t *n)
{
    const char *rest = s->text.data + s->n_shown;
    *n = s->text.n - s->n_shown;
    s->n_shown = s->text.n;
    return rest;
}

/* Stop strings however the text is cut, and repetition that is told from a long list. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/random.h"
#include "check.h"
#include "gen/stop.h"

/* Feed `text` in parts that `r` chooses (one byte at a time without it); what was shown is left in *shown. */
static tone_end run(const char *const *strings, size_t n_strings, const char *text, tone_random *r, tone_buf *shown)
{
    tone_stop *s;
    tone_error err;
    tone_end end = TONE_END_NONE;
    tone_buf_reset(shown);
    if (!CHECK(tone_stop_open(&s, &(tone_stop_options){.strings = strings, .n_strings = n_strings}, &err) == TONE_OK))
        return TONE_END_ERROR;
    const char *part;
    size_t n, length = strlen(text);
    for (size_t at = 0; at < length && !end;) {
        size_t step = r ? (size_t)tone_random_below(r, 6) : 1;
        step = step < length - at ? step : length - at;
        CHECK(tone_stop_text(s, text + at, step, &part, &n, &end, &err) == TONE_OK);
        tone_buf_append(shown, part, n);
        at += step;
    }
    part = tone_stop_flush(s, &n);
    tone_buf_append(shown, part, n);
    part = tone_stop_flush(s, &n);
    CHECK(n == 0);
    tone_stop_close(s);
    return end;
}

static void test_strings(void)
{
    static const struct {
        const char *strings[3], *text, *shown;
        tone_end end;
    } cases[] = {
        {{"END"}, "the END of it", "the ", TONE_END_STOP_STRING},
        {{"END"}, "EN", "EN", TONE_END_NONE},
        {{"END"}, "ENEND", "EN", TONE_END_STOP_STRING},
        {{"END"}, "", "", TONE_END_NONE},
        {{"aab"}, "aaab", "a", TONE_END_STOP_STRING},
        {{"abab", "ba"}, "xabab", "xa", TONE_END_STOP_STRING}, /* "ba" is complete first */
        {{"b", "ab", "xab"}, "xab", "", TONE_END_STOP_STRING}, /* at one byte the longest counts */
        {{"\n\n"}, "a\nb\n\nc", "a\nb", TONE_END_STOP_STRING},
        {{"\xC3\xA9t\xC3\xA9"}, "\xC3\xA9t\xC3\xA8 \xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA8 ", TONE_END_STOP_STRING},
    };
    tone_random r;
    tone_random_seed(&r, 7);
    tone_buf shown = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = 0;
        while (n < 3 && cases[i].strings[n])
            n++;
        for (int round = 0; round < 20; round++) {
            CHECK_CASE(run(cases[i].strings, n, cases[i].text, round ? &r : NULL, &shown) == cases[i].end, "case %zu", i);
            CHECK_STR(tone_buf_text(&shown), cases[i].shown);
        }
    }
    tone_buf_clear(&shown);
}

/* Random texts of three letters: the same end as looking through the whole text. */
static void test_random(void)
{
    const uint64_t seed = 20260504;
    tone_random r;
    tone_random_seed(&r, seed);
    tone_buf shown = {0};
    for (int round = 0; round < 2000; round++) {
        char strings[2][8], text[64];
        const char *list[2] = {strings[0], strings[1]};
        for (int k = 0; k < 2; k++) {
            size_t n = 1 + (size_t)tone_random_below(&r, 6);
            for (size_t i = 0; i < n; i++)
                strings[k][i] = (char)('a' + tone_random_below(&r, 3));
            strings[k][n] = 0;
        }
        size_t n = (size_t)tone_random_below(&r, 63), cut = n;
        for (size_t i = 0; i < n; i++)
            text[i] = (char)('a' + tone_random_below(&r, 3));
        text[n] = 0;
        for (size_t at = 1; at <= n && cut == n; at++) {
            size_t longest = 0;
            for (int k = 0; k < 2; k++) {
                size_t m = strlen(strings[k]);
                if (m <= at && m > longest && memcmp(text + at - m, strings[k], m) == 0)
                    longest = m;
            }
            if (longest) {
                CHECK_CASE(run(list, 2, text, &r, &shown) == TONE_END_STOP_STRING, "round %d, seed %llu", round, (unsigned long long)seed);
                CHECK(shown.n == at - longest && memcmp(tone_buf_text(&shown), text, shown.n) == 0);
                cut = 0;
            }
        }
        if (cut == n && n > 0) {
            CHECK_CASE(run(list, 2, text, &r, &shown) == TONE_END_NONE, "round %d", round);
            CHECK_STR(tone_buf_text(&shown), text);
        }
    }
    tone_buf_clear(&shown);
}

/* What is shown is never more than what cannot be part of a stop string, and never less. */
static void test_hold_back(void)
{
    static const char *const strings[] = {"<stop>"};
    tone_stop *s;
    tone_error err;
    tone_end end;
    const char *shown;
    size_t n;
    if (!CHECK(tone_stop_open(&s, &(tone_stop_options){.strings = strings, .n_strings = 1}, &err) == TONE_OK))
        return;
    CHECK(tone_stop_text(s, "a<st", 4, &shown, &n, &end, &err) == TONE_OK && n == 1 && shown[0] == 'a' && !end);
    CHECK(tone_stop_text(s, "", 0, &shown, &n, &end, &err) == TONE_OK && n == 0);
    CHECK(tone_stop_text(s, "ay<", 3, &shown, &n, &end, &err) == TONE_OK && n == 5 && memcmp(shown, "<stay", 5) == 0);
    CHECK(tone_stop_text(s, "stop>b", 6, &shown, &n, &end, &err) == TONE_OK && n == 0 && end == TONE_END_STOP_STRING);
    CHECK(tone_stop_text(s, "c", 1, &shown, &n, &end, &err) == TONE_OK && n == 0 && end == TONE_END_STOP_STRING);
    tone_stop_flush(s, &n);
    CHECK(n == 0);
    tone_stop_close(s);
}

/* How many tokens of next(i) pass before an end; 0 when `limit` do. */
static size_t tokens_until_end(tone_token (*next)(size_t), size_t limit, tone_stop_options options, tone_end *end)
{
    tone_stop *s;
    tone_error err;
    const char *shown;
    size_t n, i;
    *end = TONE_END_NONE;
    if (!CHECK(tone_stop_open(&s, &options, &err) == TONE_OK))
        return 0;
    for (i = 0; i < limit && !*end; i++) {
        *end = tone_stop_token(s, next(i));
        if (!*end)
            CHECK(tone_stop_text(s, "x", 1, &shown, &n, end, &err) == TONE_OK && n == 1);
    }
    tone_stop_close(s);
    return *end ? i : 0;
}

static tone_token always_7(size_t i)
{
    (void)i;
    return 7;
}

static tone_token sentence_after_50(size_t i)
{
    return i < 50 ? (tone_token)i : (tone_token)(100 + (i - 50) % 23);
}

static tone_token paragraph(size_t i)
{
    return (tone_token)(i % 900);
}

static tone_token counting(size_t i)
{
    return (tone_token)(i % 8 ? 1000 + i % 8 : i); /* eight tokens a line, one of them new */
}

static tone_token short_list(size_t i)
{
    return i < 300 ? (tone_token)(i % 2) : (tone_token)i;
}

static void test_ends(void)
{
    tone_end end;
    tone_stop_options o = {0};
    size_t n = tokens_until_end(always_7, 10000, o, &end);
    CHECK(end == TONE_END_REPETITION && n == 400);
    n = tokens_until_end(sentence_after_50, 10000, o, &end);
    CHECK(end == TONE_END_REPETITION && n >= 450 && n < 480);
    n = tokens_until_end(paragraph, 10000, o, &end);
    CHECK(end == TONE_END_REPETITION && n == 5400);
    CHECK(tokens_until_end(counting, 20000, o, &end) == 0);
    CHECK(tokens_until_end(short_list, 20000, o, &end) == 0);
    o.allow_repetition = true;
    CHECK(tokens_until_end(always_7, 10000, o, &end) == 0);
    o.max_tokens = 20;
    n = tokens_until_end(always_7, 10000, o, &end);
    CHECK(end == TONE_END_MAX_TOKENS && n == 20);
    const tone_token stops[] = {1, 55};
    o.tokens = stops;
    o.n_tokens = 2;
    o.max_tokens = 0;
    n = tokens_until_end(paragraph, 10000, o, &end);
    CHECK(end == TONE_END_STOP_TOKEN && n == 2);
    CHECK_STR(tone_end_text(end), "stop");
    CHECK_STR(tone_end_text(TONE_END_REPETITION), "repetition");
    CHECK_STR(tone_end_text((tone_end)99), "");
}

static void test_failures(void)
{
    tone_stop *s;
    tone_error err;
    const char *empty[] = {""};
    CHECK(tone_stop_open(&s, &(tone_stop_options){.strings = empty, .n_strings = 1}, &err) == TONE_ERR_ARGUMENT && !s);
    CHECK(tone_stop_open(&s, &(tone_stop_options){.strings = empty, .n_strings = 1000}, &err) == TONE_ERR_ARGUMENT);
    tone_stop_close(NULL);
}

int main(void)
{
    test_strings();
    test_random();
    test_hold_back();
    test_ends();
    test_failures();
    return check_done();
}

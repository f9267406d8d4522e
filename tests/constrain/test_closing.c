/* The end stays within reach: random walks under every golden schema and tool with few tokens, each ended as
 * tone_constraint_closing() says, are complete within their tokens whenever the shortest text is; and they are cut no
 * sooner than they must be. */
#include "golden.h"
#include "made_up.h"
#include "small_vocab.h"

typedef struct walks {
    const tone_constraint_vocab *vocab;
    tone_random r;
    size_t complete, hopeless, closed;
} walks;

/* Tokens of the shortest way that finish() knows; SIZE_MAX where nothing at all is allowed. */
static size_t shortest(tone_constraint_state *s)
{
    tone_token_list list = {0};
    size_t n = tone_constraint_finish(s, &list, NULL) == TONE_OK ? list.n : SIZE_MAX;
    tone_token_list_clear(&list);
    return n;
}

static tone_token any_of(tone_random *r, const uint64_t *mask)
{
    size_t n = 0;
    for (tone_token id = 0; id < SMALL_N; id++)
        n += (size_t)(mask[id / 64] >> id % 64 & 1);
    if (!CHECK(n > 0))
        return SMALL_STOP;
    size_t k = (size_t)made_up_below(r, (int)n);
    for (tone_token id = 0;; id++)
        if ((mask[id / 64] >> id % 64 & 1) && k-- == 0)
            return id;
}

static void walk(walks *w, tone_constraint *c, size_t limit, const char *shown)
{
    tone_constraint_state *s;
    if (!CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
        return;
    bool can = shortest(s) <= limit, ended = shortest(s) == SIZE_MAX;
    size_t n = 0;
    while (n < limit && !ended) {
        uint64_t mask[SMALL_WORDS] = {0};
        tone_token_list end = {0};
        CHECK(tone_constraint_mask(s, mask, NULL) == TONE_OK);
        tone_token id = any_of(&w->r, mask);
        size_t left = limit - n - 1;
        CHECK(tone_constraint_closing(s, id, left, &end, NULL) == TONE_OK);
        if (end.n) {
            CHECK_CASE(end.n <= left + 1, "%zu tokens to close where %zu are left: %s", end.n, left + 1, shown);
            tone_constraint_state *instead;
            if (CHECK(tone_constraint_state_open(&instead, c, NULL) == TONE_OK)) {
                CHECK(tone_constraint_state_copy(instead, s, NULL) == TONE_OK);
                for (size_t i = 0; i < end.n; i++)
                    CHECK(tone_constraint_accept_token(instead, end.ids[i], NULL) == TONE_OK);
                CHECK_CASE(tone_constraint_is_complete(instead), "closed and not complete: %s", shown);
                tone_constraint_state_close(instead);
            }
            CHECK(tone_constraint_accept_token(s, id, NULL) == TONE_OK);
            CHECK_CASE(shortest(s) > left, "closed too early: %s", shown);
            w->closed++;
            tone_token_list_clear(&end);
            break;
        }
        tone_token_list_clear(&end);
        ended = id == SMALL_STOP;
        CHECK(tone_constraint_accept_token(s, id, NULL) == TONE_OK);
        n += !ended;
        if (n == limit && can)
            CHECK_CASE(tone_constraint_is_complete(s), "cut after %zu tokens: %s", n, shown);
    }
    w->complete += can;
    w->hopeless += !can;
    tone_constraint_state_close(s);
}

static void one(void *with, json_t *line)
{
    walks *w = with;
    tone_error err;
    bool call = json_object_get(line, "tool") != NULL;
    tone_constraint *c = golden_compile(line, w->vocab, call ? TONE_TOOL_REQUIRED : TONE_TOOL_NONE, &err);
    if (!c)
        return;
    char *shown = golden_dump(json_object_get(line, call ? "tool" : "schema"));
    static const size_t limits[] = {1, 4, 12, 40};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        walk(w, c, limits[i], shown);
    free(shown);
    tone_constraint_free(c);
}

int main(void)
{
    small_vocab v;
    walks w = {0};
    if (CHECK(small_vocab_open(&v) == TONE_OK)) {
        w.vocab = v.vocab;
        tone_random_seed(&w.r, 13);
        CHECK(golden_schema_lines("cases.jsonl", one, &w) > 0);
        CHECK(golden_schema_lines("tools.jsonl", one, &w) > 0);
        printf("%zu walks that could end, %zu that could not, %zu closed\n", w.complete, w.hopeless, w.closed);
        CHECK(w.complete > 100 && w.closed > 50);
        tone_constraint_vocab_close(v.vocab);
    }
    return check_done();
}

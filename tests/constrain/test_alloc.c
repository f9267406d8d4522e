/* Every allocation may fail: an error that says so, nothing leaked, and a state that was refused memory can be reset. */
#include "check.h"
#include "failing_alloc.h"
#include "small_vocab.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^[a-z]{1,9}$\"},\"b\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/n\"},"
    "\"uniqueItems\":true},\"c\":{\"oneOf\":[{\"type\":\"integer\",\"minimum\":3},{\"enum\":[\"x\",{\"k\":[1]},null]}]},\"d\":{\"format\":\"date\",\"type\":\"string\"}},"
    "\"patternProperties\":{\"^x\":{\"type\":\"boolean\"}},\"required\":[\"a\",\"b\"],\"$defs\":{\"n\":{\"type\":\"number\",\"maximum\":9}}}";
static const char text[] = "{\"a\":\"abc\",\"b\":[1,2.5],\"c\":{\"k\":[1]},\"xy\":true,\"free\":{\"q\":[\"\\u00e9\"]}}";
static const char grammar[] = "root ::= v\nv ::= \"[\" (v (\",\" v)*)? \"]\" | [a-z]+\n";
static const char tools[] = "[{\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"s\":{\"type\":\"string\",\"maxLength\":4}}}}}]";

enum { SCHEMA, GRAMMAR, PATTERN, ANSWER, KINDS };

static tone_status compile(int kind, tone_constraint **c, const tone_constraint_vocab *v, tone_error *err)
{
    const tone_constraint_answer answer = {.tools = tools, .tools_bytes = strlen(tools), .choice = TONE_TOOL_AUTO, .thought = TONE_THOUGHT_ALLOWED};
    switch (kind) {
    case SCHEMA:
        return tone_constraint_compile_schema(c, v, schema, strlen(schema), NULL, err);
    case GRAMMAR:
        return tone_constraint_compile_grammar(c, v, grammar, strlen(grammar), NULL, err);
    case PATTERN:
        return tone_constraint_compile_regex(c, v, "(ab|[0-9]{2,4})*x?", 18, NULL, err);
    default:
        return tone_constraint_compile_answer(c, v, &answer, NULL, err);
    }
}

static void test_compile(const tone_constraint_vocab *v)
{
    for (int kind = 0; kind < KINDS; kind++) {
        long before = alloc_live, n;
        for (n = 0; alloc_run(n); n++) {
            tone_constraint *c;
            tone_error err = {0};
            tone_status st = compile(kind, &c, v, &err);
            CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !c == !!st, "kind %d, round %ld: %d %s", kind, n, (int)st, err.text);
            tone_constraint_free(c);
            CHECK_CASE(alloc_live == before, "kind %d, round %ld", kind, n);
        }
        CHECK_CASE(n > 8, "kind %d: only %ld allocations seen", kind, n);
    }
}

/* All of a walk: masks, tokens, what is forced, the end. */
static tone_status use(tone_constraint *c, const char *feed, tone_error *err)
{
    tone_constraint_state *s, *t = NULL;
    tone_token_list list = {0};
    uint64_t mask[SMALL_WORDS];
    const char *rest;
    size_t n;
    tone_status st = tone_constraint_state_open(&s, c, err);
    if (st)
        return st;
    st = tone_constraint_state_open(&t, c, err);
    for (size_t i = 0; feed[i] && !st; i++) {
        st = tone_constraint_mask(s, mask, err);
        if (!st && i % 5 == 0)
            st = tone_constraint_forced(s, &list, err);
        if (!st && i % 7 == 0)
            st = tone_constraint_finish_text(s, &rest, &n, err);
        if (!st)
            st = tone_constraint_accept_token(s, (uint8_t)feed[i], err);
        if (!st && i % 3 == 0)
            st = tone_constraint_state_copy(t, s, err);
    }
    if (!st)
        st = tone_constraint_finish(s, &list, err);
    tone_token_list_clear(&list);
    tone_constraint_state_close(s);
    tone_constraint_state_close(t);
    return st;
}

static void test_use(const tone_constraint_vocab *v)
{
    static const char *const feeds[KINDS] = {text, "[a,[],[[bc]]]", "ab123ab", "text"};
    for (int kind = 0; kind < KINDS; kind++) {
        long before = alloc_live, n;
        for (n = 0; alloc_run(n); n++) {
            tone_constraint *c;
            tone_error err = {0};
            long left = alloc_left;
            alloc_left = -1; /* compiling is seen to above */
            CHECK(compile(kind, &c, v, &err) == TONE_OK);
            alloc_left = left;
            tone_status st = use(c, feeds[kind], &err);
            /* Forgetting old frames is put off when there is no memory for it: the only failure that is none. */
            CHECK_CASE(st == TONE_ERR_NO_MEMORY || st == TONE_OK, "kind %d, round %ld: %d %s", kind, n, (int)st, err.text);
            CHECK_CASE(st == TONE_OK || alloc_failed, "kind %d, round %ld: %s", kind, n, err.text);
            tone_constraint_free(c);
            CHECK_CASE(alloc_live == before, "kind %d, round %ld", kind, n);
        }
        CHECK_CASE(n > 5, "kind %d: only %ld allocations seen", kind, n);
    }
}

static void test_vocab(const small_vocab *v)
{
    long before = alloc_live, n;
    for (n = 0; alloc_run(n); n++) {
        tone_constraint_vocab *other;
        tone_status st = tone_constraint_vocab_open(&other, v->pieces, SMALL_N, v->marks, NULL);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !other == !!st, "round %ld", n);
        tone_constraint_vocab_close(other);
        CHECK_CASE(alloc_live == before, "round %ld", n);
    }
    CHECK(n > 8);
}

int main(void)
{
    static small_vocab v;
    CHECK(small_vocab_open(&v) == TONE_OK);
    test_vocab(&v);
    test_compile(v.vocab);
    test_use(v.vocab);
    tone_constraint_vocab_close(v.vocab);
    return check_done();
}

/* Whole answers: what tool_choice, parallel calls, thoughts and a document's schema allow; and the proof by chance for
 * calls: made-up tools, a model that knows nothing, arguments that are valid every time. */
#include "check.h"
#include "made_up.h"
#include "small_vocab.h"

/* Feed text in which the literals of marks stand for the marks; how far it got. */
static size_t feed(tone_constraint_state *s, const char *text)
{
    size_t at = 0, n = strlen(text);
    while (at < n) {
        int mark = 0;
        while (mark < TONE_MARK_COUNT && strncmp(text + at, small_marks[mark], strlen(small_marks[mark])) != 0)
            mark++;
        if (mark < TONE_MARK_COUNT ? tone_constraint_accept_mark(s, (tone_mark)mark, NULL) : tone_constraint_accept_bytes(s, text + at, 1, NULL))
            return at;
        at += mark < TONE_MARK_COUNT ? strlen(small_marks[mark]) : 1;
    }
    return at;
}

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":"
                            "{\"n\":{\"type\":\"integer\",\"minimum\":1},\"s\":{\"type\":\"string\"}},\"required\":[\"n\"]}}},"
                            "{\"type\":\"function\",\"function\":{\"name\":\"stop.now\"}}]";
static const char object[] = "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},\"required\":[\"ok\"],\"additionalProperties\":false}";

#define CALL "<|tool_call>call:f{n:1}<tool_call|>"
#define STOP "<|tool_call>call:stop.now{}<tool_call|>"
#define THOUGHT "<|channel>thought\nHm, {\n<channel|>"

typedef struct answer_case {
    tone_tool_choice choice;
    const char *name;
    bool one_call, document;
    tone_thought thought;
    const char *good[5], *open[3], *bad[6]; /* complete; not yet; not allowed */
} answer_case;

static const answer_case cases[] = {
    {TONE_TOOL_AUTO, NULL, false, false, TONE_THOUGHT_NONE,
     {"", "Let me see.", "Let me see." CALL, CALL CALL "and more", CALL STOP},
     {"<|tool_call>call:f{", CALL "<|tool_call>"},
     {"<|tool_call>call:g{", "<|tool_call>call:f{n:0", THOUGHT, "<|\"|>", "<|tool_call> ", "<|tool_call>call:f{s:<|\"|>x<|\"|>}"}},
    {TONE_TOOL_AUTO, NULL, true, false, TONE_THOUGHT_ALLOWED,
     {"", "text", "text" CALL, THOUGHT "text" CALL, THOUGHT CALL},
     {"<|channel>thought\n", "<|tool_call>call:stop.now{"},
     {CALL CALL, CALL "x", "x" THOUGHT, THOUGHT THOUGHT, "<|channel>other", "<|channel>thought\n<|tool_call>"}},
    {TONE_TOOL_REQUIRED, NULL, false, false, TONE_THOUGHT_ALLOWED,
     {CALL, THOUGHT CALL, STOP CALL},
     {"", THOUGHT, "<|channel>thought\n"},
     {"text", CALL "text", THOUGHT "x", "{"}},
    {TONE_TOOL_REQUIRED, "f", true, false, TONE_THOUGHT_NONE, {CALL, "<|tool_call>call:f{n:12,s:<|\"|>a\nb\"}<|\"|>}<tool_call|>"}, {""}, {STOP, CALL CALL, THOUGHT, "x"}},
    {TONE_TOOL_NONE, NULL, false, false, TONE_THOUGHT_ALLOWED, {"", "text", THOUGHT "text"}, {"<|channel>"}, {CALL, "text<|tool_call>"}},
    {TONE_TOOL_AUTO, NULL, false, false, TONE_THOUGHT_OPEN, {"so.<channel|>text", "<channel|>" CALL}, {"", "text"}, {"so.<|tool_call>", "<|channel>", "<channel|><channel|>"}},
    {TONE_TOOL_AUTO, NULL, false, true, TONE_THOUGHT_ALLOWED,
     {"{\"ok\":true}", CALL, CALL STOP, THOUGHT "{\"ok\":false}"},
     {"{\"ok\":", ""},
     {"text", "{\"ok\":true} ", "{\"ok\":true}<|tool_call>", CALL "{", "```", "{\"ok\":<|\"|>"}},
    {TONE_TOOL_NONE, NULL, false, true, TONE_THOUGHT_NONE, {"{\"ok\":true}"}, {"", "{"}, {CALL, THOUGHT, " {", "[", "{}"}},
};

static tone_constraint *compile(const answer_case *k, const tone_constraint_vocab *vocab)
{
    tone_error err = {0};
    tone_constraint *c;
    const tone_constraint_answer want = {.tools = tools, .tools_bytes = strlen(tools), .choice = k->choice, .name = k->name, .one_call = k->one_call,
                                         .schema = k->document ? object : NULL, .schema_bytes = strlen(object), .thought = k->thought};
    CHECK_CASE(tone_constraint_compile_answer(&c, vocab, &want, NULL, &err) == TONE_OK, "%s", err.text);
    return c;
}

static void check_cases(const tone_constraint_vocab *vocab)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_constraint *c = compile(&cases[i], vocab);
        tone_constraint_state *s = NULL;
        if (!c || !CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
            continue;
        for (int k = 0; k < 5 && cases[i].good[k]; k++) {
            CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
            CHECK_CASE(feed(s, cases[i].good[k]) == strlen(cases[i].good[k]) && tone_constraint_is_complete(s), "case %zu: %s", i, cases[i].good[k]);
        }
        for (int k = 0; k < 3 && cases[i].open[k]; k++) {
            CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
            CHECK_CASE(feed(s, cases[i].open[k]) == strlen(cases[i].open[k]) && !tone_constraint_is_complete(s), "case %zu: %s", i, cases[i].open[k]);
        }
        for (int k = 0; k < 6 && cases[i].bad[k]; k++) {
            CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
            CHECK_CASE(feed(s, cases[i].bad[k]) < strlen(cases[i].bad[k]), "case %zu: %s", i, cases[i].bad[k]);
        }
        tone_constraint_state_close(s);
        tone_constraint_free(c);
    }
}

/* A required call: all that is forced comes at once, the mark and the beginning of the call. */
static void check_forced(const tone_constraint_vocab *vocab)
{
    static const char only[] = "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"abc\"]}},"
                               "\"required\":[\"a\"],\"additionalProperties\":false}}}]";
    const tone_constraint_answer want = {.tools = only, .tools_bytes = strlen(only), .choice = TONE_TOOL_REQUIRED, .one_call = true};
    tone_constraint *c;
    tone_constraint_state *s;
    tone_token_list forced = {0};
    char text[200] = "";
    if (!CHECK(tone_constraint_compile_answer(&c, vocab, &want, NULL, NULL) == TONE_OK) || !CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
        return;
    CHECK(tone_constraint_forced(s, &forced, NULL) == TONE_OK);
    CHECK(forced.n > 4 && forced.ids[0] == SMALL_MARKS + TONE_MARK_CALL_OPEN && forced.ids[forced.n - 1] == SMALL_MARKS + TONE_MARK_CALL_CLOSE);
    for (size_t i = 0; i < forced.n; i++)
        CHECK(tone_constraint_accept_token(s, forced.ids[i], NULL) == TONE_OK);
    CHECK(tone_constraint_is_complete(s));
    CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
    const char *rest;
    size_t n;
    CHECK(tone_constraint_finish_text(s, &rest, &n, NULL) == TONE_OK);
    snprintf(text, sizeof text, "%.*s", (int)n, rest);
    CHECK_STR(text, "<|tool_call>call:f{a:<|\"|>abc<|\"|>}<tool_call|>");
    tone_token_list_clear(&forced);
    tone_constraint_state_close(s);
    tone_constraint_free(c);
}

static void check_refusals(const tone_constraint_vocab *vocab)
{
    static const struct {
        const char *tools, *name;
        tone_status status;
        const char *says;
    } bad[] = {
        {"{}", NULL, TONE_ERR_FORMAT, "not a list"},
        {"[]", NULL, TONE_ERR_ARGUMENT, "no tools"},
        {"[{\"function\":{}}]", NULL, TONE_ERR_FORMAT, "no name"},
        {"[{\"function\":{\"name\":\"a b\"}}]", NULL, TONE_ERR_FORMAT, "'a b'"},
        {"[{\"function\":{\"name\":\"f\"}}]", "g", TONE_ERR_NOT_FOUND, "'g'"},
        {"[{\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a:b\":{}}}}}]", NULL, TONE_ERR_UNSUPPORTED, "'a:b'"},
        {"[{\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"unevaluatedProperties\":false}}}]", NULL, TONE_ERR_UNSUPPORTED, "unevaluatedProperties"},
        {"[{\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":false}}}}]", NULL, TONE_ERR_ARGUMENT, "satisfies"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tone_error err = {0};
        tone_constraint *c = NULL;
        const tone_constraint_answer want = {.tools = bad[i].tools, .tools_bytes = strlen(bad[i].tools), .name = bad[i].name, .choice = TONE_TOOL_REQUIRED};
        CHECK_CASE(tone_constraint_compile_answer(&c, vocab, &want, NULL, &err) == bad[i].status && strstr(err.text, bad[i].says) && !c, "%zu: %s", i, err.text);
        tone_constraint_free(c);
    }
}

/* --- reading calls, apart from the library ------------------------------------------------------------------------- */

#define Q "<|\"|>"

static json_t *read_value(const char **at);

static json_t *read_object(const char **at)
{
    json_t *o = json_object();
    ++*at;
    while (**at != '}') {
        char key[300];
        size_t n = strcspn(*at, ":");
        if ((*at)[n] != ':' || n >= sizeof key)
            goto fail;
        memcpy(key, *at, n);
        key[n] = 0;
        *at += n + 1;
        json_t *v = read_value(at);
        if (!v || json_object_get(o, key) || json_object_set_new(o, key, v) || (**at != ',' && **at != '}') || (**at == ',' && (*at)[1] == '}'))
            goto fail;
        *at += **at == ',';
    }
    ++*at;
    return o;
fail:
    json_decref(o);
    return NULL;
}

static json_t *read_value(const char **at)
{
    if (strncmp(*at, Q, 5) == 0) {
        const char *end = strstr(*at + 5, Q);
        json_t *v = end ? json_stringn(*at + 5, (size_t)(end - *at - 5)) : NULL;
        *at = end ? end + 5 : *at;
        return v;
    }
    if (**at == '{')
        return read_object(at);
    if (**at == '[') {
        json_t *a = json_array();
        for (++*at; **at != ']'; *at += **at == ',') {
            json_t *v = read_value(at);
            if (!v || json_array_append_new(a, v) || (**at != ',' && **at != ']') || (**at == ',' && (*at)[1] == ']')) {
                json_decref(a);
                return NULL;
            }
        }
        ++*at;
        return a;
    }
    size_t n = strcspn(*at, ",]}");
    json_t *v = json_loadb(*at, n, JSON_DECODE_ANY, NULL);
    *at += n;
    return v;
}

static void try_tool(small_vocab *v, tone_random *r, json_t *parameters, size_t *compiled, size_t *calls)
{
    static char text[1 << 16];
    json_t *list = json_pack("[{s:s,s:{s:s,s:O}}]", "type", "function", "function", "name", "f", "parameters", parameters);
    char *source = json_dumps(list, JSON_COMPACT);
    const tone_constraint_answer want = {.tools = source, .tools_bytes = strlen(source), .choice = TONE_TOOL_REQUIRED, .one_call = true};
    tone_constraint *c;
    tone_constraint_state *s;
    tone_error err = {0};
    tone_status st = tone_constraint_compile_answer(&c, v->vocab, &want, NULL, &err);
    CHECK_CASE(st == TONE_OK || st == TONE_ERR_UNSUPPORTED || st == TONE_ERR_ARGUMENT || st == TONE_ERR_LIMIT || (st == TONE_ERR_FORMAT && strstr(err.text, "itself")),
               "%s: %s", err.text, source);
    for (int round = 0; !st && round < 4 && CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK); round++) {
        uint64_t mask[SMALL_WORDS];
        size_t n = 0;
        tone_token_list rest = {0};
        for (int i = 0; i < 120; i++) {
            tone_token pick = TONE_TOKEN_NONE, k = 0;
            CHECK(tone_constraint_mask(s, mask, NULL) == TONE_OK);
            for (tone_token id = 0; id < SMALL_N; id++)
                if (mask[id / 64] >> id % 64 & 1 && tone_random_below(r, ++k) == 0)
                    pick = id;
            if (!CHECK(pick != TONE_TOKEN_NONE) || pick == SMALL_STOP)
                break;
            CHECK(tone_constraint_accept_token(s, pick, NULL) == TONE_OK);
            CHECK(tone_token_list_push(&rest, pick, NULL) == TONE_OK);
        }
        CHECK(tone_constraint_finish(s, &rest, NULL) == TONE_OK); /* nothing, if it is complete */
        for (size_t i = 0; i < rest.n && n + 64 < sizeof text; i++) {
            memcpy(text + n, v->pieces[rest.ids[i]].bytes, v->pieces[rest.ids[i]].n);
            n += v->pieces[rest.ids[i]].n;
        }
        text[n] = 0; /* and 18 is the length of what a call begins with */
        const char *at = text + 18;
        json_t *arguments = n > 19 && memcmp(text, "<|tool_call>call:f{", 19) == 0 ? read_object(&at) : NULL;
        bool nul = memchr(text, 0, n) != NULL; /* the reader above cannot */
        CHECK_CASE(nul || (arguments && strcmp(at, "<tool_call|>") == 0 && judge_valid(parameters, arguments, parameters)), "%s\n    %s", source, text);
        ++*calls;
        json_decref(arguments);
        tone_token_list_clear(&rest);
        tone_constraint_state_close(s);
    }
    if (!st) {
        ++*compiled;
        tone_constraint_free(c);
    }
    free(source);
    json_decref(list);
}

int main(void)
{
    static small_vocab v;
    const char *rounds = getenv("TONE_ROUNDS"), *seed = getenv("TONE_SEED");
    uint64_t n = rounds ? strtoull(rounds, NULL, 10) : 1500, from = seed ? strtoull(seed, NULL, 10) : 424242;
    size_t compiled = 0, calls = 0;
    CHECK(small_vocab_open(&v) == TONE_OK);
    check_cases(NULL);
    check_cases(v.vocab);
    check_forced(v.vocab);
    check_refusals(v.vocab);
    printf("seed %llu\n", (unsigned long long)from);
    for (uint64_t i = 0; i < n; i++) {
        tone_random r;
        tone_random_seed(&r, from + i);
        json_t *parameters = made_up_root(&r, true);
        unsigned long before = check_failures;
        try_tool(&v, &r, parameters, &compiled, &calls);
        if (check_failures > before)
            fprintf(stderr, "    TONE_SEED=%llu TONE_ROUNDS=1\n", (unsigned long long)(from + i));
        json_decref(parameters);
    }
    printf("%llu tools, %zu compiled, %zu calls\n", (unsigned long long)n, compiled, calls);
    CHECK(n < 100 || compiled * 10 >= n * 7);
    tone_constraint_vocab_close(v.vocab);
    return check_done();
}

/* A mask is exactly the set of tokens that accept_token() takes: compared bit by bit along golden texts and made-up ones,
 * with the small vocabulary, and, when it is there, with Gemma 4's own. */
#include "golden.h"
#include "made_up.h"
#include "small_vocab.h"
#include "vocabulary.h"

typedef struct bench {
    const tone_constraint_vocab *vocab;
    size_t n_tokens;
    uint64_t *mask;
    tone_random r;
    int per_mille; /* of the states that are looked at */
    size_t states;
} bench;

/* All bits of the mask at `s` against trying every token on a copy. */
static void compare(bench *b, tone_constraint *c, const tone_constraint_state *s, const char *shown)
{
    tone_constraint_state *at, *copy;
    size_t wrong = 0;
    if (!CHECK(tone_constraint_state_open(&at, c, NULL) == TONE_OK) || !CHECK(tone_constraint_state_open(&copy, c, NULL) == TONE_OK))
        return;
    CHECK(tone_constraint_state_copy(at, s, NULL) == TONE_OK);
    CHECK(tone_constraint_mask(at, b->mask, NULL) == TONE_OK);
    CHECK(tone_constraint_state_copy(copy, s, NULL) == TONE_OK);
    for (tone_token id = 0; id < b->n_tokens; id++) {
        bool set = b->mask[id / 64] >> id % 64 & 1;
        bool taken = tone_constraint_accept_token(copy, id, NULL) == TONE_OK;
        if (taken)
            CHECK(tone_constraint_state_copy(copy, s, NULL) == TONE_OK);
        if (set != taken && wrong++ == 0)
            CHECK_CASE(set == taken, "token %u is %s the mask but is %s: %s", (unsigned)id, set ? "in" : "not in", taken ? "taken" : "refused", shown);
    }
    CHECK(wrong == 0);
    b->states++;
    tone_constraint_state_close(at);
    tone_constraint_state_close(copy);
}

static void along(bench *b, tone_constraint *c, const char *text, size_t n, bool call)
{
    tone_constraint_state *s;
    if (!CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
        return;
    for (size_t at = 0, step; at <= n; at += step) {
        step = at + 5 <= n && call && memcmp(text + at, "<|\"|>", 5) == 0 ? 5 : 1;
        if (made_up_below(&b->r, 1000) < b->per_mille)
            compare(b, c, s, text);
        if (at == 0 && call)
            CHECK(tone_constraint_accept_mark(s, TONE_MARK_CALL_OPEN, NULL) == TONE_OK);
        if (at < n && golden_feed(s, text + at, step, call) < step)
            break;
    }
    tone_constraint_state_close(s);
}

static void golden_line(void *with, json_t *line)
{
    bench *b = with;
    bool call = json_object_get(line, "tool") != NULL;
    tone_error err;
    tone_constraint *c = golden_compile(line, b->vocab, call ? TONE_TOOL_AUTO : TONE_TOOL_NONE, &err);
    size_t i;
    json_t *text;
    if (!c)
        return;
    json_array_foreach (json_object_get(line, call ? "valid_calls" : "valid"), i, text)
        if (i < 3)
            along(b, c, json_string_value(text), json_string_length(text), call);
    tone_constraint_free(c);
}

/* Random walks under made-up schemas. */
static void made_up(bench *b, uint64_t seed)
{
    tone_random_seed(&b->r, seed);
    json_t *schema = made_up_root(&b->r, false);
    char *source = json_dumps(schema, JSON_COMPACT | JSON_ENCODE_ANY);
    const tone_constraint_options options = {.any_order = made_up_chance(&b->r, 30), .spaces = made_up_chance(&b->r, 40), .max_depth = made_up_chance(&b->r, 30) ? 5 : 0};
    tone_constraint *c;
    tone_constraint_state *s;
    if (!tone_constraint_compile_schema(&c, b->vocab, source, strlen(source), &options, NULL)) {
        CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK);
        for (int i = 0; i < 25; i++) {
            if (made_up_below(&b->r, 1000) < b->per_mille)
                compare(b, c, s, source);
            CHECK(tone_constraint_mask(s, b->mask, NULL) == TONE_OK);
            tone_token pick = TONE_TOKEN_NONE, n = 0;
            for (tone_token id = 0; id < b->n_tokens; id++)
                if (b->mask[id / 64] >> id % 64 & 1 && tone_random_below(&b->r, ++n) == 0)
                    pick = id;
            if (!CHECK(pick != TONE_TOKEN_NONE) || pick == SMALL_STOP || !CHECK(tone_constraint_accept_token(s, pick, NULL) == TONE_OK))
                break;
        }
        tone_constraint_state_close(s);
        tone_constraint_free(c);
    }
    free(source);
    json_decref(schema);
}

static void grammar(bench *b)
{
    static const char text[] = "root ::= value\nvalue ::= \"{\" (pair (\",\" pair)*)? \"}\" | string | [0-9]+ | \"[\" (value (\",\" value)*)? \"]\"\n"
                               "pair ::= string \":\" value\nstring ::= \"\\\"\" [^\"\\\\\\x00-\\x1f]* \"\\\"\"\n";
    static const char sample[] = "{\"ab\":[1,\"xy\",{\"q\":[[],12]}]}";
    tone_constraint *c;
    if (CHECK(tone_constraint_compile_grammar(&c, b->vocab, text, strlen(text), NULL, NULL) == TONE_OK)) {
        along(b, c, sample, strlen(sample), false);
        tone_constraint_free(c);
    }
    const tone_constraint_options shallow = {.max_depth = 6};
    if (CHECK(tone_constraint_compile_grammar(&c, b->vocab, text, strlen(text), &shallow, NULL) == TONE_OK)) {
        along(b, c, sample, strlen(sample), false);
        tone_constraint_free(c);
    }
    static const char pattern[] = "[a-z]{2,20}( [a-z]+)*|\\d{4}-\\d\\d";
    if (CHECK(tone_constraint_compile_regex(&c, b->vocab, pattern, strlen(pattern), NULL, NULL) == TONE_OK)) {
        along(b, c, "some words and more", 19, false);
        tone_constraint_free(c);
    }
}

int main(void)
{
    static small_vocab small;
    uint64_t words[SMALL_WORDS];
    CHECK(small_vocab_open(&small) == TONE_OK);
    bench b = {.vocab = small.vocab, .n_tokens = SMALL_N, .mask = words, .per_mille = 200};
    tone_random_seed(&b.r, 7);
    golden_schema_lines("cases.jsonl", golden_line, &b);
    golden_schema_lines("tools.jsonl", golden_line, &b);
    b.per_mille = 1000;
    grammar(&b);
    for (uint64_t seed = 1; seed <= 400; seed++)
        made_up(&b, seed);
    printf("%zu states with the small vocabulary\n", b.states);
    CHECK(b.states > 3000);

    char path[1024];
    tone_tokenizer *t = NULL;
    tone_constraint_vocab *large = NULL;
    if (vocabulary_path(path, sizeof path) && CHECK(tone_tokenizer_open(&t, path, NULL) == TONE_OK) && CHECK(tone_constraint_vocab_of(&large, t, NULL) == TONE_OK)) {
        bench g = {.vocab = large, .n_tokens = tone_tokenizer_info(t)->n_vocab, .per_mille = 3};
        g.mask = calloc(tone_constraint_vocab_words(large), sizeof *g.mask);
        tone_random_seed(&g.r, 11);
        golden_schema_lines("cases.jsonl", golden_line, &g);
        golden_schema_lines("tools.jsonl", golden_line, &g);
        g.per_mille = 100;
        grammar(&g);
        printf("%zu states with Gemma 4's vocabulary\n", g.states);
        CHECK(g.states > 25);
        free(g.mask);
        tone_constraint_vocab_close(large);
    } else {
        printf("Gemma 4's own vocabulary was left out: %s\n", VOCABULARY_MISSING);
    }
    tone_tokenizer_close(t);
    tone_constraint_vocab_close(small.vocab);
    return check_done();
}

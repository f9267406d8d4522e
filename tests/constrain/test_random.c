/* The proof by chance: thousands of made-up schemas, a model that knows nothing, and a judge that knows nothing of the
 * library.  Whatever comes out is valid; no mask is ever empty; the stop token is allowed exactly at a complete text.
 *
 * TONE_SEED repeats a run, TONE_ROUNDS sets how many schemas. */
#include "check.h"
#include "made_up.h"
#include "small_vocab.h"

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

typedef struct run {
    small_vocab v;
    tone_random r;
    size_t made, compiled, texts, finished, tokens;
} run;

/* One of the bits that are set; with `greedy` always the one of a fixed random order. */
static tone_token choose(run *t, const uint64_t *mask, const float *order)
{
    tone_token best = TONE_TOKEN_NONE;
    uint64_t n = 0;
    for (tone_token i = 0; i < SMALL_N; i++) {
        if (!(mask[i / 64] >> i % 64 & 1))
            continue;
        n++;
        if (order ? best == TONE_TOKEN_NONE || order[i] > order[best] : tone_random_below(&t->r, n) == 0)
            best = i;
    }
    return best;
}

static void append(tone_token id, const small_vocab *v, char *text, size_t *n, size_t room)
{
    if (*n + v->pieces[id].n < room) {
        memcpy(text + *n, v->pieces[id].bytes, v->pieces[id].n);
        *n += v->pieces[id].n;
    }
}

/* A text of at most `most` tokens by the masks, then the short way to the end. */
static size_t generate(run *t, tone_constraint *c, size_t most, const float *order, char *text, size_t room)
{
    tone_constraint_state *s;
    uint64_t mask[SMALL_WORDS];
    size_t n = 0;
    bool stopped = false;
    if (!CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
        return 0;
    for (size_t i = 0; i < most && !stopped; i++) {
        CHECK(tone_constraint_mask(s, mask, NULL) == TONE_OK);
        bool may_stop = mask[SMALL_STOP / 64] >> SMALL_STOP % 64 & 1;
        CHECK(may_stop == tone_constraint_is_complete(s));
        tone_token id = choose(t, mask, order);
        CHECK_CASE(id != TONE_TOKEN_NONE, "no token is allowed after %.*s", (int)n, text);
        if (id == TONE_TOKEN_NONE)
            break;
        stopped = id == SMALL_STOP;
        CHECK_CASE(tone_constraint_accept_token(s, id, NULL) == TONE_OK, "token %u after %.*s", (unsigned)id, (int)n, text);
        if (!stopped)
            append(id, &t->v, text, &n, room);
        t->tokens++;
    }
    if (!stopped) {
        tone_token_list rest = {0};
        tone_error err = {0};
        t->finished++;
        CHECK_CASE(tone_constraint_finish(s, &rest, &err) == TONE_OK, "%s", err.text);
        for (size_t i = 0; i < rest.n; i++) {
            CHECK(tone_constraint_accept_token(s, rest.ids[i], NULL) == TONE_OK);
            append(rest.ids[i], &t->v, text, &n, room);
        }
        CHECK(tone_constraint_is_complete(s));
        tone_token_list_clear(&rest);
    }
    tone_constraint_state_close(s);
    return n;
}

static void try_schema(run *t, json_t *schema)
{
    static char text[1 << 16];
    char *source = json_dumps(schema, JSON_COMPACT | JSON_ENCODE_ANY);
    const tone_constraint_options options = {.any_order = made_up_chance(&t->r, 30), .spaces = made_up_chance(&t->r, 30), .closed = made_up_chance(&t->r, 30),
                                             .max_depth = made_up_chance(&t->r, 30) ? (uint32_t)(4 + made_up_below(&t->r, 5)) : 0};
    tone_constraint *c;
    tone_error err = {0};
    float order[SMALL_N];
    t->made++;
    tone_status st = tone_constraint_compile_schema(&c, t->v.vocab, source, strlen(source), &options, &err);
    CHECK_CASE(st == TONE_OK || st == TONE_ERR_UNSUPPORTED || st == TONE_ERR_ARGUMENT || st == TONE_ERR_LIMIT || st == TONE_ERR_FORMAT, "%s: %s", err.text, source);
    CHECK_CASE(st != TONE_ERR_FORMAT || strstr(err.text, "refers to itself"), "%s: %s", err.text, source);
    for (int round = 0; !st && round < 4; round++) {
        for (int i = 0; i < SMALL_N; i++)
            order[i] = (float)tone_random_unit(&t->r);
        unsigned long before = check_failures;
        size_t n = generate(t, c, round == 3 ? 20 : 150, round == 2 ? order : NULL, text, sizeof text);
        json_t *value = json_loadb(text, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        CHECK(value != NULL && judge_valid(schema, value, schema));
        if (check_failures > before && check_failures < 20)
            fprintf(stderr, "    %s\n    %.*s\n", source, (int)n, text);
        json_decref(value);
        t->texts++;
    }
    if (!st) {
        t->compiled++;
        tone_constraint_free(c);
    }
    free(source);
}

int main(void)
{
    static run t;
    uint64_t seed = number_from("TONE_SEED", 20260501), rounds = number_from("TONE_ROUNDS", 3000);
    printf("seed %llu\n", (unsigned long long)seed);
    CHECK(small_vocab_open(&t.v) == TONE_OK);
    for (uint64_t i = 0; i < rounds; i++) {
        tone_random_seed(&t.r, seed + i);
        json_t *schema = made_up_root(&t.r, false);
        unsigned long before = check_failures;
        try_schema(&t, schema);
        if (check_failures > before)
            fprintf(stderr, "    TONE_SEED=%llu TONE_ROUNDS=1\n", (unsigned long long)(seed + i));
        json_decref(schema);
    }
    tone_constraint_vocab_close(t.v.vocab);
    printf("%zu schemas, %zu compiled; %zu texts, %zu of them cut short and closed; %zu tokens\n", t.made, t.compiled, t.texts, t.finished, t.tokens);
    CHECK(t.compiled * 10 >= t.made * 7 || rounds < 100);
    return check_done();
}

/* How fast constraints are with Gemma 4's vocabulary: compiling, and the mask of every token of every valid golden text.
 *
 *     meson test -C build --benchmark --verbose bench_mask     (or build/tests/constrain/bench_mask)
 *
 * Times are wall clock, of one thread; every mask is also checked to allow the token that the text has there. */
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "tonesmith/constrain.h"
#include "vocabulary.h"

typedef struct times {
    double *us;
    size_t n, room;
} times;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void add(times *t, double us)
{
    if (t->n == t->room) {
        size_t room = t->room ? t->room * 2 : 1024;
        double *more = realloc(t->us, room * sizeof *more);
        if (!more)
            exit(1);
        t->us = more;
        t->room = room;
    }
    t->us[t->n++] = us;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, times *t)
{
    if (!t->n)
        return;
    qsort(t->us, t->n, sizeof *t->us, by_size);
    printf("%-18s n %6zu   median %8.1f us   90 %% %8.1f us   99 %% %8.1f us   most %9.1f us\n", what, t->n, t->us[t->n / 2], t->us[t->n * 90 / 100],
           t->us[t->n * 99 / 100], t->us[t->n - 1]);
    free(t->us);
}

typedef struct bench {
    tone_tokenizer *tokenizer;
    tone_constraint_vocab *vocab;
    uint64_t *mask;
    times compile, schema_masks, call_masks, step, forced;
    size_t n_tokens, n_forced, slow;
} bench;

static void run(bench *b, tone_constraint *c, const char *text, size_t n, const char *before, times *masks)
{
    tone_token_list ids = {0};
    tone_constraint_state *s;
    if (!CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
        return;
    if (before && !CHECK(tone_tokenizer_encode(b->tokenizer, before, strlen(before), TONE_ENCODE_CONTROL, &ids, NULL) == TONE_OK))
        return;
    CHECK(tone_tokenizer_encode(b->tokenizer, text, n, before ? TONE_ENCODE_CONTROL : 0, &ids, NULL) == TONE_OK);
    if (before)
        CHECK(tone_tokenizer_encode(b->tokenizer, "<tool_call|>", 12, TONE_ENCODE_CONTROL, &ids, NULL) == TONE_OK);
    size_t forced_to = 0;
    for (size_t i = 0; i < ids.n; i++) {
        double t0 = now_us();
        CHECK(tone_constraint_mask(s, b->mask, NULL) == TONE_OK);
        double t1 = now_us();
        add(masks, t1 - t0);
        b->slow += t1 - t0 > 1000;
        if (t1 - t0 > 1000 && getenv("BENCH_SLOW"))
            printf("slow %.0f us before token %zu of %.*s\n", t1 - t0, i, (int)n, text);
        CHECK_CASE(b->mask[ids.ids[i] / 64] >> ids.ids[i] % 64 & 1, "token %zu (%u) of %.*s", i, (unsigned)ids.ids[i], (int)n, text);
        if (i >= forced_to) { /* as a generation would: what is forced is not asked for */
            tone_token_list forced = {0};
            t0 = now_us();
            CHECK(tone_constraint_forced(s, &forced, NULL) == TONE_OK);
            add(&b->forced, now_us() - t0);
            b->n_forced += forced.n;
            forced_to = i + forced.n;
            tone_token_list_clear(&forced);
        }
        t0 = now_us();
        CHECK(tone_constraint_accept_token(s, ids.ids[i], NULL) == TONE_OK);
        add(&b->step, now_us() - t0);
        b->n_tokens++;
    }
    CHECK(tone_constraint_is_complete(s));
    tone_constraint_state_close(s);
    tone_token_list_clear(&ids);
}

static void schema_line(bench *b, const json_t *line)
{
    const json_t *valid = json_object_get(line, "valid");
    char *schema = json_dumps(json_object_get(line, "schema"), JSON_COMPACT | JSON_ENCODE_ANY);
    tone_constraint *c;
    size_t i;
    json_t *text;
    double t0 = now_us();
    if (!tone_constraint_compile_schema(&c, b->vocab, schema, strlen(schema), NULL, NULL)) {
        add(&b->compile, now_us() - t0);
        if (now_us() - t0 > 20000 && getenv("BENCH_SLOW"))
            printf("compile %.0f us %.300s\n", now_us() - t0, schema);
        json_array_foreach (valid, i, text)
            run(b, c, json_string_value(text), json_string_length(text), NULL, &b->schema_masks);
        tone_constraint_free(c);
    }
    free(schema);
}

static void tool_line(bench *b, json_t *line)
{
    json_t *tools = json_pack("[O]", json_object_get(line, "tool")), *text;
    char *dump = json_dumps(tools, JSON_COMPACT);
    const tone_constraint_answer answer = {.tools = dump, .tools_bytes = strlen(dump), .choice = TONE_TOOL_AUTO};
    tone_constraint *c;
    size_t i;
    double t0 = now_us();
    if (CHECK(tone_constraint_compile_answer(&c, b->vocab, &answer, NULL, NULL) == TONE_OK)) {
        add(&b->compile, now_us() - t0);
        json_array_foreach (json_object_get(line, "valid_calls"), i, text)
            run(b, c, json_string_value(text), json_string_length(text), "<|tool_call>", &b->call_masks);
        tone_constraint_free(c);
    }
    free(dump);
    json_decref(tools);
}

static void read_lines(bench *b, const char *name, bool tools)
{
    char path[1024], *bytes = NULL;
    const char *folder = getenv("TONE_GOLDEN");
    size_t room = 0;
    ssize_t n;
    snprintf(path, sizeof path, "%s/schema/%s", folder ? folder : "tests/golden", name);
    FILE *f = fopen(path, "r");
    while (f && (n = getline(&bytes, &room, f)) > 0) {
        json_t *line = json_loadb(bytes, (size_t)n, JSON_ALLOW_NUL, NULL);
        if (CHECK(line != NULL) && tools)
            tool_line(b, line);
        else if (line)
            schema_line(b, line);
        json_decref(line);
    }
    CHECK(f != NULL);
    if (f)
        fclose(f);
    free(bytes);
}

int main(void)
{
    char path[1024];
    if (!vocabulary_path(path, sizeof path))
        return check_skip(VOCABULARY_MISSING);
    bench b = {0};
    tone_error err = {0};
    CHECK_CASE(tone_tokenizer_open(&b.tokenizer, path, &err) == TONE_OK, "%s", err.text);
    if (!b.tokenizer)
        return check_done();
    double t0 = now_us();
    CHECK(tone_constraint_vocab_of(&b.vocab, b.tokenizer, NULL) == TONE_OK);
    printf("vocabulary         %u tokens in %.0f ms\n", tone_tokenizer_info(b.tokenizer)->n_vocab, (now_us() - t0) / 1e3);
    b.mask = calloc(tone_constraint_vocab_words(b.vocab), sizeof *b.mask);
    read_lines(&b, "cases.jsonl", false);
    read_lines(&b, "tools.jsonl", true);
    report("compile", &b.compile);
    report("mask, JSON", &b.schema_masks);
    report("mask, calls", &b.call_masks);
    report("accept token", &b.step);
    report("forced", &b.forced);
    printf("forced             %zu of %zu tokens\n", b.n_forced, b.n_tokens);
    free(b.mask);
    tone_constraint_vocab_close(b.vocab);
    tone_tokenizer_close(b.tokenizer);
    return check_done();
}

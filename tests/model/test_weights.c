/* Gemma 3 270M, real weights, against what llama.cpp computes with them: tests/golden/gemma3-270m/README.md, last table.
 *
 * `exact` there is float32 arithmetic on the file's weights.  The prompts' own continuations are fed, so that every step can
 * be compared; see "Suggested tolerances". */
#include "golden.h"
#include "vocabulary.h"

enum { STEPS = 64 };

typedef struct reference {
    const json_t *json; /* of one case */
    tone_token *prompt, *fed, *exact_argmax, *exact_greedy; /* fed: the prompt, then what is fed after it */
    size_t n_prompt, n;
} reference;

/* Sums over the cases. */
typedef struct tally {
    size_t n_steps, n_robust, wrong_robust, same_as_exact;
    size_t n_clear, wrong_clear;
    double worst_logit, logprob_sum;
    size_t n_logprobs;
} tally;

static double number(const json_t *array, size_t i)
{
    return json_number_value(json_array_get(array, i));
}

static reference open_case(const json_t *c)
{
    reference r = {.json = c};
    size_t n;
    const json_t *exact = json_object_get(c, "exact");
    tone_token *greedy = golden_json_ids(json_object_get(c, "greedy"), &n);
    r.prompt = golden_json_ids(json_object_get(c, "tokens"), &r.n_prompt);
    r.n = r.n_prompt + n - 1;
    r.fed = malloc((r.n + 1) * sizeof *r.fed);
    memcpy(r.fed, r.prompt, r.n_prompt * sizeof *r.fed);
    memcpy(r.fed + r.n_prompt, greedy, n * sizeof *r.fed);
    CHECK(n == STEPS);
    free(greedy);
    r.exact_argmax = golden_json_ids(json_object_get(exact, "argmax"), &n);
    r.exact_greedy = golden_json_ids(json_object_get(exact, "greedy"), &n);
    return r;
}

static void close_case(reference *r)
{
    free(r->prompt);
    free(r->fed);
    free(r->exact_argmax);
    free(r->exact_greedy);
}

static double log_sum(const float *logits, size_t n)
{
    double max = (double)logits[golden_argmax(logits, n)], sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp((double)logits[i] - max);
    return max + log(sum);
}

/* One step's logits against the reference. */
static void compare_step(const reference *r, size_t step, const float *logits, size_t vocab, tally *t)
{
    const json_t *exact = json_object_get(r->json, "exact"), *top = json_array_get(json_object_get(exact, "top5"), step);
    size_t best = golden_argmax(logits, vocab);
    t->n_steps++;
    t->same_as_exact += best == r->exact_argmax[step];
    if (number(json_object_get(exact, "margin"), step) >= 0.05) {
        t->n_clear++;
        t->wrong_clear += best != r->exact_argmax[step];
    }
    if (number(json_object_get(r->json, "robust"), step) > 0 && number(json_object_get(r->json, "margin_min"), step) >= 0.5) {
        t->n_robust++;
        t->wrong_robust += best != r->fed[r->n_prompt + step];
    }
    if (!top)
        return;
    double sum = log_sum(logits, vocab), want_sum = number(json_object_get(exact, "lse"), step);
    for (size_t i = 0; i < json_array_size(top); i++) {
        const json_t *pair = json_array_get(top, i);
        double got = (double)logits[json_integer_value(json_array_get(pair, 0))], want = number(pair, 1);
        t->worst_logit = fmax(t->worst_logit, fabs(got - want));
        t->logprob_sum += fabs((got - sum) - (want - want_sum));
        t->n_logprobs++;
    }
}

typedef struct row_sink {
    const reference *r;
    tally *t;
    size_t vocab, max_steps;
} row_sink;

static bool take_row(void *arg, size_t position, const float *logits)
{
    row_sink *k = arg;
    size_t step = position + 1 - k->r->n_prompt;
    compare_step(k->r, step, logits, k->vocab, k->t);
    return step + 1 < k->max_steps;
}

/* All steps in one evaluation. */
static void feed_together(tone_session *s, const reference *r, size_t max_steps, tally *t)
{
    tone_error err = {0};
    row_sink k = {r, t, tone_model_info(tone_session_model(s))->vocab, max_steps};
    const tone_input input = {.ids = r->fed, .n = r->n};
    tone_status st = tone_session_score(s, &input, STEPS, take_row, &k, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
}

/* Token by token, as a generation runs. */
static void feed_steps(tone_session *s, const reference *r, tally *t)
{
    tone_error err = {0};
    size_t vocab = tone_model_info(tone_session_model(s))->vocab;
    CHECK(tone_session_sync(s, r->prompt, r->n_prompt, &err) == TONE_OK);
    for (size_t step = 0; step < STEPS; step++) {
        compare_step(r, step, tone_session_logits(s), vocab, t);
        if (step + 1 < STEPS)
            CHECK(tone_session_append(s, &r->fed[r->n_prompt + step], 1, &err) == TONE_OK);
    }
}

/* Left alone, every token up to the first near-tie. */
static void run_free(tone_session *s, const reference *r)
{
    const json_t *margin = json_object_get(json_object_get(r->json, "exact"), "greedy_margin");
    size_t n = 0;
    while (n < STEPS && number(margin, n) >= 0.05)
        n++;
    size_t wrong = golden_greedy(s, r->prompt, r->n_prompt, r->exact_greedy, n);
    CHECK_CASE(wrong == 0, "%s: %zu of %zu tokens differ in a free run", json_string_value(json_object_get(r->json, "id")), wrong, n);
}

static void check_tokens(const tone_model *m, const reference *r)
{
    tone_error err = {0};
    const char *text = json_string_value(json_object_get(r->json, "text"));
    unsigned flags = json_is_true(json_object_get(r->json, "parse_special")) ? TONE_ENCODE_CONTROL : 0;
    tone_token_list ids = {0};
    const tone_tokenizer *t = tone_model_tokenizer(m);
    CHECK(tone_token_list_push(&ids, tone_tokenizer_info(t)->bos, &err) == TONE_OK);
    CHECK(tone_tokenizer_encode(t, text, strlen(text), flags, &ids, &err) == TONE_OK);
    CHECK_CASE(ids.n == r->n_prompt && memcmp(ids.ids, r->prompt, ids.n * sizeof *ids.ids) == 0, "tokens of '%.30s…'", text);
    tone_token_list_clear(&ids);
}

/* ---- the long text */

typedef struct surprise {
    const tone_token *ids;
    size_t n, vocab, n_scored;
    double sum;
} surprise;

static bool add_surprise(void *arg, size_t position, const float *logits)
{
    surprise *s = arg;
    if (position + 1 >= s->n)
        return false;
    s->sum += log_sum(logits, s->vocab) - (double)logits[s->ids[position + 1]];
    s->n_scored++;
    return true;
}

/* Mean -log p over windows of `window` tokens behind a BOS. */
static double mean_surprise(tone_session *s, const tone_token *text, size_t n, size_t window)
{
    tone_error err = {0};
    tone_token *ids = malloc((window + 1) * sizeof *ids);
    surprise k = {.ids = ids, .vocab = tone_model_info(tone_session_model(s))->vocab};
    for (size_t at = 0; at < n; at += window) {
        size_t part = n - at < window ? n - at : window;
        ids[0] = 2;
        memcpy(ids + 1, text + at, part * sizeof *ids);
        k.n = part + 1;
        tone_session_reset(s);
        const tone_input input = {.ids = ids, .n = k.n};
        tone_status st = tone_session_score(s, &input, k.n, add_surprise, &k, &err);
        CHECK_CASE(st == TONE_OK, "%s", err.text);
    }
    CHECK(k.n_scored == n);
    free(ids);
    return k.sum / (double)k.n_scored;
}

static void check_text(tone_session *s, const json_t *ppl, const char *how, double bound)
{
    const json_t *want = json_object_get(json_object_get(ppl, "results"), "exact");
    size_t n;
    tone_token *text = golden_json_ids(json_object_get(ppl, "tokens"), &n);
    double windows = mean_surprise(s, text, n, 511), whole = mean_surprise(s, text, n, n);
    double windows_off = windows - json_number_value(json_object_get(want, "nll_ctx512"));
    double whole_off = whole - json_number_value(json_object_get(want, "nll_whole"));
    printf("%-14s mean -log p: windows %+.5f, whole %+.5f from exact (bound %g)\n", how, windows_off, whole_off, bound);
    CHECK_CASE(fabs(windows_off) <= bound, "%s, windows: %.5f", how, windows);
    CHECK_CASE(fabs(whole_off) <= bound, "%s, whole: %.5f", how, whole);
    free(text);
}

static void check_exact(const tone_model *m, const json_t *expect)
{
    static const double bounds[] = {[TONE_CACHE_F16] = 0.05, [TONE_CACHE_F32] = 0.02};
    const json_t *cases = json_object_get(expect, "cases");
    for (int cache = TONE_CACHE_F16; cache <= TONE_CACHE_F32; cache++) {
        tone_session_options o = tone_session_defaults();
        o.exact = true;
        o.cache = (tone_cache_type)cache;
        o.context = 2048;
        tone_session *s = golden_session(m, &o);
        tally t = {0};
        for (size_t i = 0; i < json_array_size(cases); i++) {
            reference r = open_case(json_array_get(cases, i));
            feed_together(s, &r, cache == TONE_CACHE_F32 ? STEPS : 8, &t);
            if (cache == TONE_CACHE_F32) {
                check_tokens(m, &r);
                run_free(s, &r);
            }
            close_case(&r);
        }
        printf("%-14s worst logit %.4f (bound %g); argmax %zu of %zu clear steps wrong, %zu of %zu as exact\n",
               cache == TONE_CACHE_F32 ? "float32" : "float32, kv f16", t.worst_logit, bounds[cache], t.wrong_clear, t.n_clear,
               t.same_as_exact, t.n_steps);
        CHECK(t.worst_logit <= bounds[cache]);
        CHECK(t.wrong_clear == 0);
        if (cache == TONE_CACHE_F32) {
            CHECK(t.n_clear == 381);
            check_text(s, json_object_get(expect, "ppl"), "float32", 0.001);
        }
        tone_session_close(s);
    }
}

static void check_fast(const tone_model *m, const json_t *expect)
{
    const json_t *cases = json_object_get(expect, "cases");
    tone_session_options o = tone_session_defaults();
    o.context = 2048;
    tone_session *s = golden_session(m, &o);
    for (int together = 0; together < 2; together++) { /* products of one row and of many go different ways */
        tally t = {0};
        for (size_t i = 0; i < json_array_size(cases); i++) {
            reference r = open_case(json_array_get(cases, i));
            if (together)
                feed_together(s, &r, STEPS, &t);
            else
                feed_steps(s, &r, &t);
            close_case(&r);
        }
        double mean = t.logprob_sum / (double)t.n_logprobs;
        printf("%-14s %zu of %zu robust steps wrong, argmax %zu of %zu as exact, mean |logprob| off %.4f\n",
               together ? "fast, a batch" : "fast, steps", t.wrong_robust, t.n_robust, t.same_as_exact, t.n_steps, mean);
        CHECK(t.n_robust == 341 && t.wrong_robust == 0);
        CHECK(t.same_as_exact >= 370);
        CHECK(mean <= 0.15);
    }
    check_text(s, json_object_get(expect, "ppl"), "fast", 0.015);
    tone_session_close(s);
}

int main(void)
{
    char path[512];
    tone_error err = {0};
    const char *file = cached_path(path, sizeof path, "gemma-3-270m-q4_k_m.gguf");
    if (!file)
        return check_skip("no weights (tools/fetch_weights.sh fetches Gemma 3 270M)");
    tone_model *m;
    tone_status st = tone_model_open(&m, file, NULL, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    if (st)
        return check_done();
    char expect_path[512];
    json_error_t at;
    snprintf(expect_path, sizeof expect_path, "%s/gemma3-270m/expect.json", getenv("TONE_GOLDEN") ? getenv("TONE_GOLDEN") : "tests/golden");
    json_t *expect = json_load_file(expect_path, 0, &at);
    CHECK_CASE(expect, "%s", at.text);
    if (expect) {
        check_exact(m, expect);
        check_fast(m, expect);
    }
    json_decref(expect);
    tone_model_close(m);
    return check_done();
}

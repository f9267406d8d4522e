/* The loop, on a tiny random model: what it gives is what a session and an argmax give, and every end has its reason. */
#include <stdlib.h>

#include "check.h"
#include "tonesmith/gen.h"

typedef struct seen {
    tone_token ids[256];
    size_t n, n_ends, n_forced, stop_at;
    char text[4096];
    size_t text_n;
    tone_session *cancel;
    float logprob_sum;
} seen;

static bool take(void *arg, const tone_gen_token *t)
{
    seen *s = arg;
    if (t->id != TONE_TOKEN_NONE)
        s->ids[s->n++] = t->id;
    s->n_ends += t->ends;
    s->n_forced += t->forced;
    if (t->choice)
        s->logprob_sum += t->choice->logprob;
    memcpy(s->text + s->text_n, t->text, t->n);
    s->text_n += t->n;
    s->text[s->text_n] = 0;
    if (s->cancel && s->n == 3)
        tone_session_cancel(s->cancel);
    return s->n != s->stop_at;
}

static const tone_token prompt[] = {2, 44, 262, 107, 405, 482, 425};
static const tone_input input = {.ids = prompt, .n = 7};

static tone_session *open_session(const tone_model *m, uint32_t context)
{
    tone_error err = {0};
    tone_session_options o = tone_session_defaults();
    tone_session *s;
    o.context = context;
    o.exact = true;
    if (tone_session_open(&s, m, &o, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return s;
}

static tone_gen_options greedy_options(uint64_t n)
{
    tone_gen_options o = tone_gen_defaults();
    o.sampling.temperature = 0;
    o.max_tokens = n;
    o.raw = true;
    o.hide_control = false;
    return o;
}

static tone_gen_result run(tone_session *s, const tone_gen_options *o, seen *out)
{
    tone_error err = {0};
    tone_gen_result r;
    tone_status st = tone_gen_run(s, &input, o, take, out, &r, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    return r;
}

static void by_hand(tone_session *s, tone_token *ids, size_t n)
{
    tone_error err = {0};
    uint32_t vocab = tone_model_info(tone_session_model(s))->vocab;
    CHECK(tone_session_sync(s, prompt, 7, &err) == TONE_OK);
    for (size_t i = 0; i < n; i++) {
        const float *logits = tone_session_logits(s);
        ids[i] = 0;
        for (tone_token t = 1; t < vocab; t++)
            if (logits[t] > logits[ids[i]])
                ids[i] = t;
        CHECK(tone_session_append(s, &ids[i], 1, &err) == TONE_OK);
    }
}

/* Allows even ids only, except that 7, 9, 11 must follow every id that can be divided by 32. */
typedef struct guide {
    tone_token last;
    uint32_t vocab;
    size_t n_accepted;
} guide;

static tone_status allow(void *arg, uint64_t *bits, tone_error *err)
{
    const guide *g = arg;
    (void)err;
    for (tone_token id = 0; id < g->vocab; id += 2)
        bits[id / 64] |= UINT64_C(1) << id % 64;
    return TONE_OK;
}

static tone_status accept(void *arg, tone_token id, tone_error *err)
{
    guide *g = arg;
    (void)err;
    g->last = id;
    g->n_accepted++;
    return TONE_OK;
}

static tone_status forced(void *arg, tone_token_list *out, tone_error *err)
{
    const guide *g = arg;
    tone_status st = TONE_OK;
    for (tone_token id = 7; id <= 11 && g->last % 32 == 0 && !st; id += 2)
        st = tone_token_list_push(out, id, err);
    return st;
}

static void check_guide(const tone_model *m)
{
    tone_session *s = open_session(m, 256);
    guide g = {.last = 32, .vocab = tone_model_info(m)->vocab};
    tone_gen_options o = greedy_options(120);
    o.guide = &(tone_gen_guide){.arg = &g, .mask = allow, .accept = accept, .forced = forced};
    seen a = {0};
    tone_gen_result r = run(s, &o, &a);
    CHECK(r.n_generated == a.n && a.n == g.n_accepted && a.n_forced == r.n_forced && a.n_forced >= 3);
    CHECK(a.ids[0] == 7 && a.ids[1] == 9 && a.ids[2] == 11);
    size_t n_odd = 0;
    for (size_t i = 0; i < a.n; i++) {
        n_odd += a.ids[i] % 2;
        if (a.ids[i] % 2)
            CHECK((a.ids[i] == 7 && (i == 0 || a.ids[i - 1] % 32 == 0)) || a.ids[i] == a.ids[i - 1] + 2);
    }
    CHECK(n_odd == a.n_forced);
    /* Taken together or one by one: the session is the same. */
    tone_session *other = open_session(m, 256);
    tone_token all[128];
    tone_error err = {0};
    size_t n = tone_session_n(s);
    memcpy(all, prompt, sizeof prompt);
    memcpy(all + 7, a.ids, (n - 7) * sizeof *all);
    CHECK(tone_session_sync(other, all, n, &err) == TONE_OK);
    for (uint32_t i = 0; i < g.vocab; i++)
        CHECK(tone_session_logits(s)[i] == tone_session_logits(other)[i]);
    tone_session_close(other);
    tone_session_close(s);
}

static void check_ends(const tone_model *m, const tone_token *want)
{
    tone_session *s = open_session(m, 40);
    tone_gen_options o = greedy_options(12);
    seen a = {0};
    tone_gen_result r = run(s, &o, &a);
    CHECK(r.end == TONE_END_MAX_TOKENS && r.n_generated == 12 && r.n_prompt == 7);
    CHECK(memcmp(a.ids, want, 12 * sizeof *want) == 0);

    o.max_tokens = 0; /* 40 positions hold 33 more; the token after them can be had, too */
    a = (seen){0};
    r = run(s, &o, &a);
    CHECK_CASE(r.end == TONE_END_CONTEXT && a.n == 34, "%s, %zu", tone_end_text(r.end), a.n);

    o.stop_ids = &want[5];
    o.n_stop_ids = 1;
    size_t first = 0;
    while (want[first] != want[5])
        first++;
    a = (seen){0};
    r = run(s, &o, &a);
    CHECK(r.end == TONE_END_STOP_TOKEN && a.n == first + 1 && r.n_generated == first && a.n_ends == 1);
    CHECK(r.n_reused > 0);
    o.n_stop_ids = 0;

    a = (seen){.stop_at = 4};
    r = run(s, &o, &a);
    CHECK(r.end == TONE_END_CANCELLED && a.n == 4);
    a = (seen){.cancel = s};
    r = run(s, &o, &a);
    CHECK(r.end == TONE_END_CANCELLED && a.n == 3);

    /* A stop string is not shown, nor what follows; what might have begun one is shown at the end. */
    o.max_tokens = 20;
    a = (seen){0};
    run(s, &o, &a);
    char stop[16] = {0};
    CHECK(a.text_n > 12);
    memcpy(stop, a.text + a.text_n / 2, 4);
    const char *const stops[] = {stop};
    const char *at = strstr(a.text, stop);
    o.stops = stops;
    o.n_stops = 1;
    seen b = {0};
    r = run(s, &o, &b);
    CHECK(r.end == TONE_END_STOP_STRING && at && b.text_n == (size_t)(at - a.text) && strncmp(a.text, b.text, b.text_n) == 0);
    memcpy(stop, a.text + a.text_n - 2, 2);
    strcpy(stop + 2, "zz");
    b = (seen){0};
    r = run(s, &o, &b);
    CHECK(r.end == TONE_END_MAX_TOKENS);
    CHECK_STR(b.text, a.text);
    tone_session_close(s);
}

static void check_sampling(const tone_model *m)
{
    tone_session *s = open_session(m, 64);
    tone_gen_options o = greedy_options(30);
    o.sampling.temperature = 1;
    o.sampling.top_k = 0;
    o.sampling.logprobs = true;
    o.sampling.seed = 5;
    seen a = {0}, b = {0}, c = {0};
    run(s, &o, &a);
    run(s, &o, &b);
    o.sampling.seed = 6;
    run(s, &o, &c);
    CHECK(a.n == 30 && memcmp(a.ids, b.ids, sizeof a.ids) == 0 && memcmp(a.ids, c.ids, sizeof a.ids) != 0);
    CHECK(a.logprob_sum < 0);
    /* By default control tokens that no turn may hold are never chosen, and the model's own end tokens end. */
    o.raw = false;
    o.max_tokens = 0;
    const tone_tokenizer_facts *f = tone_tokenizer_info(tone_model_tokenizer(m));
    size_t n_ended = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        o.sampling.seed = seed;
        seen d = {0};
        tone_gen_result r = run(s, &o, &d);
        n_ended += r.end == TONE_END_STOP_TOKEN;
        for (size_t i = 0; i < d.n; i++)
            for (size_t j = 0; j < f->n_suppressed; j++)
                CHECK(d.ids[i] != f->suppressed[j]);
    }
    CHECK_CASE(n_ended > 0, "no generation of 40 met one of %zu end tokens", f->n_stops);
    tone_error err = {0};
    o.sampling.top_p = -1;
    tone_gen_result r;
    seen d = {0};
    CHECK(tone_gen_run(s, &input, &o, take, &d, &r, &err) == TONE_ERR_ARGUMENT && r.end == TONE_END_ERROR && d.n == 0);
    tone_session_close(s);
}

int main(void)
{
    char path[512];
    tone_error err = {0};
    tone_model *m;
    snprintf(path, sizeof path, "%s/text/e2b/model-q4_0.gguf", getenv("TONE_GOLDEN") ? getenv("TONE_GOLDEN") : "tests/golden");
    if (tone_model_open(&m, path, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    tone_session *s = open_session(m, 64);
    tone_token want[12];
    by_hand(s, want, 12);
    tone_session_close(s);
    check_ends(m, want);
    check_guide(m);
    check_sampling(m);
    tone_model_close(m);
    return check_done();
}

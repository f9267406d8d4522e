/* Choices against a plain sampler: sort everything, cut it by the definitions, draw with the same random numbers. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "gen/sampler.h"

typedef struct entry {
    double logit, p;
    tone_token id;
} entry;

static int compare(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->logit != y->logit)
        return x->logit > y->logit ? -1 : 1;
    return x->id < y->id ? -1 : 1;
}

static void soften(entry *e, size_t n, double temperature)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += e[i].p = exp((e[i].logit - e[0].logit) / temperature);
    for (size_t i = 0; i < n; i++)
        e[i].p /= sum;
}

/* The tokens that may be chosen, likeliest first, with their probabilities; returns how many. */
static size_t plain(entry *e, const tone_sampling_options *o, uint32_t n_vocab, const float *logits, const uint64_t *mask,
                    const tone_token *seen, size_t n_seen)
{
    size_t n = 0;
    for (tone_token id = 0; id < n_vocab; id++) {
        float x = logits[id];
        for (size_t i = 0; i < o->n_bias; i++)
            if (o->bias[i].id == id)
                x += o->bias[i].bias;
        int times = 0;
        for (size_t i = 0; i < n_seen; i++)
            times += seen[i] == id;
        if (times) {
            double y = x > 0 ? x / o->repeat_penalty : x * o->repeat_penalty;
            x = (float)(y - times * o->frequency_penalty - o->presence_penalty);
        }
        if (x != -INFINITY && (!mask || (mask[id / 64] >> id % 64 & 1)))
            e[n++] = (entry){x, 0, id};
    }
    qsort(e, n, sizeof *e, compare);
    if (o->temperature == 0) {
        e[0].p = 1;
        return 1;
    }
    if (o->top_k && o->top_k < n)
        n = o->top_k;
    soften(e, n, o->temperature_last ? 1 : o->temperature);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += e[i].p;
        if (o->top_p < 1 && sum >= o->top_p)
            n = i + 1;
    }
    while (n > 1 && e[n - 1].p < o->min_p * e[0].p)
        n--;
    soften(e, n, o->temperature);
    return n;
}

static void fill(tone_random *r, float *logits, uint32_t n, double spread)
{
    for (uint32_t i = 0; i < n; i++)
        logits[i] = (float)((tone_random_unit(r) + tone_random_unit(r) + tone_random_unit(r) - 1.5) * spread);
}

/* Every choice is among the allowed, and as often as its probability says. */
static void test_distribution(void)
{
    enum { VOCAB = 1000, DRAWS = 1000, MANY = 60 };
    static float logits[VOCAB];
    static entry e[VOCAB];
    static int times[VOCAB];
    const tone_logit_bias bias[] = {{3, 4.0f}, {7, -INFINITY}, {999, 2.5f}, {64, -1.0f}};
    const tone_token seen[] = {3, 5, 5, 5, 900, 64};
    const uint64_t seed = 20260503;
    tone_random r;
    tone_random_seed(&r, seed);
    for (int round = 0; round < MANY; round++) {
        tone_sampling_options o = tone_sampling_defaults();
        static const double temperatures[] = {1, 0.7, 1.5, 0};
        static const uint32_t ks[] = {64, 0, 1, 5, 1000, 2000};
        static const double ps[] = {0.95, 1, 0.5, 0};
        o.temperature = temperatures[tone_random_below(&r, 4)];
        o.top_k = ks[tone_random_below(&r, 6)];
        o.top_p = ps[tone_random_below(&r, 4)];
        o.min_p = tone_random_below(&r, 2) ? 0.1 : 0;
        o.temperature_last = tone_random_below(&r, 2);
        o.seed = tone_random_u64(&r);
        bool penalise = tone_random_below(&r, 2);
        if (penalise) {
            o.repeat_penalty = 1.3;
            o.frequency_penalty = 0.4;
            o.presence_penalty = 0.7;
        }
        if (tone_random_below(&r, 2)) {
            o.bias = bias;
            o.n_bias = sizeof bias / sizeof *bias;
        }
        uint64_t words[(VOCAB + 63) / 64], *mask = NULL;
        if (tone_random_below(&r, 2)) {
            mask = words;
            for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                words[i] = tone_random_below(&r, 3) ? tone_random_u64(&r) : 0;
        }
        fill(&r, logits, VOCAB, 6);
        logits[10] = logits[500] = logits[11]; /* ties */
        size_t n = plain(e, &o, VOCAB, logits, mask, seen, penalise ? sizeof seen / sizeof *seen : 0);

        tone_sampler *s;
        tone_error err;
        if (!CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_OK))
            continue;
        for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
            tone_sampler_accept(s, seen[i]);
        memset(times, 0, sizeof times);
        tone_choice c;
        for (int i = 0; i < DRAWS; i++) {
            if (!CHECK(tone_sampler_pick(s, logits, mask, &c, &err) == TONE_OK))
                break;
            times[c.id]++;
        }
        for (size_t i = 0; i < n; i++) {
            double want = e[i].p * DRAWS, got = times[e[i].id];
            CHECK_CASE(fabs(got - want) <= 6 * sqrt(want) + 3, "round %d, seed %llu: token %u %.0f times, not %.1f", round,
                       (unsigned long long)seed, e[i].id, got, want);
            times[e[i].id] = 0;
        }
        for (tone_token id = 0; id < VOCAB; id++)
            CHECK_CASE(times[id] == 0, "round %d: token %u was not to be chosen", round, id);
        tone_sampler_close(s);
    }
}

static void test_seeds(void)
{
    enum { VOCAB = 300, N = 100 };
    float logits[VOCAB];
    tone_random r;
    tone_random_seed(&r, 5);
    fill(&r, logits, VOCAB, 3);
    tone_sampling_options o = tone_sampling_defaults();
    o.seed = 42;
    o.presence_penalty = 0.5;
    tone_sampler *a, *b;
    tone_error err;
    if (!CHECK(tone_sampler_open(&a, VOCAB, &o, &err) == TONE_OK && tone_sampler_open(&b, VOCAB, &o, &err) == TONE_OK))
        return;
    tone_token first[N];
    tone_choice c;
    int differ = 0;
    for (int i = 0; i < N; i++) {
        CHECK(tone_sampler_pick(a, logits, NULL, &c, &err) == TONE_OK);
        first[i] = c.id;
        tone_sampler_accept(a, c.id);
        CHECK(tone_sampler_pick(b, logits, NULL, &c, &err) == TONE_OK && c.id == first[i]);
        tone_sampler_accept(b, c.id);
    }
    tone_sampler_reset(b, 43);
    tone_sampler_reset(a, 42);
    for (int i = 0; i < N; i++) {
        CHECK(tone_sampler_pick(a, logits, NULL, &c, &err) == TONE_OK && c.id == first[i]);
        tone_sampler_accept(a, c.id);
        CHECK(tone_sampler_pick(b, logits, NULL, &c, &err) == TONE_OK);
        differ += c.id != first[i];
    }
    CHECK(differ > N / 4);
    tone_sampler_close(a);
    tone_sampler_close(b);
}

static void test_logprobs(void)
{
    enum { VOCAB = 130 };
    float logits[VOCAB];
    tone_random r;
    tone_random_seed(&r, 6);
    fill(&r, logits, VOCAB, 4);
    const tone_logit_bias bias = {17, 100.0f};
    tone_sampling_options o = tone_sampling_defaults();
    o.top_logprobs = 20;
    o.bias = &bias;
    o.n_bias = 1;
    tone_sampler *s;
    tone_choice c;
    tone_error err;
    if (!CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_OK) || !CHECK(tone_sampler_pick(s, logits, NULL, &c, &err) == TONE_OK))
        return;
    double sum = 0;
    for (int i = 0; i < VOCAB; i++)
        sum += exp((double)logits[i]);
    CHECK(c.id == 17 && fabs(c.logprob - (logits[17] - log(sum))) < 1e-5); /* the model's own, without the bias */
    CHECK(c.n_top == 20);
    for (uint32_t k = 0; k < c.n_top; k++) {
        int above = 0;
        for (int i = 0; i < VOCAB; i++)
            above += logits[i] > logits[c.top[k].id];
        CHECK(above == (int)k && fabs(c.top[k].logprob - (logits[c.top[k].id] - log(sum))) < 1e-5);
    }
    tone_sampler_close(s);
}

static void test_window(void)
{
    enum { VOCAB = 70 };
    float logits[VOCAB] = {[5] = 3, [6] = 2};
    tone_sampling_options o = tone_sampling_defaults();
    o.temperature = 0;
    o.presence_penalty = 2;
    o.penalty_window = 2;
    tone_sampler *s;
    tone_choice c;
    tone_error err;
    if (!CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_OK))
        return;
    static const tone_token want[] = {5, 6, 5, 6}; /* 5 is penalised while it is among the last two */
    static const tone_token then[] = {5, 60, 61, 60};
    for (size_t i = 0; i < 4; i++) {
        CHECK(tone_sampler_pick(s, logits, NULL, &c, &err) == TONE_OK);
        CHECK_CASE(c.id == want[i], "step %zu: %u", i, c.id);
        tone_sampler_accept(s, then[i]);
        if (i == 1)
            tone_sampler_accept(s, 62);
        if (i == 2)
            tone_sampler_accept(s, 5);
    }
    tone_sampler_close(s);
}

static void test_failures(void)
{
    enum { VOCAB = 100 };
    float logits[VOCAB] = {0};
    tone_error err;
    tone_choice c;
    tone_sampler *s;
    tone_sampling_options o = tone_sampling_defaults();
    o.temperature = -1;
    CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_ERR_ARGUMENT && !s && strstr(err.text, "temperature -1"));
    o = tone_sampling_defaults();
    o.top_p = NAN;
    CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "top-p"));
    const tone_logit_bias outside = {VOCAB, 1};
    o = tone_sampling_defaults();
    o.bias = &outside;
    o.n_bias = 1;
    CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "token 100"));
    o = tone_sampling_defaults();
    if (!CHECK(tone_sampler_open(&s, VOCAB, &o, &err) == TONE_OK))
        return;
    uint64_t nothing[2] = {0}, one[2] = {0, 1};
    CHECK(tone_sampler_pick(s, logits, nothing, &c, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_sampler_pick(s, logits, one, &c, &err) == TONE_OK && c.id == 64);
    const tone_token forbidden[] = {64, 5000};
    CHECK(tone_sampler_forbid(s, forbidden, 2, &err) == TONE_OK);
    CHECK(tone_sampler_pick(s, logits, one, &c, &err) == TONE_ERR_NOT_FOUND);
    static const tone_token places[] = {0, 64, 99};
    for (size_t i = 0; i < 3; i++) {
        logits[places[i]] = NAN;
        CHECK_CASE(tone_sampler_pick(s, logits, NULL, &c, &err) == TONE_ERR_FORMAT, "NaN at %u", places[i]);
        logits[places[i]] = INFINITY;
        CHECK_CASE(tone_sampler_pick(s, logits, NULL, &c, &err) == TONE_ERR_FORMAT, "infinity at %u", places[i]);
        logits[places[i]] = 0;
    }
    tone_sampler_close(s);
    tone_sampler_close(NULL);
}

int main(void)
{
    test_distribution();
    test_seeds();
    test_logprobs();
    test_window();
    test_failures();
    return check_done();
}

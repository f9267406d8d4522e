/* What a session promises: any batch split, any number of threads and any history of edits give the logits of a fresh
 * evaluation; contexts are refused with the largest that fits; cancelling leaves it usable. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/random.h"
#include "golden.h"
#include "model/session.h"

enum { CONTEXT = 160 };

static tone_session_options options(bool exact)
{
    tone_session_options o = tone_session_defaults();
    o.context = CONTEXT;
    o.exact = exact;
    o.cache = exact ? TONE_CACHE_F32 : TONE_CACHE_F16;
    return o;
}

static void random_ids(tone_token *ids, size_t n, tone_random *r)
{
    for (size_t i = 0; i < n; i++)
        ids[i] = (tone_token)tone_random_below(r, 512);
}

/* Every way to cut a prompt gives the bits of the uncut one (exact), or nearly (fast). */
static void check_batches(const tone_model *m, const char *variant, tone_random *r)
{
    tone_token ids[90];
    random_ids(ids, 90, r);
    const tone_input all = {.ids = ids, .n = 90};
    for (int exact = 0; exact < 2; exact++) {
        tone_session_options o = options(exact);
        tone_session *s = golden_session(m, &o);
        size_t vocab = tone_model_info(m)->vocab;
        float *want = golden_score(s, &all, 90);
        tone_session_close(s);
        for (int i = 0; i < 6; i++) {
            o.batch = i == 0 ? 1 : 1 + (uint32_t)tone_random_below(r, 40);
            s = golden_session(m, &o);
            float *got = golden_score(s, &all, 90);
            if (exact)
                CHECK_CASE(memcmp(got, want, 90 * vocab * sizeof *got) == 0, "%s in batches of %u", variant, o.batch);
            else
                CHECK_CASE(golden_nmse(got, want, 90 * vocab) <= 3e-3, "%s in batches of %u: %g", variant, o.batch,
                           golden_nmse(got, want, 90 * vocab));
            /* Without the logits of all positions most rows skip the later layers: the last one must not notice. */
            tone_error err = {0};
            tone_session_reset(s);
            CHECK(tone_session_sync(s, ids, 90, &err) == TONE_OK);
            double error = golden_nmse(tone_session_logits(s), want + 89 * vocab, vocab);
            CHECK_CASE(error <= (exact ? 0 : 3e-3), "%s, last of batches of %u: %g", variant, o.batch, error);
            free(got);
            tone_session_close(s);
        }
        free(want);
    }
}

static void check_threads(const tone_model *m, const char *variant, tone_random *r)
{
    tone_token ids[60];
    random_ids(ids, 60, r);
    const tone_input all = {.ids = ids, .n = 60};
    for (int exact = 0; exact < 2; exact++) {
        float *first = NULL;
        size_t n = 60 * (size_t)tone_model_info(m)->vocab;
        for (uint32_t threads = 1; threads <= 3; threads++) {
            tone_session_options o = options(exact);
            o.n_threads = threads;
            tone_session *s = golden_session(m, &o);
            float *got = golden_score(s, &all, 60);
            if (first)
                CHECK_CASE(memcmp(got, first, n * sizeof *got) == 0, "%s with %u threads", variant, threads);
            else
                first = got;
            if (got != first)
                free(got);
            tone_session_close(s);
        }
        free(first);
    }
}

/* One session lives through edits: prompts that share a prefix with the one before, grow by a token, or go back.  After
 * each, its logits are those of a session without a past. */
static void check_edits(const tone_model *m, const char *variant, uint64_t checkpoint_bytes, uint32_t batch, tone_random *r)
{
    tone_session_options o = options(true);
    tone_session *fresh = golden_session(m, &o);
    o.batch = batch;
    o.checkpoint_bytes = checkpoint_bytes;
    tone_session *s = golden_session(m, &o);
    tone_token ids[CONTEXT] = {0};
    size_t n = 0, vocab = tone_model_info(m)->vocab, reused = 0;
    tone_error err = {0};
    for (int i = 0; i < 60; i++) {
        size_t keep = i % 3 == 0 ? n : (size_t)tone_random_below(r, n + 1);
        size_t more = i % 4 == 1 ? 1 : 1 + (size_t)tone_random_below(r, 50);
        if (keep + more > CONTEXT)
            keep = CONTEXT - more;
        tone_token before[CONTEXT];
        size_t n_before = n, same = keep; /* the new ids may begin as the old ones did */
        memcpy(before, ids, sizeof before);
        random_ids(ids + keep, more, r);
        n = keep + more;
        while (same < n && same < n_before && ids[same] == before[same])
            same++;
        tone_status st = tone_session_sync(s, ids, n, &err);
        CHECK_CASE(st == TONE_OK, "%s: %s", variant, err.text);
        reused += tone_session_last(s).n_reused;
        CHECK(tone_session_n(s) == n && tone_session_last(s).n_reused <= same);
        tone_session_reset(fresh);
        CHECK(tone_session_sync(fresh, ids, n, &err) == TONE_OK);
        bool equal = memcmp(tone_session_logits(s), tone_session_logits(fresh), vocab * sizeof(float)) == 0;
        CHECK_CASE(equal, "%s edit %d: keeps %zu of %zu, reused %zu, checkpoints of %llu bytes", variant, i, keep, n,
                   tone_session_last(s).n_reused, (unsigned long long)checkpoint_bytes);
        CHECK(s->cache.n_checkpoints * s->cache.checkpoint_bytes <= checkpoint_bytes);
    }
    CHECK(reused > 0);
    tone_session_close(fresh);
    tone_session_close(s);
}

/* Behind the window a checkpoint saves the evaluation of what came before it. */
static void check_checkpoint(const tone_model *m)
{
    tone_token ids[CONTEXT];
    tone_random r;
    tone_random_seed(&r, 5);
    random_ids(ids, CONTEXT, &r);
    tone_session_options o = options(true);
    o.batch = 8;
    for (int with = 0; with < 2; with++) {
        o.checkpoint_bytes = with ? 1 << 20 : 0;
        tone_session *s = golden_session(m, &o);
        tone_error err = {0};
        CHECK(tone_session_sync(s, ids, 60, &err) == TONE_OK);
        for (size_t n = 61; n < 120; n++) /* an answer, token by token, longer than window and batch */
            CHECK(tone_session_sync(s, ids, n, &err) == TONE_OK);
        ids[60]++;
        CHECK(tone_session_sync(s, ids, 70, &err) == TONE_OK);
        CHECK_CASE(tone_session_last(s).n_reused == (with ? 60u : 0u), "%zu", tone_session_last(s).n_reused);
        tone_session_close(s);
    }
}

static void check_refusals(const tone_model *m)
{
    tone_error err = {0};
    tone_session *s;
    tone_session_options o = tone_session_defaults();
    o.context = 131073;
    CHECK(tone_session_open(&s, m, &o, &err) == TONE_ERR_ARGUMENT && !s);
    CHECK(strstr(err.text, "131072"));
    o.context = 100000;
    o.memory_bytes = 8 << 20;
    CHECK(tone_session_open(&s, m, &o, &err) == TONE_ERR_NO_MEMORY && !s);
    const char *at = strstr(err.text, "the largest that fits is ");
    CHECK_CASE(at, "%s", err.text);
    unsigned fits = at ? (unsigned)strtoul(at + 25, NULL, 10) : 0;
    o.context = fits + 1;
    CHECK(tone_session_open(&s, m, &o, &err) == TONE_ERR_NO_MEMORY);
    o.context = fits;
    CHECK_CASE(fits && tone_session_open(&s, m, &o, &err) == TONE_OK, "%u: %s", fits, err.text);
    tone_session_cost cost;
    CHECK(tone_session_cost_of(&cost, m, &o, &err) == TONE_OK);
    CHECK(cost.total_bytes <= o.memory_bytes && cost.context == fits);
    tone_session_close(s);

    o = options(false);
    s = golden_session(m, &o);
    tone_token ids[CONTEXT + 1] = {0};
    CHECK(tone_session_logits(s) == NULL);
    CHECK(tone_session_sync(s, ids, 3, &err) == TONE_OK);
    CHECK(tone_session_sync(s, ids, CONTEXT + 1, &err) == TONE_ERR_CONTEXT_FULL);
    CHECK(tone_session_append(s, ids, CONTEXT - 2, &err) == TONE_ERR_CONTEXT_FULL);
    CHECK(tone_session_sync(s, ids, 0, &err) == TONE_ERR_ARGUMENT);
    ids[1] = 512;
    CHECK(tone_session_sync(s, ids, 3, &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "token 512 at position 1 is outside the vocabulary of 512");
    CHECK(tone_session_n(s) == 3 && tone_session_logits(s));
    CHECK(tone_session_append(s, ids, 1, &err) == TONE_OK && tone_session_n(s) == 4);
    tone_session_close(s);
}

static void check_cache_types(const tone_model *m, const char *variant)
{
    tone_token ids[60];
    tone_random r;
    tone_random_seed(&r, 7);
    random_ids(ids, 60, &r);
    const tone_input all = {.ids = ids, .n = 60};
    size_t vocab = tone_model_info(m)->vocab;
    tone_session_options o = options(true);
    tone_session *s = golden_session(m, &o);
    float *want = golden_score(s, &all, 60);
    tone_session_close(s);
    static const double bounds[] = {[TONE_CACHE_F16] = 1e-6, [TONE_CACHE_F32] = 0, [TONE_CACHE_Q8_0] = 2e-3};
    for (int type = TONE_CACHE_F16; type <= TONE_CACHE_Q8_0; type++) {
        o.cache = (tone_cache_type)type;
        s = golden_session(m, &o);
        float *got = golden_score(s, &all, 60);
        double error = golden_nmse(got, want, 60 * vocab);
        CHECK_CASE(error <= bounds[type], "%s, cache type %d: %g", variant, type, error);
        free(got);
        tone_session_close(s);
    }
    free(want);
}

typedef struct canceller {
    tone_session *s;
    atomic_bool done;
} canceller;

static void *cancel_often(void *arg)
{
    canceller *c = arg;
    while (!atomic_load(&c->done)) {
        usleep(300);
        tone_session_cancel(c->s);
    }
    return NULL;
}

/* Cancelled at any moment, a session holds a prefix of what it was given and goes on from there to the right logits. */
static void check_cancel(const tone_model *m, const char *variant)
{
    tone_token ids[CONTEXT];
    tone_random r;
    tone_random_seed(&r, 11);
    random_ids(ids, CONTEXT, &r);
    tone_error err = {0};
    tone_session_options o = options(true);
    tone_session *s = golden_session(m, &o);
    size_t vocab = tone_model_info(m)->vocab;
    CHECK(tone_session_sync(s, ids, CONTEXT, &err) == TONE_OK);
    float *want = malloc(vocab * sizeof *want);
    memcpy(want, tone_session_logits(s), vocab * sizeof *want);
    tone_session_cancel(s); /* nothing runs: the next call is the one that stops */
    ids[CONTEXT - 1] ^= 1;
    CHECK(tone_session_sync(s, ids, CONTEXT, &err) == TONE_ERR_CANCELLED);
    CHECK(tone_session_logits(s) == NULL && tone_session_n(s) == CONTEXT - 1);
    ids[CONTEXT - 1] ^= 1;
    tone_session_close(s);

    o.batch = 16;
    s = golden_session(m, &o);
    canceller c = {.s = s};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, cancel_often, &c) == 0);
    size_t n_cancelled = 0;
    for (int i = 0; i < 200; i++) {
        if (i % 10 == 0)
            tone_session_reset(s);
        size_t before = tone_session_n(s);
        tone_status st = tone_session_sync(s, ids, CONTEXT, &err);
        CHECK(st == TONE_OK || st == TONE_ERR_CANCELLED);
        n_cancelled += st == TONE_ERR_CANCELLED;
        CHECK(tone_session_n(s) >= before || tone_session_n(s) + 1 >= before);
    }
    atomic_store(&c.done, true);
    pthread_join(thread, NULL);
    CHECK_CASE(n_cancelled > 0, "%s: nothing was cancelled", variant);
    tone_status st = tone_session_sync(s, ids, CONTEXT, &err); /* a late cancel may still be due */
    if (st == TONE_ERR_CANCELLED)
        st = tone_session_sync(s, ids, CONTEXT, &err);
    CHECK(st == TONE_OK);
    CHECK_CASE(memcmp(tone_session_logits(s), want, vocab * sizeof *want) == 0, "%s after being cancelled %zu times", variant,
               n_cancelled);
    free(want);
    tone_session_close(s);
}

/* Two sessions of one model at the same time. */
static void *run_alone(void *arg)
{
    tone_session *s = arg;
    tone_token ids[40];
    tone_random r;
    tone_random_seed(&r, 3);
    random_ids(ids, 40, &r);
    tone_error err = {0};
    for (int i = 0; i < 20; i++) {
        tone_session_reset(s);
        if (tone_session_sync(s, ids, 40, &err))
            return NULL;
    }
    return s;
}

static void check_two_sessions(const tone_model *m)
{
    tone_session_options o = options(true);
    tone_session *s[2] = {golden_session(m, &o), golden_session(m, &o)};
    pthread_t thread[2];
    void *result[2];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&thread[i], NULL, run_alone, s[i]) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], &result[i]);
    CHECK(result[0] && result[1]);
    CHECK(memcmp(tone_session_logits(s[0]), tone_session_logits(s[1]), tone_model_info(m)->vocab * sizeof(float)) == 0);
    tone_session_close(s[0]);
    tone_session_close(s[1]);
}

int main(void)
{
    static const char *const variants[] = {"e2b", "e4b", "a4b", "d31b", "u12b", "gemma3"};
    const char *seed_text = getenv("TONE_SEED");
    uint64_t seed = seed_text ? (uint64_t)strtoull(seed_text, NULL, 10) : (uint64_t)(unsigned)getpid();
    printf("seed %llu (TONE_SEED sets it)\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        tone_model *m = golden_model(variants[i], "");
        check_batches(m, variants[i], &r);
        check_threads(m, variants[i], &r);
        check_edits(m, variants[i], 0, 16, &r);
        check_edits(m, variants[i], 60000, 16, &r);
        check_edits(m, variants[i], 1 << 20, 7, &r);
        check_cancel(m, variants[i]);
        if (i != 1 && i != 4) /* heads of 16 values do not fit blocks of 32 */
            check_cache_types(m, variants[i]);
        if (i == 0) {
            check_checkpoint(m);
            check_refusals(m);
            check_two_sessions(m);
        }
        tone_model_close(m);
    }
    return check_done();
}

/* Every chunk once, whatever the number of threads and chunks; sleeping and waking; cancelling. */
#include <time.h>

#include "common.h"
#include "tensor/pool.h"

enum { MAX_CHUNKS = 3000 };

struct count {
    atomic_uint times[MAX_CHUNKS];
    atomic_uint bad_worker;
    uint32_t n_threads;
    tone_ops *cancel_after_first;
};

static void count_chunk(void *arg, size_t chunk, uint32_t worker)
{
    struct count *c = arg;
    atomic_fetch_add(&c->times[chunk], 1);
    if (worker >= c->n_threads)
        atomic_fetch_add(&c->bad_worker, 1);
    if (c->cancel_after_first)
        tone_ops_cancel(c->cancel_after_first, true);
}

static void test_once_each(uint32_t n_threads)
{
    tone_error err;
    tone_pool *pool;
    if (!CHECK(tone_pool_open(&pool, n_threads, n_threads == 3, &err) == TONE_OK))
        return;
    struct count *c = calloc(1, sizeof *c);
    c->n_threads = tone_pool_threads(pool);
    CHECK(n_threads ? c->n_threads == n_threads : c->n_threads >= 1);
    uint64_t bad = 0, jobs = 0;
    tone_random r;
    tone_random_seed(&r, n_threads);
    for (unsigned round = 0; round < 3000; round++, jobs++) {
        size_t n = round % 500 == 499 ? MAX_CHUNKS : (size_t)tone_random_below(&r, 9);
        if (round % 300 == 299) /* long enough for the workers to fall asleep */
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        for (size_t i = 0; i < n; i++)
            atomic_store(&c->times[i], 0);
        tone_pool_run(pool, count_chunk, c, n);
        for (size_t i = 0; i < n; i++)
            bad += atomic_load(&c->times[i]) != 1;
    }
    CHECK_CASE(bad == 0, "%u threads: %llu chunks not run once", n_threads, (unsigned long long)bad);
    CHECK(atomic_load(&c->bad_worker) == 0);
    free(c);
    tone_pool_close(pool);
}

static void test_limits(void)
{
    tone_error err;
    tone_pool *pool;
    CHECK(tone_pool_open(&pool, 100000, false, &err) == TONE_ERR_ARGUMENT && pool == NULL);
    CHECK_STR(err.text, "100000 threads are more than 256");
    tone_pool_close(NULL);
    tone_ops_close(NULL);
}

static void test_cancel(uint32_t n_threads)
{
    tone_ops *ops = open_ops(n_threads, TONE_EXACT);
    struct count *c = calloc(1, sizeof *c);
    c->n_threads = n_threads;
    c->cancel_after_first = ops;
    tone_ops_run(ops, count_chunk, c, MAX_CHUNKS);
    size_t ran = 0;
    for (size_t i = 0; i < MAX_CHUNKS; i++)
        ran += atomic_load(&c->times[i]);
    CHECK_CASE(ran >= 1 && ran <= n_threads, "%zu chunks ran after a cancel", ran);
    CHECK(tone_ops_cancelled(ops));
    tone_ops_cancel(ops, false);
    c->cancel_after_first = NULL;
    tone_ops_run(ops, count_chunk, c, 10);
    CHECK(atomic_load(&c->times[9]) == 1);
    free(c);
    tone_ops_close(ops);
}

int main(void)
{
    test_once_each(0);
    test_once_each(1);
    test_once_each(2);
    test_once_each(3);
    test_once_each(9);
    test_limits();
    test_cancel(1);
    test_cancel(4);
    return check_done();
}

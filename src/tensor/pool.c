#include "tensor/pool.h"

#include <assert.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"

enum {
    MAX_THREADS = 256,
    SPIN_NS = 40000, /* how long a wait burns its core before it sleeps: longer than the gap between two layers' verbs */
    STACK_BYTES = 256 * 1024
};

struct worker {
    tone_pool *pool;
    pthread_t thread;
    uint32_t index;
};

/* A job is published by writing its fields and then `ticket`, which holds (generation << 32 | chunks left).  A worker
 * reads the ticket, then the fields, then claims with a compare-and-swap of the same ticket: when that succeeds the
 * chunk was still open, so the fields it read belong to this job.  Fields change only when no chunk is left or running. */
struct tone_pool {
    _Alignas(64) _Atomic uint64_t ticket;
    _Alignas(64) _Atomic uint32_t done;     /* chunks finished; a futex for the caller       */
    _Alignas(64) _Atomic uint32_t signal;   /* changes with every job; a futex for workers   */
    _Atomic uint32_t sleepers;              /* workers in the futex of `signal`              */
    _Atomic uint32_t caller_sleeps;
    _Atomic(tone_pool_fn *) fn;
    _Atomic(void *) arg;
    _Atomic uint32_t n_chunks;
    atomic_bool closing;
    uint32_t n_threads, n_started;
    bool low_priority;
    struct worker workers[];
};

static void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __asm__ volatile("pause");
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void futex_wait(_Atomic uint32_t *word, uint32_t value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word, int n)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

/* Spin until *word is no longer `value` or the time is over; whether it changed. */
static bool spin_while(_Atomic uint32_t *word, uint32_t value)
{
    uint64_t until = 0;
    for (unsigned i = 0;; i++) {
        if (atomic_load_explicit(word, memory_order_acquire) != value)
            return true;
        relax();
        if (i % 32 == 31) {
            uint64_t now = now_ns();
            if (!until)
                until = now + SPIN_NS;
            else if (now > until)
                return false;
        }
    }
}

/* Run chunks until none is left to claim. */
static void work(tone_pool *pool, uint32_t index)
{
    uint64_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    while ((uint32_t)ticket) {
        tone_pool_fn *fn = atomic_load_explicit(&pool->fn, memory_order_relaxed);
        void *arg = atomic_load_explicit(&pool->arg, memory_order_relaxed);
        uint32_t n = atomic_load_explicit(&pool->n_chunks, memory_order_relaxed);
        if (!atomic_compare_exchange_weak_explicit(&pool->ticket, &ticket, ticket - 1, memory_order_acq_rel,
                                                   memory_order_acquire))
            continue;
        fn(arg, n - (uint32_t)ticket, index);
        /* sequentially consistent: the caller sets caller_sleeps and then looks at done, we the other way round */
        if (atomic_fetch_add(&pool->done, 1) + 1 == n && atomic_load(&pool->caller_sleeps))
            futex_wake(&pool->done, 1);
        ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    }
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    tone_pool *pool = w->pool;
    if (pool->low_priority) /* refused in odd sandboxes: then we run at the common priority */
        (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
    uint32_t seen = 0;
    while (!atomic_load_explicit(&pool->closing, memory_order_acquire)) {
        work(pool, w->index);
        if (!spin_while(&pool->signal, seen)) {
            atomic_fetch_add(&pool->sleepers, 1);
            while (atomic_load(&pool->signal) == seen)
                futex_wait(&pool->signal, seen);
            atomic_fetch_sub(&pool->sleepers, 1);
        }
        seen = atomic_load_explicit(&pool->signal, memory_order_acquire);
    }
    return NULL;
}

static void wake_workers(tone_pool *pool)
{
    atomic_fetch_add(&pool->signal, 1);
    if (atomic_load(&pool->sleepers))
        futex_wake(&pool->signal, MAX_THREADS);
}

void tone_pool_run(tone_pool *pool, tone_pool_fn *fn, void *arg, size_t n_chunks)
{
    assert(n_chunks <= UINT32_MAX);
    if (n_chunks <= 1 || pool->n_started == 0) {
        for (size_t i = 0; i < n_chunks; i++)
            fn(arg, i, 0);
        return;
    }
    uint32_t n = (uint32_t)n_chunks;
    atomic_store_explicit(&pool->fn, fn, memory_order_relaxed);
    atomic_store_explicit(&pool->arg, arg, memory_order_relaxed);
    atomic_store_explicit(&pool->n_chunks, n, memory_order_relaxed);
    atomic_store_explicit(&pool->done, 0, memory_order_relaxed);
    uint64_t generation = (atomic_load_explicit(&pool->ticket, memory_order_relaxed) >> 32) + 1;
    atomic_store_explicit(&pool->ticket, generation << 32 | n, memory_order_release);
    wake_workers(pool);
    work(pool, 0);

    for (uint32_t done; (done = atomic_load_explicit(&pool->done, memory_order_acquire)) != n;)
        if (!spin_while(&pool->done, done)) {
            atomic_store(&pool->caller_sleeps, 1);
            if ((done = atomic_load(&pool->done)) != n)
                futex_wait(&pool->done, done);
            atomic_store(&pool->caller_sleeps, 0);
        }
}

static uint32_t cores_of_process(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (uint32_t)n;
}

/* The host's signals are for the host's threads: workers start with all of them blocked.  0 or an errno. */
static int start_workers(tone_pool *pool)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int e = 0;
    for (uint32_t i = 1; i < pool->n_threads && !e; i++) {
        struct worker *w = &pool->workers[i];
        w->pool = pool;
        w->index = i;
        e = pthread_create(&w->thread, &attr, worker_main, w);
        pool->n_started += !e;
    }
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return e;
}

tone_status tone_pool_open(tone_pool **out, uint32_t n_threads, bool low_priority, tone_error *err)
{
    *out = NULL;
    if (n_threads > MAX_THREADS)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%u threads are more than %d", n_threads, MAX_THREADS);
    if (!n_threads)
        n_threads = cores_of_process();
    size_t bytes = sizeof(tone_pool) + n_threads * sizeof(struct worker);
    tone_pool *pool = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!pool)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %u threads", n_threads);
    memset(pool, 0, bytes);
    pool->n_threads = n_threads;
    pool->low_priority = low_priority;

    int e = start_workers(pool);
    if (e) {
        tone_status st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "thread %u of %u could not be started: %s",
                                   pool->n_started + 2, n_threads, strerror(e));
        tone_pool_close(pool);
        return st;
    }
    *out = pool;
    return TONE_OK;
}

void tone_pool_close(tone_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->closing, true);
    wake_workers(pool);
    for (uint32_t i = 1; i <= pool->n_started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    free(pool);
}

uint32_t tone_pool_threads(const tone_pool *pool)
{
    return pool->n_threads;
}

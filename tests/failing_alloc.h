/* failing_alloc.h - the n-th allocation fails: link with failing_alloc_args (tests/meson.build) and include this once.
 *
 *     for (long n = 0; alloc_run(n); n++) {          allocations 0 … n-1 work, the n-th and all later ones fail
 *         st = thing_open(&t, …);
 *         …                                          an error of TONE_ERR_NO_MEMORY, or success
 *         thing_close(t);
 *     }                                              ends after the first round in which nothing failed
 *     CHECK(alloc_live == 0);                        and nothing was leaked on the way
 *
 * Only calls from our own objects are seen, not those that shared libraries make inside. */
#ifndef TONE_TESTS_FAILING_ALLOC_H
#define TONE_TESTS_FAILING_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static long alloc_left = -1; /* until the failing one; -1: none fails */
static long alloc_live;      /* blocks */
static bool alloc_failed = true;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
void __wrap_free(void *p);

/* Start round n; false when the round before met no failure. */
static inline bool alloc_run(long n)
{
    bool go_on = n == 0 || alloc_failed;
    alloc_failed = false;
    alloc_left = go_on ? n : -1;
    return go_on;
}

static inline bool alloc_fails(void)
{
    if (alloc_left < 0)
        return false;
    if (alloc_left > 0) {
        alloc_left--;
        return false;
    }
    alloc_failed = true;
    return true;
}

static inline void *alloc_count(void *p)
{
    alloc_live += p != NULL;
    return p;
}

void *__wrap_malloc(size_t n)
{
    return alloc_fails() ? NULL : alloc_count(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return alloc_fails() ? NULL : alloc_count(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t n)
{
    if (alloc_fails())
        return NULL;
    void *grown = __real_realloc(p, n);
    alloc_live += !p && grown;
    return grown;
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
    return alloc_fails() ? NULL : alloc_count(__real_aligned_alloc(alignment, n));
}

char *__wrap_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = __wrap_malloc(n);
    return copy ? memcpy(copy, s, n) : NULL;
}

char *__wrap_strndup(const char *s, size_t n)
{
    size_t length = strnlen(s, n);
    char *copy = __wrap_malloc(length + 1);
    if (copy) {
        memcpy(copy, s, length);
        copy[length] = 0;
    }
    return copy;
}

void __wrap_free(void *p)
{
    alloc_live -= p != NULL;
    __real_free(p);
}

#endif

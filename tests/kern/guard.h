/* guard.h - buffers that end at an unreadable page, so that a kernel that reads or writes one byte too many dies here. */
#ifndef TONE_TESTS_GUARD_H
#define TONE_TESTS_GUARD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct guard {
    uint8_t *map;
    size_t bytes; /* usable, before the unreadable page */
} guard;

/* At least `bytes` usable; exits the test when the system refuses. */
static inline guard guard_new(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    guard g = {NULL, (bytes + page - 1) / page * page};
    void *map = mmap(NULL, g.bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect((uint8_t *)map + g.bytes, page, PROT_NONE)) {
        perror("guard page");
        exit(1);
    }
    g.map = map;
    return g;
}

/* The last n bytes before the unreadable page. */
static inline void *guard_end(const guard *g, size_t n)
{
    return g->map + g->bytes - n;
}

static inline void guard_free(guard *g)
{
    munmap(g->map, g->bytes + (size_t)sysconf(_SC_PAGESIZE));
}

#endif

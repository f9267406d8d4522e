/* What the tests of `format` share: seeds, bytes that end at an unreadable page, folders to play in. */
#ifndef TONE_TESTS_FORMAT_TEST_H
#define TONE_TESTS_FORMAT_TEST_H

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "format/gguf.h"

/* TONE_SEED, or the clock; printed so that a failure can be repeated. */
static inline uint64_t test_seed(void)
{
    const char *text = getenv("TONE_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("TONE_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static inline size_t tail_room(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (n + page - 1) / page * page;
}

/* A copy of bytes[0..n) whose last byte is the last readable one: reading further is a crash. */
static inline uint8_t *tail_copy(const void *bytes, size_t n)
{
    size_t room = tail_room(n), page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *map = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(map + room, page, PROT_NONE) != 0) {
        fprintf(stderr, "no memory for a guarded copy\n");
        exit(1);
    }
    if (n)
        memcpy(map + room - n, bytes, n);
    return map + room - n;
}

static inline void tail_free(uint8_t *copy, size_t n)
{
    size_t room = tail_room(n);
    munmap(copy + n - room, room + (size_t)sysconf(_SC_PAGESIZE));
}

static inline void write_in(const char *folder, const char *name, const void *bytes, size_t n)
{
    tone_error err;
    char *path = tone_path_join(folder, name);
    CHECK(tone_file_write(path, bytes, n, &err) == TONE_OK);
    free(path);
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static inline void remove_folder(const char *folder)
{
    CHECK(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

/* Touch every byte that a tensor claims. */
static inline uint64_t touch(const tone_tensor *t)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < t->n_bytes; i++)
        sum += t->data[i];
    return sum;
}

/* Read everything that an open file offers; the sum only keeps the reads alive. */
static inline void walk_gguf(const tone_gguf *g)
{
    uint64_t sink = 0;
    for (size_t i = 0; i < tone_gguf_n_tensors(g); i++) {
        const tone_tensor *t = tone_gguf_tensor(g, i);
        CHECK(tone_gguf_find_tensor(g, t->name) == t && strlen(t->name) == t->name_n);
        sink += touch(t);
    }
    for (size_t i = 0; i < tone_gguf_n_values(g); i++) {
        tone_gguf_string key, s;
        const tone_gguf_value *v = tone_gguf_value_at(g, i, &key);
        uint64_t u;
        double d;
        bool b;
        sink += (uint64_t)tone_gguf_get_u64(v, &u) + tone_gguf_get_f64(v, &d) + tone_gguf_get_bool(v, &b);
        size_t n = tone_gguf_array_n(v, NULL), cursor = 0, strings = 0;
        while (tone_gguf_array_next_string(v, &cursor, &s)) {
            strings++;
            for (size_t k = 0; k < s.n; k++)
                sink += (uint8_t)s.text[k];
        }
        CHECK(strings == 0 || strings == n);
        for (size_t k = 0; k < n; k++)
            sink += (uint64_t)tone_gguf_array_f64(v, k, &d);
    }
    CHECK(sink < UINT64_MAX);
}

#endif

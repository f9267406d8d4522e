/* damaged.h - a file in memory that is changed and written out again, for the tests of what is almost a model. */
#ifndef TONE_TESTS_DAMAGED_H
#define TONE_TESTS_DAMAGED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"

typedef struct damaged {
    char *bytes;
    size_t n;
    char path[64]; /* where damaged copies go */
} damaged;

/* Ends the program when there is no such file. */
static inline damaged damaged_read(const char *path)
{
    damaged f = {0};
    tone_error err = {0};
    if (tone_file_read(&f.bytes, &f.n, path, 64 << 20, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    snprintf(f.path, sizeof f.path, "/tmp/tonesmith_damaged_%ld.gguf", (long)getpid());
    return f;
}

/* bytes[0..n) to f->path. */
static inline void damaged_write(const damaged *f, const char *bytes, size_t n)
{
    FILE *out = fopen(f->path, "wb");
    if (!CHECK(out && fwrite(bytes, 1, n, out) == n && fclose(out) == 0))
        exit(1);
}

static inline void damaged_clear(damaged *f)
{
    free(f->bytes);
    unlink(f->path);
}

/* The length-prefixed string `text` in the header; ends the program when there is none. */
static inline char *find_string(const damaged *f, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 8; i + n <= f->n; i++) {
        uint64_t length;
        memcpy(&length, f->bytes + i - 8, 8);
        if (length == n && memcmp(f->bytes + i, text, n) == 0)
            return f->bytes + i;
    }
    CHECK_CASE(false, "'%s' is not in the header", text);
    exit(1);
}

#endif

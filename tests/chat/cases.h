/* tests/chat/cases.h - golden sets: one JSON object a line of a file under $TONE_GOLDEN. */
#ifndef TONE_TESTS_CHAT_CASES_H
#define TONE_TESTS_CHAT_CASES_H

#include <stdlib.h>

#include "base/file.h"
#include "check.h"
#include "format/json_tree.h"

typedef struct cases {
    char *text;
    size_t n, at;
    tone_json_tree *tree;
} cases;

static inline bool cases_open(cases *c, const char *name)
{
    char path[1024];
    const char *folder = getenv("TONE_GOLDEN");
    tone_error err;
    *c = (cases){0};
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "tests/golden", name);
    if (tone_file_read(&c->text, &c->n, path, 1u << 28, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return CHECK(!"the golden file can be read");
    }
    return true;
}

/* The next line's object, valid until the next call; NULL after the last. */
static inline const tone_json_value *cases_next(cases *c)
{
    tone_json_tree_free(c->tree);
    c->tree = NULL;
    if (c->at >= c->n)
        return NULL;
    const char *start = c->text + c->at, *end = memchr(start, '\n', c->n - c->at);
    size_t n = end ? (size_t)(end - start) : c->n - c->at;
    c->at += n + 1;
    tone_error err;
    if (tone_json_tree_read(&c->tree, start, n, 0, &err)) {
        fprintf(stderr, "%s\n", err.text);
        CHECK(!"the golden line is JSON");
        return NULL;
    }
    return tone_json_tree_root(c->tree);
}

static inline void cases_close(cases *c)
{
    tone_json_tree_free(c->tree);
    free(c->text);
}

static inline int cases_id(const tone_json_value *c)
{
    int64_t id = -1;
    tone_json_int(tone_json_get(c, "id"), &id);
    return (int)id;
}

#endif

/* tests/vocabulary.h - where tools/fetch_vocab.sh keeps Gemma 4's own tokenizer.json, and tools/fetch_weights.sh its file. */
#ifndef TONE_TESTS_VOCABULARY_H
#define TONE_TESTS_VOCABULARY_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The path of a fetched file; NULL when it is not there (skip the test then). */
static inline const char *cached_path(char *path, size_t room, const char *name)
{
    const char *cache = getenv("TONESMITH_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache)
        snprintf(path, room, "%s/%s", cache, name);
    else if (xdg && *xdg)
        snprintf(path, room, "%s/tonesmith/%s", xdg, name);
    else
        snprintf(path, room, "%s/.cache/tonesmith/%s", home ? home : "", name);
    return access(path, R_OK) == 0 ? path : NULL;
}

static inline const char *vocabulary_path(char *path, size_t room)
{
    return cached_path(path, room, "gemma4-tokenizer.json");
}

#define VOCABULARY_MISSING "no vocabulary (tools/fetch_vocab.sh fetches it)"

#endif

/* tests/vocabulary.h - where tools/fetch_vocab.sh keeps Gemma 4's own tokenizer.json. */
#ifndef TONE_TESTS_VOCABULARY_H
#define TONE_TESTS_VOCABULARY_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The path of the file; NULL when it was not fetched (skip the test then). */
static inline const char *vocabulary_path(char *path, size_t room)
{
    const char *cache = getenv("TONESMITH_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache)
        snprintf(path, room, "%s/gemma4-tokenizer.json", cache);
    else if (xdg && *xdg)
        snprintf(path, room, "%s/tonesmith/gemma4-tokenizer.json", xdg);
    else
        snprintf(path, room, "%s/.cache/tonesmith/gemma4-tokenizer.json", home ? home : "");
    return access(path, R_OK) == 0 ? path : NULL;
}

#define VOCABULARY_MISSING "no vocabulary (tools/fetch_vocab.sh fetches it)"

#endif

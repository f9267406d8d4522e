/* golden.h - lines of tests/golden/schema. */
#ifndef TONE_TESTS_CONSTRAIN_GOLDEN_H
#define TONE_TESTS_CONSTRAIN_GOLDEN_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/constrain.h"

static inline size_t golden_schema_lines(const char *name, void (*each)(void *with, json_t *line), void *with)
{
    const char *folder = getenv("TONE_GOLDEN");
    char path[1024], *bytes = NULL;
    size_t room = 0, n_lines = 0;
    ssize_t n;
    snprintf(path, sizeof path, "%s/schema/%s", folder ? folder : "tests/golden", name);
    FILE *f = fopen(path, "r");
    while (f && (n = getline(&bytes, &room, f)) > 0) {
        json_t *line = json_loadb(bytes, (size_t)n, JSON_ALLOW_NUL, NULL);
        if (CHECK(line != NULL))
            each(with, line);
        json_decref(line);
        n_lines++;
    }
    CHECK_CASE(f != NULL, "%s", path);
    if (f)
        fclose(f);
    free(bytes);
    return n_lines;
}

static inline char *golden_dump(const json_t *json)
{
    return json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* The constraint of a line of cases.jsonl or tools.jsonl; NULL, and *err, when it is refused. */
static inline tone_constraint *golden_compile(json_t *line, const tone_constraint_vocab *vocab, tone_tool_choice choice, tone_error *err)
{
    json_t *tool = json_object_get(line, "tool"), *list = tool ? json_pack("[O]", tool) : json_incref(json_object_get(line, "schema"));
    char *text = golden_dump(list);
    const tone_constraint_options options = {.allow_none = true};
    tone_constraint *c = NULL;
    tone_status st;
    if (tool) {
        const tone_constraint_answer answer = {.tools = text, .tools_bytes = strlen(text), .choice = choice, .one_call = true};
        st = tone_constraint_compile_answer(&c, vocab, &answer, &options, err);
    } else {
        st = tone_constraint_compile_schema(&c, vocab, text, strlen(text), &options, err);
    }
    CHECK((st == TONE_OK) == (c != NULL));
    free(text);
    json_decref(list);
    return c;
}

/* Feed text[0..n) byte by byte, in calls with the delimiter as a token; the number of bytes that went in. */
static inline size_t golden_feed(tone_constraint_state *s, const char *text, size_t n, bool call)
{
    size_t at = 0;
    while (at < n) {
        bool mark = call && n - at >= 5 && memcmp(text + at, "<|\"|>", 5) == 0;
        if (mark ? tone_constraint_accept_mark(s, TONE_MARK_QUOTE, NULL) : tone_constraint_accept_bytes(s, text + at, 1, NULL))
            return at;
        at += mark ? 5 : 1;
    }
    return at;
}

#endif

/* golden_hearing.h - what the tests of the ears share. */
#ifndef TONE_TESTS_GOLDEN_HEARING_H
#define TONE_TESTS_GOLDEN_HEARING_H

#include "golden_media.h"
#include "model/hearing.h"

/* Ends the program when they cannot be opened: nothing after that would mean anything. */
static inline tone_hearing *golden_hearing(const char *set, const char *file)
{
    char path[512];
    tone_error err = {0};
    tone_hearing *h;
    if (tone_hearing_open(&h, golden_media_path(path, set, file), &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return h;
}

/* A tensor as floats; ends the program when there is none. */
static inline const float *golden_floats(const tone_safetensors *s, const char *name, size_t *n)
{
    const tone_tensor *t = tone_safetensors_find(s, name);
    if (!t) {
        fprintf(stderr, "no tensor '%s'\n", name);
        exit(1);
    }
    *n = t->n_values;
    return (const float *)(const void *)t->data;
}

#endif

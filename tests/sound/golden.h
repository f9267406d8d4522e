/* golden.h - the golden sounds: reading them, and comparing a report with the expected one under its tolerances. */
#ifndef TONE_TESTS_GOLDEN_H
#define TONE_TESTS_GOLDEN_H

#include <jansson.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/sound/analysis.h"

static inline json_t *golden_load(void)
{
    char path[1024];
    const char *folder = getenv("TONE_GOLDEN");
    snprintf(path, sizeof path, "%s/sound/expect.json", folder ? folder : "tests/golden");
    json_error_t err;
    json_t *root = json_load_file(path, 0, &err);
    if (!root)
        fprintf(stderr, "%s: %s\n", path, err.text);
    return root;
}

/* clip.frames is the caller's (free); NULL when the file cannot be read. */
static inline tone_clip golden_sound(const char *name)
{
    char path[1024];
    const char *folder = getenv("TONE_GOLDEN");
    snprintf(path, sizeof path, "%s/sound/signals/%s.flac", folder ? folder : "tests/golden", name);
    SF_INFO info = {0};
    SNDFILE *f = sf_open(path, SFM_READ, &info);
    if (!f)
        return (tone_clip){0};
    float *x = malloc((size_t)info.frames * (size_t)info.channels * sizeof *x);
    sf_count_t n = x ? sf_readf_float(f, x, info.frames) : 0;
    sf_close(f);
    return (tone_clip){.frames = x, .n_frames = (size_t)n, .n_channels = (uint32_t)info.channels, .rate_hz = (uint32_t)info.samplerate};
}

/* [path prefix, abs, rel]: the longest prefix that ends at a dot (or the end) of `path`; exact to 1e-6 without one. */
static inline double golden_tolerance(const json_t *table, const char *path, double want)
{
    size_t best = 0, i;
    double most = 1e-6 * fabs(want);
    json_t *row;
    json_array_foreach(table, i, row) {
        const char *prefix = json_string_value(json_array_get(row, 0));
        size_t n = strlen(prefix);
        if (strncmp(path, prefix, n) != 0 || (path[n] && path[n] != '.') || n < best)
            continue;
        best = n;
        most = json_number_value(json_array_get(row, 1)) + json_number_value(json_array_get(row, 2)) * fabs(want);
    }
    return most;
}

typedef struct golden_result {
    const char *sound;
    const json_t *tolerance;
    double worst; /* largest |got - want| / tolerance */
    char worst_path[256];
} golden_result;

static inline void golden_compare(golden_result *r, const json_t *got, const json_t *want, const char *path)
{
    char next[256];
    if (json_is_object(want)) {
        const char *key;
        json_t *v;
        CHECK_CASE(json_is_object(got), "%s %s: no object", r->sound, path);
        json_object_foreach((json_t *)(size_t)want, key, v) {
            snprintf(next, sizeof next, "%s%s%s", path, *path ? "." : "", key);
            golden_compare(r, json_object_get(got, key), v, next);
        }
    } else if (json_is_array(want)) {
        CHECK_CASE(json_array_size(got) == json_array_size(want), "%s %s: array size", r->sound, path);
        for (size_t i = 0; i < json_array_size(want); i++)
            golden_compare(r, json_array_get(got, i), json_array_get(want, i), path);
    } else if (json_is_number(want) && json_is_number(got)) {
        double g = json_number_value(got), w = json_number_value(want), most = golden_tolerance(r->tolerance, path, w);
        double part = fabs(g - w) / fmax(most, 1e-300);
        CHECK_CASE(fabs(g - w) <= most, "%s %s: %.10g instead of %.10g +- %g", r->sound, path, g, w, most);
        if (part > r->worst && most > 0) {
            r->worst = part;
            snprintf(r->worst_path, sizeof r->worst_path, "%s %s", r->sound, path);
        }
    } else {
        char *a = json_dumps(got, JSON_ENCODE_ANY), *b = json_dumps(want, JSON_ENCODE_ANY);
        CHECK_CASE(got && json_equal(got, want), "%s %s: %s instead of %s", r->sound, path, a ? a : "nothing", b);
        free(a);
        free(b);
    }
}

#endif

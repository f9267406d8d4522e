/* golden_media.h - what the tests of eyes and ears share: files of tests/golden/vision, audio and multimodal, and stages. */
#ifndef TONE_TESTS_GOLDEN_MEDIA_H
#define TONE_TESTS_GOLDEN_MEDIA_H

#include "golden.h"

static inline const char *golden_media_path(char out[512], const char *set, const char *file)
{
    const char *root = getenv("TONE_GOLDEN");
    snprintf(out, 512, "%s/%s/%s", root ? root : "tests/golden", set, file);
    return out;
}

/* Ends the program when it cannot be opened: nothing after that would mean anything. */
static inline tone_safetensors *golden_media_tensors(const char *set, const char *file)
{
    char path[512];
    tone_error err = {0};
    tone_safetensors *s;
    if (tone_safetensors_open(&s, golden_media_path(path, set, file), &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return s;
}

/* The stages of a tower against those of a file. */
typedef struct golden_watch {
    const tone_safetensors *want;
    const char *prefix; /* "small.g9x6" */
    double most;        /* NMSE */
    size_t n;           /* stages compared */
    double worst;
} golden_watch;

/* A tone_tap's see(), arg a golden_watch: "layer_2" is the end of a layer, "l0_q_rope" inside one, "pooled" outside of all. */
static inline void golden_see(void *arg, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    golden_watch *w = arg;
    char name[128];
    if (layer < 0)
        snprintf(name, sizeof name, "%s.%s", w->prefix, stage);
    else if (strcmp(stage, "out") == 0)
        snprintf(name, sizeof name, "%s.layer_%d", w->prefix, layer);
    else
        snprintf(name, sizeof name, "%s.l%d_%s", w->prefix, layer, stage);
    const tone_tensor *t = tone_safetensors_find(w->want, name);
    if (!t)
        return;
    bool first_rows = !strncmp(stage, "conv", 4); /* of those the files hold the first five */
    CHECK_CASE(stride == n_cols && (first_rows ? t->n_values <= n_rows * n_cols : t->n_values == n_rows * n_cols), "%s", name);
    double e = golden_nmse(rows, (const float *)(const void *)t->data, t->n_values);
    CHECK_CASE(e <= w->most, "%s: %.2e", name, e);
    w->worst = e > w->worst ? e : w->worst;
    w->n++;
}

#endif

/* golden_vision.h - what the tests of the eyes share: towers, and the pictures that the reference saw. */
#ifndef TONE_TESTS_GOLDEN_VISION_H
#define TONE_TESTS_GOLDEN_VISION_H

#include "golden_media.h"
#include "model/vision.h"

static inline tone_vision *golden_vision(const char *set, const char *file)
{
    char path[512];
    tone_error err = {0};
    tone_vision *v;
    if (tone_vision_open(&v, golden_media_path(path, set, file), &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return v;
}

/* The picture whose patches are INPUT.pixels; tone_patches_clear(). */
static inline tone_patches golden_patches(const tone_safetensors *s, const char *input)
{
    char name[64];
    snprintf(name, sizeof name, "%s.pixels", input);
    const tone_tensor *pixels = tone_safetensors_find(s, name);
    snprintf(name, sizeof name, "%s.positions", input);
    const tone_tensor *positions = tone_safetensors_find(s, name);
    tone_patches p = {.patch = 16, .resize = TONE_RESIZE_NONE};
    if (!CHECK(pixels && positions && pixels->dims[1] == 768))
        exit(1);
    int32_t last[2];
    memcpy(last, positions->data + positions->n_bytes - 8, 8);
    uint32_t columns = (uint32_t)last[0] + 1, rows = (uint32_t)last[1] + 1;
    p.fit = (tone_vision_fit){columns * 16, rows * 16, columns, rows, columns * rows / 9};
    CHECK(tone_patches_n(&p) == pixels->dims[0]);
    p.rgb = malloc(pixels->n_values);
    for (uint32_t n = 0; n < columns * rows; n++)
        for (uint32_t y = 0; y < 16; y++)
            memcpy(p.rgb + ((n / columns * 16 + y) * columns + n % columns) * 48, pixels->data + n * 768 + y * 48, 48);
    return p;
}

#endif

/* Sizes and bytes of resized pictures: equal to those of the published processors, in both ways of rounding. */
#include <zlib.h>

#include "format/image.h"
#include "golden_vision.h"
#include "signal/resize.h"

static json_t *expected(void)
{
    char path[512];
    json_error_t at;
    json_t *j = json_load_file(golden_media_path(path, "vision", "expect.json"), 0, &at);
    if (!j) {
        fprintf(stderr, "%s: %s\n", path, at.text);
        exit(1);
    }
    return j;
}

static uint32_t number(const json_t *array, size_t i)
{
    return (uint32_t)json_integer_value(json_array_get(array, i));
}

static void check_sizes(const json_t *want)
{
    size_t i;
    json_t *row;
    CHECK(json_array_size(want) >= 200);
    json_array_foreach(want, i, row)
    {
        tone_vision_fit fit;
        tone_patches_fit(&fit, number(row, 0), number(row, 1), number(row, 2), 16, 3);
        CHECK_CASE(fit.width == number(row, 3) && fit.height == number(row, 4), "%u x %u at %u: %u x %u", number(row, 0),
                   number(row, 1), number(row, 2), fit.width, fit.height);
        CHECK(fit.n_soft == fit.width / 48 * (fit.height / 48) && fit.n_soft <= number(row, 2) && 2 * fit.n_soft >= number(row, 2));
    }
}

/* Other patches and pools than the published models have: (patch, budget, pool, height, width) -> (height, width). */
static void check_other_cells(void)
{
    static const uint32_t cases[][7] = {
        {16, 256, 1, 256, 256, 256, 256}, {10, 200, 1, 50, 10000, 10, 2000}, {10, 200, 1, 25, 20000, 10, 2000},
        {16, 64, 6, 2785, 34, 6144, 96},  {4, 16, 2, 50, 1000, 8, 128},      {5, 2, 3, 5, 100, 15, 30},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint32_t *c = cases[i];
        tone_vision_fit fit;
        tone_patches_fit(&fit, c[4], c[3], c[1], c[0], c[2]);
        CHECK_CASE(fit.height == c[5] && fit.width == c[6], "case %zu: %u x %u", i, fit.height, fit.width);
    }
}

static uint32_t crc(const uint8_t *bytes, size_t n)
{
    return (uint32_t)crc32(0, bytes, (uInt)n);
}

static uint32_t crc_of(const json_t *variant, const char *key)
{
    return (uint32_t)strtoul(json_string_value(json_object_get(variant, key)), NULL, 16);
}

static void check_picture(const tone_rgb *picture, const json_t *entry, tone_resize resize, const char *variant)
{
    const json_t *want = json_object_get(entry, variant), *grid = json_object_get(entry, "grid");
    const char *key = json_string_value(json_object_get(entry, "key"));
    tone_vision_fit fit;
    tone_patches p;
    tone_error err = {0};
    tone_patches_fit(&fit, picture->width, picture->height, (uint32_t)json_integer_value(json_object_get(entry, "budget")), 16, 3);
    CHECK(fit.columns == number(grid, 0) && fit.rows == number(grid, 1));
    CHECK(fit.n_soft == json_integer_value(json_object_get(entry, "n_soft")));
    if (!CHECK(tone_patches_init(&p, picture, &fit, 16, resize, &err) == TONE_OK))
        return;
    size_t n = (size_t)fit.width * fit.height * 3;
    CHECK_CASE(crc(p.rgb, n) == crc_of(want, "crc32_rgb"), "%s %s", key, variant);
    uint8_t *all = malloc(n);
    for (uint32_t i = 0; i < tone_patches_n(&p); i++)
        tone_patches_bytes(&p, i, all + (size_t)i * 768);
    CHECK_CASE(crc(all, n) == crc_of(want, "crc32_patches"), "%s %s patches", key, variant);
    double sum = 0;
    float level[256];
    tone_patches_levels(level, resize);
    for (size_t i = 0; i < n; i++)
        sum += (double)level[all[i]];
    double mean = json_real_value(json_object_get(want, "mean"));
    CHECK_CASE(fabs(sum / (double)n - mean) < 1e-12, "%s %s mean %.17g", key, variant, sum / (double)n);
    free(all);
    tone_patches_clear(&p);
}

static void check_pictures(const json_t *want)
{
    size_t i;
    json_t *entry;
    json_array_foreach(want, i, entry)
    {
        char path[512], file[64];
        snprintf(file, sizeof file, "images/%s", json_string_value(json_object_get(entry, "image")));
        tone_pixels img;
        tone_error err = {0};
        if (!CHECK(tone_pixels_read(&img, golden_media_path(path, "vision", file), 0, &err) == TONE_OK))
            continue;
        const tone_rgb rgb = {img.rgb, img.width, img.height};
        check_picture(&rgb, entry, TONE_RESIZE_PILLOW, "pillow");
        check_picture(&rgb, entry, TONE_RESIZE_TORCH, "torch");
        tone_pixels_clear(&img);
    }
}

/* The byte at column x, row y, channel c is (7 x + 13 y + 29 c + (x y >> 3)) & 255. */
static void check_made_up(void)
{
    static const struct {
        uint32_t w, h, to_w, to_h, source, pillow, torch;
    } cases[] = {{100, 60, 480, 288, 0x122cf0a8, 0x8a89c95c, 0xebe1dfb2},
                 {1000, 700, 480, 336, 0x4e2a3b89, 0x680c9052, 0xa8ee8345},
                 {640, 480, 912, 672, 0x4b8a983f, 0x51d55636, 0x3c5a8bf0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t w = cases[i].w, h = cases[i].h;
        size_t n = (size_t)cases[i].to_w * cases[i].to_h * 3;
        uint8_t *from = malloc((size_t)w * h * 3), *to = malloc(n), *at = from;
        tone_error err = {0};
        for (uint32_t y = 0; y < h; y++)
            for (uint32_t x = 0; x < w; x++)
                for (uint32_t c = 0; c < 3; c++)
                    *at++ = (uint8_t)(7 * x + 13 * y + 29 * c + (x * y >> 3));
        CHECK(crc(from, (size_t)w * h * 3) == cases[i].source);
        CHECK(tone_resize_rgb(to, cases[i].to_w, cases[i].to_h, from, w, h, TONE_RESIZE_22_BITS, &err) == TONE_OK);
        CHECK(crc(to, n) == cases[i].pillow);
        CHECK(tone_resize_rgb(to, cases[i].to_w, cases[i].to_h, from, w, h, TONE_RESIZE_16_BIT_WEIGHTS, &err) == TONE_OK);
        CHECK(crc(to, n) == cases[i].torch);
        free(from);
        free(to);
    }
}

/* Black and white stripes drive the sums to their limits; one column of a million rows needs no more than a few of them. */
static void check_extremes(void)
{
    enum { LONG = 1000000 };
    uint8_t *from = malloc((size_t)LONG * 3), *to = malloc((size_t)48 * 13440 * 3);
    tone_error err = {0};
    for (size_t i = 0; i < (size_t)LONG * 3; i++)
        from[i] = i / 3 % 4 < 2 ? 255 : 0;
    CHECK(tone_resize_rgb(to, 48, 13440, from, 1, LONG, TONE_RESIZE_22_BITS, &err) == TONE_OK);
    CHECK(to[0] == to[3 * 47] && to[48 * 3 * 5000] > 120 && to[48 * 3 * 5000] < 136);
    CHECK(tone_resize_rgb(to, 13440, 48, from, LONG, 1, TONE_RESIZE_16_BIT_WEIGHTS, &err) == TONE_OK);
    CHECK(to[0] == to[13440 * 3 * 47] && to[3 * 5000] > 120 && to[3 * 5000] < 136);
    CHECK(tone_resize_rgb(to, 768, 768, from, 1, 1, TONE_RESIZE_22_BITS, &err) == TONE_OK);
    CHECK(to[0] == 255 && to[768 * 768 * 3 - 1] == 255);
    CHECK(tone_resize_rgb(to, 97, 1, from, 7, 1, TONE_RESIZE_22_BITS, &err) == TONE_OK); /* clamped above and below */
    free(from);
    free(to);
}

int main(void)
{
    json_t *want = expected();
    check_sizes(json_object_get(want, "sizes"));
    check_other_cells();
    check_pictures(json_object_get(want, "preprocess"));
    check_made_up();
    check_extremes();
    json_decref(want);
    return check_done();
}

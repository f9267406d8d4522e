/* Pictures against Pillow (tests/golden/image), and broken, cut and oversized ones. */
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "check.h"
#include "format/image.h"
#include "format/safetensors.h"
#include "format_test.h"
#include "tone_config.h"

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), m = strlen(tail);
    return n >= m && strcmp(text + n - m, tail) == 0;
}

/* What this build can read. */
static bool is_built(const char *name)
{
    return (TONE_HAVE_JPEG || !ends_with(name, ".jpg")) && (TONE_HAVE_WEBP || !ends_with(name, ".webp")) &&
           (TONE_HAVE_GIF || !ends_with(name, ".gif"));
}

/* Lossy decoders may differ in rounding from version to version. */
static int tolerance(const char *name)
{
    return ends_with(name, ".jpg") || strncmp(name, "lossy", 5) == 0 ? 2 : 0;
}

static void test_golden(const char *folder, const tone_safetensors *expect)
{
    unsigned n_exact = 0;
    for (size_t i = 0; i < tone_safetensors_n(expect); i++) {
        const tone_tensor *t = tone_safetensors_at(expect, i);
        if (!is_built(t->name))
            continue;
        char *path = tone_path_join(folder, t->name);
        tone_pixels img;
        tone_error err = {0};
        tone_status st = tone_pixels_read(&img, path, 0, &err);
        free(path);
        CHECK_CASE(!st, "%s", err.text);
        if (st)
            continue;
        bool same_size = img.height == t->dims[0] && img.width == t->dims[1] && t->dims[2] == 3;
        CHECK_CASE(same_size, "%s: %u x %u", t->name, img.width, img.height);
        int worst = 0;
        for (size_t k = 0; same_size && k < t->n_bytes; k++) {
            int d = abs(img.rgb[k] - t->data[k]);
            worst = d > worst ? d : worst;
        }
        CHECK_CASE(worst <= tolerance(t->name), "%s: off by %d", t->name, worst);
        n_exact += worst == 0;
        tone_pixels_clear(&img);
    }
    printf("%zu pictures, %u equal to the last bit\n", tone_safetensors_n(expect), n_exact);
}

static bool decode(const uint8_t *bytes, size_t n, tone_error *err)
{
    tone_pixels img;
    tone_status st = tone_pixels_decode(&img, bytes, n, 1 << 20, err);
    CHECK(st ? !img.rgb && err->text[0] && !strchr(err->text, '\n') : img.rgb && img.width && img.height);
    tone_pixels_clear(&img);
    return st == TONE_OK;
}

/* A cut file is refused.  Of a GIF only the first frame is read, so what follows it may be missing. */
static void test_hostile(const char *folder, const tone_safetensors *expect, uint64_t seed)
{
    tone_random r;
    tone_random_seed(&r, seed);
    for (size_t i = 0; i < tone_safetensors_n(expect); i++) {
        const char *name = tone_safetensors_at(expect, i)->name;
        char *path = tone_path_join(folder, name), *bytes;
        size_t n;
        tone_error err = {0};
        if (is_built(name) && CHECK(!tone_file_read(&bytes, &n, path, 1 << 20, &err))) {
            for (size_t k = 0; k < n; k++) {
                uint8_t *copy = tail_copy(bytes, k);
                err = (tone_error){0};
                bool ok = decode(copy, k, &err);
                bool first_frame_only = ends_with(name, ".gif") && (k > n - 8 || strstr(name, "animated"));
                CHECK_CASE(!ok || first_frame_only, "%s cut at %zu of %zu", name, k, n);
                tail_free(copy, k);
            }
            for (int k = 0; k < 150; k++) {
                uint8_t *copy = tail_copy(bytes, n);
                for (uint64_t flips = 1 + tone_random_below(&r, 4); flips > 0; flips--)
                    copy[tone_random_below(&r, n)] ^= (uint8_t)(1u << tone_random_below(&r, 8));
                decode(copy, n, &err);
                tail_free(copy, n);
            }
            free(bytes);
        }
        free(path);
    }
}

static void test_limits(const char *folder)
{
    tone_pixels img;
    tone_error err;
    char *path = tone_path_join(folder, "rgb.png");
    CHECK(!tone_pixels_read(&img, path, 13 * 9, &err));
    tone_pixels_clear(&img);
    CHECK(tone_pixels_read(&img, path, 13 * 9 - 1, &err) == TONE_ERR_LIMIT && !img.rgb);
    CHECK(strstr(err.text, "rgb.png: PNG: 13 x 9 pixels are more than 116"));
    free(path);
    CHECK(tone_pixels_read(&img, folder, 0, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_pixels_read(&img, "/nonexistent.png", 0, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_pixels_decode(&img, "", 0, 0, &err) == TONE_ERR_FORMAT);
    CHECK_STR(err.text, "an empty file");
    CHECK(tone_pixels_decode(&img, "BM and more", 11, 0, &err) == TONE_ERR_FORMAT);
    CHECK_STR(err.text, "not a picture (JPEG, PNG, WebP and GIF are read)");
    /* 65,535 x 65,535 in a few bytes: refused before memory is taken. */
    static const uint8_t gif[] = "GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;";
    if (TONE_HAVE_GIF) {
        CHECK(tone_pixels_decode(&img, gif, sizeof gif - 1, 0, &err) == TONE_ERR_LIMIT);
        CHECK_STR(err.text, "GIF: 65535 x 65535 pixels are more than 67108864");
    }
}

int main(void)
{
    const char *golden = getenv("TONE_GOLDEN");
    if (!golden)
        return check_skip("TONE_GOLDEN is not set");
    uint64_t seed = test_seed();
    char *folder = tone_path_join(golden, "image"), *path = tone_path_join(folder, "expect.safetensors");
    tone_safetensors *expect;
    tone_error err = {0};
    if (CHECK(!tone_safetensors_open(&expect, path, &err))) {
        test_golden(folder, expect);
        test_hostile(folder, expect, seed);
        test_limits(folder);
        tone_safetensors_close(expect);
    } else {
        fprintf(stderr, "    %s\n", err.text);
    }
    free(path);
    free(folder);
    return check_done();
}

/* Which format it is, which way is up. */
#include "format/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "format/image_decoders.h"

enum { FILE_MAX = 256 << 20 };

void tone_pixels_clear(tone_pixels *img)
{
    free(img->rgb);
    *img = (tone_pixels){0};
}

tone_status tone_pixels_allocate(tone_pixels_job *job, uint64_t width, uint64_t height, tone_error *err)
{
    if (width == 0 || height == 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the picture has no pixels");
    if (width > UINT32_MAX || height > UINT32_MAX || width > job->max_pixels / height)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%" PRIu64 " x %" PRIu64 " pixels are more than %" PRIu64, width,
                         height, job->max_pixels);
    if (width * height > SIZE_MAX / 3)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%" PRIu64 " x %" PRIu64 " pixels cannot be held", width, height);
    job->out->rgb = calloc((size_t)(width * height), 3);
    if (!job->out->rgb)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %" PRIu64 " x %" PRIu64 " pixels", width, height);
    job->out->width = (uint32_t)width;
    job->out->height = (uint32_t)height;
    return TONE_OK;
}

/* --- orientation --- */

static uint32_t take(const uint8_t *p, size_t n, bool big)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)p[i] << 8 * (big ? n - 1 - i : i);
    return v;
}

unsigned tone_pixels_exif_orientation(const uint8_t *bytes, size_t n)
{
    enum { TAG = 0x0112, ENTRY = 12, BYTE = 1, SHORT = 3, LONG = 4 };
    if (n >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
        bytes += 6;
        n -= 6;
    }
    if (n < 8 || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0))
        return 0;
    bool big = bytes[0] == 'M';
    uint32_t at = take(bytes + 4, 4, big);
    if (at > n || n - at < 2)
        return 0;
    uint32_t count = take(bytes + at, 2, big);
    at += 2;
    for (; count > 0 && n - at >= ENTRY; count--, at += ENTRY) {
        if (take(bytes + at, 2, big) != TAG)
            continue;
        uint32_t type = take(bytes + at + 2, 2, big), values = take(bytes + at + 4, 4, big);
        size_t wide = type == BYTE ? 1 : type == SHORT ? 2 : type == LONG ? 4 : 0;
        return wide && values == 1 ? take(bytes + at + 8, wide, big) : 0;
    }
    return 0;
}

unsigned tone_pixels_xmp_orientation(const uint8_t *bytes, size_t n)
{
    static const char name[] = "tiff:Orientation";
    const uint8_t *end = bytes + n, *at = bytes;
    while ((at = n ? memmem(at, (size_t)(end - at), name, sizeof name - 1) : NULL)) {
        at += sizeof name - 1;
        size_t skip = end - at >= 3 && at[0] == '=' && at[1] == '"' ? 2 : end - at >= 2 && at[0] == '>' ? 1 : 0;
        if (skip && at[skip] >= '0' && at[skip] <= '9')
            return (unsigned)(at[skip] - '0');
    }
    return 0;
}

/* Turn as orientation 2…8 asks: first swapped along the main diagonal (5…8), then mirrored. */
static tone_status turn(tone_pixels *img, unsigned orientation, tone_error *err)
{
    if (orientation < 2 || orientation > 8)
        return TONE_OK;
    bool swap = orientation >= 5;
    bool flip_x = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    bool flip_y = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    uint32_t width = swap ? img->height : img->width, height = swap ? img->width : img->height;
    uint8_t *turned = malloc((size_t)width * height * 3);
    if (!turned)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to turn %" PRIu32 " x %" PRIu32 " pixels", width,
                         height);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint32_t from_x = flip_x ? width - 1 - x : x, from_y = flip_y ? height - 1 - y : y;
            size_t from = swap ? (size_t)from_x * img->width + from_y : (size_t)from_y * img->width + from_x;
            memcpy(turned + ((size_t)y * width + x) * 3, img->rgb + from * 3, 3);
        }
    free(img->rgb);
    *img = (tone_pixels){turned, width, height};
    return TONE_OK;
}

/* --- reading --- */

static const struct format {
    const char *name;
    tone_status (*decode)(tone_pixels_job *job, tone_error *err);
    const char *magic;
    size_t magic_n;
    size_t second_at; /* where another four bytes stand; 0: none */
    const char *second;
} formats[] = {
    {"JPEG", tone_pixels_jpeg, "\xFF\xD8\xFF", 3, 0, NULL},
    {"PNG", tone_pixels_png, "\x89PNG\r\n\x1A\n", 8, 0, NULL},
    {"WebP", tone_pixels_webp, "RIFF", 4, 8, "WEBP"},
    {"GIF", tone_pixels_gif, "GIF8", 4, 0, NULL},
};

static const struct format *find_format(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct format *f = &formats[i];
        if (n >= f->magic_n && memcmp(bytes, f->magic, f->magic_n) == 0 &&
            (!f->second || (n >= f->second_at + 4 && memcmp(bytes + f->second_at, f->second, 4) == 0)))
            return f;
    }
    return NULL;
}

tone_status tone_pixels_decode(tone_pixels *out, const void *bytes, size_t n, uint64_t max_pixels, tone_error *err)
{
    *out = (tone_pixels){0};
    if (n == 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "an empty file");
    const struct format *f = find_format(bytes, n);
    if (!f)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "not a picture (JPEG, PNG, WebP and GIF are read)");
    tone_pixels_job job = {bytes, n, max_pixels ? max_pixels : TONE_IMAGE_MAX_PIXELS, out, 1};
    tone_status st = f->decode(&job, err);
    if (!st)
        st = turn(out, job.orientation, err);
    if (st) {
        tone_pixels_clear(out);
        st = tone_fail_in(err, st, f->name);
    }
    return st;
}

tone_status tone_pixels_read(tone_pixels *out, const char *path, uint64_t max_pixels, tone_error *err)
{
    *out = (tone_pixels){0};
    char *bytes;
    size_t n;
    if (tone_is_folder(path))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s: a folder, not a picture", path);
    tone_status st = tone_file_read(&bytes, &n, path, FILE_MAX, err);
    if (st)
        return st;
    st = tone_pixels_decode(out, bytes, n, max_pixels, err);
    free(bytes);
    return st ? tone_fail_in(err, st, path) : TONE_OK;
}

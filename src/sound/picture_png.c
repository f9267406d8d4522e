/* Pictures as PNG, through libpng's simplified writer. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "tonesmith/sound/picture.h"

tone_status tone_image_png(uint8_t **out, size_t *n, const tone_image *image, tone_error *err)
{
    png_image png;
    memset(&png, 0, sizeof png);
    png.version = PNG_IMAGE_VERSION;
    png.width = image->width;
    png.height = image->height;
    png.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    *n = 0;
    *out = malloc(size);
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a PNG of %u x %u pixels", (unsigned)image->width, (unsigned)image->height);
    if (!png_image_write_to_memory(&png, *out, &size, 0, image->rgb, 0, NULL)) {
        free(*out);
        *out = NULL;
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "cannot make a PNG: %s", png.message);
    }
    *n = size;
    return TONE_OK;
}

tone_status tone_image_write_png(const tone_image *image, const char *path, tone_error *err)
{
    uint8_t *bytes;
    size_t n;
    tone_status st = tone_image_png(&bytes, &n, image, err);
    if (!st)
        st = tone_file_write(path, bytes, n, err);
    free(bytes);
    return st;
}

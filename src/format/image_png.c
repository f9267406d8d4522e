/* PNG through libpng. */
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "format/image_decoders.h"

enum { CHUNK_MAX = 8 << 20 }; /* memory that a compressed text or profile may take */

/* Everything that lives across longjmp() is in here, not in local variables. */
typedef struct reader {
    tone_pixels_job *job;
    size_t at;
    png_structp png;
    png_infop info, after;
    png_bytep *rows;
    char why[160];
    jmp_buf out;
} reader;

static void on_error(png_structp png, png_const_charp text)
{
    reader *r = png_get_error_ptr(png);
    snprintf(r->why, sizeof r->why, "%s", text);
    longjmp(r->out, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static void on_read(png_structp png, png_bytep to, size_t n)
{
    reader *r = png_get_io_ptr(png);
    if (n > r->job->n - r->at)
        png_error(png, "the file is cut short");
    memcpy(to, r->job->bytes + r->at, n);
    r->at += n;
}

/* Whether every chunk ends inside the file.  libpng takes memory for what a chunk claims before it looks for its bytes. */
static bool chunks_fit(const tone_pixels_job *job)
{
    enum { SIGNATURE = 8, AROUND = 12 }; /* a chunk's length, name and checksum */
    size_t at = SIGNATURE;
    while (job->n - at >= AROUND) {
        const uint8_t *p = job->bytes + at;
        size_t length = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (length > job->n - at - AROUND)
            return false;
        at += AROUND + length;
        if (memcmp(p + 4, "IEND", 4) == 0)
            return true;
    }
    return false;
}

/* ImageMagick's older way: three lines of heading, then EXIF as hexadecimal digits. */
static unsigned raw_profile_orientation(const char *text, size_t n)
{
    const char *end = text + n;
    for (int line = 0; line < 3 && text; line++) {
        text = memchr(text, '\n', (size_t)(end - text));
        text = text ? text + 1 : NULL;
    }
    tone_buf b = {0};
    unsigned digits = 0, value = 0;
    for (; text && text < end; text++) {
        unsigned char c = (unsigned char)*text;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10u
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10u
                                                : 16;
        if (digit == 16)
            continue;
        value = value << 4 | digit;
        if (++digits % 2 == 0)
            tone_buf_putc(&b, (char)value);
    }
    unsigned orientation = tone_pixels_exif_orientation((const uint8_t *)tone_buf_text(&b), b.n);
    tone_buf_clear(&b);
    return orientation;
}

/* In the chunks before the pixels or in those after them. */
static unsigned find_orientation(png_structp png, png_infop info)
{
    png_bytep exif;
    png_uint_32 n;
    png_textp texts;
    int n_texts = 0;
    unsigned found = 0;
    if (png_get_eXIf_1(png, info, &n, &exif))
        found = tone_pixels_exif_orientation(exif, n);
    png_get_text(png, info, &texts, &n_texts);
    for (int i = 0; i < n_texts && !found; i++) {
        size_t length = texts[i].text ? strlen(texts[i].text) : 0;
        if (strcmp(texts[i].key, "Raw profile type exif") == 0)
            found = raw_profile_orientation(texts[i].text, length);
        else if (strcmp(texts[i].key, "XML:com.adobe.xmp") == 0)
            found = tone_pixels_xmp_orientation((const uint8_t *)texts[i].text, length);
    }
    return found;
}

static tone_status read_pixels(reader *r, tone_error *err)
{
    png_read_info(r->png, r->info);
    uint32_t width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
    tone_status st = tone_pixels_allocate(r->job, width, height, err);
    if (st)
        return st;
    int colour = png_get_color_type(r->png, r->info);
    if (png_get_bit_depth(r->png, r->info) == 16)
        png_set_strip_16(r->png);
    if (colour == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(r->png);
    if (!(colour & PNG_COLOR_MASK_COLOR)) {
        png_set_expand_gray_1_2_4_to_8(r->png);
        png_set_gray_to_rgb(r->png);
    }
    png_set_strip_alpha(r->png); /* also what expanding a palette with tRNS would add */
    png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    size_t row_bytes = (size_t)width * 3;
    if (png_get_rowbytes(r->png, r->info) != row_bytes)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "a kind of pixels that is not known here");
    r->rows = malloc(height * sizeof *r->rows);
    if (!r->rows)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %u rows", height);
    for (uint32_t y = 0; y < height; y++)
        r->rows[y] = r->job->out->rgb + y * row_bytes;
    png_read_image(r->png, r->rows);
    png_read_end(r->png, r->after);
    unsigned orientation = find_orientation(r->png, r->info);
    if (!orientation)
        orientation = find_orientation(r->png, r->after);
    if (orientation)
        r->job->orientation = orientation;
    return TONE_OK;
}

static tone_status read_png(reader *r, tone_error *err)
{
    if (!chunks_fit(r->job))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the file is cut short");
    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    r->info = r->png ? png_create_info_struct(r->png) : NULL;
    r->after = r->png ? png_create_info_struct(r->png) : NULL;
    if (!r->info || !r->after)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the decoder");
    png_set_read_fn(r->png, r, on_read);
    png_set_user_limits(r->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* the limit on pixels is ours */
    png_set_chunk_malloc_max(r->png, CHUNK_MAX);
    if (setjmp(r->out))
        return tone_fail(err, TONE_ERR_FORMAT, r->at, "damaged: %s", r->why);
    return read_pixels(r, err);
}

tone_status tone_pixels_png(tone_pixels_job *job, tone_error *err)
{
    reader r = {.job = job};
    tone_status st = read_png(&r, err);
    png_destroy_read_struct(&r.png, &r.info, &r.after);
    free(r.rows);
    return st;
}

/* JPEG through libjpeg (turbo).  The decoder's defaults are those of the reference: exact DCT, smooth upsampling. */
#include "format/image_decoders.h"

#include "base/fail.h"
#include "tone_config.h"

#if TONE_HAVE_JPEG

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

enum {
    SCANS_MAX = 200
}; /* a progressive file repeats the whole picture in each: a small file could ask for thousands */

typedef struct reader {
    struct jpeg_error_mgr errors; /* first: libjpeg hands out pointers to it */
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    tone_pixels_job *job;
    uint8_t *row; /* one row of the decoder's own components */
    char why[JMSG_LENGTH_MAX];
    jmp_buf out;
} reader;

static void on_error(j_common_ptr jpeg)
{
    reader *r = (reader *)jpeg->err;
    jpeg->err->format_message(jpeg, r->why);
    longjmp(r->out, 1);
}

/* libjpeg goes on after damage and fills in grey; we do not.  Bytes between segments are harmless and common. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA)
        on_error(jpeg);
}

static void on_output(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
    reader *r = (reader *)jpeg->err;
    if (r->jpeg.input_scan_number > SCANS_MAX) {
        snprintf(r->why, sizeof r->why, "more than %d scans", SCANS_MAX);
        longjmp(r->out, 1);
    }
}

static void find_orientation(reader *r)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/"; /* and a zero byte */
    unsigned from_exif = 0, from_xmp = 0;
    for (jpeg_saved_marker_ptr m = r->jpeg.marker_list; m; m = m->next) {
        if (!from_exif && m->data_length >= 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
            from_exif = tone_pixels_exif_orientation(m->data, m->data_length);
        else if (!from_xmp && m->data_length > sizeof xmp && memcmp(m->data, xmp, sizeof xmp) == 0)
            from_xmp = tone_pixels_xmp_orientation(m->data + sizeof xmp, m->data_length - sizeof xmp);
    }
    if (from_exif || from_xmp)
        r->job->orientation = from_exif ? from_exif : from_xmp;
}

/* x y / 255, rounded. */
static unsigned product(unsigned x, unsigned y)
{
    unsigned v = x * y + 128;
    return ((v >> 8) + v) >> 8;
}

/* A row of n_components to RGB.  Four are taken for Adobe's inverted CMYK, as everybody does. */
static void put_row(uint8_t *to, const uint8_t *from, uint32_t width, int n_components)
{
    for (uint32_t x = 0; x < width; x++, to += 3, from += n_components) {
        if (n_components == 1) {
            to[0] = to[1] = to[2] = from[0];
        } else if (n_components == 3) {
            memcpy(to, from, 3);
        } else {
            unsigned white = from[3]; /* 255 - K */
            for (int c = 0; c < 3; c++) {
                unsigned ink = product(255u - from[c], white);
                to[c] = (uint8_t)(white > ink ? white - ink : 0);
            }
        }
    }
}

static tone_status read_pixels(reader *r, tone_error *err)
{
    struct jpeg_decompress_struct *jpeg = &r->jpeg;
    jpeg_mem_src(jpeg, r->job->bytes, (unsigned long)r->job->n);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(jpeg, TRUE);
    find_orientation(r);
    tone_status st = tone_pixels_allocate(r->job, jpeg->image_width, jpeg->image_height, err);
    if (st)
        return st;
    if (jpeg->num_components != 1 && jpeg->num_components != 3 && jpeg->num_components != 4)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%d components, not 1, 3 or 4", jpeg->num_components);
    jpeg->out_color_space = jpeg->num_components == 1 ? JCS_GRAYSCALE : jpeg->num_components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_start_decompress(jpeg);
    r->row = malloc((size_t)jpeg->output_width * (size_t)jpeg->output_components);
    if (!r->row)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a row of %u pixels", jpeg->output_width);
    for (uint32_t y = 0; y < r->job->out->height; y++) {
        if (jpeg_read_scanlines(jpeg, &r->row, 1) != 1)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "cut short");
        put_row(r->job->out->rgb + (size_t)y * jpeg->output_width * 3, r->row, jpeg->output_width,
                jpeg->output_components);
    }
    jpeg_finish_decompress(jpeg);
    return TONE_OK;
}

static tone_status read_jpeg(reader *r, tone_error *err)
{
    r->jpeg.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = on_error;
    r->errors.emit_message = on_message;
    r->errors.output_message = on_output;
    r->progress.progress_monitor = on_progress;
    if (setjmp(r->out))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "damaged: %s", r->why);
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.progress = &r->progress;
    return read_pixels(r, err);
}

tone_status tone_pixels_jpeg(tone_pixels_job *job, tone_error *err)
{
    reader *r = calloc(1, sizeof *r); /* not on the stack: it must survive longjmp() unchanged */
    if (!r)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the decoder");
    r->job = job;
    tone_status st = read_jpeg(r, err);
    jpeg_destroy_decompress(&r->jpeg);
    free(r->row);
    free(r);
    return st;
}

#else

tone_status tone_pixels_jpeg(tone_pixels_job *job, tone_error *err)
{
    (void)job;
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this program was built without libjpeg");
}

#endif

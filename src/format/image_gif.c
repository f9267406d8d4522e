/* The first frame of a GIF through giflib, on a canvas as large as the screen and the frame. */
#include "format/image_decoders.h"

#include "base/fail.h"
#include "tone_config.h"

#if TONE_HAVE_GIF

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

typedef struct source {
    const uint8_t *bytes;
    size_t n, at;
} source;

static int on_read(GifFileType *gif, GifByteType *to, int n)
{
    source *s = gif->UserData;
    size_t want = n > 0 ? (size_t)n : 0, left = s->n - s->at;
    if (want > left)
        want = left;
    memcpy(to, s->bytes + s->at, want);
    s->at += want;
    return (int)want;
}

static tone_status gif_error(const GifFileType *gif, tone_error *err)
{
    const char *why = GifErrorString(gif->Error);
    return tone_fail(err, TONE_ERR_FORMAT, 0, "damaged: %s", why ? why : "cut short");
}

/* Skip an extension; the colour that is transparent in the frame after it goes to *transparent. */
static bool read_extension(GifFileType *gif, int *transparent)
{
    GifByteType *block;
    int code;
    if (DGifGetExtension(gif, &code, &block) == GIF_ERROR)
        return false;
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && block && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        *transparent = control.TransparentColor;
    while (block)
        if (DGifGetExtensionNext(gif, &block) == GIF_ERROR)
            return false;
    return true;
}

/* Grey where the file has no colours for an index, as in the reference. */
static void make_palette(uint8_t palette[256][3], const ColorMapObject *map)
{
    for (int i = 0; i < 256; i++)
        memset(palette[i], i, 3);
    for (int i = 0; map && i < map->ColorCount && i < 256; i++) {
        palette[i][0] = map->Colors[i].Red;
        palette[i][1] = map->Colors[i].Green;
        palette[i][2] = map->Colors[i].Blue;
    }
}

static tone_status read_frame(tone_pixels_job *job, GifFileType *gif, int transparent, tone_error *err)
{
    static const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2}; /* of interlaced rows */
    if (DGifGetImageDesc(gif) == GIF_ERROR)
        return gif_error(gif, err);
    const GifImageDesc *frame = &gif->Image;
    if (frame->Width <= 0 || frame->Height <= 0 || frame->Left < 0 || frame->Top < 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the first frame has no pixels");
    int64_t width = (int64_t)frame->Left + frame->Width, height = (int64_t)frame->Top + frame->Height;
    width = width > gif->SWidth ? width : gif->SWidth;
    height = height > gif->SHeight ? height : gif->SHeight;
    tone_status st = tone_pixels_allocate(job, (uint64_t)width, (uint64_t)height, err);
    if (st)
        return st;
    uint8_t palette[256][3];
    make_palette(palette, frame->ColorMap ? frame->ColorMap : gif->SColorMap);
    /* Around the frame: the transparent colour, or the first one. */
    for (int64_t i = 0; i < width * height; i++)
        memcpy(job->out->rgb + 3 * i, palette[transparent >= 0 && transparent < 256 ? transparent : 0], 3);
    GifPixelType *row = malloc((size_t)frame->Width);
    if (!row)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a row of %d pixels", frame->Width);
    for (int pass = 0; pass < (frame->Interlace ? 4 : 1) && !st; pass++)
        for (int y = frame->Interlace ? first[pass] : 0; y < frame->Height && !st;
             y += frame->Interlace ? step[pass] : 1) {
            if (DGifGetLine(gif, row, frame->Width) == GIF_ERROR) {
                st = gif_error(gif, err);
                break;
            }
            uint8_t *to = job->out->rgb + 3 * ((frame->Top + y) * width + frame->Left);
            for (int x = 0; x < frame->Width; x++)
                memcpy(to + 3 * x, palette[row[x]], 3);
        }
    free(row);
    return st;
}

tone_status tone_pixels_gif(tone_pixels_job *job, tone_error *err)
{
    source s = {job->bytes, job->n, 0};
    int code = 0, transparent = NO_TRANSPARENT_COLOR;
    GifFileType *gif = DGifOpen(&s, on_read, &code);
    if (!gif) {
        const char *why = GifErrorString(code);
        return tone_fail(err, TONE_ERR_FORMAT, 0, "damaged: %s", why ? why : "cut short");
    }
    tone_status st = TONE_OK;
    for (bool done = false; !done && !st;) {
        GifRecordType kind;
        if (DGifGetRecordType(gif, &kind) == GIF_ERROR) {
            st = gif_error(gif, err);
        } else if (kind == IMAGE_DESC_RECORD_TYPE) {
            st = read_frame(job, gif, transparent, err);
            done = true;
        } else if (kind == EXTENSION_RECORD_TYPE) {
            if (!read_extension(gif, &transparent))
                st = gif_error(gif, err);
        } else if (kind == TERMINATE_RECORD_TYPE) {
            st = tone_fail(err, TONE_ERR_FORMAT, 0, "no picture in it");
        }
    }
    DGifCloseFile(gif, &code);
    return st;
}

#else

tone_status tone_pixels_gif(tone_pixels_job *job, tone_error *err)
{
    (void)job;
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this program was built without giflib");
}

#endif

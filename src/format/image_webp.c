/* WebP through libwebp; of an animation the first frame on its canvas. */
#include "format/image_decoders.h"

#include "base/fail.h"
#include "tone_config.h"

#if TONE_HAVE_WEBP

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

static unsigned chunk_orientation(const WebPDemuxer *demux, const char *name,
                                  unsigned (*read)(const uint8_t *bytes, size_t n))
{
    WebPChunkIterator chunk;
    unsigned found = 0;
    if (WebPDemuxGetChunk(demux, name, 1, &chunk))
        found = read(chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return found;
}

static tone_status decode_still(tone_pixels_job *job, tone_error *err)
{
    size_t stride = (size_t)job->out->width * 3;
    if (!WebPDecodeRGBInto(job->bytes, job->n, job->out->rgb, stride * job->out->height, (int)stride))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "damaged or cut short");
    return TONE_OK;
}

static tone_status decode_animated(tone_pixels_job *job, const WebPData *data, tone_error *err)
{
    WebPAnimDecoderOptions options;
    uint8_t *rgba = NULL;
    int when;
    if (!WebPAnimDecoderOptionsInit(&options))
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "libwebp is of another version than at build time");
    options.color_mode = MODE_RGBA;
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(data, &options);
    if (!decoder)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "a damaged animation, or no memory for it");
    tone_status st = TONE_OK;
    if (WebPAnimDecoderGetNext(decoder, &rgba, &when)) {
        size_t n = (size_t)job->out->width * job->out->height;
        for (size_t i = 0; i < n; i++)
            memcpy(job->out->rgb + 3 * i, rgba + 4 * i, 3);
    } else {
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "damaged or cut short");
    }
    WebPAnimDecoderDelete(decoder);
    return st;
}

tone_status tone_pixels_webp(tone_pixels_job *job, tone_error *err)
{
    WebPData data = {job->bytes, job->n};
    WebPDemuxer *demux = WebPDemux(&data);
    if (!demux)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "damaged or cut short");
    uint32_t width = WebPDemuxGetI(demux, WEBP_FF_CANVAS_WIDTH), height = WebPDemuxGetI(demux, WEBP_FF_CANVAS_HEIGHT);
    bool animated = WebPDemuxGetI(demux, WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG;
    unsigned orientation = chunk_orientation(demux, "EXIF", tone_pixels_exif_orientation);
    if (!orientation)
        orientation = chunk_orientation(demux, "XMP ", tone_pixels_xmp_orientation);
    if (orientation)
        job->orientation = orientation;
    WebPDemuxDelete(demux);
    int still_width, still_height;
    if (!animated) {
        if (!WebPGetInfo(job->bytes, job->n, &still_width, &still_height) || still_width <= 0 || still_height <= 0)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "damaged or cut short");
        width = (uint32_t)still_width;
        height = (uint32_t)still_height;
    }
    tone_status st = tone_pixels_allocate(job, width, height, err);
    if (st)
        return st;
    return animated ? decode_animated(job, &data, err) : decode_still(job, err);
}

#else

tone_status tone_pixels_webp(tone_pixels_job *job, tone_error *err)
{
    (void)job;
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this program was built without libwebp");
}

#endif

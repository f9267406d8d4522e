/* Encoding: into memory first, so that a full disk is seen by the one place that writes files. */
#include <inttypes.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/file.h"
#include "format/audio.h"

enum { BLOCK_VALUES = 1 << 14, FLAC_CHANNELS_MAX = 8, FLAC_RATE_MAX_HZ = 655350, HEADERS_BYTES = 4096 };

static const struct {
    int sndfile;
    unsigned bits;
    const char *ending;
} formats[] = {
    [TONE_AUDIO_WAV_16] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16, ".wav"},
    [TONE_AUDIO_WAV_24] = {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 24, ".wav"},
    [TONE_AUDIO_WAV_FLOAT] = {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 32, ".wav"},
    [TONE_AUDIO_FLAC_16] = {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16, ".flac"},
    [TONE_AUDIO_FLAC_24] = {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 24, ".flac"},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

tone_status tone_audio_format_find(tone_audio_format *out, const char *path, unsigned bits, tone_error *err)
{
    size_t n = strlen(path);
    bool known = false;
    for (size_t i = 0; i < N_FORMATS; i++) {
        size_t m = strlen(formats[i].ending);
        if (n < m || strcasecmp(path + n - m, formats[i].ending) != 0)
            continue;
        known = true;
        if (formats[i].bits == (bits ? bits : 24)) {
            *out = (tone_audio_format)i;
            return TONE_OK;
        }
    }
    if (!known)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s: sound is written as .wav or .flac", path);
    return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s: %u bits cannot be written in this format", path, bits);
}

/* --- libsndfile writes here --- */

typedef struct sink {
    tone_buf *to;
    size_t start; /* where our bytes begin in it   */
    size_t at;    /* from there; never above the end */
} sink;

static sf_count_t sink_length(void *user)
{
    sink *s = user;
    return (sf_count_t)(s->to->n - s->start);
}

static sf_count_t sink_seek(sf_count_t offset, int whence, void *user)
{
    sink *s = user;
    sf_count_t end = sink_length(s), base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (sf_count_t)s->at : end;
    if (offset < -base || offset > end - base)
        return -1;
    s->at = (size_t)(base + offset);
    return (sf_count_t)s->at;
}

static sf_count_t sink_read(void *to, sf_count_t n, void *user)
{
    sink *s = user;
    size_t left = s->to->n - s->start - s->at, want = n > 0 ? (size_t)n : 0;
    if (want > left)
        want = left;
    if (want)
        memcpy(to, s->to->data + s->start + s->at, want);
    s->at += want;
    return (sf_count_t)want;
}

static sf_count_t sink_write(const void *from, sf_count_t n, void *user)
{
    sink *s = user;
    size_t over = s->to->n - s->start - s->at, want = n > 0 ? (size_t)n : 0;
    size_t inside = want < over ? want : over;
    if (inside)
        memcpy(s->to->data + s->start + s->at, from, inside);
    tone_buf_append(s->to, (const char *)from + inside, want - inside);
    if (s->to->failed)
        return 0;
    s->at += want;
    return n;
}

static sf_count_t sink_tell(void *user)
{
    return (sf_count_t)((sink *)user)->at;
}

/* --- frames to numbers --- */

/* Value to an integer of `bits`, left-justified in 32 as libsndfile wants it.  1.0 is the largest integer and no clip. */
static int32_t quantise(float value, unsigned bits, size_t *n_clipped)
{
    double full = (double)(1u << (bits - 1)), v = nearbyint((double)value * full);
    if (value > 1.0f || value < -1.0f)
        ++*n_clipped;
    v = v > full - 1 ? full - 1 : v < -full ? -full : v;
    return (int32_t)v * (int32_t)(1u << (32 - bits));
}

static tone_status check_audio(const tone_audio *a, tone_audio_format format, tone_error *err)
{
    size_t n_values, n_bytes;
    if (a->n_frames == 0 || a->n_channels == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "no sound to write");
    bool flac = (formats[format].sndfile & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC;
    if (flac && (a->n_channels > FLAC_CHANNELS_MAX || a->rate_hz > FLAC_RATE_MAX_HZ))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "FLAC holds no %" PRIu32 " channels at %" PRIu32 " Hz",
                         a->n_channels, a->rate_hz);
    if (!tone_mul_size(&n_values, a->n_frames, a->n_channels) ||
        !tone_mul_size(&n_bytes, n_values, formats[format].bits / 8) || n_bytes > UINT32_MAX - HEADERS_BYTES)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%zu frames do not fit in a file of 4 GiB", a->n_frames);
    for (size_t i = 0; i < n_values; i++)
        if (!isfinite(a->frames[i]))
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "frame %zu of channel %zu is %s", i / a->n_channels,
                             i % a->n_channels, isnan(a->frames[i]) ? "not a number" : "infinite");
    return TONE_OK;
}

static bool put_frames(SNDFILE *file, const tone_audio *a, tone_audio_format format, size_t *n_clipped)
{
    if (format == TONE_AUDIO_WAV_FLOAT)
        return sf_writef_float(file, a->frames, (sf_count_t)a->n_frames) == (sf_count_t)a->n_frames;
    int32_t block[BLOCK_VALUES];
    size_t n_values = a->n_frames * a->n_channels;
    size_t step = BLOCK_VALUES / a->n_channels * a->n_channels;
    for (size_t at = 0; at < n_values; at += step) {
        size_t n = n_values - at < step ? n_values - at : step;
        for (size_t i = 0; i < n; i++)
            block[i] = quantise(a->frames[at + i], formats[format].bits, n_clipped);
        if (sf_write_int(file, block, (sf_count_t)n) != (sf_count_t)n)
            return false;
    }
    return true;
}

tone_status tone_audio_encode(tone_buf *out, const tone_audio *a, tone_audio_format format, size_t *n_clipped,
                              tone_error *err)
{
    static const SF_VIRTUAL_IO io = {sink_length, sink_seek, sink_read, sink_write, sink_tell};
    size_t clipped = 0;
    tone_status st = check_audio(a, format, err);
    if (st)
        return st;
    sink s = {.to = out, .start = out->n};
    SF_INFO info = {.samplerate = (int)a->rate_hz, .channels = (int)a->n_channels, .format = formats[format].sndfile};
    SNDFILE *file = sf_open_virtual((SF_VIRTUAL_IO *)(uintptr_t)&io, SFM_WRITE, &info, &s);
    if (!file)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%" PRIu32 " channels at %" PRIu32 " Hz cannot be written: %s",
                         a->n_channels, a->rate_hz, sf_strerror(NULL));
    sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE); /* it holds the time of day */
    bool ok = put_frames(file, a, format, &clipped);
    const char *why = ok ? NULL : sf_strerror(file);
    int closed = sf_close(file);
    if (out->failed)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to encode %zu frames", a->n_frames);
    if (!ok || closed != 0) {
        out->n = s.start;
        return tone_fail(err, TONE_ERR_IO, 0, "cannot encode: %s", why ? why : sf_error_number(closed));
    }
    if (n_clipped)
        *n_clipped = clipped;
    return TONE_OK;
}

tone_status tone_audio_write(const char *path, const tone_audio *a, tone_audio_format format, size_t *n_clipped,
                             tone_error *err)
{
    tone_buf b = {0};
    tone_status st = tone_audio_encode(&b, a, format, n_clipped, err);
    st = st ? tone_fail_in(err, st, path) : tone_file_write(path, b.data, b.n, err);
    tone_buf_clear(&b);
    return st;
}

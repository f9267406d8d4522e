/* Decoding.  libsndfile gets its bytes through callbacks: a file that shrinks meanwhile is a short read, not a signal. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "format/audio.h"

enum {
    BLOCK_VALUES = 1 << 16,
    VALUES_MAX = 1 << 28,
    CHANNELS_MAX = 1024, /* libsndfile's own limit */
    RATE_MIN_HZ = 100,
    RATE_MAX_HZ = 1536000
};

void tone_audio_clear(tone_audio *a)
{
    free(a->frames);
    *a = (tone_audio){0};
}

tone_audio_limits tone_audio_limits_defaults(void)
{
    return (tone_audio_limits){.max_s = 3600, .max_channels = 8};
}

/* --- where the bytes come from --- */

typedef struct source {
    const uint8_t *bytes; /* NULL: read from fd */
    int fd;
    sf_count_t n, at;
    int os_error; /* errno of a read that failed */
} source;

static sf_count_t source_length(void *user)
{
    return ((source *)user)->n;
}

static sf_count_t source_seek(sf_count_t offset, int whence, void *user)
{
    source *s = user;
    sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? s->at : s->n, at;
    if (__builtin_add_overflow(base, offset, &at) || at < 0)
        return -1;
    return s->at = at;
}

static sf_count_t source_read(void *to, sf_count_t n, void *user)
{
    source *s = user;
    if (n <= 0 || s->at >= s->n)
        return 0;
    if (n > s->n - s->at)
        n = s->n - s->at;
    sf_count_t done = 0;
    if (s->bytes) {
        memcpy(to, s->bytes + s->at, (size_t)n);
        done = n;
    }
    while (done < n && !s->bytes) {
        ssize_t got = pread(s->fd, (char *)to + done, (size_t)(n - done), s->at + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            s->os_error = errno;
        if (got <= 0)
            break;
        done += got;
    }
    s->at += done;
    return done;
}

static sf_count_t source_write(const void *from, sf_count_t n, void *user)
{
    (void)from, (void)n, (void)user;
    return 0;
}

static sf_count_t source_tell(void *user)
{
    return ((source *)user)->at;
}

static bool source_bytes(source *s, sf_count_t at, void *to, sf_count_t n)
{
    s->at = at;
    return source_read(to, n, s) == n;
}

/* --- checks that libsndfile does not make --- */

static bool known_magic(source *s)
{
    static const char *const magics[] = {"RIFF", "RIFX", "RF64", "riff", "FORM", "fLaC", "OggS", ".snd", "caff", "ID3"};
    uint8_t head[4];
    if (!source_bytes(s, 0, head, 4))
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (memcmp(head, magics[i], strlen(magics[i])) == 0)
            return true;
    return head[0] == 0xFF && (head[1] & 0xE0) == 0xE0; /* an MPEG frame */
}

/* libsndfile reads a RIFF or AIFF file whose sound chunk is cut short as if it were whole.  Bytes that are missing from
 * the chunk; 0 too when the writer never knew the size (a pipe: a size of almost 2^31 or 2^32), or for other kinds. */
static uint64_t missing_bytes(source *s)
{
    uint8_t h[12];
    if (!source_bytes(s, 0, h, 12))
        return 0;
    bool wav = memcmp(h, "RIFF", 4) == 0 && memcmp(h + 8, "WAVE", 4) == 0;
    bool aiff = memcmp(h, "FORM", 4) == 0 && memcmp(h + 8, "AIF", 3) == 0;
    if (!wav && !aiff)
        return 0;
    sf_count_t at = 12;
    while (source_bytes(s, at, h, 8)) {
        uint32_t size = wav ? (uint32_t)h[4] | (uint32_t)h[5] << 8 | (uint32_t)h[6] << 16 | (uint32_t)h[7] << 24
                            : (uint32_t)h[7] | (uint32_t)h[6] << 8 | (uint32_t)h[5] << 16 | (uint32_t)h[4] << 24;
        sf_count_t end = at + 8 + (sf_count_t)size;
        if (memcmp(h, wav ? "data" : "SSND", 4) == 0) {
            bool unknown = size >= 0xFFFF0000u || (size >= 0x7FFF0000u && size <= 0x80000000u);
            return unknown || end <= s->n ? 0 : (uint64_t)(end - s->n);
        }
        at = end + (size & 1);
    }
    return 0;
}

static tone_status check_info(const SF_INFO *info, const tone_audio_limits *limits, tone_error *err)
{
    if (info->channels < 1 || (uint32_t)info->channels > limits->max_channels || info->channels > CHANNELS_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%d channels, more than %" PRIu32, info->channels,
                         limits->max_channels);
    if (info->samplerate < RATE_MIN_HZ || info->samplerate > RATE_MAX_HZ)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "a sample rate of %d Hz is outside %d…%d", info->samplerate,
                         RATE_MIN_HZ, RATE_MAX_HZ);
    return TONE_OK;
}

static tone_status too_long(const SF_INFO *info, const tone_audio_limits *limits, tone_error *err)
{
    double hold_s = (double)VALUES_MAX / info->channels / info->samplerate;
    return tone_fail(err, TONE_ERR_LIMIT, 0, "longer than %.6g s, the most that is read of %d channels at %d Hz",
                     fmin(limits->max_s, hold_s), info->channels, info->samplerate);
}

/* --- decoding --- */

/* Read until the end.  Memory grows with what was decoded; the header's count of frames is not believed. */
static tone_status read_frames(tone_audio *out, SNDFILE *file, const SF_INFO *info, const tone_audio_limits *limits,
                               tone_error *err)
{
    size_t n_channels = (size_t)info->channels, room = 0;
    double wanted = limits->max_s * info->samplerate;
    size_t most = VALUES_MAX / n_channels;
    if (wanted < (double)most)
        most = wanted > 0 ? (size_t)wanted : 0;
    if (info->frames > 0 && (uint64_t)info->frames > most && (info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG)
        return too_long(info, limits, err);
    size_t block = BLOCK_VALUES / n_channels;
    for (;;) {
        if (room - out->n_frames < block) {
            room = room ? room * 2 : 2 * block;
            float *grown = realloc(out->frames, room * n_channels * sizeof *grown);
            if (!grown)
                return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu frames", room);
            out->frames = grown;
        }
        sf_count_t got = sf_readf_float(file, out->frames + out->n_frames * n_channels, (sf_count_t)block);
        if (got <= 0)
            return TONE_OK;
        out->n_frames += (size_t)got;
        if (out->n_frames > most)
            return too_long(info, limits, err);
    }
}

static tone_status decode(tone_audio *out, source *s, const tone_audio_limits *limits, tone_error *err)
{
    static const SF_VIRTUAL_IO io = {source_length, source_seek, source_read, source_write, source_tell};
    if (s->n == 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "an empty file");
    if (!known_magic(s))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "not a sound file (WAV, FLAC, Ogg, MP3, AIFF, AU and CAF are read)");
    uint64_t missing = missing_bytes(s);
    if (missing)
        return tone_fail(err, TONE_ERR_FORMAT, (uint64_t)s->n, "the file is cut short: %" PRIu64 " bytes are missing",
                         missing);
    s->at = 0;
    SF_INFO info = {0};
    SNDFILE *file = sf_open_virtual((SF_VIRTUAL_IO *)(uintptr_t)&io, SFM_READ, &info, s);
    if (!file)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "a damaged sound file: %s", sf_strerror(NULL));
    tone_status st = check_info(&info, limits, err);
    if (!st)
        st = read_frames(out, file, &info, limits, err);
    int code = sf_error(file);
    if (!st && s->os_error)
        st = tone_fail(err, TONE_ERR_IO, 0, "cannot read: %s", strerror(s->os_error));
    if (!st && code)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "damaged after %zu frames: %s", out->n_frames, sf_error_number(code));
    if (!st && out->n_frames == 0)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "the file holds no sound");
    /* An MP3 without a table of contents can only estimate its length. */
    if (!st && info.frames > (sf_count_t)out->n_frames && info.frames < SF_COUNT_MAX &&
        (info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "the file is cut short: %zu of %" PRId64 " frames are there",
                       out->n_frames, (int64_t)info.frames);
    sf_close(file);
    out->n_channels = (uint32_t)info.channels;
    out->rate_hz = (uint32_t)info.samplerate;
    return st;
}

/* decode(), then give back what was too much. */
static tone_status decode_all(tone_audio *out, source *s, const tone_audio_limits *limits, tone_error *err)
{
    tone_audio_limits defaults = tone_audio_limits_defaults();
    tone_status st = decode(out, s, limits ? limits : &defaults, err);
    if (st) {
        tone_audio_clear(out);
        return st;
    }
    float *fitting = realloc(out->frames, out->n_frames * out->n_channels * sizeof *fitting);
    if (fitting)
        out->frames = fitting;
    return TONE_OK;
}

tone_status tone_audio_decode(tone_audio *out, const void *bytes, size_t n, const tone_audio_limits *limits,
                              tone_error *err)
{
    *out = (tone_audio){0};
    source s = {.bytes = n ? bytes : (const uint8_t *)"", .fd = -1, .n = (sf_count_t)n};
    return decode_all(out, &s, limits, err);
}

tone_status tone_audio_read(tone_audio *out, const char *path, const tone_audio_limits *limits, tone_error *err)
{
    *out = (tone_audio){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (fd < 0)
        return tone_fail(err, errno == ENOENT ? TONE_ERR_NOT_FOUND : TONE_ERR_IO, 0, "%s: %s", path, strerror(errno));
    struct stat about;
    tone_status st;
    if (fstat(fd, &about) != 0) {
        st = tone_fail(err, TONE_ERR_IO, 0, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(about.st_mode)) {
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s: not a regular file", path);
    } else {
        source s = {.fd = fd, .n = about.st_size};
        st = decode_all(out, &s, limits, err);
        if (st)
            st = tone_fail_in(err, st, path);
    }
    close(fd);
    return st;
}

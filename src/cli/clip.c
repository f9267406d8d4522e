#include "cli/clip.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"

/* Put the file's name in front of what is wrong. */
static tone_status name_it(const char *path, tone_error *err)
{
    tone_error inner = *err;
    if (strstr(inner.text, path))
        return inner.code;
    return tone_fail(err, inner.code, inner.offset, "%s: %s", path, inner.text);
}

tone_status cli_clip_read(tone_clip *clip, tone_audio *audio, const char *path, tone_error *err)
{
    tone_status st = tone_audio_read(audio, path, NULL, err);
    if (st)
        return name_it(path, err);
    *clip = (tone_clip){.frames = audio->frames, .n_frames = audio->n_frames, .n_channels = audio->n_channels, .rate_hz = audio->rate_hz};
    return TONE_OK;
}

tone_status cli_clip_analyze(tone_measures *out, tone_analyzer *ears, const tone_clip *clip, const char *path, tone_error *err)
{
    tone_status st = tone_analyze(out, ears, clip, NULL, err);
    return st ? name_it(path, err) : TONE_OK;
}

const char *cli_number(char out[32], double v)
{
    if (!isfinite(v)) {
        snprintf(out, 32, "-");
        return out;
    }
    double size = fabs(v);
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.01 || size < 5e-7 ? 3 : 6;
    snprintf(out, 32, "%.*f", decimals, v);
    return out;
}

const char *cli_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *cli_safe_path(char out[512], const char *path)
{
    size_t n = 0;
    for (const char *c = path; *c && n < 511; c++) {
        bool wide = *c == '\xC2' && (unsigned char)c[1] >= 0x80 && (unsigned char)c[1] < 0xA0;
        out[n++] = wide || (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c;
        c += wide;
    }
    out[n] = 0;
    return out;
}

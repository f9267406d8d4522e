#include "cli/spoken.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/file.h"
#include "format/audio.h"
#include "signal/noise.h"
#include "tonesmith/hearing.h"

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a clip");
}

/* ---- the folder */

tone_status cli_clips_open(cli_clips *c, const char *folder, tone_error *err)
{
    c->root = realpath(folder, NULL);
    if (!c->root)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: %s", folder, strerror(errno));
    c->list = tone_path_join(folder, "spoken.tsv");
    return c->list ? TONE_OK : no_memory(err);
}

void cli_clips_close(cli_clips *c)
{
    cli_scratch_clear(&c->scratch);
    free(c->list);
    free(c->root);
    free(c->path);
    *c = (cli_clips){0};
}

/* root/name without links, which must still be below root. */
static tone_status find(cli_clips *c, const char *name, tone_error *err)
{
    size_t n = strlen(c->root);
    free(c->path);
    c->path = NULL;
    char *joined = *name == '/' ? strdup(name) : tone_path_join(c->root, name);
    if (!joined)
        return no_memory(err);
    c->path = realpath(joined, NULL);
    int why = errno;
    free(joined);
    /* what is not there leads nowhere, but its name shows where it wants to go */
    bool out = *name == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 || strstr(name, "/../");
    if (c->path)
        out = strncmp(c->path, c->root, n) != 0 || (c->path[n] && c->path[n] != '/' && strcmp(c->root, "/") != 0);
    if (out)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' leads out of the folder", name);
    return c->path ? TONE_OK : tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: %s", name, strerror(why));
}

/* ---- one clip */

/* One channel, in place; the largest absolute sample, NaN when one is no number. */
static float mix_down(tone_audio *a)
{
    float peak = 0;
    for (size_t i = 0; i < a->n_frames; i++) {
        float sum = 0;
        for (uint32_t k = 0; k < a->n_channels; k++)
            sum += a->frames[i * a->n_channels + k];
        a->frames[i] = sum / (float)a->n_channels;
        if (!isfinite(a->frames[i]))
            return NAN;
        peak = fmaxf(peak, fabsf(a->frames[i]));
    }
    a->n_channels = 1;
    return peak;
}

static tone_status read_clip(tone_audio *a, const char *path, const char *name, tone_error *err)
{
    const tone_audio_limits limits = {.max_s = CLI_CLIP_MAX_S, .max_channels = 8};
    tone_status st = tone_audio_read(a, path, &limits, err);
    if (st == TONE_ERR_ARGUMENT) /* a folder, a device: its name is as it should be */
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: not a regular file", name);
    if (st)
        return st;
    float peak = mix_down(a);
    if (isnan(peak))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: a sample is no number", name);
    if ((double)a->n_frames / a->rate_hz < (double)TONE_HEARING_MIN_SAMPLES / TONE_HEARING_RATE_HZ)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: too short to be heard: more than 10 ms are needed", name);
    if (peak < TONE_HEARING_FAINT)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: there is hardly anything to hear", name);
    return TONE_OK;
}

/* A copy with noise under it; *path is the scratch's. */
static tone_status copy_noisy(cli_clips *c, tone_audio *a, uint64_t number, const char **path, tone_error *err)
{
    float *noise = malloc(a->n_frames * sizeof *noise);
    if (!noise)
        return no_memory(err);
    cli_scratch_clear(&c->scratch); /* the copy before this one */
    tone_status st = tone_pink_noise(noise, a->n_frames, a->rate_hz, c->seed * 1000003 + number, err);
    float level = (float)(tone_speech_rms(a->frames, a->n_frames, a->rate_hz) * pow(10, -c->snr_db / 20));
    for (size_t i = 0; !st && i < a->n_frames; i++)
        a->frames[i] += level * noise[i];
    free(noise);
    if (!st)
        st = cli_scratch_path(&c->scratch, ".wav", path, err);
    return st ? st : tone_audio_write(*path, a, TONE_AUDIO_WAV_FLOAT, NULL, err);
}

tone_status cli_clips_take(cli_clips *c, const char *name, uint64_t number, const char **path, tone_error *err)
{
    tone_audio a = {0};
    *path = NULL;
    tone_status st = find(c, name, err);
    if (!st)
        st = read_clip(&a, c->path, name, err);
    if (!st && c->noisy)
        st = copy_noisy(c, &a, number, path, err);
    else if (!st)
        *path = c->path;
    tone_audio_clear(&a);
    return st;
}

/* ---- words */

static bool in_word(unsigned char c)
{
    return c == '\'' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

typedef struct word {
    const char *at;
    size_t n;
} word;

/* The words of `text`; *out is the caller's. */
static bool split(word **out, size_t *n_out, const char *text)
{
    size_t n = 0;
    *out = malloc((strlen(text) / 2 + 1) * sizeof **out);
    while (*out && *text) {
        size_t m = 0;
        while (in_word((unsigned char)text[m]))
            m++;
        if (m)
            (*out)[n++] = (word){text, m};
        text += m ? m : 1;
    }
    *n_out = n;
    return *out;
}

static bool same(word a, word b)
{
    return a.n == b.n && strncasecmp(a.at, b.at, a.n) == 0;
}

/* Levenshtein's distance; row has nb + 1 places. */
static size_t distance(const word *a, size_t na, const word *b, size_t nb, size_t *row)
{
    for (size_t k = 0; k <= nb; k++)
        row[k] = k;
    for (size_t i = 0; i < na; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < nb; k++) {
            size_t best = corner + !same(a[i], b[k]);
            corner = row[k + 1];
            best = row[k] + 1 < best ? row[k] + 1 : best;
            row[k + 1] = corner + 1 < best ? corner + 1 : best;
        }
    }
    return row[nb];
}

tone_status cli_word_errors(const char *said, const char *heard, size_t *n_wrong, size_t *n_words, tone_error *err)
{
    word *a = NULL, *b = NULL;
    size_t na = 0, nb = 0;
    bool ok = split(&a, &na, said) && split(&b, &nb, heard);
    size_t *row = ok ? malloc((nb + 1) * sizeof *row) : NULL;
    if (row) {
        *n_wrong = distance(a, na, b, nb, row);
        *n_words = na;
    }
    ok = row != NULL;
    free(row);
    free(a);
    free(b);
    return ok ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for words");
}

/* Clips of a folder: what can be heard and what cannot, noise at the level that was asked for, words that were understood wrongly. */
#include "cli/spoken.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "format/audio.h"
#include "signal/noise.h"

static char folder[64];

static const char *at(char out[128], const char *name)
{
    snprintf(out, 128, "%s/%s", folder, name);
    return out;
}

static void write_sound(const char *name, size_t n, uint32_t channels, float level)
{
    char path[128];
    tone_error err = {0};
    float *x = calloc(n * channels, sizeof *x);
    for (size_t i = 0; i < n * channels; i++)
        x[i] = level * (float)sin(0.07 * (double)(i / channels));
    const tone_audio a = {.frames = x, .n_frames = n, .n_channels = channels, .rate_hz = 16000};
    CHECK_CASE(tone_audio_write(at(path, name), &a, TONE_AUDIO_WAV_16, NULL, &err) == TONE_OK, "%s", err.text);
    free(x);
}

static void check_refused(cli_clips *c)
{
    static const struct {
        const char *name, *says;
        tone_status st;
    } cases[] = {
        {"none.wav", "none.wav", TONE_ERR_NOT_FOUND},
        {"silent.wav", "hardly anything", TONE_ERR_FORMAT},
        {"long.wav", "60 s", TONE_ERR_LIMIT},
        {"short.wav", "too short", TONE_ERR_FORMAT},
        {"text.wav", "sound file", TONE_ERR_FORMAT},
        {"empty.wav", "empty", TONE_ERR_FORMAT},
        {"inner", "regular file", TONE_ERR_FORMAT},
        {".", "regular file", TONE_ERR_FORMAT},
        {"", "regular file", TONE_ERR_FORMAT},
        {"outside.wav", "leads out", TONE_ERR_ARGUMENT},
        {"../x.wav", "leads out", TONE_ERR_ARGUMENT},
        {"inner/../../x.wav", "leads out", TONE_ERR_ARGUMENT},
        {"..", "leads out", TONE_ERR_ARGUMENT},
        {"/dev/null", "leads out", TONE_ERR_ARGUMENT},
        {"/nowhere/at/all", "leads out", TONE_ERR_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path;
        tone_error err = {0};
        tone_status st = cli_clips_take(c, cases[i].name, 1, &path, &err);
        CHECK_CASE(st == cases[i].st && strstr(err.text, cases[i].says) && !path, "%s: %d %s", cases[i].name, (int)st, err.text);
    }
}

static void check_heard(cli_clips *c)
{
    const char *path;
    tone_error err = {0};
    CHECK_CASE(cli_clips_take(c, "a.wav", 1, &path, &err) == TONE_OK && strstr(path, "/a.wav"), "%s", err.text);
    CHECK_CASE(cli_clips_take(c, "inner/../inner/b.wav", 1, &path, &err) == TONE_OK && strstr(path, "/inner/b.wav"), "%s", err.text);
}

static void check_noise(cli_clips *c, const char *name, double snr_db)
{
    const char *path;
    char plain[128];
    tone_error err = {0};
    tone_audio a = {0}, b = {0};
    c->noisy = true;
    c->snr_db = snr_db;
    CHECK(tone_audio_read(&a, at(plain, name), NULL, &err) == TONE_OK);
    CHECK_CASE(cli_clips_take(c, name, 5, &path, &err) == TONE_OK && tone_audio_read(&b, path, NULL, &err) == TONE_OK, "%s", err.text);
    if (CHECK(b.n_channels == 1 && b.n_frames == a.n_frames)) {
        double noise = 0;
        for (size_t i = 0; i < b.n_frames; i++) {
            double d = (double)(b.frames[i] - a.frames[i * a.n_channels]);
            noise += d * d / (double)b.n_frames;
        }
        for (size_t i = 0; i < a.n_frames; i++)
            a.frames[i] = a.frames[i * a.n_channels];
        double got = 20 * log10(tone_speech_rms(a.frames, a.n_frames, 16000) / sqrt(noise));
        CHECK_CASE(fabs(got - snr_db) < 0.02, "%.2f dB, not %.2f", got, snr_db);
        /* the same line has the same noise, the next another */
        tone_audio again = {0};
        CHECK(cli_clips_take(c, name, 5, &path, &err) == TONE_OK && tone_audio_read(&again, path, NULL, &err) == TONE_OK);
        CHECK(memcmp(again.frames, b.frames, b.n_frames * sizeof *b.frames) == 0);
        tone_audio_clear(&again);
        CHECK(cli_clips_take(c, name, 6, &path, &err) == TONE_OK && tone_audio_read(&again, path, NULL, &err) == TONE_OK);
        CHECK(memcmp(again.frames, b.frames, b.n_frames * sizeof *b.frames) != 0);
        tone_audio_clear(&again);
    }
    tone_audio_clear(&a);
    tone_audio_clear(&b);
    c->noisy = false;
}

static void check_words(void)
{
    static const struct {
        const char *said, *heard;
        size_t n_wrong, n_words;
    } cases[] = {
        {"make it darker", "make it darker", 0, 3},
        {"Make it darker, please!", "make  it darker please", 0, 4},
        {"make it darker", "make it dark", 1, 3},
        {"make it darker", "it darker", 1, 3},
        {"make it darker", "make it much darker", 1, 3},
        {"make it darker", "", 3, 3},
        {"", "make it", 2, 0},
        {"a b c d", "b c d e", 2, 4},
        {"a b c d e f", "f e d c b a", 6, 6},
        {"don't", "dont", 1, 1},
        {"mach's wärmer", "mach's wärmer", 0, 2},
        {"cutoff 800", "cutoff 80", 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n_wrong = 99, n_words = 99;
        CHECK(cli_word_errors(cases[i].said, cases[i].heard, &n_wrong, &n_words, NULL) == TONE_OK);
        CHECK_CASE(n_wrong == cases[i].n_wrong && n_words == cases[i].n_words, "\"%s\" as \"%s\": %zu of %zu", cases[i].said, cases[i].heard, n_wrong, n_words);
    }
}

int main(void)
{
    char path[128];
    tone_error err = {0};
    cli_clips c = {0};
    snprintf(folder, sizeof folder, "/tmp/tonesmith-test-XXXXXX");
    if (!CHECK(mkdtemp(folder)) || !CHECK(mkdir(at(path, "inner"), 0700) == 0))
        return check_done();
    CHECK(symlink("/etc/passwd", at(path, "outside.wav")) == 0);
    write_sound("a.wav", 16000, 2, 0.3F);
    write_sound("inner/b.wav", 9000, 1, 0.01F);
    write_sound("silent.wav", 16000, 1, 0);
    write_sound("long.wav", 16000 * 61, 1, 0.3F);
    write_sound("short.wav", 160, 1, 0.3F);
    CHECK(tone_file_write(at(path, "text.wav"), "words", 5, &err) == TONE_OK && tone_file_write(at(path, "empty.wav"), "", 0, &err) == TONE_OK);
    CHECK(cli_clips_open(&c, folder, &err) == TONE_OK && strstr(c.list, "/spoken.tsv"));
    check_heard(&c);
    check_refused(&c);
    for (double snr_db = -20; snr_db <= 40; snr_db += 15)
        check_noise(&c, snr_db > 0 ? "a.wav" : "inner/b.wav", snr_db);
    char copy[300];
    snprintf(copy, sizeof copy, "%s", c.scratch.folder);
    cli_clips_close(&c);
    CHECK(*copy && !tone_exists(copy));
    CHECK(cli_clips_open(&c, "/nowhere/at/all", &err) == TONE_ERR_NOT_FOUND);
    cli_clips_close(&c);
    check_words();
    static const char *const names[] = {"inner/b.wav", "inner", "a.wav", "silent.wav", "long.wav", "short.wav", "text.wav", "empty.wav", "outside.wav", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)remove(at(path, names[i]));
    return check_done();
}

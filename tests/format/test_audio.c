/* Sound files: exact round trips, limits, and files that are broken, cut or empty. */
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "check.h"
#include "format/audio.h"
#include "format_test.h"

static const tone_audio_format all[] = {TONE_AUDIO_WAV_16, TONE_AUDIO_WAV_24, TONE_AUDIO_WAV_FLOAT, TONE_AUDIO_FLAC_16,
                                        TONE_AUDIO_FLAC_24};
enum { N_ALL = sizeof all / sizeof *all };

static unsigned bits_of(tone_audio_format f)
{
    return f == TONE_AUDIO_WAV_16 || f == TONE_AUDIO_FLAC_16 ? 16 : f == TONE_AUDIO_WAV_FLOAT ? 32 : 24;
}

/* Noise on the grid of `bits`, with both ends of the range in it. */
static tone_audio noise(size_t n_frames, uint32_t n_channels, unsigned bits, uint64_t seed)
{
    tone_audio a = {malloc(n_frames * n_channels * sizeof(float)), n_frames, n_channels, 44100};
    tone_random r;
    tone_random_seed(&r, seed);
    double full = ldexp(1, (int)(bits > 24 ? 24 : bits) - 1);
    for (size_t i = 0; i < n_frames * n_channels; i++)
        a.frames[i] = (float)(((double)tone_random_below(&r, (uint64_t)(2 * full)) - full) / full);
    a.frames[0] = -1;
    if (n_frames > 1)
        a.frames[n_channels] = (float)((full - 1) / full);
    return a;
}

static bool equal(const tone_audio *a, const tone_audio *b)
{
    return a->n_frames == b->n_frames && a->n_channels == b->n_channels && a->rate_hz == b->rate_hz &&
           memcmp(a->frames, b->frames, a->n_frames * a->n_channels * sizeof(float)) == 0;
}

static void test_round_trips(uint64_t seed)
{
    static const size_t lengths[] = {1, 2, 4095, 65536, 100001};
    for (size_t f = 0; f < N_ALL; f++)
        for (size_t k = 0; k < 5; k++)
            for (uint32_t n_channels = 1; n_channels <= 3; n_channels++) {
                tone_audio a = noise(lengths[k], n_channels, bits_of(all[f]), seed + k), back = {0};
                tone_buf once = {0}, twice = {0};
                size_t n_clipped = 99;
                tone_error err = {0};
                CHECK_CASE(!tone_audio_encode(&once, &a, all[f], &n_clipped, &err) && n_clipped == 0, "%s", err.text);
                CHECK(!tone_audio_encode(&twice, &a, all[f], NULL, &err));
                CHECK(once.n == twice.n && memcmp(once.data, twice.data, once.n) == 0);
                CHECK_CASE(!tone_audio_decode(&back, once.data, once.n, NULL, &err), "%s", err.text);
                CHECK_CASE(equal(&a, &back), "format %zu, %zu frames, %u channels", f, lengths[k], n_channels);
                tone_audio_clear(&a);
                tone_audio_clear(&back);
                tone_buf_clear(&once);
                tone_buf_clear(&twice);
            }
}

static void test_clipping(void)
{
    float values[] = {1.0f, 1.0001f, -1.0f, -3.0f, 0.0f, 0.5f};
    tone_audio a = {values, 6, 1, 48000}, back;
    tone_error err;
    for (size_t f = 0; f < N_ALL; f++) {
        tone_buf b = {0};
        size_t n_clipped = 0;
        CHECK(!tone_audio_encode(&b, &a, all[f], &n_clipped, &err) &&
              !tone_audio_decode(&back, b.data, b.n, NULL, &err));
        float top = (float)(1 - ldexp(1, 1 - (int)bits_of(all[f])));
        if (bits_of(all[f]) == 32)
            CHECK(n_clipped == 0 && equal(&a, &back));
        else
            CHECK(n_clipped == 2 && back.frames[0] == top && back.frames[1] == top && back.frames[3] == -1 &&
                  back.frames[5] == 0.5f);
        tone_audio_clear(&back);
        values[4] = NAN;
        CHECK(tone_audio_encode(&b, &a, all[f], NULL, &err) == TONE_ERR_ARGUMENT);
        CHECK_STR(err.text, "frame 4 of channel 0 is not a number");
        values[4] = 0;
        tone_buf_clear(&b);
    }
}

static void test_formats(void)
{
    tone_error err;
    tone_audio_format f;
    CHECK(!tone_audio_format_find(&f, "a.wav", 0, &err) && f == TONE_AUDIO_WAV_24);
    CHECK(!tone_audio_format_find(&f, "a.WAV", 32, &err) && f == TONE_AUDIO_WAV_FLOAT);
    CHECK(!tone_audio_format_find(&f, "x/a.flac", 16, &err) && f == TONE_AUDIO_FLAC_16);
    CHECK(tone_audio_format_find(&f, "a.flac", 32, &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "a.flac: 32 bits cannot be written in this format");
    CHECK(tone_audio_format_find(&f, "a.mp3", 16, &err) == TONE_ERR_ARGUMENT);
    tone_audio a = noise(100, 9, 16, 1);
    tone_buf b = {0};
    CHECK(tone_audio_encode(&b, &a, TONE_AUDIO_FLAC_16, NULL, &err) == TONE_ERR_ARGUMENT && b.n == 0);
    CHECK(!tone_audio_encode(&b, &a, TONE_AUDIO_WAV_16, NULL, &err));
    tone_audio back;
    CHECK(tone_audio_decode(&back, b.data, b.n, NULL, &err) == TONE_ERR_LIMIT && !back.frames);
    CHECK_STR(err.text, "9 channels, more than 8");
    tone_audio_clear(&a);
    tone_buf_clear(&b);
}

/* Formats that we read but do not write, through libsndfile itself.  Lossy ones may shift the wave; its level stays. */
static void test_other_kinds(const char *folder)
{
    static const struct {
        int format;
        bool lossy;
    } kinds[] = {{SF_FORMAT_AIFF | SF_FORMAT_PCM_24, false}, {SF_FORMAT_AU | SF_FORMAT_PCM_16, false},
                 {SF_FORMAT_CAF | SF_FORMAT_FLOAT, false},   {SF_FORMAT_RF64 | SF_FORMAT_PCM_16, false},
                 {SF_FORMAT_W64 | SF_FORMAT_PCM_16, false},  {SF_FORMAT_OGG | SF_FORMAT_VORBIS, true},
                 {SF_FORMAT_OGG | SF_FORMAT_OPUS, true},     {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, true}};
    float wave[48000];
    for (int i = 0; i < 48000; i++)
        wave[i] = (float)(0.5 * sin(i * 0.05));
    char *path = tone_path_join(folder, "sound");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        SF_INFO info = {.samplerate = 48000, .channels = 1, .format = kinds[k].format};
        SNDFILE *file = sf_open(path, SFM_WRITE, &info);
        if (!file) { /* libsndfile may be built without MP3 or Opus */
            printf("kind %zu cannot be written by this libsndfile: %s\n", k, sf_strerror(NULL));
            continue;
        }
        sf_writef_float(file, wave, 48000);
        sf_close(file);
        tone_audio a;
        tone_error err = {0};
        tone_status st = tone_audio_read(&a, path, NULL, &err);
        CHECK_CASE(!st, "kind %zu: %s", k, err.text);
        if (st)
            continue;
        double worst = 0, sum = 0;
        for (size_t i = 0; i < a.n_frames && i < 48000; i++) {
            worst = fmax(worst, fabs((double)(a.frames[i] - wave[i])));
            sum += (double)a.frames[i] * (double)a.frames[i];
        }
        double rms = sqrt(sum / 48000);
        CHECK_CASE(a.n_frames >= 48000 && a.n_channels == 1 && a.rate_hz == 48000, "kind %zu: %zu frames", k,
                   a.n_frames);
        CHECK_CASE(kinds[k].lossy ? rms > 0.34 && rms < 0.37 : worst <= 1.0 / 32768, "kind %zu: off by %g, rms %g", k,
                   worst, rms);
        tone_audio_clear(&a);
    }
    free(path);
}

static void expect_error(const void *bytes, size_t n, const char *want)
{
    tone_error err = {0};
    tone_audio a;
    CHECK(tone_audio_decode(&a, bytes, n, NULL, &err) != TONE_OK && !a.frames);
    CHECK_CASE(strstr(err.text, want), "'%s' should say '%s'", err.text, want);
}

static void test_hostile(uint64_t seed)
{
    tone_random r;
    tone_random_seed(&r, seed);
    expect_error("", 0, "an empty file");
    expect_error("hello there", 11, "not a sound file");
    expect_error("RIFF\4\0\0\0WAVE", 12, "a damaged sound file");
    expect_error("fLaC", 4, "a damaged sound file");
    for (size_t f = 0; f < N_ALL; f++) {
        tone_audio a = noise(3000, 2, bits_of(all[f]), seed), back;
        tone_buf b = {0};
        tone_error err = {0};
        CHECK(!tone_audio_encode(&b, &a, all[f], NULL, &err));
        for (size_t n = 0; n < b.n; n += 1 + n / 100) { /* a cut file is never taken for a whole one */
            uint8_t *copy = tail_copy(b.data, n);
            CHECK_CASE(tone_audio_decode(&back, copy, n, NULL, &err) && !back.frames && err.text[0],
                       "format %zu cut at %zu of %zu", f, n, b.n);
            tail_free(copy, n);
        }
        for (int k = 0; k < 300; k++) {
            uint8_t *copy = tail_copy(b.data, b.n);
            for (uint64_t flips = 1 + tone_random_below(&r, 4); flips > 0; flips--)
                copy[tone_random_below(&r, k % 2 ? 100 : b.n)] ^= (uint8_t)(1u << tone_random_below(&r, 8));
            err = (tone_error){0};
            CHECK_CASE(!tone_audio_decode(&back, copy, b.n, NULL, &err) || err.text[0], "seed %llu, %d",
                       (unsigned long long)seed, k);
            tone_audio_clear(&back);
            tail_free(copy, b.n);
        }
        tone_audio_clear(&a);
        tone_buf_clear(&b);
    }
}

static void test_limits(const char *folder)
{
    tone_audio a = noise(44100, 1, 16, 5), back;
    char *path = tone_path_join(folder, "a.wav");
    tone_error err;
    size_t n_clipped;
    CHECK(!tone_audio_write(path, &a, TONE_AUDIO_WAV_16, &n_clipped, &err));
    tone_audio_limits limits = tone_audio_limits_defaults();
    limits.max_s = 1;
    CHECK(!tone_audio_read(&back, path, &limits, &err) && equal(&a, &back));
    tone_audio_clear(&back);
    limits.max_s = 0.99;
    CHECK(tone_audio_read(&back, path, &limits, &err) == TONE_ERR_LIMIT && !back.frames);
    CHECK(strstr(err.text, "a.wav: longer than 0.99 s"));
    if (access("/dev/full", W_OK) == 0) {
        CHECK(tone_audio_write("/dev/full", &a, TONE_AUDIO_FLAC_16, NULL, &err) == TONE_ERR_IO);
        CHECK_STR(err.text, "/dev/full: cannot write: No space left on device");
    }
    CHECK(tone_audio_read(&back, folder, NULL, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_audio_read(&back, "/nonexistent", NULL, &err) == TONE_ERR_NOT_FOUND);
    tone_audio_clear(&a);
    CHECK(tone_audio_write(path, &a, TONE_AUDIO_WAV_16, &n_clipped, &err) == TONE_ERR_ARGUMENT);
    free(path);
}

int main(void)
{
    uint64_t seed = test_seed();
    char folder[] = "/tmp/tone-audio-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL))
        return check_done();
    test_round_trips(seed);
    test_clipping();
    test_formats();
    test_other_kinds(folder);
    test_hostile(seed);
    test_limits(folder);
    remove_folder(folder);
    return check_done();
}

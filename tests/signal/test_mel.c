/* Features against the published extractor; the same in pieces of any size; counts; known sums of two sines. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "format/safetensors.h"
#include "signal/mel.h"

static const char *golden(char out[512], const char *file)
{
    const char *root = getenv("TONE_GOLDEN");
    snprintf(out, 512, "%s/audio/%s", root ? root : "tests/golden", file);
    return out;
}

static tone_safetensors *tensors(const char *file)
{
    char path[512];
    tone_error err = {0};
    tone_safetensors *s;
    if (tone_safetensors_open(&s, golden(path, file), &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return s;
}

/* (tone_mel_rows(n), 128), the caller frees. */
static float *features(tone_mel *m, const float *x, size_t n)
{
    tone_mel_reset(m);
    float *rows = malloc((tone_mel_ready(m, n) + 1) * TONE_MEL_BANDS * sizeof *rows);
    CHECK(tone_mel_feed(m, rows, x, n) == tone_mel_rows(n));
    return rows;
}

static void check_golden(tone_mel *m)
{
    char path[512];
    json_error_t at;
    json_t *expect = json_load_file(golden(path, "expect.json"), 0, &at), *clip, *row;
    tone_safetensors *clips = tensors("clips.safetensors"), *mel = tensors("mel.safetensors");
    size_t i;
    double worst = 0;
    json_array_foreach(json_object_get(expect, "clips"), i, clip) {
        const char *name = json_string_value(json_object_get(clip, "name"));
        const char *from = json_string_value(json_object_get(clip, "cut_from"));
        size_t n = (size_t)json_integer_value(json_object_get(clip, "n_samples"));
        size_t stride = (size_t)json_integer_value(json_object_get(clip, "stride"));
        const tone_tensor *x = tone_safetensors_find(clips, from ? from : name), *want = tone_safetensors_find(mel, name);
        CHECK_CASE(x && want && x->n_values >= n, "%s", name);
        if (!x || !want)
            continue;
        float *rows = features(m, (const float *)(const void *)x->data, n);
        CHECK_CASE((tone_mel_rows(n) + stride - 1) / stride == want->dims[0], "%s", name);
        for (size_t r = 0; r < want->dims[0]; r++)
            for (size_t j = 0; j < TONE_MEL_BANDS; j++) {
                double e = fabs((double)rows[r * stride * TONE_MEL_BANDS + j] -
                                (double)((const float *)(const void *)want->data)[r * TONE_MEL_BANDS + j]);
                CHECK_CASE(e <= 1e-3, "%s row %zu band %zu: %g", name, r * stride, j, e);
                worst = e > worst ? e : worst;
            }
        free(rows);
    }
    json_array_foreach(json_object_get(expect, "counts"), i, row) {
        size_t n = (size_t)json_integer_value(json_array_get(row, 0)), most = n < 480000 ? n : 480000;
        CHECK_CASE(tone_mel_rows(most) == (size_t)json_integer_value(json_array_get(row, 1)), "%zu samples", n);
    }
    printf("largest difference to the published features: %.1e\n", worst);
    json_decref(expect);
    tone_safetensors_close(clips);
    tone_safetensors_close(mel);
}

static void check_sines(tone_mel *m)
{
    enum { N = 4000 };
    const double turn = 6.283185307179586476925;
    float x[N];
    for (int i = 0; i < N; i++)
        x[i] = (float)(0.5 * sin(turn * 440 * i / 16000) + 0.25 * sin(turn * 1234.5 * i / 16000 + 1));
    float *rows = features(m, x, N);
    double sum = 0;
    for (int i = 0; i < 24 * TONE_MEL_BANDS; i++)
        sum += (double)rows[i];
    CHECK_CASE(fabs(sum - -12683.366) < 0.05, "%f", sum);
    CHECK(fabs((double)rows[12 * TONE_MEL_BANDS + 29] - -0.17990) < 1e-4);
    CHECK(rows[0] == (float)log(0.001)); /* no bin lies in the lowest band */
    free(rows);
}

/* The same rows, bit for bit, however the samples arrive. */
static void check_pieces(tone_mel *m)
{
    enum { N = 7001 };
    uint64_t seed = 20;
    float x[N], *pieces = malloc((N / TONE_MEL_HOP + 2) * TONE_MEL_BANDS * sizeof *pieces);
    tone_random r;
    tone_random_seed(&r, seed);
    for (int i = 0; i < N; i++)
        x[i] = (float)(tone_random_unit(&r) - 0.5);
    float *whole = features(m, x, N);
    for (int round = 0; round < 20; round++) {
        size_t most = 1 + tone_random_below(&r, 900), n_rows = 0;
        tone_mel_reset(m);
        for (size_t at = 0; at < N;) {
            size_t n = tone_random_below(&r, most + 1);
            n = n < N - at ? n : N - at;
            size_t ready = tone_mel_ready(m, n), made = tone_mel_feed(m, pieces + n_rows * TONE_MEL_BANDS, x + at, n);
            CHECK(ready == made);
            n_rows += made;
            at += n;
        }
        CHECK_CASE(n_rows == tone_mel_rows(N) && !memcmp(pieces, whole, n_rows * TONE_MEL_BANDS * sizeof *whole),
                   "seed %llu, pieces of %zu at most", (unsigned long long)seed, most);
    }
    free(whole);
    free(pieces);
}

int main(void)
{
    tone_error err = {0};
    tone_mel *m;
    if (tone_mel_new(&m, &err))
        return 1;
    check_golden(m);
    check_sines(m);
    check_pieces(m);
    tone_mel_free(m);
    return check_done();
}

/* Every stage of the audio tower against the published code, from folders and from a GGUF file; the fast way against the exact
 * one; streams against whole sounds. */
#include "golden_hearing.h"

#include "base/random.h"
#include "signal/resample.h"

static void check_stages(const tone_hearing *h, const tone_safetensors *mel, const tone_safetensors *want, const char *model,
                         const char *clip, size_t n_stages, double most)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "%s.%s", model, clip);
    golden_watch w = {.want = want, .prefix = prefix, .most = most};
    const tone_tap tap = {golden_see, &w};
    tone_hearing_options o = tone_hearing_defaults();
    o.exact = true;
    size_t n;
    const float *rows = golden_floats(mel, clip, &n);
    tone_soft soft;
    tone_error err = {0};
    tone_status st = tone_hearing_encode_mel(&soft, h, rows, n / 128, &o, &tap, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    CHECK_CASE(w.n == n_stages, "%s: %zu stages", prefix, w.n);
    printf("%s: %zu stages, NMSE %.1e at most\n", prefix, w.n, w.worst);
    tone_soft_clear(&soft);
}

static void check_golden(void)
{
    tone_safetensors *mel = golden_media_tensors("audio", "mel.safetensors"), *want = golden_media_tensors("audio", "stages.safetensors");
    tone_hearing *h = golden_hearing("audio", "tiny");
    check_stages(h, mel, want, "tiny", "noise_0.1", 13, 1e-11);
    check_stages(h, mel, want, "tiny", "sweep_0.5", 13, 1e-11);
    check_stages(h, mel, want, "tiny", "speech_2.37", 13, 1e-11);
    tone_hearing_close(h);
    h = golden_hearing("audio", "limited");
    check_stages(h, mel, want, "limited", "sweep_0.5", 12, 1e-10);
    tone_hearing_close(h);
    tone_safetensors_close(want);
    want = golden_media_tensors("multimodal", "stages.safetensors");
    h = golden_hearing("multimodal", "mmproj-small.gguf");
    size_t n, n_want;
    const float *rows = golden_floats(mel, "sweep_0.5", &n), *soft_want = golden_floats(want, "small.audio.audio_soft", &n_want);
    tone_hearing_options o = tone_hearing_defaults();
    o.exact = true;
    tone_soft soft;
    tone_error err = {0};
    CHECK(tone_hearing_encode_mel(&soft, h, rows, n / 128, &o, NULL, &err) == TONE_OK);
    CHECK(soft.n * soft.width == n_want);
    double e = golden_nmse(soft.rows, soft_want, n_want);
    CHECK_CASE(e <= 1e-11, "%.2e", e);
    printf("mmproj-small.gguf: NMSE %.1e\n", e);
    tone_soft_clear(&soft);
    tone_hearing_close(h);
    tone_safetensors_close(want);
    tone_safetensors_close(mel);
}

/* A buzz with gaps, noise below; n samples. */
static float *speech(size_t n, uint64_t seed)
{
    tone_random r;
    tone_random_seed(&r, seed);
    float *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / 16000, voiced = sin(6.2832 * 0.61 * t) > -0.6;
        x[i] = (float)(0.2 * voiced * sin(6.2832 * 140 * t + 3 * sin(6.2832 * 3 * t)) + 0.01 * (tone_random_unit(&r) - 0.5));
    }
    return x;
}

static void check_equal(const tone_heard *a, const tone_heard *b, double most)
{
    CHECK(a->n == b->n && a->n_samples == b->n_samples);
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const tone_heard_part *p = &a->parts[i], *q = &b->parts[i];
        CHECK(p->span.first == q->span.first && p->span.n == q->span.n && p->soft.n == q->soft.n && p->peak == q->peak);
        if (p->soft.n != q->soft.n)
            continue;
        double e = golden_nmse(p->soft.rows, q->soft.rows, p->soft.n * p->soft.width);
        CHECK_CASE(e <= most, "part %zu: %.2e", i, e);
    }
}

/* Whole: each part by itself.  The caller clears. */
static tone_heard encode_parts(const tone_hearing *h, const float *x, size_t n, const tone_hearing_options *o)
{
    tone_error err = {0};
    tone_hearing_span *spans;
    tone_heard heard = {.n_samples = n};
    CHECK(tone_hearing_cut(&spans, &heard.n, x, n, 0, &err) == TONE_OK);
    heard.parts = calloc(heard.n, sizeof *heard.parts);
    for (size_t i = 0; i < heard.n; i++) {
        heard.parts[i].span = spans[i];
        heard.parts[i].peak = tone_hearing_peak(x + spans[i].first, spans[i].n);
        tone_status st = tone_hearing_encode(&heard.parts[i].soft, h, x + spans[i].first, spans[i].n, o, &err);
        CHECK_CASE(st == TONE_OK, "%s", err.text);
    }
    free(spans);
    return heard;
}

static void check_stream(const tone_hearing *h, size_t n, bool exact, uint64_t seed)
{
    float *x = speech(n, seed);
    tone_hearing_options o = tone_hearing_defaults();
    o.exact = exact;
    o.keep_mel = true;
    tone_error err = {0};
    tone_heard whole = encode_parts(h, x, n, &o), heard = {0};
    tone_hearing_stream *s;
    CHECK(tone_hearing_stream_open(&s, h, 16000, 1, &o, &err) == TONE_OK);
    tone_random r;
    tone_random_seed(&r, seed);
    for (size_t at = 0; at < n;) {
        size_t m = tone_random_below(&r, 40000);
        m = m < n - at ? m : n - at;
        CHECK(tone_hearing_feed(s, x + at, m, &err) == TONE_OK);
        at += m;
    }
    tone_status st = tone_hearing_finish(s, &heard, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    check_equal(&heard, &whole, exact ? 0 : 1e-4);
    for (size_t i = 0; i < heard.n; i++)
        CHECK(heard.parts[i].n_mel == (heard.parts[i].span.n - 1) / 160);
    CHECK(tone_hearing_feed(s, x, 1, &err) == TONE_ERR_ARGUMENT);
    tone_hearing_stream_close(s);
    tone_heard_clear(&whole);
    tone_heard_clear(&heard);
    free(x);
}

/* Every sample is in one part, no part is too long, and cuts fall where it is quiet. */
static void check_cuts(size_t most)
{
    tone_error err = {0};
    const size_t sizes[] = {0, 1, 160, most - 1, most, most + 1, most + 161, 16000 * 100, 16000 * 301 + 7};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n, at = 0;
        float *x = speech(sizes[k] + 1, 5);
        tone_hearing_span *spans;
        CHECK(tone_hearing_cut(&spans, &n, x, sizes[k], most, &err) == TONE_OK);
        for (size_t i = 0; i < n; i++) {
            CHECK_CASE(spans[i].first == at && spans[i].n > 0 && spans[i].n <= most, "%zu samples, part %zu", sizes[k], i);
            at += spans[i].n;
            if (i + 1 == n)
                break;
            CHECK_CASE(spans[i].n >= most / 2 && tone_hearing_count(spans[i].n) * 640 <= spans[i].n, "%zu", spans[i].n);
            CHECK(tone_hearing_peak(x + at - 500, 1000) < 0.011f);
        }
        CHECK_CASE(at == sizes[k], "%zu of %zu samples", at, sizes[k]);
        CHECK(n < 2 || spans[n - 1].n >= 16000);
        free(spans);
        free(x);
    }
    tone_hearing_span *none;
    size_t n;
    float x = 0;
    CHECK(tone_hearing_cut(&none, &n, &x, 1, 16000, &err) == TONE_ERR_ARGUMENT && !none);
    CHECK(tone_hearing_cut(&none, &n, &x, 1, 480001, &err) == TONE_ERR_ARGUMENT && !none);
}

static void check_fast(const tone_hearing *h)
{
    float *x = speech(64000, 3);
    tone_hearing_options o = tone_hearing_defaults();
    tone_error err = {0};
    tone_soft fast, exact, one;
    CHECK(tone_hearing_encode(&fast, h, x, 64000, &o, &err) == TONE_OK);
    o.exact = true;
    CHECK(tone_hearing_encode(&exact, h, x, 64000, &o, &err) == TONE_OK);
    o.n_threads = 1;
    CHECK(tone_hearing_encode(&one, h, x, 64000, &o, &err) == TONE_OK);
    CHECK(!memcmp(one.rows, exact.rows, one.n * one.width * sizeof *one.rows)); /* whatever the number of threads */
    double e = golden_nmse(fast.rows, exact.rows, fast.n * fast.width);
    CHECK_CASE(e < 1e-3, "%.2e", e);
    printf("fast against exact: NMSE %.1e\n", e);
    tone_soft_clear(&fast);
    tone_soft_clear(&exact);
    tone_soft_clear(&one);
    free(x);
}

static bool stop_at_two(void *arg, uint32_t n_done, uint32_t n_all)
{
    CHECK(n_done <= n_all);
    *(uint32_t *)arg = n_done;
    return n_done < 2;
}

static void check_refusals(const tone_hearing *h)
{
    float *x = speech(480001, 1);
    tone_error err = {0};
    tone_soft soft;
    tone_heard heard;
    CHECK(tone_hearing_encode(&soft, h, x, 160, NULL, &err) == TONE_ERR_ARGUMENT && !soft.rows);
    CHECK(tone_hearing_encode(&soft, h, x, 161, NULL, &err) == TONE_OK && soft.n == 1);
    tone_soft_clear(&soft);
    CHECK(tone_hearing_encode(&soft, h, x, 480001, NULL, &err) == TONE_ERR_LIMIT && !soft.rows);
    x[100] = INFINITY;
    CHECK(tone_hearing_encode(&soft, h, x, 800, NULL, &err) == TONE_ERR_FORMAT && !soft.rows);
    x[100] = 0;
    uint32_t seen = 0;
    tone_hearing_options o = tone_hearing_defaults();
    o.progress = stop_at_two;
    o.progress_arg = &seen;
    CHECK(tone_hearing_encode(&soft, h, x, 8000, &o, &err) == TONE_ERR_CANCELLED && !soft.rows && seen == 2);
    tone_hearing_stream *s;
    CHECK(tone_hearing_stream_open(&s, h, 16000, 1, NULL, &err) == TONE_OK);
    CHECK(tone_hearing_finish(s, &heard, &err) == TONE_ERR_ARGUMENT && !heard.parts);
    tone_hearing_stream_close(s);
    CHECK(tone_hearing_stream_open(&s, h, 16000, 1, NULL, &err) == TONE_OK);
    CHECK(tone_hearing_feed(s, x, 100000, &err) == TONE_OK);
    tone_hearing_stream_cancel(s);
    CHECK(tone_hearing_finish(s, &heard, &err) == TONE_ERR_CANCELLED && !heard.parts);
    tone_hearing_stream_close(s);
    CHECK(tone_hearing_stream_open(&s, h, 1, 1, NULL, &err) == TONE_ERR_ARGUMENT && !s);
    char path[512];
    tone_hearing *none;
    CHECK(tone_hearing_open(&none, golden_media_path(path, "multimodal", "mmproj-large.gguf"), &err) == TONE_ERR_NOT_FOUND && !none);
    CHECK(tone_hearing_open(&none, golden_media_path(path, "vision", "small"), &err) == TONE_ERR_NOT_FOUND && !none);
    free(x);
}

int main(void)
{
    check_golden();
    check_cuts(480000);
    check_cuts(80000);
    tone_hearing *h = golden_hearing("audio", "tiny");
    CHECK(tone_hearing_info(h)->soft_width == 80 && tone_hearing_info(h)->window == 12 && tone_hearing_info(h)->clipped);
    check_stream(h, 161, true, 1);
    check_stream(h, 50000, true, 2);
    check_stream(h, 16000 * 75 + 333, true, 3);
    check_stream(h, 90001, false, 4);
    check_fast(h);
    check_refusals(h);
    tone_hearing_close(h);
    return check_done();
}

/* Ears on what no ear should hear: NaN, Inf, one sample, none, silence, DC, denormals, huge values, odd rates and
 * channels.  Nothing crashes, nothing invents a number, and what is refused is refused with a sentence. */
#include <float.h>

#include "check.h"
#include "signals.h"

static tone_analyzer *ears;

static tone_measures measure(const tone_clip *c)
{
    tone_measures m = {.groups = 0};
    tone_error err = {0};
    CHECK_CASE(tone_analyze(&m, ears, c, NULL, &err) == TONE_OK, "%s", err.text);
    return m;
}

static int n_defined(const tone_measures *m)
{
    int n = 0;
    for (int i = 0; i < TONE_N_METRICS; i++)
        n += !isnan(m->value[i]);
    return n;
}

static void test_not_finite(void)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        tone_clip c = make_clip(0.5, 2, 48000);
        add_sine(&c, -1, 440, 0.5, 0);
        samples(&c)[1001] = bad[i];
        tone_measures m = measure(&c);
        CHECK(m.groups == TONE_HEAR_HEALTH && m.value[TONE_METRIC_NOT_FINITE] == 1 && m.value[TONE_METRIC_SILENT] == 0 && n_defined(&m) == 7);
        for (size_t k = 0; k < c.n_frames * 2; k++)
            samples(&c)[k] = bad[i];
        m = measure(&c);
        CHECK(m.groups == TONE_HEAR_HEALTH && m.value[TONE_METRIC_NOT_FINITE] == (double)c.n_frames * 2 && m.value[TONE_METRIC_SILENT] == 1);
        CHECK(isnan(m.value[TONE_METRIC_SAMPLE_PEAK_DB]));
        free_clip(&c);
    }
}

static void test_nothing(void)
{
    tone_clip c = make_clip(0.5, 1, 48000);
    tone_measures m = measure(&c);
    CHECK(m.groups == TONE_HEAR_HEALTH && m.value[TONE_METRIC_SILENT] == 1 && m.value[TONE_METRIC_TAIL_CUT] == 0);
    for (size_t k = 0; k < c.n_frames; k++)
        samples(&c)[k] = 0.25f;
    m = measure(&c); /* not silent, but there is nothing besides DC */
    CHECK(m.groups == TONE_HEAR_HEALTH && m.value[TONE_METRIC_SILENT] == 0 && m.value[TONE_METRIC_DC] == 0.25);
    for (size_t k = 0; k < c.n_frames; k++)
        samples(&c)[k] = k % 2 ? FLT_MIN / 8 : -FLT_MIN / 16;
    m = measure(&c);
    CHECK(m.groups == TONE_HEAR_HEALTH && m.value[TONE_METRIC_SILENT] == 1);
    free_clip(&c);
}

/* From one sample on everything is answered, and no answer is infinite. */
static void test_short(void)
{
    static const size_t lengths[] = {1, 2, 3, 47, 48, 49, 240, 511, 512, 1024, 2047, 2048, 4094, 4095, 4096, 9600, 19199};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (uint32_t channels = 1; channels <= 2; channels++) {
            tone_clip c = make_clip(1, channels, 48000);
            add_sine(&c, -1, 1000, 0.5, 1);
            c.n_frames = lengths[i];
            tone_measures m = measure(&c);
            for (int k = 0; k < TONE_N_METRICS; k++)
                CHECK_CASE(!isinf(m.value[k]), "%zu samples: %s", lengths[i], tone_metric_name((tone_metric)k));
            CHECK_CASE(m.groups == TONE_HEAR_ALL || lengths[i] == 1, "%zu samples", lengths[i]); /* one sample is its own mean */
            char *text;
            CHECK(tone_measures_json(&text, &m, NULL) == TONE_OK);
            free(text);
            tone_comparison d;
            CHECK(tone_compare(&d, ears, &c, &c, NULL, NULL) == TONE_OK && d.comparable == (m.groups == TONE_HEAR_ALL));
            CHECK_CASE(!d.comparable || (d.mr_stft == 0 && d.descriptor_distance == 0 && d.lag_samples == 0), "%zu samples", lengths[i]);
            free_clip(&c);
        }
}

static void test_extremes(void)
{
    static const double levels[] = {1e-3, 1, 1e6, 1e18, 1e37};
    for (int i = 0; i < 5; i++) {
        tone_clip c = make_clip(0.5, 2, 48000);
        for (int k = 1; k < 20; k++)
            add_sine(&c, -1, 220 * k, levels[i] / k / 4, k);
        tone_measures m = measure(&c);
        CHECK(m.groups == TONE_HEAR_ALL);
        for (int k = 0; k < TONE_N_METRICS; k++)
            CHECK_CASE(!isinf(m.value[k]), "level %g: %s", levels[i], tone_metric_name((tone_metric)k));
        CHECK(fabs(m.value[TONE_METRIC_F0_HZ] - 220) < 0.2);
        free_clip(&c);
    }
    tone_clip c = make_clip(2, 1, 48000); /* full-scale square at the Nyquist frequency, then silence */
    for (size_t k = 0; k < 48000; k++)
        samples(&c)[k] = k % 2 ? 1.0f : -1.0f;
    tone_measures m = measure(&c);
    CHECK(m.value[TONE_METRIC_CLIPPED_RUNS] == 1 && m.value[TONE_METRIC_LONGEST_CLIPPED_RUN] == 48000);
    for (int k = 0; k < TONE_N_METRICS; k++)
        CHECK_CASE(!isinf(m.value[k]), "%s", tone_metric_name((tone_metric)k));
    free_clip(&c);
}

static void test_refused(void)
{
    static const struct {
        uint32_t channels, rate;
        size_t frames;
        const char *says;
    } cases[] = {
        {0, 48000, 100, "0 channels"}, {8, 48000, 100, "8 channels: mono or stereo"}, {2, 0, 100, "sample rate of 0 Hz"},
        {2, 7999, 100, "7999"},        {1, 400000, 100, "400000"},                    {1, 48000, 0, "no samples"},
        {1, 8000, 8000 * 660, "at most 600 s"}, {2, 48000, SIZE_MAX / 2, "at most 600 s"},
    };
    static float some[800];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_clip c = {.frames = some, .n_frames = cases[i].frames, .n_channels = cases[i].channels, .rate_hz = cases[i].rate};
        tone_measures m;
        tone_comparison d;
        tone_error err = {0};
        CHECK_CASE(tone_analyze(&m, ears, &c, NULL, &err) == TONE_ERR_ARGUMENT && strstr(err.text, cases[i].says), "%zu: %s", i, err.text);
        CHECK(m.groups == 0 && n_defined(&m) == 0);
        CHECK(tone_compare(&d, ears, &c, &c, NULL, &err) == TONE_ERR_ARGUMENT);
    }
    tone_clip c = {.frames = NULL, .n_frames = 100, .n_channels = 1, .rate_hz = 48000};
    tone_measures m;
    CHECK(tone_analyze(&m, ears, &c, NULL, NULL) == TONE_ERR_ARGUMENT);
}

/* Pairs that cannot be compared say so; very different lengths and kinds can. */
static void test_compare(void)
{
    tone_clip tone = make_clip(0.7, 1, 48000), silent = make_clip(0.3, 2, 48000), click = make_clip(0.001, 2, 44100), nan = make_clip(0.1, 1, 48000);
    add_sine(&tone, -1, 440, 0.4, 0);
    samples(&click)[10] = 0.9f;
    add_sine(&nan, -1, 440, 0.4, 0);
    samples(&nan)[7] = NAN;
    tone_comparison d;
    CHECK(tone_compare(&d, ears, &tone, &silent, NULL, NULL) == TONE_OK && !d.comparable);
    CHECK_STR(d.reason, "the second sound is silent");
    CHECK(tone_compare(&d, ears, &nan, &tone, NULL, NULL) == TONE_OK && !d.comparable);
    CHECK_STR(d.reason, "the first sound has NaN or infinite samples");
    CHECK(isnan(d.mr_stft) && isnan(d.f0_cents) && isnan(d.log_mel_by_eighth_db[7]));
    CHECK(tone_compare(&d, ears, &tone, &click, NULL, NULL) == TONE_OK && d.comparable && isfinite(d.mr_stft) && isfinite(d.mfcc_dtw));
    char *text;
    CHECK(tone_comparison_json(&text, &d, NULL) == TONE_OK);
    free(text);
    free_clip(&tone);
    free_clip(&silent);
    free_clip(&click);
    free_clip(&nan);
}

int main(void)
{
    if (!CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    test_not_finite();
    test_nothing();
    test_short();
    test_extremes();
    test_refused();
    test_compare();
    tone_analyzer_free(ears);
    tone_analyzer_free(NULL);
    return check_done();
}

/* Loudness against the cases of EBU Tech 3341 and 3342 (synthesised: the tones are in the documents) and against
 * libebur128; the true peak cases of 3341. */
#include <ebur128.h>
#include <time.h>

#include "check.h"
#include "signals.h"

static tone_analyzer *ears;

static tone_measures measure(const tone_clip *c)
{
    tone_measures m = {.groups = 0};
    tone_analyze_options opt = {.groups = TONE_HEAR_PEAK};
    CHECK(tone_analyze(&m, ears, c, &opt, NULL) == TONE_OK);
    return m;
}

typedef struct part {
    double dbfs, seconds; /* of a 1 kHz sine on both channels; 0 seconds ends the list */
} part;

static tone_clip tones(const part *p, int repeat)
{
    double total = 0;
    for (int i = 0; p[i].seconds > 0; i++)
        total += p[i].seconds * repeat;
    tone_clip c = make_clip(total, 2, 48000);
    size_t at = 0;
    for (int r = 0; r < repeat; r++)
        for (int i = 0; p[i].seconds > 0; i++)
            for (size_t k = 0, n = (size_t)(p[i].seconds * 48000 + 0.5); k < n && at < c.n_frames; k++, at++) {
                float v = (float)(pow(10, p[i].dbfs / 20) * sin(turn * 1000 * (double)at / 48000));
                samples(&c)[2 * at] = samples(&c)[2 * at + 1] = v;
            }
    return c;
}

static void test_ebu(void)
{
    static const struct {
        const char *name;
        part parts[6];
        int repeat;
        double integrated, momentary, short_term, range; /* 0: not asked for */
    } cases[] = {
        {"3341-1", {{-23, 20}}, 1, -23, -23, -23, 0},
        {"3341-2", {{-33, 20}}, 1, -33, -33, -33, 0},
        {"3341-3", {{-36, 10}, {-23, 60}, {-36, 10}}, 1, -23, 0, 0, 0},
        {"3341-4", {{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}, 1, -23, 0, 0, 0},
        {"3341-5", {{-26, 20}, {-20, 20.1}, {-26, 20}}, 1, -23, 0, 0, 0},
        {"3341-9", {{-20, 1.34}, {-30, 1.66}}, 5, 0, 0, -23, 0},
        {"3341-12", {{-20, 0.18}, {-30, 0.22}}, 25, 0, -23, 0, 0},
        {"3342-1", {{-20, 20}, {-30, 20}}, 1, 0, 0, 0, 10},
        {"3342-2", {{-20, 20}, {-15, 20}}, 1, 0, 0, 0, 5},
        {"3342-3", {{-40, 20}, {-20, 20}}, 1, 0, 0, 0, 20},
        {"3342-4", {{-50, 20}, {-35, 20}, {-20, 20}, {-35, 20}, {-50, 20}}, 1, 0, 0, 0, 15},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_clip c = tones(cases[i].parts, cases[i].repeat);
        const tone_measures m = measure(&c);
        const double *v = m.value;
        const double got[] = {v[TONE_METRIC_INTEGRATED_LUFS], v[TONE_METRIC_MOMENTARY_MAX_LUFS], v[TONE_METRIC_SHORT_TERM_MAX_LUFS], v[TONE_METRIC_RANGE_LU]};
        const double want[] = {cases[i].integrated, cases[i].momentary, cases[i].short_term, cases[i].range};
        for (int k = 0; k < 4; k++)
            CHECK_CASE(want[k] == 0 || fabs(got[k] - want[k]) <= (k == 3 ? 1 : 0.1), "%s: %g instead of %g", cases[i].name, got[k], want[k]);
        free_clip(&c);
    }
}

/* 3341 cases 15 to 19: sines whose samples miss the crest.  Allowed: +0.2, -0.4 dB. */
static void test_true_peak(void)
{
    static const struct {
        int divisor;
        double degrees, amplitude, dbtp;
    } cases[] = {{4, 0, 0.5, -6.02}, {4, 45, 0.5, -6.02}, {6, 60, 0.5, -6.02}, {8, 67.5, 0.5, -6.02}, {4, 45, 1.41, 2.98}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_clip c = make_clip(0.5, 1, 48000);
        add_sine(&c, -1, 48000.0 / cases[i].divisor, cases[i].amplitude, cases[i].degrees * turn / 360);
        fade(&c, 0.02);
        const tone_measures m = measure(&c);
        double got = m.value[TONE_METRIC_TRUE_PEAK_DB];
        CHECK_CASE(fabs(got - cases[i].dbtp) < 0.01, "fs/%d at %g degrees: %g dBTP instead of %g", cases[i].divisor, cases[i].degrees, got, cases[i].dbtp);
        free_clip(&c);
    }
    tone_clip c = make_clip(0.1, 2, 48000); /* one sample on the right, the last one on the left */
    samples(&c)[2401] = 0.5f;
    samples(&c)[2 * c.n_frames - 2] = -0.25f;
    CHECK(fabs(measure(&c).value[TONE_METRIC_TRUE_PEAK_DB] - 20 * log10(0.5)) < 1e-6);
    free_clip(&c);
}

/* Noise with random levels, against libebur128 fed 100 ms at a time. */
static void test_against_libebur128(uint64_t seed)
{
    tone_random rng;
    tone_random_seed(&rng, seed);
    for (int i = 0; i < 5; i++) {
        uint32_t channels = 1 + (uint32_t)tone_random_below(&rng, 2);
        tone_clip c = make_clip(0.5 + 8 * tone_random_unit(&rng), channels, 48000);
        for (uint32_t k = 0; k < channels; k++)
            add_noise(&c, (int)k, 0.1, &rng);
        double level = 0;
        for (size_t k = 0; k < c.n_frames; k++) {
            if (k % 24000 == 0)
                level = pow(10, -tone_random_unit(&rng) * 2);
            for (uint32_t j = 0; j < channels; j++)
                samples(&c)[k * channels + j] *= (float)level;
        }
        for (uint32_t j = 0; j < channels; j++) { /* ours takes the mean out; then both hear the same */
            double mean = 0;
            for (size_t k = 0; k < c.n_frames; k++)
                mean += (double)samples(&c)[k * channels + j];
            for (size_t k = 0; k < c.n_frames; k++)
                samples(&c)[k * channels + j] -= (float)(mean / (double)c.n_frames);
        }
        ebur128_state *other = ebur128_init(channels, 48000, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_S | EBUR128_MODE_M);
        if (!CHECK(other != NULL))
            return;
        double global, range, value, momentary = -HUGE_VAL, short_term = -HUGE_VAL;
        for (size_t k = 0; k + 4800 <= c.n_frames; k += 4800) {
            CHECK(ebur128_add_frames_float(other, c.frames + k * channels, 4800) == 0);
            if (k + 4800 >= 19200 && ebur128_loudness_momentary(other, &value) == 0)
                momentary = fmax(momentary, value);
            if (k + 4800 >= 144000 && ebur128_loudness_shortterm(other, &value) == 0)
                short_term = fmax(short_term, value);
        }
        CHECK(ebur128_loudness_global(other, &global) == 0 && ebur128_loudness_range(other, &range) == 0);
        ebur128_destroy(&other);
        const tone_measures m = measure(&c);
        const double *v = m.value;
        CHECK_CASE(fabs(v[TONE_METRIC_INTEGRATED_LUFS] - global) < 0.001, "integrated %g, libebur128 %g", v[TONE_METRIC_INTEGRATED_LUFS], global);
        CHECK_CASE(fabs(v[TONE_METRIC_MOMENTARY_MAX_LUFS] - momentary) < 0.001, "momentary %g, libebur128 %g", v[TONE_METRIC_MOMENTARY_MAX_LUFS], momentary);
        if (c.n_frames >= 144000) {
            CHECK_CASE(fabs(v[TONE_METRIC_SHORT_TERM_MAX_LUFS] - short_term) < 0.001, "short term %g, libebur128 %g", v[TONE_METRIC_SHORT_TERM_MAX_LUFS], short_term);
            /* a rank that falls half-way is rounded to even here, up there */
            size_t last = (c.n_frames - 144000) / 48000;
            CHECK_CASE(last % 10 == 5 || fabs(v[TONE_METRIC_RANGE_LU] - range) < 0.001, "range %g, libebur128 %g", v[TONE_METRIC_RANGE_LU], range);
        } else {
            CHECK(isnan(v[TONE_METRIC_SHORT_TERM_MAX_LUFS]) && isnan(v[TONE_METRIC_RANGE_LU]));
        }
        free_clip(&c);
    }
}

int main(void)
{
    uint64_t seed = getenv("TONE_SEED") ? strtoull(getenv("TONE_SEED"), NULL, 10) : (uint64_t)time(NULL);
    printf("TONE_SEED=%llu\n", (unsigned long long)seed);
    if (!CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    test_ebu();
    test_true_peak();
    test_against_libebur128(seed);
    tone_analyzer_free(ears);
    return check_done();
}

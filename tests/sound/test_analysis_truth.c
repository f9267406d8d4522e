/* What is known of a sound from its construction, at random parameters: partials, slopes, decays, movements, roughness,
 * width.  The deviations allowed are those of the definitions (docs/SOUND.md), not of the arithmetic. */
#include <time.h>

#include "check.h"
#include "signals.h"

static tone_analyzer *ears;
static tone_random rng;

static double between(double low, double high)
{
    return low * pow(high / low, tone_random_unit(&rng));
}

static tone_measures measure(const tone_clip *c, uint32_t groups)
{
    tone_measures m = {.groups = 0};
    tone_error err = {0};
    tone_analyze_options opt = {.groups = groups};
    CHECK_CASE(tone_analyze(&m, ears, c, &opt, &err) == TONE_OK, "%s", err.text);
    return m;
}

static bool within(double got, double want, double most)
{
    return fabs(got - want) <= most;
}

static void test_sine(void)
{
    for (int i = 0; i < 6; i++) {
        double hz = between(60, 3000), amplitude = between(0.01, 0.9);
        tone_clip c = make_clip(1, 1, 48000);
        add_sine(&c, -1, hz, amplitude, 0);
        fade(&c, 0.01);
        tone_measures m = measure(&c, TONE_HEAR_ALL);
        const double *v = m.value;
        CHECK_CASE(within(v[TONE_METRIC_CENTROID_HZ], hz, hz < 100 ? 0.003 * hz : 0.0005 * hz), "%g Hz: centroid %g", hz, v[TONE_METRIC_CENTROID_HZ]);
        /* a parabola over few samples a period: a cent a kHz */
        CHECK_CASE(within(1200 * log2(v[TONE_METRIC_F0_HZ] / hz), 0, 0.5 + 1.2e-3 * hz), "%g Hz: f0 %g", hz, v[TONE_METRIC_F0_HZ]);
        CHECK_CASE(v[TONE_METRIC_VOICING] == 1 && within(v[TONE_METRIC_TRUE_PEAK_DB], 20 * log10(amplitude), 0.002), "%g Hz: peak %g of %g", hz, v[TONE_METRIC_TRUE_PEAK_DB], 20 * log10(amplitude));
        CHECK_CASE(within(v[TONE_METRIC_INHARMONICITY], 0, 1e-4) && within(v[TONE_METRIC_CREST_DB], 3.01, 0.1), "%g Hz", hz);
        free_clip(&c);
    }
}

static void test_partials(void)
{
    for (int i = 0; i < 6; i++) {
        double f0 = between(150, 500), power = 0, moment = 0, square = 0, odd = 0, even = 0;
        int n = 3 + (int)tone_random_below(&rng, 15);
        tone_clip c = make_clip(0.8, 1, 48000);
        for (int k = 1; k <= n; k++) {
            double a = k == 1 ? 0.05 : 0.04 * between(0.1, 1), p = a * a; /* no doubt about the pitch */
            add_sine(&c, -1, k * f0, a, tone_random_unit(&rng) * turn);
            power += p;
            moment += p * k * f0;
            square += p * k * f0 * k * f0;
            odd += k > 1 && k % 2 ? p : 0;
            even += k % 2 ? 0 : p;
        }
        fade(&c, 0.01);
        double centroid = moment / power, spread = sqrt(square / power - centroid * centroid + 13.53 * 13.53); /* the window's own */
        const tone_measures m = measure(&c, TONE_HEAR_SPECTRUM | TONE_HEAR_HARMONIC);
        const double *v = m.value;
        CHECK_CASE(within(v[TONE_METRIC_CENTROID_HZ], centroid, 0.003 * centroid), "%d partials of %g: centroid %g, not %g", n, f0, v[TONE_METRIC_CENTROID_HZ], centroid);
        CHECK_CASE(within(v[TONE_METRIC_SPREAD_HZ], spread, 0.01 * spread + 1), "spread %g, not %g", v[TONE_METRIC_SPREAD_HZ], spread);
        CHECK_CASE(within(v[TONE_METRIC_ODD_EVEN_DB], 10 * log10(odd / even), 0.05), "odd/even %g, not %g", v[TONE_METRIC_ODD_EVEN_DB], 10 * log10(odd / even));
        CHECK_CASE(v[TONE_METRIC_REF_IS_PITCH] == 1 && within(v[TONE_METRIC_INHARMONICITY], 0, 1e-3), "inharmonicity %g", v[TONE_METRIC_INHARMONICITY]);
        free_clip(&c);
    }
}

/* Partials at equal steps of log f have a density of 1/f: with amplitudes to match the slope is what we choose. */
static void test_tilt(void)
{
    for (int i = 0; i < 3; i++) {
        double slope = -9 + 12 * tone_random_unit(&rng);
        tone_clip c = make_clip(0.5, 1, 48000);
        for (double hz = 60; hz < 16000; hz *= 1.012)
            add_sine(&c, -1, hz, 0.002 * pow(hz / 1000, 0.5 + slope / 6.0206), tone_random_unit(&rng) * turn);
        tone_measures m = measure(&c, TONE_HEAR_SPECTRUM);
        CHECK_CASE(within(m.value[TONE_METRIC_TILT], slope, 0.35), "slope %g, not %g", m.value[TONE_METRIC_TILT], slope);
        free_clip(&c);
    }
}

static void test_decay(void)
{
    for (int i = 0; i < 4; i++) {
        double t60 = between(0.25, 3), hz = between(150, 1000);
        tone_clip c = make_clip(fmin(1.1 * t60, 3), 1, 48000);
        add_sine(&c, -1, hz, 0.5, 0);
        let_decay(&c, t60);
        const tone_measures m = measure(&c, TONE_HEAR_ENVELOPE);
        const double *v = m.value;
        CHECK_CASE(within(v[TONE_METRIC_T60_S], t60, 0.01 * t60 + 0.006) && v[TONE_METRIC_T60_R2] > 0.999, "T60 %g, not %g", v[TONE_METRIC_T60_S], t60);
        CHECK_CASE(within(v[TONE_METRIC_EDT_S], t60, 0.01 * t60 + 0.006), "EDT %g, not %g", v[TONE_METRIC_EDT_S], t60);
        /* above 40 % of the maximum: 7.96 dB, less what the slow envelope takes at the start */
        double duration = t60 * 20 * log10(2.5) / 60;
        CHECK_CASE(within(v[TONE_METRIC_EFFECTIVE_DURATION_S], duration, 0.05 * duration + 0.02), "duration %g, not %g", v[TONE_METRIC_EFFECTIVE_DURATION_S], duration);
        free_clip(&c);
    }
}

/* A linear rise of `attack` seconds takes 80 % of it from 10 to 90 %. */
static void test_attack(void)
{
    static const double attack[] = {0.03, 0.1, 0.4};
    double before = 0;
    for (int i = 0; i < 3; i++) {
        tone_clip c = make_clip(1, 1, 48000);
        add_sine(&c, -1, 1000, 0.5, 0);
        for (size_t k = 0; k < c.n_frames; k++)
            samples(&c)[k] *= (float)fmin((double)k / 48000 / attack[i], 1);
        tone_measures m = measure(&c, TONE_HEAR_ENVELOPE);
        CHECK_CASE(within(m.value[TONE_METRIC_ATTACK_S], 0.8 * attack[i], 0.06 * attack[i]), "attack %g of a rise of %g", m.value[TONE_METRIC_ATTACK_S], attack[i]);
        CHECK(i == 0 || m.value[TONE_METRIC_LOG_ATTACK_TIME] > before);
        before = m.value[TONE_METRIC_LOG_ATTACK_TIME];
        free_clip(&c);
    }
}

static void test_movement(void)
{
    for (int i = 0; i < 3; i++) {
        double rate = between(2.5, 8), depth = between(0.05, 0.4), cents = between(10, 60);
        tone_clip c = make_clip(2, 1, 48000);
        for (size_t k = 0; k < c.n_frames; k++) {
            double t = (double)k / 48000;
            samples(&c)[k] = (float)(0.2 * (1 + depth * sin(turn * rate * t)) * sin(turn * 440 * t));
        }
        const tone_measures m = measure(&c, TONE_HEAR_MODULATION);
        const double *v = m.value;
        /* the level in dB of 1 + d sin: its first harmonic is 20 / ln 10 * 2 (1 - sqrt(1 - d^2)) / d */
        double want = 20 / log(10) * 2 * (1 - sqrt(1 - depth * depth)) / depth;
        CHECK_CASE(within(v[TONE_METRIC_AM_RATE_HZ], rate, 0.02), "AM rate %g, not %g", v[TONE_METRIC_AM_RATE_HZ], rate);
        CHECK_CASE(within(v[TONE_METRIC_AM_DEPTH], want, 0.04 * want), "AM depth %g, not %g", v[TONE_METRIC_AM_DEPTH], want);
        double phase = 0;
        for (size_t k = 0; k < c.n_frames; k++) {
            double t = (double)k / 48000;
            samples(&c)[k] = (float)(0.2 * sin(phase));
            phase += turn * 330 * exp2(cents / 1200 * sin(turn * rate * t)) / 48000;
        }
        const tone_measures n = measure(&c, TONE_HEAR_MODULATION);
        /* YIN's window of 43 ms averages the movement */
        double blur = 0.0427 * rate * turn / 2;
        want = cents * sin(blur) / blur;
        CHECK_CASE(within(n.value[TONE_METRIC_VIBRATO_RATE_HZ], rate, 0.03), "vibrato rate %g, not %g", n.value[TONE_METRIC_VIBRATO_RATE_HZ], rate);
        CHECK_CASE(within(n.value[TONE_METRIC_VIBRATO_DEPTH], want, 0.04 * cents), "vibrato %g, not %g", n.value[TONE_METRIC_VIBRATO_DEPTH], want);
        free_clip(&c);
    }
}

static void test_inharmonicity(void)
{
    /* two equal partials, the upper one off by `off` of the lower one's frequency: half of the power is off by that */
    static const double off[] = {0, 0.1, 0.2};
    for (int i = 0; i < 3; i++) {
        tone_clip c = make_clip(0.6, 1, 48000);
        add_sine(&c, -1, 440, 0.2, 0);
        add_sine(&c, -1, 440 * (2 + off[i]), 0.2, 1);
        tone_measures m = measure(&c, TONE_HEAR_HARMONIC);
        if (within(m.value[TONE_METRIC_F_REF_HZ], 440, 3)) /* else YIN heard another pitch, and they are harmonic to that */
            CHECK_CASE(within(m.value[TONE_METRIC_INHARMONICITY], off[i], 0.002), "off by %g: %g", off[i], m.value[TONE_METRIC_INHARMONICITY]);
        CHECK_CASE(i > 0 || m.value[TONE_METRIC_F_REF_HZ] > 400, "an octave of 440: %g", m.value[TONE_METRIC_F_REF_HZ]);
        free_clip(&c);
    }
    tone_clip c = make_clip(0.6, 1, 48000); /* a bell: no common pitch */
    static const double ratios[] = {1, 2.756, 5.404};
    for (int i = 0; i < 3; i++)
        add_sine(&c, -1, 500 * ratios[i], 0.1, i);
    tone_measures m = measure(&c, TONE_HEAR_HARMONIC);
    double want = 2 * (0 + 0.244 + 0.404) / 3;
    CHECK_CASE(within(m.value[TONE_METRIC_INHARMONICITY], want, 0.01), "bell: %g, not %g", m.value[TONE_METRIC_INHARMONICITY], want);
    free_clip(&c);
}

/* Vassilakis's formula for two partials of equal amplitude. */
static void test_roughness(void)
{
    for (int i = 0; i < 12; i++) {
        double low = between(200, 900), ratio = exp2((i + 1) / 12.0), d = low * (ratio - 1), s = 0.24 / (0.0207 * low + 18.96);
        double want = 0.5 * (exp(-3.51 * s * d) - exp(-5.75 * s * d));
        tone_clip c = make_clip(0.6, 1, 48000);
        add_sine(&c, -1, low, 0.2, 0);
        add_sine(&c, -1, low * ratio, 0.2, 0);
        tone_measures m = measure(&c, TONE_HEAR_ROUGHNESS);
        if (d > 40) /* closer partials beat within one 200 ms frame */
            CHECK_CASE(within(m.value[TONE_METRIC_ROUGHNESS], want, 0.01 * want + 1e-4), "%g and %g Hz: %g, not %g", low, low * ratio, m.value[TONE_METRIC_ROUGHNESS], want);
        free_clip(&c);
    }
    tone_clip c = make_clip(0.6, 1, 48000);
    add_sine(&c, -1, 440, 0.2, 0);
    CHECK(measure(&c, TONE_HEAR_ROUGHNESS).value[TONE_METRIC_ROUGHNESS] < 1e-6);
    free_clip(&c);
}

static void test_stereo(void)
{
    for (int i = 0; i < 4; i++) {
        double side = between(0.05, 2);
        tone_clip c = make_clip(1, 2, 48000), mid = make_clip(1, 1, 48000), s = make_clip(1, 1, 48000);
        add_noise(&mid, -1, 0.1, &rng);
        add_noise(&s, -1, 0.1 * side, &rng);
        for (size_t k = 0; k < c.n_frames; k++) {
            samples(&c)[2 * k] = mid.frames[k] + s.frames[k];
            samples(&c)[2 * k + 1] = mid.frames[k] - s.frames[k];
        }
        const tone_measures m = measure(&c, TONE_HEAR_STEREO);
        double p = side * side, correlation = (1 - p) / (1 + p);
        CHECK_CASE(within(m.value[TONE_METRIC_SIDE_MID_DB], 20 * log10(side), 0.15), "side/mid %g, not %g", m.value[TONE_METRIC_SIDE_MID_DB], 20 * log10(side));
        CHECK_CASE(within(m.value[TONE_METRIC_CORRELATION], correlation, 0.02), "correlation %g, not %g", m.value[TONE_METRIC_CORRELATION], correlation);
        CHECK_CASE(within(m.value[TONE_METRIC_CORRELATION_500_2000], correlation, 0.05), "in a band %g", m.value[TONE_METRIC_CORRELATION_500_2000]);
        CHECK_CASE(within(m.value[TONE_METRIC_MONO_FOLD_LOSS_DB], 10 * log10(1 + p), 0.1), "fold loss %g", m.value[TONE_METRIC_MONO_FOLD_LOSS_DB]);
        free_clip(&c);
        free_clip(&mid);
        free_clip(&s);
    }
    tone_clip c = make_clip(0.5, 2, 48000); /* only the left channel */
    add_noise(&c, 0, 0.1, &rng);
    tone_measures m = measure(&c, TONE_HEAR_STEREO);
    CHECK(isnan(m.value[TONE_METRIC_CORRELATION]) && within(m.value[TONE_METRIC_SIDE_MID_DB], 0, 1e-9) && isnan(m.value[TONE_METRIC_CORRELATION_500_2000]));
    CHECK(within(m.value[TONE_METRIC_MONO_FOLD_LOSS_DB], 3.01, 0.01));
    free_clip(&c);
}

/* Level alone changes nothing but levels; and a sound at another rate measures the same. */
static void test_invariance(void)
{
    tone_measures m[4];
    static const uint32_t rates[] = {48000, 44100, 96000, 192000};
    for (int i = 0; i < 4; i++) {
        tone_clip c = make_clip(1, 2, rates[i]);
        for (int k = 1; k <= 20; k++)
            add_sine(&c, -1, 220 * k, 0.1 / k, k);
        add_sine(&c, 1, 330, 0.05, 0);
        fade(&c, 0.02);
        m[i] = measure(&c, TONE_HEAR_ALL);
        free_clip(&c);
    }
    static const int same[] = {TONE_METRIC_INTEGRATED_LUFS, TONE_METRIC_TRUE_PEAK_DB, TONE_METRIC_SHARPNESS,   TONE_METRIC_CORRELATION,
                               TONE_METRIC_ODD_EVEN_DB,     TONE_METRIC_SIDE_MID_DB,  TONE_METRIC_CREST_DB,    TONE_METRIC_ROUGHNESS,
                               TONE_METRIC_BAND_500_2000,   TONE_METRIC_DURATION_S,   TONE_METRIC_INHARMONICITY};
    for (int i = 1; i < 4; i++) {
        for (size_t k = 0; k < sizeof same / sizeof *same; k++)
            CHECK_CASE(within(m[i].value[same[k]], m[0].value[same[k]], 0.02), "%s at %u Hz: %g, not %g", tone_metric_name((tone_metric)same[k]), (unsigned)rates[i], m[i].value[same[k]], m[0].value[same[k]]);
        CHECK(within(m[i].value[TONE_METRIC_CENTROID_HZ] / m[0].value[TONE_METRIC_CENTROID_HZ], 1, 0.001));
        CHECK(within(m[i].value[TONE_METRIC_F0_HZ] / m[0].value[TONE_METRIC_F0_HZ], 1, 0.0005));
        CHECK(within(m[i].value[TONE_METRIC_ATTACK_S] / m[0].value[TONE_METRIC_ATTACK_S], 1, 0.02));
    }
}

int main(void)
{
    uint64_t seed = getenv("TONE_SEED") ? strtoull(getenv("TONE_SEED"), NULL, 10) : (uint64_t)time(NULL);
    printf("TONE_SEED=%llu\n", (unsigned long long)seed);
    tone_random_seed(&rng, seed);
    if (!CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    test_sine();
    test_partials();
    test_tilt();
    test_decay();
    test_attack();
    test_movement();
    test_inharmonicity();
    test_roughness();
    test_stereo();
    test_invariance();
    tone_analyzer_free(ears);
    return check_done();
}

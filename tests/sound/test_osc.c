/* What the oscillators make: harmonics where they belong, and nothing anybody can hear between them. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/sound/render.h"

static tone_error err;
static const double pi = 3.14159265358979323846;

/* A steady tone of `hz`, unfiltered as far as the patch allows; n samples from 0.25 s on. */
static double *tone(const char *const *settings, double hz, uint32_t rate, size_t n)
{
    static const char *const plain[] = {"filter_cutoff=20000", "filter_keytrack=0", "filter_resonance=0", "amp_sustain=100", "amp_velocity=0", "highpass_freq=5"};
    tone_patch p;
    tone_patch_defaults(&p);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        CHECK(tone_patch_set_text(&p, plain[i], NULL, &err) == TONE_OK);
    for (; *settings; settings++)
        CHECK_CASE(tone_patch_set_text(&p, *settings, NULL, &err) == TONE_OK, "%s", err.text);
    tone_note note = {.length_s = 10, .pitch = (float)(69 + 12 * log2(hz / 440)), .velocity = 1};
    tone_notes notes = {.notes = &note, .n = 1, .tempo_bpm = 120};
    tone_render_options opt = tone_render_defaults();
    opt.rate = rate;
    opt.seconds = 0.25 + (double)n / rate;
    tone_sound s;
    CHECK(tone_render(&s, &p, &notes, &opt, &err) == TONE_OK);
    double *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = s.frames[2 * (i + s.n_frames - n)];
    tone_sound_clear(&s);
    return x;
}

/* Amplitude of the partial at `hz`, through a window whose side lobes are 160 dB down (the square of Blackman-Harris). */
static double partial(const double *x, size_t n, double hz, uint32_t rate)
{
    static double window[1 << 14];
    static size_t made;
    for (size_t i = 0; made != n && i < n; i++) {
        double t = 2 * pi * ((double)i + 0.5) / (double)n;
        double w = 0.35875 - 0.48829 * cos(t) + 0.14128 * cos(2 * t) - 0.01168 * cos(3 * t);
        window[i] = w * w;
    }
    made = n;
    /* A turning phasor instead of 2 n sines. */
    double re = 0, im = 0, sum = 0, c = 1, s = 0, dc = cos(2 * pi * hz / rate), ds = sin(2 * pi * hz / rate);
    for (size_t i = 0; i < n; i++) {
        re += window[i] * x[i] * c;
        im += window[i] * x[i] * s;
        sum += window[i];
        double turned = c * dc - s * ds;
        s = c * ds + s * dc;
        c = turned;
    }
    return 2 * hypot(re, im) / sum;
}

/* The loudest alias of the first 400 partials of `hz` that lands below `below`, in dB of the fundamental.  Aliases that lie
 * within 100 Hz of a true partial are told apart by nobody. */
static double worst_alias(const double *x, size_t n, double hz, uint32_t rate, double below)
{
    double fundamental = partial(x, n, hz, rate), worst = 0;
    for (int k = 2; k < 400; k++) {
        double f = fmod(k * hz, rate);
        f = f > rate / 2.0 ? rate - f : f;
        double off = fabs(f / hz - floor(f / hz + 0.5)) * hz;
        if (k * hz < rate / 2.0 || f > below || f < 20 || off < 100)
            continue;
        worst = fmax(worst, partial(x, n, f, rate));
    }
    return 20 * log10(worst / fundamental + 1e-12);
}

static void test_aliases(void)
{
    static const struct {
        double hz;
        uint32_t rate;
        double below, limit;
        const char *settings[5];
    } cases[] = {
        {5000, 48000, 24000, -80, {"osc1_wave=saw"}},
        {5000, 48000, 24000, -80, {"osc1_wave=square"}},
        {5000, 48000, 24000, -80, {"osc1_wave=triangle"}},
        {5000, 44100, 20000, -80, {"osc1_wave=saw"}},
        {5000, 96000, 20000, -80, {"osc1_wave=saw"}},
        {5000, 192000, 20000, -80, {"osc1_wave=saw"}},
        {3333, 48000, 20000, -80, {"osc1_wave=square", "pulse_width=17"}},
        {1234.5, 48000, 20000, -90, {"osc1_wave=saw"}},
        {1234.5, 44100, 19000, -90, {"osc1_wave=saw"}},
        {2500, 48000, 20000, -80, {"osc_sync=on", "osc_mix=100", "osc2_ratio=1.37"}},
        {2500, 48000, 20000, -80, {"osc_sync=on", "osc_mix=100", "osc2_ratio=2.71", "osc2_wave=square"}},
        {2500, 48000, 20000, -70, {"osc_sync=on", "osc_mix=100", "osc2_ratio=2.71", "osc2_wave=sine"}},
        {1234.5, 48000, 20000, -100, {"osc1_wave=sine", "osc2_wave=sine", "fm_index=6"}},
    };
    enum { N = 16384 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double *x = tone(cases[i].settings, cases[i].hz, cases[i].rate, N);
        double worst = worst_alias(x, N, cases[i].hz, cases[i].rate, cases[i].below);
        printf("%6.0f Hz at %6u Hz, %s: worst alias %.1f dB\n", cases[i].hz, cases[i].rate, cases[i].settings[0], worst);
        CHECK_CASE(worst <= cases[i].limit, "case %zu: alias at %.1f dB", i, worst);
        free(x);
    }
}

/* The harmonics themselves: levels of the ideal waveforms, less what the half-open filter takes. */
static void test_harmonics(void)
{
    enum { N = 16384 };
    static const struct {
        const char *settings[3];
        int power;   /* amplitude of harmonic k: 1 / k^power */
        bool odd;    /* even harmonics are missing */
    } cases[] = {{{"osc1_wave=saw"}, 1, false}, {{"osc1_wave=square"}, 1, true}, {{"osc1_wave=triangle"}, 2, true}};
    for (size_t c = 0; c < 3; c++) {
        double *x = tone(cases[c].settings, 200, 48000, N), first = partial(x, N, 200, 48000);
        for (int k = 2; k <= 20; k++) {
            double got = partial(x, N, 200 * k, 48000) / first, want = pow(k, -cases[c].power);
            if (cases[c].odd && k % 2 == 0)
                CHECK_CASE(got < 1e-4, "%s: harmonic %d is %g", cases[c].settings[0], k, got);
            else /* the low-pass at 20 kHz with Q 0.5 is 1 / (1 + f^2) of its corner: 0.34 dB at 4 kHz */
                CHECK_CASE(fabs(20 * log10(got / want)) < 0.45, "%s: harmonic %d is %.3f dB off", cases[c].settings[0], k, 20 * log10(got / want));
        }
        free(x);
    }
    /* Sine: alone, at the right pitch. */
    const char *sine[] = {"osc1_wave=sine", NULL};
    double *x = tone(sine, 440, 48000, N);
    CHECK(partial(x, N, 880, 48000) < 1e-5 * partial(x, N, 440, 48000));
    free(x);
    x = tone(sine, 440, 48000, 96000);
    double phase[2];
    for (int half = 0; half < 2; half++) {
        double re = 0, im = 0;
        for (int i = 0; i < 48000; i++) {
            double t = 2 * pi * 440 * (double)(i + 48000 * half) / 48000, w = 1 - cos(2 * pi * i / 48000.0);
            re += w * x[i + 48000 * half] * cos(t);
            im -= w * x[i + 48000 * half] * sin(t);
        }
        phase[half] = atan2(im, re);
    }
    double cents = (phase[1] - phase[0]) / (2 * pi) / 440 * 1200 / log(2);
    CHECK_CASE(fabs(cents) < 0.01, "A4 is off by %.4f cents", cents);
    free(x);
}

/* FM by a sine has the side bands that Bessel says. */
static void test_fm(void)
{
    enum { N = 16384 };
    const char *fm[] = {"osc1_wave=sine", "osc2_wave=sine", "osc2_ratio=0.25", "fm_index=1.5", NULL};
    double *x = tone(fm, 2000, 48000, N), carrier = partial(x, N, 2000, 48000);
    CHECK_CASE(fabs(partial(x, N, 2500, 48000) / carrier - jn(1, 1.5) / jn(0, 1.5)) < 0.01, "first side band %g",
               partial(x, N, 2500, 48000) / carrier);
    CHECK(fabs(partial(x, N, 3000, 48000) / carrier - jn(2, 1.5) / jn(0, 1.5)) < 0.01);
    free(x);
}

/* Noise: white is flat, pink falls by 3 dB an octave; both are free of DC. */
static void test_noise(void)
{
    enum { N = 1 << 17 };
    static const char *const colors[] = {"noise_color=white", "noise_color=pink"};
    for (int c = 0; c < 2; c++) {
        const char *settings[] = {"osc_level=0", "noise_level=100", colors[c], NULL};
        double *x = tone(settings, 440, 48000, N), level[7];
        for (int octave = 0; octave < 7; octave++) {
            double power = 0, low = 60 * pow(2, octave);
            for (int k = 0; k < 60; k++) /* lines within the octave, each the mean of 16 stretches */
                for (int part = 0; part < 16; part++) {
                    double a = partial(x + part * (N / 16), N / 16, low * pow(2, (k + 0.5) / 60), 48000);
                    power += a * a;
                }
            level[octave] = 10 * log10(power);
        }
        double fall = (level[0] - level[6]) / 6, want = c ? 3.01 : 0;
        CHECK_CASE(fabs(fall - want) < 0.5, "%s falls by %.2f dB an octave", colors[c], fall);
        free(x);
    }
}

int main(void)
{
    test_aliases();
    test_harmonics();
    test_fm();
    test_noise();
    return check_done();
}

/* Filters and effects do what their parameters say, in numbers, and survive anything. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "sound/filter.h"
#include "sound/fx.h"
#include "sound/maths.h"
#include "tonesmith/sound/render.h"

static tone_error err;
static const double pi = 3.14159265358979323846;

/* ── maths ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void test_maths(void)
{
    tone_random r;
    tone_random_seed(&r, 1);
    double worst[8] = {0};
    for (int i = 0; i < 100000; i++) {
        double x = tone_random_unit(&r) * 200 - 100, u = tone_random_unit(&r), tiny = exp(x * 0.3);
        worst[0] = fmax(worst[0], fabs(tone_exp2(x) / exp2(x) - 1));
        worst[1] = fmax(worst[1], fabs(tone_log2(tiny) - log2(tiny)));
        worst[2] = fmax(worst[2], fabs(tone_sin_turns(x) - sin(2 * pi * (x - rint(x)))));
        worst[3] = fmax(worst[3], fabs(tone_tan_half_turns(u * 0.45) / tan(pi * u * 0.45) - 1));
        v4 a = v4_all((float)(x * 0.2));
        worst[4] = fmax(worst[4], fabs(v4_exp2(a)[1] / exp2(a[1]) - 1));
        a = v4_all((float)tiny);
        worst[5] = fmax(worst[5], fabs(v4_log2(a)[2] - log2(a[2])) / (1 + fabs(log2(a[2]))));
        int32_t phase = (int32_t)(uint32_t)tone_random_u64(&r);
        worst[6] = fmax(worst[6], fabs(v4_sin_phase((v4i){phase, 0, 0, 0})[0] - sin(2 * pi * phase * 0x1p-32)));
        a = v4_all((float)(u * 1.41));
        worst[7] = fmax(worst[7], fabs(v4_tan(a)[3] / tan(a[3]) - 1));
    }
    static const double limit[8] = {1e-14, 1e-14, 1e-14, 1e-14, 3e-7, 3e-7, 4e-7, 2e-6};
    for (int i = 0; i < 8; i++)
        CHECK_CASE(worst[i] < limit[i], "function %d is off by %g", i, worst[i]);
}

/* ── the voice's filter ──────────────────────────────────────────────────────────────────────────────────────────── */

/* Gain of a filter at `hz`: the response to a sine, after it has settled, in lane 2. */
static double filter_gain(int mode, double cutoff, double resonance, double hz)
{
    enum { N = 64, BLOCKS = 300 };
    const float rate = 96000;
    tone_filter f;
    memset(&f, 0, sizeof f);
    tone_filter_motion m = {.mode = mode, .g = tone_filter_g(v4_all((float)cutoff), rate), .k = tone_filter_k(mode, v4_all((float)resonance)),
                            .drive = 1, .drive_to = 1};
    double re = 0, im = 0;
    for (int b = 0; b < BLOCKS; b++) {
        v4 x[N];
        for (int i = 0; i < N; i++) {
            double t = (double)(b * N + i) / rate;
            x[i] = (v4){0, 0, (float)(0.1 * sin(2 * pi * hz * t)), 0};
        }
        tone_filter_run(&f, NULL, &m, x, NULL, N);
        for (int i = 0; i < N && b >= BLOCKS / 2; i++) {
            double t = (double)(b * N + i) / rate, w = 1 - cos(2 * pi * ((b - BLOCKS / 2.0) * N + i) / (BLOCKS / 2.0 * N));
            re += w * x[i][2] * cos(2 * pi * hz * t);
            im += w * x[i][2] * sin(2 * pi * hz * t);
        }
    }
    return 20 * log10(2 * hypot(re, im) / (BLOCKS / 2.0 * N) / 0.1);
}

static void test_filter_response(void)
{
    double flat = (1 + log2(sqrt(0.5))) / 5.6 * 1; /* the resonance at which Q is 0.7071: k = 2^(1 - 5.6 r) = 1.414 */
    CHECK(fabs(filter_gain(TONE_LOWPASS, 1000, flat, 1000) + 3.01) < 0.05);
    CHECK(fabs(filter_gain(TONE_LOWPASS, 1000, flat, 50)) < 0.01);
    CHECK(fabs(filter_gain(TONE_LOWPASS, 1000, flat, 8000) + 36.2) < 0.5);
    CHECK(fabs(filter_gain(TONE_HIGHPASS, 1000, flat, 1000) + 3.01) < 0.05);
    CHECK(fabs(filter_gain(TONE_HIGHPASS, 1000, flat, 125) + 36.1) < 0.3);
    CHECK(fabs(filter_gain(TONE_BANDPASS, 1000, 0.5, 1000)) < 0.05);
    CHECK(filter_gain(TONE_BANDPASS, 1000, 0.5, 250) < -15 && filter_gain(TONE_BANDPASS, 1000, 0.5, 4000) < -15);
    CHECK(filter_gain(TONE_NOTCH, 1000, 0.2, 1000) < -50 && fabs(filter_gain(TONE_NOTCH, 1000, 0.2, 50)) < 0.1);
    CHECK(fabs(filter_gain(TONE_LADDER, 1000, 0, 1000) + 12.04) < 0.1); /* four poles, 3.01 dB each */
    CHECK(fabs(filter_gain(TONE_LADDER, 1000, 0, 8000) + 72.5) < 1.5);
    CHECK(fabs(filter_gain(TONE_LOWPASS, 1000, 1, 1000) - 20 * log10(1 / exp2(1 - 5.6))) < 0.2); /* the peak is Q */
}

/* Cutoff, resonance and input jump at every sample, across their whole range: nothing leaves its bounds. */
static void test_filter_wild(void)
{
    tone_random r;
    tone_random_seed(&r, 9);
    for (int mode = TONE_LOWPASS; mode <= TONE_LADDER; mode++) {
        tone_filter f[2];
        memset(f, 0, sizeof f);
        float peak = 0;
        for (int i = 0; i < 200000; i++) {
            v4 g, k, x[2];
            for (int lane = 0; lane < 4; lane++) {
                g[lane] = (float)exp2(tone_random_unit(&r) * 14 - 11); /* 15 Hz to beyond what the synth allows */
                k[lane] = tone_filter_k(mode, v4_all((float)tone_random_below(&r, 3) / 2))[0];
                x[0][lane] = x[1][lane] = (float)tone_random_unit(&r) * 2 - 1;
            }
            tone_filter_motion m = {.mode = mode, .g = g, .k = k, .drive = 8, .drive_to = 8, .dirt = 1, .dirt_to = 1};
            tone_filter_run(&f[0], &f[1], &m, &x[0], &x[1], 1);
            for (int lane = 0; lane < 4; lane++) {
                CHECK(x[0][lane] == x[1][lane]);
                peak = fmaxf(peak, fabsf(x[0][lane]));
            }
        }
        CHECK_CASE(isfinite(peak) && peak < 300, "mode %d reaches %g", mode, (double)peak);
        /* NaN gets in, and is gone after the next tame. */
        v4 bad[64];
        for (int i = 0; i < 64; i++)
            bad[i] = v4_all(NAN);
        tone_filter_motion m = {.mode = mode, .g = v4_all(0.1f), .k = v4_all(1), .drive = 1, .drive_to = 1};
        tone_filter_run(&f[0], NULL, &m, bad, NULL, 64);
        tone_filter_tame(&f[0]);
        for (int block = 0; block < 200; block++) {
            memset(bad, 0, sizeof bad);
            tone_filter_run(&f[0], NULL, &m, bad, NULL, 64);
            tone_filter_tame(&f[0]);
            CHECK_CASE(isfinite(bad[0][0]) && isfinite(bad[63][3]), "mode %d keeps NaN", mode);
        }
        CHECK_CASE(bad[63][0] == 0, "mode %d does not come to rest", mode);
    }
}

/* ── effects ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The output of the chain with these settings for `in` (interleaved); `seconds` long. */
static tone_sound process(const float *in, size_t n, uint32_t rate, double seconds, const char *const *settings)
{
    tone_patch p;
    tone_patch_defaults(&p);
    CHECK(tone_patch_set_text(&p, "highpass_freq=5", NULL, &err) == TONE_OK);
    for (; *settings; settings++)
        CHECK_CASE(tone_patch_set_text(&p, *settings, NULL, &err) == TONE_OK, "%s", err.text);
    tone_sound source = {(float *)(uintptr_t)in, n, 2, rate}, out;
    tone_render_options opt = tone_render_defaults();
    opt.seconds = seconds;
    CHECK(tone_render_effects(&out, &p, &source, 120, &opt, &err) == TONE_OK);
    return out;
}

static double rms(const tone_sound *s, int side, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)s->frames[2 * i + (size_t)side] * s->frames[2 * i + (size_t)side];
    return sqrt(sum / (double)(to - from));
}

static float *sine(double hz, double level, size_t n, uint32_t rate)
{
    float *x = malloc(2 * n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[2 * i] = x[2 * i + 1] = (float)(level * sin(2 * pi * hz * (double)i / rate));
    return x;
}

/* Gain of the chain for a steady sine, dB. */
static double gain_at(double hz, double level, const char *const *settings)
{
    enum { N = 48000 };
    float *x = sine(hz, level, N, 48000);
    tone_sound s = process(x, N, 48000, 1, settings);
    double g = 20 * log10(rms(&s, 0, N / 2, N) / (level * sqrt(0.5)));
    tone_sound_clear(&s);
    free(x);
    return g;
}

static void test_eq(void)
{
#define AT(hz, ...) gain_at(hz, 0.1, (const char *const[]){__VA_ARGS__, NULL})
    CHECK(fabs(AT(1000, "level=0")) < 0.01);
    CHECK(fabs(AT(30, "eq_low=9", "eq_low_freq=400") - 9) < 0.2 && fabs(AT(8000, "eq_low=9", "eq_low_freq=400")) < 0.1);
    CHECK(fabs(AT(400, "eq_low=9", "eq_low_freq=400") - 4.5) < 0.2);
    CHECK(fabs(AT(600, "eq_lowmid=-12", "eq_lowmid_freq=600") + 12) < 0.05 && fabs(AT(60, "eq_lowmid=-12", "eq_lowmid_freq=600")) < 0.5);
    CHECK(fabs(AT(3000, "eq_highmid=6", "eq_highmid_freq=3000") - 6) < 0.05);
    CHECK(fabs(AT(18000, "eq_high=-6", "eq_high_freq=4000") + 6) < 0.3 && fabs(AT(100, "eq_high=-6", "eq_high_freq=4000")) < 0.05);
    CHECK(fabs(AT(200, "highpass_freq=200") + 3.01) < 0.1 && fabs(AT(50, "highpass_freq=200") + 24.1) < 0.3);
    CHECK(fabs(AT(1000, "level=-7") + 7) < 0.01);
    double all = AT(600, "eq_low=3", "eq_lowmid=4", "eq_lowmid_freq=600", "eq_highmid=5", "eq_high=6");
    double one_by_one = AT(600, "eq_low=3") + AT(600, "eq_lowmid=4", "eq_lowmid_freq=600") + AT(600, "eq_highmid=5") + AT(600, "eq_high=6");
    CHECK_CASE(fabs(all - one_by_one) < 0.02, "four bands %.3f, one by one %.3f", all, one_by_one);
}

static void test_compressor(void)
{
    /* 4:1 above -30 dB, half of the reduction of full scale (22.5 dB) made up: 20 dB above the threshold come out 15 lower.
     * The detector rides just below the peaks of a sine. */
    const char *const on[] = {"comp_mix=100", "comp_threshold=-30", "comp_ratio=4", "comp_attack=1", "comp_release=200", NULL};
    double loud = gain_at(1000, 0.3162, on), soft = gain_at(1000, 0.01, on);
    CHECK_CASE(fabs(soft - 11.25) < 0.1 && fabs(loud - soft + 15) < 0.7, "%.2f dB below, %.2f dB above the threshold", soft, loud);
    /* Punch: up at the start of a burst, nothing later. */
    enum { N = 48000 };
    float *x = sine(200, 0.2, N, 48000);
    const char *const still[] = {"comp_mix=100", "comp_threshold=0", "comp_ratio=1", NULL};
    const char *const punch[] = {"comp_mix=100", "comp_threshold=0", "comp_ratio=1", "comp_punch=9", NULL};
    tone_sound a = process(x, N, 48000, 1, still), b = process(x, N, 48000, 1, punch);
    double early = 20 * log10(rms(&b, 0, 0, 1000) / rms(&a, 0, 0, 1000)), late = 20 * log10(rms(&b, 0, 24000, N) / rms(&a, 0, 24000, N));
    CHECK_CASE(early > 5 && early < 9.1 && fabs(late) < 0.3, "punch of %.2f dB, %.2f dB later", early, late);
    tone_sound_clear(&a);
    tone_sound_clear(&b);
    free(x);
}

static void test_limiter(void)
{
    enum { N = 48000 };
    tone_random r;
    tone_random_seed(&r, 4);
    float *x = calloc(2 * N, sizeof *x);
    for (int i = 0; i < N; i++) /* quiet noise, loud bursts, single spikes */
        for (int side = 0; side < 2; side++)
            x[2 * i + side] = (float)((tone_random_unit(&r) - 0.5) * (i / 3000 % 3 == 1 ? 6 : 0.2) + (i % 7001 == 0 ? 9 : 0));
    const char *const ceiling[] = {"limiter_ceiling=-6", NULL};
    tone_sound s = process(x, N, 48000, 1, ceiling);
    float peak = 0;
    for (size_t i = 0; i < 2 * s.n_frames; i++)
        peak = fmaxf(peak, fabsf(s.frames[i]));
    CHECK_CASE(peak <= 0.50119f && peak > 0.45f, "peak %g", (double)peak);
    CHECK_CASE(rms(&s, 0, 47000, N) > 0.04, "it lets go: %g", rms(&s, 0, 47000, N));
    tone_sound_clear(&s);
    free(x);
}

/* A click of noise, 10 ms long, without much above 2 kHz. */
static float *click(size_t n)
{
    tone_random r;
    tone_random_seed(&r, 12);
    float *x = calloc(2 * n, sizeof *x);
    float low = 0;
    for (size_t i = 0; i < 480 && i < n; i++) {
        low += 0.25f * ((float)(tone_random_unit(&r) - 0.5) - low);
        x[2 * i] = x[2 * i + 1] = low;
    }
    return x;
}

static void test_echo(void)
{
    enum { N = 48000 };
    float *x = click(N);
    const char *const ms[] = {"delay_mix=100", "delay_time=250", "delay_feedback=50", NULL};
    tone_sound s = process(x, N, 48000, 1, ms);
    double dry = rms(&s, 0, 0, 480), first = rms(&s, 0, 12000, 12500), second = rms(&s, 1, 24000, 24500);
    CHECK_CASE(rms(&s, 0, 8000, 11990) < 0.02 * dry && first > 0.4 * dry && first > 4 * rms(&s, 1, 12000, 12500), "first echo %g of %g, left", first, dry);
    CHECK_CASE(second > 0.3 * first && second < 0.6 * first && second > 4 * rms(&s, 0, 24000, 24500), "second echo %g, right", second);
    tone_sound_clear(&s);
    const char *const beats[] = {"delay_mix=100", "delay_sync=1/8 dotted", NULL}; /* at 120: 0.375 s */
    s = process(x, N, 48000, 1, beats);
    CHECK(rms(&s, 0, 14000, 17990) < 0.02 * dry && rms(&s, 0, 18000, 18500) > 0.4 * dry);
    tone_sound_clear(&s);
    free(x);
}

static void test_reverb(void)
{
    static const struct {
        const char *decay, *size;
        double seconds;
        uint32_t rate;
    } cases[] = {{"reverb_decay=0.6", "reverb_size=5", 0.6, 48000}, {"reverb_decay=1.8", "reverb_size=15", 1.8, 44100},
                 {"reverb_decay=3", "reverb_size=40", 3, 96000}};
    for (size_t c = 0; c < 3; c++) {
        size_t n = (size_t)(1.2 * cases[c].seconds * cases[c].rate);
        float *x = click(n);
        const char *const settings[] = {"reverb_mix=100", "reverb_damping=0", "reverb_predelay=0", cases[c].decay, cases[c].size, NULL};
        tone_sound s = process(x, n, cases[c].rate, 1.2 * cases[c].seconds, settings);
        /* Schroeder: the energy still to come falls in a straight line; from -10 to -40 dB it takes half of T60. */
        double left = 0, total = 0, from = 0, to = 0;
        for (size_t i = 0; i < 2 * s.n_frames; i++)
            total += (double)s.frames[i] * s.frames[i];
        left = total;
        for (size_t i = 0; i < s.n_frames; i++) {
            double db = 10 * log10(left / total + 1e-12);
            from = db > -10 ? (double)i : from;
            to = db > -40 ? (double)i : to;
            left -= (double)s.frames[2 * i] * s.frames[2 * i] + (double)s.frames[2 * i + 1] * s.frames[2 * i + 1];
        }
        double t60 = 2 * (to - from) / cases[c].rate;
        CHECK_CASE(fabs(t60 / cases[c].seconds - 1) < 0.05, "%s measures %.3f s", cases[c].decay, t60);
        tone_sound_clear(&s);
        free(x);
    }
}

static void test_comb(void)
{
    /* Resonances at whole multiples of the frequency, troughs between: (1 + f) / (1 - f) apart. */
#define COMB(hz) gain_at(hz, 0.05, (const char *const[]){"comb_mix=100", "comb_freq=500", "comb_feedback=60", NULL})
    double peak = COMB(1000), trough = COMB(750);
    CHECK_CASE(fabs(peak - trough - 20 * log10(1.6 / 0.4)) < 0.6, "peak %.2f dB, trough %.2f dB", peak, trough);
}

/* Chorus and phaser change the sound, keep its power within bounds, and widen it. */
static void test_movers(void)
{
    enum { N = 96000 };
    tone_random r;
    tone_random_seed(&r, 6);
    float *x = malloc(2 * N * sizeof *x);
    for (int i = 0; i < N; i++)
        x[2 * i] = x[2 * i + 1] = (float)(tone_random_unit(&r) - 0.5) * 0.4f;
    static const char *const mixes[] = {"chorus_mix=100", "phaser_mix=50", "chorus_mix=50", "phaser_mix=100"};
    for (int m = 0; m < 4; m++) {
        const char *const settings[] = {mixes[m], NULL}, *const none[] = {NULL};
        tone_sound dry = process(x, N, 48000, 2, none), s = process(x, N, 48000, 2, settings);
        double gain = 20 * log10(rms(&s, 0, 24000, N) / rms(&dry, 0, 24000, N)), apart = 0;
        for (size_t i = 24000; i < N; i++)
            apart += pow(s.frames[2 * i] - s.frames[2 * i + 1], 2);
        CHECK_CASE(fabs(gain) < 4.5, "%s: %.2f dB", mixes[m], gain);
        CHECK_CASE(sqrt(apart / (N - 24000)) > 0.05 * rms(&s, 0, 24000, N), "%s widens", mixes[m]);
        tone_sound_clear(&dry);
        tone_sound_clear(&s);
    }
    free(x);
}

static void test_saturation(void)
{
    static const char *const curves[] = {"sat_curve=soft", "sat_curve=hard", "sat_curve=tube", "sat_curve=fold"};
    for (int c = 0; c < 4; c++) {
        const char *const settings[] = {"sat_mix=100", "sat_drive=20", curves[c], NULL};
        double loud = gain_at(220, 0.3, settings);
        CHECK_CASE(fabs(loud) < 3, "%s at 20 dB of drive changes the level of its reference by %.2f dB", curves[c], loud);
    }
    const char *const clean[] = {"sat_mix=100", "sat_drive=0", "sat_curve=hard", NULL};
    CHECK(fabs(gain_at(1000, 0.2, clean)) < 0.05);
}

static void test_width(void)
{
    enum { N = 4800 };
    float *x = sine(300, 0.2, N, 48000);
    for (int i = 0; i < N; i++)
        x[2 * i + 1] = -0.5f * x[2 * i];
    const char *const mono[] = {"stereo_width=0", NULL}, *const wide[] = {"stereo_width=200", NULL}, *const same[] = {NULL};
    tone_sound m = process(x, N, 48000, 0.1, mono), w = process(x, N, 48000, 0.1, wide), s = process(x, N, 48000, 0.1, same);
    bool equal = true, doubled = true;
    for (size_t i = 0; i < N; i++) {
        equal &= fabsf(m.frames[2 * i] - m.frames[2 * i + 1]) < 1e-6f;
        doubled &= fabsf((w.frames[2 * i] - w.frames[2 * i + 1]) - 2 * (s.frames[2 * i] - s.frames[2 * i + 1])) < 1e-5f;
    }
    CHECK(equal && doubled);
    tone_sound_clear(&m);
    tone_sound_clear(&w);
    tone_sound_clear(&s);
    free(x);
}

/* With every mix at 0 a sound comes out as it went in, but for the high-pass, at every rate and without delay. */
static void test_dry(void)
{
    static const uint32_t rates[] = {44100, 48000, 96000, 192000};
    for (int k = 0; k < 4; k++) {
        enum { N = 9600 };
        float *x = sine(1000, 0.5, N, rates[k]);
        const char *const none[] = {NULL};
        tone_sound s = process(x, N, rates[k], (double)N / rates[k], none);
        float worst = 0;
        for (size_t i = 0; i < 2 * N; i++)
            worst = fmaxf(worst, fabsf(s.frames[i] - x[i]));
        CHECK_CASE(s.n_frames == N && worst < 0.008f, "%u Hz: off by %g", rates[k], (double)worst);
        tone_sound_clear(&s);
        free(x);
    }
}

int main(void)
{
    test_maths();
    test_filter_response();
    test_filter_wild();
    test_eq();
    test_compressor();
    test_limiter();
    test_echo();
    test_reverb();
    test_comb();
    test_movers();
    test_saturation();
    test_width();
    test_dry();
    return check_done();
}

/* A render depends on patch, notes, seed and rate only; silence, noise on the inputs and wild knobs do no harm. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "tonesmith/sound/render.h"

static tone_error err;

/* A patch with everything on. */
static void busy_patch(tone_patch *p)
{
    static const char *const settings[] = {
        "osc_mix=40", "osc2_detune=7", "unison_voices=3", "sub_level=20", "noise_level=10", "noise_color=pink", "fm_index=0.6",
        "filter_cutoff=2000", "filter_env=2", "filter_drive=9", "lfo1_pitch=8", "lfo2_cutoff=0.5", "lfo2_shape=random", "sat_mix=50",
        "eq_low=3", "eq_lowmid=-2", "eq_highmid=2", "eq_high=3", "comp_mix=80", "comp_punch=4", "chorus_mix=30", "phaser_mix=30",
        "comb_mix=20", "delay_mix=25", "delay_time=120", "reverb_mix=25", "stereo_width=130", "highpass_freq=40", "level=6"};
    tone_patch_defaults(p);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        CHECK_CASE(tone_patch_set_text(p, settings[i], NULL, &err) == TONE_OK, "%s: %s", settings[i], err.text);
}

static void random_patch(tone_patch *p, tone_random *r)
{
    tone_patch_defaults(p);
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        double knob = tone_random_below(r, 4) ? tone_random_unit(r) : (double)tone_random_below(r, 2);
        CHECK(tone_patch_set_id(p, (tone_param)i, tone_param_from_knob((tone_param)i, knob), NULL, &err) == TONE_OK);
    }
}

static tone_sound render(const tone_patch *p, const char *text, uint32_t rate, uint64_t seed, double seconds)
{
    tone_notes notes;
    tone_sound s = {0};
    tone_render_options opt = tone_render_defaults();
    opt.rate = rate;
    opt.seed = seed;
    opt.seconds = seconds;
    CHECK_CASE(tone_notes_parse(&notes, text, &err) == TONE_OK, "%s", err.text);
    CHECK_CASE(tone_render(&s, p, &notes, &opt, &err) == TONE_OK, "%s", err.text);
    tone_notes_clear(&notes);
    return s;
}

static bool equal(const tone_sound *a, const tone_sound *b)
{
    return a->n_frames == b->n_frames && memcmp(a->frames, b->frames, a->n_frames * 2 * sizeof(float)) == 0;
}

/* What the live synth gives when asked for blocks of `size`, or of random sizes up to -size. */
static tone_sound play(const tone_patch *p, uint32_t rate, uint64_t seed, double seconds, int size, tone_random *r)
{
    tone_synth *s;
    CHECK(tone_synth_new(&s, p, rate, seed, &err) == TONE_OK);
    uint32_t late = tone_synth_latency(s);
    size_t n = (size_t)(seconds * rate + 0.5), done = 0;
    tone_sound out = {.n_channels = 2, .rate = rate, .n_frames = n};
    float *all = malloc((n + late + 4096) * 2 * sizeof *all);
    /* The notes of test_blocks(). */
    CHECK(tone_synth_note_on(s, 0, 48, 0.8f, 0) && tone_synth_note_off(s, (uint32_t)(0.3 * rate + 0.5), 48, 0));
    CHECK(tone_synth_note_on(s, (uint32_t)(0.1234 * rate + 0.5), 55, 0.5f, 0));
    CHECK(tone_synth_note_off(s, (uint32_t)(0.3234 * rate + 0.5), 55, 0));
    while (done < n + late) {
        size_t some = size > 0 ? (size_t)size : 1 + (size_t)tone_random_below(r, (uint64_t)-size);
        tone_synth_run(s, all + 2 * done, some);
        done += some;
    }
    out.frames = malloc(n * 2 * sizeof *all);
    memcpy(out.frames, all + 2 * (size_t)late, n * 2 * sizeof *all);
    free(all);
    tone_synth_free(s);
    return out;
}

static void test_blocks(void)
{
    static const uint32_t rates[] = {44100, 48000, 88200, 96000, 192000};
    tone_random r;
    tone_random_seed(&r, 3);
    tone_patch p;
    busy_patch(&p);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        tone_sound whole = render(&p, "C3@0:0.3:0.8 G3@0.1234:0.2:0.5", rates[i], 7, 0.5);
        static const int sizes[] = {1, 7, 16, 64, 333, 4096, -4096};
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            tone_sound blocks = play(&p, rates[i], 7, 0.5, sizes[k], &r);
            CHECK_CASE(equal(&whole, &blocks), "%u Hz, blocks of %d", rates[i], sizes[k]);
            tone_sound_clear(&blocks);
        }
        tone_sound other = render(&p, "C3@0:0.3:0.8 G3@0.1234:0.2:0.5", rates[i], 8, 0.5);
        CHECK_CASE(!equal(&whole, &other), "another seed is another render at %u Hz", rates[i]);
        tone_sound_clear(&whole);
        tone_sound_clear(&other);
    }
}

typedef struct job {
    tone_patch patch;
    tone_sound sound;
} job;

static void *work(void *arg)
{
    job *j = arg;
    tone_notes notes;
    tone_error why;
    if (tone_notes_parse(&notes, "C3+E3+G3@0:0.2", &why) || tone_render(&j->sound, &j->patch, &notes, NULL, &why))
        j->sound.frames = NULL;
    tone_notes_clear(&notes);
    return NULL;
}

static void test_threads(void)
{
    enum { N = 6 };
    static job jobs[2][N];
    tone_random r;
    tone_random_seed(&r, 5);
    for (int i = 0; i < N; i++) {
        random_patch(&jobs[0][i].patch, &r);
        jobs[1][i].patch = jobs[0][i].patch;
    }
    pthread_t threads[N];
    for (int i = 0; i < N; i++)
        CHECK(pthread_create(&threads[i], NULL, work, &jobs[0][i]) == 0);
    for (int i = N - 1; i >= 0; i--) /* the other order, one after the other */
        work(&jobs[1][i]);
    for (int i = 0; i < N; i++) {
        pthread_join(threads[i], NULL);
        CHECK_CASE(jobs[0][i].sound.frames && equal(&jobs[0][i].sound, &jobs[1][i].sound), "job %d", i);
        tone_sound_clear(&jobs[0][i].sound);
        tone_sound_clear(&jobs[1][i].sound);
    }
}

/* The same bits from every compiler and processor.  A change of these numbers is a change of every sound people have made:
 * it is made knowingly, and said in the commit. */
static void test_bits(void)
{
    static const struct {
        const char *preset;
        uint32_t rate;
        uint64_t hash;
    } cases[] = {
        {NULL, 48000, 0xBD7222C1B6234F73u},
        {NULL, 44100, 0x67C06CD700FCEA41u},
        {NULL, 96000, 0xE4DBAAC16A740F62u},
        {"Acid Ribbon", 48000, 0x38CD7F027849476Du},
        {"Hoover Floor", 48000, 0x0D28D04A508C312Fu},
        {"Sync Kite", 48000, 0xE2D27921D5B85980u},
        {"Tight Snare", 192000, 0x8A5E04E7E5A7F396u},
        {"Ice Crackle", 48000, 0x144C8246595ED0E2u},
        {"Warp Gate", 44100, 0xF505FA9C01B30886u},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_patch p;
        if (cases[i].preset)
            CHECK_CASE(tone_preset_find(&p, cases[i].preset, &err) == TONE_OK, "%s", err.text);
        else
            busy_patch(&p);
        tone_sound s = render(&p, "C3@0:0.3 E3+G3@0.1:0.5:0.9", cases[i].rate, 1, 1);
        uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a over the samples, low byte first */
        for (size_t k = 0; k < 2 * s.n_frames; k++) {
            uint32_t bits;
            memcpy(&bits, &s.frames[k], sizeof bits);
            for (int b = 0; b < 32; b += 8)
                hash = (hash ^ (bits >> b & 0xFF)) * 0x100000001B3u;
        }
        CHECK_CASE(hash == cases[i].hash, "{%s%s%s, %u, 0x%016llXu},", cases[i].preset ? "\"" : "", cases[i].preset ? cases[i].preset : "NULL",
                   cases[i].preset ? "\"" : "", cases[i].rate, (unsigned long long)hash);
        tone_sound_clear(&s);
    }
}

/* Whatever the knobs, what comes out is finite, below the ceiling, and dies away. */
static void test_wild(void)
{
    static const uint32_t rates[] = {44100, 48000, 96000, 192000};
    uint64_t seed = 20240;
    printf("wild patches: seed %llu\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    for (int round = 0; round < 150; round++) {
        tone_patch p;
        random_patch(&p, &r);
        tone_sound s = render(&p, "C-1@0:0.05 G9@0.02:0.1 C3+E3+G3+B3@0.05:0.2 A4@0.15:0.05:1", rates[round % 4], (uint64_t)round, 0.4);
        float peak = 0;
        bool finite = true;
        for (size_t i = 0; i < 2 * s.n_frames; i++) {
            finite &= isfinite(s.frames[i]) != 0;
            peak = fmaxf(peak, fabsf(s.frames[i]));
        }
        double ceiling = pow(10, p.values[TONE_P_LIMITER_CEILING] / 20.0);
        CHECK_CASE(finite && peak <= ceiling * 1.000001, "round %d: peak %g, ceiling %g", round, (double)peak, ceiling);
        tone_sound_clear(&s);
    }
}

/* Knobs that jump at every block of one millisecond while notes sound. */
static void test_moving(void)
{
    tone_random r;
    tone_random_seed(&r, 77);
    tone_patch p;
    busy_patch(&p);
    tone_synth *s;
    CHECK(tone_synth_new(&s, &p, 48000, 1, &err) == TONE_OK);
    float frames[2 * 48], peak = 0;
    bool finite = true;
    for (int block = 0; block < 3000; block++) {
        if (block % 100 == 0)
            CHECK(tone_synth_note_on(s, 5, (float)tone_random_below(&r, 128), (float)tone_random_unit(&r), 0));
        for (int k = 0; k < 4; k++) {
            tone_param id = (tone_param)tone_random_below(&r, TONE_N_PARAMS);
            double knob = tone_random_below(&r, 2) ? tone_random_unit(&r) : (double)tone_random_below(&r, 2);
            tone_synth_set(s, id, (float)tone_param_from_knob(id, knob));
        }
        tone_synth_set(s, TONE_P_LIMITER_CEILING, block % 50 ? -1 : NAN); /* no number: the lowest value */
        tone_synth_run(s, frames, 48);
        for (int i = 0; i < 96; i++) {
            finite &= isfinite(frames[i]) != 0;
            peak = fmaxf(peak, fabsf(frames[i]));
        }
    }
    CHECK_CASE(finite && peak <= 1 && peak > 0.05f, "peak %g", (double)peak);
    tone_synth_free(s);
}

/* A knob that is turned from one end to the other while a sine sounds makes no click: what a sine cannot be, its second
 * difference about its frequency, stays small against the sine. */
static void test_glide(void)
{
    static const struct {
        const char *settings; /* besides the plain sine */
        tone_param id;
        double from, to, limit;
    } cases[] = {
        {"", TONE_P_LEVEL, -20, 0, 0.002},
        {"", TONE_P_FILTER_CUTOFF, 150, 8000, 0.005},
        {"", TONE_P_OSC_LEVEL, 100, 0, 0.002},
        {"osc2_wave=sine", TONE_P_OSC_MIX, 0, 100, 0.004},
        {"", TONE_P_EQ_LOW, -18, 18, 0.02},
        {"", TONE_P_HIGHPASS_FREQ, 5, 500, 0.01},
        {"sat_drive=24", TONE_P_SAT_MIX, 0, 30, 0.02},
        {"sat_drive=0 sat_curve=hard", TONE_P_SAT_MIX, 0, 100, 0.002},
        {"comp_ratio=1", TONE_P_COMP_MIX, 0, 100, 0.002},
        {"comp_mix=100 comp_ratio=1 comp_attack=200", TONE_P_COMP_PUNCH, 0, 12, 0.002},
        {"chorus_depth=0.1 chorus_rate=0.05", TONE_P_CHORUS_MIX, 100, 0, 0.004},
        {"phaser_rate=0.02", TONE_P_PHASER_MIX, 100, 0, 0.008},
        {"comb_freq=220 comb_feedback=30", TONE_P_COMB_MIX, 100, 0, 0.004},
        {"delay_time=40", TONE_P_DELAY_MIX, 100, 0, 0.01},
        {"delay_time=40 delay_mix=50", TONE_P_DELAY_FEEDBACK, 0, 90, 0.01},
        {"reverb_decay=0.5", TONE_P_REVERB_MIX, 100, 0, 0.01},
        {"reverb_mix=50", TONE_P_REVERB_DECAY, 0.3, 3, 0.02},
        {"unison_voices=2 unison_detune=0", TONE_P_STEREO_WIDTH, 0, 200, 0.004},
        {"chorus_depth=0.1 chorus_rate=0.05", TONE_P_CHORUS_MIX, 0, 100, 0.004},
        {"phaser_rate=0.02", TONE_P_PHASER_MIX, 0, 100, 0.008},
        {"comb_freq=220 comb_feedback=30", TONE_P_COMB_MIX, 0, 100, 0.008},
        {"delay_time=40", TONE_P_DELAY_MIX, 0, 100, 0.01},
        {"reverb_decay=0.5", TONE_P_REVERB_MIX, 0, 100, 0.01},
        {"sub_level=0", TONE_P_AMP_SUSTAIN, 100, 20, 0.002},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[128], *save = NULL;
        tone_patch p;
        tone_synth *s;
        tone_patch_defaults(&p);
        p.values[TONE_P_OSC1_WAVE] = 0;
        p.values[TONE_P_AMP_SUSTAIN] = 100;
        p.values[TONE_P_AMP_ATTACK] = 50;
        snprintf(line, sizeof line, "%s", cases[i].settings);
        for (char *w = strtok_r(line, " ", &save); w; w = strtok_r(NULL, " ", &save))
            CHECK_CASE(tone_patch_set_text(&p, w, NULL, &err) == TONE_OK, "%s", err.text);
        p.values[cases[i].id] = (float)cases[i].from;
        CHECK(tone_synth_new(&s, &p, 48000, 1, &err) == TONE_OK);
        static float frames[2 * 48000];
        CHECK(tone_synth_note_on(s, 0, 57, 0.5f, 0)); /* 220 Hz */
        tone_synth_run(s, frames, 48000);
        tone_synth_set(s, cases[i].id, (float)cases[i].to);
        tone_synth_run(s, frames, 9600);
        double c = 2 * cos(2 * 3.14159265358979 * 220 / 48000), worst = 0, peak = 0;
        for (int n = 2; n < 9600; n++)
            for (int side = 0; side < 2; side++) {
                const float *x = frames + 2 * n + side;
                worst = fmax(worst, fabs((double)x[0] - c * x[-2] + x[-4]));
                peak = fmax(peak, fabs((double)x[0]));
            }
        CHECK_CASE(worst < cases[i].limit * peak && peak > 0.01, "%s: %.5f of the peak %.3f", tone_param_get(cases[i].id)->name, worst / peak, peak);
        tone_synth_free(s);
    }
}

/* After the tail there is nothing, exactly nothing, and the synth says that it is idle. */
static void test_silence(void)
{
    tone_patch p;
    busy_patch(&p);
    p.values[TONE_P_REVERB_DECAY] = 0.5f;
    tone_synth *s;
    CHECK(tone_synth_new(&s, &p, 48000, 1, &err) == TONE_OK);
    float frames[2 * 480], peak = 0;
    CHECK(tone_synth_idle(s));
    tone_synth_run(s, frames, 480);
    for (int i = 0; i < 960; i++)
        peak = fmaxf(peak, fabsf(frames[i]));
    CHECK_CASE(peak == 0, "silence before the first note, not %g", (double)peak);
    CHECK(tone_synth_note_on(s, 0, 60, 1, 0) && tone_synth_note_off(s, 9600, 60, 0) && !tone_synth_idle(s));
    int blocks = 0;
    while (!tone_synth_idle(s) && ++blocks < 2000)
        tone_synth_run(s, frames, 480);
    CHECK_CASE(blocks > 20 && blocks < 1000, "idle after %d blocks", blocks);
    int subnormal = 0; /* what slows a processor down, a hundred times for each operation */
    for (int block = 0; block < 1500; block++) {
        tone_synth_run(s, frames, 480);
        peak = 0;
        for (int i = 0; i < 960; i++) {
            peak = fmaxf(peak, fabsf(frames[i]));
            subnormal += fpclassify(frames[i]) == FP_SUBNORMAL;
        }
    }
    CHECK_CASE(peak == 0 && subnormal == 0, "%g is left after 15 s, %d subnormal samples", (double)peak, subnormal);
    tone_synth_free(s);
}

/* NaN and infinities in a recording are silence and leave nothing behind. */
static void test_nan(void)
{
    tone_patch p;
    busy_patch(&p);
    enum { N = 24000 };
    float *x = malloc(2 * N * sizeof *x);
    for (int i = 0; i < 2 * N; i++)
        x[i] = i < N ? 0.3f * sinf((float)i * 0.05f) : 0;
    x[100] = NAN;
    x[201] = INFINITY;
    x[300] = -INFINITY;
    x[400] = 1e30f;
    tone_sound in = {x, N, 2, 48000}, out;
    tone_render_options opt = tone_render_defaults();
    opt.seconds = 3;
    CHECK(tone_render_effects(&out, &p, &in, 120, &opt, &err) == TONE_OK && out.n_frames == 144000);
    bool finite = true;
    for (size_t i = 0; i < 2 * out.n_frames; i++)
        finite &= isfinite(out.frames[i]) != 0;
    CHECK(finite && fabsf(out.frames[2 * 5000]) + fabsf(out.frames[2 * 5001]) > 1e-4f);
    tone_sound_clear(&out);
    opt.seconds = 0;
    CHECK(tone_render_effects(&out, &p, &in, 120, &opt, &err) == TONE_OK && out.n_frames > N && out.n_frames < 9 * 48000);
    tone_sound_clear(&out);
    in.n_channels = 3;
    CHECK(tone_render_effects(&out, &p, &in, 120, &opt, &err) == TONE_ERR_UNSUPPORTED);
    in.n_channels = 1;
    in.rate = 8000;
    CHECK(tone_render_effects(&out, &p, &in, 120, &opt, &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "a rate is 44100 to 192000 Hz, not 8000");
    free(x);
}

static bool stop(void *user, double done)
{
    (void)done;
    return ++*(int *)user < 2;
}

static void test_cancel(void)
{
    tone_patch p;
    tone_notes notes;
    tone_sound s;
    int calls = 0;
    tone_patch_defaults(&p);
    CHECK(tone_notes_parse(&notes, "C3@0:3", &err) == TONE_OK);
    tone_render_options opt = tone_render_defaults();
    opt.progress = stop;
    opt.user = &calls;
    CHECK(tone_render(&s, &p, &notes, &opt, &err) == TONE_ERR_CANCELLED && s.frames == NULL && calls == 2);
    tone_notes_clear(&notes);
}

int main(void)
{
    test_blocks();
    test_threads();
    test_bits();
    test_wild();
    test_moving();
    test_glide();
    test_silence();
    test_nan();
    test_cancel();
    return check_done();
}

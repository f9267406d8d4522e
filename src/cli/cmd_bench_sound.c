/* tonesmith bench-sound: how fast the instrument is on this machine, as a whole and part by part. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/random.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "sound/engine.h"

static const cli_spec spec = {
    "bench-sound", "tonesmith bench-sound [options]",
    "Time the synth: four voices of two oscillators each with every effect on, one second of sound at a time, the best of\n"
    "several runs, in processor time of one core.  Then each part alone.",
    "A part's share is of the whole; the parts do not add up to it exactly, as each is timed on its own."};

enum { N_PARTS = 14, RUNS = 7 };

/* What is timed: the engine and noise for the effects to work on. */
typedef struct bench {
    tone_engine *engine;
    float noise[2][4096 + TONE_FX_BLOCK_MAX];
    int part;
} bench;

static const char *const part_names[N_PARTS] = {"all", "voices", "decimator", "saturation", "eq", "compressor", "chorus",
                                                "phaser", "comb", "echo", "reverb", "high-pass", "limiter", "1 voice, no effects"};

static const char *const settings[] = {
    "osc_mix=50",    "osc2_detune=7",  "sub_level=30",   "filter_cutoff=2500", "filter_env=1",   "lfo1_pitch=8",
    "lfo2_cutoff=1", "sat_mix=50",     "eq_low=3",       "eq_lowmid=-2",       "eq_highmid=2",   "eq_high=3",
    "comp_mix=100",  "chorus_mix=30",  "phaser_mix=30",  "comb_mix=20",        "delay_mix=25",   "reverb_mix=25",
    "stereo_width=120", "highpass_freq=40", "amp_sustain=100", "level=6"};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run_part(bench *b, int block)
{
    tone_engine *e = b->engine;
    tone_fx *fx = &e->fx;
    int n = e->n;
    float left[TONE_FX_BLOCK_MAX], right[TONE_FX_BLOCK_MAX];
    size_t at = (size_t)(block * n) % 4096;
    memcpy(left, &b->noise[0][at], (size_t)n * sizeof *left);
    memcpy(right, &b->noise[1][at], (size_t)n * sizeof *right);
    switch (b->part) {
    case 1:
        for (int part = 0; part < TONE_ENGINE_PARTS; part++)
            tone_engine_play(e, part);
        break;
    case 2:
        for (int side = 0; side < 2 && e->factor == 2; side++)
            tone_decimator_run(&e->sides[side], left, &b->noise[side][at / 2], n);
        break;
    case 3: tone_saturator_run(&fx->saturator, left, right, n); break;
    case 4: tone_eq_run(&fx->eq, left, right, n); break;
    case 5: tone_compressor_run(&fx->compressor, left, right, n); break;
    case 6: tone_chorus_run(&fx->chorus, left, right, n); break;
    case 7: tone_phaser_run(&fx->phaser, left, right, n); break;
    case 8: tone_comb_run(&fx->comb, left, right, n); break;
    case 9: tone_echo_run(&fx->echo, left, right, n); break;
    case 10: tone_reverb_run(&fx->reverb, left, right, n); break;
    case 11: tone_eq_run_highpass(&fx->eq, left, right, n); break;
    case 12: tone_limiter_run(&fx->limiter, left, right, n); break;
    default:
        for (int part = 0; part < TONE_ENGINE_PARTS; part++)
            tone_engine_play(e, part);
        tone_engine_finish(e, left, right);
        break;
    }
}

/* Seconds of processor time for one second of sound: the best of several. */
static tone_status time_part(double *seconds, int part, uint32_t rate, tone_error *err)
{
    tone_patch p;
    tone_patch_defaults(&p);
    p.values[TONE_P_AMP_SUSTAIN] = 100;
    tone_status st = TONE_OK;
    for (size_t i = 0; part != N_PARTS - 1 && i < sizeof settings / sizeof *settings && !st; i++)
        st = tone_patch_set_text(&p, settings[i], NULL, err);
    bench *b = calloc(1, sizeof *b);
    if (!st && !b)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the benchmark");
    if (!st)
        st = tone_engine_new(&b->engine, &p, rate, 1, 120, err);
    if (st) {
        free(b);
        return st;
    }
    b->part = part;
    tone_random r;
    tone_random_seed(&r, 1);
    for (int i = 0; i < 4096 + TONE_FX_BLOCK_MAX; i++)
        for (int side = 0; side < 2; side++)
            b->noise[side][i] = (float)(tone_random_unit(&r) - 0.5);
    static const float chord[4] = {48, 55, 60, 64};
    for (int i = 0; i < (part == N_PARTS - 1 ? 1 : 4); i++)
        tone_voices_note_on(&b->engine->voices, &b->engine->patch, chord[i], 0.9f, 0, 0);
    int blocks = (int)rate / b->engine->n;
    *seconds = 1e9;
    for (int run = 0; run <= RUNS; run++) {
        double start = now_s();
        for (int i = 0; i < blocks; i++)
            run_part(b, i);
        double took = now_s() - start;
        if (run > 0 && took < *seconds) /* the first warms up */
            *seconds = took;
    }
    tone_engine_free(b->engine);
    free(b);
    return TONE_OK;
}

int cli_bench_sound(int argc, char **argv)
{
    bool json = false;
    long rate = 48000;
    const cli_option options[] = {{0, "rate", CLI_INT, &rate, "HZ", "44100 to 192000 (48000)", TONE_RATE_MIN, TONE_RATE_MAX},
                                  {0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
                                  {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc > 0)
        return cli_misuse("bench-sound", "what is '%s'?", argv[0]);
    tone_error err;
    double seconds[N_PARTS];
    for (int i = 0; i < N_PARTS; i++)
        if (time_part(&seconds[i], i, (uint32_t)rate, &err))
            return cli_error("bench-sound", &err);
    if (json) {
        json_t *root = json_pack("{s:i,s:f}", "rate", (int)rate, "times_real_time", 1 / seconds[0]), *parts = json_object();
        for (int i = 1; i < N_PARTS; i++)
            json_object_set_new(parts, part_names[i], json_real(1 / seconds[i]));
        json_object_set_new(root, "parts", parts);
        char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(5));
        json_decref(root);
        puts(text ? text : "{}");
        free(text);
        return cli_finish("bench-sound", text ? 0 : 1);
    }
    printf("4 voices of 2 oscillators, all effects, %ld Hz, one core: %.0f times real time\n\n", rate, 1 / seconds[0]);
    printf("%-22s %14s %10s %8s\n", "part", "x real time", "ns/frame", "share");
    for (int i = 1; i < N_PARTS; i++) {
        printf("%-22s %14.0f %10.1f", part_names[i], 1 / seconds[i], 1e9 * seconds[i] / (double)rate);
        if (i < N_PARTS - 1)
            printf(" %7.1f%%", 100 * seconds[i] / seconds[0]);
        printf("\n");
    }
    return cli_finish("bench-sound", 0);
}

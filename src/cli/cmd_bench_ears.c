/* tonesmith bench-ears: how fast sounds are measured on this machine, group by group. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/random.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "tonesmith/sound/analysis.h"

static const cli_spec spec = {
    "bench-ears", "tonesmith bench-ears [options]",
    "Time the measures of a stereo sound of partials, beating and noise at 48 kHz: all of them, each group alone (with what\n"
    "it needs), and the comparison of two sounds.  The best of several runs, in processor time of one core.",
    NULL};

enum { RATE = 48000, RUNS = 6, N_GROUPS = 12, N_PANELS = 6 };

static const char *const group_names[N_GROUPS] = {"health",    "loudness", "peak",     "spectrum",   "envelope", "onset",
                                                  "roughness", "sharpness", "pitch", "harmonic", "modulation", "stereo"};
static const char *const panel_names[N_PANELS] = {"mr_stft", "log_mel", "mfcc_dtw", "descriptors", "envelope", "f0"};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* 40 partials a side, a little apart so that they beat, and some noise. */
static float *make_sound(size_t n, double hz)
{
    float *x = malloc(2 * n * sizeof *x);
    tone_random r;
    tone_random_seed(&r, 1);
    for (size_t i = 0; x && i < n; i++)
        for (int side = 0; side < 2; side++) {
            double phase = 6.283185307179586 * (hz + 0.7 * side) * (double)i / RATE, v = 0.002 * (tone_random_unit(&r) - 0.5);
            for (int k = 1; k <= 40; k++)
                v += 0.1 / k * sin(k * phase);
            x[2 * i + (size_t)side] = (float)v;
        }
    return x;
}

static tone_status time_groups(double *best, tone_analyzer *ears, const tone_clip *clip, uint32_t groups, tone_error *err)
{
    tone_measures m;
    tone_analyze_options opt = {.groups = groups};
    *best = HUGE_VAL;
    for (int i = 0; i < RUNS; i++) {
        double start = now_s();
        tone_status st = tone_analyze(&m, ears, clip, &opt, err);
        if (st)
            return st;
        *best = fmin(*best, now_s() - start);
    }
    return TONE_OK;
}

static tone_status time_panel(double *best, tone_analyzer *ears, const tone_clip clip[2], uint32_t panel, tone_error *err)
{
    tone_measures m[2];
    tone_comparison *c = malloc(sizeof *c);
    tone_status st = c ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the benchmark");
    for (int i = 0; i < 2 && !st; i++)
        st = tone_analyze(&m[i], ears, &clip[i], NULL, err);
    tone_compare_options opt = {.panel = panel, .a = &m[0], .b = &m[1]};
    *best = HUGE_VAL;
    for (int i = 0; i < RUNS && !st; i++) {
        double start = now_s();
        st = tone_compare(c, ears, &clip[0], &clip[1], &opt, err);
        *best = fmin(*best, now_s() - start);
    }
    free(c);
    return st;
}

static void print(const char *what, double took, double seconds, bool json, bool first)
{
    if (json)
        printf("%s\"%s\":{\"ms\":%.3f,\"times_real_time\":%.1f}", first ? "" : ",", what, 1000 * took, seconds / took);
    else
        printf("%-24s%10.2f ms%9.0f x real time\n", what, 1000 * took, seconds / took);
}

static tone_status bench(double seconds, bool json, tone_error *err)
{
    size_t n = (size_t)(seconds * RATE);
    float *x[2] = {make_sound(n, 110), make_sound(n, 123)};
    tone_clip clip[2] = {{x[0], n, 2, RATE}, {x[1], n, 2, RATE}};
    tone_analyzer *ears = NULL;
    double took;
    tone_status st = x[0] && x[1] ? tone_analyzer_new(&ears, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the benchmark");
    if (json)
        printf("{");
    for (int i = -1; i < N_GROUPS && !st; i++) {
        st = time_groups(&took, ears, &clip[0], i < 0 ? TONE_HEAR_ALL : 1u << i, err);
        if (!st)
            print(i < 0 ? "all measures" : group_names[i], took, seconds, json, i < 0);
    }
    for (int i = -1; i < N_PANELS && !st; i++) {
        char name[32];
        st = time_panel(&took, ears, clip, i < 0 ? TONE_PANEL_ALL : 1u << i, err);
        snprintf(name, sizeof name, "compare%s%s", i < 0 ? "" : ": ", i < 0 ? "" : panel_names[i]);
        if (!st)
            print(name, took, seconds, json, false);
    }
    if (json)
        printf("}\n");
    tone_analyzer_free(ears);
    free(x[0]);
    free(x[1]);
    return st;
}

int cli_bench_ears(int argc, char **argv)
{
    bool json = false;
    double seconds = 2;
    const cli_option options[] = {{'s', "seconds", CLI_REAL, &seconds, "S", "length of the sound, 0.1 to 60 (2)", 0.1, 60},
                                  {0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
                                  {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("bench-ears", "what is '%s'?", argv[0]);
    tone_error err;
    int status = bench(seconds, json, &err) ? cli_error("bench-ears", &err) : 0;
    return cli_finish("bench-ears", status);
}

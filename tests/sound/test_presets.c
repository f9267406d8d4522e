/* The factory presets: every one is tagged, described and playable, has the same loudness, neither clips nor is silent, and
 * no two sound alike. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/sound/analysis.h"
#include "tonesmith/sound/render.h"

static const char *const categories[] = {"bass", "lead", "pad", "pluck", "keys", "bell", "drums", "texture", "effect"};
enum { N_CATEGORIES = sizeof categories / sizeof *categories, FEATURES = 8, N_MAX = 256 };

static tone_error err;
static double features[N_MAX][FEATURES];

/* A rough description of a sound: six spectral shares, how it begins and how it ends. */
static void describe(double *out, const tone_measures *m, const tone_sound *s)
{
    static const tone_metric metrics[FEATURES - 2] = {TONE_METRIC_CENTROID_WEIGHTED, TONE_METRIC_SPREAD_WEIGHTED, TONE_METRIC_CENTROID_HZ,
                                                      TONE_METRIC_PLR_DB, TONE_METRIC_SKEWNESS, TONE_METRIC_KURTOSIS};
    for (int i = 0; i < FEATURES - 2; i++)
        out[i] = m->value[metrics[i]];
    double early = 0, all = 0;
    for (size_t i = 0; i < 2 * s->n_frames; i++) {
        double power = (double)s->frames[i] * s->frames[i];
        all += power;
        early += i < s->n_frames / 2 ? power : 0;
    }
    out[FEATURES - 2] = early / all;
    out[FEATURES - 1] = (double)s->n_frames;
}

static void test_preset(size_t i, tone_analyzer *ears, int per_category[N_CATEGORIES])
{
    tone_patch p;
    tone_notes notes;
    tone_sound s;
    tone_measures m;
    if (!CHECK(tone_preset_get(&p, i, &err) == TONE_OK)) {
        fprintf(stderr, "    preset %zu: %s\n", i, err.text);
        return;
    }
    CHECK_CASE(p.n_tags >= 3 && strlen(p.about) >= 15 && *p.notes, "%s has tags, a description and notes", p.name);
    CHECK_CASE(isupper((unsigned char)p.name[0]) && !isupper((unsigned char)p.about[0]), "%s", p.name);
    bool known = false;
    for (int c = 0; c < N_CATEGORIES; c++)
        if (strcmp(p.tags[0], categories[c]) == 0) {
            per_category[c]++;
            known = true;
        }
    CHECK_CASE(known, "%s: the first tag is a category, not '%s'", p.name, p.tags[0]);
    tone_patch found;
    CHECK_CASE(tone_preset_find(&found, p.name, &err) == TONE_OK && memcmp(&found, &p, sizeof p) == 0, "%s is found by its name", p.name);
    if (!CHECK(tone_notes_parse(&notes, p.notes, &err) == TONE_OK)) {
        fprintf(stderr, "    %s: %s\n", p.name, err.text);
        return;
    }
    CHECK(tone_render(&s, &p, &notes, NULL, &err) == TONE_OK);
    tone_clip clip = {s.frames, s.n_frames, s.n_channels, s.rate};
    tone_analyze_options opt = tone_analyze_options_defaults();
    opt.groups = TONE_HEAR_HEALTH | TONE_HEAR_LOUDNESS | TONE_HEAR_PEAK | TONE_HEAR_SPECTRUM;
    CHECK(tone_analyze(&m, ears, &clip, &opt, &err) == TONE_OK);
    double lufs = m.value[TONE_METRIC_INTEGRATED_LUFS];
    CHECK_CASE(fabs(lufs + 18) <= 1, "%s has %.2f LUFS", p.name, lufs);
    CHECK_CASE(m.value[TONE_METRIC_NOT_FINITE] == 0 && m.value[TONE_METRIC_CLIPPED_RUNS] == 0 && m.value[TONE_METRIC_SILENT] == 0,
               "%s is clean", p.name);
    CHECK_CASE(m.value[TONE_METRIC_TRUE_PEAK_DB] < 0.5 && fabs(m.value[TONE_METRIC_DC]) < 0.005, "%s: true peak %.2f dB, DC %.4f", p.name,
               m.value[TONE_METRIC_TRUE_PEAK_DB], m.value[TONE_METRIC_DC]);
    CHECK_CASE(!(m.value[TONE_METRIC_TAIL_CUT] > 0), "%s dies away", p.name);
    describe(features[i], &m, &s);
    tone_sound_clear(&s);
    tone_notes_clear(&notes);
}

static void test_distinct(size_t n)
{
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < a; b++) {
            double apart = 0;
            for (int k = 0; k < FEATURES; k++)
                apart += fabs(features[a][k] - features[b][k]) / (fabs(features[a][k]) + fabs(features[b][k]) + 1e-9);
            CHECK_CASE(apart > 0.15, "presets %zu and %zu measure nearly the same (%.3f)", a, b, apart);
        }
}

static void test_search(void)
{
    size_t found[N_MAX];
    tone_patch p;
    CHECK(tone_preset_search(found, N_MAX, "") == tone_preset_count());
    CHECK(tone_preset_search(found, N_MAX, "xyzzy") == 0);
    size_t n = tone_preset_search(found, N_MAX, "warm BASS");
    CHECK(n >= 1 && n < 20);
    for (size_t i = 0; i < n; i++) {
        CHECK(tone_preset_get(&p, found[i], &err) == TONE_OK);
        CHECK_CASE(strcmp(p.tags[0], "bass") == 0 || strstr(p.about, "bass") || strstr(p.name, "Bass"), "%s", p.name);
    }
    n = tone_preset_search(found, 1, "kick");
    CHECK(n >= 2 && tone_preset_get(&p, found[0], &err) == TONE_OK && strstr(p.name, "Kick"));
    CHECK(tone_preset_find(&p, "slow hunny", &err) == TONE_ERR_NOT_FOUND && strstr(err.text, "Slow Honey"));
}

int main(void)
{
    int per_category[N_CATEGORIES] = {0};
    tone_analyzer *ears;
    size_t n = tone_preset_count();
    CHECK(n >= 96 && n <= N_MAX);
    if (tone_analyzer_new(&ears, &err))
        return 1;
    for (size_t i = 0; i < n; i++)
        test_preset(i, ears, per_category);
    tone_analyzer_free(ears);
    for (int c = 0; c < N_CATEGORIES; c++)
        CHECK_CASE(per_category[c] >= 8, "%d presets of %s", per_category[c], categories[c]);
    test_distinct(n);
    test_search();
    return check_done();
}

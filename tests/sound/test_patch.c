/* Patches: every parameter is well described, values clamp and tell it, JSON comes back equal, and whatever is wrong
 * with a file costs one sentence. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "tonesmith/sound/patch.h"

static tone_patch patch;
static tone_error err;
static tone_report report;

static void test_table(void)
{
    int core = 0;
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *p = tone_param_get((tone_param)i);
        CHECK_CASE(p->id == (tone_param)i && p->name && *p->name, "parameter %d", i);
        CHECK_CASE(p->min < p->max && p->def >= p->min && p->def <= p->max, "%s", p->name);
        CHECK_CASE(strlen(p->help) > 15 && strlen(p->help) < 220 && !strchr(p->help, '\n'), "%s", p->name);
        CHECK_CASE((p->choices != NULL) == (p->curve == TONE_CURVE_CHOICE) && (p->choices != NULL) == (*p->unit == 0), "%s", p->name);
        CHECK_CASE(p->curve != TONE_CURVE_LOG || p->min > 0, "%s", p->name);
        core += p->core;
        for (const char *c = p->name; *c; c++)
            CHECK_CASE(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_', "%s", p->name);
        CHECK_CASE(tone_param_find(p->name) == p, "%s", p->name);
        char words[512], *save = NULL;
        snprintf(words, sizeof words, "%s", p->words);
        for (char *w = strtok_r(words, "|", &save); w; w = strtok_r(NULL, "|", &save))
            CHECK_CASE(tone_param_find(w) == p, "'%s' finds %s, not %s", w,
                       tone_param_find(w) ? tone_param_find(w)->name : "nothing", p->name);
        if (p->choices) {
            double n = 1;
            for (const char *c = p->choices; *c; c++)
                n += *c == '|';
            CHECK_CASE(n == p->max + 1, "%s", p->name);
        }
    }
    CHECK(core >= 40 && core <= 48);
    CHECK_STR(tone_group_name(TONE_GROUP_OUTPUT), "output");
    CHECK(tone_group_name(TONE_N_GROUPS) == NULL);
}

static void test_knob_and_text(void)
{
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *p = tone_param_get((tone_param)i);
        double last = -1e9;
        for (int k = 0; k <= 20; k++) {
            double v = tone_param_from_knob(p->id, k / 20.0), back = tone_param_to_knob(p->id, v), read;
            CHECK_CASE(v >= p->min && v <= p->max && v >= last, "%s", p->name);
            bool whole = p->curve == TONE_CURVE_CHOICE || p->curve == TONE_CURVE_COUNT;
            CHECK_CASE(whole ? v == rint(v) : fabs(back - k / 20.0) < 1e-9, "%s", p->name);
            last = v;
            char text[32];
            tone_param_print(text, p->id, v);
            CHECK_CASE(tone_param_parse(&read, p->id, text, &err) == TONE_OK && fabs(read - v) <= 6e-4 * fabs(v), "%s: '%s' reads as %g: %s",
                       p->name, text, read, err.text);
        }
        CHECK_CASE(tone_param_from_knob(p->id, 0) == p->min && fabs(tone_param_from_knob(p->id, 1) - p->max) <= 1e-12 * fabs(p->max), "%s", p->name);
    }
    static const struct {
        tone_param id;
        const char *text;
        double value;
    } good[] = {{TONE_P_FILTER_CUTOFF, "1.2k", 1200}, {TONE_P_FILTER_CUTOFF, " 800 hz", 800}, {TONE_P_AMP_ATTACK, "0.5 s", 500},
                {TONE_P_OSC1_WAVE, "Saw", 2},         {TONE_P_OSC1_WAVE, "3", 3},           {TONE_P_LEVEL, "-6dB", -6},
                {TONE_P_SAT_MIX, "35%", 35},          {TONE_P_TRANSPOSE, "2 octaves", 24},  {TONE_P_DELAY_SYNC, "1/8 dotted", 6},
                {TONE_P_FILTER_ENV, "-12 semitones", -1}, {TONE_P_COMP_RATIO, "4:1", 4},    {TONE_P_REVERB_DECAY, "500 ms", 0.5}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double v = -1;
        CHECK_CASE(tone_param_parse(&v, good[i].id, good[i].text, &err) == TONE_OK && fabs(v - good[i].value) < 1e-9, "'%s' is %g: %s",
                   good[i].text, v, err.text);
    }
    double v;
    CHECK(tone_param_parse(&v, TONE_P_FILTER_CUTOFF, "5 dB", &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "filter_cutoff is measured in Hz, not in 'dB'");
    CHECK(tone_param_parse(&v, TONE_P_OSC1_WAVE, "sawtooth", &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "osc1_wave is one of sine|triangle|saw|square, not 'sawtooth'");
    CHECK(tone_param_parse(&v, TONE_P_AMP_ATTACK, "fast", &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "amp_attack wants a number of ms, not 'fast'");
    CHECK(tone_param_parse(&v, TONE_P_AMP_ATTACK, "nan", &err) == TONE_ERR_ARGUMENT);
}

/* The ends of a range are in it, as a patch writes them: 0.1 is no float, and the nearest one is above it. */
static void test_ends(void)
{
    tone_patch_defaults(&patch);
    for (int end = 0; end < 2; end++) {
        for (int i = 0; i < TONE_N_PARAMS; i++)
            patch.values[i] = end ? tone_param_get((tone_param)i)->max : tone_param_get((tone_param)i)->min;
        char *text;
        tone_patch back;
        CHECK(tone_patch_write(&text, &patch, &err) == TONE_OK);
        CHECK(tone_patch_read(&back, text, strlen(text), &report, &err) == TONE_OK && memcmp(&back, &patch, sizeof back) == 0);
        CHECK_CASE(report.n == 0, "%s", report.lines[0]);
        free(text);
    }
    tone_change c;
    CHECK(tone_patch_set_text(&patch, "amp_attack=0.1 ms", &c, &err) == TONE_OK && !c.clamped);
    CHECK(tone_patch_set_text(&patch, "amp_attack=0.0999 ms", &c, &err) == TONE_OK && c.clamped && c.after == 0.1f);
}

static void test_set(void)
{
    tone_change c;
    tone_patch_defaults(&patch);
    CHECK(tone_patch_set(&patch, "Filter Cutoff", 30000, &c, &err) == TONE_OK && c.clamped && c.after == 20000 && c.before == 8000);
    char text[128];
    CHECK_STR(tone_change_print(text, &c), "filter_cutoff 8 kHz → 20 kHz (asked for 30000)");
    CHECK(tone_patch_set(&patch, "unison_voices", 2.6, &c, &err) == TONE_OK && c.clamped && c.after == 3);
    CHECK(tone_patch_set(&patch, "cutof", 1, &c, &err) == TONE_ERR_NOT_FOUND);
    CHECK_CASE(strstr(err.text, "nearest are filter_cutoff") != NULL, "%s", err.text);
    CHECK(tone_patch_set(&patch, "level", NAN, &c, &err) == TONE_ERR_ARGUMENT && patch.values[TONE_P_LEVEL] == 0);
    CHECK(tone_patch_set(&patch, "level", INFINITY, &c, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_patch_set_text(&patch, "filter_cutoff*=0.5", &c, &err) == TONE_OK && c.after == 10000);
    CHECK(tone_patch_set_text(&patch, "level -=3 dB", &c, &err) == TONE_OK && c.after == -3 && !c.clamped);
    CHECK(tone_patch_set_text(&patch, "filter_env=-2", &c, &err) == TONE_OK && c.after == -2);
    CHECK(tone_patch_set_text(&patch, "osc1_wave=square", &c, &err) == TONE_OK && c.after == 3);
    CHECK(tone_patch_set_text(&patch, "=3", &c, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_patch_set_text(&patch, "level", &c, &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "'level' is no assignment: write name=value");
}

static void test_json(void)
{
    tone_random r;
    tone_random_seed(&r, 11);
    for (int round = 0; round < 50; round++) {
        tone_patch_defaults(&patch);
        snprintf(patch.name, sizeof patch.name, "a \"quoted\" \\ näme %d", round);
        patch.n_tags = 2;
        strcpy(patch.tags[0], "bass");
        strcpy(patch.tags[1], "dark");
        strcpy(patch.about, "…");
        strcpy(patch.notes, "C2@0:1");
        for (int i = 0; i < TONE_N_PARAMS; i++)
            CHECK(tone_patch_set_id(&patch, (tone_param)i, tone_param_from_knob((tone_param)i, tone_random_unit(&r)), NULL, &err) == TONE_OK);
        char *json = NULL;
        tone_patch back;
        CHECK(tone_patch_write(&json, &patch, &err) == TONE_OK);
        CHECK_CASE(tone_patch_read(&back, json, strlen(json), &report, &err) == TONE_OK && report.n == 0, "%s %s", err.text, report.lines[0]);
        CHECK(memcmp(&patch, &back, sizeof patch) == 0);
        /* Every prefix is refused in one sentence, and the patch stays. */
        for (size_t n = round ? strlen(json) : 0; n < strlen(json) - 2; n++) {
            tone_patch before = back;
            CHECK(tone_patch_read(&back, json, n, &report, &err) == TONE_ERR_FORMAT && *err.text && !memcmp(&before, &back, sizeof back));
        }
        free(json);
    }
}

static void test_sentences(void)
{
    static const struct {
        const char *json;
        tone_status status;
        const char *text;
    } cases[] = {
        {"[]", TONE_ERR_FORMAT, "a patch is a JSON object, not a list"},
        {"{}", TONE_ERR_FORMAT, "this JSON is no patch: it has no \"tonesmith_patch\": version"},
        {"{\"tonesmith_patch\": 2, \"params\": {}}", TONE_ERR_UNSUPPORTED, "the patch is of version 2, this program reads up to 1"},
        {"{\"tonesmith_patch\": 1}", TONE_ERR_FORMAT, "the patch has no \"params\""},
        {"{\"tonesmith_patch\": 1, \"params\": []}", TONE_ERR_FORMAT, "\"params\" of a patch is an object, not a list"},
        {"{\"tonesmith_patch\": 1, \"params\": {}, \"nam\": 1}", TONE_ERR_FORMAT,
         "a patch has no \"nam\": its keys are tonesmith_patch, name, tags, about, notes, params"},
        {"{\"tonesmith_patch\": 1, \"params\": {}, \"name\": 1}", TONE_ERR_FORMAT, "the name of a patch is a string, not a number"},
        {"{\"tonesmith_patch\": 1, \"params\": {}, \"name\": \"a\\nb\"}", TONE_ERR_FORMAT, "the name of a patch holds a control character"},
        {"{\"tonesmith_patch\": 1, \"params\": {}, \"tags\": [1]}", TONE_ERR_FORMAT, "a tag of a patch is a string, not a number"},
        {"{\"tonesmith_patch\": 1, \"params\": {\"level\": true}}", TONE_ERR_FORMAT, "level is a number, not true or false"},
        {"{\"tonesmith_patch\": 1, \"params\": {\"osc1_wave\": null}}", TONE_ERR_FORMAT, "osc1_wave is a choice, not null"},
        {"{\"tonesmith_patch\": 1, \"params\": {\"osc1_wave\": \"harp\"}}", TONE_ERR_ARGUMENT,
         "osc1_wave is one of sine|triangle|saw|square, not 'harp'"},
        {"{\"tonesmith_patch\": 1, \"params\": {\"cutoff\": 3}}", TONE_ERR_FORMAT, "a patch writes 'cutoff' as 'filter_cutoff'"},
        {"{\"tonesmith_patch\": 1, \"params\": {\"level\": 1, \"level\": 2}}", TONE_ERR_FORMAT, NULL},
        {"{\"tonesmith_patch\": 1, \"params\": {\"level\": 1e999}}", TONE_ERR_FORMAT, NULL},
        {"{\"tonesmith_patch\": 1, \"params\": {\"xyzzy\": 1}}", TONE_ERR_NOT_FOUND, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        err.text[0] = 0;
        CHECK_CASE(tone_patch_read(&patch, cases[i].json, strlen(cases[i].json), &report, &err) == cases[i].status, "%s: %s", cases[i].json, err.text);
        CHECK(*err.text && !strchr(err.text, '\n'));
        if (cases[i].text)
            CHECK_STR(err.text, cases[i].text);
    }
    const char *odd = "{\"tonesmith_patch\": 1, \"params\": {\"level\": 99, \"filter_cutoff\": \"2 kHz\"}}";
    CHECK(tone_patch_read(&patch, odd, strlen(odd), &report, &err) == TONE_OK && report.n == 2);
    CHECK_STR(report.lines[0], "level is clamped from 99 to 24 dB");
    CHECK_STR(report.lines[1], "osc1_wave and 85 other parameters are missing and take their defaults");
    CHECK(patch.values[TONE_P_LEVEL] == 24 && patch.values[TONE_P_FILTER_CUTOFF] == 2000);
}

int main(void)
{
    test_table();
    test_knob_and_text();
    test_ends();
    test_set();
    test_json();
    test_sentences();
    return check_done();
}

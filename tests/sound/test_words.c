/* Words: every phrase finds its family, modifiers turn it, the user's own win; scores of known changes have the right
 * sign; a wrong table costs a sentence. */
#include "golden.h"
#include "tonesmith/sound/words.h"

static tone_words *words;

static void test_find(void)
{
    static const struct {
        const char *text, *family;
        int direction;
    } cases[] = {
        {"make it darker", "brightness", -1},
        {"Darker!", "brightness", -1},
        {"BRIGHTER", "brightness", 1},
        {"less bright please", "brightness", -1},
        {"it's too bright", "brightness", -1},
        {"a lot less muddy", "brightness", 1},
        {"more bass", "boom", 1},
        {"too much low-end", "boom", -1},
        {"too little air", "air", 1},
        {"not enough punch", "punch", 1},
        {"turn the bass down", "boom", -1},
        {"treble up a bit", "brightness", 1},
        {"keep the punch", "punch", 0},
        {"less boomy and wider", "boom", -1},
        {"reduce the width", "width", -1},
        {"more   bell-like", "metallic", 1},
        {"less metallic", "metallic", -1},
        {"etwas w\xC3\xA4rmer", "warmth", 1},
        {"W\xC3\x84RMER", "warmth", 1},
        {"mach es dunkler", "brightness", -1},
        {"plus sombre", "brightness", -1},
        {"m\xC3\xA1s ancho", "width", 1},
        {"pi\xC3\xB9 largo", "width", 1},
        {"in your face", "distance", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_word_match m = {0};
        bool hit = tone_words_find(words, cases[i].text, &m);
        const char *name = hit ? tone_words_at(words, m.family)->name : "nothing";
        CHECK_CASE(hit && strcmp(name, cases[i].family) == 0 && m.direction == cases[i].direction, "'%s' -> %s %d", cases[i].text, name,
                   m.direction);
    }
    static const char *const none[] = {"", "   ", "brightnesss", "undarkened", "\xff\xfe", "the", "1 2 3", "-"};
    tone_word_match m;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK_CASE(!tone_words_find(words, none[i], &m), "'%s' is no word", none[i]);
    /* the rest of the sentence */
    const char *text = "a bit darker, wider but keep the punch";
    static const char *const want[] = {"brightness", "width", "punch"};
    for (int i = 0; i < 3; i++) {
        if (!CHECK(tone_words_find(words, text, &m)))
            break;
        CHECK_STR(tone_words_at(words, m.family)->name, want[i]);
        text += m.at + m.length;
    }
    CHECK(!tone_words_find(words, text, &m));
}

static void test_every_phrase(void)
{
    static const char *const families[] = {"brightness", "warmth", "hardness", "harshness", "punch",  "pluck", "fatness",
                                           "width",      "metallic", "hollow",  "wobble",    "air",    "boom",  "distance"};
    CHECK(tone_words_count(words) == 14 && tone_words_at(words, 14) == NULL);
    for (size_t i = 0; i < 14; i++) {
        int f = tone_words_family(words, families[i]);
        const tone_word_family *family = f < 0 ? NULL : tone_words_at(words, (size_t)f);
        if (!CHECK(family != NULL))
            continue;
        const char *const name[] = {family->name, family->up, family->down};
        static const int direction[] = {0, 1, -1};
        for (int k = 0; k < 3; k++) {
            tone_word_match m = {0};
            CHECK_CASE(tone_words_find(words, name[k], &m) && m.family == (size_t)f && m.direction == direction[k] && m.at == 0 &&
                           m.length == strlen(name[k]),
                       "'%s'", name[k]);
        }
        CHECK(family->n_metrics > 0 && family->n_guards > 0 && *family->help);
    }
    CHECK(tone_words_family(words, "loudness") == -1);
}

/* What a change of the sound must score: sign of the family, and by how many JNDs at least. */
static void test_scores(tone_analyzer *ears)
{
    static const struct {
        const char *before, *after, *family;
        double least; /* signed; 0: unchanged */
    } cases[] = {
        {"saw_220", "saw_220_lp2000", "brightness", -3}, {"saw_220_lp2000", "saw_220_lp2300", "brightness", 0.4},
        {"saw_220", "saw_220_lp400", "warmth", 2},       {"pluck_fast", "pluck_slow", "hardness", -2},
        {"pluck_fast", "pluck_slow", "punch", -2},       {"pluck_slow", "pluck_fast", "pluck", 2},
        {"pad_slow", "pluck_fast", "pluck", 3},          {"stereo_narrow", "stereo_wide", "width", 3},
        {"stereo_wide", "stereo_narrow", "width", -3},   {"tone_a4", "bell_fm", "metallic", 1},
        {"saw_220", "hollow_146", "hollow", 1},          {"saw_220", "square_440", "hollow", 3},
        {"tone_a4", "am_4hz", "wobble", 3},              {"tone_a4", "vibrato_6hz", "wobble", 3},
        {"saw_220_lp2000", "airy_20db", "air", 3},       {"bass_tight", "bass_boomy", "boom", 1},
        {"reverb_near", "reverb_far", "distance", 1},    {"dyad_octave", "dyad_semitone", "harshness", 1},
        {"saw_220", "saw_220_lp400", "fatness", 0.5},    {"saw_220", "saw_220", "brightness", 0},
        {"saw_220", "stereo_wide", "width", 3} /* mono against stereo */,
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_clip a = golden_sound(cases[i].before), b = golden_sound(cases[i].after);
        tone_measures ma, mb;
        int family = tone_words_family(words, cases[i].family);
        tone_analyze_options opt = {.groups = tone_words_at(words, (size_t)family)->groups};
        CHECK(tone_analyze(&ma, ears, &a, &opt, NULL) == TONE_OK && tone_analyze(&mb, ears, &b, &opt, NULL) == TONE_OK);
        tone_verdict v = tone_word_score(words, (size_t)family, &ma, &mb), back = tone_word_score(words, (size_t)family, &mb, &ma);
        bool right = cases[i].least > 0 ? v.score >= cases[i].least : cases[i].least < 0 ? v.score <= cases[i].least : fabs(v.score) < 1e-9;
        CHECK_CASE(right, "%s to %s: %s %.2f", cases[i].before, cases[i].after, cases[i].family, v.score);
        CHECK_CASE(fabs(v.score + back.score) < 1e-9 && v.size == back.size, "%s: %g and %g", cases[i].family, v.score, back.score);
        double parts = 0;
        for (size_t k = 0; k < tone_words_at(words, (size_t)family)->n_metrics; k++) {
            double part = tone_word_part(words, (size_t)family, k, &ma, &mb);
            parts += isnan(part) ? 0 : part;
        }
        CHECK(fabs(parts - v.score) < 1e-9);
        free((void *)(size_t)a.frames);
        free((void *)(size_t)b.frames);
    }
    tone_measures m;
    for (int i = 0; i < TONE_N_METRICS; i++)
        m.value[i] = NAN;
    m.groups = TONE_HEAR_HEALTH;
    tone_verdict v = tone_word_score(words, 0, &m, &m);
    CHECK(isnan(v.score) && v.size == TONE_VERDICT_UNDEFINED && v.n_broken == 0);
    CHECK(isnan(tone_word_score(words, 99, &m, &m).score));
}

static void test_guards(void)
{
    tone_measures a, b;
    for (int i = 0; i < TONE_N_METRICS; i++)
        a.value[i] = NAN;
    a.groups = TONE_HEAR_ALL;
    a.value[TONE_METRIC_VOICING] = 1;
    a.value[TONE_METRIC_F0_HZ] = 220;
    a.value[TONE_METRIC_CLIPPED_RUNS] = a.value[TONE_METRIC_TAIL_CUT] = 0;
    a.value[TONE_METRIC_MONO_FOLD_LOSS_DB] = 1;
    b = a;
    size_t width = (size_t)tone_words_family(words, "width");
    CHECK(tone_word_score(words, width, &a, &b).n_broken == 0);
    b.value[TONE_METRIC_F0_HZ] = 225;
    b.value[TONE_METRIC_CLIPPED_RUNS] = 2;
    b.value[TONE_METRIC_MONO_FOLD_LOSS_DB] = 3.4;
    tone_verdict v = tone_word_score(words, width, &a, &b);
    CHECK(v.n_broken == 2);
    if (v.n_broken == 2) {
        CHECK_STR(v.broken[0]->name, "pitch");
        CHECK_STR(v.broken[1]->text, "it clips");
    }
    b.value[TONE_METRIC_VOICING] = 0.3; /* hardly a pitch: no promise about it */
    b.value[TONE_METRIC_MONO_FOLD_LOSS_DB] = 3.6;
    v = tone_word_score(words, width, &a, &b);
    CHECK(v.n_broken == 2 && strcmp(v.broken[1]->name, "mono") == 0);
    CHECK(tone_word_score(words, width, &b, &b).n_broken == 0); /* it was no better before */
}

static void test_user(void)
{
    static const char own[] = "{\"words\": {\"darker\": \"air down\", \"crunchy\": \"harshness up\"}, \"families\": {\"warmth\": {\"metrics\": "
                              "[{\"metric\": \"harmonic.even_db\", \"direction\": 1}]}}}";
    tone_words *w;
    tone_error err;
    if (!CHECK(tone_words_open(&w, own, strlen(own), &err) == TONE_OK))
        return;
    tone_word_match m;
    CHECK(tone_words_find(w, "darker", &m) && m.family == (size_t)tone_words_family(w, "air") && m.direction == -1);
    CHECK(tone_words_find(w, "less crunchy", &m) && m.family == (size_t)tone_words_family(w, "harshness") && m.direction == -1);
    CHECK(tone_words_find(w, "dark", &m) && m.family == (size_t)tone_words_family(w, "brightness"));
    const tone_word_family *warmth = tone_words_at(w, (size_t)tone_words_family(w, "warmth"));
    CHECK(warmth->n_metrics == 1 && warmth->metrics[0].metric == TONE_METRIC_EVEN_DB && warmth->metrics[0].weight == 1);
    CHECK_STR(warmth->up, "warmer");
    tone_words_free(w);
    static const struct {
        const char *json, *says;
    } wrong[] = {
        {"{", "line 1"},
        {"[]", "is no object"},
        {"{\"word\": {}}", "unknown field 'word'"},
        {"{\"words\": {\"darker\": \"airy down\"}}", "'darker': wants a family"},
        {"{\"words\": {\"darker\": 1}}", "wants a family"},
        {"{\"families\": {\"warmth\": {\"metrics\": [{\"metric\": \"warmth\", \"direction\": 1}]}}}", "names no metric: 'warmth'"},
        {"{\"families\": {\"warmth\": {\"metrics\": [{\"metric\": \"tilt\", \"wieght\": 1}]}}}", "unknown field 'wieght'"},
        {"{\"families\": {\"warmth\": {\"metrics\": [{\"metric\": \"health.dc\", \"direction\": 1}]}}}", "no just noticeable difference"},
        {"{\"families\": {\"warmth\": {\"metrics\": [{\"metric\": \"pitch.voicing\", \"direction\": 1}]}}}", "no just noticeable difference"},
        {"{\"families\": {\"warmth\": {\"metrics\": [{\"metric\": \"plr_db\", \"direction\": 0}]}}}", "neither 1 nor -1"},
        {"{\"families\": {\"warmth\": {\"metrics\": [{\"metric\": \"plr_db\", \"direction\": 1, \"weight\": -1}]}}}", "not above 0"},
        {"{\"families\": {\"warmth\": {\"metrics\": []}}}", "has no metrics"},
        {"{\"families\": {\"warmth\": {\"guards\": [\"pich\"]}}}", "names no guard: 'pich'"},
        {"{\"families\": {\"warmth\": {\"words\": [3]}}}", "a word is no text"},
        {"{\"families\": {\"zing\": {\"up\": \"zingier\"}}}", "wants \"up\" and \"down\""},
        {"{\"families\": {\"warmth\": 3}}", "is no object"},
        {"{\"families\": 3}", "is no object"},
        {"{\"guards\": {\"pitch\": {\"metric\": \"pitch.f0.median\"}}}", "either \"most\" or \"limit\""},
        {"{\"modifiers\": {\"more\": 2}}", "neither 1 nor -1"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tone_status st = tone_words_open(&w, wrong[i].json, strlen(wrong[i].json), &err);
        CHECK_CASE(st == TONE_ERR_FORMAT && w == NULL && strstr(err.text, wrong[i].says), "%s -> %d %s", wrong[i].json, st, st ? err.text : "");
        if (!st)
            tone_words_free(w);
    }
}

int main(void)
{
    tone_error err = {0};
    tone_analyzer *ears;
    if (!CHECK(tone_words_open(&words, NULL, 0, &err) == TONE_OK)) {
        fprintf(stderr, "%s\n", err.text);
        return check_done();
    }
    if (!CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    test_find();
    test_every_phrase();
    test_scores(ears);
    test_guards();
    test_user();
    tone_words_free(words);
    tone_words_free(NULL);
    tone_analyzer_free(ears);
    return check_done();
}

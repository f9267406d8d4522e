/* shape: goals as text, the measured direction on random patches, equal results on any number of threads, and saying
 * why where a word cannot be reached. */
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "check.h"
#include "tonesmith/sound/shape.h"

static tone_words *words;
static tone_notes notes;

static void expect_goals(const char *text, const char *want)
{
    tone_goals g;
    tone_error err = {0};
    char *printed = NULL;
    tone_status st = tone_goals_parse(&g, words, text, &err);
    if (!st)
        st = tone_goals_print(&printed, words, &g, &err);
    if (want)
        CHECK_STR(st ? err.text : printed, want);
    else
        CHECK_CASE(st == TONE_ERR_ARGUMENT && err.text[0], "'%s' gave %s", text, printed ? printed : "");
    free(printed);
}

static void test_goals(void)
{
    expect_goals("brightness down medium; keep punch", "brightness down medium; keep punch");
    expect_goals("darker", "brightness down medium");
    expect_goals("a bit darker, much wider, keep the punch", "brightness down small; width up large; keep punch");
    expect_goals("less bright", "brightness down medium");
    expect_goals("width up small", "width up small");
    expect_goals("more bass", "boom up medium");
    expect_goals("", NULL);
    expect_goals("sideways", NULL);
    expect_goals("brightness", NULL);
    expect_goals("darker; much darker, wider; keep punch; keep punch", "brightness down large; width up medium; keep punch");
    expect_goals("darker; brighter", NULL);
    expect_goals("punch up small; keep punch", NULL);
    expect_goals(";;;,", NULL);
}

static void random_patch(tone_patch *p, tone_random *r)
{
    tone_error err;
    CHECK(tone_preset_get(p, (size_t)tone_random_below(r, tone_preset_count()), &err) == TONE_OK);
    for (int i = 0; i < TONE_N_PARAMS; i++)
        if (tone_param_get((tone_param)i)->core && i != TONE_P_LEVEL && i != TONE_P_DELAY_TIME && tone_random_unit(r) < 0.25) {
            double knob = tone_param_to_knob((tone_param)i, (double)p->values[i]) + 0.4 * (tone_random_unit(r) - 0.5);
            p->values[i] = (float)tone_param_from_knob((tone_param)i, knob);
        }
}

static tone_shape_request request(const tone_patch *p, const char *goals)
{
    tone_error err;
    tone_shape_request r = tone_shape_defaults();
    r.patch = p;
    r.notes = &notes;
    r.words = words;
    CHECK(tone_goals_parse(&r.goals, words, goals, &err) == TONE_OK);
    return r;
}

/* Every family once each way: of those that moved, all but a few the right way.  What it says is what it did. */
static void test_directions(tone_random *r)
{
    int moved = 0, right = 0, held = 0, n = 0;
    for (size_t f = 0; f < tone_words_count(words); f++)
        for (int way = 0; way < 2; way++) {
            tone_patch p;
            char goals[80];
            tone_error err = {0};
            tone_shape_result *s = NULL;
            random_patch(&p, r);
            snprintf(goals, sizeof goals, "%s %s medium", tone_words_at(words, f)->name, way ? "up" : "down");
            tone_shape_request q = request(&p, goals);
            const uint32_t most = way == (int)(f % 2) ? 40 : 0; /* half of them may not look further than usual */
            q.max_renders = most;
            tone_status st = tone_shape(&s, &q, &err);
            if (st == TONE_ERR_ARGUMENT)
                continue; /* a silent patch */
            if (!CHECK(st == TONE_OK))
                continue;
            n++;
            double along = s->goal[0].verdict.score * (way ? 1 : -1);
            CHECK_CASE(s->n_renders <= (most ? 44 : 204), "%s took %u renders", goals, s->n_renders);
            CHECK_CASE((s->n_moves == 0) == (memcmp(&p, &s->patch, sizeof p) == 0), "%s: %zu moves", goals, s->n_moves);
            CHECK_CASE(s->n_moves || s->goal[0].why[0], "%s: nothing moved and no reason is given", goals);
            moved += s->n_moves > 0;
            right += s->n_moves > 0 && along > 0.4;
            held += s->goal[0].verdict.n_broken == 0;
            tone_shape_free(s);
        }
    printf("%d tried, %d moved, %d the right way, guards held in %d\n", n, moved, right, held);
    CHECK(moved >= n / 2 && right >= moved - 1 && held >= n - 2);
}

static void test_equal(tone_random *r)
{
    tone_patch p;
    tone_error err;
    tone_shape_result *s[3] = {NULL};
    random_patch(&p, r);
    for (uint32_t i = 0; i < 3; i++) {
        tone_shape_request q = request(&p, "brightness up medium; width up small");
        q.n_threads = i + 1;
        if (!CHECK(tone_shape(&s[i], &q, &err) == TONE_OK))
            return;
        CHECK(memcmp(&s[i]->patch, &s[0]->patch, sizeof p) == 0 && s[i]->n_renders == s[0]->n_renders);
        CHECK_STR(s[i]->summary, s[0]->summary);
    }
    for (int i = 0; i < 3; i++)
        tone_shape_free(s[i]);
}

static bool stop_at_once(void *user, uint32_t renders, double distance)
{
    (void)user, (void)distance;
    return renders < 3;
}

static void test_limits(void)
{
    tone_patch p;
    tone_error err;
    tone_shape_result *s;
    tone_patch_defaults(&p);
    p.values[TONE_P_OSC1_WAVE] = 0; /* a sine, and the filter wide open */
    p.values[TONE_P_FILTER_CUTOFF] = 20000;
    tone_shape_request q = request(&p, "brightness down medium");
    if (CHECK(tone_shape(&s, &q, &err) == TONE_OK)) {
        CHECK(!s->goal[0].reached);
        CHECK_CASE(strstr(s->goal[0].why, "overtones") || strstr(s->goal[0].why, "steps"), "%s", s->goal[0].why);
        tone_shape_free(s);
    }
    tone_param locked[] = {TONE_P_FILTER_CUTOFF};
    p.values[TONE_P_OSC1_WAVE] = 2;
    p.values[TONE_P_FILTER_CUTOFF] = 3000;
    q = request(&p, "brightness up medium");
    q.locked = locked;
    q.n_locked = 1;
    if (CHECK(tone_shape(&s, &q, &err) == TONE_OK)) {
        CHECK(s->patch.values[TONE_P_FILTER_CUTOFF] == 3000 && s->n_moves > 0);
        tone_shape_free(s);
    }
    q.progress = stop_at_once;
    CHECK(tone_shape(&s, &q, &err) == TONE_ERR_CANCELLED && s == NULL);
    q = request(&p, "keep punch");
    CHECK(tone_shape(&s, &q, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "no goal"));
    p.values[TONE_P_LEVEL] = -60;
    p.values[TONE_P_OSC_MIX] = 100;
    p.values[TONE_P_FILTER_CUTOFF] = 20;
    q = request(&p, "brightness up medium");
    q.notes = &(tone_notes){0};
    CHECK(tone_shape(&s, &q, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "no notes"));
}

/* Coming near to a sound whose patch is known: the distance falls, and nothing but the seed decides how far. */
static void test_like(tone_random *r)
{
    tone_patch hidden, p;
    tone_sound target;
    tone_error err;
    tone_render_options o = tone_render_defaults();
    o.tail_s = 1;
    tone_patch_defaults(&p);
    tone_patch_defaults(&hidden);
    hidden.values[TONE_P_FILTER_CUTOFF] = (float)(600 + 2000 * tone_random_unit(r));
    hidden.values[TONE_P_AMP_ATTACK] = 60;
    hidden.values[TONE_P_CHORUS_MIX] = 40;
    if (!CHECK(tone_render(&target, &hidden, &notes, &o, &err) == TONE_OK))
        return;
    tone_shape_request q = tone_shape_defaults();
    q.patch = &p;
    q.notes = &notes;
    q.words = words;
    q.like = &target;
    q.max_renders = 120;
    tone_shape_result *s;
    if (CHECK(tone_shape(&s, &q, &err) == TONE_OK)) {
        printf("distance %.2f to %.2f dB in %u renders\n", s->distance_before, s->distance_after, s->n_renders);
        CHECK(s->distance_after < 0.4 * s->distance_before && s->n_renders <= 120);
        tone_shape_free(s);
    }
    tone_sound_clear(&target);
}

int main(void)
{
    tone_error err;
    uint64_t seed = (uint64_t)time(NULL);
    printf("seed %llu\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    CHECK(tone_words_open(&words, NULL, 0, &err) == TONE_OK && tone_notes_parse(&notes, "C3@0:0.6 G3@0.5:0.4", &err) == TONE_OK);
    test_goals();
    test_directions(&r);
    test_equal(&r);
    test_limits();
    test_like(&r);
    tone_notes_clear(&notes);
    tone_words_free(words);
    return check_done();
}

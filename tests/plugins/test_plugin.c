/* Plug-ins of our own that behave well and badly: what they do is heard, or costs a sentence. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "tonesmith/sound/plugin.h"

#define URI(name) "urn:tonesmith:test:" name

static char home[256];

static tone_plugin_options quick(void)
{
    tone_plugin_options o = tone_plugin_defaults();
    o.block_s = 0.5;
    o.start_s = 20;
    o.memory_bytes = (uint64_t)1 << 30;
    return o;
}

static tone_plugin *opened(const char *uri)
{
    tone_plugin *p;
    tone_error err;
    tone_plugin_options o = quick();
    if (strcmp(uri, URI("loop")) == 0) /* it uses all the time it is given */
        o.start_s = 0.5;
    if (!CHECK(tone_plugin_open(&p, uri, &o, &err) == TONE_OK))
        fprintf(stderr, "    %s\n", err.text);
    return p;
}

static void test_list(void)
{
    tone_plugin_list all;
    tone_error err;
    if (!CHECK(tone_plugins_list(&all, &err) == TONE_OK)) {
        fprintf(stderr, "    %s\n", err.text);
        return;
    }
    CHECK(all.n == 6);
    size_t found = 0;
    for (size_t i = 0; i < all.n; i++)
        if (strcmp(all.items[i].uri, URI("gain")) == 0) {
            found++;
            CHECK_STR(all.items[i].name, "Test?[31m gain"); /* no escape sequences */
            CHECK(all.items[i].n_audio_in == 1 && all.items[i].n_audio_out == 1 && all.items[i].n_midi_in == 1 && all.items[i].n_controls == 1);
            CHECK_STR(all.items[i].why_not, "");
        }
    CHECK(found == 1);
    tone_plugins_clear(&all);
}

static void test_controls(void)
{
    tone_plugin *p = opened(URI("gain"));
    if (!p)
        return;
    size_t n, at = 9;
    tone_error err;
    const tone_plugin_control *c = tone_plugin_controls(p, &n);
    CHECK(n == 1);
    CHECK_STR(c[0].name, "gain");
    CHECK_STR(c[0].group, "Main");
    CHECK(c[0].min == 0 && c[0].max == 2 && c[0].def == 1 && tone_plugin_value(p, 0) == 1);
    CHECK(tone_plugin_find(&at, p, "GAIN", &err) == TONE_OK && at == 0);
    CHECK(tone_plugin_find(&at, p, "gian", &err) == TONE_ERR_NOT_FOUND && strstr(err.text, "gain"));
    tone_plugin_change change;
    CHECK(tone_plugin_set(p, 0, 3, &change, &err) == TONE_OK && change.clamped && change.after == 2 && change.before == 1);
    CHECK(tone_plugin_set(p, 0, NAN, NULL, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_plugin_set(p, 1, 0, NULL, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_plugin_presets(p, &n) && n == 1);
    CHECK(tone_plugin_load_preset(p, "half", &err) == TONE_OK && tone_plugin_value(p, 0) == 0.5);
    CHECK(tone_plugin_load_preset(p, "hafl", &err) == TONE_ERR_NOT_FOUND && strstr(err.text, "Half"));
    tone_plugin_close(p);
    CHECK(tone_plugin_open(&p, URI("none"), NULL, &err) == TONE_ERR_NOT_FOUND && p == NULL);
    CHECK(tone_plugin_open(&p, "", NULL, &err) == TONE_ERR_ARGUMENT);
}

enum { N = 5000 };

static void make_ramp(float *frames, uint32_t channels)
{
    for (int i = 0; i < N; i++)
        for (uint32_t c = 0; c < channels; c++)
            frames[(uint32_t)i * channels + c] = (float)(i % 97) / 200 * (c ? -1.0f : 1.0f);
}

static void test_effect(void)
{
    static float ramp[2 * N];
    tone_plugin *p = opened(URI("gain"));
    tone_error err;
    tone_sound out;
    tone_render_options o = tone_render_defaults();
    o.seconds = (double)N / 48000;
    for (uint32_t channels = 1; p && channels <= 2; channels++) {
        make_ramp(ramp, channels);
        tone_sound in = {ramp, N, channels, 48000};
        CHECK(tone_plugin_set(p, 0, 0.25, NULL, &err) == TONE_OK);
        if (!CHECK(tone_plugin_render(&out, p, NULL, &in, &o, NULL, &err) == TONE_OK)) {
            fprintf(stderr, "    %s\n", err.text);
            continue;
        }
        CHECK(out.n_channels == channels && out.n_frames == N && out.rate == 48000);
        size_t wrong = 0;
        for (size_t i = 0; i < (size_t)N * channels; i++)
            wrong += out.frames[i] != ramp[i] * 0.25f;
        CHECK(wrong == 0);
        tone_sound_clear(&out);
        in.rate = 44100;
        CHECK(tone_plugin_render(&out, p, NULL, &in, &o, NULL, &err) == TONE_ERR_ARGUMENT);
    }
    tone_plugin_close(p);
}

static void test_instrument(void)
{
    tone_plugin *p = opened(URI("sine"));
    tone_notes notes;
    tone_error err;
    tone_sound a, b;
    tone_plugin_report report;
    CHECK(tone_notes_parse(&notes, "A4@0.05:0.2 60.5@1:0.1", &err) == TONE_OK);
    if (p && CHECK(tone_plugin_render(&a, p, &notes, NULL, NULL, &report, &err) == TONE_OK)) {
        CHECK(report.latency == 100 && report.n_rounded == 1 && !report.silent);
        /* 0.05 s of silence, then a sine that begins at its zero: the delay has been taken out. */
        CHECK(a.n_frames > 2402 && a.frames[2400] == 0 && fabs((double)a.frames[2401] - 0.5 * sin(6.283185307179586 * 440 / 48000)) < 1e-6);
        /* Ends by itself after half a second of silence. */
        CHECK(a.n_frames > 11 * 4800 && a.n_frames < 18 * 4800);
        CHECK(tone_plugin_render(&b, p, &notes, NULL, NULL, NULL, &err) == TONE_OK);
        CHECK(a.n_frames == b.n_frames && memcmp(a.frames, b.frames, a.n_frames * sizeof *a.frames) == 0);
        tone_sound_clear(&a);
        tone_sound_clear(&b);
    }
    tone_notes_clear(&notes);
    tone_plugin_close(p);
}

static void test_state(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/state.json", home);
    tone_error err;
    tone_plugin *p = opened(URI("gain")), *other = opened(URI("sine"));
    if (p && other) {
        CHECK(tone_plugin_set(p, 0, 0.75, NULL, &err) == TONE_OK);
        CHECK(tone_plugin_write_state(p, path, &err) == TONE_OK);
        CHECK(tone_plugin_set(p, 0, 2, NULL, &err) == TONE_OK);
        CHECK(tone_plugin_read_state(p, path, &err) == TONE_OK && tone_plugin_value(p, 0) == 0.75);
        CHECK(tone_plugin_read_state(other, path, &err) == TONE_ERR_ARGUMENT);
        FILE *f = fopen(path, "w");
        fputs("{\"format\": 1}", f);
        fclose(f);
        CHECK(tone_plugin_read_state(p, path, &err) == TONE_ERR_FORMAT);
    }
    tone_plugin_close(p);
    tone_plugin_close(other);
}

/* A state becomes a preset that lilv finds, with its name and values; nothing is written over. */
static void test_preset(void)
{
    char folder[300], path[700];
    tone_error err;
    const char *before = getenv("LV2_PATH");
    char *kept = strdup(before ? before : "");
    snprintf(folder, sizeof folder, "%s/A \"warm\" gain.lv2", home);
    tone_plugin *p = opened(URI("gain"));
    if (p) {
        CHECK(tone_plugin_set(p, 0, 0.75, NULL, &err) == TONE_OK);
        CHECK_CASE(tone_plugin_write_preset(p, folder, &err) == TONE_OK, "%s", err.text);
        CHECK(tone_plugin_write_preset(p, folder, &err) == TONE_ERR_IO);
        CHECK(tone_plugin_write_preset(p, "/", &err) == TONE_ERR_ARGUMENT);
    }
    tone_plugin_close(p);
    snprintf(path, sizeof path, "%s:%s", kept, home);
    setenv("LV2_PATH", path, 1);
    p = opened(URI("gain"));
    if (p) {
        CHECK(tone_plugin_value(p, 0) != 0.75);
        CHECK_CASE(tone_plugin_load_preset(p, "A \"warm\" gain", &err) == TONE_OK, "%s", err.text);
        CHECK(tone_plugin_value(p, 0) == 0.75);
    }
    tone_plugin_close(p);
    setenv("LV2_PATH", kept, 1);
    free(kept);
}

/* A plug-in that misbehaves: the sentence, the quarantine, forgiveness, and doing it again. */
static void test_hostile(const char *uri, tone_status want, const char *say)
{
    static float ramp[N];
    tone_error err;
    tone_sound in = {ramp, N, 1, 48000}, out;
    char *list;
    tone_plugin *p = opened(uri);
    if (!p)
        return;
    const char *expected = say;
    for (int again = 0; again < 2; again++) {
        say = expected;
        tone_status st = tone_plugin_render(&out, p, NULL, &in, NULL, NULL, &err);
        /* On a crowded machine the time can be up before the fault comes: that is a sentence and a quarantine, too. */
        bool slow = st != TONE_OK && strstr(err.text, "it took more than") != NULL;
        if (slow)
            say = "it took more than";
        CHECK_CASE((st == want || slow) && out.frames == NULL, "%s: %d %s", uri, st, err.text);
        CHECK_CASE(strstr(err.text, say) && strstr(err.text, "quarantine") && strstr(err.text, uri), "%s", err.text);
        CHECK(tone_plugin_render(&out, p, NULL, &in, NULL, NULL, &err) == TONE_ERR_ARGUMENT && strstr(err.text, say));
        if (CHECK(tone_quarantine_json(&list, &err) == TONE_OK)) {
            CHECK(strstr(list, uri));
            free(list);
        }
        CHECK(tone_quarantine_forgive(uri, &err) == TONE_OK);
        CHECK(tone_quarantine_forgive(uri, &err) == TONE_ERR_NOT_FOUND);
    }
    tone_plugin_close(p);
}

static bool cancel(void *user, double done)
{
    (void)user, (void)done;
    return false;
}

/* A user who stops a render that hangs accuses nobody. */
static void test_cancel(void)
{
    static float ramp[N];
    tone_error err;
    tone_sound in = {ramp, N, 1, 48000}, out;
    tone_render_options o = tone_render_defaults();
    o.progress = cancel;
    tone_plugin *p = opened(URI("loop"));
    char *list;
    CHECK(p && tone_plugin_render(&out, p, NULL, &in, &o, NULL, &err) == TONE_ERR_CANCELLED);
    if (CHECK(tone_quarantine_json(&list, &err) == TONE_OK)) {
        CHECK_STR(list, "{}");
        free(list);
    }
    tone_plugin_close(p);
}

/* The gain of an effect cannot make a sine darker, and says so; its values stay as they were. */
static void test_shape(void)
{
    static float tone[24000];
    for (int i = 0; i < 24000; i++)
        tone[i] = (float)(0.25 * sin(0.06 * i));
    tone_error err;
    tone_words *words;
    tone_sound in = {tone, 24000, 1, 48000};
    tone_plugin *p = opened(URI("gain"));
    tone_plugin_shape_request r = {.plugin = p, .source = &in};
    tone_plugin_shape_result *got = NULL;
    if (p && CHECK(tone_words_open(&words, NULL, 0, &err) == TONE_OK)) {
        r.words = words;
        CHECK(tone_shape_plugin(&got, &r, &err) == TONE_ERR_ARGUMENT && !got);
        CHECK(tone_goals_parse(&r.goals, words, "darker", &err) == TONE_OK);
        if (CHECK(tone_shape_plugin(&got, &r, &err) == TONE_OK)) {
            CHECK(got->n_moves == 0 && got->n_goals == 1 && !got->goal[0].reached && got->goal[0].why[0] && got->n_renders <= 40);
            CHECK(tone_plugin_value(p, 0) == 1);
        }
        tone_plugin_shape_free(got);
        tone_words_free(words);
    }
    tone_plugin_close(p);
}

int main(void)
{
    snprintf(home, sizeof home, "/tmp/tonesmith-test-plugin-XXXXXX");
    if (!mkdtemp(home))
        return 1;
    setenv("XDG_STATE_HOME", home, 1);
    if (!tone_plugins_available()) {
        tone_plugin_list all;
        tone_error err = {0};
        int refused = tone_plugins_list(&all, &err) == TONE_ERR_UNSUPPORTED && err.text[0];
        rmdir(home);
        return refused ? check_skip(err.text) : 1;
    }
    test_list();
    test_controls();
    test_effect();
    test_instrument();
    test_state();
    test_preset();
    test_shape();
    test_hostile(URI("abort"), TONE_ERR_FORMAT, "crashed (SIGABRT)");
    test_hostile(URI("loop"), TONE_ERR_LIMIT, "took more than");
    test_hostile(URI("nan"), TONE_ERR_FORMAT, "NaN");
    test_hostile(URI("eater"), TONE_ERR_FORMAT, "crashed (SIGSEGV)");
    test_cancel();
    /* No child is left behind. */
    CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    char clean[400];
    snprintf(clean, sizeof clean, "rm -r '%s'", home);
    CHECK(system(clean) == 0);
    return check_done();
}

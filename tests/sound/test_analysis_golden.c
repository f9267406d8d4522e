/* Every measure of every golden sound against the executable definition, within the tolerances that come with it;
 * and the spectrum of each in parts: a group asked for alone must read as in the whole report. */
#include "golden.h"

static void check_groups(tone_analyzer *ears, const tone_clip *clip, const tone_measures *whole, const char *name)
{
    for (uint32_t bit = 1; bit <= TONE_HEAR_STEREO; bit <<= 1) {
        tone_measures m;
        tone_analyze_options opt = {.groups = bit};
        if (!CHECK(tone_analyze(&m, ears, clip, &opt, NULL) == TONE_OK))
            continue;
        CHECK_CASE((m.groups & bit) == (whole->groups & bit), "%s group %x", name, bit);
        for (int i = 0; i < TONE_N_METRICS; i++) {
            tone_metric_info info;
            CHECK(tone_metric_describe(&info, (tone_metric)i));
            if (!(info.group & bit) || i == TONE_METRIC_CENTROID_OCTAVES)
                continue;
            double got = m.value[i], want = whole->value[i];
            CHECK_CASE(got == want || (isnan(got) && isnan(want)), "%s %s alone: %.17g instead of %.17g", name, info.name, got, want);
        }
    }
}

int main(void)
{
    json_t *root = golden_load(), *signals = json_object_get(root, "signals"), *e;
    tone_analyzer *ears;
    if (!CHECK(json_object_size(signals) > 50) || !CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    golden_result r = {.tolerance = json_object_get(root, "tolerance")};
    const char *name;
    json_object_foreach(signals, name, e) {
        tone_clip clip = golden_sound(name);
        CHECK_CASE(clip.frames && clip.rate_hz == 48000, "%s cannot be read", name);
        if (!clip.frames)
            continue;
        double squares = 0, want = json_number_value(json_object_get(e, "sum_of_squares"));
        for (size_t i = 0; i < clip.n_frames * clip.n_channels; i++)
            squares += (double)clip.frames[i] * (double)clip.frames[i];
        CHECK_CASE(fabs(squares - want) <= 1e-9 * want, "%s is decoded otherwise", name);
        tone_measures m;
        char *text = NULL;
        tone_error err;
        CHECK_CASE(tone_analyze(&m, ears, &clip, NULL, &err) == TONE_OK && tone_measures_json(&text, &m, &err) == TONE_OK, "%s: %s", name, err.text);
        json_t *got = text ? json_loads(text, 0, NULL) : NULL;
        r.sound = name;
        golden_compare(&r, got, json_object_get(e, "reference"), "");
        CHECK_CASE(json_object_size(got) == json_object_size(json_object_get(e, "reference")), "%s: other keys", name);
        if (clip.n_frames < 100000)
            check_groups(ears, &clip, &m, name);
        json_decref(got);
        free(text);
        free((void *)(size_t)clip.frames);
    }
    printf("worst: %.3g of the tolerance, %s\n", r.worst, r.worst_path);
    tone_analyzer_free(ears);
    json_decref(root);
    return check_done();
}

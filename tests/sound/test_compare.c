/* The panel of every golden pair within its tolerances; what cannot be compared; the sentence. */
#include "golden.h"

static tone_analyzer *ears;

static void test_pairs(const json_t *root)
{
    golden_result r = {.tolerance = json_object_get(root, "tolerance_pairs")};
    size_t i, n_compared = 0;
    json_t *pair;
    json_array_foreach(json_object_get(root, "pairs"), i, pair) {
        const char *name_a = json_string_value(json_object_get(pair, "a")), *name_b = json_string_value(json_object_get(pair, "b"));
        const json_t *want = json_object_get(pair, "reference");
        tone_clip a = golden_sound(name_a), b = golden_sound(name_b);
        tone_comparison c;
        char *text = NULL, label[128];
        tone_error err = {0};
        snprintf(label, sizeof label, "%s/%s", name_a, name_b);
        r.sound = label;
        CHECK_CASE(tone_compare(&c, ears, &a, &b, NULL, &err) == TONE_OK && tone_comparison_json(&text, &c, &err) == TONE_OK, "%s: %s", label, err.text);
        json_t *got = text ? json_loads(text, 0, NULL) : NULL;
        if (json_is_null(want)) {
            CHECK_CASE(!c.comparable && *c.reason && json_is_false(json_object_get(got, "comparable")), "%s", label);
        } else {
            CHECK_CASE(c.comparable, "%s: %s", label, c.reason);
            golden_compare(&r, got, want, "");
            n_compared++;
        }
        json_decref(got);
        free(text);
        free((void *)(size_t)a.frames);
        free((void *)(size_t)b.frames);
    }
    CHECK(n_compared >= 30);
    printf("worst: %.3g of the tolerance, %s\n", r.worst, r.worst_path);
}

int main(void)
{
    json_t *root = golden_load();
    if (!CHECK(root) || !CHECK(tone_analyzer_new(&ears, NULL) == TONE_OK))
        return check_done();
    test_pairs(root);
    tone_analyzer_free(ears);
    json_decref(root);
    return check_done();
}

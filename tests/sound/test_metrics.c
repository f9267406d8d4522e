/* The table of metrics: names, just noticeable differences, the report as JSON. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/sound/metrics.h"

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static void test_table(void)
{
    for (int i = 0; i < TONE_N_METRICS; i++) {
        tone_metric_info info;
        CHECK(tone_metric_describe(&info, (tone_metric)i));
        CHECK_CASE(tone_metric_find(info.name) == i, "%s", info.name);
        CHECK_CASE(*info.help && info.group & TONE_HEAR_ALL, "%s", info.name);
        CHECK_CASE(info.scale == TONE_JND_NONE || (info.jnd > 0 && info.jnd_source && info.confidence), "%s", info.name);
    }
    tone_metric_info info;
    CHECK(!tone_metric_describe(&info, TONE_N_METRICS) && tone_metric_name(TONE_N_METRICS) == NULL);
    CHECK(tone_metric_find("spectrum") == -1 && tone_metric_find("") == -1);
}

static void test_changes(void)
{
    /* an octave of centroid is ln 2 / ln 1.05 JNDs of 5 % */
    CHECK(near(tone_metric_change(TONE_METRIC_CENTROID_HZ, 500, 1000), log(2) / log(1.05)));
    CHECK(near(tone_metric_change(TONE_METRIC_TILT, -3, -5), -4));
    CHECK(near(tone_metric_change(TONE_METRIC_BAND_20_60, -90, -38.5), 1)); /* below -40 dB nothing is heard */
    CHECK(isnan(tone_metric_change(TONE_METRIC_T60_S, NAN, 1)) && isnan(tone_metric_change(TONE_METRIC_SILENT, 0, 1)));
    CHECK(isnan(tone_metric_change(TONE_METRIC_CENTROID_HZ, 0, 1)));
    CHECK(near(tone_metric_change(TONE_METRIC_ROUGHNESS, 0, 0.04), 2)); /* never below 0.02 */
    CHECK(near(tone_metric_change(TONE_METRIC_ROUGHNESS, 1, 1.17), 1));
    double near_one = tone_metric_change(TONE_METRIC_CORRELATION, 1, 0.99), near_zero = tone_metric_change(TONE_METRIC_CORRELATION, 0, -0.01);
    CHECK(fabs(near_one + 0.01 / 0.05) < 0.01 && fabs(near_zero + 0.01 / 0.35) < 0.001);
    for (int i = 0; i < TONE_N_METRICS; i++) { /* additive and antisymmetric, also across the knees */
        double a = 0.011, b = 0.3, c = 0.9, ac = tone_metric_change((tone_metric)i, a, c);
        if (isnan(ac))
            continue;
        CHECK_CASE(near(ac, tone_metric_change((tone_metric)i, a, b) + tone_metric_change((tone_metric)i, b, c)), "%d", i);
        CHECK_CASE(near(ac, -tone_metric_change((tone_metric)i, c, a)) && ac >= 0, "%d", i);
    }
}

static void test_json(void)
{
    tone_measures m = {.groups = TONE_HEAR_ALL & ~(uint32_t)TONE_HEAR_SHARPNESS};
    for (int i = 0; i < TONE_N_METRICS; i++)
        m.value[i] = i < TONE_METRIC_T60_S ? (double)i : (double)NAN;
    m.value[TONE_METRIC_SILENT] = 0;
    m.value[TONE_METRIC_TRISTIMULUS_1] = m.value[TONE_METRIC_TRISTIMULUS_2] = m.value[TONE_METRIC_TRISTIMULUS_3] = 0.1;
    m.value[TONE_METRIC_AM_DEPTH] = 1.0 / 3;
    char *text;
    CHECK(tone_measures_json(&text, &m, NULL) == TONE_OK);
    json_t *root = json_loads(text, 0, NULL);
    free(text);
    CHECK(json_is_object(root) && json_object_get(root, "sharpness_acum") == NULL);
    json_t *health = json_object_get(root, "health"), *envelope = json_object_get(root, "envelope");
    CHECK(json_is_false(json_object_get(health, "silent")) && json_is_integer(json_object_get(health, "clipped_runs")));
    CHECK(json_is_null(json_object_get(envelope, "t60")) && json_is_real(json_object_get(envelope, "attack_s")));
    CHECK(json_is_null(json_object_get(root, "stereo")) && json_is_null(json_object_get(root, "roughness")));
    json_t *harmonic = json_object_get(root, "harmonic");
    CHECK(json_array_size(json_object_get(harmonic, "tristimulus")) == 3 && json_is_null(json_object_get(harmonic, "hnr_db")));
    json_t *am = json_object_get(json_object_get(root, "modulation"), "amplitude_db");
    CHECK(json_is_null(json_object_get(am, "rate_hz")) && json_real_value(json_object_get(am, "depth")) == 1.0 / 3);
    json_decref(root);
    m.groups = TONE_HEAR_HEALTH;
    CHECK(tone_measures_json(&text, &m, NULL) == TONE_OK && strncmp(text, "{\"health\":{", 11) == 0 && !strstr(text, "loudness"));
    free(text);
}

int main(void)
{
    test_table();
    test_changes();
    test_json();
    return check_done();
}

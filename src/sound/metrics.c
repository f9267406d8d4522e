/* The table of metrics, their just noticeable differences, and a set of measures as JSON. */
#include "sound/metrics.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"

#define ANY HUGE_VAL

static const struct fact {
    const char *source, *confidence;
} facts[] = {
#define FACT(id, source, confidence) {source, confidence},
#define JND(id, scale, jnd, least, floor, ceiling, fact)
#include "sound/jnd.inc"
#undef FACT
#undef JND
};

enum fact_name {
#define FACT(id, source, confidence) FACT_##id,
#define JND(id, scale, jnd, least, floor, ceiling, fact)
#include "sound/jnd.inc"
#undef FACT
#undef JND
};

static const struct metric {
    const char *name, *unit, *help;
    tone_metric_group group;
    tone_metric_kind kind;
} metrics[TONE_N_METRICS] = {
#define X(id, path, unit, group, kind, help) [TONE_METRIC_##id] = {path, unit, help, TONE_HEAR_##group, TONE_METRIC_##kind},
    TONE_METRICS(X)
#undef X
};

/* fact is 1 + fact_name: 0 marks a metric without a line. */
static const struct jnd {
    tone_jnd_scale scale;
    double jnd, least, floor, ceiling;
    int fact;
} jnds[TONE_N_METRICS] = {
#define FACT(id, source, confidence)
#define JND(id, scale, jnd, least, floor, ceiling, fact) \
    [TONE_METRIC_##id] = {TONE_JND_##scale, jnd, least, floor, ceiling, 1 + FACT_##fact},
#include "sound/jnd.inc"
#undef FACT
#undef JND
};

bool tone_metric_describe(tone_metric_info *out, tone_metric metric)
{
    if ((unsigned)metric >= TONE_N_METRICS)
        return false;
    const struct metric *m = &metrics[metric];
    const struct jnd *j = &jnds[metric];
    *out = (tone_metric_info){.name = m->name,
                              .unit = m->unit,
                              .help = m->help,
                              .group = m->group,
                              .kind = m->kind,
                              .scale = j->scale,
                              .jnd = j->jnd,
                              .least = j->least,
                              .floor = j->fact ? j->floor : -ANY,
                              .ceiling = j->fact ? j->ceiling : ANY,
                              .jnd_source = j->fact ? facts[j->fact - 1].source : NULL,
                              .confidence = j->fact ? facts[j->fact - 1].confidence : NULL};
    return true;
}

const char *tone_metric_name(tone_metric metric)
{
    return (unsigned)metric < TONE_N_METRICS ? metrics[metric].name : NULL;
}

int tone_metric_find(const char *name)
{
    for (int i = 0; i < TONE_N_METRICS; i++)
        if (strcmp(metrics[i].name, name) == 0)
            return i;
    return -1;
}

/* Where a value lies on a line whose unit is one JND: the integral of 1 / JND. */
static double position(const struct jnd *j, double v)
{
    v = fmin(fmax(v, j->floor), j->ceiling);
    switch (j->scale) {
    case TONE_JND_ABSOLUTE:
        return v / j->jnd;
    case TONE_JND_RELATIVE: {
        double knee = j->least / j->jnd; /* below it one JND is `least` */
        if (v < knee)
            return v / j->least;
        if (v <= 0)
            return NAN;
        return knee > 0 ? 1 / j->jnd + log(v / knee) / log1p(j->jnd) : log(v) / log1p(j->jnd);
    }
    case TONE_JND_CORRELATION: {
        double r = fmin(fmax(v, -1), 1), half = log((j->jnd + 0.3) / (j->jnd + 0.3 * (1 - fabs(r)))) / 0.3;
        return r < 0 ? -half : half;
    }
    case TONE_JND_NONE:
        break;
    }
    return NAN;
}

double tone_metric_change(tone_metric metric, double before, double after)
{
    if ((unsigned)metric >= TONE_N_METRICS || isnan(before) || isnan(after))
        return NAN;
    return position(&jnds[metric], after) - position(&jnds[metric], before);
}

/* Objects of the report that are null as a whole when nothing in them is defined. */
static const char *const whole[] = {
    "envelope.t60", "envelope.edt",         "envelope.t60_low",        "onset",
    "harmonic",     "harmonic.tristimulus", "modulation.amplitude_db", "modulation.centroid_octaves",
    "stereo",       "modulation.f0_cents"};

static bool is_whole(const char *path, size_t n)
{
    if (strcmp(path + n, ".median") == 0 || strcmp(path + n, ".iqr") == 0) /* statistics of frames that do not exist */
        return true;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strlen(whole[i]) == n && memcmp(whole[i], path, n) == 0)
            return true;
    return false;
}

static bool any_defined(const tone_measures *m, const char *path, size_t n)
{
    for (int i = 0; i < TONE_N_METRICS; i++)
        if (strncmp(metrics[i].name, path, n) == 0 && metrics[i].name[n] == '.' && !isnan(m->value[i]))
            return true;
    return false;
}

static json_t *leaf(const tone_measures *m, int i)
{
    double v = m->value[i];
    if (!isfinite(v))
        return json_null();
    if (metrics[i].kind == TONE_METRIC_FLAG)
        return json_boolean(v != 0);
    return metrics[i].kind == TONE_METRIC_COUNT ? json_integer((json_int_t)v) : json_real(v);
}

/* Put metric i where its path says, making the objects on the way (an array where the last step is a digit). */
static bool place(json_t *at, const tone_measures *m, int i)
{
    const char *path = metrics[i].name, *step = path;
    for (;;) {
        size_t n = strcspn(step, ".");
        if (json_is_array(at))
            return json_array_append_new(at, leaf(m, i)) == 0;
        if (!step[n])
            return json_object_setn_new(at, step, n, leaf(m, i)) == 0;
        json_t *next = json_object_getn(at, step, n);
        if (json_is_null(next))
            return true;
        if (!next) {
            size_t so_far = (size_t)(step - path) + n;
            if (is_whole(path, so_far) && !any_defined(m, path, so_far))
                return json_object_setn_new(at, step, n, json_null()) == 0;
            bool list = step[n + 1] >= '0' && step[n + 1] <= '9' && !step[n + 2];
            next = list ? json_array() : json_object();
            if (json_object_setn_new(at, step, n, next) != 0)
                return false;
        }
        at = next;
        step += n + 1;
    }
}

json_t *tone_measures_to_json(const tone_measures *m)
{
    json_t *root = json_object();
    for (int i = 0; root && i < TONE_N_METRICS; i++)
        if (m->groups & metrics[i].group && !place(root, m, i)) {
            json_decref(root);
            root = NULL;
        }
    return root;
}

tone_status tone_measures_json(char **out, const tone_measures *m, tone_error *err)
{
    json_t *root = tone_measures_to_json(m);
    *out = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the report");
}

/* Ears: how the level moves.  5 ms steps for the attack; 40 ms for decay, sustain and durations, where the ripple of a
 * bass note would be in the way. */
#include <string.h>

#include "signal/stats.h"
#include "sound/hearing.h"

static const double ms = (double)ENV_HOP / HEAR_RATE; /* seconds from one value to the next */

tone_status hear_rms(tone_analyzer *a, double *e, const double *const x[2], unsigned channels, size_t n, size_t width,
                     size_t hop, tone_error *err)
{
    double *sum = hear_scratch(a, SLOT_PREFIX, n + 1);
    if (!sum)
        return hear_no_memory(err);
    sum[0] = 0;
    for (size_t i = 0; i < n; i++) {
        double p = x[0][i] * x[0][i];
        if (channels == 2)
            p = (p + x[1][i] * x[1][i]) / 2;
        sum[i + 1] = sum[i] + p;
    }
    size_t half = width / 2, count = hear_rms_count(n, hop);
    for (size_t i = 0; i < count; i++) {
        size_t middle = i * hop, from = middle > half ? middle - half : 0, to = middle + half < n ? middle + half : n;
        e[i] = sqrt(tone_max(sum[to] - sum[from], 0) / (double)width);
    }
    return TONE_OK;
}

static double largest(const double *v, size_t n)
{
    double top = 0;
    for (size_t i = 0; i < n; i++)
        top = fmax(top, v[i]);
    return top;
}

/* Seconds to the first rise through `level`, linear between two values; 0 when it starts above. */
static double crossing(const double *e, size_t n, double level)
{
    size_t i = 0;
    while (i < n && e[i] < level)
        i++;
    if (i == 0 || i == n)
        return 0;
    return ((double)(i - 1) + (level - e[i - 1]) / (e[i] - e[i - 1])) * ms;
}

tone_status hear_envelope(tone_hearing *h, tone_error *err)
{
    h->n_env = hear_rms_count(h->n, ENV_HOP);
    h->env = hear_scratch(h->a, SLOT_ENVELOPE, h->n_env);
    if (!h->env)
        return hear_no_memory(err);
    tone_status st = hear_rms(h->a, h->env, h->x, h->channels, h->n, ENV_FAST, ENV_HOP, err);
    if (st)
        return st;
    h->env_top = largest(h->env, h->n_env);
    h->t10 = crossing(h->env, h->n_env, 0.1 * h->env_top);
    h->t90 = crossing(h->env, h->n_env, 0.9 * h->env_top);
    return TONE_OK;
}

/* l in dB of its maximum.  After the last value at or above -3 dB: the line through the values from the first one at
 * or below `top` to the first one at or below `bottom`; the seconds it needs for 60 dB.  False when there is none. */
static bool decay(const double *l, size_t n, double step, double top, double bottom, double out[2])
{
    size_t last = n;
    while (last > 0 && !(l[last - 1] >= -3))
        last--;
    if (last == 0)
        return false;
    size_t from = last - 1, to;
    while (from < n && !(l[from] <= top))
        from++;
    for (to = last - 1; to < n && !(l[to] <= bottom);)
        to++;
    if (from == n || to == n || to - from < 3)
        return false;
    tone_line line = tone_line_fit(l + from, to - from + 1, step);
    if (!(line.slope < 0))
        return false;
    out[0] = -60 / line.slope;
    out[1] = line.r2;
    return true;
}

static void set_decay(double *value, const double *l, size_t n, double step)
{
    if (!decay(l, n, step, -5, -35, value))
        (void)decay(l, n, step, -5, -25, value);
}

/* Decay, sustain and durations from the slow envelope; `end` is the last value of the fast one within 60 dB. */
static tone_status slow_metrics(tone_hearing *h, size_t end, tone_error *err)
{
    size_t n = h->n_env, n_mid = 0, n_loud = 0;
    double *l = hear_scratch(h->a, SLOT_SLOW_ENVELOPE, n), *mid = hear_scratch(h->a, SLOT_SORT, n), *v = h->m->value;
    if (!l || !mid)
        return hear_no_memory(err);
    tone_status st = hear_rms(h->a, l, h->x, h->channels, h->n, ENV_SLOW, ENV_HOP, err);
    if (st)
        return st;
    double top = largest(l, n), a = h->t90, b = (double)end * ms;
    for (size_t i = 0; i < n; i++) {
        n_loud += l[i] >= 0.4 * top;
        l[i] = 2 * tone_db(l[i] / top);
        double t = (double)i * ms;
        if (t >= a + 0.4 * (b - a) && t <= a + 0.6 * (b - a))
            mid[n_mid++] = l[i];
    }
    v[TONE_METRIC_EFFECTIVE_DURATION_S] = (double)n_loud * ms;
    set_decay(v + TONE_METRIC_T60_S, l, n, ms);
    (void)decay(l, n, ms, -3, -13, v + TONE_METRIC_EDT_S);
    if (n_mid) {
        tone_sort(mid, n_mid);
        v[TONE_METRIC_SUSTAIN_DB] = tone_quantile(mid, n_mid, 0.5);
    }
    return TONE_OK;
}

/* Decay of what lies below 280 Hz, from the frames of the spectrum. */
static tone_status low_decay(tone_hearing *h, tone_error *err)
{
    double *l = hear_scratch(h->a, SLOT_SORT, h->n_frames), top = 0;
    if (!l)
        return hear_no_memory(err);
    for (size_t i = 0; i < h->n_frames; i++) {
        l[i] = 0;
        for (size_t b = 0; hear_bin_hz(b) < 280; b++)
            l[i] += h->power[i * HEAR_BINS + b];
        top = fmax(top, l[i]);
    }
    if (!(top > 0))
        return TONE_OK;
    for (size_t i = 0; i < h->n_frames; i++)
        l[i] = tone_db(l[i] / top);
    set_decay(h->m->value + TONE_METRIC_T60_LOW_S, l, h->n_frames, (double)HEAR_HOP / HEAR_RATE);
    return TONE_OK;
}

/* Sum of squares of all channels, and their largest |value|, over samples from … to-1. */
static double energy(const tone_hearing *h, size_t from, size_t to, double *peak)
{
    double sum = 0, top = 0;
    for (unsigned c = 0; c < h->channels; c++)
        for (size_t i = from; i < to; i++) {
            sum += h->x[c][i] * h->x[c][i];
            top = tone_max(fabs(h->x[c][i]), top);
        }
    if (peak)
        *peak = top;
    return sum;
}

tone_status hear_envelope_metrics(tone_hearing *h, tone_error *err)
{
    double *v = h->m->value, attack = fmax(h->t90 - h->t10, 1e-3), moment = 0, weight = 0;
    size_t n = h->n_env, first = n, end = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(2 * tone_db(h->env[i] / h->env_top) >= -60))
            continue;
        first = first < i ? first : i;
        end = i;
        moment += (double)i * ms * h->env[i];
        weight += h->env[i];
    }
    v[TONE_METRIC_ONSET_S] = h->t10;
    v[TONE_METRIC_ATTACK_S] = attack; /* never below 1 ms; a step reads 1.6 to 4 ms */
    v[TONE_METRIC_LOG_ATTACK_TIME] = log10(attack);
    v[TONE_METRIC_ATTACK_SLOPE] = 20 * log10(9) / (attack * 1000);
    v[TONE_METRIC_TEMPORAL_CENTROID_S] = moment / weight - h->t10;
    v[TONE_METRIC_DURATION_S] = (double)(end - first + 1) * ms;

    double peak;
    (void)energy(h, 0, h->n, &peak);
    size_t from = first * ENV_HOP, to = (end + 1) * ENV_HOP < h->n ? (end + 1) * ENV_HOP : h->n;
    double heard = energy(h, from, to, NULL) / (double)((to - from) * h->channels);
    v[TONE_METRIC_CREST_DB] = 20 * log10(peak / sqrt(heard));

    size_t start = (size_t)nearbyint(h->t10 * HEAR_RATE), split = start + HEAR_RATE / 20;
    split = split < h->n ? split : h->n;
    double early = energy(h, start, split, NULL), late = energy(h, split, h->n, NULL);
    v[TONE_METRIC_EARLY_LATE_DB] = fmin(fmax(tone_db(early) - tone_db(late), -80), 80);

    size_t last = h->n < ENV_HOP ? h->n : ENV_HOP;
    double tail = sqrt(energy(h, h->n - last, h->n, NULL) / (double)(last * h->channels));
    v[TONE_METRIC_TAIL_DB] = fmax(20 * log10(fmax(tail, 1e-15) / h->env_top), -120);

    tone_status st = slow_metrics(h, end, err);
    return st ? st : low_decay(h, err);
}

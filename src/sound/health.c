/* Ears: faults, measured on the samples as they came, before anything is removed or resampled. */
#include "signal/stats.h"
#include "sound/hearing.h"

/* Stretches of at least 3 samples at |x| >= 0.9999, and the longest stretch of any length. */
static void clipping(double *v, const double *x, size_t n)
{
    size_t run = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && fabs(x[i]) >= 0.9999) {
            run++;
            continue;
        }
        v[TONE_METRIC_CLIPPED_RUNS] += run >= 3;
        v[TONE_METRIC_LONGEST_CLIPPED_RUN] = tone_max((double)run, v[TONE_METRIC_LONGEST_CLIPPED_RUN]);
        run = 0;
    }
}

static double loudest_5_ms(tone_analyzer *a, double *e, const double *const x[2], unsigned channels, size_t n, size_t ms,
                           tone_status *st, tone_error *err)
{
    double top = 0;
    *st = hear_rms(a, e, x, channels, n, 5 * ms, ms, err);
    for (size_t i = 0; !*st && i < hear_rms_count(n, ms); i++)
        top = tone_max(e[i], top);
    return top;
}

tone_status hear_health(tone_analyzer *a, tone_measures *m, const tone_clip *clip, tone_error *err)
{
    size_t n = clip->n_frames, ms = (clip->rate_hz + 500) / 1000;
    unsigned channels = clip->n_channels;
    double *x[2] = {hear_scratch(a, SLOT_LEFT, n), hear_scratch(a, SLOT_RIGHT, n)}, *v = m->value;
    double *e = hear_scratch(a, SLOT_ENVELOPE, hear_rms_count(n, ms)), mean[2] = {0, 0}, peak = 0, bad = 0;
    if (!x[0] || !x[1] || !e)
        return hear_no_memory(err);
    v[TONE_METRIC_CLIPPED_RUNS] = v[TONE_METRIC_LONGEST_CLIPPED_RUN] = 0;
    for (unsigned c = 0; c < channels; c++) {
        for (size_t i = 0; i < n; i++) {
            double s = (double)clip->frames[i * channels + c];
            bad += !isfinite(s);
            x[c][i] = isfinite(s) ? s : 0;
            mean[c] += x[c][i];
            peak = tone_max(fabs(x[c][i]), peak);
        }
        mean[c] /= (double)n;
        clipping(v, x[c], n);
    }
    tone_status st;
    const double *const read[2] = {x[0], x[1]};
    double top = loudest_5_ms(a, e, read, channels, n, ms, &st, err);
    if (st)
        return st;
    bool silent = top < pow(10, -90 / 20.0);
    for (unsigned c = 0; c < channels; c++)
        for (size_t i = 0; i < n; i++)
            x[c][i] -= mean[c];
    top = loudest_5_ms(a, e, read, channels, n, ms, &st, err);
    if (st)
        return st;
    double tail = 0;
    size_t last = n < ms ? n : ms;
    for (unsigned c = 0; c < channels; c++)
        for (size_t i = n - last; i < n; i++)
            tail += x[c][i] * x[c][i];
    tail = sqrt(tail / (double)(last * channels));

    v[TONE_METRIC_NOT_FINITE] = bad;
    v[TONE_METRIC_DC] = channels == 2 && fabs(mean[1]) > fabs(mean[0]) ? mean[1] : mean[0];
    v[TONE_METRIC_SAMPLE_PEAK_DB] = peak > 0 ? 20 * log10(peak) : (double)NAN;
    v[TONE_METRIC_SILENT] = silent;
    v[TONE_METRIC_TAIL_CUT] = !silent && tail > top * pow(10, -30 / 20.0);
    return TONE_OK;
}

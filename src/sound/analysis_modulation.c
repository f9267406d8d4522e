/* Ears: what moves at 0.5 to 20 Hz: level, brightness, pitch. */
#include <string.h>

#include "signal/stats.h"
#include "sound/hearing.h"

enum { LINE_FFT = PARTIALS_FFT };

/* Rate and depth of a track's strongest movement from max(0.5 Hz, two cycles in the track) to 20 Hz: straight line
 * removed, Hann, zero-padded FFT, parabola; depth is the peak of that sinusoid, the rate is NaN where it is below
 * `least`.  The track is overwritten. */
static tone_status movement(tone_analyzer *a, double *rate, double *depth, double *track, size_t n, double step,
                            double least, tone_error *err)
{
    if ((double)n * step < 0.4)
        return TONE_OK;
    double *re = hear_scratch(a, SLOT_RE, LINE_FFT / 2 + 1), *im = hear_scratch(a, SLOT_IM, LINE_FFT / 2 + 1);
    double *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->partials));
    if (!re || !im || !work)
        return hear_no_memory(err);
    double mean = 0, uy = 0, uu = 0, mid = 0.5 * (double)(n - 1), weight = 0;
    for (size_t i = 0; i < n; i++)
        mean += track[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        uy += ((double)i - mid) * (track[i] - mean);
        uu += ((double)i - mid) * ((double)i - mid);
    }
    for (size_t i = 0; i < n; i++) {
        double w = 0.5 - 0.5 * cos(6.283185307179586476925 * ((double)i + 0.5) / (double)n);
        weight += w;
        track[i] = (track[i] - mean - ((double)i - mid) * (uy / uu)) * w;
    }
    tone_fft_forward(a->partials, re, im, track, n, work);
    double span = LINE_FFT * step, lowest = fmax(0.5, 2 / ((double)n * step)), *m = re; /* bin b is b / span Hz */
    size_t from = 1, top = 0, to = (size_t)(20 * span);
    while ((double)from / span < lowest)
        from++;
    for (size_t b = from - 1; b <= to + 1; b++)
        m[b] = sqrt(re[b] * re[b] + im[b] * im[b]) * 2 / weight;
    for (size_t b = from; b <= to; b++)
        if (!top || m[b] > m[top])
            top = b;
    if (!top)
        return TONE_OK;
    double la = log(fmax(m[top - 1], 1e-30)), lb = log(fmax(m[top], 1e-30)), lc = log(fmax(m[top + 1], 1e-30));
    double d = fmin(fmax(tone_parabola_top(la, lb, lc), -0.5), 0.5);
    *depth = exp(lb - 0.25 * (la - lc) * d);
    if (*depth >= least)
        *rate = ((double)top + d) / span;
    return TONE_OK;
}

/* [*from, *to) of the first longest run of values above 0. */
static void longest_run(const double *ok, size_t n, size_t *from, size_t *to)
{
    *from = *to = 0;
    for (size_t i = 0, start = 0; i < n; i++) {
        if (!(ok[i] > 0))
            start = i + 1;
        else if (i + 1 - start > *to - *from) {
            *from = start;
            *to = i + 1;
        }
    }
}

/* From t90 to the last moment within 10 dB of the maximum (a release is no movement), less 20 ms at both ends. */
tone_status hear_modulation(tone_hearing *h, tone_error *err)
{
    double *v = h->m->value;
    long last = -1;
    for (size_t i = 0; i < h->n_env; i++)
        if (2 * tone_db(h->env[i] / h->env_top) >= -10)
            last = (long)i;
    long a = (long)(h->t90 * 1000) + 20, b = last - 20;
    double *track = hear_scratch(h->a, SLOT_SORT, h->n_env > h->n_pitch ? h->n_env : h->n_pitch);
    if (!track)
        return hear_no_memory(err);
    tone_status st = TONE_OK;
    if (b > a) {
        for (long i = a; i < b; i++)
            track[i - a] = fmax(2 * tone_db(h->env[i] / h->env_top), -60);
        st = movement(h->a, &v[TONE_METRIC_AM_RATE_HZ], &v[TONE_METRIC_AM_DEPTH], track, (size_t)(b - a),
                      (double)ENV_HOP / HEAR_RATE, 0.1, err);
    }
    /* frames of the spectrum that lie wholly inside */
    long i0 = (long)ceil((double)(a * ENV_HOP + HEAR_N / 2) / HEAR_HOP);
    long i1 = (long)((double)(b * ENV_HOP - HEAR_N / 2) / HEAR_HOP) + 1;
    i1 = i1 < (long)h->n_frames ? i1 : (long)h->n_frames;
    if (!st && i1 > i0 + 8) {
        for (long i = i0; i < i1; i++)
            track[i - i0] = log2(h->centroid[i]);
        st = movement(h->a, &v[TONE_METRIC_CENTROID_MOD_RATE_HZ], &v[TONE_METRIC_CENTROID_MOD_DEPTH], track,
                      (size_t)(i1 - i0), (double)HEAR_HOP / HEAR_RATE, 0.02, err);
    }
    size_t from, to;
    longest_run(h->voiced, h->n_pitch, &from, &to);
    if (!st && to > from + 8) {
        for (size_t i = from; i < to; i++)
            track[i - from] = 1200 * log2(h->f0[i]);
        st = movement(h->a, &v[TONE_METRIC_VIBRATO_RATE_HZ], &v[TONE_METRIC_VIBRATO_DEPTH], track, to - from,
                      (double)HEAR_HOP / HEAR_RATE, 2, err);
    }
    return st;
}

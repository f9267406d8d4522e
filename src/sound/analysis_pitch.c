/* Ears: pitch after YIN (de Cheveigne and Kawahara 2002). */
#include "signal/stats.h"
#include "sound/hearing.h"

enum { SPAN = YIN_WINDOW + YIN_MAX }; /* samples a frame looks at */

/* d'(tau), tau = 0 … YIN_MAX, of r[0..have): the squared difference between the first YIN_WINDOW samples and those tau
 * later, over its mean so far.  The cross term is a correlation, by FFT.  False when there is nothing in r. */
static bool difference(tone_analyzer *a, double *d, const double *r, size_t have, double *re[2], double *im[2], double *sum,
                       double *work)
{
    size_t window = have < YIN_WINDOW ? have : YIN_WINDOW;
    tone_fft_forward(a->yin, re[0], im[0], r, window, work);
    tone_fft_forward(a->yin, re[1], im[1], r, have, work);
    for (size_t k = 0; k <= YIN_FFT / 2; k++) { /* conj(window) * all */
        double x = re[0][k] * re[1][k] + im[0][k] * im[1][k];
        im[0][k] = re[0][k] * im[1][k] - im[0][k] * re[1][k];
        re[0][k] = x;
    }
    tone_fft_inverse(a->yin, re[1], re[0], im[0], work);
    sum[0] = 0;
    for (size_t i = 0; i < SPAN; i++)
        sum[i + 1] = sum[i] + (i < have ? r[i] * r[i] : 0);
    double so_far = 0;
    d[0] = 1;
    for (size_t t = 1; t <= YIN_MAX; t++) {
        double x = tone_max(sum[YIN_WINDOW] + (sum[YIN_WINDOW + t] - sum[t]) - 2 * re[1][t], 0);
        so_far += x;
        d[t] = x * (double)t / tone_max(so_far, 1e-30);
    }
    return so_far > 1e-20;
}

/* First lag below 0.1, else the lowest one; then down to its valley, and a parabola.  Seconds are samples here. */
static double best_lag(const double *d, double *depth)
{
    size_t t = YIN_MIN, lowest = YIN_MIN;
    for (; t <= YIN_MAX && d[t] >= 0.1; t++)
        if (d[t] < d[lowest])
            lowest = t;
    if (t > YIN_MAX)
        t = lowest;
    while (t + 1 < YIN_MAX && d[t + 1] < d[t])
        t++;
    *depth = d[t];
    if (t <= YIN_MIN || t >= YIN_MAX)
        return (double)t;
    return (double)t + tone_parabola_top(-d[t - 1], -d[t], -d[t + 1]);
}

/* Frame i looks at samples 512 i … 512 i + 4094; a shorter sound has one frame, filled up with zeros.  Frames 40 dB
 * below the loudest have no pitch; voiced is d' < 0.2. */
tone_status hear_pitch(tone_hearing *h, tone_error *err)
{
    tone_analyzer *a = h->a;
    size_t n = h->n_pitch = h->n < SPAN ? 1 : 1 + (h->n - SPAN) / HEAR_HOP, bins = YIN_FFT / 2 + 1;
    double *tracks = hear_scratch(a, SLOT_PITCH, 3 * n), *sort = hear_scratch(a, SLOT_SORT, n);
    double *re[2] = {hear_scratch(a, SLOT_RE, bins), hear_scratch(a, SLOT_RE_2, YIN_FFT)};
    double *im[2] = {hear_scratch(a, SLOT_IM, bins), hear_scratch(a, SLOT_IM_2, bins)};
    double *d = hear_scratch(a, SLOT_FRAME, YIN_MAX + 1), *sum = hear_scratch(a, SLOT_PREFIX, SPAN + 1);
    double *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->yin));
    if (!tracks || !sort || !re[0] || !re[1] || !im[0] || !im[1] || !d || !sum || !work)
        return hear_no_memory(err);
    h->f0 = tracks;
    h->voiced = tracks + n;
    double *level = tracks + 2 * n, loudest = 0; /* RMS of the window */
    for (size_t i = 0; i < n; i++) {
        double e = 0;
        for (size_t k = i * HEAR_HOP; k < i * HEAR_HOP + YIN_WINDOW && k < h->n; k++)
            e += h->fold[k] * h->fold[k];
        level[i] = sqrt(e / YIN_WINDOW);
        loudest = fmax(loudest, level[i]);
    }
    size_t n_loud = 0, n_voiced = 0;
    for (size_t i = 0; i < n; i++) {
        h->f0[i] = NAN;
        h->voiced[i] = 0;
        if (!(level[i] > loudest * 1e-2))
            continue;
        n_loud++;
        size_t start = i * HEAR_HOP, have = h->n - start < SPAN ? h->n - start : SPAN;
        if (!difference(a, d, h->fold + start, have, re, im, sum, work))
            continue;
        double depth, lag = best_lag(d, &depth);
        h->f0[i] = HEAR_RATE / lag;
        h->voiced[i] = depth < 0.2;
        n_voiced += depth < 0.2;
    }
    for (size_t i = 0; i < n; i++)
        level[i] = h->voiced[i] > 0 ? h->f0[i] : (double)NAN;
    tone_spread s = tone_spread_of(level, NULL, n, sort);
    h->m->value[TONE_METRIC_F0_HZ] = s.median;
    h->m->value[TONE_METRIC_F0_IQR] = s.iqr;
    h->m->value[TONE_METRIC_VOICING] = n_loud ? (double)n_voiced / (double)n_loud : 0;
    return TONE_OK;
}

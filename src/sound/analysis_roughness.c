/* Ears: peaks of a spectrum, and the roughness of their pairs after Vassilakis (2001, 2007).
 *
 * The frames are long: 50 ms cannot separate partials closer than about 60 Hz, and those are the rough ones below
 * 1 kHz.  The window is Blackman's: the side lobes of a Hann window would count as partials. */
#include <stdlib.h>

#include "signal/stats.h"
#include "sound/hearing.h"

enum {
    PARTIALS = 100, /* the strongest of a frame that count */
    /* Kept until the largest peak of the sound is known.  More than PARTIALS, because some of these may turn out to
     * lie below the floor while weaker ones by amplitude (not by middle bin) do not. */
    KEPT = 256,
    ROOM = ROUGH_FFT / 4
};

/* Of a magnitude, given its square. */
static double log_magnitude(double power)
{
    return 0.5 * log(tone_max(power, 1e-60));
}

size_t hear_peaks(hear_peak *out, size_t room, const double *p, size_t from, size_t to, double floor)
{
    size_t n = 0;
    for (size_t i = from; i < to && n < room; i++) {
        if (!(p[i] >= floor && p[i] > p[i - 1] && p[i] >= p[i + 1]))
            continue;
        double a = log_magnitude(p[i - 1]), b = log_magnitude(p[i]), c = log_magnitude(p[i + 1]);
        double d = tone_parabola_top(a, b, c);
        out[n++] = (hear_peak){.bin = (double)i + d, .amplitude = exp(b - 0.25 * (a - c) * d), .power = p[i]};
    }
    return n;
}

static int stronger_first(const void *a, const void *b)
{
    double x = ((const hear_peak *)a)->amplitude, y = ((const hear_peak *)b)->amplitude;
    return (x < y) - (x > y);
}

static int lower_first(const void *a, const void *b)
{
    double x = ((const hear_peak *)a)->bin, y = ((const hear_peak *)b)->bin;
    return (x > y) - (x < y);
}

/* Sum over the pairs of (A1 A2)^0.1 * 0.5 * (2 Amin / (A1 + A2))^3.11 * (e^(-3.51 s d) - e^(-5.75 s d)), where d is the
 * distance in Hz and s = 0.24 / (0.0207 fmin + 18.96).  p is sorted by frequency; amplitudes relative to `top`. */
static double vassilakis(const hear_peak *p, size_t n, double top)
{
    double sum = 0, root[PARTIALS];
    for (size_t i = 0; i < n; i++)
        root[i] = pow(p[i].amplitude / top, 0.1);
    for (size_t i = 0; i < n; i++) {
        double low = p[i].bin * HEAR_RATE / ROUGH_FFT, s = 0.24 / (0.0207 * low + 18.96);
        for (size_t j = i + 1; j < n; j++) {
            double sd = s * (p[j].bin * HEAR_RATE / ROUGH_FFT - low);
            if (sd > 9) /* e^(-3.51 * 9) = 2e-14, and all further ones are smaller */
                break;
            double weaker = fmin(p[i].amplitude, p[j].amplitude);
            double balance = 2 * weaker / (p[i].amplitude + p[j].amplitude);
            sum += root[i] * root[j] * 0.5 * pow(balance, 3.11) * (exp(-3.51 * sd) - exp(-5.75 * sd));
        }
    }
    return sum;
}

/* The peaks of one frame, at most KEPT, strongest first, within 40 dB of the frame's largest bin; *power is the sum of
 * all bins, *top the largest. */
static size_t frame_peaks(tone_hearing *h, size_t start, hear_peak *found, double *re, double *im, double *frame,
                          double *work, double *power, double *top)
{
    size_t have = h->n - start < ROUGH_N ? h->n - start : ROUGH_N;
    /* 20 Hz … 20 kHz, with the neighbours that the parabola wants */
    enum { LOW = 13, HIGH = 13654 };
    for (size_t i = 0; i < have; i++)
        frame[i] = h->fold[start + i] * h->a->blackman_rough[i];
    tone_fft_forward(h->a->rough, re, im, frame, have, work);
    double *p = re;
    *power = *top = 0;
    p[LOW - 1] = p[HIGH + 1] = 0;
    for (size_t b = LOW; b <= HIGH; b++) {
        p[b] = re[b] * re[b] + im[b] * im[b];
        *power += p[b];
        *top = tone_max(p[b], *top);
    }
    size_t n = hear_peaks(found, ROOM, p, LOW, HIGH + 1, 1e-4 * *top);
    qsort(found, n, sizeof *found, stronger_first);
    return n < KEPT ? n : KEPT;
}

tone_status hear_roughness(tone_hearing *h, tone_error *err)
{
    tone_analyzer *a = h->a;
    size_t n = h->n < ROUGH_N ? 1 : 1 + (h->n - ROUGH_N) / ROUGH_HOP, per_peak = sizeof(hear_peak) / sizeof(double);
    double *re = hear_scratch(a, SLOT_RE, ROUGH_FFT / 2 + 1), *im = hear_scratch(a, SLOT_IM, ROUGH_FFT / 2 + 1);
    double *frame = hear_scratch(a, SLOT_FRAME, ROUGH_N), *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->rough));
    /* found (ROOM peaks), then n frames of KEPT peaks, then per frame their number, the power and the result */
    double *block = hear_scratch(a, SLOT_PEAKS, (ROOM + n * KEPT) * per_peak + 4 * n);
    if (!re || !im || !frame || !work || !block)
        return hear_no_memory(err);
    hear_peak *found = (hear_peak *)block, *kept = found + ROOM;
    double *count = (double *)(kept + n * KEPT), *power = count + n, *rough = power + n, *sort = rough + n;

    double largest = 0, loudest = 0;
    for (size_t i = 0; i < n; i++) {
        double top;
        size_t k = frame_peaks(h, i * ROUGH_HOP, found, re, im, frame, work, &power[i], &top);
        count[i] = (double)k;
        for (size_t j = 0; j < k; j++)
            kept[i * KEPT + j] = found[j];
        largest = fmax(largest, top);
        loudest = fmax(loudest, power[i]);
    }
    for (size_t i = 0; i < n; i++) {
        rough[i] = NAN;
        if (!(power[i] > loudest * 1e-6))
            continue;
        hear_peak *p = kept + i * KEPT;
        size_t strong = 0;
        for (size_t j = 0; j < (size_t)count[i] && strong < PARTIALS; j++)
            if (p[j].power >= 1e-4 * largest)
                p[strong++] = p[j];
        qsort(p, strong, sizeof *p, lower_first);
        rough[i] = vassilakis(p, strong, sqrt(largest));
    }
    tone_spread s = tone_spread_of(rough, NULL, n, sort);
    h->m->value[TONE_METRIC_ROUGHNESS] = s.median;
    h->m->value[TONE_METRIC_ROUGHNESS_IQR] = s.iqr;
    return TONE_OK;
}

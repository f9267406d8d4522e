/* Ears: the partials.  One frame of 341 ms after the attack for what they are, frames of 171 ms for the noise between
 * them. */
#include "signal/stats.h"
#include "sound/hearing.h"

enum {
    MOST = PARTIALS_FFT / 8, /* peaks below 10 kHz cannot be more */
    LOW = 27,                /* bins of PARTIALS_FFT: 20 Hz       */
    MID = 13653,             /* 10 kHz                            */
    HIGH = 27306,            /* 20 kHz                            */
    HARMONICS = 20
};

static const double bin_hz = (double)HEAR_RATE / PARTIALS_FFT;

static double multiple(double f, double ref)
{
    return fmax(nearbyint(f / ref), 1);
}

/* Peaks of 20 Hz … 10 kHz within 50 dB of the largest value up to 20 kHz. */
static size_t find_partials(tone_hearing *h, hear_peak *p, double *re, double *im, double *frame, double *work)
{
    size_t at = (size_t)(h->t90 * HEAR_RATE), latest = h->n > PARTIALS_N ? h->n - PARTIALS_N : 0;
    at = at < latest ? at : latest;
    size_t have = h->n - at < PARTIALS_N ? h->n - at : PARTIALS_N;
    for (size_t i = 0; i < have; i++)
        frame[i] = h->fold[at + i] * h->a->blackman_partials[i];
    tone_fft_forward(h->a->partials, re, im, frame, have, work);
    double top = 0, *power = re;
    for (size_t b = LOW; b < HIGH; b++) {
        power[b] = re[b] * re[b] + im[b] * im[b];
        top = tone_max(power[b], top);
    }
    power[LOW - 1] = power[MID + 2] = 0;
    return top > 0 ? hear_peaks(p, MOST, power, LOW, MID + 2, 1e-5 * top) : 0;
}

/* YIN's pitch where some strong peak lies within 1 % of 1, 2 or 3 times it (a bell always fits some very low pitch);
 * else the lowest peak within 20 dB of the largest.  Then least squares over the peaks within 3 % of a multiple. */
static double reference(const hear_peak *p, size_t n, double top, double pitch, bool *is_pitch)
{
    *is_pitch = false;
    for (size_t i = 0; pitch > 0 && i < n && !*is_pitch; i++)
        for (int k = 1; k <= 3; k++)
            if (p[i].amplitude >= 0.01 * top && fabs(p[i].bin * bin_hz - k * pitch) < 0.01 * k * pitch)
                *is_pitch = true;
    double ref = pitch;
    for (size_t i = 0; i < n && !*is_pitch; i++)
        if (p[i].amplitude >= 0.1 * top) {
            ref = p[i].bin * bin_hz;
            break;
        }
    double hf = 0, hh = 0;
    for (size_t i = 0; i < n; i++) {
        double f = p[i].bin * bin_hz, k = multiple(f, ref), w = p[i].amplitude * p[i].amplitude;
        if (fabs(f - k * ref) < 0.03 * k * ref) {
            hf += w * k * f;
            hh += w * k * k;
        }
    }
    return hh > 0 ? hf / hh : ref;
}

/* Power-weighted distance to the nearest multiple, 0 on them and 1 half-way (Peeters 2011). */
static double inharmonicity(const hear_peak *p, size_t n, double ref)
{
    double off = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        double f = p[i].bin * bin_hz, w = p[i].amplitude * p[i].amplitude;
        off += fabs(f - multiple(f, ref) * ref) * w;
        all += w;
    }
    return 2 / ref * off / all;
}

static void set_series(double *v, const hear_peak *p, size_t n, double ref)
{
    double amp[HARMONICS + 1] = {0}, squares = 0, odd = 0, even = 0, sum = 0, high = 0;
    for (int k = 1; k <= HARMONICS; k++) /* the strongest peak near each multiple */
        for (size_t i = 0; i < n; i++)
            if (fabs(p[i].bin * bin_hz - k * ref) < 0.25 * ref)
                amp[k] = fmax(amp[k], p[i].amplitude);
    for (int k = 1; k <= HARMONICS; k++) {
        double square = amp[k] * amp[k];
        squares += square;
        sum += amp[k];
        /* without the fundamental: else every dark sound would read "hollow" */
        odd += k > 1 && k % 2 == 1 ? square : 0;
        even += k % 2 == 0 ? square : 0;
        high += k > 4 ? amp[k] : 0;
    }
    double floor = 1e-6 * squares; /* keeps the ratio within about 60 dB */
    if (odd + even > 2 * floor)
        v[TONE_METRIC_ODD_EVEN_DB] = tone_db((odd + floor) / (even + floor));
    if (amp[1] > 0)
        v[TONE_METRIC_EVEN_DB] = fmax(tone_db(even / fmax(amp[1] * amp[1], 1e-30)), -80);
    if (sum > 0) {
        v[TONE_METRIC_TRISTIMULUS_1] = amp[1] / sum;
        v[TONE_METRIC_TRISTIMULUS_2] = (amp[2] + amp[3] + amp[4]) / sum;
        v[TONE_METRIC_TRISTIMULUS_3] = high / sum;
    }
}

/* Harmonic over noise of one power spectrum: in the cell (h +- 0.5) f0 of each multiple up to 10 kHz, bins more than 3
 * away from h f0 are noise (their mean, times the bins of the cell), the rest is harmonic.  b is f0 in bins. */
static double ratio_db(const double *q, double b, int multiples)
{
    double harmonic = 0, noise = 0;
    for (int k = 1; k <= multiples; k++) {
        double cell = 0, rest = 0;
        size_t n_cell = 0, n_rest = 0, from = (size_t)ceil((k - 0.5) * b);
        for (size_t i = from; (double)i < (k + 0.5) * b; i++) {
            cell += q[i];
            n_cell++;
            if (fabs((double)i - k * b) > 3) {
                rest += q[i];
                n_rest++;
            }
        }
        if (!n_rest)
            continue;
        double mean = rest / (double)n_rest * (double)n_cell;
        noise += mean;
        harmonic += tone_max(cell - mean, 0);
    }
    return fmin(fmax(tone_db(harmonic) - tone_db(noise), -20), 80);
}

/* Median over the frames within 40 dB of the loudest. */
static tone_status harmonic_to_noise(tone_hearing *h, double f0, tone_error *err)
{
    tone_analyzer *a = h->a;
    size_t n = h->n < HNR_N ? 1 : 1 + (h->n - HNR_N) / HNR_HOP, bins = HNR_N / 2 + 1, kept = 0;
    double *re = hear_scratch(a, SLOT_RE, bins), *im = hear_scratch(a, SLOT_IM, bins);
    double *frame = hear_scratch(a, SLOT_FRAME, HNR_N), *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->hnr));
    double *power = hear_scratch(a, SLOT_SORT, 2 * n), loudest = 0;
    if (!re || !im || !frame || !work || !power)
        return hear_no_memory(err);
    double *ratio = power + n;
    for (size_t i = 0; i < n; i++) {
        size_t at = i * HNR_HOP, have = h->n - at < HNR_N ? h->n - at : HNR_N;
        for (size_t k = 0; k < have; k++)
            frame[k] = h->fold[at + k] * a->blackman_hnr[k];
        tone_fft_forward(a->hnr, re, im, frame, have, work);
        power[i] = 0;
        for (size_t k = 0; k < bins; k++) {
            re[k] = re[k] * re[k] + im[k] * im[k];
            power[i] += re[k];
        }
        ratio[i] = ratio_db(re, f0 * HNR_N / HEAR_RATE, (int)(10000 / f0));
        loudest = fmax(loudest, power[i]);
    }
    for (size_t i = 0; i < n; i++)
        if (power[i] > loudest * 1e-4)
            ratio[kept++] = ratio[i];
    if (kept) {
        tone_sort(ratio, kept);
        h->m->value[TONE_METRIC_HNR_DB] = tone_quantile(ratio, kept, 0.5);
    }
    return TONE_OK;
}

tone_status hear_harmonic(tone_hearing *h, tone_error *err)
{
    tone_analyzer *a = h->a;
    double *re = hear_scratch(a, SLOT_RE, PARTIALS_FFT / 2 + 1), *im = hear_scratch(a, SLOT_IM, PARTIALS_FFT / 2 + 1);
    double *frame = hear_scratch(a, SLOT_FRAME, PARTIALS_N), *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->partials));
    hear_peak *p = (hear_peak *)hear_scratch(a, SLOT_PEAKS, MOST * sizeof *p / sizeof(double));
    if (!re || !im || !frame || !work || !p)
        return hear_no_memory(err);
    size_t n = find_partials(h, p, re, im, frame, work);
    if (!n)
        return TONE_OK;
    double top = 0, *v = h->m->value;
    for (size_t i = 0; i < n; i++)
        top = fmax(top, p[i].amplitude);
    bool is_pitch, voiced = v[TONE_METRIC_VOICING] >= 0.5 && !isnan(v[TONE_METRIC_F0_HZ]);
    double ref = reference(p, n, top, voiced ? v[TONE_METRIC_F0_HZ] : 0, &is_pitch);
    v[TONE_METRIC_F_REF_HZ] = ref;
    v[TONE_METRIC_REF_IS_PITCH] = is_pitch;
    v[TONE_METRIC_INHARMONICITY] = inharmonicity(p, n, ref);
    set_series(v, p, n, ref);
    /* below 59 Hz no bins are left between the harmonics */
    return is_pitch && ref >= 59 ? harmonic_to_noise(h, ref, err) : TONE_OK;
}

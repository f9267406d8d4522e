/* What a picture shows, computed at the resolution of its box. */
#include <string.h>

#include "signal/stats.h"
#include "sound/picture_parts.h"
#include "sound/similarity.h"

double picture_hz_at(hz_scale scale, double v)
{
    if (scale == SCALE_MEL) {
        double low = tone_hz_to_mel(picture_low_hz), high = tone_hz_to_mel(picture_mel_high_hz);
        return tone_mel_to_hz(low + v * (high - low));
    }
    return picture_low_hz * pow(picture_high_hz / picture_low_hz, v);
}

double picture_hz_place(hz_scale scale, double hz)
{
    if (scale == SCALE_MEL) {
        double low = tone_hz_to_mel(picture_low_hz), high = tone_hz_to_mel(picture_mel_high_hz);
        return (tone_hz_to_mel(hz) - low) / (high - low);
    }
    return log(hz / picture_low_hz) / log(picture_high_hz / picture_low_hz);
}

/* A power spectrum in dB with its spacing; 0 dB is a sine at full scale. */
typedef struct spectrum {
    double *db;
    size_t bins;
    double hz;
} spectrum;

/* Between bins: a straight line in dB.  Over more than a bin: the largest. */
static double look_up(const spectrum *s, double from, double to)
{
    double a = from / s->hz, b = to / s->hz;
    size_t first = (size_t)ceil(a), last = (size_t)floor(b);
    if (first <= last && first < s->bins) {
        double top = s->db[first];
        for (size_t k = first; k <= last && k < s->bins; k++)
            top = fmax(top, s->db[k]);
        return top;
    }
    double at = (a + b) / 2;
    size_t k = (size_t)at;
    if (k + 1 >= s->bins)
        return s->db[s->bins - 1];
    return s->db[k] + (at - (double)k) * (s->db[k + 1] - s->db[k]);
}

/* Add |X|^2 around sample `middle` to sum[0 … n/2]. */
static void add_power(double *sum, double *re, double *im, double *frame, double *work, const tone_fft *fft, const double *window,
                      const double *x, size_t n_x, size_t middle)
{
    size_t n = tone_fft_length(fft);
    for (size_t k = 0; k < n; k++) {
        size_t at = middle + k;
        frame[k] = at >= n / 2 && at - n / 2 < n_x ? x[at - n / 2] * window[k] : 0;
    }
    tone_fft_forward(fft, re, im, frame, n, work);
    for (size_t k = 0; k <= n / 2; k++)
        sum[k] += re[k] * re[k] + im[k] * im[k];
}

/* Short frames tell when, long ones (85 ms) tell which low partial: below 400 Hz the long ones count, above 800 Hz the
 * short ones, in between a mixture. */
static double mix_at(double hz)
{
    double v = fmin(fmax(log2(hz / 400), 0), 1);
    return v * v * (3 - 2 * v);
}

enum { LONG_N = YIN_FFT };

tone_status picture_grid(float *out, tone_hearing *h, size_t width, size_t height, double seconds, hz_scale scale, tone_error *err)
{
    tone_analyzer *a = h->a;
    double *re = hear_scratch(a, SLOT_RE, LONG_N / 2 + 1), *im = hear_scratch(a, SLOT_IM, LONG_N / 2 + 1);
    double *frame = hear_scratch(a, SLOT_FRAME, 2 * LONG_N), *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->yin));
    spectrum wide = {hear_scratch(a, SLOT_RE_2, HEAR_N / 2 + 1), HEAR_N / 2 + 1, (double)HEAR_RATE / HEAR_N};
    spectrum narrow = {hear_scratch(a, SLOT_IM_2, LONG_N / 2 + 1), LONG_N / 2 + 1, (double)HEAR_RATE / LONG_N};
    if (!re || !im || !frame || !work || !wide.db || !narrow.db)
        return hear_no_memory(err);
    /* amplitude of a full-scale sine under each window: half the window's sum */
    double full_wide = pow(0.5 * 0.5 * HEAR_N, 2), full_narrow = pow(0.5 * 0.42 * LONG_N, 2), *window = frame + LONG_N;
    for (size_t k = 0; k < LONG_N; k++)
        window[k] = a->blackman_hnr[2 * k]; /* periodic: every other value is the window of half the length */
    double step = seconds * HEAR_RATE / (double)width;
    int looks = step > 2 * HEAR_N ? 4 : step > HEAR_N ? 2 : 1; /* frames a column, when columns are far apart */
    for (size_t column = 0; column < width; column++) {
        float *to = out + column * height;
        size_t middle = (size_t)(((double)column + 0.5) * step);
        if (middle >= h->n + HEAR_N / 2) {
            for (size_t i = 0; i < height; i++)
                to[i] = -300;
            continue;
        }
        memset(wide.db, 0, wide.bins * sizeof *wide.db);
        memset(narrow.db, 0, narrow.bins * sizeof *narrow.db);
        for (int k = 0; k < looks; k++) {
            size_t at = (size_t)((double)column * step + (k + 0.5) * step / looks);
            for (unsigned c = 0; c < h->channels; c++) {
                add_power(wide.db, re, im, frame, work, a->frame, a->hann, h->x[c], h->n, at);
                add_power(narrow.db, re, im, frame, work, a->yin, window, h->x[c], h->n, at);
            }
        }
        for (size_t k = 0; k < wide.bins; k++)
            wide.db[k] = tone_db(wide.db[k] / (full_wide * looks * h->channels));
        for (size_t k = 0; k < narrow.bins; k++)
            narrow.db[k] = tone_db(narrow.db[k] / (full_narrow * looks * h->channels));
        for (size_t i = 0; i < height; i++) {
            double from = picture_hz_at(scale, (double)i / (double)height), till = picture_hz_at(scale, (double)(i + 1) / (double)height);
            double mix = mix_at(from), v = 0;
            v += mix < 1 ? (1 - mix) * look_up(&narrow, from, till) : 0;
            v += mix > 0 ? mix * look_up(&wide, from, till) : 0;
            to[i] = (float)v;
        }
    }
    return TONE_OK;
}

/* Power around hz under a bell over log f whose area is a sixth of an octave.  A bin counts as a step; where the bell is
 * hardly wider than a bin, it is taken in eighths. */
static double around(const double *power, size_t bins, double bin_hz, double hz)
{
    const double sigma = 1 / (6 * 2.5066282746310002);
    size_t from = (size_t)(hz * exp2(-4 * sigma) / bin_hz), to = (size_t)(hz * exp2(4 * sigma) / bin_hz) + 1;
    double sum = 0;
    int parts = hz < 60 * bin_hz ? 8 : 1;
    for (size_t k = from; k <= to && k < bins; k++)
        for (int i = 0; i < parts; i++) {
            double f = ((double)k + (i + 0.5) / parts - 0.5) * bin_hz, u = f > 0 ? log2(f / hz) / sigma : 10;
            sum += power[k] / parts * exp(-0.5 * u * u);
        }
    return sum;
}

tone_status picture_curve(float *out, tone_hearing *h, size_t width, tone_error *err)
{
    tone_analyzer *a = h->a;
    enum { BINS = HNR_N / 2 + 1 };
    size_t n = 1 + h->n / HNR_HOP, kept = 0;
    double *re = hear_scratch(a, SLOT_RE, BINS), *im = hear_scratch(a, SLOT_IM, BINS), *frame = hear_scratch(a, SLOT_FRAME, HNR_N);
    double *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->hnr)), *power = hear_scratch(a, SLOT_POWER, n * BINS);
    double *mean = hear_scratch(a, SLOT_BLOCKS, BINS + n), *sum = mean ? mean + BINS : NULL, loudest = 0;
    if (!re || !im || !frame || !work || !power || !mean)
        return hear_no_memory(err);
    memset(power, 0, n * BINS * sizeof *power);
    memset(mean, 0, BINS * sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        sum[i] = 0;
        for (unsigned c = 0; c < h->channels; c++)
            add_power(power + i * BINS, re, im, frame, work, a->hnr, a->blackman_hnr, h->x[c], h->n, i * HNR_HOP);
        for (size_t k = 0; k < BINS; k++)
            sum[i] += power[i * BINS + k];
        loudest = fmax(loudest, sum[i]);
    }
    for (size_t i = 0; i < n; i++) { /* frames within 60 dB of the loudest, as everywhere */
        if (!(sum[i] > loudest * 1e-6))
            continue;
        kept++;
        for (size_t k = 0; k < BINS; k++)
            mean[k] += power[i * BINS + k];
    }
    double full = pow(0.5 * 0.42 * HNR_N, 2) * (double)(kept ? kept : 1) * h->channels;
    for (size_t i = 0; i < width; i++) {
        double hz = picture_hz_at(SCALE_LOG, ((double)i + 0.5) / (double)width);
        out[i] = (float)tone_db(around(mean, BINS, (double)HEAR_RATE / HNR_N, hz) / full);
    }
    return TONE_OK;
}

void picture_wave(float *out, const double *x, size_t n, size_t width, double seconds)
{
    double step = seconds * HEAR_RATE / (double)width;
    for (size_t i = 0; i < width; i++) {
        size_t from = (size_t)((double)i * step), to = (size_t)((double)(i + 1) * step);
        double least = 0, most = 0, squares = 0;
        to = to > from ? to : from + 1;
        if (from < n) {
            to = to < n ? to : n;
            least = most = x[from];
            for (size_t k = from; k < to; k++) {
                least = fmin(least, x[k]);
                most = fmax(most, x[k]);
                squares += x[k] * x[k];
            }
        }
        out[3 * i] = (float)least;
        out[3 * i + 1] = (float)most;
        out[3 * i + 2] = (float)sqrt(squares / (double)(to - from));
    }
}

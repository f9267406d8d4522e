/* Distances of two matched sounds, frame by frame: none is best for every synth, so there are several. */
#include "sound/similarity.h"

#include <string.h>

#include "signal/stats.h"
#include "signal/window.h"

/* ---- multi-resolution STFT ---- */

typedef struct resolution {
    tone_fft *fft;
    size_t n, hop, window;
} resolution;

/* Index into n samples of position i of the signal reflected at both ends (i may lie far outside). */
static size_t reflect(long i, size_t n)
{
    if (n == 1)
        return 0;
    long period = 2 * ((long)n - 1), at = i % period;
    at = at < 0 ? at + period : at;
    return (size_t)(at < (long)n ? at : period - at);
}

/* Power spectrum of the frame whose window starts at sample `start` (may be negative). */
static void stft_power(double *power, double *im, double *frame, double *work, const resolution *r,
                       const double *window, const double *x, size_t n, long start)
{
    /* The window is shorter than the FFT and lies in its middle; where does not matter for the power. */
    for (size_t k = 0; k < r->window; k++) {
        long i = start + (long)k;
        frame[k] = window[k] * (i >= 0 && i < (long)n ? x[i] : x[reflect(i, n)]);
    }
    tone_fft_forward(r->fft, power, im, frame, r->window, work);
    for (size_t k = 0; k <= r->n / 2; k++) {
        double p = power[k] * power[k] + im[k] * im[k];
        power[k] = p > 1e-8 ? p : 1e-8;
    }
}

typedef struct stft_sums {
    double off, all, logs, count;
} stft_sums;

/* A, B powers: sum of (A - B)^2 and A^2 of magnitudes, and of |ln A - ln B|.  All powers are at least 1e-8 and far
 * below 1e12, so a product of sixteen stays in range and costs one logarithm. */
static void add_stft(stft_sums *s, const double *a, const double *b, size_t bins)
{
    double off = 0, all = 0, more = 1, less = 1;
    for (size_t k = 0; k < bins; k++) {
        double d = sqrt(a[k]) - sqrt(b[k]);
        off += d * d;
        all += a[k];
        more *= tone_max(a[k], b[k]);
        less *= tone_min(a[k], b[k]);
        if (k % 16 == 15 || k + 1 == bins) {
            s->logs += 0.5 * log(more / less);
            more = less = 1;
        }
    }
    s->off += off;
    s->all += all;
    s->count += (double)bins;
}

tone_status tone_mr_stft(double *convergence, double *log_magnitude, tone_analyzer *ears, const tone_match *m, tone_error *err)
{
    const resolution all[3] = {
        {ears->half_frame, 1024, 120, 600}, {ears->frame, 2048, 240, 1200}, {ears->quarter_frame, 512, 50, 240}};
    double *a = hear_scratch(ears, SLOT_RE, 1025), *b = hear_scratch(ears, SLOT_RE_2, 1025), *im = hear_scratch(ears, SLOT_IM, 1025);
    double *frame = hear_scratch(ears, SLOT_FRAME, 2400), *work = hear_scratch(ears, SLOT_FFT, tone_fft_work(ears->frame));
    if (!a || !b || !im || !frame || !work)
        return hear_no_memory(err);
    *convergence = *log_magnitude = 0;
    for (int i = 0; i < 3; i++) {
        const resolution *r = &all[i];
        double *window = frame + 1200;
        stft_sums s = {0, 0, 0, 0};
        tone_window_hann(window, r->window);
        /* frames of r->n around every hop'th sample, the sound reflected by half a frame at both ends */
        for (unsigned c = 0; c < m->channels; c++)
            for (size_t at = 0; at <= m->n; at += r->hop) {
                long start = (long)at - (long)r->window / 2;
                stft_power(a, im, frame, work, r, window, m->a[c], m->n, start);
                stft_power(b, im, frame, work, r, window, m->b[c], m->n, start);
                add_stft(&s, a, b, r->n / 2 + 1);
            }
        *convergence += sqrt(s.off / s.all) / 3;
        *log_magnitude += s.logs / s.count / 3;
    }
    return TONE_OK;
}

/* ---- mel ---- */

double tone_hz_to_mel(double hz)
{
    return hz < 1000 ? hz * 3 / 200 : 15 + log(hz / 1000) / (log(6.4) / 27);
}

double tone_mel_to_hz(double mel)
{
    return mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27);
}

void tone_mel_bank_init(tone_mel_bank *bank)
{
    double low = tone_hz_to_mel(30), step = (tone_hz_to_mel(16000) - low) / (MELS + 1);
    memset(bank, 0, sizeof *bank);
    for (int i = 0; i < MELS; i++) {
        double from = tone_mel_to_hz(low + i * step), top = tone_mel_to_hz(low + (i + 1) * step), to = tone_mel_to_hz(low + (i + 2) * step);
        for (size_t b = 0; b < HEAR_BINS; b++) {
            double f = hear_bin_hz(b), up = (f - from) / (top - from), down = (to - f) / (to - top), w = fmin(up, down);
            if (!(w > 0))
                continue;
            if (!bank->count[i])
                bank->first[i] = b;
            bank->weight[i][bank->count[i]++] = w * 2 / (to - from);
        }
    }
}

tone_status tone_mel_frames(double *out, tone_analyzer *ears, const tone_mel_bank *bank, const double *const x[2],
                            unsigned channels, size_t n, tone_error *err)
{
    double *re = hear_scratch(ears, SLOT_RE, HEAR_N / 2 + 1), *im = hear_scratch(ears, SLOT_IM, HEAR_N / 2 + 1);
    double *frame = hear_scratch(ears, SLOT_FRAME, HEAR_N), *work = hear_scratch(ears, SLOT_FFT, tone_fft_work(ears->frame));
    if (!re || !im || !frame || !work)
        return hear_no_memory(err);
    for (size_t i = 0; i <= n / HEAR_HOP; i++) {
        double power[HEAR_BINS] = {0};
        for (unsigned c = 0; c < channels; c++) {
            hear_frame(ears, re, im, x[c], n, i, frame, work);
            for (size_t b = 0; b < HEAR_BINS; b++)
                power[b] += (re[b + 1] * re[b + 1] + im[b + 1] * im[b + 1]) / channels;
        }
        for (int k = 0; k < MELS; k++) {
            const double *p = power + bank->first[k], *w = bank->weight[k];
            double sum = 0;
            for (size_t b = 0; b < bank->count[k]; b++)
                sum += w[b] * p[b];
            out[i * MELS + (size_t)k] = sum;
        }
    }
    return TONE_OK;
}

static double loudest_of(const double *v, size_t n)
{
    double top = 0;
    for (size_t i = 0; i < n; i++)
        top = tone_max(v[i], top);
    return top;
}

double tone_log_mel(double by_eighth[8], const double *a, const double *b, size_t n_frames)
{
    double floor = 1e-8 * fmax(loudest_of(a, n_frames * MELS), loudest_of(b, n_frames * MELS)), mean = 0;
    memset(by_eighth, 0, 8 * sizeof *by_eighth);
    for (size_t i = 0; i < n_frames * MELS; i++)
        by_eighth[i % MELS / 8] += fabs(tone_db(fmax(a[i], floor)) - tone_db(fmax(b[i], floor)));
    for (int i = 0; i < 8; i++) {
        by_eighth[i] /= (double)n_frames * 8;
        mean += by_eighth[i] / 8;
    }
    return mean;
}

/* Orthonormal DCT-II of the dB mels, floored 80 dB below the sound's own loudest; coefficient 0 is the level. */
static void mfcc(double *out, const double *mel, size_t n_frames)
{
    double basis[MFCCS][MELS], floor = 1e-8 * loudest_of(mel, n_frames * MELS);
    for (int k = 0; k < MFCCS; k++)
        for (int j = 0; j < MELS; j++)
            basis[k][j] = sqrt(2.0 / MELS) * cos(3.14159265358979323846 * (k + 1) * (2 * j + 1) / (2 * MELS));
    for (size_t i = 0; i < n_frames; i++) {
        double db[MELS];
        for (int j = 0; j < MELS; j++)
            db[j] = tone_db(fmax(mel[i * MELS + (size_t)j], floor));
        for (int k = 0; k < MFCCS; k++) {
            double sum = 0;
            for (int j = 0; j < MELS; j++)
                sum += basis[k][j] * db[j];
            out[i * MFCCS + (size_t)k] = sum;
        }
    }
}

static double frame_distance(const double *a, const double *b)
{
    double sum = 0;
    for (int k = 0; k < MFCCS; k++)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sqrt(sum);
}

tone_status tone_mfcc_dtw(double *out, tone_analyzer *ears, const double *a, const double *b, size_t n, tone_error *err)
{
    *out = NAN;
    if (n > (size_t)1 << 14)
        return TONE_OK;
    /* coefficients of both, then two rows of the table: cheapest cost to reach a cell, and the points on that path */
    double *block = hear_scratch(ears, SLOT_WARP, 2 * n * MFCCS + 4 * (n + 1));
    if (!block)
        return hear_no_memory(err);
    double *fa = block, *fb = fa + n * MFCCS, *cost[2] = {fb + n * MFCCS, fb + n * MFCCS + n + 1};
    double *length[2] = {cost[1] + n + 1, cost[1] + 2 * (n + 1)};
    mfcc(fa, a, n);
    mfcc(fb, b, n);
    for (size_t j = 0; j <= n; j++) {
        cost[0][j] = j ? HUGE_VAL : 0;
        length[0][j] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        const double *before = cost[i % 2], *steps = length[i % 2];
        double *now = cost[(i + 1) % 2], *now_steps = length[(i + 1) % 2];
        now[0] = HUGE_VAL;
        now_steps[0] = 0;
        for (size_t j = 0; j < n; j++) { /* diagonal first, then from above, then from the left */
            double best = before[j], path = steps[j];
            if (before[j + 1] < best) {
                best = before[j + 1];
                path = steps[j + 1];
            }
            if (now[j] < best) {
                best = now[j];
                path = now_steps[j];
            }
            now[j + 1] = best + frame_distance(fa + i * MFCCS, fb + j * MFCCS);
            now_steps[j + 1] = path + 1;
        }
    }
    *out = cost[n % 2][n] / length[n % 2][n];
    return TONE_OK;
}

/* ---- envelope and pitch ---- */

tone_status tone_envelope_distance(double *out, tone_analyzer *ears, const tone_match *m, tone_error *err)
{
    size_t n = hear_rms_count(m->n, ENV_HOP);
    double *a = hear_scratch(ears, SLOT_ENVELOPE, n), *b = hear_scratch(ears, SLOT_SLOW_ENVELOPE, n), sum = 0;
    if (!a || !b)
        return hear_no_memory(err);
    tone_status st = hear_rms(ears, a, m->a, m->channels, m->n, ENV_FAST, ENV_HOP, err);
    if (!st)
        st = hear_rms(ears, b, m->b, m->channels, m->n, ENV_FAST, ENV_HOP, err);
    if (st)
        return st;
    double floor = 1e-3 * fmax(loudest_of(a, n), loudest_of(b, n));
    for (size_t i = 0; i < n; i++)
        sum += fabs(2 * tone_db(fmax(a[i], floor)) - 2 * tone_db(fmax(b[i], floor)));
    *out = sum / (double)n;
    return TONE_OK;
}

tone_status tone_f0_distance(double *cents, double *mismatch, tone_analyzer *ears, const tone_match *m, tone_error *err)
{
    tone_measures unused;
    tone_hearing h = {.a = ears, .m = &unused, .n = m->n, .fold = m->fold_a};
    tone_status st = hear_pitch(&h, err);
    if (st)
        return st;
    size_t n = h.n_pitch, both = 0, one = 0;
    double *first = hear_scratch(ears, SLOT_BLOCKS, 2 * n); /* f0 of a; then the differences */
    if (!first)
        return hear_no_memory(err);
    for (size_t i = 0; i < n; i++)
        first[i] = h.voiced[i] > 0 ? h.f0[i] : (double)NAN;
    h.fold = m->fold_b;
    st = hear_pitch(&h, err);
    if (st)
        return st;
    double *apart = first + n;
    for (size_t i = 0; i < n; i++) {
        bool in_a = !isnan(first[i]), in_b = h.voiced[i] > 0;
        one += in_a != in_b;
        if (in_a && in_b)
            apart[both++] = fabs(1200 * log2(first[i] / h.f0[i]));
    }
    *mismatch = (double)one / (double)n;
    if (both) {
        tone_sort(apart, both);
        *cents = tone_quantile(apart, both, 0.5);
    }
    return TONE_OK;
}

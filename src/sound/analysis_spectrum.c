/* Ears: the power spectra of the frames and what is read from them one by one and in the mean. */
#include <string.h>

#include "signal/stats.h"
#include "sound/hearing.h"

const double hear_band_edge[HEAR_BANDS + 1] = {20, 60, 250, 500, 2000, 6000, 10000, 20000};

void hear_frame(tone_analyzer *a, double *re, double *im, const double *x, size_t n, size_t i, double *frame, double *work)
{
    size_t middle = i * HEAR_HOP, half = HEAR_N / 2;
    size_t skip = middle < half ? half - middle : 0; /* leading zeros of the frame */
    size_t first = middle + skip - half, have = n > first ? n - first : 0;
    if (have > HEAR_N - skip)
        have = HEAR_N - skip;
    memset(frame, 0, skip * sizeof *frame);
    for (size_t k = 0; k < have; k++)
        frame[skip + k] = x[first + k] * a->hann[skip + k];
    tone_fft_forward(a->frame, re, im, frame, skip + have, work);
}

double hear_band_share(const double *power, double lo, double hi)
{
    double in = 0, all = 0;
    for (size_t b = 0; b < HEAR_BINS; b++) {
        double f = hear_bin_hz(b);
        all += power[b];
        if (f >= lo && f < hi)
            in += power[b];
    }
    return all > 0 ? in / all : 0;
}

static double share_db(const double *power, double lo, double hi)
{
    return fmax(tone_db(hear_band_share(power, lo, hi)), -120);
}

/* What one spectrum tells: power P as a density over f. */
struct shape {
    double spread, skewness, kurtosis, rolloff85, rolloff95, flatness_db;
};

static double centroid_of(const double *p, double total)
{
    double sum = 0;
    for (size_t b = 0; b < HEAR_BINS; b++)
        sum += hear_bin_hz(b) * p[b];
    return sum / total;
}

/* Lowest bin at or below which `share` of the power lies; the grid is 23.4 Hz, nothing is interpolated. */
static double rolloff_of(const double *p, double total, double share)
{
    double sum = 0;
    for (size_t b = 0; b < HEAR_BINS; b++) {
        sum += p[b];
        if (sum >= share * total)
            return hear_bin_hz(b);
    }
    return hear_bin_hz(HEAR_BINS - 1);
}

/* Geometric over arithmetic mean, bins raised to -100 dB of the strongest.  Relative to it they lie in 1e-10 … 1, so
 * that sixteen of them share one logarithm. */
static double flatness_of(const double *p)
{
    double top = 0, logs = 0, sum = 0, product = 1;
    for (size_t b = 0; b < HEAR_BINS; b++)
        top = tone_max(p[b], top);
    const double scale = 1 / top;
    for (size_t b = 0; b < HEAR_BINS; b++) {
        double q = tone_max(p[b] * scale, 1e-10);
        sum += q;
        product *= q;
        if (b % 16 == 15 || b == HEAR_BINS - 1) {
            logs += log(product);
            product = 1;
        }
    }
    return tone_db(exp(logs / HEAR_BINS) / (sum / HEAR_BINS));
}

static struct shape shape_of(const double *p, double total, double centroid)
{
    double m2 = 0, m3 = 0, m4 = 0;
    for (size_t b = 0; b < HEAR_BINS; b++) {
        double d = hear_bin_hz(b) - centroid, d2 = d * d;
        m2 += d2 * p[b];
        m3 += d2 * d * p[b];
        m4 += d2 * d2 * p[b];
    }
    m2 /= total;
    double s = sqrt(m2);
    return (struct shape){.spread = s,
                          .skewness = m3 / total / (s * s * s),
                          .kurtosis = m4 / total / (m2 * m2),
                          .rolloff85 = rolloff_of(p, total, 0.85),
                          .rolloff95 = rolloff_of(p, total, 0.95),
                          .flatness_db = flatness_of(p)};
}

/* sqrt(sum max(0, u - before)^2) of unit-length magnitude spectra; `before` becomes this frame's. */
static double flux_of(double *before, const double *p, double total)
{
    double scale = 1 / fmax(sqrt(total), 1e-30), sum = 0;
    for (size_t b = 0; b < HEAR_BINS; b++) {
        double u = sqrt(p[b]) * scale, rise = u - before[b];
        sum += rise > 0 ? rise * rise : 0;
        before[b] = u;
    }
    return sqrt(sum);
}

/* Slope over log2 f of 21 third-octave bands' mean power per bin; third octaves, because on plain bins the top octave
 * alone has half of the weight.  Bands are raised to -80 dB of the strongest. */
static double tilt_of(const double *power)
{
    double level[21], top = 0, uy = 0, uu = 0;
    const double edge = pow(2, 1.0 / 6);
    for (int i = 0; i < 21; i++) {
        double middle = 1000 * pow(2, (i - 10) / 3.0), sum = 0;
        int n = 0;
        for (size_t b = 0; b < HEAR_BINS; b++) {
            double f = hear_bin_hz(b);
            if (f >= middle / edge && f < middle * edge) {
                sum += power[b];
                n++;
            }
        }
        level[i] = sum / n;
        top = fmax(top, level[i]);
    }
    for (int i = 0; i < 21; i++) {
        double u = (i - 10) / 3.0;
        uy += u * tone_db(fmax(level[i], top * 1e-8));
        uu += u * u;
    }
    return uy / uu;
}

/* Sums over all frames for the correlation of left and right in each band. */
struct cross {
    double left[HEAR_BANDS], right[HEAR_BANDS], both[HEAR_BANDS];
};

static void add_cross(struct cross *c, const double *lr, const double *li, const double *rr, const double *ri)
{
    size_t bin = 1;
    for (int band = 0; band < HEAR_BANDS; band++) {
        double left = 0, right = 0, both = 0;
        for (; bin <= HEAR_BINS && hear_bin_hz(bin - 1) < hear_band_edge[band + 1]; bin++) {
            left += lr[bin] * lr[bin] + li[bin] * li[bin];
            right += rr[bin] * rr[bin] + ri[bin] * ri[bin];
            both += lr[bin] * rr[bin] + li[bin] * ri[bin];
        }
        c->left[band] += left;
        c->right[band] += right;
        c->both[band] += both;
    }
}

/* A band 60 dB below the whole has no width. */
static void set_cross(tone_measures *m, const struct cross *c)
{
    double total = 0;
    for (int i = 0; i < HEAR_BANDS; i++)
        total += c->left[i] + c->right[i];
    for (int i = 0; i < HEAR_BANDS; i++)
        if (c->left[i] + c->right[i] > 1e-6 * total && c->left[i] > 0 && c->right[i] > 0)
            m->value[TONE_METRIC_CORRELATION_20_60 + i] = c->both[i] / sqrt(c->left[i] * c->right[i]);
}

/* Fill h->power (n_frames, HEAR_BINS), frame_power, centroid, and the gate. */
static tone_status transform_frames(tone_hearing *h, tone_error *err)
{
    tone_analyzer *a = h->a;
    double *re = hear_scratch(a, SLOT_RE, HEAR_N / 2 + 1), *im = hear_scratch(a, SLOT_IM, HEAR_N / 2 + 1);
    double *re_2 = hear_scratch(a, SLOT_RE_2, HEAR_N / 2 + 1), *im_2 = hear_scratch(a, SLOT_IM_2, HEAR_N / 2 + 1);
    double *frame = hear_scratch(a, SLOT_FRAME, HEAR_N), *work = hear_scratch(a, SLOT_FFT, tone_fft_work(a->frame));
    if (!re || !im || !re_2 || !im_2 || !frame || !work)
        return hear_no_memory(err);
    struct cross cross = {{0}, {0}, {0}};
    double loudest = 0;
    for (size_t i = 0; i < h->n_frames; i++) {
        double *p = h->power + i * HEAR_BINS, total = 0;
        hear_frame(a, re, im, h->x[0], h->n, i, frame, work);
        for (size_t b = 0; b < HEAR_BINS; b++)
            p[b] = re[b + 1] * re[b + 1] + im[b + 1] * im[b + 1];
        if (h->channels == 2) {
            hear_frame(a, re_2, im_2, h->x[1], h->n, i, frame, work);
            for (size_t b = 0; b < HEAR_BINS; b++)
                p[b] = 0.5 * (p[b] + (re_2[b + 1] * re_2[b + 1] + im_2[b + 1] * im_2[b + 1]));
            if (h->groups & TONE_HEAR_STEREO)
                add_cross(&cross, re, im, re_2, im_2);
        }
        for (size_t b = 0; b < HEAR_BINS; b++)
            total += p[b];
        h->frame_power[i] = total;
        h->centroid[i] = centroid_of(p, total);
        loudest = fmax(loudest, total);
    }
    h->n_gated = 0;
    for (size_t i = 0; i < h->n_frames; i++) {
        h->gated[i] = h->frame_power[i] > loudest * 1e-6;
        h->n_gated += h->gated[i] > 0;
    }
    if (h->channels == 2 && h->groups & TONE_HEAR_STEREO)
        set_cross(h->m, &cross);
    return TONE_OK;
}

enum { SPREAD, SKEWNESS, KURTOSIS, ROLLOFF85, ROLLOFF95, FLATNESS, FLUX, N_TRACKS };

static tone_status set_frame_metrics(tone_hearing *h, double *tracks, double *sort, tone_error *err)
{
    size_t n = h->n_frames;
    double *before = hear_scratch(h->a, SLOT_FRAME, HEAR_BINS), *v = h->m->value;
    if (!before)
        return hear_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        const double *p = h->power + i * HEAR_BINS;
        double flux = flux_of(before, p, h->frame_power[i]);
        struct shape s = {NAN, NAN, NAN, NAN, NAN, NAN};
        if (h->gated[i] > 0)
            s = shape_of(p, h->frame_power[i], h->centroid[i]);
        tracks[SPREAD * n + i] = s.spread;
        tracks[SKEWNESS * n + i] = s.skewness;
        tracks[KURTOSIS * n + i] = s.kurtosis;
        tracks[ROLLOFF85 * n + i] = s.rolloff85;
        tracks[ROLLOFF95 * n + i] = s.rolloff95;
        tracks[FLATNESS * n + i] = s.flatness_db;
        tracks[FLUX * n + i] = i > 0 && h->gated[i] > 0 ? flux : (double)NAN;
    }
    static const struct {
        int track, metric;
    } set[] = {{SPREAD, TONE_METRIC_SPREAD_HZ},       {SKEWNESS, TONE_METRIC_SKEWNESS},
               {KURTOSIS, TONE_METRIC_KURTOSIS},      {ROLLOFF85, TONE_METRIC_ROLLOFF85_HZ},
               {ROLLOFF95, TONE_METRIC_ROLLOFF95_HZ}, {FLATNESS, TONE_METRIC_FLATNESS_DB}};
    for (size_t k = 0; k < sizeof set / sizeof *set; k++) {
        tone_spread s = tone_spread_of(tracks + (size_t)set[k].track * n, h->frame_power, n, sort);
        v[set[k].metric] = s.median;
        v[set[k].metric + 1] = s.iqr;
        v[set[k].metric + 2] = s.weighted;
    }
    tone_spread flux = tone_spread_of(tracks + FLUX * n, NULL, n, sort);
    v[TONE_METRIC_FLUX] = flux.median;
    v[TONE_METRIC_FLUX_IQR] = flux.iqr;
    /* the centroid is known for every frame: only the gated ones count here */
    double *centroid = tracks;
    for (size_t i = 0; i < n; i++)
        centroid[i] = h->gated[i] > 0 ? h->centroid[i] : (double)NAN;
    tone_spread s = tone_spread_of(centroid, h->frame_power, n, sort);
    v[TONE_METRIC_CENTROID_HZ] = s.median;
    v[TONE_METRIC_CENTROID_IQR] = s.iqr;
    v[TONE_METRIC_CENTROID_WEIGHTED] = s.weighted;
    return TONE_OK;
}

static void set_long_term(tone_hearing *h)
{
    double *v = h->m->value;
    memset(h->mean_power, 0, sizeof h->mean_power);
    for (size_t i = 0; i < h->n_frames; i++)
        if (h->gated[i] > 0)
            for (size_t b = 0; b < HEAR_BINS; b++)
                h->mean_power[b] += h->power[i * HEAR_BINS + b];
    for (size_t b = 0; b < HEAR_BINS; b++)
        h->mean_power[b] /= (double)h->n_gated;
    if (!(h->groups & TONE_HEAR_SPECTRUM))
        return;
    v[TONE_METRIC_FRAMES] = (double)h->n_frames;
    v[TONE_METRIC_GATED_FRAMES] = (double)h->n_gated;
    v[TONE_METRIC_TILT] = tilt_of(h->mean_power);
    for (int i = 0; i < HEAR_BANDS; i++)
        v[TONE_METRIC_BAND_20_60 + i] = share_db(h->mean_power, hear_band_edge[i], hear_band_edge[i + 1]);
    v[TONE_METRIC_WORD_BAND_80_300] = share_db(h->mean_power, 80, 300);
    v[TONE_METRIC_WORD_BAND_20_280] = share_db(h->mean_power, 20, 280);
    v[TONE_METRIC_WORD_BAND_250_1000] = share_db(h->mean_power, 250, 1000);
    v[TONE_METRIC_WORD_BAND_60_120] = share_db(h->mean_power, 60, 120);
}

tone_status hear_spectrum(tone_hearing *h, tone_error *err)
{
    size_t n = h->n_frames = 1 + h->n / HEAR_HOP;
    h->power = hear_scratch(h->a, SLOT_POWER, n * HEAR_BINS);
    double *tracks = hear_scratch(h->a, SLOT_FRAMES, n * (3 + N_TRACKS)), *sort = hear_scratch(h->a, SLOT_SORT, n);
    if (!h->power || !tracks || !sort)
        return hear_no_memory(err);
    h->frame_power = tracks;
    h->centroid = tracks + n;
    h->gated = tracks + 2 * n;
    tone_status st = transform_frames(h, err);
    if (st)
        return st;
    set_long_term(h);
    return h->groups & TONE_HEAR_SPECTRUM ? set_frame_metrics(h, tracks + 3 * n, sort, err) : TONE_OK;
}

/* The first 125 ms: frames whose middle lies from half a frame before the onset to 125 ms after it. */
void hear_onset(tone_hearing *h)
{
    double early[HEAR_BINS] = {0}, late[HEAR_BINS] = {0}, *v = h->m->value;
    size_t n_early = 0, n_late = 0;
    for (size_t i = 0; i < h->n_frames; i++) {
        if (!(h->gated[i] > 0))
            continue;
        double t = (double)(i * HEAR_HOP) / HEAR_RATE;
        bool first = t >= h->t10 - HEAR_N / 2.0 / HEAR_RATE && t < h->t10 + 0.125;
        double *to = first ? early : late;
        *(first ? &n_early : &n_late) += 1;
        for (size_t b = 0; b < HEAR_BINS; b++)
            to[b] += h->power[i * HEAR_BINS + b];
    }
    if (!n_early)
        return;
    double all = 0, rest = 0;
    for (size_t b = 0; b < HEAR_BINS; b++) {
        all += early[b];
        rest += late[b];
    }
    v[TONE_METRIC_ONSET_CENTROID_HZ] = centroid_of(early, all);
    if (n_late)
        v[TONE_METRIC_EARLY_LATE_CENTROID] = v[TONE_METRIC_ONSET_CENTROID_HZ] / centroid_of(late, rest);
    v[TONE_METRIC_PUNCH_DB] = share_db(early, 60, 120);
}

/* Correlation and levels of the samples; the bands come from hear_spectrum(). */
void hear_stereo(tone_hearing *h)
{
    if (h->channels != 2)
        return;
    double ll = 0, rr = 0, lr = 0, mid = 0, side = 0, *v = h->m->value;
    for (size_t i = 0; i < h->n; i++) {
        double l = h->x[0][i], r = h->x[1][i], m = (l + r) / 2, s = (l - r) / 2;
        ll += l * l;
        rr += r * r;
        lr += l * r;
        mid += m * m;
        side += s * s;
    }
    double norm = sqrt(ll * rr);
    if (norm > 0)
        v[TONE_METRIC_CORRELATION] = lr / norm;
    v[TONE_METRIC_SIDE_MID_DB] = fmin(fmax(tone_db(side) - tone_db(mid), -80), 80);
    v[TONE_METRIC_MONO_FOLD_LOSS_DB] = fmin(fmax(tone_db((ll + rr) / 2) - tone_db(mid), 0), 80);
}

/* Bringing two sounds to one loudness, one start and one length, so that a distance is not about those. */
#include <stdlib.h>
#include <string.h>

#include "signal/stats.h"
#include "sound/similarity.h"

enum {
    MOST_LAG = HEAR_RATE / 20, /* 50 ms */
    /* samples of a whose correlation at every lag fits one transform of ROUGH_FFT without wrapping */
    BLOCK = ROUGH_FFT - 2 * MOST_LAG - 1
};

static double sum_of_squares(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

/* c[k + MOST_LAG] = sum a[i] b[i + k] for |k| <= MOST_LAG, a block of a at a time: the products of the spectra add up, one
 * inverse transform turns them back. */
static tone_status correlate(double *c, tone_analyzer *ears, const double *a, size_t n_a, const double *b, size_t n_b, tone_error *err)
{
    enum { BINS = ROUGH_FFT / 2 + 1 };
    double *re[2] = {hear_scratch(ears, SLOT_RE, BINS), hear_scratch(ears, SLOT_RE_2, BINS)};
    double *im[2] = {hear_scratch(ears, SLOT_IM, BINS), hear_scratch(ears, SLOT_IM_2, BINS)};
    double *sum = hear_scratch(ears, SLOT_WARP, 2 * (size_t)BINS), *frame = hear_scratch(ears, SLOT_FRAME, ROUGH_FFT);
    double *work = hear_scratch(ears, SLOT_FFT, tone_fft_work(ears->rough));
    if (!re[0] || !re[1] || !im[0] || !im[1] || !sum || !frame || !work)
        return hear_no_memory(err);
    memset(sum, 0, 2 * (size_t)BINS * sizeof *sum);
    for (size_t at = 0; at < n_a; at += BLOCK) {
        size_t have = n_a - at < BLOCK ? n_a - at : BLOCK;
        tone_fft_forward(ears->rough, re[0], im[0], a + at, have, work);
        for (size_t i = 0; i < have + 2 * MOST_LAG; i++) { /* b from at - MOST_LAG on */
            size_t j = at + i;
            frame[i] = j >= MOST_LAG && j - MOST_LAG < n_b ? b[j - MOST_LAG] : 0;
        }
        tone_fft_forward(ears->rough, re[1], im[1], frame, have + 2 * MOST_LAG, work);
        for (size_t k = 0; k < BINS; k++) { /* conj(A) B */
            sum[k] += re[0][k] * re[1][k] + im[0][k] * im[1][k];
            sum[BINS + k] += re[0][k] * im[1][k] - im[0][k] * re[1][k];
        }
    }
    tone_fft_inverse(ears->rough, frame, sum, sum + BINS, work);
    memcpy(c, frame, (2 * MOST_LAG + 1) * sizeof *c);
    return TONE_OK;
}

/* Samples by which b is late.  0 if no normalised value reaches 0.5: then the two share no waveform and nothing says how
 * to shift them.  Else, of the local maxima within 0.005 of the largest, the one nearest 0: a steady tone has one every
 * period, and a difference in attack must not be shifted away. */
static tone_status find_lag(long *lag, tone_analyzer *ears, const double *a, size_t n_a, const double *b, size_t n_b, tone_error *err)
{
    double c[2 * MOST_LAG + 1], scale = sqrt(sum_of_squares(a, n_a) * sum_of_squares(b, n_b)), top = -2;
    tone_status st = correlate(c, ears, a, n_a, b, n_b, err);
    *lag = 0;
    if (st || !(scale > 0))
        return st;
    for (size_t i = 0; i <= 2 * MOST_LAG; i++) {
        c[i] /= scale;
        top = fmax(top, c[i]);
    }
    if (top < 0.5)
        return TONE_OK;
    long best = MOST_LAG + 1;
    for (long k = MOST_LAG; k >= -MOST_LAG; k--) { /* positive lags win ties */
        size_t i = (size_t)(k + MOST_LAG);
        double before = i > 0 ? c[i - 1] : -2, after = i < 2 * MOST_LAG ? c[i + 1] : -2;
        if (c[i] >= before && c[i] >= after && c[i] >= top - 0.005 && labs(k) < labs(best))
            best = k;
    }
    *lag = best;
    return TONE_OK;
}

/* Move x[0..have) `skip` to the front and fill up to n with zeros. */
static void shift(double *x, size_t have, size_t skip, size_t n)
{
    skip = skip < have ? skip : have;
    memmove(x, x + skip, (have - skip) * sizeof *x);
    memset(x + have - skip, 0, (n - (have - skip)) * sizeof *x);
}

/* One sound, prepared and scaled, into its slot with room for `room` samples a channel. */
static tone_status place(double *out[2], size_t *n, unsigned channels, tone_analyzer *ears, hear_slot slot, const tone_clip *clip,
                         double lufs, size_t room, tone_error *err)
{
    tone_measures unused;
    tone_hearing h = {.a = ears, .m = &unused};
    tone_status st = hear_prepare(&h, clip, SLOT_LEFT, SLOT_RIGHT, SLOT_FOLD, err);
    if (st)
        return st;
    double *block = hear_scratch(ears, slot, room * channels), gain = pow(10, (-23 - lufs) / 20);
    if (!block)
        return hear_no_memory(err);
    *n = h.n;
    for (unsigned c = 0; c < channels; c++) {
        const double *x = channels == h.channels ? h.x[c] : h.fold;
        out[c] = block + c * room;
        for (size_t i = 0; i < h.n; i++)
            out[c][i] = x[i] * gain;
    }
    return TONE_OK;
}

static size_t length_at_48k(const tone_clip *c)
{
    return (size_t)((double)c->n_frames * HEAR_RATE / c->rate_hz) + 2;
}

tone_status tone_match_sounds(tone_match *out, tone_analyzer *ears, const tone_clip *a, const tone_clip *b, double lufs_a,
                              double lufs_b, tone_error *err)
{
    unsigned channels = a->n_channels == b->n_channels ? a->n_channels : 1;
    size_t room_a = length_at_48k(a), room_b = length_at_48k(b), room = room_a > room_b ? room_a : room_b, n_a, n_b;
    double *xa[2] = {NULL, NULL}, *xb[2] = {NULL, NULL};
    tone_status st = place(xa, &n_a, channels, ears, SLOT_MATCH_A, a, lufs_a, room, err);
    if (!st)
        st = place(xb, &n_b, channels, ears, SLOT_MATCH_B, b, lufs_b, room, err);
    if (st)
        return st;
    *out = (tone_match){.a = {xa[0], xa[1]}, .b = {xb[0], xb[1]}, .channels = channels};
    const double *fold_a = hear_fold(ears, SLOT_FOLD_A, out->a, channels, n_a), *fold_b = hear_fold(ears, SLOT_FOLD_B, out->b, channels, n_b);
    if (!fold_a || !fold_b)
        return hear_no_memory(err);
    st = find_lag(&out->lag, ears, fold_a, n_a, fold_b, n_b, err);
    if (st)
        return st;
    size_t skip_a = out->lag < 0 ? (size_t)-out->lag : 0, skip_b = out->lag > 0 ? (size_t)out->lag : 0;
    size_t left_a = n_a > skip_a ? n_a - skip_a : 0, left_b = n_b > skip_b ? n_b - skip_b : 0;
    out->n = left_a > left_b ? left_a : left_b;
    for (unsigned c = 0; c < channels; c++) {
        shift(xa[c], n_a, skip_a, out->n);
        shift(xb[c], n_b, skip_b, out->n);
    }
    out->fold_a = hear_fold(ears, SLOT_FOLD_A, out->a, channels, out->n);
    out->fold_b = hear_fold(ears, SLOT_FOLD_B, out->b, channels, out->n);
    return out->fold_a && out->fold_b ? TONE_OK : hear_no_memory(err);
}

/* Ears: loudness after ITU-R BS.1770-4 and EBU Tech 3341/3342, and the true peak.
 *
 * libebur128 measures the same (the tests compare the two); ours is here because notes are short: below 400 ms there is
 * still an answer, and its true peak keeps the last samples back.  Mono counts one channel. */
#include <string.h>

#include "signal/stats.h"
#include "sound/hearing.h"

enum { STEP = HEAR_RATE / 10, MOMENTARY = 4, SHORT_TERM = 30 }; /* blocks of 100 ms */

/* The two filters of K weighting with the coefficients that the recommendation prints for 48 kHz, in series. */
typedef struct weighting {
    double x1, x2, y1, y2, z1, z2;
} weighting;

static void settle(weighting *w)
{
    double *state[] = {&w->x1, &w->x2, &w->y1, &w->y2, &w->z1, &w->z2};
    for (int i = 0; i < 6; i++)
        if (fabs(*state[i]) < 1e-200) /* silence rings down into denormals, which are slow */
            *state[i] = 0;
}

/* Add the sum of squares of weighted x[0..n) to *sum. */
static double weigh(weighting *w, const double *x, size_t n)
{
    double sum = 0, x1 = w->x1, x2 = w->x2, y1 = w->y1, y2 = w->y2, z1 = w->z1, z2 = w->z2;
    for (size_t i = 0; i < n; i++) {
        double y = 1.53512485958697 * x[i] - 2.69169618940638 * x1 + 1.19839281085285 * x2 + 1.69065929318241 * y1 -
                   0.73248077421585 * y2;
        double z = y - 2 * y1 + y2 + 1.99004745483398 * z1 - 0.99007225036621 * z2;
        x2 = x1;
        x1 = x[i];
        y2 = y1;
        y1 = y;
        z2 = z1;
        z1 = z;
        sum += z * z;
    }
    *w = (weighting){x1, x2, y1, y2, z1, z2};
    settle(w);
    return sum;
}

static double lufs(double power)
{
    return -0.691 + tone_db(power);
}

/* Mean of the values that pass both gates, -70 LUFS and `lu` below the mean of those; 0 when none does.  They are
 * moved to the front, *n says how many. */
static double gated(double *p, size_t *n, double lu)
{
    for (int gate = 0; gate < 2; gate++) {
        double mean = 0;
        for (size_t i = 0; i < *n; i++)
            mean += p[i];
        double least = gate == 0 ? -70 : lufs(mean / (double)*n) - lu;
        size_t kept = 0;
        for (size_t i = 0; i < *n; i++)
            if (lufs(p[i]) > least)
                p[kept++] = p[i];
        *n = kept;
        if (!kept)
            return 0;
    }
    double mean = 0;
    for (size_t i = 0; i < *n; i++)
        mean += p[i];
    return mean / (double)*n;
}

/* Mean power of `length` steps, every `hop` steps, into out; returns how many and the largest. */
static size_t slide(double *out, const double *step, size_t n_steps, size_t length, size_t hop, double *top)
{
    size_t n = 0;
    *top = 0;
    for (size_t at = 0; at + length <= n_steps; at += hop) {
        double sum = 0;
        for (size_t k = 0; k < length; k++)
            sum += step[at + k];
        out[n] = sum / (double)(length * STEP);
        *top = fmax(*top, out[n++]);
    }
    return n;
}

static int rank(double share, size_t n)
{
    return (int)nearbyint(share * (double)(n - 1));
}

tone_status hear_loudness(tone_hearing *h, tone_error *err)
{
    size_t n_steps = h->n / STEP, rest = h->n % STEP;
    double *step = hear_scratch(h->a, SLOT_LEVELS, n_steps + 1), *block = hear_scratch(h->a, SLOT_BLOCKS, n_steps + 1);
    if (!step || !block)
        return hear_no_memory(err);
    memset(step, 0, (n_steps + 1) * sizeof *step);
    for (unsigned c = 0; c < h->channels; c++) {
        weighting w = {0};
        for (size_t i = 0; i < n_steps; i++)
            step[i] += weigh(&w, h->x[c] + i * STEP, STEP);
        step[n_steps] += weigh(&w, h->x[c] + n_steps * STEP, rest);
    }
    double *v = h->m->value, top;
    size_t n = slide(block, step, n_steps, MOMENTARY, 1, &top);
    if (!n) { /* shorter than a block: what there is */
        double all = 0;
        for (size_t i = 0; i <= n_steps; i++)
            all += step[i];
        block[0] = top = all / (double)h->n;
        n = 1;
    }
    if (top > 0)
        v[TONE_METRIC_MOMENTARY_MAX_LUFS] = lufs(top);
    double mean = gated(block, &n, 10);
    if (n)
        v[TONE_METRIC_INTEGRATED_LUFS] = lufs(mean);
    if (!slide(block, step, n_steps, SHORT_TERM, 1, &top))
        return TONE_OK;
    if (top > 0)
        v[TONE_METRIC_SHORT_TERM_MAX_LUFS] = lufs(top);
    n = slide(block, step, n_steps, SHORT_TERM, 10, &top);
    (void)gated(block, &n, 20);
    if (n) {
        tone_sort(block, n);
        v[TONE_METRIC_RANGE_LU] = lufs(block[rank(0.95, n)]) - lufs(block[rank(0.10, n)]);
    }
    return TONE_OK;
}

/* ---- true peak: 4x oversampling by a Kaiser-windowed sinc, 24 samples to each side ---- */

enum { HALF = 24, TAPS = 2 * HALF, CHUNK = 256 };

static double bessel_i0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 60; k++) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* g[phase - 1][k]: weight of sample i - HALF + 1 + k at the instant i + phase/4, seen from sample i. */
static void interpolator(double g[3][TAPS], double total[3])
{
    for (int phase = 1; phase <= 3; phase++) {
        total[phase - 1] = 0;
        for (int k = 0; k < TAPS; k++) {
            double t = phase / 4.0 - (k - HALF + 1), u = t / HALF, angle = 3.14159265358979323846 * t;
            g[phase - 1][k] = sin(angle) / angle * bessel_i0(8 * sqrt(fmax(1 - u * u, 0))) / bessel_i0(8);
            total[phase - 1] += fabs(g[phase - 1][k]);
        }
    }
}

static double largest(const float *x, size_t n)
{
    float top = 0;
    for (size_t i = 0; i < n; i++)
        top = fabsf(x[i]) > top ? fabsf(x[i]) : top;
    return (double)top;
}

/* Four floats at any address. */
typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

/* Largest |value| at one phase after each of n samples; x begins HALF - 1 samples before the first of them.  Sixteen
 * instants at a time, so that their sums stay in registers, first in float: what lies clearly below `top` need not be
 * known any better.  48 products are within 48 * 2^-24 of the reach. */
static double phase_peak(const float *x, size_t n, const double g[TAPS], double reach, double top)
{
    float narrow[TAPS];
    for (size_t k = 0; k < TAPS; k++)
        narrow[k] = (float)g[k];
    for (size_t at = 0; at < n; at += 16) {
        four y[4] = {{0}};
        for (size_t k = 0; k < TAPS; k++)
            for (size_t i = 0; i < 4; i++)
                y[i] += narrow[k] * *(const four *)(x + at + k + 4 * i);
        size_t left = n - at < 16 ? n - at : 16;
        float most = 0;
        for (size_t i = 0; i < left; i++)
            most = fabsf(y[i / 4][i % 4]) > most ? fabsf(y[i / 4][i % 4]) : most;
        if ((double)most + 4e-6 * reach < top)
            continue;
        for (size_t i = 0; i < left; i++) {
            double exact = 0;
            for (size_t k = 0; k < TAPS; k++)
                exact += g[k] * (double)x[at + k + i];
            top = tone_max(fabs(exact), top);
        }
    }
    return top;
}

/* Largest |value| between samples i and i + 1 for i in 0 … n-1.  x has HALF zeros before and HALF + 16 after them. */
static double between(const float *x, size_t n, double g[3][TAPS], const double *total, double top)
{
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t here = n - at < CHUNK ? n - at : CHUNK;
        const float *first = x + at + 1;
        double reach = largest(first, here + TAPS);
        for (int phase = 0; phase < 3; phase++)
            if (reach * total[phase] > top) /* else it cannot rise above what we have */
                top = phase_peak(first, here, g[phase], reach * total[phase], top);
    }
    return top;
}

tone_status hear_true_peak(tone_analyzer *a, double *out_db, const tone_clip *clip, tone_error *err)
{
    size_t n = clip->n_frames;
    float *x = (float *)hear_scratch(a, SLOT_PREFIX, (n + 2 * HALF + 17) / 2);
    double g[3][TAPS], total[3], top = 0;
    if (!x)
        return hear_no_memory(err);
    interpolator(g, total);
    for (uint32_t c = 0; c < clip->n_channels; c++) {
        memset(x, 0, HALF * sizeof *x);
        memset(x + HALF + n, 0, (HALF + 16) * sizeof *x);
        for (size_t i = 0; i < n; i++)
            x[HALF + i] = clip->frames[i * clip->n_channels + c];
        top = fmax(top, largest(x + HALF, n));
        top = between(x, n - 1, g, total, top);
    }
    *out_db = top > 0 ? 20 * log10(top) : (double)NAN;
    return TONE_OK;
}

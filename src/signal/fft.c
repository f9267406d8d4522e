/* A real transform of n samples is a complex one of h = n/2 (even samples real, odd ones imaginary) and a pass that
 * takes the two apart.  The complex one is Stockham's: every stage reads one pair of arrays and writes another, and
 * the result comes out in order.  Stages are of radix 4, with one of radix 2 at the end when log2 h is odd.
 * Real and imaginary parts live in separate arrays, so that the innermost loops vectorise. */
#include "signal/fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct tone_fft {
    size_t n, h;
    double *twiddle; /* per radix-4 stage of length m: re and im of w^p, w^2p, w^3p, each (m/4); w = e^(-2 pi i / m) */
    double *apart;   /* cos and sin of 2 pi k / n, each (h/2 + 1) */
};

/* Two doubles at any address: the width that SSE2 and NEON share. */
typedef double v2 __attribute__((vector_size(16), aligned(8), may_alias));

static inline v2 load(const double *p)
{
    return *(const v2 *)p;
}

static inline void store(double *p, v2 v)
{
    *(v2 *)p = v;
}

static inline v2 swap(v2 v)
{
    return (v2){v[1], v[0]};
}

/* One butterfly: a, b, c, d of the input; w^p, w^2p, w^3p; the four outputs.  T is double or v2. */
#define BUTTERFLY(T, ar, ai, br, bi, cr, ci, dr, di, w1r, w1i, w2r, w2i, w3r, w3i, o)                                       \
    do {                                                                                                                    \
        T pr = (ar) + (cr), pi = (ai) + (ci), mr = (ar) - (cr), mi = (ai) - (ci); /* a + c, a - c */                        \
        T qr = (br) + (dr), qi = (bi) + (di), jr = (di) - (bi), ji = (br) - (dr); /* b + d, i (b - d) */                    \
        T t1r = mr - jr, t1i = mi - ji, t2r = pr - qr, t2i = pi - qi, t3r = mr + jr, t3i = mi + ji;                         \
        (o)[0] = pr + qr;                                                                                                   \
        (o)[1] = pi + qi;                                                                                                   \
        (o)[2] = t1r * (w1r) - t1i * (w1i);                                                                                 \
        (o)[3] = t1r * (w1i) + t1i * (w1r);                                                                                 \
        (o)[4] = t2r * (w2r) - t2i * (w2i);                                                                                 \
        (o)[5] = t2r * (w2i) + t2i * (w2r);                                                                                 \
        (o)[6] = t3r * (w3r) - t3i * (w3i);                                                                                 \
        (o)[7] = t3r * (w3i) + t3i * (w3r);                                                                                 \
    } while (0)

/* The first stage, stride 1: two butterflies at a time, whose outputs lie side by side. */
static void radix_4_first(size_t m, const double *tw, const double *restrict xr, const double *restrict xi, double *restrict yr,
                          double *restrict yi)
{
    size_t quarter = m / 4, p = 0;
    for (; p + 2 <= quarter; p += 2) {
        v2 o[8];
        BUTTERFLY(v2, load(xr + p), load(xi + p), load(xr + quarter + p), load(xi + quarter + p), load(xr + 2 * quarter + p),
                  load(xi + 2 * quarter + p), load(xr + 3 * quarter + p), load(xi + 3 * quarter + p), load(tw + p),
                  load(tw + quarter + p), load(tw + 2 * quarter + p), load(tw + 3 * quarter + p), load(tw + 4 * quarter + p),
                  load(tw + 5 * quarter + p), o);
        for (size_t k = 0; k < 2; k++) { /* rows to columns */
            store(yr + 4 * p + 2 * k, (v2){o[4 * k][0], o[4 * k + 2][0]});
            store(yi + 4 * p + 2 * k, (v2){o[4 * k + 1][0], o[4 * k + 3][0]});
            store(yr + 4 * p + 4 + 2 * k, (v2){o[4 * k][1], o[4 * k + 2][1]});
            store(yi + 4 * p + 4 + 2 * k, (v2){o[4 * k + 1][1], o[4 * k + 3][1]});
        }
    }
    for (; p < quarter; p++) {
        double o[8];
        BUTTERFLY(double, xr[p], xi[p], xr[quarter + p], xi[quarter + p], xr[2 * quarter + p], xi[2 * quarter + p],
                  xr[3 * quarter + p], xi[3 * quarter + p], tw[p], tw[quarter + p], tw[2 * quarter + p], tw[3 * quarter + p],
                  tw[4 * quarter + p], tw[5 * quarter + p], o);
        for (size_t k = 0; k < 4; k++) {
            yr[4 * p + k] = o[2 * k];
            yi[4 * p + k] = o[2 * k + 1];
        }
    }
}

/* A later stage of length m at stride s (a multiple of 4): m / 4 butterflies for each of s interleaved transforms. */
static void radix_4(size_t m, size_t s, const double *tw, const double *restrict xr, const double *restrict xi, double *restrict yr,
                    double *restrict yi)
{
    size_t quarter = m / 4, step = quarter * s;
    for (size_t p = 0; p < quarter; p++) {
        v2 w[6];
        for (size_t k = 0; k < 6; k++)
            w[k] = (v2){tw[k * quarter + p], tw[k * quarter + p]};
        const double *ar = xr + s * p, *ai = xi + s * p;
        double *or = yr + 4 * s * p, *oi = yi + 4 * s * p;
        for (size_t q = 0; q < s; q += 2) {
            v2 o[8];
            BUTTERFLY(v2, load(ar + q), load(ai + q), load(ar + q + step), load(ai + q + step), load(ar + q + 2 * step),
                      load(ai + q + 2 * step), load(ar + q + 3 * step), load(ai + q + 3 * step), w[0], w[1], w[2], w[3], w[4], w[5],
                      o);
            for (size_t k = 0; k < 4; k++) {
                store(or + q + k * s, o[2 * k]);
                store(oi + q + k * s, o[2 * k + 1]);
            }
        }
    }
}

static void radix_2(size_t s, const double *restrict xr, const double *restrict xi, double *restrict yr, double *restrict yi)
{
    for (size_t q = 0; q < s; q++) {
        yr[q] = xr[q] + xr[q + s];
        yi[q] = xi[q] + xi[q + s];
        yr[q + s] = xr[q] - xr[q + s];
        yi[q + s] = xi[q] - xi[q + s];
    }
}

/* Transform (ar, ai) of h values, using (br, bi); true when the result lies in b. */
static bool transform(const tone_fft *f, double *ar, double *ai, double *br, double *bi)
{
    const double *tw = f->twiddle;
    bool in_b = false;
    size_t m = f->h;
    for (size_t s = 1; m >= 4; m /= 4, s *= 4, in_b = !in_b) {
        const double *xr = in_b ? br : ar, *xi = in_b ? bi : ai;
        double *yr = in_b ? ar : br, *yi = in_b ? ai : bi;
        if (s == 1)
            radix_4_first(m, tw, xr, xi, yr, yi);
        else
            radix_4(m, s, tw, xr, xi, yr, yi);
        tw += 6 * (m / 4);
    }
    if (m == 2) {
        if (in_b)
            radix_2(f->h / 2, br, bi, ar, ai);
        else
            radix_2(f->h / 2, ar, ai, br, bi);
        in_b = !in_b;
    }
    return in_b;
}

size_t tone_fft_size_for(size_t n)
{
    size_t size = TONE_FFT_MIN;
    while (size < n && size < TONE_FFT_MAX)
        size *= 2;
    return size;
}

tone_status tone_fft_new(tone_fft **out, size_t n, tone_error *err)
{
    *out = NULL;
    if (n < TONE_FFT_MIN || n > TONE_FFT_MAX || (n & (n - 1)))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "an FFT of %zu samples: not a power of two from %d to %d", n,
                         TONE_FFT_MIN, TONE_FFT_MAX);
    tone_fft *f = calloc(1, sizeof *f);
    if (!f)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an FFT");
    f->n = n;
    f->h = n / 2;
    size_t total = 0;
    for (size_t m = f->h; m >= 4; m /= 4)
        total += 6 * (m / 4);
    f->twiddle = malloc((total ? total : 1) * sizeof *f->twiddle);
    f->apart = malloc(2 * (f->h / 2 + 1) * sizeof *f->apart);
    if (!f->twiddle || !f->apart) {
        tone_fft_free(f);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an FFT of %zu samples", n);
    }
    const double turn = 6.283185307179586476925;
    double *tw = f->twiddle;
    for (size_t m = f->h; m >= 4; m /= 4) {
        size_t quarter = m / 4;
        for (size_t p = 0; p < quarter; p++)
            for (size_t k = 1; k <= 3; k++) {
                double angle = turn * (double)(k * p) / (double)m;
                tw[2 * (k - 1) * quarter + p] = cos(angle);
                tw[(2 * k - 1) * quarter + p] = -sin(angle);
            }
        tw += 6 * quarter;
    }
    size_t half = f->h / 2 + 1;
    for (size_t k = 0; k < half; k++) {
        f->apart[k] = cos(turn * (double)k / (double)n);
        f->apart[half + k] = sin(turn * (double)k / (double)n);
    }
    *out = f;
    return TONE_OK;
}

void tone_fft_free(tone_fft *f)
{
    if (!f)
        return;
    free(f->twiddle);
    free(f->apart);
    free(f);
}

size_t tone_fft_length(const tone_fft *f)
{
    return f->n;
}

/* The four arrays of the work lie a quarter of a page apart besides their length: at a distance of a power of two all
 * streams of a stage would fall on the same few lines of the cache. */
enum { APART = 128 };

size_t tone_fft_work(const tone_fft *f)
{
    return 4 * (f->h + APART);
}

void tone_fft_forward(const tone_fft *f, double *re, double *im, const double *x, size_t n_x, double *work)
{
    size_t h = f->h;
    double *ar = work, *ai = ar + h + APART, *br = ai + h + APART, *bi = br + h + APART;
    size_t n = n_x < f->n ? n_x : f->n, pairs = n / 2;
    for (size_t i = 0; i < pairs; i++) {
        ar[i] = x[2 * i];
        ai[i] = x[2 * i + 1];
    }
    if (pairs < h) {
        memset(ar + pairs, 0, (h - pairs) * sizeof *ar);
        memset(ai + pairs, 0, (h - pairs) * sizeof *ai);
        if (n & 1)
            ar[pairs] = x[n - 1];
    }
    bool in_b = transform(f, ar, ai, br, bi);
    const double *zr = in_b ? br : ar, *zi = in_b ? bi : ai;
    const double *cosine = f->apart, *sine = f->apart + h / 2 + 1;
    re[0] = zr[0] + zi[0];
    im[0] = 0;
    re[h] = zr[0] - zi[0];
    im[h] = 0;
    /* E = (Z[k] + Z*[h-k]) / 2, O = (Z[k] - Z*[h-k]) / 2i, X[k] = E + w^k O, X[h-k] = (E - w^k O)*. */
    size_t k = 1;
    for (; k + 1 < h / 2; k += 2) { /* k and k + 1 with h-k and h-k-1 */
        v2 lr = load(zr + k), li = load(zi + k), ur = swap(load(zr + h - k - 1)), ui = swap(load(zi + h - k - 1));
        v2 c = load(cosine + k), s = load(sine + k);
        v2 er = 0.5 * (lr + ur), ei = 0.5 * (li - ui), or = 0.5 * (li + ui), oi = 0.5 * (ur - lr);
        v2 tr = or * c + oi * s, ti = oi * c - or * s;
        store(re + k, er + tr);
        store(im + k, ei + ti);
        store(re + h - k - 1, swap(er - tr));
        store(im + h - k - 1, swap(ti - ei));
    }
    for (; k <= h / 2; k++) {
        double er = 0.5 * (zr[k] + zr[h - k]), ei = 0.5 * (zi[k] - zi[h - k]);
        double or = 0.5 * (zi[k] + zi[h - k]), oi = 0.5 * (zr[h - k] - zr[k]);
        double tr = or * cosine[k] + oi * sine[k], ti = oi * cosine[k] - or * sine[k];
        re[k] = er + tr;
        im[k] = ei + ti;
        re[h - k] = er - tr;
        im[h - k] = ti - ei;
    }
}

void tone_fft_inverse(const tone_fft *f, double *x, const double *re, const double *im, double *work)
{
    size_t h = f->h;
    double *ar = work, *ai = ar + h + APART, *br = ai + h + APART, *bi = br + h + APART;
    const double *cosine = f->apart, *sine = f->apart + h / 2 + 1;
    /* Z[k] = E + i O with w^k O = (X[k] - X*[h-k]) / 2; real and imaginary part change places: that inverts. */
    ai[0] = 0.5 * (re[0] + re[h]);
    ar[0] = 0.5 * (re[0] - re[h]);
    for (size_t k = 1; k <= h / 2; k++) {
        double er = 0.5 * (re[k] + re[h - k]), ei = 0.5 * (im[k] - im[h - k]);
        double tr = 0.5 * (re[k] - re[h - k]), ti = 0.5 * (im[k] + im[h - k]);
        double or = tr * cosine[k] - ti * sine[k], oi = ti * cosine[k] + tr * sine[k];
        ai[k] = er - oi;
        ar[k] = ei + or;
        ai[h - k] = er + oi;
        ar[h - k] = or - ei;
    }
    bool in_b = transform(f, ar, ai, br, bi);
    const double *zi = in_b ? br : ar, *zr = in_b ? bi : ai;
    double scale = 1.0 / (double)h;
    for (size_t i = 0; i < h; i++) {
        x[2 * i] = zr[i] * scale;
        x[2 * i + 1] = zi[i] * scale;
    }
}

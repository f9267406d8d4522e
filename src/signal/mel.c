#include "signal/mel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "signal/fft.h"
#include "signal/window.h"

enum { FRAME = 2 * TONE_MEL_HOP, LENGTH = 512, BINS = LENGTH / 2 + 1 };

/* Triangles that touch each other at their feet: a bin lies on the rising side of one band and the falling side of the one
 * before it. */
typedef struct bank {
    double rise[BINS], fall[BINS]; /* weight in band[k] and in band[k] - 1 */
    int band[BINS];                /* 128: only the band before it exists  */
} bank;

struct tone_mel {
    tone_fft *fft;
    float window[FRAME];
    bank bank;
    size_t n_fed;      /* samples so far                                            */
    float held[FRAME]; /* the newest samples that the next row begins with          */
    size_t n_held;     /* at FRAME the next sample makes a row                       */
    double frame[FRAME], re[BINS], im[BINS], sums[TONE_MEL_BANDS], *work;
};

static double hz_of_mel(double mel)
{
    return 700 * (pow(10, mel / 2595) - 1);
}

static void build_bank(bank *b)
{
    double top = 2595 * log10(1 + TONE_MEL_RATE_HZ / 2 / 700.0), edge[TONE_MEL_BANDS + 2];
    for (int j = 0; j < TONE_MEL_BANDS + 2; j++)
        edge[j] = hz_of_mel(top * j / (TONE_MEL_BANDS + 1));
    int j = 0;
    for (int k = 0; k < BINS; k++) {
        double hz = k * (double)TONE_MEL_RATE_HZ / LENGTH;
        while (j < TONE_MEL_BANDS && hz >= edge[j + 1])
            j++;
        b->band[k] = j; /* edge[j] <= hz < edge[j + 1] */
        b->rise[k] = (hz - edge[j]) / (edge[j + 1] - edge[j]);
        b->fall[k] = j ? (edge[j + 1] - hz) / (edge[j + 1] - edge[j]) : 0;
    }
    b->fall[BINS - 1] = 0; /* the last edge is 8000 Hz, give or take the rounding of a power */
}

tone_status tone_mel_new(tone_mel **out, tone_error *err)
{
    *out = NULL;
    tone_mel *m = calloc(1, sizeof *m);
    if (!m)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for mel features");
    tone_status st = tone_fft_new(&m->fft, LENGTH, err);
    if (!st && !(m->work = malloc(tone_fft_work(m->fft) * sizeof *m->work)))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for mel features");
    if (st) {
        tone_mel_free(m);
        return st;
    }
    tone_window_hann(m->frame, FRAME);
    for (int i = 0; i < FRAME; i++)
        m->window[i] = (float)m->frame[i];
    build_bank(&m->bank);
    tone_mel_reset(m);
    *out = m;
    return TONE_OK;
}

void tone_mel_free(tone_mel *m)
{
    if (!m)
        return;
    tone_fft_free(m->fft);
    free(m->work);
    free(m);
}

void tone_mel_reset(tone_mel *m)
{
    m->n_fed = 0;
    m->n_held = TONE_MEL_HOP; /* the silence before the start */
    memset(m->held, 0, sizeof m->held);
}

size_t tone_mel_rows(size_t n)
{
    return n ? (n - 1) / TONE_MEL_HOP : 0;
}

size_t tone_mel_ready(const tone_mel *m, size_t n)
{
    return tone_mel_rows(m->n_fed + n) - tone_mel_rows(m->n_fed);
}

/* The FRAME samples that are held, as one row. */
static void make_row(tone_mel *m, float *row)
{
    for (int i = 0; i < FRAME; i++)
        m->frame[i] = (double)(m->held[i] * m->window[i]); /* rounded to float32, as the published features are */
    tone_fft_forward(m->fft, m->re, m->im, m->frame, FRAME, m->work);
    memset(m->sums, 0, sizeof m->sums);
    for (int k = 0; k < BINS; k++) {
        double size = sqrt(m->re[k] * m->re[k] + m->im[k] * m->im[k]);
        int j = m->bank.band[k];
        if (j < TONE_MEL_BANDS)
            m->sums[j] += size * m->bank.rise[k];
        if (j > 0)
            m->sums[j - 1] += size * m->bank.fall[k];
    }
    for (int j = 0; j < TONE_MEL_BANDS; j++)
        row[j] = (float)log(m->sums[j] + 0.001);
}

size_t tone_mel_feed(tone_mel *m, float *rows, const float *x, size_t n)
{
    size_t made = 0;
    while (n) {
        if (m->n_held == FRAME) { /* x[0] is the sample after the row's last */
            make_row(m, rows + made++ * TONE_MEL_BANDS);
            m->n_held = FRAME - TONE_MEL_HOP;
            memmove(m->held, m->held + TONE_MEL_HOP, m->n_held * sizeof *m->held);
        }
        size_t take = FRAME - m->n_held < n ? FRAME - m->n_held : n;
        memcpy(m->held + m->n_held, x, take * sizeof *x);
        m->n_held += take;
        m->n_fed += take;
        x += take;
        n -= take;
    }
    return made;
}

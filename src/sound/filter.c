#include "sound/filter.h"

#include <stdbool.h>

#include "sound/maths.h"

v4 tone_filter_g(v4 cutoff_hz, float rate)
{
    return v4_tan(v4_clamp(cutoff_hz * (1 / rate), 10 / rate, 0.45f) * (float)TONE_PI);
}

v4 tone_filter_k(int mode, v4 resonance)
{
    v4 r = v4_clamp(resonance, 0, 1);
    if (mode == TONE_LADDER)
        return r * 4.2f;
    return v4_exp2(1.0f - 5.6f * r); /* Q from 0.5 to 24, in equal ratios */
}

/* The mean of v4_soft() over the way from a to b: what keeps a limit from folding overtones back (antiderivative
 * antialiasing, Parker et al., 2016).  The antiderivative is c^2/2 - c^4/27 of the clamped c, plus what lies beyond the clamp;
 * its difference is written so that nothing cancels. */
static inline v4 mean_soft(v4 a, v4 b)
{
    v4 ca = v4_clamp(a, -1.5f, 1.5f), cb = v4_clamp(b, -1.5f, 1.5f), way = b - a;
    v4 inside = (cb - ca) * (ca + cb) * (0.5f - (ca * ca + cb * cb) * (1.0f / 27));
    v4 beyond = v4_abs(b - cb) - v4_abs(a - ca);
    v4i tiny = v4_abs(way) < v4_all(1e-5f);
    v4 mean = (inside + beyond) / v4_select(tiny, v4_all(1), way);
    return v4_select(tiny, v4_soft(0.5f * (a + b)), mean);
}

/* The soft limit before the filter, mixed in by `dirt`.  The makeup keeps a signal of half scale about as loud. */
static void limit_input(tone_filter *f, v4 *x, const tone_filter_motion *m, int n)
{
    float drive = m->drive, dirt = m->dirt, makeup = 0.5f / v4_soft(v4_all(0.5f * m->drive))[0];
    float drive_by = (m->drive_to - drive) / (float)n, dirt_by = (m->dirt_to - dirt) / (float)n;
    float makeup_by = (0.5f / v4_soft(v4_all(0.5f * m->drive_to))[0] - makeup) / (float)n;
    v4 last = f->last;
    for (int i = 0; i < n; i++) {
        drive += drive_by;
        dirt += dirt_by;
        makeup += makeup_by;
        v4 in = x[i] * drive;
        x[i] += dirt * (mean_soft(last, in) * makeup - x[i]);
        last = in;
    }
    f->last = v4_tame(last);
}

static inline v4 svf_step(v4 *s, v4 x, v4 a1, v4 a2, v4 a3, v4 m0, v4 m1, v4 m2)
{
    v4 v3 = x - s[1];
    v4 band = a1 * s[0] + a2 * v3;
    v4 low = s[1] + a2 * s[0] + a3 * v3;
    s[0] = band + band - s[0];
    s[1] = low + low - s[1];
    return m0 * x + m1 * band + m2 * low;
}

/* Inlined twice, for one channel and for two: two independent chains take hardly longer than one. */
static inline __attribute__((always_inline)) void svf(tone_filter *left, tone_filter *right, const tone_filter_motion *m,
                                                      v4 *x_left, v4 *x_right, int n, bool stereo)
{
    v4 l[2] = {left->state[0], left->state[1]}, r[2] = {0};
    if (stereo) {
        r[0] = right->state[0];
        r[1] = right->state[1];
    }
    v4 g = m->g, k = m->k;
    /* out = m0 x + mk k band + m2 low; the band is scaled by its damping, so that its peak is 1. */
    bool passes = m->mode == TONE_HIGHPASS || m->mode == TONE_NOTCH;
    v4 m0 = v4_all(passes ? 1 : 0), mk = v4_all(passes ? -1 : m->mode == TONE_BANDPASS ? 1 : 0);
    v4 m2 = v4_all(m->mode == TONE_LOWPASS ? 1 : m->mode == TONE_HIGHPASS ? -1 : 0);
    for (int i = 0; i < n; i++) {
        g += m->g_turn;
        k += m->k_turn;
        v4 a1 = 1.0f / (1.0f + g * (g + k)), a2 = g * a1, a3 = g * a2, m1 = mk * k;
        x_left[i] = svf_step(l, x_left[i], a1, a2, a3, m0, m1, m2);
        if (stereo)
            x_right[i] = svf_step(r, x_right[i], a1, a2, a3, m0, m1, m2);
    }
    left->state[0] = l[0];
    left->state[1] = l[1];
    if (stereo) {
        right->state[0] = r[0];
        right->state[1] = r[1];
    }
}

/* What all four stages at once do to their input: y = G (u - s) + s for each, G = g / (1 + g). */
typedef struct ladder_now {
    v4 G, g2, g3, rest, k, solved;
} ladder_now;

static inline v4 ladder_step(v4 *s, v4 x, const ladder_now *c)
{
    /* y4 = G^4 u + rest (G^3 s1 + G^2 s2 + G s3 + s4); the loop u = x' - k y4 is solved for u and then limited. */
    v4 heard = c->rest * (c->g3 * s[0] + c->g2 * s[1] + c->G * s[2] + s[3]);
    v4 u = v4_soft((x * (1.0f + 0.5f * c->k) - c->k * heard) * c->solved * 0.5f) * 2.0f;
    for (int stage = 0; stage < 4; stage++) {
        v4 move = c->G * (u - s[stage]);
        u = s[stage] + move;
        s[stage] = u + move;
    }
    return u;
}

static inline __attribute__((always_inline)) void ladder(tone_filter *left, tone_filter *right, const tone_filter_motion *m,
                                                         v4 *x_left, v4 *x_right, int n, bool stereo)
{
    v4 l[4], r[4] = {0}, g = m->g;
    memcpy(l, left->state, sizeof l);
    if (stereo)
        memcpy(r, right->state, sizeof r);
    ladder_now c = {.k = m->k};
    for (int i = 0; i < n; i++) {
        g += m->g_turn;
        c.k += m->k_turn;
        c.rest = 1.0f / (1.0f + g);
        c.G = g * c.rest;
        c.g2 = c.G * c.G;
        c.g3 = c.g2 * c.G;
        c.solved = 1.0f / (1.0f + c.k * c.g2 * c.g2);
        x_left[i] = ladder_step(l, x_left[i], &c);
        if (stereo)
            x_right[i] = ladder_step(r, x_right[i], &c);
    }
    memcpy(left->state, l, sizeof l);
    if (stereo)
        memcpy(right->state, r, sizeof r);
}

void tone_filter_run(tone_filter *left, tone_filter *right, const tone_filter_motion *m, v4 *x_left, v4 *x_right, int n)
{
    if (m->dirt > 0 || m->dirt_to > 0) {
        limit_input(left, x_left, m, n);
        if (right)
            limit_input(right, x_right, m, n);
    }
    if (m->mode == TONE_LADDER && right)
        ladder(left, right, m, x_left, x_right, n, true);
    else if (m->mode == TONE_LADDER)
        ladder(left, left, m, x_left, x_left, n, false);
    else if (right)
        svf(left, right, m, x_left, x_right, n, true);
    else
        svf(left, left, m, x_left, x_left, n, false);
}

void tone_filter_reset(tone_filter *f, int lane)
{
    for (int i = 0; i < 4; i++)
        f->state[i][lane] = 0;
    f->last[lane] = 0;
}

void tone_filter_tame(tone_filter *f)
{
    for (int i = 0; i < 4; i++)
        f->state[i] = v4_tame(f->state[i]);
}

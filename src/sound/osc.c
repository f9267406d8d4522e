#include "sound/osc.h"

#include <string.h>

#include "sound/v4.h"

enum { MAX = TONE_VOICE_FRAMES_MAX, TAPS = TONE_BLEP_TAPS, HALF = TONE_BLEP_HALF };

typedef int64_t v2l __attribute__((vector_size(16)));

void tone_osc_start(tone_osc *o, uint32_t phase)
{
    memset(o, 0, sizeof *o);
    o->phase = o->bent = phase;
}

static float unit(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Add `height` times the residual of an event `f` samples (0 … 1) before sample i. */
static void add_event(float *w, const float table[][TAPS], int i, float f, float height)
{
    float at = unit(f) * TONE_BLEP_PHASES;
    int row = (int)at;
    row = row < TONE_BLEP_PHASES ? row : TONE_BLEP_PHASES - 1;
    v4 part = v4_all(at - (float)row), scale = v4_all(height);
    for (int k = 0; k < TAPS; k += 4) {
        v4 low = v4_load(&table[row][k]), high = v4_load(&table[row + 1][k]);
        v4_store(w + i + k, v4_load(w + i + k) + scale * (low + part * (high - low)));
    }
}

/* phases[i + 1] for i = 0 … n-1: where a phase that is at `phase` stands i + 1 samples later.  phases[0] is its start.
 * Returns the phase after the last sample. */
static uint32_t ramp(int32_t *phases, uint32_t phase, uint32_t step, int32_t turn, int n)
{
    uint32_t t = (uint32_t)turn;
    phases[0] = (int32_t)phase;
    /* Sample k (from 1) stands at phase + k step + k (k + 1) / 2 turn; four of them move on by 4 step + … together. */
    v4u at = {phase + step + t, phase + 2 * step + 3 * t, phase + 3 * step + 6 * t, phase + 4 * step + 10 * t};
    v4u by = {4 * step + 14 * t, 4 * step + 18 * t, 4 * step + 22 * t, 4 * step + 26 * t};
    for (int i = 0; i < n; i += 4) {
        memcpy(phases + 1 + i, &at, sizeof at);
        at += by;
        by += 16 * t;
    }
    return (uint32_t)phases[n];
}

/* Add to w the jumps by -sign where the phase passes the end of its turn upwards, and by sign downwards (which only FM
 * does).  phases[0] belongs to the sample before w. */
static void add_jumps(float *w, const tone_blep *blep, const int32_t *phases, int n, float sign, bool fm)
{
    for (int i = 0; i < n; i += 4) {
        v4i before, now;
        memcpy(&before, phases + i, sizeof before);
        memcpy(&now, phases + i + 1, sizeof now);
        v2l wrapped = fm ? (v2l){1, 1} : (v2l)(now < before);
        if (!(wrapped[0] | wrapped[1]))
            continue;
        for (int k = i; k < i + 4; k++) {
            int32_t p = phases[k], q = phases[k + 1], moved = (int32_t)((uint32_t)q - (uint32_t)p);
            if (moved > 0 && q < p)
                add_event(w, blep->jump, k, (float)((uint32_t)q + 0x80000000u) / (float)moved, -2 * sign);
            else if (moved < 0 && q > p)
                add_event(w, blep->jump, k, (float)(0x80000000u - (uint32_t)q) / -(float)moved, 2 * sign);
        }
    }
}

/* The same for a triangle, whose slope turns where the shifted phase passes 0 and the end of its turn. */
static void add_bends(float *w, const tone_blep *blep, const int32_t *phases, int n)
{
    for (int k = 0; k < n; k++) {
        int32_t p = phases[k], q = phases[k + 1], moved = (int32_t)((uint32_t)q - (uint32_t)p);
        if ((p ^ q) >= 0 || moved == 0) /* the sign changes at both corners */
            continue;
        bool up = moved > 0, at_zero = up == (q >= 0);
        uint32_t corner = at_zero ? 0 : 0x80000000u;
        float past = up ? (float)((uint32_t)q - corner) / (float)moved : (float)(corner - (uint32_t)q) / -(float)moved;
        /* The wave is 1 - 2|x|, x = phase / 2^31: its slope falls by 4 steps at 0 and grows by 4 at the end of the turn. */
        float bend = 4 * (up ? (float)moved : -(float)moved) * 0x1p-31f;
        add_event(w, blep->bend, k, past, at_zero ? -bend : bend);
    }
}

/* phases[1 … n] turned by `offset`, which changes by `turn` a sample, into shifted[0 … n]. */
static void shift(int32_t *shifted, const int32_t *phases, uint32_t offset, int32_t turn, int n)
{
    for (int i = 0; i <= n; i++)
        shifted[i] = (int32_t)((uint32_t)phases[i] + offset + (uint32_t)i * (uint32_t)turn);
}

static void add_saw(float *w, const int32_t *phases, int n, float sign)
{
    for (int i = 0; i < n; i += 4) {
        v4i at;
        memcpy(&at, phases + 1 + i, sizeof at);
        v4_store(w + i, v4_load(w + i) + __builtin_convertvector(at, v4) * (sign * 0x1p-31f));
    }
}

/* Whether a phase that turns this way passes the end of its turn within n samples: spares looking for it. */
static bool wraps(uint32_t phase, uint32_t step, int32_t turn, int n)
{
    int64_t way = (int64_t)(phase + 0x80000000u) + (int64_t)n * step + (int64_t)n * (n + 1) / 2 * turn;
    return way >= (int64_t)1 << 32;
}

/* One waveform from its phases: what it looks like into w + HALF, what its events add into w. */
static void draw(float *w, const tone_blep *blep, const tone_osc_motion *m, int wave, const int32_t *phases, uint32_t step,
                 int32_t turn, int n, bool fm)
{
    int32_t other[MAX + 1];
    switch (wave) {
    case TONE_SAW:
        add_saw(w + HALF, phases, n, 1);
        if (fm || wraps((uint32_t)phases[0], step, turn, n))
            add_jumps(w, blep, phases, n, 1, fm);
        break;
    case TONE_SQUARE: /* the difference of two saws: free of DC at any width */
        shift(other, phases, 0u - m->width, -m->width_turn, n);
        add_saw(w + HALF, phases, n, -1);
        add_saw(w + HALF, other, n, 1);
        if (fm || wraps((uint32_t)phases[0], step, turn, n))
            add_jumps(w, blep, phases, n, -1, fm);
        /* A width that grows faster than the phase makes its edge run backwards. */
        fm = fm || m->width_turn > (int32_t)(step / 2);
        if (fm || wraps((uint32_t)other[0], step - (uint32_t)m->width_turn, turn, n))
            add_jumps(w, blep, other, n, 1, fm);
        break;
    case TONE_TRIANGLE:
        shift(other, phases, 0xC0000000u, 0, n); /* a quarter turn back: starts at 0, rising */
        for (int i = 0; i < n; i += 4) {
            v4i at;
            memcpy(&at, other + 1 + i, sizeof at);
            v4 x = v4_abs(__builtin_convertvector(at, v4));
            v4_store(w + HALF + i, v4_load(w + HALF + i) + 1.0f - x * 0x1p-30f);
        }
        add_bends(w, blep, other, n);
        break;
    default:
        for (int i = 0; i < n; i += 4) {
            v4i at;
            memcpy(&at, phases + 1 + i, sizeof at);
            v4_store(w + HALF + i, v4_load(w + HALF + i) + v4_sin_phase(at));
        }
        break;
    }
}

/* Value and slope (a turn) of a waveform at one phase, for restarts; the square is told at its start. */
static void sample_wave(float *value, float *slope, int wave, uint32_t phase, uint32_t width)
{
    float x = (float)(int32_t)phase * 0x1p-31f;
    *slope = 0;
    switch (wave) {
    case TONE_SAW:
        *value = x;
        *slope = 2;
        break;
    case TONE_SQUARE:
        *value = (float)(int32_t)(phase - width) * 0x1p-31f - x;
        break;
    case TONE_TRIANGLE: {
        float y = (float)(int32_t)(phase + 0xC0000000u) * 0x1p-31f;
        *value = 1 - 2 * (y < 0 ? -y : y);
        *slope = y < 0 ? 4.0f : -4.0f;
        break;
    }
    default: {
        v4i at = {(int32_t)phase, (int32_t)(phase + 0x40000000u), 0, 0};
        v4 s = v4_sin_phase(at);
        *value = s[0];
        *slope = 6.2831853f * s[1];
        break;
    }
    }
}

/* The corners and edges of b while it moves from `phase` by `moved`, ending `late` samples before sample i. */
static void add_natural_events(float *w, const tone_blep *blep, int wave, int i, uint32_t phase, uint32_t moved,
                               uint32_t width, float late, float step)
{
    uint32_t from = wave == TONE_TRIANGLE ? phase + 0xC0000000u : phase, to = from + moved;
    bool wrapped = (int32_t)to < (int32_t)from;
    float past = late + (float)(to + 0x80000000u) / step;
    if (wave == TONE_SAW && wrapped)
        add_event(w, blep->jump, i, past, -2);
    if (wave == TONE_SQUARE) {
        if (wrapped)
            add_event(w, blep->jump, i, past, 2);
        if ((int32_t)(to - width) < (int32_t)(from - width))
            add_event(w, blep->jump, i, late + (float)(to - width + 0x80000000u) / step, -2);
    }
    if (wave == TONE_TRIANGLE) {
        if (wrapped)
            add_event(w, blep->bend, i, past, 4 * step * 0x1p-31f);
        if ((int32_t)from < 0 && (int32_t)to >= 0)
            add_event(w, blep->bend, i, late + (float)to / step, -4 * step * 0x1p-31f);
    }
}

/* Oscillator b with restarts wherever a, whose phases are given, passes the end of its turn.  Sample by sample: the time
 * before a restart and the time after it each get the events that fall in them. */
static void draw_synced(float *w, const tone_blep *blep, const tone_osc_motion *m, tone_osc *b, const int32_t *a, int n)
{
    uint32_t phase = b->phase, step = m->step_b, width = m->width;
    int wave = m->wave_b;
    float value, slope;
    for (int i = 0; i < n; i++) {
        step += (uint32_t)m->turn_b;
        width += (uint32_t)m->width_turn;
        float speed = (float)step;
        if (a[i + 1] < a[i]) {
            /* `late` samples ago a wrapped; b ran to there, jumped to 0 and has run on by `rest`. */
            float late = (float)((uint32_t)a[i + 1] + 0x80000000u) / (float)((uint32_t)a[i + 1] - (uint32_t)a[i]);
            uint32_t rest = (uint32_t)(unit(late) * speed), reached = phase + (step - rest);
            float before, slope_before;
            add_natural_events(w, blep, wave, i, phase, step - rest, width, late, speed);
            add_natural_events(w, blep, wave, i, 0, rest, width, 0, speed);
            sample_wave(&before, &slope_before, wave, reached, width);
            sample_wave(&value, &slope, wave, 0, width);
            add_event(w, blep->jump, i, late, value - before);
            if (slope != slope_before)
                add_event(w, blep->bend, i, late, (slope - slope_before) * speed * 0x1p-32f);
            phase = rest;
        } else {
            add_natural_events(w, blep, wave, i, phase, step, width, 0, speed);
            phase += step;
        }
        sample_wave(&value, &slope, wave, phase, width);
        w[HALF + i] += value;
    }
    b->phase = phase;
}

/* The buffer in which one oscillator is drawn: it starts with what lay ahead. */
static void begin(float *w, const tone_osc *o, int n)
{
    memcpy(w, o->ahead, sizeof o->ahead);
    memset(w + TAPS, 0, (size_t)n * sizeof *w);
}

static void finish(float *out, tone_osc *o, const float *w, int n)
{
    memcpy(out, w, (size_t)n * sizeof *w);
    memcpy(o->ahead, w + n, sizeof o->ahead);
}

/* bent[0 … n]: the phases of a with the modulation of b added. */
static void modulate(int32_t *bent, tone_osc *a, const int32_t *phases, const float *by, float index, float turn, int n)
{
    bent[0] = (int32_t)a->bent;
    v4 depth = {index + turn, index + 2 * turn, index + 3 * turn, index + 4 * turn};
    for (int i = 0; i < n; i += 4) {
        v4i at;
        memcpy(&at, phases + 1 + i, sizeof at);
        /* Whole turns do not matter: 24 bits below the point of ±128 turns are kept. */
        v4i add = __builtin_convertvector(v4_load(by + i) * depth * 0x1p24f, v4i);
        at = (v4i)((v4u)at + ((v4u)add << 8));
        memcpy(bent + 1 + i, &at, sizeof at);
        depth += 4 * turn;
    }
    a->bent = (uint32_t)bent[n];
}

void tone_osc_run(tone_osc_pair *p, const tone_blep *blep, const tone_osc_motion *m, float *out_a, float *out_b, int n)
{
    int32_t a[MAX + 1], b[MAX + 1];
    float w[MAX + TAPS];
    uint32_t end_a = ramp(a, p->a.phase, m->step_a, m->turn_a, n);
    if (m->sync) {
        begin(w, &p->b, n);
        draw_synced(w, blep, m, &p->b, a, n);
        finish(out_b, &p->b, w, n);
    } else {
        uint32_t end_b = ramp(b, p->b.phase, m->step_b, m->turn_b, n);
        if (m->hear_b || m->fm) {
            begin(w, &p->b, n);
            draw(w, blep, m, m->wave_b, b, m->step_b, m->turn_b, n, false);
            finish(out_b, &p->b, w, n);
        }
        p->b.phase = end_b;
    }
    if (m->hear_a) {
        begin(w, &p->a, n);
        if (m->fm) {
            int32_t bent[MAX + 1];
            modulate(bent, &p->a, a, out_b, m->index, m->index_turn, n);
            draw(w, blep, m, m->wave_a, bent, 0, 0, n, true);
        } else {
            draw(w, blep, m, m->wave_a, a, m->step_a, m->turn_a, n, false);
        }
        finish(out_a, &p->a, w, n);
    }
    p->a.phase = end_a;
    if (!m->fm)
        p->a.bent = end_a;
}

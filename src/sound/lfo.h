/* sound/lfo.h - the low-frequency oscillator of four voices, stepped once a control block.  It starts with each note. */
#ifndef TONE_SOUND_LFO_H
#define TONE_SOUND_LFO_H

#include "sound/v4.h"

enum { TONE_LFO_SINE, TONE_LFO_TRIANGLE, TONE_LFO_SAW, TONE_LFO_SQUARE, TONE_LFO_RANDOM }; /* as the choices of lfo1_shape */

typedef struct tone_lfo {
    v4 phase;        /* turns, 0 … 1 */
    v4 last, target; /* of the random shape: it moves from last to target in the first eighth of a turn */
    v4u dice;
} tone_lfo;

static inline float tone_lfo_roll(tone_lfo *l, int lane)
{
    uint32_t x = l->dice[lane];
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    l->dice[lane] = x;
    return (float)(int32_t)x * 0x1p-31f;
}

/* `seed` is not 0. */
static inline void tone_lfo_start(tone_lfo *l, int lane, uint32_t seed)
{
    l->phase[lane] = 0;
    l->dice[lane] = seed;
    l->last[lane] = 0;
    l->target[lane] = tone_lfo_roll(l, lane);
}

/* Move on by `turns` (below 1) for each lane; the value, -1 … 1. */
static inline v4 tone_lfo_step(tone_lfo *l, int shape, v4 turns)
{
    v4 p = l->phase + turns;
    v4i wrapped = p >= v4_all(1);
    p -= (v4)((v4i)v4_all(1) & wrapped);
    l->phase = p;
    switch (shape) {
    case TONE_LFO_TRIANGLE: {
        v4 t = p + 0.25f;
        t -= (v4)((v4i)v4_all(1) & (t >= v4_all(1)));
        return 1.0f - 4.0f * v4_abs(t - 0.5f);
    }
    case TONE_LFO_SAW:
        return 1.0f - 2.0f * p;
    case TONE_LFO_SQUARE:
        return v4_select(p < v4_all(0.5f), v4_all(1), v4_all(-1));
    case TONE_LFO_RANDOM:
        for (int lane = 0; lane < 4; lane++)
            if (wrapped[lane]) {
                l->last[lane] = l->target[lane];
                l->target[lane] = tone_lfo_roll(l, lane);
            }
        return l->last + (l->target - l->last) * v4_min(p * 8.0f, v4_all(1));
    default:
        return -v4_sin_phase(__builtin_convertvector((p - 0.5f) * 0x1p32f, v4i));
    }
}

#endif

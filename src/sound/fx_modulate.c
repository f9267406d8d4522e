/* The effects that move: chorus, phaser, comb. */
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

/* ── chorus: three copies for each ear whose delays swing a third of a turn apart ────────────────────────────────── */

bool tone_chorus_init(tone_chorus *c, double rate, int block)
{
    *c = (tone_chorus){.rate = rate};
    bool left = tone_line_init(&c->lines[0], 0.03 * rate, block), right = tone_line_init(&c->lines[1], 0.03 * rate, block);
    return left && right;
}

void tone_chorus_clear(tone_chorus *c)
{
    tone_line_clear(&c->lines[0]);
    tone_line_clear(&c->lines[1]);
}

void tone_chorus_set(tone_chorus *c, const float *values)
{
    double hz = values[TONE_P_CHORUS_RATE], depth_s = values[TONE_P_CHORUS_DEPTH] * 0.001;
    /* Fast and deep together would bend the pitch by octaves: at most 5 % up and down. */
    depth_s = tone_min(depth_s, 0.05 / (2 * TONE_PI * hz));
    c->turn = (uint32_t)(hz / c->rate * 4294967296.0);
    c->depth = (float)(depth_s * c->rate);
    tone_glide_set(&c->mix, values[TONE_P_CHORUS_MIX] * 0.01f);
}

void tone_chorus_run(tone_chorus *c, float *left, float *right, int n)
{
    float *sides[2] = {left, right};
    bool on = !tone_glide_off(&c->mix), first = on && !c->running;
    c->running = on;
    c->phase += c->turn * (uint32_t)n;
    if (!on) {
        tone_line_write(&c->lines[0], left, n);
        tone_line_write(&c->lines[1], right, n);
        return;
    }
    for (int side = 0; side < 2; side++) {
        float sum[TONE_FX_BLOCK_MAX] = {0}, copy[TONE_FX_BLOCK_MAX];
        tone_line_write(&c->lines[side], sides[side], n);
        /* A third of a turn apart, the right ear a sixth ahead.  Copies lie 2.5 ms apart, beyond the swing. */
        v4u third = {0, 0x55555555u, 0xAAAAAAAAu, 0};
        v4 to = c->depth * (1.0f + v4_sin_phase((v4i)(third + (c->phase + (uint32_t)side * 0x2AAAAAAAu))));
        to += (v4){0.003f, 0.0055f, 0.008f, 0} * (float)c->rate;
        for (int k = 0; k < 3; k++) {
            float *last = &c->last[4 * side + k];
            tone_line_read(&c->lines[side], copy, first ? to[k] : *last, to[k], n, false);
            *last = to[k];
            for (int i = 0; i < n; i += 4) /* halves: between adding up by power and by amplitude */
                v4_store(sum + i, v4_load(sum + i) + 0.5f * v4_load(copy + i));
        }
        tone_blend(sides[side], sum, &c->mix, n);
    }
    tone_glide_done(&c->mix);
}

/* ── phaser: six all-passes whose corner sweeps three octaves, the right ear a quarter of a turn ahead ────────────── */

void tone_phaser_init(tone_phaser *p, double rate)
{
    memset(p, 0, sizeof *p);
    p->rate = rate;
}

void tone_phaser_set(tone_phaser *p, const float *values)
{
    p->turn = (uint32_t)(values[TONE_P_PHASER_RATE] / p->rate * 4294967296.0);
    p->octave = (float)tone_log2(values[TONE_P_PHASER_FREQ] / p->rate);
    tone_glide_set(&p->feedback, values[TONE_P_PHASER_FEEDBACK] * 0.01f);
    tone_glide_set(&p->mix, values[TONE_P_PHASER_MIX] * 0.01f);
}

void tone_phaser_run(tone_phaser *p, float *left, float *right, int n)
{
    p->phase += p->turn * (uint32_t)n;
    bool on = !tone_glide_off(&p->mix), first = on && !p->running;
    p->running = on;
    if (!on) {
        memset(p->state, 0, sizeof p->state);
        p->back = v4_all(0);
        return;
    }
    tone_glide heard = first ? tone_glide_hold(&p->mix) : p->mix;
    v4 swing = v4_sin_phase((v4i)((v4u){0, 0x40000000u, 0, 0} + p->phase));
    v4 g = v4_tan(v4_min(v4_exp2(p->octave + 1.5f * swing), v4_all(0.45f)) * (float)TONE_PI);
    v4 to = (g - 1.0f) / (g + 1.0f), a = first ? to : p->a, by = (to - a) * (1.0f / (float)n);
    v4 s0 = p->state[0], s1 = p->state[1], s2 = p->state[2], s3 = p->state[3], s4 = p->state[4], s5 = p->state[5];
    v4 back = p->back;
    float feedback = p->feedback.from, feedback_by = tone_glide_by(&p->feedback, n);
    float mix = heard.from, mix_by = tone_glide_by(&heard, n);
    for (int i = 0; i < n; i++) {
        a += by;
        feedback += feedback_by;
        mix += mix_by;
        v4 x = {left[i], right[i], 0, 0};
        v4 y0 = x * (1 - 0.5f * feedback) + back * feedback;
        v4 y1 = a * y0 + s0;
        s0 = y0 - a * y1;
        v4 y2 = a * y1 + s1;
        s1 = y1 - a * y2;
        v4 y3 = a * y2 + s2;
        s2 = y2 - a * y3;
        v4 y4 = a * y3 + s3;
        s3 = y3 - a * y4;
        v4 y5 = a * y4 + s4;
        s4 = y4 - a * y5;
        back = a * y5 + s5;
        s5 = y5 - a * back;
        x += mix * (back - x);
        left[i] = x[0];
        right[i] = x[1];
    }
    p->a = to;
    p->state[0] = v4_tame(s0);
    p->state[1] = v4_tame(s1);
    p->state[2] = v4_tame(s2);
    p->state[3] = v4_tame(s3);
    p->state[4] = v4_tame(s4);
    p->state[5] = v4_tame(s5);
    p->back = v4_tame(back);
    tone_glide_done(&p->feedback);
    p->mix.from = heard.to;
}

/* ── comb: a delay of one period that feeds itself ───────────────────────────────────────────────────────────────── */

bool tone_comb_init(tone_comb *c, double rate, int block)
{
    *c = (tone_comb){.rate = rate};
    bool left = tone_line_init(&c->lines[0], rate / 29 + 8, block), right = tone_line_init(&c->lines[1], rate / 29 + 8, block);
    return left && right;
}

void tone_comb_clear(tone_comb *c)
{
    tone_line_clear(&c->lines[0]);
    tone_line_clear(&c->lines[1]);
}

void tone_comb_set(tone_comb *c, const float *values)
{
    c->target = (float)(c->rate / values[TONE_P_COMB_FREQ]);
    tone_glide_set(&c->feedback, values[TONE_P_COMB_FEEDBACK] * 0.01f);
    tone_glide_set(&c->mix, values[TONE_P_COMB_MIX] * 0.01f);
}

void tone_comb_run(tone_comb *c, float *left, float *right, int n)
{
    enum { STEP = 8 }; /* shorter than the shortest period, 11 samples */
    float *sides[2] = {left, right}, wet[2][TONE_FX_BLOCK_MAX];
    bool on = !tone_glide_off(&c->mix);
    if (on && !c->running) {
        tone_line_reset(&c->lines[0]);
        tone_line_reset(&c->lines[1]);
        c->delay = c->target;
        c->feed = c->mix.from > 0 ? 1 : 0; /* on from the beginning: nothing was before */
    }
    c->running = on;
    if (on) {
        float feedback_by = tone_glide_by(&c->feedback, n), feed_by = (float)(100 / c->rate); /* 10 ms */
        for (int at = 0; at < n; at += STEP) {
            /* Towards the wanted period by at most a twentieth of a sample a sample. */
            float from = c->delay, to = (float)tone_clamp(c->target, from - 0.4, from + 0.4);
            c->delay = to;
            for (int side = 0; side < 2; side++) {
                float ring[STEP], *x = sides[side] + at, feedback = c->feedback.from + feedback_by * (float)at;
                float feed = c->feed;
                tone_line_read(&c->lines[side], ring, from, to, STEP, true);
                for (int i = 0; i < STEP; i++) {
                    feedback += feedback_by;
                    feed = feed < 1 ? feed + feed_by : 1;
                    float y = feed * x[i] + feedback * ring[i];
                    ring[i] = y > -1e-18f && y < 1e-18f ? 0 : y;
                    /* Scaled so that noise keeps its power. */
                    wet[side][at + i] = __builtin_sqrtf(1 - feedback * feedback) * ring[i];
                }
                tone_line_write(&c->lines[side], ring, STEP);
            }
            c->feed += feed_by * STEP;
            c->feed = c->feed < 1 ? c->feed : 1;
        }
        tone_blend(left, wet[0], &c->mix, n);
        tone_blend(right, wet[1], &c->mix, n);
    }
    tone_glide_done(&c->feedback);
    tone_glide_done(&c->mix);
}

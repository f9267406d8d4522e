/* Echoes that alternate between the sides: the left line hears the input and what the right one gave back, the right line
 * hears the left one. */
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

static const double longest_s = 4;

bool tone_echo_init(tone_echo *e, double rate, int block)
{
    *e = (tone_echo){.rate = rate};
    double longest = longest_s * rate;
    bool left = tone_line_init(&e->lines[0], longest, block), right = tone_line_init(&e->lines[1], longest, block);
    e->silent = e->lines[0].size;
    return left && right;
}

void tone_echo_clear(tone_echo *e)
{
    tone_line_clear(&e->lines[0]);
    tone_line_clear(&e->lines[1]);
}

void tone_echo_set(tone_echo *e, const float *values, double tempo_bpm)
{
    /* Beats of each choice of delay_sync; 0: free. */
    static const double beats[10] = {0, 4, 3, 2, 1.5, 1, 0.75, 0.5, 1.0 / 3, 0.25};
    double note = beats[(int)values[TONE_P_DELAY_SYNC]];
    double seconds = note > 0 ? note * 60 / tempo_bpm : values[TONE_P_DELAY_TIME] * 0.001;
    while (seconds > longest_s - 0.01) /* a slow tempo: half the note value keeps the rhythm */
        seconds /= 2;
    e->target = (float)(seconds * e->rate);
    tone_glide_set(&e->feedback, values[TONE_P_DELAY_FEEDBACK] * 0.01f);
    tone_glide_set(&e->mix, values[TONE_P_DELAY_MIX] * 0.01f);
    e->damping = (float)(1 - tone_exp2(-1.4426950408889634 * 2 * TONE_PI * 5000 / e->rate));
}

/* Read both lines, darken what comes back and pass it on.  The shortest delay, 2 ms, is longer than a block. */
static void run_block(tone_echo *e, float *left, float *right, int n, float from, float to)
{
    float out[2][TONE_FX_BLOCK_MAX], in[2][TONE_FX_BLOCK_MAX];
    tone_line_read(&e->lines[0], out[0], from, to, n, true);
    tone_line_read(&e->lines[1], out[1], from, to, n, true);
    v4 low = e->low, peak = v4_all(0);
    float feedback = e->feedback.from, feedback_by = tone_glide_by(&e->feedback, n);
    float mix = e->mix.from, mix_by = tone_glide_by(&e->mix, n);
    for (int i = 0; i < n; i++) {
        v4 heard = {out[0][i], out[1][i], 0, 0};
        feedback += feedback_by;
        mix += mix_by;
        low += e->damping * (heard - low);
        in[0][i] = 0.5f * (left[i] + right[i]) + feedback * low[1];
        in[1][i] = feedback * low[0];
        left[i] += mix * (0.9f * low[0] + 0.15f * low[1]);
        right[i] += mix * (0.9f * low[1] + 0.15f * low[0]);
    }
    e->low = v4_tame(low);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < n; i += 4) {
            v4 x = v4_load(&in[side][i]), size = v4_abs(x);
            peak = v4_max(peak, size);
            v4_store(&in[side][i], v4_flush(x));
        }
    bool loud = peak[0] > 1e-5f || peak[1] > 1e-5f || peak[2] > 1e-5f || peak[3] > 1e-5f;
    e->silent = loud ? 0 : e->silent < e->lines[0].size ? e->silent + n : e->silent;
    tone_line_write(&e->lines[0], in[0], n);
    tone_line_write(&e->lines[1], in[1], n);
}

void tone_echo_run(tone_echo *e, float *left, float *right, int n)
{
    bool on = !tone_glide_off(&e->mix);
    if (on && !e->running) {
        e->delay = e->target;
        e->low = v4_all(0);
        e->silent = 0; /* there may be something in the lines */
        if (e->mix.from <= 0)
            e->feedback.from = 0; /* comes in: the right line fills from now on */
    }
    e->running = on;
    if (!on) { /* the lines listen: the first echo is of what was just played */
        float middle[TONE_FX_BLOCK_MAX];
        for (int i = 0; i < n; i++)
            middle[i] = 0.5f * (left[i] + right[i]);
        tone_line_write(&e->lines[0], middle, n);
        memset(middle, 0, sizeof middle);
        tone_line_write(&e->lines[1], middle, n);
        return;
    }
    /* A time that moves bends the echoes like tape, by an octave at most. */
    float limit = 0.5f * (float)n, from = e->delay, to = (float)tone_clamp(e->target, from - limit, from + limit);
    e->delay = to;
    run_block(e, left, right, n, from, to);
    tone_glide_done(&e->feedback);
    tone_glide_done(&e->mix);
}

bool tone_echo_idle(const tone_echo *e)
{
    return !e->running || e->silent >= (int)e->delay + 8;
}

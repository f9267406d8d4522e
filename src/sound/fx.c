/* The chain: saturation, EQ, compressor, chorus, phaser, comb, echoes, room, width, high-pass, level, limiter. */
#include "sound/fx.h"

#include <string.h>

#include "sound/maths.h"

bool tone_fx_init(tone_fx *fx, uint32_t rate)
{
    memset(fx, 0, sizeof *fx);
    fx->n = rate < 60000 ? 64 : rate < 120000 ? 128 : 256;
    fx->memory = (int)(0.05 * rate);
    tone_saturator_init(&fx->saturator, rate);
    tone_eq_init(&fx->eq, rate);
    tone_compressor_init(&fx->compressor, rate);
    tone_phaser_init(&fx->phaser, rate);
    bool ok = tone_chorus_init(&fx->chorus, rate, fx->n);
    ok &= tone_comb_init(&fx->comb, rate, fx->n);
    ok &= tone_echo_init(&fx->echo, rate, fx->n);
    ok &= tone_reverb_init(&fx->reverb, rate, fx->n);
    ok &= tone_limiter_init(&fx->limiter, rate);
    fx->quiet = 1 << 30;
    return ok;
}

void tone_fx_clear(tone_fx *fx)
{
    tone_chorus_clear(&fx->chorus);
    tone_comb_clear(&fx->comb);
    tone_echo_clear(&fx->echo);
    tone_reverb_clear(&fx->reverb);
    tone_limiter_clear(&fx->limiter);
}

void tone_fx_set(tone_fx *fx, const float *values, double tempo_bpm)
{
    tone_saturator_set(&fx->saturator, values);
    tone_eq_set(&fx->eq, values);
    tone_compressor_set(&fx->compressor, values);
    tone_chorus_set(&fx->chorus, values);
    tone_phaser_set(&fx->phaser, values);
    tone_comb_set(&fx->comb, values);
    tone_echo_set(&fx->echo, values, tempo_bpm);
    tone_reverb_set(&fx->reverb, values);
    tone_limiter_set(&fx->limiter, values);
    tone_glide_set(&fx->width, values[TONE_P_STEREO_WIDTH] * 0.01f);
    tone_glide_set(&fx->level, (float)tone_db_to_gain(values[TONE_P_LEVEL]));
}

/* Width and level, and how loud the result is at most. */
static float spread(tone_fx *fx, float *left, float *right)
{
    int n = fx->n;
    v4 peak = v4_all(0), width = tone_glide_four(&fx->width, n), gain = tone_glide_four(&fx->level, n);
    float width_by = 4 * tone_glide_by(&fx->width, n), gain_by = 4 * tone_glide_by(&fx->level, n);
    for (int i = 0; i < n; i += 4, width += width_by, gain += gain_by) {
        v4 l = v4_load(left + i), r = v4_load(right + i);
        v4 middle = (l + r) * 0.5f, side = (l - r) * 0.5f * width;
        l = (middle + side) * gain;
        r = (middle - side) * gain;
        v4_store(left + i, l);
        v4_store(right + i, r);
        peak = v4_max(peak, v4_max(v4_abs(l), v4_abs(r)));
    }
    tone_glide_done(&fx->width);
    tone_glide_done(&fx->level);
    return (float)tone_max(tone_max(peak[0], peak[1]), tone_max(peak[2], peak[3]));
}

void tone_fx_run(tone_fx *fx, float *left, float *right)
{
    int n = fx->n;
    tone_saturator_run(&fx->saturator, left, right, n);
    tone_eq_run(&fx->eq, left, right, n);
    tone_compressor_run(&fx->compressor, left, right, n);
    tone_chorus_run(&fx->chorus, left, right, n);
    tone_phaser_run(&fx->phaser, left, right, n);
    tone_comb_run(&fx->comb, left, right, n);
    tone_echo_run(&fx->echo, left, right, n);
    tone_reverb_run(&fx->reverb, left, right, n);
    tone_eq_run_highpass(&fx->eq, left, right, n);
    float peak = spread(fx, left, right);
    fx->quiet = peak > 1e-5f ? 0 : fx->quiet < 1 << 30 ? fx->quiet + n : fx->quiet;
    tone_limiter_run(&fx->limiter, left, right, n);
}

int tone_fx_delay(const tone_fx *fx)
{
    return fx->saturator.delay + fx->limiter.reach;
}

bool tone_fx_idle(const tone_fx *fx)
{
    return fx->quiet >= fx->memory + fx->limiter.reach && tone_echo_idle(&fx->echo) && tone_reverb_idle(&fx->reverb);
}

/* The compressor with transient shaping.  Levels are in octaves of amplitude (6.02 dB); both channels get the same gain.
 *
 * Compression: the reduction that the level asks for is followed with the attack and release times.  Half of the
 * reduction of a full-scale signal is made up.  Punch: the peaks of the waveform are held; where a quick follower of them is
 * above a slow one something has been struck, and up to `punch` is added. */
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

static float share(double ms, double rate)
{
    return (float)(1 - tone_exp2(-1.4426950408889634 / (ms * 0.001 * rate)));
}

void tone_compressor_init(tone_compressor *c, double rate)
{
    memset(c, 0, sizeof *c);
    c->rate = (float)rate;
    c->hold = share(150, rate);
    c->quick = share(0.7, rate);
    c->lazy = share(30, rate);
}

void tone_compressor_set(tone_compressor *c, const float *values)
{
    const float octaves = 0.16609640474436811739f; /* a decibel */
    c->threshold = values[TONE_P_COMP_THRESHOLD] * octaves;
    c->slope = 1 - 1 / values[TONE_P_COMP_RATIO];
    tone_glide_set(&c->makeup, -0.5f * c->threshold * c->slope);
    c->attack = share(values[TONE_P_COMP_ATTACK], c->rate);
    c->release = share(values[TONE_P_COMP_RELEASE], c->rate);
    tone_glide_set(&c->punch, values[TONE_P_COMP_PUNCH] * octaves);
    tone_glide_set(&c->mix, values[TONE_P_COMP_MIX] * 0.01f);
}

void tone_compressor_run(tone_compressor *c, float *left, float *right, int n)
{
    _Alignas(16) float level[TONE_FX_BLOCK_MAX], gain[TONE_FX_BLOCK_MAX], fast[TONE_FX_BLOCK_MAX], slow[TONE_FX_BLOCK_MAX];
    if (tone_glide_off(&c->mix)) {
        c->gain = c->peak = c->fast = c->slow = 0;
        return;
    }
    for (int i = 0; i < n; i += 4) {
        v4 size = v4_max(v4_abs(v4_load(left + i)), v4_abs(v4_load(right + i)));
        v4_store(level + i, size);
        /* A knee of one octave around the threshold. */
        v4 over = v4_log2(size + 1e-6f) - c->threshold, knee = v4_clamp(over + 0.5f, 0, 1);
        v4 above = v4_select(over > v4_all(0.5f), over, knee * knee * 0.5f);
        v4_store(gain + i, above * -c->slope);
    }
    float now = c->gain, peak = c->peak, quick = c->fast, late = c->slow;
    for (int i = 0; i < n; i++) {
        float wanted = gain[i] - now, falls = peak + c->hold * (level[i] - peak);
        now += wanted * (wanted < 0 ? c->attack : c->release);
        peak = level[i] > falls ? level[i] : falls;
        quick += c->quick * (peak - quick);
        late += c->lazy * (peak - late);
        gain[i] = now;
        fast[i] = quick;
        slow[i] = late;
    }
    c->gain = now < -1e-12f ? now : 0;
    c->peak = peak > 1e-12f ? peak : 0;
    c->fast = quick > 1e-12f ? quick : 0;
    c->slow = late > 1e-12f ? late : 0;
    v4 makeup = tone_glide_four(&c->makeup, n), punch = tone_glide_four(&c->punch, n), mix = tone_glide_four(&c->mix, n);
    float makeup_by = 4 * tone_glide_by(&c->makeup, n), punch_by = 4 * tone_glide_by(&c->punch, n);
    float mix_by = 4 * tone_glide_by(&c->mix, n);
    for (int i = 0; i < n; i += 4, makeup += makeup_by, punch += punch_by, mix += mix_by) {
        v4 struck = v4_log2((v4_load(fast + i) + 1e-4f) / (v4_load(slow + i) + 1e-4f)) * 0.5f;
        v4 octaves = v4_load(gain + i) + makeup + punch * v4_clamp(struck, 0, 1);
        v4 total = 1.0f + mix * (v4_exp2(octaves) - 1.0f);
        v4_store(left + i, v4_load(left + i) * total);
        v4_store(right + i, v4_load(right + i) * total);
    }
    tone_glide_done(&c->makeup);
    tone_glide_done(&c->punch);
    tone_glide_done(&c->mix);
}

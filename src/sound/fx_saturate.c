/* Saturation.  The curve runs at four times the rate (twice at 88 kHz and above, once at 176 kHz and above), so that the
 * overtones it makes do not fold back. */
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

enum { SOFT, HARD, TUBE, FOLD }; /* as the choices of sat_curve */
enum { OUTER = 12, INNER = 4 };

void tone_saturator_init(tone_saturator *s, double rate)
{
    memset(s, 0, sizeof *s);
    s->factor = rate < 60000 ? 4 : rate < 120000 ? 2 : 1;
    s->delay = s->factor == 4 ? 2 * OUTER - 1 + INNER : s->factor == 2 ? 2 * OUTER - 1 : 0;
    for (int side = 0; side < 2; side++) {
        tone_halfband_init(&s->sides[side].outer, OUTER);
        tone_halfband_init(&s->sides[side].inner, INNER);
    }
}

static inline v4 shape(v4 x, int curve)
{
    switch (curve) {
    case HARD:
        return v4_clamp(x, -1, 1);
    case TUBE: /* off centre: the lower half is limited sooner, which makes even harmonics */
        return v4_soft(x * 0.8f - 0.5f) + (0.5f - 0.5f * 0.5f * 0.5f * 4 / 27);
    case FOLD: { /* a sine over the input: beyond 1 the wave turns back */
        v4 turns = v4_clamp(x, -1000, 1000) * 0.25f;
        turns -= __builtin_convertvector(__builtin_convertvector(turns, v4i), v4); /* -1 … 1 */
        v4 half = turns * 0.5f; /* sin(2 pi t) from the phase of t / 2, twice: stays within the integers */
        return v4_sin_phase((v4i)((v4u)__builtin_convertvector(half * 0x1p31f, v4i) << 2));
    }
    default:
        return v4_soft(x);
    }
}

void tone_saturator_set(tone_saturator *s, const float *values)
{
    const float reference = 0.3f; /* a level at which the drive does not change the loudness */
    s->curve = (int)values[TONE_P_SAT_CURVE];
    float drive = (float)tone_db_to_gain(values[TONE_P_SAT_DRIVE]);
    tone_glide_set(&s->drive, drive);
    tone_glide_set(&s->mix, values[TONE_P_SAT_MIX] * 0.01f);
    /* The mean size of the curve over one period of a sine of that level. */
    v4 sum = v4_all(0);
    for (int i = 0; i < 16; i++) {
        v4 x = {0};
        for (int k = 0; k < 4; k++)
            x[k] = reference * drive * (float)tone_sin_turns((4 * i + k + 0.5) / 64);
        sum += v4_abs(shape(x, s->curve));
    }
    float size = (sum[0] + sum[1] + sum[2] + sum[3]) / 64;
    tone_glide_set(&s->makeup, 0.6366f * reference / (size > 0.01f ? size : 0.01f));
}

static void bend(tone_saturator *s, float *x, int n)
{
    v4 drive = tone_glide_four(&s->drive, n), makeup = tone_glide_four(&s->makeup, n);
    float drive_by = 4 * tone_glide_by(&s->drive, n), makeup_by = 4 * tone_glide_by(&s->makeup, n);
    for (int i = 0; i < n; i += 4, drive += drive_by, makeup += makeup_by)
        v4_store(x + i, shape(v4_load(x + i) * drive, s->curve) * makeup);
}

static void run_side(tone_saturator *s, int side, float *wet, const float *in, int n)
{
    float twice[2 * TONE_FX_BLOCK_MAX], four[4 * TONE_FX_BLOCK_MAX], late[2 * TONE_FX_BLOCK_MAX];
    if (s->factor == 1) {
        memcpy(wet, in, (size_t)n * sizeof *wet);
        bend(s, wet, n);
        return;
    }
    tone_halfband_up(&s->sides[side].outer, twice, in, n);
    if (s->factor == 2) {
        bend(s, twice, 2 * n);
        tone_halfband_down(&s->sides[side].outer, wet, twice, n);
        return;
    }
    tone_halfband_up(&s->sides[side].inner, four, twice, 2 * n);
    bend(s, four, 4 * n);
    tone_halfband_down(&s->sides[side].inner, twice, four, 2 * n);
    late[0] = s->sides[side].late;
    memcpy(late + 1, twice, (size_t)(2 * n - 1) * sizeof *late);
    s->sides[side].late = twice[2 * n - 1];
    tone_halfband_down(&s->sides[side].outer, wet, late, n);
}

void tone_saturator_run(tone_saturator *s, float *left, float *right, int n)
{
    float *sides[2] = {left, right};
    bool on = !tone_glide_off(&s->mix);
    tone_glide mix = on && !s->running ? tone_glide_hold(&s->mix) : s->mix;
    if (on && !s->running)
        for (int side = 0; side < 2; side++) {
            tone_halfband_init(&s->sides[side].outer, OUTER);
            tone_halfband_init(&s->sides[side].inner, INNER);
            s->sides[side].late = 0;
        }
    s->running = on;
    for (int side = 0; side < 2; side++) {
        float wet[TONE_FX_BLOCK_MAX], dry[TONE_FX_BLOCK_MAX + 32];
        size_t kept = (size_t)s->delay;
        if (on)
            run_side(s, side, wet, sides[side], n);
        memcpy(dry, s->sides[side].dry, kept * sizeof *dry);
        memcpy(dry + kept, sides[side], (size_t)n * sizeof *dry);
        memcpy(s->sides[side].dry, dry + n, kept * sizeof *dry);
        memcpy(sides[side], dry, (size_t)n * sizeof *dry);
        if (on)
            tone_blend(sides[side], wet, &mix, n);
    }
    s->mix.from = mix.to;
    tone_glide_done(&s->drive);
    tone_glide_done(&s->makeup);
}

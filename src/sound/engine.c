#include "sound/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/maths.h"

tone_status tone_engine_check_rate(uint32_t rate, tone_error *err)
{
    if (rate < TONE_RATE_MIN || rate > TONE_RATE_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a rate is %d to %d Hz, not %u", TONE_RATE_MIN, TONE_RATE_MAX, rate);
    return TONE_OK;
}

tone_status tone_engine_new(tone_engine **out, const tone_patch *patch, uint32_t rate, uint64_t seed, double tempo_bpm,
                            tone_error *err)
{
    *out = NULL;
    tone_status st = tone_engine_check_rate(rate, err);
    if (st)
        return st;
    tone_engine *e = calloc(1, sizeof *e); /* its vectors want 16 bytes, which malloc() gives */
    if (!e)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the synth");
    if (!tone_fx_init(&e->fx, rate)) {
        tone_engine_free(e);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the effects at %u Hz", rate);
    }
    e->rate = rate;
    e->n = e->fx.n;
    e->n_part = e->n / TONE_ENGINE_PARTS;
    e->factor = rate < 60000 ? 2 : 1;
    e->tempo_bpm = tempo_bpm;
    e->glide = (float)(1 - tone_exp2(-1.4426950408889634 * e->n_part / (0.006 * rate))); /* 97 % of the way in 20 ms */
    memcpy(e->now, patch->values, sizeof e->now);
    memcpy(e->target, patch->values, sizeof e->target);
    tone_voices_init(&e->voices, seed);
    tone_decimator_init(&e->sides[0]);
    tone_decimator_init(&e->sides[1]);
    tone_voice_patch_init(&e->patch, e->now, e->rate);
    tone_fx_set(&e->fx, e->now, e->tempo_bpm);
    *out = e;
    return TONE_OK;
}

void tone_engine_free(tone_engine *e)
{
    if (e)
        tone_fx_clear(&e->fx);
    free(e);
}

/* Move the knobs towards where they were set. */
static void glide(tone_engine *e)
{
    e->moving = false;
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *info = tone_param_get((tone_param)i);
        float way = e->target[i] - e->now[i];
        bool whole = info->curve == TONE_CURVE_CHOICE || info->curve == TONE_CURVE_COUNT;
        float near = (info->max - info->min) * 1e-5f;
        if (whole || (way < near && way > -near)) {
            e->now[i] = e->target[i];
        } else {
            e->now[i] += way * e->glide;
            e->moving = true;
        }
    }
}

/* A channel from the four lanes of its bus. */
static void sum_lanes(float *out, v4 *bus, int n)
{
    for (int i = 0; i < n; i += 4) {
        v4_transpose(&bus[i], &bus[i + 1], &bus[i + 2], &bus[i + 3]);
        v4_store(out + i, (bus[i] + bus[i + 1]) + (bus[i + 2] + bus[i + 3]));
    }
}

void tone_engine_play(tone_engine *e, int part)
{
    v4 bus[2][TONE_VOICE_FRAMES_MAX];
    size_t frames = (size_t)(e->n_part * e->factor);
    if (e->moving) {
        glide(e);
        tone_voice_patch_init(&e->patch, e->now, e->rate);
        e->fx_moving = true;
    }
    memset(bus[0], 0, frames * sizeof bus[0][0]);
    memset(bus[1], 0, frames * sizeof bus[1][0]);
    tone_voices_run(&e->voices, &e->patch, bus[0], bus[1]);
    for (int side = 0; side < (e->patch.twin ? 1 : 2); side++)
        sum_lanes(&e->mix[side][(size_t)part * frames], bus[side], (int)frames);
}

void tone_engine_finish(tone_engine *e, float *left, float *right)
{
    float *sides[2] = {left, right};
    for (int side = 0; side < (e->patch.twin ? 1 : 2); side++) {
        if (e->factor == 2)
            tone_decimator_run(&e->sides[side], sides[side], e->mix[side], e->n);
        else
            memcpy(sides[side], e->mix[side], (size_t)e->n * sizeof *left);
    }
    if (e->patch.twin) {
        memcpy(right, left, (size_t)e->n * sizeof *left);
        e->sides[1] = e->sides[0];
    }
    if (e->fx_moving)
        tone_fx_set(&e->fx, e->now, e->tempo_bpm);
    e->fx_moving = false;
    tone_fx_run(&e->fx, left, right);
}

int tone_engine_delay(const tone_engine *e)
{
    return (e->factor == 2 ? TONE_DECIMATE_DELAY : 0) + tone_fx_delay(&e->fx);
}

bool tone_engine_idle(const tone_engine *e)
{
    return tone_voices_idle(&e->voices) && tone_fx_idle(&e->fx);
}

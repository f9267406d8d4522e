/* sound/env.h - the envelope of four voices, stepped once a control block.
 *
 * A stage goes from one level to another in a known time along s(x) = (1 - 2^(-c x)) / (1 - 2^-c), x = 0…1: straight for
 * c near 0, quick at first for c > 0, slow at first for c < 0.  The value is computed from x, never accumulated, and
 * release ends at exactly 0. */
#ifndef TONE_SOUND_ENV_H
#define TONE_SOUND_ENV_H

#include <stdbool.h>

#include "sound/maths.h"
#include "sound/v4.h"

typedef enum tone_env_stage { TONE_ENV_IDLE, TONE_ENV_ATTACK, TONE_ENV_DECAY, TONE_ENV_SUSTAIN, TONE_ENV_RELEASE } tone_env_stage;

/* Times in frames at the voice rate. */
typedef struct tone_env_shape {
    float attack, decay, release;
    float sustain; /* 0…1 */
    float c, scale; /* scale = 1 / (1 - 2^-c) */
} tone_env_shape;

typedef struct tone_env {
    v4 from, to, x, speed; /* speed: of x, a frame */
    v4 value;              /* at the end of the last block */
    tone_env_stage stage[4];
} tone_env;

static inline void tone_env_shape_init(tone_env_shape *s, double attack_ms, double decay_ms, double sustain_percent,
                                       double release_ms, double curve_percent, double rate)
{
    double c = curve_percent * 0.08;
    c = c > -0.01 && c < 0.01 ? 0.01 : c;
    /* No attack is shorter than a third of a millisecond: the control blocks could not draw it evenly. */
    s->attack = (float)(tone_max(attack_ms * 0.001, 1.0 / 3000) * rate);
    s->decay = (float)(decay_ms * 0.001 * rate);
    s->release = (float)(release_ms * 0.001 * rate);
    s->sustain = (float)(sustain_percent * 0.01);
    s->c = (float)c;
    s->scale = (float)(1 / (1 - tone_exp2(-c)));
}

static inline void tone_env_enter(tone_env *e, int lane, tone_env_stage stage, const tone_env_shape *s)
{
    e->stage[lane] = stage;
    e->x[lane] = 0;
    e->from[lane] = e->value[lane];
    switch (stage) {
    case TONE_ENV_ATTACK:
        e->to[lane] = 1;
        e->speed[lane] = 1 / s->attack;
        break;
    case TONE_ENV_DECAY:
        e->from[lane] = 1;
        e->to[lane] = s->sustain;
        e->speed[lane] = 1 / s->decay;
        break;
    case TONE_ENV_SUSTAIN:
        e->from[lane] = e->to[lane] = s->sustain;
        e->speed[lane] = 0;
        break;
    case TONE_ENV_RELEASE:
        e->to[lane] = 0;
        e->speed[lane] = 1 / s->release;
        break;
    case TONE_ENV_IDLE:
        e->from[lane] = e->to[lane] = 0;
        e->speed[lane] = 0;
        break;
    }
}

/* Move each lane on by its frames (the block, or what is left of it after a note started) and compute the values. */
static inline void tone_env_step(tone_env *e, const tone_env_shape *s, v4 frames)
{
    e->x += e->speed * frames;
    for (int lane = 0; lane < 4; lane++) {
        for (int passed = 0; e->x[lane] >= 1 && passed < 3; passed++) {
            float late = (e->x[lane] - 1) / e->speed[lane]; /* frames that belong to the next stage */
            tone_env_stage next = e->stage[lane] == TONE_ENV_RELEASE ? TONE_ENV_IDLE : e->stage[lane] + 1;
            tone_env_enter(e, lane, next, s);
            e->x[lane] = late * e->speed[lane];
        }
        if (e->stage[lane] == TONE_ENV_SUSTAIN)
            e->from[lane] = e->to[lane] = s->sustain; /* follows the knob */
    }
    v4 rise = (1.0f - v4_exp2(e->x * -s->c)) * s->scale;
    e->value = e->from + (e->to - e->from) * rise;
}

#endif

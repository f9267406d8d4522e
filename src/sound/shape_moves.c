/* The table of moves, in the order in which a sound designer would reach for them. */
#include "sound/shape_moves.h"

#include <math.h>
#include <string.h>

#define P(id, gain) {TONE_P_##id, gain, false}
#define WITH(id, gain) {TONE_P_##id, gain, true}

/* The gain says which way is up for the family. */
static const tone_move moves[] = {
    {"brightness", {P(FILTER_CUTOFF, 1)}, 1, false},
    {"brightness", {P(EQ_HIGH, 1)}, 1, true},
    {"brightness", {P(EQ_HIGHMID, 1)}, 1, true},
    {"brightness", {P(FILTER_ENV, 1)}, 1, false},
    {"brightness", {P(SAT_MIX, 1)}, 1, true},
    {"brightness", {P(FM_INDEX, 1)}, 1, false},
    {"brightness", {P(OSC_MIX, 1)}, 1, false},
    {"brightness", {P(NOISE_LEVEL, 1)}, 1, false},

    {"warmth", {P(EQ_LOW, 1)}, 1, true},
    {"warmth", {P(EQ_HIGHMID, -1)}, 1, true},
    {"warmth", {P(EQ_LOWMID, 1)}, 1, true},
    {"warmth", {P(FILTER_CUTOFF, -1)}, 1, false},
    {"warmth", {P(SUB_LEVEL, 1)}, 1, false},
    {"warmth", {P(HIGHPASS_FREQ, -1)}, 1, true},
    {"warmth", {P(EQ_HIGH, -1)}, 1, true},

    {"hardness", {P(AMP_ATTACK, -1)}, 1, false},
    {"hardness", {P(COMP_PUNCH, 1), WITH(COMP_MIX, 1)}, 2, true},
    {"hardness", {P(FILTER_ENV, 1), P(MOD_DECAY, -0.3f)}, 2, false},
    {"hardness", {P(MOD_ATTACK, -1)}, 1, false},
    {"hardness", {P(AMP_SUSTAIN, -1)}, 1, false},
    {"hardness", {P(EQ_HIGHMID, 1)}, 1, true},

    {"harshness", {P(SAT_MIX, 1), WITH(SAT_DRIVE, 0.5f)}, 2, true},
    {"harshness", {P(EQ_HIGHMID, 1)}, 1, true},
    {"harshness", {P(FILTER_DRIVE, 1)}, 1, false},
    {"harshness", {P(FM_INDEX, 1)}, 1, false},
    {"harshness", {P(FILTER_CUTOFF, 1)}, 1, false},
    {"harshness", {P(FILTER_RESONANCE, 1)}, 1, false},
    {"harshness", {P(UNISON_DETUNE, 1)}, 1, false},
    {"harshness", {P(EQ_HIGH, 1)}, 1, true},

    {"punch", {P(COMP_PUNCH, 1), WITH(COMP_MIX, 1)}, 2, true},
    {"punch", {P(AMP_SUSTAIN, -1)}, 1, false},
    {"punch", {P(AMP_DECAY, -1)}, 1, false},
    {"punch", {P(AMP_ATTACK, -1)}, 1, false},
    {"punch", {P(EQ_LOW, 1)}, 1, true},
    {"punch", {P(REVERB_MIX, -1)}, 1, true},
    {"punch", {P(FILTER_ENV, 1), P(MOD_DECAY, -0.3f)}, 2, false},

    {"pluck", {P(AMP_SUSTAIN, -1), P(AMP_DECAY, -0.3f)}, 2, false},
    {"pluck", {P(AMP_DECAY, -1)}, 1, false},
    {"pluck", {P(AMP_SUSTAIN, -1)}, 1, false},
    {"pluck", {P(FILTER_ENV, 1), P(MOD_DECAY, -0.4f)}, 2, false},
    {"pluck", {P(AMP_ATTACK, -1)}, 1, false},
    {"pluck", {P(AMP_RELEASE, -1)}, 1, false},
    {"pluck", {P(REVERB_MIX, -1)}, 1, true},
    {"pluck", {P(COMP_PUNCH, 1), WITH(COMP_MIX, 1)}, 2, true},

    {"fatness", {P(EQ_LOW, 1)}, 1, true},
    {"fatness", {P(SUB_LEVEL, 1)}, 1, false},
    {"fatness", {P(EQ_LOWMID, 1)}, 1, true},
    {"fatness", {P(UNISON_VOICES, 0.7f), P(UNISON_DETUNE, 0.2f)}, 2, false},
    {"fatness", {P(HIGHPASS_FREQ, -1)}, 1, true},
    {"fatness", {P(FILTER_CUTOFF, -1)}, 1, false},
    {"fatness", {P(CHORUS_MIX, 1)}, 1, true},

    {"width", {P(STEREO_WIDTH, 1)}, 1, true},
    {"width", {P(CHORUS_MIX, 1)}, 1, true},
    {"width", {P(UNISON_SPREAD, 1), WITH(UNISON_VOICES, 0.5f)}, 2, false},
    {"width", {P(REVERB_MIX, 1)}, 1, true},
    {"width", {P(UNISON_SPREAD, 1)}, 1, false},
    {"width", {P(LFO2_PAN, 1)}, 1, false},
    {"width", {P(DELAY_MIX, 1)}, 1, true},

    {"metallic", {P(FM_INDEX, 1), WITH(OSC2_RATIO, 0.3f)}, 2, false},
    {"metallic", {P(COMB_MIX, 1)}, 1, true},
    {"metallic", {P(FM_INDEX, 1)}, 1, false},
    {"metallic", {P(OSC2_RATIO, 1), WITH(OSC_MIX, 0.5f)}, 2, false},
    {"metallic", {P(EQ_HIGH, 1)}, 1, true},
    {"metallic", {P(COMB_FEEDBACK, 0.5f), WITH(COMB_MIX, 0.6f)}, 2, true},
    {"metallic", {P(FILTER_CUTOFF, 1)}, 1, false},
    {"metallic", {P(OSC2_DETUNE, 1), WITH(OSC_MIX, 0.5f)}, 2, false},
    {"metallic", {P(SAT_MIX, 1), WITH(SAT_DRIVE, 0.4f)}, 2, true},

    {"hollow", {P(EQ_LOWMID, -1)}, 1, true},
    {"hollow", {P(PHASER_MIX, 1)}, 1, true},
    {"hollow", {P(OSC1_WAVE, 1)}, 1, false},
    {"hollow", {P(COMB_MIX, 1)}, 1, true},
    {"hollow", {P(PULSE_WIDTH, 1)}, 1, false},
    {"hollow", {P(OSC_MIX, 1)}, 1, false},
    {"hollow", {P(EQ_LOW, 1), P(EQ_LOWMID, -1)}, 2, true},
    {"hollow", {P(SAT_MIX, -1)}, 1, true},

    {"wobble", {P(LFO2_CUTOFF, 1)}, 1, false},
    {"wobble", {P(LFO2_LEVEL, 1)}, 1, false},
    {"wobble", {P(LFO1_PITCH, 1)}, 1, false},
    {"wobble", {P(PHASER_MIX, 1)}, 1, true},
    {"wobble", {P(CHORUS_MIX, 1), WITH(CHORUS_DEPTH, 0.3f)}, 2, true},
    {"wobble", {P(UNISON_DETUNE, 1)}, 1, false},
    {"wobble", {P(OSC2_DETUNE, 1)}, 1, false},

    {"air", {P(EQ_HIGH, 1)}, 1, true},
    {"air", {P(NOISE_LEVEL, 1)}, 1, false},
    {"air", {P(FILTER_CUTOFF, 1)}, 1, false},
    {"air", {P(EQ_HIGH, 1), WITH(EQ_HIGH_FREQ, 0.6f)}, 2, true},
    {"air", {P(NOISE_LEVEL, 1), P(FILTER_CUTOFF, 0.5f)}, 2, false},
    {"air", {P(SAT_MIX, 1)}, 1, true},
    {"air", {P(REVERB_DAMPING, -1)}, 1, true},

    {"boom", {P(EQ_LOW, 1)}, 1, true},
    {"boom", {P(SUB_LEVEL, 1)}, 1, false},
    {"boom", {P(HIGHPASS_FREQ, -1)}, 1, true},
    {"boom", {P(AMP_RELEASE, 1)}, 1, false},
    {"boom", {P(FILTER_CUTOFF, -1)}, 1, false},
    {"boom", {P(REVERB_MIX, 1)}, 1, true},
    {"boom", {P(EQ_LOW, 1), WITH(EQ_LOW_FREQ, 0.5f)}, 2, true},

    {"distance", {P(REVERB_MIX, 1)}, 1, true},
    {"distance", {P(REVERB_DECAY, 1), WITH(REVERB_MIX, 0.3f)}, 2, true},
    {"distance", {P(EQ_HIGH, -1)}, 1, true},
    {"distance", {P(REVERB_PREDELAY, -1)}, 1, true},
    {"distance", {P(AMP_ATTACK, 1)}, 1, false},
    {"distance", {P(DELAY_MIX, 1)}, 1, true},
    {"distance", {P(COMP_PUNCH, -1), WITH(COMP_MIX, 1)}, 2, true},
};

size_t tone_moves_of(const tone_move **out, size_t room, const char *family)
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof moves / sizeof *moves && n < room; i++)
        if (strcmp(moves[i].family, family) == 0)
            out[n++] = &moves[i];
    return n;
}

size_t tone_moves_all(const tone_move **out)
{
    *out = moves;
    return sizeof moves / sizeof *moves;
}

tone_move tone_move_single(tone_param param)
{
    return (tone_move){.family = "", .part = {{param, 1, false}}, .n_parts = 1};
}

void tone_move_apply(tone_patch *p, const tone_move *m, double t)
{
    for (uint32_t i = 0; i < m->n_parts; i++) {
        tone_param id = m->part[i].param;
        double knob = tone_param_to_knob(id, (double)p->values[id]) + (double)m->part[i].gain * (m->part[i].support ? fabs(t) : t);
        p->values[id] = (float)tone_param_from_knob(id, knob);
    }
}

void tone_move_range(double *low, double *high, const tone_patch *p, const tone_move *m)
{
    *low = 0;
    *high = 0;
    for (uint32_t i = 0; i < m->n_parts; i++) {
        if (m->part[i].support)
            continue;
        double knob = tone_param_to_knob(m->part[i].param, (double)p->values[m->part[i].param]);
        double gain = (double)m->part[i].gain;
        double up = (gain > 0 ? 1 - knob : knob) / fabs(gain), down = (gain > 0 ? knob : 1 - knob) / fabs(gain);
        *high = fmax(*high, up);
        *low = fmin(*low, -down);
    }
}

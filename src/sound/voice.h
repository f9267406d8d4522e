/* sound/voice.h - the voices: who plays which note, and the sound of four of them at a time.
 *
 * Voices live in groups of four, one to a lane of a v4.  Once a control block (a third of a millisecond) a group works out
 * where pitch, cutoff, level and so on stand at the end of the block; within the block they move in straight lines. */
#ifndef TONE_SOUND_VOICE_H
#define TONE_SOUND_VOICE_H

#include "sound/blep.h"
#include "sound/env.h"
#include "sound/filter.h"
#include "sound/lfo.h"
#include "sound/osc.h"
#include "tonesmith/sound/render.h"

enum {
    TONE_UNISON_MAX = 7,
    TONE_VOICE_GROUPS = 5, /* 16 voices and 4 more for those that fade out after being taken */
    TONE_HELD_MAX = 64     /* keys that mono voices remember */
};

/* Factors of the signal inside a voice.  They glide over a control block. */
typedef struct tone_voice_gains {
    float a, b, sub, noise;
    float left[TONE_UNISON_MAX], right[TONE_UNISON_MAX];
    float drive, dirt;
} tone_voice_gains;

/* What the voices need of a patch, worked out once for all of them. */
typedef struct tone_voice_patch {
    float rate;     /* of the voices: the output's, or twice that */
    int n;          /* samples in a control block at that rate */
    int wave_a, wave_b, filter_mode, voice_mode, lfo1_shape, lfo2_shape;
    bool sync, fm, hear_a, hear_b, pink;
    bool stereo; /* the oscillators differ between left and right */
    bool twin;   /* left and right are the same throughout */
    int unison;
    float detune[TONE_UNISON_MAX]; /* ratio */
    tone_voice_gains gains;
    v4 pink_pole[2], pink_weight[2];
    float ratio_b;
    float fm_index, fm_env;        /* turns, share */
    float width, width_lfo;        /* turns */
    float transpose, pitch_env, pitch_lfo; /* semitones */
    float glide_blocks;
    float cutoff_octave, cutoff_env, cutoff_lfo, cutoff_velocity, keytrack; /* log2 Hz, octaves, octaves a semitone */
    v4 damping;                    /* as tone_filter_k() */
    tone_env_shape amp, mod;
    float amp_velocity;
    float lfo1_turns, lfo2_turns, lfo1_fade; /* a frame */
    float tremolo, pan;            /* octaves of gain, 0…1 */
} tone_voice_patch;

void tone_voice_patch_init(tone_voice_patch *p, const float values[TONE_N_PARAMS], uint32_t rate);

/* One voice: what is not the same kind of number in every lane. */
typedef struct tone_voice {
    tone_osc_pair copies[TONE_UNISON_MAX];
    uint32_t step_a, step_b, step_sub, width; /* where the last block ended */
    uint32_t sub_phase;
    v4u noise;
    v4 pink[2];
    float index;
    uint32_t serial; /* of the note, counting from 1; 0: the voice is free */
    float key, velocity;
    uint8_t channel;
    bool held, dying;
    bool struck;     /* an envelope starts in this block */
    bool fresh;      /* … and the voice was silent before */
    int start;       /* … at this frame of it */
} tone_voice;

typedef struct tone_voice_group {
    tone_voice voices[4];
    tone_env amp, mod;
    tone_lfo lfo1, lfo2;
    tone_filter filter[2];
    v4 fade;               /* of LFO 1, 0…1 */
    v4 pitch, glide, glide_left; /* MIDI number, semitones a block, blocks */
    v4 g, k, gain[2];      /* where the last block ended */
    v4 velocity, bend;
} tone_voice_group;

typedef struct tone_voices {
    tone_voice_group groups[TONE_VOICE_GROUPS];
    tone_blep blep;
    tone_voice_gains gains; /* where the last block ended */
    bool known;             /* … if there was one */
    uint64_t seed;
    uint32_t serial;
    float bend[16];
    float last_key; /* below 0: none yet */
    struct {
        float key, velocity;
        uint8_t channel;
    } held[TONE_HELD_MAX];
    int n_held;
} tone_voices;

void tone_voices_init(tone_voices *v, uint64_t seed);
/* [audio] `start` is the frame, at the voice rate, of the coming block. */
void tone_voices_note_on(tone_voices *v, const tone_voice_patch *p, float key, float velocity, uint8_t channel, int start);
void tone_voices_note_off(tone_voices *v, const tone_voice_patch *p, float key, uint8_t channel);
void tone_voices_bend(tone_voices *v, float semitones, uint8_t channel);
/* [audio] Add one control block of every sounding voice to the buses: lane sums are the caller's.  With p->twin only the left
 * bus is used. */
void tone_voices_run(tone_voices *v, const tone_voice_patch *p, v4 *bus_left, v4 *bus_right);
bool tone_voices_idle(const tone_voices *v);

#endif

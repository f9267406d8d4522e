/* sound/osc.h - one oscillator pair: phases, waveforms without aliasing, FM and hard sync.
 *
 * Phases are integers that count 2^32 to the turn and are read as signed, so that they wrap by themselves and a saw is its
 * phase.  Everything comes TONE_BLEP_HALF samples late. */
#ifndef TONE_SOUND_OSC_H
#define TONE_SOUND_OSC_H

#include <stdbool.h>
#include <stdint.h>

#include "sound/blep.h"

enum { TONE_SINE, TONE_TRIANGLE, TONE_SAW, TONE_SQUARE }; /* as the choices of osc1_wave */
enum { TONE_VOICE_FRAMES_MAX = 64 };                      /* samples in a control block at the voice rate */

typedef struct tone_osc {
    uint32_t phase;
    uint32_t bent;                /* the phase with what FM added, at the last sample */
    float ahead[TONE_BLEP_TAPS];  /* what earlier samples and events add to the next ones */
} tone_osc;

typedef struct tone_osc_pair {
    tone_osc a, b;
} tone_osc_pair;

/* How a pair moves through a control block of n samples: values at its start and what each sample adds. */
typedef struct tone_osc_motion {
    int wave_a, wave_b;
    uint32_t step_a, step_b;     /* below 2^30: the caller keeps frequencies below a quarter of the rate */
    int32_t turn_a, turn_b;      /* change of the step a sample */
    uint32_t width;              /* of the pulse; 2^31 is a square */
    int32_t width_turn;
    float index, index_turn;     /* of b modulating a, in turns */
    bool fm, sync;               /* fm: index is not 0 throughout */
    bool hear_a, hear_b;         /* otherwise that oscillator only keeps its phase */
} tone_osc_motion;

/* Start at `phase`, with nothing ahead. */
void tone_osc_start(tone_osc *o, uint32_t phase);

/* [audio] n samples, a multiple of 8 and at most TONE_VOICE_FRAMES_MAX, of each oscillator that is heard.  out_a and out_b
 * are aligned to 16 bytes.  With fm or sync oscillator a or b may be computed without being heard. */
void tone_osc_run(tone_osc_pair *p, const tone_blep *blep, const tone_osc_motion *m, float *out_a, float *out_b, int n);

#endif

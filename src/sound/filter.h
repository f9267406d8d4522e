/* sound/filter.h - the filters of four voices at once: a lane is a voice.
 *
 * Both filters are discretised with the trapezoidal rule and solved without a delay in the loop ("zero delay", Zavalishin,
 * The Art of VA Filter Design): the cutoff may jump at every sample.  The state-variable filter stays bounded because the
 * rule keeps a damped system damped whatever its cutoff does; the ladder because its loop is limited before the first
 * stage, and each stage only moves towards its input. */
#ifndef TONE_SOUND_FILTER_H
#define TONE_SOUND_FILTER_H

#include "sound/v4.h"

enum { TONE_LOWPASS, TONE_BANDPASS, TONE_HIGHPASS, TONE_NOTCH, TONE_LADDER }; /* as the choices of filter_mode */

/* One channel of four voices. */
typedef struct tone_filter {
    v4 state[4]; /* two are used by the state-variable filter, four by the ladder */
    v4 last;     /* input of the limit */
} tone_filter;

/* Values at the start of a control block and what each sample adds. */
typedef struct tone_filter_motion {
    int mode;
    v4 g, g_turn; /* tan(pi cutoff / rate), above 0 */
    v4 k, k_turn; /* 2 … 0.04 damping of the state-variable filter; 0 … 4.2 feedback of the ladder */
    float drive, drive_to; /* gain into the limit, 1 or more */
    float dirt, dirt_to;   /* 0 … 1: share of the limited signal */
} tone_filter_motion;

/* tan(pi cutoff / rate) for cutoffs of 10 Hz to 0.45 rate. */
v4 tone_filter_g(v4 cutoff_hz, float rate);
/* The damping or feedback for a resonance of 0…1. */
v4 tone_filter_k(int mode, v4 resonance);

/* [audio] n samples of left and right in place.  `right` may be NULL: one channel. */
void tone_filter_run(tone_filter *left, tone_filter *right, const tone_filter_motion *m, v4 *x_left, v4 *x_right, int n);
/* [audio] Silence in one lane. */
void tone_filter_reset(tone_filter *f, int lane);
/* [audio] Once a control block: what is denormal, NaN or infinite becomes 0. */
void tone_filter_tame(tone_filter *f);

#endif

/* sound/blep.h - what a jump or a bend in a waveform must add to its neighbours so that it does not alias.
 *
 * A waveform is computed as it is drawn, jumps included.  Where it jumps, the difference between a band-limited step and
 * an ideal one is added to the 16 samples around the jump, which may lie anywhere between two samples; where the slope
 * changes, the difference between the integrals.  The band-limited step is the integral of a Kaiser-windowed sinc that is
 * flat to 0.29 and 100 dB down from 0.69 of the rate: the oscillators run at 88 kHz or more, so what folds back stays
 * above 27 kHz. */
#ifndef TONE_SOUND_BLEP_H
#define TONE_SOUND_BLEP_H

enum {
    TONE_BLEP_TAPS = 16,
    TONE_BLEP_HALF = TONE_BLEP_TAPS / 2, /* samples by which a waveform comes late */
    TONE_BLEP_PHASES = 128
};

/* Row f holds the residual for an event f / TONE_BLEP_PHASES samples before the sample of tap TONE_BLEP_HALF. */
typedef struct tone_blep {
    float jump[TONE_BLEP_PHASES + 1][TONE_BLEP_TAPS]; /* for a jump by 1                  */
    float bend[TONE_BLEP_PHASES + 1][TONE_BLEP_TAPS]; /* for a slope that grows by 1 a sample */
} tone_blep;

/* [setup] About 0.2 ms. */
void tone_blep_init(tone_blep *b);

#endif

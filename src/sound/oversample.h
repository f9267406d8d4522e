/* sound/oversample.h - twice the rate and back, with linear phase.
 *
 * Blocks are 16, 32, 64, 128 or 256 samples long; every stage keeps the tail of the last block. */
#ifndef TONE_SOUND_OVERSAMPLE_H
#define TONE_SOUND_OVERSAMPLE_H

enum {
    TONE_DECIMATE_TAPS = 113,
    TONE_DECIMATE_DELAY = TONE_DECIMATE_TAPS / 4, /* output samples */
    TONE_HALFBAND_SIDE = 12,                      /* half of the taps that are not 0, at most */
    TONE_OVERSAMPLE_BLOCK = 128                   /* samples at the lower rate, at most */
};

/* From the voices' rate to the output's, half of it: flat to 0.433 and 78 dB down from 0.52 of the output rate. */
typedef struct tone_decimator {
    float even_taps[60], odd_taps[56]; /* zero-padded to whole vectors */
    float even[56], odd[56];           /* the last inputs, oldest first */
} tone_decimator;

/* [setup] */
void tone_decimator_init(tone_decimator *d);
/* [audio] 2 n samples in, n out; TONE_DECIMATE_DELAY samples late. */
void tone_decimator_run(tone_decimator *d, float *out, const float *in, int n);

/* A half-band filter: a pair that goes up and comes back is 2 side - 1 samples late, at the lower rate. */
typedef struct tone_halfband {
    int side;
    float taps[2 * TONE_HALFBAND_SIDE];
    float up[2 * TONE_HALFBAND_SIDE], even[2 * TONE_HALFBAND_SIDE], odd[2 * TONE_HALFBAND_SIDE];
} tone_halfband;

/* [setup] `side` is a multiple of 4; 12 is 60 dB down at 0.6 of the lower rate, 4 at 0.8. */
void tone_halfband_init(tone_halfband *h, int side);
/* [audio] n samples in, 2 n out. */
void tone_halfband_up(tone_halfband *h, float *out, const float *in, int n);
/* [audio] 2 n samples in, n out. */
void tone_halfband_down(tone_halfband *h, float *out, const float *in, int n);

#endif

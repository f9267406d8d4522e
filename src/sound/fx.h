/* sound/fx.h - the effects, in series.
 *
 * All work in place on blocks of n samples of left and right, where n is fixed by the rate.  Each has
 *   init   [setup]  allocate for a rate; false when there is no memory (clear what was made, zeroed is fine)
 *   set    [audio]  take values from a patch; called whenever one of them moved.  What scales sound glides over a block
 *   run    [audio]  one block; an effect whose mix is 0 does next to nothing.  When it comes in, its lines know what was
 *                   played before, and what has states hears a block before it is heard
 * An effect keeps its hands off the dry sound: at mix 0 the block is untouched, bit for bit (saturation and limiter delay
 * it). */
#ifndef TONE_SOUND_FX_H
#define TONE_SOUND_FX_H

#include "sound/glide.h"
#include "sound/line.h"
#include "sound/oversample.h"
#include "sound/v4.h"
#include "tonesmith/sound/patch.h"

enum { TONE_FX_BLOCK_MAX = 256, TONE_REVERB_LINES = 8 };

typedef struct tone_saturator {
    int factor;  /* of oversampling: 4, 2 or 1 */
    int delay;   /* samples */
    int curve;
    tone_glide drive, makeup, mix;
    bool running;
    struct {
        tone_halfband outer, inner; /* 1 ↔ 2, 2 ↔ 4 */
        float late;                 /* one sample at twice the rate: makes the delay whole */
        float dry[32];
    } sides[2];
} tone_saturator;

void tone_saturator_init(tone_saturator *s, double rate);
void tone_saturator_set(tone_saturator *s, const float *values);
void tone_saturator_run(tone_saturator *s, float *left, float *right, int n);

/* A second-order section on both channels: y = b0 x + b1 x1 + b2 x2 - a1 y1 - a2 y2.  Coefficients glide over a block:
 * all between two stable sets are stable. */
typedef struct tone_section {
    struct tone_section_shape {
        double b0, b1, b2, a1, a2;
    } now, to;
    bool known, moving;
    v2 s1, s2;
} tone_section;

typedef struct tone_eq {
    double rate;
    tone_section bands[4];
    bool active[4]; /* not flat, or not flat a block ago */
    bool running;   /* has made sound: bands come in gliding from flat */
    tone_section highpass;
} tone_eq;

void tone_eq_init(tone_eq *e, double rate);
void tone_eq_set(tone_eq *e, const float *values);
void tone_eq_run(tone_eq *e, float *left, float *right, int n);
void tone_eq_run_highpass(tone_eq *e, float *left, float *right, int n);

typedef struct tone_compressor {
    float rate;
    float threshold, slope;                /* octaves of level */
    tone_glide makeup, punch, mix;         /* octaves, octaves, share */
    float attack, release;                 /* shares of the way a sample */
    float hold, quick, lazy;
    float gain, peak, fast, slow;          /* octaves; levels */
} tone_compressor;

void tone_compressor_init(tone_compressor *c, double rate);
void tone_compressor_set(tone_compressor *c, const float *values);
void tone_compressor_run(tone_compressor *c, float *left, float *right, int n);

typedef struct tone_chorus {
    double rate;
    uint32_t phase, turn; /* 2^32 to the turn; a sample */
    tone_glide mix;
    float depth, last[8];
    bool running;
    tone_line lines[2];
} tone_chorus;

bool tone_chorus_init(tone_chorus *c, double rate, int block);
void tone_chorus_clear(tone_chorus *c);
void tone_chorus_set(tone_chorus *c, const float *values);
void tone_chorus_run(tone_chorus *c, float *left, float *right, int n);

typedef struct tone_phaser {
    double rate;
    uint32_t phase, turn;
    tone_glide feedback, mix;
    bool running;
    float octave;
    v4 a, state[6], back; /* lanes 0 and 1 are left and right */
} tone_phaser;

void tone_phaser_init(tone_phaser *p, double rate);
void tone_phaser_set(tone_phaser *p, const float *values);
void tone_phaser_run(tone_phaser *p, float *left, float *right, int n);

typedef struct tone_comb {
    double rate;
    tone_glide feedback, mix;
    float delay, target, feed; /* feed: 0 … 1, rises when the comb comes in */
    bool running;
    tone_line lines[2];
} tone_comb;

bool tone_comb_init(tone_comb *c, double rate, int block);
void tone_comb_clear(tone_comb *c);
void tone_comb_set(tone_comb *c, const float *values);
void tone_comb_run(tone_comb *c, float *left, float *right, int n);

typedef struct tone_echo {
    double rate;
    tone_glide feedback, mix;
    float delay, target, damping;
    bool running;
    v4 low; /* lanes 0 and 1 are left and right */
    int silent; /* samples since something above -100 dB went in */
    tone_line lines[2];
} tone_echo;

bool tone_echo_init(tone_echo *e, double rate, int block);
void tone_echo_clear(tone_echo *e);
void tone_echo_set(tone_echo *e, const float *values, double tempo_bpm);
void tone_echo_run(tone_echo *e, float *left, float *right, int n);
bool tone_echo_idle(const tone_echo *e);

typedef struct tone_reverb {
    double rate;
    v4u phase[2], turn[2]; /* of the slow movement; lane l of vector v is line 4 v + l */
    float delay[TONE_REVERB_LINES], target[TONE_REVERB_LINES]; /* samples, before the slow movement */
    float moved[TONE_REVERB_LINES];                           /* where each line was read at the end of the last block */
    v4 gain[2], gain_to[2], damping[2], low[2];
    tone_glide wet, dry;
    float predelay, predelay_target, feed; /* feed: 0 … 1, rises when the room comes in */
    bool running, fresh;
    int silent;
    tone_line before[2], lines[TONE_REVERB_LINES], diffusers[2][4];
    int diffuser_delay[2][4];
} tone_reverb;

bool tone_reverb_init(tone_reverb *r, double rate, int block);
void tone_reverb_clear(tone_reverb *r);
void tone_reverb_set(tone_reverb *r, const float *values);
void tone_reverb_run(tone_reverb *r, float *left, float *right, int n);
bool tone_reverb_idle(const tone_reverb *r);

typedef struct tone_limiter {
    float ceiling, release, held;
    int reach;        /* samples of look-ahead, and the delay */
    int64_t sum;      /* of the last `reach` gains, in units of 2^-30: never drifts */
    int at, n_falling, first_falling;
    uint32_t now;
    float *left, *right; /* (reach) */
    int32_t *gains;      /* (reach) */
    struct tone_limiter_peak {
        uint32_t when;
        float gain;
    } *falling;          /* (reach + 1): a ring of the lowest gains still in sight, rising */
} tone_limiter;

bool tone_limiter_init(tone_limiter *l, double rate);
void tone_limiter_clear(tone_limiter *l);
void tone_limiter_set(tone_limiter *l, const float *values);
void tone_limiter_run(tone_limiter *l, float *left, float *right, int n);

/* ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct tone_fx {
    int n;      /* samples in a block: four control blocks of the voices */
    int memory; /* samples that cover everything but the lines that keep count themselves */
    tone_saturator saturator;
    tone_eq eq;
    tone_compressor compressor;
    tone_chorus chorus;
    tone_phaser phaser;
    tone_comb comb;
    tone_echo echo;
    tone_reverb reverb;
    tone_glide width, level; /* 0…2, gain */
    tone_limiter limiter;
    int quiet; /* samples since the output was above -100 dB */
} tone_fx;

bool tone_fx_init(tone_fx *fx, uint32_t rate);
void tone_fx_clear(tone_fx *fx);
void tone_fx_set(tone_fx *fx, const float *values, double tempo_bpm);
void tone_fx_run(tone_fx *fx, float *left, float *right);
int tone_fx_delay(const tone_fx *fx);
/* Nothing above -100 dB is still to come when silence goes in. */
bool tone_fx_idle(const tone_fx *fx);

#endif

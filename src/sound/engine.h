/* sound/engine.h - voices and effects, a block at a time: what the live synth and the renderer share.
 *
 *     for (int part = 0; part < TONE_ENGINE_PARTS; part++) {
 *         … notes that begin or end in this part …
 *         tone_engine_play(e, part);
 *     }
 *     tone_engine_finish(e, left, right);
 *
 * A part is a control block of the voices, a third of a millisecond; the effects take four at once. */
#ifndef TONE_SOUND_ENGINE_H
#define TONE_SOUND_ENGINE_H

#include "sound/fx.h"
#include "sound/voice.h"

enum { TONE_ENGINE_PARTS = 4 };

typedef struct tone_engine {
    uint32_t rate;
    int n;      /* frames in a block */
    int n_part; /* … in a part */
    int factor; /* frames of the voices in one frame of output, 2 or 1 */
    float now[TONE_N_PARAMS], target[TONE_N_PARAMS];
    bool moving;    /* some `now` is not its `target` */
    bool fx_moving; /* … and the effects have to hear of it */
    float glide;    /* share of the way there a part */
    double tempo_bpm;
    tone_voice_patch patch;
    tone_voices voices;
    tone_decimator sides[2];
    tone_fx fx;
    float mix[2][TONE_ENGINE_PARTS * TONE_VOICE_FRAMES_MAX]; /* the voices, at their rate */
} tone_engine;

/* [setup] *out is the caller's: tone_engine_free(). */
TONE_NODISCARD tone_status tone_engine_new(tone_engine **out, const tone_patch *patch, uint32_t rate, uint64_t seed,
                                           double tempo_bpm, tone_error *err);
void tone_engine_free(tone_engine *e);
/* [setup] Refuse a rate outside TONE_RATE_MIN … TONE_RATE_MAX in a sentence. */
TONE_NODISCARD tone_status tone_engine_check_rate(uint32_t rate, tone_error *err);
/* [audio] The voices for one part, in order. */
void tone_engine_play(tone_engine *e, int part);
/* [audio] The block of n frames whose parts were played. */
void tone_engine_finish(tone_engine *e, float *left, float *right);
int tone_engine_delay(const tone_engine *e);
bool tone_engine_idle(const tone_engine *e);

#endif

/* sound/engine.h - voices and effects, a control block at a time: what the live synth and the renderer share. */
#ifndef TONE_SOUND_ENGINE_H
#define TONE_SOUND_ENGINE_H

#include "sound/fx.h"
#include "sound/voice.h"

typedef struct tone_engine {
    uint32_t rate;
    int n;      /* frames in a block */
    int factor; /* frames of the voices in one frame of output, 2 or 1 */
    float now[TONE_N_PARAMS], target[TONE_N_PARAMS];
    bool moving; /* some `now` is not its `target` */
    float glide; /* share of the way there a block */
    double tempo_bpm;
    tone_voice_patch patch;
    tone_voices voices;
    tone_decimator sides[2];
    tone_fx fx;
} tone_engine;

/* [setup] *out is the caller's: tone_engine_free(). */
TONE_NODISCARD tone_status tone_engine_new(tone_engine **out, const tone_patch *patch, uint32_t rate, uint64_t seed,
                                           double tempo_bpm, tone_error *err);
void tone_engine_free(tone_engine *e);
/* [setup] Refuse a rate outside TONE_RATE_MIN … TONE_RATE_MAX in a sentence. */
TONE_NODISCARD tone_status tone_engine_check_rate(uint32_t rate, tone_error *err);
/* [audio] The next block.  `frame` (0 … n - 1) of an event says where in it; notes that end do so at its start. */
void tone_engine_run(tone_engine *e, float *left, float *right);
int tone_engine_delay(const tone_engine *e);
bool tone_engine_idle(const tone_engine *e);

#endif

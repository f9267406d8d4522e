/* tonesmith/sound/render.h - patch and notes to samples; samples through a patch's effects.  Module: sound.
 *
 * Samples depend on the patch, the notes, the seed and the rate, and on nothing else: not on block sizes, threads, earlier
 * renders or the x86 processor.
 *
 *     tone_sound s;
 *     if (tone_render(&s, &patch, &notes, NULL, &err)) …
 *     … s.frames[2 * i] left, s.frames[2 * i + 1] right …
 *     tone_sound_clear(&s);
 *
 * Live: tone_synth takes notes and hands out blocks; see the marks.  A tone_synth belongs to one thread at a time. */
#ifndef TONESMITH_SOUND_RENDER_H
#define TONESMITH_SOUND_RENDER_H

#include "tonesmith/sound/notes.h"
#include "tonesmith/sound/patch.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TONE_RATE_MIN = 44100, TONE_RATE_MAX = 192000, TONE_VOICES = 16 };

/* Sound in memory, -1…1.  Owns `frames`: tone_sound_clear(). */
typedef struct tone_sound {
    float *frames; /* (n_frames, n_channels), interleaved */
    size_t n_frames;
    uint32_t n_channels;
    uint32_t rate;
} tone_sound;

TONE_API void tone_sound_clear(tone_sound *s);

typedef struct tone_render_options {
    uint32_t rate;    /* TONE_RATE_MIN … TONE_RATE_MAX */
    uint64_t seed;    /* noise, starting phases and random LFOs */
    double seconds;   /* length; 0: until the sound has died away */
    double tail_s;    /* with seconds 0: at most this long after the last note ends */
    /* Called now and then with 0…1; returning false cancels the render (TONE_ERR_CANCELLED). */
    bool (*progress)(void *user, double done);
    void *user;
} tone_render_options;

/* 48 kHz, seed 0, until it has died away but at most 8 s after the last note. */
TONE_API tone_render_options tone_render_defaults(void);

/* [setup] Play `notes` on `patch`: two channels.  `opt` may be NULL.  On failure *out is empty. */
TONE_API TONE_NODISCARD tone_status tone_render(tone_sound *out, const tone_patch *patch, const tone_notes *notes,
                                                const tone_render_options *opt, tone_error *err);

/* [setup] Send `in` (one or two channels, a rate within bounds) through the effects of `patch`, saturation to limiter.
 * The rate is that of `in`; `tempo_bpm` sets echoes in note values.  NaN and infinities in `in` are taken as silence. */
TONE_API TONE_NODISCARD tone_status tone_render_effects(tone_sound *out, const tone_patch *patch, const tone_sound *in,
                                                        double tempo_bpm, const tone_render_options *opt, tone_error *err);

/* ── live ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct tone_synth tone_synth;

/* [setup] A synth with `patch` loaded.  *out is the caller's: tone_synth_free(). */
TONE_API TONE_NODISCARD tone_status tone_synth_new(tone_synth **out, const tone_patch *patch, uint32_t rate, uint64_t seed,
                                                   tone_error *err);
TONE_API void tone_synth_free(tone_synth *s);
/* [audio] Clamped to its range; glides there over about 20 ms. */
TONE_API TONE_NONBLOCKING void tone_synth_set(tone_synth *s, tone_param id, float value);
/* [audio] Tempo for echoes in note values. */
TONE_API TONE_NONBLOCKING void tone_synth_tempo(tone_synth *s, double bpm);
/* [audio] Start a note `after` frames from now (0 is the first frame of the next block).  With all voices in use the
 * quietest released one, else the oldest, is taken.  At most 256 events may wait; false when there is no room. */
TONE_API TONE_NONBLOCKING bool tone_synth_note_on(tone_synth *s, uint32_t after, float pitch, float velocity,
                                                  uint8_t channel);
TONE_API TONE_NONBLOCKING bool tone_synth_note_off(tone_synth *s, uint32_t after, float pitch, uint8_t channel);
TONE_API TONE_NONBLOCKING bool tone_synth_bend(tone_synth *s, uint32_t after, float semitones, uint8_t channel);
/* [audio] The next n frames, interleaved stereo. */
TONE_API TONE_NONBLOCKING void tone_synth_run(tone_synth *s, float *frames, size_t n);
/* [any] Frames by which everything comes late (look-ahead of filters and limiter); tone_render() takes it out. */
TONE_API uint32_t tone_synth_latency(const tone_synth *s);
/* [audio] No note sounds and the effects have died away. */
TONE_API bool tone_synth_idle(const tone_synth *s);

#ifdef __cplusplus
}
#endif
#endif

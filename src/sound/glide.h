/* sound/glide.h - a knob that moves in a straight line over one block: no value in the sound path ever jumps.
 *
 *     tone_glide_set(&g, value);                  // [audio] where to be at the end of the next block; at once the first time
 *     float mix = g.from, by = tone_glide_by(&g, n);
 *     for (…) { mix += by; … }                    // ends at `to`
 *     tone_glide_done(&g);
 */
#ifndef TONE_SOUND_GLIDE_H
#define TONE_SOUND_GLIDE_H

#include <stdbool.h>

#include "sound/v4.h"

typedef struct tone_glide {
    float from, to;
    bool known;
} tone_glide;

static inline void tone_glide_set(tone_glide *g, float value)
{
    g->to = value;
    if (!g->known)
        g->from = value;
    g->known = true;
}

/* A mix that is 0 throughout. */
static inline bool tone_glide_off(const tone_glide *g)
{
    return g->from <= 0 && g->to <= 0;
}

static inline float tone_glide_by(const tone_glide *g, int n)
{
    return (g->to - g->from) / (float)n;
}

/* The first four values; each next four are 4 tone_glide_by() further. */
static inline v4 tone_glide_four(const tone_glide *g, int n)
{
    return g->from + (v4){1, 2, 3, 4} * tone_glide_by(g, n);
}

/* A mix as it was at the start of the block, throughout: for an effect that comes in and first has to hear something. */
static inline tone_glide tone_glide_hold(const tone_glide *g)
{
    return (tone_glide){.from = g->from, .to = g->from, .known = true};
}

static inline void tone_glide_done(tone_glide *g)
{
    g->from = g->to;
}

/* x becomes x + mix (wet - x). */
static inline void tone_blend(float *x, const float *wet, const tone_glide *mix, int n)
{
    v4 share = tone_glide_four(mix, n);
    float by = 4 * tone_glide_by(mix, n);
    for (int i = 0; i < n; i += 4, share += by) {
        v4 dry = v4_load(x + i);
        v4_store(x + i, dry + share * (v4_load(wet + i) - dry));
    }
}

#endif

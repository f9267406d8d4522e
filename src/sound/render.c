/* Rendering to memory. */
#include "tonesmith/sound/render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/maths.h"

void tone_sound_clear(tone_sound *s)
{
    free(s->frames);
    memset(s, 0, sizeof *s);
}

tone_render_options tone_render_defaults(void)
{
    return (tone_render_options){.rate = 48000, .tail_s = 8, .block = 256};
}

tone_status tone_render(tone_sound *out, const tone_patch *patch, const tone_notes *notes, const tone_render_options *opt,
                        tone_error *err)
{
    tone_render_options defaults = tone_render_defaults();
    memset(out, 0, sizeof *out);
    if (!opt)
        opt = &defaults;
    if (opt->rate < TONE_RATE_MIN || opt->rate > TONE_RATE_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a rate is %d to %d Hz, not %u", TONE_RATE_MIN, TONE_RATE_MAX, opt->rate);
    double rate = opt->rate, release_s = patch->values[TONE_P_AMP_RELEASE] / 1000;
    double seconds = opt->seconds > 0 ? opt->seconds : tone_notes_end_s(notes) + tone_min(release_s, opt->tail_s);
    size_t n = (size_t)(seconds * rate + 0.5);
    out->frames = calloc(n + 1, 2 * sizeof *out->frames);
    if (!out->frames)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %.1f s of sound", seconds);
    double attack_s = patch->values[TONE_P_AMP_ATTACK] / 1000, gain = 0.5 * tone_db_to_gain(patch->values[TONE_P_LEVEL]);
    double tune = patch->values[TONE_P_TRANSPOSE] - 69;
    double g = tone_tan_half_turns(tone_min(patch->values[TONE_P_FILTER_CUTOFF] / rate, 0.49));
    double k = tone_exp2(1 - 5.6 * patch->values[TONE_P_FILTER_RESONANCE] / 100), a1 = 1 / (1 + g * (g + k));
    for (size_t v = 0; v < notes->n; v++) {
        const tone_note *note = &notes->notes[v];
        double step = 440 * tone_exp2((note->pitch + tune) / 12) / rate, phase = 0, low = 0, band = 0;
        size_t start = (size_t)(note->start_s * rate + 0.5);
        for (size_t i = start; i < n; i++) {
            double t = (double)(i - start) / rate, rise = tone_min(1, t / attack_s);
            double fall = tone_clamp(1 - (t - note->length_s) / release_s, 0, 1);
            if (fall == 0)
                break;
            phase += step;
            phase -= phase >= 1;
            double x = 2 * phase - 1, v3 = x - low, v1 = a1 * (band + g * v3), v2 = low + g * v1;
            band = 2 * v1 - band;
            low = 2 * v2 - low;
            float y = (float)(v2 * rise * fall * note->velocity * gain);
            out->frames[2 * i] += y;
            out->frames[2 * i + 1] += y;
        }
    }
    out->n_frames = n;
    out->n_channels = 2;
    out->rate = opt->rate;
    return TONE_OK;
}

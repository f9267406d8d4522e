#include "studio/random_patch.h"

tone_status tone_random_patch(tone_patch *p, tone_random *r, tone_error *err)
{
    tone_status st = tone_preset_get(p, (size_t)tone_random_below(r, tone_preset_count()), err);
    for (int i = 0; !st && i < TONE_N_PARAMS; i++) {
        tone_param id = (tone_param)i;
        if (!tone_param_get(id)->core || id == TONE_P_LEVEL || id == TONE_P_TRANSPOSE || id == TONE_P_DELAY_TIME || tone_random_unit(r) > 0.33)
            continue;
        double knob = tone_param_to_knob(id, (double)p->values[i]) + 0.5 * (tone_random_unit(r) - 0.5);
        st = tone_patch_set_id(p, id, tone_param_from_knob(id, knob), NULL, err);
    }
    return st;
}

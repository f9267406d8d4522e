/* Setting values in a patch: by id, by name, from an assignment as people type it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "sound/maths.h"
#include "sound/words_near.h"
#include "tonesmith/sound/patch.h"

void tone_patch_defaults(tone_patch *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < TONE_N_PARAMS; i++)
        p->values[i] = tone_param_get((tone_param)i)->def;
    snprintf(p->name, sizeof p->name, "init");
}

tone_status tone_patch_set_id(tone_patch *p, tone_param id, double value, tone_change *out, tone_error *err)
{
    const tone_param_info *info = tone_param_get(id);
    if (!isfinite(value))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s wants a finite number", info->name);
    double after = tone_clamp(value, info->min, info->max);
    if (info->curve == TONE_CURVE_CHOICE || info->curve == TONE_CURVE_COUNT)
        after = tone_round(after);
    /* Compared as floats: 0.1 is the least attack, though the double 0.1 is below the float. */
    tone_change change = {.param = id, .before = p->values[id], .after = (float)after, .asked = value,
                          .clamped = (float)after != (float)value};
    p->values[id] = change.after;
    if (out)
        *out = change;
    return TONE_OK;
}

tone_status tone_patch_set(tone_patch *p, const char *name, double value, tone_change *out, tone_error *err)
{
    const tone_param_info *info;
    tone_status st = tone_param_require(&info, name, err);
    return st ? st : tone_patch_set_id(p, info->id, value, out, err);
}

tone_status tone_patch_set_text(tone_patch *p, const char *assignment, tone_change *out, tone_error *err)
{
    const char *equals = strchr(assignment, '=');
    char name[64], op = '=';
    if (!equals || equals == assignment)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%.60s' is no assignment: write name=value", assignment);
    size_t n = (size_t)(equals - assignment);
    if (strchr("+-*", equals[-1])) {
        op = equals[-1];
        n--;
    }
    if (n >= sizeof name)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is no parameter '%.60s…'", assignment);
    memcpy(name, assignment, n);
    name[n] = 0;
    const tone_param_info *info;
    tone_status st = tone_param_require(&info, name, err);
    double value;
    if (!st)
        st = tone_param_parse(&value, info->id, equals + 1, err);
    if (st)
        return st;
    double before = p->values[info->id];
    if (op == '+')
        value = before + value;
    else if (op == '-')
        value = before - value;
    else if (op == '*')
        value = before * value;
    return tone_patch_set_id(p, info->id, value, out, err);
}

const char *tone_change_print(char out[128], const tone_change *c)
{
    char before[32], after[32];
    int n = snprintf(out, 128, "%s %s → %s", tone_param_get(c->param)->name, tone_param_print(before, c->param, c->before),
                     tone_param_print(after, c->param, c->after));
    if (c->clamped && n > 0 && n < 128)
        snprintf(out + n, 128 - (size_t)n, " (asked for %.6g)", c->asked);
    return out;
}

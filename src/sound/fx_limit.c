/* A limiter that never lets a sample above its ceiling.
 *
 * For each sample the gain that would bring it to the ceiling; of those within the look-ahead the lowest; that, let go
 * slowly, averaged over the look-ahead.  The average at the time a peak comes out consists only of gains that are low
 * enough for it.  The average runs in integers, so that it never drifts. */
#include <stdlib.h>
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

enum { ONE = 1 << 30 };

bool tone_limiter_init(tone_limiter *l, double rate)
{
    memset(l, 0, sizeof *l);
    l->reach = (int)(0.0015 * rate);
    l->release = (float)(1 - tone_exp2(-1.4426950408889634 / (0.08 * rate)));
    l->held = 1;
    l->sum = (int64_t)l->reach * ONE;
    size_t n = (size_t)l->reach;
    l->left = calloc(n, sizeof *l->left);
    l->right = calloc(n, sizeof *l->right);
    l->gains = calloc(n, sizeof *l->gains);
    l->falling = calloc(n + 1, sizeof *l->falling);
    if (!l->left || !l->right || !l->gains || !l->falling)
        return false;
    for (int i = 0; i < l->reach; i++)
        l->gains[i] = ONE;
    return true;
}

void tone_limiter_clear(tone_limiter *l)
{
    free(l->left);
    free(l->right);
    free(l->gains);
    free(l->falling);
    memset(l, 0, sizeof *l);
}

void tone_limiter_set(tone_limiter *l, const float *values)
{
    l->ceiling = (float)tone_db_to_gain(values[TONE_P_LIMITER_CEILING]);
}

static struct tone_limiter_peak *peak_at(tone_limiter *l, int i)
{
    int at = l->first_falling + i;
    return &l->falling[at > l->reach ? at - l->reach - 1 : at];
}

/* The lowest of this gain and those of the last `reach` samples. */
static float lowest(tone_limiter *l, float gain)
{
    uint32_t now = l->now++;
    if (l->n_falling && now - l->falling[l->first_falling].when > (uint32_t)l->reach) {
        l->first_falling = l->first_falling == l->reach ? 0 : l->first_falling + 1;
        l->n_falling--;
    }
    if (gain < 1) {
        while (l->n_falling && peak_at(l, l->n_falling - 1)->gain >= gain)
            l->n_falling--;
        *peak_at(l, l->n_falling++) = (struct tone_limiter_peak){now, gain};
    }
    return l->n_falling ? l->falling[l->first_falling].gain : 1;
}

/* A whole block goes through untouched, only later. */
static void pass(tone_limiter *l, float *x, float *kept, int n)
{
    for (int i = 0, at = l->at; i < n; i++) {
        float late = kept[at];
        kept[at] = x[i];
        x[i] = late;
        at = at + 1 == l->reach ? 0 : at + 1;
    }
}

void tone_limiter_run(tone_limiter *l, float *left, float *right, int n)
{
    v4 peak = v4_all(0);
    for (int i = 0; i < n; i += 4)
        peak = v4_max(peak, v4_max(v4_abs(v4_load(left + i)), v4_abs(v4_load(right + i))));
    float loudest = (float)tone_max(tone_max(peak[0], peak[1]), tone_max(peak[2], peak[3]));
    if (loudest <= l->ceiling && !l->n_falling && l->held == 1 && l->sum == (int64_t)l->reach * ONE) {
        pass(l, left, l->left, n);
        pass(l, right, l->right, n);
        l->at = (l->at + n) % l->reach;
        l->now += (uint32_t)n;
        return;
    }
    double scale = 1.0 / ((double)l->reach * ONE);
    for (int i = 0; i < n; i++) {
        float size = (float)tone_max(left[i] < 0 ? -left[i] : left[i], right[i] < 0 ? -right[i] : right[i]);
        float low = lowest(l, size > l->ceiling ? l->ceiling / size : 1);
        l->held += (1 - l->held) * l->release;
        l->held = low < l->held ? low : l->held > 0.99999f ? 1 : l->held;
        int32_t gain = (int32_t)(l->held * (float)ONE);
        l->sum += gain - l->gains[l->at];
        l->gains[l->at] = gain;
        float g = (float)((double)l->sum * scale), *kept[2] = {&l->left[l->at], &l->right[l->at]}, *io[2] = {&left[i], &right[i]};
        for (int side = 0; side < 2; side++) {
            float late = *kept[side] * g;
            *kept[side] = *io[side];
            *io[side] = late > l->ceiling ? l->ceiling : late < -l->ceiling ? -l->ceiling : late; /* the last rounding */
        }
        l->at = l->at + 1 == l->reach ? 0 : l->at + 1;
    }
}

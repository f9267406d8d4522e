#include "sound/line.h"

#include <stdlib.h>
#include <string.h>

#include "sound/v4.h"

bool tone_line_init(tone_line *l, double longest, int block)
{
    int blocks = (int)(longest / block) + 3;
    *l = (tone_line){.size = blocks * block, .pad = 2 * block + 8};
    l->data = calloc((size_t)l->size + (size_t)l->pad, sizeof *l->data);
    return l->data != NULL;
}

void tone_line_clear(tone_line *l)
{
    free(l->data);
    l->data = NULL;
}

void tone_line_reset(tone_line *l)
{
    memset(l->data, 0, ((size_t)l->size + (size_t)l->pad) * sizeof *l->data);
}

void tone_line_write(tone_line *l, const float *x, int n)
{
    memcpy(l->data + l->at, x, (size_t)n * sizeof *x);
    int copied = l->pad - l->at < n ? l->pad - l->at : n;
    if (copied > 0)
        memcpy(l->data + l->size + l->at, x, (size_t)copied * sizeof *x);
    l->at = l->at + n == l->size ? 0 : l->at + n;
}

const float *tone_line_back(const tone_line *l, int delay)
{
    int at = l->at - delay;
    return l->data + (at < 0 ? at + l->size : at);
}

/* Weights of x[-1], x[0], x[1], x[2] for a point t after x[0]. */
static v4 cubic(float t)
{
    float a = t + 1, b = t - 1, c = t - 2;
    return (v4){t * b * c * (-1.0f / 6), a * b * c * 0.5f, a * t * c * -0.5f, a * t * b * (1.0f / 6)};
}

void tone_line_read(const tone_line *l, float *out, float from, float to, int n, bool ahead)
{
    int base = ahead ? 0 : n;
    float moved = to - from;
    if (moved > -1.5f && moved < 1.5f) {
        /* The point moves through less than one sample more or less than the block does: one set of four neighbours
         * serves it all, and their weights go from those of the first sample to those of the last in a straight line. */
        float middle = 0.5f * (from + to);
        int whole = (int)middle;
        v4 first = cubic((float)(whole + 1) - from), last = cubic((float)(whole + 1) - to);
        v4 turn = (last - first) * (1.0f / (float)n);
        const float *x = tone_line_back(l, base + whole + 2); /* x[i] is sample i's x[-1] */
        v4 step = {0, 1, 2, 3};
        for (int i = 0; i < n; i += 4) {
            v4 sum = v4_all(0), at = step + (float)(i + 1);
            for (int k = 0; k < 4; k++)
                sum += (first[k] + at * turn[k]) * v4_load(x + i + k);
            v4_store(out + i, sum);
        }
        return;
    }
    for (int i = 0; i < n; i++) {
        float delay = from + moved * (float)(i + 1) / (float)n;
        int whole = (int)delay;
        v4 w = cubic((float)(whole + 1) - delay);
        const float *x = tone_line_back(l, base - i + whole + 2);
        out[i] = (w[0] * x[0] + w[1] * x[1]) + (w[2] * x[2] + w[3] * x[3]);
    }
}

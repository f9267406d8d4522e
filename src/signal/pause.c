#include "signal/pause.h"

enum { STEPS = 10 };

static double energy(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

size_t tone_pause_find(const float *x, size_t first, size_t end, size_t length)
{
    const double silence = 1e-7 * (double)length, near = 1.2589; /* -70 dB, 1 dB */
    double least = 0;
    for (size_t at = first; at + length <= end; at += length / STEPS) {
        double e = energy(x + at, length);
        if (at == first || e < least)
            least = e;
    }
    if (least < silence)
        least = silence;
    size_t best = first;
    for (size_t at = first; at + length <= end; at += length / STEPS)
        if (energy(x + at, length) <= least * near)
            best = at;
    return best + length / 2;
}

#include "signal/window.h"

#include <math.h>

static const double turn = 6.283185307179586476925;

void tone_window_hann(double *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = 0.5 - 0.5 * cos(turn * (double)i / (double)n);
}

void tone_window_blackman(double *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double t = turn * (double)i / (double)n;
        w[i] = 0.42 - 0.5 * cos(t) + 0.08 * cos(2 * t);
    }
}

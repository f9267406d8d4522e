#include "sound/blep.h"

#include <math.h>

#include "sound/maths.h"

/* The Kaiser window at distance x (-1 … 1) from its centre, up to a constant. */
static double kaiser(double x)
{
    const double beta = 10.06; /* side lobes below -100 dB */
    double q = beta * beta * (1 - x * x) / 4, term = 1, sum = 1;
    for (int k = 1; k < 30; k++) {
        term *= q / ((double)k * k);
        sum += term;
    }
    return q > 0 ? sum : 1;
}

static double kernel(double t)
{
    const double cutoff = 0.49; /* of the rate */
    double sinc = t == 0 ? 2 * cutoff : tone_sin_turns(cutoff * t) / (TONE_PI * t);
    return sinc * kaiser(t / TONE_BLEP_HALF);
}

void tone_blep_init(tone_blep *b)
{
    enum { N = TONE_BLEP_TAPS * TONE_BLEP_PHASES };
    const double h = 1.0 / TONE_BLEP_PHASES;
    double step = 0, ramp = 0, before = kernel(-TONE_BLEP_HALF), total = 0;
    /* Two passes: the area of the kernel, then the integrals of the kernel of area 1 (Simpson, then trapezoid with the
     * correction for its curvature). */
    for (int i = 0; i < N; i++)
        total += h / 6 * (kernel(-TONE_BLEP_HALF + i * h) + 4 * kernel(-TONE_BLEP_HALF + (i + 0.5) * h) +
                          kernel(-TONE_BLEP_HALF + (i + 1) * h));
    before /= total;
    for (int i = 0; i <= N; i++) {
        /* t = i h - HALF lies in tap t + HALF - f, for f = i mod PHASES; the last row repeats row 0 one tap on. */
        int tap = i / TONE_BLEP_PHASES, row = i % TONE_BLEP_PHASES;
        double t = -TONE_BLEP_HALF + i * h;
        float jump = (float)(step - (t >= 0)), bend = (float)(ramp - (t > 0 ? t : 0));
        if (tap < TONE_BLEP_TAPS) {
            b->jump[row][tap] = jump;
            b->bend[row][tap] = bend;
        }
        if (row == 0 && tap > 0) {
            b->jump[TONE_BLEP_PHASES][tap - 1] = (float)(step - (t > 0)); /* tap HALF - 1 comes before its event */
            b->bend[TONE_BLEP_PHASES][tap - 1] = bend;
        }
        double after = kernel(t + h) / total, middle = kernel(t + h / 2) / total;
        double next = step + h / 6 * (before + 4 * middle + after);
        ramp += h / 2 * (step + next) + h * h / 12 * (before - after);
        step = next;
        before = after;
    }
}

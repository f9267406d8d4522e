/* signal/stats.h - order statistics, straight lines, decibels. */
#ifndef TONE_SIGNAL_STATS_H
#define TONE_SIGNAL_STATS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* 10 log10 of a power; what is below 1e-30 reads -300 dB. */
static inline double tone_db(double power)
{
    return 10 * log10(power > 1e-30 ? power : 1e-30);
}

/* For inner loops, where fmax() would be a call.  When one is NaN: the second. */
static inline double tone_max(double a, double b)
{
    return a > b ? a : b;
}

static inline double tone_min(double a, double b)
{
    return a < b ? a : b;
}

/* Sort ascending in place; no NaN may be inside. */
void tone_sort(double *v, size_t n);

/* The value below which `share` (0 … 1) of sorted v[0..n) lies, linear between neighbours.  n > 0. */
double tone_quantile(const double *sorted, size_t n, double share);

typedef struct tone_spread {
    double median, iqr, weighted; /* NaN when there was no finite value */
} tone_spread;

/* Of the finite values of v: median, inter-quartile range and, with weights w (may be NULL: NaN), the weighted mean.
 * `scratch` holds n values. */
tone_spread tone_spread_of(const double *v, const double *w, size_t n, double *scratch);

typedef struct tone_line {
    double slope, r2; /* r2 is 0 for a constant */
} tone_line;

/* Least-squares line through v[i] at i * step; n > 1. */
tone_line tone_line_fit(const double *v, size_t n, double step);

/* Parabola through three equally spaced values with the largest (or, for a valley, smallest) in the middle: where
 * its turning point lies from the middle one, in steps; 0 when they lie on a line or bend the other way. */
static inline double tone_parabola_top(double a, double b, double c)
{
    double bend = a - 2 * b + c;
    return bend < 0 ? 0.5 * (a - c) / bend : 0;
}

#endif

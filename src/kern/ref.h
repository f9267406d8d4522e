/* kern/ref.h - what the plain kernels share. */
#ifndef TONE_KERN_REF_H
#define TONE_KERN_REF_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* Eight sums side by side, so that the loop is not bound by the latency of an addition. */
static inline double tone_sum_of_products(const float *a, const float *b, size_t n)
{
    double lane[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            lane[k] += (double)a[i + (size_t)k] * (double)b[i + (size_t)k];
    for (int k = 0; i < n; i++, k++)
        lane[k] += (double)a[i] * (double)b[i];
    return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
}

/* To the nearest integer of -limit … limit; NaN gives -limit. */
static inline int tone_nearest_code(float v, int limit)
{
    return v >= (float)limit ? limit : v > (float)-limit ? (int)rintf(v) : -limit;
}

#endif

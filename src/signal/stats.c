#include "signal/stats.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void tone_sort(double *v, size_t n)
{
    qsort(v, n, sizeof *v, compare);
}

double tone_quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t i = (size_t)at;
    if (i + 1 >= n)
        return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

tone_spread tone_spread_of(const double *v, const double *w, size_t n, double *scratch)
{
    size_t kept = 0;
    double sum = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(v[i]))
            continue;
        scratch[kept++] = v[i];
        if (w) {
            sum += v[i] * w[i];
            weight += w[i];
        }
    }
    if (!kept)
        return (tone_spread){NAN, NAN, NAN};
    tone_sort(scratch, kept);
    return (tone_spread){.median = tone_quantile(scratch, kept, 0.5),
                         .iqr = tone_quantile(scratch, kept, 0.75) - tone_quantile(scratch, kept, 0.25),
                         .weighted = w && weight > 0 ? sum / weight : (double)NAN};
}

tone_line tone_line_fit(const double *v, size_t n, double step)
{
    double mid = 0.5 * (double)(n - 1), mean = 0, uy = 0, uu = 0, rest = 0, total = 0;
    for (size_t i = 0; i < n; i++)
        mean += v[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double u = ((double)i - mid) * step;
        uy += u * v[i];
        uu += u * u;
    }
    double slope = uy / uu;
    for (size_t i = 0; i < n; i++) {
        double y = v[i] - mean, r = y - slope * ((double)i - mid) * step;
        rest += r * r;
        total += y * y;
    }
    return (tone_line){slope, total > 0 ? 1 - rest / total : 0};
}

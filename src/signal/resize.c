#include "signal/resize.h"

#include <math.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/fail.h"

/* Of one axis: output i is the weighted sum of inputs first[i] … first[i] + n[i] - 1. */
typedef struct axis {
    int32_t *weight; /* (n_out, most) */
    uint32_t *first, *n;
    uint32_t n_out, most;
    int bits; /* of fraction */
} axis;

static void axis_clear(axis *a)
{
    free(a->weight);
    free(a->first);
    free(a->n);
    *a = (axis){0};
}

/* The two ways of writing the outer lobe differ in the last bit, and that bit can decide a byte. */
static double cubic(double t, tone_resize_rounding rounding)
{
    const double a = -0.5;
    t = fabs(t);
    if (t < 1)
        return ((a + 2) * t - (a + 3)) * t * t + 1;
    if (t >= 2)
        return 0;
    return rounding == TONE_RESIZE_22_BITS ? (((t - 5) * t + 8) * t - 4) * a : ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
}

/* Weights of output i in w, summing to 1; returns how many, from *first on. */
static uint32_t weights_of(double *w, uint32_t *first, uint32_t i, uint32_t n_in, uint32_t n_out, tone_resize_rounding rounding)
{
    double scale = (double)n_in / (double)n_out, wide = scale > 1 ? scale : 1, support = 2 * wide, inv = 1 / wide;
    double centre = ((double)i + 0.5) * scale, low = trunc(centre - support + 0.5), high = trunc(centre + support + 0.5);
    low = low > 0 ? low : 0;
    high = high < (double)n_in ? high : (double)n_in;
    uint32_t n = (uint32_t)(high - low);
    double sum = 0;
    for (uint32_t j = 0; j < n; j++)
        sum += w[j] = cubic(((double)j + low - centre + 0.5) * inv, rounding);
    for (uint32_t j = 0; j < n; j++)
        w[j] /= sum;
    *first = (uint32_t)low;
    return n;
}

static int bits_for(double largest, tone_resize_rounding rounding)
{
    int bits = 0;
    if (rounding == TONE_RESIZE_22_BITS)
        return 22;
    while (bits < 22 && (int)(0.5 + largest * (double)(1 << (bits + 1))) < 32768)
        bits++;
    return bits;
}

static tone_status axis_init(axis *a, uint32_t n_in, uint32_t n_out, tone_resize_rounding rounding, tone_error *err)
{
    *a = (axis){.n_out = n_out};
    double wide = n_in > n_out ? (double)n_in / (double)n_out : 1;
    uint64_t most = (uint64_t)(4 * wide) + 3, all = 0;
    a->most = most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
    double *w = malloc(a->most * sizeof *w);
    a->first = malloc(n_out * sizeof *a->first);
    a->n = malloc(n_out * sizeof *a->n);
    if (tone_mul_u64(&all, a->most, n_out) && all <= SIZE_MAX / sizeof *a->weight)
        a->weight = malloc((size_t)all * sizeof *a->weight);
    if (!w || !a->first || !a->n || !a->weight) {
        free(w);
        axis_clear(a);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to resize %u pixels to %u", n_in, n_out);
    }
    double largest = 0;
    if (rounding == TONE_RESIZE_16_BIT_WEIGHTS)
        for (uint32_t i = 0; i < n_out; i++)
            for (uint32_t j = weights_of(w, &a->first[i], i, n_in, n_out, rounding); j-- > 0;)
                largest = w[j] > largest ? w[j] : largest;
    a->bits = bits_for(largest, rounding);
    for (uint32_t i = 0; i < n_out; i++) {
        a->n[i] = weights_of(w, &a->first[i], i, n_in, n_out, rounding);
        for (uint32_t j = 0; j < a->n[i]; j++)
            a->weight[(size_t)i * a->most + j] = (int32_t)(w[j] * (double)(1 << a->bits) + (w[j] < 0 ? -0.5 : 0.5));
    }
    free(w);
    return TONE_OK;
}

/* The absolute weights of an output sum to less than 1.6: 255 of that in 22 bits of fraction stay below 2^31. */
static uint8_t to_byte(int32_t sum, int bits)
{
    int32_t v = sum >> bits;
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void squeeze_row(uint8_t *to, const uint8_t *from, const axis *a)
{
    for (uint32_t i = 0; i < a->n_out; i++) {
        const int32_t *w = a->weight + (size_t)i * a->most;
        const uint8_t *p = from + 3 * (size_t)a->first[i];
        int32_t r = 1 << a->bits >> 1, g = r, b = r;
        for (uint32_t j = 0; j < a->n[i]; j++, p += 3) {
            r += w[j] * p[0];
            g += w[j] * p[1];
            b += w[j] * p[2];
        }
        to[3 * (size_t)i] = to_byte(r, a->bits);
        to[3 * (size_t)i + 1] = to_byte(g, a->bits);
        to[3 * (size_t)i + 2] = to_byte(b, a->bits);
    }
}

/* Row i of the result from the rows of the ring: row r of the squeezed picture lies in slot r % a->most. */
static void mix_rows(uint8_t *to, const uint8_t *ring, int32_t *sum, size_t n, const axis *a, uint32_t i)
{
    for (size_t c = 0; c < n; c++)
        sum[c] = 1 << a->bits >> 1;
    for (uint32_t j = 0; j < a->n[i]; j++) {
        const uint8_t *row = ring + (a->first[i] + j) % a->most * n;
        int32_t w = a->weight[(size_t)i * a->most + j];
        for (size_t c = 0; c < n; c++)
            sum[c] += w * row[c];
    }
    for (size_t c = 0; c < n; c++)
        to[c] = to_byte(sum[c], a->bits);
}

tone_status tone_resize_rgb(uint8_t *to, uint32_t to_w, uint32_t to_h, const uint8_t *from, uint32_t w, uint32_t h,
                            tone_resize_rounding rounding, tone_error *err)
{
    axis x, y = {0};
    tone_status st = axis_init(&x, w, to_w, rounding, err);
    if (st)
        return st;
    st = axis_init(&y, h, to_h, rounding, err);
    size_t row_bytes = 3 * (size_t)to_w, ring_bytes = 0;
    /* Only the rows that one output row needs are kept: a picture of one column and millions of rows takes no more. */
    uint8_t *ring = !st && tone_mul_size(&ring_bytes, row_bytes, y.most) ? malloc(ring_bytes) : NULL;
    int32_t *sum = malloc(row_bytes * sizeof *sum);
    if (!st && (!ring || !sum))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to resize %u x %u pixels to %u x %u", w, h, to_w, to_h);
    uint32_t done = 0;
    for (uint32_t i = 0; !st && i < to_h; i++) {
        for (done = done > y.first[i] ? done : y.first[i]; done < y.first[i] + y.n[i]; done++)
            squeeze_row(ring + done % y.most * row_bytes, from + (size_t)done * w * 3, &x);
        mix_rows(to + i * row_bytes, ring, sum, row_bytes, &y, i);
    }
    free(ring);
    free(sum);
    axis_clear(&x);
    axis_clear(&y);
    return st;
}

#include "signal/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"

tone_status tone_samples_reserve(tone_samples *s, size_t more, tone_error *err)
{
    size_t n, bytes;
    if (!tone_add_size(&n, s->n, more))
        n = SIZE_MAX;
    if (n <= s->room)
        return TONE_OK;
    if (n < s->room + s->room / 2)
        n = s->room + s->room / 2;
    float *x = tone_mul_size(&bytes, n, sizeof *x) ? realloc(s->x, bytes) : NULL;
    if (!x)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu samples", n);
    s->x = x;
    s->room = n;
    return TONE_OK;
}

tone_status tone_samples_append(tone_samples *s, const float *x, size_t n, tone_error *err)
{
    tone_status st = tone_samples_reserve(s, n, err);
    if (st || !n)
        return st;
    memcpy(s->x + s->n, x, n * sizeof *x);
    s->n += n;
    return TONE_OK;
}

void tone_samples_drop(tone_samples *s, size_t n)
{
    s->n -= n;
    if (s->n && n)
        memmove(s->x, s->x + n, s->n * sizeof *s->x);
}

void tone_samples_clear(tone_samples *s)
{
    free(s->x);
    *s = (tone_samples){0};
}

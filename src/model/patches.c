#include "model/patches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "signal/resize.h"

bool tone_budget_known(uint32_t budget)
{
    return budget == 70 || budget == 140 || budget == 280 || budget == 560 || budget == 1120;
}

static uint32_t long_side(double ratio, uint32_t cell, uint32_t budget)
{
    double cells = floor(ratio);
    return cell * (cells < budget ? (uint32_t)cells : budget);
}

void tone_patches_fit(tone_vision_fit *out, uint32_t w, uint32_t h, uint32_t budget, uint32_t patch, uint32_t pool)
{
    uint32_t cell = patch * pool;
    double area = (double)budget * cell * cell, f = sqrt(area / (double)((uint64_t)h * w));
    double rows = floor(f * h / cell), columns = floor(f * w / cell);
    out->height = rows > 0 ? cell * (uint32_t)rows : cell;
    out->width = columns > 0 ? cell * (uint32_t)columns : cell;
    if (rows <= 0)
        out->width = long_side((double)w / h, cell, budget);
    else if (columns <= 0)
        out->height = long_side((double)h / w, cell, budget);
    out->columns = out->width / patch;
    out->rows = out->height / patch;
    out->n_soft = out->columns / pool * (out->rows / pool);
}

tone_status tone_patches_init(tone_patches *p, const tone_rgb *picture, const tone_vision_fit *fit, uint32_t patch, tone_resize resize,
                              tone_error *err)
{
    *p = (tone_patches){.fit = *fit, .patch = patch, .resize = resize};
    size_t n = (size_t)fit->width * fit->height * 3; /* bounded by the budget */
    p->rgb = malloc(n);
    if (!p->rgb)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a picture of %u x %u", fit->width, fit->height);
    if (resize == TONE_RESIZE_NONE) {
        memcpy(p->rgb, picture->bytes, n);
        return TONE_OK;
    }
    tone_status st = tone_resize_rgb(p->rgb, fit->width, fit->height, picture->bytes, picture->width, picture->height,
                                     resize == TONE_RESIZE_TORCH ? TONE_RESIZE_16_BIT_WEIGHTS : TONE_RESIZE_22_BITS, err);
    if (st)
        tone_patches_clear(p);
    return st;
}

void tone_patches_clear(tone_patches *p)
{
    free(p->rgb);
    *p = (tone_patches){0};
}

uint32_t tone_patches_n(const tone_patches *p)
{
    return p->fit.columns * p->fit.rows;
}

void tone_patches_bytes(const tone_patches *p, uint32_t n, uint8_t *out)
{
    uint32_t x = n % p->fit.columns, y = n / p->fit.columns;
    size_t row = (size_t)p->patch * 3, stride = (size_t)p->fit.width * 3;
    const uint8_t *from = p->rgb + y * p->patch * stride + x * row;
    for (uint32_t i = 0; i < p->patch; i++)
        memcpy(out + i * row, from + i * stride, row);
}

void tone_patches_levels(float level[256], tone_resize resize)
{
    for (int i = 0; i < 256; i++)
        level[i] = resize == TONE_RESIZE_PILLOW ? (float)(i * (1.0 / 255)) : (float)i * (float)(1.0 / 255);
}

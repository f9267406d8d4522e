/* model/patches.h - a picture as the towers take it: the size that fills a budget, and the patches of it. */
#ifndef TONE_MODEL_PATCHES_H
#define TONE_MODEL_PATCHES_H

#include "tonesmith/vision.h"

/* Whether there is such a budget: 70, 140, 280, 560, 1120. */
bool tone_budget_known(uint32_t budget);

/* The largest sides that are multiples of patch * pool and fill `budget` soft tokens at nearly the aspect of w x h (none is
 * 0).  The published rule, in its order of operations: it decides which way a side falls. */
void tone_patches_fit(tone_vision_fit *out, uint32_t w, uint32_t h, uint32_t budget, uint32_t patch, uint32_t pool);

/* The picture that a tower sees.  Patch n is at column n % columns, row n / columns of the grid. */
typedef struct tone_patches {
    tone_vision_fit fit;
    uint8_t *rgb; /* (fit.height, fit.width, 3), owned */
    uint32_t patch;
    tone_resize resize; /* decides how a byte becomes a float */
} tone_patches;

/* Resized to the fit, or as it is with TONE_RESIZE_NONE. */
TONE_NODISCARD tone_status tone_patches_init(tone_patches *p, const tone_rgb *picture, const tone_vision_fit *fit, uint32_t patch,
                                             tone_resize resize, tone_error *err);
void tone_patches_clear(tone_patches *p);

uint32_t tone_patches_n(const tone_patches *p);

/* The bytes of patch n, 3 * patch * patch of them: row, column, channel. */
void tone_patches_bytes(const tone_patches *p, uint32_t n, uint8_t *out);

/* byte / 255 of each byte value, as the published code of the same kind of resizing rounds it. */
void tone_patches_levels(float level[256], tone_resize resize);

#endif

/* tonesmith/vision.h - the eyes of a Gemma 4 model: a picture to soft tokens.
 * Module: model
 *
 * A tone_vision is immutable once open and may be shared by threads.  The weights stay in the file's map.
 *
 *     tone_vision *v;
 *     if (tone_vision_open(&v, "gemma-4-E2B-it", &err)) …      // the model's folder, or its mmproj GGUF file
 *     tone_vision_options o = tone_vision_defaults();
 *     o.budget = 560;                                          // small print
 *     tone_soft soft;
 *     if (tone_vision_encode_file(&soft, v, "screenshot.png", &o, &err)) …
 *     … soft.n rows for the text model …
 *     tone_soft_clear(&soft);
 *     tone_vision_close(v);
 *
 * A picture is stretched, up or down, to fill its budget of soft tokens: 16 x 16 pixels make a patch, 3 x 3 patches a soft
 * token.  Whatever its size, it becomes between a half and the whole of the budget's tokens. */
#ifndef TONESMITH_VISION_H
#define TONESMITH_VISION_H

#include "tonesmith/soft.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_vision tone_vision;

typedef struct tone_vision_facts {
    uint32_t soft_width;     /* of a soft token: must equal the hidden size of the text model */
    uint32_t default_budget; /* soft tokens at most, when nobody says */
    uint32_t hidden, n_layers, n_heads, ffn, patch, pool; /* patch: pixels a side; pool: patches a side of a soft token */
    bool clipped;            /* linears with bounds (E2B, E4B)       */
    bool standardized;       /* pooled values shifted and scaled (26B-A4B, 31B) */
    uint64_t n_parameters, weight_bytes;
} tone_vision_facts;

/* `path`: a Hugging Face folder with config.json, an mmproj GGUF file, or a folder with one GGUF file named mmproj*.
 * TONE_ERR_NOT_FOUND when the model is there but has no eyes. */
TONE_API TONE_NODISCARD tone_status tone_vision_open(tone_vision **out, const char *path, tone_error *err);
TONE_API void tone_vision_close(tone_vision *v);

/* Borrowed, for as long as `v` lives. */
TONE_API const tone_vision_facts *tone_vision_info(const tone_vision *v);

/* How bytes are rounded while a picture is resized: as the published code does with Pillow, or with torch (its default on a
 * processor without a GPU).  At most two levels apart, on less than one byte in a hundred.  TONE_RESIZE_NONE takes the picture
 * as it is: its sides must be multiples of patch * pool, and it may make no more soft tokens than the budget. */
typedef enum tone_resize { TONE_RESIZE_PILLOW, TONE_RESIZE_TORCH, TONE_RESIZE_NONE } tone_resize;

typedef struct tone_vision_options {
    uint32_t budget;    /* soft tokens at most: 70, 140, 280, 560 or 1120; 0 takes the default       */
    uint32_t n_threads; /* 0: the cores this process may use                                         */
    tone_resize resize;
    bool exact;         /* float32 throughout: slow, for comparing                                   */
    bool low_priority;  /* worker threads give way to other programs                                 */
    uint64_t max_pixels; /* of a file; 0: 64 million.  More is refused before memory is taken for it */
    tone_encode_progress_fn *progress; /* NULL: none; the steps are layers                           */
    void *progress_arg;
} tone_vision_options;

/* The model's budget, Pillow, fast, everything else chosen by us. */
TONE_API tone_vision_options tone_vision_defaults(void);

/* 8-bit RGB, row-major, borrowed. */
typedef struct tone_rgb {
    const uint8_t *bytes; /* (height, width, 3) */
    uint32_t width, height;
} tone_rgb;

/* What becomes of a picture of a given size. */
typedef struct tone_vision_fit {
    uint32_t width, height;   /* pixels after resizing */
    uint32_t columns, rows;   /* of patches            */
    uint32_t n_soft;          /* soft tokens           */
} tone_vision_fit;

/* Of `opt` (may be NULL) the budget and the resizing count.  TONE_ERR_ARGUMENT for a budget that there is not, a picture
 * without pixels, or one that cannot be taken as it is. */
TONE_API TONE_NODISCARD tone_status tone_vision_fit_of(tone_vision_fit *out, const tone_vision *v, uint32_t width, uint32_t height,
                                                       const tone_vision_options *opt, tone_error *err);

/* `opt` may be NULL.  On success *out is the caller's: tone_soft_clear().  On failure it is empty.  TONE_ERR_ARGUMENT also where
 * the patches need more positions than the model has (no released one: they have 10240). */
TONE_API TONE_NODISCARD tone_status tone_vision_encode(tone_soft *out, const tone_vision *v, const tone_rgb *picture,
                                                       const tone_vision_options *opt, tone_error *err);

/* The same for a JPEG, PNG, WebP or GIF file (its first frame), turned as EXIF says, alpha dropped. */
TONE_API TONE_NODISCARD tone_status tone_vision_encode_file(tone_soft *out, const tone_vision *v, const char *path,
                                                            const tone_vision_options *opt, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* model/hearing.h - what is behind a tone_hearing: log-mel rows, two convolutions, a conformer, a projector.
 *
 * Weights that are multiplied by are views into the file's map; norms, taps, bounds and the rows of distances are copies.
 * Constants of the formulas are folded into those copies once, when opening:
 *   - the step of a feed-forward half (0.5) into its last norm;
 *   - the scales of queries and of keys into one factor for each dimension of a query (q_scale); the rows of distances, which
 *     the key's scale does not belong to, are divided by it. */
#ifndef TONE_MODEL_HEARING_H
#define TONE_MODEL_HEARING_H

#include "model/hearing_config.h"
#include "model/tap.h"
#include "tensor/conformer.h"
#include "tonesmith/hearing.h"

/* y = clamp(W clamp(x, in), out) */
typedef struct tone_clipped {
    tone_matrix w;
    tone_bounds in, out;
} tone_clipped;

typedef struct tone_hearing_ffn {
    float *pre, *post; /* (hidden); post is times the step */
    tone_clipped up, down;
} tone_hearing_ffn;

typedef struct tone_hearing_layer {
    tone_hearing_ffn ffn1, ffn2;
    float *pre_attn, *post_attn;
    tone_clipped q, k, v, o;
    float *q_scale;  /* (head size)                          */
    float *distance; /* (window, hidden), the farthest first */
    float *lconv_pre, *lconv_norm;
    tone_clipped start, end;
    float *taps; /* (n_taps, hidden), the oldest first */
    float *out_norm;
} tone_hearing_layer;

struct tone_hearing {
    tone_tower_file file;
    tone_hearing_config config;
    tone_hearing_facts facts;
    tone_subsampler front;
    tone_matrix input, output, embed;
    float *bias; /* (out_width) */
    tone_hearing_layer *layers;
    float **vectors; /* every copied vector, n_vectors of them */
    size_t n_vectors;
};

/* Finds the tensors of an open file; the configuration is read already. */
TONE_NODISCARD tone_status tone_hearing_plan(tone_hearing *h, tone_error *err);

/* The tower at work on one clip after the other, a block of soft tokens at a time: what the next block needs of the ones before
 * it is in `history`. */
typedef struct tone_tower {
    const tone_hearing *h;
    tone_ops *ops;
    float *memory;  /* everything below */
    float *history; /* each layer: window - 1 rows of keys, as many of values, n_taps - 1 rows of the light convolution */
    float *x;       /* (block, hidden) the rows                                                            */
    float *u;       /* (block, hidden) normed rows                                                         */
    float *c;       /* (block, max(hidden, 32 channels1)) clamped rows; what the front gives               */
    float *q, *o;   /* (block, hidden)                                                                     */
    float *k, *v;   /* (window - 1 + block, hidden), history first                                         */
    float *wide;    /* (block, max(ffn, 2 hidden, out_width))                                              */
    float *g;       /* (n_taps - 1 + block, hidden), history first                                         */
    size_t n_done;  /* soft tokens of this clip so far */
    const tone_tap *tap; /* NULL: nobody looks */
    tone_encode_progress_fn *progress;
    void *progress_arg;
    uint32_t steps_done, steps_all;
} tone_tower;

enum { TONE_TOWER_BLOCK = 256 }; /* soft tokens at most: weights are unpacked once for so many, and their rows stay in a cache */

TONE_NODISCARD tone_status tone_tower_init(tone_tower *t, const tone_hearing *h, const tone_hearing_options *opt, tone_error *err);
void tone_tower_clear(tone_tower *t);
/* Another clip begins. */
void tone_tower_reset(tone_tower *t);

/* The next n soft tokens to out (n, soft_width).  mel are the rows mel_first … mel_end - 1 of the clip: 4 n_done - 3 and all
 * later ones are needed; rows from mel_end on count as zeros, so before the clip's end mel_end must be at least
 * 4 (n_done + n). */
TONE_NODISCARD tone_status tone_tower_run(tone_tower *t, float *out, size_t n, const float *mel, size_t mel_first, size_t mel_end,
                                          tone_error *err);

/* Where the part that begins with samples[0] ends when n samples are known: all of them, or, beyond `most`, at a pause of its
 * second half but for the last second (so that the rest is no shorter than that), after a whole number of soft tokens. */
size_t tone_hearing_part_end(const float *samples, size_t n, size_t most);

/* Whether samples[0..n) can be heard in one go: neither too short nor too long, all of them numbers. */
TONE_NODISCARD tone_status tone_hearing_check_part(const float *samples, size_t n, tone_error *err);

/* The largest absolute value. */
float tone_hearing_peak(const float *x, size_t n);

/* tone_hearing_encode() of features instead of samples; stages for the tap (NULL: nobody looks) as the golden files call them:
 * conv0, conv1, subsampled; of a layer ffn1, attn_out, after_attn, lconv, ffn2, out; output_proj, soft_tokens. */
TONE_NODISCARD tone_status tone_hearing_encode_mel(tone_soft *out, const tone_hearing *h, const float *mel, size_t n_rows,
                                                   const tone_hearing_options *opt, const tone_tap *tap, tone_error *err);

#endif

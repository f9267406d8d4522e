/* model/step.h - evaluating a batch of tokens: the walk over the plan.
 *
 * A batch is n tokens at neighbouring positions.  Its last n_want tokens are those whose logits are wanted; all others
 * only leave their keys and values in the cache, so they go no further than the last layer that has any. */
#ifndef TONE_MODEL_STEP_H
#define TONE_MODEL_STEP_H

#include "model/cache.h"
#include "model/tap.h"

typedef struct tone_batch {
    const tone_token *ids; /* (n) */
    const uint8_t *kinds;  /* (n) of tone_input_kind; NULL: all text */
    const float *soft;     /* (soft tokens of the batch, hidden) */
    int64_t first;         /* position of ids[0] */
    size_t n, n_want;      /* n_want <= n */
} tone_batch;

/* Rows of activations of one session; sizes for the largest batch. */
typedef struct tone_work {
    float *x, *h, *o;           /* (batch, hidden): the residual, a normed copy, what a branch gives */
    float *q, *heads;           /* (batch, max_q): queries; what attention gives */
    float *k, *v;               /* (batch, max_kv) */
    float *gate, *up;           /* (batch, max_ffn); share their memory with q and heads: no layer needs both at a time */
    float *ple_own, *ple_rest;  /* (batch, split), (n_want, layers * ple_width - split) */
    float *ple_gate;            /* (batch, ple_width) */
    float *router, *share;      /* (batch, experts), (batch, experts used) */
    float *pair_gate, *pair_out; /* (pairs, 2 * expert width), (pairs, hidden) */
    uint32_t *pair_row, *pair_of, *begin; /* (pairs), (batch, experts used), (experts + 1) */
    int32_t *ids, *position;    /* (batch) */
    int64_t *low, *zero, *last, *block_last; /* (batch): visible ranges; block_last looks ahead to the end of a picture */
    uint32_t ple_split;         /* columns of the per-layer embeddings that layers with keys of their own use */
    void *memory;
} tone_work;

/* What the walk needs; all borrowed from the session. */
typedef struct tone_stepper {
    const tone_plan *plan;
    tone_ops *ops;
    tone_cache *cache;
    tone_work *work;
    const tone_tap *tap; /* NULL: nobody looks */
} tone_stepper;

/* Bytes of a tone_work, and making one. */
uint64_t tone_work_bytes(const tone_plan *p, uint32_t batch);
TONE_NODISCARD tone_status tone_work_init(tone_work *w, const tone_plan *p, uint32_t batch, tone_error *err);
void tone_work_clear(tone_work *w);

/* Evaluate the batch: afterwards the cache holds its positions and work->h the n_want rows that the head multiplies.
 * false when somebody cancelled; the cache then holds what it held before, minus what the rings forgot. */
bool tone_step_run(const tone_stepper *s, const tone_batch *b);

/* logits (n, vocab) of the wanted rows row … row+n-1 of the last batch. */
void tone_step_head(const tone_stepper *s, size_t row, size_t n, float *logits);

/* The sparse branch of layer i (mixture.c): from the residual to work->heads-sized scratch; returns (n, hidden) rows before
 * the post norm. */
float *tone_step_experts(const tone_stepper *s, uint32_t i, const float *x, size_t n);

void tone_step_tap(const tone_stepper *s, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols,
                   size_t stride);

#endif

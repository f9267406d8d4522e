/* model/cache.h - keys and values of a session, and snapshots to go back to.
 *
 * Full layers keep every position.  Sliding layers are rings: position p lives in row p % n_rows, where n_rows is the
 * window plus a batch, so that a whole batch can be written before it is attended to.  Going back is free while the ring
 * still holds the window before the target; behind that a checkpoint has it: the rows of all sliding layers in the
 * window before some earlier position.  Full layers need none, they never forget. */
#ifndef TONE_MODEL_CACHE_H
#define TONE_MODEL_CACHE_H

#include "model/plan.h"
#include "tensor/ops.h"

enum {
    TONE_CHECKPOINTS_MAX = 32,
    TONE_CHECKPOINT_SLACK = 32 /* positions before its end that a checkpoint can be resumed at, too */
};

/* Rows of the positions low … end-1 of every sliding layer that has its own. */
typedef struct tone_checkpoint {
    int64_t low, end;
    uint8_t *rows;
} tone_checkpoint;

typedef struct tone_cache {
    tone_kv *layers;      /* n_layers; those without keys of their own are empty */
    const tone_plan *plan;
    uint8_t *memory;
    uint32_t window;
    uint32_t ring_rows;   /* of sliding layers; 0 when the context fits in a ring, which then is no ring */
    int64_t ring_low;     /* the lowest position that every ring still holds */
    uint8_t *checkpoint_memory;
    size_t checkpoint_bytes; /* of one */
    uint32_t checkpoint_rows;
    tone_checkpoint checkpoints[TONE_CHECKPOINTS_MAX]; /* the first n of them, by ascending end */
    uint32_t n_checkpoints, max_checkpoints;
} tone_cache;

/* Bytes of keys and values for `context` positions, and of the checkpoints that `cap` bytes have room for. */
uint64_t tone_cache_bytes(const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch);
uint64_t tone_cache_checkpoint_bytes(const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch, uint64_t cap);

TONE_NODISCARD tone_status tone_cache_init(tone_cache *c, const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch,
                                           uint64_t checkpoint_cap, tone_error *err);
void tone_cache_clear(tone_cache *c);

/* Tell the rings that positions up to end-1 are about to be written. */
void tone_cache_advance(tone_cache *c, int64_t end);

/* Make the cache ready for writing at the largest possible position <= target, restoring a checkpoint where that helps;
 * returns that position (0 in the worst case).  Positions from it on count as forgotten. */
int64_t tone_cache_rewind(tone_cache *c, int64_t target);

/* Remember the rings as they are with positions 0 … end-1 written.  Does nothing without room or need. */
void tone_cache_checkpoint(tone_cache *c, int64_t end);

/* Forget everything. */
void tone_cache_reset(tone_cache *c);

#endif

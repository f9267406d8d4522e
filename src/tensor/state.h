/* tensor/state.h - what a tone_ops is made of; for the files of this module. */
#ifndef TONE_TENSOR_STATE_H
#define TONE_TENSOR_STATE_H

#include "kern/kern.h"
#include "tensor/ops.h"
#include "tensor/pool.h"

/* How a block type is read: see "Blocks of weights" in kern_list.inc. */
typedef struct tone_unpacker {
    void (*unpack)(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks);
    uint32_t block_values, block_bytes;
    uint32_t group; /* 16 or 32 */
    bool has_min;
} tone_unpacker;

/* Scratch of one worker. */
typedef struct tone_scratch {
    int8_t *code;       /* (2 * max_cols) bytes: the codes of an unpacked row, or a row of 16-bit values */
    float *scale, *min; /* (max_cols / 16) of that row                                                   */
    float *tile;        /* (TONE_TILE_ROWS, max_cols) rows of weights as float32                         */
    float *attention;   /* (attention_floats), see attention.c                                           */
} tone_scratch;

enum { TONE_TILE_ROWS = 8 };

struct tone_ops {
    tone_kern k;
    tone_pool *pool;
    tone_precision precision;
    atomic_bool cancelled;
    tone_unpacker unpackers[TONE_TYPE_COUNT]; /* unpack is NULL for plain and unknown types */
    tone_scratch *scratch;                    /* (threads) */
    size_t max_cols;
    size_t attention_floats; /* of scratch[i].attention */
    float *partial;          /* (partial_floats) results of attention by span, one token */
    size_t partial_floats;
};

/* Row r of w as float32.  Uses s->code, scale and min. */
void tone_row_f32(const tone_ops *ops, tone_scratch *s, float *y, const tone_matrix *w, size_t r);

/* Attention walks over blocks of TONE_BLOCK positions and closes its sums every TONE_SPAN positions, both counted from
 * position 0: the order of summation for one token depends on its visible range alone. */
enum { TONE_BLOCK = 64, TONE_SPAN = 1024, TONE_QUERY_ROWS = 32 };

/* Floats of a worker's scratch for attention. */
size_t tone_attention_floats(size_t n_heads, size_t hd);

/* How many chunks n items make when a chunk has about `size` items; the items of chunk c are c * size … */
static inline size_t tone_chunks(size_t n, size_t size)
{
    return (n + size - 1) / size;
}

static inline size_t tone_min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif

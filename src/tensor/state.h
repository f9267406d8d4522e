/* tensor/state.h - what a tone_ops is made of; for the files of this module. */
#ifndef TONE_TENSOR_STATE_H
#define TONE_TENSOR_STATE_H

#include "kern/kern.h"
#include "tensor/ops.h"
#include "tensor/pool.h"

/* How a block type is read: see "Blocks of weights" in kern_list.inc. */
typedef struct tone_unpacker {
    void (*unpack)(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks);
    /* rows times one token in the file's own format; NULL: by unpacking */
    void (*rows)(float *y, const uint8_t *w, size_t row_bytes, size_t n_rows, const tone_codes *x, size_t n_cols);
    uint32_t group; /* 16 or 32 */
    bool has_min;
    uint32_t block_values, block_bytes;
} tone_unpacker;

enum {
    TONE_FEW_TOKENS = 3,    /* up to so many, rows of weights are multiplied straight from the file's format  */
    TONE_CODED_TOKENS = 16, /* how many tokens can be coded at a time; experts get few of a somewhat larger batch */
    TONE_TILE_ROWS = 32,    /* rows of weights that are expanded to float32 at a time                         */
    TONE_PANEL_ROWS = 128,  /* rows and columns of weights that are expanded to bfloat16 at a time: they stay in the   */
    TONE_PANEL_COLS = 512,  /* … second-level cache while the tokens pass by                                         */
    TONE_PAD_TOKENS = 32    /* gemm_bf16 works on so many at a time                                           */
};

/* A panel and what it is made from. */
typedef struct tone_panel_memory {
    uint16_t panel[TONE_PANEL_COLS * TONE_PANEL_ROWS];
    int8_t code[TONE_PANEL_COLS * TONE_PANEL_ROWS];
    float scale[TONE_PANEL_COLS / 16 * TONE_PANEL_ROWS], min[TONE_PANEL_COLS / 16 * TONE_PANEL_ROWS];
} tone_panel_memory;

/* Scratch of one worker. */
typedef struct tone_scratch {
    int8_t *code;       /* (2 * max_cols) bytes: the codes of an unpacked row, or a row of 16-bit values */
    float *scale, *min; /* (max_cols / 16) of that row                                                   */
    float *tile;        /* (TONE_TILE_ROWS, max_cols) rows of weights as float32                         */
    tone_panel_memory *panel;
    float *attention; /* (attention_floats), see attention.c      */
    uint8_t *whole;   /* (whole_bytes), see attention_whole.c     */
} tone_scratch;

struct tone_ops {
    tone_kern k;
    tone_pool *pool;
    tone_precision precision;
    atomic_bool cancelled;
    tone_unpacker unpackers[TONE_TYPE_COUNT]; /* unpack is NULL for plain and unknown types */
    tone_scratch *scratch;                    /* (threads) */
    size_t max_cols, max_tokens;
    tone_codes codes[TONE_CODED_TOKENS]; /* rows of activations */
    uint8_t *codes_memory;
    uint16_t *x16;           /* (max_cols / 32, x16_tokens, 32) activations in bfloat16; NULL without k.bf16 */
    size_t x16_tokens;       /* max_tokens, padded                                                           */
    size_t attention_floats; /* of scratch[i].attention */
    float *partial;          /* (partial_floats) results of attention by span, one token */
    size_t partial_floats;
    uint16_t *whole_panels; /* (whole_values) keys and values of attention over all positions */
    size_t whole_values, whole_bytes;
    int64_t *whole_range; /* (2, whole_n) visible ranges */
    size_t whole_n;
};

/* Row r of w as float32.  Uses s->code, scale and min. */
void tone_row_f32(const tone_ops *ops, tone_scratch *s, float *y, const tone_matrix *w, size_t r);

/* Rows first … end - 1 of a product for n tokens.  Quantised weights (TONE_COARSE: all weights) take the activations as codes or
 * in bfloat16 where those are given, everything else as x (n, x_stride). */
typedef struct tone_slab {
    const tone_product *product;
    size_t base; /* row of the matrix where the product's row 0 is: that of an expert */
    size_t first, end;
    const float *x;
    size_t x_stride;
    const tone_codes *const *codes;
    const uint16_t *x16; /* blocks of 32 columns, ops->x16_tokens * 32 apart */
    float *y;            /* row of the first token                           */
    size_t n;
} tone_slab;

void tone_multiply(const tone_ops *ops, tone_scratch *s, const tone_slab *slab);

/* Attention walks over blocks of TONE_BLOCK positions and closes its sums every TONE_SPAN positions, both counted from
 * position 0: the order of summation for one token depends on its visible range alone. */
enum { TONE_BLOCK = 64, TONE_SPAN = 1024, TONE_QUERY_ROWS = 64 };

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

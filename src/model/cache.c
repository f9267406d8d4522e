#include "model/cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { ALIGN = 64 };

static uint64_t align(uint64_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

/* Rows of a sliding layer.  Every bound of the configuration keeps these products far below 2^64. */
static uint32_t sliding_rows(const tone_plan *p, uint32_t context, uint32_t batch)
{
    uint64_t ring = (uint64_t)p->config.window + batch - 1;
    return ring < context ? (uint32_t)ring : context;
}

static bool is_ring(const tone_plan *p, uint32_t context, uint32_t batch)
{
    return sliding_rows(p, context, batch) < context;
}

/* Keys and values, or the values alone where the keys are made from them. */
static uint64_t n_arrays(const tone_layer *l)
{
    return l->v.data ? 2 : 1;
}

uint64_t tone_cache_bytes(const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch)
{
    uint64_t n = ALIGN;
    for (uint32_t i = 0; i < p->n_owners; i++) {
        const tone_layer *l = &p->layers[i];
        uint64_t rows = l->full ? context : sliding_rows(p, context, batch);
        n += n_arrays(l) * align(rows * tone_kv_row_bytes(type, l->n_kv, l->head_dim));
    }
    return n;
}

static uint32_t checkpoint_rows(const tone_plan *p)
{
    return p->config.window - 1 + TONE_CHECKPOINT_SLACK;
}

/* Of one checkpoint. */
static uint64_t checkpoint_size(const tone_plan *p, tone_kv_type type)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < p->n_owners; i++)
        if (!p->layers[i].full)
            n += n_arrays(&p->layers[i]) * checkpoint_rows(p) *
                 tone_kv_row_bytes(type, p->layers[i].n_kv, p->layers[i].head_dim);
    return n;
}

static uint32_t checkpoints_in(const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch, uint64_t cap)
{
    uint64_t one = checkpoint_size(p, type);
    if (!is_ring(p, context, batch) || one == 0 || one > cap)
        return 0;
    uint64_t n = cap / one;
    return n < TONE_CHECKPOINTS_MAX ? (uint32_t)n : TONE_CHECKPOINTS_MAX;
}

uint64_t tone_cache_checkpoint_bytes(const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch, uint64_t cap)
{
    return checkpoints_in(p, type, context, batch, cap) * checkpoint_size(p, type);
}

tone_status tone_cache_init(tone_cache *c, const tone_plan *p, tone_kv_type type, uint32_t context, uint32_t batch,
                            uint64_t checkpoint_cap, tone_error *err)
{
    *c = (tone_cache){.plan = p, .window = p->config.window};
    uint64_t bytes = tone_cache_bytes(p, type, context, batch);
    c->max_checkpoints = checkpoints_in(p, type, context, batch, checkpoint_cap);
    c->checkpoint_bytes = checkpoint_size(p, type);
    c->checkpoint_rows = checkpoint_rows(p);
    c->ring_rows = is_ring(p, context, batch) ? sliding_rows(p, context, batch) : 0;
    c->layers = calloc(p->config.n_layers, sizeof *c->layers);
    c->memory = calloc(1, bytes); /* pages of positions that never come are never touched */
    if (c->max_checkpoints)
        c->checkpoint_memory = calloc(c->max_checkpoints, c->checkpoint_bytes);
    if (!c->layers || !c->memory || (c->max_checkpoints && !c->checkpoint_memory)) {
        tone_cache_clear(c);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %llu MB of keys and values", (unsigned long long)(bytes >> 20));
    }
    uint8_t *at = c->memory + (ALIGN - (uintptr_t)c->memory % ALIGN) % ALIGN;
    for (uint32_t i = 0; i < p->n_owners; i++) {
        const tone_layer *l = &p->layers[i];
        tone_kv *kv = &c->layers[i];
        *kv = (tone_kv){.type = type, .n_kv = l->n_kv, .hd = l->head_dim};
        kv->row_bytes = tone_kv_row_bytes(type, l->n_kv, l->head_dim);
        kv->n_rows = l->full ? context : sliding_rows(p, context, batch);
        size_t bytes_of_one = align((uint64_t)kv->n_rows * kv->row_bytes);
        if (l->v.data) {
            kv->k = at;
            at += bytes_of_one;
        } else {
            kv->k_weight = l->k_norm;
            kv->inv_freq = l->inv_freq;
        }
        kv->v = at;
        at += bytes_of_one;
    }
    return TONE_OK;
}

void tone_cache_clear(tone_cache *c)
{
    free(c->layers);
    free(c->memory);
    free(c->checkpoint_memory);
    *c = (tone_cache){0};
}

void tone_cache_reset(tone_cache *c)
{
    c->ring_low = 0;
    c->n_checkpoints = 0;
}

void tone_cache_advance(tone_cache *c, int64_t end)
{
    if (c->ring_rows && end - c->ring_rows > c->ring_low)
        c->ring_low = end - c->ring_rows;
}

/* The first position that a token at `position` can see through a sliding window. */
static int64_t window_start(const tone_cache *c, int64_t position)
{
    int64_t low = position - (int64_t)c->window + 1;
    return low > 0 ? low : 0;
}

/* Copy the rows of positions low … end-1 between one array of a ring and a dense run, in one or two pieces. */
static void copy_rows(uint8_t *dense, uint8_t *ring, uint32_t n_rows, size_t row_bytes, int64_t low, int64_t end, bool to_ring)
{
    while (low < end) {
        int64_t row = low % n_rows, n = end - low < n_rows - row ? end - low : n_rows - row;
        uint8_t *there = ring + (size_t)row * row_bytes;
        size_t bytes = (size_t)n * row_bytes;
        if (to_ring)
            memcpy(there, dense, bytes);
        else
            memcpy(dense, there, bytes);
        dense += bytes;
        low += n;
    }
}

/* Every sliding layer has its own stretch of a checkpoint: all keys (where they are stored), then all values. */
static void copy_all(tone_cache *c, uint8_t *rows, int64_t low, int64_t end, bool to_rings)
{
    for (uint32_t i = 0; i < c->plan->n_owners; i++) {
        tone_kv *kv = &c->layers[i];
        if (c->plan->layers[i].full)
            continue;
        size_t stretch = c->checkpoint_rows * kv->row_bytes;
        if (kv->k) {
            copy_rows(rows, kv->k, kv->n_rows, kv->row_bytes, low, end, to_rings);
            rows += stretch;
        }
        copy_rows(rows, kv->v, kv->n_rows, kv->row_bytes, low, end, to_rings);
        rows += stretch;
    }
}

static void drop_checkpoint(tone_cache *c, uint32_t i)
{
    tone_checkpoint gone = c->checkpoints[i];
    memmove(&c->checkpoints[i], &c->checkpoints[i + 1], (c->n_checkpoints - i - 1) * sizeof gone);
    c->checkpoints[--c->n_checkpoints] = gone; /* its memory stays in the array */
}

/* Checkpoints of positions that are forgotten end earlier or go. */
static void truncate_checkpoints(tone_cache *c, int64_t position)
{
    for (uint32_t i = c->n_checkpoints; i-- > 0;) {
        tone_checkpoint *p = &c->checkpoints[i];
        if (p->end <= position)
            continue;
        if (p->low <= window_start(c, position))
            p->end = position;
        else
            drop_checkpoint(c, i);
    }
}

int64_t tone_cache_rewind(tone_cache *c, int64_t target)
{
    if (!c->ring_rows)
        return target;
    if (c->ring_low <= window_start(c, target)) {
        truncate_checkpoints(c, target);
        return target;
    }
    int64_t best = 0;
    tone_checkpoint *from = NULL;
    for (uint32_t i = 0; i < c->n_checkpoints; i++) {
        tone_checkpoint *p = &c->checkpoints[i];
        int64_t position = p->end < target ? p->end : target;
        if (p->low <= window_start(c, position) && position > best) {
            best = position;
            from = p;
        }
    }
    c->ring_low = 0;
    if (from) {
        copy_all(c, from->rows, from->low, best, true);
        c->ring_low = from->low;
    }
    truncate_checkpoints(c, best);
    return best;
}

/* Which one to give up: that whose neighbours are closest together, so that those left are spread out. */
static uint32_t least_useful(const tone_cache *c)
{
    uint32_t worst = 0;
    int64_t least = INT64_MAX;
    for (uint32_t i = 0; i + 1 < c->n_checkpoints; i++) {
        int64_t gap = c->checkpoints[i + 1].end - (i ? c->checkpoints[i - 1].end : 0);
        if (gap < least) {
            least = gap;
            worst = i;
        }
    }
    return worst;
}

void tone_cache_checkpoint(tone_cache *c, int64_t end)
{
    if (!c->max_checkpoints)
        return;
    int64_t low = end - (int64_t)c->checkpoint_rows;
    if (low < c->ring_low)
        low = c->ring_low;
    if (low > window_start(c, end)) /* the rings themselves are not whole here */
        return;
    for (uint32_t i = 0; i < c->n_checkpoints; i++)
        if (c->checkpoints[i].end == end)
            return;
    if (c->n_checkpoints == c->max_checkpoints)
        drop_checkpoint(c, least_useful(c));
    uint32_t at = c->n_checkpoints;
    tone_checkpoint fresh = c->checkpoints[at];
    if (!fresh.rows)
        fresh.rows = c->checkpoint_memory + at * c->checkpoint_bytes;
    assert(at == 0 || c->checkpoints[at - 1].end < end);
    fresh.low = low;
    fresh.end = end;
    copy_all(c, fresh.rows, low, end, false);
    c->checkpoints[at] = fresh;
    c->n_checkpoints++;
}

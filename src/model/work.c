/* The activations of a session: one block of memory, cut up. */
#include <stdlib.h>

#include "base/fail.h"
#include "model/step.h"

enum { ALIGN = 64 };

/* Hands out aligned pieces; with memory NULL it only counts. */
typedef struct cutter {
    uint8_t *memory;
    uint64_t at;
} cutter;

static void *cut(cutter *c, uint64_t n, size_t size)
{
    void *p = c->memory ? c->memory + c->at : NULL;
    c->at += (n * size + ALIGN - 1) / ALIGN * ALIGN;
    return p;
}

static float *cut_floats(cutter *c, uint64_t rows, uint64_t cols)
{
    return cut(c, rows * cols, sizeof(float));
}

/* The columns of the table can be split where a block of its type begins; otherwise all tokens get all of them. */
static uint32_t ple_split(const tone_plan *p)
{
    uint32_t own = p->n_owners * p->config.ple_width, all = p->config.n_layers * p->config.ple_width;
    return tone_type_row_bytes((uint32_t)p->ple_embed.type, own) ? own : all;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void cut_all(tone_work *w, cutter *c, const tone_plan *p, uint32_t batch)
{
    const tone_model_config *f = &p->config;
    uint64_t n = batch, d = f->hidden;
    w->x = cut_floats(c, n, d);
    w->h = cut_floats(c, n, d);
    w->o = cut_floats(c, n, d);
    w->k = cut_floats(c, n, p->max_kv);
    w->v = cut_floats(c, n, p->max_kv);
    /* Queries and what attention gives; gate and up; the context part of the per-layer embeddings: one at a time. */
    uint64_t ple_all = (uint64_t)f->n_layers * f->ple_width;
    uint64_t shared = max_u64(max_u64(2 * (uint64_t)p->max_q, 2 * (uint64_t)p->max_ffn), max_u64(ple_all, d));
    float *both = cut_floats(c, n, shared);
    w->q = w->gate = both;
    w->heads = both ? both + n * p->max_q : NULL;
    w->up = both ? both + n * p->max_ffn : NULL;
    if (f->ple_width) {
        w->ple_split = ple_split(p);
        w->ple_own = cut_floats(c, n, w->ple_split);
        w->ple_rest = cut_floats(c, n, ple_all - w->ple_split);
        w->ple_gate = cut_floats(c, n, f->ple_width);
    }
    if (f->n_experts) {
        uint64_t pairs = n * f->n_experts_used;
        w->router = cut_floats(c, n, f->n_experts);
        w->share = cut_floats(c, n, f->n_experts_used);
        w->pair_gate = cut_floats(c, pairs, 2 * (uint64_t)f->expert_ffn);
        w->pair_out = cut_floats(c, pairs, d);
        w->pair_row = cut(c, pairs, sizeof *w->pair_row);
        w->pair_of = cut(c, pairs, sizeof *w->pair_of);
        w->begin = cut(c, f->n_experts + 1, sizeof *w->begin);
    }
    w->ids = cut(c, n, sizeof *w->ids);
    w->position = cut(c, n, sizeof *w->position);
    w->low = cut(c, n, sizeof *w->low);
    w->zero = cut(c, n, sizeof *w->zero);
    w->last = cut(c, n, sizeof *w->last);
    w->block_last = cut(c, n, sizeof *w->block_last);
}

uint64_t tone_work_bytes(const tone_plan *p, uint32_t batch)
{
    tone_work w = {0};
    cutter c = {0};
    cut_all(&w, &c, p, batch);
    return c.at + ALIGN;
}

tone_status tone_work_init(tone_work *w, const tone_plan *p, uint32_t batch, tone_error *err)
{
    *w = (tone_work){0};
    uint64_t n = tone_work_bytes(p, batch);
    uint8_t *memory = calloc(1, n);
    if (!memory)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a batch of %u tokens (%llu MB)", batch,
                         (unsigned long long)(n >> 20));
    cutter c = {.memory = memory + (ALIGN - (uintptr_t)memory % ALIGN) % ALIGN};
    cut_all(w, &c, p, batch);
    w->memory = memory;
    return TONE_OK;
}

void tone_work_clear(tone_work *w)
{
    free(w->memory);
    *w = (tone_work){0};
}

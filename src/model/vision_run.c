/* The vision tower: patches to soft tokens.
 *
 * Shapes: N patches, d hidden, H heads (KV of keys) of hd values, F feed-forward width, T soft tokens.  Everything that looks
 * at a patch alone goes through in blocks of rows, so that the widest activations stay small for the largest budgets. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/vision.h"

enum { BLOCK_ROWS = 1024 };

typedef struct work {
    float *x, *h;               /* (N, d): the residual; a normed copy, what a branch gives                */
    float *q, *k, *v, *heads;   /* (N, H * hd), (N, KV * hd) twice, (N, H * hd)                             */
    float *gate, *up;           /* (block, F); gate also holds the pixels of a block, (block, 3 * patch^2) */
    float *spare;               /* (block, d): clamped inputs                                               */
    uint8_t *bytes;             /* (3 * patch^2): one patch                                                 */
    int32_t *position;          /* (N, 2): column, row */
    int32_t *row;               /* (N) of the table of positions */
    size_t block;
    void *memory;
} work;

typedef struct run {
    const tone_vision *v;
    const tone_patches *picture;
    const tone_tap *tap;
    tone_ops *ops;
    work w;
    size_t n; /* patches */
    float eps;
} run;

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Hands out pieces on cache lines; with memory NULL it only counts. */
static void *cut(uint8_t *memory, uint64_t *at, uint64_t n, size_t size)
{
    void *p = memory ? memory + *at : NULL;
    *at += (n * size + 63) / 64 * 64;
    return p;
}

static uint64_t cut_all(work *w, uint8_t *memory, const tone_vision *v, size_t n)
{
    const tone_vision_config *c = &v->config;
    size_t d = c->hidden, q = (size_t)c->n_heads * c->head_dim, kv = (size_t)c->n_kv * c->head_dim;
    uint64_t at = 0;
    w->x = cut(memory, &at, n * d, sizeof(float));
    w->h = cut(memory, &at, n * d, sizeof(float));
    w->q = cut(memory, &at, n * most(q, d), sizeof(float)); /* also positions' embeddings */
    w->k = cut(memory, &at, n * kv, sizeof(float));
    w->v = cut(memory, &at, n * kv, sizeof(float));
    w->heads = cut(memory, &at, n * q, sizeof(float));
    w->gate = cut(memory, &at, w->block * most(c->ffn, v->patches.cols), sizeof(float));
    w->up = cut(memory, &at, w->block * c->ffn, sizeof(float));
    w->spare = cut(memory, &at, w->block * d, sizeof(float));
    w->bytes = cut(memory, &at, v->patches.cols, 1);
    w->position = cut(memory, &at, 2 * n, sizeof(int32_t));
    w->row = cut(memory, &at, n, sizeof(int32_t));
    return at;
}

/* Whoever taps sees a stage in one piece. */
static tone_status make_work(run *r, tone_error *err)
{
    r->w.block = r->tap || r->n < BLOCK_ROWS ? r->n : BLOCK_ROWS;
    uint64_t bytes = cut_all(&r->w, NULL, r->v, r->n);
    r->w.memory = bytes <= SIZE_MAX / 2 ? aligned_alloc(64, (size_t)bytes) : NULL;
    if (!r->w.memory)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu patches (%llu MB)", r->n, (unsigned long long)(bytes >> 20));
    cut_all(&r->w, r->w.memory, r->v, r->n);
    uint32_t columns = r->picture->fit.columns;
    for (size_t i = 0; i < r->n; i++) {
        r->w.position[2 * i] = (int32_t)(i % columns);
        r->w.position[2 * i + 1] = (int32_t)(i / columns);
    }
    return TONE_OK;
}

static tone_status reserve(run *r, tone_error *err)
{
    const tone_vision_config *c = &r->v->config;
    size_t q = (size_t)c->n_heads * c->head_dim, cols = most(most(c->hidden, c->ffn), most(q, r->v->patches.cols));
    size_t rows = most(most(c->ffn, q), most(c->hidden, c->soft_width));
    tone_status st = tone_ops_reserve(r->ops, r->w.block, cols, rows, err);
    return st ? st : tone_attention_whole_reserve(r->ops, c->n_heads, c->n_kv, c->head_dim, r->n, err);
}

static void see(const run *r, int layer, const char *stage, const float *rows, size_t n, size_t cols)
{
    if (r->tap)
        r->tap->see(r->tap->arg, layer, stage, rows, n, cols, cols);
}

/* rows (n, cols): patches from … from + n - 1 as numbers between -1 and 1, in the order of the columns of the weights. */
static void load_patches(const run *r, float *rows, size_t from, size_t n)
{
    size_t cols = r->v->patches.cols, area = cols / 3;
    float level[256];
    uint8_t *bytes = r->w.bytes;
    tone_patches_levels(level, r->picture->resize);
    for (int i = 0; i < 256; i++)
        level[i] = 2 * (level[i] - 0.5f);
    for (size_t i = 0; i < n; i++, rows += cols) {
        tone_patches_bytes(r->picture, (uint32_t)(from + i), bytes);
        if (!r->v->channel_first)
            for (size_t p = 0; p < cols; p++)
                rows[p] = level[bytes[p]];
        else
            for (size_t p = 0; p < area; p++)
                for (size_t channel = 0; channel < 3; channel++)
                    rows[channel * area + p] = level[bytes[3 * p + channel]];
    }
}

static void add(float *y, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

/* x = the patches' embeddings plus those of their columns and rows. */
static void embed(run *r)
{
    const tone_vision *v = r->v;
    work *w = &r->w;
    size_t d = v->config.hidden;
    for (size_t at = 0; at < r->n; at += w->block) {
        size_t n = r->n - at < w->block ? r->n - at : w->block;
        load_patches(r, w->gate, at, n);
        tone_linear(r->ops, &(tone_product){&v->patches, w->x + at * d, d}, 1, w->gate, v->patches.cols, n);
    }
    see(r, -1, "patch_embedding", w->x, r->n, d);
    float *both[2] = {w->h, w->q};
    for (uint32_t axis = 0; axis < 2; axis++) {
        for (size_t i = 0; i < r->n; i++)
            w->row[i] = w->position[2 * i + axis] + (int32_t)(axis * v->n_positions);
        tone_rows(r->ops, both[axis], d, &v->positions, w->row, r->n, 1);
    }
    add(w->h, w->q, r->n * d);
    see(r, -1, "position_embedding", w->h, r->n, d);
    add(w->x, w->h, r->n * d);
}

static bool is_bound(tone_bounds b)
{
    return b.lo > -INFINITY || b.hi < INFINITY;
}

static void clamp(const run *r, float *y, const float *x, tone_bounds b, size_t n)
{
    if (y != x || is_bound(b))
        tone_clamp(r->ops, y, x, b.lo, b.hi, n);
}

/* y_i (n, rows of W_i), not clamped yet, for n_linears that share their input x (n, cols), which is clamped in place where all
 * agree on how. */
static void multiply(run *r, const tone_bounded *const *linears, float *const *y, size_t n_linears, float *x, size_t n)
{
    tone_product products[3];
    size_t cols = linears[0]->w.cols;
    bool agree = true;
    for (size_t i = 0; i < n_linears; i++) {
        products[i] = (tone_product){&linears[i]->w, y[i], linears[i]->w.rows};
        agree &= linears[i]->in.lo == linears[0]->in.lo && linears[i]->in.hi == linears[0]->in.hi;
    }
    if (agree) {
        clamp(r, x, x, linears[0]->in, n * cols);
        tone_linear(r->ops, products, n_linears, x, cols, n);
        return;
    }
    for (size_t i = 0; i < n_linears; i++) {
        clamp(r, r->w.spare, x, linears[i]->in, n * cols);
        tone_linear(r->ops, &products[i], 1, r->w.spare, cols, n);
    }
}

static void bounded(run *r, const tone_bounded *const *linears, float *const *y, size_t n_linears, float *x, size_t n)
{
    multiply(r, linears, y, n_linears, x, n);
    for (size_t i = 0; i < n_linears; i++)
        clamp(r, y[i], y[i], linears[i]->out, n * linears[i]->w.rows);
}

/* o (n, d) = what the feed-forward part gives for h (n, d).  The widest rows are touched once for all their bounds. */
static void feed_forward(run *r, const tone_vision_layer *l, float *o, float *h, size_t n)
{
    work *w = &r->w;
    size_t F = r->v->config.ffn;
    multiply(r, (const tone_bounded *const[]){&l->gate, &l->up}, (float *const[]){w->gate, w->up}, 2, h, n);
    if (is_bound(l->gate.out) || is_bound(l->up.out) || is_bound(l->down.in))
        tone_geglu_bounded(r->ops, w->gate, F, w->up, F, F, n, l->gate.out, l->up.out, l->down.in);
    else
        tone_geglu(r->ops, w->gate, F, w->up, F, F, n);
    tone_linear(r->ops, &(tone_product){&l->down.w, o, l->down.w.rows}, 1, w->gate, F, n);
    clamp(r, o, o, l->down.out, n * l->down.w.rows);
}

/* q, k, v of a block of rows of x. */
static void project(run *r, const tone_vision_layer *l, size_t at, size_t n)
{
    const tone_vision_config *c = &r->v->config;
    work *w = &r->w;
    size_t d = c->hidden, q = (size_t)c->n_heads * c->head_dim, kv = (size_t)c->n_kv * c->head_dim;
    float *h = w->h + at * d;
    float *const y[] = {w->q + at * q, w->k + at * kv, w->v + at * kv};
    const tone_bounded *const linears[] = {&l->q, &l->k, &l->v};
    tone_rms_norm(r->ops, h, d, w->x + at * d, d, l->in_norm, d, n, r->eps);
    bounded(r, linears, y, 3, h, n);
    const int32_t *position = w->position + 2 * at;
    tone_head_norm_rope_2d(r->ops, y[0], q, c->n_heads, c->head_dim, l->q_norm, r->eps, r->v->inv_freq, position, n);
    tone_head_norm_rope_2d(r->ops, y[1], kv, c->n_kv, c->head_dim, l->k_norm, r->eps, r->v->inv_freq, position, n);
    tone_head_norm_rope_2d(r->ops, y[2], kv, c->n_kv, c->head_dim, NULL, r->eps, NULL, NULL, n);
}

static void attend(run *r)
{
    const tone_vision_config *c = &r->v->config;
    work *w = &r->w;
    size_t q = (size_t)c->n_heads * c->head_dim, kv = (size_t)c->n_kv * c->head_dim;
    tone_attention_whole(r->ops, w->heads, q, w->q, q, c->n_heads, w->k, w->v, kv, c->n_kv, c->head_dim, 1, r->n);
}

/* x += rms(o) after attention, then x += rms(m) after the feed-forward part, for a block of rows. */
static void finish(run *r, const tone_vision_layer *l, int i, size_t at, size_t n)
{
    const tone_vision_config *c = &r->v->config;
    work *w = &r->w;
    size_t d = c->hidden, q = (size_t)c->n_heads * c->head_dim;
    float *x = w->x + at * d, *h = w->h + at * d;
    bounded(r, (const tone_bounded *const[]){&l->o}, &h, 1, w->heads + at * q, n);
    see(r, i, "attn_out", h, n, d);
    tone_add_rms_norm(r->ops, x, d, h, d, l->post_attn_norm, d, n, r->eps, 1);
    see(r, i, "after_attn", x, n, d);
    tone_rms_norm(r->ops, h, d, x, d, l->ffn_norm, d, n, r->eps);
    feed_forward(r, l, h, h, n);
    see(r, i, "mlp_out", h, n, d);
    tone_add_rms_norm(r->ops, x, d, h, d, l->post_ffn_norm, d, n, r->eps, 1);
    see(r, i, "out", x, n, d);
}

static void layer(run *r, uint32_t i)
{
    const tone_vision_config *c = &r->v->config;
    const tone_vision_layer *l = &r->v->layers[i];
    work *w = &r->w;
    for (size_t at = 0; at < r->n; at += w->block)
        project(r, l, at, r->n - at < w->block ? r->n - at : w->block);
    see(r, (int)i, "q_rope", w->q, r->n, (size_t)c->n_heads * c->head_dim);
    see(r, (int)i, "k_rope", w->k, r->n, (size_t)c->n_kv * c->head_dim);
    see(r, (int)i, "v_norm", w->v, r->n, (size_t)c->n_kv * c->head_dim);
    attend(r);
    for (size_t at = 0; at < r->n; at += w->block)
        finish(r, l, (int)i, at, r->n - at < w->block ? r->n - at : w->block);
}

/* g (T, d): the mean of the pool * pool patches of each soft token, times sqrt(d). */
static void pool(const run *r, float *g)
{
    size_t d = r->v->config.hidden, side = r->v->config.pool, columns = r->picture->fit.columns, across = columns / side;
    float scale = (float)(sqrt((double)d) / (double)(side * side));
    for (size_t t = 0; t < r->picture->fit.n_soft; t++, g += d) {
        const float *corner = r->w.x + (t / across * side * columns + t % across * side) * d;
        memset(g, 0, d * sizeof *g);
        for (size_t y = 0; y < side; y++)
            for (size_t x = 0; x < side; x++)
                add(g, corner + (y * columns + x) * d, d);
        for (size_t c = 0; c < d; c++)
            g[c] *= scale;
    }
}

/* rows (T, soft_width). */
static void project_out(run *r, float *rows)
{
    const tone_vision *v = r->v;
    size_t d = v->config.hidden, n = r->picture->fit.n_soft, width = v->config.soft_width;
    float *g = r->w.h;
    pool(r, g);
    see(r, -1, "pooled", g, n, d);
    for (size_t t = 0; v->std_bias && t < n; t++)
        for (size_t c = 0; c < d; c++)
            g[t * d + c] = (g[t * d + c] - v->std_bias[c]) * v->std_scale[c];
    see(r, -1, "tower_out", g, n, d);
    tone_rms_norm(r->ops, g, d, g, d, NULL, d, n, r->eps);
    for (size_t at = 0; at < n; at += r->w.block)
        tone_linear(r->ops, &(tone_product){&v->projection, rows + at * width, width}, 1, g + at * d, d,
                    n - at < r->w.block ? n - at : r->w.block);
    see(r, -1, "soft_tokens", rows, n, width);
}

static tone_status walk(run *r, const tone_vision_options *opt, float *rows, tone_error *err)
{
    uint32_t n_layers = r->v->config.n_layers;
    embed(r);
    for (uint32_t i = 0; i < n_layers; i++) {
        layer(r, i);
        if (opt->progress && !opt->progress(opt->progress_arg, i + 1, n_layers))
            return tone_fail(err, TONE_ERR_CANCELLED, 0, "looking at the picture was cancelled");
    }
    project_out(r, rows);
    return TONE_OK;
}

tone_status tone_vision_run(tone_soft *out, const tone_vision *v, const tone_patches *picture, const tone_vision_options *opt,
                            const tone_tap *tap, tone_error *err)
{
    *out = (tone_soft){0};
    const tone_vision_fit *fit = &picture->fit;
    uint32_t longest = fit->columns > fit->rows ? fit->columns : fit->rows;
    if (longest > v->n_positions)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%u x %u pixels make %u patches in a row, but the model knows only %u positions",
                         fit->width, fit->height, longest, v->n_positions);
    run r = {.v = v, .picture = picture, .tap = tap, .n = tone_patches_n(picture), .eps = (float)v->config.eps};
    const tone_ops_options how = {.n_threads = opt->n_threads, .precision = opt->exact ? TONE_EXACT : TONE_COARSE,
                                  .low_priority = opt->low_priority};
    tone_soft soft = {.n = fit->n_soft, .width = v->config.soft_width};
    tone_status st = tone_ops_open(&r.ops, &how, err);
    if (!st)
        st = make_work(&r, err);
    if (!st)
        st = reserve(&r, err);
    if (!st) {
        soft.rows = malloc(soft.n * soft.width * sizeof *soft.rows);
        st = soft.rows ? walk(&r, opt, soft.rows, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu soft tokens", soft.n);
    }
    if (st)
        tone_soft_clear(&soft);
    free(r.w.memory);
    tone_ops_close(r.ops);
    *out = soft.rows ? soft : (tone_soft){0};
    return st;
}

/* The audio tower at work.
 *
 *     for each layer:
 *         x += step * ffn1(x)
 *         x += rms(attention(rms(x)))             to the last `window` rows
 *         x += light convolution(x)               gated, over the last n_taps rows
 *         x += step * ffn2(x)
 *         x  = rms(x)
 *
 * No row depends on a later one, so a clip can go through in blocks of any size, with a little history for each layer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/hearing.h"

static const tone_bounds unbounded = {-INFINITY, INFINITY};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t front_width(const tone_hearing_config *c)
{
    return 32 * (size_t)c->channels1; /* 128 bands, halved twice */
}

/* Floats of one layer's history. */
static size_t history_floats(const tone_hearing_config *c)
{
    return (2 * (size_t)(c->window - 1) + c->n_taps - 1) * c->hidden;
}

/* Hands out pieces of n floats; with memory NULL it only counts. */
static float *cut(float *memory, size_t *at, size_t rows, size_t cols)
{
    float *p = memory ? memory + *at : NULL;
    *at += (rows * cols + 15) / 16 * 16;
    return p;
}

/* At most 128 rows of some 2^19 floats and 512 layers of 2^24: no product comes near 2^64. */
static size_t cut_all(tone_tower *t, float *memory)
{
    const tone_hearing_config *c = &t->h->config;
    size_t at = 0, d = c->hidden, n = TONE_TOWER_BLOCK;
    t->history = cut(memory, &at, c->n_layers, history_floats(c));
    t->x = cut(memory, &at, n, d);
    t->u = cut(memory, &at, n, d);
    t->c = cut(memory, &at, n, larger(larger(d, c->ffn), front_width(c)));
    t->q = cut(memory, &at, n, d);
    t->o = cut(memory, &at, n, d);
    t->k = cut(memory, &at, c->window - 1 + n, d);
    t->v = cut(memory, &at, c->window - 1 + n, d);
    t->g = cut(memory, &at, c->n_taps - 1 + n, d);
    t->wide = cut(memory, &at, n, larger(larger(c->ffn, 2 * d), c->out_width));
    return at;
}

tone_status tone_tower_init(tone_tower *t, const tone_hearing *h, const tone_hearing_options *opt, tone_error *err)
{
    const tone_hearing_config *c = &h->config;
    *t = (tone_tower){.h = h, .progress = opt->progress, .progress_arg = opt->progress_arg};
    size_t floats = cut_all(t, NULL), widest = larger(larger(c->ffn, c->hidden), larger(c->out_width, front_width(c)));
    t->memory = aligned_alloc(64, floats * sizeof(float));
    if (!t->memory)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for listening (%zu MB)", floats * sizeof(float) >> 20);
    cut_all(t, t->memory);
    tone_status st = tone_ops_open(&t->ops, &(tone_ops_options){.n_threads = opt->n_threads, .low_priority = opt->low_priority,
                                                                .precision = opt->exact ? TONE_EXACT : TONE_COARSE}, err);
    if (!st)
        st = tone_ops_reserve(t->ops, TONE_TOWER_BLOCK, widest, widest, err);
    if (!st)
        st = tone_subsample_reserve(t->ops, &h->front, err);
    if (st)
        tone_tower_clear(t);
    else
        tone_tower_reset(t);
    return st;
}

void tone_tower_clear(tone_tower *t)
{
    tone_ops_close(t->ops);
    free(t->memory);
    *t = (tone_tower){0};
}

void tone_tower_reset(tone_tower *t)
{
    const tone_hearing_config *c = &t->h->config;
    memset(t->history, 0, c->n_layers * history_floats(c) * sizeof(float));
    t->n_done = 0;
}

static void see(const tone_tower *t, int layer, const char *stage, const float *rows, size_t n, size_t cols)
{
    if (t->tap)
        t->tap->see(t->tap->arg, layer, stage, rows, n, cols, cols);
}

static bool binds(tone_bounds b)
{
    return b.lo > -INFINITY || b.hi < INFINITY;
}

/* x (n, w.cols) clamped to the bounds of l, in t->c where that changes anything. */
static const float *clamped(tone_tower *t, const tone_clipped *l, const float *x, size_t n)
{
    if (!binds(l->in))
        return x;
    tone_clamp(t->ops, t->c, x, l->in.lo, l->in.hi, n * l->w.cols);
    return t->c;
}

/* y = W clamp(x); the caller clamps y, together with what it does next. */
static void linear(tone_tower *t, const tone_clipped *l, float *y, const float *x, size_t n)
{
    tone_linear(t->ops, &(tone_product){&l->w, y, l->w.rows}, 1, clamped(t, l, x, n), l->w.cols, n);
}

/* rms(clamp(x)) * weight.  Released models have no limit that a float32 could reach: the extra pass is for others. */
static void norm(tone_tower *t, float *y, const float *x, const float *weight, size_t n)
{
    const tone_hearing_config *c = &t->h->config;
    if (c->limit < INFINITY) {
        tone_clamp(t->ops, y, x, (float)-c->limit, (float)c->limit, n * c->hidden);
        x = y;
    }
    tone_rms_norm(t->ops, y, c->hidden, x, c->hidden, weight, c->hidden, n, (float)c->eps);
}

/* x += rms(clamp(clamp(y))) * weight */
static void add_norm(tone_tower *t, float *y, tone_bounds b, const float *weight, size_t n)
{
    const tone_hearing_config *c = &t->h->config;
    size_t d = c->hidden;
    float limit = (float)c->limit, lo = b.lo > -limit ? b.lo : -limit, hi = b.hi < limit ? b.hi : limit;
    if (lo > -INFINITY || hi < INFINITY)
        tone_clamp(t->ops, y, y, lo < limit ? lo : limit, hi > -limit ? hi : -limit, n * d);
    tone_add_rms_norm(t->ops, t->x, d, y, d, weight, d, n, (float)c->eps, 1);
}

static void feed_forward(tone_tower *t, const tone_hearing_ffn *f, size_t n)
{
    size_t ffn = f->up.w.rows;
    norm(t, t->u, t->x, f->pre, n);
    linear(t, &f->up, t->wide, t->u, n);
    /* the bounds of the next product's input are seen to in the same pass */
    tone_silu_clamped(t->ops, t->wide, ffn, ffn, n, f->up.out, f->down.in);
    tone_linear(t->ops, &(tone_product){&f->down.w, t->u, f->down.w.rows}, 1, t->wide, ffn, n);
    add_norm(t, t->u, f->down.out, f->post, n);
}

static bool same(tone_bounds a, tone_bounds b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

/* Queries, keys and values share their input where they share its bounds, as the released models do. */
static void project(tone_tower *t, const tone_hearing_layer *l, float *k, float *v, size_t n)
{
    size_t d = t->h->config.hidden;
    const tone_clipped *const all[3] = {&l->q, &l->k, &l->v};
    float *const to[3] = {t->q, k, v};
    if (same(l->q.in, l->k.in) && same(l->q.in, l->v.in)) {
        const tone_product products[3] = {{&l->q.w, t->q, d}, {&l->k.w, k, d}, {&l->v.w, v, d}};
        tone_linear(t->ops, products, 3, clamped(t, &l->q, t->u, n), d, n);
    } else {
        for (int i = 0; i < 3; i++)
            linear(t, all[i], to[i], t->u, n);
    }
    for (int i = 0; i < 3; i++)
        if (binds(all[i]->out))
            tone_clamp(t->ops, to[i], to[i], all[i]->out.lo, all[i]->out.hi, n * d);
}

/* Rows of history before the block, and the block's last rows kept for the next one. */
static void recall(float *rows, const float *history, size_t n_history, size_t d)
{
    memcpy(rows, history, n_history * d * sizeof *rows);
}

static void keep(float *history, const float *rows, size_t n_history, size_t n, size_t d)
{
    memcpy(history, rows + n * d, n_history * d * sizeof *rows);
}

static void attention(tone_tower *t, const tone_hearing_layer *l, int i, float *history, size_t n)
{
    const tone_hearing_config *c = &t->h->config;
    size_t d = c->hidden, back = c->window - 1, size = d / c->n_heads;
    float *keys = history, *values = history + back * d;
    recall(t->k, keys, back, d);
    recall(t->v, values, back, d);
    norm(t, t->u, t->x, l->pre_attn, n);
    project(t, l, t->k + back * d, t->v + back * d, n);
    keep(keys, t->k, back, n, d);
    keep(values, t->v, back, n, d);
    tone_scale_heads(t->ops, t->q, l->q_scale, size, c->n_heads, n);
    tone_local_attention(t->ops, t->o, &(tone_local){.q = t->q, .k = t->k, .v = t->v, .distance = l->distance, .n_heads = c->n_heads,
                                                     .head_dim = size, .window = c->window,
                                                     .n_absent = t->n_done < back ? back - t->n_done : 0, .cap = (float)c->softcap}, n);
    linear(t, &l->o, t->u, t->o, n);
    if (binds(l->o.out))
        tone_clamp(t->ops, t->u, t->u, l->o.out.lo, l->o.out.hi, n * d);
    see(t, i, "attn_out", t->u, n, d);
    add_norm(t, t->u, unbounded, l->post_attn, n);
}

static void light_conv(tone_tower *t, const tone_hearing_layer *l, float *history, size_t n)
{
    const tone_hearing_config *c = &t->h->config;
    size_t d = c->hidden, back = c->n_taps - 1;
    tone_rms_norm(t->ops, t->u, d, t->x, d, l->lconv_pre, d, n, (float)c->eps);
    linear(t, &l->start, t->wide, t->u, n);
    recall(t->g, history, back, d);
    tone_glu_clamped(t->ops, t->g + back * d, d, t->wide, 2 * d, d, n, l->start.out);
    keep(history, t->g, back, n, d);
    tone_causal_conv(t->ops, t->u, t->g, l->taps, c->n_taps, d, n);
    norm(t, t->u, t->u, l->lconv_norm, n);
    tone_silu_clamped(t->ops, t->u, d, d, n, unbounded, l->end.in);
    tone_linear(t->ops, &(tone_product){&l->end.w, t->o, d}, 1, t->u, d, n);
    tone_add_clamped(t->ops, t->x, d, t->o, d, d, n, l->end.out);
}

static void layer(tone_tower *t, uint32_t i, size_t n)
{
    const tone_hearing_config *c = &t->h->config;
    const tone_hearing_layer *l = &t->h->layers[i];
    float *history = t->history + i * history_floats(c);
    size_t d = c->hidden;
    feed_forward(t, &l->ffn1, n);
    see(t, (int)i, "ffn1", t->x, n, d);
    attention(t, l, (int)i, history, n);
    see(t, (int)i, "after_attn", t->x, n, d);
    light_conv(t, l, history + 2 * (size_t)(c->window - 1) * d, n);
    see(t, (int)i, "lconv", t->x, n, d);
    feed_forward(t, &l->ffn2, n);
    see(t, (int)i, "ffn2", t->x, n, d);
    norm(t, t->x, t->x, l->out_norm, n);
    see(t, (int)i, "out", t->x, n, d);
}

/* Convolutions and the input projection, into t->x. */
static tone_status front(tone_tower *t, size_t n, const float *mel, size_t mel_first, size_t mel_end, tone_error *err)
{
    const tone_subsampler *s = &t->h->front;
    size_t width = front_width(&t->h->config), d = t->h->config.hidden, row = s->n_bands / 2 * s->n_channels0;
    float *stage0 = NULL;
    if (t->tap && !(stage0 = malloc((2 * n + 1) * row * sizeof *stage0)))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for watching");
    const tone_subsample_span span = {.rows = mel, .rows_first = mel_first, .rows_end = mel_end, .first = t->n_done, .n = n};
    tone_subsample(t->ops, t->c, s, &span, stage0);
    if (stage0) {
        size_t rows0 = (mel_end + 1) / 2 - 2 * t->n_done; /* the clip may end on the way */
        see(t, -1, "conv0", stage0 + row, rows0 < 2 * n ? rows0 : 2 * n, row);
        see(t, -1, "conv1", t->c, n, width);
    }
    free(stage0);
    tone_linear(t->ops, &(tone_product){&t->h->input, t->x, d}, 1, t->c, width, n);
    see(t, -1, "subsampled", t->x, n, d);
    return TONE_OK;
}

static void back(tone_tower *t, float *out, size_t n)
{
    const tone_hearing_config *c = &t->h->config;
    size_t w = c->out_width;
    tone_linear(t->ops, &(tone_product){&t->h->output, t->wide, w}, 1, t->x, c->hidden, n);
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < w; i++)
            t->wide[r * w + i] += t->h->bias[i];
    see(t, -1, "output_proj", t->wide, n, w);
    tone_rms_norm(t->ops, t->wide, w, t->wide, w, NULL, w, n, (float)c->eps);
    tone_linear(t->ops, &(tone_product){&t->h->embed, out, c->soft_width}, 1, t->wide, w, n);
    see(t, -1, "soft_tokens", out, n, c->soft_width);
}

static tone_status stopped(tone_tower *t, tone_error *err)
{
    t->steps_done++;
    if (tone_ops_cancelled(t->ops) || (t->progress && !t->progress(t->progress_arg, t->steps_done, t->steps_all)))
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "listening was cancelled");
    return TONE_OK;
}

tone_status tone_tower_run(tone_tower *t, float *out, size_t n, const float *mel, size_t mel_first, size_t mel_end, tone_error *err)
{
    const tone_hearing_config *c = &t->h->config;
    while (n) {
        size_t block = n < TONE_TOWER_BLOCK ? n : TONE_TOWER_BLOCK;
        tone_status st = front(t, block, mel, mel_first, mel_end, err);
        for (uint32_t i = 0; i < c->n_layers && !st; i++) {
            layer(t, i, block);
            st = stopped(t, err);
        }
        if (st)
            return st;
        back(t, out, block);
        t->n_done += block;
        out += block * c->soft_width;
        n -= block;
    }
    return TONE_OK;
}

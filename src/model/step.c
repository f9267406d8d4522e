/* The decoder: tokens to keys, values and, where they are wanted, hidden states.
 *
 * Shapes: n tokens of the batch, d hidden, H query heads, KV key heads of hd values, F feed-forward width, P width of a
 * per-layer embedding.  Rows r0 … n-1 of a batch are at work in a layer: all of them up to the last layer with keys of its
 * own, from there on only those whose logits are wanted. */
#include "model/step.h"

#include <math.h>
#include <string.h>

void tone_step_tap(const tone_stepper *s, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    if (s->tap)
        s->tap->see(s->tap->arg, layer, stage, rows, n_rows, n_cols, stride);
}

static bool is_visual(const tone_batch *b, size_t t)
{
    return b->kinds && (b->kinds[t] == TONE_INPUT_IMAGE || b->kinds[t] == TONE_INPUT_VIDEO);
}

/* Positions and what each token may see: low … last in sliding layers, zero … last in full ones; the soft tokens of one
 * picture (neighbouring visual positions) see to its end where the layer says so. */
static void place(const tone_stepper *s, const tone_batch *b)
{
    tone_work *w = s->work;
    int64_t window = s->plan->config.window;
    for (size_t t = 0; t < b->n; t++) {
        int64_t p = b->first + (int64_t)t;
        w->position[t] = (int32_t)p;
        w->low[t] = p - window + 1 > 0 ? p - window + 1 : 0;
        w->zero[t] = 0;
        w->last[t] = p;
    }
    for (size_t t = b->n; t-- > 0;) {
        bool inside = is_visual(b, t) && t + 1 < b->n && is_visual(b, t + 1);
        w->block_last[t] = inside ? w->block_last[t + 1] : w->last[t];
    }
}

/* x (n, d): rows of the table times sqrt(d); soft tokens as they are. */
static void embed(const tone_stepper *s, const tone_batch *b)
{
    const tone_plan *p = s->plan;
    tone_work *w = s->work;
    size_t d = p->config.hidden;
    const float *soft = b->soft;
    for (size_t t = 0; t < b->n; t++)
        w->ids[t] = b->kinds && b->kinds[t] ? 0 : (int32_t)b->ids[t];
    tone_rows(s->ops, w->x, d, &p->embed, w->ids, b->n, (float)sqrt((double)d));
    for (size_t t = 0; b->kinds && t < b->n; t++)
        if (b->kinds[t]) {
            memcpy(w->x + t * d, soft, d * sizeof *soft);
            soft += d;
        }
    tone_step_tap(s, -1, "embed", w->x, b->n, d, d);
}

/* Columns c0 … c1-1 of the per-layer embeddings of rows r0 … of the batch, into out (rows, c1 - c0):
 * (rms(Wmp x / sqrt(d)) * weight + sqrt(P) * table row) / sqrt(2).  The division by sqrt(d) stands in the epsilon. */
static void per_layer_columns(const tone_stepper *s, size_t r0, size_t n, uint32_t c0, uint32_t c1, float *out)
{
    const tone_plan *p = s->plan;
    tone_work *w = s->work;
    size_t d = p->config.hidden, cols = c1 - c0, width = p->config.ple_width;
    if (cols == 0 || n == 0)
        return;
    tone_matrix table = p->ple_embed, proj = p->ple_model_proj;
    table.data += tone_type_row_bytes((uint32_t)table.type, c0);
    table.cols = (uint32_t)cols;
    proj.data += (size_t)c0 * proj.row_bytes;
    proj.rows = (uint32_t)cols;
    float *context = w->gate; /* free at this time */
    tone_linear(s->ops, &(tone_product){&proj, context, cols}, 1, w->x + r0 * d, d, n);
    tone_rows(s->ops, out, cols, &table, w->ids + r0, n, (float)sqrt((double)width));
    tone_add_rms_norm(s->ops, out, width, context, width, p->ple_proj_norm, width, n * (cols / width),
                      (float)(p->config.eps * (double)d), (float)M_SQRT1_2);
}

static void per_layer_inputs(const tone_stepper *s, const tone_batch *b)
{
    const tone_plan *p = s->plan;
    tone_work *w = s->work;
    uint32_t all = p->config.n_layers * p->config.ple_width, split = w->ple_split;
    if (!p->config.ple_width)
        return;
    for (size_t t = 0; t < b->n; t++) /* ids were put in place by embed() */
        if ((uint32_t)w->ids[t] >= p->ple_embed.rows)
            w->ids[t] = 0;
    size_t r0 = b->n - b->n_want;
    per_layer_columns(s, 0, b->n, 0, split, w->ple_own);
    per_layer_columns(s, r0, b->n_want, split, all, w->ple_rest);
    if (s->tap) {
        tone_step_tap(s, -1, "per_layer_inputs.own", w->ple_own, b->n, split, split);
        tone_step_tap(s, -1, "per_layer_inputs.rest", w->ple_rest, b->n_want, all - split, all - split);
    }
}

/* The per-layer embeddings of layer i for batch row r0 and on; *stride floats from row to row. */
static const float *ple_of(const tone_stepper *s, const tone_batch *b, uint32_t i, size_t r0, size_t *stride)
{
    const tone_work *w = s->work;
    uint32_t column = i * s->plan->config.ple_width, all = s->plan->config.n_layers * s->plan->config.ple_width;
    if (column < w->ple_split) {
        *stride = w->ple_split;
        return w->ple_own + r0 * *stride + column;
    }
    *stride = all - w->ple_split;
    return w->ple_rest + (r0 - (b->n - b->n_want)) * *stride + column - w->ple_split;
}

/* What layer i projected becomes the keys and values of the batch's positions.  Where the raw key is the value, the value
 * alone is stored and tone_attention() makes the key from it. */
static void keys_and_values(const tone_stepper *s, const tone_batch *b, uint32_t i)
{
    const tone_plan *p = s->plan;
    const tone_layer *l = &p->layers[i];
    tone_work *w = s->work;
    size_t cols = (size_t)l->n_kv * l->head_dim;
    float eps = (float)p->config.eps, *v = l->v.data ? w->v : w->k;
    if (!l->v.data && s->tap) {
        memcpy(w->v, w->k, b->n * cols * sizeof *w->v);
        v = w->v;
    }
    if (l->v.data || s->tap)
        tone_head_norm_rope(s->ops, w->k, cols, l->n_kv, l->head_dim, l->k_norm, eps, l->inv_freq, w->position, b->n);
    if (p->value_norm)
        tone_head_norm_rope(s->ops, v, cols, l->n_kv, l->head_dim, NULL, eps, NULL, w->position, b->n);
    tone_kv_write(s->ops, &s->cache->layers[i], w->k, v, cols, b->first, b->n);
    tone_step_tap(s, (int)i, "k", w->k, b->n, cols, cols);
    tone_step_tap(s, (int)i, "v", v, b->n, cols, cols);
}

/* Attention of layer i.  h (n, d) normed; keys and values of all its rows are stored, queries and the result are of rows
 * r0 and on.  o (n - r0, d). */
static void attention(const tone_stepper *s, const tone_batch *b, uint32_t i, size_t r0)
{
    const tone_plan *p = s->plan;
    const tone_layer *l = &p->layers[i];
    tone_work *w = s->work;
    size_t d = p->config.hidden, n_q = b->n - r0, q_cols = (size_t)p->config.n_heads * l->head_dim,
           kv_cols = (size_t)l->n_kv * l->head_dim;
    float eps = (float)p->config.eps;
    const tone_product q = {&l->q, w->q, q_cols}, k = {&l->k, w->k, kv_cols}, v = {&l->v, w->v, kv_cols};
    if (l->owns_kv) {
        tone_product products[3] = {k, v};
        size_t n_products = l->v.data ? 2 : 1;
        if (r0 == 0)
            products[n_products++] = q;
        tone_linear(s->ops, products, n_products, w->h, d, b->n);
        keys_and_values(s, b, i);
    }
    if (n_q == 0)
        return;
    if (!l->owns_kv || r0)
        tone_linear(s->ops, &q, 1, w->h + r0 * d, d, n_q);
    tone_head_norm_rope(s->ops, w->q, q_cols, p->config.n_heads, l->head_dim, l->q_norm, eps, l->inv_freq, w->position + r0, n_q);
    tone_step_tap(s, (int)i, "q", w->q, n_q, q_cols, q_cols);
    tone_attention(s->ops, w->heads, q_cols, w->q, q_cols, p->config.n_heads, &s->cache->layers[l->source],
                   (l->full ? w->zero : w->low) + r0, (l->bidirectional ? w->block_last : w->last) + r0,
                   (float)p->config.score_scale, n_q);
    tone_linear(s->ops, &(tone_product){&l->o, w->o, d}, 1, w->heads, q_cols, n_q);
    tone_step_tap(s, (int)i, "attn_out", w->o, n_q, d, d);
}

/* o (n, d) = what the feed-forward block of layer i adds to x (n, d), before its last norm. */
static void feed_forward(const tone_stepper *s, uint32_t i, const float *x, size_t n)
{
    const tone_plan *p = s->plan;
    const tone_layer *l = &p->layers[i];
    const tone_mixture *m = l->mixture;
    tone_work *w = s->work;
    size_t d = p->config.hidden;
    float eps = (float)p->config.eps;
    tone_rms_norm(s->ops, w->h, d, x, d, l->ffn_norm, d, n, eps);
    const tone_product gate_up[2] = {{&l->gate, w->gate, l->ffn}, {&l->up, w->up, l->ffn}};
    tone_linear(s->ops, gate_up, 2, w->h, d, n);
    tone_geglu(s->ops, w->gate, l->ffn, w->up, l->ffn, l->ffn, n);
    tone_linear(s->ops, &(tone_product){&l->down, w->o, d}, 1, w->gate, l->ffn, n);
    tone_step_tap(s, (int)i, "mlp_out", w->o, n, d, d);
    if (!m)
        return;
    tone_rms_norm(s->ops, w->o, d, w->o, d, m->post_dense_norm, d, n, eps);
    const float *sparse = tone_step_experts(s, i, x, n);
    tone_add_rms_norm(s->ops, w->o, d, sparse, d, m->post_norm, d, n, eps, 1.0f);
}

/* x += rms(Wproj (gelu(Wgate x) * p)) * weight, and the scale that ends a layer. */
static void per_layer_block(const tone_stepper *s, const tone_batch *b, uint32_t i, size_t r0)
{
    const tone_plan *p = s->plan;
    const tone_layer *l = &p->layers[i];
    tone_work *w = s->work;
    size_t d = p->config.hidden, width = p->config.ple_width, n = b->n - r0, stride;
    float *x = w->x + r0 * d, eps = (float)p->config.eps;
    const float *inputs = ple_of(s, b, i, r0, &stride);
    tone_linear(s->ops, &(tone_product){&l->ple_gate, w->ple_gate, width}, 1, x, d, n);
    tone_geglu(s->ops, w->ple_gate, width, inputs, stride, width, n);
    tone_linear(s->ops, &(tone_product){&l->ple_proj, w->o, d}, 1, w->ple_gate, width, n);
    if (s->tap) {
        tone_rms_norm(s->ops, w->h, d, w->o, d, l->ple_norm, d, n, eps);
        tone_step_tap(s, (int)i, "ple_post", w->h, n, d, d);
    }
    tone_add_rms_norm(s->ops, x, d, w->o, d, l->ple_norm, d, n, eps, l->out_scale);
}

/* x of rows r0 and on goes through layer i; of the rows before, only keys and values are made. */
static void layer(const tone_stepper *s, const tone_batch *b, uint32_t i, size_t r0)
{
    const tone_plan *p = s->plan;
    const tone_layer *l = &p->layers[i];
    tone_work *w = s->work;
    size_t d = p->config.hidden, n = b->n - r0, normed = l->owns_kv ? 0 : r0;
    float *x = w->x + r0 * d, eps = (float)p->config.eps;
    tone_rms_norm(s->ops, w->h + normed * d, d, w->x + normed * d, d, l->attn_norm, d, b->n - normed, eps);
    attention(s, b, i, r0);
    if (n == 0)
        return;
    tone_add_rms_norm(s->ops, x, d, w->o, d, l->post_attn_norm, d, n, eps, 1.0f);
    feed_forward(s, i, x, n);
    bool last = !p->config.ple_width;
    tone_add_rms_norm(s->ops, x, d, w->o, d, l->post_ffn_norm, d, n, eps, last ? l->out_scale : 1.0f);
    if (!last)
        per_layer_block(s, b, i, r0);
    tone_step_tap(s, (int)i, "out", x, n, d, d);
}

bool tone_step_run(const tone_stepper *s, const tone_batch *b)
{
    const tone_plan *p = s->plan;
    tone_work *w = s->work;
    size_t d = p->config.hidden, wanted = b->n - b->n_want;
    place(s, b);
    embed(s, b);
    per_layer_inputs(s, b);
    tone_cache_advance(s->cache, b->first + (int64_t)b->n);
    for (uint32_t i = 0; i < p->config.n_layers; i++) {
        if (tone_ops_cancelled(s->ops))
            return false;
        if (i >= p->n_owners && b->n_want == 0)
            break;
        layer(s, b, i, i + 1 < p->n_owners ? 0 : wanted);
    }
    if (b->n_want) {
        tone_rms_norm(s->ops, w->h, d, w->x + wanted * d, d, p->norm, d, b->n_want, (float)p->config.eps);
        tone_step_tap(s, -1, "final_norm", w->h, b->n_want, d, d);
    }
    return !tone_ops_cancelled(s->ops);
}

void tone_step_head(const tone_stepper *s, size_t row, size_t n, float *logits)
{
    const tone_plan *p = s->plan;
    size_t d = p->config.hidden, vocab = p->config.vocab;
    tone_linear(s->ops, &(tone_product){&p->head, logits, vocab}, 1, s->work->h + row * d, d, n);
    if (p->config.softcap > 0)
        tone_softcap(s->ops, logits, n * vocab, (float)p->config.softcap);
}

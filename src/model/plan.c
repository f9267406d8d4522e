/* Config and tensors to a plan.  A tensor that is missing, of a wrong shape or of an unknown type is named.
 *
 * Names the plan never asks for are ignored: vision and audio towers, and the dead key and value matrices that early
 * releases carry in layers that share those of another. */
#include "model/plan.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

enum { VECTORS_PER_LAYER = 16 }; /* more than build_layer() takes */

typedef struct builder {
    tone_plan *plan;
    const tone_model_config *c;
    const tone_weights *w;
    float add; /* to norm weights as stored */
    tone_error *err;
} builder;

/* A copy that the plan owns and may still be changed. */
static tone_status take_own(builder *b, float **out, tone_slot slot, int layer, uint32_t n, float add)
{
    tone_plan *p = b->plan;
    tone_status st = tone_weights_vector(b->w, out, slot, layer, n, add, b->err);
    if (!st)
        p->vectors[p->n_vectors++] = *out;
    return st;
}

static tone_status take_vector(builder *b, const float **out, tone_slot slot, int layer, uint32_t n, float add)
{
    float *own;
    tone_status st = take_own(b, &own, slot, layer, n, add);
    if (!st)
        *out = own;
    return st;
}

static tone_status take_norm(builder *b, const float **out, tone_slot slot, int layer, uint32_t n)
{
    return take_vector(b, out, slot, layer, n, b->add);
}

static tone_status take_matrix(builder *b, tone_matrix *out, tone_slot slot, int layer, uint32_t rows, uint32_t cols)
{
    return tone_weights_matrix(b->w, out, slot, layer, rows, cols, b->err);
}

static bool has(const builder *b, tone_slot slot, int layer)
{
    char name[TONE_NAME_ROOM];
    return tone_weights_find(b->w, slot, layer, name) != NULL;
}

/* A GGUF file says it by leaving the value matrices of all its full layers out; models with per-layer embeddings never do. */
static bool value_is_key(const builder *b, uint32_t i)
{
    const tone_model_config *c = b->c;
    if (!c->full_kv_in_file)
        return c->layers[i].k_eq_v;
    if (!c->layers[i].full || c->family != TONE_GEMMA4 || c->ple_width)
        return false;
    for (uint32_t j = 0; j < c->n_layers - c->n_shared; j++)
        if (c->layers[j].full && has(b, TONE_W_V, (int)j))
            return false;
    return true;
}

static tone_status build_attention(builder *b, tone_layer *l, uint32_t i)
{
    const tone_model_config *c = b->c;
    uint32_t hd = l->head_dim, kv = l->n_kv * hd, q = c->n_heads * hd;
    int n = (int)i;
    tone_status st;
    if ((st = take_norm(b, &l->attn_norm, TONE_W_ATTN_NORM, n, c->hidden)) ||
        (st = take_matrix(b, &l->q, TONE_W_Q, n, q, c->hidden)) || (st = take_norm(b, &l->q_norm, TONE_W_Q_NORM, n, hd)) ||
        (st = take_matrix(b, &l->o, TONE_W_O, n, c->hidden, q)) ||
        (st = take_norm(b, &l->post_attn_norm, TONE_W_POST_ATTN_NORM, n, c->hidden)))
        return st;
    if (!l->owns_kv)
        return TONE_OK;
    if ((st = take_matrix(b, &l->k, TONE_W_K, n, kv, c->hidden)) || (st = take_norm(b, &l->k_norm, TONE_W_K_NORM, n, hd)))
        return st;
    return value_is_key(b, i) ? TONE_OK : take_matrix(b, &l->v, TONE_W_V, n, kv, c->hidden);
}

static tone_status build_mixture(builder *b, tone_mixture *m, uint32_t i)
{
    const tone_model_config *c = b->c;
    uint32_t d = c->hidden, f = c->expert_ffn, x = c->n_experts;
    int n = (int)i;
    float *scale;
    tone_status st;
    if ((st = take_matrix(b, &m->router, TONE_W_ROUTER, n, x, d)) ||
        (st = take_own(b, &scale, TONE_W_ROUTER_SCALE, n, d, 0)) ||
        (st = take_vector(b, &m->expert_scale, TONE_W_EXPERT_SCALE, n, x, 0)) ||
        (st = take_norm(b, &m->pre_norm, TONE_W_PRE_EXPERT_NORM, n, d)) ||
        (st = take_norm(b, &m->post_dense_norm, TONE_W_POST_DENSE_NORM, n, d)) ||
        (st = take_norm(b, &m->post_norm, TONE_W_POST_EXPERT_NORM, n, d)) ||
        (st = tone_weights_stack(b->w, &m->down, TONE_W_EXPERT_DOWN, n, x, d, f, b->err)))
        return st;
    for (uint32_t j = 0; j < d; j++)
        scale[j] = (float)((double)scale[j] / sqrt((double)d));
    m->router_scale = scale;
    if (!has(b, TONE_W_EXPERT_GATE, n))
        return tone_weights_stack(b->w, &m->gate_up, TONE_W_EXPERT_GATE_UP, n, x, 2 * f, d, b->err);
    if ((st = tone_weights_stack(b->w, &m->gate, TONE_W_EXPERT_GATE, n, x, f, d, b->err)))
        return st;
    return tone_weights_stack(b->w, &m->up, TONE_W_EXPERT_UP, n, x, f, d, b->err);
}

static tone_status build_feed_forward(builder *b, tone_layer *l, uint32_t i)
{
    const tone_model_config *c = b->c;
    int n = (int)i;
    tone_status st;
    if ((st = take_norm(b, &l->ffn_norm, TONE_W_FFN_NORM, n, c->hidden)) ||
        (st = take_matrix(b, &l->gate, TONE_W_GATE, n, l->ffn, c->hidden)) ||
        (st = take_matrix(b, &l->up, TONE_W_UP, n, l->ffn, c->hidden)) ||
        (st = take_matrix(b, &l->down, TONE_W_DOWN, n, c->hidden, l->ffn)) ||
        (st = take_norm(b, &l->post_ffn_norm, TONE_W_POST_FFN_NORM, n, c->hidden)))
        return st;
    if (!c->n_experts)
        return TONE_OK;
    l->mixture = &b->plan->mixtures[i];
    return build_mixture(b, &b->plan->mixtures[i], i);
}

static tone_status build_layer(builder *b, uint32_t i)
{
    const tone_model_config *c = b->c;
    const tone_layer_config *from = &c->layers[i];
    tone_layer *l = &b->plan->layers[i];
    int n = (int)i;
    tone_status st;
    l->full = from->full;
    l->bidirectional = c->bidirectional && (!l->full || c->family == TONE_GEMMA3);
    l->n_kv = from->n_kv;
    l->head_dim = from->head_dim;
    l->ffn = from->ffn;
    l->source = from->source;
    l->owns_kv = from->source == i;
    l->out_scale = 1;
    if ((st = build_attention(b, l, i)) || (st = build_feed_forward(b, l, i)))
        return st;
    if (c->ple_width) {
        if ((st = take_matrix(b, &l->ple_gate, TONE_W_PLE_GATE, n, c->ple_width, c->hidden)) ||
            (st = take_matrix(b, &l->ple_proj, TONE_W_PLE_PROJ, n, c->hidden, c->ple_width)) ||
            (st = take_norm(b, &l->ple_norm, TONE_W_PLE_NORM, n, c->hidden)))
            return st;
    }
    if (c->family == TONE_GEMMA4) {
        const float *scale;
        if ((st = take_vector(b, &scale, TONE_W_SCALE, n, 1, 0)))
            return st;
        l->out_scale = *scale;
    }
    return TONE_OK;
}

/* The angles of one kind of layer.  A GGUF file may bring divisors for those of full layers; without them the
 * configuration says how many pairs turn. */
static tone_status fill_frequencies(builder *b, double *f, bool full, uint32_t hd)
{
    const tone_model_config *c = b->c;
    char name[TONE_NAME_ROOM];
    const float *divisor = NULL;
    double theta = full ? c->theta_full : c->theta_sliding;
    uint32_t turning = full ? (uint32_t)(c->rotary_fraction * hd / 2) : hd / 2;
    if (full && c->family == TONE_GEMMA4 && b->w->gguf && tone_weights_find(b->w, TONE_W_ROPE_FREQS, TONE_NO_LAYER, name)) {
        tone_status st = take_vector(b, &divisor, TONE_W_ROPE_FREQS, TONE_NO_LAYER, hd / 2, 0);
        if (st)
            return st;
        turning = hd / 2;
    }
    for (uint32_t j = 0; j < hd / 2; j++) {
        f[j] = j < turning ? pow(theta, -2.0 * j / hd) : 0;
        if (full)
            f[j] /= c->rope_divisor;
        if (divisor) /* 1e30 stands for "does not turn" */
            f[j] = fabs((double)divisor[j]) < 1e20 && divisor[j] != 0 ? f[j] / (double)divisor[j] : 0;
    }
    return TONE_OK;
}

/* One table for the sliding layers and one for the full ones: their heads must be of one size each. */
static tone_status build_frequencies(builder *b)
{
    const tone_model_config *c = b->c;
    uint32_t hd[2] = {0, 0};
    for (uint32_t i = 0; i < c->n_layers; i++) {
        uint32_t *known = &hd[c->layers[i].full];
        if (*known && *known != c->layers[i].head_dim)
            return tone_fail(b->err, TONE_ERR_UNSUPPORTED, 0, "layer %u has heads of %u values, the %s layers before it of %u", i,
                             c->layers[i].head_dim, c->layers[i].full ? "full" : "sliding", *known);
        *known = c->layers[i].head_dim;
    }
    double *f = b->plan->frequencies = calloc(hd[0] / 2 + hd[1] / 2 + 1, sizeof *f);
    if (!f)
        return tone_fail(b->err, TONE_ERR_NO_MEMORY, 0, "no memory for the RoPE tables");
    tone_status st;
    if ((st = fill_frequencies(b, f, false, hd[0])) || (hd[1] && (st = fill_frequencies(b, f + hd[0] / 2, true, hd[1]))))
        return st;
    for (uint32_t i = 0; i < c->n_layers; i++)
        b->plan->layers[i].inv_freq = c->layers[i].full ? f + hd[0] / 2 : f;
    return TONE_OK;
}

/* Tensors of a part that the configuration leaves out: it is the configuration that is not whole. */
static tone_status refuse_surplus(builder *b)
{
    char name[TONE_NAME_ROOM];
    if (!b->c->ple_width && tone_weights_find(b->w, TONE_W_PLE_EMBED, TONE_NO_LAYER, name))
        return tone_fail(b->err, TONE_ERR_FORMAT, 0, "the tensor '%s' is there, but the configuration knows no per-layer embeddings", name);
    if (!b->c->n_experts && tone_weights_find(b->w, TONE_W_ROUTER, 0, name))
        return tone_fail(b->err, TONE_ERR_FORMAT, 0, "the tensor '%s' is there, but the configuration knows no experts", name);
    return TONE_OK;
}

static tone_status build_all(builder *b)
{
    const tone_model_config *c = b->c;
    tone_plan *p = b->plan;
    tone_status st;
    char name[TONE_NAME_ROOM];
    const tone_tensor *embed = tone_weights_find(b->w, TONE_W_EMBED, TONE_NO_LAYER, name);
    if (!p->config.vocab && embed && embed->n_dims == 2 && embed->dims[0] <= TONE_MAX_VOCAB)
        p->config.vocab = (uint32_t)embed->dims[0];
    uint32_t vocab = p->config.vocab;
    if ((st = take_matrix(b, &p->embed, TONE_W_EMBED, TONE_NO_LAYER, vocab, c->hidden)))
        return st;
    p->head = p->embed;
    if (has(b, TONE_W_HEAD, TONE_NO_LAYER) && (st = take_matrix(b, &p->head, TONE_W_HEAD, TONE_NO_LAYER, vocab, c->hidden)))
        return st;
    if ((st = take_norm(b, &p->norm, TONE_W_NORM, TONE_NO_LAYER, c->hidden)))
        return st;
    if (c->ple_width) {
        uint32_t all = c->n_layers * c->ple_width; /* 2^26 at most */
        const tone_tensor *table = tone_weights_find(b->w, TONE_W_PLE_EMBED, TONE_NO_LAYER, name);
        /* The table of per-layer embeddings may be shorter than the vocabulary: ids past its end read row 0. */
        uint32_t rows = table && table->n_dims == 2 && table->dims[0] < vocab ? (uint32_t)table->dims[0] : vocab;
        if ((st = take_matrix(b, &p->ple_embed, TONE_W_PLE_EMBED, TONE_NO_LAYER, rows, all)) ||
            (st = take_matrix(b, &p->ple_model_proj, TONE_W_PLE_MODEL_PROJ, TONE_NO_LAYER, all, c->hidden)) ||
            (st = take_norm(b, &p->ple_proj_norm, TONE_W_PLE_PROJ_NORM, TONE_NO_LAYER, c->ple_width)))
            return st;
    }
    if ((st = refuse_surplus(b)))
        return st;
    for (uint32_t i = 0; i < c->n_layers; i++)
        if ((st = build_layer(b, i)))
            return st;
    return build_frequencies(b);
}

tone_status tone_plan_build(tone_plan *p, const tone_model_config *c, const tone_weights *w, tone_error *err)
{
    *p = (tone_plan){.config = *c};
    p->layers = calloc(c->n_layers, sizeof *p->layers);
    p->mixtures = c->n_experts ? calloc(c->n_layers, sizeof *p->mixtures) : NULL;
    p->vectors = calloc(VECTORS_PER_LAYER * ((size_t)c->n_layers + 1), sizeof *p->vectors);
    builder b = {.plan = p, .c = c, .w = w, .add = c->norm_plus_one ? 1.0f : 0.0f, .err = err};
    tone_status st = !p->layers || !p->vectors || (c->n_experts && !p->mixtures)
                         ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the plan of %u layers", c->n_layers)
                         : build_all(&b);
    if (st) {
        tone_plan_clear(p);
        return st;
    }
    p->value_norm = c->family == TONE_GEMMA4;
    p->n_owners = c->n_layers - c->n_shared;
    for (uint32_t i = 0; i < c->n_layers; i++) {
        const tone_layer *l = &p->layers[i];
        uint32_t q = c->n_heads * l->head_dim, kv = l->n_kv * l->head_dim;
        p->max_q = q > p->max_q ? q : p->max_q;
        p->max_kv = kv > p->max_kv ? kv : p->max_kv;
        p->max_ffn = l->ffn > p->max_ffn ? l->ffn : p->max_ffn;
    }
    if (c->n_experts && c->expert_ffn > p->max_ffn)
        p->max_ffn = c->expert_ffn;
    return TONE_OK;
}

void tone_plan_clear(tone_plan *p)
{
    free(p->layers);
    free(p->mixtures);
    for (size_t i = 0; i < p->n_vectors; i++)
        free(p->vectors[i]);
    free(p->vectors);
    free(p->frequencies);
    *p = (tone_plan){0};
}

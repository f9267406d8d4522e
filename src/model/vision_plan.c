/* Finding the tensors of a vision tower, by the names of Hugging Face or of GGUF files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "model/vision.h"

/* Where a vector or a bounded linear belongs in a tone_vision_layer, and what the files call it behind the layer's prefix. */
typedef struct part {
    size_t at;
    const char *hf, *gguf;
} part;

#define LAYER(field) offsetof(tone_vision_layer, field)

static const part norms[] = {
    {LAYER(in_norm), "input_layernorm", "ln1"},
    {LAYER(post_attn_norm), "post_attention_layernorm", "attn_post_norm"},
    {LAYER(ffn_norm), "pre_feedforward_layernorm", "ln2"}, /* not the second norm of the layer, as the name suggests */
    {LAYER(post_ffn_norm), "post_feedforward_layernorm", "ffn_post_norm"},
    {LAYER(q_norm), "self_attn.q_norm", "attn_q_norm"},
    {LAYER(k_norm), "self_attn.k_norm", "attn_k_norm"},
};

static const part linears[] = {
    {LAYER(q), "self_attn.q_proj", "attn_q"},   {LAYER(k), "self_attn.k_proj", "attn_k"}, {LAYER(v), "self_attn.v_proj", "attn_v"},
    {LAYER(o), "self_attn.o_proj", "attn_out"}, {LAYER(gate), "mlp.gate_proj", "ffn_gate"}, {LAYER(up), "mlp.up_proj", "ffn_up"},
    {LAYER(down), "mlp.down_proj", "ffn_down"},
};

enum { N_NORMS = sizeof norms / sizeof *norms, N_LINEARS = sizeof linears / sizeof *linears };

/* "vision_tower.encoder.layers.3.mlp.up_proj.linear.weight" or "v.blk.3.ffn_up.weight" */
static const tone_tensor *find_part(const tone_vision *v, uint32_t layer, const part *p, const char *hf_end, const char *gguf_end,
                                    char name[TONE_NAME_ROOM])
{
    char hf[TONE_NAME_ROOM], gguf[TONE_NAME_ROOM];
    snprintf(hf, sizeof hf, "vision_tower.encoder.layers.%u.%s%s", layer, p->hf, hf_end);
    snprintf(gguf, sizeof gguf, "v.blk.%u.%s%s", layer, p->gguf, gguf_end);
    return tone_tower_find(&v->file, hf, gguf, name);
}

static tone_status take_vector(tone_vision *v, const float **out, const tone_tensor *t, const char *name, uint32_t n, tone_error *err)
{
    float *copy;
    tone_status st = tone_tensor_vector(&copy, t, name, n, 0, err);
    if (!st)
        *out = v->vectors[v->n_vectors++] = copy;
    return st;
}

static tone_status take_bounds(const tone_vision *v, tone_bounded *l, uint32_t layer, const part *p, tone_error *err)
{
    static const char *const ends[] = {".input_min", ".input_max", ".output_min", ".output_max"};
    float *const bounds[] = {&l->in.lo, &l->in.hi, &l->out.lo, &l->out.hi};
    char name[TONE_NAME_ROOM];
    for (int i = 0; i < 4; i++) {
        *bounds[i] = i % 2 ? INFINITY : -INFINITY;
        const tone_tensor *t = v->config.unbounded ? NULL : find_part(v, layer, p, ends[i], ends[i], name);
        tone_status st = tone_tower_scalar(bounds[i], t, name, err);
        if (st)
            return st;
        if (i % 2 && !(*bounds[i - 1] <= *bounds[i])) /* a NaN is no bound either */
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' is no upper bound to %g: it is %g", name, (double)*bounds[i - 1],
                             (double)*bounds[i]);
    }
    return TONE_OK;
}

static tone_status plan_layer(tone_vision *v, uint32_t i, tone_error *err)
{
    const tone_vision_config *c = &v->config;
    tone_vision_layer *l = &v->layers[i];
    char name[TONE_NAME_ROOM];
    for (size_t p = 0; p < N_NORMS; p++) {
        const tone_tensor *t = find_part(v, i, &norms[p], ".weight", ".weight", name);
        const float **to = (const float **)((char *)l + norms[p].at);
        tone_status st = take_vector(v, to, t, name, to == &l->q_norm || to == &l->k_norm ? c->head_dim : c->hidden, err);
        if (st)
            return st;
    }
    uint32_t q = c->n_heads * c->head_dim, kv = c->n_kv * c->head_dim, d = c->hidden;
    const uint32_t shapes[N_LINEARS][2] = {{q, d}, {kv, d}, {kv, d}, {d, q}, {c->ffn, d}, {c->ffn, d}, {d, c->ffn}};
    for (size_t p = 0; p < N_LINEARS; p++) {
        tone_bounded *to = (tone_bounded *)((char *)l + linears[p].at);
        const tone_tensor *t = find_part(v, i, &linears[p], ".linear.weight", ".weight", name);
        tone_status st = tone_tensor_stack(&to->w, t, name, 0, shapes[p][0], shapes[p][1], err);
        if (st || (st = take_bounds(v, to, i, &linears[p], err)))
            return st;
        v->facts.clipped |= to->in.hi < INFINITY || to->out.hi < INFINITY;
    }
    return TONE_OK;
}

/* GGUF files have it as (hidden, 3, patch, patch). */
static tone_status plan_patches(tone_vision *v, tone_error *err)
{
    char name[TONE_NAME_ROOM];
    uint32_t patch = v->config.patch;
    const tone_tensor *t = tone_tower_find(&v->file, "vision_tower.patch_embedder.input_proj.weight", "v.patch_embd.weight", name);
    v->channel_first = v->file.gguf != NULL;
    tone_tensor flat;
    if (t && v->channel_first && t->n_dims == 4 && t->dims[1] == 3 && t->dims[2] == patch && t->dims[3] == patch) {
        flat = *t;
        flat.n_dims = 2;
        flat.dims[1] = 3 * (uint64_t)patch * patch;
        t = &flat;
    }
    return tone_tensor_stack(&v->patches, t, name, 0, v->config.hidden, 3 * patch * patch, err);
}

static tone_status plan_positions(tone_vision *v, tone_error *err)
{
    char name[TONE_NAME_ROOM];
    const tone_tensor *t =
        tone_tower_find(&v->file, "vision_tower.patch_embedder.position_embedding_table", "v.position_embd.weight", name);
    uint64_t n = t && t->n_dims == 3 ? t->dims[1] : 0;
    if (n > INT32_MAX / 2)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' has more positions than can be numbered", name);
    tone_status st = tone_tensor_stack(&v->positions, t, name, 2, (uint32_t)n, v->config.hidden, err);
    v->n_positions = (uint32_t)n;
    v->positions.rows = 2 * v->n_positions;
    return st;
}

static tone_status plan_ends(tone_vision *v, tone_error *err)
{
    char name[TONE_NAME_ROOM];
    const tone_vision_config *c = &v->config;
    tone_status st = TONE_OK;
    if (c->standardize) {
        const tone_tensor *t = tone_tower_find(&v->file, "vision_tower.std_bias", "v.std_bias", name);
        st = take_vector(v, &v->std_bias, t, name, c->hidden, err);
        if (!st) {
            t = tone_tower_find(&v->file, "vision_tower.std_scale", "v.std_scale", name);
            st = take_vector(v, &v->std_scale, t, name, c->hidden, err);
        }
    }
    if (st)
        return st;
    const tone_tensor *t = tone_tower_find(&v->file, "embed_vision.embedding_projection.weight", "mm.input_projection.weight", name);
    return tone_tensor_stack(&v->projection, t, name, 0, c->soft_width, c->hidden, err);
}

static void add_matrix(tone_vision_facts *f, const tone_matrix *m)
{
    f->n_parameters += (uint64_t)m->rows * m->cols;
    f->weight_bytes += (uint64_t)m->rows * m->row_bytes;
}

static void count(tone_vision *v)
{
    const tone_vision_config *c = &v->config;
    tone_vision_facts *f = &v->facts;
    f->soft_width = c->soft_width;
    f->default_budget = c->budget;
    f->hidden = c->hidden;
    f->n_layers = c->n_layers;
    f->n_heads = c->n_heads;
    f->ffn = c->ffn;
    f->patch = c->patch;
    f->pool = c->pool;
    f->standardized = v->std_bias != NULL;
    add_matrix(f, &v->patches);
    add_matrix(f, &v->positions);
    add_matrix(f, &v->projection);
    for (uint32_t i = 0; i < c->n_layers; i++)
        for (size_t p = 0; p < N_LINEARS; p++)
            add_matrix(f, &((const tone_bounded *)((const char *)&v->layers[i] + linears[p].at))->w);
}

tone_status tone_vision_plan(tone_vision *v, tone_error *err)
{
    const tone_vision_config *c = &v->config;
    uint32_t quarter = c->head_dim / 4;
    v->layers = calloc(c->n_layers, sizeof *v->layers);
    v->vectors = calloc((size_t)c->n_layers * N_NORMS + 2, sizeof *v->vectors);
    v->inv_freq = malloc(quarter * sizeof *v->inv_freq);
    if (!v->layers || !v->vectors || !v->inv_freq)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the plan of a vision tower");
    for (uint32_t i = 0; i < quarter; i++)
        v->inv_freq[i] = pow(c->theta, -(double)i / quarter);
    tone_status st;
    if ((st = plan_patches(v, err)) || (st = plan_positions(v, err)) || (st = plan_ends(v, err)))
        return st;
    for (uint32_t i = 0; i < c->n_layers && !st; i++)
        st = plan_layer(v, i, err);
    if (!st)
        count(v);
    return st;
}

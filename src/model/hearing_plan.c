/* Finding the tensors of an audio tower, by the names of Hugging Face, of llama.cpp or of Ollama. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/hearing.h"
#include "signal/mel.h"

typedef enum audio_slot {
#define SLOT(slot, hf, llama, ollama) AUDIO_##slot,
#include "model/hearing_slots.inc"
#undef SLOT
    N_SLOTS
} audio_slot;

static const char *const names[N_SLOTS][3] = {
#define SLOT(slot, hf, llama, ollama) {hf, llama, ollama},
#include "model/hearing_slots.inc"
#undef SLOT
};

enum { NO_LAYER = -1 };

/* The tensor `slot`, with its last part (".weight", or ".linear.weight" of a folder) replaced where `end` is not NULL. */
static const tone_tensor *find(const tone_hearing *h, audio_slot slot, int layer, const char *end, char name[TONE_NAME_ROOM])
{
    char full[TONE_NAME_ROOM];
    const char *own = names[slot][h->config.names];
    bool folder = h->config.names == TONE_HEARING_HF;
    if (slot == AUDIO_EMBED && folder)
        snprintf(full, sizeof full, "embed_audio.embedding_projection.weight");
    else if (layer == NO_LAYER)
        snprintf(full, sizeof full, "%s%s", folder ? "audio_tower." : "", own);
    else
        snprintf(full, sizeof full, folder ? "audio_tower.layers.%d.%s" : "a.blk.%d.%s", layer, own);
    if (end) {
        char *cut = strstr(full, folder ? ".linear.weight" : ".weight");
        if (cut)
            *cut = 0;
        strncat(full, end, sizeof full - strlen(full) - 1);
    }
    return tone_tower_find(&h->file, full, full, name);
}

/* A copy of a tensor of dims[0] x dims[1] x …; dimensions of 1 may be there or not. */
static tone_status values(tone_hearing *h, float **out, audio_slot slot, int layer, const uint32_t *dims, size_t n_dims, tone_error *err)
{
    char name[TONE_NAME_ROOM], want[64] = "";
    const tone_tensor *t = find(h, slot, layer, NULL, name);
    uint64_t n = 1;
    size_t at = 0, room = 0;
    bool fits = true;
    for (size_t i = 0; i < n_dims; i++) {
        n *= dims[i]; /* below 2^32 with the bounds of hearing_config.c */
        room += (size_t)snprintf(want + room, sizeof want - room, "%s%u", i ? " x " : "", dims[i]);
        while (t && at < t->n_dims && t->dims[at] == 1)
            at++;
        if (t && dims[i] != 1)
            fits &= at < t->n_dims && t->dims[at++] == dims[i];
    }
    tone_tensor flat;
    if (t) {
        if (!fits || t->n_values != n)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' has %llu values of another shape than %s", name,
                             (unsigned long long)t->n_values, want);
        flat = *t;
        flat.n_dims = 1;
        flat.dims[0] = n;
        t = &flat;
    }
    tone_status st = tone_tensor_vector(out, t, name, (uint32_t)n, 0, err);
    if (!st)
        h->vectors[h->n_vectors++] = *out;
    return st;
}

static tone_status vector(tone_hearing *h, float **out, audio_slot slot, int layer, uint32_t n, tone_error *err)
{
    return values(h, out, slot, layer, &n, 1, err);
}

/* Room of n floats that lives as long as h; NULL when there is none. */
static float *own(tone_hearing *h, size_t n)
{
    float *x = malloc(n * sizeof *x);
    if (x)
        h->vectors[h->n_vectors++] = x;
    return x;
}

static tone_status matrix(const tone_hearing *h, tone_matrix *out, audio_slot slot, int layer, uint32_t rows, uint32_t cols, tone_error *err)
{
    char name[TONE_NAME_ROOM];
    const tone_tensor *t = find(h, slot, layer, NULL, name);
    return tone_tensor_stack(out, t, name, 0, rows, cols, err);
}

static tone_status clipped(tone_hearing *h, tone_clipped *out, audio_slot slot, int layer, uint32_t rows, uint32_t cols, tone_error *err)
{
    static const char *const ends[] = {".input_min", ".input_max", ".output_min", ".output_max"};
    float *const bounds[] = {&out->in.lo, &out->in.hi, &out->out.lo, &out->out.hi};
    char name[TONE_NAME_ROOM];
    tone_status st = matrix(h, &out->w, slot, layer, rows, cols, err);
    for (int i = 0; i < 4 && !st; i++) {
        *bounds[i] = i % 2 ? INFINITY : -INFINITY;
        const tone_tensor *t = h->config.unbounded ? NULL : find(h, slot, layer, ends[i], name);
        st = tone_tower_scalar(bounds[i], t, name, err);
        if (!st && i % 2 && !(*bounds[i - 1] <= *bounds[i])) /* a NaN is no bound either */
            st = tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' is no upper bound to %g: it is %g", name, (double)*bounds[i - 1],
                           (double)*bounds[i]);
        h->facts.clipped |= t != NULL;
    }
    return st;
}

static tone_status plan_ffn(tone_hearing *h, tone_hearing_ffn *f, int layer, bool second, tone_error *err)
{
    const tone_hearing_config *c = &h->config;
    tone_status st;
    if ((st = vector(h, &f->pre, second ? AUDIO_FFN2_PRE : AUDIO_FFN1_PRE, layer, c->hidden, err)) ||
        (st = vector(h, &f->post, second ? AUDIO_FFN2_POST : AUDIO_FFN1_POST, layer, c->hidden, err)) ||
        (st = clipped(h, &f->up, second ? AUDIO_FFN2_UP : AUDIO_FFN1_UP, layer, c->ffn, c->hidden, err)) ||
        (st = clipped(h, &f->down, second ? AUDIO_FFN2_DOWN : AUDIO_FFN1_DOWN, layer, c->hidden, c->ffn, err)))
        return st;
    for (uint32_t i = 0; i < c->hidden; i++)
        f->post[i] *= (float)c->step;
    return TONE_OK;
}

static double softplus(double x)
{
    return x > 20 ? x : log1p(exp(x));
}

static double key_scale(void)
{
    return log(1 + exp(1)) / log(2);
}

/* q_scale[i] = softplus(s[i]) / sqrt(head size) / ln 2, times the scale of keys.  GGUF files hold softplus(s), which is never
 * 0 or less: one that does was made without it. */
static tone_status plan_q_scale(tone_hearing *h, tone_hearing_layer *l, int layer, tone_error *err)
{
    uint32_t n = h->config.hidden / h->config.n_heads;
    tone_status st = vector(h, &l->q_scale, AUDIO_DIM_SCALE, layer, n, err);
    if (st)
        return st;
    bool raw = h->config.names == TONE_HEARING_HF;
    for (uint32_t i = 0; i < n; i++)
        raw |= l->q_scale[i] <= 0;
    for (uint32_t i = 0; i < n; i++) {
        double s = (double)l->q_scale[i];
        l->q_scale[i] = (float)((raw ? softplus(s) : s) / sqrt(n) / log(2) * key_scale());
    }
    return TONE_OK;
}

/* Row `window - 1 - d` is W_rel E[d] / key scale with E[d] = sin(d w_i), then cos(d w_i), w_i = 10000^(-i / (hidden / 2 - 1)). */
static tone_status plan_distance(tone_hearing *h, tone_hearing_layer *l, int layer, tone_ops *ops, const float *angles, tone_error *err)
{
    const tone_hearing_config *c = &h->config;
    size_t d = c->hidden, n = c->window * d;
    tone_matrix w;
    tone_status st = matrix(h, &w, AUDIO_DISTANCE, layer, c->hidden, c->hidden, err);
    if (st)
        return st;
    l->distance = own(h, n);
    if (!l->distance)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an audio tower");
    tone_linear(ops, &(tone_product){&w, l->distance, d}, 1, angles, d, c->window);
    float scale = (float)(1 / key_scale());
    for (size_t i = 0; i < n; i++)
        l->distance[i] *= scale;
    return TONE_OK;
}

static void fill_angles(float *angles, const tone_hearing_config *c)
{
    size_t half = c->hidden / 2;
    for (size_t row = 0; row < c->window; row++)
        for (size_t i = 0; i < half; i++) {
            double a = (double)(c->window - 1 - row) * exp(-(double)i * log(10000) / (double)(half - 1));
            angles[row * c->hidden + i] = (float)sin(a);
            angles[row * c->hidden + half + i] = (float)cos(a);
        }
}

/* (hidden, n_taps) to (n_taps, hidden) */
static tone_status plan_taps(tone_hearing *h, tone_hearing_layer *l, int layer, tone_error *err)
{
    size_t d = h->config.hidden, n = h->config.n_taps;
    float *raw;
    tone_status st = values(h, &raw, AUDIO_LCONV_TAPS, layer, (const uint32_t[]){h->config.hidden, 1, h->config.n_taps}, 3, err);
    if (st)
        return st;
    l->taps = own(h, n * d);
    if (!l->taps)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an audio tower");
    for (size_t c = 0; c < d; c++)
        for (size_t k = 0; k < n; k++)
            l->taps[k * d + c] = raw[c * n + k];
    return TONE_OK;
}

static tone_status plan_layer(tone_hearing *h, int i, tone_ops *ops, const float *angles, tone_error *err)
{
    tone_hearing_layer *l = &h->layers[i];
    uint32_t d = h->config.hidden;
    tone_status st;
    if ((st = plan_ffn(h, &l->ffn1, i, false, err)) || (st = plan_ffn(h, &l->ffn2, i, true, err)) ||
        (st = vector(h, &l->pre_attn, AUDIO_PRE_ATTN, i, d, err)) || (st = vector(h, &l->post_attn, AUDIO_POST_ATTN, i, d, err)) ||
        (st = clipped(h, &l->q, AUDIO_Q, i, d, d, err)) || (st = clipped(h, &l->k, AUDIO_K, i, d, d, err)) ||
        (st = clipped(h, &l->v, AUDIO_V, i, d, d, err)) || (st = clipped(h, &l->o, AUDIO_O, i, d, d, err)) ||
        (st = plan_q_scale(h, l, i, err)) || (st = plan_distance(h, l, i, ops, angles, err)) ||
        (st = vector(h, &l->lconv_pre, AUDIO_LCONV_PRE, i, d, err)) || (st = vector(h, &l->lconv_norm, AUDIO_LCONV_NORM, i, d, err)) ||
        (st = clipped(h, &l->start, AUDIO_LCONV_START, i, 2 * d, d, err)) || (st = clipped(h, &l->end, AUDIO_LCONV_END, i, d, d, err)) ||
        (st = plan_taps(h, l, i, err)))
        return st;
    return vector(h, &l->out_norm, AUDIO_OUT_NORM, i, d, err);
}

/* (out, in, time, frequency) to the orders of tone_subsampler. */
static tone_status plan_front(tone_hearing *h, tone_error *err)
{
    uint32_t c0 = h->config.channels0, c1 = h->config.channels1;
    float *raw0, *raw1, *gain0, *gain1;
    tone_status st;
    if ((st = values(h, &raw0, AUDIO_CONV0, NO_LAYER, (const uint32_t[]){c0, 1, 3, 3}, 4, err)) ||
        (st = values(h, &raw1, AUDIO_CONV1, NO_LAYER, (const uint32_t[]){c1, c0, 3, 3}, 4, err)) ||
        (st = vector(h, &gain0, AUDIO_CONV0_NORM, NO_LAYER, c0, err)) || (st = vector(h, &gain1, AUDIO_CONV1_NORM, NO_LAYER, c1, err)))
        return st;
    float *conv0 = own(h, 9 * (size_t)c0), *conv1 = own(h, 9 * (size_t)c0 * c1);
    if (!conv0 || !conv1)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an audio tower");
    for (size_t o = 0; o < c0; o++)
        for (size_t tap = 0; tap < 9; tap++)
            conv0[tap * c0 + o] = raw0[o * 9 + tap];
    for (size_t o = 0; o < c1; o++)
        for (size_t i = 0; i < c0; i++)
            for (size_t tap = 0; tap < 9; tap++)
                conv1[((tap / 3 * c1 + o) * 3 + tap % 3) * c0 + i] = raw1[(o * c0 + i) * 9 + tap];
    h->front = (tone_subsampler){.n_bands = TONE_MEL_BANDS, .n_channels0 = c0, .n_channels1 = c1, .conv0 = conv0, .gain0 = gain0,
                                 .conv1 = conv1, .gain1 = gain1, .eps = (float)h->config.eps};
    return TONE_OK;
}

static void add_matrix(tone_hearing_facts *f, const tone_matrix *w)
{
    f->n_parameters += (uint64_t)w->rows * w->cols;
    f->weight_bytes += (uint64_t)w->rows * w->row_bytes;
}

static void gather_facts(tone_hearing *h)
{
    const tone_hearing_config *c = &h->config;
    tone_hearing_facts *f = &h->facts;
    f->soft_width = c->soft_width;
    f->hidden = c->hidden;
    f->n_layers = c->n_layers;
    f->n_heads = c->n_heads;
    f->ffn = c->ffn;
    f->window = c->window;
    add_matrix(f, &h->input);
    add_matrix(f, &h->output);
    add_matrix(f, &h->embed);
    uint64_t d = c->hidden, c0 = c->channels0, c1 = c->channels1;
    uint64_t copied = 10 * c0 + 9 * c0 * c1 + c1 + c->out_width + c->n_layers * (9 * d + d / c->n_heads + c->n_taps * d);
    for (uint32_t i = 0; i < c->n_layers; i++) {
        const tone_hearing_layer *l = &h->layers[i];
        const tone_clipped *const all[] = {&l->ffn1.up, &l->ffn1.down, &l->ffn2.up, &l->ffn2.down, &l->q, &l->k, &l->v, &l->o,
                                           &l->start, &l->end};
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            add_matrix(f, &all[j]->w);
        copied += d * d; /* the matrix of distances, of which `window` rows are left */
    }
    f->n_parameters += copied;
    f->weight_bytes += copied * sizeof(float);
}

static tone_status plan_layers(tone_hearing *h, tone_error *err)
{
    const tone_hearing_config *c = &h->config;
    tone_ops *ops = NULL;
    float *angles = malloc((size_t)c->window * c->hidden * sizeof *angles);
    tone_status st = angles ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an audio tower");
    if (!st)
        st = tone_ops_open(&ops, &(tone_ops_options){.n_threads = 1, .precision = TONE_EXACT}, err);
    if (!st)
        st = tone_ops_reserve(ops, c->window, c->hidden, c->hidden, err);
    if (!st)
        fill_angles(angles, c);
    for (uint32_t i = 0; i < c->n_layers && !st; i++)
        st = plan_layer(h, (int)i, ops, angles, err);
    tone_ops_close(ops);
    free(angles);
    return st;
}

tone_status tone_hearing_plan(tone_hearing *h, tone_error *err)
{
    enum { OF_A_LAYER = 16, OF_THE_TOWER = 8 };
    const tone_hearing_config *c = &h->config;
    h->layers = calloc(c->n_layers, sizeof *h->layers);
    h->vectors = calloc((size_t)c->n_layers * OF_A_LAYER + OF_THE_TOWER, sizeof *h->vectors);
    if (!h->layers || !h->vectors)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an audio tower");
    tone_status st;
    if ((st = plan_front(h, err)) ||
        (st = matrix(h, &h->input, AUDIO_INPUT, NO_LAYER, c->hidden, TONE_MEL_BANDS / 4 * c->channels1, err)) ||
        (st = matrix(h, &h->output, AUDIO_OUTPUT, NO_LAYER, c->out_width, c->hidden, err)) ||
        (st = vector(h, &h->bias, AUDIO_OUTPUT_BIAS, NO_LAYER, c->out_width, err)) ||
        (st = matrix(h, &h->embed, AUDIO_EMBED, NO_LAYER, c->soft_width, c->out_width, err)) || (st = plan_layers(h, err)))
        return st;
    gather_facts(h);
    return TONE_OK;
}

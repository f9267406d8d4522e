/* The metadata of a GGUF file as a configuration: architectures `gemma4` and `gemma3`.
 *
 * What the file does not say (scales, K as V, the turning pairs when rope_freqs is absent) is in spec order below;
 * numbers that may be one value or one a layer are accepted in both forms. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "model/config.h"

typedef struct reader {
    const tone_gguf *g;
    char prefix[16]; /* "gemma4" */
    tone_error *err;
} reader;

static const tone_gguf_value *find(const reader *r, const char *key, char full_key[96])
{
    snprintf(full_key, 96, "%s.%s", r->prefix, key);
    return tone_gguf_find(r->g, full_key);
}

static tone_status read_u32(const reader *r, const char *key, bool required, uint32_t *out)
{
    char name[96];
    uint64_t n;
    const tone_gguf_value *v = find(r, key, name);
    if (!v)
        return required ? tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' is missing", name) : TONE_OK;
    if (!tone_gguf_get_u64(v, &n) || n > INT32_MAX)
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must be a whole number below 2^31", name);
    *out = (uint32_t)n;
    return TONE_OK;
}

static tone_status read_real(const reader *r, const char *key, bool required, double *out)
{
    char name[96];
    const tone_gguf_value *v = find(r, key, name);
    if (!v)
        return required ? tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' is missing", name) : TONE_OK;
    if (!tone_gguf_get_f64(v, out))
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must be a number", name);
    return TONE_OK;
}

/* One number for all layers, or one for each. */
static tone_status read_per_layer(const reader *r, const char *key, uint32_t n_layers, uint32_t out[TONE_MAX_LAYERS])
{
    char name[96];
    const tone_gguf_value *v = find(r, key, name);
    if (v && tone_gguf_value_type(v) == TONE_GGUF_ARRAY) {
        if (tone_gguf_array_n(v, NULL) != n_layers)
            return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must list %u layers", name, n_layers);
        for (uint32_t i = 0; i < n_layers; i++) {
            uint64_t n;
            if (!tone_gguf_array_u64(v, i, &n) || n > INT32_MAX)
                return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must list whole numbers below 2^31", name);
            out[i] = (uint32_t)n;
        }
        return TONE_OK;
    }
    uint32_t all = 0;
    tone_status st = read_u32(r, key, true, &all);
    for (uint32_t i = 0; i < n_layers; i++)
        out[i] = all;
    return st;
}

/* true (sliding) or false for each layer, or a period; absent, the family's usual period. */
static tone_status read_pattern(const reader *r, tone_model_config *c)
{
    char name[96];
    const tone_gguf_value *v = find(r, "attention.sliding_window_pattern", name);
    if (v && tone_gguf_value_type(v) == TONE_GGUF_ARRAY) {
        if (tone_gguf_array_n(v, NULL) != c->n_layers)
            return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must list %u layers", name, c->n_layers);
        for (uint32_t i = 0; i < c->n_layers; i++) {
            uint64_t sliding;
            if (!tone_gguf_array_u64(v, i, &sliding) || sliding > 1)
                return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must list true and false", name);
            c->layers[i].full = !sliding;
        }
        return TONE_OK;
    }
    /* E2B is the one Gemma 4 whose period is 5; its 35 layers are no multiple of 6. */
    uint32_t period = c->family == TONE_GEMMA4 && c->n_layers % 6 && c->n_layers % 5 == 0 ? 5 : 6;
    tone_status st = read_u32(r, "attention.sliding_window_pattern", false, &period);
    if (st)
        return st;
    if (period == 0)
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "the key '%s' must not be 0", name);
    for (uint32_t i = 0; i < c->n_layers; i++)
        c->layers[i].full = (i + 1) % period == 0;
    if (c->family == TONE_GEMMA4)
        c->layers[c->n_layers - 1].full = true;
    return TONE_OK;
}

static tone_status read_heads(const reader *r, tone_model_config *c)
{
    uint32_t per_layer[TONE_MAX_LAYERS], k = 256, v, k_sliding, v_sliding;
    tone_status st;
    if ((st = read_u32(r, "attention.head_count", true, &c->n_heads)) ||
        (st = read_per_layer(r, "attention.head_count_kv", c->n_layers, per_layer)) ||
        (st = read_u32(r, "attention.key_length", c->family == TONE_GEMMA4, &k)))
        return st;
    v = k_sliding = v_sliding = k;
    if ((st = read_u32(r, "attention.value_length", false, &v)) || (st = read_u32(r, "attention.key_length_swa", false, &k_sliding)) ||
        (st = read_u32(r, "attention.value_length_swa", false, &v_sliding)))
        return st;
    if (!find(r, "attention.value_length_swa", (char[96]){0}))
        v_sliding = k_sliding;
    if (k != v || k_sliding != v_sliding)
        return tone_fail(r->err, TONE_ERR_UNSUPPORTED, 0, "keys of %u (sliding: %u) values beside values of %u (%u)", k, k_sliding, v,
                         v_sliding);
    uint32_t turned = k, turned_sliding = k_sliding;
    if ((st = read_u32(r, "rope.dimension_count", false, &turned)) ||
        (st = read_u32(r, "rope.dimension_count_swa", false, &turned_sliding)))
        return st;
    if (turned != k || (turned_sliding != k_sliding && c->family == TONE_GEMMA4))
        return tone_fail(r->err, TONE_ERR_UNSUPPORTED, 0, "RoPE over %u (sliding: %u) of %u (%u) values of a head", turned,
                         turned_sliding, k, k_sliding);
    for (uint32_t i = 0; i < c->n_layers; i++) {
        c->layers[i].n_kv = per_layer[i];
        c->layers[i].head_dim = c->layers[i].full ? k : k_sliding;
    }
    return TONE_OK;
}

static tone_status read_gemma4(const reader *r, tone_model_config *c)
{
    tone_status st;
    c->score_scale = 1;
    c->rotary_fraction = 0.25;
    if ((st = read_u32(r, "embedding_length_per_layer_input", false, &c->ple_width)) ||
        (st = read_u32(r, "attention.shared_kv_layers", false, &c->n_shared)) ||
        (st = read_u32(r, "expert_count", false, &c->n_experts)) ||
        (st = read_u32(r, "expert_used_count", c->n_experts > 0, &c->n_experts_used)) ||
        (st = read_u32(r, "expert_feed_forward_length", c->n_experts > 0, &c->expert_ffn)))
        return st;
    /* The file does not say which sizes see pictures whole: those without per-layer embeddings do. */
    c->bidirectional = c->ple_width == 0;
    return TONE_OK;
}

static tone_status read_gemma3(const reader *r, tone_model_config *c)
{
    tone_gguf_string scaling = {0};
    char name[96];
    c->rotary_fraction = 1;
    c->bidirectional = true;
    /* Known sizes scale by the head size; the 27B (62 layers) by hidden size over heads. */
    double head = c->layers[0].head_dim;
    if (c->n_layers == 62 && c->n_heads)
        head = (double)c->hidden / c->n_heads;
    c->score_scale = 1 / sqrt(head);
    tone_status st = read_real(r, "attention.scale", false, &c->score_scale);
    if (st)
        return st;
    if (tone_gguf_get_string(find(r, "rope.scaling.type", name), &scaling)) {
        bool linear = scaling.n == 6 && memcmp(scaling.text, "linear", 6) == 0;
        if (!linear && !(scaling.n == 4 && memcmp(scaling.text, "none", 4) == 0))
            return tone_fail(r->err, TONE_ERR_UNSUPPORTED, 0, "the key '%s' is \"%.*s\"; \"linear\" is known", name,
                             (int)(scaling.n < 40 ? scaling.n : 40), scaling.text);
        if (linear)
            return read_real(r, "rope.scaling.factor", true, &c->rope_divisor);
    }
    return TONE_OK;
}

tone_status tone_config_from_gguf(tone_model_config *c, const tone_gguf *g, tone_error *err)
{
    memset(c, 0, sizeof *c);
    reader r = {.g = g, .err = err};
    tone_gguf_string architecture;
    if (!tone_gguf_get_string(tone_gguf_find(g, "general.architecture"), &architecture))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the key 'general.architecture' is missing");
    if (architecture.n == 6 && memcmp(architecture.text, "gemma4", 6) == 0)
        c->family = TONE_GEMMA4;
    else if (architecture.n == 6 && memcmp(architecture.text, "gemma3", 6) == 0)
        c->family = TONE_GEMMA3;
    else
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "unknown architecture \"%.*s\" (gemma3 and gemma4 are known)",
                         (int)(architecture.n < 60 ? architecture.n : 60), architecture.text);
    memcpy(r.prefix, architecture.text, 6);
    memcpy(c->architecture, architecture.text, 6);

    c->media = tone_media_ids_from_gguf(g);
    tone_status st;
    uint32_t ffn[TONE_MAX_LAYERS];
    c->full_kv_in_file = true;
    c->max_context = 32768;
    c->eps = 1e-6;
    c->theta_sliding = 1e4;
    c->theta_full = 1e6;
    c->rope_divisor = 1;
    if ((st = read_u32(&r, "block_count", true, &c->n_layers)) || (st = read_u32(&r, "embedding_length", true, &c->hidden)) ||
        (st = read_u32(&r, "context_length", true, &c->max_context)) ||
        (st = read_u32(&r, "attention.sliding_window", true, &c->window)) ||
        (st = read_real(&r, "attention.layer_norm_rms_epsilon", false, &c->eps)) ||
        (st = read_real(&r, "rope.freq_base", true, &c->theta_full)) ||
        (st = read_real(&r, "rope.freq_base_swa", false, &c->theta_sliding)) ||
        (st = read_real(&r, "final_logit_softcapping", c->family == TONE_GEMMA4, &c->softcap)))
        return st;
    if (c->n_layers < 1 || c->n_layers > TONE_MAX_LAYERS)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the key '%s.block_count' is out of range (1 to %d)", r.prefix, TONE_MAX_LAYERS);
    if ((st = read_per_layer(&r, "feed_forward_length", c->n_layers, ffn)) || (st = read_pattern(&r, c)) || (st = read_heads(&r, c)) ||
        (st = c->family == TONE_GEMMA4 ? read_gemma4(&r, c) : read_gemma3(&r, c)))
        return st;
    for (uint32_t i = 0; i < c->n_layers; i++)
        c->layers[i].ffn = ffn[i];
    return tone_config_check(c, err);
}

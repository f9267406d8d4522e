/* The rules that hold for every configuration, and the map of shared keys and values. */
#include "model/config.h"

#include "base/fail.h"

static tone_status bound(const char *what, uint32_t value, uint32_t max, tone_error *err)
{
    if (value >= 1 && value <= max)
        return TONE_OK;
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the configuration has %s = %u; 1 to %u are possible", what, value, max);
}

static tone_status check_layer(const tone_model_config *c, uint32_t i, tone_error *err)
{
    const tone_layer_config *l = &c->layers[i];
    if (l->head_dim < 2 || l->head_dim > TONE_MAX_HEAD_DIM || l->head_dim % 2)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "layer %u has heads of %u values; an even number up to %d is possible", i,
                         l->head_dim, TONE_MAX_HEAD_DIM);
    if (l->n_kv < 1 || l->n_kv > c->n_heads || c->n_heads % l->n_kv)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "layer %u has %u query heads for %u key heads", i, c->n_heads, l->n_kv);
    if ((uint64_t)c->n_heads * l->head_dim > TONE_MAX_WIDTH)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "layer %u has %u heads of %u values, more than %d in all", i, c->n_heads,
                         l->head_dim, TONE_MAX_WIDTH);
    if (l->ffn < 1 || l->ffn > TONE_MAX_WIDTH)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "layer %u has a feed-forward width of %u; 1 to %d are possible", i, l->ffn,
                         TONE_MAX_WIDTH);
    return TONE_OK;
}

/* A layer without keys reads those of the last owner of its kind. */
static tone_status find_sources(tone_model_config *c, tone_error *err)
{
    uint32_t n_own = c->n_layers - c->n_shared;
    for (uint32_t i = 0; i < c->n_layers; i++) {
        tone_layer_config *l = &c->layers[i];
        l->source = i;
        if (i < n_own)
            continue;
        uint32_t j = n_own;
        while (j > 0 && c->layers[j - 1].full != l->full)
            j--;
        if (j == 0)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "layer %u shares the keys of a %s layer, and no layer before %u is one", i,
                             l->full ? "full" : "sliding", n_own);
        l->source = j - 1;
        const tone_layer_config *from = &c->layers[j - 1];
        if (from->n_kv != l->n_kv || from->head_dim != l->head_dim)
            return tone_fail(err, TONE_ERR_FORMAT, 0,
                             "layer %u shares the keys of layer %u but has %u heads of %u values where that has %u of %u", i, j - 1,
                             l->n_kv, l->head_dim, from->n_kv, from->head_dim);
    }
    return TONE_OK;
}

tone_status tone_config_check(tone_model_config *c, tone_error *err)
{
    tone_status st;
    if ((st = bound("layers", c->n_layers, TONE_MAX_LAYERS, err)) || (st = bound("hidden size", c->hidden, TONE_MAX_WIDTH, err)) ||
        (st = bound("attention heads", c->n_heads, TONE_MAX_WIDTH, err)) ||
        (st = bound("sliding window", c->window, TONE_MAX_CONTEXT, err)) ||
        (st = bound("context length", c->max_context, TONE_MAX_CONTEXT, err)))
        return st;
    if (c->vocab > TONE_MAX_VOCAB)
        return bound("vocabulary", c->vocab, TONE_MAX_VOCAB, err);
    if (c->ple_width > TONE_MAX_WIDTH)
        return bound("per-layer embedding width", c->ple_width, TONE_MAX_WIDTH, err);
    if (c->n_shared >= c->n_layers)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%u of %u layers share keys and values: none is left to own them", c->n_shared,
                         c->n_layers);
    if (!(c->eps > 0 && c->eps < 1))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the norm epsilon is %g; above 0 and below 1 is possible", c->eps);
    if (!(c->softcap >= 0 && c->softcap < 1e6))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the cap of the logits is %g; 0 (none) to 1e6 is possible", c->softcap);
    if (!(c->score_scale > 0 && c->score_scale < 1e6))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the scale of the attention scores is %g", c->score_scale);
    if (!(c->theta_sliding >= 1 && c->theta_sliding < 1e12 && c->theta_full >= 1 && c->theta_full < 1e12))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the RoPE bases are %g and %g; 1 to 1e12 is possible", c->theta_sliding,
                         c->theta_full);
    if (!(c->rotary_fraction >= 0 && c->rotary_fraction <= 1 && c->rope_divisor >= 1e-3 && c->rope_divisor <= 1e6))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "RoPE turns a fraction of %g of the pairs, slowed by %g", c->rotary_fraction,
                         c->rope_divisor);
    if (c->n_experts) {
        if ((st = bound("experts", c->n_experts, TONE_MAX_EXPERTS, err)) ||
            (st = bound("expert width", c->expert_ffn, TONE_MAX_WIDTH, err)))
            return st;
        if (c->n_experts_used < 1 || c->n_experts_used > c->n_experts)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "%u of %u experts are to be used", c->n_experts_used, c->n_experts);
    }
    for (uint32_t i = 0; i < c->n_layers; i++)
        if ((st = check_layer(c, i, err)))
            return st;
    return find_sources(c, err);
}

/* config.json of a Hugging Face folder: Gemma 4 (all sizes, both ways of writing the geometry of full layers) and Gemma 3,
 * alone or inside the `text_config` of a multimodal model.  null counts as absent everywhere. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/config.h"
#include "model/fields.h"

typedef struct reader {
    const json_t *text; /* the object that describes the text model */
    const char *name;   /* of the file, for messages */
    tone_error *err;
} reader;

/* The reader's own text object, or another one of the same file. */
static tone_fields within(const reader *r, const json_t *object)
{
    return (tone_fields){object, r->name, r->err};
}

static const json_t *get(const json_t *object, const char *key)
{
    return tone_field(object, key);
}

static tone_status missing(const reader *r, const char *key)
{
    tone_fields f = within(r, r->text);
    return tone_field_missing(&f, key);
}

static tone_status read_u32(const reader *r, const json_t *object, const char *key, uint32_t *out)
{
    tone_fields f = within(r, object);
    return tone_field_u32(&f, key, out);
}

static tone_status require_u32(const reader *r, const char *key, uint32_t *out)
{
    tone_fields f = within(r, r->text);
    return tone_field_require_u32(&f, key, out);
}

static tone_status read_real(const reader *r, const json_t *object, const char *key, double *out)
{
    tone_fields f = within(r, object);
    return tone_field_real(&f, key, out);
}

static tone_status read_bool(const reader *r, const char *key, bool *out)
{
    tone_fields f = within(r, r->text);
    return tone_field_bool(&f, key, out);
}

static tone_status only(const reader *r, const json_t *object, const char *key, const char *known)
{
    tone_fields f = within(r, object);
    return tone_field_only(&f, key, known);
}

static tone_status refuse_present(const reader *r, const json_t *object, const char *key, const char *why)
{
    const json_t *v = get(object, key);
    if (!v || json_is_false(v))
        return TONE_OK;
    return tone_fail(r->err, TONE_ERR_UNSUPPORTED, 0, "%s: '%s' is set: %s", r->name, key, why);
}

/* `layer_types`, or every `sliding_window_pattern`-th layer full; Gemma 4 always ends with a full layer. */
static tone_status read_layer_types(const reader *r, tone_model_config *c)
{
    const json_t *types = get(r->text, "layer_types");
    if (types) {
        if (!json_is_array(types) || json_array_size(types) != c->n_layers)
            return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'layer_types' must list %u layers", r->name, c->n_layers);
        for (uint32_t i = 0; i < c->n_layers; i++) {
            const char *type = json_string_value(json_array_get(types, i));
            bool full = type && strcmp(type, "full_attention") == 0;
            if (!full && !(type && strcmp(type, "sliding_attention") == 0))
                return tone_fail(r->err, TONE_ERR_UNSUPPORTED, 0, "%s: layer %u has the unknown type \"%s\"", r->name, i,
                                 type ? type : "?");
            c->layers[i].full = full;
        }
    } else {
        uint32_t period = 6;
        tone_status st = read_u32(r, r->text, "sliding_window_pattern", &period);
        if (st)
            return st;
        if (period == 0)
            return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'sliding_window_pattern' is out of range", r->name);
        for (uint32_t i = 0; i < c->n_layers; i++)
            c->layers[i].full = (i + 1) % period == 0;
    }
    if (c->family == TONE_GEMMA4)
        c->layers[c->n_layers - 1].full = true;
    return TONE_OK;
}

/* Heads of each layer.  Saves of newer versions list the layers that deviate in `per_layer_config`; older ones have
 * `global_head_dim` and, only for models whose full layers use K as V, `num_global_key_value_heads`. */
static tone_status read_heads(const reader *r, tone_model_config *c)
{
    uint32_t head_dim = 256, n_kv = 4, global_dim = 512, global_kv = 0;
    bool k_eq_v = false;
    tone_status st;
    if (c->family == TONE_GEMMA4 && !get(r->text, "num_key_value_heads"))
        return missing(r, "num_key_value_heads");
    if ((st = read_u32(r, r->text, "head_dim", &head_dim)) || (st = read_u32(r, r->text, "num_key_value_heads", &n_kv)) ||
        (st = read_u32(r, r->text, "global_head_dim", &global_dim)) ||
        (st = read_u32(r, r->text, "num_global_key_value_heads", &global_kv)) ||
        (st = read_bool(r, "attention_k_eq_v", &k_eq_v)))
        return st;
    const json_t *per_layer = get(r->text, "per_layer_config");
    if (per_layer && !json_is_object(per_layer))
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'per_layer_config' must be an object", r->name);
    for (uint32_t i = 0; i < c->n_layers; i++) {
        tone_layer_config *l = &c->layers[i];
        l->head_dim = head_dim;
        l->n_kv = n_kv;
        l->k_eq_v = k_eq_v && l->full && c->family == TONE_GEMMA4;
        if (per_layer) {
            char key[16];
            snprintf(key, sizeof key, "%u", i);
            const json_t *own = get(per_layer, key);
            if (own && !json_is_object(own))
                return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'per_layer_config.%u' must be an object", r->name, i);
            if ((st = read_u32(r, own, "head_dim", &l->head_dim)) || (st = read_u32(r, own, "num_key_value_heads", &l->n_kv)))
                return st;
        } else if (l->full && c->family == TONE_GEMMA4) {
            l->head_dim = global_dim;
            if (k_eq_v && global_kv)
                l->n_kv = global_kv;
        }
    }
    return TONE_OK;
}

static tone_status read_rope(const reader *r, tone_model_config *c)
{
    tone_status st;
    bool gemma4 = c->family == TONE_GEMMA4;
    c->theta_sliding = 1e4;
    c->theta_full = 1e6;
    c->rotary_fraction = gemma4 ? 0.25 : 1.0;
    c->rope_divisor = 1.0;
    const json_t *by_type = get(r->text, "rope_parameters");
    if (by_type) {
        const json_t *full = get(by_type, "full_attention"), *sliding = get(by_type, "sliding_attention");
        if (!json_is_object(full) || !json_is_object(sliding))
            return tone_fail(r->err, TONE_ERR_FORMAT, 0,
                             "%s: 'rope_parameters' must describe full_attention and sliding_attention", r->name);
        if ((st = only(r, sliding, "rope_type", "default")) || (st = read_real(r, sliding, "rope_theta", &c->theta_sliding)) ||
            (st = read_real(r, full, "rope_theta", &c->theta_full)))
            return st;
        const json_t *type = get(full, "rope_type");
        const char *name = json_is_string(type) ? json_string_value(type) : type ? "?" : "default";
        if (gemma4 && strcmp(name, "proportional") == 0)
            return read_real(r, full, "partial_rotary_factor", &c->rotary_fraction);
        c->rotary_fraction = 1.0;
        if (strcmp(name, "linear") == 0)
            return get(full, "factor") ? read_real(r, full, "factor", &c->rope_divisor) : missing(r, "factor");
        if (strcmp(name, "default") == 0)
            return TONE_OK;
        return tone_fail(r->err, TONE_ERR_UNSUPPORTED, 0, "%s: 'rope_type' of full layers is \"%s\", which is not known", r->name,
                         name);
    }
    if (gemma4)
        return TONE_OK;
    if ((st = read_real(r, r->text, "rope_local_base_freq", &c->theta_sliding)) ||
        (st = read_real(r, r->text, "rope_theta", &c->theta_full)))
        return st;
    const json_t *scaling = get(r->text, "rope_scaling");
    if (!scaling)
        return TONE_OK;
    if (!json_is_object(scaling))
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'rope_scaling' must be an object", r->name);
    if ((st = only(r, scaling, "rope_type", "linear")) || (st = only(r, scaling, "type", "linear")) || (st = read_real(r, scaling, "factor", &c->rope_divisor)))
        return st;
    return TONE_OK;
}

static tone_status read_mixture(const reader *r, tone_model_config *c)
{
    bool on = false;
    tone_status st = read_bool(r, "enable_moe_block", &on);
    if (st || !on)
        return st;
    if ((st = require_u32(r, "num_experts", &c->n_experts)) || (st = require_u32(r, "top_k_experts", &c->n_experts_used)) ||
        (st = require_u32(r, "moe_intermediate_size", &c->expert_ffn)))
        return st;
    return c->n_experts ? TONE_OK : tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'num_experts' is 0 in a mixture", r->name);
}

static tone_status read_gemma4(const reader *r, tone_model_config *c)
{
    bool unified = strstr(c->architecture, "unified") != NULL, wide = false;
    tone_status st;
    c->score_scale = 1.0;
    const json_t *mode = get(r->text, "use_bidirectional_attention");
    c->bidirectional = mode && !json_is_false(mode);
    if (c->bidirectional && (st = only(r, r->text, "use_bidirectional_attention", "vision")))
        return st;
    c->ple_width = unified ? 0 : 256; /* the class default: an absent key means 256 */
    const json_t *ple = json_object_get(r->text, "hidden_size_per_layer_input");
    if (json_is_null(ple))
        c->ple_width = 0;
    if ((st = read_u32(r, r->text, "hidden_size_per_layer_input", &c->ple_width)) ||
        (st = read_u32(r, r->text, "num_kv_shared_layers", &c->n_shared)) || (st = read_bool(r, "use_double_wide_mlp", &wide)) ||
        (st = read_mixture(r, c)))
        return st;
    if (wide && c->n_shared <= c->n_layers)
        for (uint32_t i = c->n_layers - c->n_shared; i < c->n_layers; i++)
            c->layers[i].ffn *= 2;
    return TONE_OK;
}

static tone_status read_gemma3(const reader *r, tone_model_config *c)
{
    double scalar = 256;
    c->norm_plus_one = true;
    c->bidirectional = true; /* what a picture in a prompt means to this family */
    tone_status st = refuse_present(r, r->text, "use_bidirectional_attention", "an encoder, which generates no text");
    if (st || (st = read_real(r, r->text, "query_pre_attn_scalar", &scalar)))
        return st;
    if (!(scalar > 0))
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'query_pre_attn_scalar' must be above 0", r->name);
    c->score_scale = 1 / sqrt(scalar);
    return TONE_OK;
}

static tone_status read_text(const reader *r, tone_model_config *c)
{
    tone_status st;
    uint32_t ffn = 0;
    const json_t *window = get(r->text, "sliding_window");
    c->eps = 1e-6;
    c->n_heads = c->family == TONE_GEMMA3 ? 8 : 0;
    c->max_context = 131072;
    if (!window)
        return missing(r, "sliding_window");
    if (c->family == TONE_GEMMA4 && !get(r->text, "num_attention_heads"))
        return missing(r, "num_attention_heads");
    if ((st = require_u32(r, "hidden_size", &c->hidden)) || (st = require_u32(r, "intermediate_size", &ffn)) ||
        (st = require_u32(r, "num_hidden_layers", &c->n_layers)) || (st = read_u32(r, r->text, "num_attention_heads", &c->n_heads)) ||
        (st = read_u32(r, r->text, "sliding_window", &c->window)) || (st = read_u32(r, r->text, "vocab_size", &c->vocab)) ||
        (st = read_u32(r, r->text, "max_position_embeddings", &c->max_context)) ||
        (st = read_real(r, r->text, "rms_norm_eps", &c->eps)) ||
        (st = read_real(r, r->text, "final_logit_softcapping", &c->softcap)))
        return st;
    if ((st = only(r, r->text, "hidden_activation", "gelu_pytorch_tanh")) ||
        (st = refuse_present(r, r->text, "attention_bias", "biases are not computed")) ||
        (st = refuse_present(r, r->text, "attn_logit_softcapping", "attention scores are not capped")))
        return st;
    if (c->n_layers < 1 || c->n_layers > TONE_MAX_LAYERS)
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'num_hidden_layers' is out of range (1 to %d)", r->name, TONE_MAX_LAYERS);
    if (ffn > TONE_MAX_WIDTH)
        return tone_fail(r->err, TONE_ERR_FORMAT, 0, "%s: 'intermediate_size' is out of range (1 to %d)", r->name, TONE_MAX_WIDTH);
    for (uint32_t i = 0; i < c->n_layers; i++)
        c->layers[i].ffn = ffn;
    if ((st = read_layer_types(r, c)) || (st = read_heads(r, c)) || (st = read_rope(r, c)))
        return st;
    if ((st = c->family == TONE_GEMMA4 ? read_gemma4(r, c) : read_gemma3(r, c)))
        return st;
    return tone_config_check(c, r->err);
}

/* They stand beside the text model's object, under the names that the published files use. */
static tone_status read_media(const reader *r, const json_t *top, tone_model_config *c)
{
    c->media = tone_media_ids_published(c->family == TONE_GEMMA4 ? c->vocab : 1);
    tone_status st;
    if ((st = read_u32(r, top, "boi_token_id", &c->media.image_begin)) || (st = read_u32(r, top, "eoi_token_id", &c->media.image_end)) ||
        (st = read_u32(r, top, "boa_token_id", &c->media.audio_begin)) || (st = read_u32(r, top, "eoa_token_id", &c->media.audio_end)) ||
        (st = read_u32(r, top, "eoa_token_index", &c->media.audio_end)) || (st = read_u32(r, top, "image_token_id", &c->media.image)) ||
        (st = read_u32(r, top, "video_token_id", &c->media.video)))
        return st;
    return read_u32(r, top, "audio_token_id", &c->media.audio);
}

/* "gemma4", "gemma4_text", "gemma4_unified_text", "gemma3", "gemma3_text"; false for all others. */
static bool find_family(const char *model_type, tone_family *out)
{
    static const struct {
        const char *name;
        tone_family family;
    } known[] = {{"gemma4", TONE_GEMMA4},         {"gemma4_text", TONE_GEMMA4}, {"gemma4_unified", TONE_GEMMA4},
                 {"gemma4_unified_text", TONE_GEMMA4}, {"gemma3", TONE_GEMMA3},      {"gemma3_text", TONE_GEMMA3}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(model_type, known[i].name) == 0) {
            *out = known[i].family;
            return true;
        }
    return false;
}

tone_status tone_config_from_json(tone_model_config *c, const char *text, size_t n, const char *name, tone_error *err)
{
    memset(c, 0, sizeof *c);
    json_error_t at;
    json_t *top = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    if (!top)
        return tone_fail(err, TONE_ERR_FORMAT, at.position > 0 ? (uint64_t)at.position : 0, "%s: line %d: %s", name, at.line, at.text);
    reader r = {.text = top, .name = name, .err = err};
    const json_t *nested = get(top, "text_config");
    const json_t *model_type = get(top, "model_type");
    tone_status st;
    if (nested) {
        r.text = nested;
        if (get(nested, "model_type"))
            model_type = get(nested, "model_type");
    }
    if (!json_is_object(top) || !json_is_object(r.text)) {
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the configuration must be an object", name);
    } else if (!json_is_string(model_type)) {
        st = missing(&r, "model_type");
    } else if (!find_family(json_string_value(model_type), &c->family)) {
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: unknown architecture \"%s\" (Gemma 3 and Gemma 4 are known)", name,
                       json_string_value(model_type));
    } else if (get(top, "quantization_config") || get(r.text, "quantization_config")) {
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: the weights are quantised ('quantization_config'); use a GGUF file", name);
    } else {
        snprintf(c->architecture, sizeof c->architecture, "%s", json_string_value(model_type));
        st = read_text(&r, c);
        if (!st && c->family == TONE_GEMMA4)
            st = read_media(&r, top, c);
        else
            c->media = tone_media_ids_published(1);
    }
    json_decref(top);
    return st;
}

#include "model/vision_config.h"

#include <string.h>

#include "base/fail.h"
#include "model/config.h"
#include "model/patches.h"

enum { PATCH_MAX = 64, POOL_MAX = 8 };

/* The bounds keep every product of two sizes far from 2^64. */
static tone_status check(const tone_vision_config *c, const char *name, tone_error *err)
{
    const tone_tower_size sizes[] = {
        {"hidden size", c->hidden, TONE_MAX_WIDTH},
        {"feed-forward width", c->ffn, TONE_MAX_WIDTH},
        {"number of layers", c->n_layers, TONE_MAX_LAYERS},
        {"number of heads", c->n_heads, TONE_MAX_WIDTH},
        {"head size", c->head_dim, TONE_MAX_HEAD_DIM},
        {"width of all heads", (uint64_t)c->n_heads * c->head_dim, TONE_MAX_WIDTH},
        {"patch size", c->patch, PATCH_MAX},
        {"pooling size", c->pool, POOL_MAX},
        {"width of a soft token", c->soft_width, TONE_MAX_WIDTH},
    };
    tone_status st = tone_tower_check_sizes(sizes, sizeof sizes / sizeof *sizes, "vision tower", name, err);
    if (st)
        return st;
    if (!c->n_kv || c->n_heads % c->n_kv)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: %u heads of the vision tower cannot share %u keys", name, c->n_heads, c->n_kv);
    if (c->head_dim % 4)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the head size of the vision tower is %u, no multiple of 4", name, c->head_dim);
    if (!(c->eps > 0 && c->eps < 1) || !(c->theta > 0 && c->theta < 1e12))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the vision tower's norm epsilon or rotation base is out of range", name);
    if (!tone_budget_known(c->budget))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: a budget of %u soft tokens for a picture is not known", name, c->budget);
    return TONE_OK;
}

static tone_status read_rope(const tone_fields *vision, tone_vision_config *c)
{
    const json_t *rope = tone_field(vision->object, "rope_parameters");
    tone_fields f = {rope, vision->name, vision->err};
    const char *type = json_string_value(tone_field(rope, "rope_type"));
    /* Older and newer saves name the same rotation differently. */
    tone_status st = type && strcmp(type, "axial") == 0 ? TONE_OK : tone_field_only(&f, "rope_type", "default");
    return st ? st : tone_field_real(&f, "rope_theta", &c->theta);
}

static tone_status from_json(tone_vision_config *c, const tone_tower_file *file, tone_error *err)
{
    const json_t *vision = tone_field(file->config, "vision_config"), *text = tone_field(file->config, "text_config");
    if (!vision)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: this model has no eyes ('vision_config' is missing)", file->name);
    if (!json_is_object(vision) || (text && !json_is_object(text)))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: 'vision_config' and 'text_config' must be objects", file->name);
    tone_fields f = {vision, file->name, err}, t = {text, file->name, err}, top = {file->config, file->name, err};
    const char *type = json_string_value(tone_field(vision, "model_type"));
    if (!type || strcmp(type, "gemma4_vision") != 0)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: eyes of the kind \"%s\" are not known (gemma4_vision is)", file->name,
                         type ? type : "?");
    tone_status st;
    if ((st = tone_field_require_u32(&f, "hidden_size", &c->hidden)) || (st = tone_field_require_u32(&f, "intermediate_size", &c->ffn)) ||
        (st = tone_field_require_u32(&f, "num_hidden_layers", &c->n_layers)) ||
        (st = tone_field_require_u32(&f, "num_attention_heads", &c->n_heads)))
        return st;
    c->n_kv = c->n_heads;
    c->head_dim = c->n_heads ? c->hidden / c->n_heads : 0;
    if ((st = tone_field_u32(&f, "num_key_value_heads", &c->n_kv)) || (st = tone_field_u32(&f, "head_dim", &c->head_dim)) ||
        (st = tone_field_u32(&f, "patch_size", &c->patch)) || (st = tone_field_u32(&f, "pooling_kernel_size", &c->pool)) ||
        (st = tone_field_real(&f, "rms_norm_eps", &c->eps)) || (st = tone_field_bool(&f, "standardize", &c->standardize)) ||
        (st = tone_field_u32(&f, "default_output_length", &c->budget)) ||
        (st = tone_field_u32(&top, "vision_soft_tokens_per_image", &c->budget)) ||
        (st = tone_field_only(&f, "hidden_activation", "gelu_pytorch_tanh")) || (st = read_rope(&f, c)))
        return st;
    bool clipped = true;
    if ((st = tone_field_bool(&f, "use_clipped_linears", &clipped)))
        return st;
    c->unbounded = !clipped;
    return tone_field_require_u32(&t, "hidden_size", &c->soft_width);
}

static tone_status from_gguf(tone_vision_config *c, const tone_tower_file *file, tone_error *err)
{
    bool seeing = true;
    char type[64], name[TONE_NAME_ROOM];
    const tone_gguf_value *flag = tone_gguf_find(file->gguf, "clip.has_vision_encoder");
    if (flag && !tone_gguf_get_bool(flag, &seeing))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the key 'clip.has_vision_encoder' must be true or false");
    if (!seeing || (!flag && !tone_gguf_find(file->gguf, "clip.vision.projector_type")))
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: this file has no eyes", file->name);
    tone_status st = tone_tower_text(file, "clip.vision.projector_type", type, err);
    if (st)
        return st;
    if (strcmp(type, "gemma4v") != 0)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: eyes of the kind \"%s\" are not known (gemma4v is)", file->name, type);
    if ((st = tone_tower_u32(file, "clip.vision.embedding_length", true, &c->hidden, err)) ||
        (st = tone_tower_u32(file, "clip.vision.feed_forward_length", true, &c->ffn, err)) ||
        (st = tone_tower_u32(file, "clip.vision.block_count", true, &c->n_layers, err)) ||
        (st = tone_tower_u32(file, "clip.vision.attention.head_count", true, &c->n_heads, err)) ||
        (st = tone_tower_u32(file, "clip.vision.projection_dim", true, &c->soft_width, err)) ||
        (st = tone_tower_u32(file, "clip.vision.patch_size", false, &c->patch, err)) ||
        (st = tone_tower_u32(file, "clip.vision.projector.scale_factor", false, &c->pool, err)) ||
        (st = tone_tower_real(file, "clip.vision.attention.layer_norm_epsilon", false, &c->eps, err)))
        return st;
    c->n_kv = c->n_heads;
    c->head_dim = c->n_heads ? c->hidden / c->n_heads : 0;
    const tone_tensor *norm = tone_tower_find(file, "", "v.blk.0.attn_q_norm.weight", name);
    if (norm && norm->dims[0] <= TONE_MAX_HEAD_DIM) /* the key for it does not exist */
        c->head_dim = (uint32_t)norm->dims[0];
    c->standardize = tone_gguf_find_tensor(file->gguf, "v.std_bias") || tone_gguf_find_tensor(file->gguf, "v.std_scale");
    return TONE_OK;
}

tone_status tone_vision_config_read(tone_vision_config *c, const tone_tower_file *f, tone_error *err)
{
    *c = (tone_vision_config){.patch = 16, .pool = 3, .budget = 280, .eps = 1e-6, .theta = 100};
    tone_status st = f->gguf ? from_gguf(c, f, err) : from_json(c, f, err);
    return st ? st : check(c, f->name, err);
}

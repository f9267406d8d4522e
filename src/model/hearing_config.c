#include "model/hearing_config.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "model/config.h"
#include "tensor/conformer.h"

enum { CHANNELS_MAX = 4096 };

/* The published code clamps to +-1e10, which float32 values of a sound checkpoint never reach. */
static const double never = 1e10;

static tone_status check(const tone_hearing_config *c, const char *name, tone_error *err)
{
    const tone_tower_size sizes[] = {
        {"hidden size", c->hidden, TONE_MAX_WIDTH},
        {"feed-forward width", c->ffn, TONE_MAX_WIDTH},
        {"number of layers", c->n_layers, TONE_MAX_LAYERS},
        {"number of heads", c->n_heads, TONE_MAX_WIDTH},
        {"width of the output", c->out_width, TONE_MAX_WIDTH},
        {"width of a soft token", c->soft_width, TONE_MAX_WIDTH},
        {"number of channels of the first convolution", c->channels0, CHANNELS_MAX},
        {"number of channels of the second convolution", c->channels1, CHANNELS_MAX},
        {"attention window", c->window, TONE_LOCAL_WINDOW_MAX},
        {"number of taps of the light convolution", c->n_taps, TONE_HEARING_MAX_TAPS},
    };
    tone_status st = tone_tower_check_sizes(sizes, sizeof sizes / sizeof *sizes, "audio tower", name, err);
    if (st)
        return st;
    if (c->hidden % c->n_heads || c->hidden % 2 || c->hidden < 4)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: a hidden size of %u of the audio tower cannot be split among %u heads", name,
                         c->hidden, c->n_heads);
    if (!(c->eps > 0 && c->eps < 1) || !(c->softcap > 0 && c->softcap < 1e9) || !(c->step > 0 && c->step < 1e3) || !(c->limit > 0))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: a constant of the audio tower (norm epsilon, cap, residual weight or clipping) "
                         "is out of range", name);
    return TONE_OK;
}

/* "subsampling_conv_channels": [128, 32] */
static tone_status read_channels(const tone_fields *f, tone_hearing_config *c)
{
    const json_t *v = tone_field(f->object, "subsampling_conv_channels");
    if (!v)
        return TONE_OK;
    json_int_t n[2] = {json_integer_value(json_array_get(v, 0)), json_integer_value(json_array_get(v, 1))};
    if (!json_is_array(v) || json_array_size(v) != 2 || n[0] < 1 || n[0] > CHANNELS_MAX || n[1] < 1 || n[1] > CHANNELS_MAX)
        return tone_fail(f->err, TONE_ERR_FORMAT, 0, "%s: 'subsampling_conv_channels' must be two numbers from 1 to %d", f->name,
                         CHANNELS_MAX);
    c->channels0 = (uint32_t)n[0];
    c->channels1 = (uint32_t)n[1];
    return TONE_OK;
}

static tone_status from_json(tone_hearing_config *c, const tone_tower_file *file, tone_error *err)
{
    const json_t *audio = tone_field(file->config, "audio_config"), *text = tone_field(file->config, "text_config");
    if (!audio)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: this model has no ears ('audio_config' is missing); E2B and E4B have",
                         file->name);
    if (!json_is_object(audio) || (text && !json_is_object(text)))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: 'audio_config' and 'text_config' must be objects", file->name);
    tone_fields f = {audio, file->name, err}, t = {text, file->name, err};
    const char *type = json_string_value(tone_field(audio, "model_type"));
    if (!type || strcmp(type, "gemma4_audio") != 0)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: ears of the kind \"%s\" are not known (gemma4_audio is)", file->name,
                         type ? type : "?");
    uint32_t left = 13, right = 0;
    bool clipped = true;
    tone_status st;
    if ((st = tone_field_u32(&f, "hidden_size", &c->hidden)) || (st = tone_field_u32(&f, "num_hidden_layers", &c->n_layers)) ||
        (st = tone_field_u32(&f, "num_attention_heads", &c->n_heads)) || (st = tone_field_u32(&f, "output_proj_dims", &c->out_width)) ||
        (st = tone_field_u32(&f, "conv_kernel_size", &c->n_taps)) || (st = tone_field_u32(&f, "attention_context_left", &left)) ||
        (st = tone_field_u32(&f, "attention_context_right", &right)) || (st = read_channels(&f, c)) ||
        (st = tone_field_real(&f, "attention_logit_cap", &c->softcap)) || (st = tone_field_real(&f, "residual_weight", &c->step)) ||
        (st = tone_field_real(&f, "rms_norm_eps", &c->eps)) || (st = tone_field_real(&f, "gradient_clipping", &c->limit)) ||
        (st = tone_field_bool(&f, "use_clipped_linears", &clipped)) || (st = tone_field_only(&f, "hidden_act", "silu")))
        return st;
    if (right)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: 'attention_context_right' is %u; this program looks back only (0)", file->name,
                         right);
    c->window = left ? left - 1 : 0; /* the bound excludes itself: 13 are 12 rows */
    c->ffn = c->hidden <= TONE_MAX_WIDTH ? 4 * c->hidden : 0;
    c->unbounded = !clipped;
    return tone_field_require_u32(&t, "hidden_size", &c->soft_width);
}

/* Dimension `dim` of a tensor, 0 where there is none of the kind: the plan complains about it then. */
static uint32_t dimension(const tone_tower_file *file, const char *name, uint32_t dim)
{
    const tone_tensor *t = tone_gguf_find_tensor(file->gguf, name);
    return t && dim < t->n_dims && t->dims[dim] <= UINT32_MAX ? (uint32_t)t->dims[dim] : 0;
}

/* Numbers that the metadata does not hold are the shapes of tensors. */
static tone_status shapes_of_gguf(tone_hearing_config *c, const tone_tower_file *file, tone_error *err)
{
    bool ollama = c->names == TONE_HEARING_OLLAMA;
    const struct {
        uint32_t *to;
        const char *tensor;
        uint32_t dim;
    } shapes[] = {
        {&c->channels0, "a.conv1d.0.weight", 0},
        {&c->channels1, "a.conv1d.1.weight", 0},
        {&c->out_width, ollama ? "mm.a.fc.weight" : "a.pre_encode.out.weight", 0},
        {&c->soft_width, "mm.a.input_projection.weight", 0},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        *shapes[i].to = dimension(file, shapes[i].tensor, shapes[i].dim);
        if (!*shapes[i].to)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor '%s' is missing", shapes[i].tensor);
    }
    const tone_tensor *taps = tone_gguf_find_tensor(file->gguf, "a.blk.0.conv_dw.weight");
    if (!taps)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the tensor 'a.blk.0.conv_dw.weight' is missing");
    c->n_taps = taps->dims[taps->n_dims - 1] <= TONE_HEARING_MAX_TAPS ? (uint32_t)taps->dims[taps->n_dims - 1] : 0;
    return TONE_OK;
}

static tone_status from_gguf(tone_hearing_config *c, const tone_tower_file *file, tone_error *err)
{
    char type[64];
    bool hearing = true, ollama = tone_gguf_find(file->gguf, "gemma4.audio.block_count") != NULL;
    const tone_gguf_value *flag = tone_gguf_find(file->gguf, "clip.has_audio_encoder");
    if (flag && !tone_gguf_get_bool(flag, &hearing))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the key 'clip.has_audio_encoder' must be true or false");
    if (!hearing || (!flag && !ollama && !tone_gguf_find(file->gguf, "clip.audio.projector_type")))
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: this file has no ears", file->name);
    c->names = ollama ? TONE_HEARING_OLLAMA : TONE_HEARING_LLAMA;
    tone_status st = ollama ? TONE_OK : tone_tower_text(file, "clip.audio.projector_type", type, err);
    if (st)
        return st;
    if (!ollama && strcmp(type, "gemma4a") != 0)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: ears of the kind \"%s\" are not known (gemma4a is)", file->name, type);
    static const char *const keys[2][4] = {
        {"clip.audio.embedding_length", "clip.audio.feed_forward_length", "clip.audio.block_count", "clip.audio.attention.head_count"},
        {"gemma4.audio.embedding_length", "gemma4.audio.feed_forward_length", "gemma4.audio.block_count",
         "gemma4.audio.attention.head_count"}};
    uint32_t *const to[4] = {&c->hidden, &c->ffn, &c->n_layers, &c->n_heads};
    for (int i = 0; i < 4; i++)
        if ((st = tone_tower_u32(file, keys[ollama][i], true, to[i], err)))
            return st;
    uint32_t bands = 128;
    if ((st = tone_tower_u32(file, "clip.audio.num_mel_bins", false, &bands, err)))
        return st;
    if (bands != 128)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: ears of %u mel bands are not known (128 are)", file->name, bands);
    /* The norm epsilon of the metadata is not read: files made before May 2026 have a wrong one. */
    return shapes_of_gguf(c, file, err);
}

tone_status tone_hearing_config_read(tone_hearing_config *c, const tone_tower_file *f, tone_error *err)
{
    *c = (tone_hearing_config){.hidden = 1024, .n_layers = 12, .n_heads = 8, .ffn = 4096, .out_width = 1536, .channels0 = 128,
                               .channels1 = 32, .window = 12, .n_taps = 5, .softcap = 50, .eps = 1e-6, .step = 0.5, .limit = never};
    tone_status st = f->gguf ? from_gguf(c, f, err) : from_json(c, f, err);
    if (c->limit >= never)
        c->limit = INFINITY;
    return st ? st : check(c, f->name, err);
}

/* Configurations as files have them, and as nobody should write them: every refusal is one line that names the key. */
#include "check.h"
#include "model/config.h"

#include <stdlib.h>
#include <string.h>

/* A small, whole Gemma 4 text configuration with `more` put in (it may repeat no key). */
static char *config_text(const char *more)
{
    static char text[4096];
    snprintf(text, sizeof text,
             "{\"model_type\":\"gemma4_text\",\"hidden_size\":64,\"intermediate_size\":32,\"num_hidden_layers\":6,"
             "\"num_attention_heads\":4,\"num_key_value_heads\":2,\"head_dim\":32,\"sliding_window\":8,\"rms_norm_eps\":1e-6,"
             "\"hidden_size_per_layer_input\":0%s%s}",
             *more ? "," : "", more);
    return text;
}

static tone_status parse(tone_model_config *c, const char *text, tone_error *err)
{
    memset(err, 0, sizeof *err);
    return tone_config_from_json(c, text, strlen(text), "config.json", err);
}

static void check_forms(void)
{
    tone_model_config c;
    tone_error err;
    CHECK_CASE(parse(&c, config_text(""), &err) == TONE_OK, "%s", err.text);
    CHECK(c.family == TONE_GEMMA4 && c.layers[5].full && !c.layers[4].full && c.n_experts == 0 && c.ple_width == 0);
    CHECK(c.layers[5].head_dim == 512 && c.layers[0].head_dim == 32); /* the default of an absent global_head_dim */
    CHECK(c.theta_full == 1e6 && c.theta_sliding == 1e4 && c.rotary_fraction == 0.25 && c.score_scale == 1 && c.softcap == 0);
    CHECK(c.max_context == 131072 && !c.bidirectional);

    CHECK(parse(&c, config_text("\"per_layer_config\":{\"5\":{\"head_dim\":64,\"num_key_value_heads\":1}},\"attention_k_eq_v\":true"), &err) == TONE_OK);
    CHECK(c.layers[5].head_dim == 64 && c.layers[5].n_kv == 1 && c.layers[5].k_eq_v && !c.layers[0].k_eq_v);
    CHECK(parse(&c, config_text("\"per_layer_config\":{}"), &err) == TONE_OK && c.layers[5].head_dim == 32);

    CHECK(parse(&c, config_text("\"global_head_dim\":64,\"num_global_key_value_heads\":1"), &err) == TONE_OK);
    CHECK(c.layers[5].head_dim == 64 && c.layers[5].n_kv == 2); /* only where K is V are the global heads other ones */
    CHECK(parse(&c, config_text("\"num_global_key_value_heads\":null,\"attention_k_eq_v\":true"), &err) == TONE_OK);
    CHECK(c.layers[5].n_kv == 2);

    CHECK(parse(&c, config_text("\"num_kv_shared_layers\":2,\"use_double_wide_mlp\":true,\"global_head_dim\":64,"
                                "\"layer_types\":[\"sliding_attention\",\"full_attention\",\"sliding_attention\",\"sliding_attention\","
                                "\"sliding_attention\",\"full_attention\"]"), &err) == TONE_OK);
    CHECK(c.layers[4].source == 3 && c.layers[5].source == 1 && c.layers[3].source == 3 && c.layers[4].ffn == 64 && c.layers[3].ffn == 32);

    CHECK(parse(&c, config_text("\"enable_moe_block\":true,\"num_experts\":6,\"top_k_experts\":3,\"moe_intermediate_size\":16,"
                                "\"use_bidirectional_attention\":\"vision\",\"final_logit_softcapping\":30.0"), &err) == TONE_OK);
    CHECK(c.n_experts == 6 && c.n_experts_used == 3 && c.expert_ffn == 16 && c.bidirectional && c.softcap == 30);

    static const char absent[] = "{\"model_type\":\"gemma4\",\"text_config\":{\"hidden_size\":64,\"intermediate_size\":32,"
                                 "\"num_hidden_layers\":6,\"num_attention_heads\":4,\"num_key_value_heads\":2,\"sliding_window\":8}}";
    CHECK(parse(&c, absent, &err) == TONE_OK && c.ple_width == 256 && c.layers[0].head_dim == 256); /* class defaults */

    static const char gemma3[] = "{\"model_type\":\"gemma3\",\"text_config\":{\"model_type\":\"gemma3_text\",\"hidden_size\":2560,"
                                 "\"intermediate_size\":10240,\"num_hidden_layers\":34,\"sliding_window\":1024,"
                                 "\"rope_scaling\":{\"factor\":8.0,\"rope_type\":\"linear\"}}}"; /* as published: heads from the class */
    CHECK_CASE(parse(&c, gemma3, &err) == TONE_OK, "%s", err.text);
    CHECK(c.n_heads == 8 && c.layers[0].n_kv == 4 && c.layers[5].full && !c.layers[33].full && c.rope_divisor == 8 && c.norm_plus_one);
    CHECK(c.score_scale == 0.0625 && c.rotary_fraction == 1 && c.layers[5].head_dim == 256);
}

static void check_refusals(void)
{
    static const struct {
        const char *more, *says;
    } cases[] = {
        {"\"layer_types\":[\"full_attention\"]", "'layer_types' must list 6 layers"},
        {"\"layer_types\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]", "layer 0 has the unknown type \"a\""},
        {"\"num_kv_shared_layers\":6", "none is left to own them"},
        {"\"num_kv_shared_layers\":99", "none is left to own them"},
        {"\"num_kv_shared_layers\":1", "layer 5 shares the keys of a full layer"},
        {"\"num_kv_shared_layers\":-1", "'num_kv_shared_layers' is out of range"},
        {"\"vocab_size\":1e30", "'vocab_size' must be a whole number"},
        {"\"vocab_size\":2000000000", "vocabulary"},
        {"\"vocab_size\":\"many\"", "'vocab_size' must be a whole number"},
        {"\"global_head_dim\":0", "layer 5 has heads of 0 values"},
        {"\"global_head_dim\":63", "heads of 63 values"},
        {"\"global_head_dim\":1000000", "heads of 1000000 values"},
        {"\"per_layer_config\":{\"5\":{\"num_key_value_heads\":3}}", "4 query heads for 3 key heads"},
        {"\"per_layer_config\":{\"5\":7}", "'per_layer_config.5' must be an object"},
        {"\"per_layer_config\":[]", "'per_layer_config' must be an object"},
        {"\"enable_moe_block\":true", "'num_experts' is missing"},
        {"\"enable_moe_block\":1", "'enable_moe_block' must be true or false"},
        {"\"enable_moe_block\":true,\"num_experts\":4,\"top_k_experts\":5,\"moe_intermediate_size\":8", "5 of 4 experts"},
        {"\"hidden_activation\":\"silu\"", "'hidden_activation' is \"silu\""},
        {"\"attention_bias\":true", "'attention_bias' is set"},
        {"\"attn_logit_softcapping\":50.0", "'attn_logit_softcapping' is set"},
        {"\"use_bidirectional_attention\":\"all\"", "'use_bidirectional_attention' is \"all\""},
        {"\"rope_parameters\":{}", "'rope_parameters' must describe"},
        {"\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"yarn\"},\"sliding_attention\":{}}", "\"yarn\""},
        {"\"rope_parameters\":{\"full_attention\":{},\"sliding_attention\":{\"rope_type\":\"linear\"}}", "'rope_type' is \"linear\""},
        {"\"rope_parameters\":{\"full_attention\":{\"rope_theta\":0},\"sliding_attention\":{}}", "RoPE bases"},
        {"\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"proportional\",\"partial_rotary_factor\":2},\"sliding_attention\":{}}",
         "a fraction of 2"},
        {"\"final_logit_softcapping\":-1", "the cap of the logits is -1"},
        {"\"max_position_embeddings\":0", "context length = 0"},
        {"\"quantization_config\":{\"quant_method\":\"compressed-tensors\"}", "use a GGUF file"},
        {"\"hidden_size\":64", "duplicate"},
    };
    tone_model_config c;
    tone_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_status st = parse(&c, config_text(cases[i].more), &err);
        CHECK_CASE(st != TONE_OK && strstr(err.text, cases[i].says), "%s: \"%s\"", cases[i].more, err.text);
    }
    static const struct {
        const char *text, *says;
    } whole[] = {
        {"", "config.json: line"},
        {"[]", "must be an object"},
        {"7", "config.json: line"},
        {"{}", "'model_type' is missing"},
        {"{\"model_type\":3}", "'model_type' is missing"},
        {"{\"model_type\":\"llama\"}", "unknown architecture \"llama\""},
        {"{\"model_type\":\"gemma4\",\"text_config\":3}", "must be an object"},
        {"{\"model_type\":\"gemma4_text\"}", "'sliding_window' is missing"},
        {"{\"model_type\":\"gemma3_text\",\"sliding_window\":8,\"hidden_size\":8,\"intermediate_size\":8,\"num_hidden_layers\":0}",
         "'num_hidden_layers' is out of range"},
        {"{\"model_type\":\"gemma3_text\",\"sliding_window\":8,\"hidden_size\":8,\"intermediate_size\":8,\"num_hidden_layers\":100000}",
         "'num_hidden_layers' is out of range"},
        {"{\"model_type\":\"gemma3_text\",\"sliding_window\":0,\"hidden_size\":8,\"intermediate_size\":8,\"num_hidden_layers\":1}",
         "sliding window = 0"},
        {"{\"model_type\":\"gemma3_text\",\"sliding_window\":8,\"hidden_size\":8,\"intermediate_size\":8,\"num_hidden_layers\":1,"
         "\"query_pre_attn_scalar\":0}", "'query_pre_attn_scalar' must be above 0"},
        {"{\"model_type\":\"gemma3_text\",\"sliding_window\":8,\"hidden_size\":8,\"intermediate_size\":8,\"num_hidden_layers\":1,"
         "\"rope_scaling\":{\"rope_type\":\"yarn\"}}", "\"yarn\""},
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        tone_status st = parse(&c, whole[i].text, &err);
        CHECK_CASE(st != TONE_OK && strstr(err.text, whole[i].says), "%s: \"%s\"", whole[i].text, err.text);
    }
}

/* Every beginning of a configuration is refused, none is read past its end. */
static void check_prefixes(void)
{
    tone_model_config c;
    tone_error err;
    const char *text = config_text("\"per_layer_config\":{\"5\":{\"head_dim\":64}}");
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        char *copy = malloc(i + 1);
        memcpy(copy, text, i);
        CHECK(tone_config_from_json(&c, copy, i, "config.json", &err) != TONE_OK);
        free(copy);
    }
}

int main(void)
{
    check_forms();
    check_refusals();
    check_prefixes();
    return check_done();
}

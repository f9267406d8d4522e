/* The golden models, written by other programs: each GGUF in float32 holds the very numbers of its BF16 checkpoint. */
#include <stdlib.h>

#include "check.h"
#include "format/gguf.h"
#include "format/safetensors.h"
#include "format_test.h"

static const char *const pairs[][2] = {
    {"token_embd.weight", "model.language_model.embed_tokens.weight"},
    {"output_norm.weight", "model.language_model.norm.weight"},
    {"blk.1.attn_q.weight", "model.language_model.layers.1.self_attn.q_proj.weight"},
    {"blk.3.ffn_down.weight", "model.language_model.layers.3.mlp.down_proj.weight"},
    {"blk.0.layer_output_scale.weight", "model.language_model.layers.0.layer_scalar"},
};

static void compare(const tone_tensor *a, const tone_tensor *b, const char *name)
{
    CHECK_CASE(a && b && a->type == TONE_TYPE_F32 && b->type == TONE_TYPE_BF16, "%s", name);
    if (!a || !b)
        return;
    CHECK_CASE(a->n_dims == b->n_dims && memcmp(a->dims, b->dims, sizeof a->dims) == 0, "%s", name);
    size_t n_wrong = a->n_values != b->n_values;
    for (size_t i = 0; i < b->n_values && !n_wrong; i++) {
        uint16_t half;
        uint32_t whole;
        memcpy(&half, b->data + 2 * i, 2);
        memcpy(&whole, a->data + 4 * i, 4);
        n_wrong += whole != (uint32_t)half << 16;
    }
    CHECK_CASE(n_wrong == 0, "%s", name);
}

static void test_model(const char *text, const char *name, size_t n_gguf, size_t n_safetensors)
{
    tone_error err = {0};
    tone_gguf *g = NULL;
    tone_safetensors *s = NULL;
    char *folder = tone_path_join(text, name), *path = tone_path_join(folder, "model-f32.gguf");
    if (CHECK(!tone_gguf_open(&g, path, &err)) && CHECK(!tone_safetensors_open(&s, folder, &err))) {
        CHECK_CASE(tone_gguf_n_tensors(g) == n_gguf && tone_safetensors_n(s) == n_safetensors, "%s", name);
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            compare(tone_gguf_find_tensor(g, pairs[i][0]), tone_safetensors_find(s, pairs[i][1]), pairs[i][0]);
        tone_gguf_string architecture = {0};
        uint64_t n_layers = 0;
        CHECK(tone_gguf_get_string(tone_gguf_find(g, "general.architecture"), &architecture) && architecture.n == 6 &&
              memcmp(architecture.text, "gemma4", 6) == 0);
        CHECK(tone_gguf_get_u64(tone_gguf_find(g, "gemma4.block_count"), &n_layers) && n_layers > 3);
        walk_gguf(g);
    } else {
        fprintf(stderr, "    %s\n", err.text);
    }
    tone_gguf_close(g);
    tone_safetensors_close(s);
    free(path);
    free(folder);
}

int main(void)
{
    const char *golden = getenv("TONE_GOLDEN");
    if (!golden)
        return check_skip("TONE_GOLDEN is not set");
    char *text = tone_path_join(golden, "text");
    test_model(text, "e2b", 176, 160);
    test_model(text, "a4b", 134, 133);
    test_model(text, "d31b", 86, 85);
    free(text);
    return check_done();
}

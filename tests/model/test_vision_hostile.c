/* Files that are almost eyes: every tensor and every key missing once, wrong shapes, types and bounds, random damage.  Refusals
 * name the tensor or the key; what still opens can look without a crash. */
#include "base/random.h"
#include "damaged.h"
#include "golden_vision.h"

static damaged read_golden(const char *set, const char *name)
{
    char path[512];
    return damaged_read(golden_media_path(path, set, name));
}

static tone_status open_bytes(tone_vision **v, const damaged *f, tone_error *err)
{
    memset(err, 0, sizeof *err);
    damaged_write(f, f->bytes, f->n);
    tone_status st = tone_vision_open(v, f->path, err);
    CHECK_CASE((st == TONE_OK) == (*v != NULL) && (!st || err->text[0]), "%s", err->text);
    return st;
}

/* Opens the file with the name's last letter changed. */
static tone_status open_without(const damaged *f, const char *name, tone_error *err)
{
    char *last = find_string(f, name) + strlen(name) - 1, kept = *last;
    tone_vision *v = NULL;
    *last = '!';
    tone_status st = open_bytes(&v, f, err);
    *last = kept;
    tone_vision_close(v);
    return st;
}

static bool is_optional(const char *tensor)
{
    return strncmp(tensor, "a.", 2) == 0 || strncmp(tensor, "mm.a.", 5) == 0 || strstr(tensor, "put_m");
}

static void check_missing(const char *name, size_t n_optional_keys)
{
    damaged f = read_golden("multimodal", name);
    tone_gguf *g;
    tone_error err = {0};
    if (!CHECK(tone_gguf_open_memory(&g, f.bytes, f.n, &err) == TONE_OK))
        exit(1);
    for (size_t i = 0; i < tone_gguf_n_tensors(g); i++) {
        const char *tensor = tone_gguf_tensor(g, i)->name;
        if (strncmp(tensor, "a.", 2) == 0 && i % 16)
            continue; /* those of the ears are all alike to eyes */
        tone_status st = open_without(&f, tensor, &err);
        CHECK_CASE(is_optional(tensor) ? !st : st && strstr(err.text, tensor), "%s without %s: \"%s\"", name, tensor, err.text);
    }
    size_t n_opened = 0;
    for (size_t i = 0; i < tone_gguf_n_values(g); i++) {
        tone_gguf_string key;
        char text[128];
        tone_gguf_value_at(g, i, &key);
        snprintf(text, sizeof text, "%.*s", (int)key.n, key.text);
        if (strncmp(text, "clip.vision.", 12) != 0)
            continue;
        tone_status st = open_without(&f, text, &err);
        CHECK_CASE(!st || strstr(err.text, text), "%s without %s: \"%s\"", name, text, err.text);
        n_opened += !st;
    }
    CHECK_CASE(n_opened == n_optional_keys, "%s opens without %zu of its keys", name, n_opened);
    tone_gguf_close(g);
    damaged_clear(&f);
}

static void check_damaged_value(damaged *f, const char *name, const void *value, size_t at, size_t n, const char *words)
{
    char *place = find_string(f, name) + strlen(name) + at, kept[16];
    tone_error err;
    tone_vision *v = NULL;
    memcpy(kept, place, n);
    memcpy(place, value, n);
    tone_status st = open_bytes(&v, f, &err);
    CHECK_CASE(st && strstr(err.text, words), "%s: \"%s\"", name, err.text);
    memcpy(place, kept, n);
    tone_vision_close(v);
}

/* Behind a tensor's name: dimensions (u32), their sizes (u64 each), type (u32), offset.  Behind a key: type (u32), value. */
static void check_values(void)
{
    damaged f = read_golden("multimodal", "mmproj-small.gguf");
    const uint64_t one = 1;
    const uint32_t type = TONE_TYPE_I32, zero = 0, huge = INT32_MAX, seven = 7;
    const float nothing = NAN;
    const uint64_t gate[2] = {160, 64}, projection[2] = {80, 64}, patches[2] = {8, 32}, positions[2] = {256, 64};
    check_damaged_value(&f, "v.blk.0.attn_q.weight", &one, 4, 8, "tensor"); /* the next one does not follow it any more */
    check_damaged_value(&f, "v.blk.2.ln1.weight", &type, 12, 4, "v.blk.2.ln1.weight");
    check_damaged_value(&f, "v.blk.0.ffn_gate.weight", gate, 4, 16, "v.blk.0.ffn_gate.weight");
    check_damaged_value(&f, "mm.input_projection.weight", projection, 4, 16, "mm.input_projection.weight");
    check_damaged_value(&f, "v.patch_embd.weight", patches, 4, 16, "v.patch_embd.weight");
    check_damaged_value(&f, "v.position_embd.weight", positions, 4, 16, "v.position_embd.weight");
    static const char *const sizes[] = {"embedding_length", "feed_forward_length", "block_count", "attention.head_count",
                                        "patch_size",       "projection_dim"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char key[64];
        snprintf(key, sizeof key, "clip.vision.%s", sizes[i]);
        check_damaged_value(&f, key, &zero, 4, 4, "vision tower");
        check_damaged_value(&f, key, &huge, 4, 4, "vision tower");
        check_damaged_value(&f, key, &seven, 4, 4, "");
    }
    check_damaged_value(&f, "clip.vision.attention.layer_norm_epsilon", &nothing, 4, 4, "epsilon");
    check_damaged_value(&f, "clip.vision.projector_type", "x", 12, 1, "xemma4v");
    damaged_clear(&f);
}

/* Damage anywhere in the directory or the weights: an error, or rows of whatever numbers. */
static void check_random(void)
{
    damaged f = read_golden("multimodal", "mmproj-large.gguf");
    tone_random r;
    tone_random_seed(&r, 11);
    printf("seed 11\n");
    uint8_t rgb[48 * 48 * 3] = {0};
    size_t n_opened = 0;
    for (int round = 0; round < 300; round++) {
        size_t at[3];
        char kept[3];
        for (int i = 0; i < 3; i++) {
            at[i] = (size_t)tone_random_below(&r, round % 2 ? f.n : 8000);
            kept[i] = f.bytes[at[i]];
            f.bytes[at[i]] = (char)tone_random_u64(&r);
        }
        tone_vision *v = NULL;
        tone_error err;
        if (!open_bytes(&v, &f, &err)) {
            tone_soft soft;
            tone_status st = tone_vision_encode(&soft, v, &(tone_rgb){rgb, 48, 48},
                                                &(tone_vision_options){.resize = TONE_RESIZE_NONE, .n_threads = 1}, &err);
            CHECK(st == TONE_OK || err.text[0]);
            tone_soft_clear(&soft);
            n_opened++;
        }
        tone_vision_close(v);
        for (int i = 3; i-- > 0;)
            f.bytes[at[i]] = kept[i];
    }
    CHECK(n_opened > 100);
    damaged_clear(&f);
}

/* config.json beside the weights of the golden folder, with one text in place of another. */
static void check_config(const char *folder, const char *text, const char *from, const char *to, const char *words)
{
    const char *at = strstr(text, from);
    char *path = tone_path_join(folder, "config.json"), *changed = malloc(strlen(text) + strlen(to) + 1);
    if (!CHECK(at && path && changed))
        exit(1);
    sprintf(changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    tone_error err = {0};
    tone_vision *v = NULL;
    CHECK(tone_file_write(path, changed, strlen(changed), &err) == TONE_OK);
    tone_status st = tone_vision_open(&v, folder, &err);
    CHECK_CASE(words ? st && strstr(err.text, words) : !st, "%s: \"%s\"", to, err.text);
    tone_vision_close(v);
    free(changed);
    free(path);
}

static void check_configs(void)
{
    char folder[64], weights[512], link[128], *text;
    size_t n;
    tone_error err = {0};
    snprintf(folder, sizeof folder, "/tmp/tonesmith_eyes_%ld", (long)getpid());
    snprintf(link, sizeof link, "%s/model.safetensors", folder);
    char command[512];
    const char *whole = realpath(golden_media_path(weights, "vision", "small/model.safetensors"), NULL);
    snprintf(command, sizeof command, "mkdir %s", folder);
    if (!CHECK(whole && system(command) == 0 && symlink(whole, link) == 0 &&
               tone_file_read(&text, &n, golden_media_path(weights, "vision", "small/config.json"), 1 << 20, &err) == TONE_OK))
        exit(1);
    check_config(folder, text, "\"vision_config\"", "\"vision_config\"", NULL);
    check_config(folder, text, "\"vision_config\"", "\"other_config\"", "no eyes");
    check_config(folder, text, "\"gemma4_vision\"", "\"siglip\"", "siglip");
    const char *vision = strstr(text, "\"vision_config\"");
    char *alone = malloc(n + 64); /* the keys below are those of the vision part: the first of its name from here on */
    sprintf(alone, "{\"text_config\": {\"hidden_size\": 80}, %s", vision);
    check_config(folder, alone, "\"hidden_size\": 64", "\"hidden_size\": 64", NULL);
    check_config(folder, alone, "\"hidden_size\": 64", "\"hidden_size\": 60", "embed");
    check_config(folder, alone, "\"hidden_size\": 64", "\"hidden_size\": \"64\"", "'hidden_size' must be a whole number");
    check_config(folder, alone, "\"num_attention_heads\": 4", "\"num_attention_heads\": 0", "heads");
    check_config(folder, alone, "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4", "layers.3");
    check_config(folder, alone, "\"num_key_value_heads\": 4", "\"num_key_value_heads\": 3", "3 keys");
    check_config(folder, alone, "\"head_dim\": 16", "\"head_dim\": 18", "18");
    check_config(folder, alone, "\"patch_size\": 16", "\"patch_size\": 14", "input_proj");
    check_config(folder, alone, "\"gelu_pytorch_tanh\"", "\"quick_gelu\"", "quick_gelu");
    check_config(folder, alone, "\"rope_type\": \"default\"", "\"rope_type\": \"axial\"", NULL);
    check_config(folder, alone, "\"rope_type\": \"default\"", "\"rope_type\": \"yarn\"", "yarn");
    check_config(folder, alone, "\"default_output_length\": 280", "\"default_output_length\": 100", "100 soft tokens");
    check_config(folder, alone, "\"standardize\": false", "\"standardize\": true", "std_bias");
    free(alone);
    free(text);
    free((char *)(uintptr_t)whole);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK(system(command) == 0);
}

int main(void)
{
    check_missing("mmproj-small.gguf", 5);
    check_missing("mmproj-large.gguf", 5);
    check_values();
    check_random();
    check_configs();
    return check_done();
}

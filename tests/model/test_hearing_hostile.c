/* Files that are almost ears: every tensor and every key missing once, wrong shapes, types and bounds, random damage.  Refusals
 * name the tensor or the key; what still opens can listen without a crash. */
#include "base/random.h"
#include "damaged.h"
#include "golden_hearing.h"

static damaged read_golden(const char *set, const char *name)
{
    char path[512];
    return damaged_read(golden_media_path(path, set, name));
}

static tone_status open_bytes(tone_hearing **h, const damaged *f, tone_error *err)
{
    memset(err, 0, sizeof *err);
    damaged_write(f, f->bytes, f->n);
    tone_status st = tone_hearing_open(h, f->path, err);
    CHECK_CASE((st == TONE_OK) == (*h != NULL) && (!st || err->text[0]), "%s", err->text);
    return st;
}

static void check_missing(void)
{
    damaged f = read_golden("multimodal", "mmproj-small.gguf");
    tone_gguf *g;
    tone_error err = {0};
    if (!CHECK(tone_gguf_open_memory(&g, f.bytes, f.n, &err) == TONE_OK))
        exit(1);
    for (size_t i = 0; i < tone_gguf_n_tensors(g) + tone_gguf_n_values(g); i++) {
        char name[128];
        if (i < tone_gguf_n_tensors(g)) {
            snprintf(name, sizeof name, "%s", tone_gguf_tensor(g, i)->name);
        } else {
            tone_gguf_string key;
            tone_gguf_value_at(g, i - tone_gguf_n_tensors(g), &key);
            snprintf(name, sizeof name, "%.*s", (int)key.n, key.text);
        }
        bool optional = strstr(name, "put_m") || strstr(name, "epsilon") || strstr(name, "projection_dim") || strstr(name, "mel_bins");
        if (strncmp(name, "a.", 2) && strncmp(name, "mm.a.", 5) && strncmp(name, "clip.audio.", 11))
            continue;
        char *last = find_string(&f, name) + strlen(name) - 1, kept = *last;
        tone_hearing *h = NULL;
        *last = '!';
        tone_status st = open_bytes(&h, &f, &err);
        *last = kept;
        CHECK_CASE(optional ? !st : st && strstr(err.text, name), "without %s: \"%s\"", name, err.text);
        tone_hearing_close(h);
    }
    tone_gguf_close(g);
    damaged_clear(&f);
}

static void check_damaged(damaged *f, const char *name, const void *value, size_t at, size_t n, const char *words)
{
    char *place = find_string(f, name) + strlen(name) + at, kept[32];
    tone_error err;
    tone_hearing *h = NULL;
    memcpy(kept, place, n);
    memcpy(place, value, n);
    tone_status st = open_bytes(&h, f, &err);
    CHECK_CASE(st && strstr(err.text, words), "%s: \"%s\"", name, err.text);
    memcpy(place, kept, n);
    tone_hearing_close(h);
}

/* Behind a tensor's name: dimensions (u32), their sizes (u64 each), type (u32), offset.  Behind a key: type (u32), value. */
static void check_values(void)
{
    damaged f = read_golden("multimodal", "mmproj-small.gguf");
    const uint32_t type = TONE_TYPE_I32, zero = 0, huge = INT32_MAX, seven = 7;
    const uint64_t up[2] = {256, 64}, taps[2] = {64, 5}, conv[4] = {9, 1, 1, 128}, conv1[4] = {3, 3, 8, 128};
    check_damaged(&f, "a.blk.1.ln2.weight", &type, 12, 4, "a.blk.1.ln2.weight");
    check_damaged(&f, "a.blk.0.ffn_up.weight", up, 4, 16, "a.blk.0.ffn_up.weight");
    check_damaged(&f, "a.blk.1.conv_dw.weight", taps, 4, 16, "a.blk.1.conv_dw.weight");
    check_damaged(&f, "a.conv1d.0.weight", conv, 4, 32, "a.conv1d.0.weight");
    check_damaged(&f, "a.conv1d.1.weight", conv1, 4, 32, "a.conv1d.1.");
    static const char *const sizes[] = {"embedding_length", "feed_forward_length", "block_count", "attention.head_count"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char key[64];
        snprintf(key, sizeof key, "clip.audio.%s", sizes[i]);
        check_damaged(&f, key, &zero, 4, 4, "audio tower");
        check_damaged(&f, key, &huge, 4, 4, "audio tower");
        check_damaged(&f, key, &seven, 4, 4, "");
    }
    check_damaged(&f, "clip.audio.num_mel_bins", &seven, 4, 4, "7 mel bands");
    check_damaged(&f, "clip.audio.projector_type", "x", 12, 1, "xemma4a");
    damaged_clear(&f);
}

/* A bound that is none, in the data of a tensor. */
static void check_bounds(void)
{
    damaged f = read_golden("multimodal", "mmproj-small.gguf");
    tone_gguf *g;
    tone_error err = {0};
    if (!CHECK(tone_gguf_open_memory(&g, f.bytes, f.n, &err) == TONE_OK))
        exit(1);
    const tone_tensor *t = tone_gguf_find_tensor(g, "a.blk.1.conv_pw1.output_max");
    size_t at = (size_t)(t->data - (const uint8_t *)f.bytes);
    tone_gguf_close(g);
    const float bad[] = {NAN, -1e30f};
    for (size_t i = 0; i < 2; i++) {
        tone_hearing *h = NULL;
        memcpy(f.bytes + at, &bad[i], 4);
        CHECK(open_bytes(&h, &f, &err) == TONE_ERR_FORMAT && strstr(err.text, "a.blk.1.conv_pw1.output_max"));
        tone_hearing_close(h);
    }
    damaged_clear(&f);
}

/* Damage anywhere in the directory or the weights: an error, or rows of whatever numbers. */
static void check_random(void)
{
    damaged f = read_golden("multimodal", "mmproj-small.gguf");
    tone_random r;
    tone_random_seed(&r, 13);
    printf("seed 13\n");
    float x[4000] = {0};
    for (int i = 0; i < 4000; i++)
        x[i] = (float)(tone_random_unit(&r) - 0.5);
    size_t n_opened = 0;
    for (int round = 0; round < 300; round++) {
        size_t at[3];
        char kept[3];
        for (int i = 0; i < 3; i++) {
            at[i] = (size_t)tone_random_below(&r, round % 2 ? f.n : 24000);
            kept[i] = f.bytes[at[i]];
            f.bytes[at[i]] = (char)tone_random_u64(&r);
        }
        tone_hearing *h = NULL;
        tone_error err;
        if (!open_bytes(&h, &f, &err)) {
            tone_soft soft;
            tone_status st = tone_hearing_encode(&soft, h, x, 4000, &(tone_hearing_options){.n_threads = 1}, &err);
            CHECK(st == TONE_OK || err.text[0]);
            tone_soft_clear(&soft);
            n_opened++;
        }
        tone_hearing_close(h);
        for (int i = 3; i-- > 0;)
            f.bytes[at[i]] = kept[i];
    }
    CHECK_CASE(n_opened > 60, "%zu opened", n_opened);
    damaged_clear(&f);
}

/* config.json beside the weights of the golden folder, with one text in place of another. */
static void check_config(const char *folder, const char *text, const char *from, const char *to, const char *words)
{
    const char *at = strstr(text, from);
    char *path = tone_path_join(folder, "config.json"), *changed = malloc(strlen(text) + strlen(to) + 1);
    CHECK_CASE(at != NULL, "%s", from);
    if (!at || !path || !changed)
        exit(1);
    sprintf(changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    tone_error err = {0};
    tone_hearing *h = NULL;
    CHECK(tone_file_write(path, changed, strlen(changed), &err) == TONE_OK);
    tone_status st = tone_hearing_open(&h, folder, &err);
    CHECK_CASE(words ? st && strstr(err.text, words) : !st, "%s: \"%s\"", to, err.text);
    tone_hearing_close(h);
    free(changed);
    free(path);
}

static void check_configs(void)
{
    char folder[64], weights[512], link[128], command[512], *text;
    size_t n;
    tone_error err = {0};
    snprintf(folder, sizeof folder, "/tmp/tonesmith_ears_%ld", (long)getpid());
    snprintf(link, sizeof link, "%s/model.safetensors", folder);
    char *whole = realpath(golden_media_path(weights, "audio", "tiny/model.safetensors"), NULL);
    snprintf(command, sizeof command, "mkdir %s", folder);
    if (!CHECK(whole && system(command) == 0 && symlink(whole, link) == 0 &&
               tone_file_read(&text, &n, golden_media_path(weights, "audio", "tiny/config.json"), 1 << 20, &err) == TONE_OK))
        exit(1);
    static const char *const cases[][3] = {
        {"\"audio_config\"", "\"audio_config\"", NULL},
        {"\"audio_config\"", "\"other_config\"", "no ears"},
        {"\"gemma4_audio\"", "\"gemma4_unified\"", "gemma4_unified"},
        {"\"hidden_size\": 64", "\"hidden_size\": 60", "audio_tower"},
        {"\"hidden_size\": 64", "\"hidden_size\": 2", "2"},
        {"\"hidden_size\": 64", "\"hidden_size\": 2147483647", "audio tower"},
        {"\"hidden_size\": 64", "\"hidden_size\": \"64\"", "'hidden_size' must be a whole number"},
        {"\"num_attention_heads\": 4", "\"num_attention_heads\": 0", "heads"},
        {"\"num_attention_heads\": 4", "\"num_attention_heads\": 3", "3 heads"},
        {"\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4", "layers.3"},
        {"\"conv_kernel_size\": 5", "\"conv_kernel_size\": 4", "depthwise_conv1d"},
        {"\"conv_kernel_size\": 5", "\"conv_kernel_size\": 0", "taps"},
        {"\"attention_context_left\": 13", "\"attention_context_left\": 0", "window"},
        {"\"attention_context_left\": 13", "\"attention_context_left\": 1000", "window"},
        {"\"attention_context_right\": 0", "\"attention_context_right\": 2", "attention_context_right"},
        {"\"output_proj_dims\": 56", "\"output_proj_dims\": 55", "output_proj"},
        {"\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": -1", "constant"},
        {"\"attention_logit_cap\": 50.0", "\"attention_logit_cap\": 0", "constant"},
        {"\"silu\"", "\"gelu\"", "gelu"},
        {"128,\n      8", "128", "subsampling_conv_channels"},
        {"128,\n      8", "128, 9", "layer1"},
        {"\"use_clipped_linears\": true", "\"use_clipped_linears\": false", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_config(folder, text, cases[i][0], cases[i][1], cases[i][2]);
    free(text);
    free(whole);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK(system(command) == 0);
}

int main(void)
{
    check_missing();
    check_values();
    check_bounds();
    check_random();
    check_configs();
    return check_done();
}

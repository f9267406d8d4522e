/* Files that are almost a model: every tensor missing once, every key of the metadata missing once, shapes and types that
 * do not fit, random damage.  Refusals name the tensor or the key; what still opens can be evaluated without a crash. */
#include "base/random.h"
#include "damaged.h"
#include "format/gguf.h"
#include "golden.h"

static damaged read_file(const char *variant, const char *name)
{
    char path[512];
    return damaged_read(golden_path(path, variant, name));
}

/* Opens the bytes as a model. */
static tone_status open_bytes(tone_model **m, const damaged *f, const char *bytes, size_t n, tone_error *err)
{
    memset(err, 0, sizeof *err);
    damaged_write(f, bytes, n);
    return tone_model_open(m, f->path, &(tone_model_options){.no_tokenizer = true}, err);
}

/* The name with its last letter changed, for the time of one opening. */
static tone_status open_without(const damaged *f, const char *name, tone_error *err)
{
    char *at = find_string(f, name);
    size_t last = strlen(name) - 1;
    char kept = at[last];
    at[last] = '!';
    tone_model *m = NULL;
    tone_status st = open_bytes(&m, f, f->bytes, f->n, err);
    at[last] = kept;
    if (!st) /* not needed, then: what is left must work */
        tone_model_close(m);
    return st;
}

static void check_missing(const char *variant, const char *name, size_t n_optional_tensors, size_t n_optional_keys)
{
    damaged f = read_file(variant, name);
    tone_gguf *g;
    tone_error err = {0};
    if (!CHECK(tone_gguf_open_memory(&g, f.bytes, f.n, &err) == TONE_OK))
        exit(1);
    size_t n_opened = 0;
    for (size_t i = 0; i < tone_gguf_n_tensors(g); i++) {
        char tensor[128];
        const tone_tensor *t = tone_gguf_tensor(g, i);
        snprintf(tensor, sizeof tensor, "%.*s", (int)t->name_n, t->name);
        tone_status st = open_without(&f, tensor, &err);
        /* Without one of the two halves of split experts the stacked form is what is missing, and the other way round. */
        bool named = strstr(err.text, tensor) || (strstr(tensor, "_exps") && strstr(err.text, "_exps"));
        CHECK_CASE(!st || named, "%s without %s: \"%s\"", variant, tensor, err.text);
        n_opened += !st;
    }
    CHECK_CASE(n_opened == n_optional_tensors, "%s %s opens without %zu of its tensors", variant, name, n_opened);
    n_opened = 0;
    for (size_t i = 0; i < tone_gguf_n_values(g); i++) {
        tone_gguf_string key;
        char text[128];
        tone_gguf_value_at(g, i, &key);
        snprintf(text, sizeof text, "%.*s", (int)key.n, key.text);
        if (strncmp(text, "gemma4.", 7) != 0 && strcmp(text, "general.architecture") != 0)
            continue;
        tone_status st = open_without(&f, text, &err);
        /* Where a default takes the place of the key, the tensors do not fit it. */
        CHECK_CASE(!st || strstr(err.text, text) || strstr(err.text, "tensor") || strstr(err.text, "values of"), "%s without %s: \"%s\"", variant,
                   text, err.text);
        n_opened += !st;
    }
    CHECK_CASE(n_opened == n_optional_keys, "%s %s opens without %zu of its keys", variant, name, n_opened);
    tone_gguf_close(g);
    damaged_clear(&f);
}

/* What stands behind a tensor's name in the directory: dimensions (u32), their sizes (u64 each), type (u32). */
static void check_shapes(void)
{
    damaged f = read_file("e2b", "model-f32.gguf");
    tone_error err;
    tone_model *m;
    char *norm = find_string(&f, "blk.2.attn_norm.weight"), *q = find_string(&f, "blk.2.attn_q.weight");
    uint64_t one = 32;
    uint32_t type = TONE_TYPE_I32;
    char kept[8];
    if (!CHECK(norm && q))
        return;
    norm += strlen("blk.2.attn_norm.weight");
    q += strlen("blk.2.attn_q.weight");
    memcpy(kept, norm + 4, 8);
    memcpy(norm + 4, &one, 8); /* half as long: the next tensor's offset no longer follows, unless the reader lets it */
    CHECK(open_bytes(&m, &f, f.bytes, f.n, &err) != TONE_OK);
    CHECK_CASE(strstr(err.text, "blk.2.attn_norm.weight") || strstr(err.text, "the one before ends"), "%s", err.text);
    memcpy(norm + 4, kept, 8);
    memcpy(kept, q + 4, 8); /* 64 x 128 turned into 128 x 64 */
    memcpy(q + 4, q + 12, 8);
    memcpy(q + 12, kept, 8);
    CHECK(open_bytes(&m, &f, f.bytes, f.n, &err) != TONE_OK);
    CHECK_STR(err.text, "the tensor 'blk.2.attn_q.weight' is 64 x 128, but the configuration makes it 128 x 64");
    memcpy(q + 12, q + 4, 8);
    memcpy(q + 4, kept, 8);
    memcpy(kept, q + 20, 4);
    memcpy(q + 20, &type, 4);
    CHECK(open_bytes(&m, &f, f.bytes, f.n, &err) == TONE_ERR_UNSUPPORTED);
    CHECK_STR(err.text, "the tensor 'blk.2.attn_q.weight' has the type I32, which this program cannot multiply by");
    memcpy(q + 20, kept, 4);
    char *architecture = find_string(&f, "gemma4");
    if (CHECK(architecture)) {
        architecture[5] = '9';
        CHECK(open_bytes(&m, &f, f.bytes, f.n, &err) == TONE_ERR_UNSUPPORTED);
        CHECK_STR(err.text, "unknown architecture \"gemma9\" (gemma3 and gemma4 are known)");
        architecture[5] = '4';
    }
    CHECK(open_bytes(&m, &f, f.bytes, f.n, &err) == TONE_OK);
    tone_model_close(m);
    damaged_clear(&f);
}

/* Some bytes of the header or of the weights changed: refused with a sentence, or a model that can be evaluated. */
static void check_damage(const char *variant, const char *name, int n_tries, tone_random *r)
{
    damaged f = read_file(variant, name);
    size_t n_opened = 0;
    for (int i = 0; i < n_tries; i++) {
        char *copy = malloc(f.n);
        memcpy(copy, f.bytes, f.n);
        size_t header = i % 4 == 3 ? f.n : f.n / 8, n = i % 5 == 4 ? (size_t)tone_random_below(r, f.n) : f.n;
        for (uint64_t k = 1 + tone_random_below(r, 4); k > 0; k--)
            copy[tone_random_below(r, header)] = (char)tone_random_u64(r);
        tone_error err;
        tone_model *m = NULL;
        tone_status st = open_bytes(&m, &f, copy, n, &err);
        CHECK_CASE(!st || (*err.text && !strchr(err.text, '\n') && !m), "no sentence for a damaged file");
        if (!st) {
            n_opened++;
            tone_session_options o = tone_session_defaults();
            o.context = 32;
            o.memory_bytes = 256 << 20;
            tone_session *s;
            static const tone_token ids[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
            if (!tone_session_open(&s, m, &o, &err)) {
                st = tone_session_sync(s, ids, 12, &err);
                CHECK(!st || *err.text);
                tone_session_close(s);
            }
            tone_model_close(m);
        }
        free(copy);
    }
    CHECK_CASE(n_opened > 0, "%s: no damaged file opened, so none was evaluated", variant);
    damaged_clear(&f);
}

int main(void)
{
    const char *seed_text = getenv("TONE_SEED");
    uint64_t seed = seed_text ? (uint64_t)strtoull(seed_text, NULL, 10) : (uint64_t)(unsigned)getpid();
    printf("seed %llu (TONE_SEED sets it)\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    check_missing("e2b", "model-q4_0.gguf", 1, 7);
    check_missing("a4b", "model-q4_0.gguf", 1, 9);
    check_missing("d31b", "model-q5_0.gguf", 1, 9);
    check_shapes();
    check_damage("e2b", "model-q4_0.gguf", 150, &r);
    check_damage("a4b", "model-q4_0.gguf", 100, &r);
    check_damage("k256", "model-mix.gguf", 100, &r);
    return check_done();
}

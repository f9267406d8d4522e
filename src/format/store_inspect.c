/* What a model is, from its directory of tensors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "format/gguf.h"
#include "format/json.h"
#include "format/safetensors.h"
#include "format/store.h"

enum { CONFIG_MAX = 1 << 20 };

typedef struct tally {
    uint64_t layer_bytes[TONE_TYPE_COUNT], other_bytes[TONE_TYPE_COUNT]; /* of matrices, by type */
    tone_store_about *about;
} tally;

static void count(tally *t, const tone_tensor *x)
{
    static const char *const lookups[] = {"per_layer_token_embd.weight", "embed_tokens_per_layer.weight"};
    t->about->n_tensors++;
    t->about->n_bytes += x->n_bytes;
    if (x->n_dims > 1) {
        bool in_layer = strncmp(x->name, "blk.", 4) == 0 || strstr(x->name, ".layers.");
        (in_layer ? t->layer_bytes : t->other_bytes)[x->type] += x->n_bytes;
    }
    for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
        size_t n = strlen(lookups[i]);
        if (x->name_n >= n && strcmp(x->name + x->name_n - n, lookups[i]) == 0)
            t->about->n_lookup_bytes += x->n_bytes;
    }
}

/* The type of most bytes, NULL when there are none. */
static const char *largest(const uint64_t n_bytes[TONE_TYPE_COUNT])
{
    unsigned best = 0;
    for (unsigned i = 1; i < TONE_TYPE_COUNT; i++)
        if (n_bytes[i] > n_bytes[best])
            best = i;
    return n_bytes[best] ? tone_type_find(best)->name : NULL;
}

/* Embeddings are often kept in a wider type than the one a file is named after, so the layers decide. */
static void finish(tally *t)
{
    const char *type = largest(t->layer_bytes);
    if (!type)
        type = largest(t->other_bytes);
    snprintf(t->about->type, sizeof t->about->type, "%s", type ? type : "?");
}

static tone_status inspect_gguf(tone_store_about *out, const char *path, tone_error *err)
{
    tone_gguf *g;
    tone_status st = tone_gguf_open(&g, path, err);
    if (st)
        return st;
    tally t = {.about = out};
    for (size_t i = 0; i < tone_gguf_n_tensors(g); i++)
        count(&t, tone_gguf_tensor(g, i));
    finish(&t);
    tone_gguf_string s;
    if (tone_gguf_get_string(tone_gguf_find(g, "general.architecture"), &s))
        snprintf(out->architecture, sizeof out->architecture, "%.*s", s.n < 31 ? (int)s.n : 31, s.text);
    tone_gguf_close(g);
    return TONE_OK;
}

/* "model_type" of config.json; left alone when it is not there. */
static tone_status read_model_type(tone_store_about *out, const char *folder, tone_error *err)
{
    char *path = tone_path_join(folder, "config.json"), *text = NULL;
    size_t n;
    if (!path)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    tone_status st = tone_file_read(&text, &n, path, CONFIG_MAX, err);
    if (!st) {
        tone_json j = tone_json_start(text, n);
        tone_buf key = {0}, value = {0};
        tone_json_open(&j, '{');
        while (tone_json_next(&j, '}') && tone_json_key(&j, &key)) {
            if (strcmp(key.data, "model_type") == 0 && tone_json_string(&j, &value))
                snprintf(out->architecture, sizeof out->architecture, "%s", value.data);
            else
                tone_json_skip(&j);
        }
        if (!tone_json_end(&j))
            st = tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(&j), "%s: %s", path, j.why);
        tone_buf_clear(&key);
        tone_buf_clear(&value);
    }
    free(text);
    free(path);
    return st;
}

static tone_status inspect_folder(tone_store_about *out, const char *folder, tone_error *err)
{
    tone_status st = read_model_type(out, folder, err);
    tone_safetensors *s;
    if (st)
        return st;
    st = tone_safetensors_open(&s, folder, err);
    if (st)
        return st;
    tally t = {.about = out};
    for (size_t i = 0; i < tone_safetensors_n(s); i++)
        count(&t, tone_safetensors_at(s, i));
    finish(&t);
    tone_safetensors_close(s);
    return TONE_OK;
}

/* Names come from files: what is shown on a terminal must be printable. */
static void make_plain(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x21 || (unsigned char)*text > 0x7e)
            *text = '?';
}

tone_status tone_store_inspect(tone_store_about *out, const tone_store_model *m, tone_error *err)
{
    *out = (tone_store_about){.architecture = "?", .type = "?"};
    tone_status st = m->is_folder ? inspect_folder(out, m->path, err) : inspect_gguf(out, m->path, err);
    make_plain(out->architecture);
    return st;
}

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "format/json_tree.h"
#include "token/from_gguf.h"
#include "token/vocab.h"

typedef tone_status add_function(tone_tokenizer *t, tone_token id, tone_error *err);

/* A number, or a list of numbers. */
static tone_status add_ids(tone_tokenizer *t, const tone_json_value *v, const char *key, add_function *add, tone_error *err)
{
    if (!v || v->kind == TONE_JSON_NULL)
        return TONE_OK;
    for (const tone_json_value *item = v->kind == TONE_JSON_ARRAY ? v->first : v; item;
         item = v->kind == TONE_JSON_ARRAY ? item->next : NULL) {
        int64_t id;
        if (!tone_json_int(item, &id) || id < 0 || id >= t->facts.n_vocab)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "generation_config.json: %s names an id outside the vocabulary", key);
        tone_status status = add(t, (tone_token)id, err);
        if (status)
            return status;
    }
    return TONE_OK;
}

/* The file beside a tokenizer.json that says which tokens end a generation and which may never be generated. */
static tone_status read_generation_config(tone_tokenizer *t, const char *path, tone_error *err)
{
    enum { LIMIT = 1 << 16 };
    char *text;
    size_t n;
    tone_json_tree *tree = NULL;
    if (access(path, F_OK) != 0)
        return TONE_OK;
    tone_status status = tone_file_read(&text, &n, path, LIMIT, err);
    if (status)
        return status;
    if (tone_json_tree_read(&tree, text, n, 0, err))
        status = tone_fail(err, TONE_ERR_FORMAT, 0, "%s: not JSON", path);
    free(text);
    const tone_json_value *root = status ? NULL : tone_json_tree_root(tree);
    if (!status)
        status = add_ids(t, tone_json_get(root, "eos_token_id"), "eos_token_id", tone_vocab_add_stop, err);
    if (!status)
        status = add_ids(t, tone_json_get(root, "suppress_tokens"), "suppress_tokens", tone_vocab_add_suppressed, err);
    tone_json_tree_free(tree);
    return status;
}

static tone_status open_gguf(tone_tokenizer **out, const char *path, tone_error *err)
{
    tone_gguf *g;
    tone_status status = tone_gguf_open(&g, path, err);
    if (status)
        return status;
    status = tone_tokenizer_from_gguf(out, g, err);
    tone_gguf_close(g);
    return status;
}

static tone_status open_json(tone_tokenizer **out, const char *path, const tone_map *map, tone_error *err)
{
    tone_tokenizer *t;
    tone_status status = tone_tokenizer_open_memory(&t, (const char *)map->data, map->n, err);
    if (status)
        return status;
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[1] = 0;
    char *beside = folder ? tone_path_join(slash ? folder : ".", "generation_config.json") : NULL;
    status = beside ? read_generation_config(t, beside, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: no memory to open it", path);
    free(folder);
    free(beside);
    if (status) {
        tone_tokenizer_close(t);
        return status;
    }
    *out = t;
    return TONE_OK;
}

tone_status tone_tokenizer_open(tone_tokenizer **out, const char *path, tone_error *err)
{
    *out = NULL;
    char *inside = tone_is_folder(path) ? tone_path_join(path, "tokenizer.json") : strdup(path);
    if (!inside)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: no memory to open it", path);
    tone_map map;
    tone_status status = tone_map_open(&map, inside, err);
    if (!status) {
        bool gguf = map.n >= 4 && memcmp(map.data, "GGUF", 4) == 0;
        status = gguf ? open_gguf(out, inside, err) : open_json(out, inside, &map, err);
        tone_map_close(&map);
    }
    free(inside);
    return status;
}

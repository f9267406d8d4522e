/* Opening a checkpoint: which files a path stands for, the plan, the facts about it. */
#include "model/model.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "token/from_gguf.h"

enum { CONFIG_BYTES_MAX = 4 << 20, TOKENIZER_CONFIG_BYTES_MAX = 64 << 20 };

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* Parts 2 … N of a split set do not count as models, and projectors of pictures are none. */
static bool is_gguf_model(const char *name)
{
    if (!ends_with(name, ".gguf") || strncmp(name, "mmproj", 6) == 0)
        return false;
    const char *of = strstr(name, "-of-");
    return !of || of - name < 6 || strncmp(of - 6, "-00001", 6) == 0;
}

/* The one GGUF model of a folder; the caller frees *out. */
static tone_status find_gguf(char **out, const char *folder, tone_error *err)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return tone_fail(err, TONE_ERR_IO, 0, "%s: %s", folder, strerror(errno));
    char *found = NULL;
    size_t n = 0;
    bool no_memory = false;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!is_gguf_model(e->d_name) || n++)
            continue;
        found = tone_path_join(folder, e->d_name);
        no_memory = !found;
    }
    closedir(dir);
    *out = found;
    if (no_memory)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    if (n == 1)
        return TONE_OK;
    free(found);
    *out = NULL;
    if (n)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s holds %zu GGUF models; name one of them", folder, n);
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s holds neither config.json nor a GGUF model", folder);
}

static void set_name(tone_model *m, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t start = n;
    while (start > 0 && path[start - 1] != '/')
        start--;
    snprintf(m->name, sizeof m->name, "%.*s", (int)(n - start < 120 ? n - start : 120), path + start);
}

static tone_status open_gguf(tone_model *m, const char *path, tone_model_config *c, bool tokenizer, tone_error *err)
{
    tone_status st = tone_gguf_open(&m->weights.gguf, path, err);
    if (st || (st = tone_config_from_gguf(c, m->weights.gguf, err)))
        return st;
    tone_gguf_string name;
    if (tone_gguf_get_string(tone_gguf_find(m->weights.gguf, "general.name"), &name) && name.n)
        snprintf(m->name, sizeof m->name, "%.*s", (int)(name.n < 120 ? name.n : 120), name.text);
    else
        set_name(m, path);
    tone_gguf_string tools;
    if (tone_gguf_get_string(tone_gguf_find(m->weights.gguf, "tonesmith.tools"), &tools) && tools.n < sizeof m->tools)
        memcpy(m->tools, tools.text, tools.n);
    m->instructed = tone_gguf_find(m->weights.gguf, "tokenizer.chat_template") != NULL;
    if (tokenizer && tone_gguf_find(m->weights.gguf, "tokenizer.ggml.tokens"))
        return tone_tokenizer_from_gguf(&m->tokenizer, m->weights.gguf, err);
    return TONE_OK;
}

static bool has_file(const char *folder, const char *name)
{
    char *path = tone_path_join(folder, name);
    bool found = path && access(path, R_OK) == 0;
    free(path);
    return found;
}

/* The template stands in a file of its own, or (older saves) inside tokenizer_config.json. */
static bool has_template(const char *folder)
{
    if (has_file(folder, "chat_template.jinja") || has_file(folder, "chat_template.json"))
        return true;
    char *path = tone_path_join(folder, "tokenizer_config.json"), *text = NULL;
    size_t n = 0;
    bool found = path && !tone_file_read(&text, &n, path, TOKENIZER_CONFIG_BYTES_MAX, NULL) && memmem(text, n, "\"chat_template\"", 15);
    free(path);
    free(text);
    return found;
}

static tone_status open_folder(tone_model *m, const char *folder, const char *config_path, tone_model_config *c, bool tokenizer,
                               tone_error *err)
{
    char *text = NULL;
    size_t n = 0;
    tone_status st = tone_file_read(&text, &n, config_path, CONFIG_BYTES_MAX, err);
    if (st)
        return st;
    st = tone_config_from_json(c, text, n, config_path, err);
    free(text);
    if (st || (st = tone_safetensors_open(&m->weights.safetensors, folder, err)))
        return st;
    set_name(m, folder);
    m->instructed = has_template(folder);
    char *vocabulary = tokenizer && has_file(folder, "tokenizer.json") ? tone_path_join(folder, "tokenizer.json") : NULL;
    if (vocabulary)
        st = tone_tokenizer_open(&m->tokenizer, vocabulary, err);
    free(vocabulary);
    return st;
}

static tone_status open_path(tone_model *m, const char *path, tone_model_config *c, bool tokenizer, tone_error *err)
{
    if (!tone_is_folder(path))
        return open_gguf(m, path, c, tokenizer, err);
    char *config = tone_path_join(path, "config.json"), *gguf = NULL;
    tone_status st;
    if (!config)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    if (access(config, F_OK) == 0)
        st = open_folder(m, path, config, c, tokenizer, err);
    else if (!(st = find_gguf(&gguf, path, err)))
        st = open_gguf(m, gguf, c, tokenizer, err);
    free(config);
    free(gguf);
    return st;
}

static const char *variant_of(const tone_model_config *c)
{
    static const struct {
        tone_family family;
        uint32_t n_layers, hidden;
        const char *name;
    } published[] = {{TONE_GEMMA4, 35, 1536, "E2B"}, {TONE_GEMMA4, 42, 2560, "E4B"}, {TONE_GEMMA4, 30, 2816, "26B-A4B"},
                     {TONE_GEMMA4, 60, 5376, "31B"}, {TONE_GEMMA4, 48, 3840, "12B"}, {TONE_GEMMA3, 18, 640, "270M"},
                     {TONE_GEMMA3, 26, 1152, "1B"},  {TONE_GEMMA3, 34, 2560, "4B"},  {TONE_GEMMA3, 48, 3840, "12B"},
                     {TONE_GEMMA3, 62, 5376, "27B"}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (published[i].family == c->family && published[i].n_layers == c->n_layers && published[i].hidden == c->hidden)
            return published[i].name;
    return "";
}

static void add_use(tone_model_facts *f, const tone_tensor *t)
{
    const tone_type_info *type = tone_type_find((uint32_t)t->type);
    const char *name = type && type->name ? type->name : "?";
    uint32_t i = 0;
    while (i < f->n_types && strcmp(f->types[i].type, name) != 0)
        i++;
    if (i == f->n_types) {
        if (i == TONE_TYPE_USES_MAX)
            return;
        f->types[f->n_types++] = (tone_type_use){.type = name};
    }
    f->types[i].n_tensors++;
    f->types[i].n_bytes += t->n_bytes;
    while (i > 0 && f->types[i].n_bytes > f->types[i - 1].n_bytes) {
        tone_type_use swap = f->types[i];
        f->types[i] = f->types[i - 1];
        f->types[--i] = swap;
    }
}

static void add_matrix(tone_model_facts *f, const tone_matrix *w, uint64_t n)
{
    if (!w->data)
        return;
    f->n_parameters += n * w->rows * w->cols;
    f->weight_bytes += n * w->rows * w->row_bytes;
}

/* Counts what the plan uses: dead tensors and towers of a multimodal file are in `types` only. */
static void gather_facts(tone_model *m)
{
    const tone_plan *p = &m->plan;
    const tone_model_config *c = &p->config;
    tone_model_facts *f = &m->facts;
    *f = (tone_model_facts){.name = m->name, .architecture = c->architecture, .variant = variant_of(c),
        .n_layers = c->n_layers, .n_shared_layers = c->n_shared, .hidden = c->hidden, .n_heads = c->n_heads, .window = c->window,
        .vocab = c->vocab, .ple_width = c->ple_width, .n_experts = c->n_experts, .n_experts_used = c->n_experts_used,
        .max_context = c->max_context, .tools = m->tools, .instructed = m->instructed, .sees_pictures_whole = c->bidirectional, .media = c->media};
    size_t n = m->weights.gguf ? tone_gguf_n_tensors(m->weights.gguf) : tone_safetensors_n(m->weights.safetensors);
    for (size_t i = 0; i < n; i++)
        add_use(f, m->weights.gguf ? tone_gguf_tensor(m->weights.gguf, i) : tone_safetensors_at(m->weights.safetensors, i));
    add_matrix(f, &p->embed, 1);
    if (p->head.data != p->embed.data)
        add_matrix(f, &p->head, 1);
    add_matrix(f, &p->ple_embed, 1);
    add_matrix(f, &p->ple_model_proj, 1);
    uint64_t vectors = c->hidden + c->ple_width;
    for (uint32_t i = 0; i < c->n_layers; i++) {
        const tone_layer *l = &p->layers[i];
        const tone_matrix *all[] = {&l->q, &l->k, &l->v, &l->o, &l->gate, &l->up, &l->down, &l->ple_gate, &l->ple_proj};
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            add_matrix(f, all[j], 1);
        f->n_full_layers += l->full;
        vectors += 4 * (uint64_t)c->hidden + l->head_dim * (l->owns_kv ? 2 : 1) + (c->family == TONE_GEMMA4) +
                   (c->ple_width ? c->hidden : 0);
        if (!l->mixture)
            continue;
        add_matrix(f, &l->mixture->router, 1);
        add_matrix(f, &l->mixture->gate_up, c->n_experts);
        add_matrix(f, &l->mixture->gate, c->n_experts);
        add_matrix(f, &l->mixture->up, c->n_experts);
        add_matrix(f, &l->mixture->down, c->n_experts);
        vectors += 4 * (uint64_t)c->hidden + c->n_experts;
    }
    f->n_parameters += vectors;
    f->weight_bytes += vectors * sizeof(float);
}

/* Only looked-up rows of the per-layer embeddings are wanted in memory, not their neighbours. */
static void advise(const tone_matrix *table)
{
    if (!table->data)
        return;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)table->data & ~(page - 1);
    size_t n = (uintptr_t)table->data - start + table->rows * table->row_bytes;
    posix_madvise((void *)start, n, POSIX_MADV_RANDOM); /* advice: a refusal changes nothing */
}

static tone_status open_all(tone_model *m, const char *path, const tone_model_options *opt, tone_model_config *c, tone_error *err)
{
    tone_status st = open_path(m, path, c, !opt || !opt->no_tokenizer, err);
    if (st || (st = tone_weights_init(&m->weights, err)) || (st = tone_plan_build(&m->plan, c, &m->weights, err)))
        return st;
    if (m->tokenizer && tone_tokenizer_info(m->tokenizer)->n_vocab > m->plan.config.vocab)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the vocabulary has %u tokens, the embedding rows for %u",
                         tone_tokenizer_info(m->tokenizer)->n_vocab, m->plan.config.vocab);
    gather_facts(m);
    advise(&m->plan.ple_embed);
    return TONE_OK;
}

tone_status tone_model_open(tone_model **out, const char *path, const tone_model_options *opt, tone_error *err)
{
    *out = NULL;
    tone_model *m = calloc(1, sizeof *m);
    tone_model_config *c = calloc(1, sizeof *c);
    tone_status st = m && c ? open_all(m, path, opt, c, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a model");
    free(c);
    if (st) {
        tone_model_close(m);
        return st;
    }
    *out = m;
    return TONE_OK;
}

void tone_model_close(tone_model *m)
{
    if (!m)
        return;
    tone_tokenizer_close(m->tokenizer);
    tone_plan_clear(&m->plan);
    tone_weights_clear(&m->weights);
    free(m);
}

const tone_model_facts *tone_model_info(const tone_model *m)
{
    return &m->facts;
}

const tone_tokenizer *tone_model_tokenizer(const tone_model *m)
{
    return m->tokenizer;
}

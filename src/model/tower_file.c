#include "model/tower_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"

enum { CONFIG_BYTES_MAX = 4 << 20 };

static bool is_projector(const char *name)
{
    size_t n = strlen(name);
    return n >= 11 && strncmp(name, "mmproj", 6) == 0 && strcmp(name + n - 5, ".gguf") == 0;
}

/* mmproj-small.gguf goes with text-small.gguf and with small-Q4_0.gguf. */
static bool goes_with(const char *projector, const char *model)
{
    const char *kernel = projector + 6 + strspn(projector + 6, "-_.");
    size_t n = strlen(kernel) - 5, m = strlen(model);
    if (n == 0 || m < n + 5)
        return false;
    bool first = strncmp(model, kernel, n) == 0 && strchr("-_.", model[n]);
    bool last = strncmp(model + m - 5 - n, kernel, n) == 0 && (m == n + 5 || strchr("-_.", model[m - 6 - n]));
    return first || last;
}

/* The one file mmproj*.gguf of a folder, or of several the one that is named after `model` (may be NULL); the caller frees *out. */
static tone_status find_projector(char **out, const char *folder, const char *model, tone_error *err)
{
    *out = NULL;
    DIR *dir = opendir(folder);
    if (!dir)
        return tone_fail(err, TONE_ERR_IO, 0, "%s: %s", folder, strerror(errno));
    size_t n = 0, n_named = 0;
    bool no_memory = false;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!is_projector(e->d_name))
            continue;
        bool named = model && goes_with(e->d_name, model);
        n_named += named;
        if (n++ && !(named && n_named == 1))
            continue;
        free(*out);
        *out = tone_path_join(folder, e->d_name);
        no_memory = no_memory || !*out;
    }
    closedir(dir);
    if (no_memory)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    if (n == 1 || n_named == 1)
        return TONE_OK;
    free(*out);
    *out = NULL;
    if (n)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s holds %zu files mmproj*.gguf; name one of them", folder, n);
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: no file mmproj*.gguf with eyes or ears stands there", folder);
}

static tone_status open_folder(tone_tower_file *f, const char *folder, tone_error *err)
{
    char *text = NULL;
    size_t n = 0;
    tone_status st = tone_file_read(&text, &n, f->name, CONFIG_BYTES_MAX, err);
    if (st)
        return st;
    json_error_t at;
    f->config = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    free(text);
    if (!f->config)
        return tone_fail(err, json_error_code(&at) == json_error_out_of_memory ? TONE_ERR_NO_MEMORY : TONE_ERR_FORMAT,
                         at.position > 0 ? (uint64_t)at.position : 0, "%s: line %d: %s", f->name, at.line, at.text);
    if (!json_is_object(f->config))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the configuration must be an object", f->name);
    return tone_safetensors_open(&f->safetensors, folder, err);
}

static bool has_towers(const tone_gguf *g)
{
    return tone_gguf_find(g, "clip.has_vision_encoder") || tone_gguf_find(g, "clip.has_audio_encoder") ||
           tone_gguf_find(g, "clip.vision.projector_type") || tone_gguf_find(g, "clip.audio.projector_type") ||
           tone_gguf_find(g, "gemma4.audio.block_count"); /* Ollama: all in one file */
}

static tone_status open_gguf(tone_tower_file *f, const char *path, tone_error *err)
{
    f->name = strdup(path);
    if (!f->name)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    return tone_gguf_open(&f->gguf, path, err);
}

/* A GGUF file without towers has them in a file beside it. */
static tone_status open_beside(tone_tower_file *f, const char *path, tone_error *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash > path ? (size_t)(slash - path) : 1) : strdup("."), *found = NULL;
    tone_tower_file_close(f);
    if (!folder)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    tone_status st = find_projector(&found, folder, slash ? slash + 1 : path, err);
    if (!st)
        st = open_gguf(f, found, err);
    free(folder);
    free(found);
    return st;
}

static tone_status open_path(tone_tower_file *f, const char *path, tone_error *err)
{
    if (!tone_is_folder(path)) {
        tone_status st = open_gguf(f, path, err);
        return st || has_towers(f->gguf) ? st : open_beside(f, path, err);
    }
    f->name = tone_path_join(path, "config.json");
    if (!f->name)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    if (access(f->name, F_OK) == 0)
        return open_folder(f, path, err);
    free(f->name);
    f->name = NULL;
    char *found;
    tone_status st = find_projector(&found, path, NULL, err);
    if (!st)
        st = open_gguf(f, found, err);
    free(found);
    return st;
}

tone_status tone_tower_file_open(tone_tower_file *out, const char *path, tone_error *err)
{
    *out = (tone_tower_file){0};
    tone_status st = open_path(out, path, err);
    if (st)
        tone_tower_file_close(out);
    return st;
}

void tone_tower_file_close(tone_tower_file *f)
{
    tone_gguf_close(f->gguf);
    tone_safetensors_close(f->safetensors);
    json_decref(f->config);
    free(f->name);
    *f = (tone_tower_file){0};
}

const tone_tensor *tone_tower_find(const tone_tower_file *f, const char *hf, const char *gguf, char name[TONE_NAME_ROOM])
{
    if (f->gguf) {
        snprintf(name, TONE_NAME_ROOM, "%s", gguf);
        return tone_gguf_find_tensor(f->gguf, name);
    }
    snprintf(name, TONE_NAME_ROOM, "model.%s", hf);
    const tone_tensor *t = tone_safetensors_find(f->safetensors, name);
    return t ? t : tone_safetensors_find(f->safetensors, hf);
}

static tone_status absent(const char *key, bool required, tone_error *err)
{
    return required ? tone_fail(err, TONE_ERR_FORMAT, 0, "the key '%s' is missing", key) : TONE_OK;
}

tone_status tone_tower_u32(const tone_tower_file *f, const char *key, bool required, uint32_t *out, tone_error *err)
{
    const tone_gguf_value *v = tone_gguf_find(f->gguf, key);
    uint64_t n;
    if (!v)
        return absent(key, required, err);
    if (!tone_gguf_get_u64(v, &n) || n > INT32_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the key '%s' must be a whole number below 2^31", key);
    *out = (uint32_t)n;
    return TONE_OK;
}

tone_status tone_tower_real(const tone_tower_file *f, const char *key, bool required, double *out, tone_error *err)
{
    const tone_gguf_value *v = tone_gguf_find(f->gguf, key);
    if (!v)
        return absent(key, required, err);
    return tone_gguf_get_f64(v, out) ? TONE_OK : tone_fail(err, TONE_ERR_FORMAT, 0, "the key '%s' must be a number", key);
}

tone_status tone_tower_text(const tone_tower_file *f, const char *key, char out[64], tone_error *err)
{
    const tone_gguf_value *v = tone_gguf_find(f->gguf, key);
    tone_gguf_string s;
    if (!v)
        return absent(key, true, err);
    if (!tone_gguf_get_string(v, &s) || s.n >= 64)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the key '%s' must be a short text", key);
    memcpy(out, s.text, s.n);
    out[s.n] = 0;
    return TONE_OK;
}

tone_status tone_tower_scalar(float *out, const tone_tensor *t, const char *name, tone_error *err)
{
    float *copy;
    if (!t)
        return TONE_OK;
    tone_status st = tone_tensor_vector(&copy, t, name, 1, 0, err);
    if (!st)
        *out = *copy;
    free(copy);
    return st;
}

tone_status tone_tower_check_sizes(const tone_tower_size *sizes, size_t n, const char *tower, const char *name, tone_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (sizes[i].value < 1 || sizes[i].value > sizes[i].max)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the %s of the %s is %llu (1 to %llu is possible)", name, sizes[i].what, tower,
                             (unsigned long long)sizes[i].value, (unsigned long long)sizes[i].max);
    return TONE_OK;
}

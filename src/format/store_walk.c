/* Folders of model files, at any depth. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/utf8.h"
#include "format/store_scan.h"

enum { DEPTH_MAX = 8, FOLDERS_MAX = 4096, ENTRIES_MAX = 100000, MODELS_MAX = 10000, NOTES_MAX = 100, PARTS_MAX = 1024 };

void tone_store_say(tone_store *s, const char *fmt, ...)
{
    if (s->n_notes == NOTES_MAX)
        return;
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    tone_make_printable(text);
    char **grown = realloc(s->notes, (s->n_notes + 1) * sizeof *grown);
    char *copy = grown ? strdup(text) : NULL;
    if (grown)
        s->notes = grown;
    if (copy)
        s->notes[s->n_notes++] = copy;
    else
        s->failed = true;
}

/* UTF-8 without control characters: names are printed, and written as JSON. */
static bool is_plain(const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    return tone_utf8_valid((const uint8_t *)text, strlen(text), NULL);
}

void tone_store_add(tone_store *s, tone_store_kind store, const char *name, const char *path, bool is_folder,
                    uint64_t n_bytes)
{
    if (!is_plain(name) || !is_plain(path)) {
        tone_store_say(s, "%s: its name is no text; left out", path);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        if (s->models[i].store != store && strcmp(s->models[i].path, path) == 0)
            return;
    if (s->n == MODELS_MAX) {
        tone_store_say(s, "more than %d models; '%s' is left out", MODELS_MAX, name);
        return;
    }
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 32;
        tone_store_model *grown = realloc(s->models, room * sizeof *grown);
        if (!grown) {
            s->failed = true;
            return;
        }
        s->models = grown;
        s->room = room;
    }
    tone_store_model m = {strdup(name), strdup(path), store, is_folder, n_bytes};
    if (!m.name || !m.path) {
        free(m.name);
        free(m.path);
        s->failed = true;
        return;
    }
    s->models[s->n++] = m;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void tone_store_names_free(char **names, size_t n)
{
    for (size_t i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
}

char **tone_store_names(tone_store *s, const char *folder, size_t *n)
{
    *n = 0;
    DIR *dir = opendir(folder);
    if (!dir) {
        if (errno != ENOENT)
            tone_store_say(s, "%s: %s", folder, strerror(errno));
        return NULL;
    }
    char **names = NULL;
    size_t room = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        if (s->n_entries == ENTRIES_MAX) {
            if (!s->stopped)
                tone_store_say(s, "%s: more than %d files; the rest is not looked at", folder, ENTRIES_MAX);
            s->stopped = true;
            break;
        }
        s->n_entries++;
        if (*n == room) {
            room = room ? 2 * room : 32;
            char **grown = realloc(names, room * sizeof *grown);
            if (!grown) {
                s->failed = true;
                break;
            }
            names = grown;
        }
        names[*n] = strdup(e->d_name);
        if (!names[*n]) {
            s->failed = true;
            break;
        }
        ++*n;
    }
    closedir(dir);
    if (names)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

/* --- one folder --- */

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), m = strlen(tail);
    return n >= m && strcmp(text + n - m, tail) == 0;
}

/* "-00002-of-00005" before ".gguf": its number and count; false for other names. */
static bool part_of(const char *name, unsigned *number, unsigned *count)
{
    size_t n = strlen(name), tail = sizeof "-ddddd-of-ddddd.gguf" - 1;
    int used = 0;
    return n > tail && sscanf(name + n - tail, "-%5u-of-%5u.gguf%n", number, count, &used) == 2 && used == (int)tail;
}

static uint64_t bytes_of(const char *folder, const char *name)
{
    struct stat st;
    char *path = tone_path_join(folder, name);
    bool there = path && stat(path, &st) == 0 && S_ISREG(st.st_mode);
    free(path);
    return there ? (uint64_t)st.st_size : 0;
}

static void add_gguf(tone_store *s, tone_store_kind store, const char *folder, const char *name, const char *prefix)
{
    unsigned number = 1, count = 1;
    size_t stem = strlen(name) - strlen(".gguf");
    bool is_part = part_of(name, &number, &count);
    if (number != 1 || strncasecmp(name, "mmproj", 6) == 0)
        return;
    uint64_t n_bytes = bytes_of(folder, name);
    if (is_part) {
        stem -= strlen("-ddddd-of-ddddd");
        for (unsigned i = 2; i <= count && i <= PARTS_MAX; i++) {
            tone_buf part = {0};
            tone_buf_append(&part, name, stem);
            tone_buf_printf(&part, "-%05u-of-%05u.gguf", i, count);
            n_bytes += part.failed ? 0 : bytes_of(folder, part.data);
            tone_buf_clear(&part);
        }
    }
    tone_buf full = {0};
    tone_buf_printf(&full, "%s%s%.*s", prefix, *prefix ? "/" : "", (int)stem, name);
    char *path = tone_path_join(folder, name);
    if (path && !full.failed)
        tone_store_add(s, store, full.data, path, false, n_bytes);
    else
        s->failed = true;
    free(path);
    tone_buf_clear(&full);
}

static bool has(char **names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* config.json with safetensors. */
static void add_folder(tone_store *s, tone_store_kind store, const char *folder, const char *prefix, char **names,
                       size_t n)
{
    bool index = has(names, n, "model.safetensors.index.json");
    if (!has(names, n, "config.json") || (!index && !has(names, n, "model.safetensors")))
        return;
    uint64_t n_bytes = 0;
    for (size_t i = 0; i < n; i++)
        if (ends_with(names[i], ".safetensors") && (index || strcmp(names[i], "model.safetensors") == 0))
            n_bytes += bytes_of(folder, names[i]);
    const char *slash = strrchr(folder, '/');
    tone_store_add(s, store, *prefix ? prefix : slash && slash[1] ? slash + 1 : folder, folder, true, n_bytes);
}

/* false: read before, perhaps through another link. */
static bool first_visit(tone_store *s, const struct stat *st)
{
    for (size_t i = 0; i < s->n_visited; i++)
        if (s->visited[i].device == st->st_dev && s->visited[i].inode == st->st_ino)
            return false;
    if (s->n_visited % 64 == 0) {
        tone_store_visited *grown = realloc(s->visited, (s->n_visited + 64) * sizeof *grown);
        if (!grown) {
            s->failed = true;
            return false;
        }
        s->visited = grown;
    }
    s->visited[s->n_visited++] = (tone_store_visited){st->st_dev, st->st_ino};
    return true;
}

static void walk(tone_store *s, tone_store_kind store, const char *folder, const char *prefix, unsigned depth)
{
    struct stat st;
    if (s->failed || s->stopped || stat(folder, &st) != 0)
        return;
    if (depth > DEPTH_MAX) {
        s->n_too_deep++;
        return;
    }
    if (s->n_visited == FOLDERS_MAX) {
        s->stopped = true;
        tone_store_say(s, "%s: more than %d folders before it; the rest is not looked at", folder, FOLDERS_MAX);
        return;
    }
    if (!first_visit(s, &st))
        return;
    size_t n;
    char **names = tone_store_names(s, folder, &n);
    add_folder(s, store, folder, prefix, names, n);
    for (size_t i = 0; i < n && !s->failed; i++) {
        char *path = tone_path_join(folder, names[i]);
        if (!path) {
            s->failed = true;
        } else if (tone_is_folder(path)) {
            tone_buf below = {0};
            tone_buf_printf(&below, "%s%s%s", prefix, *prefix ? "/" : "", names[i]);
            if (below.failed)
                s->failed = true;
            else
                walk(s, store, path, below.data, depth + 1);
            tone_buf_clear(&below);
        } else if (ends_with(names[i], ".gguf")) {
            add_gguf(s, store, folder, names[i], prefix);
        }
        free(path);
    }
    tone_store_names_free(names, n);
}

void tone_store_walk(tone_store *s, tone_store_kind store, const char *folder, const char *prefix)
{
    s->n_entries = 0;
    s->n_visited = 0;
    s->n_too_deep = 0;
    s->stopped = false;
    walk(s, store, folder, prefix, 0);
    if (s->n_too_deep)
        tone_store_say(s, "%s: %zu folders are more than %d deep in it; not looked at", folder, s->n_too_deep,
                       DEPTH_MAX);
}

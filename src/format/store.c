/* Which folders, the list, and what a name means. */
#include "format/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/near.h"
#include "format/store_scan.h"
#include "tone_config.h"

static const char *const kind_names[TONE_STORE_KINDS] = {
    [TONE_STORE_OWN] = "tonesmith",
    [TONE_STORE_FOLDERS] = "folders",
    [TONE_STORE_OLLAMA] = "ollama",
    [TONE_STORE_LM_STUDIO] = "lm-studio",
    [TONE_STORE_HUGGING_FACE] = "hugging-face",
    [TONE_STORE_LLAMA_CPP] = "llama.cpp",
};

const char *tone_store_kind_name(tone_store_kind kind)
{
    return (unsigned)kind < TONE_STORE_KINDS ? kind_names[kind] : "?";
}

/* --- places --- */

static const char *variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* One of a list of folders: $NAME + below, or nothing when it is not set. */
static bool put_from(tone_buf *b, const char *name, const char *below)
{
    const char *v = variable(name);
    if (v)
        tone_buf_printf(b, "%s%s%s", b->n ? ":" : "", v, below);
    return v != NULL;
}

/* What lies beside the program: PREFIX/share where it was moved as a whole, the source's models/ where it was only built. */
static void put_beside(tone_buf *b)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
    if (!slash)
        return;
    *slash = '\0';
    tone_buf probe = {0};
    tone_buf_printf(&probe, "%s/../../build.ninja", self);
    bool built = !probe.failed && access(tone_buf_text(&probe), R_OK) == 0;
    tone_buf_clear(&probe);
    tone_buf_printf(b, "%s%s%s", b->n ? ":" : "", self, built ? "/../../../models" : "/../share/tonesmith/models");
}

tone_status tone_store_places_init(tone_store_places *out, tone_error *err)
{
    tone_buf b[TONE_STORE_KINDS] = {{0}};
    *out = (tone_store_places){0};
    if (!put_from(&b[TONE_STORE_OWN], "XDG_DATA_HOME", "/tonesmith/models"))
        put_from(&b[TONE_STORE_OWN], "HOME", "/.local/share/tonesmith/models");
    tone_buf_printf(&b[TONE_STORE_OWN], "%s%s", b[TONE_STORE_OWN].n ? ":" : "", TONE_DATA_FOLDER "/models");
    put_beside(&b[TONE_STORE_OWN]);
    put_from(&b[TONE_STORE_FOLDERS], "TONESMITH_MODELS", "");
    if (!put_from(&b[TONE_STORE_OLLAMA], "OLLAMA_MODELS", "")) {
        put_from(&b[TONE_STORE_OLLAMA], "HOME", "/.ollama/models");
        /* Where its service keeps them on Linux. */
        tone_buf_printf(&b[TONE_STORE_OLLAMA], "%s/usr/share/ollama/.ollama/models", b[TONE_STORE_OLLAMA].n ? ":" : "");
    }
    put_from(&b[TONE_STORE_LM_STUDIO], "HOME", "/.lmstudio/models");
    put_from(&b[TONE_STORE_LM_STUDIO], "HOME", "/.cache/lm-studio/models");
    if (!put_from(&b[TONE_STORE_HUGGING_FACE], "HF_HUB_CACHE", "") &&
        !put_from(&b[TONE_STORE_HUGGING_FACE], "HF_HOME", "/hub") &&
        !put_from(&b[TONE_STORE_HUGGING_FACE], "XDG_CACHE_HOME", "/huggingface/hub"))
        put_from(&b[TONE_STORE_HUGGING_FACE], "HOME", "/.cache/huggingface/hub");
    if (!put_from(&b[TONE_STORE_LLAMA_CPP], "LLAMA_CACHE", "") &&
        !put_from(&b[TONE_STORE_LLAMA_CPP], "XDG_CACHE_HOME", "/llama.cpp"))
        put_from(&b[TONE_STORE_LLAMA_CPP], "HOME", "/.cache/llama.cpp");
    bool ok = true;
    for (int k = 0; k < TONE_STORE_KINDS; k++) {
        out->roots[k] = tone_buf_take(&b[k]);
        ok = ok && out->roots[k];
    }
    if (ok)
        return TONE_OK;
    tone_store_places_clear(out);
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the list of models");
}

void tone_store_places_clear(tone_store_places *p)
{
    for (int k = 0; k < TONE_STORE_KINDS; k++)
        free(p->roots[k]);
    *p = (tone_store_places){0};
}

/* --- the list --- */

static void scan_root(tone_store *s, tone_store_kind kind, const char *root)
{
    if (!tone_is_folder(root)) {
        if (kind == TONE_STORE_FOLDERS) /* somebody asked for it by name */
            tone_store_say(s, "%s: not a folder (in TONESMITH_MODELS)", root);
        return;
    }
    if (kind == TONE_STORE_OLLAMA)
        tone_store_scan_ollama(s, root);
    else if (kind == TONE_STORE_HUGGING_FACE)
        tone_store_scan_hugging_face(s, root);
    else
        tone_store_walk(s, kind, root, "");
}

tone_status tone_store_scan(tone_store **out, const tone_store_places *places, tone_error *err)
{
    *out = NULL;
    tone_store *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the list of models");
    for (int k = 0; k < TONE_STORE_KINDS; k++) {
        const char *at = places->roots[k] ? places->roots[k] : "";
        while (*at && !s->failed) {
            size_t n = strcspn(at, ":");
            char *root = strndup(at, n);
            if (!root)
                s->failed = true;
            else if (n > 0)
                scan_root(s, (tone_store_kind)k, root);
            free(root);
            at += n + (at[n] == ':');
        }
    }
    if (s->failed) {
        tone_store_free(s);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the list of models");
    }
    *out = s;
    return TONE_OK;
}

void tone_store_free(tone_store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        free(s->models[i].name);
        free(s->models[i].path);
    }
    for (size_t i = 0; i < s->n_notes; i++)
        free(s->notes[i]);
    free(s->models);
    free(s->notes);
    free(s->visited);
    free(s);
}

size_t tone_store_n(const tone_store *s)
{
    return s->n;
}

const tone_store_model *tone_store_at(const tone_store *s, size_t i)
{
    assert(i < s->n);
    return &s->models[i];
}

size_t tone_store_n_notes(const tone_store *s)
{
    return s->n_notes;
}

const char *tone_store_note(const tone_store *s, size_t i)
{
    assert(i < s->n_notes);
    return s->notes[i];
}

/* --- what a name means --- */

static bool same(const char *a, size_t n, const char *b)
{
    return strlen(b) == n && strncasecmp(a, b, n) == 0;
}

/* a[0..n) contains b, letters of any case. */
static bool contains(const char *a, const char *b)
{
    size_t n = strlen(b);
    for (; *a; a++)
        if (strncasecmp(a, b, n) == 0)
            return true;
    return n == 0;
}

/* How well `text` names m: 5 exactly … 1, 0 not at all. */
static int fit(const tone_store_model *m, const char *text)
{
    size_t n = strlen(text), name_n = strlen(m->name);
    if (n > 5 && strcasecmp(text + n - 5, ".gguf") == 0)
        n -= 5;
    if (name_n == n && strncmp(m->name, text, n) == 0)
        return 5;
    if (same(text, n, m->name))
        return 4;
    if (m->store == TONE_STORE_OLLAMA) {
        const char *tag = strrchr(m->name, ':');
        return tag && strcmp(tag, ":latest") == 0 && n == (size_t)(tag - m->name) && strncasecmp(m->name, text, n) == 0
                   ? 3
                   : 0;
    }
    const char *slash = strrchr(m->name, '/'), *base = slash ? slash + 1 : m->name;
    if (same(text, n, base))
        return 2;
    if (!slash)
        return 0;
    /* "repository" or "repository:Q4_0", with or without the publisher */
    size_t repository_n = strcspn(text, ":");
    const char *tag = text[repository_n] ? text + repository_n + 1 : "";
    size_t full_n = (size_t)(slash - m->name);
    const char *publisher_end = memchr(m->name, '/', full_n);
    size_t short_n = publisher_end ? (size_t)(slash - publisher_end - 1) : 0;
    bool named = (repository_n == full_n && strncasecmp(text, m->name, full_n) == 0) ||
                 (short_n && repository_n == short_n && strncasecmp(text, publisher_end + 1, short_n) == 0);
    return named && contains(base, tag) ? 1 : 0;
}

static tone_status not_found(const tone_store *s, const char *name, tone_error *err)
{
    if (s->n == 0)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0,
                         "no file and no model '%.100s'; no models were found on this machine", name);
    tone_near near;
    tone_near_init(&near, name);
    for (size_t i = 0; i < s->n; i++) {
        const char *full = s->models[i].name, *slash = strrchr(full, '/');
        tone_near_offer(&near, full, full, SIZE_MAX);
        if (slash)
            tone_near_offer(&near, full, slash + 1, SIZE_MAX);
    }
    tone_buf list = {0};
    for (int i = 0; i < 3 && near.best[i][0]; i++)
        tone_buf_printf(&list, "%s%.60s", i ? ", " : "", near.best[i]);
    tone_status st =
        tone_fail(err, TONE_ERR_NOT_FOUND, 0, "no file and no model '%.100s'; near: %s", name, tone_buf_text(&list));
    tone_buf_clear(&list);
    return st;
}

tone_status tone_store_find(const tone_store_model **out, const tone_store *s, const char *name, tone_error *err)
{
    *out = NULL;
    int best = 0;
    for (size_t i = 0; i < s->n; i++) {
        int f = fit(&s->models[i], name);
        best = f > best ? f : best;
    }
    if (best == 0)
        return not_found(s, name, err);
    tone_buf list = {0};
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const tone_store_model *m = &s->models[i];
        if (fit(m, name) != best || (*out && strcmp((*out)->path, m->path) == 0))
            continue;
        if (n < 4)
            tone_buf_printf(&list, "%s%.60s (%s)", n ? ", " : "", m->name, kind_names[m->store]);
        if (n++ == 0)
            *out = m;
    }
    tone_status st = TONE_OK;
    /* The same name in several stores: the first store wins.  Different names: the user must say which. */
    for (size_t i = 0; i < s->n && n > 1 && !st; i++) {
        const tone_store_model *m = &s->models[i];
        if (fit(m, name) == best && m->store == (*out)->store && strcmp(m->name, (*out)->name) != 0)
            st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%.60s' could be %s%s", name, tone_buf_text(&list),
                           n > 4 ? ", …" : "");
    }
    if (st)
        *out = NULL;
    tone_buf_clear(&list);
    return st;
}

tone_status tone_store_resolve(char **path, const char *text, tone_error *err)
{
    *path = NULL;
    if (tone_exists(text)) {
        *path = strdup(text);
        return *path ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    }
    tone_store_places places;
    tone_store *s = NULL;
    const tone_store_model *m = NULL;
    tone_status st = tone_store_places_init(&places, err);
    if (st)
        return st;
    st = tone_store_scan(&s, &places, err);
    if (!st)
        st = tone_store_find(&m, s, text, err);
    if (!st) {
        *path = strdup(m->path);
        if (!*path)
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    }
    tone_store_free(s);
    tone_store_places_clear(&places);
    return st;
}

/* Stores that are more than folders of files: Ollama's registry and the Hugging Face cache. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "format/json.h"
#include "format/store_scan.h"

enum { MANIFEST_MAX = 1 << 20, REVISION_MAX = 256 };

/* --- Ollama: manifests/HOST/NAMESPACE/MODEL/TAG names a blob --- */

/* "sha256:" and 64 hexadecimal digits, nothing else: it becomes a file name. */
static bool is_digest(const tone_buf *b)
{
    if (b->n != 7 + 64 || strncmp(b->data, "sha256:", 7) != 0)
        return false;
    return strspn(b->data + 7, "0123456789abcdef") == 64;
}

/* The digest of the first layer that holds a model; false when there is none. */
static bool model_digest(tone_buf *digest, const char *text, size_t n)
{
    tone_json j = tone_json_start(text, n);
    tone_buf key = {0}, kind = {0}, value = {0};
    bool found = false;
    tone_json_open(&j, '{');
    while (tone_json_next(&j, '}') && tone_json_key(&j, &key)) {
        if (strcmp(key.data, "layers") != 0) {
            tone_json_skip(&j);
            continue;
        }
        tone_json_open(&j, '[');
        while (tone_json_next(&j, ']') && tone_json_open(&j, '{')) {
            tone_buf_reset(&kind);
            tone_buf_reset(&value);
            while (tone_json_next(&j, '}') && tone_json_key(&j, &key)) {
                if (strcmp(key.data, "mediaType") == 0)
                    tone_json_string(&j, &kind);
                else if (strcmp(key.data, "digest") == 0)
                    tone_json_string(&j, &value);
                else
                    tone_json_skip(&j);
            }
            if (!found && !j.why && strcmp(tone_buf_text(&kind), "application/vnd.ollama.image.model") == 0 &&
                is_digest(&value)) {
                tone_buf_reset(digest);
                tone_buf_append(digest, value.data, value.n);
                found = !digest->failed;
            }
        }
    }
    tone_json_end(&j);
    tone_buf_clear(&key);
    tone_buf_clear(&kind);
    tone_buf_clear(&value);
    return found && !j.why;
}

/* names: HOST, NAMESPACE, MODEL, TAG.  Ollama leaves out what is its own. */
static void ollama_name(tone_buf *out, const char *const names[4])
{
    if (strcmp(names[0], "registry.ollama.ai") != 0)
        tone_buf_printf(out, "%s/", names[0]);
    if (out->n || strcmp(names[1], "library") != 0)
        tone_buf_printf(out, "%s/", names[1]);
    tone_buf_printf(out, "%s:%s", names[2], names[3]);
}

static void add_manifest(tone_store *s, const char *root, const char *manifest, const char *const names[4])
{
    char *text = NULL;
    size_t n;
    tone_error err;
    if (tone_is_folder(manifest))
        return;
    tone_buf digest = {0}, blob = {0}, name = {0};
    ollama_name(&name, names);
    struct stat st;
    if (tone_file_read(&text, &n, manifest, MANIFEST_MAX, &err)) {
        tone_store_say(s, "%s", err.text);
    } else if (!model_digest(&digest, text, n)) {
        tone_store_say(s, "%s: names no model", manifest);
    } else {
        tone_buf_printf(&blob, "%s/blobs/sha256-%s", root, digest.data + 7);
        if (!blob.failed && stat(blob.data, &st) == 0 && S_ISREG(st.st_mode) && !name.failed)
            tone_store_add(s, TONE_STORE_OLLAMA, name.data, blob.data, false, (uint64_t)st.st_size);
        else
            tone_store_say(s, "%s: its file is missing: %s", tone_buf_text(&name), tone_buf_text(&blob));
    }
    free(text);
    tone_buf_clear(&digest);
    tone_buf_clear(&blob);
    tone_buf_clear(&name);
}

static void walk_manifests(tone_store *s, const char *root, const char *folder, const char *names[4], int level)
{
    size_t n;
    char **entries = tone_store_names(s, folder, &n);
    for (size_t i = 0; i < n && !s->failed; i++) {
        char *path = tone_path_join(folder, entries[i]);
        names[level] = entries[i];
        if (!path)
            s->failed = true;
        else if (level == 3)
            add_manifest(s, root, path, names);
        else if (tone_is_folder(path))
            walk_manifests(s, root, path, names, level + 1);
        free(path);
    }
    tone_store_names_free(entries, n);
}

void tone_store_scan_ollama(tone_store *s, const char *root)
{
    const char *names[4] = {0};
    s->n_entries = 0;
    s->stopped = false;
    char *manifests = tone_path_join(root, "manifests");
    if (manifests && tone_is_folder(manifests))
        walk_manifests(s, root, manifests, names, 0);
    free(manifests);
}

/* --- Hugging Face: models--ORGANISATION--NAME/snapshots/REVISION, and refs/main says which --- */

/* The newest snapshot, for a repository that was fetched by revision and has no refs/main. */
static char *newest(tone_store *s, const char *snapshots)
{
    size_t n;
    char **names = tone_store_names(s, snapshots, &n), *best = NULL;
    struct timespec when = {0};
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        char *path = tone_path_join(snapshots, names[i]);
        if (path && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
            (!best || st.st_mtim.tv_sec > when.tv_sec ||
             (st.st_mtim.tv_sec == when.tv_sec && st.st_mtim.tv_nsec > when.tv_nsec))) {
            free(best);
            best = path;
            when = st.st_mtim;
        } else {
            free(path);
        }
    }
    tone_store_names_free(names, n);
    return best;
}

/* The folder of the current revision; NULL when there is none.  The caller frees. */
static char *current_snapshot(tone_store *s, const char *repository)
{
    char *ref = tone_path_join(repository, "refs/main"), *snapshots = tone_path_join(repository, "snapshots");
    char *text = NULL, *found = NULL;
    size_t n;
    tone_error err;
    if (ref && snapshots && !tone_file_read(&text, &n, ref, REVISION_MAX, &err)) {
        n = strspn(text, "0123456789abcdef");
        if (n > 0 && (text[n] == 0 || text[n] == '\n')) { /* it becomes a file name */
            text[n] = 0;
            found = tone_path_join(snapshots, text);
            if (found && !tone_is_folder(found)) {
                free(found);
                found = NULL;
            }
        }
    }
    if (!found && snapshots && tone_is_folder(snapshots))
        found = newest(s, snapshots);
    free(text);
    free(ref);
    free(snapshots);
    return found;
}

void tone_store_scan_hugging_face(tone_store *s, const char *root)
{
    size_t n;
    s->n_entries = 0;
    s->stopped = false;
    char **names = tone_store_names(s, root, &n);
    for (size_t i = 0; i < n && !s->failed; i++) {
        if (strncmp(names[i], "models--", 8) != 0)
            continue;
        char *repository = tone_path_join(root, names[i]);
        char *snapshot = repository ? current_snapshot(s, repository) : NULL;
        char *name = names[i] + 8, *dashes = strstr(name, "--");
        if (dashes) { /* "organisation--name" */
            *dashes = '/';
            memmove(dashes + 1, dashes + 2, strlen(dashes + 2) + 1);
        }
        if (snapshot)
            tone_store_walk(s, TONE_STORE_HUGGING_FACE, snapshot, name);
        free(snapshot);
        free(repository);
    }
    tone_store_names_free(names, n);
}

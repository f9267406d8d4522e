/* A small JSON file, replaced as a whole under a lock, so that two programs do not lose each other's entries. */
#include "sound/plugin_quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"

enum { MOST_BYTES = 1 << 20 };

static tone_status folder_of(char **out, tone_error *err)
{
    tone_buf b = {0};
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/')
        tone_buf_printf(&b, "%s/tonesmith", state);
    else if (home && home[0])
        tone_buf_printf(&b, "%s/.local/state/tonesmith", home);
    else
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "no place for the quarantine list: neither XDG_STATE_HOME nor HOME is set");
    *out = tone_buf_take(&b);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
}

static tone_status make_folders(char *path, tone_error *err)
{
    for (char *slash = path + 1;; slash++) {
        slash = strchr(slash, '/');
        if (slash)
            *slash = '\0';
        bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        if (slash)
            *slash = '/';
        if (!ok)
            return tone_fail(err, TONE_ERR_IO, 0, "cannot make the folder %s: %s", path, strerror(errno));
        if (!slash)
            return TONE_OK;
    }
}

/* {uri: why}, the caller's; an absent file is an empty list. */
static tone_status read_list(json_t **out, const char *path, tone_error *err)
{
    *out = NULL;
    if (!tone_exists(path)) {
        *out = json_object();
        return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the quarantine list");
    }
    char *text;
    size_t n;
    tone_status st = tone_file_read(&text, &n, path, MOST_BYTES, err);
    if (st)
        return st;
    json_error_t e;
    *out = json_loadb(text, n, 0, &e);
    free(text);
    bool ok = json_is_object(*out);
    const char *key;
    json_t *why;
    if (ok)
        json_object_foreach (*out, key, why)
            ok = ok && json_is_string(why);
    if (!ok) {
        json_decref(*out);
        *out = NULL;
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s is no list of plug-ins and reasons; remove it to begin a new one", path);
    }
    return TONE_OK;
}

/* Set (why given) or remove an entry. */
static tone_status edit(const char *uri, const char *why, tone_error *err)
{
    char *folder = NULL, *path = NULL, *lock_path = NULL;
    json_t *list = NULL;
    int lock = -1;
    tone_status st = folder_of(&folder, err);
    if (!st)
        st = make_folders(folder, err);
    if (!st && (!(path = tone_path_join(folder, "quarantine.json")) || !(lock_path = tone_path_join(folder, "quarantine.lock"))))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    if (!st && ((lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0 || flock(lock, LOCK_EX) != 0))
        st = tone_fail(err, TONE_ERR_IO, 0, "cannot lock %s: %s", lock_path, strerror(errno));
    if (!st)
        st = read_list(&list, path, err);
    if (!st && !why && json_object_del(list, uri) != 0)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "'%s' is not in quarantine", uri);
    if (!st && why && json_object_set_new(list, uri, json_string(why)) != 0)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the quarantine list");
    char *text = st ? NULL : json_dumps(list, JSON_INDENT(2) | JSON_SORT_KEYS);
    if (!st)
        st = text ? tone_file_write(path, text, strlen(text), err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the quarantine list");
    free(text);
    json_decref(list);
    if (lock >= 0)
        close(lock);
    free(folder);
    free(path);
    free(lock_path);
    return st;
}

static tone_status load(json_t **out, tone_error *err)
{
    char *folder;
    *out = NULL;
    tone_status st = folder_of(&folder, err);
    if (st)
        return st;
    char *path = tone_path_join(folder, "quarantine.json");
    free(folder);
    st = path ? read_list(out, path, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    free(path);
    return st;
}

tone_status tone_quarantine_add(const char *uri, const char *why, tone_error *err)
{
    return edit(uri, why, err);
}

tone_status tone_quarantine_forgive(const char *uri, tone_error *err)
{
    return edit(uri, NULL, err);
}

tone_status tone_quarantine_check(const char *uri, tone_error *err)
{
    json_t *list;
    tone_error own;
    tone_status st = load(&list, &own);
    if (st == TONE_ERR_NOT_FOUND) /* without a home there is no list */
        return TONE_OK;
    if (st) {
        if (err)
            *err = own;
        return st;
    }
    const char *why = json_string_value(json_object_get(list, uri));
    if (why)
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' is in quarantine: %s (tonesmith plugins --forgive takes it out)", uri, why);
    json_decref(list);
    return st;
}

tone_status tone_quarantine_json(char **out, tone_error *err)
{
    json_t *list;
    *out = NULL;
    tone_status st = load(&list, err);
    if (st)
        return st;
    *out = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(list);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the quarantine list");
}

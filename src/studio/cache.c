#include "studio/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"

typedef struct entry {
    char *name;
    uint64_t bytes;
    struct timespec used;
} entry;

typedef struct listing {
    entry *entries;
    size_t n, room;
    uint64_t bytes;
} listing;

tone_status tone_cache_init(tone_cache *c, const char *folder, uint64_t max_bytes, tone_error *err)
{
    *c = (tone_cache){0};
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return tone_fail(err, TONE_ERR_IO, 0, "%s: cannot be made: %s", folder, strerror(errno));
    if (!tone_is_folder(folder))
        return tone_fail(err, TONE_ERR_IO, 0, "%s: not a folder", folder);
    c->folder = strdup(folder);
    c->max_bytes = max_bytes;
    return c->folder ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", folder);
}

void tone_cache_clear(tone_cache *c)
{
    free(c->folder);
    *c = (tone_cache){0};
}

static tone_status entry_path(const tone_cache *c, const char *key, char **out, tone_error *err)
{
    *out = NULL;
    size_t n = strlen(key);
    if (n == 0 || n > 128 || key[0] == '.' ||
        strspn(key, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-") != n)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' cannot name a render", key);
    *out = tone_path_join(c->folder, key);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", c->folder);
}

tone_status tone_cache_get(tone_cache *c, const char *key, tone_map *out, tone_error *err)
{
    *out = (tone_map){0};
    char *path;
    tone_status st = entry_path(c, key, &path, err);
    if (st)
        return st;
    st = tone_map_open(out, path, err);
    if (!st)
        utimensat(AT_FDCWD, path, NULL, 0); /* only orders what is dropped first: a failure costs nothing */
    free(path);
    return st;
}

static void listing_free(listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->entries[i].name);
    free(l->entries);
}

static bool listing_add(listing *l, const char *name, const struct stat *st)
{
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        entry *grown = realloc(l->entries, room * sizeof *grown);
        if (!grown)
            return false;
        l->entries = grown;
        l->room = room;
    }
    char *copy = strdup(name);
    if (!copy)
        return false;
    l->entries[l->n++] = (entry){.name = copy, .bytes = (uint64_t)st->st_size, .used = st->st_mtim};
    l->bytes += (uint64_t)st->st_size;
    return true;
}

static tone_status list(const tone_cache *c, listing *l, tone_error *err)
{
    *l = (listing){0};
    DIR *dir = opendir(c->folder);
    if (!dir)
        return tone_fail(err, TONE_ERR_IO, 0, "%s: %s", c->folder, strerror(errno));
    tone_status status = TONE_OK;
    for (struct dirent *d; !status && (d = readdir(dir));) {
        struct stat st;
        if (d->d_name[0] == '.' || fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
            continue; /* also entries that another program dropped meanwhile */
        if (!listing_add(l, d->d_name, &st))
            status = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", c->folder);
    }
    closedir(dir);
    if (status)
        listing_free(l);
    return status;
}

tone_status tone_cache_bytes(const tone_cache *c, uint64_t *bytes, tone_error *err)
{
    listing l;
    tone_status st = list(c, &l, err);
    if (st)
        return st;
    *bytes = l.bytes;
    listing_free(&l);
    return TONE_OK;
}

static int by_age(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    if (x->used.tv_nsec != y->used.tv_nsec)
        return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Drop the longest unused entries, `keep` excepted, until the cap holds. */
static tone_status trim(const tone_cache *c, const char *keep, tone_error *err)
{
    listing l;
    tone_status st = list(c, &l, err);
    if (st)
        return st;
    if (l.bytes > c->max_bytes)
        qsort(l.entries, l.n, sizeof *l.entries, by_age);
    for (size_t i = 0; i < l.n && l.bytes > c->max_bytes; i++) {
        if (strcmp(l.entries[i].name, keep) == 0)
            continue;
        char *path = tone_path_join(c->folder, l.entries[i].name);
        if (path && (unlink(path) == 0 || errno == ENOENT))
            l.bytes -= l.entries[i].bytes;
        free(path);
    }
    listing_free(&l);
    return TONE_OK;
}

tone_status tone_cache_put(tone_cache *c, const char *key, const void *bytes, size_t n, tone_error *err)
{
    if (n > c->max_bytes)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a render of %zu bytes is larger than the whole cache (%llu)", n,
                         (unsigned long long)c->max_bytes);
    char *path;
    tone_status st = entry_path(c, key, &path, err);
    if (!st)
        st = tone_file_write(path, bytes, n, err);
    if (!st)
        st = trim(c, key, err);
    free(path);
    return st;
}

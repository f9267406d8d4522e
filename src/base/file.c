#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/random.h"

tone_status tone_map_open(tone_map *out, const char *path, tone_error *err)
{
    *out = (tone_map){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (fd < 0)
        return tone_fail(err, errno == ENOENT ? TONE_ERR_NOT_FOUND : TONE_ERR_IO, 0, "%s: %s", path, strerror(errno));
    struct stat st;
    tone_status status = TONE_OK;
    if (fstat(fd, &st) != 0) {
        status = tone_fail(err, TONE_ERR_IO, 0, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        status = tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s: not a regular file", path);
    } else if (st.st_size > 0) {
        void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (data == MAP_FAILED) {
            status = tone_fail(err, TONE_ERR_IO, 0, "%s: cannot map %lld bytes: %s", path, (long long)st.st_size,
                               strerror(errno));
        } else {
            out->data = data;
            out->n = (size_t)st.st_size;
        }
    }
    close(fd);
    return status;
}

void tone_map_close(tone_map *m)
{
    if (m->data)
        munmap((void *)(uintptr_t)m->data, m->n);
    *m = (tone_map){0};
}

tone_status tone_file_read(char **out, size_t *n, const char *path, size_t limit, tone_error *err)
{
    *out = NULL;
    *n = 0;
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tone_fail(err, errno == ENOENT ? TONE_ERR_NOT_FOUND : TONE_ERR_IO, 0, "%s: %s", path, strerror(errno));
    tone_buf b = {0};
    tone_status status = TONE_OK;
    for (;;) {
        if (!tone_buf_reserve(&b, 65536)) {
            status = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: no memory to read it", path);
            break;
        }
        ssize_t got = read(fd, b.data + b.n, 65536);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            status = tone_fail(err, TONE_ERR_IO, 0, "%s: %s", path, strerror(errno));
            break;
        }
        if (got == 0)
            break;
        b.n += (size_t)got;
        b.data[b.n] = 0;
        if (b.n > limit) {
            status = tone_fail(err, TONE_ERR_LIMIT, limit, "%s: larger than the limit of %zu bytes", path, limit);
            break;
        }
    }
    if (!standard_input)
        close(fd);
    if (status) {
        tone_buf_clear(&b);
        return status;
    }
    *n = b.n;
    *out = tone_buf_take(&b);
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: no memory to read it", path);
    return TONE_OK;
}

static tone_status cannot_write(const char *path, tone_error *err)
{
    return tone_fail(err, TONE_ERR_IO, 0, "%s: cannot write: %s", path, strerror(errno));
}

/* Create PATH.xxxxxxxx, a free name, with the permissions that the umask gives (mkstemp would make it private). */
static int open_neighbour(const char *path, char **name)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        tone_random r;
        tone_random_seed(&r, (uint64_t)now.tv_nsec ^ (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)&r);
        tone_buf b = {0};
        tone_buf_printf(&b, "%s.%08x", path, (unsigned)(tone_random_u64(&r) >> 32));
        *name = tone_buf_take(&b);
        if (!*name) {
            errno = ENOMEM;
            return -1;
        }
        int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
        int why = errno;
        free(*name);
        *name = NULL;
        errno = why;
        if (why != EEXIST)
            return -1;
    }
    return -1;
}

tone_status tone_draft_open(tone_draft *d, const char *path, tone_error *err)
{
    *d = (tone_draft){.fd = -1, .path = strdup(path)};
    if (!d->path)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: no memory to write it", path);
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (S_ISDIR(st.st_mode))
            errno = EISDIR;
        else
            d->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        d->fd = open_neighbour(path, &d->temporary);
    }
    if (d->fd >= 0)
        return TONE_OK;
    tone_status status = cannot_write(path, err);
    free(d->path);
    d->path = NULL;
    return status;
}

tone_status tone_draft_write(tone_draft *d, const void *bytes, size_t n, tone_error *err)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t put = write(d->fd, at, n);
        if (put < 0) {
            if (errno == EINTR)
                continue;
            return cannot_write(d->path, err);
        }
        at += put;
        n -= (size_t)put;
    }
    return TONE_OK;
}

tone_status tone_draft_commit(tone_draft *d, tone_status so_far, tone_error *err)
{
    tone_status status = so_far;
    if (d->fd >= 0) {
        if (!status && d->temporary && fsync(d->fd) != 0)
            status = cannot_write(d->path, err);
        if (close(d->fd) != 0 && !status)
            status = cannot_write(d->path, err);
        if (!status && d->temporary && rename(d->temporary, d->path) != 0)
            status = cannot_write(d->path, err);
        if (status && d->temporary)
            unlink(d->temporary);
    }
    free(d->path);
    free(d->temporary);
    *d = (tone_draft){.fd = -1};
    return status;
}

tone_status tone_file_write(const char *path, const void *bytes, size_t n, tone_error *err)
{
    tone_draft d;
    tone_status status = tone_draft_open(&d, path, err);
    if (!status)
        status = tone_draft_write(&d, bytes, n, err);
    return tone_draft_commit(&d, status, err);
}

int tone_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool tone_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

char *tone_path_join(const char *folder, const char *name)
{
    tone_buf b = {0};
    size_t n = strlen(folder);
    tone_buf_printf(&b, n && folder[n - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
    return tone_buf_take(&b);
}

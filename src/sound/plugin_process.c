/* Spawning the child, and talking to it with one eye on the clock. */
#include "sound/plugin_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "tone_config.h"

extern char **environ;

static const char child_name[] = "tonesmith-lv2-child";

double tone_child_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

char *tone_child_find(tone_error *err)
{
#if !TONE_HAVE_LV2
    if (tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this build has no plug-ins: lilv was not there when it was made"))
        return NULL;
#endif
    const char *told = getenv("TONESMITH_LV2_CHILD");
    if (told && told[0]) {
        char *path = strdup(told);
        if (!path || access(path, X_OK) == 0)
            return path;
        free(path);
        if (tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "TONESMITH_LV2_CHILD is '%s', which cannot be run", told))
            return NULL;
    }
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        if (slash)
            *slash = '\0';
        char *path = tone_path_join(self, child_name);
        if (path && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    char *path = tone_path_join(TONE_LIBEXEC_FOLDER, child_name);
    if (path && access(path, X_OK) == 0)
        return path;
    free(path);
    (void)!tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s, which runs the plug-ins, is neither beside this program nor in %s", child_name, TONE_LIBEXEC_FOLDER);
    return NULL;
}

/* A descriptor above those that the child expects, closed on exec. */
static int raise_fd(int fd)
{
    int up = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 10) : -1;
    if (fd >= 0)
        close(fd);
    return up;
}

static int spawn(pid_t *pid, const char *path, char *const *args, int socket, int memory)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGABRT);
    int rc = posix_spawn_file_actions_init(&files);
    if (rc)
        return rc;
    rc = posix_spawnattr_init(&how);
    if (rc) {
        posix_spawn_file_actions_destroy(&files);
        return rc;
    }
    /* A group of its own, so that what it starts ends with it. */
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    for (int fd = 0; fd < 3 && !rc; fd++)
        rc = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&files, socket, TONE_WIRE_SOCKET);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(&files, memory, TONE_WIRE_MEMORY);
    if (!rc)
        rc = posix_spawn(pid, path, &files, &how, args, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

tone_status tone_child_start(tone_child *c, uint64_t memory_bytes, uint32_t cpu_s, tone_error *err)
{
    *c = (tone_child){.socket = -1, .memory = -1};
    char *path = tone_child_find(err);
    if (!path)
        return TONE_ERR_UNSUPPORTED;
    char bytes[32], seconds[32];
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)memory_bytes);
    snprintf(seconds, sizeof seconds, "%u", cpu_s);
    int pair[2] = {-1, -1}, theirs = -1, rc = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
        c->socket = raise_fd(pair[0]);
        theirs = raise_fd(pair[1]);
    }
    c->memory = raise_fd(memfd_create("tonesmith plug-in", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (c->socket < 0 || theirs < 0 || c->memory < 0 || fcntl(c->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        rc = errno;
    pid_t pid = 0;
    if (!rc)
        rc = spawn(&pid, path, (char *[]){path, bytes, seconds, NULL}, theirs, c->memory);
    if (theirs >= 0)
        close(theirs);
    tone_status st = rc ? tone_fail(err, TONE_ERR_IO, 0, "cannot start %s: %s", path, strerror(rc)) : TONE_OK;
    free(path);
    if (st)
        tone_child_stop(c);
    else
        c->pid = pid;
    return st;
}

void tone_child_stop(tone_child *c)
{
    if (c->pid > 0) {
        kill(-c->pid, SIGKILL);
        kill(c->pid, SIGKILL); /* the group may not stand yet */
        while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (c->socket >= 0)
        close(c->socket);
    if (c->memory >= 0)
        close(c->memory);
    tone_buf_clear(&c->line);
    *c = (tone_child){.socket = -1, .memory = -1};
}

tone_status tone_child_grow(tone_child *c, uint64_t size, tone_error *err)
{
    if (size > c->memory_size) {
        /* Reserved, not only promised: a full machine says so here instead of killing us at the first touch. */
        int rc = posix_fallocate(c->memory, 0, (off_t)size);
        if (rc)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %.0f MB of audio: %s", (double)size / 1e6, strerror(rc));
        c->memory_size = size;
    }
    return TONE_OK;
}

/* It has gone: say how. */
static tone_status obituary(tone_child *c, tone_error *err)
{
    int status = 0;
    pid_t got = 0;
    /* The socket closes a moment before the process is gone. */
    for (int i = 0; i < 200 && (got = waitpid(c->pid, &status, WNOHANG)) == 0; i++)
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    if (got == c->pid) {
        kill(-c->pid, SIGKILL);
        c->pid = 0; /* reaped */
    }
    tone_child_stop(c);
    if (got > 0 && WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        return tone_fail(err, TONE_ERR_LIMIT, 0, "it was ended for using too much time or memory");
    if (got > 0 && WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        return tone_fail(err, TONE_ERR_FORMAT, 0, "it crashed (SIG%s)", name ? name : "?");
    }
    return tone_fail(err, TONE_ERR_FORMAT, 0, "it ended its process");
}

static tone_status send_request(tone_child *c, json_t *request, bool *blame, tone_error *err)
{
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!text)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the request");
    size_t n = strlen(text), at = 0;
    text[n++] = '\n';
    while (at < n) {
        ssize_t k = send(c->socket, text + at, n - at, MSG_NOSIGNAL);
        if (k > 0)
            at += (size_t)k;
        else if (errno != EINTR)
            break;
    }
    free(text);
    *blame = at < n;
    return at < n ? obituary(c, err) : TONE_OK;
}

/* Wait for more of the line.  Wakes up now and then to look at the clock and the count of blocks. */
static tone_status read_line(tone_child *c, double total_s, const tone_child_watch *watch, bool *blame, tone_error *err)
{
    double began = tone_child_clock(), moved = began;
    unsigned blocks = 0;
    tone_buf_reset(&c->line);
    for (;;) {
        struct pollfd p = {.fd = c->socket, .events = POLLIN};
        int ready = poll(&p, 1, 50);
        double now = tone_child_clock();
        if (ready > 0) {
            if (!tone_buf_reserve(&c->line, 65536))
                return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the plug-in's answer");
            ssize_t n = recv(c->socket, c->line.data + c->line.n, 65536, MSG_DONTWAIT);
            if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
                *blame = true;
                return obituary(c, err);
            }
            c->line.n += n > 0 ? (size_t)n : 0;
            if (c->line.n && c->line.data[c->line.n - 1] == '\n')
                return TONE_OK;
            if (c->line.n > TONE_WIRE_LINE) {
                *blame = true;
                tone_child_stop(c);
                return tone_fail(err, TONE_ERR_FORMAT, 0, "it answered with too much");
            }
        }
        const char *late = now - began > total_s ? "altogether" : NULL;
        double most = total_s;
        if (!late && watch && watch->head) {
            unsigned is = atomic_load(&watch->head->blocks);
            if (is != blocks)
                moved = now;
            blocks = is;
            most = blocks ? watch->block_s : watch->start_s + watch->block_s;
            if (now - moved > most)
                late = blocks ? "for a block of audio" : "to start";
            if (watch->progress && watch->n_blocks && !watch->progress(watch->user, (double)blocks >= (double)watch->n_blocks ? 1 : (double)blocks / (double)watch->n_blocks)) {
                tone_child_stop(c);
                return tone_fail(err, TONE_ERR_CANCELLED, 0, "stopped");
            }
        }
        if (late) {
            *blame = true;
            tone_child_stop(c);
            return tone_fail(err, TONE_ERR_LIMIT, 0, "it took more than %.3g s %s", most, late);
        }
    }
}

tone_status tone_child_ask(tone_child *c, json_t **reply, json_t *request, double total_s, const tone_child_watch *watch, bool *blame,
                           tone_error *err)
{
    *reply = NULL;
    *blame = false;
    tone_status st = send_request(c, request, blame, err);
    if (!st)
        st = read_line(c, total_s, watch, blame, err);
    if (st)
        return st;
    *reply = json_loadb(c->line.data, c->line.n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(*reply)) {
        json_decref(*reply);
        *reply = NULL;
        *blame = true;
        tone_child_stop(c);
        return tone_fail(err, TONE_ERR_FORMAT, 0, "it answered with nonsense");
    }
    json_t *text = json_object_get(*reply, "error");
    if (!text)
        return TONE_OK;
    bool missing = json_is_true(json_object_get(*reply, "missing"));
    st = tone_fail(err, missing ? TONE_ERR_NOT_FOUND : TONE_ERR_UNSUPPORTED, 0, "%s", json_is_string(text) ? json_string_value(text) : "it failed");
    json_decref(*reply);
    *reply = NULL;
    return st;
}

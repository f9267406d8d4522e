/* 200 times: a child appends as fast as it can and tells each step it was promised; it is killed with SIGKILL at a
 * random moment; what was promised is there, and the file is whole. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "check.h"
#include "studio/history.h"

static tone_status count(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    int64_t *state = arg; /* number of nodes, largest id, nodes whose patch is not whole */
    state[0]++;
    state[1] = node->id;
    size_t n = strlen(node->patch);
    state[2] += n < 2 || node->patch[0] != '{' || node->patch[n - 1] != '}';
    return TONE_OK;
}

static void child(const char *path, int64_t project, int out)
{
    tone_error err;
    tone_history *h;
    static char patch[9000];
    memset(patch, 'x', sizeof patch - 1);
    patch[0] = '{';
    patch[sizeof patch - 2] = '}';
    if (tone_history_open(&h, path, NULL, &err))
        _exit(1);
    for (int i = 0;; i++) {
        int64_t id = 0;
        tone_status st = i % 5 == 4 ? tone_history_undo(h, project, &id, &err)
                                    : tone_history_append(h, project, &(tone_node){.patch = patch}, &id, &err);
        if (st || (i % 5 != 4 && write(out, &id, sizeof id) != sizeof id))
            _exit(2);
    }
}

int main(void)
{
    char path[64], command[256];
    snprintf(path, sizeof path, "/tmp/tone-kill-%d.db", (int)getpid());
    uint64_t seed = (uint64_t)time(NULL);
    printf("seed %llu\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    tone_error err;
    tone_history *h;
    int64_t project = 0, promised_total = 0;
    CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK);
    CHECK(tone_history_project(h, "p", &project, &err) == TONE_OK);
    tone_history_close(h);
    for (int round = 0; round < 200; round++) {
        int fd[2];
        if (!CHECK(pipe(fd) == 0))
            break;
        pid_t pid = fork();
        if (pid == 0) {
            close(fd[0]);
            child(path, project, fd[1]);
        }
        close(fd[1]);
        if (round % 2) { /* every other time it has begun to promise, however busy the machine is */
            struct pollfd first = {.fd = fd[0], .events = POLLIN};
            CHECK(poll(&first, 1, 20000) == 1);
        }
        usleep((useconds_t)tone_random_below(&r, 40000));
        kill(pid, SIGKILL);
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK_CASE(WIFSIGNALED(status), "round %d: the child ended by itself with %d", round, WEXITSTATUS(status));
        int64_t id, promised = 0;
        while (read(fd[0], &id, sizeof id) == sizeof id)
            promised = id, promised_total++;
        close(fd[0]);
        int64_t state[3] = {0};
        if (!CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK))
            break;
        CHECK(tone_history_notice(h) == NULL);
        CHECK(tone_history_each(h, project, count, state, &err) == TONE_OK);
        CHECK_CASE(state[1] >= promised && state[2] == 0, "round %d: promised %lld, largest is %lld", round,
                   (long long)promised, (long long)state[1]);
        tone_history_close(h);
    }
    printf("%lld steps were promised\n", (long long)promised_total);
    CHECK(promised_total >= 100);
    snprintf(command, sizeof command, "rm -f %s %s-wal %s-shm", path, path, path);
    CHECK(system(command) == 0);
    return check_done();
}

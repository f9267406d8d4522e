/* The undo tree: what each verb does, two programs at once, a full disk, a damaged and a foreign file. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "check.h"
#include "studio/history.h"

static char folder[] = "/tmp/tone-history-XXXXXX";

static void path_of(char out[128], const char *name)
{
    snprintf(out, 128, "%s/%s", folder, name);
}

typedef struct seen {
    tone_node node;
    char patch[64], why[64];
    int n;
} seen;

static tone_status look(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    seen *s = arg;
    s->node = *node;
    snprintf(s->patch, sizeof s->patch, "%s", node->patch);
    snprintf(s->why, sizeof s->why, "%s", node->why ? node->why : "");
    s->n++;
    return TONE_OK;
}

static int64_t append(tone_history *h, int64_t project, const char *patch, const char *why)
{
    tone_error err;
    int64_t id = 0;
    CHECK(tone_history_append(h, project, &(tone_node){.patch = patch, .why = why}, &id, &err) == TONE_OK);
    return id;
}

static void check_head(tone_history *h, int64_t project, int64_t id, const char *patch)
{
    tone_error err;
    seen s = {0};
    CHECK(tone_history_head(h, project, look, &s, &err) == TONE_OK && s.n == 1);
    CHECK_CASE(s.node.id == id, "head is %lld, not %lld", (long long)s.node.id, (long long)id);
    CHECK_STR(s.patch, patch);
}

static tone_status count_labels(void *arg, const char *kind, const char *name, int64_t node, tone_error *err)
{
    (void)name, (void)node, (void)err;
    int *n = arg;
    n[strcmp(kind, "name") == 0 ? 0 : strcmp(kind, "branch") == 0 ? 1 : strcmp(kind, "branch here") == 0 ? 2 : 3]++;
    return TONE_OK;
}

static tone_status count_words(void *arg, const char *word, const char *meaning, tone_error *err)
{
    (void)err;
    CHECK_STR(word, "darker");
    CHECK_STR(meaning, "{\"air\":-1}");
    ++*(int *)arg;
    return TONE_OK;
}

static void test_tree(void)
{
    char path[128];
    path_of(path, "tree.db");
    tone_error err;
    tone_history *h;
    int64_t p, q, id = 0;
    if (!CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK))
        return;
    char *name;
    CHECK(tone_history_current(h, &p, &name, &err) == TONE_OK);
    CHECK_STR(name, "first");
    free(name);
    seen s = {0};
    CHECK(tone_history_head(h, p, look, &s, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_history_undo(h, p, &id, &err) == TONE_ERR_NOT_FOUND);
    int64_t a = append(h, p, "{\"n\":1}", "start"), b = append(h, p, "{\"n\":2}", "darker");
    int64_t c = append(h, p, "{\"n\":3}", "wider");
    check_head(h, p, c, "{\"n\":3}");
    CHECK(tone_history_undo(h, p, &id, &err) == TONE_OK && id == b);
    CHECK(tone_history_undo(h, p, &id, &err) == TONE_OK && id == a);
    CHECK(tone_history_undo(h, p, &id, &err) == TONE_ERR_NOT_FOUND);
    CHECK_STR(err.text, "nothing to undo: this is the first step");
    CHECK(tone_history_redo(h, p, &id, &err) == TONE_OK && id == b);
    int64_t d = append(h, p, "{\"n\":4}", "brighter"); /* grows a second child of b */
    CHECK(tone_history_undo(h, p, &id, &err) == TONE_OK && id == b);
    CHECK(tone_history_redo(h, p, &id, &err) == TONE_OK && id == d);
    CHECK(tone_history_redo(h, p, &id, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_history_goto(h, p, "root", &id, &err) == TONE_OK && id == a);
    char number[32];
    snprintf(number, sizeof number, "#%lld", (long long)c);
    CHECK(tone_history_goto(h, p, number, &id, &err) == TONE_OK && id == c);
    CHECK(tone_history_name(h, p, "keeper", false, &err) == TONE_OK);
    CHECK(tone_history_name(h, p, "keeper", false, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_history_name(h, p, "12", false, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_history_name(h, p, "", false, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_history_goto(h, p, number + 1, &id, &err) == TONE_OK && id == c);
    CHECK(tone_history_branch(h, p, "wild", &err) == TONE_OK);
    int64_t e = append(h, p, "{\"n\":5}", "wild");
    CHECK(tone_history_goto(h, p, "main", &id, &err) == TONE_OK && id == d);
    CHECK(tone_history_goto(h, p, "wild", &id, &err) == TONE_OK && id == e);
    CHECK(tone_history_goto(h, p, "keeper", &id, &err) == TONE_OK && id == c);
    CHECK(tone_history_goto(h, p, "nowhere", &id, &err) == TONE_ERR_NOT_FOUND);
    CHECK(strstr(err.text, "'keeper'") && strstr(err.text, "'wild'"));
    CHECK(tone_history_get_slot(h, p, 'A', &id, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_history_set_slot(h, p, 'A', 0, &err) == TONE_OK && tone_history_get_slot(h, p, 'A', &id, &err) == TONE_OK && id == c);
    CHECK(tone_history_set_slot(h, p, 'C', 0, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_history_set_slot(h, p, 'B', 9999, &err) == TONE_ERR_NOT_FOUND);
    int labels[4] = {0};
    CHECK(tone_history_labels(h, p, count_labels, labels, &err) == TONE_OK);
    CHECK(labels[0] == 1 && labels[1] + labels[2] == 2 && labels[2] == 1 && labels[3] == 1);
    s = (seen){0};
    CHECK(tone_history_each(h, p, look, &s, &err) == TONE_OK && s.n == 5);
    /* Another project sees nothing of this one, and cannot grow on its nodes. */
    CHECK(tone_history_project(h, "other", &q, &err) == TONE_OK && q != p);
    CHECK(tone_history_append(h, q, &(tone_node){.patch = "{}", .parent = a}, &id, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_history_append(h, q, &(tone_node){0}, &id, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_history_node(h, q, a, look, &s, &err) == TONE_ERR_NOT_FOUND);
    int words = 0;
    CHECK(tone_history_set_word(h, "darker", "{\"air\":-1}", &err) == TONE_OK);
    CHECK(tone_history_words(h, count_words, &words, &err) == TONE_OK && words == 1);
    CHECK(tone_history_set_word(h, "darker", NULL, &err) == TONE_OK);
    CHECK(tone_history_words(h, count_words, &words, &err) == TONE_OK && words == 1);
    tone_history_close(h);
    CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK);
    CHECK(tone_history_notice(h) == NULL);
    check_head(h, p, c, "{\"n\":3}");
    tone_history_close(h);
}

/* Two programs append to one project at once: nothing is lost and every node has its parent. */
static void test_two_programs(void)
{
    char path[128];
    path_of(path, "two.db");
    enum { EACH = 60 };
    tone_error err;
    tone_history *h;
    int64_t p;
    CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK && tone_history_project(h, "p", &p, &err) == TONE_OK);
    tone_history_close(h);
    pid_t child[2];
    for (int k = 0; k < 2; k++) {
        child[k] = fork();
        if (child[k] == 0) {
            int64_t id;
            tone_history *own;
            int bad = tone_history_open(&own, path, &(tone_history_options){.wait_ms = 60000}, &err) != TONE_OK;
            for (int i = 0; !bad && i < EACH; i++)
                bad = tone_history_append(own, p, &(tone_node){.patch = "{}", .who = k ? "x" : "y"}, &id, &err) != TONE_OK;
            if (bad)
                fprintf(stderr, "child %d: %s\n", k, err.text);
            _exit(bad);
        }
    }
    for (int k = 0; k < 2; k++) {
        int status = -1;
        CHECK(waitpid(child[k], &status, 0) == child[k] && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    seen s = {0};
    CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK);
    CHECK(tone_history_each(h, p, look, &s, &err) == TONE_OK && s.n == 2 * EACH);
    tone_history_close(h);
}

/* A disk that is full: the change does not happen, what was there stays, and there is a sentence. */
static void test_full(void)
{
    char path[128];
    path_of(path, "full.db");
    tone_error err;
    tone_history *h;
    int64_t p = 0, id = 0;
    static char patch[20000];
    memset(patch, 'p', sizeof patch - 1);
    CHECK(tone_history_open(&h, path, &(tone_history_options){.max_bytes = 400 << 10}, &err) == TONE_OK);
    CHECK(tone_history_project(h, "p", &p, &err) == TONE_OK);
    tone_status st = TONE_OK;
    int n = 0;
    while (n < 100 && !(st = tone_history_append(h, p, &(tone_node){.patch = patch}, &id, &err)))
        n++;
    CHECK(n > 5 && n < 100 && st == TONE_ERR_IO);
    CHECK(strstr(err.text, "the disk is full") != NULL);
    seen s = {0};
    CHECK(tone_history_each(h, p, look, &s, &err) == TONE_OK && s.n == n);
    CHECK(tone_history_undo(h, p, &id, &err) == TONE_OK || err.code == TONE_ERR_IO);
    tone_history_close(h);
    /* The system's own limit on file size gives EFBIG where a disk gives ENOSPC. */
    path_of(path, "limit.db");
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {300 << 10, 300 << 10};
        setrlimit(RLIMIT_FSIZE, &limit);
        int done = 0;
        st = tone_history_open(&h, path, NULL, &err);
        if (!st)
            st = tone_history_project(h, "p", &p, &err);
        while (!st && done < 100 && !(st = tone_history_append(h, p, &(tone_node){.patch = patch}, &id, &err)))
            done++;
        _exit(st == TONE_ERR_IO && done > 2 ? done : 0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) > 2);
    s = (seen){0};
    CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK && tone_history_notice(h) == NULL);
    CHECK(tone_history_project(h, "p", &p, &err) == TONE_OK);
    CHECK(tone_history_each(h, p, look, &s, &err) == TONE_OK);
    CHECK_CASE(s.n == WEXITSTATUS(status), "%d nodes, %d were acknowledged", s.n, WEXITSTATUS(status));
    tone_history_close(h);
}

static void test_damaged(void)
{
    char path[128], aside[160];
    path_of(path, "bad.db");
    tone_error err;
    tone_history *h;
    int64_t p;
    CHECK(tone_file_write(path, "this is no database, and longer than the header of one ..............", 70, &err) == TONE_OK);
    if (CHECK(tone_history_open(&h, path, NULL, &err) == TONE_OK)) {
        CHECK(tone_history_notice(h) && strstr(tone_history_notice(h), "was damaged"));
        snprintf(aside, sizeof aside, "%s.damaged-1", path);
        CHECK(access(aside, F_OK) == 0);
        CHECK(tone_history_project(h, "p", &p, &err) == TONE_OK);
        append(h, p, "{}", "works");
        static char patch[30000];
        memset(patch, 'x', sizeof patch - 1);
        for (int i = 0; i < 40; i++)
            append(h, p, patch, "fill");
        tone_history_close(h);
    }
    /* Random damage: either it opens and reads without a crash, or it is moved aside with a notice. */
    uint64_t seed = 20241;
    printf("damage seed %llu\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    char *whole;
    size_t n;
    CHECK(tone_file_read(&whole, &n, path, 1 << 26, &err) == TONE_OK);
    int asides = 0;
    for (int round = 0; round < 40 && whole; round++) {
        char copy[128];
        path_of(copy, "hurt.db");
        char *bytes = malloc(n);
        memcpy(bytes, whole, n);
        size_t cut = round % 4 == 0 ? tone_random_below(&r, n) : n;
        for (int i = 0; i < 200; i++)
            bytes[tone_random_below(&r, n)] = (char)tone_random_u64(&r);
        CHECK(tone_file_write(copy, bytes, cut, &err) == TONE_OK);
        free(bytes);
        tone_status st = tone_history_open(&h, copy, NULL, &err);
        if (!st) {
            asides += tone_history_notice(h) != NULL;
            seen s = {0};
            tone_status each = tone_history_each(h, 1, look, &s, &err);
            (void)each; /* may be an error, must not be a crash */
        }
        CHECK_CASE(st == TONE_OK || st == TONE_ERR_UNSUPPORTED, "round %d: %s", round, err.text);
        tone_history_close(h);
        unlink(copy);
    }
    CHECK(asides > 10);
    free(whole);
    /* Somebody else's database is refused and left alone. */
    path_of(path, "foreign.db");
    char command[320];
    snprintf(command, sizeof command, "python3 -c \"import sqlite3; c = sqlite3.connect('%s'); c.execute('create table t(x)'); c.commit()\"", path);
    if (system(command) == 0) {
        CHECK(tone_history_open(&h, path, NULL, &err) == TONE_ERR_UNSUPPORTED && h == NULL);
        CHECK(strstr(err.text, "not one of Tonesmith") != NULL);
    }
    CHECK(tone_history_open(&h, folder, NULL, &err) != TONE_OK && h == NULL);
    CHECK(tone_history_open(&h, "/nonexistent/x.db", NULL, &err) == TONE_ERR_IO && h == NULL);
}

int main(void)
{
    if (!CHECK(mkdtemp(folder) != NULL))
        return check_done();
    test_tree();
    test_two_programs();
    test_full();
    test_damaged();
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
    return check_done();
}

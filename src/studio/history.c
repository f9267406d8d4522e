/* The undo tree: every public call is one transaction. */
#include "studio/history.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/fail.h"
#include "studio/history_db.h"

enum { MAX_NAME = 200, MAX_TEXT = 16 << 20 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static tone_status check_name(const char *what, const char *name, tone_error *err)
{
    size_t n = name ? strlen(name) : 0;
    if (n == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a %s needs a name", what);
    if (n > MAX_NAME)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the %s's name has %zu bytes, more than %d", what, n, MAX_NAME);
    return TONE_OK;
}

/* Run a statement with integers and texts bound in order of `kinds` ("i" int64, "s" text, "d" double) that must
 * answer at most one row; *found (nullable) and *value get its first column. */
static tone_status run(tone_history *h, int64_t *value, bool *found, tone_error *err, const char *sql, const char *kinds,
                       ...)
{
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q, sql, err);
    if (st)
        return st;
    va_list args;
    va_start(args, kinds);
    for (int i = 1; *kinds; kinds++, i++) {
        if (*kinds == 'i')
            sqlite3_bind_int64(q, i, va_arg(args, int64_t));
        else if (*kinds == 'd')
            sqlite3_bind_double(q, i, va_arg(args, double));
        else
            sqlite3_bind_text(q, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    }
    va_end(args);
    int rc = sqlite3_step(q);
    bool row = rc == SQLITE_ROW && sqlite3_column_type(q, 0) != SQLITE_NULL;
    if (row && value)
        *value = sqlite3_column_int64(q, 0);
    if (found)
        *found = row;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        st = tone_history_fail(h, err);
    sqlite3_finalize(q);
    return st;
}

tone_status tone_history_project(tone_history *h, const char *name, int64_t *project, tone_error *err)
{
    tone_status st = check_name("project", name, err);
    if (!st)
        st = tone_history_begin(h, err);
    if (st)
        return st;
    st = run(h, NULL, NULL, err,
             "INSERT INTO project(name, made, used) VALUES(?1, ?2, ?2) ON CONFLICT(name) DO UPDATE SET used = ?2", "sd",
             name, now_s());
    if (!st)
        st = run(h, project, NULL, err, "SELECT id FROM project WHERE name = ?", "s", name);
    return tone_history_end(h, st, err);
}

tone_status tone_history_current(tone_history *h, int64_t *project, char **name, tone_error *err)
{
    *name = NULL;
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q, "SELECT id, name FROM project ORDER BY used DESC, id DESC LIMIT 1", err);
    if (st)
        return st;
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *project = sqlite3_column_int64(q, 0);
        *name = strdup((const char *)sqlite3_column_text(q, 1));
    } else if (rc == SQLITE_DONE) {
        *name = strdup("first");
    } else {
        st = tone_history_fail(h, err);
    }
    sqlite3_finalize(q);
    if (!st && !*name)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a project's name");
    if (!st && rc == SQLITE_DONE)
        st = tone_history_project(h, *name, project, err);
    if (st) {
        free(*name);
        *name = NULL;
    }
    return st;
}

static tone_status get_head(tone_history *h, int64_t project, int64_t *head, bool *found, tone_error *err)
{
    return run(h, head, found, err, "SELECT head FROM project WHERE id = ?", "i", project);
}

static tone_status set_head(tone_history *h, int64_t project, int64_t node, tone_error *err)
{
    return run(h, NULL, NULL, err, "UPDATE project SET head = ?2, used = ?3 WHERE id = ?1", "iid", project, node, now_s());
}

static tone_status check_texts(const tone_node *n, tone_error *err)
{
    const char *const texts[] = {n->patch, n->diff, n->metrics, n->render_key, n->who, n->why, n->tool};
    if (!n->patch)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a step of the history needs a patch");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] && strlen(texts[i]) > MAX_TEXT)
            return tone_fail(err, TONE_ERR_LIMIT, 0, "a text of %zu bytes is too long for the history", strlen(texts[i]));
    return TONE_OK;
}

static tone_status insert_node(tone_history *h, int64_t project, int64_t parent, const tone_node *n, int64_t *id,
                               tone_error *err)
{
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q,
                                          "INSERT INTO node(project, parent, at, patch, diff, metrics, render_key, who, why, tool)"
                                          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                                          err);
    if (st)
        return st;
    sqlite3_bind_int64(q, 1, project);
    if (parent)
        sqlite3_bind_int64(q, 2, parent);
    sqlite3_bind_double(q, 3, n->at_s > 0 ? n->at_s : now_s());
    const char *const texts[] = {n->patch, n->diff, n->metrics, n->render_key, n->who ? n->who : "user", n->why, n->tool};
    for (int i = 0; i < 7; i++)
        if (texts[i])
            sqlite3_bind_text(q, 4 + i, texts[i], -1, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        st = tone_history_fail(h, err);
    else
        *id = sqlite3_last_insert_rowid(h->db);
    sqlite3_finalize(q);
    return st;
}

tone_status tone_history_append(tone_history *h, int64_t project, const tone_node *node, int64_t *id, tone_error *err)
{
    tone_status st = check_texts(node, err);
    if (!st)
        st = tone_history_begin(h, err);
    if (st)
        return st;
    int64_t parent = node->parent, new_id = 0, owner = project;
    bool found = true;
    if (parent)
        st = run(h, &owner, &found, err, "SELECT project FROM node WHERE id = ?", "i", parent);
    else
        st = get_head(h, project, &parent, &found, err);
    if (!st && node->parent && (!found || owner != project))
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is no step %lld in this project", (long long)node->parent);
    if (!st)
        st = insert_node(h, project, found ? parent : 0, node, &new_id, err);
    if (!st)
        st = set_head(h, project, new_id, err);
    if (!st)
        st = run(h, NULL, NULL, err,
                 "INSERT INTO label(project, kind, name, node) SELECT id, 'branch', branch, ?2 FROM project WHERE id = ?1"
                 " ON CONFLICT DO UPDATE SET node = ?2",
                 "ii", project, new_id);
    st = tone_history_end(h, st, err);
    if (!st && id)
        *id = new_id;
    return st;
}

static const char *column_text(sqlite3_stmt *q, int i)
{
    return (const char *)sqlite3_column_text(q, i);
}

#define NODE_COLUMNS "SELECT id, parent, at, patch, diff, metrics, render_key, who, why, tool FROM node "

/* Step through a bound NODE_COLUMNS statement and finalize it. */
static tone_status each_row(tone_history *h, sqlite3_stmt *q, tone_node_fn *fn, void *arg, size_t *n, tone_error *err)
{
    tone_status st = TONE_OK;
    int rc = SQLITE_DONE;
    while (!st && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        tone_node node = {
            .id = sqlite3_column_int64(q, 0),
            .parent = sqlite3_column_int64(q, 1),
            .at_s = sqlite3_column_double(q, 2),
            .patch = column_text(q, 3),
            .diff = column_text(q, 4),
            .metrics = column_text(q, 5),
            .render_key = column_text(q, 6),
            .who = column_text(q, 7),
            .why = column_text(q, 8),
            .tool = column_text(q, 9),
        };
        ++*n;
        st = fn(arg, &node, err);
    }
    if (!st && rc != SQLITE_DONE)
        st = tone_history_fail(h, err);
    sqlite3_finalize(q);
    return st;
}

tone_status tone_history_node(tone_history *h, int64_t project, int64_t id, tone_node_fn *fn, void *arg, tone_error *err)
{
    sqlite3_stmt *q;
    size_t n = 0;
    tone_status st = tone_history_prepare(h, &q, NODE_COLUMNS "WHERE project = ? AND id = ?", err);
    if (st)
        return st;
    sqlite3_bind_int64(q, 1, project);
    sqlite3_bind_int64(q, 2, id);
    st = each_row(h, q, fn, arg, &n, err);
    if (!st && n == 0)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is no step %lld in this project", (long long)id);
    return st;
}

tone_status tone_history_head(tone_history *h, int64_t project, tone_node_fn *fn, void *arg, tone_error *err)
{
    int64_t head = 0;
    bool found = false;
    tone_status st = get_head(h, project, &head, &found, err);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "the project is still empty");
    return st ? st : tone_history_node(h, project, head, fn, arg, err);
}

tone_status tone_history_each(tone_history *h, int64_t project, tone_node_fn *fn, void *arg, tone_error *err)
{
    sqlite3_stmt *q;
    size_t n = 0;
    tone_status st = tone_history_prepare(h, &q, NODE_COLUMNS "WHERE project = ? ORDER BY id", err);
    if (st)
        return st;
    sqlite3_bind_int64(q, 1, project);
    return each_row(h, q, fn, arg, &n, err);
}

tone_status tone_history_before(tone_history *h, int64_t project, int64_t *id, tone_error *err)
{
    bool found = false;
    tone_status st = run(h, id, &found, err, "SELECT parent FROM node WHERE id = (SELECT head FROM project WHERE id = ?)", "i",
                         project);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is nothing before this step: it is the first");
    return st;
}

tone_status tone_history_nth(tone_history *h, int64_t project, uint64_t i, int64_t *id, tone_error *err)
{
    bool found = false;
    tone_status st = run(h, id, &found, err, "SELECT id FROM node WHERE project = ? ORDER BY id LIMIT 1 OFFSET ?", "ii", project,
                         (int64_t)i);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "the project has no step %llu", (unsigned long long)i);
    return st;
}

/* Move the head to what `sql` (bound to the head) answers; `nothing` words the case that it answers nothing. */
static tone_status step_head(tone_history *h, int64_t project, const char *sql, const char *nothing, bool remember,
                             int64_t *id, tone_error *err)
{
    int64_t head = 0, to = 0;
    bool found = false;
    tone_status st = tone_history_begin(h, err);
    if (st)
        return st;
    st = get_head(h, project, &head, &found, err);
    if (!st && found)
        st = run(h, &to, &found, err, sql, "i", head);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s", nothing);
    if (!st && remember)
        st = run(h, NULL, NULL, err, "UPDATE node SET redo = ?2 WHERE id = ?1", "ii", to, head);
    if (!st)
        st = set_head(h, project, to, err);
    st = tone_history_end(h, st, err);
    if (!st && id)
        *id = to;
    return st;
}

tone_status tone_history_undo(tone_history *h, int64_t project, int64_t *id, tone_error *err)
{
    return step_head(h, project, "SELECT parent FROM node WHERE id = ?", "nothing to undo: this is the first step", true,
                     id, err);
}

tone_status tone_history_redo(tone_history *h, int64_t project, int64_t *id, tone_error *err)
{
    return step_head(h, project,
                     "SELECT coalesce(n.redo, (SELECT max(id) FROM node WHERE parent = n.id)) FROM node n WHERE n.id = ?",
                     "nothing to redo: no step follows this one", false, id, err);
}

/* "12" or "#12" → 12; 0 for anything else. */
static int64_t parse_number(const char *text)
{
    if (*text == '#')
        text++;
    if (!isdigit((unsigned char)*text) || strlen(text) > 15)
        return 0;
    char *end;
    long long v = strtoll(text, &end, 10);
    return *end ? 0 : v;
}

static tone_status unknown_place(tone_history *h, int64_t project, const char *where, tone_error *err)
{
    tone_buf names = {0};
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q, "SELECT DISTINCT name FROM label WHERE project = ? AND kind <> 'slot' LIMIT 12", err);
    if (st)
        return st;
    sqlite3_bind_int64(q, 1, project);
    while (sqlite3_step(q) == SQLITE_ROW)
        tone_buf_printf(&names, ", '%s'", column_text(q, 0));
    sqlite3_finalize(q);
    st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "no step is called '%s'; there are step numbers, 'root'%s", where,
                   tone_buf_text(&names));
    tone_buf_clear(&names);
    return st;
}

tone_status tone_history_find(tone_history *h, int64_t project, const char *where, int64_t *id, tone_error *err)
{
    bool found = false;
    int64_t number = parse_number(where);
    tone_status st;
    /* Names come before numbers, names before branches. */
    st = run(h, id, &found, err,
             "SELECT node FROM label WHERE project = ? AND name = ? AND kind IN ('name', 'branch') ORDER BY kind DESC", "is",
             project, where);
    if (!st && !found && strcmp(where, "root") == 0)
        st = run(h, id, &found, err, "SELECT min(id) FROM node WHERE project = ? AND parent IS NULL", "i", project);
    if (!st && !found && number)
        st = run(h, id, &found, err, "SELECT id FROM node WHERE project = ? AND id = ?", "ii", project, number);
    if (st || found)
        return st;
    return unknown_place(h, project, where, err);
}

tone_status tone_history_goto(tone_history *h, int64_t project, const char *where, int64_t *id, tone_error *err)
{
    int64_t to = 0;
    tone_status st = tone_history_begin(h, err);
    if (st)
        return st;
    st = tone_history_find(h, project, where, &to, err);
    if (!st)
        st = set_head(h, project, to, err);
    if (!st)
        st = run(h, NULL, NULL, err,
                 "UPDATE project SET branch = ?2 WHERE id = ?1 AND EXISTS"
                 " (SELECT 1 FROM label WHERE project = ?1 AND kind = 'branch' AND name = ?2)",
                 "is", project, where);
    st = tone_history_end(h, st, err);
    if (!st && id)
        *id = to;
    return st;
}

/* The head, or a sentence while the project is empty. */
static tone_status need_head(tone_history *h, int64_t project, int64_t *head, tone_error *err)
{
    bool found = false;
    tone_status st = get_head(h, project, head, &found, err);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "the project is still empty");
    return st;
}

static tone_status add_label(tone_history *h, int64_t project, const char *kind, const char *name, bool replace,
                             tone_error *err)
{
    int64_t head = 0, old = 0;
    bool found = false;
    tone_status st = need_head(h, project, &head, err);
    if (!st)
        st = run(h, &old, &found, err, "SELECT node FROM label WHERE project = ? AND kind = ? AND name = ?", "iss", project,
                 kind, name);
    if (!st && found && !replace)
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "the %s '%s' exists already, at step %lld", kind, name, (long long)old);
    if (!st)
        st = run(h, NULL, NULL, err, "INSERT OR REPLACE INTO label(project, kind, name, node) VALUES(?, ?, ?, ?)", "issi",
                 project, kind, name, head);
    return st;
}

tone_status tone_history_name(tone_history *h, int64_t project, const char *name, bool replace, tone_error *err)
{
    tone_status st = check_name("step", name, err);
    if (!st && (parse_number(name) || strcmp(name, "root") == 0))
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' cannot be a name: it means a step already", name);
    if (!st)
        st = tone_history_begin(h, err);
    if (st)
        return st;
    return tone_history_end(h, add_label(h, project, "name", name, replace, err), err);
}

tone_status tone_history_branch(tone_history *h, int64_t project, const char *name, tone_error *err)
{
    tone_status st = check_name("branch", name, err);
    if (!st && (parse_number(name) || strcmp(name, "root") == 0))
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' cannot be a branch: it means a step already", name);
    if (!st)
        st = tone_history_begin(h, err);
    if (st)
        return st;
    st = add_label(h, project, "branch", name, false, err);
    if (!st)
        st = run(h, NULL, NULL, err, "UPDATE project SET branch = ?2, used = ?3 WHERE id = ?1", "isd", project, name, now_s());
    return tone_history_end(h, st, err);
}

tone_status tone_history_labels(tone_history *h, int64_t project, tone_label_fn *fn, void *arg, tone_error *err)
{
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(
        h, &q,
        "SELECT CASE WHEN l.kind = 'branch' AND l.name = p.branch THEN 'branch here' ELSE l.kind END, l.name, l.node"
        " FROM label l JOIN project p ON p.id = l.project WHERE l.project = ? ORDER BY l.kind, l.name",
        err);
    if (st)
        return st;
    sqlite3_bind_int64(q, 1, project);
    int rc = SQLITE_DONE;
    while (!st && (rc = sqlite3_step(q)) == SQLITE_ROW)
        st = fn(arg, column_text(q, 0), column_text(q, 1), sqlite3_column_int64(q, 2), err);
    if (!st && rc != SQLITE_DONE)
        st = tone_history_fail(h, err);
    sqlite3_finalize(q);
    return st;
}

static tone_status check_slot(char slot, char name[2], tone_error *err)
{
    if (slot != 'A' && slot != 'B')
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there are the slots A and B, not '%c'", slot);
    name[0] = slot;
    name[1] = 0;
    return TONE_OK;
}

tone_status tone_history_set_slot(tone_history *h, int64_t project, char slot, int64_t node, tone_error *err)
{
    char name[2];
    bool found = false;
    tone_status st = check_slot(slot, name, err);
    if (!st)
        st = tone_history_begin(h, err);
    if (st)
        return st;
    if (node == 0)
        st = need_head(h, project, &node, err);
    if (!st)
        st = run(h, &node, &found, err, "SELECT id FROM node WHERE project = ? AND id = ?", "ii", project, node);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is no step %lld in this project", (long long)node);
    if (!st)
        st = run(h, NULL, NULL, err, "INSERT OR REPLACE INTO label(project, kind, name, node) VALUES(?, 'slot', ?, ?)", "isi",
                 project, name, node);
    return tone_history_end(h, st, err);
}

tone_status tone_history_get_slot(tone_history *h, int64_t project, char slot, int64_t *node, tone_error *err)
{
    char name[2];
    bool found = false;
    tone_status st = check_slot(slot, name, err);
    if (!st)
        st = run(h, node, &found, err, "SELECT node FROM label WHERE project = ? AND kind = 'slot' AND name = ?", "is",
                 project, name);
    if (!st && !found)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "slot %c is empty", slot);
    return st;
}

tone_status tone_history_set_word(tone_history *h, const char *word, const char *meaning, tone_error *err)
{
    tone_status st = check_name("word", word, err);
    if (!st && meaning && strlen(meaning) > 65536)
        st = tone_fail(err, TONE_ERR_LIMIT, 0, "the meaning of '%s' is too long", word);
    if (st)
        return st;
    if (!meaning)
        return run(h, NULL, NULL, err, "DELETE FROM word WHERE word = ?", "s", word);
    return run(h, NULL, NULL, err, "INSERT OR REPLACE INTO word(word, meaning, at) VALUES(?, ?, ?)", "ssd", word, meaning,
               now_s());
}

tone_status tone_history_words(tone_history *h, tone_word_fn *fn, void *arg, tone_error *err)
{
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q, "SELECT word, meaning FROM word ORDER BY word", err);
    if (st)
        return st;
    int rc = SQLITE_DONE;
    while (!st && (rc = sqlite3_step(q)) == SQLITE_ROW)
        st = fn(arg, column_text(q, 0), column_text(q, 1), err);
    if (!st && rc != SQLITE_DONE)
        st = tone_history_fail(h, err);
    sqlite3_finalize(q);
    return st;
}

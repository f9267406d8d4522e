/* Opening the database: the schema, the pragmas that make a commit durable, and what to do with a damaged file. */
#include "studio/history_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"

enum { SCHEMA_VERSION = 1, APPLICATION_ID = 0x546F6E65 /* "Tone" */ };

static const char schema[] =
    "CREATE TABLE project(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, made REAL NOT NULL, used REAL NOT NULL,"
    " head INTEGER, branch TEXT NOT NULL DEFAULT 'main');"
    "CREATE TABLE node(id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
    " parent INTEGER REFERENCES node(id), redo INTEGER, at REAL NOT NULL, patch TEXT NOT NULL, diff TEXT,"
    " metrics TEXT, render_key TEXT, who TEXT NOT NULL, why TEXT, tool TEXT);"
    "CREATE INDEX node_project ON node(project, id);"
    "CREATE INDEX node_parent ON node(parent);"
    "CREATE TABLE label(project INTEGER NOT NULL REFERENCES project(id), kind TEXT NOT NULL, name TEXT NOT NULL,"
    " node INTEGER NOT NULL REFERENCES node(id), PRIMARY KEY(project, kind, name)) WITHOUT ROWID;"
    "CREATE TABLE word(word TEXT PRIMARY KEY, meaning TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;";

tone_status tone_history_fail(tone_history *h, tone_error *err)
{
    int code = h->db ? sqlite3_errcode(h->db) : SQLITE_NOMEM;
    switch (code & 0xff) {
    case SQLITE_FULL:
        return tone_fail(err, TONE_ERR_IO, 0, "%s: the disk is full; nothing was changed", h->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return tone_fail(err, TONE_ERR_IO, 0, "%s: another program keeps it locked", h->path);
    case SQLITE_NOMEM:
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", h->path);
    case SQLITE_READONLY:
        return tone_fail(err, TONE_ERR_IO, 0, "%s: it may not be written", h->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the file is damaged (%s)", h->path, sqlite3_errmsg(h->db));
    default:
        return tone_fail(err, TONE_ERR_IO, 0, "%s: %s", h->path, sqlite3_errmsg(h->db));
    }
}

tone_status tone_history_prepare(tone_history *h, sqlite3_stmt **out, const char *sql, tone_error *err)
{
    *out = NULL;
    return sqlite3_prepare_v2(h->db, sql, -1, out, NULL) == SQLITE_OK ? TONE_OK : tone_history_fail(h, err);
}

tone_status tone_history_exec(tone_history *h, const char *sql, tone_error *err)
{
    return sqlite3_exec(h->db, sql, NULL, NULL, NULL) == SQLITE_OK ? TONE_OK : tone_history_fail(h, err);
}

tone_status tone_history_begin(tone_history *h, tone_error *err)
{
    return tone_history_exec(h, "BEGIN IMMEDIATE", err);
}

tone_status tone_history_end(tone_history *h, tone_status status, tone_error *err)
{
    if (!status)
        status = tone_history_exec(h, "COMMIT", err);
    if (status && !sqlite3_get_autocommit(h->db))
        sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL); /* may fail after a full disk: the next open rolls back */
    return status;
}

/* One integer answer of a pragma. */
static tone_status read_int(tone_history *h, const char *sql, int *out, tone_error *err)
{
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q, sql, err);
    if (st)
        return st;
    if (sqlite3_step(q) == SQLITE_ROW)
        *out = sqlite3_column_int(q, 0);
    else
        st = tone_history_fail(h, err);
    sqlite3_finalize(q);
    return st;
}

/* SQLite's own look over the pages: TONE_ERR_FORMAT when something is wrong. */
static tone_status quick_check(tone_history *h, tone_error *err)
{
    sqlite3_stmt *q;
    tone_status st = tone_history_prepare(h, &q, "PRAGMA quick_check(1)", err);
    if (st)
        return st;
    if (sqlite3_step(q) != SQLITE_ROW)
        st = tone_history_fail(h, err);
    else if (strcmp((const char *)sqlite3_column_text(q, 0), "ok") != 0)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s: the file is damaged (%s)", h->path, sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    return st;
}

static tone_status prepare_schema(tone_history *h, tone_error *err)
{
    int version = 0, id = 0;
    tone_status st = tone_history_begin(h, err);
    if (st)
        return st;
    st = read_int(h, "PRAGMA user_version", &version, err);
    if (!st)
        st = read_int(h, "PRAGMA application_id", &id, err);
    if (!st && version == 0) {
        int tables = 0;
        st = read_int(h, "SELECT count(*) FROM sqlite_master", &tables, err);
        if (!st && tables)
            st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: a database, but not one of Tonesmith", h->path);
        if (!st)
            st = tone_history_exec(h, schema, err);
        char pragmas[96];
        snprintf(pragmas, sizeof pragmas, "PRAGMA user_version=%d; PRAGMA application_id=%d", SCHEMA_VERSION,
                 APPLICATION_ID);
        if (!st)
            st = tone_history_exec(h, pragmas, err);
    } else if (!st && (id != APPLICATION_ID || version > SCHEMA_VERSION)) {
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0,
                       id != APPLICATION_ID ? "%s: a database, but not one of Tonesmith"
                                            : "%s: written by a newer Tonesmith; this one cannot read it",
                       h->path);
    }
    return tone_history_end(h, st, err);
}

static tone_status open_once(tone_history *h, const tone_history_options *opt, tone_error *err)
{
    int rc = sqlite3_open_v2(h->path, &h->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return tone_history_fail(h, err);
    sqlite3_extended_result_codes(h->db, 1);
    sqlite3_busy_timeout(h->db, opt && opt->wait_ms ? (int)opt->wait_ms : 5000);
    /* WAL: readers never wait for writers, and a killed writer leaves whole transactions.  FULL: and so does a power cut. */
    tone_status st = tone_history_exec(h, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                                          "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON",
                                       err);
    if (!st)
        st = quick_check(h, err);
    if (!st && opt && opt->max_bytes > 0) {
        char pragma[64];
        int64_t pages = opt->max_bytes / 4096;
        snprintf(pragma, sizeof pragma, "PRAGMA max_page_count=%lld", (long long)(pages < 1 ? 1 : pages));
        st = tone_history_exec(h, pragma, err);
    }
    if (!st)
        st = prepare_schema(h, err);
    return st;
}

static void close_db(tone_history *h)
{
    sqlite3_close(h->db);
    h->db = NULL;
}

/* Rename the database and its two companions to the first free PATH.damaged-N. */
static tone_status move_aside(tone_history *h, tone_error *err)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    tone_buf to = {0}, from = {0};
    tone_status st = TONE_OK;
    for (int n = 1; n < 1000 && !st; n++) {
        tone_buf_reset(&to);
        tone_buf_printf(&to, "%s.damaged-%d", h->path, n);
        if (to.failed) {
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", h->path);
            break;
        }
        if (access(to.data, F_OK) == 0)
            continue;
        size_t stem = to.n;
        for (size_t i = 0; i < 3 && !st; i++) {
            tone_buf_reset(&from);
            tone_buf_printf(&from, "%s%s", h->path, suffixes[i]);
            to.n = stem;
            tone_buf_puts(&to, suffixes[i]);
            if (from.failed || to.failed)
                st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", h->path);
            else if (rename(from.data, to.data) != 0 && (i == 0 || errno != ENOENT))
                st = tone_fail(err, TONE_ERR_IO, 0, "%s: damaged, and it cannot be moved aside: %s", h->path,
                               strerror(errno));
        }
        if (!st) {
            tone_buf notice = {0};
            tone_buf_printf(&notice, "%s was damaged; it is kept as %.*s and a new one was begun", h->path, (int)stem,
                            to.data);
            free(h->notice);
            h->notice = tone_buf_take(&notice);
        }
        break;
    }
    tone_buf_clear(&to);
    tone_buf_clear(&from);
    return st;
}

tone_status tone_history_open(tone_history **out, const char *path, const tone_history_options *opt, tone_error *err)
{
    *out = NULL;
    tone_history *h = calloc(1, sizeof *h);
    if (!h || !(h->path = strdup(path))) {
        free(h);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: out of memory", path);
    }
    tone_error first;
    tone_status st = open_once(h, opt, &first);
    if (st == TONE_ERR_FORMAT) {
        close_db(h);
        st = move_aside(h, &first);
        if (!st)
            st = open_once(h, opt, &first);
    }
    if (st) {
        if (err)
            *err = first;
        tone_history_close(h);
        return st;
    }
    *out = h;
    return TONE_OK;
}

void tone_history_close(tone_history *h)
{
    if (!h)
        return;
    close_db(h);
    free(h->notice);
    free(h->path);
    free(h);
}

const char *tone_history_notice(const tone_history *h)
{
    return h->notice;
}

/* mkdir -p for the folders of `path`, its last component excepted. */
static tone_status make_folders(char *path, tone_error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int rc = mkdir(path, 0777);
        int code = errno;
        if (rc != 0 && code != EEXIST) {
            tone_status st = tone_fail(err, TONE_ERR_IO, 0, "%s: cannot be made: %s", path, strerror(code));
            *slash = '/';
            return st;
        }
        *slash = '/';
    }
    return TONE_OK;
}

tone_status tone_history_default_path(char **out, tone_error *err)
{
    *out = NULL;
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    tone_buf b = {0};
    if (data && data[0] == '/')
        tone_buf_printf(&b, "%s/tonesmith/history.db", data);
    else if (home && home[0] == '/')
        tone_buf_printf(&b, "%s/.local/share/tonesmith/history.db", home);
    else
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "no place for the history: neither XDG_DATA_HOME nor HOME is set");
    char *path = tone_buf_take(&b);
    if (!path)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the history's path");
    tone_status st = make_folders(path, err);
    if (st)
        free(path);
    else
        *out = path;
    return st;
}

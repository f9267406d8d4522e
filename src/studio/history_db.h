/* studio/history_db.h - what history.c and history_db.c share: one open database and running statements on it. */
#ifndef TONE_STUDIO_HISTORY_DB_H
#define TONE_STUDIO_HISTORY_DB_H

#include <sqlite3.h>

#include "studio/history.h"

struct tone_history {
    sqlite3 *db;
    char *path;
    char *notice; /* see tone_history_notice() */
};

/* Word a failure of SQLite: "history.db: the disk is full". */
TONE_NODISCARD tone_status tone_history_fail(tone_history *h, tone_error *err);

/* Compile `sql`; on failure *out is NULL. */
TONE_NODISCARD tone_status tone_history_prepare(tone_history *h, sqlite3_stmt **out, const char *sql, tone_error *err);

/* Run statements without results. */
TONE_NODISCARD tone_status tone_history_exec(tone_history *h, const char *sql, tone_error *err);

/* Begin a write transaction, waiting for other writers. */
TONE_NODISCARD tone_status tone_history_begin(tone_history *h, tone_error *err);

/* Commit when `status` is TONE_OK, else roll back; returns the first failure. */
TONE_NODISCARD tone_status tone_history_end(tone_history *h, tone_status status, tone_error *err);

#endif

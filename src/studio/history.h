/* studio/history.h - the memory of work: projects, an undo tree, branches, names, A/B slots and the user's words, in SQLite.
 *
 * A project is a tree of nodes.  Every change - one tool call, one command - is one node that holds the whole patch
 * after it, the difference from its parent, what was measured, who did it and why.  Nothing is ever taken away by
 * undo: going back and changing something else grows a second branch.
 *
 *     tone_history *h;
 *     if (tone_history_open(&h, path, &opt, &err)) …
 *     int64_t project, node;
 *     tone_history_project(h, "lead sound", &project, &err);
 *     tone_history_append(h, project, &(tone_node){.patch = json, .who = "user", .why = "darker"}, &node, &err);
 *     tone_history_undo(h, project, &node, &err);
 *
 * A tone_history belongs to one thread at a time.  Several programs may have the same file open: every call is one
 * transaction that is on disk when it returns, or did not happen at all (killed process, full disk).
 * Strings handed out are borrowed until the callback returns. */
#ifndef TONE_STUDIO_HISTORY_H
#define TONE_STUDIO_HISTORY_H

#include "tonesmith/base.h"

typedef struct tone_history tone_history;

typedef struct tone_history_options {
    int64_t max_bytes;   /* size the file may grow to; 0: no limit of ours */
    uint32_t wait_ms;    /* how long to wait for another program's transaction; 0: 5000 */
} tone_history_options;

/* One step of a project.  Texts that do not apply are NULL; all are UTF-8, the JSON ones are stored as given. */
typedef struct tone_node {
    int64_t id, parent;     /* parent 0: the root */
    double at_s;            /* seconds since 1970; 0 on append: now */
    const char *patch;      /* JSON, the whole patch after this step; required */
    const char *diff;       /* JSON: what changed from the parent */
    const char *metrics;    /* JSON: what was measured */
    const char *render_key; /* names the render in the cache */
    const char *who;        /* "user", "model", "shape", … ; NULL: "user" */
    const char *why;        /* the words that asked for it */
    const char *tool;       /* the tool or command that did it */
} tone_node;

/* The user's default file: $XDG_DATA_HOME/tonesmith/history.db or ~/.local/share/tonesmith/history.db.  The folder is
 * made when it is missing.  *out is the caller's. */
TONE_NODISCARD tone_status tone_history_default_path(char **out, tone_error *err);

/* Open or create.  A file that is no database, or a damaged one, is moved aside to PATH.damaged-N and a new one is
 * begun; tone_history_notice() then says so.  A file of a newer version is refused. */
TONE_NODISCARD tone_status tone_history_open(tone_history **out, const char *path, const tone_history_options *opt,
                                             tone_error *err);
void tone_history_close(tone_history *h);

/* One line the user must see (a damaged file was moved aside), or NULL. */
const char *tone_history_notice(const tone_history *h);

/* Find or create a project by name (1 … 200 bytes). */
TONE_NODISCARD tone_status tone_history_project(tone_history *h, const char *name, int64_t *project, tone_error *err);

/* The project last worked on, created as "first" when there is none.  *name is the caller's. */
TONE_NODISCARD tone_status tone_history_current(tone_history *h, int64_t *project, char **name, tone_error *err);

/* Append a node under `node->parent`, or under the head when that is 0, and make it the head and the tip of its branch. */
TONE_NODISCARD tone_status tone_history_append(tone_history *h, int64_t project, const tone_node *node, int64_t *id,
                                               tone_error *err);

typedef tone_status tone_node_fn(void *arg, const tone_node *node, tone_error *err);

/* The node where the project stands.  TONE_ERR_NOT_FOUND while it has none. */
TONE_NODISCARD tone_status tone_history_head(tone_history *h, int64_t project, tone_node_fn *fn, void *arg,
                                             tone_error *err);
TONE_NODISCARD tone_status tone_history_node(tone_history *h, int64_t project, int64_t id, tone_node_fn *fn, void *arg,
                                             tone_error *err);
/* All nodes of a project, oldest first. */
TONE_NODISCARD tone_status tone_history_each(tone_history *h, int64_t project, tone_node_fn *fn, void *arg,
                                             tone_error *err);

/* The node that the head's step began from: its parent.  TONE_ERR_NOT_FOUND at the first step. */
TONE_NODISCARD tone_status tone_history_before(tone_history *h, int64_t project, int64_t *id, tone_error *err);

/* The id of step i of a project, counted from 0 in the order they were made. */
TONE_NODISCARD tone_status tone_history_nth(tone_history *h, int64_t project, uint64_t i, int64_t *id, tone_error *err);

/* Move the head.  Undo goes to the parent, redo to the child last left by undo (else the newest child). */
TONE_NODISCARD tone_status tone_history_undo(tone_history *h, int64_t project, int64_t *id, tone_error *err);
TONE_NODISCARD tone_status tone_history_redo(tone_history *h, int64_t project, int64_t *id, tone_error *err);

/* `where`: "root", a node number ("12", "#12"), a name or a branch (its tip).  An unknown one is an error that lists
 * the names there are. */
TONE_NODISCARD tone_status tone_history_goto(tone_history *h, int64_t project, const char *where, int64_t *id,
                                             tone_error *err);
/* The same without moving. */
TONE_NODISCARD tone_status tone_history_find(tone_history *h, int64_t project, const char *where, int64_t *id,
                                             tone_error *err);

/* Give the head a name, which stays on that node; an existing name moves only with `replace`. */
TONE_NODISCARD tone_status tone_history_name(tone_history *h, int64_t project, const char *name, bool replace,
                                             tone_error *err);
/* Begin a branch at the head; from now on its tip follows the head. */
TONE_NODISCARD tone_status tone_history_branch(tone_history *h, int64_t project, const char *name, tone_error *err);

/* kind: "name", "branch", "branch here" (the current one), "slot". */
typedef tone_status tone_label_fn(void *arg, const char *kind, const char *name, int64_t node, tone_error *err);
TONE_NODISCARD tone_status tone_history_labels(tone_history *h, int64_t project, tone_label_fn *fn, void *arg,
                                               tone_error *err);

/* A/B: slot is 'A' or 'B'.  Setting stores a node (0: the head); getting gives TONE_ERR_NOT_FOUND while empty. */
TONE_NODISCARD tone_status tone_history_set_slot(tone_history *h, int64_t project, char slot, int64_t node,
                                                 tone_error *err);
TONE_NODISCARD tone_status tone_history_get_slot(tone_history *h, int64_t project, char slot, int64_t *node,
                                                 tone_error *err);

/* What the user means by a word, as JSON ("darker" → less air); kept for all projects.  NULL meaning forgets it. */
TONE_NODISCARD tone_status tone_history_set_word(tone_history *h, const char *word, const char *meaning,
                                                 tone_error *err);
typedef tone_status tone_word_fn(void *arg, const char *word, const char *meaning, tone_error *err);
TONE_NODISCARD tone_status tone_history_words(tone_history *h, tone_word_fn *fn, void *arg, tone_error *err);

#endif

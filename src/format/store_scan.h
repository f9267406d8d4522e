/* format/store_scan.h - a scan in progress, shared by the files that know the layouts of the stores. */
#ifndef TONE_FORMAT_STORE_SCAN_H
#define TONE_FORMAT_STORE_SCAN_H

#include <sys/types.h>

#include "format/store.h"

typedef struct tone_store_visited {
    dev_t device;
    ino_t inode;
} tone_store_visited;

struct tone_store {
    tone_store_model *models;
    size_t n, room;
    char **notes;
    size_t n_notes;
    tone_store_visited *visited; /* folders, so that none is read twice */
    size_t n_visited;
    size_t n_entries;            /* names looked at under the current root */
    size_t n_too_deep;           /* folders below the current root that were not looked at */
    bool stopped;                /* too much below the current root: said once */
    bool failed;                 /* memory ran out: check once at the end */
};

/* Append; `name` and `path` are copied.  A path that is there already in another store is left out. */
void tone_store_add(tone_store *s, tone_store_kind store, const char *name, const char *path, bool is_folder,
                    uint64_t n_bytes);
void tone_store_say(tone_store *s, const char *fmt, ...) TONE_PRINTF(2, 3);

/* Names in a folder, sorted, without those that begin with a dot; NULL when it cannot be read (a note says so unless it
 * is absent).  tone_store_names_free(). */
char **tone_store_names(tone_store *s, const char *folder, size_t *n);
void tone_store_names_free(char **names, size_t n);

/* Everything below `folder`.  Names are `prefix`, '/' and the path from there; a folder that is a model itself is called
 * `prefix`, or by its own name when that is empty. */
void tone_store_walk(tone_store *s, tone_store_kind store, const char *folder, const char *prefix);

/* The layouts of particular stores; `root` is one folder. */
void tone_store_scan_ollama(tone_store *s, const char *root);
void tone_store_scan_hugging_face(tone_store *s, const char *root);

#endif

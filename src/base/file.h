/* base/file.h - files as maps and as whole buffers; writing so that a crash leaves the old file or the new one. */
#ifndef TONE_BASE_FILE_H
#define TONE_BASE_FILE_H

#include "tonesmith/base.h"

typedef struct tone_map {
    const uint8_t *data; /* NULL when n is 0; read-only, shared with the page cache */
    size_t n;
} tone_map;

/* Map a regular file for reading.  A file of 0 bytes is fine; a folder, FIFO or device is refused by name. */
TONE_NODISCARD tone_status tone_map_open(tone_map *out, const char *path, tone_error *err);
void tone_map_close(tone_map *m);

/* Read a whole file of at most `limit` bytes; *out is the caller's (free) and has a zero byte after the end.
 * `path` "-" reads standard input. */
TONE_NODISCARD tone_status tone_file_read(char **out, size_t *n, const char *path, size_t limit, tone_error *err);

/* A file being written: its bytes go to a temporary neighbour, which replaces `path` only when all of it is on disk.
 * Where `path` is a device or a FIFO there is nothing to replace and the bytes go straight to it.
 *
 *     tone_draft d;
 *     tone_status st = tone_draft_open(&d, path, err);
 *     if (!st)
 *         st = tone_draft_write(&d, bytes, n, err);      // as often as needed
 *     return tone_draft_commit(&d, st, err);             // publishes it, or undoes it when st says that something failed
 */
typedef struct tone_draft {
    int fd;          /* -1 when not open; owned by the draft                       */
    char *path;      /* where it shall stand                                       */
    char *temporary; /* where it stands for now; NULL when written in place        */
} tone_draft;

TONE_NODISCARD tone_status tone_draft_open(tone_draft *d, const char *path, tone_error *err);
TONE_NODISCARD tone_status tone_draft_write(tone_draft *d, const void *bytes, size_t n, tone_error *err);
/* Ends the draft either way and returns `so_far`, or what went wrong in publishing it.  After a failed tone_draft_open()
 * it does nothing. */
TONE_NODISCARD tone_status tone_draft_commit(tone_draft *d, tone_status so_far, tone_error *err);

/* The whole of it in one call: on failure `path` is as it was. */
TONE_NODISCARD tone_status tone_file_write(const char *path, const void *bytes, size_t n, tone_error *err);

/* 1 for a folder, 0 for anything else or nothing. */
int tone_is_folder(const char *path);
/* Whether something stands there, be it a broken link. */
bool tone_exists(const char *path);

/* folder + "/" + name; the caller frees.  NULL when memory ran out. */
char *tone_path_join(const char *folder, const char *name);

#endif

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

/* Write a temporary neighbour, sync it, rename it over `path`.  On failure `path` is as it was and the neighbour
 * is gone. */
TONE_NODISCARD tone_status tone_file_write(const char *path, const void *bytes, size_t n, tone_error *err);

/* 1 for a folder, 0 for anything else or nothing. */
int tone_is_folder(const char *path);

/* folder + "/" + name; the caller frees.  NULL when memory ran out. */
char *tone_path_join(const char *folder, const char *name);

#endif

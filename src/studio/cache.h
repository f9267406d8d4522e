/* studio/cache.h - renders kept on disk under a byte cap: a folder of files named by key, the longest unused go first.
 *
 * Losing an entry at any time is fine: the render can be made again.  Several programs may share the folder. */
#ifndef TONE_STUDIO_CACHE_H
#define TONE_STUDIO_CACHE_H

#include "base/file.h"

typedef struct tone_cache {
    char *folder;
    uint64_t max_bytes; /* of all entries together */
} tone_cache;

/* Use `folder`, made when missing; clear with tone_cache_clear() (the files stay). */
TONE_NODISCARD tone_status tone_cache_init(tone_cache *c, const char *folder, uint64_t max_bytes, tone_error *err);
void tone_cache_clear(tone_cache *c);

/* Map the entry of `key` (1 … 128 of [0-9A-Za-z._-], not beginning with '.') and mark it used.
 * TONE_ERR_NOT_FOUND when there is none. */
TONE_NODISCARD tone_status tone_cache_get(tone_cache *c, const char *key, tone_map *out, tone_error *err);

/* Store an entry, then drop the longest unused ones until the cap holds.  An entry larger than the cap is refused
 * (TONE_ERR_LIMIT) and the cache is unchanged. */
TONE_NODISCARD tone_status tone_cache_put(tone_cache *c, const char *key, const void *bytes, size_t n, tone_error *err);

/* Bytes of all entries. */
TONE_NODISCARD tone_status tone_cache_bytes(const tone_cache *c, uint64_t *bytes, tone_error *err);

#endif

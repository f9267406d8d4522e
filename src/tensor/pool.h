/* tensor/pool.h - worker threads that claim the chunks of one job at a time.
 *
 * The thread that calls tone_pool_run() works along as worker 0; the others wait a short while spinning, then asleep.
 * A worker that the system has taken off its core holds up nobody unless it holds a chunk. */
#ifndef TONE_TENSOR_POOL_H
#define TONE_TENSOR_POOL_H

#include <stdatomic.h>

#include "tonesmith/base.h"

typedef struct tone_pool tone_pool;
typedef void tone_pool_fn(void *arg, size_t chunk, uint32_t worker);

/* n_threads 0: the cores this process may use.  Workers run at nice +10 when low_priority. */
TONE_NODISCARD tone_status tone_pool_open(tone_pool **out, uint32_t n_threads, bool low_priority, tone_error *err);
void tone_pool_close(tone_pool *pool);

uint32_t tone_pool_threads(const tone_pool *pool);

/* fn(arg, chunk, worker) once for each chunk 0 … n_chunks-1, in ascending order of claiming; returns when all are done
 * and what they wrote is visible to the caller.  One caller at a time.  n_chunks < 2^32. */
void tone_pool_run(tone_pool *pool, tone_pool_fn *fn, void *arg, size_t n_chunks);

#endif

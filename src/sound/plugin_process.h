/* sound/plugin_process.h - a child that runs plug-ins, seen from the program: start, ask within a time, end.
 *
 * The child is never trusted: a reply is one bounded line of JSON, shared memory cannot shrink under our feet, and one
 * that dies or dawdles is ended together with whatever it started. */
#ifndef TONE_SOUND_PLUGIN_PROCESS_H
#define TONE_SOUND_PLUGIN_PROCESS_H

#include <jansson.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sound/plugin_wire.h"

typedef struct tone_child {
    pid_t pid; /* 0: not running */
    int socket, memory;
    tone_buf line;
    uint64_t memory_size;
} tone_child;

/* The path of the program; the caller frees.  NULL and a sentence when there is none. */
char *tone_child_find(tone_error *err);

TONE_NODISCARD tone_status tone_child_start(tone_child *c, uint64_t memory_bytes, uint32_t cpu_s, tone_error *err);
/* Ends it, whatever it is doing. */
void tone_child_stop(tone_child *c);

/* Make the shared memory at least `size` bytes. */
TONE_NODISCARD tone_status tone_child_grow(tone_child *c, uint64_t size, tone_error *err);

/* Watching a render: `head` counts blocks, each of which may take block_s; progress may cancel. */
typedef struct tone_child_watch {
    tone_wire_head *head; /* NULL: only the total counts */
    double start_s, block_s;
    uint64_t n_blocks;
    bool (*progress)(void *user, double done);
    void *user;
} tone_child_watch;

/* Send *request (its reference is taken) and wait for the reply, at most total_s.  A reply with "error" is
 * TONE_ERR_UNSUPPORTED with that text ("missing": TONE_ERR_NOT_FOUND).  When the child has died, was too slow or wrote
 * nonsense it has been stopped, and *blame is true: it was the plug-in's doing. */
TONE_NODISCARD tone_status tone_child_ask(tone_child *c, json_t **reply, json_t *request, double total_s,
                                          const tone_child_watch *watch, bool *blame, tone_error *err);

/* Seconds of a clock that never goes back. */
double tone_child_clock(void);

#endif

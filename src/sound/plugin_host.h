/* sound/plugin_host.h - inside the child: the LV2 world, what its plug-ins say of themselves, and running one.
 * Not part of the library: only tonesmith-lv2-child is made of it. */
#ifndef TONE_SOUND_PLUGIN_HOST_H
#define TONE_SOUND_PLUGIN_HOST_H

#include <jansson.h>
#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/urid/urid.h>
#include <pthread.h>

#include "sound/plugin_wire.h"

/* Numbers for URIs, 1… in order of asking. */
typedef struct uri_map {
    pthread_mutex_t lock; /* plug-ins may ask from threads of their own */
    char **uris;
    uint32_t n, room;
} uri_map;

LV2_URID uri_number(uri_map *m, const char *uri); /* 0 when there is no memory */
const char *uri_text(uri_map *m, LV2_URID number);

typedef struct host {
    LilvWorld *world;
    uri_map uris;
    LV2_URID_Map map;
    LV2_URID_Unmap unmap;
    const LilvPlugin *plugin; /* of "open" */
    LilvState *state;         /* to begin every render with; NULL: the plug-in's own */
    double rate;
} host;

/* Text that JSON can hold; NULL becomes "". */
json_t *node_text(const LilvNode *node);

/* Every plug-in of the world. */
json_t *host_list(host *h);
/* One with controls and presets. */
json_t *host_describe(host *h);
/* "" or why the plug-in cannot be run by this host; borrowed until the next call. */
const char *host_refuses(host *h, const LilvPlugin *plugin);

typedef struct host_job {
    tone_wire_layout layout;
    tone_wire_head *head; /* the shared memory */
    json_t *values;       /* [[port, value], …] */
    uint64_t quiet_from;  /* frame after which silence may end the render; UINT64_MAX: run to the end */
    uint64_t done, latency; /* out: frames made */
} host_job;

/* Run a new instance over the job; NULL, or why it cannot be (static or borrowed until the next call). */
const char *host_run(host *h, host_job *job);
/* The state of a new instance with `values` as Turtle; the caller frees.  NULL: *why says. */
char *host_save(host *h, json_t *values, const char **why);

#endif

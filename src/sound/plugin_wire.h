/* sound/plugin_wire.h - what the program and the child that runs a plug-in agree on.
 *
 * File descriptor 3 of the child is a socket: one JSON object a line, each way, the program asks and the child answers.
 * File descriptor 4 is shared memory, sealed against shrinking, that only the program grows:
 *
 *     tone_wire_head | events[n_events] | input[n_in][in_frames] | output[n_out][frames]
 *
 * The counts travel in the request.  Nothing the child writes is trusted by the program. */
#ifndef TONE_SOUND_PLUGIN_WIRE_H
#define TONE_SOUND_PLUGIN_WIRE_H

#include <stdatomic.h>

#include "base/checked.h"
#include "tonesmith/base.h"

enum {
    TONE_WIRE_SOCKET = 3,
    TONE_WIRE_MEMORY = 4,
    TONE_WIRE_BLOCK = 512,       /* frames the plug-in is run with, always whole */
    TONE_WIRE_LINE = 32u << 20,  /* longest line either way */
    TONE_WIRE_CHANNELS = 2,
    TONE_WIRE_LATENCY = 10 * 192000
};

/* The subject of a state that the child writes down. */
#define TONE_PLUGIN_STATE_URI "urn:tonesmith:state"

typedef struct tone_wire_head {
    atomic_uint blocks;  /* counts up while rendering: the child lives */
    uint32_t unused[15];
} tone_wire_head;

/* A MIDI message. */
typedef struct tone_wire_event {
    uint32_t frame;
    uint8_t n, bytes[3];
} tone_wire_event;

typedef struct tone_wire_layout {
    uint64_t n_events, n_in, in_frames, n_out, frames; /* given */
    uint64_t events_at, input_at, output_at, size;     /* bytes, by tone_wire_lay_out() */
} tone_wire_layout;

/* false when it does not fit into 2 GiB. */
static inline bool tone_wire_lay_out(tone_wire_layout *l)
{
    uint64_t events, input, output;
    bool ok = tone_mul_u64(&events, l->n_events, sizeof(tone_wire_event)) && tone_mul_u64(&input, l->in_frames, l->n_in * sizeof(float)) &&
              tone_mul_u64(&output, l->frames, l->n_out * sizeof(float)) && l->n_in <= TONE_WIRE_CHANNELS && l->n_out <= TONE_WIRE_CHANNELS;
    if (!ok)
        return false;
    l->events_at = sizeof(tone_wire_head);
    return tone_add_u64(&l->input_at, l->events_at, events) && tone_add_u64(&l->output_at, l->input_at, input) &&
           tone_add_u64(&l->size, l->output_at, output) && l->size <= (uint64_t)2 << 30;
}

#endif

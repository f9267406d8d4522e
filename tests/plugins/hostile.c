/* One source for the plug-ins of the tests: BEHAVIOUR says what each does when it is run.
 *   0 gain: the input times its control      1 abort      2 an endless loop      3 NaN      4 takes memory without end
 *   5 a sine for the note that is held, late by 100 frames that it reports */
#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/urid/urid.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LATENCY = 100 };

typedef struct plugin {
    const float *gain, *in;
    float *out, *latency;
    const LV2_Atom_Sequence *events;
    LV2_URID midi;
    double rate, phase, step;
    float late[LATENCY];
    unsigned at;
} plugin;

static LV2_Handle instantiate(const LV2_Descriptor *d, double rate, const char *bundle, const LV2_Feature *const *features)
{
    (void)d, (void)bundle;
    plugin *p = calloc(1, sizeof *p);
    p->rate = rate;
    for (; *features; features++)
        if (strcmp((*features)->URI, LV2_URID__map) == 0) {
            const LV2_URID_Map *map = (*features)->data;
            p->midi = map->map(map->handle, LV2_MIDI__MidiEvent);
        }
    return p;
}

static void connect(LV2_Handle h, uint32_t port, void *to)
{
    plugin *p = h;
    switch (port) {
    case 0: p->gain = to; break;
    case 1: p->in = to; break;
    case 2: p->out = to; break;
    case 3: p->events = to; break;
    case 4: p->latency = to; break;
    default: break;
    }
}

#if BEHAVIOUR == 5
static void take_note(plugin *p, const uint8_t *m)
{
    p->step = (m[0] & 0xf0) == 0x90 ? 440 * exp2((m[1] - 69) / 12.0) / p->rate : 0;
}
#endif

static void run(LV2_Handle h, uint32_t n)
{
    plugin *p = h;
#if BEHAVIOUR == 0
    for (uint32_t i = 0; i < n; i++)
        p->out[i] = p->in[i] * *p->gain;
#elif BEHAVIOUR == 1
    (void)p, (void)n;
    abort();
#elif BEHAVIOUR == 2
    for (volatile uint32_t i = 0;; i++)
        p->out[i % n] = 0;
#elif BEHAVIOUR == 3
    for (uint32_t i = 0; i < n; i++)
        p->out[i] = NAN;
#elif BEHAVIOUR == 4
    (void)p, (void)n;
    for (;;)
        memset(malloc(1 << 24), 1, 1 << 24);
#else
    *p->latency = LATENCY;
    const LV2_Atom_Event *e = lv2_atom_sequence_begin(&p->events->body);
    for (uint32_t i = 0; i < n; i++) {
        for (; !lv2_atom_sequence_is_end(&p->events->body, p->events->atom.size, e) && e->time.frames <= i; e = lv2_atom_sequence_next(e))
            if (e->body.type == p->midi)
                take_note(p, (const uint8_t *)(e + 1));
        float v = p->step > 0 ? (float)(0.5 * sin(6.283185307179586 * p->phase)) : 0;
        p->phase = p->step > 0 ? p->phase + p->step : 0;
        p->out[i] = p->late[p->at];
        p->late[p->at] = v;
        p->at = (p->at + 1) % LATENCY;
    }
#endif
}

static void cleanup(LV2_Handle h)
{
    free(h);
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index)
{
    static const LV2_Descriptor d = {"urn:tonesmith:test:" NAME, instantiate, connect, NULL, run, NULL, cleanup, NULL};
    return index == 0 ? &d : NULL;
}

/* One instance of a plug-in from birth to death: ports, features, state, and the loop over blocks.
 *
 * Every block is a whole TONE_WIRE_BLOCK frames long, so that bounded, fixed and power-of-two lengths hold at once.  Work
 * that a plug-in schedules is done between blocks, in order: offline there is no other thread to wait for. */
#include <dlfcn.h>
#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/midi/midi.h>
#include <lv2/options/options.h>
#include <lv2/parameters/parameters.h>
#include <lv2/state/state.h>
#include <lv2/worker/worker.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sound/plugin_host.h"

enum { ATOM_BYTES = 1 << 16, MAX_PORTS = 8192, MAX_WORK = 4096, MAX_WORK_BYTES = 1 << 24 };

LV2_URID uri_number(uri_map *m, const char *uri)
{
    LV2_URID found = 0;
    pthread_mutex_lock(&m->lock);
    for (uint32_t i = 0; i < m->n && !found; i++)
        if (strcmp(m->uris[i], uri) == 0)
            found = i + 1;
    if (!found && m->n == m->room) {
        char **more = realloc(m->uris, (m->room * 2 + 64) * sizeof *more);
        if (more) {
            m->uris = more;
            m->room = m->room * 2 + 64;
        }
    }
    if (!found && m->n < m->room && (m->uris[m->n] = strdup(uri)))
        found = ++m->n;
    pthread_mutex_unlock(&m->lock);
    return found;
}

const char *uri_text(uri_map *m, LV2_URID number)
{
    pthread_mutex_lock(&m->lock);
    const char *uri = number && number <= m->n ? m->uris[number - 1] : NULL;
    pthread_mutex_unlock(&m->lock);
    return uri;
}

typedef enum port_kind { PORT_NONE, PORT_CONTROL, PORT_AUDIO, PORT_ATOM } port_kind;

typedef struct port {
    port_kind kind;
    bool input, midi;
    float value;              /* of a control */
    float *samples;           /* TONE_WIRE_BLOCK of audio or CV */
    LV2_Atom_Sequence *atoms; /* ATOM_BYTES */
    int channel;              /* of the shared memory; -1: silence in, unheard out */
} port;

/* Messages to and from a worker, in order. */
typedef struct mail {
    struct {
        void *bytes;
        uint32_t n;
    } item[MAX_WORK];
    uint32_t n;
} mail;

typedef struct instance {
    host *h;
    LilvInstance *lv2;
    port *ports;
    uint32_t n_ports;
    uint32_t latency_port; /* UINT32_MAX: none */
    const LV2_Worker_Interface *worker;
    mail asked, answered;
    LV2_URID midi_event, sequence, chunk;
    LV2_Options_Option options[8];
    int32_t block, atom_bytes;
    float rate;
    LV2_Worker_Schedule schedule;
    LV2_Log_Log log;
    LV2_Feature feature[12];
    const LV2_Feature *features[13];
} instance;

static LV2_Worker_Status post(mail *m, uint32_t n, const void *bytes)
{
    if (m->n == MAX_WORK || n > MAX_WORK_BYTES)
        return LV2_WORKER_ERR_NO_SPACE;
    void *copy = malloc(n ? n : 1);
    if (!copy)
        return LV2_WORKER_ERR_NO_SPACE;
    if (n)
        memcpy(copy, bytes, n);
    m->item[m->n].bytes = copy;
    m->item[m->n++].n = n;
    return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status schedule_work(LV2_Worker_Schedule_Handle handle, uint32_t n, const void *bytes)
{
    instance *s = handle;
    return post(&s->asked, n, bytes);
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t n, const void *bytes)
{
    instance *s = handle;
    return post(&s->answered, n, bytes);
}

static void do_work(instance *s)
{
    if (!s->worker)
        return;
    LV2_Handle lv2 = lilv_instance_get_handle(s->lv2);
    for (uint32_t i = 0; i < s->asked.n; i++) {
        s->worker->work(lv2, respond, s, s->asked.item[i].n, s->asked.item[i].bytes);
        free(s->asked.item[i].bytes);
    }
    s->asked.n = 0;
    for (uint32_t i = 0; i < s->answered.n; i++) {
        if (s->worker->work_response)
            s->worker->work_response(lv2, s->answered.item[i].n, s->answered.item[i].bytes);
        free(s->answered.item[i].bytes);
    }
    s->answered.n = 0;
    if (s->worker->end_run)
        s->worker->end_run(lv2);
}

/* Nobody reads what plug-ins log. */
static int log_nothing(LV2_Log_Handle handle, LV2_URID type, const char *fmt, va_list args)
{
    (void)handle, (void)type, (void)fmt, (void)args;
    return 0;
}

static int log_nothing_either(LV2_Log_Handle handle, LV2_URID type, const char *fmt, ...)
{
    (void)handle, (void)type, (void)fmt;
    return 0;
}

static void set_features(instance *s)
{
    host *h = s->h;
    LV2_URID a_int = uri_number(&h->uris, LV2_ATOM__Int), a_float = uri_number(&h->uris, LV2_ATOM__Float);
    s->block = TONE_WIRE_BLOCK;
    s->atom_bytes = ATOM_BYTES;
    s->rate = (float)h->rate;
    const char *lengths[] = {LV2_BUF_SIZE__minBlockLength, LV2_BUF_SIZE__maxBlockLength, LV2_BUF_SIZE__nominalBlockLength};
    for (int i = 0; i < 3; i++)
        s->options[i] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE, 0, uri_number(&h->uris, lengths[i]), sizeof(int32_t), a_int, &s->block};
    s->options[3] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE, 0, uri_number(&h->uris, LV2_BUF_SIZE__sequenceSize), sizeof(int32_t), a_int, &s->atom_bytes};
    s->options[4] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE, 0, uri_number(&h->uris, LV2_PARAMETERS__sampleRate), sizeof(float), a_float, &s->rate};
    s->schedule = (LV2_Worker_Schedule){s, schedule_work};
    s->log = (LV2_Log_Log){s, log_nothing_either, log_nothing};
    const LV2_Feature all[] = {{LV2_URID__map, &h->map}, {LV2_URID__unmap, &h->unmap}, {LV2_OPTIONS__options, s->options},
                               {LV2_BUF_SIZE__boundedBlockLength, NULL}, {LV2_BUF_SIZE__fixedBlockLength, NULL},
                               {LV2_BUF_SIZE__powerOf2BlockLength, NULL}, {LV2_WORKER__schedule, &s->schedule},
                               {LV2_STATE__loadDefaultState, NULL}, {LV2_LOG__log, &s->log}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        s->feature[i] = all[i];
        s->features[i] = &s->feature[i];
    }
}

static void instance_free(instance *s)
{
    if (!s)
        return;
    if (s->lv2)
        lilv_instance_free(s->lv2);
    for (uint32_t i = 0; i < s->n_ports && s->ports; i++) {
        free(s->ports[i].samples);
        free(s->ports[i].atoms);
    }
    free(s->ports);
    free(s);
}

/* Kinds, buffers and defaults of all ports; false when memory runs out or a port is of no known kind and needed. */
static const char *make_ports(instance *s)
{
    LilvWorld *w = s->h->world;
    const LilvPlugin *p = s->h->plugin;
    LilvNode *audio = lilv_new_uri(w, LV2_CORE__AudioPort), *control = lilv_new_uri(w, LV2_CORE__ControlPort),
             *cv = lilv_new_uri(w, LV2_CORE__CVPort), *atom = lilv_new_uri(w, LV2_ATOM__AtomPort), *input = lilv_new_uri(w, LV2_CORE__InputPort),
             *midi = lilv_new_uri(w, LV2_MIDI__MidiEvent), *optional = lilv_new_uri(w, LV2_CORE__connectionOptional),
             *wheel = lilv_new_uri(w, LV2_CORE__freeWheeling), *designation = lilv_new_uri(w, LV2_CORE__designation);
    const char *why = NULL;
    int n_in = 0, n_out = 0;
    for (uint32_t i = 0; i < s->n_ports && !why; i++) {
        const LilvPort *lp = lilv_plugin_get_port_by_index(p, i);
        port *q = &s->ports[i];
        q->input = lilv_port_is_a(p, lp, input);
        q->channel = -1;
        bool heard = lilv_port_is_a(p, lp, audio);
        if (lilv_port_is_a(p, lp, control)) {
            q->kind = PORT_CONTROL;
            LilvNode *def = NULL, *to = lilv_port_get(p, lp, designation);
            lilv_port_get_range(p, lp, &def, NULL, NULL);
            q->value = def && (lilv_node_is_float(def) || lilv_node_is_int(def)) ? lilv_node_as_float(def) : 0;
            if (to && lilv_node_equals(to, wheel))
                q->value = 1;
            lilv_node_free(def);
            lilv_node_free(to);
        } else if (heard || lilv_port_is_a(p, lp, cv)) {
            q->kind = PORT_AUDIO;
            if (heard)
                q->channel = q->input ? n_in++ : n_out++;
            if (!(q->samples = calloc(TONE_WIRE_BLOCK, sizeof *q->samples)))
                why = "no memory for the ports";
        } else if (lilv_port_is_a(p, lp, atom)) {
            q->kind = PORT_ATOM;
            q->midi = q->input && lilv_port_supports_event(p, lp, midi);
            if (!(q->atoms = calloc(1, ATOM_BYTES)))
                why = "no memory for the ports";
        } else if (!lilv_port_has_property(p, lp, optional)) {
            why = "it has a port of a kind that is not known here";
        }
    }
    LilvNode *nodes[] = {audio, control, cv, atom, input, midi, optional, wheel, designation};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        lilv_node_free(nodes[i]);
    return why;
}

static void connect_ports(instance *s)
{
    for (uint32_t i = 0; i < s->n_ports; i++) {
        port *q = &s->ports[i];
        void *to = q->kind == PORT_CONTROL ? (void *)&q->value : q->kind == PORT_AUDIO ? (void *)q->samples : q->kind == PORT_ATOM ? (void *)q->atoms : NULL;
        lilv_instance_connect_port(s->lv2, i, to);
    }
}

static void set_values(instance *s, json_t *values)
{
    size_t i;
    json_t *pair;
    json_array_foreach (values, i, pair) {
        json_int_t at = json_integer_value(json_array_get(pair, 0));
        if (at >= 0 && at < (json_int_t)s->n_ports && s->ports[at].kind == PORT_CONTROL && s->ports[at].input)
            s->ports[at].value = (float)json_number_value(json_array_get(pair, 1));
    }
}

/* Keep the library when its last instance goes: some cannot be loaded twice. */
static void pin_library(const LilvPlugin *p)
{
    const LilvNode *uri = lilv_plugin_get_library_uri(p);
    char *path = uri ? lilv_node_get_path(uri, NULL) : NULL;
    if (path)
        (void)dlopen(path, RTLD_NOW | RTLD_NODELETE);
    lilv_free(path);
}

static const char *instance_new(instance **out, host *h, json_t *values)
{
    *out = NULL;
    const char *why = host_refuses(h, h->plugin);
    if (why[0])
        return why;
    instance *s = calloc(1, sizeof *s);
    if (!s)
        return "no memory for the plug-in";
    s->h = h;
    s->n_ports = lilv_plugin_get_num_ports(h->plugin);
    s->ports = s->n_ports <= MAX_PORTS ? calloc(s->n_ports + 1, sizeof *s->ports) : NULL;
    why = s->ports ? make_ports(s) : "it has too many ports";
    if (why) {
        instance_free(s);
        return why;
    }
    s->midi_event = uri_number(&h->uris, LV2_MIDI__MidiEvent);
    s->sequence = uri_number(&h->uris, LV2_ATOM__Sequence);
    s->chunk = uri_number(&h->uris, LV2_ATOM__Chunk);
    set_features(s);
    pin_library(h->plugin);
    s->lv2 = lilv_plugin_instantiate(h->plugin, h->rate, s->features);
    if (!s->lv2) {
        instance_free(s);
        return "it does not start";
    }
    s->worker = lilv_instance_get_extension_data(s->lv2, LV2_WORKER__interface);
    s->latency_port = lilv_plugin_has_latency(h->plugin) ? lilv_plugin_get_latency_port_index(h->plugin) : UINT32_MAX;
    connect_ports(s);
    LilvState *own = h->state ? NULL : lilv_state_new_from_world(h->world, &h->map, lilv_plugin_get_uri(h->plugin));
    LilvState *state = h->state ? h->state : own;
    if (state)
        lilv_state_restore(state, s->lv2, NULL, NULL, 0, s->features);
    lilv_state_free(own);
    set_values(s, values);
    do_work(s);
    *out = s;
    return NULL;
}

/* The events of frames [from, from + TONE_WIRE_BLOCK) to the plug-in; false when there are more than fit. */
static bool put_events(instance *s, const host_job *job, uint64_t *next, uint64_t from)
{
    const tone_wire_event *events = (const tone_wire_event *)((const char *)job->head + job->layout.events_at);
    uint64_t first = *next;
    bool fits = true;
    for (uint32_t i = 0; i < s->n_ports; i++) {
        port *q = &s->ports[i];
        if (q->kind != PORT_ATOM)
            continue;
        q->atoms->atom.type = q->input ? s->sequence : s->chunk;
        q->atoms->atom.size = q->input ? sizeof(LV2_Atom_Sequence_Body) : ATOM_BYTES - (uint32_t)sizeof(LV2_Atom);
        q->atoms->body.unit = q->atoms->body.pad = 0;
        if (!q->midi)
            continue;
        uint64_t k = first;
        for (; k < job->layout.n_events && events[k].frame < from + TONE_WIRE_BLOCK; k++) {
            uint32_t room = lv2_atom_pad_size((uint32_t)sizeof(LV2_Atom_Event) + 3);
            if (q->atoms->atom.size + room + sizeof(LV2_Atom) > ATOM_BYTES) {
                fits = false;
                break;
            }
            LV2_Atom_Event *e = (LV2_Atom_Event *)((char *)q->atoms + sizeof(LV2_Atom) + q->atoms->atom.size);
            e->time.frames = (int64_t)(events[k].frame > from ? events[k].frame - from : 0);
            e->body.type = s->midi_event;
            e->body.size = events[k].n <= 3 ? events[k].n : 3;
            memcpy(e + 1, events[k].bytes, e->body.size);
            q->atoms->atom.size += lv2_atom_pad_size((uint32_t)sizeof(LV2_Atom_Event) + e->body.size);
        }
        *next = k;
    }
    return fits;
}

/* Channels of the input at frame `from` to the plug-in: one channel goes to every input up to the second. */
static void put_audio(instance *s, const host_job *job, uint64_t from)
{
    const float *input = (const float *)((const char *)job->head + job->layout.input_at);
    uint64_t n_in = job->layout.n_in, length = job->layout.in_frames;
    for (uint32_t i = 0; i < s->n_ports; i++) {
        port *q = &s->ports[i];
        if (q->kind != PORT_AUDIO || !q->input)
            continue;
        memset(q->samples, 0, TONE_WIRE_BLOCK * sizeof *q->samples);
        if (q->channel < 0 || q->channel >= TONE_WIRE_CHANNELS || n_in == 0 || from >= length)
            continue;
        uint64_t channel = (uint64_t)q->channel < n_in ? (uint64_t)q->channel : 0, n = length - from < TONE_WIRE_BLOCK ? length - from : TONE_WIRE_BLOCK;
        memcpy(q->samples, input + channel * length + from, n * sizeof *q->samples);
    }
}

/* Outputs of the block at `from`, `latency` earlier; returns the loudest value (NaN counts as loud). */
static float take_audio(instance *s, const host_job *job, uint64_t from, uint64_t latency)
{
    float *output = (float *)((char *)job->head + job->layout.output_at), peak = 0;
    uint64_t frames = job->layout.frames;
    for (uint32_t i = 0; i < s->n_ports; i++) {
        const port *q = &s->ports[i];
        if (q->kind != PORT_AUDIO || q->input || q->channel < 0 || (uint64_t)q->channel >= job->layout.n_out)
            continue;
        for (uint64_t k = 0; k < TONE_WIRE_BLOCK; k++) {
            float v = q->samples[k];
            if (!(fabsf(v) <= peak))
                peak = isnan(v) ? INFINITY : fabsf(v);
            if (from + k >= latency && from + k - latency < frames)
                output[(uint64_t)q->channel * frames + from + k - latency] = v;
        }
    }
    return peak;
}

const char *host_run(host *h, host_job *job)
{
    instance *s;
    const char *why = instance_new(&s, h, job->values);
    if (why)
        return why;
    lilv_instance_activate(s->lv2);
    uint64_t next = 0, latency = 0, from = 0, quiet = 0, half = (uint64_t)(h->rate / 2);
    for (; from < job->layout.frames + latency; from += TONE_WIRE_BLOCK) {
        if (!put_events(s, job, &next, from)) {
            why = "too many notes at once";
            break;
        }
        put_audio(s, job, from);
        lilv_instance_run(s->lv2, TONE_WIRE_BLOCK);
        do_work(s);
        if (from == 0 && s->latency_port < s->n_ports) {
            float told = s->ports[s->latency_port].value;
            latency = told > 0 && told <= TONE_WIRE_LATENCY ? (uint64_t)told : 0;
        }
        float peak = take_audio(s, job, from, latency);
        atomic_fetch_add(&job->head->blocks, 1);
        quiet = peak < 1e-5f ? quiet + TONE_WIRE_BLOCK : 0; /* -100 dBFS */
        if (from >= job->quiet_from && from - job->quiet_from > latency && quiet > half) {
            from += TONE_WIRE_BLOCK;
            break;
        }
    }
    job->latency = latency;
    uint64_t made = from > latency ? from - latency : 0;
    job->done = made < job->layout.frames ? made : job->layout.frames;
    lilv_instance_deactivate(s->lv2);
    instance_free(s);
    return why;
}

static const void *value_of_port(const char *symbol, void *user, uint32_t *size, uint32_t *type)
{
    instance *s = user;
    *size = *type = 0;
    LilvNode *node = lilv_new_string(s->h->world, symbol);
    const LilvPort *lp = lilv_plugin_get_port_by_symbol(s->h->plugin, node);
    lilv_node_free(node);
    uint32_t i = lp ? lilv_port_get_index(s->h->plugin, lp) : UINT32_MAX;
    if (i >= s->n_ports || s->ports[i].kind != PORT_CONTROL || !s->ports[i].input)
        return NULL;
    *size = sizeof(float);
    *type = uri_number(&s->h->uris, LV2_ATOM__Float);
    return &s->ports[i].value;
}

char *host_save(host *h, json_t *values, const char **why)
{
    instance *s;
    *why = instance_new(&s, h, values);
    if (*why)
        return NULL;
    lilv_instance_activate(s->lv2);
    LilvState *state = lilv_state_new_from_instance(h->plugin, s->lv2, &h->map, NULL, NULL, NULL, NULL, value_of_port, s,
                                                    LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE, s->features);
    char *text = state ? lilv_state_to_string(h->world, &h->map, &h->unmap, state, TONE_PLUGIN_STATE_URI, NULL) : NULL;
    char *copy = text ? strdup(text) : NULL; /* lilv's memory is lilv's to free */
    lilv_free(text);
    lilv_state_free(state);
    lilv_instance_deactivate(s->lv2);
    instance_free(s);
    if (!copy)
        *why = "it does not tell its state";
    return copy;
}

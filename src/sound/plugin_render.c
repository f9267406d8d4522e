/* Notes or a sound through a plug-in: what goes into the shared memory, and what is believed of what comes out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fail.h"
#include "sound/plugin_parts.h"
#include "sound/plugin_quarantine.h"

static const float loudest = 1000; /* +60 dBFS: nothing that is sound */
static const float silence = 3.1622777e-5f; /* -90 dBFS */
static const double bend_semitones = 2; /* what MIDI instruments do unless told */

typedef struct midi {
    tone_wire_event *events;
    size_t n;
    uint32_t n_rounded;
} midi;

/* In order of time; at one time ends come before bends and starts, so that a repeated key sounds again. */
static int by_time(const void *a, const void *b)
{
    const tone_wire_event *x = a, *y = b;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    static const int order[16] = {[8] = 0, [14] = 1, [9] = 2};
    int d = order[x->bytes[0] >> 4] - order[y->bytes[0] >> 4];
    return d ? d : x->bytes[1] != y->bytes[1] ? x->bytes[1] - y->bytes[1] : x->bytes[2] - y->bytes[2];
}

static tone_status make_midi(midi *m, const tone_notes *notes, uint32_t rate, tone_error *err)
{
    *m = (midi){.events = calloc(notes->n * 2 + notes->n_bends + 1, sizeof *m->events)};
    if (!m->events)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the notes");
    for (size_t i = 0; i < notes->n; i++) {
        const tone_note *note = &notes->notes[i];
        double start = round(note->start_s * rate), end = fmax(round((note->start_s + note->length_s) * rate), start + 1);
        int key = (int)lroundf(note->pitch), velocity = (int)lroundf(127 * note->velocity);
        m->n_rounded += fabsf(note->pitch - (float)key) > 0.001f;
        uint8_t k = (uint8_t)(key < 0 ? 0 : key > 127 ? 127 : key), v = (uint8_t)(velocity < 1 ? 1 : velocity > 127 ? 127 : velocity);
        m->events[m->n++] = (tone_wire_event){(uint32_t)start, 3, {(uint8_t)(0x90 | (note->channel & 15)), k, v}};
        m->events[m->n++] = (tone_wire_event){(uint32_t)end, 3, {(uint8_t)(0x80 | (note->channel & 15)), k, 64}};
    }
    for (size_t i = 0; i < notes->n_bends; i++) {
        const tone_bend *bend = &notes->bends[i];
        long v = lround(8192 + 8192 * fmin(fmax((double)bend->semitones / bend_semitones, -1), 1));
        v = v > 16383 ? 16383 : v;
        m->events[m->n++] = (tone_wire_event){(uint32_t)round(bend->at_s * rate), 3, {(uint8_t)(0xe0 | (bend->channel & 15)), (uint8_t)(v & 127), (uint8_t)(v >> 7)}};
    }
    qsort(m->events, m->n, sizeof *m->events, by_time);
    return TONE_OK;
}

static tone_status check_call(const tone_plugin *p, const tone_notes *notes, const tone_sound *in, tone_error *err)
{
    const tone_plugin_info *i = &p->info;
    if (i->why_not[0])
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s cannot be run here: it %s", i->name, i->why_not);
    if (!notes == !in)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a plug-in gets notes or a sound, one of them");
    if (i->n_audio_out == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s has no audio output", i->name);
    if (notes && i->n_midi_in == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s takes no notes: it is an effect", i->name);
    if (notes && notes->n == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there are no notes to play");
    if (in && i->n_audio_in == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s has no audio input: it is an instrument", i->name);
    if (in && (in->n_channels < 1 || in->n_channels > TONE_WIRE_CHANNELS || in->n_frames == 0))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "an effect takes a sound of one or two channels");
    if (in && in->rate != p->options.rate)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the sound has %u Hz, the plug-in runs at %u Hz", in->rate, p->options.rate);
    return tone_quarantine_check(i->uri, err);
}

/* One run of the plug-in: `channels` of the input from `first` on go in, out->n_channels come out. */
typedef struct pass {
    const midi *events;
    const tone_sound *in;
    uint32_t first, channels;
    uint64_t frames, quiet_from;
    const tone_render_options *opt;
} pass;

/* What came out, as frames; NaN, infinities and absurd values are a fault.  Each value is read once: the memory may still
 * change. */
static tone_status believe(tone_sound *out, const float *planes, uint64_t stride, uint64_t n, tone_error *err)
{
    uint32_t channels = out->n_channels;
    out->frames = malloc((n * channels + 1) * sizeof *out->frames);
    if (!out->frames)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the sound");
    out->n_frames = n;
    for (uint64_t i = 0; i < n; i++)
        for (uint32_t c = 0; c < channels; c++) {
            float v = ((const volatile float *)planes)[c * stride + i];
            if (!(fabsf(v) <= loudest)) {
                tone_sound_clear(out);
                return tone_fail(err, TONE_ERR_FORMAT, 0, isnan(v) ? "it wrote NaN, first at %.3f s" : "it wrote a value beyond +60 dBFS, first at %.3f s",
                                 (double)i / out->rate);
            }
            out->frames[i * channels + c] = v;
        }
    return TONE_OK;
}

static tone_status run_pass(tone_sound *out, tone_plugin *p, const pass *q, uint32_t *latency, tone_error *err)
{
    tone_wire_layout l = {.n_events = q->events->n, .n_in = q->channels, .in_frames = q->in ? q->in->n_frames : 0,
                          .n_out = p->info.n_audio_out < TONE_WIRE_CHANNELS ? p->info.n_audio_out : TONE_WIRE_CHANNELS, .frames = q->frames};
    if (!tone_wire_lay_out(&l))
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%.0f s of sound are more than a plug-in is given", (double)q->frames / p->options.rate);
    tone_status st = tone_plugin_wake(p, err);
    if (!st)
        st = tone_child_grow(&p->child, l.size, err);
    if (st)
        return st;
    char *memory = mmap(NULL, l.size, PROT_READ | PROT_WRITE, MAP_SHARED, p->child.memory, 0);
    if (memory == MAP_FAILED)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the plug-in's audio");
    tone_wire_head *head = (tone_wire_head *)memory;
    atomic_store(&head->blocks, 0);
    memcpy(memory + l.events_at, q->events->events, l.n_events * sizeof(tone_wire_event));
    float *input = (float *)(memory + l.input_at), *output = (float *)(memory + l.output_at);
    for (uint32_t c = 0; c < q->channels; c++)
        for (uint64_t i = 0; i < l.in_frames; i++) {
            float v = q->in->frames[i * q->in->n_channels + q->first + c];
            input[c * l.in_frames + i] = isfinite(v) ? v : 0;
        }
    memset(output, 0, l.n_out * l.frames * sizeof *output);
    json_t *request = json_pack("{s:s,s:o,s:I,s:[I,I,I,I,I]}", "do", "render", "values", tone_plugin_values_json(p), "quiet_from", (json_int_t)q->quiet_from,
                                "counts", (json_int_t)l.n_events, (json_int_t)l.n_in, (json_int_t)l.in_frames, (json_int_t)l.n_out, (json_int_t)l.frames);
    tone_child_watch watch = {.head = head, .start_s = p->options.start_s, .block_s = p->options.block_s,
                              .n_blocks = (q->frames + TONE_WIRE_BLOCK - 1) / TONE_WIRE_BLOCK, .progress = q->opt->progress, .user = q->opt->user};
    json_t *reply;
    st = tone_plugin_ask(p, &reply, request, &watch, err);
    if (!st) {
        json_int_t frames = json_integer_value(json_object_get(reply, "frames")), late = json_integer_value(json_object_get(reply, "latency"));
        bool sane = frames > 0 && (uint64_t)frames <= l.frames && late >= 0 && late <= TONE_WIRE_LATENCY;
        *out = (tone_sound){.n_channels = (uint32_t)l.n_out, .rate = p->options.rate};
        *latency = sane ? (uint32_t)late : 0;
        st = sane ? believe(out, output, l.frames, (uint64_t)frames, err) : tone_fail(err, TONE_ERR_FORMAT, 0, "it answered with nonsense");
        if (st == TONE_ERR_FORMAT)
            st = tone_plugin_accuse(p, st, err);
    }
    json_decref(reply);
    munmap(memory, l.size);
    return st;
}

/* Two runs of a plug-in with one channel, as one sound of two. */
static tone_status join(tone_sound *left, tone_sound *right, tone_error *err)
{
    size_t n = left->n_frames > right->n_frames ? left->n_frames : right->n_frames;
    float *frames = calloc(n * 2 + 1, sizeof *frames);
    if (!frames)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the sound");
    for (size_t i = 0; i < left->n_frames; i++)
        frames[2 * i] = left->frames[i];
    for (size_t i = 0; i < right->n_frames; i++)
        frames[2 * i + 1] = right->frames[i];
    free(left->frames);
    left->frames = frames;
    left->n_frames = n;
    left->n_channels = 2;
    return TONE_OK;
}

tone_status tone_plugin_render(tone_sound *out, tone_plugin *p, const tone_notes *notes, const tone_sound *in, const tone_render_options *opt,
                               tone_plugin_report *report, tone_error *err)
{
    *out = (tone_sound){0};
    tone_render_options o = opt ? *opt : tone_render_defaults();
    tone_status st = check_call(p, notes, in, err);
    if (st)
        return st;
    double began = tone_child_clock(), rate = p->options.rate, end_s = notes ? tone_notes_end_s(notes) : (double)in->n_frames / rate;
    double length_s = o.seconds > 0 ? o.seconds : end_s + fmax(o.tail_s, 0);
    if (!(length_s * rate >= 1 && length_s * rate < 4e9))
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%.3g s of sound cannot be rendered", length_s);
    midi events = {0};
    uint32_t latency = 0;
    if (notes && (st = make_midi(&events, notes, p->options.rate, err)))
        return st;
    bool twice = in && in->n_channels == 2 && p->info.n_audio_in == 1 && p->info.n_audio_out == 1;
    /* Shorter than asked for only where the length was left open: silence in the tail ends it. */
    pass q = {.events = &events, .in = in, .channels = twice ? 1 : in ? in->n_channels : 0, .frames = (uint64_t)(length_s * rate),
              .quiet_from = o.seconds > 0 ? (uint64_t)1 << 62 : (uint64_t)(end_s * rate), .opt = &o};
    st = run_pass(out, p, &q, &latency, err);
    if (!st && twice) {
        tone_sound right = {0};
        q.first = 1;
        st = run_pass(&right, p, &q, &latency, err);
        if (!st)
            st = join(out, &right, err);
        tone_sound_clear(&right);
    }
    free(events.events);
    if (st) {
        tone_sound_clear(out);
        return st;
    }
    float peak = 0;
    for (size_t i = 0; i < out->n_frames * out->n_channels; i++)
        peak = fmaxf(peak, fabsf(out->frames[i]));
    if (report)
        *report = (tone_plugin_report){latency, peak < silence, events.n_rounded, tone_child_clock() - began};
    return TONE_OK;
}

/* Standard MIDI files.  Two passes: every track is read into one list of events with absolute ticks, then the list, in
 * order of time, is played into notes, with the tempo map, the pedal and the bend range applied on the way. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/notes_build.h"

enum {
    EVENTS_MAX = 1 << 20,
    EVENT_TEMPO = 0, /* status of a tempo change: value is microseconds a quarter */
    EVENT_END = 1    /* status of the end of a track: it may be later than the last note */
};

typedef struct midi_event {
    uint64_t tick;
    uint32_t order; /* position in the file: keeps events of one tick in order */
    uint32_t value; /* first data byte, second data byte << 8; or the tempo */
    uint8_t status;
} midi_event;

typedef struct reader {
    const uint8_t *bytes;
    size_t at, end; /* within the chunk being read; at > end never */
    bool bad;       /* ran past the end; everything read after that is 0 */
    midi_event *events;
    size_t n_events;
    uint16_t division;
} reader;

static uint32_t take(reader *r)
{
    if (r->at >= r->end) {
        r->bad = true;
        return 0;
    }
    return r->bytes[r->at++];
}

static uint32_t take_many(reader *r, int n)
{
    uint32_t v = 0;
    while (n-- > 0)
        v = v << 8 | take(r);
    return v;
}

/* A variable-length number of at most four bytes. */
static uint32_t take_variable(reader *r)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t byte = take(r);
        v = v << 7 | (byte & 0x7F);
        if (!(byte & 0x80))
            return v;
    }
    r->bad = true;
    return 0;
}

static tone_status keep(reader *r, uint64_t tick, uint8_t status, uint32_t value, tone_error *err)
{
    if (r->n_events >= EVENTS_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, r->at, "the MIDI file has more than %d events", EVENTS_MAX);
    if ((r->n_events & (r->n_events - 1)) == 0) {
        midi_event *grown = realloc(r->events, (r->n_events ? 2 * r->n_events : 1) * sizeof *grown);
        if (!grown)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the events of the MIDI file");
        r->events = grown;
    }
    r->events[r->n_events] = (midi_event){tick, (uint32_t)r->n_events, value, status};
    r->n_events++;
    return TONE_OK;
}

/* The events of one track, whose bytes are r->at … r->end. */
static tone_status read_track(reader *r, unsigned number, tone_error *err)
{
    uint64_t tick = 0;
    uint32_t running = 0;
    bool ended = false;
    while (!ended && r->at < r->end) {
        size_t start = r->at;
        tone_status st = TONE_OK;
        tick += take_variable(r);
        uint32_t first = take(r);
        if (first == 0xFF) {
            uint32_t type = take(r), n = take_variable(r);
            if (!r->bad && n > r->end - r->at)
                r->bad = true;
            if (!r->bad && type == 0x51 && n == 3) {
                st = keep(r, tick, EVENT_TEMPO, take_many(r, 3), err);
            } else if (!r->bad) {
                ended = type == 0x2F;
                r->at += n;
            }
            running = 0;
        } else if (first == 0xF0 || first == 0xF7) {
            uint32_t n = take_variable(r);
            if (!r->bad && n > r->end - r->at)
                r->bad = true;
            if (!r->bad)
                r->at += n;
            running = 0;
        } else if (first >= 0xF0) {
            return tone_fail(err, TONE_ERR_FORMAT, start, "track %u has a 0x%02X, which no MIDI file may hold", number, first);
        } else {
            uint32_t status = first & 0x80 ? first : running;
            uint32_t a = first & 0x80 ? take(r) : first;
            if (!status && !r->bad)
                return tone_fail(err, TONE_ERR_FORMAT, start, "track %u has data before any status byte", number);
            running = status;
            uint32_t kind = status >> 4, b = kind == 0xC || kind == 0xD ? 0 : take(r);
            if (!r->bad && ((a | b) & 0x80))
                return tone_fail(err, TONE_ERR_FORMAT, start, "track %u has a data byte above 127", number);
            if (!r->bad && (kind == 0x8 || kind == 0x9 || kind == 0xB || kind == 0xE))
                st = keep(r, tick, (uint8_t)status, a | b << 8, err);
        }
        if (r->bad)
            return tone_fail(err, TONE_ERR_FORMAT, start, "track %u of the MIDI file ends inside an event", number);
        if (st)
            return st;
    }
    return keep(r, tick, EVENT_END, 0, err);
}

static tone_status read_chunks(reader *r, size_t n, tone_error *err)
{
    r->end = n;
    if (n < 14 || memcmp(r->bytes, "MThd", 4) != 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "this is no MIDI file: it does not begin with MThd");
    r->at = 4;
    uint32_t size = take_many(r, 4), format = take_many(r, 2), n_tracks = take_many(r, 2);
    r->division = (uint16_t)take_many(r, 2);
    if (size < 6 || size > n - 8)
        return tone_fail(err, TONE_ERR_FORMAT, 4, "the header of the MIDI file claims %u bytes", size);
    if (format > 1)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 8, "the MIDI file is of format %u; formats 0 and 1 are read", format);
    if (r->division == 0 || (r->division & 0x8000 && !(r->division & 0xFF)))
        return tone_fail(err, TONE_ERR_FORMAT, 12, "the MIDI file has no ticks a quarter note");
    r->at = 8 + (size_t)size;
    uint32_t seen = 0;
    while (seen < n_tracks && n - r->at >= 8) {
        const uint8_t *name = r->bytes + r->at;
        size_t start = r->at;
        r->at += 4;
        r->end = n;
        uint32_t length = take_many(r, 4);
        if (length > n - r->at)
            return tone_fail(err, TONE_ERR_FORMAT, start, "chunk %u of the MIDI file ends past the end of the file", seen + 1);
        size_t next = r->at + length;
        if (memcmp(name, "MTrk", 4) == 0) {
            r->end = next;
            tone_status st = read_track(r, ++seen, err);
            if (st)
                return st;
        }
        r->at = next;
        r->end = n;
    }
    if (seen < n_tracks)
        return tone_fail(err, TONE_ERR_FORMAT, r->at, "the MIDI file promises %u tracks and has %u", n_tracks, seen);
    return TONE_OK;
}

static int by_tick(const void *a, const void *b)
{
    const midi_event *x = a, *y = b;
    if (x->tick != y->tick)
        return x->tick < y->tick ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* ── playing the events ──────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct channel {
    uint32_t sounding[128]; /* 1 + index of the note that key holds, 0 for none */
    bool released[128];     /* the key is up and the pedal holds the note */
    bool pedal;
    uint32_t rpn;
    double bend_range;
} channel;

typedef struct player {
    channel channels[16];
    tone_notes *out;
    double now_s;
} player;

static void end_note(player *p, channel *c, uint32_t key)
{
    if (!c->sounding[key])
        return;
    tone_note *note = &p->out->notes[c->sounding[key] - 1];
    double length = p->now_s - note->start_s;
    note->length_s = length > 0.001 ? length : 0.001; /* drum tracks strike and release at once */
    c->sounding[key] = 0;
    c->released[key] = false;
}

static void end_all(player *p, channel *c, bool only_released)
{
    for (uint32_t key = 0; key < 128; key++)
        if (c->released[key] || !only_released)
            end_note(p, c, key);
}

static tone_status controller(player *p, channel *c, uint8_t number, uint32_t which, uint32_t value, tone_error *err)
{
    switch (which) {
    case 64:
        c->pedal = value >= 64;
        if (!c->pedal)
            end_all(p, c, true);
        break;
    case 100:
        c->rpn = (c->rpn & 0x3F80) | value;
        break;
    case 101:
        c->rpn = (c->rpn & 0x7F) | value << 7;
        break;
    case 6:
        if (c->rpn == 0)
            c->bend_range = value;
        break;
    case 38:
        if (c->rpn == 0)
            c->bend_range = (double)(int)c->bend_range + value / 100.0;
        break;
    case 121:
        c->pedal = false;
        end_all(p, c, true);
        return tone_notes_add_bend(p->out, (tone_bend){p->now_s, 0, number}, err);
    case 120:
    case 123:
        end_all(p, c, false);
        break;
    default:
        break;
    }
    return TONE_OK;
}

static tone_status play(player *p, const midi_event *e, tone_error *err)
{
    uint8_t number = e->status & 15;
    channel *c = &p->channels[number];
    uint32_t a = e->value & 0x7F, b = e->value >> 8 & 0x7F;
    switch (e->status >> 4) {
    case 0x9:
        end_note(p, c, a);
        if (b) {
            tone_note note = {.start_s = p->now_s, .pitch = (float)a, .velocity = (float)b / 127, .channel = number};
            tone_status st = tone_notes_add(p->out, note, err);
            if (st)
                return st;
            c->sounding[a] = (uint32_t)p->out->n;
        }
        return TONE_OK;
    case 0x8:
        if (c->pedal && c->sounding[a])
            c->released[a] = true;
        else
            end_note(p, c, a);
        return TONE_OK;
    case 0xB:
        return controller(p, c, number, a, b, err);
    case 0xE: {
        double semitones = ((double)(a | b << 7) - 8192) / 8192 * c->bend_range;
        return tone_notes_add_bend(p->out, (tone_bend){p->now_s, (float)semitones, number}, err);
    }
    default:
        return TONE_OK;
    }
}

static tone_status play_all(player *p, const reader *r, tone_error *err)
{
    /* Seconds a tick: from the tempo, or fixed when the division counts frames of film. */
    bool film = r->division & 0x8000;
    int frames = film ? 256 - (r->division >> 8) : 0;
    double tick_s = film ? 1 / ((frames == 29 ? 29.97 : frames) * (r->division & 0xFF)) : 0.5 / r->division;
    bool tempo_seen = false;
    uint64_t tick = 0;
    for (size_t i = 0; i < r->n_events; i++) {
        const midi_event *e = &r->events[i];
        p->now_s += (double)(e->tick - tick) * tick_s;
        tick = e->tick;
        if (p->now_s > TONE_NOTES_SECONDS_MAX)
            return tone_fail(err, TONE_ERR_LIMIT, 0, "the MIDI file is longer than %d s", TONE_NOTES_SECONDS_MAX);
        if (e->status == EVENT_TEMPO && e->value > 0) {
            if (!film)
                tick_s = e->value * 1e-6 / r->division;
            double bpm = 60e6 / e->value;
            if (!tempo_seen)
                p->out->tempo_bpm = bpm < 10 ? 10 : bpm > 1000 ? 1000 : bpm;
            tempo_seen = true;
        }
        bool key_up = e->status >> 4 == 0x9 && !(e->value >> 8);
        midi_event off = {.status = (uint8_t)(0x80 | (e->status & 15)), .value = e->value};
        tone_status st = e->status >= 0x80 ? play(p, key_up ? &off : e, err) : TONE_OK;
        if (st)
            return st;
    }
    for (int i = 0; i < 16; i++)
        end_all(p, &p->channels[i], false);
    return TONE_OK;
}

tone_status tone_notes_read_midi(tone_notes *out, const void *bytes, size_t n, tone_error *err)
{
    memset(out, 0, sizeof *out);
    out->tempo_bpm = 120;
    reader r = {.bytes = bytes};
    player *p = calloc(1, sizeof *p);
    tone_status st;
    if (!p) {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for reading the MIDI file");
        goto done;
    }
    st = read_chunks(&r, n, err);
    if (st)
        goto done;
    if (r.n_events > 1)
        qsort(r.events, r.n_events, sizeof *r.events, by_tick);
    p->out = out;
    for (int i = 0; i < 16; i++) {
        p->channels[i].bend_range = 2;
        p->channels[i].rpn = 0x3FFF; /* none selected */
    }
    st = play_all(p, &r, err);
    if (!st && out->n == 0)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "the MIDI file has no notes");
done:
    if (st)
        tone_notes_clear(out);
    else
        tone_notes_sort(out);
    free(p);
    free(r.events);
    return st;
}

/* The synth for live use: a queue of events and blocks of any size around the engine. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/engine.h"
#include "sound/maths.h"

enum { EVENTS = 256 };

typedef enum event_kind { NOTE_OFF, BEND, NOTE_ON } event_kind; /* in the order in which they act at one frame */

typedef struct event {
    uint64_t frame;
    event_kind kind;
    float pitch, value;
    uint8_t channel;
} event;

struct tone_synth {
    tone_engine *engine;
    uint64_t now;   /* frames handed out */
    uint64_t drawn; /* frames computed: up to a block more */
    event events[EVENTS]; /* in the order in which they act */
    int n_events;
    float left[TONE_FX_BLOCK_MAX], right[TONE_FX_BLOCK_MAX];
};

tone_status tone_synth_new(tone_synth **out, const tone_patch *patch, uint32_t rate, uint64_t seed, tone_error *err)
{
    *out = NULL;
    tone_synth *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the synth");
    tone_status st = tone_engine_new(&s->engine, patch, rate, seed, 120, err);
    if (st) {
        tone_synth_free(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

void tone_synth_free(tone_synth *s)
{
    if (s)
        tone_engine_free(s->engine);
    free(s);
}

void tone_synth_set(tone_synth *s, tone_param id, float value)
{
    const tone_param_info *info = tone_param_get(id);
    if (!(value >= info->min)) /* NaN too */
        value = info->min;
    if (value > info->max)
        value = info->max;
    if (info->curve == TONE_CURVE_CHOICE || info->curve == TONE_CURVE_COUNT)
        value = (float)tone_round(value);
    s->engine->target[id] = value;
    s->engine->moving = true;
}

void tone_synth_tempo(tone_synth *s, double bpm)
{
    s->engine->tempo_bpm = tone_clamp(bpm, 10, 1000);
    s->engine->moving = true;
}

static bool add(tone_synth *s, uint32_t after, event e)
{
    if (s->n_events == EVENTS)
        return false;
    e.frame = s->now + after;
    int at = s->n_events++;
    while (at > 0 && (s->events[at - 1].frame > e.frame || (s->events[at - 1].frame == e.frame && s->events[at - 1].kind > e.kind))) {
        s->events[at] = s->events[at - 1];
        at--;
    }
    s->events[at] = e;
    return true;
}

bool tone_synth_note_on(tone_synth *s, uint32_t after, float pitch, float velocity, uint8_t channel)
{
    return add(s, after, (event){.kind = NOTE_ON, .pitch = (float)tone_clamp(pitch, 0, 127),
                                 .value = (float)tone_clamp(velocity, 0, 1), .channel = channel & 15});
}

bool tone_synth_note_off(tone_synth *s, uint32_t after, float pitch, uint8_t channel)
{
    return add(s, after, (event){.kind = NOTE_OFF, .pitch = (float)tone_clamp(pitch, 0, 127), .channel = channel & 15});
}

bool tone_synth_bend(tone_synth *s, uint32_t after, float semitones, uint8_t channel)
{
    return add(s, after, (event){.kind = BEND, .value = (float)tone_clamp(semitones, -48, 48), .channel = channel & 15});
}

static void act(tone_engine *e, const event *v, int frame)
{
    if (v->kind == NOTE_ON)
        tone_voices_note_on(&e->voices, &e->patch, v->pitch, v->value, v->channel, frame * e->factor);
    else if (v->kind == NOTE_OFF)
        tone_voices_note_off(&e->voices, &e->patch, v->pitch, v->channel);
    else
        tone_voices_bend(&e->voices, v->value, v->channel);
}

static void draw_block(tone_synth *s)
{
    tone_engine *e = s->engine;
    int done = 0;
    for (int part = 0; part < TONE_ENGINE_PARTS; part++) {
        uint64_t end = s->drawn + (uint64_t)e->n_part;
        for (; done < s->n_events && s->events[done].frame < end; done++)
            act(e, &s->events[done], s->events[done].frame > s->drawn ? (int)(s->events[done].frame - s->drawn) : 0);
        tone_engine_play(e, part);
        s->drawn = end;
    }
    memmove(s->events, s->events + done, (size_t)(s->n_events - done) * sizeof *s->events);
    s->n_events -= done;
    tone_engine_finish(e, s->left, s->right);
}

void tone_synth_run(tone_synth *s, float *frames, size_t n)
{
    while (n > 0) {
        if (s->now == s->drawn)
            draw_block(s);
        size_t left = (size_t)(s->drawn - s->now), at = (size_t)s->engine->n - left, some = n < left ? n : left;
        for (size_t i = 0; i < some; i++) {
            frames[2 * i] = s->left[at + i];
            frames[2 * i + 1] = s->right[at + i];
        }
        frames += 2 * some;
        n -= some;
        s->now += some;
    }
}

uint32_t tone_synth_latency(const tone_synth *s)
{
    return (uint32_t)tone_engine_delay(s->engine);
}

bool tone_synth_idle(const tone_synth *s)
{
    return s->n_events == 0 && tone_engine_idle(s->engine);
}

/* Rendering to memory: notes become a list of events, the engine runs block by block, and its delay is cut off. */
#include "tonesmith/sound/render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/engine.h"

typedef enum event_kind { NOTE_OFF, BEND, NOTE_ON } event_kind; /* in the order in which they act at one frame */

typedef struct event {
    int64_t frame;
    event_kind kind;
    uint32_t index; /* of the note or bend */
} event;

/* Frames being collected. */
typedef struct output {
    tone_sound sound;
    size_t room;
    int64_t at; /* of the next frame, counted from minus the delay */
    size_t limit;
} output;

void tone_sound_clear(tone_sound *s)
{
    free(s->frames);
    memset(s, 0, sizeof *s);
}

tone_render_options tone_render_defaults(void)
{
    return (tone_render_options){.rate = 48000, .tail_s = 8};
}

static tone_status check_options(const tone_render_options *opt, uint32_t rate, tone_error *err)
{
    tone_status st = tone_engine_check_rate(rate, err);
    if (st)
        return st;
    if (!(opt->seconds >= 0 && opt->seconds <= 2 * TONE_NOTES_SECONDS_MAX))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a render is at most %d s long, not %g", 2 * TONE_NOTES_SECONDS_MAX, opt->seconds);
    if (!(opt->tail_s >= 0 && opt->tail_s <= TONE_NOTES_SECONDS_MAX))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a tail is at most %d s long, not %g", TONE_NOTES_SECONDS_MAX, opt->tail_s);
    return TONE_OK;
}

/* Take what a block adds, less the frames before time 0; true while more is wanted. */
static bool collect(output *o, const float *left, const float *right, int n)
{
    for (int i = 0; i < n; i++, o->at++) {
        if (o->at < 0 || o->sound.n_frames == o->limit)
            continue;
        o->sound.frames[2 * o->sound.n_frames] = left[i];
        o->sound.frames[2 * o->sound.n_frames + 1] = right[i];
        o->sound.n_frames++;
    }
    return o->sound.n_frames < o->limit;
}

static tone_status start_output(output *o, uint32_t rate, double seconds, int delay, tone_error *err)
{
    o->limit = (size_t)(seconds * rate + 0.5);
    o->at = -(int64_t)delay;
    o->sound.rate = rate;
    o->sound.n_channels = 2;
    o->sound.frames = malloc((o->limit + 1) * 2 * sizeof *o->sound.frames);
    if (!o->sound.frames)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %.1f s of sound at %u Hz", seconds, rate);
    return TONE_OK;
}

/* Give back the room that a tail did not need. */
static void trim(output *o)
{
    if (o->sound.n_frames == o->limit)
        return;
    float *fitted = realloc(o->sound.frames, (o->sound.n_frames + 1) * 2 * sizeof *fitted);
    if (fitted)
        o->sound.frames = fitted;
}

static tone_status report(const tone_render_options *opt, const output *o, int64_t block, tone_error *err)
{
    if (opt->progress && block % 256 == 0 && !opt->progress(opt->user, (double)o->sound.n_frames / (double)(o->limit + 1)))
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "the render was cancelled");
    return TONE_OK;
}

/* ── notes ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int by_frame(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static tone_status list_events(event **out, size_t *n, const tone_notes *notes, uint32_t rate, tone_error *err)
{
    size_t room = 2 * notes->n + notes->n_bends;
    event *list = malloc((room + 1) * sizeof *list);
    if (!list)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu notes", notes->n);
    *n = 0;
    for (size_t i = 0; i < notes->n; i++) {
        const tone_note *note = &notes->notes[i];
        int64_t on = (int64_t)(note->start_s * rate + 0.5), off = (int64_t)((note->start_s + note->length_s) * rate + 0.5);
        list[(*n)++] = (event){on, NOTE_ON, (uint32_t)i};
        list[(*n)++] = (event){off > on ? off : on + 1, NOTE_OFF, (uint32_t)i};
    }
    for (size_t i = 0; i < notes->n_bends; i++)
        list[(*n)++] = (event){(int64_t)(notes->bends[i].at_s * rate + 0.5), BEND, (uint32_t)i};
    qsort(list, *n, sizeof *list, by_frame);
    *out = list;
    return TONE_OK;
}

static void act(tone_engine *e, const event *v, const tone_notes *notes, int64_t start)
{
    if (v->kind == BEND) {
        tone_voices_bend(&e->voices, notes->bends[v->index].semitones, notes->bends[v->index].channel);
        return;
    }
    const tone_note *note = &notes->notes[v->index];
    if (v->kind == NOTE_ON)
        tone_voices_note_on(&e->voices, &e->patch, note->pitch, note->velocity, note->channel,
                            (int)(v->frame - start) * e->factor);
    else
        tone_voices_note_off(&e->voices, &e->patch, note->pitch, note->channel);
}

tone_status tone_render(tone_sound *out, const tone_patch *patch, const tone_notes *notes, const tone_render_options *opt,
                        tone_error *err)
{
    tone_render_options defaults = tone_render_defaults();
    opt = opt ? opt : &defaults;
    memset(out, 0, sizeof *out);
    tone_engine *e = NULL;
    event *events = NULL;
    size_t n_events = 0, next = 0;
    output o = {0};
    tone_status st = check_options(opt, opt->rate, err);
    if (!st)
        st = tone_engine_new(&e, patch, opt->rate, opt->seed, notes->tempo_bpm, err);
    if (!st)
        st = list_events(&events, &n_events, notes, opt->rate, err);
    if (st)
        goto done;
    bool open_end = opt->seconds == 0;
    st = start_output(&o, opt->rate, open_end ? tone_notes_end_s(notes) + opt->tail_s : opt->seconds, tone_engine_delay(e), err);
    if (st)
        goto done;
    float left[TONE_FX_BLOCK_MAX], right[TONE_FX_BLOCK_MAX];
    bool more = true;
    for (int64_t block = 0; more; block++) {
        for (int part = 0; part < TONE_ENGINE_PARTS; part++) {
            int64_t start = block * e->n + part * e->n_part;
            for (; next < n_events && events[next].frame < start + e->n_part; next++)
                act(e, &events[next], notes, start);
            tone_engine_play(e, part);
        }
        tone_engine_finish(e, left, right);
        more = collect(&o, left, right, e->n) && !(open_end && next == n_events && tone_engine_idle(e));
        st = report(opt, &o, block, err);
        if (st)
            goto done;
    }
    trim(&o);
    *out = o.sound;
    o.sound.frames = NULL;
done:
    free(o.sound.frames);
    free(events);
    tone_engine_free(e);
    return st;
}

/* ── audio through the effects ───────────────────────────────────────────────────────────────────────────────────── */

/* Frame i of a channel, silence after the end; what is no number is silence too. */
static float input_at(const tone_sound *in, size_t i, uint32_t channel)
{
    if (i >= in->n_frames)
        return 0;
    float x = in->frames[i * in->n_channels + (channel < in->n_channels ? channel : 0)];
    return x > -1e4f && x < 1e4f ? x : 0;
}

tone_status tone_render_effects(tone_sound *out, const tone_patch *patch, const tone_sound *in, double tempo_bpm,
                                const tone_render_options *opt, tone_error *err)
{
    tone_render_options defaults = tone_render_defaults();
    opt = opt ? opt : &defaults;
    memset(out, 0, sizeof *out);
    tone_fx *fx = NULL;
    output o = {0};
    tone_status st = check_options(opt, in->rate, err);
    if (!st && (in->n_channels < 1 || in->n_channels > 2))
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "sound for the effects has one or two channels, not %u", in->n_channels);
    if (!st && !(tempo_bpm >= 10 && tempo_bpm <= 1000))
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "a tempo is 10 to 1000 beats a minute, not %g", tempo_bpm);
    if (st)
        return st;
    fx = calloc(1, sizeof *fx);
    if (!fx)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the effects");
    if (!tone_fx_init(fx, in->rate)) {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the effects at %u Hz", in->rate);
        goto done;
    }
    tone_fx_set(fx, patch->values, tempo_bpm);
    bool open_end = opt->seconds == 0;
    double seconds = (double)in->n_frames / in->rate;
    st = start_output(&o, in->rate, open_end ? seconds + opt->tail_s : opt->seconds, tone_fx_delay(fx), err);
    if (st)
        goto done;
    float left[TONE_FX_BLOCK_MAX], right[TONE_FX_BLOCK_MAX];
    bool more = true;
    for (int64_t block = 0; more; block++) {
        size_t start = (size_t)block * (size_t)fx->n;
        for (size_t i = 0; i < (size_t)fx->n; i++) {
            left[i] = input_at(in, start + i, 0);
            right[i] = input_at(in, start + i, 1);
        }
        tone_fx_run(fx, left, right);
        bool past = o.at >= (int64_t)in->n_frames;
        more = collect(&o, left, right, fx->n) && !(open_end && past && tone_fx_idle(fx));
        st = report(opt, &o, block, err);
        if (st)
            goto done;
    }
    trim(&o);
    *out = o.sound;
    o.sound.frames = NULL;
done:
    free(o.sound.frames);
    tone_fx_clear(fx);
    free(fx);
    return st;
}

/* Who plays which note: starting, releasing and taking voices. */
#include <string.h>

#include "sound/voice.h"

enum { POLY, MONO, LEGATO }; /* as the choices of voice_mode */
enum { SLOTS = 4 * TONE_VOICE_GROUPS };

typedef struct slot {
    tone_voice_group *group;
    tone_voice *voice;
    int lane;
} slot;

static slot slot_at(tone_voices *v, int i)
{
    tone_voice_group *g = &v->groups[i / 4];
    return (slot){g, &g->voices[i % 4], i % 4};
}

void tone_voices_init(tone_voices *v, uint64_t seed)
{
    memset(v, 0, sizeof *v);
    tone_blep_init(&v->blep);
    v->seed = seed;
    v->last_key = -1;
}

/* A number that depends on the seed, the note and what it is for; never 0. */
static uint32_t dice(const tone_voices *v, uint32_t serial, uint32_t what)
{
    uint64_t z = v->seed + (((uint64_t)serial << 32) | what) * 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) >> 32) | 1;
}

static void release(slot s, const tone_voice_patch *p)
{
    s.voice->held = false;
    tone_env_enter(&s.group->amp, s.lane, TONE_ENV_RELEASE, &p->amp);
    tone_env_enter(&s.group->mod, s.lane, TONE_ENV_RELEASE, &p->mod);
}

/* Fade out within 3 ms, to make way. */
static void kill(slot s, const tone_voice_patch *p)
{
    release(s, p);
    s.voice->dying = true;
    s.group->amp.speed[s.lane] = 1000 / (3 * p->rate);
}

/* The voice that is missed least: a released one before a held one, then the quieter, then the older. */
static bool less_missed(slot a, slot b)
{
    if (a.voice->held != b.voice->held)
        return !a.voice->held;
    if (!a.voice->held && a.group->amp.value[a.lane] != b.group->amp.value[b.lane])
        return a.group->amp.value[a.lane] < b.group->amp.value[b.lane];
    return a.voice->serial < b.voice->serial;
}

static slot take_slot(tone_voices *v, const tone_voice_patch *p)
{
    slot victim = {0}, dying = {0}, free_slot = {0};
    int playing = 0;
    for (int i = 0; i < SLOTS; i++) {
        slot s = slot_at(v, i);
        if (!s.voice->serial) {
            if (!free_slot.voice)
                free_slot = s;
        } else if (s.voice->dying) {
            if (!dying.voice || less_missed(s, dying))
                dying = s;
        } else {
            playing++;
            if (!victim.voice || less_missed(s, victim))
                victim = s;
        }
    }
    if (playing >= TONE_VOICES)
        kill(victim, p);
    return free_slot.voice ? free_slot : dying;
}

/* Make a silent voice play: phases, noise and filters from scratch. */
static void start_fresh(tone_voices *v, slot s, const tone_voice_patch *p, int start)
{
    tone_voice_group *g = s.group;
    uint32_t serial = ++v->serial;
    *s.voice = (tone_voice){.serial = serial, .struck = true, .fresh = true, .start = start};
    for (uint32_t u = 0; u < TONE_UNISON_MAX; u++) {
        /* One copy alone always starts at the same phase: every stroke of a bass or a drum is alike. */
        bool fixed = u == 0;
        tone_osc_start(&s.voice->copies[u].a, fixed ? 0 : dice(v, serial, 2 * u));
        tone_osc_start(&s.voice->copies[u].b, fixed ? 0 : dice(v, serial, 2 * u + 1));
    }
    for (uint32_t k = 0; k < 4; k++)
        s.voice->noise[k] = dice(v, serial, 32 + k);
    tone_lfo_start(&g->lfo1, s.lane, dice(v, serial, 40));
    tone_lfo_start(&g->lfo2, s.lane, dice(v, serial, 41));
    for (int side = 0; side < 2; side++) {
        g->gain[side][s.lane] = 0;
        tone_filter_reset(&g->filter[side], s.lane);
    }
    g->amp.value[s.lane] = g->mod.value[s.lane] = 0;
    g->fade[s.lane] = p->lfo1_fade >= 1 ? 1 : 0;
}

static void strike(slot s, const tone_voice_patch *p, int start)
{
    tone_env_enter(&s.group->amp, s.lane, TONE_ENV_ATTACK, &p->amp);
    tone_env_enter(&s.group->mod, s.lane, TONE_ENV_ATTACK, &p->mod);
    s.voice->struck = true;
    s.voice->start = start;
}

/* Slide from where the pitch is (or was last) to `key`. */
static void aim(slot s, const tone_voice_patch *p, float from, float key)
{
    tone_voice_group *g = s.group;
    bool slides = p->glide_blocks >= 1 && from >= 0;
    g->pitch[s.lane] = slides ? from : key;
    float blocks = slides ? (float)(int)p->glide_blocks : 0;
    g->glide_left[s.lane] = blocks;
    g->glide[s.lane] = slides ? (key - from) / blocks : 0;
}

static void dress(tone_voices *v, slot s, float key, float velocity, uint8_t channel)
{
    s.voice->key = key;
    s.voice->velocity = velocity;
    s.voice->channel = channel;
    s.voice->held = true;
    s.group->velocity[s.lane] = velocity;
    s.group->bend[s.lane] = v->bend[channel];
    v->last_key = key;
}

/* The voice a mono patch plays on, if it sounds. */
static slot mono_slot(tone_voices *v)
{
    slot found = {0};
    for (int i = 0; i < SLOTS; i++) {
        slot s = slot_at(v, i);
        if (s.voice->serial && !s.voice->dying && (!found.voice || s.voice->serial > found.voice->serial))
            found = s;
    }
    return found;
}

void tone_voices_note_on(tone_voices *v, const tone_voice_patch *p, float key, float velocity, uint8_t channel, int start)
{
    channel &= 15;
    if (p->voice_mode != POLY) {
        bool overlaps = v->n_held > 0;
        if (v->n_held == TONE_HELD_MAX) { /* forget the oldest */
            memmove(&v->held[0], &v->held[1], sizeof v->held - sizeof v->held[0]);
            v->n_held--;
        }
        v->held[v->n_held].key = key;
        v->held[v->n_held].velocity = velocity;
        v->held[v->n_held++].channel = channel;
        slot s = mono_slot(v);
        if (s.voice) {
            aim(s, p, s.group->pitch[s.lane], key);
            if (p->voice_mode == MONO || !overlaps || !s.voice->held)
                strike(s, p, start);
            dress(v, s, key, velocity, channel);
            return;
        }
    }
    slot s = take_slot(v, p);
    start_fresh(v, s, p, start);
    aim(s, p, v->last_key, key);
    strike(s, p, start);
    dress(v, s, key, velocity, channel);
}

void tone_voices_note_off(tone_voices *v, const tone_voice_patch *p, float key, uint8_t channel)
{
    channel &= 15;
    if (p->voice_mode != POLY) {
        int at = v->n_held - 1;
        while (at >= 0 && !(v->held[at].key == key && v->held[at].channel == channel))
            at--;
        if (at < 0)
            return;
        bool top = at == v->n_held - 1;
        memmove(&v->held[at], &v->held[at + 1], (size_t)(v->n_held - 1 - at) * sizeof v->held[0]);
        v->n_held--;
        slot s = mono_slot(v);
        if (!s.voice || !top)
            return;
        if (v->n_held == 0) {
            release(s, p);
            return;
        }
        aim(s, p, s.group->pitch[s.lane], v->held[v->n_held - 1].key);
        dress(v, s, v->held[v->n_held - 1].key, s.voice->velocity, v->held[v->n_held - 1].channel);
        return;
    }
    slot oldest = {0};
    for (int i = 0; i < SLOTS; i++) {
        slot s = slot_at(v, i);
        if (s.voice->serial && s.voice->held && s.voice->key == key && s.voice->channel == channel &&
            (!oldest.voice || s.voice->serial < oldest.voice->serial))
            oldest = s;
    }
    if (oldest.voice)
        release(oldest, p);
}

void tone_voices_bend(tone_voices *v, float semitones, uint8_t channel)
{
    channel &= 15;
    v->bend[channel] = semitones;
    for (int i = 0; i < SLOTS; i++) {
        slot s = slot_at(v, i);
        if (s.voice->serial && s.voice->channel == channel)
            s.group->bend[s.lane] = semitones;
    }
}

/* Looking ahead of a walk without walking: what could be read, and how far it is to the end. */
#include <string.h>

#include "constrain/walk.h"

enum { CALLS_MAX = 16 };

static void add(uint64_t set[5], uint32_t symbol)
{
    set[symbol / 64] |= UINT64_C(1) << symbol % 64;
}

static void add_state(uint64_t set[5], const tone_dfa *d, uint32_t state)
{
    for (int i = 0; i < 5; i++)
        set[i] |= d->reads[state][i];
}

static void reads_value(const tone_walk *w, uint32_t value, uint64_t set[5])
{
    const tone_value *v = &w->program->values[value];
    for (uint32_t i = 0; i < v->n_scalars; i++)
        add_state(set, v->scalars[i], v->scalars[i]->start);
    if (v->any_text)
        add_state(set, v->any_text, v->any_text->start);
    if (v->n_arrays)
        add(set, '[');
    if (v->n_objects)
        add(set, '{');
}

static void reads_after(const tone_walk *w, uint32_t frame, uint64_t set[5], int depth);

static void reads_rule(const tone_walk *w, uint32_t frame, uint32_t rule, uint32_t state, bool leaving, uint64_t set[5], int depth)
{
    const tone_dfa *d = w->program->rules[rule].dfa;
    if (depth > CALLS_MAX) {
        memset(set, 0xff, 5 * sizeof *set);
        return;
    }
    if (!leaving)
        add_state(set, d, state);
    for (uint32_t i = d->first_call[state]; i < d->first_call[state + 1]; i++) {
        uint32_t what = d->calls[i].what / 2;
        if (d->calls[i].what & 1) /* what follows an empty rule is said by the state itself */
            reads_rule(w, TONE_NOTHING, what, w->program->rules[what].dfa->start, false, set, depth + 1);
        else
            reads_value(w, what, set);
    }
    if (frame != TONE_NOTHING && d->flags[state] & TONE_DFA_ACCEPT)
        reads_after(w, frame, set, depth + 1);
}

static void reads_after(const tone_walk *w, uint32_t frame, uint64_t set[5], int depth)
{
    const tone_frame *f = &w->frames[frame];
    if (f->kind == TONE_FRAME_ROOT)
        return;
    if (f->kind != TONE_FRAME_RETURN) {
        add(set, ',');
        add(set, f->kind == TONE_FRAME_ARRAY ? ']' : '}');
        return;
    }
    for (uint32_t e = f->parents; e != TONE_NOTHING; e = w->edges[e].next)
        reads_rule(w, w->edges[e].frame, f->shape, f->n, false, set, depth + 1);
}

static void reads_name(const tone_walk *w, const tone_frame *f, uint64_t set[5])
{
    const tone_object *o = &w->program->objects[f->shape];
    const uint64_t *open = tone_frame_members_open(w, f);
    uint64_t extras = tone_frame_extras_open(w, f);
    for (uint32_t k = 0; k < o->n_members; k++)
        if (open[k / 64] >> k % 64 & 1)
            add(set, (uint8_t)o->members[k].spelled[0]);
    for (uint32_t e = 0; e < o->n_extras; e++)
        if (extras >> e & 1)
            add_state(set, o->extras[e].keys, o->extras[e].keys->start);
}

static void reads_open(const tone_walk *w, const tone_frame *f, uint64_t set[5])
{
    add(set, f->kind == TONE_FRAME_ARRAY ? ']' : '}');
    if (f->kind == TONE_FRAME_OBJECT) {
        reads_name(w, f, set);
        return;
    }
    const tone_item *item = tone_array_item(&w->program->arrays[f->shape], f->n);
    if (item->plain != TONE_NO_VALUE)
        reads_value(w, item->plain, set);
    if (item->counting != TONE_NO_VALUE)
        reads_value(w, item->counting, set);
}

void tone_walk_reads(const tone_walk *w, const tone_place *at, uint64_t set[5])
{
    const tone_frame *f = &w->frames[at->frame];
    if (at->gap & 1 || at->blanks)
        add(set, ' ');
    if (at->gap & 2)
        add(set, '\n');
    switch ((tone_place_kind)at->kind) {
    case TONE_PLACE_VALUE:
        reads_value(w, at->a, set);
        break;
    case TONE_PLACE_SCALAR:
        if (!at->leaving)
            add_state(set, at->dfa, at->a);
        if (at->dfa->flags[at->a] & TONE_DFA_ACCEPT)
            reads_after(w, at->frame, set, 0);
        break;
    case TONE_PLACE_RULE:
        reads_rule(w, at->frame, at->c, at->a, at->leaving, set, 0);
        break;
    case TONE_PLACE_AFTER:
        reads_after(w, at->frame, set, 0);
        break;
    case TONE_PLACE_CLOSE:
        add(set, f->kind == TONE_FRAME_ARRAY ? ']' : '}');
        break;
    case TONE_PLACE_OPEN:
        reads_open(w, f, set);
        break;
    case TONE_PLACE_NAME:
        reads_name(w, f, set);
        break;
    case TONE_PLACE_KEY:
        for (uint32_t k = at->a; k < at->b; k++)
            add(set, (uint8_t)w->program->objects[f->shape].members[k].spelled[at->c]);
        break;
    case TONE_PLACE_EXTRA:
        if (!at->leaving)
            add_state(set, at->dfa, at->a);
        if (at->dfa->flags[at->a] & TONE_DFA_ACCEPT)
            add(set, ':');
        break;
    }
}

/* --- how far to the end --------------------------------------------------------------------------------------------- */

static uint32_t plus(uint32_t a, uint32_t b)
{
    uint64_t sum = (uint64_t)a + b;
    return sum > TONE_COST_MAX ? TONE_COST_MAX : (uint32_t)sum;
}

static uint32_t cost_after(tone_walk *w, uint32_t frame);

static uint32_t cost_outside(tone_walk *w, const tone_frame *f)
{
    uint32_t best = TONE_COST_MAX;
    for (uint32_t e = f->parents; e != TONE_NOTHING; e = w->edges[e].next) {
        uint32_t above = cost_after(w, w->edges[e].frame);
        best = above < best ? above : best;
    }
    return best;
}

/* From behind the thing inside `frame` to the end of the text; w->costs remembers. */
static uint32_t cost_after(tone_walk *w, uint32_t frame)
{
    const tone_frame *f = &w->frames[frame];
    if (f->kind == TONE_FRAME_ROOT)
        return 0;
    if (w->costs[frame] != UINT32_MAX)
        return w->costs[frame];
    w->costs[frame] = TONE_COST_MAX; /* not reached again: frames have no loops */
    uint32_t own;
    if (f->kind == TONE_FRAME_ARRAY)
        own = tone_array_cost(w->program, &w->program->arrays[f->shape], f->n, f->count);
    else if (f->kind == TONE_FRAME_OBJECT)
        own = tone_object_cost(w->program, &w->program->objects[f->shape], &(tone_object_place){tone_frame_used(w, f), f->n, NULL});
    else
        own = w->program->rules[f->shape].cost[f->n];
    return w->costs[frame] = plus(own, cost_outside(w, f));
}

/* From behind one more member (TONE_NOTHING: one that is not named) of an object to the end of the text. */
static uint32_t cost_with(tone_walk *w, const tone_frame *f, uint32_t member)
{
    const tone_object *o = &w->program->objects[f->shape];
    uint64_t used[TONE_MEMBERS_MAX / 64];
    memcpy(used, tone_frame_used(w, f), (o->n_members + 63) / 64 * sizeof *used);
    if (member != TONE_NOTHING)
        used[member / 64] |= UINT64_C(1) << member % 64;
    return plus(tone_object_cost(w->program, o, &(tone_object_place){used, f->n + 1, NULL}), cost_outside(w, f));
}

static uint32_t cost_scalar(const tone_walk *w, const tone_place *at)
{
    uint32_t cost = at->dfa->dist[at->a];
    if (at->dfa->counted) { /* dist counts at most the character under way */
        const tone_value *v = &w->program->values[at->c];
        uint32_t under_way = !(at->dfa->flags[at->a] & TONE_DFA_BOUNDARY);
        if (v->min_chars > at->b + under_way)
            cost = plus(cost, v->min_chars - at->b - under_way);
    }
    return cost;
}

/* The cheapest key that begins as those of a KEY place do, and its value. */
static uint32_t cost_key(tone_walk *w, const tone_place *at)
{
    const tone_frame *f = &w->frames[at->frame];
    const tone_object *o = &w->program->objects[f->shape];
    const uint64_t *open = tone_frame_members_open(w, f);
    uint32_t best = TONE_COST_MAX;
    for (uint32_t k = at->a; k < at->b; k++) {
        const tone_member *m = &o->members[k];
        if (!(open[k / 64] >> k % 64 & 1))
            continue;
        uint32_t cost = plus(plus(m->n_spelled - at->c, w->program->values[m->value].cost), cost_with(w, f, k));
        best = cost < best ? cost : best;
    }
    return best;
}

static uint32_t cost_name(tone_walk *w, const tone_place *at)
{
    const tone_frame *f = &w->frames[at->frame];
    const tone_object *o = &w->program->objects[f->shape];
    uint32_t best = cost_key(w, &(tone_place){.frame = at->frame, .a = 0, .b = o->n_members, .c = 0});
    for (uint32_t e = 0; e < o->n_extras; e++) {
        const tone_dfa *d = o->extras[e].keys;
        uint32_t cost = plus(plus(d->dist[d->start] + 1, w->program->values[o->extras[e].value].cost), cost_with(w, f, TONE_NOTHING));
        if (tone_frame_extras_open(w, f) >> e & 1 && cost < best)
            best = cost;
    }
    return best;
}

static uint32_t cost_place(tone_walk *w, const tone_place *at)
{
    const tone_frame *f = &w->frames[at->frame];
    switch ((tone_place_kind)at->kind) {
    case TONE_PLACE_VALUE:
        return plus(w->program->values[at->a].cost, cost_after(w, at->frame));
    case TONE_PLACE_SCALAR:
        return plus(cost_scalar(w, at), cost_after(w, at->frame));
    case TONE_PLACE_RULE:
        return plus(w->program->rules[at->c].cost[at->a], cost_after(w, at->frame));
    case TONE_PLACE_AFTER:
    case TONE_PLACE_CLOSE:
    case TONE_PLACE_OPEN:
        return cost_after(w, at->frame);
    case TONE_PLACE_NAME:
        return cost_name(w, at);
    case TONE_PLACE_KEY:
        return cost_key(w, at);
    case TONE_PLACE_EXTRA: {
        const tone_extra *e = &w->program->objects[f->shape].extras[at->b];
        return plus(plus(at->dfa->dist[at->a] + 1, w->program->values[e->value].cost), cost_with(w, f, TONE_NOTHING));
    }
    }
    return TONE_COST_MAX;
}

uint32_t tone_walk_cost(tone_walk *w, uint32_t first, uint32_t n)
{
    uint32_t best = TONE_COST_MAX;
    if (!tone_walk_room(w, (void **)&w->costs, &w->room_costs, w->n_frames, sizeof *w->costs))
        return best;
    memset(w->costs, 0xff, w->n_frames * sizeof *w->costs);
    for (uint32_t i = first; i < first + n; i++) {
        uint32_t cost = cost_place(w, &w->places[i]);
        best = cost < best ? cost : best;
    }
    return best;
}

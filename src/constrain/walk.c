/* One symbol further: what each kind of place makes of it. */
#include "constrain/walk.h"

#include <string.h>

enum { PLACES_MAX = 1 << 16, GAP_BLANK = 1, GAP_LINE = 2, BLANKS_MAX = 20, FIRST_HASHED = 24 };

/* A step under way: new places go to w->places from `first` on. */
typedef struct step {
    tone_walk *w;
    const tone_program *p;
    uint32_t first;
    uint32_t symbol;
} step;

static void step_value(step *s, uint32_t frame, uint32_t value);
static void step_rule(step *s, uint32_t frame, uint32_t rule, uint32_t state, bool leaving);
static void step_after(step *s, uint32_t frame);
static void after(step *s, uint32_t frame);

static bool same_place(const tone_place *a, const tone_place *b)
{
    return a->kind == b->kind && a->frame == b->frame && a->a == b->a && a->b == b->b && a->c == b->c && a->dfa == b->dfa && a->gap == b->gap &&
           a->blanks == b->blanks;
}

static void emit(step *s, tone_place place)
{
    tone_walk *w = s->w;
    /* Doubles are rare and sets small; where they are large, only the newest are looked at. */
    uint32_t from = w->n_places - s->first > 4 * FIRST_HASHED ? w->n_places - 4 * FIRST_HASHED : s->first;
    for (uint32_t i = from; i < w->n_places; i++)
        if (same_place(&w->places[i], &place))
            return;
    if (w->n_places - s->first >= PLACES_MAX) {
        w->status = TONE_ERR_LIMIT;
        return;
    }
    if (tone_walk_room(w, (void **)&w->places, &w->room_places, (uint64_t)w->n_places + 1, sizeof *w->places))
        w->places[w->n_places++] = place;
}

static uint32_t levels_left(const step *s, uint32_t frame)
{
    return tone_walk_levels(s->w, &s->w->frames[frame]);
}

/* White space inside `frame`, where it may stand. */
static uint8_t gap(const step *s, uint32_t frame, uint8_t allowed)
{
    const tone_frame *f = &s->w->frames[frame];
    bool spaces = f->kind == TONE_FRAME_ARRAY ? s->p->arrays[f->shape].spaces : f->kind == TONE_FRAME_OBJECT && s->p->objects[f->shape].spaces;
    return spaces ? allowed : 0;
}

static bool array_may_close(const tone_frame *f, const tone_array *a)
{
    return f->n >= a->min && (!a->contains || (f->count >= a->min_count && f->count <= a->max_count));
}

static bool object_may_close(const tone_frame *f, const tone_object *o)
{
    return f->count == 0 && f->n >= o->min;
}

static bool may_close(const step *s, uint32_t frame)
{
    const tone_frame *f = &s->w->frames[frame];
    return f->kind == TONE_FRAME_ARRAY ? array_may_close(f, &s->p->arrays[f->shape])
                                       : f->kind == TONE_FRAME_OBJECT && object_may_close(f, &s->p->objects[f->shape]);
}

static uint8_t indentation(const step *s, uint32_t frame)
{
    uint32_t n = 2 * s->w->frames[frame].depth;
    return (uint8_t)(n > BLANKS_MAX ? BLANKS_MAX : n);
}

/* White space before what a place waits for; true when the symbol was white space (taken or not allowed). */
static bool step_gap(step *s, const tone_place *at)
{
    tone_place to = *at;
    if (s->symbol == ' ' && (at->gap & GAP_BLANK || at->blanks)) {
        to.blanks = at->blanks ? at->blanks - 1 : 0;
        to.gap = 0;
        emit(s, to);
        return true;
    }
    if (s->symbol == '\n' && at->gap & GAP_LINE) {
        if (at->kind == TONE_PLACE_AFTER && !may_close(s, at->frame))
            return true; /* the line would have to begin with a comma */
        to.gap = 0;
        to.blanks = indentation(s, at->frame);
        if (to.kind == TONE_PLACE_AFTER)
            to.kind = TONE_PLACE_CLOSE;
        emit(s, to);
        return true;
    }
    return false;
}

/* --- frames that end ----------------------------------------------------------------------------------------------- */

/* The thing inside `frame` is complete. */
static void after(step *s, uint32_t frame)
{
    const tone_frame *f = &s->w->frames[frame];
    if (f->kind != TONE_FRAME_RETURN) {
        emit(s, (tone_place){.kind = TONE_PLACE_AFTER, .frame = frame, .gap = gap(s, frame, GAP_LINE)});
        return;
    }
    const tone_dfa *d = s->p->rules[f->shape].dfa;
    for (uint32_t e = f->parents; e != TONE_NOTHING; e = s->w->edges[e].next) {
        f = &s->w->frames[frame];
        if (d->flags[f->n] & TONE_DFA_FINAL)
            after(s, s->w->edges[e].frame);
        else
            emit(s, (tone_place){.kind = TONE_PLACE_RULE, .dfa = d, .frame = s->w->edges[e].frame, .a = f->n, .c = f->shape});
    }
}

static void pop(step *s, uint32_t frame)
{
    for (uint32_t e = s->w->frames[frame].parents; e != TONE_NOTHING; e = s->w->edges[e].next)
        after(s, s->w->edges[e].frame);
}

static bool object_may_grow(const tone_walk *w, const tone_frame *f)
{
    const tone_object *o = &w->program->objects[f->shape];
    const uint64_t *open = tone_frame_members_open(w, f);
    for (uint32_t i = 0; i < (o->n_members + 63) / 64; i++)
        if (open[i])
            return true;
    return tone_frame_extras_open(w, f) != 0;
}

/* Call for each way in which an item may follow: its frame and its value. */
typedef struct way {
    uint32_t frame, value;
} way;

static uint32_t item_ways(step *s, uint32_t frame, way ways[2])
{
    const tone_frame *f = &s->w->frames[frame];
    const tone_array *a = &s->p->arrays[f->shape];
    uint32_t levels = levels_left(s, frame), n = 0;
    const tone_item *item = tone_array_item(a, f->n);
    if (f->n >= a->max)
        return 0;
    if (a->unique && a->n_values != TONE_DFA_MANY) {
        bool exactly;
        if (tone_frame_seen(s->w, f, TONE_NOTHING, "", 0, &exactly) >= a->n_values)
            return 0;
    }
    const uint32_t values[2] = {item->plain, a->contains ? item->counting : TONE_NO_VALUE};
    for (int k = 0; k < 2; k++) {
        if (values[k] == TONE_NO_VALUE || s->p->values[values[k]].height > levels)
            continue;
        f = &s->w->frames[frame];
        if (a->contains && !tone_array_possible(s->p, a, f->n + 1, f->count + (uint32_t)k, levels))
            continue;
        uint32_t next = tone_frame_item(s->w, frame, k == 1);
        if (next == TONE_NOTHING)
            return 0;
        ways[n++] = (way){next, values[k]};
    }
    return n;
}

static void step_close(step *s, uint32_t frame)
{
    uint32_t bracket = s->w->frames[frame].kind == TONE_FRAME_ARRAY ? ']' : '}';
    if (s->symbol == bracket && may_close(s, frame))
        pop(s, frame);
}

/* A symbol behind a complete item, member or called thing. */
static void step_after(step *s, uint32_t frame)
{
    const tone_frame *f = &s->w->frames[frame];
    switch (f->kind) {
    case TONE_FRAME_ARRAY:
        if (s->symbol == ',') {
            way ways[2];
            uint32_t n = item_ways(s, frame, ways);
            for (uint32_t i = 0; i < n; i++)
                emit(s, (tone_place){.kind = TONE_PLACE_VALUE, .frame = ways[i].frame, .a = ways[i].value, .gap = gap(s, frame, GAP_BLANK | GAP_LINE)});
        }
        step_close(s, frame);
        break;
    case TONE_FRAME_OBJECT:
        if (s->symbol == ',' && object_may_grow(s->w, f))
            emit(s, (tone_place){.kind = TONE_PLACE_NAME, .frame = frame, .gap = gap(s, frame, GAP_BLANK | GAP_LINE)});
        step_close(s, frame);
        break;
    case TONE_FRAME_RETURN:
        for (uint32_t e = f->parents; e != TONE_NOTHING; e = s->w->edges[e].next) {
            f = &s->w->frames[frame];
            step_rule(s, s->w->edges[e].frame, f->shape, f->n, false);
        }
        break;
    default:
        break;
    }
}

/* --- scalars -------------------------------------------------------------------------------------------------------- */

static bool is_unique(const step *s, const tone_frame *f)
{
    return f->kind == TONE_FRAME_ARRAY && s->p->arrays[f->shape].unique;
}

/* Whether something not yet seen can still come of an item whose text so far is path[tail … n_path).  `full`: a counted
 * string that can only be closed. */
static bool may_differ(const step *s, const tone_frame *f, const tone_dfa *d, uint32_t state, bool full)
{
    bool exactly;
    if (!(d->flags[state] & TONE_DFA_FINITE) && !full)
        return true;
    uint32_t begins = tone_frame_seen(s->w, f, TONE_NOTHING, s->w->path + s->w->tail, s->w->n_path - s->w->tail, &exactly);
    return (full ? 1 : d->counts[state]) > begins;
}

/* The scalar whose text is path[tail … end) is complete: the frame that goes on, or none. */
static uint32_t scalar_done(step *s, uint32_t frame, uint32_t end)
{
    bool exactly;
    const tone_frame *f = &s->w->frames[frame];
    if (!is_unique(s, f))
        return frame;
    tone_frame_seen(s->w, f, TONE_NOTHING, s->w->path + s->w->tail, end - s->w->tail, &exactly);
    return exactly ? TONE_NOTHING : tone_frame_remember(s->w, frame, end);
}

/* A state of a scalar has been reached by the symbol. */
static void emit_scalar(step *s, uint32_t frame, uint32_t value, const tone_dfa *d, uint32_t state, uint32_t chars)
{
    const tone_frame *f = &s->w->frames[frame];
    bool full = d->counted && d->flags[state] & TONE_DFA_BOUNDARY && chars >= s->p->values[value].max_chars;
    if (is_unique(s, f) && !may_differ(s, f, d, state, full))
        return;
    if (d->flags[state] & TONE_DFA_FINAL) {
        uint32_t done = scalar_done(s, frame, s->w->n_path);
        if (done != TONE_NOTHING)
            after(s, done);
        return;
    }
    emit(s, (tone_place){.kind = TONE_PLACE_SCALAR, .dfa = d, .frame = frame, .a = state, .b = chars, .c = value});
}

static void step_scalar(step *s, const tone_place *at)
{
    const tone_dfa *d = at->dfa;
    uint32_t to = at->leaving ? 0 : tone_dfa_next(d, at->a, s->symbol), chars = at->b;
    if (to && d->counted) {
        const tone_value *v = &s->p->values[at->c];
        bool between = d->flags[at->a] & TONE_DFA_BOUNDARY, closes = d->flags[to] & TONE_DFA_ACCEPT;
        if (between && (closes ? chars < v->min_chars : chars >= v->max_chars))
            to = 0;
        else if (d->flags[to] & TONE_DFA_BOUNDARY && at->a != d->start && (v->max_chars != UINT32_MAX || chars < v->min_chars))
            chars++;
    }
    if (to)
        emit_scalar(s, at->frame, at->c, d, to, chars);
    if (d->flags[at->a] & TONE_DFA_ACCEPT) {
        uint32_t done = scalar_done(s, at->frame, s->w->n_path - (s->p->remembers ? 1 : 0));
        if (done != TONE_NOTHING)
            step_after(s, done);
    }
}

static void step_value(step *s, uint32_t frame, uint32_t value)
{
    const tone_value *v = &s->p->values[value];
    bool compares = is_unique(s, &s->w->frames[frame]);
    if (compares)
        s->w->tail = s->w->n_path - 1; /* the item begins with this symbol */
    for (uint32_t i = 0; i < v->n_scalars; i++) {
        uint32_t to = tone_dfa_next(v->scalars[i], v->scalars[i]->start, s->symbol);
        if (to)
            emit_scalar(s, frame, value, v->scalars[i], to, 0);
    }
    if (v->any_text && v->min_chars <= v->max_chars) {
        uint32_t to = tone_dfa_next(v->any_text, v->any_text->start, s->symbol);
        if (to)
            emit_scalar(s, frame, value, v->any_text, to, 0);
    }
    uint32_t levels = levels_left(s, frame);
    for (uint32_t i = 0; s->symbol == '[' && i < v->n_arrays; i++) {
        if (s->p->arrays[v->arrays[i]].height > levels)
            continue;
        tone_frame f = {.kind = TONE_FRAME_ARRAY, .shape = v->arrays[i], .depth = s->w->frames[frame].depth + 1, .seen = TONE_NOTHING};
        uint32_t made = tone_frame_make(s->w, &f, TONE_NOTHING, frame);
        if (made != TONE_NOTHING)
            emit(s, (tone_place){.kind = TONE_PLACE_OPEN, .frame = made, .gap = gap(s, made, GAP_LINE)});
    }
    for (uint32_t i = 0; s->symbol == '{' && i < v->n_objects; i++) {
        if (s->p->objects[v->objects[i]].height > levels)
            continue;
        uint32_t made = tone_frame_open(s->w, v->objects[i], frame);
        if (made != TONE_NOTHING)
            emit(s, (tone_place){.kind = TONE_PLACE_OPEN, .frame = made, .gap = gap(s, made, GAP_LINE)});
    }
}

/* --- members -------------------------------------------------------------------------------------------------------- */

static bool any_open(const uint64_t *open, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to; k++)
        if (open[k / 64] >> k % 64 & 1)
            return true;
    return false;
}

/* One byte more of a key that members from … to-1 share up to `depth`. */
static void step_key(step *s, uint32_t frame, uint32_t from, uint32_t to, uint32_t depth)
{
    const tone_frame *f = &s->w->frames[frame];
    const tone_object *o = &s->p->objects[f->shape];
    if (s->symbol >= 256)
        return;
    while (from < to && (uint8_t)o->members[from].spelled[depth] < s->symbol)
        from++;
    uint32_t end = from;
    while (end < to && (uint8_t)o->members[end].spelled[depth] == s->symbol)
        end++;
    if (!any_open(tone_frame_members_open(s->w, f), from, end))
        return;
    if (o->members[from].n_spelled == depth + 1) { /* the colon: no spelling begins another */
        uint32_t next = tone_frame_member(s->w, frame, from, TONE_NOTHING, 0);
        if (next != TONE_NOTHING)
            emit(s, (tone_place){.kind = TONE_PLACE_VALUE, .frame = next, .a = o->members[from].value, .gap = gap(s, next, GAP_BLANK)});
        return;
    }
    emit(s, (tone_place){.kind = TONE_PLACE_KEY, .frame = frame, .a = from, .b = end, .c = depth + 1});
}

static int compare_key(const tone_member *m, const char *text, uint32_t n)
{
    uint32_t own = m->n_spelled - 1, least = own < n ? own : n;
    int c = memcmp(m->spelled, text, least);
    return c ? c : own < n ? -1 : own > n;
}

static bool is_named(const tone_object *o, const char *text, uint32_t n)
{
    uint32_t lo = 0, hi = o->n_members;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        int c = compare_key(&o->members[mid], text, n);
        if (c == 0)
            return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

/* Whether a key that is neither named nor used can still come of path[tail … n_path). */
static bool extra_may_differ(const step *s, const tone_frame *f, uint32_t extra, uint32_t state)
{
    const tone_object *o = &s->p->objects[f->shape];
    const tone_extra *e = &o->extras[extra];
    if (!(e->keys->flags[state] & TONE_DFA_FINITE))
        return true;
    const char *text = s->w->path + s->w->tail;
    uint32_t n = s->w->n_path - s->w->tail;
    bool exactly;
    uint64_t gone = tone_frame_seen(s->w, f, extra, text, n, &exactly);
    for (uint32_t i = 0; i < e->n_named; i++) {
        const tone_member *m = &o->members[e->named[i]];
        gone += m->n_spelled - 1 >= n && memcmp(m->spelled, text, n) == 0;
    }
    return e->keys->counts[state] > gone;
}

static void emit_extra(step *s, const tone_place *at, uint32_t state)
{
    if (extra_may_differ(s, &s->w->frames[at->frame], at->b, state))
        emit(s, (tone_place){.kind = TONE_PLACE_EXTRA, .dfa = at->dfa, .frame = at->frame, .a = state, .b = at->b});
}

static void step_extra(step *s, const tone_place *at)
{
    const tone_frame *f = &s->w->frames[at->frame];
    const tone_extra *e = &s->p->objects[f->shape].extras[at->b];
    uint32_t to = at->leaving ? 0 : tone_dfa_next(at->dfa, at->a, s->symbol);
    if (to)
        emit_extra(s, at, to);
    if (s->symbol == ':' && at->dfa->flags[at->a] & TONE_DFA_ACCEPT) {
        const char *text = s->w->path + s->w->tail;
        uint32_t end = s->w->n_path - 1;
        bool exactly;
        tone_frame_seen(s->w, f, at->b, text, end - s->w->tail, &exactly);
        if (exactly || is_named(&s->p->objects[f->shape], text, end - s->w->tail))
            return;
        uint32_t next = tone_frame_member(s->w, at->frame, TONE_NOTHING, at->b, end);
        if (next != TONE_NOTHING)
            emit(s, (tone_place){.kind = TONE_PLACE_VALUE, .frame = next, .a = e->value, .gap = gap(s, next, GAP_BLANK)});
    }
}

/* The first byte of a key. */
static void step_name(step *s, uint32_t frame, bool extra)
{
    const tone_frame *f = &s->w->frames[frame];
    const tone_object *o = &s->p->objects[f->shape];
    uint64_t extras = extra ? tone_frame_extras_open(s->w, f) : 0;
    step_key(s, frame, 0, o->n_members, 0);
    for (uint32_t e = 0; e < o->n_extras; e++) {
        const tone_dfa *d = o->extras[e].keys;
        if (!(extras >> e & 1) || !tone_dfa_next(d, d->start, s->symbol))
            continue;
        s->w->tail = s->w->n_path - 1; /* the key begins with this symbol */
        step_extra(s, &(tone_place){.kind = TONE_PLACE_EXTRA, .dfa = d, .frame = frame, .a = d->start, .b = e});
    }
}

static void step_open(step *s, uint32_t frame, bool extra)
{
    step_close(s, frame);
    if (s->w->frames[frame].kind == TONE_FRAME_OBJECT) {
        if (object_may_grow(s->w, &s->w->frames[frame]))
            step_name(s, frame, extra);
        return;
    }
    way ways[2];
    uint32_t n = item_ways(s, frame, ways);
    for (uint32_t i = 0; i < n; i++)
        step_value(s, ways[i].frame, ways[i].value);
}

/* --- rules ---------------------------------------------------------------------------------------------------------- */

/* Rules call each other without reading anything; each place of one is looked into once a step. */
static bool expand_once(step *s, uint32_t frame, uint32_t rule, uint32_t state)
{
    tone_walk *w = s->w;
    for (uint32_t i = 0; i < w->n_expanded; i++)
        if (w->expanded[i].frame == frame && w->expanded[i].a == state && w->expanded[i].c == rule)
            return false;
    if (!tone_walk_room(w, (void **)&w->expanded, &w->room_expanded, (uint64_t)w->n_expanded + 1, sizeof *w->expanded))
        return false;
    w->expanded[w->n_expanded++] = (tone_place){.frame = frame, .a = state, .c = rule};
    return true;
}

static void step_call(step *s, uint32_t frame, uint32_t rule, const tone_dfa_call *call)
{
    const tone_rule *r = &s->p->rules[rule];
    uint32_t levels = levels_left(s, frame), height = tone_program_height(s->p, call->what), inside = frame;
    if (height >= levels || r->height[call->back] > levels)
        return;
    if (!(r->dfa->flags[call->back] & TONE_DFA_FINAL)) { /* else nothing is left to come back to */
        tone_frame f = {.kind = TONE_FRAME_RETURN, .shape = rule, .n = call->back, .depth = s->w->frames[frame].depth + 1, .seen = TONE_NOTHING};
        inside = tone_frame_make(s->w, &f, TONE_NOTHING, frame);
        if (inside == TONE_NOTHING)
            return;
    }
    if (call->what & 1)
        step_rule(s, inside, call->what / 2, s->p->rules[call->what / 2].dfa->start, false);
    else
        step_value(s, inside, call->what / 2);
}

static void emit_rule(step *s, uint32_t frame, uint32_t rule, uint32_t state)
{
    const tone_rule *r = &s->p->rules[rule];
    if (r->height[state] > levels_left(s, frame))
        return;
    if (r->dfa->flags[state] & TONE_DFA_FINAL)
        after(s, frame);
    else
        emit(s, (tone_place){.kind = TONE_PLACE_RULE, .dfa = r->dfa, .frame = frame, .a = state, .c = rule});
}

static void step_rule(step *s, uint32_t frame, uint32_t rule, uint32_t state, bool leaving)
{
    const tone_rule *r = &s->p->rules[rule];
    const tone_dfa *d = r->dfa;
    if (s->w->status || !expand_once(s, frame, rule, state))
        return;
    uint32_t to = leaving ? 0 : tone_dfa_next(d, state, s->symbol);
    if (to)
        emit_rule(s, frame, rule, to);
    for (uint32_t i = d->first_call[state]; i < d->first_call[state + 1]; i++)
        step_call(s, frame, rule, &d->calls[i]);
    if (d->flags[state] & TONE_DFA_ACCEPT)
        step_after(s, frame);
}

/* --- the walk ------------------------------------------------------------------------------------------------------- */

static void step_place(step *s, const tone_place *at)
{
    if ((at->gap || at->blanks) && step_gap(s, at))
        return;
    switch ((tone_place_kind)at->kind) {
    case TONE_PLACE_VALUE:
        step_value(s, at->frame, at->a);
        break;
    case TONE_PLACE_SCALAR:
        step_scalar(s, at);
        break;
    case TONE_PLACE_RULE:
        step_rule(s, at->frame, at->c, at->a, at->leaving);
        break;
    case TONE_PLACE_AFTER:
        step_after(s, at->frame);
        break;
    case TONE_PLACE_CLOSE:
        step_close(s, at->frame);
        break;
    case TONE_PLACE_OPEN:
        step_open(s, at->frame, !at->leaving);
        break;
    case TONE_PLACE_NAME:
        step_name(s, at->frame, !at->leaving);
        break;
    case TONE_PLACE_KEY:
        step_key(s, at->frame, at->a, at->b, at->c);
        break;
    case TONE_PLACE_EXTRA:
        step_extra(s, at);
        break;
    }
}

uint32_t tone_walk_step(tone_walk *w, uint32_t first, uint32_t n, uint32_t symbol)
{
    step s = {.w = w, .p = w->program, .first = w->n_places, .symbol = symbol};
    w->base_frames = w->n_frames;
    w->n_expanded = 0;
    if (w->program->remembers) {
        if (!tone_walk_room(w, (void **)&w->path, &w->room_path, (uint64_t)w->n_path + 1, 1))
            return 0;
        w->path[w->n_path++] = (char)(symbol < 256 ? symbol : TONE_QUOTE_BYTE);
    }
    for (uint32_t i = 0; i < n; i++) {
        tone_place at = w->places[first + i]; /* a copy: the array moves */
        step_place(&s, &at);
    }
    return w->status ? 0 : w->n_places - s.first;
}

uint32_t tone_walk_arrive(tone_walk *w, const tone_place *at, uint32_t state, uint32_t chars)
{
    step s = {.w = w, .p = w->program, .first = w->n_places};
    w->base_frames = w->n_frames;
    if (at->kind == TONE_PLACE_SCALAR)
        emit_scalar(&s, at->frame, at->c, at->dfa, state, chars);
    else if (at->kind == TONE_PLACE_EXTRA)
        emit_extra(&s, at, state);
    else
        emit_rule(&s, at->frame, at->c, state);
    return w->status ? 0 : w->n_places - s.first;
}

bool tone_walk_read(tone_walk *w, uint32_t symbol)
{
    tone_walk_mark m = tone_walk_mark_now(w);
    uint32_t first = w->n_places, n = tone_walk_step(w, 0, w->n_now, symbol);
    if (!n) {
        tone_walk_back(w, &m);
        return false;
    }
    tone_walk_settle(w, first, n);
    return true;
}

tone_status tone_walk_reset(tone_walk *w, const tone_program *p)
{
    w->program = p;
    w->status = TONE_OK;
    w->n_places = w->n_now = w->n_frames = w->n_edges = w->n_words = w->n_seen = w->n_bytes = w->n_path = w->tail = w->kept_frames = 0;
    if (!tone_walk_room(w, (void **)&w->places, &w->room_places, 1, sizeof *w->places) ||
        !tone_walk_room(w, (void **)&w->frames, &w->room_frames, 1, sizeof *w->frames))
        return w->status;
    w->frames[0] = (tone_frame){.kind = TONE_FRAME_ROOT, .parents = TONE_NOTHING, .seen = TONE_NOTHING};
    w->n_frames = 1;
    uint32_t height = tone_program_height(p, p->root);
    if (height > p->max_depth)
        return TONE_OK; /* nothing is possible */
    if (p->root & 1) {
        const tone_dfa *d = p->rules[p->root / 2].dfa;
        w->places[0] = (tone_place){.kind = TONE_PLACE_RULE, .dfa = d, .a = d->start, .c = p->root / 2};
    } else {
        w->places[0] = (tone_place){.kind = TONE_PLACE_VALUE, .a = p->root / 2};
    }
    w->n_places = w->n_now = 1;
    return TONE_OK;
}

/* Whether the text may end once the thing inside `frame` is complete. */
static bool may_end_after(const tone_walk *w, uint32_t frame)
{
    const tone_frame *f = &w->frames[frame];
    if (f->kind == TONE_FRAME_ROOT)
        return true;
    if (f->kind != TONE_FRAME_RETURN || !(w->program->rules[f->shape].dfa->flags[f->n] & TONE_DFA_ACCEPT))
        return false;
    for (uint32_t e = f->parents; e != TONE_NOTHING; e = w->edges[e].next)
        if (may_end_after(w, w->edges[e].frame))
            return true;
    return false;
}

bool tone_walk_ends(const tone_walk *w, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++) {
        const tone_place *at = &w->places[i];
        bool inside = at->kind == TONE_PLACE_SCALAR || at->kind == TONE_PLACE_RULE;
        if (inside && !(at->dfa->flags[at->a] & TONE_DFA_ACCEPT))
            continue;
        if ((inside || at->kind == TONE_PLACE_AFTER) && may_end_after(w, at->frame))
            return true;
    }
    return false;
}

bool tone_walk_compares(const tone_walk *w, const tone_place *at)
{
    if (at->kind == TONE_PLACE_EXTRA)
        return true;
    const tone_frame *f = &w->frames[at->frame];
    return at->kind == TONE_PLACE_SCALAR && f->kind == TONE_FRAME_ARRAY && w->program->arrays[f->shape].unique;
}

/* Masks.  The tree of tokens is walked together with the text's places.  A place inside an automaton goes its way
 * through the tree alone: by table, and from the root by a mask that was made before; only where the automaton is left
 * (a string's closing quote in the middle of a token) does the general walk go on. */
#include <string.h>

#include "constrain/constraint.h"

enum { WIDE = 40 /* symbols a state must read for its mask to be worth keeping */ };

typedef struct masker {
    tone_constraint *c;
    const tone_constraint_vocab *v;
    tone_walk *w;
    uint64_t *bits;
    tone_status status;
} masker;

static void walk_places(masker *m, uint32_t node, uint32_t first, uint32_t n);

static bool has(const uint64_t set[5], uint32_t symbol)
{
    return set[symbol / 64] >> symbol % 64 & 1;
}

static bool reads_bytes(const uint64_t set[5])
{
    return (set[0] | set[1] | set[2] | set[3]) != 0;
}

/* Go on below a node with places[first … first+n), none of which is in an automaton that reads. */
static void walk_others(masker *m, uint32_t node, uint32_t first, uint32_t n)
{
    const tone_constraint_vocab *v = m->v;
    tone_walk *w = m->w;
    uint64_t set[5] = {0};
    for (uint32_t i = first; i < first + n; i++)
        tone_walk_reads(w, &w->places[i], set);
    if (!reads_bytes(set))
        return;
    tone_walk_mark mark = tone_walk_mark_now(w);
    for (uint32_t c = v->first[node]; c < v->first[node + 1]; c++) {
        if (!has(set, v->byte[c]))
            continue;
        uint32_t to = w->n_places, got = tone_walk_step(w, first, n, v->byte[c]);
        if (got) {
            tone_vocab_set(v, m->bits, c);
            if (v->first[c] < v->first[c + 1])
                walk_places(m, c, to, got);
        }
        tone_walk_back(w, &mark);
    }
}

/* The automaton of `at` has come to `state` at a node and can be left there. */
static void leave(masker *m, const tone_place *at, uint32_t node, uint32_t state, uint32_t chars)
{
    tone_walk *w = m->w;
    bool goes_on = m->v->first[node] < m->v->first[node + 1];
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t first = w->n_places;
    if (at->dfa->flags[state] & TONE_DFA_FINAL) {
        uint32_t n = tone_walk_arrive(w, at, state, chars);
        if (n) {
            tone_vocab_set(m->v, m->bits, node);
            if (goes_on)
                walk_others(m, node, first, n);
        }
    } else if (goes_on && tone_walk_room(w, (void **)&w->places, &w->room_places, (uint64_t)first + 1, sizeof *w->places)) {
        w->places[first] = *at;
        w->places[first].a = state;
        w->places[first].leaving = 1;
        if (at->kind == TONE_PLACE_SCALAR)
            w->places[first].b = chars;
        w->n_places++;
        walk_others(m, node, first, 1);
    }
    tone_walk_back(w, &mark);
}

/* Whether a counted string may go from one state to another, and the characters it then has. */
static bool count(const tone_value *v, const tone_dfa *d, uint32_t from, uint32_t to, uint32_t *chars)
{
    bool between = d->flags[from] & TONE_DFA_BOUNDARY, closes = d->flags[to] & TONE_DFA_ACCEPT;
    if (between && (closes ? *chars < v->min_chars : *chars >= v->max_chars))
        return false;
    if (d->flags[to] & TONE_DFA_BOUNDARY && from != d->start && (v->max_chars != UINT32_MAX || *chars < v->min_chars))
        ++*chars;
    return true;
}

/* The automaton's own way below a node, step by step. */
static void walk_automaton(masker *m, const tone_place *at, uint32_t node, uint32_t state, uint32_t chars)
{
    const tone_constraint_vocab *v = m->v;
    const tone_dfa *d = at->dfa;
    const tone_value *value = d->counted && at->kind == TONE_PLACE_SCALAR ? &m->w->program->values[at->c] : NULL;
    bool remembers = m->w->program->remembers;
    for (uint32_t c = v->first[node]; c < v->first[node + 1]; c++) {
        uint32_t to = tone_dfa_next(d, state, v->byte[c]), now = chars;
        if (!to || (value && !count(value, d, state, to, &now)))
            continue;
        if (remembers) {
            if (!tone_walk_room(m->w, (void **)&m->w->path, &m->w->room_path, (uint64_t)m->w->n_path + 1, 1))
                return;
            m->w->path[m->w->n_path++] = (char)v->byte[c];
        }
        if (!(d->flags[to] & TONE_DFA_FINAL))
            tone_vocab_set(v, m->bits, c);
        if (d->flags[to] & (TONE_DFA_ACCEPT | TONE_DFA_CALLS))
            leave(m, at, c, to, now);
        if (v->first[c] < v->first[c + 1])
            walk_automaton(m, at, c, to, now);
        if (remembers)
            m->w->n_path--;
    }
}

/* Put the bytes from the root to a node behind the path. */
static bool push_path(masker *m, uint32_t node)
{
    char bytes[TONE_PIECE_BYTES];
    tone_walk *w = m->w;
    uint32_t n = tone_vocab_path(m->v, node, bytes);
    if (!tone_walk_room(w, (void **)&w->path, &w->room_path, (uint64_t)w->n_path + n, 1))
        return false;
    memcpy(w->path + w->n_path, bytes, n);
    w->n_path += n;
    return true;
}

/* The nodes where the automaton ends, given as a list; of those, the ones with min … max characters. */
static void end_all(masker *m, const tone_place *at, const tone_leave *leaves, uint32_t n, uint32_t min, uint32_t max)
{
    tone_walk *w = m->w;
    const tone_constraint_vocab *v = m->v;
    bool compares = tone_walk_compares(w, at); /* else what comes behind is the same everywhere */
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t first = w->n_places, got = 0;
    uint64_t set[5] = {0};
    if (!compares && n) {
        got = tone_walk_arrive(w, at, leaves[0].state, 0);
        for (uint32_t k = first; k < first + got; k++)
            tone_walk_reads(w, &w->places[k], set);
        if (!got)
            n = 0;
    }
    for (uint32_t i = 0; i < n && !w->status; i++) {
        const tone_leave *l = &leaves[i];
        if (l->chars < min || l->chars > max)
            continue;
        if (compares) {
            if (push_path(m, l->node))
                leave(m, at, l->node, l->state, at->b + l->chars);
            tone_walk_back(w, &mark);
            continue;
        }
        tone_vocab_set(v, m->bits, l->node);
        bool any = false;
        for (uint32_t c = v->first[l->node]; c < v->first[l->node + 1] && !any; c++)
            any = has(set, v->byte[c]);
        if (any)
            walk_others(m, l->node, first, got);
    }
    tone_walk_back(w, &mark);
}

/* The nodes with which something else begins behind an automaton that could have gone on. */
static void exit_all(masker *m, const tone_place *at, const tone_leave *exits, uint32_t n)
{
    tone_walk *w = m->w;
    const tone_constraint_vocab *v = m->v;
    tone_walk_mark mark = tone_walk_mark_now(w);
    bool compares = tone_walk_compares(w, at);
    tone_place leaving = *at;
    uint64_t set[5] = {0};
    leaving.leaving = 1;
    leaving.a = TONE_NOTHING;
    for (uint32_t i = 0; i < n && !w->status; i++) {
        const tone_leave *x = &exits[i];
        if (x->state != leaving.a) {
            leaving.a = x->state;
            memset(set, 0, sizeof set);
            tone_walk_reads(w, &leaving, set);
        }
        if (!has(set, v->byte[x->node]))
            continue;
        if (!tone_walk_room(w, (void **)&w->places, &w->room_places, (uint64_t)w->n_places + 1, sizeof *w->places) ||
            (compares && !push_path(m, v->parent[x->node])))
            break;
        w->places[w->n_places++] = leaving;
        uint32_t to = w->n_places, got = tone_walk_step(w, to - 1, 1, v->byte[x->node]);
        if (got) {
            tone_vocab_set(v, m->bits, x->node);
            walk_places(m, x->node, to, got);
        }
        tone_walk_back(w, &mark);
    }
    tone_walk_back(w, &mark);
}

static void join(uint64_t *bits, const uint64_t *more, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        bits[i] |= more[i];
}

/* In the body of a counted string, at the root: there is a mask for any room. */
static void free_text(masker *m, const tone_place *at, const tone_free_text *f)
{
    const tone_value *value = at->kind == TONE_PLACE_SCALAR ? &m->w->program->values[at->c] : NULL;
    uint32_t room = value && value->max_chars != UINT32_MAX ? value->max_chars - at->b : UINT32_MAX;
    uint32_t min = value && value->min_chars > at->b ? value->min_chars - at->b : 0;
    const uint64_t *stay = f->stay + (size_t)(room < m->v->longest ? room : m->v->longest) * m->v->n_words;
    join(m->bits, stay, m->v->n_words);
    end_all(m, at, f->leaves, f->n_leaves, min, room);
    exit_all(m, at, f->exits, f->n_exits);
}

/* The masks of a counted string of the program's own. */
static const tone_free_text *counted_text(masker *m, const tone_dfa *d, uint32_t body)
{
    tone_constraint *c = m->c;
    for (uint32_t i = 0; i < c->n_texts; i++)
        if (c->texts[i].dfa == d && c->texts[i].body == body)
            return &c->texts[i];
    tone_free_text made;
    m->status = tone_vocab_free_text(m->v, &made, d, body);
    if (m->status)
        return NULL;
    uint32_t at = c->next_text;
    c->next_text = (at + 1) % TONE_CACHED_TEXTS;
    if (at == c->n_texts)
        c->n_texts++;
    else
        tone_free_text_clear(&c->texts[at]);
    c->texts[at] = made;
    return &c->texts[at];
}

/* Bytes that can come behind an automaton: those between values, and whatever rules read. */
static void follow_set(const tone_program *p, uint64_t follow[4])
{
    static const char between[] = ",:]}\n";
    memset(follow, 0, 4 * sizeof *follow);
    for (const char *c = between; *c; c++)
        follow[*c / 64] |= UINT64_C(1) << *c % 64;
    for (uint32_t i = 0; i < p->n_rules; i++)
        for (uint32_t s = 1; s < p->rules[i].dfa->n_states; s++)
            for (int k = 0; k < 4; k++)
                follow[k] |= p->rules[i].dfa->reads[s][k];
    for (uint32_t i = 0; i < p->n_values && p->n_rules; i++) { /* a rule may call any value */
        const tone_value *v = &p->values[i];
        for (uint32_t k = 0; k < v->n_scalars; k++)
            for (int q = 0; q < 4; q++)
                follow[q] |= v->scalars[k]->reads[v->scalars[k]->start][q];
    }
    if (p->n_values)
        for (const char *c = "[{\""; *c; c++)
            follow[*c / 64] |= UINT64_C(1) << *c % 64;
}

static const tone_state_mask *cached(masker *m, const tone_dfa *d, uint32_t state)
{
    tone_constraint *c = m->c;
    for (uint32_t i = 0; i < c->n_cached; i++)
        if (c->cache[i].dfa == d && c->cache[i].state == state)
            return &c->cache[i].mask;
    tone_state_mask made;
    uint64_t follow[4];
    follow_set(&c->program, follow);
    m->status = tone_vocab_state_mask(m->v, &made, d, state, follow);
    if (m->status)
        return NULL;
    uint32_t at = c->next_cached;
    c->next_cached = (at + 1) % TONE_CACHED_MASKS;
    if (at == c->n_cached)
        c->n_cached++;
    else
        tone_state_mask_clear(&c->cache[at].mask);
    c->cache[at] = (tone_cached_mask){d, state, made};
    return &c->cache[at].mask;
}

static uint32_t n_reads(const tone_dfa *d, uint32_t state)
{
    uint32_t n = 0;
    for (int i = 0; i < 4; i++)
        n += (uint32_t)__builtin_popcountll(d->reads[state][i]);
    return n;
}

/* Whether every single symbol has to be looked at: texts are compared and could run out on the way, or a rule could
 * lead deeper than it may. */
static bool symbols_matter(const tone_walk *w, const tone_place *at)
{
    if (at->kind == TONE_PLACE_RULE)
        return w->program->rules[at->c].highest > tone_walk_levels(w, &w->frames[at->frame]);
    return tone_walk_compares(w, at) && !at->dfa->ends_only;
}

/* A place inside an automaton, with all tokens before it. */
static void from_root(masker *m, const tone_place *at)
{
    const tone_dfa *d = at->dfa;
    const tone_value *value = at->kind == TONE_PLACE_SCALAR ? &m->w->program->values[at->c] : NULL;
    for (int k = 0; k <= TONE_TEXT_KINDS; k++) {
        const tone_free_text *f = &m->v->free_text[k];
        if (d == m->w->program->any[k < TONE_TEXT_KINDS ? k : TONE_TEXT_KEY] && at->a == f->body) {
            free_text(m, at, f);
            return;
        }
    }
    bool bounded = value && d->counted && (value->min_chars > at->b || value->max_chars != UINT32_MAX);
    if (bounded && d->flags[at->a] & TONE_DFA_BOUNDARY && n_reads(d, at->a) >= WIDE) {
        const tone_free_text *f = counted_text(m, d, at->a);
        if (f)
            free_text(m, at, f);
        return;
    }
    if (symbols_matter(m->w, at)) {
        tone_walk_mark mark = tone_walk_mark_now(m->w);
        if (tone_walk_room(m->w, (void **)&m->w->places, &m->w->room_places, (uint64_t)m->w->n_places + 1, sizeof *m->w->places)) {
            m->w->places[m->w->n_places++] = *at;
            walk_others(m, 0, mark.n_places, 1);
        }
        tone_walk_back(m->w, &mark);
        return;
    }
    if (d->flags[at->a] & TONE_DFA_FREE) {
        uint64_t set[5] = {0};
        tone_place leaving = *at;
        leaving.leaving = 1;
        tone_walk_reads(m->w, &leaving, set);
        if (!reads_bytes(set)) {
            join(m->bits, m->v->text, m->v->n_words);
            return;
        }
    }
    if (bounded || n_reads(d, at->a) < WIDE) {
        walk_automaton(m, at, 0, at->a, at->b);
        return;
    }
    const tone_state_mask *mask = cached(m, d, at->a);
    if (mask) {
        join(m->bits, mask->stay, m->v->n_words);
        end_all(m, at, mask->leaves, mask->n_leaves, 0, UINT32_MAX);
        exit_all(m, at, mask->exits, mask->n_exits);
    }
}

/* Whether a place goes its way by table: it is in an automaton, and neither what was written before nor how deep it is
 * matters on the way.  At the root from_root() sees to those cases. */
static bool goes_alone(const masker *m, const tone_place *at, uint32_t node)
{
    const tone_walk *w = m->w;
    if (at->kind != TONE_PLACE_SCALAR && at->kind != TONE_PLACE_RULE && at->kind != TONE_PLACE_EXTRA)
        return false;
    if (at->dfa->flags[at->a] & TONE_DFA_FINAL)
        return false; /* behind a key's closing quote */
    return !node || !symbols_matter(w, at);
}

/* Before a key, all keys that are not named go their way by table, too: the place itself leaves them out then. */
static bool has_extras(const tone_walk *w, const tone_place *at)
{
    const tone_frame *f = &w->frames[at->frame];
    if (at->kind != TONE_PLACE_NAME && !(at->kind == TONE_PLACE_OPEN && f->kind == TONE_FRAME_OBJECT))
        return false;
    return tone_frame_extras_open(w, f) != 0;
}

static void extras_from_root(masker *m, uint32_t frame)
{
    tone_walk *w = m->w;
    const tone_object *o = &w->program->objects[w->frames[frame].shape];
    uint64_t open = tone_frame_extras_open(w, &w->frames[frame]);
    tone_walk_mark mark = tone_walk_mark_now(w);
    w->tail = w->n_path;
    for (uint32_t e = 0; e < o->n_extras; e++) {
        const tone_dfa *d = o->extras[e].keys;
        if (open >> e & 1)
            from_root(m, &(tone_place){.kind = TONE_PLACE_EXTRA, .dfa = d, .frame = frame, .a = d->start, .b = e});
    }
    tone_walk_back(w, &mark);
}

/* All ways below a node from places[first … first+n). */
static void walk_places(masker *m, uint32_t node, uint32_t first, uint32_t n)
{
    tone_walk *w = m->w;
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t others = w->n_places, n_others = 0;
    if (!tone_walk_room(w, (void **)&w->places, &w->room_places, (uint64_t)w->n_places + n, sizeof *w->places))
        return;
    for (uint32_t i = first; i < first + n; i++) {
        if (!goes_alone(m, &w->places[i], node)) {
            w->places[w->n_places] = w->places[i];
            w->places[w->n_places++].leaving = !node && has_extras(w, &w->places[i]);
            n_others++;
        }
    }
    if (n_others)
        walk_others(m, node, others, n_others);
    tone_walk_back(w, &mark);
    for (uint32_t i = first; i < first + n && !node; i++)
        if (has_extras(w, &w->places[i]))
            extras_from_root(m, w->places[i].frame);
    for (uint32_t i = first; i < first + n && !m->status; i++) {
        tone_place at = w->places[i]; /* a copy: the array moves */
        if (!goes_alone(m, &at, node))
            continue;
        if (!node)
            from_root(m, &at);
        else
            walk_automaton(m, &at, node, at.a, at.b);
        if (at.dfa->flags[at.a] & (TONE_DFA_ACCEPT | TONE_DFA_CALLS) && !(at.dfa->flags[at.a] & TONE_DFA_FINAL) &&
            !(node == 0 && symbols_matter(w, &at)))
            leave(m, &at, node, at.a, at.b);
    }
}

tone_status tone_mask_fill(tone_constraint *c, tone_walk *w, uint64_t *bits)
{
    masker m = {.c = c, .v = c->vocab, .w = w, .bits = bits};
    walk_places(&m, 0, 0, w->n_now);
    return m.status ? m.status : w->status;
}

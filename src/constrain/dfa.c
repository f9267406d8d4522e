/* Building automata: derivatives of an expression, a table made elsewhere, the union of several.  All end in finish(),
 * which removes what leads nowhere, joins columns that are alike and works out the facts of each state. */
#include "constrain/dfa.h"

#include <stdlib.h>
#include <string.h>

enum { STATES_MAX = 65535, CUTS_MAX = 700 };

/* A growing table of rows, one column a readable symbol or class. */
typedef struct table {
    uint16_t *next;
    uint8_t *flags;
    uint32_t n, room, width;
} table;

static bool table_room(table *t, uint32_t n)
{
    if (n <= t->room)
        return true;
    uint32_t room = t->room ? t->room * 2 : 64;
    if (room < n)
        room = n;
    uint16_t *next = realloc(t->next, (size_t)room * t->width * sizeof *next);
    if (next)
        t->next = next;
    uint8_t *flags = realloc(t->flags, room);
    if (flags)
        t->flags = flags;
    if (!next || !flags)
        return false;
    t->room = room;
    return true;
}

/* A new row of zeros; returns its number, 0 when memory ran out. */
static uint32_t table_add(table *t, uint8_t flags)
{
    if (!table_room(t, t->n + 1))
        return 0;
    memset(t->next + (size_t)t->n * t->width, 0, t->width * sizeof *t->next);
    t->flags[t->n] = flags;
    return t->n++;
}

static void table_clear(table *t)
{
    free(t->next);
    free(t->flags);
}

/* Which states reach acceptance, by sweeps over the table against the usual direction until nothing changes. */
static void mark_alive(const tone_dfa *d, uint8_t *alive)
{
    for (uint32_t s = 1; s < d->n_states; s++)
        alive[s] = d->flags[s] & TONE_DFA_ACCEPT;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t s = d->n_states; s-- > 1;) {
            if (alive[s])
                continue;
            for (uint32_t c = 0; c < d->n_classes && !alive[s]; c++)
                alive[s] = alive[d->next[s * d->n_classes + c]];
            for (uint32_t i = 0; i < d->n_calls && !alive[s]; i++)
                alive[s] = d->calls[i].state == s && alive[d->calls[i].back];
            changed |= alive[s] != 0;
        }
    }
}

/* Renumber so that only living states are left. */
static void drop_dead(tone_dfa *d, const uint8_t *alive, uint16_t *name)
{
    uint32_t n = 1;
    name[0] = 0;
    for (uint32_t s = 1; s < d->n_states; s++)
        name[s] = alive[s] ? (uint16_t)n++ : 0;
    for (uint32_t s = 0; s < d->n_states; s++) {
        if (s && !alive[s])
            continue;
        for (uint32_t c = 0; c < d->n_classes; c++)
            d->next[(uint32_t)name[s] * d->n_classes + c] = name[d->next[s * d->n_classes + c]];
        d->flags[name[s]] = d->flags[s];
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->n_calls; i++) {
        tone_dfa_call c = d->calls[i];
        if (alive[c.state] && alive[c.back])
            d->calls[kept++] = (tone_dfa_call){name[c.state], c.what, name[c.back]};
    }
    d->n_calls = kept;
    d->n_states = n;
    d->start = name[d->start];
}

/* Columns that agree in every row become one. */
static void join_columns(tone_dfa *d, uint16_t *to)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < d->n_classes; c++) {
        uint32_t same = 0;
        for (; same < n; same++) {
            uint32_t s = 0;
            while (s < d->n_states && d->next[s * d->n_classes + same] == d->next[s * d->n_classes + c])
                s++;
            if (s == d->n_states)
                break;
        }
        to[c] = (uint16_t)same;
        if (same == n) {
            for (uint32_t s = 0; s < d->n_states; s++)
                d->next[s * d->n_classes + n] = d->next[s * d->n_classes + c];
            n++;
        }
    }
    uint32_t old = d->n_classes;
    for (uint32_t s = 0; s < d->n_states; s++)
        memmove(d->next + s * n, d->next + s * old, n * sizeof *d->next);
    for (uint32_t b = 0; b < TONE_SYM_READ; b++)
        d->class_of[b] = to[d->class_of[b]];
    d->n_classes = n;
}

/* Fewest symbols to acceptance, and how many texts lead there. */
static bool measure(tone_dfa *d)
{
    uint32_t *per_class = calloc(d->n_classes ? d->n_classes : 1, sizeof *per_class);
    if (!per_class)
        return false;
    for (uint32_t b = 0; b < TONE_SYM_READ; b++)
        per_class[d->class_of[b]]++;
    for (uint32_t s = 0; s < d->n_states; s++) {
        d->dist[s] = d->flags[s] & TONE_DFA_ACCEPT ? 0 : UINT32_MAX / 4;
        d->counts[s] = s == 0 ? 0 : TONE_DFA_MANY;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t s = d->n_states; s-- > 1;) {
            uint32_t best = d->dist[s];
            uint64_t sum = d->flags[s] & TONE_DFA_ACCEPT ? 1 : 0;
            for (uint32_t c = 0; c < d->n_classes; c++) {
                uint32_t to = d->next[s * d->n_classes + c];
                if (!to)
                    continue;
                if (d->dist[to] + 1 < best)
                    best = d->dist[to] + 1;
                sum = d->counts[to] == TONE_DFA_MANY || sum == TONE_DFA_MANY ? TONE_DFA_MANY : sum + (uint64_t)d->counts[to] * per_class[c];
                if (sum > TONE_DFA_MANY)
                    sum = TONE_DFA_MANY;
            }
            if (d->flags[s] & TONE_DFA_CALLS)
                sum = TONE_DFA_MANY;
            /* A state on a cycle never gets all its counts and stays MANY, as it should. */
            changed |= best != d->dist[s] || sum != d->counts[s];
            d->dist[s] = best;
            d->counts[s] = (uint32_t)sum;
        }
    }
    free(per_class);
    return true;
}

static bool calls_index(tone_dfa *d)
{
    d->first_call = calloc(d->n_states + 1, sizeof *d->first_call);
    if (!d->first_call)
        return false;
    for (uint32_t i = 0; i < d->n_calls; i++)
        d->first_call[d->calls[i].state + 1]++;
    for (uint32_t s = 0; s < d->n_states; s++) {
        if (d->first_call[s + 1])
            d->flags[s] |= TONE_DFA_CALLS;
        d->first_call[s + 1] += d->first_call[s];
    }
    return true;
}

static int by_state(const void *a, const void *b)
{
    const tone_dfa_call *x = a, *y = b;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    return x->what < y->what ? -1 : x->what > y->what;
}

/* What each state reads, and the flags that follow from it. */
static void describe(tone_dfa *d)
{
    uint64_t sets[TONE_SYM_READ][5] = {{0}}; /* symbols of each class */
    for (uint32_t b = 0; b < TONE_SYM_READ; b++)
        sets[d->class_of[b]][b / 64] |= UINT64_C(1) << b % 64;
    d->ends_only = true;
    for (uint32_t s = 1; s < d->n_states; s++) {
        bool leads_on = d->flags[s] & TONE_DFA_CALLS, free_here = true;
        for (uint32_t c = 0; c < d->n_classes; c++) {
            uint32_t to = d->next[s * d->n_classes + c];
            for (int i = 0; i < 5 && to; i++)
                d->reads[s][i] |= sets[c][i];
            leads_on |= to != 0;
            free_here &= to == s || !(sets[c][0] | sets[c][1] | sets[c][2] | sets[c][3]);
        }
        if (!leads_on)
            d->flags[s] |= TONE_DFA_FINAL;
        if (free_here)
            d->flags[s] |= TONE_DFA_FREE;
        if (d->counts[s] != TONE_DFA_MANY) {
            d->flags[s] |= TONE_DFA_FINITE;
            d->ends_only &= !leads_on;
        }
    }
}

/* d has next, flags, class_of, calls and start; the rest is made here.  Takes d; *out is NULL on failure. */
static tone_status finish(tone_dfa **out, tone_dfa *d)
{
    size_t n = d->n_states > d->n_classes ? d->n_states : d->n_classes;
    uint8_t *alive = calloc(d->n_states, 1);
    uint16_t *name = calloc(n, sizeof *name);
    *out = NULL;
    if (!alive || !name)
        goto fail;
    join_columns(d, name); /* first, as the rest goes through the table again and again */
    mark_alive(d, alive);
    drop_dead(d, alive, name);
    join_columns(d, name);
    d->dist = calloc(d->n_states, sizeof *d->dist);
    d->counts = calloc(d->n_states, sizeof *d->counts);
    d->reads = calloc(d->n_states, sizeof *d->reads);
    if (d->n_calls)
        qsort(d->calls, d->n_calls, sizeof *d->calls, by_state);
    if (!d->dist || !d->counts || !d->reads || !calls_index(d) || !measure(d))
        goto fail;
    describe(d);
    free(alive);
    free(name);
    *out = d;
    return TONE_OK;
fail:
    free(alive);
    free(name);
    tone_dfa_free(d);
    return TONE_ERR_NO_MEMORY;
}

/* Take the rows of t into a new automaton; t is empty afterwards. */
static tone_dfa *of_rows(table *t, uint32_t start)
{
    tone_dfa *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->n_states = t->n;
    d->n_classes = t->width;
    d->next = t->next;
    d->flags = t->flags;
    d->start = start;
    t->next = NULL;
    t->flags = NULL;
    return d;
}

/* Expressions and their states. */
typedef struct names {
    uint32_t *re, *state; /* open addressing, re 0 (the dead expression) is free */
    uint32_t n, room;
} names;

static uint32_t *names_at(names *m, uint32_t re)
{
    uint32_t at = re * 2654435761u & (m->room - 1);
    while (m->re[at] && m->re[at] != re)
        at = (at + 1) & (m->room - 1);
    m->re[at] = re;
    return &m->state[at];
}

static bool names_grow(names *m)
{
    names to = {.room = m->room ? m->room * 2 : 256, .n = m->n};
    to.re = calloc(to.room, sizeof *to.re);
    to.state = calloc(to.room, sizeof *to.state);
    if (!to.re || !to.state) {
        free(to.re);
        free(to.state);
        return false;
    }
    for (uint32_t i = 0; i < m->room; i++)
        if (m->re[i])
            *names_at(&to, m->re[i]) = m->state[i];
    free(m->re);
    free(m->state);
    *m = to;
    return true;
}

/* The state of expression r, made if need be; 0 for the dead one and when something failed (*failed says). */
static uint16_t state_of(names *m, table *t, uint32_t **res, tone_re_pool *p, tone_re r, uint32_t limit, tone_status *failed)
{
    if (r == TONE_RE_NONE)
        return 0;
    uint32_t *state = names_at(m, r);
    if (*state)
        return (uint16_t)*state;
    if (t->n > limit || t->n >= STATES_MAX) {
        *failed = TONE_ERR_LIMIT;
        return 0;
    }
    uint32_t before = t->room, made = table_add(t, tone_re_nullable(p, r) ? TONE_DFA_ACCEPT : 0);
    if (!made) {
        *failed = TONE_ERR_NO_MEMORY;
        return 0;
    }
    if (t->room != before) {
        uint32_t *more = realloc(*res, t->room * sizeof *more);
        if (!more) {
            *failed = TONE_ERR_NO_MEMORY;
            return 0;
        }
        *res = more;
    }
    (*res)[made] = r;
    *state = made;
    if (++m->n * 2 > m->room && !names_grow(m))
        *failed = TONE_ERR_NO_MEMORY;
    return (uint16_t)made;
}

static bool add_call(tone_dfa_call **calls, uint32_t *n, tone_dfa_call c)
{
    if ((*n & (*n - 1)) == 0) {
        tone_dfa_call *more = realloc(*calls, (*n ? *n * 2 : 1) * sizeof *more);
        if (!more)
            return false;
        *calls = more;
    }
    (*calls)[(*n)++] = c;
    return true;
}

tone_status tone_dfa_of_re(tone_dfa **out, tone_re_pool *p, tone_re r, uint32_t limit)
{
    *out = NULL;
    uint32_t cuts[CUTS_MAX];
    size_t n_cuts = tone_re_cuts(p, r, cuts, CUTS_MAX);
    if (tone_re_pool_status(p))
        return tone_re_pool_status(p);
    if (!n_cuts)
        return TONE_ERR_LIMIT;
    uint32_t width = 0;
    while (width < n_cuts && cuts[width] < TONE_SYM_READ)
        width++;

    tone_status st = TONE_OK;
    table t = {.width = width};
    names m = {0};
    uint32_t *res = NULL, n_calls = 0;
    tone_dfa_call *calls = NULL;
    tone_dfa *d = NULL;
    if (!table_room(&t, 64) || !(res = malloc(t.room * sizeof *res)) || !names_grow(&m)) {
        st = TONE_ERR_NO_MEMORY;
        goto done;
    }
    table_add(&t, 0); /* the dead state */
    uint16_t start = state_of(&m, &t, &res, p, r, limit, &st);
    for (uint32_t s = 1; s < t.n && !st; s++) {
        for (size_t c = 0; c < n_cuts && !st; c++) {
            if (cuts[c] >= TONE_SYM_READ && cuts[c] < TONE_SYM_CALL)
                continue;
            uint16_t to = state_of(&m, &t, &res, p, tone_re_derive(p, res[s], cuts[c]), limit, &st);
            if (c < width)
                t.next[s * width + c] = to;
            else if (to && cuts[c] < TONE_SYM_LAST && !add_call(&calls, &n_calls, (tone_dfa_call){s, cuts[c] - TONE_SYM_CALL, to}))
                st = TONE_ERR_NO_MEMORY;
        }
        if (tone_re_pool_status(p))
            st = tone_re_pool_status(p);
    }
    if (!st && !(d = of_rows(&t, start)))
        st = TONE_ERR_NO_MEMORY;
    if (!st) {
        for (uint32_t b = 0, c = 0; b < TONE_SYM_READ; b++) {
            if (c + 1 < width && cuts[c + 1] == b)
                c++;
            d->class_of[b] = (uint16_t)c;
        }
        d->calls = calls;
        d->n_calls = n_calls;
        calls = NULL;
        st = finish(out, d);
    }
done:
    free(calls);
    free(res);
    free(m.re);
    free(m.state);
    table_clear(&t);
    return st;
}

tone_status tone_dfa_of_words(tone_dfa **out, const tone_word *words, size_t n)
{
    *out = NULL;
    uint16_t class_of[TONE_SYM_READ] = {0};
    table t = {.width = 1}; /* class 0: bytes that occur nowhere */
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < words[i].n; k++)
            if (!class_of[tone_symbol_of(words[i].bytes[k])])
                class_of[tone_symbol_of(words[i].bytes[k])] = (uint16_t)t.width++;
    tone_status st = table_room(&t, 64) ? TONE_OK : TONE_ERR_NO_MEMORY;
    if (!st) {
        table_add(&t, 0);
        table_add(&t, 0);
    }
    for (size_t i = 0; i < n && !st; i++) {
        uint32_t s = 1;
        for (size_t k = 0; k < words[i].n && !st; k++) {
            size_t at = (size_t)s * t.width + class_of[tone_symbol_of(words[i].bytes[k])];
            uint32_t to = t.next[at];
            if (!to && t.n >= STATES_MAX) {
                st = TONE_ERR_LIMIT;
            } else if (!to) {
                to = table_add(&t, 0);
                if (to)
                    t.next[at] = (uint16_t)to;
                else
                    st = TONE_ERR_NO_MEMORY;
            }
            s = to;
        }
        if (!st)
            t.flags[s] |= TONE_DFA_ACCEPT;
    }
    tone_dfa *d = st ? NULL : of_rows(&t, 1);
    table_clear(&t);
    if (!d)
        return st ? st : TONE_ERR_NO_MEMORY;
    memcpy(d->class_of, class_of, sizeof class_of);
    return finish(out, d);
}

/* Records of equal size and their states, by hashing. */
typedef struct records {
    uint8_t *all; /* (n, size) */
    uint32_t *slots;
    uint32_t n, room, n_slots;
    size_t size;
} records;

static uint32_t hash_bytes(const uint8_t *bytes, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, n - i < 8 ? n - i : 8);
        h = (h ^ word) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

static bool records_room(records *r)
{
    if (r->n + 1 > r->room) {
        uint32_t room = r->room ? r->room * 2 : 64;
        uint8_t *all = realloc(r->all, room * r->size);
        if (!all)
            return false;
        r->all = all;
        r->room = room;
    }
    if (r->n * 2 >= r->n_slots) {
        uint32_t n_slots = r->n_slots ? r->n_slots * 2 : 128, *slots = calloc(n_slots, sizeof *slots);
        if (!slots)
            return false;
        for (uint32_t i = 1; i < r->n; i++) {
            uint32_t at = hash_bytes(r->all + i * r->size, r->size) & (n_slots - 1);
            while (slots[at])
                at = (at + 1) & (n_slots - 1);
            slots[at] = i;
        }
        free(r->slots);
        r->slots = slots;
        r->n_slots = n_slots;
    }
    return true;
}

/* The number of `record`, a new one when it was not there; 0 when memory ran out.  Number 0 is never given. */
static uint32_t records_find(records *r, const void *record)
{
    if (!records_room(r))
        return 0;
    if (r->n == 0)
        r->n = 1;
    uint32_t at = hash_bytes(record, r->size) & (r->n_slots - 1);
    for (; r->slots[at]; at = (at + 1) & (r->n_slots - 1))
        if (memcmp(r->all + r->slots[at] * r->size, record, r->size) == 0)
            return r->slots[at];
    if (!records_room(r))
        return 0;
    memcpy(r->all + r->n * r->size, record, r->size);
    r->slots[at] = r->n;
    return r->n++;
}

tone_status tone_dfa_explore(tone_dfa **out, const tone_dfa_machine *m, const void *first, uint32_t limit)
{
    *out = NULL;
    tone_status st = TONE_OK;
    table t = {.width = m->class_of ? m->n_classes : (uint32_t)TONE_SYM_READ};
    records r = {.size = m->record_bytes};
    uint8_t *to = malloc(m->record_bytes), *from = malloc(m->record_bytes);
    tone_dfa *d = NULL;
    uint32_t start, symbol_of[TONE_SYM_READ];
    for (uint32_t b = TONE_SYM_READ; b-- > 0;)
        symbol_of[m->class_of ? m->class_of[b] : b] = b;
    if (!to || !from || !table_room(&t, 16) || !(start = records_find(&r, first))) {
        st = TONE_ERR_NO_MEMORY;
        goto done;
    }
    table_add(&t, 0);
    for (uint32_t s = 1; s < r.n && !st; s++) {
        memcpy(from, r.all + s * r.size, r.size);
        if (s > limit || s >= STATES_MAX)
            st = TONE_ERR_LIMIT;
        else if (!table_add(&t, m->flags(m->self, from)))
            st = TONE_ERR_NO_MEMORY;
        for (uint32_t c = 0; c < t.width && !st; c++) {
            if (!m->step(m->self, to, from, symbol_of[c]))
                continue;
            uint32_t made = records_find(&r, to);
            if (!made)
                st = TONE_ERR_NO_MEMORY;
            else if (made >= STATES_MAX)
                st = TONE_ERR_LIMIT;
            else
                t.next[s * t.width + c] = (uint16_t)made;
        }
    }
    if (!st && !(d = of_rows(&t, start)))
        st = TONE_ERR_NO_MEMORY;
    if (!st) {
        for (uint32_t b = 0; b < TONE_SYM_READ; b++)
            d->class_of[b] = m->class_of ? m->class_of[b] : (uint16_t)b;
        st = finish(out, d);
    }
done:
    free(to);
    free(from);
    free(r.all);
    free(r.slots);
    table_clear(&t);
    return st;
}

uint32_t tone_classes_join(uint16_t out[TONE_SYM_READ], const uint16_t *a, const uint16_t *b)
{
    /* The pairs (class of a, class of b), numbered as they come up. */
    uint16_t seen[TONE_SYM_READ];
    uint32_t n = 0;
    for (uint32_t s = 0; s < TONE_SYM_READ; s++) {
        uint32_t k = 0;
        while (k < n && (a[seen[k]] != a[s] || b[seen[k]] != b[s]))
            k++;
        if (k == n)
            seen[n++] = (uint16_t)s;
        out[s] = (uint16_t)k;
    }
    return n;
}

/* The union: a record is one state of each automaton. */
typedef struct several {
    const tone_dfa *const *ds;
    size_t n;
} several;

static bool several_step(const void *self, void *to, const void *from, uint32_t symbol)
{
    const several *u = self;
    const uint16_t *f = from;
    uint16_t *t = to;
    bool any = false;
    for (size_t i = 0; i < u->n; i++) {
        t[i] = (uint16_t)tone_dfa_next(u->ds[i], f[i], symbol);
        any |= t[i] != 0;
    }
    return any;
}

static uint8_t several_flags(const void *self, const void *record)
{
    const several *u = self;
    const uint16_t *r = record;
    uint8_t flags = 0;
    for (size_t i = 0; i < u->n; i++)
        flags |= u->ds[i]->flags[r[i]] & TONE_DFA_ACCEPT;
    return flags;
}

tone_status tone_dfa_union(tone_dfa **out, const tone_dfa *const *ds, size_t n, uint32_t limit)
{
    *out = NULL;
    if (n == 0)
        return TONE_ERR_ARGUMENT;
    uint16_t *first = malloc(n * sizeof *first);
    if (!first)
        return TONE_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        first[i] = (uint16_t)ds[i]->start;
    several u = {ds, n};
    uint16_t classes[TONE_SYM_READ];
    uint32_t n_classes = tone_classes_join(classes, ds[0]->class_of, ds[n - 1]->class_of);
    for (size_t i = 1; i + 1 < n; i++) {
        uint16_t more[TONE_SYM_READ];
        n_classes = tone_classes_join(more, classes, ds[i]->class_of);
        memcpy(classes, more, sizeof classes);
    }
    const tone_dfa_machine m = {&u, n * sizeof *first, several_step, several_flags, classes, n_classes};
    tone_status st = tone_dfa_explore(out, &m, first, limit);
    free(first);
    return st;
}

void tone_dfa_free(tone_dfa *d)
{
    if (!d)
        return;
    free(d->next);
    free(d->flags);
    free(d->dist);
    free(d->counts);
    free(d->reads);
    free(d->calls);
    free(d->first_call);
    free(d);
}

bool tone_dfa_matches(const tone_dfa *d, const char *bytes, size_t n)
{
    uint32_t s = d->start;
    for (size_t i = 0; i < n && s; i++)
        s = tone_dfa_next(d, s, (uint8_t)bytes[i]);
    return s && d->flags[s] & TONE_DFA_ACCEPT;
}

/* Conjunctions: interned sets of literals, and whether one of them is certainly empty. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "constrain/schema.h"

enum { PROBE_DEPTH = 4, PROBE_STATES = 2000, CONJS_MAX = 50000 };

static int by_value(const void *a, const void *b)
{
    tone_literal x = *(const tone_literal *)a, y = *(const tone_literal *)b;
    return x < y ? -1 : x > y;
}

static uint32_t hash_literals(const tone_literal *l, uint32_t n)
{
    uint64_t h = n;
    for (uint32_t i = 0; i < n; i++) {
        h = (h ^ l[i]) * 0x9E3779B97F4A7C15u;
        h ^= h >> 31;
    }
    return (uint32_t)h;
}

static bool slots_grow(tone_compiler *c)
{
    if (c->n_conjs * 2 < c->n_conj_slots)
        return true;
    uint32_t n = c->n_conj_slots ? c->n_conj_slots * 2 : 256, *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < c->n_conjs; i++) {
        uint32_t at = hash_literals(c->conjs[i].literals, c->conjs[i].n) & (n - 1);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = i + 1;
    }
    free(c->conj_slots);
    c->conj_slots = slots;
    c->n_conj_slots = n;
    return true;
}

/* The same schema met in two places is one literal: that keeps the sets, and so their number, small.  "Anything" is
 * left out; "nothing" stands alone. */
static uint32_t tidy(const tone_compiler *c, tone_literal *l, uint32_t n)
{
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        const tone_node *node = &c->nodes[l[i] / 2];
        if (!node->constant && json_is_boolean(node->json)) {
            if (json_is_true(node->json) == (l[i] & 1)) {
                l[0] = 1;
                return 1;
            }
            continue;
        }
        if (!node->constant && json_object_size(node->json) == 0 && !(l[i] & 1))
            continue;
        if (m == 0 || l[m - 1] != l[i])
            l[m++] = l[i];
    }
    for (uint32_t i = 0; i + 1 < m; i++) {
        if ((l[i] ^ l[i + 1]) == 1) { /* a schema and its contrary */
            l[0] = 1;
            return 1;
        }
    }
    return m;
}

tone_status tone_conj_of(tone_compiler *c, uint32_t *out, const tone_literal *literals, uint32_t n)
{
    *out = 0;
    tone_literal *sorted = tone_arena_take(&c->arena, (n + 1) * sizeof *sorted);
    if (!sorted || !slots_grow(c))
        return tone_compiler_no_memory(c);
    if (n)
        memcpy(sorted, literals, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    n = tidy(c, sorted, n);
    uint32_t at = hash_literals(sorted, n) & (c->n_conj_slots - 1);
    for (; c->conj_slots[at]; at = (at + 1) & (c->n_conj_slots - 1)) {
        const tone_conj *k = &c->conjs[c->conj_slots[at] - 1];
        if (k->n == n && memcmp(k->literals, sorted, n * sizeof *sorted) == 0) {
            *out = c->conj_slots[at] - 1;
            return TONE_OK;
        }
    }
    if (c->n_conjs >= CONJS_MAX)
        return tone_node_fail(c, TONE_ERR_LIMIT, n ? &c->nodes[sorted[0] / 2] : NULL, "the schema has too many different parts");
    c->conjs = tone_arena_grow(&c->arena, c->conjs, c->n_conjs, sizeof *c->conjs);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    c->conjs[c->n_conjs] = (tone_conj){.literals = sorted, .n = n};
    c->conj_slots[at] = c->n_conjs + 1;
    *out = c->n_conjs++;
    return TONE_OK;
}

tone_status tone_conj_shape(tone_compiler *c, const tone_shape **out, uint32_t conj)
{
    *out = c->conjs[conj].shape;
    if (*out)
        return TONE_OK;
    tone_shape *shape = tone_arena_take(&c->arena, sizeof *shape);
    if (!shape)
        return tone_compiler_no_memory(c);
    if (c->conjs[conj].busy)
        return tone_node_fail(c, TONE_ERR_UNSUPPORTED, c->conjs[conj].n ? &c->nodes[c->conjs[conj].literals[0] / 2] : NULL,
                              "whether alternatives exclude each other depends on itself here");
    c->conjs[conj].busy = true;
    tone_status st = tone_conj_cases(c, shape, conj);
    c->conjs[conj].busy = false;
    if (st)
        return st;
    if (!c->probing || !c->lenient) /* a probe swallows warnings: they must come up again */
        c->conjs[conj].shape = shape;
    *out = shape;
    return TONE_OK;
}

static bool number_empty(tone_compiler *c, const tone_number_rule *r)
{
    tone_dfa *d;
    if (c->states > TONE_STATES_MAX / 4 || tone_number_dfa(&d, r))
        return false;
    bool empty = d->start == 0;
    c->states += d->n_states;
    tone_dfa_free(d);
    return empty;
}

static bool string_empty(tone_compiler *c, const tone_shape_string *s)
{
    tone_dfa *d;
    if (!s->restricted)
        return s->min > s->max;
    if (c->states > TONE_STATES_MAX / 4 ||
        tone_dfa_of_re(&d, c->res, tone_re_and(c->res, tone_shape_string_re(c, s), tone_re_text(c->res, 0, TONE_RE_FOREVER)), PROBE_STATES))
        return false;
    bool empty = d->start == 0;
    c->states += d->n_states;
    tone_dfa_free(d);
    return empty;
}

static bool array_empty(tone_compiler *c, const tone_shape_array *a)
{
    for (uint32_t i = 0; i < a->n_items && i < a->min; i++) {
        uint32_t plain = a->items[i].plain, counting = a->items[i].counting;
        if (tone_conj_empty(c, plain) && (counting == TONE_NO_VALUE || tone_conj_empty(c, counting)))
            return true;
    }
    return a->min > a->max;
}

static bool object_empty(tone_compiler *c, const tone_shape_object *o)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < o->n_members; i++) {
        if (!o->members[i].required)
            continue;
        n++;
        if (tone_conj_empty(c, o->members[i].conj))
            return true;
    }
    return n > o->max;
}

static bool shape_empty(tone_compiler *c, const tone_shape *s)
{
    if (s->words || s->n_values)
        return false;
    for (uint32_t i = 0; i < s->n_numbers; i++)
        if (!number_empty(c, &s->numbers[i]))
            return false;
    for (uint32_t i = 0; i < s->n_strings; i++)
        if (!string_empty(c, &s->strings[i]))
            return false;
    for (uint32_t i = 0; i < s->n_arrays; i++)
        if (!array_empty(c, &s->arrays[i]))
            return false;
    for (uint32_t i = 0; i < s->n_objects; i++)
        if (!object_empty(c, &s->objects[i]))
            return false;
    return true;
}

bool tone_conj_empty(tone_compiler *c, uint32_t conj)
{
    const tone_shape *s;
    if (c->probing >= PROBE_DEPTH || c->conjs[conj].busy)
        return false;
    tone_error *err = c->err;
    c->err = NULL; /* what cannot be worked out here is not known, no more */
    c->probing++;
    bool empty = !tone_conj_shape(c, &s, conj) && shape_empty(c, s);
    c->probing--;
    c->err = err;
    return empty;
}

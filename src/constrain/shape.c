/* One case of a conjunction, as sets: what its demands leave of numbers, strings, arrays and objects.  Demands about
 * one type do not touch the others, as JSON Schema has it. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "constrain/schema.h"

enum { NEVER = 1, PLACES_MAX = 1000, PATTERNS_MAX = 6, CASES_MAX = 1024, MINIMUM_MAX = 1 << 16 };

/* A growing list of literals. */
typedef struct literals {
    tone_literal *items;
    uint32_t n;
} literals;

static bool add_literal(tone_compiler *c, literals *l, tone_literal literal)
{
    l->items = tone_arena_grow(&c->arena, l->items, l->n, sizeof *l->items);
    if (c->arena.failed)
        return false;
    l->items[l->n++] = literal;
    return true;
}

static tone_status add_schema(tone_compiler *c, literals *l, uint32_t node, json_t *json, const char *name)
{
    uint32_t n = 0;
    tone_status st = tone_node_of(c, &n, json, c->nodes[node].where, name);
    return st ? st : add_literal(c, l, n * 2) ? TONE_OK : tone_compiler_no_memory(c);
}

static tone_status too_many(tone_compiler *c, const char *what)
{
    return tone_node_fail(c, TONE_ERR_LIMIT, NULL, "there are too many %s", what);
}

static unsigned types_of(const tone_demand *demands, uint32_t n)
{
    unsigned types = TONE_HAS_ALL;
    for (uint32_t i = 0; i < n; i++)
        if (demands[i].kind == TONE_DEMAND_TYPES)
            types &= demands[i].types;
    return types;
}

/* --- listed values ----------------------------------------------------------------------------------------------- */

static tone_status add_values(tone_compiler *c, tone_shape *shape, uint32_t conj, json_t *values)
{
    size_t i;
    json_t *v;
    json_array_foreach (values, i, v) {
        bool good = true;
        for (uint32_t k = 0; k < c->conjs[conj].n && good; k++) {
            tone_status st = tone_literal_valid(c, &good, c->conjs[conj].literals[k], v, values);
            if (st)
                return st;
        }
        /* Doubles are dropped while lists are short; in long ones they do no harm. */
        for (uint32_t k = 0; k < shape->n_values && good && shape->n_values < 256; k++)
            good = !tone_json_same(shape->values[k], v);
        if (!good)
            continue;
        shape->values = tone_arena_grow(&c->arena, shape->values, shape->n_values, sizeof *shape->values);
        if (c->arena.failed)
            return tone_compiler_no_memory(c);
        shape->values[shape->n_values++] = v;
    }
    return TONE_OK;
}

/* --- numbers and strings ----------------------------------------------------------------------------------------- */

static tone_status add_number(tone_compiler *c, tone_shape *shape, const tone_demand *demands, uint32_t n)
{
    tone_number_rule r;
    memset(&r, 0, sizeof r); /* rules are compared byte by byte */
    for (uint32_t i = 0; i < n; i++) {
        const tone_demand *d = &demands[i];
        size_t k;
        json_t *v;
        switch (d->kind) {
        case TONE_DEMAND_INTEGER:
            r.integer |= !d->not;
            r.not_integer |= d->not;
            break;
        case TONE_DEMAND_BOUND:
            if (d->upper)
                tone_number_at_most(&r, &d->bound);
            else
                tone_number_at_least(&r, &d->bound);
            break;
        case TONE_DEMAND_MULTIPLE:
            if (r.n_multiples == TONE_MULTIPLES_MAX)
                return too_many(c, "'multipleOf' for one number");
            r.multiples[r.n_multiples].unit = d->unit;
            r.multiples[r.n_multiples].places = d->places;
            r.multiples[r.n_multiples++].not = d->not;
            break;
        case TONE_DEMAND_VALUES:
            json_array_foreach (d->json, k, v) {
                if (!json_is_number(v))
                    continue;
                if (r.n_excluded == TONE_EXCLUDED_MAX || !tone_json_decimal(&r.excluded[r.n_excluded], v))
                    return too_many(c, "numbers that are not allowed");
                r.n_excluded++;
            }
            break;
        default:
            break;
        }
    }
    if (r.integer && r.not_integer)
        return TONE_OK;
    for (uint32_t i = 0; i < r.n_multiples; i++) {
        uint32_t unit = r.multiples[i].unit;
        for (; r.integer && r.multiples[i].places; r.multiples[i].places--) {
            /* integers that are multiples of unit / 10: of unit / gcd(unit, 10) */
            unit /= unit % 10 == 0 ? 10 : unit % 5 == 0 ? 5 : unit % 2 == 0 ? 2 : 1;
        }
        r.multiples[i].unit = unit;
    }
    for (uint32_t i = 0; i < shape->n_numbers; i++)
        if (memcmp(&shape->numbers[i], &r, sizeof r) == 0)
            return TONE_OK;
    shape->numbers = tone_arena_grow(&c->arena, shape->numbers, shape->n_numbers, sizeof *shape->numbers);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    memcpy(&shape->numbers[shape->n_numbers++], &r, sizeof r);
    return TONE_OK;
}

tone_re tone_shape_string_re(tone_compiler *c, const tone_shape_string *s)
{
    return s->min || s->max != UINT32_MAX ? tone_re_and(c->res, s->re, tone_re_text(c->res, s->min, s->max)) : s->re;
}

static tone_status add_string(tone_compiler *c, tone_shape *shape, const tone_demand *demands, uint32_t n)
{
    tone_shape_string s = {.re = TONE_RE_ALL, .max = UINT32_MAX};
    for (uint32_t i = 0; i < n; i++) {
        const tone_demand *d = &demands[i];
        size_t k;
        json_t *v;
        if (d->kind == TONE_DEMAND_LENGTH) {
            s.min = d->min > s.min ? d->min : s.min;
            s.max = d->max < s.max ? d->max : s.max;
        } else if (d->kind == TONE_DEMAND_TEXT) {
            s.re = tone_re_and(c->res, s.re, d->not ? tone_re_not(c->res, d->re) : d->re);
        } else if (d->kind == TONE_DEMAND_VALUES) {
            json_array_foreach (d->json, k, v) {
                if (!json_is_string(v))
                    continue;
                s.re = tone_re_and(c->res, s.re, tone_re_not(c->res, tone_re_bytes(c->res, json_string_value(v), json_string_length(v))));
            }
        }
    }
    if (s.min > s.max)
        return TONE_OK;
    s.restricted = s.re != TONE_RE_ALL;
    for (uint32_t i = 0; i < shape->n_strings; i++) {
        const tone_shape_string *t = &shape->strings[i];
        if (t->re == s.re && t->min == s.min && t->max == s.max)
            return TONE_OK;
    }
    shape->strings = tone_arena_grow(&c->arena, shape->strings, shape->n_strings, sizeof *shape->strings);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    shape->strings[shape->n_strings++] = s;
    return TONE_OK;
}

/* --- arrays ------------------------------------------------------------------------------------------------------ */

/* What the demands say about the item at place i. */
static tone_status item_literals(tone_compiler *c, literals *l, const tone_demand *demands, uint32_t n, uint32_t i)
{
    tone_status st = TONE_OK;
    for (uint32_t k = 0; k < n && !st; k++) {
        const tone_demand *d = &demands[k];
        if (d->kind == TONE_DEMAND_ITEMS) {
            json_t *prefix = tone_node_get(&c->nodes[d->node], "prefixItems"), *items = tone_node_get(&c->nodes[d->node], "items");
            if (i < json_array_size(prefix))
                st = add_schema(c, l, d->node, json_array_get(prefix, i), "prefixItems");
            else if (items)
                st = add_schema(c, l, d->node, items, "items");
        } else if ((d->kind == TONE_DEMAND_ITEM && d->min == i) || d->kind == TONE_DEMAND_ALL_ITEMS) {
            st = add_literal(c, l, d->literal) ? TONE_OK : tone_compiler_no_memory(c);
        }
    }
    return st;
}

static tone_status array_items(tone_compiler *c, tone_shape_array *a, const tone_demand *demands, uint32_t n, const tone_demand *contains)
{
    a->items = tone_arena_take(&c->arena, a->n_items * sizeof *a->items);
    if (!a->items)
        return tone_compiler_no_memory(c);
    for (uint32_t i = 0; i < a->n_items; i++) {
        literals l = {0};
        tone_status st = item_literals(c, &l, demands, n, i);
        bool counts = contains && i >= contains->from;
        if (!st && counts) {
            literals with = {0};
            for (uint32_t k = 0; k < l.n; k++)
                if (!add_literal(c, &with, l.items[k]))
                    return tone_compiler_no_memory(c);
            if (!add_literal(c, &with, contains->literal))
                return tone_compiler_no_memory(c);
            st = tone_conj_of(c, &a->items[i].counting, with.items, with.n);
            /* Items that are not counted may count all the same, unless there must not be too many. */
            if (!st && contains->max != UINT32_MAX && !add_literal(c, &l, contains->literal ^ 1))
                st = tone_compiler_no_memory(c);
        }
        if (!st && !counts)
            a->items[i].counting = TONE_NO_VALUE;
        if (!st)
            st = tone_conj_of(c, &a->items[i].plain, l.items, l.n);
        if (st)
            return st;
    }
    return TONE_OK;
}

static tone_status add_array(tone_compiler *c, tone_shape *shape, const tone_demand *demands, uint32_t n)
{
    tone_shape_array a = {.max = UINT32_MAX, .max_count = UINT32_MAX};
    const tone_demand *contains = NULL;
    uint32_t places = 0, unique_node = 0;
    for (uint32_t i = 0; i < n; i++) {
        const tone_demand *d = &demands[i];
        uint32_t reach = 0;
        if (d->kind == TONE_DEMAND_COUNT) {
            a.min = d->min > a.min ? d->min : a.min;
            a.max = d->max < a.max ? d->max : a.max;
        } else if (d->kind == TONE_DEMAND_UNIQUE) {
            a.unique = true;
            unique_node = d->node;
        } else if (d->kind == TONE_DEMAND_ITEM) {
            reach = d->min + 1;
        } else if (d->kind == TONE_DEMAND_ITEMS) {
            reach = (uint32_t)json_array_size(tone_node_get(&c->nodes[d->node], "prefixItems"));
        } else if (d->kind == TONE_DEMAND_CONTAINS) {
            if (contains && (contains->literal != d->literal || contains->from != d->from || contains->min != d->min || contains->max != d->max)) {
                tone_status st = tone_node_fail(c, TONE_ERR_UNSUPPORTED, &c->nodes[d->node], "two different 'contains' for one array cannot be enforced");
                if (st)
                    return st;
            } else {
                contains = d;
                reach = d->from;
            }
        }
        places = reach > places ? reach : places;
    }
    if (contains && contains->min == 0 && contains->max == UINT32_MAX)
        contains = NULL;
    if (a.min > a.max || (contains && contains->min > contains->max))
        return TONE_OK;
    if (places > PLACES_MAX)
        return too_many(c, "prefixItems");
    if (a.min > MINIMUM_MAX || (contains && contains->min > MINIMUM_MAX))
        return tone_node_fail(c, TONE_ERR_LIMIT, NULL, "an array of at least %d items cannot be asked for", MINIMUM_MAX + 1);
    if (contains) {
        a.contains = true;
        a.min_count = contains->min;
        a.max_count = contains->max;
    }
    if (a.unique && (contains || places)) {
        tone_status st = tone_node_fail(c, TONE_ERR_UNSUPPORTED, &c->nodes[unique_node], "'uniqueItems' cannot be enforced together with 'prefixItems' or 'contains'");
        if (st)
            return st;
        a.unique = false;
    }
    a.n_items = places + 1;
    tone_status st = array_items(c, &a, demands, n, contains);
    if (st)
        return st;
    shape->arrays = tone_arena_grow(&c->arena, shape->arrays, shape->n_arrays, sizeof *shape->arrays);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    for (uint32_t i = 0; i < shape->n_arrays; i++) {
        const tone_shape_array *b = &shape->arrays[i];
        if (b->min == a.min && b->max == a.max && b->n_items == a.n_items && b->unique == a.unique && b->contains == a.contains &&
            b->min_count == a.min_count && b->max_count == a.max_count && memcmp(b->items, a.items, a.n_items * sizeof *a.items) == 0)
            return TONE_OK;
    }
    shape->arrays[shape->n_arrays++] = a;
    return TONE_OK;
}

/* --- objects ----------------------------------------------------------------------------------------------------- */

static tone_shape_member *member_find(tone_shape_object *o, const char *key, uint32_t n_key)
{
    for (uint32_t i = 0; i < o->n_members; i++)
        if (o->members[i].n_key == n_key && memcmp(o->members[i].key, key, n_key) == 0)
            return &o->members[i];
    return NULL;
}

static tone_status member_add(tone_compiler *c, tone_shape_object *o, const char *key, uint32_t n_key, uint32_t chain, uint32_t place)
{
    if (member_find(o, key, n_key))
        return TONE_OK;
    if (o->n_members >= TONE_MEMBERS_MAX)
        return too_many(c, "properties of one object");
    o->members = tone_arena_grow(&c->arena, o->members, o->n_members, sizeof *o->members);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    o->members[o->n_members++] = (tone_shape_member){.key = key, .n_key = n_key, .chain = chain, .place = place};
    return TONE_OK;
}

/* All keys that are named anywhere.  Those of one `properties` form a chain; others stand alone. */
static tone_status collect_members(tone_compiler *c, tone_shape_object *o, const tone_demand *demands, uint32_t n)
{
    tone_status st = TONE_OK;
    const char *key;
    json_t *value;
    for (uint32_t i = 0; i < n && !st; i++) {
        if (demands[i].kind != TONE_DEMAND_MEMBERS)
            continue;
        uint32_t chain = o->n_chains++, place = 0;
        json_object_foreach (tone_node_get(&c->nodes[demands[i].node], "properties"), key, value)
            if (!st)
                st = member_add(c, o, key, (uint32_t)strlen(key), chain, place++);
    }
    for (uint32_t i = 0; i < n && !st; i++)
        if (demands[i].kind == TONE_DEMAND_MEMBER || demands[i].kind == TONE_DEMAND_REQUIRED)
            st = member_add(c, o, demands[i].key, demands[i].n_key, o->n_chains++, 0);
    return st;
}

typedef struct key_pattern {
    tone_re re;
    uint32_t node, demand;
    json_t *schema;
    const char *name;
} key_pattern;

typedef struct key_patterns {
    key_pattern items[PATTERNS_MAX];
    uint32_t n;
} key_patterns;

static tone_status collect_patterns(tone_compiler *c, key_patterns *p, const tone_demand *demands, uint32_t n)
{
    const char *name;
    json_t *schema;
    for (uint32_t i = 0; i < n; i++) {
        if (demands[i].kind != TONE_DEMAND_MEMBERS)
            continue;
        json_object_foreach (tone_node_get(&c->nodes[demands[i].node], "patternProperties"), name, schema) {
            if (p->n == PATTERNS_MAX)
                return too_many(c, "patternProperties for one object");
            key_pattern *k = &p->items[p->n++];
            *k = (key_pattern){.node = demands[i].node, .demand = i, .schema = schema, .name = name};
            tone_status st = tone_node_pattern(c, &k->re, &c->nodes[k->node], name, strlen(name));
            if (st)
                return st;
        }
    }
    return TONE_OK;
}

/* What each `properties`, … says about a key: which[p] tells the patterns that match it, `key` is NULL for keys that
 * are nowhere named. */
static tone_status key_literals(tone_compiler *c, literals *l, const tone_demand *demands, uint32_t n, const key_patterns *p, unsigned which,
                                const char *key)
{
    tone_status st = TONE_OK;
    for (uint32_t i = 0; i < n && !st; i++) {
        const tone_demand *d = &demands[i];
        if (d->kind != TONE_DEMAND_MEMBERS)
            continue;
        bool spoken_of = false;
        json_t *named = key ? json_object_get(tone_node_get(&c->nodes[d->node], "properties"), key) : NULL;
        json_t *others = tone_node_get(&c->nodes[d->node], "additionalProperties");
        if (named) {
            spoken_of = true;
            st = add_schema(c, l, d->node, named, key);
        }
        for (uint32_t k = 0; k < p->n && !st; k++) {
            if (p->items[k].demand != i || !(which >> k & 1))
                continue;
            spoken_of = true;
            st = add_schema(c, l, d->node, p->items[k].schema, p->items[k].name);
        }
        if (!st && !spoken_of && others)
            st = add_schema(c, l, d->node, others, "additionalProperties");
    }
    return st;
}

static tone_status fill_member(tone_compiler *c, tone_shape_member *m, const tone_demand *demands, uint32_t n, const key_patterns *p)
{
    literals l = {0};
    unsigned which = 0;
    for (uint32_t k = 0; k < p->n; k++)
        which |= (unsigned)tone_re_matches(c->res, p->items[k].re, m->key, m->n_key) << k;
    tone_status st = key_literals(c, &l, demands, n, p, which, m->key);
    for (uint32_t i = 0; i < n && !st; i++) {
        const tone_demand *d = &demands[i];
        bool same = d->n_key == m->n_key && d->key && memcmp(d->key, m->key, m->n_key) == 0;
        if (d->kind == TONE_DEMAND_REQUIRED && same)
            m->required = true;
        if (d->kind == TONE_DEMAND_MEMBER && same && !add_literal(c, &l, d->literal))
            st = tone_compiler_no_memory(c);
        if (d->kind == TONE_DEMAND_NAMES) {
            bool good = false;
            json_t *text = json_stringn(m->key, m->n_key);
            st = tone_compiler_own(c, text);
            if (!st)
                st = tone_literal_valid(c, &good, d->literal, text, NULL);
            if (!st && !good && !add_literal(c, &l, NEVER))
                st = tone_compiler_no_memory(c);
        }
    }
    return st ? st : tone_conj_of(c, &m->conj, l.items, l.n);
}

/* The texts that a conjunction leaves of strings. */
static tone_status names_re(tone_compiler *c, tone_re *out, tone_literal l)
{
    uint32_t conj;
    const tone_shape *s;
    *out = TONE_RE_NONE;
    tone_status st = tone_conj_of(c, &conj, &l, 1);
    if (!st)
        st = tone_conj_shape(c, &s, conj);
    if (st)
        return st;
    for (uint32_t i = 0; i < s->n_strings; i++)
        *out = tone_re_alt(c->res, *out, tone_shape_string_re(c, &s->strings[i]));
    for (uint32_t i = 0; i < s->n_values; i++)
        if (json_is_string(s->values[i]))
            *out = tone_re_alt(c->res, *out, tone_re_bytes(c->res, json_string_value(s->values[i]), json_string_length(s->values[i])));
    return TONE_OK;
}

/* Keys that are not named: one class for each set of patterns that can match a key at once. */
static tone_status add_extras(tone_compiler *c, tone_shape_object *o, const tone_demand *demands, uint32_t n, const key_patterns *p)
{
    tone_re names = TONE_RE_ALL;
    bool speaks = false, lists = false;
    tone_status st = TONE_OK;
    for (uint32_t i = 0; i < n && !st; i++) {
        tone_re one;
        if (demands[i].kind == TONE_DEMAND_NAMES) {
            st = names_re(c, &one, demands[i].literal);
            names = tone_re_and(c->res, names, st ? TONE_RE_NONE : one);
        } else if (demands[i].kind == TONE_DEMAND_MEMBERS) {
            const tone_node *node = &c->nodes[demands[i].node];
            speaks |= tone_node_get(node, "additionalProperties") || tone_node_get(node, "patternProperties");
            lists |= json_object_size(tone_node_get(node, "properties")) > 0;
        }
    }
    if (st || (c->closed && lists && !speaks))
        return st;
    for (unsigned which = 0; which < 1u << p->n; which++) {
        tone_shape_extra e = {.keys = names};
        literals l = {0};
        for (uint32_t k = 0; k < p->n; k++)
            e.keys = tone_re_and(c->res, e.keys, which >> k & 1 ? p->items[k].re : tone_re_not(c->res, p->items[k].re));
        if (e.keys == TONE_RE_NONE)
            continue;
        st = key_literals(c, &l, demands, n, p, which, NULL);
        if (!st)
            st = tone_conj_of(c, &e.conj, l.items, l.n);
        if (st)
            return st;
        if (c->conjs[e.conj].n && c->conjs[e.conj].literals[0] == NEVER)
            continue;
        bool never = false; /* `false` in the schema is a node of its own */
        for (uint32_t i = 0; i < c->conjs[e.conj].n; i++) {
            tone_literal literal = c->conjs[e.conj].literals[i];
            never |= json_is_false(c->nodes[literal / 2].json) && !c->nodes[literal / 2].constant && !(literal & 1);
        }
        if (never)
            continue;
        o->extras = tone_arena_grow(&c->arena, o->extras, o->n_extras, sizeof *o->extras);
        if (c->arena.failed)
            return tone_compiler_no_memory(c);
        o->extras[o->n_extras++] = e;
    }
    return TONE_OK;
}

/* "Some member that this node does not name satisfies a literal": in an object whose members are all known, one case
 * for each that it could be. */
static tone_status add_strangers(tone_compiler *c, tone_shape *shape, uint32_t conj, const tone_demand *demands, uint32_t n, uint32_t at,
                                 const tone_shape_object *o)
{
    tone_demand d = demands[at];
    json_t *own = tone_node_get(&c->nodes[d.node], "properties");
    if (o->n_extras || tone_node_get(&c->nodes[d.node], "patternProperties"))
        return tone_node_fail(c, TONE_ERR_UNSUPPORTED, &c->nodes[d.node], "'additionalProperties' is in a place where its contrary would have to be enforced");
    for (uint32_t i = 0; i < o->n_members; i++) {
        const tone_shape_member *m = &o->members[i];
        if (json_object_get(own, m->key))
            continue;
        tone_demand *with = tone_arena_take(&c->arena, (n + 2) * sizeof *with);
        if (!with)
            return tone_compiler_no_memory(c);
        memcpy(with, demands, n * sizeof *with);
        with[at] = (tone_demand){.kind = TONE_DEMAND_TYPES, .types = TONE_HAS_OBJECT};
        with[n] = (tone_demand){.kind = TONE_DEMAND_MEMBER, .key = m->key, .n_key = m->n_key, .literal = d.literal};
        with[n + 1] = (tone_demand){.kind = TONE_DEMAND_REQUIRED, .key = m->key, .n_key = m->n_key};
        tone_status st = tone_compiler_step(c, &c->nodes[d.node]);
        if (!st)
            st = tone_shape_add(c, shape, conj, with, n + 2);
        if (st)
            return st;
    }
    return TONE_OK;
}

static bool same_object(const tone_shape_object *a, const tone_shape_object *b)
{
    if (a->n_members != b->n_members || a->n_extras != b->n_extras || a->min != b->min || a->max != b->max)
        return false;
    for (uint32_t i = 0; i < a->n_members; i++) {
        const tone_shape_member *x = &a->members[i], *y = &b->members[i];
        if (x->n_key != y->n_key || memcmp(x->key, y->key, x->n_key) || x->conj != y->conj || x->chain != y->chain || x->place != y->place || x->required != y->required)
            return false;
    }
    for (uint32_t i = 0; i < a->n_extras; i++)
        if (a->extras[i].keys != b->extras[i].keys || a->extras[i].conj != b->extras[i].conj)
            return false;
    return true;
}

static tone_status add_object(tone_compiler *c, tone_shape *shape, uint32_t conj, const tone_demand *demands, uint32_t n)
{
    tone_shape_object o = {.max = UINT32_MAX};
    key_patterns patterns = {.n = 0};
    uint32_t stranger = n;
    for (uint32_t i = 0; i < n; i++) {
        const tone_demand *d = &demands[i];
        if (d->kind == TONE_DEMAND_MEMBER_COUNT) {
            o.min = d->min > o.min ? d->min : o.min;
            o.max = d->max < o.max ? d->max : o.max;
        } else if (d->kind == TONE_DEMAND_STRANGER) {
            stranger = i;
        }
    }
    if (o.min > o.max)
        return TONE_OK;
    if (o.min > MINIMUM_MAX)
        return tone_node_fail(c, TONE_ERR_LIMIT, NULL, "an object of at least %d members cannot be asked for", MINIMUM_MAX + 1);
    tone_status st = collect_patterns(c, &patterns, demands, n);
    if (!st)
        st = collect_members(c, &o, demands, n);
    for (uint32_t i = 0; i < o.n_members && !st; i++)
        st = fill_member(c, &o.members[i], demands, n, &patterns);
    if (!st)
        st = add_extras(c, &o, demands, n, &patterns);
    if (st)
        return st;
    if (stranger < n)
        return add_strangers(c, shape, conj, demands, n, stranger, &o);
    for (uint32_t i = 0; i < shape->n_objects; i++)
        if (same_object(&shape->objects[i], &o))
            return TONE_OK;
    shape->objects = tone_arena_grow(&c->arena, shape->objects, shape->n_objects, sizeof *shape->objects);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    shape->objects[shape->n_objects++] = o;
    return TONE_OK;
}

/* --- a case ------------------------------------------------------------------------------------------------------ */

tone_status tone_shape_add(tone_compiler *c, tone_shape *shape, uint32_t conj, const tone_demand *demands, uint32_t n)
{
    unsigned types = types_of(demands, n);
    json_t *values = NULL;
    for (uint32_t i = 0; i < n; i++)
        if (demands[i].kind == TONE_DEMAND_VALUES && !demands[i].not && (!values || json_array_size(demands[i].json) < json_array_size(values)))
            values = demands[i].json;
    if (values)
        return add_values(c, shape, conj, values);
    for (uint32_t i = 0; i < n; i++) {
        size_t k;
        json_t *v;
        if (demands[i].kind != TONE_DEMAND_VALUES)
            continue;
        json_array_foreach (demands[i].json, k, v) {
            types &= ~(json_is_null(v) ? TONE_HAS_NULL : json_is_false(v) ? TONE_HAS_FALSE : json_is_true(v) ? TONE_HAS_TRUE : 0u);
            if ((json_is_array(v) && types & TONE_HAS_ARRAY) || (json_is_object(v) && types & TONE_HAS_OBJECT)) {
                tone_status st = tone_node_fail(c, TONE_ERR_UNSUPPORTED, NULL, "an array or object that is not allowed as a value cannot be kept out");
                if (st)
                    return st;
            }
        }
    }
    shape->words |= types & (TONE_HAS_NULL | TONE_HAS_FALSE | TONE_HAS_TRUE);
    tone_status st = types & TONE_HAS_NUMBER ? add_number(c, shape, demands, n) : TONE_OK;
    if (!st && types & TONE_HAS_STRING)
        st = add_string(c, shape, demands, n);
    if (!st && types & TONE_HAS_ARRAY)
        st = add_array(c, shape, demands, n);
    if (!st && types & TONE_HAS_OBJECT)
        st = add_object(c, shape, conj, demands, n);
    if (!st && (shape->n_arrays > CASES_MAX || shape->n_objects > CASES_MAX))
        st = too_many(c, "alternatives");
    if (!st && tone_re_pool_status(c->res))
        st = tone_fail(c->err, tone_re_pool_status(c->res), 0, "the patterns are too large together");
    return st;
}

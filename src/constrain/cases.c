/* Conjunctions and their cases.  A case starts as a list of literals to be worked off; a keyword that says "and" adds
 * to it, a keyword that says "or" is put aside as a choice, and when only choices are left the case is split at one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "constrain/schema.h"

/* An alternative of a choice. */
typedef struct option {
    tone_literal *literals;
    uint32_t n_literals;
    tone_demand *demands;
    uint32_t n_demands;
} option;

typedef enum choice_kind { CHOOSE_NULL, CHOOSE_ANY, CHOOSE_ONE, CHOOSE_IF, CHOOSE_LIST, CHOOSE_SCHEMA, CHOOSE_VIOLATION } choice_kind;

typedef struct choice {
    choice_kind kind;
    uint32_t node;
    const char *key; /* dependentRequired, dependentSchemas: the member */
    json_t *json;    /* … and what depends on it                        */
} choice;

typedef struct work {
    tone_literal *pending, *seen;
    uint32_t n_pending, n_seen;
    tone_demand *demands;
    uint32_t n_demands;
    choice *choices;
    uint32_t n_choices;
    unsigned types; /* still possible */
} work;

typedef struct options {
    option *items;
    uint32_t n;
} options;

enum { ALWAYS = 0, NEVER = 1 /* literals */, CASE_DEMANDS_MAX = 10000 };

static bool push_literal(tone_compiler *c, tone_literal **list, uint32_t *n, tone_literal l)
{
    *list = tone_arena_grow(&c->arena, *list, *n, sizeof **list);
    if (c->arena.failed)
        return false;
    (*list)[(*n)++] = l;
    return true;
}

static bool push_demand(tone_compiler *c, tone_demand **list, uint32_t *n, tone_demand d)
{
    *list = tone_arena_grow(&c->arena, *list, *n, sizeof **list);
    if (c->arena.failed || *n >= CASE_DEMANDS_MAX)
        return false;
    (*list)[(*n)++] = d;
    return true;
}

static bool push_choice(tone_compiler *c, work *w, choice ch)
{
    w->choices = tone_arena_grow(&c->arena, w->choices, w->n_choices, sizeof *w->choices);
    if (c->arena.failed)
        return false;
    w->choices[w->n_choices++] = ch;
    return true;
}

static void *copy(tone_compiler *c, const void *from, uint32_t n, size_t size)
{
    uint32_t room = 1;
    while (room < n)
        room *= 2; /* so that tone_arena_grow() may go on from here */
    void *to = tone_arena_take(&c->arena, room * size);
    if (to && n)
        memcpy(to, from, n * size);
    return to;
}

/* A subschema as a literal. */
static tone_status literal_of(tone_compiler *c, tone_literal *out, uint32_t node, json_t *json, const char *name, bool negated)
{
    uint32_t n = 0;
    tone_status st = tone_node_of(c, &n, json, c->nodes[node].where, name);
    *out = n * 2 + negated;
    return st;
}

static tone_status add_demand(tone_compiler *c, work *w, tone_demand d)
{
    if (d.kind == TONE_DEMAND_TYPES)
        w->types &= d.types;
    return push_demand(c, &w->demands, &w->n_demands, d) ? TONE_OK : tone_compiler_no_memory(c);
}

static tone_status add_sub(tone_compiler *c, work *w, uint32_t node, json_t *json, const char *name, bool negated)
{
    tone_literal l;
    tone_status st = literal_of(c, &l, node, json, name, negated);
    return st ? st : push_literal(c, &w->pending, &w->n_pending, l) ? TONE_OK : tone_compiler_no_memory(c);
}

static tone_demand types_demand(unsigned types)
{
    return (tone_demand){.kind = TONE_DEMAND_TYPES, .types = types};
}

/* Demands of the keywords about numbers; `keyword` is one of the five. */
static tone_status number_demand(tone_compiler *c, tone_demand *out, uint32_t node, const char *keyword, bool negated)
{
    const json_t *json = tone_node_get(&c->nodes[node], keyword);
    bool upper = strcmp(keyword, "maximum") == 0 || strcmp(keyword, "exclusiveMaximum") == 0, exclusive = strncmp(keyword, "exclusive", 9) == 0;
    int64_t integer = json_integer_value(json);
    tone_demand d = {.kind = TONE_DEMAND_BOUND, .upper = upper != negated};
    if (!tone_bound_of(&d.bound, json_number_value(json), json_is_integer(json) ? &integer : NULL, d.upper, exclusive != negated))
        return tone_node_fail(c, TONE_ERR_LIMIT, &c->nodes[node], "the number of '%s' has more than %d digits", keyword, TONE_DECIMAL_DIGITS);
    if (strcmp(keyword, "multipleOf") == 0) {
        const tone_decimal *of = &d.bound.at;
        uint64_t unit = 0;
        for (int i = 0; i < of->n_int + of->n_frac && unit < UINT32_MAX; i++)
            unit = unit * 10 + of->digits[i];
        d = (tone_demand){.kind = TONE_DEMAND_MULTIPLE, .not = negated, .unit = unit < UINT32_MAX ? (uint32_t)unit : UINT32_MAX, .places = of->n_frac};
    }
    *out = d;
    return TONE_OK;
}

/* The demand of `format`, if it is about strings or numbers. */
static tone_status format_demand(tone_compiler *c, work *w, uint32_t node)
{
    const char *name = json_string_value(tone_node_get(&c->nodes[node], "format"));
    tone_demand d = {.kind = TONE_DEMAND_BOUND}, high = {.kind = TONE_DEMAND_BOUND, .upper = true};
    if (tone_format_range(name, &d.bound, &high.bound)) {
        tone_status st = add_demand(c, w, d);
        if (!st)
            st = add_demand(c, w, high);
        return st ? st : add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_INTEGER});
    }
    bool known;
    d = (tone_demand){.kind = TONE_DEMAND_TEXT};
    tone_status st = tone_format_re(&d.re, &known, c->res, name, c->err);
    if (!st && !known)
        return tone_node_fail(c, TONE_ERR_UNSUPPORTED, &c->nodes[node], "the format '%s' cannot be enforced", name);
    return st || d.re == TONE_RE_ALL ? st : add_demand(c, w, d);
}

static tone_status expand_scalars(tone_compiler *c, work *w, uint32_t node)
{
    static const char *const bounds[] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"};
    const tone_node *n = &c->nodes[node];
    bool integer;
    unsigned types = tone_node_types(n, &integer);
    tone_status st = types != TONE_HAS_ALL ? add_demand(c, w, types_demand(types)) : TONE_OK;
    if (!st && integer)
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_INTEGER});
    json_t *values = tone_node_get(n, "enum"), *constant = tone_node_get(n, "const"), *pattern = tone_node_get(n, "pattern");
    if (!st && values)
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_VALUES, .json = values});
    if (!st && constant) {
        json_t *list = json_array();
        if (list && json_array_append(list, constant)) {
            json_decref(list);
            list = NULL;
        }
        st = tone_compiler_own(c, list);
        if (!st)
            st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_VALUES, .json = list});
    }
    for (size_t i = 0; i < 5 && !st; i++) {
        tone_demand d;
        if (!tone_node_get(n, bounds[i]))
            continue;
        st = number_demand(c, &d, node, bounds[i], false);
        if (!st)
            st = add_demand(c, w, d);
    }
    if (!st && (tone_node_get(n, "minLength") || tone_node_get(n, "maxLength")))
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_LENGTH, .min = tone_node_count(n, "minLength", 0), .max = tone_node_count(n, "maxLength", UINT32_MAX)});
    if (!st && pattern) {
        tone_demand d = {.kind = TONE_DEMAND_TEXT};
        st = tone_node_pattern(c, &d.re, n, json_string_value(pattern), json_string_length(pattern));
        if (!st && d.re != TONE_RE_ALL)
            st = add_demand(c, w, d);
    }
    if (!st && tone_node_get(n, "format"))
        st = format_demand(c, w, node);
    return st;
}

static tone_status expand_containers(tone_compiler *c, work *w, uint32_t node)
{
    const tone_node *n = &c->nodes[node];
    tone_status st = TONE_OK;
    size_t i;
    json_t *item, *contains = tone_node_get(n, "contains"), *names = tone_node_get(n, "propertyNames");
    const char *key;
    if (tone_node_get(n, "items") || tone_node_get(n, "prefixItems"))
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_ITEMS, .node = node});
    if (!st && (tone_node_get(n, "minItems") || tone_node_get(n, "maxItems")))
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_COUNT, .min = tone_node_count(n, "minItems", 0), .max = tone_node_count(n, "maxItems", UINT32_MAX)});
    if (!st && json_is_true(tone_node_get(n, "uniqueItems")))
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_UNIQUE, .node = node});
    if (!st && contains) {
        tone_demand d = {.kind = TONE_DEMAND_CONTAINS, .node = node, .min = tone_node_count(n, "minContains", 1), .max = tone_node_count(n, "maxContains", UINT32_MAX)};
        st = literal_of(c, &d.literal, node, contains, "contains", false);
        if (!st)
            st = add_demand(c, w, d);
    }
    if (!st && (tone_node_get(n, "properties") || tone_node_get(n, "patternProperties") || tone_node_get(n, "additionalProperties")))
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_MEMBERS, .node = node});
    json_array_foreach (tone_node_get(n, "required"), i, item)
        if (!st)
            st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_REQUIRED, .key = json_string_value(item), .n_key = (uint32_t)json_string_length(item)});
    if (!st && (tone_node_get(n, "minProperties") || tone_node_get(n, "maxProperties")))
        st = add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_MEMBER_COUNT, .min = tone_node_count(n, "minProperties", 0), .max = tone_node_count(n, "maxProperties", UINT32_MAX)});
    if (!st && names) {
        tone_demand d = {.kind = TONE_DEMAND_NAMES, .node = node};
        st = literal_of(c, &d.literal, node, names, "propertyNames", false);
        if (!st)
            st = add_demand(c, w, d);
    }
    json_object_foreach (tone_node_get(n, "dependentRequired"), key, item)
        if (!st && json_array_size(item) && !push_choice(c, w, (choice){CHOOSE_LIST, node, key, item}))
            st = tone_compiler_no_memory(c);
    json_object_foreach (tone_node_get(n, "dependentSchemas"), key, item)
        if (!st && !push_choice(c, w, (choice){CHOOSE_SCHEMA, node, key, item}))
            st = tone_compiler_no_memory(c);
    return st;
}

/* All keywords of a positive node but `nullable`. */
static tone_status expand_node(tone_compiler *c, work *w, uint32_t node)
{
    static const struct {
        const char *keyword;
        choice_kind kind;
    } splits[] = {{"anyOf", CHOOSE_ANY}, {"oneOf", CHOOSE_ONE}, {"if", CHOOSE_IF}};
    tone_status st = expand_scalars(c, w, node);
    if (!st)
        st = expand_containers(c, w, node);
    const tone_node *n = &c->nodes[node];
    if (!st && tone_node_get(n, "$ref")) {
        uint32_t target = 0;
        st = tone_node_ref(c, &target, n);
        if (!st && !push_literal(c, &w->pending, &w->n_pending, target * 2))
            st = tone_compiler_no_memory(c);
    }
    size_t i;
    json_t *item, *not = tone_node_get(n, "not");
    json_array_foreach (tone_node_get(n, "allOf"), i, item)
        if (!st)
            st = add_sub(c, w, node, item, "allOf", false);
    if (!st && not )
        st = add_sub(c, w, node, not, "not", true);
    for (i = 0; i < 3 && !st; i++) {
        json_t *split = tone_node_get(n, splits[i].keyword);
        if (!split || (splits[i].kind == CHOOSE_IF && !tone_node_get(n, "then") && !tone_node_get(n, "else")))
            continue;
        if (!push_choice(c, w, (choice){splits[i].kind, node, NULL, split}))
            st = tone_compiler_no_memory(c);
    }
    return st;
}

static tone_status expand(tone_compiler *c, work *w, tone_literal l)
{
    for (uint32_t i = 0; i < w->n_seen; i++)
        if (w->seen[i] == l)
            return TONE_OK;
    if (!push_literal(c, &w->seen, &w->n_seen, l))
        return tone_compiler_no_memory(c);
    const tone_node *n = &c->nodes[l / 2];
    bool negated = l & 1;
    if (n->constant) {
        json_t *list = json_array();
        if (list && json_array_append(list, n->json)) {
            json_decref(list);
            list = NULL;
        }
        tone_status st = tone_compiler_own(c, list);
        return st ? st : add_demand(c, w, (tone_demand){.kind = TONE_DEMAND_VALUES, .json = list, .not = negated});
    }
    if (json_is_boolean(n->json)) {
        if (json_is_true(n->json) == negated)
            w->types = 0;
        return TONE_OK;
    }
    bool nullable = json_is_true(tone_node_get(n, "nullable"));
    if (negated && nullable) {
        tone_status st = add_demand(c, w, types_demand(TONE_HAS_ALL & ~TONE_HAS_NULL));
        if (st)
            return st;
    }
    if (negated || nullable) {
        choice ch = {negated ? CHOOSE_VIOLATION : CHOOSE_NULL, l / 2, NULL, NULL};
        return push_choice(c, w, ch) ? TONE_OK : tone_compiler_no_memory(c);
    }
    return expand_node(c, w, l / 2);
}

/* --- the options of a choice ------------------------------------------------------------------------------------ */

static option *new_option(tone_compiler *c, options *o)
{
    o->items = tone_arena_grow(&c->arena, o->items, o->n, sizeof *o->items);
    if (c->arena.failed)
        return NULL;
    o->items[o->n] = (option){0};
    return &o->items[o->n++];
}

/* An option of one literal. */
static tone_status option_literal(tone_compiler *c, options *o, tone_literal l)
{
    option *op = new_option(c, o);
    return op && push_literal(c, &op->literals, &op->n_literals, l) ? TONE_OK : tone_compiler_no_memory(c);
}

static tone_status option_sub(tone_compiler *c, options *o, uint32_t node, json_t *json, const char *name, bool negated)
{
    tone_literal l;
    tone_status st = literal_of(c, &l, node, json, name, negated);
    return st ? st : option_literal(c, o, l);
}

/* An option of up to two demands, about one type. */
static tone_status option_demands(tone_compiler *c, options *o, unsigned types, tone_demand a, const tone_demand *b)
{
    option *op = new_option(c, o);
    if (op && push_demand(c, &op->demands, &op->n_demands, types_demand(types)) && push_demand(c, &op->demands, &op->n_demands, a) &&
        (!b || push_demand(c, &op->demands, &op->n_demands, *b)))
        return TONE_OK;
    return tone_compiler_no_memory(c);
}

/* An option that demands nothing: "the value has another of these types". */
static tone_status option_types(tone_compiler *c, options *o, unsigned types)
{
    option *op = new_option(c, o);
    return op && push_demand(c, &op->demands, &op->n_demands, types_demand(types)) ? TONE_OK : tone_compiler_no_memory(c);
}

static tone_demand member_demand(const char *key, tone_literal l)
{
    return (tone_demand){.kind = TONE_DEMAND_MEMBER, .key = key, .n_key = (uint32_t)strlen(key), .literal = l};
}

static tone_demand required_demand(const char *key)
{
    return (tone_demand){.kind = TONE_DEMAND_REQUIRED, .key = key, .n_key = (uint32_t)strlen(key)};
}

/* Exactly one of a list: each, and none of the others that could hold with it. */
static tone_status one_of(tone_compiler *c, options *o, uint32_t node, json_t *list)
{
    size_t n = json_array_size(list);
    tone_literal *all = tone_arena_take(&c->arena, n * sizeof *all);
    if (!all)
        return tone_compiler_no_memory(c);
    for (size_t i = 0; i < n; i++) {
        tone_status st = literal_of(c, &all[i], node, json_array_get(list, i), "oneOf", false);
        if (st)
            return st;
    }
    for (size_t i = 0; i < n; i++) {
        option *op = new_option(c, o);
        if (!op || !push_literal(c, &op->literals, &op->n_literals, all[i]))
            return tone_compiler_no_memory(c);
        for (size_t k = 0; k < n; k++) {
            uint32_t both;
            if (k == i)
                continue;
            tone_status st = tone_conj_of(c, &both, (tone_literal[]){all[i], all[k]}, 2);
            if (st)
                return st;
            if ((all[i] == all[k] || !tone_conj_empty(c, both)) && !push_literal(c, &op->literals, &op->n_literals, all[k] + 1))
                return tone_compiler_no_memory(c);
        }
    }
    return TONE_OK;
}

static tone_status if_then(tone_compiler *c, options *o, uint32_t node, bool negated)
{
    const tone_node *n = &c->nodes[node];
    json_t *branches[2] = {tone_node_get(n, "then"), tone_node_get(n, "else")};
    for (int i = 0; i < 2; i++) {
        tone_literal l;
        if (negated && !branches[i])
            continue; /* an absent branch cannot be violated */
        tone_status st = option_sub(c, o, node, tone_node_get(n, "if"), "if", i == 1);
        if (!st && branches[i])
            st = literal_of(c, &l, node, branches[i], i ? "else" : "then", negated);
        if (st)
            return st;
        option *op = &o->items[o->n - 1];
        if (branches[i] && !push_literal(c, &op->literals, &op->n_literals, l))
            return tone_compiler_no_memory(c);
    }
    return TONE_OK;
}

static tone_status cannot_negate(tone_compiler *c, uint32_t node, const char *keyword)
{
    return tone_node_fail(c, TONE_ERR_UNSUPPORTED, &c->nodes[node], "'%s' is in a place where its contrary would have to be enforced", keyword);
}

static tone_status violate_scalars(tone_compiler *c, options *o, uint32_t node, unsigned possible)
{
    static const char *const bounds[] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"};
    const tone_node *n = &c->nodes[node];
    bool integer;
    unsigned types = tone_node_types(n, &integer);
    tone_status st = types != TONE_HAS_ALL ? option_types(c, o, TONE_HAS_ALL & ~types) : TONE_OK;
    if (!st && integer)
        st = option_demands(c, o, TONE_HAS_NUMBER, (tone_demand){.kind = TONE_DEMAND_INTEGER, .not = true}, NULL);
    json_t *values = tone_node_get(n, "enum"), *constant = tone_node_get(n, "const"), *pattern = tone_node_get(n, "pattern");
    const char *format = json_string_value(tone_node_get(n, "format"));
    if (!st && values)
        st = option_demands(c, o, TONE_HAS_ALL, (tone_demand){.kind = TONE_DEMAND_VALUES, .json = values, .not = true}, NULL);
    if (!st && constant) {
        uint32_t k;
        st = tone_node_constant(c, &k, constant);
        if (!st)
            st = option_literal(c, o, k * 2 + 1);
    }
    for (size_t i = 0; i < 5 && !st && possible & TONE_HAS_NUMBER; i++) {
        tone_demand d;
        if (!tone_node_get(n, bounds[i]))
            continue;
        st = number_demand(c, &d, node, bounds[i], true);
        if (!st)
            st = option_demands(c, o, TONE_HAS_NUMBER, d, NULL);
    }
    uint32_t min = tone_node_count(n, "minLength", 0), max = tone_node_count(n, "maxLength", UINT32_MAX);
    if (!st && min)
        st = option_demands(c, o, TONE_HAS_STRING, (tone_demand){.kind = TONE_DEMAND_LENGTH, .max = min - 1}, NULL);
    if (!st && max != UINT32_MAX)
        st = option_demands(c, o, TONE_HAS_STRING, (tone_demand){.kind = TONE_DEMAND_LENGTH, .min = max + 1, .max = UINT32_MAX}, NULL);
    tone_demand text = {.kind = TONE_DEMAND_TEXT, .not = true};
    if (!st && pattern && possible & TONE_HAS_STRING) {
        st = tone_node_pattern(c, &text.re, n, json_string_value(pattern), json_string_length(pattern));
        if (!st)
            st = option_demands(c, o, TONE_HAS_STRING, text, NULL);
    }
    if (!st && format) {
        tone_bound low, high;
        bool known;
        if (tone_format_range(format, &low, &high))
            return possible & TONE_HAS_NUMBER ? cannot_negate(c, node, "format") : TONE_OK;
        st = tone_format_re(&text.re, &known, c->res, format, c->err);
        if (!st && !known && possible & TONE_HAS_STRING)
            st = cannot_negate(c, node, "format");
        if (!st && known)
            st = option_demands(c, o, TONE_HAS_STRING, text, NULL);
    }
    return st;
}

static tone_status violate_arrays(tone_compiler *c, options *o, uint32_t node)
{
    const tone_node *n = &c->nodes[node];
    tone_status st = TONE_OK;
    uint32_t min = tone_node_count(n, "minItems", 0), max = tone_node_count(n, "maxItems", UINT32_MAX);
    json_t *prefix = tone_node_get(n, "prefixItems"), *items = tone_node_get(n, "items"), *contains = tone_node_get(n, "contains");
    if (min)
        st = option_demands(c, o, TONE_HAS_ARRAY, (tone_demand){.kind = TONE_DEMAND_COUNT, .max = min - 1}, NULL);
    if (!st && max != UINT32_MAX)
        st = option_demands(c, o, TONE_HAS_ARRAY, (tone_demand){.kind = TONE_DEMAND_COUNT, .min = max + 1, .max = UINT32_MAX}, NULL);
    if (!st && json_is_true(tone_node_get(n, "uniqueItems")))
        st = cannot_negate(c, node, "uniqueItems");
    size_t i;
    json_t *item;
    json_array_foreach (prefix, i, item) {
        tone_demand d = {.kind = TONE_DEMAND_ITEM, .min = (uint32_t)i}, there = {.kind = TONE_DEMAND_COUNT, .min = (uint32_t)i + 1, .max = UINT32_MAX};
        if (!st)
            st = literal_of(c, &d.literal, node, item, "prefixItems", true);
        if (!st)
            st = option_demands(c, o, TONE_HAS_ARRAY, d, &there);
    }
    if (!st && items) {
        tone_demand d = {.kind = TONE_DEMAND_CONTAINS, .node = node, .min = 1, .max = UINT32_MAX, .from = (uint32_t)json_array_size(prefix)};
        st = literal_of(c, &d.literal, node, items, "items", true);
        if (!st)
            st = option_demands(c, o, TONE_HAS_ARRAY, d, NULL);
    }
    if (!st && contains) {
        uint32_t low = tone_node_count(n, "minContains", 1), high = tone_node_count(n, "maxContains", UINT32_MAX);
        tone_demand d = {.kind = TONE_DEMAND_CONTAINS, .node = node};
        st = literal_of(c, &d.literal, node, contains, "contains", false);
        d.max = low - 1;
        if (!st && low)
            st = option_demands(c, o, TONE_HAS_ARRAY, d, NULL);
        d.min = high + 1;
        d.max = UINT32_MAX;
        if (!st && high != UINT32_MAX)
            st = option_demands(c, o, TONE_HAS_ARRAY, d, NULL);
    }
    return st;
}

static tone_status violate_objects(tone_compiler *c, options *o, uint32_t node)
{
    const tone_node *n = &c->nodes[node];
    tone_status st = TONE_OK;
    uint32_t min = tone_node_count(n, "minProperties", 0), max = tone_node_count(n, "maxProperties", UINT32_MAX);
    size_t i;
    json_t *item, *name, *others = tone_node_get(n, "additionalProperties");
    const char *key;
    json_array_foreach (tone_node_get(n, "required"), i, item)
        if (!st)
            st = option_demands(c, o, TONE_HAS_OBJECT, member_demand(json_string_value(item), NEVER), NULL);
    json_object_foreach (tone_node_get(n, "properties"), key, item) {
        tone_demand d = member_demand(key, 0), there = required_demand(key);
        if (!st)
            st = literal_of(c, &d.literal, node, item, key, true);
        if (!st)
            st = option_demands(c, o, TONE_HAS_OBJECT, d, &there);
    }
    if (!st && others) {
        tone_demand d = {.kind = TONE_DEMAND_STRANGER, .node = node};
        st = literal_of(c, &d.literal, node, others, "additionalProperties", true);
        if (!st)
            st = option_demands(c, o, TONE_HAS_OBJECT, d, NULL);
    }
    if (!st && tone_node_get(n, "patternProperties"))
        st = cannot_negate(c, node, "patternProperties");
    if (!st && tone_node_get(n, "propertyNames"))
        st = cannot_negate(c, node, "propertyNames");
    if (!st && min)
        st = option_demands(c, o, TONE_HAS_OBJECT, (tone_demand){.kind = TONE_DEMAND_MEMBER_COUNT, .max = min - 1}, NULL);
    if (!st && max != UINT32_MAX)
        st = option_demands(c, o, TONE_HAS_OBJECT, (tone_demand){.kind = TONE_DEMAND_MEMBER_COUNT, .min = max + 1, .max = UINT32_MAX}, NULL);
    json_object_foreach (tone_node_get(n, "dependentRequired"), key, item) {
        json_array_foreach (item, i, name) {
            tone_demand there = required_demand(key);
            if (!st)
                st = option_demands(c, o, TONE_HAS_OBJECT, member_demand(json_string_value(name), NEVER), &there);
        }
    }
    json_object_foreach (tone_node_get(n, "dependentSchemas"), key, item) {
        if (!st)
            st = option_sub(c, o, node, item, key, true);
        option *op = st ? NULL : &o->items[o->n - 1];
        if (op && (!push_demand(c, &op->demands, &op->n_demands, types_demand(TONE_HAS_OBJECT)) ||
                   !push_demand(c, &op->demands, &op->n_demands, required_demand(key))))
            st = tone_compiler_no_memory(c);
    }
    return st;
}

static tone_status violate_combined(tone_compiler *c, options *o, uint32_t node)
{
    const tone_node *n = &c->nodes[node];
    tone_status st = TONE_OK;
    size_t i, k;
    json_t *item, *any = tone_node_get(n, "anyOf"), *one = tone_node_get(n, "oneOf"), *not = tone_node_get(n, "not");
    if (tone_node_get(n, "$ref")) {
        uint32_t target = 0;
        st = tone_node_ref(c, &target, n);
        if (!st)
            st = option_literal(c, o, target * 2 + 1);
    }
    json_array_foreach (tone_node_get(n, "allOf"), i, item)
        if (!st)
            st = option_sub(c, o, node, item, "allOf", true);
    if (!st && not )
        st = option_sub(c, o, node, not, "not", false);
    json_t *lists[2] = {any, one};
    for (int l = 0; l < 2 && !st; l++) { /* none of them */
        option *op = lists[l] ? new_option(c, o) : NULL;
        if (lists[l] && !op)
            return tone_compiler_no_memory(c);
        json_array_foreach (lists[l], i, item) {
            tone_literal literal;
            st = st ? st : literal_of(c, &literal, node, item, l ? "oneOf" : "anyOf", true);
            if (!st && !push_literal(c, &op->literals, &op->n_literals, literal))
                st = tone_compiler_no_memory(c);
        }
    }
    for (i = 0; i < json_array_size(one); i++) { /* or two */
        for (k = i + 1; k < json_array_size(one) && !st; k++) {
            tone_literal literal;
            st = option_sub(c, o, node, json_array_get(one, i), "oneOf", false);
            if (!st)
                st = literal_of(c, &literal, node, json_array_get(one, k), "oneOf", false);
            if (!st && !push_literal(c, &o->items[o->n - 1].literals, &o->items[o->n - 1].n_literals, literal))
                st = tone_compiler_no_memory(c);
        }
    }
    if (!st && tone_node_get(n, "if"))
        st = if_then(c, o, node, true);
    return st;
}

static tone_status options_of(tone_compiler *c, const work *w, options *o, const choice *ch)
{
    size_t i;
    json_t *item;
    tone_status st = TONE_OK;
    switch (ch->kind) {
    case CHOOSE_NULL:
        return option_types(c, o, TONE_HAS_NULL); /* the rest is seen to by split() */
    case CHOOSE_ANY:
        json_array_foreach (ch->json, i, item)
            if (!st)
                st = option_sub(c, o, ch->node, item, "anyOf", false);
        return st;
    case CHOOSE_ONE:
        return one_of(c, o, ch->node, ch->json);
    case CHOOSE_IF:
        return if_then(c, o, ch->node, false);
    case CHOOSE_LIST:
    case CHOOSE_SCHEMA: {
        option *op;
        st = option_types(c, o, TONE_HAS_ALL & ~TONE_HAS_OBJECT);
        if (!st)
            st = option_demands(c, o, TONE_HAS_OBJECT, member_demand(ch->key, NEVER), NULL);
        if (!st)
            st = option_demands(c, o, TONE_HAS_OBJECT, required_demand(ch->key), NULL);
        if (st)
            return st;
        op = &o->items[o->n - 1];
        if (ch->kind == CHOOSE_SCHEMA) {
            tone_literal l;
            st = literal_of(c, &l, ch->node, ch->json, ch->key, false);
            return st ? st : push_literal(c, &op->literals, &op->n_literals, l) ? TONE_OK : tone_compiler_no_memory(c);
        }
        json_array_foreach (ch->json, i, item)
            if (!push_demand(c, &op->demands, &op->n_demands, required_demand(json_string_value(item))))
                return tone_compiler_no_memory(c);
        return TONE_OK;
    }
    case CHOOSE_VIOLATION:
        st = violate_scalars(c, o, ch->node, w->types);
        if (!st && w->types & TONE_HAS_ARRAY)
            st = violate_arrays(c, o, ch->node);
        if (!st && w->types & TONE_HAS_OBJECT)
            st = violate_objects(c, o, ch->node);
        return st ? st : violate_combined(c, o, ch->node);
    }
    return st;
}

/* --- working a case off ------------------------------------------------------------------------------------------- */

static tone_status solve(tone_compiler *c, tone_shape *shape, uint32_t conj, work *w, int depth);

/* Go on with one option of a choice. */
static tone_status split_into(tone_compiler *c, tone_shape *shape, uint32_t conj, const work *w, const option *op, const choice *rest, int depth)
{
    work next = *w;
    next.pending = NULL;
    next.n_pending = 0;
    next.seen = copy(c, w->seen, w->n_seen, sizeof *w->seen);
    next.demands = copy(c, w->demands, w->n_demands, sizeof *w->demands);
    next.choices = copy(c, w->choices, w->n_choices, sizeof *w->choices);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    tone_status st = TONE_OK;
    for (uint32_t i = 0; op && i < op->n_demands && !st; i++)
        st = add_demand(c, &next, op->demands[i]);
    for (uint32_t i = 0; op && i < op->n_literals && !st; i++)
        if (!push_literal(c, &next.pending, &next.n_pending, op->literals[i]))
            st = tone_compiler_no_memory(c);
    if (!st && rest)
        st = expand_node(c, &next, rest->node);
    return st ? st : solve(c, shape, conj, &next, depth + 1);
}

static tone_status solve(tone_compiler *c, tone_shape *shape, uint32_t conj, work *w, int depth)
{
    tone_status st = tone_compiler_step(c, w->n_choices ? &c->nodes[w->choices[w->n_choices - 1].node] : NULL);
    if (!st && depth > TONE_SCHEMA_DEPTH)
        st = tone_node_fail(c, TONE_ERR_LIMIT, w->n_choices ? &c->nodes[w->choices[0].node] : NULL, "alternatives are nested too deeply");
    while (!st && w->types && w->n_pending)
        st = expand(c, w, w->pending[--w->n_pending]);
    if (st || !w->types)
        return st;
    if (!w->n_choices)
        return tone_shape_add(c, shape, conj, w->demands, w->n_demands);
    choice ch = w->choices[--w->n_choices];
    options o = {0};
    st = options_of(c, w, &o, &ch);
    for (uint32_t i = 0; i < o.n && !st; i++)
        st = split_into(c, shape, conj, w, &o.items[i], NULL, depth);
    if (!st && ch.kind == CHOOSE_NULL)
        st = split_into(c, shape, conj, w, NULL, &ch, depth);
    return st;
}

/* A schema must not be part of itself without a value in between.  Marks nodes: 1 on the way, 2 seen to. */
static tone_status check_loops(tone_compiler *c, uint32_t node, int depth)
{
    static const char *const lists[] = {"allOf", "anyOf", "oneOf"}, *const singles[] = {"not", "if", "then", "else"};
    tone_node *n = &c->nodes[node];
    if (n->visited == 2 || n->constant || !json_is_object(n->json))
        return TONE_OK;
    if (n->visited == 1)
        return tone_node_fail(c, TONE_ERR_FORMAT, n, "the schema refers to itself with no array or object in between");
    if (depth > 1000)
        return tone_node_fail(c, TONE_ERR_LIMIT, n, "references are chained too deeply");
    n->visited = 1;
    tone_status st = TONE_OK;
    uint32_t next = 0;
    size_t i;
    json_t *item;
    const char *key;
    if (tone_node_get(n, "$ref")) {
        st = tone_node_ref(c, &next, n);
        if (!st)
            st = check_loops(c, next, depth + 1);
    }
    for (int l = 0; l < 3 && !st; l++) {
        json_array_foreach (tone_node_get(&c->nodes[node], lists[l]), i, item) {
            st = st ? st : tone_node_of(c, &next, item, c->nodes[node].where, lists[l]);
            st = st ? st : check_loops(c, next, depth + 1);
        }
    }
    for (int s = 0; s < 4 && !st; s++) {
        item = tone_node_get(&c->nodes[node], singles[s]);
        if (!item)
            continue;
        st = tone_node_of(c, &next, item, c->nodes[node].where, singles[s]);
        st = st ? st : check_loops(c, next, depth + 1);
    }
    json_object_foreach (tone_node_get(&c->nodes[node], "dependentSchemas"), key, item) {
        st = st ? st : tone_node_of(c, &next, item, c->nodes[node].where, key);
        st = st ? st : check_loops(c, next, depth + 1);
    }
    c->nodes[node].visited = st ? 0 : 2;
    return st;
}

tone_status tone_conj_cases(tone_compiler *c, tone_shape *shape, uint32_t conj)
{
    work w = {.types = TONE_HAS_ALL};
    tone_status st = TONE_OK;
    for (uint32_t i = c->conjs[conj].n; i-- > 0 && !st;) {
        st = check_loops(c, c->conjs[conj].literals[i] / 2, 0);
        if (!st && !push_literal(c, &w.pending, &w.n_pending, c->conjs[conj].literals[i]))
            st = tone_compiler_no_memory(c);
    }
    return st ? st : solve(c, shape, conj, &w, 0);
}

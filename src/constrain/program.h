/* constrain/program.h - a compiled constraint: values, the shapes of arrays and objects they may have, and automata.
 *
 * Everything is immutable once built; the walk over it (walk.h) keeps its place in frames.  A value is the sum of its
 * parts: scalars by automata, a counted free string, any of several array shapes, any of several object shapes.  Which
 * of several shapes is meant shows as the text goes on. */
#ifndef TONE_CONSTRAIN_PROGRAM_H
#define TONE_CONSTRAIN_PROGRAM_H

#include "constrain/arena.h"
#include "constrain/text.h"

/* Levels of nesting that something needs at least; nothing that can be finished. */
enum { TONE_HEIGHT_NEVER = UINT32_MAX };
/* Symbols that something needs at least, saturating. */
enum { TONE_COST_MAX = UINT32_MAX / 8 };
/* Named members of one object, and its extras, at most. */
enum { TONE_MEMBERS_MAX = 1024, TONE_EXTRAS_MAX = 64 };

typedef struct tone_array tone_array;
typedef struct tone_object tone_object;

enum { TONE_VALUE_SCALARS = 3, TONE_NO_VALUE = UINT32_MAX };

typedef struct tone_value {
    const tone_dfa *scalars[TONE_VALUE_SCALARS];
    uint32_t n_scalars;
    const tone_dfa *any_text; /* counted string, or NULL */
    uint32_t min_chars, max_chars;
    uint32_t *arrays, *objects; /* numbers of shapes */
    uint32_t n_arrays, n_objects;
    uint32_t height, cost;
} tone_value;

/* What may stand at one place of an array.  With `contains` an item is either one that counts or one that does not. */
typedef struct tone_item {
    uint32_t plain;    /* value; TONE_NO_VALUE: none          */
    uint32_t counting; /* value that counts for `contains`    */
} tone_item;

struct tone_array {
    tone_item *items; /* places 0 … n_items-1; the last one stands for all that follow, unless max ends before */
    uint32_t n_items;
    uint32_t min, max;         /* items; max UINT32_MAX: any number */
    uint32_t min_count, max_count; /* of counting items */
    bool contains, unique;
    bool spaces;       /* white space may stand inside */
    uint32_t n_values; /* unique: how many different items exist, TONE_DFA_MANY: no bound */
    uint32_t height, cost;
};

/* A member that the schema names. */
typedef struct tone_member {
    const char *spelled; /* key and colon as they are written */
    uint32_t n_spelled;
    uint32_t value;
    uint32_t chain, place; /* members of one chain come in the order of their places */
    bool required;
} tone_member;

/* Members that it does not name: a language of keys with a value. */
typedef struct tone_extra {
    const tone_dfa *keys;
    uint32_t value;
    uint32_t n_named; /* members whose keys `keys` accepts too: they are not extra */
    uint32_t *named;
} tone_extra;

struct tone_object {
    tone_member *members; /* sorted by spelling */
    uint32_t n_members, n_required, n_chains;
    uint32_t *chain_first, *chain_members; /* members of a chain in their order: chain_members[chain_first[c] …] */
    tone_extra *extras;
    uint32_t n_extras;
    bool any_order, spaces;
    uint32_t min, max; /* members */
    uint32_t height, cost;
};

/* The irregular parts of an answer or a grammar: automata that call values (even numbers) or each other (odd). */
typedef struct tone_rule {
    const tone_dfa *dfa;
    uint32_t *height, *cost; /* per state, to acceptance */
    uint32_t highest;        /* of all states            */
} tone_rule;

static inline uint32_t tone_call_value(uint32_t value)
{
    return value * 2;
}
static inline uint32_t tone_call_rule(uint32_t rule)
{
    return rule * 2 + 1;
}

typedef struct tone_program {
    tone_arena arena; /* everything but the automata */
    tone_value *values;
    uint32_t n_values;
    tone_array *arrays;
    uint32_t n_arrays;
    tone_object *objects;
    uint32_t n_objects;
    tone_rule *rules;
    uint32_t n_rules;
    tone_dfa **dfas; /* owned */
    uint32_t n_dfas;
    tone_dfa *any[TONE_TEXT_KINDS]; /* owned; NULL until asked for */
    uint32_t root; /* as in a call */
    bool any_order, spaces; /* of JSON; calls: any, none */
    bool remembers; /* somewhere keys or items are remembered, because they must differ */
    uint32_t max_depth;
    char **warnings;
    uint32_t n_warnings;
} tone_program;

void tone_program_clear(tone_program *p);
/* Keep d (freed with the program, and at once on failure). */
TONE_NODISCARD bool tone_program_keep(tone_program *p, tone_dfa *d);
const tone_dfa *tone_program_any(tone_program *p, tone_text_kind kind); /* NULL: no memory */
TONE_NODISCARD bool tone_program_warn(tone_program *p, const char *sentence);

/* Work out heights and costs of everything, when all is in place. */
TONE_NODISCARD tone_status tone_program_measure(tone_program *p, tone_error *err);
/* Of what a call names. */
uint32_t tone_program_height(const tone_program *p, uint32_t call);
uint32_t tone_program_cost(const tone_program *p, uint32_t call);

/* Place i of an array; i may lie past the end. */
static inline const tone_item *tone_array_item(const tone_array *a, uint32_t i)
{
    return &a->items[i < a->n_items ? i : a->n_items - 1];
}
/* Whether an array that has n items, `count` of them counting, can be finished when items may be `height` high. */
bool tone_array_possible(const tone_program *p, const tone_array *a, uint32_t n, uint32_t count, uint32_t height);
/* Fewest symbols to do so, the bracket included. */
uint32_t tone_array_cost(const tone_program *p, const tone_array *a, uint32_t n, uint32_t count);

/* Whether an object with `used` members (bits), n members in all (extras included), n_extra_used[e] keys of extra e, can
 * be finished when values may be `height` high. */
typedef struct tone_object_place {
    const uint64_t *used;
    uint32_t n;
    const uint32_t *n_extra_used; /* NULL: none */
} tone_object_place;
bool tone_object_possible(const tone_program *p, const tone_object *o, const tone_object_place *at, uint32_t height);
uint32_t tone_object_cost(const tone_program *p, const tone_object *o, const tone_object_place *at);

#endif

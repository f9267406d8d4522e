/* constrain/schema.h - from a JSON Schema to a program, inside the compiler.
 *
 * 1. nodes (schema.c): every schema met is a node; its keywords are checked when it is met.
 * 2. conjunctions (cases.c): a set of nodes, some negated, that a value must satisfy together.  Its boolean keywords
 *    (allOf, anyOf, oneOf, not, if, $ref, …) are multiplied out into cases, each a plain list of demands.
 * 3. shapes (shape.c): the demands of a case become a set of strings, of numbers, arrays and objects; members and items
 *    are conjunctions again.
 * 4. program (build.c): every conjunction that can be reached becomes a value.
 *
 * Where an enum or a const is among the demands its values are simply tried (validate.c). */
#ifndef TONE_CONSTRAIN_SCHEMA_H
#define TONE_CONSTRAIN_SCHEMA_H

#include <jansson.h>

#include "constrain/number.h"
#include "constrain/program.h"

typedef uint32_t tone_literal; /* node * 2, + 1 when negated */

typedef struct tone_node {
    json_t *json;
    const char *where; /* "#/properties/a" */
    bool constant;     /* json is not a schema but the one value allowed */
    uint8_t visited;   /* see check_loops() */
} tone_node;

enum {
    TONE_HAS_NULL = 1,
    TONE_HAS_FALSE = 2,
    TONE_HAS_TRUE = 4,
    TONE_HAS_NUMBER = 8,
    TONE_HAS_STRING = 16,
    TONE_HAS_ARRAY = 32,
    TONE_HAS_OBJECT = 64,
    TONE_HAS_ALL = 127
};

typedef struct tone_shape_item {
    uint32_t plain, counting; /* conjunctions */
} tone_shape_item;

typedef struct tone_shape_array {
    tone_shape_item *items;
    uint32_t n_items, min, max, min_count, max_count;
    bool contains, unique;
    uint32_t number; /* in the program, + 1; 0: not yet */
} tone_shape_array;

typedef struct tone_shape_member {
    const char *key;
    uint32_t n_key, conj, chain, place;
    bool required;
} tone_shape_member;

typedef struct tone_shape_extra {
    tone_re keys; /* contents */
    uint32_t conj;
} tone_shape_extra;

typedef struct tone_shape_object {
    tone_shape_member *members;
    uint32_t n_members, n_chains;
    tone_shape_extra *extras;
    uint32_t n_extras, min, max;
} tone_shape_object;

/* A set of strings: those of `re` (if restricted) with min … max characters. */
typedef struct tone_shape_string {
    bool restricted;
    tone_re re;
    uint32_t min, max;
} tone_shape_string;

typedef struct tone_shape {
    json_t **values; /* that are simply listed */
    uint32_t n_values;
    unsigned words; /* TONE_HAS_NULL … TONE_HAS_TRUE */
    tone_number_rule *numbers;
    uint32_t n_numbers;
    tone_shape_string *strings;
    uint32_t n_strings;
    tone_shape_array *arrays;
    uint32_t n_arrays;
    tone_shape_object *objects;
    uint32_t n_objects;
} tone_shape;

typedef struct tone_conj {
    tone_literal *literals; /* sorted */
    uint32_t n;
    tone_shape *shape;  /* NULL until asked for */
    bool busy;          /* its shape is being made */
    uint32_t values[2]; /* in the program, + 1: with any spelling of its scalars, with one */
} tone_conj;

typedef struct tone_compiler {
    tone_arena arena;
    tone_re_pool *res;
    tone_program *program;
    tone_notation notation;
    bool lenient, closed;
    tone_node *nodes;
    uint32_t n_nodes;
    tone_conj *conjs;
    uint32_t n_conjs;
    uint32_t *node_slots, *conj_slots; /* hash tables, + 1 */
    uint32_t n_node_slots, n_conj_slots;
    json_t *root;   /* that "#" means */
    json_t **owned; /* values made on the way */
    uint32_t n_owned;
    uint32_t steps;   /* of work that could grow out of hand */
    uint32_t probing; /* depth of "is this empty?" */
    uint32_t states;  /* of all automata built so far */
    tone_error *err;
} tone_compiler;

enum { TONE_STATES_MAX = 400000, TONE_STEPS_MAX = 200000, TONE_SCHEMA_DEPTH = 200, TONE_SCHEMA_BYTES = 8 << 20 };

/* Parse the text of a schema (or of a list of tools): the caller releases *out. */
TONE_NODISCARD tone_status tone_schema_read(json_t **out, const char *text, size_t n, tone_error *err);

TONE_NODISCARD tone_status tone_compiler_init(tone_compiler *c, tone_program *p, tone_notation notation,
                                              const tone_constraint_options *options, tone_error *err);
void tone_compiler_clear(tone_compiler *c);
tone_status tone_compiler_no_memory(tone_compiler *c);
/* Count one step of work; fails when there were too many. */
TONE_NODISCARD tone_status tone_compiler_step(tone_compiler *c, const tone_node *at);
/* Keep a new reference until the end. */
TONE_NODISCARD tone_status tone_compiler_own(tone_compiler *c, json_t *json);

/* The node of a schema, checked.  `where` and `name` (nullable) make its path; `plain` for constants. */
TONE_NODISCARD tone_status tone_node_of(tone_compiler *c, uint32_t *out, json_t *json, const char *where, const char *name);
TONE_NODISCARD tone_status tone_node_constant(tone_compiler *c, uint32_t *out, json_t *value);
/* What a node's $ref leads to. */
TONE_NODISCARD tone_status tone_node_ref(tone_compiler *c, uint32_t *out, const tone_node *n);
/* Keyword of a node: NULL when it has none (or is no object). */
json_t *tone_node_get(const tone_node *n, const char *keyword);
/* A count keyword (integral, not negative): `otherwise` when absent. */
uint32_t tone_node_count(const tone_node *n, const char *keyword, uint32_t otherwise);
/* Types that `type` names; all when absent.  *integer: numbers must be integers. */
unsigned tone_node_types(const tone_node *n, bool *integer);
tone_status tone_node_fail(tone_compiler *c, tone_status code, const tone_node *n, const char *fmt, ...) TONE_PRINTF(4, 5);

/* The texts that a `pattern` or `format` allows; TONE_RE_ALL for formats that say nothing about texts. */
TONE_NODISCARD tone_status tone_node_pattern(tone_compiler *c, tone_re *out, const tone_node *n, const char *pattern, size_t n_bytes);
TONE_NODISCARD tone_status tone_format_re(tone_re *out, bool *known, tone_re_pool *p, const char *name, tone_error *err);
/* Formats of numbers: int32 and the like; false when it is none. */
bool tone_format_range(const char *name, tone_bound *low, tone_bound *high);

bool tone_json_decimal(tone_decimal *out, const json_t *json);
bool tone_json_same(const json_t *a, const json_t *b);

/* Whether a value, which is one of `list` (or list is NULL), satisfies a literal. */
TONE_NODISCARD tone_status tone_literal_valid(tone_compiler *c, bool *out, tone_literal l, json_t *value, const json_t *list);

/* The conjunction of literals (any order, doubles allowed). */
TONE_NODISCARD tone_status tone_conj_of(tone_compiler *c, uint32_t *out, const tone_literal *literals, uint32_t n);
/* Its shape; c->conjs may move. */
TONE_NODISCARD tone_status tone_conj_shape(tone_compiler *c, const tone_shape **out, uint32_t conj);
/* Whether it is certain that nothing satisfies it; false when that is not known. */
bool tone_conj_empty(tone_compiler *c, uint32_t conj);

/* What a case demands. */
typedef enum tone_demand_kind {
    TONE_DEMAND_TYPES,    /* mask                                             */
    TONE_DEMAND_INTEGER,  /* numbers: integers; with `not` none               */
    TONE_DEMAND_BOUND,    /* at least `bound` (at most if `upper`)            */
    TONE_DEMAND_MULTIPLE, /* unit, places; with `not` none                    */
    TONE_DEMAND_VALUES,   /* json: array of allowed (with `not` forbidden) values */
    TONE_DEMAND_LENGTH,   /* min, max characters                              */
    TONE_DEMAND_TEXT,     /* re; with `not` its complement                    */
    TONE_DEMAND_ITEMS,    /* node: its items and prefixItems                  */
    TONE_DEMAND_ITEM,     /* item `min` satisfies `literal`, if there         */
    TONE_DEMAND_ALL_ITEMS, /* all items satisfy `literal`                     */
    TONE_DEMAND_COUNT,    /* min, max items                                   */
    TONE_DEMAND_UNIQUE,
    TONE_DEMAND_CONTAINS, /* min … max items from place `from` on satisfy `literal` */
    TONE_DEMAND_MEMBERS,  /* node: properties, patternProperties, additionalProperties */
    TONE_DEMAND_MEMBER,   /* member `key` satisfies `literal`, if there       */
    TONE_DEMAND_REQUIRED, /* member `key` is there                            */
    TONE_DEMAND_MEMBER_COUNT, /* min, max                                     */
    TONE_DEMAND_NAMES,    /* names satisfy `literal`                          */
    TONE_DEMAND_STRANGER  /* some member that node does not name satisfies `literal` */
} tone_demand_kind;

typedef struct tone_demand {
    tone_demand_kind kind;
    bool not, upper;
    unsigned types;
    uint32_t min, max, from;
    tone_literal literal;
    uint32_t node;
    uint32_t unit, places;
    tone_re re;
    tone_bound bound;
    json_t *json;
    const char *key;
    uint32_t n_key;
} tone_demand;

/* The language of such a set. */
tone_re tone_shape_string_re(tone_compiler *c, const tone_shape_string *s);

/* Multiply out: add to `shape` every case of the conjunction. */
TONE_NODISCARD tone_status tone_conj_cases(tone_compiler *c, tone_shape *shape, uint32_t conj);
/* One case: add what satisfies all its demands. */
TONE_NODISCARD tone_status tone_shape_add(tone_compiler *c, tone_shape *shape, uint32_t conj, const tone_demand *demands, uint32_t n);

#endif

/* Nodes: which keywords a schema has, whether they are well-formed, and where its references lead.
 *
 * Every keyword is in the table below or is refused: a misspelt constraint must not pass for a remark. */
#include "constrain/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "constrain/regex.h"

typedef enum check {
    REMARK,  /* says nothing about values */
    REFUSED, /* cannot be enforced        */
    ANY,
    SCHEMA,
    SCHEMA_MAP,
    SCHEMA_LIST,
    COUNT,
    NUMBER,
    POSITIVE,
    TEXT,
    TEXT_LIST,
    TEXT_LIST_MAP,
    FLAG,
    TYPE,
    VALUES
} check;

static const struct keyword {
    const char *name;
    check check;
} keywords[] = {
    {"type", TYPE},
    {"enum", VALUES},
    {"const", ANY},
    {"nullable", FLAG},
    {"properties", SCHEMA_MAP},
    {"required", TEXT_LIST},
    {"additionalProperties", SCHEMA},
    {"patternProperties", SCHEMA_MAP},
    {"propertyNames", SCHEMA},
    {"minProperties", COUNT},
    {"maxProperties", COUNT},
    {"dependentRequired", TEXT_LIST_MAP},
    {"dependentSchemas", SCHEMA_MAP},
    {"items", SCHEMA},
    {"prefixItems", SCHEMA_LIST},
    {"minItems", COUNT},
    {"maxItems", COUNT},
    {"uniqueItems", FLAG},
    {"contains", SCHEMA},
    {"minContains", COUNT},
    {"maxContains", COUNT},
    {"minLength", COUNT},
    {"maxLength", COUNT},
    {"pattern", TEXT},
    {"format", TEXT},
    {"minimum", NUMBER},
    {"maximum", NUMBER},
    {"exclusiveMinimum", NUMBER},
    {"exclusiveMaximum", NUMBER},
    {"multipleOf", POSITIVE},
    {"allOf", SCHEMA_LIST},
    {"anyOf", SCHEMA_LIST},
    {"oneOf", SCHEMA_LIST},
    {"not", SCHEMA},
    {"if", SCHEMA},
    {"then", SCHEMA},
    {"else", SCHEMA},
    {"$ref", TEXT},
    {"$defs", REMARK},
    {"definitions", REMARK},
    {"$schema", REMARK},
    {"$comment", REMARK},
    {"$anchor", REMARK},
    {"$id", REMARK},
    {"title", REMARK},
    {"description", REMARK},
    {"default", REMARK},
    {"example", REMARK},
    {"examples", REMARK},
    {"deprecated", REMARK},
    {"readOnly", REMARK},
    {"writeOnly", REMARK},
    {"contentMediaType", REMARK},
    {"contentEncoding", REMARK},
    {"contentSchema", REMARK},
    {"discriminator", REMARK},
    {"externalDocs", REMARK},
    {"xml", REMARK},
    {"strict", REMARK},
    {"unevaluatedItems", REFUSED},
    {"unevaluatedProperties", REFUSED},
    {"additionalItems", REFUSED},
    {"dependencies", REFUSED},
    {"$dynamicRef", REFUSED},
    {"$dynamicAnchor", REFUSED},
    {"$recursiveRef", REFUSED},
    {"$recursiveAnchor", REFUSED},
    {"$vocabulary", REFUSED},
};

static const struct type_name {
    const char *name;
    unsigned types;
} type_names[] = {
    {"null", TONE_HAS_NULL},     {"boolean", TONE_HAS_FALSE | TONE_HAS_TRUE}, {"number", TONE_HAS_NUMBER}, {"integer", TONE_HAS_NUMBER},
    {"string", TONE_HAS_STRING}, {"array", TONE_HAS_ARRAY},                   {"object", TONE_HAS_OBJECT},
};

tone_status tone_compiler_no_memory(tone_compiler *c)
{
    return tone_fail(c->err, TONE_ERR_NO_MEMORY, 0, "no memory for the constraint");
}

tone_status tone_compiler_step(tone_compiler *c, const tone_node *at)
{
    if (c->steps++ < TONE_STEPS_MAX)
        return TONE_OK;
    return tone_node_fail(c, TONE_ERR_LIMIT, at, "there are too many combinations of alternatives to work out");
}

tone_status tone_node_fail(tone_compiler *c, tone_status code, const tone_node *n, const char *fmt, ...)
{
    char text[240];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (code != TONE_ERR_UNSUPPORTED || !c->lenient)
        return tone_fail(c->err, code, 0, "%s: %s", n ? n->where : "#", text);
    if (c->probing)
        return TONE_OK;
    char sentence[320];
    snprintf(sentence, sizeof sentence, "%s: %s", n ? n->where : "#", text);
    return tone_program_warn(c->program, sentence) ? TONE_OK : tone_compiler_no_memory(c);
}

json_t *tone_node_get(const tone_node *n, const char *keyword)
{
    return n->constant ? NULL : json_object_get(n->json, keyword);
}

/* A whole number not below 0, also when written 2.0; false otherwise. */
static bool count_value(const json_t *json, uint32_t *out)
{
    double v = json_number_value(json);
    if (!json_is_number(json) || !(v >= 0) || v != floor(v))
        return false;
    *out = v >= UINT32_MAX ? UINT32_MAX : (uint32_t)v;
    return true;
}

uint32_t tone_node_count(const tone_node *n, const char *keyword, uint32_t otherwise)
{
    uint32_t v = otherwise;
    json_t *json = tone_node_get(n, keyword);
    if (json && !count_value(json, &v))
        return otherwise;
    return v;
}

static unsigned type_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (strcmp(type_names[i].name, name) == 0)
            return type_names[i].types;
    return 0;
}

unsigned tone_node_types(const tone_node *n, bool *integer)
{
    json_t *type = tone_node_get(n, "type");
    *integer = false;
    if (!type)
        return TONE_HAS_ALL;
    unsigned types = 0;
    bool whole = false, real = false;
    for (size_t i = 0; i < (json_is_array(type) ? json_array_size(type) : 1); i++) {
        const char *name = json_string_value(json_is_array(type) ? json_array_get(type, i) : type);
        types |= type_of_name(name);
        whole |= strcmp(name, "integer") == 0;
        real |= strcmp(name, "number") == 0;
    }
    *integer = whole && !real;
    return types;
}

static bool is_schema(const json_t *json)
{
    return json_is_object(json) || json_is_boolean(json);
}

static bool well_formed(check kind, json_t *json)
{
    size_t i;
    json_t *item;
    const char *key;
    uint32_t count;
    switch (kind) {
    case REMARK:
    case REFUSED:
    case ANY:
        return true;
    case SCHEMA:
        return is_schema(json);
    case SCHEMA_MAP:
        if (!json_is_object(json))
            return false;
        json_object_foreach (json, key, item)
            if (!is_schema(item))
                return false;
        return true;
    case SCHEMA_LIST:
        json_array_foreach (json, i, item)
            if (!is_schema(item))
                return false;
        return json_is_array(json) && json_array_size(json) > 0;
    case COUNT:
        return count_value(json, &count);
    case NUMBER:
        return json_is_number(json);
    case POSITIVE:
        return json_is_number(json) && json_number_value(json) > 0;
    case TEXT:
        return json_is_string(json);
    case TEXT_LIST:
        json_array_foreach (json, i, item)
            if (!json_is_string(item))
                return false;
        return json_is_array(json);
    case TEXT_LIST_MAP:
        if (!json_is_object(json))
            return false;
        json_object_foreach (json, key, item)
            if (!well_formed(TEXT_LIST, item))
                return false;
        return true;
    case FLAG:
        return json_is_boolean(json);
    case TYPE:
        if (json_is_string(json))
            return type_of_name(json_string_value(json)) != 0;
        json_array_foreach (json, i, item)
            if (!json_is_string(item) || !type_of_name(json_string_value(item)))
                return false;
        return json_is_array(json) && json_array_size(json) > 0;
    case VALUES:
        return json_is_array(json);
    }
    return false;
}

static const struct keyword *keyword_find(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    return NULL;
}

static tone_status check_keywords(tone_compiler *c, const tone_node *n)
{
    const char *key;
    json_t *value;
    if (n->constant || json_is_boolean(n->json))
        return TONE_OK;
    if (!json_is_object(n->json))
        return tone_node_fail(c, TONE_ERR_FORMAT, n, "a schema must be an object, true or false");
    json_object_foreach (n->json, key, value) {
        const struct keyword *k = keyword_find(key);
        tone_status st = TONE_OK;
        if (k && !well_formed(k->check, value))
            st = tone_node_fail(c, TONE_ERR_FORMAT, n, "the value of '%s' is not what this keyword takes", key);
        else if (!k && strncmp(key, "x-", 2) != 0)
            st = tone_node_fail(c, TONE_ERR_UNSUPPORTED, n, "the keyword '%s' is unknown and cannot be enforced", key);
        else if (k && (k->check == REFUSED || (strcmp(key, "$id") == 0 && n->json != c->root)))
            st = tone_node_fail(c, TONE_ERR_UNSUPPORTED, n, "the keyword '%s' cannot be enforced", key);
        if (st)
            return st;
    }
    return TONE_OK;
}

static uint32_t pointer_slot(const void *pointer, bool constant, uint32_t n_slots)
{
    uint64_t h = ((uint64_t)(uintptr_t)pointer ^ constant) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(h >> 40) & (n_slots - 1);
}

static bool node_slots_grow(tone_compiler *c)
{
    if (c->n_nodes * 2 < c->n_node_slots)
        return true;
    uint32_t n = c->n_node_slots ? c->n_node_slots * 2 : 256, *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < c->n_nodes; i++) {
        uint32_t at = pointer_slot(c->nodes[i].json, c->nodes[i].constant, n);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = i + 1;
    }
    free(c->node_slots);
    c->node_slots = slots;
    c->n_node_slots = n;
    return true;
}

static const char *path_join(tone_compiler *c, const char *where, const char *name)
{
    char text[200];
    if (!name)
        return tone_arena_copy(&c->arena, where, strlen(where));
    int n = snprintf(text, sizeof text, "%s/%s", where, name);
    if (n < 0)
        return NULL;
    if ((size_t)n >= sizeof text) {
        n = (int)sizeof text - 1;
        memcpy(text + n - 3, "...", 3);
    }
    return tone_arena_copy(&c->arena, text, (size_t)n);
}

static tone_status node_add(tone_compiler *c, uint32_t *out, json_t *json, bool constant, const char *where, const char *name)
{
    if (!node_slots_grow(c))
        return tone_compiler_no_memory(c);
    uint32_t at = pointer_slot(json, constant, c->n_node_slots);
    for (; c->node_slots[at]; at = (at + 1) & (c->n_node_slots - 1)) {
        const tone_node *n = &c->nodes[c->node_slots[at] - 1];
        if (n->json == json && n->constant == constant) {
            *out = c->node_slots[at] - 1;
            return TONE_OK;
        }
    }
    c->nodes = tone_arena_grow(&c->arena, c->nodes, c->n_nodes, sizeof *c->nodes);
    const char *path = path_join(c, where, name);
    if (c->arena.failed)
        return tone_compiler_no_memory(c);
    c->nodes[c->n_nodes] = (tone_node){.json = json, .where = path, .constant = constant};
    tone_status st = check_keywords(c, &c->nodes[c->n_nodes]);
    if (st)
        return st;
    c->node_slots[at] = c->n_nodes + 1;
    *out = c->n_nodes++;
    return TONE_OK;
}

tone_status tone_node_of(tone_compiler *c, uint32_t *out, json_t *json, const char *where, const char *name)
{
    return node_add(c, out, json, false, where, name);
}

tone_status tone_node_constant(tone_compiler *c, uint32_t *out, json_t *value)
{
    return node_add(c, out, value, true, "a constant", NULL);
}

static int hex(int ch)
{
    return ch >= '0' && ch <= '9' ? ch - '0' : (ch | 0x20) >= 'a' && (ch | 0x20) <= 'f' ? (ch | 0x20) - 'a' + 10 : -1;
}

/* Undo %XX in place. */
static void percent_decode(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        if (at[0] == '%' && hex(at[1]) >= 0 && hex(at[2]) >= 0 && (hex(at[1]) || hex(at[2]))) {
            *to++ = (char)(hex(at[1]) * 16 + hex(at[2]));
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = 0;
}

/* Undo ~1 and ~0 in place. */
static void pointer_decode(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        bool escaped = at[0] == '~' && (at[1] == '0' || at[1] == '1');
        *to++ = escaped ? (at[1] == '0' ? '~' : '/') : *at;
        at += escaped;
    }
    *to = 0;
}

/* Walk a JSON pointer ("/a/b", changed on the way); NULL when it leads nowhere. */
static json_t *pointer_walk(json_t *at, char *pointer)
{
    while (at && *pointer == '/') {
        char *name = pointer + 1, *end = strchr(name, '/');
        pointer = end ? end : name + strlen(name);
        if (end)
            *end = 0;
        pointer_decode(name);
        if (json_is_array(at)) {
            char *stop;
            unsigned long i = strtoul(name, &stop, 10);
            at = *name >= '0' && *name <= '9' && !*stop ? json_array_get(at, i) : NULL;
        } else {
            at = json_object_get(at, name);
        }
        if (end)
            *end = '/';
    }
    return *pointer ? NULL : at;
}

/* The schema below `at` that calls itself `anchor`. */
static json_t *anchor_find(json_t *at, const char *anchor, int depth)
{
    const char *key;
    json_t *item;
    size_t i;
    if (depth > TONE_SCHEMA_DEPTH)
        return NULL;
    if (json_is_array(at)) {
        json_array_foreach (at, i, item) {
            json_t *found = anchor_find(item, anchor, depth + 1);
            if (found)
                return found;
        }
    }
    if (json_is_object(at)) {
        const char *own = json_string_value(json_object_get(at, "$anchor"));
        if (own && strcmp(own, anchor) == 0)
            return at;
        json_object_foreach (at, key, item) {
            json_t *found = strcmp(key, "enum") && strcmp(key, "const") ? anchor_find(item, anchor, depth + 1) : NULL;
            if (found)
                return found;
        }
    }
    return NULL;
}

tone_status tone_node_ref(tone_compiler *c, uint32_t *out, const tone_node *n)
{
    const char *ref = json_string_value(tone_node_get(n, "$ref")), *where = n->where;
    const char *id = json_string_value(json_object_get(c->root, "$id"));
    size_t n_id = id ? strcspn(id, "#") : 0;
    const char *fragment = strchr(ref, '#');
    bool local = fragment == ref || (n_id && strncmp(ref, id, n_id) == 0 && (!ref[n_id] || ref[n_id] == '#'));
    if (!local)
        return tone_fail(c->err, TONE_ERR_UNSUPPORTED, 0, "%s: $ref '%s' leads out of the schema", where, ref);
    fragment = fragment ? fragment + 1 : "";
    char *path = tone_arena_copy(&c->arena, fragment, strlen(fragment));
    if (!path)
        return tone_compiler_no_memory(c);
    percent_decode(path);
    json_t *found = !*path || *path == '/' ? pointer_walk(c->root, path) : anchor_find(c->root, path, 0);
    if (!found)
        return tone_fail(c->err, TONE_ERR_FORMAT, 0, "%s: $ref '%s' leads nowhere", where, ref);
    if (!is_schema(found))
        return tone_fail(c->err, TONE_ERR_FORMAT, 0, "%s: $ref '%s' does not lead to a schema", where, ref);
    return tone_node_of(c, out, found, ref, NULL);
}

tone_status tone_node_pattern(tone_compiler *c, tone_re *out, const tone_node *n, const char *pattern, size_t n_bytes)
{
    tone_error why;
    tone_status st = tone_regex_parse(out, c->res, pattern, n_bytes, false, &why);
    if (!st)
        return TONE_OK;
    *out = TONE_RE_ALL;
    return tone_node_fail(c, st, n, "%s", why.text);
}

tone_status tone_compiler_own(tone_compiler *c, json_t *json)
{
    if (json)
        c->owned = tone_arena_grow(&c->arena, c->owned, c->n_owned, sizeof *c->owned);
    if (!json || c->arena.failed) {
        json_decref(json);
        return tone_compiler_no_memory(c);
    }
    c->owned[c->n_owned++] = json;
    return TONE_OK;
}

tone_status tone_compiler_init(tone_compiler *c, tone_program *p, tone_notation notation, const tone_constraint_options *options,
                               tone_error *err)
{
    *c = (tone_compiler){.program = p, .notation = notation, .lenient = options->lenient, .closed = options->closed, .err = err};
    c->arena.limit = (size_t)256 << 20;
    c->res = tone_re_pool_new();
    uint32_t always;
    /* Literal 0 is "anything", literal 1 its contrary. */
    if (!c->res || tone_compiler_own(c, json_true()) || tone_node_of(c, &always, c->owned[0], "#", NULL) || always != 0)
        return tone_compiler_no_memory(c);
    return TONE_OK;
}

void tone_compiler_clear(tone_compiler *c)
{
    for (uint32_t i = 0; i < c->n_owned; i++)
        json_decref(c->owned[i]);
    free(c->node_slots);
    free(c->conj_slots);
    tone_re_pool_free(c->res);
    tone_arena_clear(&c->arena);
}

static int json_depth(const json_t *json, int so_far)
{
    const char *key;
    json_t *item;
    size_t i;
    int deepest = so_far;
    if (so_far > TONE_SCHEMA_DEPTH)
        return so_far;
    if (json_is_array(json)) {
        json_array_foreach (json, i, item) {
            int d = json_depth(item, so_far + 1);
            deepest = d > deepest ? d : deepest;
        }
    } else if (json_is_object(json)) {
        json_object_foreach ((json_t *)(uintptr_t)json, key, item) {
            int d = json_depth(item, so_far + 1);
            deepest = d > deepest ? d : deepest;
        }
    }
    return deepest;
}

tone_status tone_schema_read(json_t **out, const char *text, size_t n, tone_error *err)
{
    json_error_t e;
    *out = NULL;
    if (n > TONE_SCHEMA_BYTES)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the schema is larger than %d bytes", TONE_SCHEMA_BYTES);
    const size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    json_t *json = json_loadb(text, n, flags, &e);
    if (!json && json_error_code(&e) == json_error_numeric_overflow)
        json = json_loadb(text, n, flags | JSON_DECODE_INT_AS_REAL, &e); /* bounds such as 2^64 - 1 */
    if (!json)
        return tone_fail(err, TONE_ERR_FORMAT, (uint64_t)(e.position > 0 ? e.position : 0), "the schema is not JSON: %s", e.text);
    if (json_depth(json, 0) > TONE_SCHEMA_DEPTH) {
        json_decref(json);
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the schema is nested more than %d levels deep", TONE_SCHEMA_DEPTH);
    }
    *out = json;
    return TONE_OK;
}

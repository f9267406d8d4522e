/* Trying a value: is it valid against a schema?  Used for the values of enum and const, and for names of members. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "constrain/schema.h"

enum { DEPTH_MAX = 400 };

bool tone_json_decimal(tone_decimal *out, const json_t *json)
{
    if (json_is_integer(json)) {
        tone_decimal_of_int(out, json_integer_value(json));
        return true;
    }
    return json_is_real(json) && tone_decimal_of_real(out, json_real_value(json));
}

static bool same_number(const json_t *a, const json_t *b)
{
    tone_decimal x, y;
    if (json_is_integer(a) && json_is_integer(b))
        return json_integer_value(a) == json_integer_value(b);
    if (tone_json_decimal(&x, a) && tone_json_decimal(&y, b))
        return tone_decimal_compare(&x, &y) == 0;
    return json_number_value(a) == json_number_value(b);
}

bool tone_json_same(const json_t *a, const json_t *b)
{
    size_t i;
    json_t *item;
    const char *key;
    if (json_is_number(a) && json_is_number(b))
        return same_number(a, b);
    if (json_typeof(a) != json_typeof(b))
        return false;
    switch (json_typeof(a)) {
    case JSON_STRING:
        return json_string_length(a) == json_string_length(b) && memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    case JSON_ARRAY:
        if (json_array_size(a) != json_array_size(b))
            return false;
        json_array_foreach (a, i, item)
            if (!tone_json_same(item, json_array_get(b, i)))
                return false;
        return true;
    case JSON_OBJECT:
        if (json_object_size(a) != json_object_size(b))
            return false;
        json_object_foreach ((json_t *)(uintptr_t)a, key, item) {
            const json_t *other = json_object_get(b, key);
            if (!other || !tone_json_same(item, other))
                return false;
        }
        return true;
    default:
        return true;
    }
}

static unsigned type_of(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_NULL:
        return TONE_HAS_NULL;
    case JSON_FALSE:
        return TONE_HAS_FALSE;
    case JSON_TRUE:
        return TONE_HAS_TRUE;
    case JSON_INTEGER:
    case JSON_REAL:
        return TONE_HAS_NUMBER;
    case JSON_STRING:
        return TONE_HAS_STRING;
    case JSON_ARRAY:
        return TONE_HAS_ARRAY;
    case JSON_OBJECT:
        return TONE_HAS_OBJECT;
    }
    return 0;
}

/* One validation: the compiler, how deep, and what went wrong on the way. */
typedef struct trial {
    tone_compiler *c;
    const json_t *value, *list; /* value is one of the list: it need not be looked for there */
    int depth;
    tone_status status;
} trial;

static bool valid(trial *t, uint32_t node, json_t *v);

/* The subschema `json` of node n. */
static bool sub(trial *t, uint32_t n, json_t *json, const char *name, json_t *v)
{
    uint32_t node;
    if (!t->status)
        t->status = tone_node_of(t->c, &node, json, t->c->nodes[n].where, name);
    return !t->status && valid(t, node, v);
}

static bool number_valid(trial *t, const tone_node *n, const json_t *v)
{
    static const struct {
        const char *keyword;
        int sign; /* the value compared with the bound must not have this sign … */
        bool exclusive; /* … or be equal */
    } bounds[] = {{"minimum", -1, false}, {"maximum", 1, false}, {"exclusiveMinimum", -1, true}, {"exclusiveMaximum", 1, true}};
    tone_decimal x, y;
    tone_bound low, high;
    bool exact = tone_json_decimal(&x, v);
    for (size_t i = 0; i < 4; i++) {
        const json_t *bound = tone_node_get(n, bounds[i].keyword);
        if (!bound)
            continue;
        int c;
        if (exact && tone_json_decimal(&y, bound))
            c = tone_decimal_compare(&x, &y);
        else
            c = json_number_value(v) < json_number_value(bound) ? -1 : json_number_value(v) > json_number_value(bound);
        if (c == bounds[i].sign || (c == 0 && bounds[i].exclusive))
            return false;
    }
    const json_t *multiple = tone_node_get(n, "multipleOf");
    if (multiple) {
        double ratio = json_number_value(v) / json_number_value(multiple);
        if (!(fabs(ratio - nearbyint(ratio)) <= 1e-9 * fmax(1.0, fabs(ratio))))
            return false;
    }
    const char *format = json_string_value(tone_node_get(n, "format"));
    if (format && tone_format_range(format, &low, &high) && exact)
        return tone_decimal_is_integer(&x) && tone_decimal_compare(&x, &low.at) >= 0 && tone_decimal_compare(&x, &high.at) <= 0;
    (void)t;
    return true;
}

static bool string_valid(trial *t, uint32_t node, const json_t *v)
{
    const char *s = json_string_value(v);
    size_t n = json_string_length(v), chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += ((uint8_t)s[i] & 0xc0) != 0x80;
    if (chars < tone_node_count(&t->c->nodes[node], "minLength", 0) || chars > tone_node_count(&t->c->nodes[node], "maxLength", UINT32_MAX))
        return false;
    json_t *pattern = tone_node_get(&t->c->nodes[node], "pattern"), *format = tone_node_get(&t->c->nodes[node], "format");
    tone_re r = TONE_RE_ALL;
    if (pattern) {
        t->status = tone_node_pattern(t->c, &r, &t->c->nodes[node], json_string_value(pattern), json_string_length(pattern));
        if (t->status || !tone_re_matches(t->c->res, r, s, n))
            return false;
    }
    if (format) {
        bool known;
        t->status = tone_format_re(&r, &known, t->c->res, json_string_value(format), t->c->err);
        if (t->status || !tone_re_matches(t->c->res, r, s, n))
            return false;
    }
    return true;
}

static bool array_valid(trial *t, uint32_t node, json_t *v)
{
    size_t n = json_array_size(v), i, k, counting = 0;
    json_t *item;
    const tone_node *at = &t->c->nodes[node];
    if (n < tone_node_count(at, "minItems", 0) || n > tone_node_count(at, "maxItems", UINT32_MAX))
        return false;
    json_t *prefix = tone_node_get(at, "prefixItems"), *items = tone_node_get(at, "items"), *contains = tone_node_get(at, "contains");
    bool unique = json_is_true(tone_node_get(at, "uniqueItems"));
    uint32_t min_count = tone_node_count(at, "minContains", 1), max_count = tone_node_count(at, "maxContains", UINT32_MAX);
    json_array_foreach (v, i, item) {
        json_t *schema = i < json_array_size(prefix) ? json_array_get(prefix, i) : items;
        if (schema && !sub(t, node, schema, "items", item))
            return false;
        counting += contains && sub(t, node, contains, "contains", item);
        for (k = 0; unique && k < i; k++)
            if (tone_json_same(json_array_get(v, k), item))
                return false;
    }
    return !contains || (counting >= min_count && counting <= max_count);
}

static bool object_valid(trial *t, uint32_t node, json_t *v)
{
    const tone_node *at = &t->c->nodes[node];
    size_t n = json_object_size(v), i;
    json_t *value, *schema, *list;
    const char *key, *name;
    if (n < tone_node_count(at, "minProperties", 0) || n > tone_node_count(at, "maxProperties", UINT32_MAX))
        return false;
    json_array_foreach (tone_node_get(at, "required"), i, value)
        if (!json_object_get(v, json_string_value(value)))
            return false;
    json_t *named = tone_node_get(at, "properties"), *patterns = tone_node_get(at, "patternProperties");
    json_t *others = tone_node_get(at, "additionalProperties"), *names = tone_node_get(at, "propertyNames");
    json_t *lists = tone_node_get(at, "dependentRequired"), *schemas = tone_node_get(at, "dependentSchemas");
    json_object_foreach (v, key, value) {
        bool spoken_of = false;
        schema = json_object_get(named, key);
        if (schema) {
            spoken_of = true;
            if (!sub(t, node, schema, key, value))
                return false;
        }
        json_object_foreach (patterns, name, schema) {
            tone_re r;
            t->status = tone_node_pattern(t->c, &r, &t->c->nodes[node], name, strlen(name));
            if (t->status)
                return false;
            if (!tone_re_matches(t->c->res, r, key, strlen(key)))
                continue;
            spoken_of = true;
            if (!sub(t, node, schema, name, value))
                return false;
        }
        if (!spoken_of && others && !sub(t, node, others, "additionalProperties", value))
            return false;
        if (names) {
            json_t *text = json_string(key);
            bool good = text && sub(t, node, names, "propertyNames", text);
            json_decref(text);
            if (!good)
                return false;
        }
        list = json_object_get(lists, key);
        for (i = 0; i < json_array_size(list); i++)
            if (!json_object_get(v, json_string_value(json_array_get(list, i))))
                return false;
        schema = json_object_get(schemas, key);
        if (schema && !sub(t, node, schema, key, v))
            return false;
    }
    return true;
}

static bool combined_valid(trial *t, uint32_t node, json_t *v)
{
    const tone_node *at = &t->c->nodes[node];
    json_t *all = tone_node_get(at, "allOf"), *any = tone_node_get(at, "anyOf"), *one = tone_node_get(at, "oneOf"), *schema;
    json_t *not = tone_node_get(at, "not"), *if_ = tone_node_get(at, "if"), *then = tone_node_get(at, "then"), *else_ = tone_node_get(at, "else");
    size_t i, n = 0;
    json_array_foreach (all, i, schema)
        if (!sub(t, node, schema, "allOf", v))
            return false;
    if (any) {
        json_array_foreach (any, i, schema)
            n += sub(t, node, schema, "anyOf", v);
        if (!n)
            return false;
    }
    if (one) {
        n = 0;
        json_array_foreach (one, i, schema)
            n += sub(t, node, schema, "oneOf", v);
        if (n != 1)
            return false;
    }
    if (not && sub(t, node, not, "not", v))
        return false;
    if (if_) {
        json_t *next = sub(t, node, if_, "if", v) ? then : else_;
        return !next || sub(t, node, next, "then", v);
    }
    return true;
}

static bool listed(const json_t *values, const json_t *v)
{
    size_t i;
    json_t *item;
    json_array_foreach (values, i, item)
        if (tone_json_same(item, v))
            return true;
    return false;
}

static bool whole_number(const json_t *v)
{
    return json_is_integer(v) || (json_is_real(v) && floor(json_real_value(v)) == json_real_value(v));
}

static bool valid(trial *t, uint32_t node, json_t *v)
{
    const tone_node *n = &t->c->nodes[node];
    if (n->constant)
        return tone_json_same(n->json, v);
    if (json_is_boolean(n->json))
        return json_is_true(n->json);
    if (t->depth >= DEPTH_MAX && !t->status)
        t->status = tone_node_fail(t->c, TONE_ERR_LIMIT, n, "a value is too deep to be tried");
    if (!t->status)
        t->status = tone_compiler_step(t->c, n);
    if (t->status)
        return false;
    if (json_is_null(v) && json_is_true(tone_node_get(n, "nullable")))
        return true;
    bool integer;
    if (!(tone_node_types(n, &integer) & type_of(v)) || (integer && json_is_number(v) && !whole_number(v)))
        return false;
    const json_t *values = tone_node_get(n, "enum"), *constant = tone_node_get(n, "const");
    bool known = v == t->value && values == t->list;
    if ((values && !known && !listed(values, v)) || (constant && !tone_json_same(constant, v)))
        return false;
    t->depth++;
    bool good = true;
    uint32_t target;
    if (tone_node_get(n, "$ref")) {
        t->status = tone_node_ref(t->c, &target, n);
        good = !t->status && valid(t, target, v);
    }
    if (good && json_is_number(v))
        good = number_valid(t, &t->c->nodes[node], v);
    else if (good && json_is_string(v))
        good = string_valid(t, node, v);
    else if (good && json_is_array(v))
        good = array_valid(t, node, v);
    else if (good && json_is_object(v))
        good = object_valid(t, node, v);
    good = good && combined_valid(t, node, v);
    t->depth--;
    return good && !t->status;
}

tone_status tone_literal_valid(tone_compiler *c, bool *out, tone_literal l, json_t *value, const json_t *list)
{
    trial t = {.c = c, .value = value, .list = list};
    bool good = valid(&t, l / 2, value);
    *out = l & 1 ? !good : good;
    return t.status;
}

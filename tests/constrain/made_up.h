/* made_up.h - random schemas of every keyword that is enforced, for judge.h to judge. */
#ifndef TONE_TESTS_MADE_UP_H
#define TONE_TESTS_MADE_UP_H

#include <jansson.h>

#include "base/random.h"
#include "judge.h"

static const char *const made_up_keys[] = {"name", "value", "a", "b", "id", "mode", "Mix", "gain_db", "tags", "on", "é", "q\"x", "xy", "x1"};

static inline int made_up_below(tone_random *r, int n)
{
    return (int)tone_random_below(r, (uint64_t)n);
}

static inline bool made_up_chance(tone_random *r, int percent)
{
    return made_up_below(r, 100) < percent;
}

static inline json_t *made_up_value(tone_random *r)
{
    static const char *const texts[] = {"\"low\"", "\"high\"", "\"low_shelf\"", "\"a\\\"b\"", "\"é\"", "1", "2.5", "null", "true", "[\"x\"]", "{\"k\":1}", "{\"k\":1,\"l\":[]}", "-0.25", "12"};
    return json_loads(texts[made_up_below(r, 14)], JSON_DECODE_ANY, NULL);
}

static inline json_t *made_up_schema(tone_random *r, int depth, bool calls);

static inline json_t *made_up_number(tone_random *r)
{
    bool whole = made_up_chance(r, 60);
    json_t *s = json_pack("{s:s}", "type", whole ? "integer" : "number");
    int low = made_up_below(r, 200) - 100;
    if (made_up_chance(r, 60))
        json_object_set_new(s, made_up_chance(r, 70) ? "minimum" : "exclusiveMinimum", whole || made_up_chance(r, 50) ? json_integer(low) : json_real(low + 0.25));
    if (made_up_chance(r, 60))
        json_object_set_new(s, made_up_chance(r, 70) ? "maximum" : "exclusiveMaximum", whole || made_up_chance(r, 50) ? json_integer(low + 1 + made_up_below(r, 300)) : json_real(low + 7.5));
    if (made_up_chance(r, 20))
        json_object_set_new(s, "multipleOf", made_up_chance(r, 60) ? json_integer(1 + made_up_below(r, 12)) : json_real(made_up_chance(r, 50) ? 0.5 : 0.25));
    return s;
}

static inline json_t *made_up_string(tone_random *r)
{
    static const char *const formats[] = {"date", "uuid", "ipv4"};
    json_t *s = json_pack("{s:s}", "type", "string");
    int min = made_up_below(r, 4);
    if (made_up_chance(r, 35))
        json_object_set_new(s, "minLength", json_integer(min));
    if (made_up_chance(r, 35))
        json_object_set_new(s, "maxLength", json_integer(min + made_up_below(r, 6)));
    if (made_up_chance(r, 30))
        json_object_set_new(s, "pattern", json_string(judge_patterns[made_up_below(r, 10)]));
    else if (made_up_chance(r, 20))
        json_object_set_new(s, "format", json_string(formats[made_up_below(r, 3)]));
    return s;
}

static inline json_t *made_up_array(tone_random *r, int depth, bool calls)
{
    json_t *s = json_pack("{s:s}", "type", "array");
    int min = made_up_below(r, 3);
    if (made_up_chance(r, 80))
        json_object_set_new(s, "items", made_up_chance(r, 8) ? json_false() : made_up_schema(r, depth + 1, calls));
    if (made_up_chance(r, 25)) {
        json_t *prefix = json_array();
        for (int i = 0; i <= made_up_below(r, 2); i++)
            json_array_append_new(prefix, made_up_schema(r, depth + 1, calls));
        json_object_set_new(s, "prefixItems", prefix);
    }
    if (made_up_chance(r, 45))
        json_object_set_new(s, "minItems", json_integer(min));
    if (made_up_chance(r, 45))
        json_object_set_new(s, "maxItems", json_integer(min + made_up_below(r, 3)));
    if (made_up_chance(r, 15))
        json_object_set_new(s, "uniqueItems", json_true());
    if (made_up_chance(r, 10)) {
        json_object_set_new(s, "contains", made_up_schema(r, depth + 2, calls));
        if (made_up_chance(r, 50))
            json_object_set_new(s, "minContains", json_integer(made_up_below(r, 3)));
        if (made_up_chance(r, 30))
            json_object_set_new(s, "maxContains", json_integer(1 + made_up_below(r, 2)));
    }
    return s;
}

static inline const char *made_up_key(tone_random *r, bool calls)
{
    return made_up_keys[made_up_below(r, calls ? 11 : 14)];
}

static inline json_t *made_up_object(tone_random *r, int depth, bool calls)
{
    json_t *s = json_pack("{s:s}", "type", "object"), *properties = json_object(), *required = json_array();
    int n = made_up_below(r, 5);
    for (int i = 0; i < n; i++)
        json_object_set_new(properties, made_up_key(r, calls), made_up_chance(r, 4) ? json_false() : made_up_schema(r, depth + 1, calls));
    for (int i = 0; i < n; i++)
        if (made_up_chance(r, 40)) {
            const char *key = made_up_key(r, calls);
            if (json_object_get(properties, key) || made_up_chance(r, 5))
                json_array_append_new(required, json_string(key));
        }
    if (n)
        json_object_set(s, "properties", properties);
    if (json_array_size(required))
        json_object_set(s, "required", required);
    json_decref(properties);
    json_decref(required);
    if (made_up_chance(r, 60))
        json_object_set_new(s, "additionalProperties", made_up_chance(r, 70) ? json_false() : made_up_schema(r, depth + 1, calls));
    if (made_up_chance(r, 12))
        json_object_set_new(s, "patternProperties", json_pack("{s:o}", judge_patterns[6 + made_up_below(r, 4)], made_up_schema(r, depth + 1, calls)));
    if (made_up_chance(r, 10))
        json_object_set_new(s, "propertyNames", made_up_chance(r, 50) ? json_pack("{s:i}", "maxLength", 1 + made_up_below(r, 3)) : json_pack("{s:s}", "pattern", judge_patterns[8]));
    if (made_up_chance(r, 12))
        json_object_set_new(s, "minProperties", json_integer(made_up_below(r, 3)));
    if (made_up_chance(r, 12))
        json_object_set_new(s, "maxProperties", json_integer(1 + made_up_below(r, 3)));
    if (made_up_chance(r, 10))
        json_object_set_new(s, "dependentRequired", json_pack("{s:[s]}", made_up_key(r, calls), made_up_key(r, calls)));
    return s;
}

static inline json_t *made_up_combination(tone_random *r, int depth, bool calls)
{
    static const char *const keywords[] = {"anyOf", "anyOf", "oneOf", "allOf"};
    json_t *list = json_array(), *s = json_object();
    int n = 1 + made_up_below(r, 3);
    for (int i = 0; i < n; i++)
        json_array_append_new(list, made_up_schema(r, depth + 1, calls));
    json_object_set_new(s, keywords[made_up_below(r, 4)], list);
    if (made_up_chance(r, 15))
        json_object_set_new(s, "not", made_up_schema(r, depth + 2, calls));
    if (made_up_chance(r, 10)) {
        json_object_set_new(s, "if", made_up_schema(r, depth + 2, calls));
        json_object_set_new(s, made_up_chance(r, 50) ? "then" : "else", made_up_schema(r, depth + 2, calls));
    }
    return s;
}

static inline json_t *made_up_schema(tone_random *r, int depth, bool calls)
{
    int kind = made_up_below(r, depth < 3 ? 15 : 9);
    json_t *list, *s;
    switch (kind) {
    case 0:
    case 1:
        return made_up_string(r);
    case 2:
    case 3:
        return made_up_number(r);
    case 4:
        return json_pack("{s:s}", "type", made_up_chance(r, 70) ? "boolean" : "null");
    case 5:
        return json_pack("{s:o}", "const", made_up_value(r));
    case 6:
        list = json_array();
        for (int i = 0; i <= made_up_below(r, 4); i++)
            json_array_append_new(list, made_up_value(r));
        return json_pack("{s:o}", "enum", list);
    case 7:
        s = made_up_chance(r, 50) ? made_up_string(r) : made_up_number(r);
        json_object_set_new(s, "nullable", json_true());
        return s;
    case 8:
        return made_up_chance(r, 50) ? json_pack("{s:[s,s]}", "type", "string", "integer") : made_up_chance(r, 20) ? json_object() : json_pack("{s:s}", "type", "boolean");
    case 9:
    case 10:
        return made_up_array(r, depth, calls);
    case 11:
    case 12:
    case 13:
        return made_up_object(r, depth, calls);
    default:
        return made_up_chance(r, 20) ? json_pack("{s:s}", "$ref", "#/$defs/node") : made_up_combination(r, depth, calls);
    }
}

/* A whole schema; "#/$defs/node" is there to be referred to, and may refer to itself. */
static inline json_t *made_up_root(tone_random *r, bool calls)
{
    json_t *s = calls ? made_up_object(r, 0, calls) : made_up_schema(r, 0, calls);
    json_t *node = made_up_object(r, 1, calls);
    if (made_up_chance(r, 60))
        json_object_set_new(node, "properties", json_pack("{s:o,s:{s:s,s:{s:s},s:i}}", "value", made_up_schema(r, 3, calls), "a", "type", "array", "items", "$ref", "#/$defs/node", "maxItems", 2));
    if (json_is_object(s))
        json_object_set_new(s, "$defs", json_pack("{s:o}", "node", node));
    else
        json_decref(node);
    return s;
}

#endif

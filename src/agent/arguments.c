/* The part of JSON Schema that declarations of tools use: type, enum, const, properties, required, items, bounds.  What is
 * wrong becomes one sentence that names the argument, what it was and what it may be. */
#include "agent/arguments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/near.h"

enum { DEPTH_MAX = 16, ARGUMENTS_MAX = 1 << 20, SHOWN_LETTERS = 60 };

/* ---- declarations */

static const json_t *function_of(const json_t *tool)
{
    return json_object_get(tool, "function");
}

static const char *name_of(const json_t *tool)
{
    return json_string_value(json_object_get(function_of(tool), "name"));
}

static const json_t *find_tool(const tone_tools *t, const char *name)
{
    size_t i;
    json_t *tool;
    json_array_foreach(t->list, i, tool)
        if (strcmp(name_of(tool), name) == 0)
            return tool;
    return NULL;
}

static tone_status check_tool(const tone_tools *t, size_t i, tone_error *err)
{
    const json_t *tool = json_array_get(t->list, i), *parameters = json_object_get(function_of(tool), "parameters");
    const char *name = name_of(tool), *type = json_string_value(json_object_get(parameters, "type"));
    if (parameters && (!json_is_object(parameters) || (type && strcmp(type, "object") != 0)))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tools[%zu] (%s): its parameters are no object", i, name);
    const json_t *properties = json_object_get(parameters, "properties");
    if (properties && !json_is_object(properties))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tools[%zu] (%s): its properties are no object", i, name);
    if (find_tool(t, name) != tool)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tools[%zu]: another tool is called %s too", i, name);
    return TONE_OK;
}

tone_status tone_tools_read(tone_tools *out, const char *json, tone_error *err)
{
    json_error_t why;
    *out = (tone_tools){json_loads(json, JSON_REJECT_DUPLICATES, &why)};
    if (!out->list)
        return tone_fail(err, TONE_ERR_FORMAT, (uint64_t)(why.position < 0 ? 0 : why.position), "the tools are no JSON: %s", why.text);
    tone_status st = json_is_array(out->list) ? TONE_OK : tone_fail(err, TONE_ERR_FORMAT, 0, "the tools are no list");
    for (size_t i = 0; !st && i < json_array_size(out->list); i++)
        if (!name_of(json_array_get(out->list, i)) || !*name_of(json_array_get(out->list, i)))
            st = tone_fail(err, TONE_ERR_FORMAT, 0, "tools[%zu] has no function with a name", i);
    for (size_t i = 0; !st && i < json_array_size(out->list); i++)
        st = check_tool(out, i, err);
    if (st)
        tone_tools_clear(out);
    return st;
}

void tone_tools_clear(tone_tools *t)
{
    json_decref(t->list);
    *t = (tone_tools){0};
}

/* ---- sentences */

/* The value as it was written, cut when long. */
static void put_value(tone_buf *out, const json_t *v)
{
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    if (!text) {
        tone_buf_puts(out, "this");
        return;
    }
    size_t n = strlen(text), cut = n;
    if (n > SHOWN_LETTERS)
        for (cut = SHOWN_LETTERS; cut && ((unsigned char)text[cut] & 0xC0) == 0x80;)
            cut--;
    tone_buf_append(out, text, cut);
    if (cut < n)
        tone_buf_puts(out, "…");
    free(text);
}

/* What was meant is quoted as the model wrote it, so nothing in it can leave the quotes. */
static void put_text(tone_buf *out, const char *text)
{
    json_t *v = json_string(text);
    if (v)
        put_value(out, v);
    else
        tone_buf_puts(out, "that");
    json_decref(v);
}

static void put_nearest(tone_buf *out, const tone_near *near)
{
    if (near->best[0] && near->best[0][0] && near->cost[0] <= 2 + strlen(near->typed) / 2)
        tone_buf_printf(out, "; did you mean %s?", near->best[0]);
    else
        tone_buf_puts(out, ".");
}

static void say_no_tool(tone_buf *why, const tone_tools *t, const char *name)
{
    tone_near near;
    size_t i;
    json_t *tool;
    tone_near_init(&near, name);
    tone_buf_puts(why, "there is no tool ");
    put_text(why, name);
    json_array_foreach(t->list, i, tool)
        tone_near_offer(&near, name_of(tool), name_of(tool), SIZE_MAX);
    put_nearest(why, &near);
    tone_buf_puts(why, " The tools are: ");
    json_array_foreach(t->list, i, tool)
        tone_buf_printf(why, "%s%s", i ? ", " : "", name_of(tool));
}

static void say_no_property(tone_buf *why, const char *place, const char *key, json_t *properties)
{
    tone_near near;
    const char *name;
    json_t *ignored;
    tone_near_init(&near, key);
    tone_buf_printf(why, "%s has no argument ", place);
    put_text(why, key);
    json_object_foreach(properties, name, ignored)
        tone_near_offer(&near, name, name, SIZE_MAX);
    put_nearest(why, &near);
    size_t n = 0;
    tone_buf_puts(why, json_object_size(properties) ? " Its arguments are: " : " It takes none");
    json_object_foreach(properties, name, ignored)
        tone_buf_printf(why, "%s%s", n++ ? ", " : "", name);
}

static void put_choices(tone_buf *why, const json_t *list)
{
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v) {
        tone_buf_puts(why, i ? ", " : "");
        if (json_is_string(v))
            tone_buf_puts(why, json_string_value(v));
        else
            put_value(why, v);
    }
}

/* ---- values */

static bool is_type(const json_t *v, const char *type)
{
    if (strcmp(type, "string") == 0)
        return json_is_string(v);
    if (strcmp(type, "number") == 0)
        return json_is_number(v);
    if (strcmp(type, "integer") == 0)
        return json_is_integer(v) || (json_is_real(v) && floor(json_real_value(v)) == json_real_value(v) && fabs(json_real_value(v)) < 0x1p53);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(v);
    if (strcmp(type, "array") == 0)
        return json_is_array(v);
    if (strcmp(type, "object") == 0)
        return json_is_object(v);
    return strcmp(type, "null") == 0 ? json_is_null(v) : true;
}

static const char *type_words(const char *type)
{
    static const char *const words[][2] = {{"string", "text"}, {"number", "a number"}, {"integer", "a whole number"}, {"boolean", "true or false"},
                                           {"array", "a list"}, {"object", "an object"}, {"null", "null"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], type) == 0)
            return words[i][1];
    return type;
}

static bool check_type(const json_t *type, const json_t *v, const char *place, tone_buf *why)
{
    size_t i;
    json_t *one;
    if (json_is_string(type) && is_type(v, json_string_value(type)))
        return true;
    json_array_foreach(type, i, one)
        if (json_is_string(one) && is_type(v, json_string_value(one)))
            return true;
    if (!json_is_string(type) && !json_array_size(type))
        return true;
    tone_buf_printf(why, "%s must be ", place);
    if (json_is_string(type))
        tone_buf_puts(why, type_words(json_string_value(type)));
    json_array_foreach(type, i, one)
        tone_buf_printf(why, "%s%s", i ? " or " : "", json_is_string(one) ? type_words(json_string_value(one)) : "?");
    tone_buf_puts(why, ", not ");
    put_value(why, v);
    return false;
}

static bool check_choice(const json_t *schema, const json_t *v, const char *place, tone_buf *why)
{
    const json_t *list = json_object_get(schema, "enum"), *only = json_object_get(schema, "const");
    size_t i;
    json_t *one;
    if (only && !json_equal(only, v)) {
        tone_buf_printf(why, "%s must be ", place);
        put_value(why, only);
        return false;
    }
    if (!json_is_array(list))
        return true;
    json_array_foreach(list, i, one)
        if (json_equal(one, v))
            return true;
    tone_buf_printf(why, "%s must be one of: ", place);
    put_choices(why, list);
    tone_buf_puts(why, "; not ");
    put_value(why, v);
    return false;
}

static bool check_bounds(const json_t *schema, const json_t *v, const char *place, tone_buf *why)
{
    const json_t *least = json_object_get(schema, "minimum"), *most = json_object_get(schema, "maximum");
    if (!json_is_number(v) || (!json_is_number(least) && !json_is_number(most)))
        return true;
    double x = json_number_value(v);
    bool low = json_is_number(least) && x < json_number_value(least), high = json_is_number(most) && x > json_number_value(most);
    if (!low && !high)
        return true;
    tone_buf_printf(why, "%s must be at %s ", place, low ? "least" : "most");
    put_value(why, low ? least : most);
    tone_buf_puts(why, ", not ");
    put_value(why, v);
    return false;
}

static bool check_value(const json_t *schema, json_t *v, const char *place, int depth, tone_buf *why);

/* `top`: these are a tool's arguments, so that unknown names are refused whatever the declaration says of them. */
static bool check_object(const json_t *schema, json_t *v, const char *place, bool top, int depth, tone_buf *why)
{
    json_t *properties = json_object_get(schema, "properties"), *required = json_object_get(schema, "required"), *one;
    const char *key;
    size_t i;
    bool closed = top || json_is_false(json_object_get(schema, "additionalProperties"));
    json_object_foreach(v, key, one) {
        const json_t *inner = json_object_get(properties, key);
        if (!inner && closed) {
            say_no_property(why, place, key, properties);
            return false;
        }
        tone_buf name = {0};
        if (top)
            tone_buf_printf(&name, "\"%s\"", key);
        else
            tone_buf_printf(&name, "%s.%s", place, key);
        bool ok = !inner || check_value(inner, one, tone_buf_text(&name), depth + 1, why);
        tone_buf_clear(&name);
        if (!ok)
            return false;
        if (inner && json_is_real(one) && json_is_string(json_object_get(inner, "type")) &&
            strcmp(json_string_value(json_object_get(inner, "type")), "integer") == 0)
            json_object_set_new(v, key, json_integer((json_int_t)json_real_value(one)));
    }
    json_array_foreach(required, i, one) {
        const char *name = json_string_value(one);
        if (!name || json_object_get(v, name))
            continue;
        const json_t *choices = json_object_get(json_object_get(properties, name), "enum");
        tone_buf_printf(why, "%s needs \"%s\"", place, name);
        if (choices) {
            tone_buf_puts(why, ", one of: ");
            put_choices(why, choices);
        }
        return false;
    }
    return true;
}

static bool check_value(const json_t *schema, json_t *v, const char *place, int depth, tone_buf *why)
{
    if (depth > DEPTH_MAX) {
        tone_buf_printf(why, "%s is nested too deeply", place);
        return false;
    }
    if (!check_type(json_object_get(schema, "type"), v, place, why) || !check_choice(schema, v, place, why) ||
        !check_bounds(schema, v, place, why))
        return false;
    if (json_is_object(v))
        return check_object(schema, v, place, false, depth, why);
    const json_t *items = json_object_get(schema, "items");
    size_t i;
    json_t *one;
    json_array_foreach(v, i, one) {
        tone_buf name = {0};
        tone_buf_printf(&name, "%s[%zu]", place, i);
        bool ok = !json_is_object(items) || check_value(items, one, tone_buf_text(&name), depth + 1, why);
        tone_buf_clear(&name);
        if (!ok)
            return false;
    }
    return true;
}

tone_status tone_arguments_read(json_t **out, const tone_tools *t, const char *name, const char *arguments, tone_buf *why,
                                tone_error *err)
{
    const json_t *tool = find_tool(t, name);
    json_error_t at;
    size_t n = strlen(arguments);
    *out = NULL;
    if (!tool) {
        say_no_tool(why, t, name);
    } else if (n > ARGUMENTS_MAX) {
        tone_buf_printf(why, "the arguments of %s are too long", name);
    } else {
        /* Some endpoints send nothing at all for a call without arguments. */
        json_t *v = n ? json_loads(arguments, JSON_REJECT_DUPLICATES, &at) : json_object();
        if (!v) {
            tone_buf_printf(why, "the arguments of %s are no JSON object: %s", name, n ? at.text : "no memory");
        } else if (!json_is_object(v)) {
            tone_buf_printf(why, "the arguments of %s must be one JSON object", name);
        } else if (check_object(json_object_get(function_of(tool), "parameters"), v, name, true, 0, why)) {
            *out = v;
            v = NULL;
        }
        json_decref(v);
    }
    if (why->failed) {
        json_decref(*out);
        *out = NULL;
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the arguments of a call");
    }
    return TONE_OK;
}

/* A tool declaration: a JSON schema reduced to what the model was trained to read.
 *
 * Of a property only description, enum (of strings), items, nullable, properties, required and type are printed, in that
 * order; inside `items` every key is.  The published template has three defects that `exact` keeps: a null description
 * becomes the word None, and a missing type of the parameters or a response that is no object loses a closing brace. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chat/notation.h"
#include "chat/text.h"

typedef struct declarer {
    tone_chat_out *o;
    const char *tool; /* for errors */
    size_t index;
    bool exact;
    tone_error *err;
} declarer;

static tone_status properties(declarer *d, const tone_json_value *map, bool skip_words);

static tone_status wrong(const declarer *d, const tone_json_value *at, const char *what)
{
    return tone_fail(d->err, TONE_ERR_FORMAT, 0, "tools[%zu] ('%.60s'): '%.60s' %s", d->index, d->tool,
                     at->key ? at->key : "", what);
}

static tone_status no_memory(const declarer *d)
{
    return tone_fail(d->err, TONE_ERR_NO_MEMORY, 0, "no memory for the prompt");
}

/* name:<|"|>text<|"|> and a comma, when the member is there and not empty. */
static tone_status described(declarer *d, const tone_json_value *v)
{
    const tone_json_value *text = tone_json_get(v, "description");
    if (!tone_json_truthy(text))
        return TONE_OK;
    if (text->kind != TONE_JSON_STRING)
        return wrong(d, text, "is no text");
    tone_chat_out_puts(d->o, "description:");
    tone_chat_quoted(d->o, text->text, text->n);
    tone_chat_out_puts(d->o, ",");
    return TONE_OK;
}

/* required:[…] without a comma */
static tone_status required(declarer *d, const tone_json_value *list)
{
    if (list->kind != TONE_JSON_ARRAY)
        return wrong(d, list, "is no list of names");
    tone_chat_out_puts(d->o, "required:[");
    for (const tone_json_value *name = list->first; name; name = name->next) {
        if (name->kind != TONE_JSON_STRING)
            return wrong(d, list, "is no list of names");
        tone_chat_quoted(d->o, name->text, name->n);
        if (name->next)
            tone_chat_out_puts(d->o, ",");
    }
    tone_chat_out_puts(d->o, "]");
    return TONE_OK;
}

static void quoted_type(declarer *d, const tone_buf *type)
{
    tone_chat_quoted(d->o, tone_buf_text(type), type->n);
    d->o->failed |= type->failed;
}

static tone_status item_type(declarer *d, const tone_json_value *type)
{
    tone_buf b = {0};
    tone_chat_out_puts(d->o, "type:");
    if (type->kind == TONE_JSON_STRING) {
        tone_chat_type_text(&b, type);
        quoted_type(d, &b);
        tone_buf_clear(&b);
        return TONE_OK;
    }
    if (type->kind != TONE_JSON_ARRAY)
        return wrong(d, type, "is neither a type nor a list of types");
    tone_chat_out_puts(d->o, "[");
    for (const tone_json_value *t = type->first; t; t = t->next) {
        if (t->kind != TONE_JSON_STRING)
            return wrong(d, type, "is neither a type nor a list of types");
        tone_buf_reset(&b);
        tone_chat_type_text(&b, t);
        quoted_type(d, &b);
        if (t->next)
            tone_chat_out_puts(d->o, ",");
    }
    tone_buf_clear(&b);
    tone_chat_out_puts(d->o, "]");
    return TONE_OK;
}

static tone_status item_member(declarer *d, const tone_json_value *v)
{
    if (tone_json_key_is(v, "properties")) {
        tone_chat_out_puts(d->o, "properties:{");
        tone_status st = v->kind == TONE_JSON_OBJECT ? properties(d, v, false) : TONE_OK;
        tone_chat_out_puts(d->o, "}");
        return st;
    }
    if (tone_json_key_is(v, "required"))
        return required(d, v);
    if (tone_json_key_is(v, "type"))
        return item_type(d, v);
    tone_chat_out_text(d->o, v->key, v->key_n);
    tone_chat_out_puts(d->o, ":");
    return tone_chat_value(d->o, v, (tone_chat_style){.exact = d->exact, .quoted_keys = true}, d->err);
}

static tone_status item_schema(declarer *d, const tone_json_value *schema)
{
    const tone_json_value **sorted;
    if (!tone_chat_sorted(schema, &sorted))
        return no_memory(d);
    tone_status st = TONE_OK;
    bool first = true;
    for (uint32_t i = 0; i < schema->count && !st; i++) {
        if (sorted[i]->kind == TONE_JSON_NULL)
            continue;
        if (!first)
            tone_chat_out_puts(d->o, ",");
        first = false;
        st = item_member(d, sorted[i]);
    }
    free(sorted);
    return st;
}

/* What an object-typed property holds: its own properties, or, where it has none, itself without the words of schemas. */
static tone_status nested(declarer *d, const tone_json_value *v)
{
    const tone_json_value *inner = tone_json_get(v, "properties"), *names = tone_json_get(v, "required");
    bool own = inner && inner->kind == TONE_JSON_OBJECT;
    tone_chat_out_puts(d->o, "properties:{");
    tone_status st = properties(d, own ? inner : v, !own);
    if (st)
        return st;
    tone_chat_out_puts(d->o, "},");
    if (!tone_json_truthy(names))
        return TONE_OK;
    st = required(d, names);
    tone_chat_out_puts(d->o, ",");
    return st;
}

static tone_status property_body(declarer *d, const tone_json_value *v, const tone_buf *type)
{
    const tone_json_value *list = tone_json_get(v, "enum"), *items = tone_json_get(v, "items");
    const char *t = tone_buf_text(type);
    tone_status st = described(d, v);
    if (!st && strcmp(t, "STRING") == 0 && tone_json_truthy(list)) {
        tone_chat_out_puts(d->o, "enum:");
        st = tone_chat_value(d->o, list, (tone_chat_style){.exact = d->exact, .quoted_keys = true}, d->err);
        tone_chat_out_puts(d->o, ",");
    }
    if (!st && strcmp(t, "ARRAY") == 0 && items && items->kind == TONE_JSON_OBJECT && items->count) {
        tone_chat_out_puts(d->o, "items:{");
        st = item_schema(d, items);
        tone_chat_out_puts(d->o, "},");
    }
    if (st)
        return st;
    if (tone_json_truthy(tone_json_get(v, "nullable")))
        tone_chat_out_puts(d->o, "nullable:true,");
    if (strcmp(t, "OBJECT") == 0 && (st = nested(d, v)) != TONE_OK)
        return st;
    tone_chat_out_puts(d->o, "type:");
    quoted_type(d, type);
    return TONE_OK;
}

static tone_status property(declarer *d, const tone_json_value *v)
{
    const tone_json_value *type = tone_json_get(v, "type");
    tone_buf b = {0};
    if (type)
        tone_chat_type_text(&b, type);
    tone_chat_out_text(d->o, v->key, v->key_n);
    tone_chat_out_puts(d->o, ":{");
    tone_status st = property_body(d, v, &b);
    tone_chat_out_puts(d->o, "}");
    tone_buf_clear(&b);
    return st;
}

static bool is_schema_word(const tone_json_value *v)
{
    static const char *const words[] = {"description", "type", "properties", "required", "nullable"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tone_json_key_is(v, words[i]))
            return true;
    return false;
}

static tone_status properties(declarer *d, const tone_json_value *map, bool skip_words)
{
    const tone_json_value **sorted;
    if (!tone_chat_sorted(map, &sorted))
        return no_memory(d);
    tone_status st = TONE_OK;
    bool first = true;
    for (uint32_t i = 0; i < map->count && !st; i++) {
        if (skip_words && is_schema_word(sorted[i]))
            continue;
        if (!first)
            tone_chat_out_puts(d->o, ",");
        first = false;
        st = property(d, sorted[i]);
    }
    free(sorted);
    return st;
}

/* type:<|"|>…<|"|>} of the parameters or of the response; in the template the brace goes missing with the type. */
static void closing_type(declarer *d, const tone_json_value *type)
{
    tone_buf b = {0};
    if (tone_json_truthy(type))
        tone_chat_type_text(&b, type);
    else
        tone_buf_puts(&b, "OBJECT");
    tone_chat_out_puts(d->o, "type:");
    quoted_type(d, &b);
    tone_chat_out_puts(d->o, "}");
    tone_buf_clear(&b);
}

static tone_status parameters(declarer *d, const tone_json_value *p)
{
    if (!tone_json_truthy(p))
        return TONE_OK;
    if (p->kind != TONE_JSON_OBJECT)
        return wrong(d, p, "is no schema");
    const tone_json_value *props = tone_json_get(p, "properties"), *names = tone_json_get(p, "required"),
        *type = tone_json_get(p, "type");
    tone_chat_out_puts(d->o, ",parameters:{");
    if (tone_json_truthy(props)) {
        if (props->kind != TONE_JSON_OBJECT)
            return wrong(d, props, "is no map of schemas");
        tone_chat_out_puts(d->o, "properties:{");
        tone_status st = properties(d, props, false);
        if (st)
            return st;
        tone_chat_out_puts(d->o, "},");
    }
    if (tone_json_truthy(names)) {
        tone_status st = required(d, names);
        if (st)
            return st;
        tone_chat_out_puts(d->o, ",");
    }
    if (tone_json_truthy(type) || !d->exact)
        closing_type(d, type);
    return TONE_OK;
}

static tone_status response(declarer *d, const tone_json_value *r)
{
    if (!r)
        return TONE_OK;
    tone_chat_out_puts(d->o, ",response:{");
    tone_status st = described(d, r);
    if (st)
        return st;
    const tone_json_value *type = tone_json_get(r, "type");
    tone_buf b = {0};
    if (type)
        tone_chat_type_text(&b, type);
    if (!d->exact || strcmp(tone_buf_text(&b), "OBJECT") == 0)
        closing_type(d, type);
    tone_buf_clear(&b);
    return TONE_OK;
}

tone_status tone_chat_declaration(tone_chat_out *o, const tone_json_value *tool, size_t index, bool exact,
                                  tone_error *err)
{
    const tone_json_value *f = tone_json_get(tool, "function"), *name = tone_json_get(f, "name"),
        *text = tone_json_get(f, "description");
    declarer d = {.o = o, .tool = name->text, .index = index, .exact = exact, .err = err};
    if (text && text->kind != TONE_JSON_NULL && text->kind != TONE_JSON_STRING)
        return wrong(&d, text, "is no text");
    tone_chat_out_control(o, "<|tool>");
    tone_chat_out_puts(o, "declaration:");
    tone_chat_out_text(o, name->text, name->n);
    tone_chat_out_puts(o, "{description:");
    if (text && text->kind == TONE_JSON_STRING)
        tone_chat_quoted(o, text->text, text->n);
    else
        tone_chat_quoted(o, "None", text && exact ? 4 : 0);
    tone_status st = parameters(&d, tone_json_get(f, "parameters"));
    if (!st)
        st = response(&d, tone_json_get(f, "response"));
    tone_chat_out_puts(o, "}");
    tone_chat_out_control(o, "<tool|>");
    return st;
}

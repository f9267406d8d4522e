/* A whole answer: thought, text or document, calls.  It is regular but for the values in it, so it becomes one automaton
 * that calls them. */
#include <string.h>

#include "base/fail.h"
#include "constrain/build.h"
#include "constrain/compile.h"
#include "constrain/vocab.h"

enum { TOOLS_MAX = 512, NAME_MAX_BYTES = 200, STATES = 60000 };

typedef struct answer {
    tone_program *p;
    tone_re_pool *res;
    const tone_constraint_answer *want;
    const tone_constraint_options *options;
    const tone_constraint_vocab *vocab;
    tone_error *err;
} answer;

static tone_re mark(answer *a, tone_mark m)
{
    return tone_re_symbol(a->res, TONE_SYM_MARK + (uint32_t)m);
}

static tone_re value(answer *a, uint32_t v)
{
    return tone_re_symbol(a->res, TONE_SYM_CALL + tone_call_value(v));
}

static tone_re any_bytes(answer *a)
{
    return tone_re_repeat(a->res, tone_re_set(a->res, &(tone_range){0, 255}, 1), 0, TONE_RE_FOREVER);
}

static bool name_allowed(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("_.-:/", *c)))
            return false;
    return *name && strlen(name) <= NAME_MAX_BYTES;
}

/* The value of a schema in one of the two notations.  Each has a compiler of its own; nothing but finished values of
 * theirs stays in the program. */
static tone_status schema_value(answer *a, uint32_t *out, json_t *schema, const char *where, tone_notation notation)
{
    tone_compiler c;
    tone_constraint_options options = *a->options;
    options.closed |= notation == TONE_NOTATION_CALL;
    tone_status st = tone_compiler_init(&c, a->p, notation, &options, a->err);
    c.root = schema;
    if (!st)
        st = tone_build_schema(&c, out, schema, where);
    tone_compiler_clear(&c);
    return st;
}

/* "name" and the value of the arguments, for one tool of the list. */
static tone_status tool_call(answer *a, tone_re *out, json_t *tool, size_t at, bool *wanted)
{
    json_t *f = json_object_get(tool, "function"), *parameters = json_object_get(f ? f : tool, "parameters");
    const char *name = json_string_value(json_object_get(f ? f : tool, "name"));
    uint32_t v;
    *wanted = false;
    if (!name)
        return tone_fail(a->err, TONE_ERR_FORMAT, 0, "tool %zu has no name", at);
    if (!name_allowed(name))
        return tone_fail(a->err, TONE_ERR_FORMAT, 0, "'%.80s' is no name for a tool", name);
    if (a->want->name && strcmp(a->want->name, name) != 0)
        return TONE_OK;
    *wanted = true;
    if (parameters && !json_is_object(parameters) && !json_is_null(parameters))
        return tone_fail(a->err, TONE_ERR_FORMAT, 0, "the parameters of tool '%s' are not a schema", name);
    json_t *schema = json_object_size(parameters) ? json_incref(parameters) : json_pack("{s:{}, s:b}", "properties", "additionalProperties", 0);
    /* Arguments are an object even where the schema forgets to say so. */
    json_t *whole = schema ? json_copy(schema) : NULL;
    json_decref(schema);
    if (whole && !json_object_get(whole, "type") && json_object_set_new(whole, "type", json_string("object"))) {
        json_decref(whole);
        whole = NULL;
    }
    if (!whole)
        return tone_fail(a->err, TONE_ERR_NO_MEMORY, 0, "no memory for the tools");
    tone_status st = schema_value(a, &v, whole, name, TONE_NOTATION_CALL);
    json_decref(whole);
    if (!st)
        *out = tone_re_cat(a->res, tone_re_bytes(a->res, name, strlen(name)), value(a, v));
    return st;
}

static tone_status all_calls(answer *a, tone_re *out)
{
    json_t *tools, *tool;
    size_t i;
    *out = TONE_RE_NONE;
    tone_status st = tone_schema_read(&tools, a->want->tools, a->want->tools_bytes, a->err);
    if (st)
        return st;
    if (!json_is_array(tools))
        st = tone_fail(a->err, TONE_ERR_FORMAT, 0, "the tools are not a list");
    else if (json_array_size(tools) > TOOLS_MAX)
        st = tone_fail(a->err, TONE_ERR_LIMIT, 0, "there are more than %d tools", TOOLS_MAX);
    json_array_foreach (tools, i, tool) {
        tone_re one = TONE_RE_NONE;
        bool wanted;
        st = st ? st : tool_call(a, &one, tool, i, &wanted);
        if (!st && wanted)
            *out = tone_re_alt(a->res, *out, one);
    }
    json_decref(tools);
    if (!st && *out == TONE_RE_NONE)
        st = a->want->name ? tone_fail(a->err, TONE_ERR_NOT_FOUND, 0, "there is no tool '%.80s'", a->want->name)
                           : tone_fail(a->err, TONE_ERR_ARGUMENT, 0, "there are no tools to call");
    if (!st)
        *out = tone_re_cat(a->res, mark(a, TONE_MARK_CALL_OPEN), tone_re_cat(a->res, tone_re_bytes(a->res, "call:", 5), tone_re_cat(a->res, *out, mark(a, TONE_MARK_CALL_CLOSE))));
    return st;
}

static tone_status check_marks(const answer *a, bool calls)
{
    static const tone_mark for_calls[] = {TONE_MARK_QUOTE, TONE_MARK_CALL_OPEN, TONE_MARK_CALL_CLOSE};
    static const tone_mark for_thoughts[] = {TONE_MARK_THOUGHT_OPEN, TONE_MARK_THOUGHT_CLOSE};
    if (!a->vocab)
        return TONE_OK;
    for (size_t i = 0; i < 3 && calls; i++)
        if (a->vocab->marks[for_calls[i]] == TONE_TOKEN_NONE)
            return tone_fail(a->err, TONE_ERR_UNSUPPORTED, 0, "this model's vocabulary has no tokens for calls");
    for (size_t i = 0; i < 2 && a->want->thought != TONE_THOUGHT_NONE; i++)
        if (a->vocab->marks[for_thoughts[i]] == TONE_TOKEN_NONE)
            return tone_fail(a->err, TONE_ERR_UNSUPPORTED, 0, "this model's vocabulary has no tokens for thoughts");
    return TONE_OK;
}

/* What may stand behind the thought: `text` (free, or a document) and calls. */
static tone_re body(answer *a, tone_re text, tone_re call)
{
    bool document = a->want->schema != NULL;
    if (a->want->choice == TONE_TOOL_NONE || call == TONE_RE_NONE)
        return text;
    tone_re calls = a->want->one_call ? call : tone_re_repeat(a->res, call, 1, TONE_RE_FOREVER);
    if (a->want->choice == TONE_TOOL_REQUIRED)
        return calls;
    if (document)
        return tone_re_alt(a->res, text, calls);
    /* Text may come before, between and after calls; but a call that must stay the only one is the end. */
    if (a->want->one_call)
        return tone_re_cat(a->res, text, tone_re_repeat(a->res, call, 0, 1));
    return tone_re_cat(a->res, text, tone_re_repeat(a->res, tone_re_cat(a->res, call, text), 0, TONE_RE_FOREVER));
}

static tone_status thoughtful(answer *a, tone_re *out, tone_re rest)
{
    tone_re inside = tone_re_cat(a->res, any_bytes(a), mark(a, TONE_MARK_THOUGHT_CLOSE));
    tone_re thought = tone_re_cat(a->res, mark(a, TONE_MARK_THOUGHT_OPEN), tone_re_cat(a->res, tone_re_bytes(a->res, "thought\n", 8), inside));
    *out = rest;
    if (a->want->thought == TONE_THOUGHT_OPEN)
        *out = tone_re_cat(a->res, inside, rest);
    else if (a->want->thought == TONE_THOUGHT_ALLOWED)
        *out = tone_re_alt(a->res, rest, tone_re_cat(a->res, thought, rest));
    return TONE_OK;
}

static tone_status build(answer *a)
{
    tone_re call = TONE_RE_NONE, text = any_bytes(a), all;
    bool calls = a->want->tools && a->want->choice != TONE_TOOL_NONE;
    tone_status st = check_marks(a, calls);
    if (!st && a->want->choice == TONE_TOOL_REQUIRED && !a->want->tools)
        st = tone_fail(a->err, TONE_ERR_ARGUMENT, 0, "a call is required, and there are no tools");
    if (!st && calls)
        st = all_calls(a, &call);
    if (!st && a->want->schema) {
        json_t *schema;
        uint32_t v = 0;
        st = tone_schema_read(&schema, a->want->schema, a->want->schema_bytes, a->err);
        if (!st) {
            st = schema_value(a, &v, schema, "#", TONE_NOTATION_JSON);
            json_decref(schema);
        }
        text = value(a, v);
    }
    if (st)
        return st;
    st = thoughtful(a, &all, body(a, text, call));
    tone_dfa *d = NULL;
    if (!st) {
        tone_status made = tone_dfa_of_re(&d, a->res, all, STATES);
        if (made)
            st = tone_fail(a->err, made, 0, made == TONE_ERR_LIMIT ? "the tools are too many, or their names too long" : "no memory for the tools");
    }
    if (!st && !tone_program_keep(a->p, d))
        st = tone_fail(a->err, TONE_ERR_NO_MEMORY, 0, "no memory for the tools");
    return st ? st : tone_compile_rule(a->p, &a->p->root, d, a->err);
}

tone_status tone_compile_answer(tone_program *p, const tone_constraint_vocab *vocab, const tone_constraint_answer *want,
                                const tone_constraint_options *options, tone_error *err)
{
    answer a = {.p = p, .want = want, .options = options, .vocab = vocab, .err = err};
    a.res = tone_re_pool_new();
    tone_status st = a.res ? build(&a) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tools");
    tone_re_pool_free(a.res);
    return st;
}

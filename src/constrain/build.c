/* Conjunctions to values.  A list of conjunctions still to be built keeps recursion out; automata that several values
 * need are made once. */
#include "constrain/build.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/utf8.h"

enum { TEXT_STATES = 8192, COMPARED_CHARS = 200, VALUES_MAX = 100000 };

typedef struct job {
    uint32_t conj, value;
    bool one_spelling;
} job;

typedef struct known_text {
    tone_re re;
    bool key;     /* as a bare or quoted key */
    bool counted; /* any number of characters of a set */
    const tone_dfa *dfa;
} known_text;

typedef struct known_number {
    const tone_number_rule *rules;
    uint32_t n;
    const tone_dfa *dfa;
} known_number;

typedef struct builder {
    tone_compiler *c;
    tone_program *p;
    job *jobs;
    uint32_t n_jobs;
    known_text *texts;
    uint32_t n_texts;
    known_number *numbers;
    uint32_t n_numbers;
    const tone_dfa *words[8];
    tone_re no_quote; /* call notation: texts without the delimiter's spelling */
} builder;

static tone_status value_of(builder *b, uint32_t *out, uint32_t conj, bool one_spelling)
{
    tone_conj *k = &b->c->conjs[conj];
    if (!k->values[one_spelling]) {
        if (b->p->n_values >= VALUES_MAX)
            return tone_node_fail(b->c, TONE_ERR_LIMIT, NULL, "the schema has too many different parts");
        b->jobs = tone_arena_grow(&b->c->arena, b->jobs, b->n_jobs, sizeof *b->jobs);
        b->p->values = tone_arena_grow(&b->p->arena, b->p->values, b->p->n_values, sizeof *b->p->values);
        if (b->c->arena.failed || b->p->arena.failed)
            return tone_compiler_no_memory(b->c);
        b->p->values[b->p->n_values] = (tone_value){.height = TONE_HEIGHT_NEVER};
        b->jobs[b->n_jobs++] = (job){conj, b->p->n_values, one_spelling};
        k->values[one_spelling] = ++b->p->n_values;
    }
    *out = k->values[one_spelling] - 1;
    return TONE_OK;
}

/* Keep an automaton; all together have a bound. */
static tone_status keep(builder *b, tone_dfa *d)
{
    uint32_t n = d->n_states;
    if (!tone_program_keep(b->p, d))
        return tone_compiler_no_memory(b->c);
    b->c->states += n;
    if (b->c->states > TONE_STATES_MAX)
        return tone_fail(b->c->err, TONE_ERR_LIMIT, 0, "the patterns, numbers and enums of the schema together would need more than %d states", TONE_STATES_MAX);
    return TONE_OK;
}

static tone_status failed_dfa(builder *b, tone_status st, const char *what)
{
    if (st == TONE_ERR_NO_MEMORY)
        return tone_compiler_no_memory(b->c);
    return tone_fail(b->c->err, st, 0, tone_re_pool_status(b->c->res) ? "%s would have too many ways to go on at once" : "%s would need too many states", what);
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

/* The strings of a language, quoted; or the keys. */
static tone_status text_dfa(builder *b, const tone_dfa **out, tone_re re, bool key)
{
    tone_re_pool *res = b->c->res;
    bool call = b->c->notation == TONE_NOTATION_CALL;
    re = tone_re_and(res, re, tone_re_text(res, 0, TONE_RE_FOREVER));
    if (key) {
        tone_re nul = tone_re_cat(res, TONE_RE_ALL, tone_re_cat(res, tone_re_symbol(res, 0), TONE_RE_ALL));
        re = tone_re_and(res, re, tone_re_not(res, nul));
    }
    if (call && key) {
        static const tone_range first[] = {{'A', 'Z'}, {'_', '_'}, {'a', 'z'}}, rest[] = {{'-', '-'}, {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
        re = tone_re_and(res, re, tone_re_cat(res, tone_re_set(res, first, 3), tone_re_repeat(res, tone_re_set(res, rest, 5), 0, TONE_RE_FOREVER)));
    } else if (call) {
        if (!b->no_quote)
            b->no_quote = tone_re_not(res, tone_re_cat(res, TONE_RE_ALL, tone_re_cat(res, tone_re_bytes(res, TONE_QUOTE_LITERAL, 5), TONE_RE_ALL)));
        re = tone_re_and(res, re, b->no_quote);
    }
    for (uint32_t i = 0; i < b->n_texts; i++) {
        if (b->texts[i].re == re && b->texts[i].key == key && !b->texts[i].counted) {
            *out = b->texts[i].dfa;
            return TONE_OK;
        }
    }
    tone_dfa *content, *quoted = NULL;
    tone_status st = tone_dfa_of_re(&content, res, re, TEXT_STATES);
    if (!st && (!call || !key)) {
        st = tone_text_quote(&quoted, content, b->c->notation, false);
        tone_dfa_free(content);
    } else if (!st) {
        quoted = content;
    }
    if (st)
        return failed_dfa(b, st, "a pattern, or the patterns of one string together,");
    st = keep(b, quoted);
    if (st)
        return st;
    b->texts = tone_arena_grow(&b->c->arena, b->texts, b->n_texts, sizeof *b->texts);
    if (b->c->arena.failed)
        return tone_compiler_no_memory(b->c);
    b->texts[b->n_texts++] = (known_text){re, key, false, quoted};
    *out = quoted;
    return TONE_OK;
}

static tone_status number_dfa(builder *b, const tone_dfa **out, const tone_number_rule *rules, uint32_t n, bool one_spelling)
{
    tone_number_rule *own = tone_arena_take(&b->c->arena, n * sizeof *own);
    if (!own)
        return tone_compiler_no_memory(b->c);
    memcpy(own, rules, n * sizeof *own);
    for (uint32_t i = 0; i < n; i++)
        own[i].one_spelling = one_spelling;
    for (uint32_t i = 0; i < b->n_numbers; i++) {
        if (b->numbers[i].n == n && memcmp(b->numbers[i].rules, own, n * sizeof *own) == 0) {
            *out = b->numbers[i].dfa;
            return TONE_OK;
        }
    }
    tone_dfa **parts = tone_arena_take(&b->c->arena, n * sizeof *parts), *sum = NULL;
    if (!parts)
        return tone_compiler_no_memory(b->c);
    tone_status st = TONE_OK;
    for (uint32_t i = 0; i < n && !st; i++)
        st = tone_number_dfa(&parts[i], &own[i]);
    if (!st && n > 1)
        st = tone_dfa_union(&sum, (const tone_dfa *const *)parts, n, TEXT_STATES);
    if (!st && n == 1) {
        sum = parts[0];
        parts[0] = NULL;
    }
    for (uint32_t i = 0; i < n; i++)
        tone_dfa_free(parts[i]);
    if (st)
        return failed_dfa(b, st, "a number with these bounds and multiples");
    st = keep(b, sum);
    if (st)
        return st;
    b->numbers = tone_arena_grow(&b->c->arena, b->numbers, b->n_numbers, sizeof *b->numbers);
    if (b->c->arena.failed)
        return tone_compiler_no_memory(b->c);
    b->numbers[b->n_numbers++] = (known_number){own, n, sum};
    *out = sum;
    return TONE_OK;
}

static tone_status words_dfa(builder *b, const tone_dfa **out, unsigned words)
{
    static const tone_word all[] = {{"null", 4}, {"false", 5}, {"true", 4}};
    tone_word some[3];
    size_t n = 0;
    for (int i = 0; i < 3; i++)
        if (words >> i & 1)
            some[n++] = all[i];
    if (!b->words[words]) {
        tone_dfa *d;
        tone_status st = tone_dfa_of_words(&d, some, n);
        if (st)
            return failed_dfa(b, st, "a constant");
        st = keep(b, d);
        if (st)
            return st;
        b->words[words] = d;
    }
    *out = b->words[words];
    return TONE_OK;
}

/* A real number as JSON writers do: 1e-07, 1e+100. */
static void spell_exponent(tone_buf *to, double x)
{
    char text[40];
    for (int precision = 0; precision < 18; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, x);
        if (strtod(text, NULL) == x)
            break;
    }
    for (char *c = text; *c; c++)
        if (*c == ',')
            *c = '.'; /* other locales */
    tone_buf_puts(to, text);
}

/* Add the spellings of a listed scalar, each followed by a zero byte. */
static void spell(builder *b, tone_buf *to, json_t *v, bool one_spelling)
{
    char digits[64];
    tone_decimal d;
    if (json_is_string(v)) {
        const char *text = json_string_value(v);
        size_t n = json_string_length(v);
        if (b->c->notation == TONE_NOTATION_CALL && (memmem(text, n, TONE_QUOTE_LITERAL, 5) || memchr(text, 0, n)))
            return; /* cannot be written */
        tone_text_spell(to, text, n, b->c->notation);
    } else if (json_is_number(v)) {
        if (tone_json_decimal(&d, v)) {
            tone_decimal_print(digits, &d);
            tone_buf_puts(to, digits);
        }
        double x = json_number_value(v);
        bool small = x != 0 && fabs(x) < 1e-4, large = fabs(x) >= 1e16 && json_is_real(v);
        if (!tone_json_decimal(&d, v) || (!one_spelling && (small || large))) {
            if (tone_json_decimal(&d, v))
                tone_buf_putc(to, 0);
            spell_exponent(to, x);
        }
    } else {
        tone_buf_puts(to, json_is_null(v) ? "null" : json_is_true(v) ? "true" : "false");
    }
    tone_buf_putc(to, 0);
}

static tone_status listed_dfa(builder *b, const tone_dfa **out, const tone_shape *s, bool one_spelling)
{
    tone_buf text = {0};
    size_t n = 0, at = 0;
    *out = NULL;
    for (uint32_t i = 0; i < s->n_values; i++)
        if (!json_is_array(s->values[i]) && !json_is_object(s->values[i]))
            spell(b, &text, s->values[i], one_spelling);
    for (size_t i = 0; i < text.n; i++)
        n += text.data[i] == 0;
    tone_word *words = n ? tone_arena_take(&b->c->arena, n * sizeof *words) : NULL;
    for (size_t i = 0; i < n && words; i++) {
        words[i] = (tone_word){text.data + at, strlen(text.data + at)};
        at += words[i].n + 1;
    }
    tone_dfa *d = NULL;
    tone_status st = text.failed || (n && !words) ? TONE_ERR_NO_MEMORY : n ? tone_dfa_of_words(&d, words, n) : TONE_OK;
    tone_buf_clear(&text);
    if (st)
        return failed_dfa(b, st, "an enum");
    *out = d;
    return d ? keep(b, d) : TONE_OK;
}

/* Whether no text belongs to a language. */
static bool nothing(builder *b, tone_re re)
{
    tone_dfa *d;
    if (tone_dfa_of_re(&d, b->c->res, re, TEXT_STATES))
        return false;
    bool empty = d->start == 0;
    tone_dfa_free(d);
    return empty;
}

/* Characters of one set, so and so many: counted beside a small automaton instead of in a large one. */
static tone_status set_of_chars(builder *b, tone_value *v, const tone_shape_string *s, bool *done)
{
    tone_re_pool *res = b->c->res;
    tone_re one;
    uint32_t min, max;
    *done = false;
    if (!tone_re_is_repeat(res, s->re, &one, &min, &max))
        return TONE_OK;
    tone_re any = tone_re_repeat(res, one, 0, TONE_RE_FOREVER);
    tone_re quote = tone_re_cat(res, TONE_RE_ALL, tone_re_cat(res, tone_re_bytes(res, TONE_QUOTE_LITERAL, 5), TONE_RE_ALL));
    if (!nothing(b, tone_re_and(res, one, tone_re_not(res, tone_re_text(res, 1, 1)))))
        return TONE_OK;
    if (b->c->notation == TONE_NOTATION_CALL && !nothing(b, tone_re_and(res, any, quote)))
        return TONE_OK;
    const tone_dfa *d = NULL;
    for (uint32_t i = 0; i < b->n_texts && !d; i++)
        if (b->texts[i].re == any && b->texts[i].counted)
            d = b->texts[i].dfa;
    if (!d) {
        tone_dfa *content, *quoted = NULL;
        tone_status st = tone_dfa_of_re(&content, res, any, TEXT_STATES);
        if (!st) {
            st = tone_text_quote(&quoted, content, b->c->notation, true);
            tone_dfa_free(content);
        }
        if (st)
            return failed_dfa(b, st, "a pattern");
        st = keep(b, quoted);
        if (st)
            return st;
        b->texts = tone_arena_grow(&b->c->arena, b->texts, b->n_texts, sizeof *b->texts);
        if (b->c->arena.failed)
            return tone_compiler_no_memory(b->c);
        b->texts[b->n_texts++] = (known_text){any, false, true, quoted};
        d = quoted;
    }
    v->any_text = d;
    v->min_chars = s->min > min ? s->min : min;
    v->max_chars = s->max < max ? s->max : max;
    *done = true;
    return TONE_OK;
}

static tone_status build_strings(builder *b, tone_value *v, const tone_shape *s, bool one_spelling)
{
    /* Texts that are compared are best counted by the automaton, which then knows how many are left. */
    bool restricted = s->n_strings > 1 || (one_spelling && s->n_strings && s->strings[0].max <= COMPARED_CHARS);
    for (uint32_t i = 0; i < s->n_strings; i++) {
        const tone_shape_string *x = &s->strings[i];
        restricted |= x->restricted;
        if (!x->restricted && x->min == 0 && x->max == UINT32_MAX) { /* any string: the others add nothing */
            v->any_text = tone_program_any(b->p, b->c->notation == TONE_NOTATION_CALL ? TONE_TEXT_CALL : one_spelling ? TONE_TEXT_PLAIN : TONE_TEXT_JSON);
            v->max_chars = UINT32_MAX;
            return v->any_text ? TONE_OK : tone_compiler_no_memory(b->c);
        }
    }
    if (!s->n_strings)
        return TONE_OK;
    if (!restricted) {
        v->any_text = tone_program_any(b->p, b->c->notation == TONE_NOTATION_CALL ? TONE_TEXT_CALL : one_spelling ? TONE_TEXT_PLAIN : TONE_TEXT_JSON);
        v->min_chars = s->strings[0].min;
        v->max_chars = s->strings[0].max;
        return v->any_text ? TONE_OK : tone_compiler_no_memory(b->c);
    }
    tone_re re = TONE_RE_NONE;
    bool done = false;
    tone_status st = s->n_strings == 1 && !one_spelling ? set_of_chars(b, v, &s->strings[0], &done) : TONE_OK;
    if (st || done)
        return st;
    for (uint32_t i = 0; i < s->n_strings; i++)
        re = tone_re_alt(b->c->res, re, tone_shape_string_re(b->c, &s->strings[i]));
    return text_dfa(b, &v->scalars[v->n_scalars++], re, false);
}

/* --- arrays and objects --------------------------------------------------------------------------------------------- */

static tone_status new_array(builder *b, tone_value *v, tone_array a)
{
    tone_arena *m = &b->p->arena;
    b->p->arrays = tone_arena_grow(m, b->p->arrays, b->p->n_arrays, sizeof *b->p->arrays);
    v->arrays = tone_arena_grow(m, v->arrays, v->n_arrays, sizeof *v->arrays);
    if (m->failed)
        return tone_compiler_no_memory(b->c);
    v->arrays[v->n_arrays++] = b->p->n_arrays;
    b->p->arrays[b->p->n_arrays++] = a;
    return TONE_OK;
}

/* How many different scalars a value has; TONE_DFA_MANY when no bound is known. */
static uint32_t count_scalars(const tone_value *v)
{
    uint64_t n = v->any_text ? TONE_DFA_MANY : 0;
    for (uint32_t i = 0; i < v->n_scalars; i++)
        n += v->scalars[i]->counts[v->scalars[i]->start];
    return n > TONE_DFA_MANY ? TONE_DFA_MANY : (uint32_t)n;
}

static tone_status build_array(builder *b, tone_value *v, const tone_shape_array *s)
{
    tone_array a = {.n_items = s->n_items, .min = s->min, .max = s->max, .min_count = s->min_count, .max_count = s->max_count, .contains = s->contains, .unique = s->unique, .spaces = b->p->spaces && b->c->notation == TONE_NOTATION_JSON, .n_values = TONE_DFA_MANY};
    tone_status st = TONE_OK;
    if (s->unique) {
        const tone_shape *items;
        st = tone_conj_shape(b->c, &items, s->items[0].plain);
        bool nested = !st && (items->n_arrays || items->n_objects);
        for (uint32_t i = 0; !st && i < items->n_values; i++)
            nested |= json_is_array(items->values[i]) || json_is_object(items->values[i]);
        if (nested) {
            tone_literal first = b->c->conjs[s->items[0].plain].n ? b->c->conjs[s->items[0].plain].literals[0] / 2 : 0;
            st = tone_node_fail(b->c, TONE_ERR_UNSUPPORTED, &b->c->nodes[first], "'uniqueItems' cannot be enforced for items that are arrays or objects");
            a.unique = false;
        }
        b->p->remembers |= a.unique;
    }
    a.items = tone_arena_take(&b->p->arena, a.n_items * sizeof *a.items);
    if (!st && !a.items)
        st = tone_compiler_no_memory(b->c);
    for (uint32_t i = 0; i < a.n_items && !st; i++) {
        a.items[i].counting = TONE_NO_VALUE;
        st = value_of(b, &a.items[i].plain, s->items[i].plain, a.unique);
        if (!st && s->items[i].counting != TONE_NO_VALUE)
            st = value_of(b, &a.items[i].counting, s->items[i].counting, a.unique);
    }
    return st ? st : new_array(b, v, a);
}

static int by_spelling(const void *a, const void *b)
{
    const tone_member *x = a, *y = b;
    size_t n = x->n_spelled < y->n_spelled ? x->n_spelled : y->n_spelled;
    int c = memcmp(x->spelled, y->spelled, n);
    return c ? c : x->n_spelled < y->n_spelled ? -1 : x->n_spelled > y->n_spelled;
}

/* Bare keys that no reader of calls could tell from what is around them. */
static bool ambiguous_key(const char *key, size_t n)
{
    if (n == 0 || key[0] == ' ' || key[n - 1] == ' ')
        return true;
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)key[i] < 0x20 || strchr(":,={}[]\"'", key[i]))
            return true;
    return memmem(key, n, TONE_QUOTE_LITERAL, 5) != NULL;
}

static tone_status spell_member(builder *b, tone_member *m, const char *key, uint32_t n)
{
    tone_buf text = {0};
    if (b->c->notation == TONE_NOTATION_CALL) {
        if (ambiguous_key(key, n))
            return tone_fail(b->c->err, TONE_ERR_UNSUPPORTED, 0, "the property name '%.80s' cannot be written in a call", key);
        tone_buf_append(&text, key, n);
    } else {
        tone_text_spell(&text, key, n, TONE_NOTATION_JSON);
    }
    tone_buf_putc(&text, ':');
    m->spelled = tone_arena_copy(&b->p->arena, tone_buf_text(&text), text.n);
    m->n_spelled = (uint32_t)text.n;
    bool good = m->spelled && !text.failed;
    tone_buf_clear(&text);
    return good ? TONE_OK : tone_compiler_no_memory(b->c);
}

/* Members of each chain by their places. */
static tone_status index_chains(builder *b, tone_object *o)
{
    o->chain_first = tone_arena_take(&b->p->arena, (o->n_chains + 1) * sizeof *o->chain_first);
    o->chain_members = tone_arena_take(&b->p->arena, (o->n_members + 1) * sizeof *o->chain_members);
    if (b->p->arena.failed)
        return tone_compiler_no_memory(b->c);
    for (uint32_t i = 0; i < o->n_members; i++)
        o->chain_first[o->members[i].chain + 1]++;
    for (uint32_t i = 0; i < o->n_chains; i++)
        o->chain_first[i + 1] += o->chain_first[i];
    for (uint32_t i = 0; i < o->n_members; i++) {
        uint32_t at = o->chain_first[o->members[i].chain], end = o->chain_first[o->members[i].chain + 1], before = 0;
        for (uint32_t k = 0; k < o->n_members; k++)
            before += o->members[k].chain == o->members[i].chain && o->members[k].place < o->members[i].place;
        if (at + before < end)
            o->chain_members[at + before] = i;
    }
    return TONE_OK;
}

static tone_status build_extra(builder *b, const tone_object *o, tone_extra *e, const tone_shape_extra *s)
{
    tone_status st = value_of(b, &e->value, s->conj, false);
    if (!st && s->keys == TONE_RE_ALL) {
        e->keys = tone_program_any(b->p, b->c->notation == TONE_NOTATION_JSON ? TONE_TEXT_PLAIN : TONE_TEXT_KEY);
        st = e->keys ? TONE_OK : tone_compiler_no_memory(b->c);
    } else if (!st) {
        st = text_dfa(b, &e->keys, s->keys, true);
    }
    e->named = tone_arena_take(&b->p->arena, (o->n_members + 1) * sizeof *e->named);
    if (!st && !e->named)
        st = tone_compiler_no_memory(b->c);
    for (uint32_t i = 0; i < o->n_members && !st; i++)
        if (tone_dfa_matches(e->keys, o->members[i].spelled, o->members[i].n_spelled - 1))
            e->named[e->n_named++] = i;
    b->p->remembers = true;
    return st;
}

static tone_status build_object(builder *b, tone_value *v, const tone_shape_object *s)
{
    tone_arena *m = &b->p->arena;
    assert(s->n_members <= TONE_MEMBERS_MAX && s->n_extras <= TONE_EXTRAS_MAX);
    tone_object o = {.n_members = s->n_members, .n_chains = s->n_chains, .n_extras = s->n_extras, .min = s->min, .max = s->max};
    o.any_order = b->p->any_order || b->c->notation == TONE_NOTATION_CALL;
    o.spaces = b->p->spaces && b->c->notation == TONE_NOTATION_JSON;
    o.members = tone_arena_take(m, (s->n_members + 1) * sizeof *o.members);
    o.extras = tone_arena_take(m, (s->n_extras + 1) * sizeof *o.extras);
    if (m->failed)
        return tone_compiler_no_memory(b->c);
    tone_status st = TONE_OK;
    for (uint32_t i = 0; i < s->n_members && !st; i++) {
        const tone_shape_member *x = &s->members[i];
        o.members[i] = (tone_member){.chain = x->chain, .place = x->place, .required = x->required};
        o.n_required += x->required;
        st = value_of(b, &o.members[i].value, x->conj, false);
        if (!st)
            st = spell_member(b, &o.members[i], x->key, x->n_key);
    }
    if (st)
        return st;
    qsort(o.members, o.n_members, sizeof *o.members, by_spelling);
    st = index_chains(b, &o);
    for (uint32_t i = 0; i < s->n_extras && !st; i++)
        st = build_extra(b, &o, &o.extras[i], &s->extras[i]);
    if (st)
        return st;
    b->p->objects = tone_arena_grow(m, b->p->objects, b->p->n_objects, sizeof *b->p->objects);
    v->objects = tone_arena_grow(m, v->objects, v->n_objects, sizeof *v->objects);
    if (m->failed)
        return tone_compiler_no_memory(b->c);
    v->objects[v->n_objects++] = b->p->n_objects;
    b->p->objects[b->p->n_objects++] = o;
    return TONE_OK;
}

/* An array or object that is listed as a value: one of constants, members in any order. */
static tone_status build_listed(builder *b, tone_value *v, json_t *json)
{
    size_t i;
    json_t *item;
    const char *key;
    uint32_t node, conj;
    tone_status st = TONE_OK;
    if (json_is_array(json)) {
        tone_shape_array a = {.n_items = (uint32_t)json_array_size(json) + 1, .min = (uint32_t)json_array_size(json)};
        a.max = a.min;
        a.items = tone_arena_take(&b->c->arena, a.n_items * sizeof *a.items);
        if (!a.items)
            return tone_compiler_no_memory(b->c);
        json_array_foreach (json, i, item) {
            st = st ? st : tone_node_constant(b->c, &node, item);
            st = st ? st : tone_conj_of(b->c, &a.items[i].plain, &(tone_literal){node * 2}, 1);
            a.items[i].counting = TONE_NO_VALUE;
        }
        st = st ? st : tone_conj_of(b->c, &a.items[a.min].plain, &(tone_literal){1}, 1);
        a.items[a.min].counting = TONE_NO_VALUE;
        return st ? st : build_array(b, v, &a);
    }
    if (json_object_size(json) > TONE_MEMBERS_MAX)
        return tone_fail(b->c->err, TONE_ERR_LIMIT, 0, "an object among listed values has more than %d members", TONE_MEMBERS_MAX);
    tone_shape_object o = {.max = UINT32_MAX};
    o.members = tone_arena_take(&b->c->arena, (json_object_size(json) + 1) * sizeof *o.members);
    if (!o.members)
        return tone_compiler_no_memory(b->c);
    json_object_foreach (json, key, item) {
        tone_shape_member *m = &o.members[o.n_members++];
        *m = (tone_shape_member){.key = key, .n_key = (uint32_t)strlen(key), .chain = o.n_chains++, .required = true};
        st = st ? st : tone_node_constant(b->c, &node, item);
        st = st ? st : tone_conj_of(b->c, &conj, &(tone_literal){node * 2}, 1);
        m->conj = conj;
    }
    return st ? st : build_object(b, v, &o);
}

static tone_status build_one(builder *b, const job *j)
{
    const tone_shape *s;
    tone_value v = {.height = TONE_HEIGHT_NEVER};
    const tone_dfa *d;
    tone_status st = tone_conj_shape(b->c, &s, j->conj);
    if (!st && s->n_values) {
        st = listed_dfa(b, &d, s, j->one_spelling);
        if (!st && d)
            v.scalars[v.n_scalars++] = d;
    }
    if (!st && s->words && v.n_scalars) { /* listed scalars and words begin alike: one automaton */
        const tone_dfa *both[2] = {v.scalars[0], NULL};
        tone_dfa *sum;
        st = words_dfa(b, &both[1], s->words);
        if (!st)
            st = tone_dfa_union(&sum, both, 2, 65534);
        if (!st)
            st = keep(b, sum);
        if (!st)
            v.scalars[0] = sum;
    } else if (!st && s->words) {
        st = words_dfa(b, &v.scalars[v.n_scalars++], s->words);
    }
    if (!st && s->n_numbers)
        st = number_dfa(b, &v.scalars[v.n_scalars++], s->numbers, s->n_numbers, j->one_spelling);
    if (!st)
        st = build_strings(b, &v, s, j->one_spelling);
    for (uint32_t i = 0; !st && i < s->n_values; i++)
        if (json_is_array(s->values[i]) || json_is_object(s->values[i]))
            st = build_listed(b, &v, s->values[i]);
    for (uint32_t i = 0; !st && i < s->n_arrays; i++)
        st = build_array(b, &v, &s->arrays[i]);
    for (uint32_t i = 0; !st && i < s->n_objects; i++)
        st = build_object(b, &v, &s->objects[i]);
    b->p->values[j->value] = v;
    return st;
}

tone_status tone_build_schema(tone_compiler *c, uint32_t *value, json_t *schema, const char *where)
{
    builder b = {.c = c, .p = c->program};
    uint32_t node = 0, conj;
    tone_status st = tone_node_of(c, &node, schema, where, NULL);
    if (!st)
        st = tone_conj_of(c, &conj, &(tone_literal){node * 2}, 1);
    if (!st)
        st = value_of(&b, value, conj, false);
    for (uint32_t i = 0; i < b.n_jobs && !st; i++) {
        job j = b.jobs[i];
        st = build_one(&b, &j);
    }
    /* Arrays of different items: how many there are is known only now. */
    for (uint32_t i = 0; i < c->program->n_arrays && !st; i++)
        if (c->program->arrays[i].unique)
            c->program->arrays[i].n_values = count_scalars(&c->program->values[c->program->arrays[i].items[0].plain]);
    return st;
}

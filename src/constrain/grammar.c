/* GBNF, the grammar notation of llama.cpp:
 *
 *     root ::= "a" [0-9]+ ( item | "x" )* .? item{2,3}      # a comment
 *
 * Rules that do not refer to themselves are put in where they are named, so that most of a grammar becomes one automaton;
 * rules that do are called.  A rule must not come back to itself before it has read something. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "constrain/compile.h"

enum { GRAMMAR_MAX = 1 << 20, RULES_MAX = 2000, NODES_MAX = 1 << 18, DEPTH_MAX = 200, COUNT_MAX = 10000, STATES = 20000 };

typedef enum node_kind { EMPTY, CHARS, REFERENCE, SEQUENCE, CHOICE, REPEAT } node_kind;

/* A part of a rule's right side; children are linked. */
typedef struct node {
    node_kind kind;
    uint32_t child, next; /* 0: none */
    uint32_t rule;        /* REFERENCE */
    uint32_t min, max;    /* REPEAT */
    tone_re chars;        /* CHARS */
} node;

typedef struct rule {
    const char *name;
    size_t n_name, first_use; /* byte of the grammar, for errors */
    uint32_t body;            /* node; 0: not defined */
    bool called, nullable;
    uint8_t visit;
    tone_re re; /* of a rule that is put in; of the body of one that is called */
    bool has_re;
    uint32_t number; /* of a called one in the program */
} rule;

typedef struct parser {
    tone_program *p;
    tone_re_pool *res;
    const uint8_t *text;
    size_t n, at;
    int depth;
    rule *rules;
    uint32_t n_rules;
    node *nodes;
    uint32_t n_nodes;
    tone_error *err;
} parser;

static tone_status bad(const parser *g, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < g->at && i < g->n; i++)
        line += g->text[i] == '\n';
    return tone_fail(g->err, TONE_ERR_FORMAT, g->at, "line %zu of the grammar: %s", line, what);
}

static int peek(const parser *g)
{
    return g->at < g->n ? g->text[g->at] : -1;
}

/* Blanks and comments; with `lines` line breaks too. */
static void skip(parser *g, bool lines)
{
    for (;;) {
        int c = peek(g);
        if (c == '#') {
            while (peek(g) >= 0 && peek(g) != '\n' && peek(g) != '\r')
                g->at++;
        } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
            g->at++;
        } else {
            return;
        }
    }
}

static bool is_name_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static tone_status new_node(parser *g, uint32_t *out, node n)
{
    if (g->n_nodes >= NODES_MAX)
        return tone_fail(g->err, TONE_ERR_LIMIT, g->at, "the grammar is too large");
    g->nodes[g->n_nodes] = n;
    *out = g->n_nodes++;
    return TONE_OK;
}

static tone_status take_name(parser *g, uint32_t *out)
{
    size_t from = g->at;
    while (is_name_char(peek(g)))
        g->at++;
    size_t n = g->at - from;
    if (!n)
        return bad(g, "a name is missing");
    for (uint32_t i = 0; i < g->n_rules; i++) {
        if (g->rules[i].n_name == n && memcmp(g->rules[i].name, g->text + from, n) == 0) {
            *out = i;
            return TONE_OK;
        }
    }
    if (g->n_rules == RULES_MAX)
        return tone_fail(g->err, TONE_ERR_LIMIT, g->at, "the grammar has more than %d rules", RULES_MAX);
    g->rules[g->n_rules] = (rule){.name = (const char *)g->text + from, .n_name = n, .first_use = from};
    *out = g->n_rules++;
    return TONE_OK;
}

static int hex_value(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* One character of a literal or class, escapes undone. */
static tone_status take_char(parser *g, uint32_t *cp)
{
    if (peek(g) != '\\') {
        g->at += tone_utf8_decode(g->text + g->at, g->n - g->at, cp);
        return TONE_OK;
    }
    g->at++;
    int e = peek(g), digits = e == 'x' ? 2 : e == 'u' ? 4 : e == 'U' ? 8 : 0;
    g->at += e >= 0;
    if (digits) {
        uint64_t v = 0;
        for (int i = 0; i < digits; i++, g->at++) {
            if (hex_value(peek(g)) < 0)
                return bad(g, "an escape needs more hexadecimal digits");
            v = v * 16 + (uint64_t)hex_value(peek(g));
        }
        if (v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
            return bad(g, "an escape is no character");
        *cp = (uint32_t)v;
        return TONE_OK;
    }
    static const char letters[] = "tnr\\\"[]-^/.", values[] = "\t\n\r\\\"[]-^/.";
    const char *at = e > 0 ? strchr(letters, e) : NULL;
    if (!at)
        return bad(g, "an unknown escape");
    *cp = (uint32_t)values[at - letters];
    return TONE_OK;
}

static tone_status take_literal(parser *g, uint32_t *out)
{
    tone_re r = TONE_RE_EMPTY;
    uint32_t chars[1024], n = 0;
    while (peek(g) != '"') {
        if (peek(g) < 0 || peek(g) == '\n')
            return bad(g, "a literal does not end");
        if (n == sizeof chars / sizeof *chars)
            return bad(g, "a literal is too long");
        tone_status st = take_char(g, &chars[n++]);
        if (st)
            return st;
    }
    g->at++;
    while (n-- > 0)
        r = tone_re_cat(g->res, tone_re_chars(g->res, &(tone_range){chars[n], chars[n]}, 1), r);
    return new_node(g, out, (node){.kind = CHARS, .chars = r});
}

static int by_lo(const void *a, const void *b)
{
    const tone_range *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static tone_status take_class(parser *g, uint32_t *out)
{
    tone_range ranges[256], left[257];
    size_t n = 0, m = 0;
    bool negated = peek(g) == '^';
    g->at += negated;
    while (peek(g) != ']') {
        uint32_t lo, hi;
        if (peek(g) < 0 || peek(g) == '\n')
            return bad(g, "a class does not end");
        tone_status st = take_char(g, &lo);
        hi = lo;
        if (!st && peek(g) == '-' && g->at + 1 < g->n && g->text[g->at + 1] != ']') {
            g->at++;
            st = take_char(g, &hi);
        }
        if (st)
            return st;
        if (lo > hi)
            return bad(g, "a range runs backwards");
        if (n == 256)
            return bad(g, "a class has too many ranges");
        ranges[n++] = (tone_range){lo, hi};
    }
    g->at++;
    if (!negated)
        return new_node(g, out, (node){.kind = CHARS, .chars = tone_re_chars(g->res, ranges, n)});
    uint32_t from = 0;
    qsort(ranges, n, sizeof *ranges, by_lo);
    for (size_t i = 0; i < n; i++) {
        if (ranges[i].lo > from)
            left[m++] = (tone_range){from, ranges[i].lo - 1};
        from = ranges[i].hi + 1 > from ? ranges[i].hi + 1 : from;
    }
    if (from <= 0x10ffff)
        left[m++] = (tone_range){from, 0x10ffff};
    return new_node(g, out, (node){.kind = CHARS, .chars = tone_re_chars(g->res, left, m)});
}

/* {m}, {m,}, {m,n} after the brace. */
static tone_status take_counts(parser *g, uint32_t *min, uint32_t *max)
{
    uint64_t v[2] = {0, UINT64_MAX};
    for (int k = 0; k < 2; k++) {
        skip(g, false);
        bool any = peek(g) >= '0' && peek(g) <= '9';
        if (any)
            v[k] = 0;
        else if (k == 0)
            return bad(g, "a repetition needs a number");
        for (; peek(g) >= '0' && peek(g) <= '9'; g->at++) {
            v[k] = v[k] * 10 + (uint64_t)(peek(g) - '0');
            if (v[k] > COUNT_MAX)
                return bad(g, "a repetition count is too large");
        }
        skip(g, false);
        if (k == 0 && peek(g) != ',') {
            v[1] = v[0];
            break;
        }
        g->at += k == 0;
    }
    if (peek(g) != '}' || v[0] > v[1])
        return bad(g, "a repetition is not {m}, {m,} or {m,n}");
    g->at++;
    *min = (uint32_t)v[0];
    *max = v[1] == UINT64_MAX ? TONE_RE_FOREVER : (uint32_t)v[1];
    return TONE_OK;
}

static tone_status choice(parser *g, uint32_t *out, bool inner);

static tone_status take_item(parser *g, uint32_t *out, bool inner)
{
    int c = peek(g);
    tone_status st;
    if (c == '"') {
        g->at++;
        st = take_literal(g, out);
    } else if (c == '[') {
        g->at++;
        st = take_class(g, out);
    } else if (c == '.') {
        g->at++;
        st = new_node(g, out, (node){.kind = CHARS, .chars = tone_re_chars(g->res, &(tone_range){0, 0x10ffff}, 1)});
    } else if (c == '(') {
        g->at++;
        if (++g->depth > DEPTH_MAX)
            return tone_fail(g->err, TONE_ERR_LIMIT, g->at, "the grammar is nested too deeply");
        skip(g, true);
        st = choice(g, out, true);
        g->depth--;
        if (!st && peek(g) != ')')
            st = bad(g, "')' is missing");
        g->at += !st;
    } else if (is_name_char(c)) {
        node n = {.kind = REFERENCE};
        st = take_name(g, &n.rule);
        st = st ? st : new_node(g, out, n);
    } else {
        return bad(g, c == '<' || c == '!' ? "tokens as symbols are not supported" : "this cannot stand here");
    }
    for (skip(g, inner); !st; skip(g, inner)) {
        node n = {.kind = REPEAT, .child = *out, .max = TONE_RE_FOREVER};
        c = peek(g);
        if (c != '*' && c != '+' && c != '?' && c != '{')
            break;
        g->at++;
        n.min = c == '+';
        if (c == '?')
            n.max = 1;
        if (c == '{')
            st = take_counts(g, &n.min, &n.max);
        st = st ? st : new_node(g, out, n);
    }
    return st;
}

static tone_status sequence(parser *g, uint32_t *out, bool inner)
{
    node n = {.kind = SEQUENCE};
    uint32_t last = 0, item = 0;
    tone_status st = TONE_OK;
    while (!st) {
        skip(g, inner);
        int c = peek(g);
        if (c < 0 || c == '|' || c == ')' || c == '\n' || c == '\r')
            break;
        st = take_item(g, &item, inner);
        if (st)
            break;
        if (last)
            g->nodes[last].next = item;
        else
            n.child = item;
        last = item;
    }
    return st ? st : new_node(g, out, n);
}

static tone_status choice(parser *g, uint32_t *out, bool inner)
{
    node n = {.kind = CHOICE};
    uint32_t last = 0, one = 0;
    for (;;) {
        tone_status st = sequence(g, &one, inner);
        if (st)
            return st;
        if (last)
            g->nodes[last].next = one;
        else
            n.child = one;
        last = one;
        if (!inner) { /* an alternative may stand on a line of its own */
            size_t back = g->at;
            skip(g, true);
            if (peek(g) != '|')
                g->at = back;
        }
        if (peek(g) != '|')
            break;
        g->at++;
        skip(g, true);
    }
    return new_node(g, out, n);
}

static tone_status take_rules(parser *g)
{
    for (skip(g, true); peek(g) >= 0; skip(g, true)) {
        uint32_t r = 0, body = 0;
        tone_status st = take_name(g, &r);
        skip(g, false);
        if (!st && (g->n - g->at < 3 || memcmp(g->text + g->at, "::=", 3) != 0))
            st = bad(g, "'::=' is missing");
        if (!st && g->rules[r].body)
            st = bad(g, "a rule is defined twice");
        if (st)
            return st;
        g->at += 3;
        skip(g, true);
        st = choice(g, &body, false);
        if (!st && peek(g) == ')')
            st = bad(g, "a ')' closes nothing");
        if (st)
            return st;
        g->rules[r].body = body;
    }
    return TONE_OK;
}

/* --- from rules to automata --------------------------------------------------------------------------------------- */

/* Depth first through the references; a rule that is met on the way to itself is called. */
static tone_status find_called(parser *g, uint32_t r, int depth)
{
    if (depth > DEPTH_MAX * 5)
        return tone_fail(g->err, TONE_ERR_LIMIT, 0, "the rules of the grammar refer to each other too deeply");
    g->rules[r].visit = 1;
    /* The nodes of a body lie between those of the rule before and its own: walk them by their links. */
    uint32_t *todo = malloc(g->n_nodes * sizeof *todo), n = 0;
    if (!todo)
        return tone_fail(g->err, TONE_ERR_NO_MEMORY, 0, "no memory for the grammar");
    tone_status st = TONE_OK;
    todo[n++] = g->rules[r].body;
    while (n && !st) {
        node x = g->nodes[todo[--n]];
        if (x.next)
            todo[n++] = x.next;
        if (x.child)
            todo[n++] = x.child;
        if (x.kind != REFERENCE)
            continue;
        rule *to = &g->rules[x.rule];
        if (to->visit == 1)
            to->called = true;
        else if (to->visit == 0)
            st = find_called(g, x.rule, depth + 1);
    }
    free(todo);
    g->rules[r].visit = 2;
    return st;
}

static bool nullable(const parser *g, uint32_t at)
{
    const node *n = &g->nodes[at];
    switch (n->kind) {
    case EMPTY:
        return true;
    case CHARS:
        return tone_re_nullable(g->res, n->chars);
    case REFERENCE:
        return g->rules[n->rule].nullable;
    case SEQUENCE:
        for (uint32_t c = n->child; c; c = g->nodes[c].next)
            if (!nullable(g, c))
                return false;
        return true;
    case CHOICE:
        for (uint32_t c = n->child; c; c = g->nodes[c].next)
            if (nullable(g, c))
                return true;
        return false;
    case REPEAT:
        return n->min == 0 || nullable(g, n->child);
    }
    return false;
}

static tone_re re_of(parser *g, uint32_t at)
{
    const node n = g->nodes[at];
    tone_re r = TONE_RE_EMPTY;
    switch (n.kind) {
    case EMPTY:
        break;
    case CHARS:
        return n.chars;
    case REFERENCE: {
        rule *to = &g->rules[n.rule];
        if (to->called) {
            r = tone_re_symbol(g->res, TONE_SYM_CALL + tone_call_rule(to->number));
            return to->nullable ? tone_re_alt(g->res, r, TONE_RE_EMPTY) : r;
        }
        if (!to->has_re) {
            to->has_re = true;
            to->re = re_of(g, to->body);
        }
        return to->re;
    }
    case SEQUENCE: {
        uint32_t items = 0;
        for (uint32_t c = n.child; c; c = g->nodes[c].next)
            r = items++ ? tone_re_cat(g->res, r, re_of(g, c)) : re_of(g, c);
        return r;
    }
    case CHOICE:
        r = TONE_RE_NONE;
        for (uint32_t c = n.child; c; c = g->nodes[c].next)
            r = tone_re_alt(g->res, r, re_of(g, c));
        return r;
    case REPEAT:
        return tone_re_repeat(g->res, re_of(g, n.child), n.min, n.max);
    }
    return r;
}

/* Whether a rule can come back to itself with nothing read in between: look through calls at states that nothing was
 * read to reach. */
static bool left_recursive(const tone_program *p, uint32_t r, uint8_t *visit)
{
    const tone_dfa *d = p->rules[r].dfa;
    if (visit[r])
        return visit[r] == 1;
    visit[r] = 1;
    for (uint32_t i = d->first_call[d->start]; i < d->first_call[d->start + 1]; i++)
        if (left_recursive(p, d->calls[i].what / 2, visit))
            return true;
    visit[r] = 2;
    return false;
}

static tone_status make_rules(parser *g, uint32_t root)
{
    tone_status st = TONE_OK;
    g->rules[root].called = true; /* where it begins is a rule in any case */
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < g->n_rules; i++) {
            bool now = g->rules[i].visit && nullable(g, g->rules[i].body);
            changed |= now != g->rules[i].nullable;
            g->rules[i].nullable = now;
        }
    }
    for (uint32_t i = 0; i < g->n_rules && !st; i++) { /* numbers first: they call each other */
        uint32_t call = 0;
        if (!g->rules[i].called)
            continue;
        st = tone_compile_rule(g->p, &call, NULL, g->err);
        g->rules[i].number = call / 2;
    }
    for (uint32_t i = 0; i < g->n_rules && !st; i++) {
        rule *r = &g->rules[i];
        tone_dfa *d = NULL;
        if (!r->called)
            continue;
        tone_status made = tone_dfa_of_re(&d, g->res, re_of(g, r->body), STATES);
        if (made == TONE_ERR_LIMIT && tone_re_pool_status(g->res))
            st = tone_fail(g->err, made, r->first_use, "rule '%.*s' has too many ways to go on at once", (int)r->n_name, r->name);
        else if (made)
            st = made == TONE_ERR_LIMIT ? tone_fail(g->err, made, r->first_use, "rule '%.*s' would need more than %d states", (int)r->n_name, r->name, STATES)
                                        : tone_fail(g->err, made, 0, "no memory for the grammar");
        else if (!tone_program_keep(g->p, d))
            st = tone_fail(g->err, TONE_ERR_NO_MEMORY, 0, "no memory for the grammar");
        else
            g->p->rules[r->number].dfa = d;
    }
    uint8_t *visit = calloc(g->p->n_rules + 1, 1);
    if (!st && !visit)
        st = tone_fail(g->err, TONE_ERR_NO_MEMORY, 0, "no memory for the grammar");
    for (uint32_t i = 0; i < g->n_rules && !st; i++)
        if (g->rules[i].called && left_recursive(g->p, g->rules[i].number, visit))
            st = tone_fail(g->err, TONE_ERR_UNSUPPORTED, g->rules[i].first_use, "rule '%.*s' can come back to itself before reading anything (left recursion)",
                           (int)g->rules[i].n_name, g->rules[i].name);
    free(visit);
    g->p->root = tone_call_rule(g->rules[root].number);
    return st;
}

static tone_status compile(parser *g)
{
    tone_status st = take_rules(g);
    uint32_t root = 0;
    if (st)
        return st;
    while (root < g->n_rules && !(g->rules[root].n_name == 4 && memcmp(g->rules[root].name, "root", 4) == 0))
        root++;
    if (root == g->n_rules)
        return tone_fail(g->err, TONE_ERR_FORMAT, 0, "the grammar has no rule 'root'");
    for (uint32_t i = 0; i < g->n_rules; i++)
        if (!g->rules[i].body)
            return tone_fail(g->err, TONE_ERR_FORMAT, g->rules[i].first_use, "the grammar has no rule '%.*s'", (int)g->rules[i].n_name, g->rules[i].name);
    st = find_called(g, root, 0);
    if (!st)
        st = make_rules(g, root);
    if (!st && tone_re_pool_status(g->res))
        st = tone_fail(g->err, tone_re_pool_status(g->res), 0, "the grammar is too large");
    return st;
}

tone_status tone_compile_grammar(tone_program *p, const char *grammar, size_t n, tone_error *err)
{
    parser g = {.p = p, .text = (const uint8_t *)grammar, .n = n, .err = err, .n_nodes = 1};
    if (n > GRAMMAR_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the grammar is longer than %d bytes", GRAMMAR_MAX);
    size_t wrong;
    if (!tone_utf8_valid(g.text, n, &wrong))
        return tone_fail(err, TONE_ERR_FORMAT, wrong, "the grammar is not UTF-8");
    g.res = tone_re_pool_new();
    g.rules = calloc(RULES_MAX, sizeof *g.rules);
    g.nodes = calloc(NODES_MAX, sizeof *g.nodes);
    tone_status st = g.res && g.rules && g.nodes ? compile(&g) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the grammar");
    tone_re_pool_free(g.res);
    free(g.rules);
    free(g.nodes);
    return st;
}

/* The public face: compiling, states, masks. */
#include "constrain/constraint.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "constrain/build.h"
#include "constrain/compile.h"
#include "constrain/regex.h"

enum { DEPTH_DEFAULT = 100, DEPTH_GRAMMAR = 1000, DEPTH_MOST = 5000, REGEX_STATES = 20000 };

void tone_constraint_free(tone_constraint *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; i < c->n_cached; i++)
        tone_state_mask_clear(&c->cache[i].mask);
    for (uint32_t i = 0; i < c->n_texts; i++)
        tone_free_text_clear(&c->texts[i]);
    tone_program_clear(&c->program);
    free(c);
}

const char *tone_constraint_warning(const tone_constraint *c, size_t i)
{
    return i < c->program.n_warnings ? c->program.warnings[i] : NULL;
}

static const tone_constraint_options no_options;

/* A constraint without a program yet. */
static tone_status begin(tone_constraint **out, const tone_constraint_vocab *vocab, const tone_constraint_options **options, uint32_t depth,
                         tone_error *err)
{
    *out = NULL;
    if (!*options)
        *options = &no_options;
    if ((*options)->max_depth > DEPTH_MOST)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a nesting of more than %d levels cannot be allowed", DEPTH_MOST);
    tone_constraint *c = calloc(1, sizeof *c);
    if (!c)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the constraint");
    c->vocab = vocab;
    c->program.arena.limit = (size_t)256 << 20;
    c->program.max_depth = (*options)->max_depth ? (*options)->max_depth : depth;
    c->program.any_order = (*options)->any_order;
    c->program.spaces = (*options)->spaces;
    *out = c;
    return TONE_OK;
}

/* Measure, and refuse what nothing satisfies; on failure the constraint goes. */
static tone_status finish(tone_constraint **out, tone_status st, const tone_constraint_options *options, const char *nothing, tone_error *err)
{
    tone_constraint *c = *out;
    if (!st)
        st = tone_program_measure(&c->program, err);
    if (!st && !options->allow_none && tone_program_height(&c->program, c->program.root) > c->program.max_depth)
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s", nothing);
    if (st) {
        tone_constraint_free(c);
        *out = NULL;
    }
    return st;
}

tone_status tone_constraint_compile_schema(tone_constraint **out, const tone_constraint_vocab *vocab, const char *schema, size_t n,
                                           const tone_constraint_options *options, tone_error *err)
{
    tone_compiler compiler;
    uint32_t value;
    json_t *json;
    tone_status st = begin(out, vocab, &options, DEPTH_DEFAULT, err);
    if (st)
        return st;
    st = tone_schema_read(&json, schema, n, err);
    if (!st) {
        st = tone_compiler_init(&compiler, &(*out)->program, TONE_NOTATION_JSON, options, err);
        compiler.root = json;
        if (!st)
            st = tone_build_schema(&compiler, &value, json, "#");
        if (!st)
            (*out)->program.root = tone_call_value(value);
        tone_compiler_clear(&compiler);
        json_decref(json);
    }
    return finish(out, st, options, "no value satisfies the schema", err);
}

tone_status tone_constraint_compile_answer(tone_constraint **out, const tone_constraint_vocab *vocab, const tone_constraint_answer *answer,
                                           const tone_constraint_options *options, tone_error *err)
{
    tone_status st = begin(out, vocab, &options, DEPTH_DEFAULT, err);
    if (st)
        return st;
    st = tone_compile_answer(&(*out)->program, vocab, answer, options, err);
    return finish(out, st, options, "no answer satisfies the schemas", err);
}

tone_status tone_constraint_compile_regex(tone_constraint **out, const tone_constraint_vocab *vocab, const char *pattern, size_t n,
                                          const tone_constraint_options *options, tone_error *err)
{
    tone_status st = begin(out, vocab, &options, DEPTH_DEFAULT, err);
    if (st)
        return st;
    tone_program *p = &(*out)->program;
    tone_re_pool *pool = tone_re_pool_new();
    tone_re re;
    tone_dfa *d = NULL;
    st = pool ? tone_regex_parse(&re, pool, pattern, n, true, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the pattern");
    if (!st) {
        tone_status made = tone_dfa_of_re(&d, pool, tone_re_and(pool, re, tone_re_text(pool, 0, TONE_RE_FOREVER)), REGEX_STATES);
        if (made == TONE_ERR_LIMIT && tone_re_pool_status(pool))
            st = tone_fail(err, made, 0, "the pattern has too many ways to go on at once");
        else if (made)
            st = tone_fail(err, made, 0, made == TONE_ERR_LIMIT ? "the pattern would need more than %d states" : "no memory for the pattern", REGEX_STATES);
    }
    if (!st && !tone_program_keep(p, d))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the pattern");
    if (!st)
        st = tone_compile_rule(p, &p->root, d, err);
    tone_re_pool_free(pool);
    return finish(out, st, options, "no text matches the pattern", err);
}

tone_status tone_constraint_compile_grammar(tone_constraint **out, const tone_constraint_vocab *vocab, const char *grammar, size_t n,
                                            const tone_constraint_options *options, tone_error *err)
{
    tone_status st = begin(out, vocab, &options, DEPTH_GRAMMAR, err);
    if (st)
        return st;
    st = tone_compile_grammar(&(*out)->program, grammar, n, err);
    return finish(out, st, options, "the grammar derives no text", err);
}

tone_status tone_compile_rule(tone_program *p, uint32_t *call, const tone_dfa *d, tone_error *err)
{
    p->rules = tone_arena_grow(&p->arena, p->rules, p->n_rules, sizeof *p->rules);
    if (p->arena.failed)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the constraint");
    p->rules[p->n_rules] = (tone_rule){.dfa = d};
    *call = tone_call_rule(p->n_rules++);
    return TONE_OK;
}

/* --- states ---------------------------------------------------------------------------------------------------------- */

static tone_status walk_failed(const tone_constraint_state *s, tone_error *err)
{
    return tone_fail(err, s->walk.status, 0, s->walk.status == TONE_ERR_LIMIT ? "the text has become too ambiguous to follow" : "no memory for the constraint");
}

tone_status tone_constraint_state_open(tone_constraint_state **out, tone_constraint *c, tone_error *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the constraint");
    (*out)->constraint = c;
    tone_status st = tone_constraint_state_reset(*out, err);
    if (st) {
        tone_constraint_state_close(*out);
        *out = NULL;
    }
    return st;
}

void tone_constraint_state_close(tone_constraint_state *s)
{
    if (!s)
        return;
    tone_walk_clear(&s->walk);
    tone_buf_clear(&s->text);
    free(s->symbols);
    free(s);
}

tone_status tone_constraint_state_copy(tone_constraint_state *to, const tone_constraint_state *from, tone_error *err)
{
    return tone_walk_copy(&to->walk, &from->walk) ? walk_failed(to, err) : TONE_OK;
}

tone_status tone_constraint_state_reset(tone_constraint_state *s, tone_error *err)
{
    return tone_walk_reset(&s->walk, &s->constraint->program) ? walk_failed(s, err) : TONE_OK;
}

bool tone_constraint_is_complete(const tone_constraint_state *s)
{
    return tone_walk_ends(&s->walk, 0, s->walk.n_now);
}

tone_status tone_constraint_mask(tone_constraint_state *s, uint64_t *bits, tone_error *err)
{
    const tone_constraint_vocab *v = s->constraint->vocab;
    tone_walk *w = &s->walk;
    if (!v)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "this constraint was compiled without a vocabulary");
    memset(bits, 0, v->n_words * sizeof *bits);
    if (tone_constraint_is_complete(s))
        memcpy(bits, v->stops, v->n_words * sizeof *bits);
    uint64_t reads[5] = {0};
    for (uint32_t i = 0; i < w->n_now; i++)
        tone_walk_reads(w, &w->places[i], reads);
    for (uint32_t k = 0; k < TONE_MARK_COUNT; k++) {
        uint32_t symbol = TONE_SYM_MARK + k;
        if (v->marks[k] == TONE_TOKEN_NONE || !(reads[symbol / 64] >> symbol % 64 & 1))
            continue;
        tone_walk_mark mark = tone_walk_mark_now(w);
        if (tone_walk_step(w, 0, w->n_now, symbol))
            tone_mask_set(bits, v->marks[k]);
        tone_walk_back(w, &mark);
    }
    tone_status st = tone_mask_fill(s->constraint, w, bits);
    if (st == TONE_ERR_NO_MEMORY && !w->status)
        return tone_fail(err, st, 0, "no memory for the mask");
    return st ? walk_failed(s, err) : TONE_OK;
}

/* Read symbols, or none at all. */
static tone_status read_all(tone_constraint_state *s, const uint32_t *symbols, const char *bytes, size_t n, tone_error *err)
{
    tone_walk *w = &s->walk;
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t first = 0, now = w->n_now;
    for (size_t i = 0; i < n; i++) {
        uint32_t to = w->n_places;
        now = tone_walk_step(w, first, now, symbols ? symbols[i] : (uint8_t)bytes[i]);
        first = to;
        if (now)
            continue;
        tone_walk_back(w, &mark);
        if (w->status)
            return walk_failed(s, err);
        return tone_fail(err, TONE_ERR_ARGUMENT, i, "the constraint does not allow this text");
    }
    tone_walk_settle(w, first, now);
    return TONE_OK;
}

tone_status tone_constraint_accept_bytes(tone_constraint_state *s, const char *bytes, size_t n, tone_error *err)
{
    enum { PART = 256 };
    tone_status st = TONE_OK;
    if (n <= PART)
        return read_all(s, NULL, bytes, n, err);
    /* In parts, so that what is not needed is forgotten on the way; with a copy to go back to. */
    tone_constraint_state *before;
    st = tone_constraint_state_open(&before, s->constraint, err);
    if (!st)
        st = tone_constraint_state_copy(before, s, err);
    for (size_t at = 0; at < n && !st; at += PART) {
        tone_error why = {0};
        st = read_all(s, NULL, bytes + at, n - at < PART ? n - at : PART, &why);
        if (st) {
            st = tone_fail(err, st, at + why.offset, "%s", why.text);
            tone_walk t = s->walk;
            s->walk = before->walk;
            before->walk = t;
        }
    }
    tone_constraint_state_close(before);
    return st;
}

tone_status tone_constraint_accept_mark(tone_constraint_state *s, tone_mark mark, tone_error *err)
{
    uint32_t symbol = TONE_SYM_MARK + (uint32_t)mark;
    if ((unsigned)mark >= TONE_MARK_COUNT)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there is no such mark");
    return read_all(s, &symbol, NULL, 1, err);
}

tone_status tone_constraint_accept_token(tone_constraint_state *s, tone_token id, tone_error *err)
{
    const tone_constraint_vocab *v = s->constraint->vocab;
    char path[TONE_PIECE_BYTES];
    if (!v || id >= v->n_tokens)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "token %u is not in the vocabulary", (unsigned)id);
    if (v->mark_of[id] != TONE_MARK_COUNT)
        return tone_constraint_accept_mark(s, (tone_mark)v->mark_of[id], err);
    if (v->use[id] == TONE_PIECE_STOP) {
        if (tone_constraint_is_complete(s))
            return TONE_OK;
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the text may not end here");
    }
    if (v->use[id] != TONE_PIECE_TEXT)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "token %u is never allowed", (unsigned)id);
    return read_all(s, NULL, path, tone_vocab_path(v, v->node_of[id], path), err);
}

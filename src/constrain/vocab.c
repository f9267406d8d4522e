/* Building the tree: texts are sorted, then laid out level by level. */
#include "constrain/vocab.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

typedef struct piece {
    const uint8_t *bytes;
    uint32_t n, id;
} piece;

static int by_bytes(const void *a, const void *b)
{
    const piece *x = a, *y = b;
    uint32_t n = x->n < y->n ? x->n : y->n;
    int c = memcmp(x->bytes, y->bytes, n);
    return c ? c : x->n != y->n ? (x->n < y->n ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

/* Pieces from … to-1 share the text of a node. */
typedef struct span {
    uint32_t from, to;
} span;

/* Tokens that end exactly at a node, chained; returns where longer pieces begin. */
static uint32_t take_ending(tone_constraint_vocab *v, const piece *p, span s, uint32_t depth, uint32_t node)
{
    uint32_t at = s.from, last = TONE_TOKEN_NONE;
    v->token[node] = TONE_TOKEN_NONE;
    for (; at < s.to && p[at].n == depth; at++) {
        if (last == TONE_TOKEN_NONE)
            v->token[node] = p[at].id;
        else
            v->same[last] = p[at].id;
        v->node_of[p[at].id] = node;
        last = p[at].id;
    }
    return at;
}

/* Nodes of the tree over sorted pieces: one for each different beginning. */
static uint32_t count_nodes(const piece *p, uint32_t n)
{
    uint32_t nodes = 1;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t common = 0, least = i ? (p[i].n < p[i - 1].n ? p[i].n : p[i - 1].n) : 0;
        while (common < least && p[i].bytes[common] == p[i - 1].bytes[common])
            common++;
        nodes += p[i].n - common;
    }
    return nodes;
}

static bool lay_out(tone_constraint_vocab *v, const piece *p, uint32_t n)
{
    uint32_t room = count_nodes(p, n);
    v->first = malloc((room + 1) * sizeof *v->first);
    v->parent = malloc(room * sizeof *v->parent);
    v->token = malloc(room * sizeof *v->token);
    v->byte = malloc(room);
    span *spans = malloc(room * sizeof *spans);
    uint16_t *depths = malloc(room * sizeof *depths);
    bool good = v->first && v->parent && v->token && v->byte && spans && depths;
    if (good) {
        spans[0] = (span){0, n};
        depths[0] = 0;
        v->parent[0] = 0;
        v->byte[0] = 0;
        v->n_nodes = 1;
        for (uint32_t node = 0; node < v->n_nodes; node++) { /* nodes are numbered in the order of this loop */
            uint32_t depth = depths[node], at = take_ending(v, p, spans[node], depth, node);
            v->first[node] = v->n_nodes;
            while (at < spans[node].to) {
                uint32_t end = at;
                while (end < spans[node].to && p[end].bytes[depth] == p[at].bytes[depth])
                    end++;
                uint32_t child = v->n_nodes++;
                spans[child] = (span){at, end};
                depths[child] = (uint16_t)(depth + 1);
                v->parent[child] = node;
                v->byte[child] = p[at].bytes[depth];
                at = end;
            }
        }
        v->first[v->n_nodes] = v->n_nodes;
    }
    free(spans);
    free(depths);
    return good;
}

uint32_t tone_vocab_path(const tone_constraint_vocab *v, uint32_t node, char *to)
{
    char turned[TONE_PIECE_BYTES];
    uint32_t n = 0;
    for (; node && n < TONE_PIECE_BYTES; node = v->parent[node])
        turned[n++] = (char)v->byte[node];
    for (uint32_t i = 0; i < n; i++)
        to[i] = turned[n - 1 - i];
    return n;
}

/* --- masks of a state ----------------------------------------------------------------------------------------------- */

typedef struct survey {
    const tone_constraint_vocab *v;
    const tone_dfa *d;
    tone_state_mask *out;
    uint8_t *need, *stays; /* counted: characters that a token needs room for, whether it stays inside; NULL else */
    const uint64_t *follow;
    uint32_t room_leaves, room_exits;
    bool failed;
} survey;

static void add(survey *s, tone_leave **list, uint32_t *n, uint32_t *room, tone_leave l)
{
    if (*n == *room) {
        uint32_t more_room = *room ? *room * 2 : 64;
        tone_leave *more = realloc(*list, more_room * sizeof *more);
        if (!more) {
            s->failed = true;
            return;
        }
        *list = more;
        *room = more_room;
    }
    (*list)[(*n)++] = l;
}

static void look(survey *s, uint32_t node, uint32_t state, uint32_t chars)
{
    const tone_constraint_vocab *v = s->v;
    const tone_dfa *d = s->d;
    bool may_end = node && d->flags[state] & (TONE_DFA_ACCEPT | TONE_DFA_CALLS) && !(d->flags[state] & TONE_DFA_FINAL);
    for (uint32_t c = v->first[node]; c < v->first[node + 1]; c++) {
        uint32_t b = v->byte[c], to = tone_dfa_next(d, state, b);
        if (may_end && s->follow[b / 64] >> b % 64 & 1)
            add(s, &s->out->exits, &s->out->n_exits, &s->room_exits, (tone_leave){c, state, chars});
        if (!to)
            continue;
        bool between = d->flags[state] & TONE_DFA_BOUNDARY, closes = d->flags[to] & TONE_DFA_ACCEPT;
        uint32_t now = chars + (d->counted && between && !closes); /* a character begun needs its room */
        if (d->flags[to] & TONE_DFA_FINAL) {
            add(s, &s->out->leaves, &s->out->n_leaves, &s->room_leaves, (tone_leave){c, to, now});
            continue;
        }
        for (uint32_t t = s->need ? v->token[c] : TONE_TOKEN_NONE; t != TONE_TOKEN_NONE; t = v->same[t]) {
            s->stays[t] = 1;
            s->need[t] = (uint8_t)now; /* a token has at most TONE_PIECE_BYTES characters */
        }
        if (!s->need)
            tone_vocab_set(v, s->out->stay, c);
        if (v->first[c] < v->first[c + 1])
            look(s, c, to, now);
    }
}

tone_status tone_vocab_state_mask(const tone_constraint_vocab *v, tone_state_mask *out, const tone_dfa *d, uint32_t state, const uint64_t follow[4])
{
    *out = (tone_state_mask){.stay = calloc(v->n_words + 1, sizeof *out->stay)};
    survey s = {.v = v, .d = d, .out = out, .follow = follow};
    if (!out->stay)
        return TONE_ERR_NO_MEMORY;
    look(&s, 0, state, 0);
    if (s.failed)
        tone_state_mask_clear(out);
    return s.failed ? TONE_ERR_NO_MEMORY : TONE_OK;
}

void tone_state_mask_clear(tone_state_mask *m)
{
    free(m->stay);
    free(m->leaves);
    free(m->exits);
    *m = (tone_state_mask){0};
}

tone_status tone_vocab_free_text(const tone_constraint_vocab *v, tone_free_text *out, const tone_dfa *d, uint32_t body)
{
    static const uint64_t colon[4] = {UINT64_C(1) << ':'}; /* only keys can go on and be left */
    tone_state_mask m = {0};
    uint8_t *need = malloc(v->n_tokens ? v->n_tokens : 1), *stays = calloc(1, v->n_tokens ? v->n_tokens : 1);
    *out = (tone_free_text){.dfa = d, .body = body, .stay = calloc((size_t)(v->longest + 1) * (v->n_words + 1), sizeof *out->stay)};
    survey s = {.v = v, .d = d, .out = &m, .need = need, .stays = stays, .follow = colon};
    if (out->stay && need && stays) {
        look(&s, 0, body, 0);
        for (uint32_t t = 0; t < v->n_tokens; t++)
            if (stays[t])
                tone_mask_set(out->stay + (size_t)need[t] * v->n_words, t);
        for (uint32_t r = 1; r <= v->longest; r++)
            for (uint32_t i = 0; i < v->n_words; i++)
                out->stay[(size_t)r * v->n_words + i] |= out->stay[(size_t)(r - 1) * v->n_words + i];
    } else {
        s.failed = true;
    }
    out->leaves = m.leaves;
    out->n_leaves = m.n_leaves;
    out->exits = m.exits;
    out->n_exits = m.n_exits;
    free(need);
    free(stays);
    if (s.failed)
        tone_free_text_clear(out);
    return s.failed ? TONE_ERR_NO_MEMORY : TONE_OK;
}

void tone_free_text_clear(tone_free_text *f)
{
    free(f->stay);
    free(f->leaves);
    free(f->exits);
    *f = (tone_free_text){0};
}

static bool survey_text(tone_constraint_vocab *v, tone_text_kind kind)
{
    if (tone_text_any(&v->any[kind], kind))
        return false;
    const tone_dfa *d = v->any[kind];
    uint32_t open = kind == TONE_TEXT_CALL ? (uint32_t)TONE_SYM_MARK + TONE_MARK_QUOTE : kind == TONE_TEXT_KEY ? 'a' : '"';
    if (kind == TONE_TEXT_KEY && tone_vocab_free_text(v, &v->free_text[TONE_TEXT_KINDS], d, d->start))
        return false;
    return tone_vocab_free_text(v, &v->free_text[kind], d, tone_dfa_next(d, d->start, open)) == TONE_OK;
}

/* --- opening -------------------------------------------------------------------------------------------------------- */

static tone_status fill(tone_constraint_vocab *v, const tone_constraint_piece *pieces, size_t n, const tone_token *marks, tone_error *err)
{
    const char *no_memory = "no memory for the vocabulary";
    piece *sorted = malloc((n ? n : 1) * sizeof *sorted);
    v->n_tokens = (uint32_t)n;
    v->n_words = (uint32_t)((n + 63) / 64);
    v->same = malloc((n ? n : 1) * sizeof *v->same);
    v->node_of = malloc((n ? n : 1) * sizeof *v->node_of);
    v->use = malloc(n ? n : 1);
    v->mark_of = malloc(n ? n : 1);
    v->text = calloc(v->n_words + 1, sizeof *v->text);
    v->stops = calloc(v->n_words + 1, sizeof *v->stops);
    if (!sorted || !v->same || !v->node_of || !v->use || !v->mark_of || !v->text || !v->stops) {
        free(sorted);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s", no_memory);
    }
    uint32_t m = 0;
    for (size_t i = 0; i < n; i++) {
        v->same[i] = v->node_of[i] = TONE_TOKEN_NONE;
        v->mark_of[i] = TONE_MARK_COUNT;
        v->use[i] = (uint8_t)pieces[i].use;
        if (pieces[i].use == TONE_PIECE_STOP)
            tone_mask_set(v->stops, (uint32_t)i);
        if (pieces[i].use == TONE_PIECE_TEXT && (pieces[i].n == 0 || pieces[i].n > TONE_PIECE_BYTES))
            v->use[i] = TONE_PIECE_NEVER;
        if (v->use[i] != TONE_PIECE_TEXT)
            continue;
        sorted[m++] = (piece){(const uint8_t *)pieces[i].bytes, (uint32_t)pieces[i].n, (uint32_t)i};
        v->longest = pieces[i].n > v->longest ? (uint32_t)pieces[i].n : v->longest;
        tone_mask_set(v->text, (uint32_t)i);
    }
    for (int k = 0; k < TONE_MARK_COUNT; k++) {
        v->marks[k] = marks && marks[k] < n ? marks[k] : TONE_TOKEN_NONE;
        if (v->marks[k] != TONE_TOKEN_NONE)
            v->mark_of[v->marks[k]] = (uint8_t)k;
    }
    qsort(sorted, m, sizeof *sorted, by_bytes);
    bool good = lay_out(v, sorted, m);
    free(sorted);
    for (int k = 0; k < TONE_TEXT_KINDS && good; k++)
        good = survey_text(v, (tone_text_kind)k);
    return good ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s", no_memory);
}

tone_status tone_constraint_vocab_open(tone_constraint_vocab **out, const tone_constraint_piece *pieces, size_t n, const tone_token *marks,
                                       tone_error *err)
{
    *out = NULL;
    if (n > 1 << 24)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a vocabulary of %zu tokens is too large", n);
    tone_constraint_vocab *v = calloc(1, sizeof *v);
    if (!v)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the vocabulary");
    tone_status st = fill(v, pieces, n, marks, err);
    if (st)
        tone_constraint_vocab_close(v);
    else
        *out = v;
    return st;
}

tone_status tone_constraint_vocab_of(tone_constraint_vocab **out, const tone_tokenizer *t, tone_error *err)
{
    static const char *const literals[TONE_MARK_COUNT] = {"<|\"|>", "<|tool_call>", "<tool_call|>", "<|channel>", "<channel|>"};
    const tone_tokenizer_facts *facts = tone_tokenizer_info(t);
    tone_token marks[TONE_MARK_COUNT];
    *out = NULL;
    tone_constraint_piece *pieces = calloc(facts->n_vocab ? facts->n_vocab : 1, sizeof *pieces);
    if (!pieces)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the vocabulary");
    for (tone_token i = 0; i < facts->n_vocab; i++) {
        pieces[i].bytes = tone_tokenizer_bytes(t, i, &pieces[i].n);
        tone_token_kind kind = tone_tokenizer_kind(t, i);
        pieces[i].use = kind == TONE_TOKEN_CONTROL ? TONE_PIECE_MARK : kind == TONE_TOKEN_UNUSED ? TONE_PIECE_NEVER : TONE_PIECE_TEXT;
    }
    for (int k = 0; k < TONE_MARK_COUNT; k++)
        marks[k] = tone_tokenizer_find(t, literals[k]);
    for (size_t i = 0; i < facts->n_suppressed; i++)
        pieces[facts->suppressed[i]].use = TONE_PIECE_NEVER;
    for (size_t i = 0; i < facts->n_stops; i++)
        pieces[facts->stops[i]].use = TONE_PIECE_STOP;
    for (int k = 0; k < TONE_MARK_COUNT; k++)
        if (marks[k] != TONE_TOKEN_NONE)
            pieces[marks[k]].use = TONE_PIECE_MARK;
    tone_status st = tone_constraint_vocab_open(out, pieces, facts->n_vocab, marks, err);
    free(pieces);
    if (!st)
        (*out)->tokenizer = t;
    return st;
}

void tone_constraint_vocab_close(tone_constraint_vocab *v)
{
    if (!v)
        return;
    for (int k = 0; k < TONE_TEXT_KINDS; k++) {
        tone_dfa_free(v->any[k]);
        tone_free_text_clear(&v->free_text[k]);
    }
    tone_free_text_clear(&v->free_text[TONE_TEXT_KINDS]);
    free(v->first);
    free(v->parent);
    free(v->token);
    free(v->byte);
    free(v->same);
    free(v->node_of);
    free(v->use);
    free(v->mark_of);
    free(v->text);
    free(v->stops);
    free(v);
}

size_t tone_constraint_vocab_words(const tone_constraint_vocab *v)
{
    return v->n_words;
}

/* What must follow, and the short way to the end.  Both try symbols on the present walk and take them back. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "constrain/constraint.h"

enum { FORCED_MOST = 4096, FINISH_MOST = 1 << 16 };

static const char *const mark_text[TONE_MARK_COUNT] = {"<|\"|>", "<|tool_call>", "<tool_call|>", "<|channel>", "<channel|>"};

static bool push(tone_constraint_state *s, uint32_t symbol)
{
    if (!tone_walk_room(&s->walk, (void **)&s->symbols, &s->room_symbols, (uint64_t)s->n_symbols + 1, sizeof *s->symbols))
        return false;
    s->symbols[s->n_symbols++] = symbol;
    return true;
}

static tone_status out_of_memory(const tone_constraint_state *s, tone_error *err)
{
    return tone_fail(err, s->walk.status ? s->walk.status : TONE_ERR_NO_MEMORY, 0, "no memory to follow the constraint");
}

static void reads(tone_walk *w, uint32_t first, uint32_t n, uint64_t set[5])
{
    memset(set, 0, 5 * sizeof *set);
    for (uint32_t i = first; i < first + n; i++)
        tone_walk_reads(w, &w->places[i], set);
}

/* The one symbol that can follow places[first … first+n); TONE_NOTHING when the text may end or there are several. */
static uint32_t only_symbol(tone_walk *w, uint32_t first, uint32_t n)
{
    uint64_t set[5];
    uint32_t only = TONE_NOTHING;
    if (tone_walk_ends(w, first, n))
        return TONE_NOTHING;
    reads(w, first, n, set);
    tone_walk_mark mark = tone_walk_mark_now(w);
    for (uint32_t symbol = 0; symbol < TONE_SYM_READ; symbol++) {
        if (!(set[symbol / 64] >> symbol % 64 & 1))
            continue;
        uint32_t got = tone_walk_step(w, first, n, symbol);
        tone_walk_back(w, &mark);
        if (!got)
            continue;
        if (only != TONE_NOTHING)
            return TONE_NOTHING;
        only = symbol;
    }
    return only;
}

/* s->symbols becomes what is forced; `next` tells what may be read behind it. */
static tone_status force(tone_constraint_state *s, uint64_t next[5], tone_error *err)
{
    tone_walk *w = &s->walk;
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t first = 0, n = w->n_now;
    s->n_symbols = 0;
    while (s->n_symbols < FORCED_MOST && !w->status) {
        uint32_t symbol = only_symbol(w, first, n), to = w->n_places;
        if (symbol == TONE_NOTHING || !push(s, symbol))
            break;
        n = tone_walk_step(w, first, n, symbol);
        first = to;
    }
    reads(w, first, n, next);
    tone_walk_back(w, &mark);
    return w->status ? out_of_memory(s, err) : TONE_OK;
}

/* s->symbols becomes a short way to the end: in every step the symbol after which least is left. */
static tone_status find_end(tone_constraint_state *s, tone_error *err)
{
    tone_walk *w = &s->walk;
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t first = 0, n = w->n_now, left = tone_walk_cost(w, 0, w->n_now);
    s->n_symbols = 0;
    while (!tone_walk_ends(w, first, n) && !w->status) {
        uint64_t set[5];
        uint32_t best = UINT32_MAX, best_symbol = TONE_NOTHING;
        reads(w, first, n, set);
        tone_walk_mark here = tone_walk_mark_now(w);
        for (uint32_t symbol = 0; symbol < TONE_SYM_READ && best >= left; symbol++) {
            if (!(set[symbol / 64] >> symbol % 64 & 1))
                continue;
            uint32_t to = w->n_places, got = tone_walk_step(w, first, n, symbol);
            uint32_t cost = got ? tone_walk_cost(w, to, got) : UINT32_MAX;
            tone_walk_back(w, &here);
            if (cost < best) {
                best = cost;
                best_symbol = symbol;
            }
        }
        if (best_symbol == TONE_NOTHING || s->n_symbols >= FINISH_MOST || !push(s, best_symbol)) {
            tone_walk_back(w, &mark);
            if (w->status)
                return out_of_memory(s, err);
            return tone_fail(err, TONE_ERR_LIMIT, 0, "what is missing is longer than %d bytes", FINISH_MOST);
        }
        uint32_t to = w->n_places;
        n = tone_walk_step(w, first, n, best_symbol);
        first = to;
        left = best;
    }
    tone_walk_back(w, &mark);
    return w->status ? out_of_memory(s, err) : TONE_OK;
}

/* --- symbols to text and tokens -------------------------------------------------------------------------------------- */

/* Append the tokens of bytes[0..n) that the longest piece at each place gives: what a tokenizer without merges does. */
static tone_status greedy(const tone_constraint_vocab *v, const char *bytes, size_t n, tone_token_list *out, tone_error *err)
{
    for (size_t at = 0; at < n;) {
        uint32_t node = 0, best = TONE_TOKEN_NONE;
        size_t end = at;
        for (size_t i = at; i < n; i++) {
            uint32_t c = v->first[node], last = v->first[node + 1];
            while (c < last && v->byte[c] != (uint8_t)bytes[i])
                c++;
            if (c == last)
                break;
            node = c;
            if (v->token[node] != TONE_TOKEN_NONE) {
                best = v->token[node];
                end = i + 1;
            }
        }
        if (best == TONE_TOKEN_NONE)
            return tone_fail(err, TONE_ERR_UNSUPPORTED, at, "the vocabulary has no token for the text that must follow");
        tone_status st = tone_token_list_push(out, best, err);
        if (st)
            return st;
        at = end;
    }
    return TONE_OK;
}

/* The tokens of text as the tokenizer gives them, if they say the same bytes; else greedily. */
static tone_status tokens_of(const tone_constraint_vocab *v, const char *bytes, size_t n, tone_token_list *out, tone_error *err)
{
    size_t before = out->n, at = 0;
    char path[TONE_PIECE_BYTES];
    if (v->tokenizer && tone_utf8_valid((const uint8_t *)bytes, n, NULL)) {
        tone_status st = tone_tokenizer_encode(v->tokenizer, bytes, n, 0, out, err);
        if (st)
            return st;
        bool same = true;
        for (size_t i = before; i < out->n && same; i++) {
            uint32_t node = out->ids[i] < v->n_tokens ? v->node_of[out->ids[i]] : TONE_TOKEN_NONE;
            uint32_t m = node == TONE_TOKEN_NONE ? 0 : tone_vocab_path(v, node, path);
            same = m && m <= n - at && memcmp(bytes + at, path, m) == 0;
            at += m;
        }
        if (same && at == n)
            return TONE_OK;
        out->n = before;
    }
    return greedy(v, bytes, n, out, err);
}

/* Where bytes[0..n) may be cut so that no token across the cut could take in what follows: the first place from which
 * the rest is the beginning of a longer token that can go on. */
static size_t stable_end(const tone_constraint_vocab *v, const char *bytes, size_t n, const uint64_t next[5])
{
    for (size_t from = n > v->longest ? n - v->longest : 0; from < n; from++) {
        uint32_t node = 0;
        size_t i = from;
        for (; i < n; i++) {
            uint32_t c = v->first[node], last = v->first[node + 1];
            while (c < last && v->byte[c] != (uint8_t)bytes[i])
                c++;
            if (c == last)
                break;
            node = c;
        }
        if (i < n)
            continue;
        for (uint32_t c = v->first[node]; c < v->first[node + 1]; c++)
            if (next[v->byte[c] / 64] >> v->byte[c] % 64 & 1)
                return from;
    }
    return n;
}

static void to_text(tone_constraint_state *s, bool to_first_mark)
{
    tone_buf_reset(&s->text);
    for (uint32_t i = 0; i < s->n_symbols; i++) {
        uint32_t symbol = s->symbols[i];
        if (symbol < 256)
            tone_buf_putc(&s->text, (char)symbol);
        else if (to_first_mark)
            break;
        else
            tone_buf_puts(&s->text, mark_text[symbol - TONE_SYM_MARK]);
    }
}

/* Symbols to tokens; `next` (nullable) is what may be read behind them: then only what is certain is given. */
static tone_status to_tokens(tone_constraint_state *s, const uint64_t *next, tone_token_list *out, tone_error *err)
{
    const tone_constraint_vocab *v = s->constraint->vocab;
    if (!v)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "this constraint was compiled without a vocabulary");
    tone_status st = TONE_OK;
    tone_buf_reset(&s->text);
    for (uint32_t i = 0; i < s->n_symbols && !st; i++) {
        uint32_t symbol = s->symbols[i];
        if (symbol < 256) {
            tone_buf_putc(&s->text, (char)symbol);
            continue;
        }
        tone_token mark = v->marks[symbol - TONE_SYM_MARK];
        st = s->text.failed ? out_of_memory(s, err) : tokens_of(v, tone_buf_text(&s->text), s->text.n, out, err);
        if (!st)
            st = mark == TONE_TOKEN_NONE ? tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the vocabulary has no %s", mark_text[symbol - TONE_SYM_MARK])
                                         : tone_token_list_push(out, mark, err);
        tone_buf_reset(&s->text);
    }
    if (st || s->text.failed || !s->text.n)
        return s->text.failed && !st ? out_of_memory(s, err) : st;
    const char *bytes = tone_buf_text(&s->text);
    size_t n = s->text.n, before = out->n, at = 0;
    if (!next)
        return tokens_of(v, bytes, n, out, err);
    size_t whole = n; /* a character that is only begun is not tokenized */
    while (whole > 0 && whole + 4 > n && !tone_utf8_valid((const uint8_t *)bytes, whole, NULL))
        whole--;
    size_t end = stable_end(v, bytes, n, next);
    st = tokens_of(v, bytes, whole, out, err);
    for (size_t i = before; i < out->n && !st; i++) {
        char path[TONE_PIECE_BYTES];
        at += tone_vocab_path(v, v->node_of[out->ids[i]], path);
        if (at > end)
            out->n = i;
    }
    return st;
}

tone_status tone_constraint_forced(tone_constraint_state *s, tone_token_list *out, tone_error *err)
{
    uint64_t next[5];
    tone_status st = force(s, next, err);
    return st ? st : to_tokens(s, next, out, err);
}

tone_status tone_constraint_forced_bytes(tone_constraint_state *s, const char **bytes, size_t *n, tone_error *err)
{
    uint64_t next[5];
    tone_status st = force(s, next, err);
    to_text(s, true);
    if (!st && s->text.failed)
        st = out_of_memory(s, err);
    *bytes = tone_buf_text(&s->text);
    *n = s->text.n;
    return st;
}

tone_status tone_constraint_finish(tone_constraint_state *s, tone_token_list *out, tone_error *err)
{
    tone_status st = find_end(s, err);
    return st ? st : to_tokens(s, NULL, out, err);
}

/* About how many bytes there are to the end behind `id`. */
static uint32_t cost_behind(tone_constraint_state *s, tone_token id)
{
    const tone_constraint_vocab *v = s->constraint->vocab;
    tone_walk *w = &s->walk;
    char path[TONE_PIECE_BYTES];
    bool is_mark = v->mark_of[id] != TONE_MARK_COUNT;
    if (v->use[id] == TONE_PIECE_STOP && !is_mark)
        return 0;
    size_t n = is_mark ? 1 : tone_vocab_path(v, v->node_of[id], path);
    tone_walk_mark mark = tone_walk_mark_now(w);
    uint32_t first = 0, now = w->n_now;
    for (size_t i = 0; i < n && now; i++) {
        uint32_t to = w->n_places;
        now = tone_walk_step(w, first, now, is_mark ? TONE_SYM_MARK + v->mark_of[id] : (uint8_t)path[i]);
        first = to;
    }
    uint32_t cost = now ? tone_walk_cost(w, first, now) : UINT32_MAX;
    tone_walk_back(w, &mark);
    return cost;
}

/* Whether the text can be ended within `left` tokens behind `id`. */
static tone_status in_reach(tone_constraint_state *s, tone_token id, uint64_t left, bool *yes, tone_error *err)
{
    tone_constraint_state *then = NULL;
    tone_token_list end = {0};
    tone_status st = tone_constraint_state_open(&then, s->constraint, err);
    if (!st && !(st = tone_constraint_state_copy(then, s, err)) && !(st = tone_constraint_accept_token(then, id, err))) {
        st = tone_constraint_finish(then, &end, err);
        *yes = !st && end.n <= left;
    }
    tone_token_list_clear(&end);
    tone_constraint_state_close(then);
    return st;
}

tone_status tone_constraint_closing(tone_constraint_state *s, tone_token id, uint64_t left, tone_token_list *out,
                                    tone_error *err)
{
    const tone_constraint_vocab *v = s->constraint->vocab;
    if (!v || (id != TONE_TOKEN_NONE && id >= v->n_tokens))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "token %u is not in the vocabulary", (unsigned)id);
    /* The cost is exact where properties and patterns do not get in each other's way: near it the end is looked for. */
    bool yes = id != TONE_TOKEN_NONE && (left > FINISH_MOST || 2 * (uint64_t)cost_behind(s, id) + 32 <= left);
    tone_status st = yes || id == TONE_TOKEN_NONE ? TONE_OK : in_reach(s, id, left, &yes, err);
    if (st || yes)
        return st;
    size_t before = out->n;
    st = tone_constraint_finish(s, out, err);
    if (!st && out->n - before > left + 1)
        out->n = before;
    else if (!st && out->n == before) /* complete as it is */
        for (uint32_t stop = 0; stop < v->n_tokens && out->n == before && !st; stop++)
            if (v->stops[stop / 64] >> stop % 64 & 1)
                st = tone_token_list_push(out, stop, err);
    return st;
}

tone_status tone_constraint_finish_text(tone_constraint_state *s, const char **text, size_t *n, tone_error *err)
{
    tone_status st = find_end(s, err);
    to_text(s, false);
    if (!st && s->text.failed)
        st = out_of_memory(s, err);
    *text = tone_buf_text(&s->text);
    *n = s->text.n;
    return st;
}

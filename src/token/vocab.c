#include "token/vocab.h"

#include <assert.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "token/lookup.h"
#include "token/markers.h"
#include "token/spaces.h"

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the vocabulary");
}

/* The byte that "<0x4F>" names, or -1. */
static int byte_of(const char *text, size_t n)
{
    if (n != 6 || memcmp(text, "<0x", 3) != 0 || text[5] != '>')
        return -1;
    int value = 0;
    for (int i = 3; i < 5; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + (c - 'A' + 10);
        else
            return -1;
    }
    return value;
}

/* Decide what each token is and lay the pieces out as they print. */
static tone_status lay_out(tone_tokenizer *t, const tone_piece *pieces, tone_error *err)
{
    size_t total = TONE_TEXT_PADDING;
    for (uint32_t id = 0; id < t->facts.n_vocab; id++) {
        const tone_piece *p = &pieces[id];
        if (p->n > TONE_PIECE_MAX_BYTES)
            return tone_fail(err, TONE_ERR_LIMIT, 0, "token %u is %zu bytes long; at most %d are allowed", id, p->n,
                             TONE_PIECE_MAX_BYTES);
        if (p->text && !tone_utf8_valid((const uint8_t *)p->text, p->n, NULL))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "token %u is not UTF-8", id);
        total += p->n;
    }
    if (total > UINT32_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the vocabulary's text is longer than 4 GiB");
    t->text = calloc(1, total);
    if (!t->text)
        return no_memory(err);
    uint32_t at = 0;
    for (uint32_t id = 0; id < t->facts.n_vocab; id++) {
        const tone_piece *p = &pieces[id];
        t->start[id] = at;
        if (!p->text || p->n == 0) {
            t->kind[id] = TONE_TOKEN_UNUSED;
            continue;
        }
        tone_token_kind kind = p->kind;
        int byte = byte_of(p->text, p->n);
        if (byte >= 0)
            kind = TONE_TOKEN_BYTE;
        else if (kind == TONE_TOKEN_BYTE)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "byte token %u is spelled '%.*s', not <0xNN>", id, (int)p->n, p->text);
        else if (tone_markers_find(t->facts.family, p->text, p->n))
            kind = TONE_TOKEN_CONTROL;
        t->kind[id] = (uint8_t)kind;
        if (kind == TONE_TOKEN_BYTE) {
            t->text[at++] = (char)byte;
            if (t->byte_id[byte] == TONE_TOKEN_NONE)
                t->byte_id[byte] = id;
        } else {
            at += (uint32_t)tone_spaces_from_marks(t->text + at, p->text, p->n);
        }
        if (at - t->start[id] > t->facts.longest_bytes)
            t->facts.longest_bytes = at - t->start[id];
    }
    t->start[t->facts.n_vocab] = at;
    return TONE_OK;
}

static void note_pairs(tone_tokenizer *t, const uint8_t *s, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            t->joined[s[i - 1]][s[i] >> 6] |= 1ull << (s[i] & 63);
}

/* The hash table.  Byte tokens are found by their byte; control tokens must not be reached by merging plain text,
 * whatever the file's merges say. */
static tone_status index_pieces(tone_tokenizer *t, tone_error *err)
{
    uint32_t n_slots = 16;
    while (n_slots < 2 * t->facts.n_vocab)
        n_slots *= 2;
    t->slots = malloc(n_slots * sizeof *t->slots);
    if (!t->slots)
        return no_memory(err);
    memset(t->slots, 0xFF, n_slots * sizeof *t->slots);
    t->slot_mask = n_slots - 1;
    for (int c = 0; c < 128; c++)
        t->ascii_id[c] = TONE_TOKEN_NONE;
    for (uint32_t id = 0; id < t->facts.n_vocab; id++) {
        const char *s = t->text + t->start[id];
        uint32_t n = t->start[id + 1] - t->start[id];
        if (n == 0 || (t->kind[id] != TONE_TOKEN_NORMAL && t->kind[id] != TONE_TOKEN_LITERAL))
            continue;
        uint64_t hash = tone_hash_bytes(s, n);
        if (tone_vocab_find_hashed(t, s, n, hash) != TONE_TOKEN_NONE)
            continue; /* the smaller id of two equal pieces is the one that text gives */
        uint32_t i = (uint32_t)hash & t->slot_mask;
        while (t->slots[i].id != TONE_TOKEN_NONE)
            i = (i + 1) & t->slot_mask;
        t->slots[i] = (tone_slot){(uint32_t)(hash >> 32), id};
        if (n > t->longest_piece)
            t->longest_piece = n;
        if (n == 1)
            t->ascii_id[s[0] & 127] = id;
        note_pairs(t, (const uint8_t *)s, n);
    }
    return TONE_OK;
}

static int compare_literals(const void *pa, const void *pb)
{
    const tone_literal *a = pa, *b = pb;
    int order = memcmp(a->text, b->text, a->n < b->n ? a->n : b->n);
    if (order == 0)
        order = a->n < b->n ? -1 : a->n > b->n;
    return order ? order : a->id < b->id ? -1 : a->id > b->id;
}

/* Sort, and keep the smallest id of equal strings. */
static void finish_set(tone_literal_set *set)
{
    qsort(set->items, set->n, sizeof *set->items, compare_literals);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        const tone_literal *last = kept ? &set->items[kept - 1] : NULL;
        if (last && last->n == set->items[i].n && memcmp(last->text, set->items[i].text, last->n) == 0)
            continue;
        set->items[kept++] = set->items[i];
    }
    set->n = kept;
    for (uint32_t b = 0, i = 0; b <= 256; b++) {
        while (i < set->n && (uint8_t)set->items[i].text[0] < b)
            i++;
        set->first[b] = i;
    }
}

static tone_status collect_literals(tone_tokenizer *t, const tone_piece *pieces, tone_error *err)
{
    size_t n_literals = 0, n_both = 0, bytes = 0;
    for (uint32_t id = 0; id < t->facts.n_vocab; id++) {
        bool literal = t->kind[id] == TONE_TOKEN_LITERAL, control = t->kind[id] == TONE_TOKEN_CONTROL;
        n_literals += literal;
        n_both += literal || control;
        bytes += literal || control ? pieces[id].n : 0;
    }
    t->literal_text = malloc(bytes + 1);
    t->always.items = calloc(n_literals + 1, sizeof *t->always.items);
    t->with_control.items = calloc(n_both + 1, sizeof *t->with_control.items);
    if (!t->literal_text || !t->always.items || !t->with_control.items)
        return no_memory(err);
    char *at = t->literal_text;
    for (uint32_t id = 0; id < t->facts.n_vocab; id++) {
        bool literal = t->kind[id] == TONE_TOKEN_LITERAL;
        if (!literal && t->kind[id] != TONE_TOKEN_CONTROL)
            continue;
        memcpy(at, pieces[id].text, pieces[id].n);
        tone_literal entry = {at, (uint32_t)pieces[id].n, id};
        at += entry.n;
        if (literal)
            t->always.items[t->always.n++] = entry;
        t->with_control.items[t->with_control.n++] = entry;
    }
    finish_set(&t->always);
    finish_set(&t->with_control);
    return TONE_OK;
}

static tone_status append_id(tone_token **list, const tone_token **shown, size_t *n, tone_token id, tone_error *err)
{
    for (size_t i = 0; i < *n; i++)
        if ((*list)[i] == id)
            return TONE_OK;
    tone_token *grown = realloc(*list, (*n + 1) * sizeof *grown);
    if (!grown)
        return no_memory(err);
    grown[(*n)++] = id;
    *list = grown;
    *shown = grown;
    return TONE_OK;
}

tone_status tone_vocab_add_stop(tone_tokenizer *t, tone_token id, tone_error *err)
{
    return append_id(&t->stops, &t->facts.stops, &t->facts.n_stops, id, err);
}

tone_status tone_vocab_add_suppressed(tone_tokenizer *t, tone_token id, tone_error *err)
{
    return append_id(&t->suppressed, &t->facts.suppressed, &t->facts.n_suppressed, id, err);
}

static tone_status note_markers(tone_tokenizer *t, tone_error *err)
{
    t->facts.bos = tone_tokenizer_find(t, "<bos>");
    t->facts.eos = tone_tokenizer_find(t, "<eos>");
    t->facts.unk = tone_tokenizer_find(t, "<unk>");
    t->facts.pad = tone_tokenizer_find(t, "<pad>");
    for (uint32_t i = 0; i < t->with_control.n; i++) {
        const tone_literal *item = &t->with_control.items[i];
        const tone_marker *m = tone_markers_find(t->facts.family, item->text, item->n);
        tone_status status = TONE_OK;
        if (m && m->stop)
            status = tone_vocab_add_stop(t, item->id, err);
        if (m && m->suppressed && !status)
            status = tone_vocab_add_suppressed(t, item->id, err);
        if (status)
            return status;
    }
    return TONE_OK;
}

tone_status tone_vocab_build(tone_tokenizer **out, const tone_piece *pieces, size_t n, tone_error *err)
{
    *out = NULL;
    if (n == 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the vocabulary is empty");
    if (n > TONE_VOCAB_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the vocabulary has %zu tokens; at most %d are allowed", n, TONE_VOCAB_MAX);
    tone_tokenizer *t = calloc(1, sizeof *t);
    if (!t)
        return no_memory(err);
    t->facts.n_vocab = (uint32_t)n;
    t->facts.family = tone_markers_family(pieces, n);
    for (int b = 0; b < 256; b++)
        t->byte_id[b] = TONE_TOKEN_NONE;
    t->start = malloc((n + 1) * sizeof *t->start);
    t->kind = malloc(n);
    t->whole = calloc(n, sizeof *t->whole);
    tone_status status = t->start && t->kind && t->whole ? lay_out(t, pieces, err) : no_memory(err);
    if (!status)
        status = index_pieces(t, err);
    if (!status)
        status = collect_literals(t, pieces, err);
    if (!status)
        status = note_markers(t, err);
    for (int b = 0; b < 256 && !status; b++) {
        if (t->byte_id[b] == TONE_TOKEN_NONE)
            t->byte_id[b] = t->facts.unk;
        if (t->byte_id[b] == TONE_TOKEN_NONE)
            status = tone_fail(err, TONE_ERR_FORMAT, 0, "the vocabulary has neither the byte token <0x%02X> nor <unk>", b);
    }
    if (status) {
        tone_tokenizer_close(t);
        return status;
    }
    *out = t;
    return TONE_OK;
}

void tone_tokenizer_close(tone_tokenizer *t)
{
    if (!t)
        return;
    free(t->stops);
    free(t->suppressed);
    free(t->text);
    free(t->start);
    free(t->kind);
    free(t->slots);
    free(t->whole);
    free(t->split_start);
    free(t->split_rank);
    free(t->split_left);
    free(t->score_key);
    free(t->literal_text);
    free(t->always.items);
    free(t->with_control.items);
    free(t);
}

const tone_tokenizer_facts *tone_tokenizer_info(const tone_tokenizer *t)
{
    return &t->facts;
}

const char *tone_tokenizer_bytes(const tone_tokenizer *t, tone_token id, size_t *n)
{
    if (id >= t->facts.n_vocab) {
        *n = 0;
        return NULL;
    }
    *n = t->start[id + 1] - t->start[id];
    return t->text + t->start[id];
}

tone_token_kind tone_tokenizer_kind(const tone_tokenizer *t, tone_token id)
{
    return id < t->facts.n_vocab ? (tone_token_kind)t->kind[id] : TONE_TOKEN_UNUSED;
}

tone_token tone_tokenizer_find(const tone_tokenizer *t, const char *text)
{
    size_t n = strlen(text);
    const tone_literal_set *set = &t->with_control;
    for (uint32_t i = set->first[(uint8_t)text[0]]; n > 0 && i < set->first[(uint8_t)text[0] + 1]; i++)
        if (set->items[i].n == n && memcmp(set->items[i].text, text, n) == 0)
            return set->items[i].id;
    return TONE_TOKEN_NONE;
}

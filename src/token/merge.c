/* The rule: of all neighbouring pieces that can be joined, join the pair that comes first in the merge order, the
 * leftmost of equals, until none is left.  What remains and is no piece is spelled in byte tokens.
 *
 * The text is first cut where no piece could ever reach across, which leaves little more than words.  A word is looked
 * up whole; if that does not settle it, its characters are merged by scanning a short array for the best pair; only a
 * long stretch without a cut needs the heap. */
#include "token/merge.h"

#include <assert.h>
#include <stdlib.h>

#include "base/fail.h"
#include "token/lookup.h"

enum { SHORT_MAX = 48 }; /* characters; beyond it the heap is faster than scanning */

#define NO_MERGE UINT64_MAX

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to encode the text");
}

static bool reserve(tone_token_list *list, size_t more)
{
    if (list->room - list->n >= more)
        return true;
    size_t room = list->room + list->room / 2 + more + 16;
    tone_token *ids = room <= SIZE_MAX / sizeof *ids ? realloc(list->ids, room * sizeof *ids) : NULL;
    if (!ids)
        return false;
    list->ids = ids;
    list->room = room;
    return true;
}

static uint32_t utf8_length(uint8_t lead)
{
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

static uint32_t count_characters(const char *s, uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += ((uint8_t)s[i] & 0xC0) != 0x80;
    return count;
}

static tone_token find_character(const tone_tokenizer *t, const char *s, uint32_t n)
{
    return n == 1 ? t->ascii_id[s[0] & 127] : tone_vocab_find(t, s, n);
}

/* Gemma's list in the order of its file, from the pieces alone: ordinary pieces by id, before them the runs of blanks
 * and the other groups, which share one score; of one score the longer left half first, then the longer right half.
 * `whole` is the piece that text[0 .. left_n + right_n) makes. */
static uint64_t derived_priority(const char *text, uint32_t left_n, uint32_t right_n, tone_token whole)
{
    enum { FIRST_ORDINARY = 494, AFTER_ORDINARY = 255968, LONGEST = 0x1FFF };
    uint64_t score = whole >= FIRST_ORDINARY && whole < AFTER_ORDINARY ? whole - FIRST_ORDINARY : 0;
    uint64_t left = LONGEST - count_characters(text, left_n);
    uint64_t right = LONGEST - count_characters(text + left_n, right_n);
    return score << 46 | left << 33 | right << 20 | whole;
}

/* How early text[0..left_n) and the right_n bytes after it are joined, and to what; NO_MERGE when they never are.
 * left and right are their ids, or TONE_TOKEN_NONE. */
static uint64_t priority(const tone_tokenizer *t, const char *text, uint32_t left_n, tone_token left, uint32_t right_n,
                         tone_token right, tone_token *whole)
{
    *whole = tone_vocab_find(t, text, left_n + right_n);
    if (*whole == TONE_TOKEN_NONE)
        return NO_MERGE;
    switch (t->order) {
    case TONE_MERGE_LISTED:
        for (uint32_t i = t->split_start[*whole]; i < t->split_start[*whole + 1]; i++)
            if (t->split_left[i] == left_n)
                return t->split_rank[i];
        return NO_MERGE;
    case TONE_MERGE_SCORED:
        return t->score_key[*whole];
    case TONE_MERGE_DERIVED:
        if (left != TONE_TOKEN_NONE && right != TONE_TOKEN_NONE)
            return derived_priority(text, left_n, right_n, *whole);
        return NO_MERGE;
    }
    return NO_MERGE;
}

/* There is room for n ids. */
static void emit(const tone_tokenizer *t, const char *text, uint32_t n, tone_token id, tone_token_list *out)
{
    if (id != TONE_TOKEN_NONE)
        out->ids[out->n++] = id;
    else
        for (uint32_t i = 0; i < n; i++)
            out->ids[out->n++] = t->byte_id[(uint8_t)text[i]];
}

/* Merge n_symbols characters; at[i] is where the i-th begins, at[n_symbols] the end. */
static void merge_short(const tone_tokenizer *t, const char *text, uint32_t *at, tone_token *id, uint32_t n_symbols,
                        tone_token_list *out)
{
    uint64_t best[SHORT_MAX]; /* of symbols i and i + 1 */
    tone_token whole[SHORT_MAX];
    uint32_t n = n_symbols;
    for (uint32_t i = 0; i + 1 < n; i++)
        best[i] = priority(t, text + at[i], at[i + 1] - at[i], id[i], at[i + 2] - at[i + 1], id[i + 1], &whole[i]);
    while (n > 1) {
        uint32_t m = 0;
        for (uint32_t i = 1; i + 1 < n; i++)
            if (best[i] < best[m])
                m = i;
        if (best[m] == NO_MERGE)
            break;
        id[m] = whole[m];
        n--;
        for (uint32_t i = m + 1; i < n; i++) {
            at[i] = at[i + 1];
            id[i] = id[i + 1];
        }
        at[n] = at[n + 1];
        for (uint32_t i = m; i + 1 < n; i++) {
            best[i] = best[i + 1];
            whole[i] = whole[i + 1];
        }
        if (m + 1 < n)
            best[m] = priority(t, text + at[m], at[m + 1] - at[m], id[m], at[m + 2] - at[m + 1], id[m + 1], &whole[m]);
        if (m > 0)
            best[m - 1] = priority(t, text + at[m - 1], at[m] - at[m - 1], id[m - 1], at[m + 1] - at[m], id[m],
                                   &whole[m - 1]);
    }
    for (uint32_t i = 0; i < n; i++)
        emit(t, text + at[i], at[i + 1] - at[i], id[i], out);
}

/* A doubly linked list of symbols; next and previous are indices, n_symbols ends the list. */
typedef struct symbol {
    uint32_t at, n;
    uint32_t next, previous;
    tone_token id, whole; /* whole: of this and the next, as of the last look */
} symbol;

/* A pair that could be joined when it was pushed; it is out of date when either half has changed since. */
typedef struct candidate {
    uint64_t priority;
    uint32_t symbol;
    uint16_t left_n, right_n;
} candidate;

_Static_assert(TONE_PIECE_MAX_BYTES <= UINT16_MAX, "the halves of a candidate fit");
_Static_assert(TONE_VOCAB_MAX <= 1 << 20 && TONE_PIECE_MAX_BYTES <= 0x1FFF, "the parts of a derived priority fit");

static bool before(const candidate *a, const candidate *b)
{
    return a->priority != b->priority ? a->priority < b->priority : a->symbol < b->symbol;
}

static void sift_down(candidate *heap, size_t n, size_t i)
{
    candidate moving = heap[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &moving))
            break;
        heap[i] = heap[child];
    }
    heap[i] = moving;
}

static void push(candidate *heap, size_t *n, candidate c)
{
    size_t i = (*n)++;
    for (; i > 0 && before(&c, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = c;
}

/* Look at symbol i and its neighbour; true and *c filled when they can be joined. */
static bool look(const tone_tokenizer *t, const char *text, symbol *s, uint32_t n_symbols, uint32_t i, candidate *c)
{
    uint32_t j = s[i].next;
    if (j == n_symbols)
        return false;
    uint64_t p = priority(t, text + s[i].at, s[i].n, s[i].id, s[j].n, s[j].id, &s[i].whole);
    *c = (candidate){p, i, (uint16_t)s[i].n, (uint16_t)s[j].n};
    return p != NO_MERGE;
}

/* Every join takes one candidate from the heap and puts in at most two; with n - 1 at the start the heap never holds
 * more than 2 n. */
static void merge_heap(const tone_tokenizer *t, const char *text, symbol *s, uint32_t n_symbols, candidate *heap)
{
    size_t n = 0;
    for (uint32_t i = 0; i < n_symbols; i++)
        n += look(t, text, s, n_symbols, i, &heap[n]);
    for (size_t i = n / 2; i-- > 0;)
        sift_down(heap, n, i);
    while (n > 0) {
        candidate top = heap[0];
        heap[0] = heap[--n];
        if (n > 0)
            sift_down(heap, n, 0);
        uint32_t i = top.symbol, j = s[i].next;
        if (s[i].n != top.left_n || j == n_symbols || s[j].n != top.right_n)
            continue;
        s[i].n += s[j].n;
        s[i].id = s[i].whole;
        s[i].next = s[j].next;
        s[j].n = 0; /* gone: no candidate that names it is valid */
        if (s[i].next != n_symbols)
            s[s[i].next].previous = i;
        candidate c;
        if (look(t, text, s, n_symbols, i, &c))
            push(heap, &n, c);
        if (s[i].previous != n_symbols && look(t, text, s, n_symbols, s[i].previous, &c))
            push(heap, &n, c);
    }
}

static tone_status merge_long(const tone_tokenizer *t, const char *text, size_t n, size_t n_symbols, tone_token_list *out,
                              tone_error *err)
{
    symbol *s = calloc(n_symbols, sizeof *s);
    candidate *heap = calloc(2 * n_symbols, sizeof *heap);
    if (!s || !heap) {
        free(s);
        free(heap);
        return no_memory(err);
    }
    uint32_t count = (uint32_t)n_symbols;
    for (uint32_t i = 0, at = 0; i < count; i++) {
        uint32_t length = utf8_length((uint8_t)text[at]);
        s[i] = (symbol){at, length, i + 1, i ? i - 1 : count, find_character(t, text + at, length), TONE_TOKEN_NONE};
        at += length;
    }
    assert(s[count - 1].at + s[count - 1].n == n);
    merge_heap(t, text, s, count, heap);
    for (uint32_t i = 0; i != count; i = s[i].next)
        emit(t, text + s[i].at, s[i].n, s[i].id, out);
    free(s);
    free(heap);
    return TONE_OK;
}

/* One stretch that nothing cuts. */
static tone_status merge_word(const tone_tokenizer *t, const char *text, size_t n, tone_token_list *out, tone_error *err)
{
    if (!reserve(out, n))
        return no_memory(err);
    tone_token id = n <= t->longest_piece ? tone_vocab_find(t, text, (uint32_t)n) : TONE_TOKEN_NONE;
    if (id != TONE_TOKEN_NONE && atomic_load_explicit(&t->whole[id], memory_order_relaxed) == 1) {
        out->ids[out->n++] = id;
        return TONE_OK;
    }
    size_t first = out->n;
    uint32_t at[SHORT_MAX + 2];
    tone_token ids[SHORT_MAX + 1];
    uint32_t n_symbols = 0;
    size_t i = 0;
    for (; i < n && n_symbols < SHORT_MAX; n_symbols++) {
        uint32_t length = utf8_length((uint8_t)text[i]);
        at[n_symbols] = (uint32_t)i;
        ids[n_symbols] = find_character(t, text + i, length);
        i += length;
    }
    if (i == n) {
        at[n_symbols] = (uint32_t)n;
        merge_short(t, text, at, ids, n_symbols, out);
    } else {
        tone_status status = merge_long(t, text, n, n_symbols + count_characters(text + i, (uint32_t)(n - i)), out, err);
        if (status)
            return status;
    }
    if (id != TONE_TOKEN_NONE)
        atomic_store_explicit(&t->whole[id], out->n - first == 1 ? 1 : 2, memory_order_relaxed);
    return TONE_OK;
}

tone_status tone_merge_text(const tone_tokenizer *t, const char *text, size_t n, tone_token_list *out, tone_error *err)
{
    const uint8_t *s = (const uint8_t *)text;
    size_t from = 0;
    for (size_t i = 1; i <= n; i++) {
        if (i < n && ((s[i] & 0xC0) == 0x80 || t->joined[s[i - 1]][s[i] >> 6] >> (s[i] & 63) & 1))
            continue;
        tone_status status = merge_word(t, text + from, i - from, out, err);
        if (status)
            return status;
        from = i;
    }
    return TONE_OK;
}

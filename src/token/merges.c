/* The order in which pieces are joined, when the file tells it. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "token/lookup.h"
#include "token/spaces.h"

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the merges");
}

static bool is_piece(const tone_tokenizer *t, tone_token id, const char *s, uint32_t n)
{
    return id < t->facts.n_vocab && t->start[id + 1] - t->start[id] == n && memcmp(t->text + t->start[id], s, n) == 0 &&
           (t->kind[id] == TONE_TOKEN_NORMAL || t->kind[id] == TONE_TOKEN_LITERAL);
}

/* The piece that prints s[0..n).  Lists are nearly in the order of the pieces they make, so the last answer and its
 * neighbour are looked at before the table. */
static tone_token find_near(const tone_tokenizer *t, tone_token last, const char *s, uint32_t n)
{
    if (is_piece(t, last, s, n))
        return last;
    if (is_piece(t, last + 1, s, n))
        return last + 1;
    return tone_vocab_find(t, s, n);
}

/* Group the pairs by the piece they make: a counting sort that keeps the order inside a group. */
static tone_status group(tone_tokenizer *t, const tone_token *made, const uint16_t *left, size_t n, tone_error *err)
{
    size_t n_vocab = t->facts.n_vocab;
    t->split_start = calloc(n_vocab + 2, sizeof *t->split_start);
    t->split_rank = malloc((n + 1) * sizeof *t->split_rank);
    t->split_left = malloc((n + 1) * sizeof *t->split_left);
    if (!t->split_start || !t->split_rank || !t->split_left)
        return no_memory(err);
    /* start[id + 2] counts, becomes the end of id - 1's group, and filling moves start[id + 1] to the end of its own. */
    for (size_t r = 0; r < n; r++)
        if (made[r] != TONE_TOKEN_NONE)
            t->split_start[made[r] + 2]++;
    for (size_t id = 2; id < n_vocab + 2; id++)
        t->split_start[id] += t->split_start[id - 1];
    for (size_t r = 0; r < n; r++) {
        if (made[r] == TONE_TOKEN_NONE)
            continue;
        uint32_t at = t->split_start[made[r] + 1]++;
        t->split_rank[at] = (uint32_t)r;
        t->split_left[at] = left[r];
    }
    return TONE_OK;
}

tone_status tone_vocab_list_merges(tone_tokenizer *t, size_t n, bool (*next)(void *from, tone_merge *m), void *from,
                                   tone_error *err)
{
    if (n >= UINT32_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%zu merges are too many", n);
    tone_token *made = malloc((n + 1) * sizeof *made);
    uint16_t *left = malloc((n + 1) * sizeof *left);
    tone_status status = made && left ? TONE_OK : no_memory(err);
    char joined[2 * TONE_PIECE_MAX_BYTES + TONE_TEXT_PADDING];
    tone_token last = 0;
    size_t r = 0;
    for (tone_merge m; !status && r < n; r++) {
        if (!next(from, &m)) {
            status = tone_fail(err, TONE_ERR_FORMAT, 0, "merge %zu is not two pieces", r);
        } else if (m.left_n == 0 || m.right_n == 0 || m.left_n > TONE_PIECE_MAX_BYTES || m.right_n > TONE_PIECE_MAX_BYTES) {
            status = tone_fail(err, TONE_ERR_FORMAT, 0, "merge %zu has a half of %zu bytes", r,
                               m.left_n > 0 && m.left_n <= TONE_PIECE_MAX_BYTES ? m.right_n : m.left_n);
        } else {
            size_t left_n = tone_spaces_from_marks(joined, m.left, m.left_n);
            uint32_t both = (uint32_t)(left_n + tone_spaces_from_marks(joined + left_n, m.right, m.right_n));
            left[r] = (uint16_t)left_n;
            made[r] = find_near(t, last, joined, both);
            if (made[r] != TONE_TOKEN_NONE) {
                last = made[r];
            } else {
                /* A control token: plain text never becomes one, so its merges are of no use. */
                joined[both] = 0;
                if (strlen(joined) != both || tone_tokenizer_find(t, joined) == TONE_TOKEN_NONE)
                    status = tone_fail(err, TONE_ERR_FORMAT, 0, "merge %zu makes '%s', which is no token", r, joined);
            }
        }
    }
    if (!status)
        status = group(t, made, left, n, err);
    if (!status)
        t->order = TONE_MERGE_LISTED;
    free(made);
    free(left);
    return status;
}

tone_status tone_vocab_score_merges(tone_tokenizer *t, const float *scores, tone_error *err)
{
    t->score_key = malloc(t->facts.n_vocab * sizeof *t->score_key);
    if (!t->score_key)
        return no_memory(err);
    for (uint32_t id = 0; id < t->facts.n_vocab; id++) {
        if (isnan(scores[id]))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "the score of token %u is not a number", id);
        /* Floats as integers that grow when the score falls; adding 0 makes -0 and 0 the same. */
        float score = scores[id] + 0.0f;
        uint32_t bits;
        memcpy(&bits, &score, sizeof bits);
        t->score_key[id] = bits >> 31 ? bits : ~(bits | 1u << 31);
    }
    t->order = TONE_MERGE_SCORED;
    return TONE_OK;
}

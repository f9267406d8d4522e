/* Text to ids: repair the UTF-8, take out the literals of special tokens, merge what lies between. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "token/lookup.h"
#include "token/merge.h"
#include "token/spaces.h"

tone_status tone_token_list_push(tone_token_list *list, tone_token id, tone_error *err)
{
    if (list->n == list->room) {
        size_t room = list->room * 2 + 16;
        tone_token *ids = room <= SIZE_MAX / sizeof *ids ? realloc(list->ids, room * sizeof *ids) : NULL;
        if (!ids)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu tokens", room);
        list->ids = ids;
        list->room = room;
    }
    list->ids[list->n++] = id;
    return TONE_OK;
}

void tone_token_list_clear(tone_token_list *list)
{
    free(list->ids);
    *list = (tone_token_list){0};
}

/* The longest literal of the set that text[0..n) begins with, or NULL.  The candidates are narrowed byte by byte. */
static const tone_literal *literal_at(const tone_literal_set *set, const char *text, size_t n)
{
    uint8_t b = (uint8_t)text[0];
    uint32_t low = set->first[b], high = set->first[b + 1];
    const tone_literal *found = NULL;
    for (size_t depth = 1; low < high; depth++) {
        if (set->items[low].n == depth) /* the shortest of those with a common beginning comes first */
            found = &set->items[low++];
        if (depth == n || low == high)
            break;
        b = (uint8_t)text[depth];
        uint32_t end = high; /* first literal at or after `low` whose next byte is >= b, then > b */
        for (uint32_t step = 0; step < 2; step++) {
            uint32_t from = low;
            end = high;
            while (from < end) {
                uint32_t middle = from + (end - from) / 2;
                if ((uint8_t)set->items[middle].text[depth] < b + step)
                    from = middle + 1;
                else
                    end = middle;
            }
            if (step == 0)
                low = end;
        }
        high = end;
    }
    return found;
}

/* Offset of the next literal in text[at..n), *found set; n when there is none. */
static size_t next_literal(const tone_literal_set *set, const char *text, size_t at, size_t n, const tone_literal **found)
{
    *found = NULL;
    if (set->n == 0)
        return n;
    /* Gemma 4's literals all begin with '<'. */
    uint8_t only = (uint8_t)set->items[0].text[0];
    bool one_letter = only == (uint8_t)set->items[set->n - 1].text[0];
    while (at < n) {
        if (one_letter) {
            const char *hit = memchr(text + at, only, n - at);
            if (!hit)
                return n;
            at = (size_t)(hit - text);
        }
        *found = literal_at(set, text + at, n - at);
        if (*found)
            return at;
        at++;
    }
    return n;
}

static tone_status encode_valid(const tone_tokenizer *t, const char *text, size_t n, unsigned flags, tone_token_list *out,
                                tone_error *err)
{
    const tone_literal_set *set = flags & TONE_ENCODE_CONTROL ? &t->with_control : &t->always;
    char *plain = malloc(n + TONE_TEXT_PADDING);
    if (!plain)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to encode %zu bytes of text", n);
    tone_status status = TONE_OK;
    for (size_t at = 0; at < n && !status;) {
        const tone_literal *literal;
        size_t end = next_literal(set, text, at, n, &literal);
        size_t plain_n = tone_spaces_from_marks(plain, text + at, end - at);
        memset(plain + plain_n, 0, TONE_TEXT_PADDING);
        status = tone_merge_text(t, plain, plain_n, out, err);
        at = end;
        if (literal && !status) {
            status = tone_token_list_push(out, literal->id, err);
            at += literal->n;
        }
    }
    free(plain);
    return status;
}

tone_status tone_tokenizer_encode(const tone_tokenizer *t, const char *text, size_t n, unsigned flags, tone_token_list *out,
                                  tone_error *err)
{
    if (n > INT32_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a text of %zu bytes is too long to encode at once", n);
    size_t had = out->n, repaired_n;
    char *repaired = NULL;
    if (!tone_utf8_valid((const uint8_t *)text, n, NULL)) {
        repaired = tone_utf8_repair(text, n, &repaired_n);
        if (!repaired)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to encode %zu bytes of text", n);
        text = repaired;
        n = repaired_n;
    }
    tone_status status = encode_valid(t, text, n, flags, out, err);
    free(repaired);
    if (status)
        out->n = had;
    return status;
}

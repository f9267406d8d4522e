/* Ids to text, one at a time: text leaves in whole characters only. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "token/vocab.h"

struct tone_decoder {
    const tone_tokenizer *tokenizer;
    unsigned flags;
    uint8_t held[4]; /* the beginning of a character, three bytes at most between calls */
    size_t n_held;
    char *out; /* longest token, after what was held, and a zero */
};

tone_status tone_decoder_open(tone_decoder **out, const tone_tokenizer *t, unsigned flags, tone_error *err)
{
    *out = NULL;
    tone_decoder *d = calloc(1, sizeof *d);
    /* Each held byte may leave as a U+FFFD of three. */
    char *text = malloc(t->facts.longest_bytes + 3 * sizeof d->held + 1);
    if (!d || !text) {
        free(d);
        free(text);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the decoder");
    }
    d->tokenizer = t;
    d->flags = flags;
    d->out = text;
    *out = d;
    return TONE_OK;
}

void tone_decoder_close(tone_decoder *d)
{
    if (!d)
        return;
    free(d->out);
    free(d);
}

/* ED A0…BF begins an encoded surrogate, which is no character, yet broken encoders write such threes of bytes.  They
 * leave together: Python's incremental decoder, which the reference streams come from, waits for the third byte too. */
static bool half_surrogate(const uint8_t *s, size_t n)
{
    return n == 2 && s[0] == 0xED && s[1] >= 0xA0 && s[1] <= 0xBF;
}

/* Move what is held to `to`: whole characters, and a U+FFFD for each part that cannot become one.  The beginning of a
 * character stays, unless nothing more will come. */
static size_t release(tone_decoder *d, char *to, bool at_end)
{
    size_t put = 0;
    while (d->n_held > 0) {
        bool unfinished;
        size_t step = tone_utf8_valid_length(d->held, d->n_held);
        if (step) {
            memcpy(to + put, d->held, step);
            put += step;
        } else {
            step = tone_utf8_bad_length(d->held, d->n_held, &unfinished);
            if (!at_end && (unfinished || half_surrogate(d->held, d->n_held)))
                return put;
            memcpy(to + put, "\xEF\xBF\xBD", 3);
            put += 3;
        }
        d->n_held -= step;
        memmove(d->held, d->held + step, d->n_held);
    }
    return put;
}

const char *tone_decoder_next(tone_decoder *d, tone_token id, size_t *n)
{
    size_t put = 0, bytes_n;
    const char *bytes = tone_tokenizer_bytes(d->tokenizer, id, &bytes_n);
    tone_token_kind kind = tone_tokenizer_kind(d->tokenizer, id);
    bool hidden = kind == TONE_TOKEN_CONTROL && (d->flags & TONE_DECODE_HIDE_CONTROL);
    if (kind == TONE_TOKEN_BYTE) {
        d->held[d->n_held++] = (uint8_t)bytes[0];
        put = release(d, d->out, false);
    } else if (bytes_n > 0 && !hidden) {
        put = release(d, d->out, true);
        memcpy(d->out + put, bytes, bytes_n);
        put += bytes_n;
    }
    d->out[put] = 0;
    *n = put;
    return d->out;
}

const char *tone_decoder_finish(tone_decoder *d, size_t *n)
{
    *n = release(d, d->out, true);
    d->out[*n] = 0;
    return d->out;
}

tone_status tone_tokenizer_decode(const tone_tokenizer *t, const tone_token *ids, size_t n, unsigned flags, char **out,
                                  size_t *out_n, tone_error *err)
{
    *out = NULL;
    *out_n = 0;
    tone_decoder *d;
    tone_status status = tone_decoder_open(&d, t, flags, err);
    if (status)
        return status;
    tone_buf b = {0};
    size_t part_n;
    for (size_t i = 0; i < n; i++) {
        const char *part = tone_decoder_next(d, ids[i], &part_n);
        tone_buf_append(&b, part, part_n);
    }
    const char *rest = tone_decoder_finish(d, &part_n);
    tone_buf_append(&b, rest, part_n);
    tone_decoder_close(d);
    size_t total = b.n;
    *out = tone_buf_take(&b);
    if (!*out)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the text of %zu tokens", n);
    *out_n = total;
    return TONE_OK;
}

/* tokenizer.ggml.*: the arrays that llama.cpp's converter and others write. */
#include "token/from_gguf.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "token/markers.h"

/* Values of tokenizer.ggml.token_type */
enum { GGML_UNKNOWN = 2, GGML_CONTROL = 3, GGML_USER_DEFINED = 4, GGML_BYTE = 6 };

enum { LIST_MAX = 1024 }; /* stop or suppressed ids in a file */

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tokenizer");
}

static bool is_text(tone_gguf_string s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.text, text, s.n) == 0;
}

static tone_status check_model(const tone_gguf *g, tone_error *err)
{
    tone_gguf_string model, pre = {"", 0};
    if (!tone_gguf_get_string(tone_gguf_find(g, "tokenizer.ggml.model"), &model))
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "the file has no tokenizer (key tokenizer.ggml.model)");
    tone_gguf_get_string(tone_gguf_find(g, "tokenizer.ggml.pre"), &pre);
    bool pre_ok = pre.n == 0 || is_text(pre, "default") || is_text(pre, "gemma4");
    if (!pre_ok || !(is_text(model, "gemma4") || is_text(model, "llama")))
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer '%.*s' (pre-tokenizer '%.*s') is not supported",
                         (int)(model.n < 40 ? model.n : 40), model.text, (int)(pre.n < 40 ? pre.n : 40), pre.text);
    bool prefix = false;
    tone_gguf_get_bool(tone_gguf_find(g, "tokenizer.ggml.add_space_prefix"), &prefix);
    if (prefix)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "a tokenizer that adds a space in front (tokenizer.ggml.add_space_prefix) is not supported");
    return TONE_OK;
}

static tone_token_kind kind_of(int64_t type)
{
    switch (type) {
    case GGML_UNKNOWN:
    case GGML_CONTROL:
        return TONE_TOKEN_CONTROL;
    case GGML_USER_DEFINED:
        return TONE_TOKEN_LITERAL;
    case GGML_BYTE:
        return TONE_TOKEN_BYTE;
    default:
        return TONE_TOKEN_NORMAL;
    }
}

static tone_status read_pieces(const tone_gguf *g, tone_piece *pieces, size_t n, tone_error *err)
{
    const tone_gguf_value *tokens = tone_gguf_find(g, "tokenizer.ggml.tokens");
    const tone_gguf_value *types = tone_gguf_find(g, "tokenizer.ggml.token_type");
    tone_gguf_type element;
    if (types && tone_gguf_array_n(types, &element) != n)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.ggml.token_type has %zu entries for %zu tokens",
                         tone_gguf_array_n(types, &element), n);
    size_t cursor = 0;
    for (size_t i = 0; i < n; i++) {
        tone_gguf_string s;
        int64_t type = 0;
        if (!tone_gguf_array_next_string(tokens, &cursor, &s))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.ggml.tokens is not an array of strings");
        if (types && !tone_gguf_array_i64(types, i, &type))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.ggml.token_type is not an array of integers");
        pieces[i] = (tone_piece){s.text, s.n, kind_of(type)};
    }
    /* Gemma 4 has no literals besides its markers.  Files that type HTML tags or runs of blanks as such, as Gemma 3
     * does, or reserved names as control tokens, would give other ids than the model was trained on. */
    if (tone_markers_family(pieces, n) == TONE_VOCAB_GEMMA4)
        for (size_t i = 0; i < n; i++)
            if (pieces[i].kind == TONE_TOKEN_LITERAL ||
                (pieces[i].kind == TONE_TOKEN_CONTROL && pieces[i].n > 7 && memcmp(pieces[i].text, "<unused", 7) == 0))
                pieces[i].kind = TONE_TOKEN_NORMAL;
    return TONE_OK;
}

typedef struct merge_reader {
    const tone_gguf_value *list;
    size_t cursor;
} merge_reader;

/* "left right"; a left half may be a space's mark but never begins with a real one, so the first space from the second
 * byte on divides. */
static bool next_merge(void *from, tone_merge *m)
{
    merge_reader *r = from;
    tone_gguf_string s;
    if (!tone_gguf_array_next_string(r->list, &r->cursor, &s) || s.n < 3)
        return false;
    const char *space = memchr(s.text + 1, ' ', s.n - 1);
    if (!space)
        return false;
    size_t left_n = (size_t)(space - s.text);
    *m = (tone_merge){s.text, space + 1, left_n, s.n - left_n - 1};
    return true;
}

/* Merges when the file has them; else scores, unless they are all the same and so say nothing. */
static tone_status read_order(tone_tokenizer *t, const tone_gguf *g, tone_error *err)
{
    tone_gguf_type element;
    merge_reader reader = {tone_gguf_find(g, "tokenizer.ggml.merges"), 0};
    size_t n = tone_gguf_array_n(reader.list, &element);
    if (n > 0)
        return tone_vocab_list_merges(t, n, next_merge, &reader, err);
    const tone_gguf_value *scores = tone_gguf_find(g, "tokenizer.ggml.scores");
    n = tone_gguf_array_n(scores, &element);
    if (n == 0)
        return TONE_OK;
    if (n != t->facts.n_vocab)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.ggml.scores has %zu entries for %u tokens", n, t->facts.n_vocab);
    float *values = malloc(n * sizeof *values);
    if (!values)
        return no_memory(err);
    tone_status status = TONE_OK;
    bool differ = false;
    for (size_t i = 0; i < n && !status; i++) {
        double v = 0;
        if (!tone_gguf_array_f64(scores, i, &v))
            status = tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.ggml.scores is not an array of numbers");
        values[i] = (float)v;
        differ |= values[i] != values[0];
    }
    if (!status && differ)
        status = tone_vocab_score_merges(t, values, err);
    free(values);
    return status;
}

static tone_status read_id(const tone_tokenizer *t, const tone_gguf *g, const char *key, tone_token *id, tone_error *err)
{
    const tone_gguf_value *v = tone_gguf_find(g, key);
    uint64_t value;
    if (!v)
        return TONE_OK;
    if (!tone_gguf_get_u64(v, &value) || value >= t->facts.n_vocab)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s is no id of the vocabulary", key);
    *id = (tone_token)value;
    return TONE_OK;
}

static tone_status read_ids(tone_tokenizer *t, const tone_gguf *g, tone_error *err)
{
    tone_token end_of_turn = TONE_TOKEN_NONE;
    tone_status status = read_id(t, g, "tokenizer.ggml.bos_token_id", &t->facts.bos, err);
    if (!status)
        status = read_id(t, g, "tokenizer.ggml.eos_token_id", &t->facts.eos, err);
    if (!status)
        status = read_id(t, g, "tokenizer.ggml.unknown_token_id", &t->facts.unk, err);
    if (!status)
        status = read_id(t, g, "tokenizer.ggml.padding_token_id", &t->facts.pad, err);
    if (!status)
        status = read_id(t, g, "tokenizer.ggml.eot_token_id", &end_of_turn, err);
    if (!status && t->facts.eos != TONE_TOKEN_NONE)
        status = tone_vocab_add_stop(t, t->facts.eos, err);
    if (!status && end_of_turn != TONE_TOKEN_NONE)
        status = tone_vocab_add_stop(t, end_of_turn, err);

    static const struct {
        const char *key;
        tone_status (*add)(tone_tokenizer *, tone_token, tone_error *);
    } lists[] = {{"tokenizer.ggml.eos_token_ids", tone_vocab_add_stop},
                 {"tokenizer.ggml.suppress_tokens", tone_vocab_add_suppressed}};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const tone_gguf_value *v = tone_gguf_find(g, lists[k].key);
        tone_gguf_type element;
        size_t n = tone_gguf_array_n(v, &element);
        if (n > LIST_MAX)
            return tone_fail(err, TONE_ERR_LIMIT, 0, "%s has %zu entries; at most %d are allowed", lists[k].key, n, LIST_MAX);
        for (size_t i = 0; i < n && !status; i++) {
            uint64_t id;
            if (!tone_gguf_array_u64(v, i, &id) || id >= t->facts.n_vocab)
                return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: entry %zu is no id of the vocabulary", lists[k].key, i);
            status = lists[k].add(t, (tone_token)id, err);
        }
    }
    return status;
}

tone_status tone_tokenizer_from_gguf(tone_tokenizer **out, const tone_gguf *g, tone_error *err)
{
    *out = NULL;
    tone_status status = check_model(g, err);
    if (status)
        return status;
    tone_gguf_type element;
    size_t n = tone_gguf_array_n(tone_gguf_find(g, "tokenizer.ggml.tokens"), &element);
    if (n == 0 || n > TONE_VOCAB_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.ggml.tokens has %zu entries", n);
    tone_piece *pieces = calloc(n, sizeof *pieces);
    if (!pieces)
        return no_memory(err);
    tone_tokenizer *t = NULL;
    status = read_pieces(g, pieces, n, err);
    if (!status)
        status = tone_vocab_build(&t, pieces, n, err);
    free(pieces);
    if (!status)
        status = read_order(t, g, err);
    if (!status)
        status = read_ids(t, g, err);
    if (status) {
        tone_tokenizer_close(t);
        return status;
    }
    *out = t;
    return TONE_OK;
}

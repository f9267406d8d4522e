/* tokenizer.json as Hugging Face's library writes it; only what Gemma's files use is understood, and anything else
 * that would change the ids is refused. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "token/vocab.h"

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tokenizer");
}

static tone_status refuse(tone_error *err, const char *what)
{
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer.json: %s is not supported", what);
}

static bool is_text(const json_t *v, const char *text)
{
    return json_is_string(v) && strcmp(json_string_value(v), text) == 0;
}

/* A setting that has no effect: absent, null, false, 0 or "". */
static bool is_off(const json_t *v)
{
    return !v || json_is_null(v) || json_is_false(v) || (json_is_number(v) && json_number_value(v) == 0) ||
           (json_is_string(v) && json_string_length(v) == 0);
}

static bool replaces_spaces(const json_t *v)
{
    return is_text(json_object_get(v, "type"), "Replace") &&
           is_text(json_object_get(json_object_get(v, "pattern"), "String"), " ") &&
           is_text(json_object_get(v, "content"), "\xE2\x96\x81");
}

/* The settings around the vocabulary must be Gemma's. */
static tone_status check_pipeline(const json_t *root, const json_t *model, tone_error *err)
{
    if (!is_text(json_object_get(model, "type"), "BPE"))
        return refuse(err, "a model.type other than BPE");
    static const char *const off[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (!is_off(json_object_get(model, off[i])))
            return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer.json: model.%s is not supported", off[i]);
    if (!json_is_true(json_object_get(model, "byte_fallback")))
        return refuse(err, "a vocabulary without byte_fallback");

    const json_t *normalizer = json_object_get(root, "normalizer");
    const json_t *steps = json_object_get(normalizer, "normalizers");
    if (is_text(json_object_get(normalizer, "type"), "Sequence") && json_array_size(steps) == 1)
        normalizer = json_array_get(steps, 0);
    if (!replaces_spaces(normalizer))
        return refuse(err, "a normalizer other than Replace ' ' by U+2581");

    /* The normalizer has removed every space, so this one never finds anything to split. */
    const json_t *split = json_object_get(root, "pre_tokenizer");
    if (!is_off(split) && !(is_text(json_object_get(split, "type"), "Split") &&
                            is_text(json_object_get(json_object_get(split, "pattern"), "String"), " ")))
        return refuse(err, "a pre_tokenizer other than Split at ' '");
    return TONE_OK;
}

/* Largest id + 1, or 0 after an error.  Holes in the numbering cost memory, so the file must be worth them. */
static tone_status count_ids(json_t *vocab, const json_t *added, size_t *n, tone_error *err)
{
    json_int_t largest = -1;
    const char *text;
    json_t *value;
    size_t i, entries = json_object_size(vocab) + json_array_size(added);
    json_object_foreach (vocab, text, value) {
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: the id of '%s' is not a whole number", text);
        if (json_integer_value(value) > largest)
            largest = json_integer_value(value);
    }
    json_array_foreach (added, i, value) {
        const json_t *id = json_object_get(value, "id");
        if (!json_is_integer(id) || json_integer_value(id) < 0 || !json_is_string(json_object_get(value, "content")))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: added token %zu has no id or no content", i);
        if (json_integer_value(id) > largest)
            largest = json_integer_value(id);
    }
    if (largest < 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: the vocabulary is empty");
    if (largest >= TONE_VOCAB_MAX || (uint64_t)largest > 2 * (uint64_t)entries + 1024)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "tokenizer.json: id %lld is too large for %zu entries", (long long)largest,
                         entries);
    *n = (size_t)largest + 1;
    return TONE_OK;
}

static tone_status fill_pieces(json_t *vocab, const json_t *added, tone_piece *pieces, tone_error *err)
{
    const char *text;
    size_t i, text_n;
    json_t *value;
    json_object_keylen_foreach (vocab, text, text_n, value) {
        tone_piece *p = &pieces[json_integer_value(value)];
        if (p->text)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: '%s' and '%s' have the same id %lld", p->text, text,
                             (long long)json_integer_value(value));
        *p = (tone_piece){text, text_n, TONE_TOKEN_NORMAL};
    }
    json_array_foreach (added, i, value) {
        const json_t *content = json_object_get(value, "content");
        static const char *const off[] = {"single_word", "lstrip", "rstrip"};
        for (size_t k = 0; k < sizeof off / sizeof *off; k++)
            if (!is_off(json_object_get(value, off[k])))
                return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer.json: added token '%s' asks for %s, which is not supported",
                                 json_string_value(content), off[k]);
        bool special = json_is_true(json_object_get(value, "special"));
        pieces[json_integer_value(json_object_get(value, "id"))] =
            (tone_piece){json_string_value(content), json_string_length(content), special ? TONE_TOKEN_CONTROL : TONE_TOKEN_LITERAL};
    }
    return TONE_OK;
}

typedef struct merge_reader {
    const json_t *list;
    size_t at;
} merge_reader;

/* ["a", "b"], or "a b" in older files. */
static bool next_merge(void *from, tone_merge *m)
{
    merge_reader *r = from;
    const json_t *v = json_array_get(r->list, r->at++);
    if (json_is_string(v)) {
        const char *text = json_string_value(v);
        size_t n = json_string_length(v);
        const char *space = n > 1 ? memchr(text + 1, ' ', n - 1) : NULL;
        if (!space)
            return false;
        size_t left_n = (size_t)(space - text);
        *m = (tone_merge){text, space + 1, left_n, n - left_n - 1};
        return true;
    }
    const json_t *left = json_array_get(v, 0), *right = json_array_get(v, 1);
    if (json_array_size(v) != 2 || !json_is_string(left) || !json_is_string(right))
        return false;
    *m = (tone_merge){json_string_value(left), json_string_value(right), json_string_length(left), json_string_length(right)};
    return true;
}

static tone_status read_root(tone_tokenizer **out, json_t *root, tone_error *err)
{
    json_t *model = json_object_get(root, "model"), *vocab = json_object_get(model, "vocab");
    const json_t *added = json_object_get(root, "added_tokens"), *merges = json_object_get(model, "merges");
    if (!json_is_object(vocab))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: model.vocab is missing");
    size_t n = 0;
    tone_status status = check_pipeline(root, model, err);
    if (!status)
        status = count_ids(vocab, added, &n, err);
    if (status)
        return status;
    tone_piece *pieces = calloc(n, sizeof *pieces);
    if (!pieces)
        return no_memory(err);
    tone_tokenizer *t = NULL;
    status = fill_pieces(vocab, added, pieces, err);
    if (!status)
        status = tone_vocab_build(&t, pieces, n, err);
    free(pieces);
    if (!status && json_array_size(merges) > 0) {
        merge_reader reader = {merges, 0};
        status = tone_vocab_list_merges(t, json_array_size(merges), next_merge, &reader, err);
    }
    if (status) {
        tone_tokenizer_close(t);
        return status;
    }
    *out = t;
    return TONE_OK;
}

tone_status tone_tokenizer_open_memory(tone_tokenizer **out, const char *json, size_t n, tone_error *err)
{
    *out = NULL;
    json_error_t where;
    json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (!root)
        return tone_fail(err, TONE_ERR_FORMAT, (uint64_t)(where.position > 0 ? where.position : 0), "tokenizer.json: line %d: %s",
                         where.line, where.text);
    tone_status status = read_root(out, root, err);
    json_decref(root);
    return status;
}

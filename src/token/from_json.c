/* tokenizer.json as Hugging Face's library writes it; only what Gemma's files use is understood, and anything else
 * that would change the ids is refused.  Vocabulary and merges are three quarters of a million strings: they are read
 * from front to back into one buffer; only the small settings become trees. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "format/json.h"
#include "format/json_tree.h"
#include "token/vocab.h"

/* A string in reader.text */
typedef struct piece_entry {
    size_t at, n;
    uint64_t id;
    tone_token_kind kind;
} piece_entry;

typedef struct merge_entry {
    size_t at; /* the left half, then the right one */
    uint32_t left_n, right_n;
} merge_entry;

typedef struct reader {
    tone_json j;
    tone_buf string; /* the last one read */
    tone_buf text;
    piece_entry *pieces;
    size_t n_pieces, pieces_room;
    merge_entry *merges;
    size_t n_merges, merges_room, next_merge;
    bool has_vocab, is_bpe, has_normalizer, byte_fallback;
} reader;

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tokenizer");
}

static tone_status refuse(tone_error *err, const char *what)
{
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer.json: %s is not supported", what);
}

/* What stopped the reader: a mistake in the JSON, or memory. */
static tone_status broken(const reader *r, tone_error *err)
{
    if (r->string.failed || r->text.failed || !r->j.why)
        return no_memory(err);
    return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(&r->j), "tokenizer.json, byte %llu: %s",
                     (unsigned long long)tone_json_offset(&r->j), r->j.why);
}

/* Room for one more item in a list that doubles. */
static void *grow(void *list, size_t n, size_t *room, size_t item_bytes)
{
    if (n < *room)
        return list;
    size_t more = *room * 2 + 256;
    void *grown = realloc(list, more * item_bytes);
    if (grown)
        *room = more;
    return grown;
}

/* Read the next value as a tree; NULL when the JSON is wrong. */
static tone_json_tree *read_tree(reader *r)
{
    tone_json_tree *tree = NULL;
    tone_json_peek(&r->j);
    const char *from = r->j.at;
    if (!tone_json_skip(&r->j))
        return NULL;
    return tone_json_tree_read(&tree, from, (size_t)(r->j.at - from), 0, NULL) ? NULL : tree;
}

static tone_status add_piece(reader *r, const char *text, size_t n, uint64_t id, tone_token_kind kind, tone_error *err)
{
    piece_entry *pieces = grow(r->pieces, r->n_pieces, &r->pieces_room, sizeof *pieces);
    if (!pieces)
        return no_memory(err);
    r->pieces = pieces;
    pieces[r->n_pieces++] = (piece_entry){r->text.n, n, id, kind};
    tone_buf_append(&r->text, text, n);
    return r->text.failed ? no_memory(err) : TONE_OK;
}

static tone_status read_vocab(reader *r, tone_error *err)
{
    uint64_t id;
    if (!tone_json_open(&r->j, '{'))
        return broken(r, err);
    while (tone_json_next(&r->j, '}')) {
        if (!tone_json_key(&r->j, &r->string) || !tone_json_u64(&r->j, &id))
            return broken(r, err);
        tone_status status = add_piece(r, r->string.data, r->string.n, id, TONE_TOKEN_NORMAL, err);
        if (status)
            return status;
    }
    r->has_vocab = true;
    return r->j.why ? broken(r, err) : TONE_OK;
}

/* ["a", "b"], or "a b" in older files. */
static tone_status read_merge(reader *r, merge_entry *m, tone_error *err)
{
    static const char two[] = "a merge is not two pieces";
    m->at = r->text.n;
    if (tone_json_peek(&r->j) == '"') {
        if (!tone_json_string(&r->j, &r->string))
            return broken(r, err);
        const char *space = r->string.n > 1 ? memchr(r->string.data + 1, ' ', r->string.n - 1) : NULL;
        if (!space)
            return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(&r->j), "tokenizer.json: %s", two);
        size_t left_n = (size_t)(space - r->string.data), right_n = r->string.n - left_n - 1;
        tone_buf_append(&r->text, r->string.data, left_n);
        tone_buf_append(&r->text, space + 1, right_n);
        m->left_n = (uint32_t)left_n;
        m->right_n = (uint32_t)right_n;
        return TONE_OK;
    }
    uint32_t *halves[2] = {&m->left_n, &m->right_n};
    size_t n = 0;
    if (!tone_json_open(&r->j, '['))
        return broken(r, err);
    for (; tone_json_next(&r->j, ']'); n++) {
        if (!tone_json_string(&r->j, &r->string))
            return broken(r, err);
        tone_buf_append(&r->text, r->string.data, r->string.n);
        if (n < 2)
            *halves[n] = (uint32_t)r->string.n;
    }
    if (!r->j.why && n != 2)
        return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(&r->j), "tokenizer.json: %s", two);
    return r->j.why ? broken(r, err) : TONE_OK;
}

static tone_status read_merges(reader *r, tone_error *err)
{
    if (!tone_json_open(&r->j, '['))
        return broken(r, err);
    while (tone_json_next(&r->j, ']')) {
        merge_entry *merges = grow(r->merges, r->n_merges, &r->merges_room, sizeof *merges);
        if (!merges)
            return no_memory(err);
        r->merges = merges;
        tone_status status = read_merge(r, &merges[r->n_merges++], err);
        if (!status && r->text.failed)
            status = no_memory(err);
        if (status)
            return status;
    }
    return r->j.why ? broken(r, err) : TONE_OK;
}

static tone_status read_model(reader *r, tone_error *err)
{
    static const char *const off[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"};
    if (!tone_json_open(&r->j, '{'))
        return broken(r, err);
    while (tone_json_next(&r->j, '}')) {
        if (!tone_json_key(&r->j, &r->string))
            return broken(r, err);
        const char *key = r->string.data;
        tone_status status = TONE_OK;
        if (strcmp(key, "vocab") == 0) {
            status = read_vocab(r, err);
        } else if (strcmp(key, "merges") == 0) {
            status = read_merges(r, err);
        } else {
            const char *unsupported = NULL;
            for (size_t i = 0; i < sizeof off / sizeof *off; i++)
                if (strcmp(key, off[i]) == 0)
                    unsupported = off[i];
            bool type = strcmp(key, "type") == 0, fallback = strcmp(key, "byte_fallback") == 0;
            if (unsupported || type || fallback) {
                tone_json_tree *tree = read_tree(r);
                const tone_json_value *v = tree ? tone_json_tree_root(tree) : NULL;
                if (!tree)
                    status = broken(r, err);
                else if (unsupported && tone_json_truthy(v))
                    status = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer.json: model.%s is not supported", unsupported);
                r->is_bpe |= type && tone_json_is(v, "BPE");
                r->byte_fallback |= fallback && tone_json_truthy(v);
                tone_json_tree_free(tree);
            } else if (!tone_json_skip(&r->j)) {
                status = broken(r, err);
            }
        }
        if (status)
            return status;
    }
    return r->j.why ? broken(r, err) : TONE_OK;
}

static tone_status read_added(reader *r, tone_error *err)
{
    if (!tone_json_open(&r->j, '['))
        return broken(r, err);
    for (size_t i = 0; tone_json_next(&r->j, ']'); i++) {
        static const char *const off[] = {"single_word", "lstrip", "rstrip"};
        tone_json_tree *tree = read_tree(r);
        if (!tree)
            return broken(r, err);
        const tone_json_value *v = tone_json_tree_root(tree), *content = tone_json_get(v, "content");
        int64_t id = -1;
        tone_status status = TONE_OK;
        if (!tone_json_int(tone_json_get(v, "id"), &id) || id < 0 || !content || content->kind != TONE_JSON_STRING)
            status = tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: added token %zu has no id or no content", i);
        for (size_t k = 0; k < sizeof off / sizeof *off && !status; k++)
            if (tone_json_truthy(tone_json_get(v, off[k])))
                status = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "tokenizer.json: added token '%s' asks for %s, which is not supported",
                                   content->text, off[k]);
        if (!status)
            status = add_piece(r, content->text, content->n, (uint64_t)id,
                               tone_json_truthy(tone_json_get(v, "special")) ? TONE_TOKEN_CONTROL : TONE_TOKEN_LITERAL, err);
        tone_json_tree_free(tree);
        if (status)
            return status;
    }
    return r->j.why ? broken(r, err) : TONE_OK;
}

static bool replaces_spaces(const tone_json_value *v)
{
    const tone_json_value *steps = tone_json_get(v, "normalizers");
    if (tone_json_is(tone_json_get(v, "type"), "Sequence") && steps && steps->count == 1)
        v = steps->first;
    return tone_json_is(tone_json_get(v, "type"), "Replace") &&
           tone_json_is(tone_json_get(tone_json_get(v, "pattern"), "String"), " ") &&
           tone_json_is(tone_json_get(v, "content"), "\xE2\x96\x81");
}

/* The normalizer has removed every space, so a split at spaces never finds anything. */
static bool splits_at_spaces(const tone_json_value *v)
{
    return tone_json_is(tone_json_get(v, "type"), "Split") && tone_json_is(tone_json_get(tone_json_get(v, "pattern"), "String"), " ");
}

static tone_status read_root(reader *r, tone_error *err)
{
    if (!tone_json_open(&r->j, '{'))
        return broken(r, err);
    while (tone_json_next(&r->j, '}')) {
        if (!tone_json_key(&r->j, &r->string))
            return broken(r, err);
        const char *key = r->string.data;
        bool normalizer = strcmp(key, "normalizer") == 0, split = strcmp(key, "pre_tokenizer") == 0;
        tone_status status = TONE_OK;
        if (strcmp(key, "model") == 0) {
            status = read_model(r, err);
        } else if (strcmp(key, "added_tokens") == 0) {
            status = read_added(r, err);
        } else if (normalizer || split) {
            tone_json_tree *tree = read_tree(r);
            const tone_json_value *v = tree ? tone_json_tree_root(tree) : NULL;
            if (!tree)
                status = broken(r, err);
            else if (normalizer)
                r->has_normalizer = replaces_spaces(v);
            else if (tone_json_truthy(v) && !splits_at_spaces(v))
                status = refuse(err, "a pre_tokenizer other than Split at ' '");
            tone_json_tree_free(tree);
        } else if (!tone_json_skip(&r->j)) {
            status = broken(r, err);
        }
        if (status)
            return status;
    }
    if (r->j.why || !tone_json_end(&r->j))
        return broken(r, err);
    if (!r->has_vocab)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: model.vocab is missing");
    if (!r->is_bpe)
        return refuse(err, "a model.type other than BPE");
    if (!r->byte_fallback)
        return refuse(err, "a vocabulary without byte_fallback");
    if (!r->has_normalizer)
        return refuse(err, "a normalizer other than Replace ' ' by U+2581");
    return TONE_OK;
}

/* Ids may have holes, but they cost memory, so the file must be worth them. */
static tone_status count_ids(const reader *r, size_t *n, tone_error *err)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < r->n_pieces; i++)
        if (r->pieces[i].id > largest)
            largest = r->pieces[i].id;
    if (r->n_pieces == 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: the vocabulary is empty");
    if (largest >= TONE_VOCAB_MAX || largest > 2 * (uint64_t)r->n_pieces + 1024)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "tokenizer.json: id %llu is too large for %zu entries",
                         (unsigned long long)largest, r->n_pieces);
    *n = (size_t)largest + 1;
    return TONE_OK;
}

/* The pieces by id.  An added token takes the place of the entry that model.vocab has for its id. */
static tone_status order_pieces(const reader *r, tone_piece *pieces, tone_error *err)
{
    for (int added = 0; added < 2; added++) {
        for (size_t i = 0; i < r->n_pieces; i++) {
            const piece_entry *e = &r->pieces[i];
            tone_piece *p = &pieces[e->id];
            if ((e->kind != TONE_TOKEN_NORMAL) != added)
                continue;
            if (p->text && !added)
                return tone_fail(err, TONE_ERR_FORMAT, 0, "tokenizer.json: '%.*s' and '%.*s' have the same id %llu", (int)p->n,
                                 p->text, (int)e->n, r->text.data + e->at, (unsigned long long)e->id);
            *p = (tone_piece){r->text.data + e->at, e->n, e->kind};
        }
    }
    return TONE_OK;
}

static bool next_merge(void *from, tone_merge *m)
{
    reader *r = from;
    const merge_entry *e = &r->merges[r->next_merge++];
    *m = (tone_merge){r->text.data + e->at, r->text.data + e->at + e->left_n, e->left_n, e->right_n};
    return true;
}

static tone_status build(tone_tokenizer **out, reader *r, tone_error *err)
{
    size_t n = 0;
    tone_status status = count_ids(r, &n, err);
    if (status)
        return status;
    tone_piece *pieces = calloc(n, sizeof *pieces);
    if (!pieces)
        return no_memory(err);
    tone_tokenizer *t = NULL;
    status = order_pieces(r, pieces, err);
    if (!status)
        status = tone_vocab_build(&t, pieces, n, err);
    free(pieces);
    if (!status && r->n_merges > 0)
        status = tone_vocab_list_merges(t, r->n_merges, next_merge, r, err);
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
    if (n > UINT32_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "tokenizer.json: larger than 4 GiB");
    reader r = {.j = tone_json_start(json, n)};
    tone_status status = read_root(&r, err);
    if (!status)
        status = build(out, &r, err);
    tone_buf_clear(&r.string);
    tone_buf_clear(&r.text);
    free(r.pieces);
    free(r.merges);
    return status;
}

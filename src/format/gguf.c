/* The container: header, entries, tensor table, split sets.  What an entry's value means is in gguf_value.c. */
#include "format/gguf.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/fail.h"
#include "base/file.h"
#include "format/gguf_value.h"
#include "format/names.h"

enum {
    NAME_MAX_BYTES = 63,   /* of a tensor; the format's own limit */
    KEY_MAX_BYTES = 65535, /* the format's own limit              */
    PARTS_MAX = 1024,
    SHOWN = 64 /* bytes of a key that an error message shows */
};

typedef struct part {
    tone_map map; /* empty when the bytes are the caller's */
    const uint8_t *bytes;
    size_t n;
    uint64_t alignment;
    uint64_t n_tensors;
    tone_gguf_value *values;
    size_t n_values;
    tone_names keys;
} part;

/* The name lives beside its tensor, since names in the file are not terminated. */
typedef struct entry {
    tone_tensor tensor;
    char name[NAME_MAX_BYTES + 1];
} entry;

struct tone_gguf {
    part *parts;
    size_t n_parts;
    entry *entries;
    size_t n_entries;
    tone_names names;
};

/* --- the cursor: past the end it turns bad and yields zeros; callers check once --- */

typedef struct cursor {
    const uint8_t *start, *at, *end;
    bool bad;
} cursor;

static size_t left(const cursor *c)
{
    return (size_t)(c->end - c->at);
}

static uint64_t offset_of(const cursor *c)
{
    return (uint64_t)(c->at - c->start);
}

static const uint8_t *take(cursor *c, uint64_t n)
{
    if (c->bad || left(c) < n) {
        c->bad = true;
        return NULL;
    }
    const uint8_t *p = c->at;
    c->at += n;
    return p;
}

static uint32_t take_u32(cursor *c)
{
    const uint8_t *p = take(c, 4);
    return p ? tone_load_u32(p) : 0;
}

static uint64_t take_u64(cursor *c)
{
    const uint8_t *p = take(c, 8);
    return p ? tone_load_u64(p) : 0;
}

static tone_gguf_string take_string(cursor *c)
{
    tone_gguf_string s = {0};
    uint64_t n = take_u64(c);
    s.text = (const char *)take(c, n);
    s.n = s.text ? (size_t)n : 0;
    return s;
}

/* --- metadata --- */

#define SHOW(s) (int)((s).n < SHOWN ? (s).n : SHOWN), (s).text

static tone_status read_array(tone_gguf_value *v, cursor *c, tone_error *err)
{
    uint64_t at = offset_of(c);
    uint32_t element = take_u32(c);
    uint64_t n = take_u64(c);
    if (c->bad)
        return tone_fail(err, TONE_ERR_FORMAT, at, "key '%.*s' ends past the end of the file", SHOW(v->key));
    if (element == TONE_GGUF_ARRAY || (element != TONE_GGUF_STRING && tone_gguf_scalar_bytes(element) == 0))
        return tone_fail(err, TONE_ERR_FORMAT, at, "key '%.*s' is an array of type %" PRIu32 ", which there is not",
                         SHOW(v->key), element);
    v->element = (tone_gguf_type)element;
    v->data = c->at;
    uint64_t smallest = element == TONE_GGUF_STRING ? 8 : tone_gguf_scalar_bytes(element);
    if (n > left(c) / smallest)
        return tone_fail(err, TONE_ERR_FORMAT, at, "key '%.*s' claims %" PRIu64 " elements, more than the file holds",
                         SHOW(v->key), n);
    v->n = (size_t)n;
    if (element != TONE_GGUF_STRING) {
        (void)take(c, n * smallest);
    } else {
        for (uint64_t i = 0; i < n; i++) {
            at = offset_of(c);
            (void)take(c, take_u64(c));
            if (c->bad)
                return tone_fail(err, TONE_ERR_FORMAT, at,
                                 "key '%.*s': string %" PRIu64 " ends past the end of the file", SHOW(v->key), i);
        }
    }
    v->n_bytes = (size_t)(c->at - v->data);
    return TONE_OK;
}

static tone_status read_value(tone_gguf_value *v, cursor *c, size_t number, tone_error *err)
{
    uint64_t at = offset_of(c);
    v->key = take_string(c);
    if (c->bad)
        return tone_fail(err, TONE_ERR_FORMAT, at, "the name of key %zu ends past the end of the file", number);
    if (v->key.n == 0 || v->key.n > KEY_MAX_BYTES)
        return tone_fail(err, TONE_ERR_FORMAT, at, "the name of key %zu has %zu bytes, not 1…%d", number, v->key.n,
                         KEY_MAX_BYTES);
    at = offset_of(c);
    uint32_t type = take_u32(c);
    if (!c->bad && type != TONE_GGUF_ARRAY && type != TONE_GGUF_STRING && tone_gguf_scalar_bytes(type) == 0)
        return tone_fail(err, TONE_ERR_FORMAT, at, "key '%.*s' has type %" PRIu32 ", which there is not", SHOW(v->key),
                         type);
    v->type = (tone_gguf_type)type;
    if (type == TONE_GGUF_ARRAY && !c->bad)
        return read_array(v, c, err);
    if (type == TONE_GGUF_STRING) {
        tone_gguf_string s = take_string(c);
        v->data = (const uint8_t *)s.text;
        v->n_bytes = s.n;
    } else {
        v->n_bytes = tone_gguf_scalar_bytes(type);
        v->data = take(c, v->n_bytes);
    }
    if (c->bad)
        return tone_fail(err, TONE_ERR_FORMAT, at, "key '%.*s' ends past the end of the file", SHOW(v->key));
    return TONE_OK;
}

static const tone_gguf_value *find_in(const part *p, const char *key)
{
    size_t i = tone_names_find(&p->keys, key, strlen(key));
    return i == SIZE_MAX ? NULL : &p->values[i];
}

static tone_status read_values(part *p, uint64_t n, cursor *c, tone_error *err)
{
    enum { SMALLEST = 8 + 1 + 4 + 1 }; /* a key of one letter and a u8 */
    if (n > left(c) / SMALLEST || n > TONE_NAMES_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, 16, "the header claims %" PRIu64 " keys, more than %s", n,
                         n > TONE_NAMES_MAX ? "any model has" : "the file holds");
    p->values = calloc((size_t)n + 1, sizeof *p->values);
    if (!p->values || !tone_names_init(&p->keys, (size_t)n))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %" PRIu64 " keys", n);
    for (; p->n_values < n; p->n_values++) {
        tone_gguf_value *v = &p->values[p->n_values];
        uint64_t at = offset_of(c);
        tone_status st = read_value(v, c, p->n_values, err);
        if (st)
            return st;
        if (!tone_names_add(&p->keys, v->key.text, v->key.n, (uint32_t)p->n_values))
            return tone_fail(err, TONE_ERR_FORMAT, at, "key '%.*s' comes twice", SHOW(v->key));
    }
    p->alignment = 32;
    const tone_gguf_value *alignment = find_in(p, "general.alignment");
    if (alignment && (!tone_gguf_get_u64(alignment, &p->alignment) || p->alignment < 8 || p->alignment > 1u << 24 ||
                      (p->alignment & (p->alignment - 1)) != 0))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "key 'general.alignment' is no power of two from 8 to 2^24");
    return TONE_OK;
}

/* --- tensors --- */

static uint64_t align_up(uint64_t n, uint64_t alignment)
{
    return (n + alignment - 1) & ~(alignment - 1);
}

/* Dimensions, type and the bytes that follow from them. */
static tone_status read_shape(tone_tensor *t, cursor *c, tone_error *err)
{
    uint64_t at = offset_of(c);
    t->n_dims = take_u32(c);
    if (!c->bad && (t->n_dims < 1 || t->n_dims > TONE_MAX_DIMS))
        return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s' has %" PRIu32 " dimensions, not 1…%d", t->name,
                         t->n_dims, TONE_MAX_DIMS);
    t->n_values = 1;
    bool fits = true;
    for (uint32_t i = t->n_dims; i-- > 0;) { /* the file lists the contiguous one first */
        t->dims[i] = take_u64(c);
        if (t->dims[i] == 0 && !c->bad)
            return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s' has a dimension of 0", t->name);
        fits = fits && tone_mul_u64(&t->n_values, t->n_values, t->dims[i]);
    }
    uint32_t type = take_u32(c);
    if (c->bad)
        return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s': its description ends past the end of the file",
                         t->name);
    const tone_type_info *info = tone_type_find(type);
    if (!info)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, at, "tensor '%s' has type %" PRIu32 ", which is not known here",
                         t->name, type);
    t->type = (tone_type)type;
    uint64_t row = t->dims[t->n_dims - 1];
    if (row % info->block_values)
        return tone_fail(err, TONE_ERR_FORMAT, at,
                         "tensor '%s' has rows of %" PRIu64 " values, no whole number of %s blocks", t->name, row,
                         info->name);
    /* Whole blocks only, so this is exact. */
    if (!fits || !tone_mul_u64(&t->n_bytes, t->n_values / info->block_values, info->block_bytes) ||
        t->n_bytes > INT64_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s' claims more bytes than can be counted", t->name);
    return TONE_OK;
}

/* One line of the table.  `expected`: where in the data section it must begin, since tensors follow each other; moved on
 * to the next. */
static tone_status read_tensor(entry *e, cursor *c, uint64_t number, uint64_t alignment, uint64_t *expected,
                               tone_error *err)
{
    tone_tensor *t = &e->tensor;
    uint64_t at = offset_of(c);
    tone_gguf_string name = take_string(c);
    if (c->bad)
        return tone_fail(err, TONE_ERR_FORMAT, at, "the name of tensor %" PRIu64 " ends past the end of the file",
                         number);
    if (name.n == 0 || name.n > NAME_MAX_BYTES || memchr(name.text, 0, name.n))
        return tone_fail(err, TONE_ERR_FORMAT, at, "tensor %" PRIu64 " has no name of 1…%d bytes", number,
                         NAME_MAX_BYTES);
    memcpy(e->name, name.text, name.n);
    t->name = e->name;
    t->name_n = name.n;
    tone_status st = read_shape(t, c, err);
    if (st)
        return st;
    at = offset_of(c);
    uint64_t offset = take_u64(c);
    if (c->bad)
        return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s': its description ends past the end of the file",
                         t->name);
    if (offset != *expected)
        return tone_fail(err, TONE_ERR_FORMAT, at,
                         "tensor '%s' is said to begin at byte %" PRIu64
                         " of the data, but the one before ends at %" PRIu64,
                         t->name, offset, *expected);
    if (!tone_add_u64(expected, offset, t->n_bytes) || *expected > INT64_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s' ends past the end of the file", t->name);
    *expected = align_up(*expected, alignment);
    return TONE_OK;
}

static tone_status read_tensors(tone_gguf *g, part *p, cursor *c, tone_error *err)
{
    enum { SMALLEST = 8 + 1 + 4 + 8 + 4 + 8 }; /* a name of one letter, one dimension */
    uint64_t n = p->n_tensors;
    if (n > left(c) / SMALLEST || n > TONE_NAMES_MAX - g->n_entries)
        return tone_fail(err, TONE_ERR_FORMAT, 8, "the header claims %" PRIu64 " tensors, more than %s", n,
                         n > TONE_NAMES_MAX - g->n_entries ? "any model has" : "the file holds");
    if (n == 0)
        return TONE_OK;
    entry *grown = realloc(g->entries, (g->n_entries + (size_t)n) * sizeof *grown);
    if (!grown)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %" PRIu64 " tensors", n);
    g->entries = grown;
    entry *first = grown + g->n_entries;
    memset(first, 0, (size_t)n * sizeof *first);
    uint64_t expected = 0;
    for (uint64_t i = 0; i < n; i++) {
        tone_status st = read_tensor(&first[i], c, i, p->alignment, &expected, err);
        if (st)
            return st;
    }
    uint64_t data = align_up(offset_of(c), p->alignment), at = data;
    for (uint64_t i = 0; i < n; i++) {
        tone_tensor *t = &first[i].tensor;
        if (at > p->n || t->n_bytes > p->n - at)
            return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s' ends past the end of the file", t->name);
        t->data = p->bytes + at;
        at = data + align_up(at - data + t->n_bytes, p->alignment);
    }
    g->n_entries += (size_t)n;
    return TONE_OK;
}

/* --- files --- */

static tone_status read_part(tone_gguf *g, part *p, tone_error *err)
{
    cursor c = {.start = p->bytes, .at = p->bytes, .end = p->bytes + p->n};
    const uint8_t *magic = take(&c, 4);
    uint32_t version = take_u32(&c);
    p->n_tensors = take_u64(&c);
    uint64_t n_values = take_u64(&c);
    if (magic && memcmp(magic, "GGUF", 4) != 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "not a GGUF file");
    if (c.bad)
        return tone_fail(err, TONE_ERR_FORMAT, p->n, "a GGUF file of %zu bytes is too short for its header", p->n);
    if ((version & 0xFFFF) == 0)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 4, "a big-endian GGUF file; only little-endian ones are read");
    if (version != 2 && version != 3)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 4, "GGUF version %" PRIu32 "; versions 2 and 3 are read", version);
    tone_status st = read_values(p, n_values, &c, err);
    return st ? st : read_tensors(g, p, &c, err);
}

/* Called when all entries are in their final place. */
static tone_status index_tensors(tone_gguf *g, tone_error *err)
{
    if (!tone_names_init(&g->names, g->n_entries))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the index of %zu tensors", g->n_entries);
    for (size_t i = 0; i < g->n_entries; i++) {
        entry *e = &g->entries[i];
        e->tensor.name = e->name;
        if (!tone_names_add(&g->names, e->name, e->tensor.name_n, (uint32_t)i))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tensor '%s' comes twice", e->name);
    }
    return TONE_OK;
}

static tone_gguf *reader_new(size_t n_parts)
{
    tone_gguf *g = calloc(1, sizeof *g);
    if (g)
        g->parts = calloc(n_parts, sizeof *g->parts);
    if (!g || !g->parts) {
        free(g);
        return NULL;
    }
    g->n_parts = n_parts;
    return g;
}

/* Of the part's own keys; 1 when it does not speak of a set. */
static uint64_t split_count(const part *p)
{
    uint64_t n;
    return tone_gguf_get_u64(find_in(p, "split.count"), &n) && n > 0 ? n : 1;
}

tone_status tone_gguf_open_memory(tone_gguf **out, const void *bytes, size_t n, tone_error *err)
{
    *out = NULL;
    tone_gguf *g = reader_new(1);
    if (!g)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
    g->parts[0].bytes = n ? bytes : (const uint8_t *)"";
    g->parts[0].n = n;
    tone_status st = read_part(g, &g->parts[0], err);
    if (!st && split_count(&g->parts[0]) != 1)
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "a part of a set of %" PRIu64 " files", split_count(&g->parts[0]));
    if (!st)
        st = index_tensors(g, err);
    if (st) {
        tone_gguf_close(g);
        return st;
    }
    *out = g;
    return TONE_OK;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static tone_status open_part(tone_gguf *g, part *p, const char *path, tone_error *err)
{
    tone_status st = tone_map_open(&p->map, path, err);
    if (st)
        return st; /* names the file already */
    p->bytes = p->map.n ? p->map.data : (const uint8_t *)"";
    p->n = p->map.n;
    st = read_part(g, p, err);
    return st ? tone_fail_in(err, st, file_name(path)) : TONE_OK;
}

/* "…-00002-of-00005.gguf": the bytes before "-00002" and the 5. */
static bool split_name(const char *path, size_t *stem, unsigned *count)
{
    static const char shape[] = "-ddddd-of-ddddd.gguf";
    size_t n = strlen(path), tail = sizeof shape - 1;
    if (n < tail)
        return false;
    const char *at = path + n - tail;
    for (size_t i = 0; i < tail; i++)
        if (shape[i] == 'd' ? at[i] < '0' || at[i] > '9' : at[i] != shape[i])
            return false;
    *stem = n - tail;
    *count = (unsigned)strtoul(at + 10, NULL, 10);
    return true;
}

static tone_status check_part(const tone_gguf *g, size_t i, tone_error *err)
{
    const part *p = &g->parts[i];
    uint64_t no;
    if (split_count(p) != g->n_parts)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "its key 'split.count' says %" PRIu64 ", the set has %zu",
                         split_count(p), g->n_parts);
    if (!tone_gguf_get_u64(find_in(p, "split.no"), &no) || no != i)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "its key 'split.no' is not %zu", i);
    return TONE_OK;
}

/* Part 0 is read; read the others. */
static tone_status open_others(tone_gguf *g, const char *path, size_t stem, tone_error *err)
{
    tone_status st = check_part(g, 0, err);
    if (st)
        return tone_fail_in(err, st, file_name(path));
    for (size_t i = 1; i < g->n_parts && !st; i++) {
        tone_buf name = {0};
        tone_buf_append(&name, path, stem);
        tone_buf_printf(&name, "-%05zu-of-%05zu.gguf", i + 1, g->n_parts);
        if (name.failed)
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
        if (!st)
            st = open_part(g, &g->parts[i], name.data, err);
        if (!st) {
            st = check_part(g, i, err);
            if (st)
                st = tone_fail_in(err, st, file_name(name.data));
        }
        tone_buf_clear(&name);
    }
    uint64_t total;
    if (!st && tone_gguf_get_u64(tone_gguf_find(g, "split.tensors.count"), &total) && total != g->n_entries)
        st = tone_fail(err, TONE_ERR_FORMAT, 0,
                       "the %zu parts hold %zu tensors, key 'split.tensors.count' says %" PRIu64, g->n_parts,
                       g->n_entries, total);
    return st;
}

tone_status tone_gguf_open(tone_gguf **out, const char *path, tone_error *err)
{
    *out = NULL;
    size_t stem = 0;
    unsigned n_parts = 1;
    bool named_as_part = split_name(path, &stem, &n_parts);
    if (named_as_part && (n_parts < 1 || n_parts > PARTS_MAX))
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%s: a set of %u files, not 1…%d", file_name(path), n_parts,
                         PARTS_MAX);
    tone_gguf *g = reader_new(n_parts);
    tone_buf first = {0};
    tone_buf_append(&first, path, named_as_part ? stem : strlen(path));
    if (named_as_part)
        tone_buf_printf(&first, "-00001-of-%05u.gguf", n_parts);
    tone_status st = TONE_OK;
    if (!g || first.failed) {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
        goto done;
    }
    st = open_part(g, &g->parts[0], tone_buf_text(&first), err);
    if (st)
        goto done;
    uint64_t count = split_count(&g->parts[0]);
    if (count == 1) {
        g->n_parts = 1; /* a single file that happens to be named like a part */
    } else if (!named_as_part) {
        st = tone_fail(err, TONE_ERR_FORMAT, 0,
                       "%s: a part of a set of %" PRIu64 " must be named …-00001-of-%05" PRIu64 ".gguf",
                       file_name(path), count, count);
        goto done;
    }
    if (g->n_parts > 1)
        st = open_others(g, path, stem, err);
    if (!st) {
        st = index_tensors(g, err);
        if (st)
            st = tone_fail_in(err, st, file_name(path));
    }
done:
    tone_buf_clear(&first);
    if (st) {
        tone_gguf_close(g);
        return st;
    }
    *out = g;
    return TONE_OK;
}

void tone_gguf_close(tone_gguf *g)
{
    if (!g)
        return;
    for (size_t i = 0; g->parts && i < g->n_parts; i++) {
        tone_names_clear(&g->parts[i].keys);
        free(g->parts[i].values);
        tone_map_close(&g->parts[i].map);
    }
    free(g->parts);
    free(g->entries);
    tone_names_clear(&g->names);
    free(g);
}

size_t tone_gguf_n_tensors(const tone_gguf *g)
{
    return g->n_entries;
}

const tone_tensor *tone_gguf_tensor(const tone_gguf *g, size_t i)
{
    assert(i < g->n_entries);
    return &g->entries[i].tensor;
}

const tone_tensor *tone_gguf_find_tensor(const tone_gguf *g, const char *name)
{
    size_t i = tone_names_find(&g->names, name, strlen(name));
    return i == SIZE_MAX ? NULL : &g->entries[i].tensor;
}

size_t tone_gguf_n_values(const tone_gguf *g)
{
    return g->parts[0].n_values;
}

const tone_gguf_value *tone_gguf_value_at(const tone_gguf *g, size_t i, tone_gguf_string *key)
{
    assert(i < g->parts[0].n_values);
    if (key)
        *key = g->parts[0].values[i].key;
    return &g->parts[0].values[i];
}

const tone_gguf_value *tone_gguf_find(const tone_gguf *g, const char *key)
{
    return find_in(&g->parts[0], key);
}

uint64_t tone_gguf_file_bytes(const tone_gguf *g)
{
    uint64_t n = 0;
    for (size_t i = 0; i < g->n_parts; i++)
        n += g->parts[i].n;
    return n;
}

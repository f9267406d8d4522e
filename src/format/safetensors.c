/* Reading: a header in JSON, then the bytes of the tensors without gap or overlap; and the index of a sharded set. */
#include "format/safetensors.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/fail.h"
#include "base/file.h"
#include "format/json.h"
#include "format/names.h"
#include "format/safetensors_types.h"

enum {
    HEADER_MAX = 100000000, /* the format's own limit */
    INDEX_MAX = 64 << 20,
    NAME_MAX_BYTES = 512,
    SHARDS_MAX = 1024
};

/* One file. */
typedef struct shard {
    char *name; /* for errors, and to match it with the index; NULL for memory */
    tone_map map;
    const uint8_t *bytes;
    size_t n;
    char *names;    /* the tensors' names, each terminated; room for the whole header */
    void **aligned; /* copies of tensors that stood at odd addresses */
    size_t n_aligned;
    size_t first, n_tensors; /* in s->tensors */
} shard;

struct tone_safetensors {
    shard *shards;
    size_t n_shards;
    tone_tensor *tensors;
    size_t n, room;
    tone_names names;
};

/* --- one tensor of the header --- */

/* `begin` and `end` count from the first byte after the header. */
typedef struct span {
    uint64_t begin, end;
    size_t tensor;
} span;

static tone_status json_error(const tone_json *j, const char *name, tone_error *err)
{
    uint64_t at = 8 + tone_json_offset(j);
    if (name)
        return tone_fail(err, tone_json_status(j), at, "tensor '%.64s': byte %" PRIu64 " of the file: %s", name, at,
                         j->why);
    return tone_fail(err, tone_json_status(j), at, "byte %" PRIu64 " of the file: %s", at, j->why);
}

static tone_status read_dims(tone_tensor *t, tone_json *j, tone_error *err)
{
    t->n_dims = 0;
    t->n_values = 1;
    bool fits = true;
    tone_json_open(j, '[');
    while (tone_json_next(j, ']')) {
        uint64_t dim;
        if (!tone_json_u64(j, &dim))
            break;
        if (t->n_dims == TONE_MAX_DIMS)
            return tone_fail(err, TONE_ERR_UNSUPPORTED, tone_json_offset(j),
                             "tensor '%.64s' has more than %d dimensions", t->name, TONE_MAX_DIMS);
        t->dims[t->n_dims++] = dim;
        fits = tone_mul_u64(&t->n_values, t->n_values, dim) && fits;
    }
    if (t->n_dims == 0)
        t->dims[t->n_dims++] = 1;
    if (!fits || t->n_values > INT64_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j),
                         "tensor '%.64s' claims more values than can be counted", t->name);
    return TONE_OK;
}

static void read_offsets(span *at, tone_json *j)
{
    tone_json_open(j, '[');
    if (tone_json_next(j, ']') && tone_json_u64(j, &at->begin) && tone_json_next(j, ']') &&
        tone_json_u64(j, &at->end) && !tone_json_next(j, ']'))
        return;
    if (!j->why)
        j->why = "two offsets should stand here";
}

/* {"dtype":…, "shape":…, "data_offsets":…} */
static tone_status read_tensor(tone_tensor *t, span *at, tone_json *j, tone_buf *text, tone_error *err)
{
    enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4, ALL = 7 };
    unsigned seen = 0;
    tone_json_open(j, '{');
    while (tone_json_next(j, '}') && tone_json_key(j, text)) {
        unsigned field = strcmp(text->data, "dtype") == 0          ? DTYPE
                         : strcmp(text->data, "shape") == 0        ? SHAPE
                         : strcmp(text->data, "data_offsets") == 0 ? OFFSETS
                                                                   : 0;
        if (seen & field)
            return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j), "tensor '%.64s' has '%s' twice", t->name,
                             text->data);
        seen |= field;
        tone_status st = TONE_OK;
        if (field == DTYPE) {
            if (tone_json_string(j, text) && !tone_safetensors_type(&t->type, &t->is_unsigned, text->data))
                return tone_fail(err, TONE_ERR_UNSUPPORTED, tone_json_offset(j),
                                 "tensor '%.64s' has type '%.32s', which is not known here", t->name, text->data);
        } else if (field == SHAPE) {
            st = read_dims(t, j, err);
        } else if (field == OFFSETS) {
            read_offsets(at, j);
        } else {
            tone_json_skip(j);
        }
        if (st)
            return j->why ? json_error(j, t->name, err) : st;
    }
    if (j->why)
        return json_error(j, t->name, err);
    if (seen != ALL)
        return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j), "tensor '%.64s' has no '%s'", t->name,
                         !(seen & DTYPE)   ? "dtype"
                         : !(seen & SHAPE) ? "shape"
                                           : "data_offsets");
    uint64_t wide = tone_type_find(t->type)->block_bytes;
    if (!tone_mul_u64(&t->n_bytes, t->n_values, wide) || at->end < at->begin || at->end - at->begin != t->n_bytes)
        return tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j),
                         "tensor '%.64s' has %" PRIu64 " values of %" PRIu64 " bytes, but its offsets are %" PRIu64
                         " and %" PRIu64,
                         t->name, t->n_values, wide, at->begin, at->end);
    return TONE_OK;
}

/* --- one file --- */

static bool room_for_one(tone_safetensors *s, span **spans, size_t *span_room, size_t n_spans)
{
    if (s->n == s->room) {
        size_t room = s->room ? s->room * 2 : 64;
        tone_tensor *grown = realloc(s->tensors, room * sizeof *grown);
        if (!grown)
            return false;
        s->tensors = grown;
        s->room = room;
    }
    if (n_spans == *span_room) {
        size_t room = *span_room ? *span_room * 2 : 64;
        span *grown = realloc(*spans, room * sizeof *grown);
        if (!grown)
            return false;
        *spans = grown;
        *span_room = room;
    }
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const span *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end; /* an empty tensor goes before the one that begins where it does */
}

/* The bytes must be used up by the tensors, each once: a gap or an overlap is a damaged header. */
static tone_status place_tensors(tone_safetensors *s, shard *f, span *spans, size_t n, uint64_t data_at,
                                 tone_error *err)
{
    if (n > 1)
        qsort(spans, n, sizeof *spans, by_begin);
    uint64_t expected = 0, n_data = f->n - data_at;
    for (size_t i = 0; i < n; i++) {
        tone_tensor *t = &s->tensors[spans[i].tensor];
        uint64_t at = data_at + expected;
        if (spans[i].begin != expected)
            return tone_fail(err, TONE_ERR_FORMAT, at,
                             "tensor '%.64s' begins at byte %" PRIu64
                             " of the data, but the one before ends at %" PRIu64,
                             t->name, spans[i].begin, expected);
        if (spans[i].end > n_data)
            return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%.64s' ends past the end of the file", t->name);
        t->data = f->bytes + at;
        uint32_t wide = tone_type_find(t->type)->block_bytes;
        if ((uintptr_t)t->data % wide && t->n_bytes) {
            if (!f->aligned)
                f->aligned = calloc(n, sizeof *f->aligned);
            void *copy = f->aligned ? malloc((size_t)t->n_bytes) : NULL;
            if (!copy)
                return tone_fail(err, TONE_ERR_NO_MEMORY, at, "no memory to align tensor '%.64s'", t->name);
            memcpy(copy, t->data, (size_t)t->n_bytes);
            f->aligned[f->n_aligned++] = copy;
            t->data = copy;
        }
        expected = spans[i].end;
    }
    if (expected != n_data)
        return tone_fail(err, TONE_ERR_FORMAT, data_at + expected, "%" PRIu64 " bytes follow the last tensor",
                         n_data - expected);
    return TONE_OK;
}

static tone_status read_header(tone_safetensors *s, shard *f, tone_json *j, uint64_t data_at, tone_error *err)
{
    tone_status st = TONE_OK;
    tone_buf text = {0};
    span *spans = NULL;
    size_t span_room = 0, n = 0;
    char *name = f->names;
    tone_json_open(j, '{');
    while (tone_json_next(j, '}') && tone_json_key(j, &text)) {
        if (strcmp(text.data, "__metadata__") == 0) {
            tone_json_skip(j);
            continue;
        }
        if (text.n == 0 || text.n > NAME_MAX_BYTES || strlen(text.data) != text.n) {
            st = tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j), "tensor %zu has no name of 1…%d bytes", n,
                           NAME_MAX_BYTES);
            goto done;
        }
        if (s->n == TONE_NAMES_MAX) {
            st = tone_fail(err, TONE_ERR_LIMIT, tone_json_offset(j), "more than %d tensors", TONE_NAMES_MAX);
            goto done;
        }
        if (!room_for_one(s, &spans, &span_room, n)) {
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu tensors", s->n + 1);
            goto done;
        }
        memcpy(name, text.data, text.n + 1);
        tone_tensor *t = &s->tensors[s->n];
        *t = (tone_tensor){.name = name, .name_n = text.n};
        name += text.n + 1;
        spans[n].tensor = s->n++;
        st = read_tensor(t, &spans[n++], j, &text, err);
        if (st)
            goto done;
    }
    tone_json_end(j);
    st = j->why ? json_error(j, NULL, err) : place_tensors(s, f, spans, n, data_at, err);
    f->n_tensors = n;
done:
    free(spans);
    tone_buf_clear(&text);
    return st;
}

static tone_status read_shard(tone_safetensors *s, shard *f, tone_error *err)
{
    f->first = s->n;
    if (f->n < 8)
        return tone_fail(err, TONE_ERR_FORMAT, f->n, "a safetensors file of %zu bytes is too short for its header",
                         f->n);
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n |= (uint64_t)f->bytes[i] << (8 * i);
    if (n > HEADER_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "not a safetensors file: a header of %" PRIu64 " bytes", n);
    if (n > f->n - 8)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the header of %" PRIu64 " bytes ends past the end of the file", n);
    /* A name in the header has two quotes and a colon; here it has a terminator, and decoding never lengthens it. */
    f->names = malloc((size_t)n + 1);
    if (!f->names)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the header of %" PRIu64 " bytes", n);
    tone_json j = tone_json_start(f->bytes + 8, (size_t)n);
    return read_header(s, f, &j, 8 + n, err);
}

static tone_status index_names(tone_safetensors *s, tone_error *err)
{
    if (!tone_names_init(&s->names, s->n))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the index of %zu tensors", s->n);
    for (size_t i = 0; i < s->n; i++)
        if (!tone_names_add(&s->names, s->tensors[i].name, s->tensors[i].name_n, (uint32_t)i))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tensor '%.64s' comes twice", s->tensors[i].name);
    return TONE_OK;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Append the file to the set. */
static tone_status open_shard(tone_safetensors *s, const char *path, tone_error *err)
{
    if (s->n_shards == SHARDS_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%s: more than %d files in one set", file_name(path), SHARDS_MAX);
    shard *grown = realloc(s->shards, (s->n_shards + 1) * sizeof *grown);
    if (!grown)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
    s->shards = grown;
    shard *f = &s->shards[s->n_shards++];
    *f = (shard){.name = strdup(file_name(path))};
    if (!f->name)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
    tone_status st = tone_map_open(&f->map, path, err);
    if (st)
        return st; /* names the file already */
    f->bytes = f->map.data;
    f->n = f->map.n;
    st = read_shard(s, f, err);
    return st ? tone_fail_in(err, st, f->name) : TONE_OK;
}

/* --- the index of a sharded set --- */

/* A shard is a neighbour of the index: a plain file name, so that an index cannot point anywhere else. */
static bool plain_name(const tone_buf *name)
{
    return name->n > 0 && name->n < 256 && strlen(name->data) == name->n && !strchr(name->data, '/') &&
           strcmp(name->data, ".") != 0 && strcmp(name->data, "..") != 0;
}

static tone_status find_shard(tone_safetensors *s, size_t *number, const char *index_path, const char *name,
                              tone_error *err)
{
    for (size_t i = 0; i < s->n_shards; i++)
        if (strcmp(s->shards[i].name, name) == 0) {
            *number = i;
            return TONE_OK;
        }
    tone_buf path = {0};
    tone_buf_append(&path, index_path, (size_t)(file_name(index_path) - index_path));
    tone_buf_puts(&path, name);
    tone_status st =
        path.failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader") : open_shard(s, path.data, err);
    tone_buf_clear(&path);
    *number = s->n_shards - 1;
    return st;
}

/* What the index says, kept until all files are open and it can be compared with them. */
typedef struct listing {
    tone_buf names;     /* of tensors, each terminated */
    uint32_t *shard_of; /* for each name               */
    size_t n, room;
} listing;

static bool list(listing *l, const tone_buf *tensor, size_t shard_number)
{
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 256;
        uint32_t *grown = realloc(l->shard_of, room * sizeof *grown);
        if (!grown)
            return false;
        l->shard_of = grown;
        l->room = room;
    }
    l->shard_of[l->n++] = (uint32_t)shard_number;
    tone_buf_append(&l->names, tensor->data, tensor->n + 1);
    return !l->names.failed;
}

static tone_status read_weight_map(tone_safetensors *s, listing *l, tone_json *j, const char *path, tone_error *err)
{
    tone_status st = TONE_OK;
    tone_buf tensor = {0}, file = {0};
    tone_json_open(j, '{');
    while (!st && tone_json_next(j, '}') && tone_json_key(j, &tensor) && tone_json_string(j, &file)) {
        size_t number = 0;
        if (tensor.n == 0 || tensor.n > NAME_MAX_BYTES || strlen(tensor.data) != tensor.n)
            st = tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j), "%s: a tensor without a name of 1…%d bytes",
                           file_name(path), NAME_MAX_BYTES);
        else if (!plain_name(&file))
            st = tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(j),
                           "%s: tensor '%.64s' is in '%.64s', no plain file name", file_name(path), tensor.data,
                           file.data);
        else if (l->n == TONE_NAMES_MAX)
            st = tone_fail(err, TONE_ERR_LIMIT, tone_json_offset(j), "%s: more than %d tensors", file_name(path),
                           TONE_NAMES_MAX);
        else
            st = find_shard(s, &number, path, file.data, err);
        if (!st && !list(l, &tensor, number))
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
    }
    tone_buf_clear(&tensor);
    tone_buf_clear(&file);
    return st;
}

/* Every tensor of the map is where the map says. */
static tone_status check_listing(const tone_safetensors *s, const listing *l, const char *path, tone_error *err)
{
    const char *name = l->names.data;
    for (size_t i = 0; i < l->n; i++, name += strlen(name) + 1) {
        const shard *f = &s->shards[l->shard_of[i]];
        size_t at = tone_names_find(&s->names, name, strlen(name));
        if (at == SIZE_MAX || at < f->first || at - f->first >= f->n_tensors)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "%s: tensor '%.64s' is not in '%.64s'", file_name(path), name,
                             f->name);
    }
    return TONE_OK;
}

static tone_status open_index(tone_safetensors *s, const char *path, tone_error *err)
{
    tone_map map;
    tone_status st = tone_map_open(&map, path, err);
    if (st)
        return st;
    listing l = {0};
    tone_buf key = {0};
    bool seen = false;
    tone_json j = tone_json_start(map.data, map.n);
    if (map.n > INDEX_MAX)
        st = tone_fail(err, TONE_ERR_LIMIT, 0, "%s: an index of %zu bytes", file_name(path), map.n);
    else
        tone_json_open(&j, '{');
    while (!st && tone_json_next(&j, '}') && tone_json_key(&j, &key)) {
        if (strcmp(key.data, "weight_map") != 0) {
            tone_json_skip(&j);
        } else if (seen) {
            st = tone_fail(err, TONE_ERR_FORMAT, tone_json_offset(&j), "%s: 'weight_map' comes twice", file_name(path));
        } else {
            seen = true;
            st = read_weight_map(s, &l, &j, path, err);
        }
    }
    if (!st && !tone_json_end(&j))
        st = tone_fail(err, tone_json_status(&j), tone_json_offset(&j), "%s: byte %" PRIu64 ": %s", file_name(path),
                       tone_json_offset(&j), j.why);
    if (!st && l.n == 0)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s: no 'weight_map' with tensors", file_name(path));
    if (!st)
        st = index_names(s, err);
    if (!st)
        st = check_listing(s, &l, path, err);
    tone_buf_clear(&l.names);
    free(l.shard_of);
    tone_buf_clear(&key);
    tone_map_close(&map);
    return st;
}

/* --- opening --- */

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), m = strlen(tail);
    return n >= m && strcmp(text + n - m, tail) == 0;
}

/* A file or an index; its own names are indexed afterwards. */
static tone_status open_file(tone_safetensors *s, const char *path, tone_error *err)
{
    if (ends_with(path, ".json"))
        return open_index(s, path, err);
    tone_status st = open_shard(s, path, err);
    if (!st) {
        st = index_names(s, err);
        if (st)
            st = tone_fail_in(err, st, file_name(path));
    }
    return st;
}

static tone_status open_folder(tone_safetensors *s, const char *folder, tone_error *err)
{
    static const char *const names[] = {"model.safetensors", "model.safetensors.index.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = tone_path_join(folder, names[i]);
        if (!path)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
        bool there = tone_exists(path);
        tone_status st = there ? open_file(s, path, err) : TONE_OK;
        free(path);
        if (there)
            return st;
    }
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "%s: no %s and no %s in this folder", folder, names[0], names[1]);
}

tone_status tone_safetensors_open(tone_safetensors **out, const char *path, tone_error *err)
{
    *out = NULL;
    tone_safetensors *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
    tone_status st = tone_is_folder(path) ? open_folder(s, path, err) : open_file(s, path, err);
    if (st) {
        tone_safetensors_close(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

tone_status tone_safetensors_open_memory(tone_safetensors **out, const void *bytes, size_t n, tone_error *err)
{
    *out = NULL;
    tone_safetensors *s = calloc(1, sizeof *s);
    if (s)
        s->shards = calloc(1, sizeof *s->shards);
    if (!s || !s->shards) {
        free(s);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the reader");
    }
    s->n_shards = 1;
    s->shards[0].bytes = bytes;
    s->shards[0].n = n;
    tone_status st = read_shard(s, &s->shards[0], err);
    if (!st)
        st = index_names(s, err);
    if (st) {
        tone_safetensors_close(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

void tone_safetensors_close(tone_safetensors *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_shards; i++) {
        shard *f = &s->shards[i];
        for (size_t k = 0; k < f->n_aligned; k++)
            free(f->aligned[k]);
        free(f->aligned);
        free(f->names);
        free(f->name);
        tone_map_close(&f->map);
    }
    free(s->shards);
    free(s->tensors);
    tone_names_clear(&s->names);
    free(s);
}

size_t tone_safetensors_n(const tone_safetensors *s)
{
    return s->n;
}

const tone_tensor *tone_safetensors_at(const tone_safetensors *s, size_t i)
{
    assert(i < s->n);
    return &s->tensors[i];
}

const tone_tensor *tone_safetensors_find(const tone_safetensors *s, const char *name)
{
    size_t i = tone_names_find(&s->names, name, strlen(name));
    return i == SIZE_MAX ? NULL : &s->tensors[i];
}

uint64_t tone_safetensors_file_bytes(const tone_safetensors *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->n_shards; i++)
        n += s->shards[i].n;
    return n;
}

/* One run for all strings and digits, and blocks of nodes: a tree is a handful of allocations whatever its size.  Nodes
 * never move, since they point at each other. */
#include "format/json_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/number.h"
#include "base/utf8.h"
#include "format/json.h"

enum { BLOCK_NODES = 512 };

typedef struct block {
    struct block *older;
    uint32_t used, room;
    tone_json_value nodes[];
} block;

struct tone_json_tree {
    char *text; /* every string and number is followed by a zero byte, and was followed or closed by a byte when read */
    size_t n;
    block *newest;
    tone_json_value *root;
    uint32_t n_nodes;
};

typedef struct reader {
    tone_json_tree *tree;
    tone_json in;
    tone_buf string;
    unsigned flags, depth;
    tone_error *err;
} reader;

static tone_status no_memory(reader *r)
{
    return tone_fail(r->err, TONE_ERR_NO_MEMORY, tone_json_offset(&r->in), "no memory for a JSON text");
}

/* What the scanner found wrong. */
static tone_status bad(reader *r)
{
    unsigned long long at = tone_json_offset(&r->in);
    return tone_fail(r->err, TONE_ERR_FORMAT, at, "JSON byte %llu: %s", at, r->in.why);
}

static tone_status new_node(reader *r, tone_json_value **out)
{
    tone_json_tree *t = r->tree;
    if (t->n_nodes == TONE_JSON_MAX_NODES)
        return tone_fail(r->err, TONE_ERR_LIMIT, tone_json_offset(&r->in), "the JSON text has more than %d values",
                         TONE_JSON_MAX_NODES);
    if (!t->newest || t->newest->used == t->newest->room) {
        uint32_t room = t->newest ? BLOCK_NODES : 16;
        block *b = malloc(sizeof *b + room * sizeof *b->nodes);
        if (!b)
            return no_memory(r);
        *b = (block){.older = t->newest, .room = room};
        t->newest = b;
    }
    t->n_nodes++;
    *out = &t->newest->nodes[t->newest->used++];
    **out = (tone_json_value){0};
    return TONE_OK;
}

/* Keep bytes[0..n) and a zero byte.  There is room: no decoded string is longer than what spelled it. */
static const char *keep(tone_json_tree *t, const char *bytes, size_t n)
{
    char *at = t->text + t->n;
    memcpy(at, bytes, n);
    at[n] = 0;
    t->n += n + 1;
    return at;
}

typedef struct member {
    tone_json_value *v;
    uint32_t place;
} member;

static int by_key(const void *x, const void *y)
{
    const member *a = x, *b = y;
    if (a->v->key_n != b->v->key_n)
        return a->v->key_n < b->v->key_n ? -1 : 1;
    int order = memcmp(a->v->key, b->v->key, a->v->key_n);
    return order ? order : a->place < b->place ? -1 : 1;
}

/* Equal keys: refuse them, or let the last value win in the first one's place.  Sorting keeps a hostile object at
 * n log n, which no hash of ours would. */
static tone_status settle_duplicates(reader *r, tone_json_value *object, uint64_t start)
{
    member few[24], *all = object->count <= 24 ? few : malloc(object->count * sizeof *all);
    if (!all)
        return tone_fail(r->err, TONE_ERR_NO_MEMORY, start, "no memory for a JSON object");
    uint32_t n = 0, equal = 0;
    for (tone_json_value *v = (tone_json_value *)object->first; v; v = (tone_json_value *)v->next, n++)
        all[n] = (member){v, n};
    qsort(all, n, sizeof *all, by_key);
    tone_status st = TONE_OK;
    for (uint32_t i = 0, first = 0; i < n && !st; i++) {
        tone_json_value *a = all[first].v, *v = all[i].v;
        if (i == first || a->key_n != v->key_n || memcmp(a->key, v->key, v->key_n) != 0) {
            first = i;
        } else if (r->flags & TONE_JSON_REJECT_DUPLICATES) {
            st = tone_fail(r->err, TONE_ERR_FORMAT, start, "JSON byte %llu: the key '%.60s' is given twice",
                           (unsigned long long)start, v->key);
        } else {
            tone_json_value last = *v;
            last.key = a->key;
            last.next = a->next;
            *a = last;
            v->key = NULL; /* marks it for the sweep below */
            equal++;
        }
    }
    if (equal && !st) {
        const tone_json_value **link = &object->first;
        for (const tone_json_value *v = object->first; v; v = v->next) {
            if (!v->key)
                continue;
            *link = v;
            link = &((tone_json_value *)v)->next;
        }
        *link = NULL;
        object->count -= equal;
    }
    if (all != few)
        free(all);
    return st;
}

static tone_status read_value(reader *r, tone_json_value *v);

static tone_status read_children(reader *r, tone_json_value *v, char open)
{
    uint64_t start = tone_json_offset(&r->in);
    char close = open == '{' ? '}' : ']';
    if (++r->depth > TONE_JSON_MAX_DEPTH)
        return tone_fail(r->err, TONE_ERR_LIMIT, start, "JSON byte %llu: nested more than %d deep",
                         (unsigned long long)start, TONE_JSON_MAX_DEPTH);
    const tone_json_value **link = &v->first;
    (void)tone_json_open(&r->in, open);
    while (tone_json_next(&r->in, close)) {
        tone_json_value *child;
        tone_status st = new_node(r, &child);
        if (st)
            return st;
        if (open == '{') {
            if (!tone_json_key(&r->in, &r->string))
                return r->string.failed ? no_memory(r) : bad(r);
            child->key = keep(r->tree, r->string.data, r->string.n);
            child->key_n = (uint32_t)r->string.n;
        }
        st = read_value(r, child);
        if (st)
            return st;
        *link = child;
        link = &child->next;
        v->count++;
    }
    r->depth--;
    if (r->in.why)
        return bad(r);
    return open == '{' && v->count > 1 ? settle_duplicates(r, v, start) : TONE_OK;
}

static tone_status read_value(reader *r, tone_json_value *v)
{
    char kind = tone_json_peek(&r->in);
    const char *start = r->in.at;
    switch (kind) {
    case '"':
        if (!tone_json_string(&r->in, &r->string))
            return r->string.failed ? no_memory(r) : bad(r);
        v->kind = TONE_JSON_STRING;
        v->text = keep(r->tree, r->string.data, r->string.n);
        v->n = (uint32_t)r->string.n;
        return TONE_OK;
    case '[':
    case '{':
        v->kind = kind == '[' ? TONE_JSON_ARRAY : TONE_JSON_OBJECT;
        return read_children(r, v, kind);
    default:
        v->kind = kind == 't'   ? TONE_JSON_TRUE
                  : kind == 'f' ? TONE_JSON_FALSE
                  : kind == 'n' ? TONE_JSON_NULL
                                : TONE_JSON_NUMBER;
        if (!tone_json_skip(&r->in))
            return bad(r);
        if (kind == '0') {
            v->n = (uint32_t)(r->in.at - start);
            v->text = keep(r->tree, start, v->n);
        }
        return TONE_OK;
    }
}

tone_status tone_json_tree_read(tone_json_tree **out, const char *text, size_t n, unsigned flags, tone_error *err)
{
    *out = NULL;
    if (n > TONE_JSON_MAX_BYTES)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a JSON text of %zu bytes is too long", n);
    tone_json_tree *tree = calloc(1, sizeof *tree);
    reader r = {.tree = tree, .in = tone_json_start(text, n), .flags = flags, .err = err};
    if (tree)
        tree->text = malloc(n + 1);
    tone_status st = tree && tree->text ? new_node(&r, &tree->root) : no_memory(&r);
    if (!st)
        st = read_value(&r, tree->root);
    if (!st && !tone_json_end(&r.in))
        st = bad(&r);
    tone_buf_clear(&r.string);
    if (st) {
        tone_json_tree_free(tree);
        return st;
    }
    *out = tree;
    return TONE_OK;
}

const tone_json_value *tone_json_tree_root(const tone_json_tree *tree)
{
    return tree->root;
}

void tone_json_tree_free(tone_json_tree *tree)
{
    if (!tree)
        return;
    for (block *b = tree->newest; b;) {
        block *older = b->older;
        free(b);
        b = older;
    }
    free(tree->text);
    free(tree);
}

const tone_json_value *tone_json_get(const tone_json_value *v, const char *key)
{
    if (!v || v->kind != TONE_JSON_OBJECT)
        return NULL;
    for (const tone_json_value *m = v->first; m; m = m->next)
        if (tone_json_key_is(m, key))
            return m;
    return NULL;
}

bool tone_json_key_is(const tone_json_value *v, const char *key)
{
    return v->key && v->key_n == strlen(key) && memcmp(v->key, key, v->key_n) == 0;
}

bool tone_json_is(const tone_json_value *v, const char *text)
{
    return v && v->kind == TONE_JSON_STRING && v->n == strlen(text) && memcmp(v->text, text, v->n) == 0;
}

bool tone_json_same_text(const tone_json_value *a, const tone_json_value *b)
{
    return a && b && a->kind == TONE_JSON_STRING && b->kind == TONE_JSON_STRING && a->n == b->n &&
        memcmp(a->text, b->text, a->n) == 0;
}

double tone_json_double(const tone_json_value *v)
{
    double d = 0;
    if (v && v->kind == TONE_JSON_NUMBER && !tone_number_read(&d, v->text, v->n))
        d = 0;
    return d;
}

bool tone_json_int(const tone_json_value *v, int64_t *out)
{
    if (!v || v->kind != TONE_JSON_NUMBER)
        return false;
    bool minus = v->text[0] == '-';
    int64_t x = 0;
    for (uint32_t i = minus; i < v->n; i++) {
        if (v->text[i] < '0' || v->text[i] > '9')
            return false;
        int64_t digit = v->text[i] - '0';
        if (__builtin_mul_overflow(x, 10, &x) || __builtin_sub_overflow(x, digit, &x)) /* downwards: INT64_MIN fits */
            return false;
    }
    if (!minus && x == INT64_MIN)
        return false;
    *out = minus ? x : -x;
    return true;
}

bool tone_json_truthy(const tone_json_value *v)
{
    if (!v)
        return false;
    switch (v->kind) {
    case TONE_JSON_TRUE:
        return true;
    case TONE_JSON_NUMBER:
        return tone_json_double(v) != 0;
    case TONE_JSON_STRING:
        return v->n > 0;
    case TONE_JSON_ARRAY:
    case TONE_JSON_OBJECT:
        return v->count > 0;
    default:
        return false;
    }
}

void tone_json_write_escaped(tone_buf *b, const char *s, size_t n)
{
    size_t start = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
            continue;
        tone_buf_append(b, s + start, i - start);
        start = i + 1;
        static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
        const char *p = memchr(plain, c, sizeof plain - 1);
        if (p)
            tone_buf_append(b, (char[]){'\\', letter[p - plain]}, 2);
        else
            tone_buf_printf(b, "\\u%04x", c);
    }
    tone_buf_append(b, s + start, n - start);
}

void tone_json_write_string(tone_buf *b, const char *s, size_t n)
{
    tone_buf_putc(b, '"');
    tone_json_write_escaped(b, s, n);
    tone_buf_putc(b, '"');
}

void tone_json_write_ascii(tone_buf *b, const char *s, size_t n)
{
    tone_buf_putc(b, '"');
    for (size_t at = 0, step; at < n; at += step) {
        uint32_t c;
        step = tone_utf8_decode((const uint8_t *)s + at, n - at, &c);
        if (step == 0) {
            step = 1;
            c = 0xFFFD;
        }
        if (step == 1 && c < 0x80)
            tone_json_write_escaped(b, s + at, 1);
        else if (c < 0x10000)
            tone_buf_printf(b, "\\u%04x", c);
        else
            tone_buf_printf(b, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + (c & 0x3FF));
    }
    tone_buf_putc(b, '"');
}

void tone_json_write(tone_buf *b, const tone_json_value *v)
{
    switch (v->kind) {
    case TONE_JSON_NULL:
        tone_buf_puts(b, "null");
        break;
    case TONE_JSON_FALSE:
        tone_buf_puts(b, "false");
        break;
    case TONE_JSON_TRUE:
        tone_buf_puts(b, "true");
        break;
    case TONE_JSON_NUMBER:
        tone_buf_append(b, v->text, v->n);
        break;
    case TONE_JSON_STRING:
        tone_json_write_string(b, v->text, v->n);
        break;
    case TONE_JSON_ARRAY:
    case TONE_JSON_OBJECT: {
        bool object = v->kind == TONE_JSON_OBJECT;
        tone_buf_putc(b, object ? '{' : '[');
        for (const tone_json_value *c = v->first; c; c = c->next) {
            if (object) {
                tone_json_write_string(b, c->key, c->key_n);
                tone_buf_putc(b, ':');
            }
            tone_json_write(b, c);
            if (c->next)
                tone_buf_putc(b, ',');
        }
        tone_buf_putc(b, object ? '}' : ']');
    }
    }
}

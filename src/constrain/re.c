/* Owns the expressions: one table of nodes, interned by content.  Children of unions and intersections are sorted and
 * flat, which keeps the number of different derivatives finite and small. */
#include "constrain/re.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* COMBINED_MAX is three hundred times what the schemas of the golden tests need, and about half a second. */
enum { NODES_MAX = 1 << 19, RANGES_MAX = 1 << 20, MEMOS_MAX = 1 << 21, DEPTH_MAX = 4000, COMBINED_MAX = 1 << 24 };

typedef enum kind { K_NONE, K_EMPTY, K_SET, K_CAT, K_ALT, K_AND, K_NOT, K_REPEAT, K_EDGES } kind;

typedef struct node {
    uint8_t kind;
    bool nullable, has_end; /* has_end: TONE_SYM_END can be read somewhere in it */
    uint32_t a, b;          /* children; SET: ranges at a, b of them; ALT, AND: list at a, b of them */
    uint32_t min, max;      /* REPEAT */
    uint32_t depth;         /* of the recursion that derives it */
    uint32_t next;          /* in its bucket */
} node;

typedef struct memo {
    uint32_t re, symbol, result; /* re 0: free */
} memo;

struct tone_re_pool {
    node *nodes;
    uint32_t n_nodes, room_nodes;
    tone_range *ranges;
    uint32_t n_ranges, room_ranges;
    uint32_t *lists;
    uint32_t n_lists, room_lists;
    uint32_t *buckets; /* of nodes, a power of two */
    uint32_t n_buckets;
    memo *memos;
    uint32_t n_memos, room_memos;
    tone_re *chain; /* elements of concatenations being taken apart: a stack */
    uint32_t n_chain, room_chain;
    uint64_t n_combined; /* elements of unions and intersections put together so far: what hard patterns spend their time on */
    tone_status status;
};

static bool grow(tone_re_pool *p, void **array, uint32_t *room, uint32_t need, uint32_t limit, size_t size)
{
    if (p->status)
        return false;
    if (need <= *room)
        return true;
    if (need > limit) {
        p->status = TONE_ERR_LIMIT;
        return false;
    }
    uint32_t more = *room ? *room * 2 : 256;
    if (more < need)
        more = need;
    void *to = realloc(*array, more * size);
    if (!to) {
        p->status = TONE_ERR_NO_MEMORY;
        return false;
    }
    *array = to;
    *room = more;
    return true;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static uint64_t hash_node(const tone_re_pool *p, const node *n)
{
    uint64_t h = mix(n->kind, ((uint64_t)n->min << 32) | n->max);
    if (n->kind == K_SET) {
        for (uint32_t i = 0; i < n->b; i++)
            h = mix(mix(h, p->ranges[n->a + i].lo), p->ranges[n->a + i].hi);
    } else if (n->kind == K_ALT || n->kind == K_AND) {
        for (uint32_t i = 0; i < n->b; i++)
            h = mix(h, p->lists[n->a + i]);
    } else {
        h = mix(mix(h, n->a), n->b);
    }
    return h;
}

static bool same_node(const tone_re_pool *p, const node *x, const node *y)
{
    if (x->kind != y->kind || x->min != y->min || x->max != y->max || x->b != y->b)
        return false;
    if (x->kind == K_SET)
        return memcmp(p->ranges + x->a, p->ranges + y->a, x->b * sizeof *p->ranges) == 0;
    if (x->kind == K_ALT || x->kind == K_AND)
        return memcmp(p->lists + x->a, p->lists + y->a, x->b * sizeof *p->lists) == 0;
    return x->a == y->a;
}

static bool rehash(tone_re_pool *p)
{
    uint32_t n = p->n_buckets ? p->n_buckets * 2 : 1024;
    uint32_t *buckets = malloc(n * sizeof *buckets);
    if (!buckets) {
        p->status = TONE_ERR_NO_MEMORY;
        return false;
    }
    memset(buckets, 0xff, n * sizeof *buckets);
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        uint32_t at = (uint32_t)hash_node(p, &p->nodes[i]) & (n - 1);
        p->nodes[i].next = buckets[at];
        buckets[at] = i;
    }
    free(p->buckets);
    p->buckets = buckets;
    p->n_buckets = n;
    return true;
}

/* The number of the node equal to *n, made if need be.  A list or ranges of *n lie at the end of their pool; they
 * are given back when the node exists already. */
static tone_re intern(tone_re_pool *p, const node *n)
{
    if (p->status)
        return TONE_RE_NONE;
    if (n->depth > DEPTH_MAX)
        p->status = TONE_ERR_LIMIT;
    if (p->status || (p->n_nodes >= p->n_buckets && !rehash(p)))
        return TONE_RE_NONE;
    uint32_t at = (uint32_t)hash_node(p, n) & (p->n_buckets - 1);
    for (uint32_t i = p->buckets[at]; i != UINT32_MAX; i = p->nodes[i].next) {
        if (same_node(p, &p->nodes[i], n)) {
            if (n->kind == K_SET && n->a + n->b == p->n_ranges && p->nodes[i].a != n->a)
                p->n_ranges = n->a;
            if ((n->kind == K_ALT || n->kind == K_AND) && n->a + n->b == p->n_lists && p->nodes[i].a != n->a)
                p->n_lists = n->a;
            return i;
        }
    }
    if (!grow(p, (void **)&p->nodes, &p->room_nodes, p->n_nodes + 1, NODES_MAX, sizeof *p->nodes))
        return TONE_RE_NONE;
    p->nodes[p->n_nodes] = *n;
    p->nodes[p->n_nodes].next = p->buckets[at];
    p->buckets[at] = p->n_nodes;
    return p->n_nodes++;
}

tone_re_pool *tone_re_pool_new(void)
{
    tone_re_pool *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    /* The three constants, in the order of their names. */
    tone_re none = intern(p, &(node){.kind = K_NONE});
    tone_re empty = intern(p, &(node){.kind = K_EMPTY, .nullable = true});
    tone_re all = intern(p, &(node){.kind = K_NOT, .a = TONE_RE_NONE, .nullable = true});
    if (p->status || none != TONE_RE_NONE || empty != TONE_RE_EMPTY || all != TONE_RE_ALL) {
        tone_re_pool_free(p);
        return NULL;
    }
    return p;
}

void tone_re_pool_free(tone_re_pool *p)
{
    if (!p)
        return;
    free(p->nodes);
    free(p->ranges);
    free(p->lists);
    free(p->buckets);
    free(p->memos);
    free(p->chain);
    free(p);
}

tone_status tone_re_pool_status(const tone_re_pool *p)
{
    return p->status;
}

static int by_lo(const void *a, const void *b)
{
    const tone_range *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

tone_re tone_re_set(tone_re_pool *p, const tone_range *ranges, size_t n)
{
    if (n == 0)
        return TONE_RE_NONE;
    if (n > RANGES_MAX || !grow(p, (void **)&p->ranges, &p->room_ranges, p->n_ranges + (uint32_t)n, RANGES_MAX, sizeof *p->ranges)) {
        if (!p->status)
            p->status = TONE_ERR_LIMIT;
        return TONE_RE_NONE;
    }
    tone_range *to = p->ranges + p->n_ranges;
    memcpy(to, ranges, n * sizeof *to);
    qsort(to, n, sizeof *to, by_lo);
    uint32_t m = 0;
    bool has_end = false;
    for (size_t i = 0; i < n; i++) {
        if (to[i].lo > to[i].hi)
            continue;
        if (m && to[i].lo <= to[m - 1].hi + 1) {
            if (to[i].hi > to[m - 1].hi)
                to[m - 1].hi = to[i].hi;
        } else {
            to[m++] = to[i];
        }
    }
    if (!m)
        return TONE_RE_NONE;
    for (uint32_t i = 0; i < m; i++)
        has_end |= to[i].lo <= TONE_SYM_END && to[i].hi >= TONE_SYM_END;
    node made = {.kind = K_SET, .a = p->n_ranges, .b = m, .has_end = has_end};
    p->n_ranges += m;
    return intern(p, &made);
}

tone_re tone_re_symbol(tone_re_pool *p, uint32_t symbol)
{
    return tone_re_set(p, &(tone_range){symbol, symbol}, 1);
}

tone_re tone_re_bytes(tone_re_pool *p, const char *bytes, size_t n)
{
    tone_re r = TONE_RE_EMPTY;
    while (n-- > 0)
        r = tone_re_cat(p, tone_re_symbol(p, (uint8_t)bytes[n]), r);
    return r;
}

/* Push the elements of a concatenation (the last one too), in order; how many, 0 when memory ran out. */
static uint32_t take_apart(tone_re_pool *p, tone_re r)
{
    uint32_t n = 0;
    for (;; r = p->nodes[r].b) {
        bool last = p->nodes[r].kind != K_CAT;
        if (!grow(p, (void **)&p->chain, &p->room_chain, p->n_chain + 1, NODES_MAX * 4u, sizeof *p->chain))
            return 0;
        p->chain[p->n_chain++] = last ? r : p->nodes[r].a;
        n++;
        if (last)
            return n;
    }
}

static tone_re cat_two(tone_re_pool *p, tone_re a, tone_re b)
{
    if (p->status || a == TONE_RE_NONE || b == TONE_RE_NONE)
        return TONE_RE_NONE;
    if (a == TONE_RE_EMPTY)
        return b;
    if (b == TONE_RE_EMPTY)
        return a;
    if (a == TONE_RE_ALL && b == TONE_RE_ALL)
        return TONE_RE_ALL;
    const node *x = &p->nodes[a], *y = &p->nodes[b];
    uint32_t depth = x->nullable && y->depth > x->depth ? y->depth : x->depth;
    return intern(p, &(node){.kind = K_CAT, .a = a, .b = b, .nullable = x->nullable && y->nullable, .has_end = x->has_end || y->has_end, .depth = depth + 1});
}

tone_re tone_re_cat(tone_re_pool *p, tone_re a, tone_re b)
{
    if (p->status)
        return TONE_RE_NONE;
    if (p->nodes[a].kind != K_CAT)
        return cat_two(p, a, b);
    uint32_t n = take_apart(p, a); /* to the right: (xy)b is x(yb) */
    tone_re r = n ? b : TONE_RE_NONE;
    for (uint32_t i = 0; i < n; i++)
        r = cat_two(p, p->chain[--p->n_chain], r);
    return r;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Append r, or its children when it is of the same kind, to the list being built. */
static bool push_flat(tone_re_pool *p, kind k, tone_re r)
{
    const node *n = &p->nodes[r];
    uint32_t count = n->kind == k ? n->b : 1;
    if (!grow(p, (void **)&p->lists, &p->room_lists, p->n_lists + count, NODES_MAX * 4u, sizeof *p->lists))
        return false;
    if (n->kind == k)
        memcpy(p->lists + p->n_lists, p->lists + n->a, count * sizeof *p->lists);
    else
        p->lists[p->n_lists] = r;
    p->n_lists += count;
    return true;
}

/* All sets among list[0..n) as one: their union.  Returns the new n; the one set is at its end. */
static uint32_t join_sets(tone_re_pool *p, uint32_t at, uint32_t n)
{
    uint32_t kept = 0, count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += p->nodes[p->lists[at + i]].kind == K_SET;
    if (count < 2)
        return n;
    size_t total = 0;
    for (uint32_t i = 0; i < n; i++)
        if (p->nodes[p->lists[at + i]].kind == K_SET)
            total += p->nodes[p->lists[at + i]].b;
    tone_range *all = malloc(total * sizeof *all);
    if (!all) {
        p->status = TONE_ERR_NO_MEMORY;
        return n;
    }
    size_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        const node *x = &p->nodes[p->lists[at + i]];
        if (x->kind == K_SET) {
            memcpy(all + m, p->ranges + x->a, x->b * sizeof *all);
            m += x->b;
        } else {
            p->lists[at + kept++] = p->lists[at + i];
        }
    }
    tone_re joined = tone_re_set(p, all, m);
    free(all);
    p->lists[at + kept++] = joined;
    return kept;
}

/* The list at `at` to the end of the pool, sorted and without doubles; returns its length. */
static uint32_t sort_list(tone_re_pool *p, uint32_t at)
{
    uint32_t n = p->n_lists - at, m = 0;
    qsort(p->lists + at, n, sizeof *p->lists, by_number);
    for (uint32_t i = 0; i < n; i++)
        if (m == 0 || p->lists[at + i] != p->lists[at + m - 1])
            p->lists[at + m++] = p->lists[at + i];
    return m;
}

static tone_re combine(tone_re_pool *p, kind k, tone_re a, tone_re b)
{
    uint32_t at = p->n_lists;
    if (!push_flat(p, k, a) || !push_flat(p, k, b))
        return TONE_RE_NONE;
    p->n_combined += p->n_lists - at;
    if (p->n_combined > COMBINED_MAX) {
        p->status = TONE_ERR_LIMIT;
        return TONE_RE_NONE;
    }
    uint32_t n = sort_list(p, at);
    if (k == K_ALT) {
        n = join_sets(p, at, n);
        p->n_lists = at + n;
        n = sort_list(p, at);
    }
    bool nullable = k == K_AND, has_end = false;
    uint32_t depth = 0;
    for (uint32_t i = 0; i < n; i++) {
        const node *x = &p->nodes[p->lists[at + i]];
        depth = x->depth > depth ? x->depth : depth;
        nullable = k == K_ALT ? nullable || x->nullable : nullable && x->nullable;
        has_end |= x->has_end;
    }
    p->n_lists = at + n;
    if (n == 1) {
        tone_re only = p->lists[at];
        p->n_lists = at;
        return only;
    }
    return intern(p, &(node){.kind = (uint8_t)k, .a = at, .b = n, .nullable = nullable, .has_end = has_end, .depth = depth + 1});
}

tone_re tone_re_alt(tone_re_pool *p, tone_re a, tone_re b)
{
    if (p->status)
        return TONE_RE_NONE;
    if (a == b || b == TONE_RE_NONE)
        return a;
    if (a == TONE_RE_NONE)
        return b;
    if (a == TONE_RE_ALL || b == TONE_RE_ALL)
        return TONE_RE_ALL;
    if (a == TONE_RE_EMPTY && p->nodes[b].nullable)
        return b;
    if (b == TONE_RE_EMPTY && p->nodes[a].nullable)
        return a;
    return combine(p, K_ALT, a, b);
}

tone_re tone_re_and(tone_re_pool *p, tone_re a, tone_re b)
{
    if (p->status || a == TONE_RE_NONE || b == TONE_RE_NONE)
        return TONE_RE_NONE;
    if (a == b || b == TONE_RE_ALL)
        return a;
    if (a == TONE_RE_ALL)
        return b;
    if (a == TONE_RE_EMPTY)
        return p->nodes[b].nullable ? a : TONE_RE_NONE;
    if (b == TONE_RE_EMPTY)
        return p->nodes[a].nullable ? b : TONE_RE_NONE;
    return combine(p, K_AND, a, b);
}

tone_re tone_re_not(tone_re_pool *p, tone_re a)
{
    if (p->status)
        return TONE_RE_NONE;
    const node *n = &p->nodes[a];
    if (n->kind == K_NOT)
        return n->a;
    return intern(p, &(node){.kind = K_NOT, .a = a, .nullable = !n->nullable, .has_end = n->has_end, .depth = n->depth + 1});
}

tone_re tone_re_repeat(tone_re_pool *p, tone_re a, uint32_t min, uint32_t max)
{
    if (p->status || min > max)
        return TONE_RE_NONE;
    const node *n = &p->nodes[a];
    if (max == 0 || a == TONE_RE_EMPTY)
        return TONE_RE_EMPTY;
    if (a == TONE_RE_NONE)
        return min ? TONE_RE_NONE : TONE_RE_EMPTY;
    if (min == 1 && max == 1)
        return a;
    if (n->nullable)
        min = 0; /* an empty turn may stand for each that is missing */
    if (a == TONE_RE_ALL)
        return a;
    if (n->kind == K_REPEAT && n->min == 0 && n->max == TONE_RE_FOREVER)
        return a;
    return intern(p, &(node){.kind = K_REPEAT, .a = a, .min = min, .max = max, .nullable = min == 0, .has_end = n->has_end, .depth = n->depth + 1});
}

static tone_re before_end(tone_re_pool *p, tone_re r, bool *known);

tone_re tone_re_edges(tone_re_pool *p, tone_re a)
{
    if (p->status)
        return TONE_RE_NONE;
    if (!p->nodes[a].has_end || p->nodes[a].kind == K_EDGES || a == TONE_RE_ALL)
        return a;
    bool known = true;
    tone_re plain = before_end(p, a, &known);
    if (known)
        return plain;
    tone_re ended = a;
    for (int i = 0; i < TONE_RE_EDGES; i++)
        ended = tone_re_derive(p, ended, TONE_SYM_END);
    return intern(p, &(node){.kind = K_EDGES, .a = a, .nullable = p->nodes[ended].nullable, .depth = p->nodes[a].depth + 1});
}

/* Whether the only text of r's first symbol is TONE_SYM_END, anything behind it, or nothing but such symbols. */
static bool is_end(const tone_re_pool *p, tone_re r)
{
    const node *n = &p->nodes[r];
    return n->kind == K_SET && n->b == 1 && p->ranges[n->a].lo == TONE_SYM_END && p->ranges[n->a].hi == TONE_SYM_END;
}

/* The texts w for which w and TONE_RE_EDGES end symbols are in r, as an expression without end symbols; TONE_RE_NONE and
 * *known = false where that is not plain to see. */
static tone_re before_end(tone_re_pool *p, tone_re r, bool *known)
{
    node n = p->nodes[r];
    if (r == TONE_RE_ALL)
        return r;
    switch ((kind)n.kind) {
    case K_NONE:
    case K_EMPTY:
        return TONE_RE_NONE; /* no room for the end symbols */
    case K_SET:
        *known &= !n.has_end; /* one end symbol, where there are several */
        return TONE_RE_NONE;
    case K_CAT: {
        tone_re rest = r; /* from the first element on that could read an end symbol */
        while (p->nodes[rest].kind == K_CAT && !p->nodes[p->nodes[rest].a].has_end)
            rest = p->nodes[rest].b;
        const node *x = &p->nodes[rest];
        tone_re ended = TONE_RE_EMPTY;
        if (x->kind != K_CAT)
            ended = before_end(p, rest, known);
        else
            *known &= is_end(p, x->a) && x->b == TONE_RE_ALL;
        uint32_t count = 0, n_chain = p->n_chain, all = take_apart(p, r);
        for (tone_re at = r; at != rest && all; at = p->nodes[at].b)
            count++;
        for (uint32_t i = count; i-- > 0;)
            ended = tone_re_cat(p, p->chain[n_chain + i], ended);
        p->n_chain = n_chain;
        return all ? ended : TONE_RE_NONE;
    }
    case K_ALT:
    case K_AND: {
        tone_re sum = n.kind == K_ALT ? TONE_RE_NONE : TONE_RE_ALL;
        for (uint32_t i = 0; i < n.b && !p->status; i++) {
            tone_re one = before_end(p, p->lists[n.a + i], known);
            sum = n.kind == K_ALT ? tone_re_alt(p, sum, one) : tone_re_and(p, sum, one);
        }
        return sum;
    }
    case K_NOT:
        return tone_re_not(p, before_end(p, n.a, known));
    case K_REPEAT:
        if (is_end(p, n.a) && n.min == 0 && n.max == TONE_RE_FOREVER)
            return TONE_RE_EMPTY;
        if (!n.has_end)
            return TONE_RE_NONE;
        break;
    case K_EDGES:
        break;
    }
    *known = false;
    return TONE_RE_NONE;
}

tone_re tone_re_without(tone_re_pool *p, tone_re r, uint32_t symbol)
{
    node n = p->nodes[r];
    if (p->status || r <= TONE_RE_ALL)
        return r;
    switch ((kind)n.kind) {
    case K_SET:
        return n.b == 1 && p->ranges[n.a].lo == symbol && p->ranges[n.a].hi == symbol ? TONE_RE_NONE : r;
    case K_CAT: {
        uint32_t count = take_apart(p, r);
        tone_re sum = count ? TONE_RE_EMPTY : TONE_RE_NONE;
        for (uint32_t i = 0; i < count; i++) {
            tone_re last = p->chain[--p->n_chain];
            sum = tone_re_cat(p, tone_re_without(p, last, symbol), sum);
        }
        return sum;
    }
    case K_ALT:
    case K_AND: {
        tone_re sum = n.kind == K_ALT ? TONE_RE_NONE : TONE_RE_ALL;
        for (uint32_t i = 0; i < n.b && !p->status; i++) {
            tone_re one = tone_re_without(p, p->lists[n.a + i], symbol);
            sum = n.kind == K_ALT ? tone_re_alt(p, sum, one) : tone_re_and(p, sum, one);
        }
        return sum;
    }
    case K_NOT:
        return tone_re_not(p, tone_re_without(p, n.a, symbol));
    case K_REPEAT:
        return tone_re_repeat(p, tone_re_without(p, n.a, symbol), n.min, n.max);
    case K_EDGES:
        return tone_re_edges(p, tone_re_without(p, n.a, symbol));
    case K_NONE:
    case K_EMPTY:
        break;
    }
    return r;
}

bool tone_re_is_repeat(const tone_re_pool *p, tone_re r, tone_re *what, uint32_t *min, uint32_t *max)
{
    const node *n = &p->nodes[r];
    if (n->kind != K_REPEAT)
        return false;
    *what = n->a;
    *min = n->min;
    *max = n->max;
    return true;
}

bool tone_re_nullable(const tone_re_pool *p, tone_re r)
{
    return p->nodes[r].nullable;
}

static bool set_has(const tone_re_pool *p, const node *n, uint32_t symbol)
{
    uint32_t lo = 0, hi = n->b;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        const tone_range *r = &p->ranges[n->a + mid];
        if (symbol < r->lo)
            hi = mid;
        else if (symbol > r->hi)
            lo = mid + 1;
        else
            return true;
    }
    return false;
}

static bool memo_grow(tone_re_pool *p)
{
    uint32_t room = p->room_memos ? p->room_memos * 2 : 2048;
    if (room > MEMOS_MAX) {
        p->status = TONE_ERR_LIMIT;
        return false;
    }
    memo *memos = calloc(room, sizeof *memos);
    if (!memos) {
        p->status = TONE_ERR_NO_MEMORY;
        return false;
    }
    for (uint32_t i = 0; i < p->room_memos; i++) {
        if (!p->memos[i].re)
            continue;
        uint32_t at = (uint32_t)mix(mix(0, p->memos[i].re), p->memos[i].symbol) & (room - 1);
        while (memos[at].re)
            at = (at + 1) & (room - 1);
        memos[at] = p->memos[i];
    }
    free(p->memos);
    p->memos = memos;
    p->room_memos = room;
    return true;
}

static tone_re derive(tone_re_pool *p, tone_re r, uint32_t symbol)
{
    node n = p->nodes[r]; /* a copy: the table moves */
    switch ((kind)n.kind) {
    case K_NONE:
    case K_EMPTY:
        return TONE_RE_NONE;
    case K_SET:
        return set_has(p, &n, symbol) ? TONE_RE_EMPTY : TONE_RE_NONE;
    case K_CAT: {
        tone_re first = tone_re_cat(p, tone_re_derive(p, n.a, symbol), n.b);
        return p->nodes[n.a].nullable ? tone_re_alt(p, first, tone_re_derive(p, n.b, symbol)) : first;
    }
    case K_ALT:
    case K_AND: {
        tone_re sum = n.kind == K_ALT ? TONE_RE_NONE : TONE_RE_ALL;
        for (uint32_t i = 0; i < n.b && !p->status; i++) {
            tone_re d = tone_re_derive(p, p->lists[n.a + i], symbol);
            sum = n.kind == K_ALT ? tone_re_alt(p, sum, d) : tone_re_and(p, sum, d);
        }
        return sum;
    }
    case K_NOT:
        return tone_re_not(p, tone_re_derive(p, n.a, symbol));
    case K_REPEAT: {
        uint32_t min = n.min ? n.min - 1 : 0, max = n.max == TONE_RE_FOREVER ? n.max : n.max - 1;
        return tone_re_cat(p, tone_re_derive(p, n.a, symbol), tone_re_repeat(p, n.a, min, max));
    }
    case K_EDGES:
        return tone_re_edges(p, tone_re_derive(p, n.a, symbol));
    }
    return TONE_RE_NONE;
}

tone_re tone_re_derive(tone_re_pool *p, tone_re r, uint32_t symbol)
{
    if (p->status || r == TONE_RE_NONE || r == TONE_RE_EMPTY)
        return TONE_RE_NONE;
    if (r == TONE_RE_ALL)
        return r;
    if (p->nodes[r].kind == K_SET)
        return derive(p, r, symbol);
    if (p->n_memos * 2 >= p->room_memos && !memo_grow(p))
        return TONE_RE_NONE;
    uint32_t at = (uint32_t)mix(mix(0, r), symbol) & (p->room_memos - 1);
    for (; p->memos[at].re; at = (at + 1) & (p->room_memos - 1))
        if (p->memos[at].re == r && p->memos[at].symbol == symbol)
            return p->memos[at].result;
    tone_re result = derive(p, r, symbol);
    if (p->status)
        return TONE_RE_NONE;
    if (p->n_memos * 2 >= p->room_memos && !memo_grow(p))
        return TONE_RE_NONE;
    at = (uint32_t)mix(mix(0, r), symbol) & (p->room_memos - 1); /* deriving the parts may have moved things */
    while (p->memos[at].re)
        at = (at + 1) & (p->room_memos - 1);
    p->memos[at] = (memo){r, symbol, result};
    p->n_memos++;
    return result;
}

bool tone_re_matches(tone_re_pool *p, tone_re r, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r = tone_re_derive(p, r, (uint8_t)bytes[i]);
    return tone_re_nullable(p, r) && !p->status;
}

size_t tone_re_cuts(tone_re_pool *p, tone_re r, uint32_t *cuts, size_t room)
{
    uint8_t *seen = calloc(p->n_nodes, 1);
    uint32_t *todo = malloc(p->n_nodes * sizeof *todo);
    size_t n = 0, n_todo = 0;
    if (!seen || !todo) {
        p->status = TONE_ERR_NO_MEMORY;
        goto done;
    }
    cuts[n++] = 0;
    todo[n_todo++] = r;
    seen[r] = 1;
    while (n_todo) {
        const node *x = &p->nodes[todo[--n_todo]];
        const uint32_t pair[2] = {x->a, x->b};
        const uint32_t *children = pair;
        uint32_t count = 0;
        switch ((kind)x->kind) {
        case K_SET:
            for (uint32_t i = 0; i < x->b && n; i++) {
                const uint32_t edges[2] = {p->ranges[x->a + i].lo, p->ranges[x->a + i].hi + 1};
                for (int k = 0; k < 2 && n; k++) {
                    size_t at = n;
                    while (at > 0 && cuts[at - 1] > edges[k])
                        at--;
                    if (at > 0 && cuts[at - 1] == edges[k])
                        continue;
                    if (n == room) {
                        n = 0; /* too many */
                        break;
                    }
                    memmove(cuts + at + 1, cuts + at, (n - at) * sizeof *cuts);
                    cuts[at] = edges[k];
                    n++;
                }
            }
            break;
        case K_CAT:
            count = 2;
            break;
        case K_NOT:
        case K_REPEAT:
        case K_EDGES:
            count = 1;
            break;
        case K_ALT:
        case K_AND:
            children = p->lists + x->a;
            count = x->b;
            break;
        case K_NONE:
        case K_EMPTY:
            break;
        }
        if (!n)
            break;
        for (uint32_t i = 0; i < count; i++) {
            if (!seen[children[i]]) {
                seen[children[i]] = 1;
                todo[n_todo++] = children[i];
            }
        }
    }
done:
    free(seen);
    free(todo);
    return n;
}

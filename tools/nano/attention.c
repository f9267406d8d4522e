/* attention.c - causal attention of packed dialogues and its gradient; fused.py compiles and binds it.
 *
 * A row of `time` tokens holds dialogues one after another, told apart by `segment`; a token sees itself and the earlier
 * ones of its own, at most `window` of them.  Work is done inside the dialogues only, a block of queries at a time with
 * the heads stacked, since all of them read the same keys: bfloat16 outside, float within.
 *
 *   q (batch, heads, time, n)   k, v (batch, time, n)   out (batch, time, heads, n)   norm (batch, heads, time) */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint16_t half;
typedef float vec __attribute__((vector_size(64), aligned(64)));

enum { LANES = 16, BLOCK = 16, TALL = 8 };

static inline float wide(half h) {
    uint32_t u = (uint32_t)h << 16;
    float f;
    memcpy(&f, &u, 4);
    return f;
}

static inline half narrow(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    return (half)((u + 0x7FFF + (u >> 16 & 1)) >> 16);
}

static inline void widen(float *out, const half *in, int n) {
    for (int i = 0; i < n; i++) out[i] = wide(in[i]);
}

static inline void shorten(half *out, const float *in, int n) {
    for (int i = 0; i < n; i++) out[i] = narrow(in[i]);
}

static inline long up(long n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

/* A matrix read by element: x[i * row + k * col]. */
typedef struct {
    const float *x;
    long row, col;
} Left;

/* TALL rows by `vectors` vectors of c (+)= a b. */
static inline __attribute__((always_inline)) void tile(float *c, long c_row, Left a, const float *b, long b_row, long depth, int vectors, int add) {
    vec sum[TALL][4];
    for (int i = 0; i < TALL; i++)
        for (int j = 0; j < vectors; j++) sum[i][j] = add ? *(const vec *)(c + i * c_row + j * LANES) : (vec){0};
    for (long k = 0; k < depth; k++) {
        const vec *right = (const vec *)(b + k * b_row);
        for (int i = 0; i < TALL; i++)
            for (int j = 0; j < vectors; j++) sum[i][j] += a.x[i * a.row + k * a.col] * right[j];
    }
    for (int i = 0; i < TALL; i++)
        for (int j = 0; j < vectors; j++) *(vec *)(c + i * c_row + j * LANES) = sum[i][j];
}

/* c (rows, columns) = a b, or += a b: rows a multiple of TALL, columns of LANES; c and b aligned. */
static void multiply(float *c, long c_row, long rows, long columns, Left a, const float *b, long b_row, long depth, int add) {
    for (long j = 0; j < columns;) {
        int vectors = columns - j >= 2 * LANES ? 2 : 1;
        for (long i = 0; i < rows; i += TALL) {
            Left part = {a.x + i * a.row, a.row, a.col};
            if (vectors == 2)
                tile(c + i * c_row + j, c_row, part, b + j, b_row, depth, 2, add);
            else
                tile(c + i * c_row + j, c_row, part, b + j, b_row, depth, 1, add);
        }
        j += vectors * LANES;
    }
}

/* One dialogue's keys or values: `length` rows, filled up with zeros to `padded`; and the same on its side. */
static void spread(float *rows, float *side, const half *x, long length, long padded, int n) {
    for (long t = 0; t < length; t++) widen(rows + t * n, x + t * n, n);
    memset(rows + length * n, 0, (size_t)((padded - length) * n) * sizeof *rows);
    if (!side) return;
    for (long t = 0; t < padded; t += LANES)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < LANES; j++) side[i * padded + t + j] = rows[(t + j) * n + i];
}

/* A block of queries of one dialogue: tokens first to first + count of it, and the keys [from, to) that they see. */
typedef struct {
    long first, count, from, to;
} Block;

static Block block_of(long first, long length, long window) {
    long from = first - window + 1;
    Block b = {first, length - first < BLOCK ? length - first : BLOCK, from > 0 ? from / BLOCK * BLOCK : 0, first + BLOCK};
    return b;
}

static long end_of(const int64_t *segment, long at, long time) {
    long end = at + 1;
    while (end < time && segment[end] == segment[at]) end++;
    return end;
}

/* Everything that one call works in. */
typedef struct {
    int heads, n;
    long time, window;
    float *k, *v, *k_side, *v_side, *dk, *dv;  // of a dialogue: (padded, n), on their sides (n, padded)
    float *q, *o, *d;                          // of a block: (heads * BLOCK, n)
    float *s, *ds;                             // of a block: (heads * BLOCK, keys)
} Room;

static int room_open(Room *r, float **memory, long time, int heads, int n, long window) {
    long whole = up(time), rows = (long)heads * BLOCK, dialogue = whole * n, block = rows * n, scores = rows * whole;
    float *at = aligned_alloc(64, (size_t)(6 * dialogue + 3 * block + 2 * scores) * sizeof *at);
    if (!at) return 0;
    *memory = at;
    *r = (Room){.heads = heads, .n = n, .time = time, .window = window};
    float **parts[] = {&r->k, &r->v, &r->k_side, &r->v_side, &r->dk, &r->dv, &r->q, &r->o, &r->d, &r->s, &r->ds};
    for (int i = 0; i < 11; i++) {
        *parts[i] = at;
        at += i < 6 ? dialogue : i < 9 ? block : scores;
    }
    return 1;
}

/* The rows of x that belong to block b, of all heads; zeros after the last.  Element (h, t) of x is at h * head + t * step. */
static void gather(float *out, const half *x, long head, long step, const Room *r, Block b) {
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < BLOCK; t++) {
            float *row = out + (h * BLOCK + t) * r->n;
            if (t < b.count)
                widen(row, x + h * head + (b.first + t) * step, r->n);
            else
                memset(row, 0, (size_t)r->n * sizeof *row);
        }
}

static void scatter(half *x, long head, long step, const float *in, const Room *r, Block b) {
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < b.count; t++) shorten(x + h * head + (b.first + t) * step, in + (h * BLOCK + t) * r->n, r->n);
}

/* Keys that token `at` sees, counted from b.from: [*low, *high). */
static inline void seen(const Room *r, Block b, long at, int *low, int *high) {
    long first = at - r->window + 1 - b.from;
    *low = first > 0 ? (int)first : 0;
    *high = (int)(at + 1 - b.from);
}

/* Scores to weights; norm gets the logarithm of each row's sum. */
static void soften(float *s, float *norm, const Room *r, Block b) {
    int keys = (int)(b.to - b.from), low, high;
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < BLOCK; t++) {
            float *row = s + (h * BLOCK + t) * keys, top = -1e30f, sum = 0;
            seen(r, b, b.first + t, &low, &high);
            for (int j = 0; j < keys; j++) row[j] = j >= low && j < high ? row[j] : -1e30f;
            for (int j = 0; j < keys; j++) top = row[j] > top ? row[j] : top;
            for (int j = 0; j < keys; j++) row[j] = expf(row[j] - top);
            for (int j = 0; j < keys; j++) row[j] = j >= low && j < high ? row[j] : 0;
            for (int j = 0; j < keys; j++) sum += row[j];
            for (int j = 0; j < keys; j++) row[j] *= 1 / sum;
            if (t < b.count) norm[h * r->time + b.first + t] = top + logf(sum);
        }
}

/* The same weights again from their norms; and the scores' gradient from that of the weights, ds. */
static void soften_back(float *s, float *ds, const float *norm, const Room *r, Block b) {
    int keys = (int)(b.to - b.from), low, high;
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < BLOCK; t++) {
            long at = h * BLOCK + t;
            float *row = s + at * keys, *slope = ds + at * keys, dot = 0;
            if (t >= b.count) {
                memset(row, 0, (size_t)keys * sizeof *row);
                memset(slope, 0, (size_t)keys * sizeof *slope);
                continue;
            }
            float log_sum = norm[h * r->time + b.first + t];
            seen(r, b, b.first + t, &low, &high);
            for (int j = 0; j < keys; j++) row[j] = j >= low && j < high ? row[j] - log_sum : -80;
            for (int j = 0; j < keys; j++) row[j] = expf(row[j]);
            for (int j = 0; j < keys; j++) row[j] = j >= low && j < high ? row[j] : 0;
            for (int j = 0; j < keys; j++) dot += row[j] * slope[j];
            for (int j = 0; j < keys; j++) slope[j] = row[j] * (slope[j] - dot);
        }
}

/* Returns 0 when there is no memory. */
int attention(half *out, float *norm, const half *q, const half *k, const half *v, const int64_t *segment, long batch, long time, int heads, int n, long window) {
    Room r;
    float *memory;
    if (!room_open(&r, &memory, time, heads, n, window)) return 0;
    long rows = (long)heads * BLOCK, head = time * n, step = (long)heads * n;
    for (long b = 0; b < batch; b++)
        for (long at = 0, end; at < time; at = end) {
            end = end_of(segment + b * time, at, time);
            long length = end - at, padded = up(length), first_q = (b * heads * time + at) * n, first_k = (b * time + at) * n;
            spread(r.k, r.k_side, k + first_k, length, padded, n);
            spread(r.v, NULL, v + first_k, length, padded, n);
            for (long t = 0; t < length; t += BLOCK) {
                Block c = block_of(t, length, window);
                long keys = c.to - c.from;
                gather(r.q, q + first_q, head, n, &r, c);
                multiply(r.s, keys, rows, keys, (Left){r.q, n, 1}, r.k_side + c.from, padded, n, 0);
                soften(r.s, norm + b * heads * time + at, &r, c);
                multiply(r.o, n, rows, n, (Left){r.s, keys, 1}, r.v + c.from * n, n, keys, 0);
                scatter(out + (b * time + at) * step, n, step, r.o, &r, c);
            }
        }
    free(memory);
    return 1;
}

int attention_back(half *dq, half *dk, half *dv, const half *dout, const float *norm, const half *q, const half *k, const half *v, const int64_t *segment, long batch, long time, int heads, int n, long window) {
    Room r;
    float *memory;
    if (!room_open(&r, &memory, time, heads, n, window)) return 0;
    long rows = (long)heads * BLOCK, head = time * n, step = (long)heads * n;
    for (long b = 0; b < batch; b++)
        for (long at = 0, end; at < time; at = end) {
            end = end_of(segment + b * time, at, time);
            long length = end - at, padded = up(length), first_q = (b * heads * time + at) * n, first_k = (b * time + at) * n;
            spread(r.k, r.k_side, k + first_k, length, padded, n);
            spread(r.v, r.v_side, v + first_k, length, padded, n);
            memset(r.dk, 0, (size_t)(padded * n) * sizeof *r.dk);
            memset(r.dv, 0, (size_t)(padded * n) * sizeof *r.dv);
            for (long t = 0; t < length; t += BLOCK) {
                Block c = block_of(t, length, window);
                long keys = c.to - c.from, from = c.from * n;
                gather(r.q, q + first_q, head, n, &r, c);
                gather(r.d, dout + (b * time + at) * step, n, step, &r, c);
                multiply(r.s, keys, rows, keys, (Left){r.q, n, 1}, r.k_side + c.from, padded, n, 0);
                multiply(r.ds, keys, rows, keys, (Left){r.d, n, 1}, r.v_side + c.from, padded, n, 0);
                soften_back(r.s, r.ds, norm + b * heads * time + at, &r, c);
                multiply(r.dv + from, n, keys, n, (Left){r.s, 1, keys}, r.d, n, rows, 1);
                multiply(r.dk + from, n, keys, n, (Left){r.ds, 1, keys}, r.q, n, rows, 1);
                multiply(r.o, n, rows, n, (Left){r.ds, keys, 1}, r.k + from, n, keys, 0);
                scatter(dq + first_q, head, n, r.o, &r, c);
            }
            shorten(dk + first_k, r.dk, (int)(length * n));
            shorten(dv + first_k, r.dv, (int)(length * n));
        }
    free(memory);
    return 1;
}

/* attention.c - causal attention of packed dialogues and its gradient; fused.py compiles and binds it.
 *
 * A row of `time` tokens holds dialogues one after another, told apart by `segment`; a token sees itself and the earlier
 * ones of its own, at most `window` of them.  Work is done inside the dialogues only, a block of queries at a time with
 * the heads stacked, since all of them read the same keys: products of bfloat16 summed in float, by AMX where there is.
 *
 *   q (batch, heads, time, n)   k, v (batch, time, n)   out (batch, time, heads, n)   norm (batch, heads, time) */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __AMX_BF16__
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "half.h"

typedef uint32_t __attribute__((may_alias)) word;  // two halves, the first one low

enum { BLOCK = 32 };

static inline void shorten(half *out, const float *in, long n) {
    for (long i = 0; i < n; i++) out[i] = narrow(in[i]);
}

static inline long up(long n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }

/* multiply(): c (rows, columns) = a b, or += a b, all three sizes multiples of 32.  a (rows, depth) halves; b holds words
 * (depth / 2, columns) of the elements of two rows.  Strides in elements. */
#ifdef __AMX_BF16__
static int tiles_open(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    static const struct {
        uint8_t palette, start, unused[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
    if (syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)) return 0;
    _tile_loadconfig(&shape);
    return 1;
}

static void tiles_close(void) { _tile_release(); }

static void multiply(float *c, long c_row, long rows, long columns, const half *a, long a_row, const word *b, long b_row, long depth, int add) {
    __asm__ volatile("" ::: "memory");  // the compiler does not know what tiles read and write
    for (long j = 0; j < columns; j += 32)
        for (long i = 0; i < rows; i += 32) {
            float *out = c + i * c_row + j;
            if (add) {
                _tile_loadd(0, out, c_row * 4);
                _tile_loadd(1, out + 16, c_row * 4);
                _tile_loadd(2, out + 16 * c_row, c_row * 4);
                _tile_loadd(3, out + 16 * c_row + 16, c_row * 4);
            } else {
                _tile_zero(0);
                _tile_zero(1);
                _tile_zero(2);
                _tile_zero(3);
            }
            for (long k = 0; k < depth; k += 32) {
                _tile_loadd(4, a + i * a_row + k, a_row * 2);
                _tile_loadd(6, b + k / 2 * b_row + j, b_row * 4);
                _tile_loadd(7, b + k / 2 * b_row + j + 16, b_row * 4);
                _tile_dpbf16ps(0, 4, 6);
                _tile_dpbf16ps(1, 4, 7);
                _tile_loadd(5, a + (i + 16) * a_row + k, a_row * 2);
                _tile_dpbf16ps(2, 5, 6);
                _tile_dpbf16ps(3, 5, 7);
            }
            _tile_stored(0, out, c_row * 4);
            _tile_stored(1, out + 16, c_row * 4);
            _tile_stored(2, out + 16 * c_row, c_row * 4);
            _tile_stored(3, out + 16 * c_row + 16, c_row * 4);
        }
    __asm__ volatile("" ::: "memory");
}
#else
static int tiles_open(void) { return 1; }

static void tiles_close(void) {}

static void multiply(float *c, long c_row, long rows, long columns, const half *a, long a_row, const word *b, long b_row, long depth, int add) {
    for (long i = 0; i < rows; i++) {
        float *out = c + i * c_row;
        if (!add) memset(out, 0, (size_t)columns * sizeof *out);
        for (long k = 0; k < depth; k += 2) {
            float low = wide(a[i * a_row + k]), high = wide(a[i * a_row + k + 1]);
            const word *two = b + k / 2 * b_row;
            for (long j = 0; j < columns; j++) out[j] += low * wide((half)two[j]) + high * wide((half)(two[j] >> 16));
        }
    }
}
#endif

/* out (columns, rows) from in (rows, columns). */
static void transpose(word *restrict out, const word *restrict in, long rows, long columns) {
    for (long i = 0; i < rows; i += 16)
        for (long j = 0; j < columns; j++)
            for (long k = 0; k < 16; k++) out[j * rows + i + k] = in[(i + k) * columns + j];
}

/* Words (rows / 2, n) of the elements of rows 0 and 1, 2 and 3 ... of x (rows, n). */
static void pair(word *restrict out, const half *restrict x, long rows, long n) {
    for (long i = 0; i < rows; i += 2)
        for (long j = 0; j < n; j++) out[i / 2 * n + j] = x[i * n + j] | (word)x[(i + 1) * n + j] << 16;
}

/* The same of floats. */
static void pair_short(word *restrict out, const float *restrict x, long rows, long n) {
    for (long i = 0; i < rows; i += 2)
        for (long j = 0; j < n; j++) out[i / 2 * n + j] = narrow(x[i * n + j]) | (word)narrow(x[(i + 1) * n + j]) << 16;
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
    long time, window, rows;            // rows: heads * BLOCK
    half *copy;                         // of a dialogue: (padded, n)
    word *k_side, *v_side;              // (n / 2, padded)
    word *k_pairs, *v_pairs;            // (padded / 2, n)
    float *dk, *dv;                     // (n, padded)
    half *q, *d;                        // of a block: (rows, n)
    half *q_side, *d_side;              // (n, rows)
    word *pairs;                        // (rows / 2, n)
    float *o;                           // (rows, n)
    float *s, *ds;                      // (rows, keys)
    half *short_s;                      // the same
    word *s_pairs, *ds_pairs;           // (rows / 2, keys)
    void *memory;
} Room;

static int room_open(Room *r, long time, int heads, int n, long window) {
    long rows = (long)heads * BLOCK, whole = up(time), dialogue = whole * n, block = rows * n, scores = rows * whole;
    uint32_t *at = aligned_alloc(64, (size_t)(dialogue / 2 * 9 + block / 2 * 7 + scores / 2 * 7) * sizeof *at);
    *r = (Room){.heads = heads, .n = n, .time = time, .window = window, .rows = rows, .memory = at};
    if (!at) return 0;
    struct {
        void *part;
        long words;
    } parts[] = {
        {&r->copy, dialogue / 2}, {&r->k_side, dialogue / 2}, {&r->v_side, dialogue / 2}, {&r->k_pairs, dialogue / 2},
        {&r->v_pairs, dialogue / 2}, {&r->dk, dialogue}, {&r->dv, dialogue}, {&r->q, block / 2}, {&r->d, block / 2},
        {&r->q_side, block / 2}, {&r->d_side, block / 2}, {&r->pairs, block / 2}, {&r->o, block}, {&r->s, scores},
        {&r->ds, scores}, {&r->short_s, scores / 2}, {&r->s_pairs, scores / 2}, {&r->ds_pairs, scores / 2}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        memcpy(parts[i].part, &at, sizeof at);
        at += parts[i].words;
    }
    if (tiles_open()) return 1;
    free(r->memory);
    return 0;
}

static void room_close(Room *r) {
    tiles_close();
    free(r->memory);
}

/* One dialogue's keys or values, filled up with zeros, on their side and in pairs, either only when asked for. */
static void spread(word *side, word *pairs, const half *x, long length, long padded, const Room *r) {
    memcpy(r->copy, x, (size_t)(length * r->n) * sizeof *x);
    memset(r->copy + length * r->n, 0, (size_t)((padded - length) * r->n) * sizeof *x);
    if (side) transpose(side, (const word *)r->copy, padded, r->n / 2);
    if (pairs) pair(pairs, r->copy, padded, r->n);
}

/* One dialogue's gradient from its sums, which lie on their side. */
static void collect(half *out, const float *side, long length, long padded, int n) {
    for (long t = 0; t < length; t++)
        for (int i = 0; i < n; i++) out[t * n + i] = narrow(side[i * padded + t]);
}

/* The rows of x that belong to block b, of all heads; zeros after the last.  Element (h, t) of x is at h * head + t * step. */
static void gather(half *out, const half *x, long head, long step, const Room *r, Block b) {
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < BLOCK; t++) {
            half *row = out + (h * BLOCK + t) * r->n;
            if (t < b.count)
                memcpy(row, x + h * head + (b.first + t) * step, (size_t)r->n * sizeof *row);
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

/* Scores to weights, in short_s; norm gets the logarithm of each row's sum. */
static void soften(float *norm, const Room *r, Block b) {
    int keys = (int)(b.to - b.from), low, high;
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < BLOCK; t++) {
            float *row = r->s + (h * BLOCK + t) * keys, top = -1e30f, sum = 0;
            half *out = r->short_s + (h * BLOCK + t) * keys;
            seen(r, b, b.first + t, &low, &high);
            for (int j = 0; j < keys; j++) row[j] = j >= low && j < high ? row[j] : -1e30f;
            for (int j = 0; j < keys; j++) top = row[j] > top ? row[j] : top;
            for (int j = 0; j < keys; j++) row[j] = quick_exp(row[j] - top);
            for (int j = 0; j < keys; j++) sum += row[j];
            for (int j = 0; j < keys; j++) out[j] = narrow(row[j] * (1 / sum));
            if (t < b.count) norm[h * r->time + b.first + t] = top + logf(sum);
        }
}

/* The same weights again, in s, from their norms; and in ds the scores' gradient from that of the weights. */
static void soften_back(const float *norm, const Room *r, Block b) {
    int keys = (int)(b.to - b.from), low, high;
    for (int h = 0; h < r->heads; h++)
        for (long t = 0; t < BLOCK; t++) {
            float *row = r->s + (h * BLOCK + t) * keys, *slope = r->ds + (h * BLOCK + t) * keys, dot = 0;
            if (t >= b.count) {
                memset(row, 0, (size_t)keys * sizeof *row);
                memset(slope, 0, (size_t)keys * sizeof *slope);
                continue;
            }
            float log_sum = norm[h * r->time + b.first + t];
            seen(r, b, b.first + t, &low, &high);
            for (int j = 0; j < keys; j++) row[j] = j >= low && j < high ? row[j] - log_sum : -1e30f;
            for (int j = 0; j < keys; j++) row[j] = quick_exp(row[j]);
            for (int j = 0; j < keys; j++) dot += row[j] * slope[j];
            for (int j = 0; j < keys; j++) slope[j] = row[j] * (slope[j] - dot);
        }
}

/* Returns 0 when there is no memory, or the system does not lend its tiles. */
int attention(half *out, float *norm, const half *q, const half *k, const half *v, const int64_t *segment, long batch, long time, int heads, int n, long window) {
    Room r;
    if (!room_open(&r, time, heads, n, window)) return 0;
    long head = time * n, step = (long)heads * n;
    for (long b = 0; b < batch; b++)
        for (long at = 0, end; at < time; at = end) {
            end = end_of(segment + b * time, at, time);
            long length = end - at, padded = up(length), first_q = (b * heads * time + at) * n, first_k = (b * time + at) * n;
            spread(r.k_side, NULL, k + first_k, length, padded, &r);
            spread(NULL, r.v_pairs, v + first_k, length, padded, &r);
            for (long t = 0; t < length; t += BLOCK) {
                Block c = block_of(t, length, window);
                long keys = c.to - c.from;
                gather(r.q, q + first_q, head, n, &r, c);
                multiply(r.s, keys, r.rows, keys, r.q, n, r.k_side + c.from, padded, n, 0);
                soften(norm + b * heads * time + at, &r, c);
                multiply(r.o, n, r.rows, n, r.short_s, keys, r.v_pairs + c.from / 2 * n, n, keys, 0);
                scatter(out + (b * time + at) * step, n, step, r.o, &r, c);
            }
        }
    room_close(&r);
    return 1;
}

int attention_back(half *dq, half *dk, half *dv, const half *dout, const float *norm, const half *q, const half *k, const half *v, const int64_t *segment, long batch, long time, int heads, int n, long window) {
    Room r;
    if (!room_open(&r, time, heads, n, window)) return 0;
    long rows = r.rows, head = time * n, step = (long)heads * n;
    for (long b = 0; b < batch; b++)
        for (long at = 0, end; at < time; at = end) {
            end = end_of(segment + b * time, at, time);
            long length = end - at, padded = up(length), first_q = (b * heads * time + at) * n, first_k = (b * time + at) * n;
            spread(r.k_side, r.k_pairs, k + first_k, length, padded, &r);
            spread(r.v_side, NULL, v + first_k, length, padded, &r);
            memset(r.dk, 0, (size_t)(padded * n) * sizeof *r.dk);
            memset(r.dv, 0, (size_t)(padded * n) * sizeof *r.dv);
            for (long t = 0; t < length; t += BLOCK) {
                Block c = block_of(t, length, window);
                long keys = c.to - c.from;
                gather(r.q, q + first_q, head, n, &r, c);
                gather(r.d, dout + (b * time + at) * step, n, step, &r, c);
                pair(r.pairs, r.q, rows, n);
                transpose((word *)r.q_side, r.pairs, rows / 2, n);
                pair(r.pairs, r.d, rows, n);
                transpose((word *)r.d_side, r.pairs, rows / 2, n);

                multiply(r.s, keys, rows, keys, r.q, n, r.k_side + c.from, padded, n, 0);
                multiply(r.ds, keys, rows, keys, r.d, n, r.v_side + c.from, padded, n, 0);
                soften_back(norm + b * heads * time + at, &r, c);
                pair_short(r.s_pairs, r.s, rows, keys);
                pair_short(r.ds_pairs, r.ds, rows, keys);
                shorten(r.short_s, r.ds, rows * keys);
                multiply(r.dv + c.from, padded, n, keys, r.d_side, rows, r.s_pairs, keys, rows, 1);
                multiply(r.dk + c.from, padded, n, keys, r.q_side, rows, r.ds_pairs, keys, rows, 1);
                multiply(r.o, n, rows, n, r.short_s, keys, r.k_pairs + c.from / 2 * n, n, keys, 0);
                scatter(dq + first_q, head, n, r.o, &r, c);
            }
            collect(dk + first_k, r.dk, length, padded, n);
            collect(dv + first_k, r.dv, length, padded, n);
        }
    room_close(&r);
    return 1;
}

/* Attention over a ring against double; windows, groups of heads, cache types, splits, keys made from values. */
#include "common.h"

struct shape {
    uint32_t n_heads, n_kv, hd, n_rows;
    int64_t window; /* 0: all */
    int64_t prompt; /* positions written before the tokens asked for */
    size_t n;       /* tokens asked for */
    int64_t ahead;  /* how far a token may look ahead inside the batch */
};

static double dot(const double *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * (double)b[i];
    return sum;
}

/* k and v (positions, n_kv * hd) as written; want (n, n_heads * hd). */
static void attend(double *want, const struct shape *s, const float *q, const float *k, const float *v,
                   const int64_t *first, const int64_t *last, double scale)
{
    size_t hd = s->hd, width = (size_t)s->n_kv * hd, group = s->n_heads / s->n_kv;
    double *weight = malloc((size_t)(s->prompt + (int64_t)s->n) * sizeof *weight), *row = malloc(hd * sizeof *row);
    for (size_t t = 0; t < s->n; t++)
        for (size_t h = 0; h < s->n_heads; h++) {
            double max = -INFINITY, total = 0, *out = want + (t * s->n_heads + h) * hd;
            for (size_t i = 0; i < hd; i++)
                row[i] = scale * (double)q[(t * s->n_heads + h) * hd + i];
            for (int64_t p = first[t]; p <= last[t]; p++) {
                weight[p] = dot(row, k + (size_t)p * width + h / group * hd, hd);
                max = fmax(max, weight[p]);
            }
            memset(out, 0, hd * sizeof *out);
            for (int64_t p = first[t]; p <= last[t]; p++) {
                double e = exp(weight[p] - max);
                total += e;
                for (size_t i = 0; i < hd; i++)
                    out[i] += e * (double)v[(size_t)p * width + h / group * hd + i];
            }
            for (size_t i = 0; i < hd; i++)
                out[i] /= total;
        }
    free(weight);
    free(row);
}

static tone_kv new_kv(const struct shape *s, tone_kv_type type)
{
    tone_kv kv = {.type = type, .n_rows = s->n_rows, .n_kv = s->n_kv, .hd = s->hd};
    kv.row_bytes = tone_kv_row_bytes(type, s->n_kv, s->hd);
    kv.k = calloc(s->n_rows, kv.row_bytes);
    kv.v = calloc(s->n_rows, kv.row_bytes);
    return kv;
}

static void test_shape(const struct shape *s, tone_kv_type type, double limit, tone_random *r)
{
    tone_ops *ops = open_ops(2, TONE_EXACT), *one = open_ops(1, TONE_EXACT);
    tone_error err;
    int64_t positions = s->prompt + (int64_t)s->n;
    CHECK(tone_ops_reserve(ops, s->n, s->hd, s->hd, &err) == TONE_OK);
    CHECK(tone_attention_reserve(ops, s->n_heads, s->hd, (uint64_t)positions, &err) == TONE_OK);
    CHECK(tone_attention_reserve(one, s->n_heads, s->hd, (uint64_t)positions, &err) == TONE_OK);
    size_t width = (size_t)s->n_kv * s->hd, q_width = (size_t)s->n_heads * s->hd;
    float *k = new_floats(r, (size_t)positions * width), *v = new_floats(r, (size_t)positions * width);
    float *q = new_floats(r, s->n * q_width), *out = new_floats(NULL, s->n * q_width), *again = new_floats(NULL, s->n * q_width);
    double *want = malloc(s->n * q_width * sizeof *want);
    int64_t *first = malloc(s->n * sizeof *first), *last = malloc(s->n * sizeof *last);
    for (size_t t = 0; t < s->n; t++) {
        int64_t p = s->prompt + (int64_t)t;
        first[t] = s->window && p - s->window + 1 > 0 ? p - s->window + 1 : 0;
        last[t] = p + s->ahead < positions ? p + s->ahead : positions - 1;
    }
    tone_kv kv = new_kv(s, type);
    for (int64_t p = 0; p < positions;) { /* in batches that the ring can hold */
        int64_t n = positions - p < s->n_rows / 2 + 1 ? positions - p : s->n_rows / 2 + 1;
        tone_kv_write(ops, &kv, k + (size_t)p * width, v + (size_t)p * width, width, p, (size_t)n);
        p += n;
    }
    attend(want, s, q, k, v, first, last, 0.25);
    tone_attention(ops, out, q_width, q, q_width, s->n_heads, &kv, first, last, 0.25f, s->n);
    double distance = nmse(out, want, s->n * q_width);
    CHECK_CASE(distance <= limit, "%u/%u heads of %u, %zu tokens after %lld, type %d: NMSE %.3g", s->n_heads, s->n_kv,
               s->hd, s->n, (long long)s->prompt, (int)type, distance);

    tone_attention(one, again, q_width, q, q_width, s->n_heads, &kv, first, last, 0.25f, s->n);
    CHECK_CASE(memcmp(out, again, s->n * q_width * sizeof *out) == 0, "one thread differs from two, %lld positions",
               (long long)positions);
    for (size_t t = 0; t < s->n; t++)
        tone_attention(ops, again + t * q_width, q_width, q + t * q_width, q_width, s->n_heads, &kv, first + t, last + t,
                       0.25f, 1);
    CHECK_CASE(memcmp(out, again, s->n * q_width * sizeof *out) == 0, "single tokens differ from a batch, %lld positions",
               (long long)positions);
    free(kv.k);
    free(kv.v);
    free(first);
    free(last);
    free(want);
    free(again);
    free(out);
    free(q);
    free(v);
    free(k);
    tone_ops_close(one);
    tone_ops_close(ops);
}

/* A layer that stores values alone equals one that stores the keys made from them. */
static void test_keys_from_values(tone_random *r)
{
    enum { N = 150, HD = 64, HEADS = 4, KV = 2, WIDTH = HD * KV };
    tone_ops *ops = open_ops(2, TONE_EXACT);
    tone_error err;
    struct shape s = {HEADS, KV, HD, N, 0, 0, N, 0};
    CHECK(tone_ops_reserve(ops, N, HD, HD, &err) == TONE_OK);
    CHECK(tone_attention_reserve(ops, HEADS, HD, N, &err) == TONE_OK);
    float *v = new_floats(r, N * WIDTH), *k = new_floats(NULL, N * WIDTH), *q = new_floats(r, N * HEADS * HD);
    float *weight = new_floats(r, HD), *out = new_floats(NULL, N * HEADS * HD);
    double inv_freq[HD / 2] = {0}, *want = malloc(N * HEADS * HD * sizeof *want);
    for (int i = 0; i < HD / 8; i++)
        inv_freq[i] = pow(1e6, -2.0 * i / HD);
    int64_t first[N] = {0}, last[N];
    for (int p = 0; p < N; p++) {
        last[p] = p;
        for (int i = 0; i < WIDTH; i++) {
            int c = i % HD, half = HD / 2, head = i - c;
            double angle = p * inv_freq[c % half], a = (double)v[p * WIDTH + i] * (double)weight[c];
            int other = (c + half) % HD;
            double b = (double)v[p * WIDTH + head + other] * (double)weight[other];
            k[p * WIDTH + i] = (float)(c < half ? a * cos(angle) - b * sin(angle) : a * cos(angle) + b * sin(angle));
        }
    }
    tone_kv kv = new_kv(&s, TONE_KV_F32);
    free(kv.k);
    kv.k = NULL;
    kv.k_weight = weight;
    kv.inv_freq = inv_freq;
    tone_kv_write(ops, &kv, NULL, v, WIDTH, 0, N);
    attend(want, &s, q, k, v, first, last, 1);
    tone_attention(ops, out, HEADS * HD, q, HEADS * HD, HEADS, &kv, first, last, 1, N);
    double distance = nmse(out, want, N * HEADS * HD);
    CHECK_CASE(distance <= 1e-12, "keys from values: NMSE %.3g", distance);
    free(kv.v);
    free(v);
    free(k);
    free(q);
    free(weight);
    free(out);
    free(want);
    tone_ops_close(ops);
}

/* Every token sees all. */
static void test_whole(uint32_t n_heads, uint32_t n_kv, uint32_t hd, size_t n, tone_precision precision, double limit, tone_random *r)
{
    tone_ops *ops = open_ops(2, precision), *one = open_ops(1, precision);
    tone_error err;
    const struct shape s = {.n_heads = n_heads, .n_kv = n_kv, .hd = hd, .n = n};
    size_t width = (size_t)n_kv * hd, q_width = (size_t)n_heads * hd;
    float *q = new_floats(r, n * q_width), *k = new_floats(r, n * width), *v = new_floats(r, n * width);
    float *out = new_floats(NULL, n * q_width), *again = new_floats(NULL, n * q_width);
    double *want = malloc(n * q_width * sizeof *want);
    int64_t *first = calloc(n, sizeof *first), *last = malloc(n * sizeof *last);
    for (size_t t = 0; t < n; t++)
        last[t] = (int64_t)n - 1;
    for (size_t i = 0; i < n * q_width; i++)
        q[i] *= 4; /* some keys count for much more than others */
    CHECK(tone_ops_reserve(ops, n, q_width, q_width, &err) == TONE_OK && tone_ops_reserve(one, n, q_width, q_width, &err) == TONE_OK);
    CHECK(tone_attention_whole_reserve(ops, n_heads, n_kv, hd, n, &err) == TONE_OK);
    CHECK(tone_attention_whole_reserve(one, n_heads, n_kv, hd, n, &err) == TONE_OK);
    attend(want, &s, q, k, v, first, last, 0.5);
    tone_attention_whole(ops, out, q_width, q, q_width, n_heads, k, v, width, n_kv, hd, 0.5f, n);
    double distance = nmse(out, want, n * q_width);
    CHECK_CASE(distance <= limit, "%u heads of %u, %zu tokens see all: NMSE %.3g", n_heads, hd, n, distance);
    tone_attention_whole(one, again, q_width, q, q_width, n_heads, k, v, width, n_kv, hd, 0.5f, n);
    CHECK(memcmp(out, again, n * q_width * sizeof *out) == 0);
    free(q);
    free(k);
    free(v);
    free(out);
    free(again);
    free(want);
    free(first);
    free(last);
    tone_ops_close(ops);
    tone_ops_close(one);
}

int main(void)
{
    static const struct shape shapes[] = {
        {4, 1, 32, 40, 8, 0, 38, 0},        /* the tiny models: a sliding layer …     */
        {4, 1, 64, 40, 0, 0, 38, 0},        /* … and a full one                       */
        {1, 1, 2, 3, 2, 9, 1, 0},           /* a ring of three rows                   */
        {8, 2, 16, 100, 33, 200, 5, 0},     /* wrapped several times                  */
        {6, 3, 32, 70, 20, 40, 30, 9},      /* a block that sees ahead                */
        {8, 1, 64, 3000, 0, 2100, 3, 0},    /* several spans                          */
        {40, 1, 32, 200, 0, 120, 2, 0},     /* more heads than a tile has rows        */
        {4, 4, 32, 2200, 1500, 2000, 4, 0}, /* a window over several spans            */
    };
    tone_random r;
    tone_random_seed(&r, 5);
    printf("seed 5\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        test_shape(&shapes[i], TONE_KV_F32, 1e-12, &r);
        test_shape(&shapes[i], TONE_KV_F16, 1e-6, &r);
        if (shapes[i].hd % 32 == 0)
            test_shape(&shapes[i], TONE_KV_Q8_0, 1e-3, &r);
    }
    test_keys_from_values(&r);
    static const uint32_t whole[][4] = {{2, 2, 4, 1}, {4, 4, 16, 54}, {4, 2, 24, 65}, {3, 1, 72, 511}, {2, 2, 64, 1025}};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        test_whole(whole[i][0], whole[i][1], whole[i][2], whole[i][3], TONE_EXACT, 1e-12, &r);
        test_whole(whole[i][0], whole[i][1], whole[i][2], whole[i][3], TONE_COARSE, 1e-4, &r);
    }
    CHECK(tone_kv_row_bytes(TONE_KV_Q8_0, 2, 48) == 0 && tone_kv_row_bytes(TONE_KV_F16, 2, 48) == 192);
    return check_done();
}

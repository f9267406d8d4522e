/* Every product kernel of every table against sums in double: odd sizes, unaligned rows, buffers that end at an unreadable
 * page, codes at the limits.  A sum is right when |got - want| <= 8 eps sum |terms|. */
#include <float.h>
#include <math.h>

#include "blocks.h"
#include "check.h"
#include "guard.h"
#include "kern/half.h"
#include "kern/kern.h"

static tone_random rng;

static void check_sum(float got, double want, double terms, const char *cpu, const char *what, size_t a, size_t b)
{
    CHECK_CASE(fabs((double)got - want) <= 8 * (double)FLT_EPSILON * terms + 1e-37,
               "%s %s (%zu, %zu): got %.9g, want %.9g, terms %.9g", cpu, what, a, b, (double)got, want, terms);
}

enum { N_ARRAYS = 9 };

/* A row of activations and its codes; every array ends at an unreadable page. */
struct activations {
    guard x, arrays[N_ARRAYS];
    float *values;
    tone_codes codes;
};

static size_t padded(size_t n)
{
    return (n + TONE_CODES_PAD - 1) / TONE_CODES_PAD * TONE_CODES_PAD;
}

static struct activations new_activations(size_t n)
{
    size_t all = padded(n);
    const size_t bytes[N_ARRAYS] = {2 * all, all, all, all, all, all / 8, all / 4, all / 2, all / 2};
    struct activations a = {.x = guard_new(4 * n + 1)};
    void *at[N_ARRAYS];
    for (int i = 0; i < N_ARRAYS; i++) {
        a.arrays[i] = guard_new(bytes[i] + 1);
        at[i] = guard_end(&a.arrays[i], bytes[i]);
        memset(at[i], 77, bytes[i]);
    }
    a.codes = (tone_codes){at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8]};
    a.values = guard_end(&a.x, n * 4);
    for (size_t i = 0; i < n; i++)
        a.values[i] = uniform(&rng) * (float)exp(3 * (double)uniform(&rng));
    return a;
}

static void free_activations(struct activations *a)
{
    guard_free(&a->x);
    for (int i = 0; i < N_ARRAYS; i++)
        guard_free(&a->arrays[i]);
}

/* Codes all 127 or all -127 now and then: the largest sums there are. */
static void make_extreme(struct activations *a, size_t n, int round)
{
    for (size_t i = 0; i < n && round % 3; i++)
        a->values[i] = round % 3 == 1 ? 1.0f : -1.0f;
}

static void test_quantise(const tone_kern *k)
{
    for (size_t n = 0; n <= 1056; n += n < 320 ? 32 : 224) {
        struct activations a = new_activations(n), b = new_activations(n);
        if (n >= 96)
            for (int i = 0; i < 32; i++) {
                a.values[i] = 0;
                a.values[32 + i] = i ? 1e-38f : NAN;
                a.values[64 + i] = i ? 3e38f : -3e38f;
            }
        memcpy(b.values, a.values, n * sizeof(float));
        k->quantise(&a.codes, a.values, n);
        tone_quantise_c(&b.codes, b.values, n);
        size_t all = padded(n);
        CHECK_CASE(memcmp(a.codes.code, b.codes.code, 2 * all) == 0, "%s code, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.high, b.codes.high, all) == 0, "%s high, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.low, b.codes.low, all) == 0, "%s low, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.split_high, b.codes.split_high, all) == 0, "%s split_high, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.split_low, b.codes.split_low, all) == 0, "%s split_low, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.d, b.codes.d, all / 8) == 0, "%s d, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.sum, b.codes.sum, all / 4) == 0, "%s sum, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.split_d, b.codes.split_d, all / 2) == 0, "%s split_d, %zu", k->name, n);
        CHECK_CASE(memcmp(a.codes.split_sum, b.codes.split_sum, all / 2) == 0, "%s split_sum, %zu", k->name, n);
        for (size_t i = 0; i < all; i++)
            CHECK_CASE(256 * a.codes.high[i] + a.codes.low[i] == a.codes.code[i] &&
                           a.codes.high[i] == a.codes.split_high[i / 128 * 128 + i % 32 / 16 * 64 + i % 128 / 32 * 16 + i % 16],
                       "value %zu", i);
        for (size_t i = 96; i < n; i++)
            CHECK_CASE(fabsf(a.codes.d[i / 32] * a.codes.code[i] - a.values[i]) <= a.codes.d[i / 32] * 0.51f, "value %zu", i);
        free_activations(&a);
        free_activations(&b);
    }
}

typedef void unpack_fn(int8_t *, float *, float *, const uint8_t *, size_t);
typedef void rows_fn(float *, const uint8_t *, size_t, size_t, const tone_codes *, size_t);

/* The sum of an unpacked row in double, and that of the magnitudes of its terms. */
static double dot(const int8_t *code, const float *scale, const float *min, size_t group, const tone_codes *x, size_t first,
                  size_t n, double *terms)
{
    double sum = 0;
    *terms = 0;
    for (size_t i = 0; i < n; i++) {
        double v = (double)scale[i / group] * code[i], a = (double)x->d[(first + i) / 32] * x->code[first + i];
        double m = min ? (double)min[i / group] : 0;
        sum += (v - m) * a;
        *terms += (fabs(v) + fabs(m)) * fabs(a);
    }
    return sum;
}

static void test_rows(const tone_kern *k, const char *what, rows_fn *rows, unpack_fn *unpack, tone_type type, size_t group,
                      bool has_min)
{
    const tone_type_info *info = tone_type_find(type);
    static const size_t blocks_of[] = {0, 1, 2, 3, 4, 5, 8, 9, 20, 67};
    for (size_t s = 0; s < sizeof blocks_of / sizeof *blocks_of; s++)
        for (size_t n_rows = 0; n_rows <= 9; n_rows += 1 + n_rows / 5) {
            size_t blocks = blocks_of[s], n = blocks * info->block_values, row_bytes = blocks * info->block_bytes;
            struct activations a = new_activations(n);
            make_extreme(&a, n, (int)(s + n_rows));
            k->quantise(&a.codes, a.values, n);
            guard w = guard_new(row_bytes * n_rows + 1), y = guard_new(40);
            uint8_t *bytes = guard_end(&w, row_bytes * n_rows);
            float *out = guard_end(&y, n_rows * sizeof *out);
            blocks_random(&rng, type, bytes, row_bytes * n_rows);
            if (s % 4 == 3) /* the limits of the codes, scales kept */
                for (size_t i = 0; i < row_bytes * n_rows; i++) {
                    int at[2];
                    blocks_scales_at(type, at);
                    int in = (int)(i % info->block_bytes);
                    bool scale = (at[0] >= 0 && in - at[0] >= 0 && in - at[0] < 2) ||
                                 (at[1] >= 0 && in - at[1] >= 0 && in - at[1] < 2) || (type == TONE_TYPE_MXFP4 && !in);
                    bytes[i] = scale ? bytes[i] : type == TONE_TYPE_Q8_0 ? 0x80 : 0xff;
                }
            rows(out, bytes, row_bytes, n_rows, &a.codes, n);
            int8_t *code = malloc(n + 1);
            float *scale = malloc(n + 1), *min = malloc(n + 1);
            for (size_t r = 0; r < n_rows; r++) {
                double terms, want;
                unpack(code, scale, min, bytes + r * row_bytes, blocks);
                want = dot(code, scale, has_min ? min : NULL, group, &a.codes, 0, n, &terms);
                check_sum(out[r], want, terms, k->name, what, n, r);
                float one = k->dot_codes(code, scale, has_min ? min : NULL, group, &a.codes, n);
                check_sum(one, want, terms, k->name, "dot_codes", n, r);
            }
            free(code);
            free(scale);
            free(min);
            guard_free(&w);
            guard_free(&y);
            free_activations(&a);
        }
}

static size_t padded_tokens(size_t n)
{
    return (n + 31) / 32 * 32;
}

struct bf16_case {
    size_t n_rows, n_tokens, n_cols, group, x_step;
    guard code, scales, mins, panels, in, out;
    int8_t *codes;
    float *scale, *min, *y;
    uint16_t *panel, *x;
};

static double wide(uint16_t h)
{
    return (double)tone_f32_of_bf16(h);
}

/* Activations: columns 0 … n_cols - 1 and a second set behind them; past the last token anything may stand. */
static struct bf16_case new_bf16_case(const tone_kern *k, size_t n_rows, size_t n_tokens, size_t n, size_t group,
                                      bool has_min)
{
    size_t tokens = padded_tokens(n_tokens), groups = n_rows * n / group, panels = (n_rows + 31) / 32 * 32 * n;
    struct bf16_case b = {.n_rows = n_rows, .n_tokens = n_tokens, .n_cols = n, .group = group, .x_step = 32 * tokens};
    b.code = guard_new(n_rows * n);
    b.scales = guard_new(4 * groups);
    b.mins = guard_new(4 * groups);
    b.panels = guard_new(2 * panels);
    b.in = guard_new(4 * tokens * n);
    b.out = guard_new(4 * n_tokens * (n_rows + 3));
    b.codes = guard_end(&b.code, n_rows * n);
    b.scale = guard_end(&b.scales, 4 * groups);
    b.min = has_min ? guard_end(&b.mins, 4 * groups) : NULL;
    b.panel = guard_end(&b.panels, 2 * panels);
    b.x = guard_end(&b.in, 4 * tokens * n);
    b.y = guard_end(&b.out, 4 * (n_tokens * (n_rows + 3) - 3));
    for (size_t i = 0; i < n_rows * n; i++)
        b.codes[i] = (int8_t)(n == 256 ? -128 : n == 288 ? 127 : (int)(tone_random_u64(&rng) & 255) - 128);
    for (size_t i = 0; i < groups; i++) {
        b.scale[i] = uniform(&rng);
        if (b.min)
            b.min[i] = uniform(&rng);
    }
    float *row = malloc(2 * n * sizeof *row);
    for (size_t t = 0; t < tokens; t++) {
        for (size_t c = 0; c < 2 * n; c++)
            row[c] = t < n_tokens ? uniform(&rng) : NAN;
        k->f32_to_bf16(b.x + 32 * t, b.x_step, row, 2 * n);
        for (size_t c = 0; c < 2 * n && t < n_tokens; c++)
            CHECK(b.x[c / 32 * b.x_step + 32 * t + c % 32] == tone_bf16_of_f32(row[c]));
    }
    free(row);
    return b;
}

static void free_bf16_case(struct bf16_case *b)
{
    guard *all[] = {&b->code, &b->scales, &b->mins, &b->panels, &b->in, &b->out};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        guard_free(all[i]);
}

static void check_bf16_sums(const tone_kern *k, const struct bf16_case *b, size_t y_stride)
{
    const uint16_t *second = b->x + b->n_cols / 32 * b->x_step;
    float *one = malloc(b->n_rows * sizeof *one);
    for (size_t t = 0; t < b->n_tokens; t++) {
        k->gemm_bf16(one, b->n_rows, b->n_rows, b->panel, second + 32 * t, b->x_step, 1, b->n_cols, false);
        k->gemm_bf16(one, b->n_rows, b->n_rows, b->panel, b->x + 32 * t, b->x_step, 1, b->n_cols, true);
        for (size_t r = 0; r < b->n_rows; r++) {
            double want = 0, terms = 0;
            for (size_t c = 0; c < b->n_cols; c++) {
                double w = wide(b->panel[r / 32 * 32 * b->n_cols + c / 2 * 64 + r % 32 * 2 + c % 2]);
                double x = wide(b->x[c / 32 * b->x_step + 32 * t + c % 32]), z = wide(second[c / 32 * b->x_step + 32 * t + c % 32]);
                want += w * x + w * z;
                terms += fabs(w * x) + fabs(w * z);
            }
            check_sum(b->y[t * y_stride + r], want, terms, k->name, "gemm_bf16", r, t);
            CHECK_CASE(one[r] == b->y[t * y_stride + r], "%s gemm_bf16 alone", k->name);
        }
        if (t + 1 < b->n_tokens)
            CHECK_CASE(b->y[t * y_stride + b->n_rows] == 1000, "%s gemm_bf16 writes past row %zu", k->name, b->n_rows);
    }
    free(one);
}

/* Panels of some rows against some tokens; groups of 16 and 32, with and without minima, in two parts. */
static void test_bf16(const tone_kern *k, size_t group, bool has_min)
{
    static const size_t sizes[][3] = {{1, 1, 32},    {5, 2, 64},    {31, 3, 96},   {32, 16, 256},
                                      {17, 17, 512}, {16, 13, 288}, {96, 33, 128}, {70, 70, 160}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct bf16_case b = new_bf16_case(k, sizes[s][0], sizes[s][1], sizes[s][2], group, has_min);
        size_t y_stride = b.n_rows + 3, values = (b.n_rows + 31) / 32 * 32 * b.n_cols;
        uint16_t *want = malloc(values * sizeof *want);
        for (size_t i = 0; i < b.n_tokens * y_stride - 3; i++)
            b.y[i] = 1000;
        k->pack_bf16(b.panel, b.codes, b.scale, b.min, group, b.n_rows, b.n_cols);
        tone_pack_bf16_c(want, b.codes, b.scale, b.min, group, b.n_rows, b.n_cols);
        CHECK_CASE(memcmp(b.panel, want, values * sizeof *want) == 0, "%s pack_bf16, %zu rows of %zu", k->name, b.n_rows,
                   b.n_cols);
        k->gemm_bf16(b.y, y_stride, b.n_rows, b.panel, b.x + b.n_cols / 32 * b.x_step, b.x_step, b.n_tokens, b.n_cols, false);
        k->gemm_bf16(b.y, y_stride, b.n_rows, b.panel, b.x, b.x_step, b.n_tokens, b.n_cols, true);
        check_bf16_sums(k, &b, y_stride);
        free(want);
        free_bf16_case(&b);
    }
}

static void test_pack_rows(const tone_kern *k)
{
    static const size_t sizes[][2] = {{0, 32}, {1, 1}, {5, 31}, {16, 33}, {31, 64}, {33, 95}, {64, 4}, {40, 130}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n_rows = sizes[s][0], n = sizes[s][1], stride = n + s % 3;
        size_t values = (n_rows + 31) / 32 * 32 * ((n + 31) / 32 * 32);
        size_t given = n_rows ? (n_rows - 1) * stride + n : 0;
        guard gr = guard_new(2 * given + 1), gp = guard_new(2 * values + 1);
        uint16_t *rows = guard_end(&gr, 2 * given), *panels = guard_end(&gp, 2 * values), *want = malloc(2 * values + 1);
        for (size_t i = 0; i < given; i++)
            rows[i] = (uint16_t)tone_random_u64(&rng);
        k->pack_rows_bf16(panels, rows, stride, n_rows, n);
        tone_pack_rows_bf16_c(want, rows, stride, n_rows, n);
        CHECK_CASE(memcmp(panels, want, values * sizeof *want) == 0, "%s pack_rows_bf16, %zu rows of %zu", k->name, n_rows, n);
        if (n_rows > 2 && n > 2) /* row 2, column 2: the second pair of columns */
            CHECK(want[64 + 2 * 2] == rows[2 * stride + 2]);
        free(want);
        guard_free(&gr);
        guard_free(&gp);
    }
}

static void test_gemm_f32(const tone_kern *k)
{
    static const size_t sizes[][3] = {{0, 1, 5},  {1, 0, 5},  {1, 1, 0},  {1, 1, 1},    {2, 3, 7},    {3, 5, 15},   {4, 6, 16},
                                      {5, 7, 17}, {8, 1, 31}, {9, 2, 33}, {13, 13, 64}, {11, 1, 257}, {7, 8, 2047}, {6, 5, 4999}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n_rows = sizes[s][0], n_tokens = sizes[s][1], n = sizes[s][2];
        guard gw = guard_new(4 * n_rows * n + 1), gx = guard_new(4 * n_tokens * n + 1), gy = guard_new(4 * n_tokens * n_rows + 1);
        float *w = guard_end(&gw, 4 * n_rows * n), *x = guard_end(&gx, 4 * n_tokens * n);
        float *y = guard_end(&gy, 4 * n_tokens * n_rows);
        for (size_t i = 0; i < n_rows * n; i++)
            w[i] = uniform(&rng);
        for (size_t i = 0; i < n_tokens * n; i++)
            x[i] = uniform(&rng);
        k->gemm_f32(y, n_rows, w, n, n_rows, x, n, n_tokens, n);
        for (size_t r = 0; r < n_rows; r++)
            for (size_t t = 0; t < n_tokens; t++) {
                double want = 0, terms = 0;
                for (size_t c = 0; c < n; c++) {
                    want += (double)w[r * n + c] * (double)x[t * n + c];
                    terms += fabs((double)w[r * n + c] * (double)x[t * n + c]);
                }
                check_sum(y[t * n_rows + r], want, terms, k->name, "gemm_f32", r, t);
                float one; /* alone it is the same number */
                k->gemm_f32(&one, 1, w + r * n, n, 1, x + t * n, n, 1, n);
                CHECK_CASE(one == y[t * n_rows + r], "%s gemm_f32 alone: %.9g, %.9g", k->name, (double)one,
                           (double)y[t * n_rows + r]);
            }
        guard_free(&gw);
        guard_free(&gx);
        guard_free(&gy);
    }
}

static void test_rows_16(const tone_kern *k, bool bf16)
{
    for (size_t n = 0; n <= 4100; n += 1 + n / 3)
        for (size_t n_rows = 0; n_rows <= 11; n_rows += 1 + n_rows / 2) {
            guard gw = guard_new(2 * n_rows * n + 1), gx = guard_new(4 * n + 1), gy = guard_new(4 * n_rows + 1);
            uint16_t *w = guard_end(&gw, 2 * n_rows * n);
            float *x = guard_end(&gx, 4 * n), *y = guard_end(&gy, 4 * n_rows), *wide = malloc(4 * n_rows * n + 1);
            blocks_random(&rng, bf16 ? TONE_TYPE_BF16 : TONE_TYPE_F16, (uint8_t *)w, 2 * n_rows * n);
            for (size_t i = 0; i < n; i++)
                x[i] = uniform(&rng);
            (bf16 ? k->rows_bf16 : k->rows_f16)(y, w, n, n_rows, x, n);
            (bf16 ? k->bf16_to_f32 : k->f16_to_f32)(wide, w, n_rows * n);
            for (size_t r = 0; r < n_rows; r++) {
                float want;
                k->gemm_f32(&want, 1, wide + r * n, n, 1, x, n, 1, n);
                CHECK_CASE(y[r] == want, "%s rows_%s %zu: %.9g, gemm_f32 %.9g", k->name, bf16 ? "bf16" : "f16", n,
                           (double)y[r], (double)want);
            }
            free(wide);
            guard_free(&gw);
            guard_free(&gx);
            guard_free(&gy);
        }
}

static void test_table(const char *cpu)
{
    tone_kern k;
    if (!tone_kern_select(&k, cpu)) {
        printf("%s: skipped, not on this processor\n", cpu);
        return;
    }
    test_quantise(&k);
    test_gemm_f32(&k);
    test_rows_16(&k, false);
    test_rows_16(&k, true);
#define ROWS(type, number, group, has_min) \
    test_rows(&k, "rows_" #type, k.rows_##type, tone_unpack_##type##_c, number, group, has_min)
    ROWS(q4_0, TONE_TYPE_Q4_0, 32, false);
    ROWS(q4_1, TONE_TYPE_Q4_1, 32, true);
    ROWS(q5_0, TONE_TYPE_Q5_0, 32, false);
    ROWS(q5_1, TONE_TYPE_Q5_1, 32, true);
    ROWS(q8_0, TONE_TYPE_Q8_0, 32, false);
    ROWS(q4_k, TONE_TYPE_Q4_K, 32, true);
    ROWS(q5_k, TONE_TYPE_Q5_K, 32, true);
    ROWS(q6_k, TONE_TYPE_Q6_K, 16, false);
    ROWS(iq4_nl, TONE_TYPE_IQ4_NL, 32, false);
    ROWS(iq4_xs, TONE_TYPE_IQ4_XS, 32, false);
    ROWS(mxfp4, TONE_TYPE_MXFP4, 32, false);
    test_bf16(&k, 16, false);
    test_bf16(&k, 16, true);
    test_bf16(&k, 32, false);
    test_bf16(&k, 32, true);
    test_pack_rows(&k);
}

int main(void)
{
    tone_random_seed(&rng, 3);
    printf("seed 3\n");
    for (size_t i = 0; tone_kern_name(i); i++)
        test_table(tone_kern_name(i));
    return check_done();
}

/* Products against sums in double, for every type; threads and batch splits; groups of experts; rows. */
#include "common.h"

static const tone_type all_types[] = {
    TONE_TYPE_F32,     TONE_TYPE_F16,    TONE_TYPE_BF16,  TONE_TYPE_Q4_0,    TONE_TYPE_Q4_1,  TONE_TYPE_Q5_0,
    TONE_TYPE_Q5_1,    TONE_TYPE_Q8_0,   TONE_TYPE_Q2_K,  TONE_TYPE_Q3_K,    TONE_TYPE_Q4_K,  TONE_TYPE_Q5_K,
    TONE_TYPE_Q6_K,    TONE_TYPE_IQ1_S,  TONE_TYPE_IQ1_M, TONE_TYPE_IQ2_XXS, TONE_TYPE_IQ2_XS, TONE_TYPE_IQ2_S,
    TONE_TYPE_IQ3_XXS, TONE_TYPE_IQ3_S,  TONE_TYPE_IQ4_NL, TONE_TYPE_IQ4_XS, TONE_TYPE_TQ1_0, TONE_TYPE_TQ2_0,
    TONE_TYPE_MXFP4,   TONE_TYPE_NVFP4};
enum { N_TYPES = sizeof all_types / sizeof *all_types };

static float *dequantised(tone_ops *ops, const tone_matrix *w)
{
    float *y = new_floats(NULL, (size_t)w->rows * w->cols);
    int32_t *ids = malloc(w->rows * sizeof *ids);
    for (uint32_t r = 0; r < w->rows; r++)
        ids[r] = (int32_t)r;
    tone_rows(ops, y, w->cols, w, ids, w->rows, 1);
    free(ids);
    return y;
}

static void reserve(tone_ops *ops, size_t n, size_t cols, size_t rows)
{
    tone_error err;
    CHECK(tone_ops_reserve(ops, n, cols, rows, &err) == TONE_OK);
}

/* Also returns the sum of the squares of all terms: what the power of the result is when the signs are random.  Errors
 * are judged against it, since a single sum may come out near zero. */
static double multiply(double *want, const float *w, size_t rows, size_t cols, const float *x, size_t x_stride, size_t n)
{
    double power = 0;
    for (size_t t = 0; t < n; t++)
        for (size_t r = 0; r < rows; r++) {
            double sum = 0;
            for (size_t c = 0; c < cols; c++) {
                double term = (double)w[r * cols + c] * (double)x[t * x_stride + c];
                sum += term;
                power += term * term;
            }
            want[t * rows + r] = sum;
        }
    return power;
}

/* Rows, columns and tokens from a few up, strides larger than the rows; one product and the same as a group of two. */
static void test_type(tone_type type, tone_precision precision, double limit, tone_random *r)
{
    tone_ops *ops = open_ops(2, precision), *one = open_ops(1, precision);
    const tone_type_info *info = tone_type_find(type);
    CHECK_CASE(tone_ops_supports(type), "%s", info->name);
    static const uint32_t shapes[][3] = {{1, 1, 1}, {3, 2, 2}, {33, 3, 1}, {70, 1, 5}, {17, 2, 19}, {64, 5, 33}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        uint32_t rows = shapes[s][0], n = shapes[s][2];
        uint32_t cols = info->block_values == 1 ? shapes[s][1] * 37 : shapes[s][1] * info->block_values;
        tone_matrix w = new_matrix(r, type, rows, cols), w2 = new_matrix(r, type, rows + 1, cols);
        reserve(ops, n, cols, rows + 1);
        reserve(one, n, cols, rows + 1);
        size_t x_stride = cols + 3, y_stride = rows + 5;
        float *x = new_floats(r, n * x_stride), *y = new_floats(NULL, n * y_stride * 2);
        float *y2 = y + n * y_stride, *again = new_floats(NULL, n * y_stride), *f = dequantised(ops, &w);
        double *want = malloc(sizeof *want * n * rows);
        double power = multiply(want, f, rows, cols, x, x_stride, n), error = 0;

        tone_product group[2] = {{&w, y, y_stride}, {&w2, y2, y_stride}};
        tone_linear(ops, group, 2, x, x_stride, n);
        for (size_t t = 0; t < n; t++)
            for (size_t i = 0; i < rows; i++)
                error += pow((double)y[t * y_stride + i] - want[t * rows + i], 2);
        CHECK_CASE(error <= limit * power, "%s %ux%u, %u tokens: NMSE %.3g", info->name, rows, cols, n, error / power);
        for (size_t t = 0; t < n; t++)
            CHECK_CASE(y[t * y_stride + rows] == 0, "%s writes past its row", info->name);

        tone_linear(one, &(tone_product){&w, again, y_stride}, 1, x, x_stride, n);
        CHECK_CASE(memcmp(again, y, n * y_stride * sizeof *y) == 0, "%s: one thread differs from two", info->name);
        if (precision == TONE_EXACT) {
            memset(again, 0, n * y_stride * sizeof *y);
            size_t first = n / 3;
            tone_linear(ops, &(tone_product){&w, again, y_stride}, 1, x, x_stride, first);
            tone_linear(ops, &(tone_product){&w, again + first * y_stride, y_stride}, 1, x + first * x_stride, x_stride,
                        n - first);
            CHECK_CASE(memcmp(again, y, n * y_stride * sizeof *y) == 0, "%s: a split batch differs", info->name);
        }
        free(want);
        free(f);
        free(again);
        free(y);
        free(x);
        free((void *)(uintptr_t)w2.data);
        free((void *)(uintptr_t)w.data);
    }
    tone_ops_close(ops);
    tone_ops_close(one);
}

/* Pairs by expert equal single products with that expert's matrix. */
static void test_experts(tone_type type, tone_precision precision, tone_random *r)
{
    enum { EXPERTS = 5, ROWS = 70, COLS = 512, TOKENS = 9, PAIRS = 18 };
    tone_ops *ops = open_ops(2, precision);
    tone_matrix stack = new_matrix(r, type, EXPERTS * ROWS, COLS), w = stack;
    w.rows = ROWS;
    reserve(ops, PAIRS, COLS, ROWS);
    float *x = new_floats(r, TOKENS * COLS), *y = new_floats(NULL, PAIRS * ROWS), one[ROWS];
    static const uint32_t begin[EXPERTS + 1] = {0, 7, 7, 8, 12, PAIRS};
    uint32_t x_row[PAIRS];
    for (uint32_t i = 0; i < PAIRS; i++)
        x_row[i] = (i * 7 + 3) % TOKENS;
    tone_groups groups = {begin, x_row, EXPERTS};
    tone_linear_experts(ops, &(tone_product){&w, y, ROWS}, 1, x, COLS, TOKENS, &groups);
    double worst = 0;
    for (uint32_t e = 0; e < EXPERTS; e++)
        for (uint32_t i = begin[e]; i < begin[e + 1]; i++) {
            tone_matrix expert = w;
            expert.data = stack.data + e * ROWS * w.row_bytes;
            tone_linear(ops, &(tone_product){&expert, one, ROWS}, 1, x + x_row[i] * COLS, COLS, 1);
            double want[ROWS];
            for (int k = 0; k < ROWS; k++)
                want[k] = (double)one[k];
            worst = fmax(worst, nmse(y + i * ROWS, want, ROWS));
        }
    /* when activations are rounded, to different precision by the number of tokens */
    CHECK_CASE(worst <= (precision == TONE_EXACT ? 1e-12 : 2e-5), "%s: an expert differs by NMSE %.3g", tone_type_find(type)->name, worst);

    float weight[PAIRS], out[TOKENS * 3];
    uint32_t pair[PAIRS];
    for (uint32_t i = 0; i < PAIRS; i++) {
        weight[i] = uniform(r);
        pair[i] = (i * 5) % PAIRS;
    }
    tone_combine_experts(ops, out, 3, y, ROWS, pair, weight, 2, 3, TOKENS);
    for (uint32_t t = 0; t < TOKENS; t++)
        for (uint32_t c = 0; c < 3; c++) {
            float want = weight[2 * t] * y[pair[2 * t] * ROWS + c] + weight[2 * t + 1] * y[pair[2 * t + 1] * ROWS + c];
            CHECK(fabsf(out[t * 3 + c] - want) <= 1e-4f * fabsf(want) + 1e-4f);
        }
    free(x);
    free(y);
    free((void *)(uintptr_t)stack.data);
    tone_ops_close(ops);
}

/* A tensor may start at any byte of a file. */
static void test_unaligned(tone_type type, tone_random *r)
{
    tone_ops *ops = open_ops(1, TONE_FAST);
    tone_matrix w = new_matrix(r, type, 9, 512), moved = w;
    uint8_t *copy = malloc(9 * w.row_bytes + 1);
    memcpy(copy + 1, w.data, 9 * w.row_bytes);
    moved.data = copy + 1;
    reserve(ops, 2, 512, 9);
    float *x = new_floats(r, 2 * 512), y[18], z[18];
    tone_linear(ops, &(tone_product){&w, y, 9}, 1, x, 512, 2);
    tone_linear(ops, &(tone_product){&moved, z, 9}, 1, x, 512, 2);
    CHECK_CASE(memcmp(y, z, sizeof y) == 0, "%s", tone_type_find(type)->name);
    int32_t id = 8;
    tone_rows(ops, x, 512, &w, &id, 1, 2.0f);
    tone_rows(ops, x + 512, 512, &moved, &id, 1, 1.0f);
    bool equal = true;
    for (int i = 0; i < 512; i++)
        equal &= x[i] == 2 * x[512 + i];
    CHECK_CASE(equal, "%s", tone_type_find(type)->name);
    free(x);
    free(copy);
    free((void *)(uintptr_t)w.data);
    tone_ops_close(ops);
}

int main(void)
{
    tone_random r;
    tone_random_seed(&r, 20251);
    printf("seed 20251\n");
    for (size_t i = 0; i < N_TYPES; i++) {
        test_type(all_types[i], TONE_EXACT, 1e-12, &r);
        test_type(all_types[i], TONE_FAST, all_types[i] == TONE_TYPE_F32 ? 1e-12 : 2e-5, &r);
        test_type(all_types[i], TONE_COARSE, 2e-5, &r);
        test_unaligned(all_types[i], &r);
    }
    static const tone_type experts[] = {TONE_TYPE_Q4_0, TONE_TYPE_Q8_0, TONE_TYPE_Q6_K, TONE_TYPE_Q4_K, TONE_TYPE_BF16};
    for (size_t i = 0; i < sizeof experts / sizeof *experts; i++) {
        test_experts(experts[i], TONE_EXACT, &r);
        test_experts(experts[i], TONE_FAST, &r);
    }
    CHECK(!tone_ops_supports(TONE_TYPE_I32) && !tone_ops_supports(TONE_TYPE_Q8_1) && !tone_ops_supports((tone_type)5));
    return check_done();
}

/* Speed of the kernels of this processor: once with weights that fit the first cache level, once with weights from memory.
 *
 *     bench_kern [CPU [KERNEL]]        e.g. bench_kern avx2 rows_q4
 *
 * One thread.  Time is that thread's own, so that other programs cost less than they take; the best of several runs. */
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "blocks.h"
#include "kern/kern.h"

#include <stdio.h>

enum { COLS = 1536, TOKENS = 96, BIG_BYTES = 192 << 20 };

static tone_random rng;
static const char *only = "";
static volatile float sink;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of one fn(arg), the best of enough runs to fill 0.1 s. */
static double best_time(void (*fn)(void *), void *arg)
{
    double best = 1e9, spent = 0;
    for (int runs = 0; spent < 0.1 || runs < 3; runs++) {
        double from = now();
        fn(arg);
        double t = now() - from;
        best = t < best ? t : best;
        spent += t;
    }
    return best;
}

static void *allocate(size_t n)
{
    void *p = aligned_alloc(64, (n + 127) / 64 * 64);
    if (!p) {
        fprintf(stderr, "no memory for %zu bytes\n", n);
        exit(1);
    }
    return p;
}

static float *random_floats(size_t n)
{
    float *x = allocate(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = uniform(&rng);
    return x;
}

static tone_codes new_codes(const tone_kern *k, const float *x, size_t n)
{
    size_t all = (n + TONE_CODES_PAD - 1) / TONE_CODES_PAD * TONE_CODES_PAD;
    tone_codes c = {allocate(2 * all), allocate(all),     allocate(all),     allocate(all),    allocate(all),
                    allocate(all / 8), allocate(all / 4), allocate(all / 2), allocate(all / 2)};
    k->quantise(&c, x, n);
    return c;
}

static void free_codes(tone_codes *c)
{
    void *all[] = {c->code, c->high, c->low, c->split_high, c->split_low, c->d, c->sum, c->split_d, c->split_sum};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* --- rows times one token ------------------------------------------------------------------------------------------ */

typedef void rows_fn(float *, const uint8_t *, size_t, size_t, const tone_codes *, size_t);

struct rows_run {
    rows_fn *fn;
    float *y;
    const uint8_t *w;
    size_t row_bytes, n_rows;
    const tone_codes *x;
    int repeat;
};

static void run_rows(void *arg)
{
    struct rows_run *r = arg;
    for (int i = 0; i < r->repeat; i++)
        r->fn(r->y, r->w, r->row_bytes, r->n_rows, r->x, COLS);
    sink = r->y[0];
}

static void bench_rows(const tone_kern *k, const char *name, rows_fn *fn, tone_type type, const tone_codes *x)
{
    if (!strstr(name, only))
        return;
    size_t row_bytes = tone_type_row_bytes(type, COLS), big = BIG_BYTES / row_bytes / 16 * 16;
    uint8_t *w = allocate(big * row_bytes);
    blocks_random(&rng, type, w, 16 * row_bytes);
    for (size_t r = 16; r < big; r += 16)
        memcpy(w + r * row_bytes, w, 16 * row_bytes);
    float *y = allocate(big * sizeof *y);
    struct rows_run small = {fn, y, w, row_bytes, 16, x, 200}, large = {fn, y, w, row_bytes, big, x, 1};
    double a = best_time(run_rows, &small) / 200, b = best_time(run_rows, &large);
    printf("%-7s %-14s L1 %6.1f GB/s %6.1f Gop/s   memory %6.1f GB/s\n", k->name, name,
           (double)(16 * row_bytes) / a / 1e9, 2.0 * 16 * COLS / a / 1e9, (double)(big * row_bytes) / b / 1e9);
    free(w);
    free(y);
}

/* --- unpacking ------------------------------------------------------------------------------------------------------- */

struct unpack_run {
    void (*fn)(int8_t *, float *, float *, const uint8_t *, size_t);
    int8_t *code;
    float *scale, *min;
    const uint8_t *w;
    size_t blocks;
};

static void run_unpack(void *arg)
{
    struct unpack_run *r = arg;
    for (int i = 0; i < 1000; i++)
        r->fn(r->code, r->scale, r->min, r->w, r->blocks);
}

static void bench_unpack(const tone_kern *k, const char *name, void (*fn)(int8_t *, float *, float *, const uint8_t *, size_t),
                         tone_type type)
{
    if (!strstr(name, only))
        return;
    uint8_t *w = allocate(4096);
    struct unpack_run r = {fn, allocate(512), allocate(256), allocate(256), w, 512 / tone_type_find(type)->block_values};
    blocks_random(&rng, type, w, r.blocks * tone_type_find(type)->block_bytes);
    printf("%-7s %-14s L1 %6.2f G values/s\n", k->name, name, 512 * 1000 / best_time(run_unpack, &r) / 1e9);
    free(w);
    free(r.code);
    free(r.scale);
    free(r.min);
}

/* --- batches ---------------------------------------------------------------------------------------------------------- */

struct gemm_run {
    const tone_kern *k;
    float *y, *x, *w, *scale;
    int8_t *code;
    uint16_t *panel, *x16;
};

static void run_gemm_f32(void *arg)
{
    struct gemm_run *r = arg;
    r->k->gemm_f32(r->y, 32, r->w, 512, 32, r->x, COLS, TOKENS, 512);
}

static void run_gemm_bf16(void *arg)
{
    struct gemm_run *r = arg;
    r->k->gemm_bf16(r->y, 128, 128, r->panel, r->x16, 32 * TOKENS, TOKENS, 512, false);
}

static void run_pack_bf16(void *arg)
{
    struct gemm_run *r = arg;
    r->k->pack_bf16(r->panel, r->code, r->scale, NULL, 32, 128, 512);
}

static void bench_batches(const tone_kern *k)
{
    struct gemm_run r = {k, allocate(TOKENS * 128 * 4), random_floats(TOKENS * COLS), random_floats(32 * 512),
                         random_floats(128 * 16), allocate(128 * 512), allocate(128 * 512 * 2), allocate(TOKENS * COLS * 2)};
    memset(r.code, 3, 128 * 512);
    for (size_t t = 0; t < TOKENS; t++)
        k->f32_to_bf16(r.x16 + 32 * t, 32 * TOKENS, r.x + t * COLS, COLS);
    k->pack_bf16(r.panel, r.code, r.scale, NULL, 32, 128, 512);
    double ops = 2.0 * TOKENS * 32 * 512;
    if (strstr("gemm_f32", only))
        printf("%-7s %-14s L1 %6.0f Gop/s\n", k->name, "gemm_f32", ops / best_time(run_gemm_f32, &r) / 1e9);
    if (strstr("gemm_bf16", only))
        printf("%-7s %-14s L2 %6.0f Gop/s\n", k->name, "gemm_bf16", 4 * ops / best_time(run_gemm_bf16, &r) / 1e9);
    if (strstr("pack_bf16", only))
        printf("%-7s %-14s L2 %6.2f G values/s\n", k->name, "pack_bf16", 128 * 512 / best_time(run_pack_bf16, &r) / 1e9);
    void *all[] = {r.y, r.x, r.w, r.scale, r.code, r.panel, r.x16};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* --- rows of activations ---------------------------------------------------------------------------------------------- */

struct row_run {
    const tone_kern *k;
    float *x, *y;
    uint16_t *half;
    tone_codes *codes;
};

#define ROW_RUN(name, call)               \
    static void run_##name(void *arg)     \
    {                                     \
        struct row_run *r = arg;          \
        for (int i = 0; i < 100; i++)     \
            call;                         \
    }
ROW_RUN(quantise, r->k->quantise(r->codes, r->x, COLS))
ROW_RUN(f32_to_bf16, r->k->f32_to_bf16(r->half, 32, r->x, COLS))
ROW_RUN(f16_to_f32, r->k->f16_to_f32(r->y, r->half, COLS))
ROW_RUN(rms_norm_f32, r->k->rms_norm_f32(r->y, r->x, r->x, COLS, 1e-6f))
ROW_RUN(geglu_f32, r->k->geglu_f32(r->y, r->x, COLS))
ROW_RUN(gated_f32, r->k->gated_f32(r->y, r->x, r->x, COLS))
ROW_RUN(softcap_f32, r->k->softcap_f32(r->y, COLS, 30))
ROW_RUN(exp_sum_f32, sink = r->k->exp_sum_f32(r->y, COLS, 1))
ROW_RUN(axpy_f32, r->k->axpy_f32(r->y, 0.5f, r->x, COLS))
ROW_RUN(add_weighted_f32, r->k->add_weighted_f32(r->y, 2, r->x, 1, r->x + 4, 512, 3, 512))

static void bench_row(const tone_kern *k, const char *name, void (*fn)(void *), struct row_run *r)
{
    if (!strstr(name, only))
        return;
    memcpy(r->y, r->x, COLS * sizeof *r->y);
    printf("%-7s %-14s L1 %6.2f G values/s\n", k->name, name, COLS * 100 / best_time(fn, r) / 1e9);
}

static void bench_table(const char *cpu)
{
    tone_kern k;
    if (!tone_kern_select(&k, cpu)) {
        printf("%s: not on this processor\n", cpu);
        return;
    }
    float *x = random_floats(COLS * 2), *y = allocate(COLS * 2 * sizeof *y);
    uint16_t *half = allocate(COLS * 2 * sizeof *half);
    memset(half, 0, COLS * 2 * sizeof *half);
    tone_codes codes = new_codes(&k, x, COLS);
#define ROWS(type, number) bench_rows(&k, "rows_" #type, k.rows_##type, TONE_TYPE_##number, &codes);
    ROWS(q4_0, Q4_0)
    ROWS(q4_1, Q4_1)
    ROWS(q5_0, Q5_0)
    ROWS(q5_1, Q5_1)
    ROWS(q8_0, Q8_0)
    ROWS(q4_k, Q4_K)
    ROWS(q5_k, Q5_K)
    ROWS(q6_k, Q6_K)
    ROWS(iq4_nl, IQ4_NL)
    ROWS(iq4_xs, IQ4_XS)
    ROWS(mxfp4, MXFP4)
#define UNPACK(type, number) bench_unpack(&k, "unpack_" #type, k.unpack_##type, TONE_TYPE_##number);
    UNPACK(q4_0, Q4_0)
    UNPACK(q5_0, Q5_0)
    UNPACK(q8_0, Q8_0)
    UNPACK(q4_k, Q4_K)
    UNPACK(q5_k, Q5_K)
    UNPACK(q6_k, Q6_K)
    bench_batches(&k);
    struct row_run r = {&k, x, y, half, &codes};
#define ROW(name) bench_row(&k, #name, run_##name, &r);
    ROW(quantise)
    ROW(f32_to_bf16)
    ROW(f16_to_f32)
    ROW(rms_norm_f32)
    ROW(geglu_f32)
    ROW(gated_f32)
    ROW(softcap_f32)
    ROW(exp_sum_f32)
    ROW(axpy_f32)
    ROW(add_weighted_f32)
    free_codes(&codes);
    free(x);
    free(y);
    free(half);
}

int main(int argc, char **argv)
{
    tone_random_seed(&rng, 1);
    only = argc > 2 ? argv[2] : "";
    bench_table(argc > 1 ? argv[1] : "");
    return 0;
}

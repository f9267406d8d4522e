/* Every block type against golden/text/blocks: 64 blocks each and their values, within one unit in the last place. */
#include <math.h>

#include "base/file.h"
#include "base/types.h"
#include "check.h"
#include "guard.h"
#include "kern/kern.h"

typedef void unpack_fn(int8_t *, float *, float *, const uint8_t *, size_t);

struct format {
    const char *name;
    unpack_fn *unpack;
    tone_type type;
    unsigned group;
    bool has_min;
};

/* Bytes of the tensor "<format>.<part>" of the file: header length, JSON, data. */
static const uint8_t *find(const char *file, const char *format, const char *part, size_t *bytes)
{
    char name[32];
    unsigned long from, to;
    uint64_t length;
    snprintf(name, sizeof name, "\"%s.%s\"", format, part);
    memcpy(&length, file, sizeof length);
    const char *at = memmem(file + 8, length, name, strlen(name));
    at = at ? strstr(at, "\"data_offsets\"") : NULL;
    at = at ? strchr(at, '[') : NULL;
    if (!CHECK(at && sscanf(at, "[%lu,%lu", &from, &to) == 2))
        return NULL;
    *bytes = to - from;
    return (const uint8_t *)file + 8 + length + from;
}

static int64_t ordered(float f)
{
    int32_t i;
    memcpy(&i, &f, sizeof i);
    return i < 0 ? (int64_t)INT32_MIN - i : i;
}

static bool within_one_ulp(float a, float b)
{
    int64_t d = ordered(a) - ordered(b);
    return d >= -1 && d <= 1;
}

static void test_format(const tone_kern *k, const struct format *f, const char *file)
{
    const tone_type_info *info = tone_type_find(f->type);
    size_t n_bytes = 0, n_values = 0;
    const uint8_t *bytes = find(file, f->name, "bytes", &n_bytes);
    const uint8_t *values = find(file, f->name, "values", &n_values);
    n_values /= sizeof(float);
    size_t blocks = n_bytes / info->block_bytes;
    if (!CHECK(bytes && values && blocks == 64 && blocks * info->block_values == n_values))
        return;
    /* every buffer ends at an unreadable page, and the blocks are taken in runs of 0, 1, 2, … */
    guard in = guard_new(n_bytes), code = guard_new(n_values), scale = guard_new(n_values), min = guard_new(n_values);
    guard out = guard_new(n_values * sizeof(float));
    for (size_t from = 0, run = 0; from + run <= blocks; from += run, run++) {
        size_t n = run * info->block_values, groups = n / f->group;
        uint8_t *src = guard_end(&in, run * info->block_bytes);
        int8_t *codes = guard_end(&code, n);
        float *scales = guard_end(&scale, groups * sizeof(float)), *mins = guard_end(&min, groups * sizeof(float));
        float *y = guard_end(&out, n * sizeof(float));
        memcpy(src, bytes + from * info->block_bytes, run * info->block_bytes);
        f->unpack(codes, scales, f->has_min ? mins : NULL, src, run);
        k->expand_f32(y, codes, scales, f->has_min ? mins : NULL, f->group, n);
        for (size_t i = 0; i < n; i++) {
            float want;
            memcpy(&want, values + (from * info->block_values + i) * sizeof want, sizeof want);
            CHECK_CASE(within_one_ulp(y[i], want), "%s %s: block %zu value %zu: got %.9g, want %.9g", k->name, f->name,
                       from + i / info->block_values, i % info->block_values, (double)y[i], (double)want);
        }
    }
    guard_free(&in);
    guard_free(&code);
    guard_free(&scale);
    guard_free(&min);
    guard_free(&out);
}

static void test_16_bit(const char *name, void (*widen)(float *, const uint16_t *, size_t), const char *file)
{
    size_t n_bytes = 0, n_values = 0;
    const uint8_t *bytes = find(file, name, "bytes", &n_bytes);
    const uint8_t *values = find(file, name, "values", &n_values);
    if (!CHECK(bytes && values && n_bytes == 128 && n_values == 256))
        return;
    uint16_t x[64];
    float y[64], want[64];
    memcpy(x, bytes, sizeof x);
    memcpy(want, values, sizeof want);
    widen(y, x, 64);
    CHECK_CASE(memcmp(y, want, sizeof y) == 0, "%s", name);
}

static void test_table(const char *cpu, const char *file)
{
    tone_kern k;
    if (!tone_kern_select(&k, cpu)) {
        printf("%s: skipped, not on this processor\n", cpu);
        return;
    }
    const struct format formats[] = {
        {"q4_0", k.unpack_q4_0, TONE_TYPE_Q4_0, 32, false},
        {"q4_1", k.unpack_q4_1, TONE_TYPE_Q4_1, 32, true},
        {"q5_0", k.unpack_q5_0, TONE_TYPE_Q5_0, 32, false},
        {"q5_1", k.unpack_q5_1, TONE_TYPE_Q5_1, 32, true},
        {"q8_0", k.unpack_q8_0, TONE_TYPE_Q8_0, 32, false},
        {"q2_k", k.unpack_q2_k, TONE_TYPE_Q2_K, 16, true},
        {"q3_k", k.unpack_q3_k, TONE_TYPE_Q3_K, 16, false},
        {"q4_k", k.unpack_q4_k, TONE_TYPE_Q4_K, 32, true},
        {"q5_k", k.unpack_q5_k, TONE_TYPE_Q5_K, 32, true},
        {"q6_k", k.unpack_q6_k, TONE_TYPE_Q6_K, 16, false},
        {"iq1_s", k.unpack_iq1_s, TONE_TYPE_IQ1_S, 32, false},
        {"iq1_m", k.unpack_iq1_m, TONE_TYPE_IQ1_M, 16, false},
        {"iq2_xxs", k.unpack_iq2_xxs, TONE_TYPE_IQ2_XXS, 32, false},
        {"iq2_xs", k.unpack_iq2_xs, TONE_TYPE_IQ2_XS, 16, false},
        {"iq2_s", k.unpack_iq2_s, TONE_TYPE_IQ2_S, 16, false},
        {"iq3_xxs", k.unpack_iq3_xxs, TONE_TYPE_IQ3_XXS, 32, false},
        {"iq3_s", k.unpack_iq3_s, TONE_TYPE_IQ3_S, 32, false},
        {"iq4_nl", k.unpack_iq4_nl, TONE_TYPE_IQ4_NL, 32, false},
        {"iq4_xs", k.unpack_iq4_xs, TONE_TYPE_IQ4_XS, 32, false},
        {"tq1_0", k.unpack_tq1_0, TONE_TYPE_TQ1_0, 32, false},
        {"tq2_0", k.unpack_tq2_0, TONE_TYPE_TQ2_0, 32, false},
        {"mxfp4", k.unpack_mxfp4, TONE_TYPE_MXFP4, 32, false},
        {"nvfp4", k.unpack_nvfp4, TONE_TYPE_NVFP4, 16, false},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        test_format(&k, &formats[i], file);
    test_16_bit("f16", k.f16_to_f32, file);
    test_16_bit("bf16", k.bf16_to_f32, file);
}

int main(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/text/blocks/blocks.safetensors", getenv("TONE_GOLDEN"));
    tone_error err;
    char *file;
    size_t n;
    if (tone_file_read(&file, &n, path, 1 << 24, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; tone_kern_name(i); i++)
        test_table(tone_kern_name(i), file);
    free(file);
    return check_done();
}

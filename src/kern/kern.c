/* Choosing the table of this processor. */
#include <string.h>

#include "kern/kern.h"
#ifdef TONE_KERN_X86
#include "kern/x86/tables.h"
#endif

static const tone_kern plain = {
    .name = "c",
#define KERNEL(ret, kernel, args) .kernel = tone_##kernel##_c,
#include "kern/kern_list.inc"
#undef KERNEL
};

static bool has_plain(void)
{
    return true;
}

static void keep_plain(tone_kern *k)
{
    (void)k;
}

#ifdef TONE_KERN_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

static void fill_both(tone_kern *k)
{
    tone_kern_fill_avx2(k);
    tone_kern_fill_avx512(k);
}
#endif

/* From the best down; a table keeps the kernels of the simpler ones that it has no better for. */
static const struct {
    const char *name;
    bool (*runs_here)(void);
    void (*fill)(tone_kern *k);
} tables[] = {
#ifdef TONE_KERN_X86
    {"avx512", has_avx512, fill_both},
    {"avx2", has_avx2, tone_kern_fill_avx2},
#endif
    {"c", has_plain, keep_plain},
};

bool tone_kern_select(tone_kern *k, const char *name)
{
    *k = plain;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if ((!name || !*name || strcmp(name, tables[i].name) == 0) && tables[i].runs_here()) {
            tables[i].fill(k);
            return true;
        }
    return false;
}

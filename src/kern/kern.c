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

/* From the best down.  A table is made by the fill functions from the bottom of the list up to its own line: each
 * instruction set stands on those below, and what it has no better kernel for stays. */
static const struct {
    const char *name;
    bool (*runs_here)(void);
    void (*fill)(tone_kern *k);
} tables[] = {
#ifdef TONE_KERN_X86
    {"amx", tone_has_amx, tone_kern_fill_amx},
    {"avx512bf16", tone_has_avx512bf16, tone_kern_fill_avx512bf16},
    {"avx512", tone_has_avx512, tone_kern_fill_avx512},
    {"avx2", tone_has_avx2, tone_kern_fill_avx2},
#endif
    {"c", has_plain, keep_plain},
};
enum { N_TABLES = sizeof tables / sizeof *tables };

bool tone_kern_select(tone_kern *k, const char *name)
{
    *k = plain;
    for (size_t i = 0; i < N_TABLES; i++)
        if ((!name || !*name || strcmp(name, tables[i].name) == 0) && tables[i].runs_here()) {
            for (size_t low = N_TABLES; low-- > i;)
                tables[low].fill(k);
            return true;
        }
    return false;
}

const char *tone_kern_name(size_t i)
{
    return i < N_TABLES ? tables[i].name : NULL;
}

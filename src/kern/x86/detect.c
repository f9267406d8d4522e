/* What this processor and this system let us use. */
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kern/x86/tables.h"

/* That the system saves the vector registers is part of "avx2" here; for F16C clang has no name. */
bool tone_has_avx2(void)
{
    enum { F16C = 1 << 29 };
    unsigned a, b, c, d;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __get_cpuid(1, &a, &b, &c, &d) && (c & F16C);
}

bool tone_has_avx512(void)
{
    return tone_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

bool tone_has_avx512bf16(void)
{
    return tone_has_avx512() && __builtin_cpu_supports("avx512bf16");
}

/* Linux gives a process the tile registers when it asks: with that its signal frames grow by 8 KiB. */
bool tone_has_amx(void)
{
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18, AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24 };
    unsigned a, b, c, d;
    return tone_has_avx512bf16() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & AMX_BF16) && (d & AMX_TILE) &&
           syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

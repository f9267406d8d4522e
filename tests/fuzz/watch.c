/* Between libFuzzer and the target: an input may take CPU_S seconds of the processor.  libFuzzer's own -timeout reads the
 * wall clock, which on a crowded machine says nothing about the reader.
 *
 * Linked with -Wl,--wrap=LLVMFuzzerTestOneInput, so that libFuzzer's call comes here. */
#include <time.h>

#include "fuzz/fuzz.h"

enum { CPU_S = 10 };

int __real_LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    double start = cpu_s();
    int result = __real_LLVMFuzzerTestOneInput(bytes, n);
    double took = cpu_s() - start;
    if (took > CPU_S) {
        fprintf(stderr, "ERROR: %zu bytes took %.1f s of CPU, more than %d\n", n, took, CPU_S);
        abort();
    }
    return result;
}

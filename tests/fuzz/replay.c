/* Runs a fuzz target without a fuzzer: every file of its corpus, the prefixes of each, and random changes.
 *
 *     fuzz_NAME FOLDER        or files, to repeat one case */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/random.h"

enum { FILE_MAX = 16 << 20, PREFIXES = 400, CHANGES = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* In a block of exactly its size, where a sanitizer sees the first byte beyond. */
static void run(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    if (!copy)
        exit(2);
    if (n)
        memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

/* Flip bits, set bytes to the values that break things, move and drop runs. */
static size_t change(uint8_t *bytes, size_t n, tone_random *r)
{
    static const uint8_t values[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '{', ' '};
    for (uint64_t k = 1 + tone_random_below(r, 6); k > 0 && n > 0; k--) {
        size_t at = (size_t)tone_random_below(r, n), length = 1 + (size_t)tone_random_below(r, n - at);
        size_t to = (size_t)tone_random_below(r, n - length + 1);
        switch (tone_random_below(r, 8)) {
        case 0:
            memmove(bytes + to, bytes + at, length);
            break;
        case 1:
            memmove(bytes + at, bytes + at + length, n - at - length);
            n -= length;
            break;
        case 2:
        case 3:
            bytes[at] = values[tone_random_below(r, sizeof values)];
            break;
        default:
            bytes[at] ^= (uint8_t)(1u << tone_random_below(r, 8));
        }
    }
    return n;
}

static size_t run_file(const char *path, tone_random *r, bool vary)
{
    tone_error err;
    char *text;
    size_t n, n_runs = 1;
    if (tone_file_read(&text, &n, path, FILE_MAX, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(2);
    }
    uint8_t *bytes = (uint8_t *)text;
    run(bytes, n);
    if (vary) {
        size_t step = 1 + n / PREFIXES;
        for (size_t k = 0; k < n; k += step, n_runs++)
            run(bytes, k);
        uint8_t *changed = malloc(n ? n : 1);
        for (int k = 0; changed && k < CHANGES; k++, n_runs++) {
            memcpy(changed, bytes, n);
            run(changed, change(changed, n, r));
        }
        free(changed);
    }
    free(text);
    return n_runs;
}

int main(int argc, char **argv)
{
    const char *given = getenv("TONE_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("TONE_SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    tone_random r;
    tone_random_seed(&r, seed);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    size_t n_files = 0, n_runs = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **entries = NULL;
        int n = tone_is_folder(argv[i]) ? scandir(argv[i], &entries, NULL, alphasort) : 0;
        if (n == 0) {
            n_runs += run_file(argv[i], &r, false);
            n_files++;
        }
        for (int k = 0; k < n; k++) {
            if (entries[k]->d_name[0] != '.') {
                char *path = tone_path_join(argv[i], entries[k]->d_name);
                n_runs += run_file(path, &r, true);
                n_files++;
                free(path);
            }
            free(entries[k]);
        }
        free(entries);
    }
    printf("%zu files, %zu runs\n", n_files, n_runs);
    return n_files ? 0 : 1;
}

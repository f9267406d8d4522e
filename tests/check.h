/* check.h - the few words a test needs.
 *
 *     CHECK(n == 3);                          goes on after a failure, so that one run shows them all
 *     CHECK_STR(err.text, "…");
 *     return check_done();                    prints "N checks, N failed"; a test without a check fails
 *
 * A test that cannot run says why and returns check_skip("no vocabulary"), which meson shows as a skip. */
#ifndef TONE_TESTS_CHECK_H
#define TONE_TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

static unsigned long check_n, check_failures;

static inline int check_note(int ok, const char *what, const char *file, int line)
{
    check_n++;
    if (!ok && check_failures++ < 40)
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    return ok;
}

static inline int check_strings(const char *got, const char *want, const char *file, int line)
{
    int ok = got && want && strcmp(got, want) == 0;
    check_note(ok, "strings are equal", file, line);
    if (!ok && check_failures <= 40)
        fprintf(stderr, "    got  \"%s\"\n    want \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
    return ok;
}

#define CHECK(cond) check_note(!!(cond), #cond, __FILE__, __LINE__)
#define CHECK_STR(got, want) check_strings((got), (want), __FILE__, __LINE__)
/* Like CHECK with a printf message that tells which case it was. */
#define CHECK_CASE(cond, ...)                                    \
    do {                                                         \
        if (!CHECK(cond) && check_failures <= 40) {              \
            fprintf(stderr, "    " __VA_ARGS__);                 \
            fputc('\n', stderr);                                 \
        }                                                        \
    } while (0)

static inline int check_skip(const char *why)
{
    printf("skipped: %s\n", why);
    return 77;
}

static inline int check_done(void)
{
    printf("%lu checks, %lu failed\n", check_n, check_failures);
    return check_failures || !check_n;
}

#endif

/* tonesmith/base.h - what every header of Tonesmith shares: visibility, status codes and errors.
 *
 * Every function that can fail returns a tone_status and takes a nullable tone_error last.  The error's text is one
 * line that says what is wrong with the input; whoever knows the input words it and everyone above passes it on.
 * The library never prints, exits, aborts or installs signal handlers, and holds no mutable global state. */
#ifndef TONESMITH_BASE_H
#define TONESMITH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define TONE_API __attribute__((visibility("default")))
#define TONE_NODISCARD __attribute__((warn_unused_result))
#define TONE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TONE_API
#define TONE_NODISCARD
#define TONE_PRINTF(fmt, args)
#endif

/* Marks a function that may run on the audio thread: bounded time, no allocation, lock, file or log call.
 * Compilers that know the attribute check it. */
#if defined __clang__ && __clang_major__ >= 20
#define TONE_NONBLOCKING __attribute__((nonblocking))
#else
#define TONE_NONBLOCKING
#endif

typedef enum tone_status {
    TONE_OK = 0,
    TONE_ERR_NO_MEMORY,    /* an allocation failed or would pass a limit                    */
    TONE_ERR_IO,           /* the operating system refused: open, read, write, map, spawn   */
    TONE_ERR_FORMAT,       /* bytes from outside break the rules of their format            */
    TONE_ERR_UNSUPPORTED,  /* well-formed, but something this build or version cannot do    */
    TONE_ERR_ARGUMENT,     /* a value from the caller or the user is unknown or out of range */
    TONE_ERR_NOT_FOUND,    /* a name, file or id that does not exist                        */
    TONE_ERR_CONTEXT_FULL, /* more tokens than the session can hold                         */
    TONE_ERR_CANCELLED,    /* somebody asked to stop                                        */
    TONE_ERR_LIMIT         /* a stated bound on time, size or depth was reached             */
} tone_status;

/* Filled in when a call fails; otherwise untouched.  Plain data, copy freely. */
typedef struct tone_error {
    tone_status code;
    uint64_t offset; /* byte in the input where it went wrong, 0 when that has no meaning */
    char text[320];  /* one line, UTF-8, no newline, always terminated                    */
} tone_error;

/* A position in a vocabulary.  TONE_TOKEN_NONE is no token: "absent" where an id is answered. */
typedef uint32_t tone_token;
#define TONE_TOKEN_NONE UINT32_MAX

/* "out of memory", "format error", …; never NULL. */
TONE_API const char *tone_status_text(tone_status status);

/* "0.1.0" */
TONE_API const char *tone_version(void);

#ifdef __cplusplus
}
#endif
#endif

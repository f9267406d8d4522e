/* token/spaces.h - U+2581, the mark that stands for a space inside vocabularies. */
#ifndef TONE_TOKEN_SPACES_H
#define TONE_TOKEN_SPACES_H

#include <string.h>

/* Copy s[0..n) to `to` (room for n) with a space for every U+2581; returns the bytes written. */
static inline size_t tone_spaces_from_marks(char *to, const char *s, size_t n)
{
    size_t at = 0, put = 0;
    for (;;) {
        const char *mark = at < n ? memchr(s + at, 0xE2, n - at) : NULL;
        size_t plain = mark ? (size_t)(mark - s) - at : n - at;
        if (plain)
            memcpy(to + put, s + at, plain);
        put += plain;
        at += plain;
        if (!mark)
            return put;
        if (n - at >= 3 && memcmp(s + at, "\xE2\x96\x81", 3) == 0) {
            to[put++] = ' ';
            at += 3;
        } else {
            to[put++] = s[at++];
        }
    }
}

#endif

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

size_t tone_utf8_decode(const uint8_t *s, size_t n, uint32_t *cp)
{
    if (n == 0)
        return 0;
    uint32_t c = s[0];
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    size_t length;
    uint32_t smallest;
    if (c >= 0xC2 && c <= 0xDF) {
        length = 2;
        smallest = 0x80;
        c &= 0x1F;
    } else if ((c & 0xF0) == 0xE0) {
        length = 3;
        smallest = 0x800;
        c &= 0x0F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        length = 4;
        smallest = 0x10000;
        c &= 0x07;
    } else {
        return 0;
    }
    if (n < length)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    if (c < smallest || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *cp = c;
    return length;
}

size_t tone_utf8_valid_length(const uint8_t *s, size_t n)
{
    uint32_t cp;
    return tone_utf8_decode(s, n, &cp);
}

size_t tone_utf8_encode(uint32_t cp, uint8_t out[4])
{
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (uint8_t)(0xC0 | cp >> 6);
        out[1] = (uint8_t)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            return 0;
        out[0] = (uint8_t)(0xE0 | cp >> 12);
        out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (cp & 0x3F));
        return 3;
    }
    if (cp > 0x10FFFF)
        return 0;
    out[0] = (uint8_t)(0xF0 | cp >> 18);
    out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (cp & 0x3F));
    return 4;
}

int tone_utf8_valid(const uint8_t *s, size_t n, size_t *bad)
{
    size_t at = 0;
    while (at < n) {
        size_t step = tone_utf8_valid_length(s + at, n - at);
        if (step == 0) {
            if (bad)
                *bad = at;
            return 0;
        }
        at += step;
    }
    return 1;
}

size_t tone_utf8_bad_length(const uint8_t *s, size_t n, bool *unfinished)
{
    *unfinished = false;
    size_t length = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    if (length == 0)
        return 1;
    /* Only the second byte's range depends on the first. */
    uint8_t low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
    uint8_t high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
    size_t i = 1;
    while (i < length && i < n && s[i] >= low && s[i] <= high) {
        low = 0x80;
        high = 0xBF;
        i++;
    }
    *unfinished = i == n && i < length;
    return i;
}

char *tone_utf8_repair(const char *s, size_t n, size_t *out_n)
{
    const uint8_t *in = (const uint8_t *)s;
    bool unfinished;
    size_t total = 0, step;
    for (size_t at = 0; at < n; at += step) {
        step = tone_utf8_valid_length(in + at, n - at);
        total += step ? step : 3;
        if (!step)
            step = tone_utf8_bad_length(in + at, n - at, &unfinished);
    }
    char *out = malloc(total + 1);
    if (!out)
        return NULL;
    size_t put = 0;
    for (size_t at = 0; at < n; at += step) {
        step = tone_utf8_valid_length(in + at, n - at);
        memcpy(out + put, step ? s + at : "\xEF\xBF\xBD", step ? step : 3);
        put += step ? step : 3;
        if (!step)
            step = tone_utf8_bad_length(in + at, n - at, &unfinished);
    }
    out[put] = 0;
    *out_n = put;
    return out;
}

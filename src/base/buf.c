#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool tone_buf_reserve(tone_buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (b->room - b->n > more) /* one byte stays for the terminator */
        return true;
    size_t need;
    if (__builtin_add_overflow(b->n, more, &need) || need > SIZE_MAX / 2 - 64) {
        b->failed = true;
        return false;
    }
    size_t room = need + need / 2 + 64;
    char *data = realloc(b->data, room);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->room = room;
    b->data[b->n] = 0;
    return true;
}

void tone_buf_append(tone_buf *b, const void *bytes, size_t n)
{
    if (n == 0 || !tone_buf_reserve(b, n))
        return;
    memcpy(b->data + b->n, bytes, n);
    b->n += n;
    b->data[b->n] = 0;
}

void tone_buf_puts(tone_buf *b, const char *text)
{
    tone_buf_append(b, text, strlen(text));
}

void tone_buf_putc(tone_buf *b, char c)
{
    tone_buf_append(b, &c, 1);
}

void tone_buf_printf(tone_buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
    } else if (tone_buf_reserve(b, (size_t)n)) {
        vsnprintf(b->data + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

const char *tone_buf_text(const tone_buf *b)
{
    return b->data ? b->data : "";
}

char *tone_buf_take(tone_buf *b)
{
    char *data = NULL;
    if (!b->failed && tone_buf_reserve(b, 0))
        data = b->data;
    else
        free(b->data);
    *b = (tone_buf){0};
    return data;
}

void tone_buf_reset(tone_buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = 0;
}

void tone_buf_clear(tone_buf *b)
{
    free(b->data);
    *b = (tone_buf){0};
}

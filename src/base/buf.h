/* base/buf.h - a growable run of bytes, always followed by a zero byte so that it can be read as a C string.
 *
 *     tone_buf b = {0};
 *     tone_buf_printf(&b, "%d tokens", n);
 *     if (b.failed) …                        // memory ran out somewhere above: check once
 *     tone_buf_clear(&b);
 */
#ifndef TONE_BASE_BUF_H
#define TONE_BASE_BUF_H

#include "tonesmith/base.h"

typedef struct tone_buf {
    char *data; /* NULL while empty and never grown */
    size_t n, room;
    bool failed; /* an append found no memory; later appends do nothing */
} tone_buf;

void tone_buf_append(tone_buf *b, const void *bytes, size_t n);
void tone_buf_puts(tone_buf *b, const char *text);
void tone_buf_putc(tone_buf *b, char c);
void tone_buf_printf(tone_buf *b, const char *fmt, ...) TONE_PRINTF(2, 3);
/* Make room for `more` bytes after the end; false (and failed) when there is none. */
bool tone_buf_reserve(tone_buf *b, size_t more);
/* The text so far, "" while empty; borrowed until the next change. */
const char *tone_buf_text(const tone_buf *b);
/* Hand over the bytes (caller frees; NULL when failed); the buffer is empty again. */
char *tone_buf_take(tone_buf *b);
/* Keep the memory, forget the contents. */
void tone_buf_reset(tone_buf *b);
/* Free everything; the buffer is as {0}. */
void tone_buf_clear(tone_buf *b);

#endif

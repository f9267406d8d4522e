/* A GGUF written by hand, field by field, so that each of them can lie. */
#ifndef TONE_TESTS_GGUF_BUILD_H
#define TONE_TESTS_GGUF_BUILD_H

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

static inline void put_u32(tone_buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        tone_buf_putc(b, (char)(v >> (8 * i)));
}

static inline void put_u64(tone_buf *b, uint64_t v)
{
    put_u32(b, (uint32_t)v);
    put_u32(b, (uint32_t)(v >> 32));
}

static inline void put_text(tone_buf *b, const char *s)
{
    put_u64(b, strlen(s));
    tone_buf_puts(b, s);
}

static inline void put_header(tone_buf *b, uint32_t version, uint64_t n_tensors, uint64_t n_values)
{
    tone_buf_puts(b, "GGUF");
    put_u32(b, version);
    put_u64(b, n_tensors);
    put_u64(b, n_values);
}

static inline void put_key(tone_buf *b, const char *key, uint32_t type)
{
    put_text(b, key);
    put_u32(b, type);
}

static inline void put_key_u32(tone_buf *b, const char *key, uint32_t v)
{
    put_key(b, key, 4);
    put_u32(b, v);
}

static inline void put_key_u16(tone_buf *b, const char *key, uint16_t v)
{
    put_key(b, key, 2);
    tone_buf_putc(b, (char)v);
    tone_buf_putc(b, (char)(v >> 8));
}

static inline void put_key_text(tone_buf *b, const char *key, const char *v)
{
    put_key(b, key, 8);
    put_text(b, v);
}

/* dims as the file has them: the contiguous one first. */
static inline void put_tensor(tone_buf *b, const char *name, uint32_t n_dims, const uint64_t *dims, uint32_t type,
                              uint64_t offset)
{
    put_text(b, name);
    put_u32(b, n_dims);
    for (uint32_t i = 0; i < n_dims; i++)
        put_u64(b, dims[i]);
    put_u32(b, type);
    put_u64(b, offset);
}

static inline void put_padding(tone_buf *b, size_t alignment)
{
    while (b->n % alignment)
        tone_buf_putc(b, 0);
}

static inline void put_zeros(tone_buf *b, size_t n)
{
    while (n--)
        tone_buf_putc(b, 0);
}

#endif

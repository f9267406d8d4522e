/* format/gguf_value.h - one entry of GGUF metadata as the two halves of the reader share it. */
#ifndef TONE_FORMAT_GGUF_VALUE_H
#define TONE_FORMAT_GGUF_VALUE_H

#include "format/gguf.h"

struct tone_gguf_value {
    tone_gguf_string key;
    tone_gguf_type type, element; /* element: of an array       */
    const uint8_t *data;          /* in the file, not aligned   */
    size_t n_bytes;               /* of data                    */
    size_t n;                     /* elements of an array       */
};

/* Bytes of a number or bool; 0 for strings, arrays and codes that there are not. */
size_t tone_gguf_scalar_bytes(uint32_t type);

/* Little-endian, at any address. */
static inline uint32_t tone_load_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t tone_load_u64(const uint8_t *p)
{
    return (uint64_t)tone_load_u32(p) | (uint64_t)tone_load_u32(p + 4) << 32;
}

#endif

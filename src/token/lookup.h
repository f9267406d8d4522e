/* token/lookup.h - the hash table of pieces.
 *
 * Bytes are read eight at a time, up to 7 beyond the end of a key: every text that is looked up has room for that. */
#ifndef TONE_TOKEN_LOOKUP_H
#define TONE_TOKEN_LOOKUP_H

#include <string.h>

#include "token/vocab.h"

enum { TONE_TEXT_PADDING = 16 };

static inline uint64_t tone_load_8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint64_t tone_hash_mix(uint64_t a, uint64_t b)
{
    unsigned __int128 m = (unsigned __int128)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* n > 0 */
static inline uint64_t tone_hash_bytes(const char *p, uint32_t n)
{
    const uint64_t k0 = 0x9E3779B97F4A7C15u, k1 = 0xD6E8FEB86659FD93u;
    if (n <= 8)
        return tone_hash_mix((tone_load_8(p) & UINT64_MAX >> (64 - 8 * n)) ^ k0, k1 ^ n);
    uint64_t h = k0 ^ n;
    uint32_t i = 0;
    for (; i + 8 < n; i += 8)
        h = tone_hash_mix(h ^ tone_load_8(p + i), k1);
    return tone_hash_mix(h ^ tone_load_8(p + n - 8), k1);
}

static inline tone_token tone_vocab_find_hashed(const tone_tokenizer *t, const char *p, uint32_t n, uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32), i = (uint32_t)hash & t->slot_mask;
    for (; t->slots[i].id != TONE_TOKEN_NONE; i = (i + 1) & t->slot_mask) {
        if (t->slots[i].tag != tag)
            continue;
        tone_token id = t->slots[i].id;
        if (t->start[id + 1] - t->start[id] == n && memcmp(t->text + t->start[id], p, n) == 0)
            return id;
    }
    return TONE_TOKEN_NONE;
}

/* The piece that prints p[0..n), n > 0; TONE_TOKEN_NONE when there is none.  Byte tokens are not looked at. */
static inline tone_token tone_vocab_find(const tone_tokenizer *t, const char *p, uint32_t n)
{
    return n > t->longest_piece ? TONE_TOKEN_NONE : tone_vocab_find_hashed(t, p, n, tone_hash_bytes(p, n));
}

#endif

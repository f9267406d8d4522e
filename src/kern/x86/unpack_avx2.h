/* kern/x86/unpack_avx2.h - blocks of weights to codes and scales, AVX2: the types that models are made of. */
#ifndef TONE_KERN_X86_UNPACK_AVX2_H
#define TONE_KERN_X86_UNPACK_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "kern/tables.h"
#include "kern/x86/tables.h"

#define INLINE static inline __attribute__((always_inline))

INLINE __m128i load_16(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE __m256i load_32(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

INLINE void store_32(int8_t *p, __m256i v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, v);
}

INLINE float half_at(const uint8_t *p)
{
    uint16_t h;
    memcpy(&h, p, sizeof h);
    return _cvtsh_ss(h);
}

INLINE uint32_t word_at(const uint8_t *p)
{
    uint32_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Low nibbles of sixteen bytes, then the high ones. */
INLINE __m256i nibbles_16(const uint8_t *p)
{
    __m128i q = load_16(p);
    return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(q, 4), q), _mm256_set1_epi8(15));
}

/* Byte i is 16 where bit i is set. */
INLINE __m256i fifth_bits(uint32_t bits)
{
    const __m256i byte = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i v = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), byte), bit);
    return _mm256_and_si256(_mm256_cmpeq_epi8(v, bit), _mm256_set1_epi8(16));
}

INLINE void unpack_q4_0(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 18, code += 32) {
        scale[b] = half_at(blocks);
        store_32(code, _mm256_sub_epi8(nibbles_16(blocks + 2), _mm256_set1_epi8(8)));
    }
}

INLINE void unpack_q4_1(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 20, code += 32) {
        scale[b] = half_at(blocks);
        min[b] = -half_at(blocks + 2);
        store_32(code, nibbles_16(blocks + 4));
    }
}

INLINE void unpack_q5_0(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 22, code += 32) {
        scale[b] = half_at(blocks);
        __m256i q = _mm256_or_si256(nibbles_16(blocks + 6), fifth_bits(word_at(blocks + 2)));
        store_32(code, _mm256_sub_epi8(q, _mm256_set1_epi8(16)));
    }
}

INLINE void unpack_q5_1(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++, blocks += 24, code += 32) {
        scale[b] = half_at(blocks);
        min[b] = -half_at(blocks + 2);
        store_32(code, _mm256_or_si256(nibbles_16(blocks + 8), fifth_bits(word_at(blocks + 4))));
    }
}

INLINE void unpack_q8_0(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 34, code += 32) {
        scale[b] = half_at(blocks);
        store_32(code, load_32(blocks + 2));
    }
}

INLINE __m256i look_up(__m256i nibbles, const int8_t table[16])
{
    __m128i values = _mm_loadu_si128((const __m128i *)(const void *)table);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(values), nibbles);
}

INLINE void unpack_iq4_nl(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 18, code += 32) {
        scale[b] = half_at(blocks);
        store_32(code, look_up(nibbles_16(blocks + 2), tone_iq4_values));
    }
}

INLINE void unpack_mxfp4(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 17, code += 32) {
        uint32_t e = blocks[0], bits = e < 2 ? 0x00200000u << e : (e - 1) << 23;
        memcpy(&scale[b], &bits, sizeof bits);
        store_32(code, look_up(nibbles_16(blocks + 1), tone_fp4_values));
    }
}

INLINE void unpack_iq4_xs(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    for (size_t b = 0; b < n_blocks; b++, blocks += 136, scale += 8) {
        float d = half_at(blocks);
        unsigned high = word_at(blocks) >> 16;
        for (int g = 0; g < 8; g++, code += 32) {
            int low = blocks[4 + g / 2] >> g % 2 * 4 & 15;
            scale[g] = d * (float)((low | (int)(high >> 2 * g & 3) << 4) - 32);
            store_32(code, look_up(nibbles_16(blocks + 8 + 16 * g), tone_iq4_values));
        }
    }
}

/* Eight 6-bit scales and minima of Q4_K and Q5_K, times d and dmin. */
INLINE void scales_and_mins(float *scale, float *min, const uint8_t *p)
{
    uint32_t a = word_at(p + 4), b = word_at(p + 8), c = word_at(p + 12);
    uint64_t scales = (a & 0x3f3f3f3f) | (uint64_t)((c & 0x0f0f0f0f) | (a >> 2 & 0x30303030)) << 32;
    uint64_t mins = (b & 0x3f3f3f3f) | (uint64_t)((c >> 4 & 0x0f0f0f0f) | (b >> 2 & 0x30303030)) << 32;
    __m256 s = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)scales)));
    __m256 m = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)mins)));
    _mm256_storeu_ps(scale, _mm256_mul_ps(s, _mm256_set1_ps(half_at(p))));
    _mm256_storeu_ps(min, _mm256_mul_ps(m, _mm256_set1_ps(half_at(p + 2))));
}

INLINE void unpack_q4_k(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    const __m256i low = _mm256_set1_epi8(15);
    for (size_t b = 0; b < n_blocks; b++, blocks += 144, scale += 8, min += 8) {
        scales_and_mins(scale, min, blocks);
        for (int g = 0; g < 4; g++, code += 64) {
            __m256i q = load_32(blocks + 16 + 32 * g);
            store_32(code, _mm256_and_si256(q, low));
            store_32(code + 32, _mm256_and_si256(_mm256_srli_epi16(q, 4), low));
        }
    }
}

INLINE void unpack_q5_k(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    const __m256i low = _mm256_set1_epi8(15), bit = _mm256_set1_epi8(16);
    for (size_t b = 0; b < n_blocks; b++, blocks += 176, scale += 8, min += 8) {
        scales_and_mins(scale, min, blocks);
        __m256i high = load_32(blocks + 16); /* bit g of byte l: the fifth of value l in sub-block g */
        for (int g = 0; g < 8; g++, code += 32) {
            __m256i q = load_32(blocks + 48 + g / 2 * 32);
            q = _mm256_and_si256(g % 2 ? _mm256_srli_epi16(q, 4) : q, low);
            __m256i h = g < 4 ? _mm256_slli_epi16(high, 4 - g) : _mm256_srli_epi16(high, g - 4);
            store_32(code, _mm256_or_si256(q, _mm256_and_si256(h, bit)));
        }
    }
}

INLINE void unpack_q6_k(int8_t *code, float *scale, float *min, const uint8_t *blocks, size_t n_blocks)
{
    (void)min;
    const __m256i low = _mm256_set1_epi8(15), two = _mm256_set1_epi8(0x30), offset = _mm256_set1_epi8(32);
    for (size_t b = 0; b < n_blocks; b++, blocks += 210, scale += 16) {
        __m256 d = _mm256_set1_ps(half_at(blocks + 208));
        __m128i s = load_16(blocks + 192);
        _mm256_storeu_ps(scale, _mm256_mul_ps(d, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(s))));
        _mm256_storeu_ps(scale + 8, _mm256_mul_ps(d, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128(s, 8)))));
        for (int h = 0; h < 2; h++) {
            __m256i high = load_32(blocks + 128 + 32 * h);
            for (int r = 0; r < 4; r++, code += 32) {
                __m256i q = load_32(blocks + 64 * h + r % 2 * 32);
                q = _mm256_and_si256(r < 2 ? q : _mm256_srli_epi16(q, 4), low);
                __m256i t = r < 2 ? _mm256_slli_epi16(high, 4 - 2 * r) : _mm256_srli_epi16(high, 2 * r - 4);
                q = _mm256_or_si256(q, _mm256_and_si256(t, two));
                store_32(code, _mm256_sub_epi8(q, offset));
            }
        }
    }
}

#endif

/* The GGUF reader: what it reads, and what it says about files that lie. */
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "check.h"
#include "format/gguf.h"
#include "format_test.h"
#include "gguf_build.h"

/* Entries of every type and three tensors (F32 vector, Q4_0 matrix, Q6_K stack of two matrices). */
static tone_buf whole_file(void)
{
    tone_buf b = {0};
    put_header(&b, 3, 3, 14);
    put_key_text(&b, "general.architecture", "gemma4");
    put_key(&b, "u8", 0), tone_buf_putc(&b, (char)200);
    put_key(&b, "i8", 1), tone_buf_putc(&b, (char)-3);
    put_key_u16(&b, "u16", 65535);
    put_key(&b, "i16", 3), tone_buf_append(&b, "\xFE\xFF", 2);
    put_key_u32(&b, "u32", 4000000000u);
    put_key(&b, "i32", 5), put_u32(&b, (uint32_t)-5);
    put_key(&b, "f32", 6), put_u32(&b, 0x3FC00000); /* 1.5 */
    put_key(&b, "bool", 7), tone_buf_putc(&b, 1);
    put_key(&b, "u64", 10), put_u64(&b, UINT64_MAX);
    put_key(&b, "i64", 11), put_u64(&b, (uint64_t)INT64_MIN);
    put_key(&b, "f64", 12), put_u64(&b, 0x3FD0000000000000u); /* 0.25 */
    put_key(&b, "words", 9), put_u32(&b, 8), put_u64(&b, 3);
    put_text(&b, "a"), put_text(&b, ""), put_text(&b, "ccc");
    put_key(&b, "widths", 9), put_u32(&b, 5), put_u64(&b, 2), put_u32(&b, 7), put_u32(&b, (uint32_t)-1);
    put_tensor(&b, "norm", 1, (const uint64_t[]){6}, 0, 0);
    put_tensor(&b, "matrix", 2, (const uint64_t[]){64, 3}, 2, 32);
    put_tensor(&b, "stack", 3, (const uint64_t[]){256, 2, 2}, 14, 32 + 128);
    put_padding(&b, 32);
    for (int i = 0; i < 6; i++)
        put_u32(&b, 0x3F800000);
    put_padding(&b, 32);
    for (int i = 0; i < 3 * 2 * 18; i++)
        tone_buf_putc(&b, (char)i);
    put_padding(&b, 32);
    put_zeros(&b, 4 * 210);
    return b;
}

static void test_values(const tone_gguf *g)
{
    uint64_t u = 0;
    int64_t i = 0;
    double d = 0;
    bool yes = false;
    tone_gguf_string s;
    CHECK(tone_gguf_get_string(tone_gguf_find(g, "general.architecture"), &s) && s.n == 6 &&
          !memcmp(s.text, "gemma4", 6));
    CHECK(tone_gguf_get_u64(tone_gguf_find(g, "u8"), &u) && u == 200);
    CHECK(!tone_gguf_get_u64(tone_gguf_find(g, "i8"), &u) && tone_gguf_get_f64(tone_gguf_find(g, "i8"), &d) && d == -3);
    CHECK(tone_gguf_get_u64(tone_gguf_find(g, "u16"), &u) && u == 65535);
    CHECK(tone_gguf_get_f64(tone_gguf_find(g, "i16"), &d) && d == -2);
    CHECK(tone_gguf_get_u64(tone_gguf_find(g, "u32"), &u) && u == 4000000000u);
    CHECK(tone_gguf_get_f64(tone_gguf_find(g, "i32"), &d) && d == -5);
    CHECK(tone_gguf_get_f64(tone_gguf_find(g, "f32"), &d) && d == 1.5 &&
          !tone_gguf_get_u64(tone_gguf_find(g, "f32"), &u));
    CHECK(tone_gguf_get_bool(tone_gguf_find(g, "bool"), &yes) && yes &&
          !tone_gguf_get_bool(tone_gguf_find(g, "u8"), &yes));
    CHECK(tone_gguf_get_u64(tone_gguf_find(g, "u64"), &u) && u == UINT64_MAX &&
          !tone_gguf_get_f64(tone_gguf_find(g, "u64"), &d));
    CHECK(!tone_gguf_get_u64(tone_gguf_find(g, "i64"), &u) && !tone_gguf_get_f64(tone_gguf_find(g, "i64"), &d));
    CHECK(tone_gguf_get_f64(tone_gguf_find(g, "f64"), &d) && d == 0.25);
    CHECK(!tone_gguf_find(g, "absent") && !tone_gguf_get_u64(NULL, &u) && !tone_gguf_get_string(NULL, &s));

    const tone_gguf_value *words = tone_gguf_find(g, "words"), *widths = tone_gguf_find(g, "widths");
    tone_gguf_type type = TONE_GGUF_U8;
    CHECK(tone_gguf_array_n(words, &type) == 3 && type == TONE_GGUF_STRING &&
          tone_gguf_value_type(words) == TONE_GGUF_ARRAY);
    size_t cursor = 0;
    CHECK(tone_gguf_array_next_string(words, &cursor, &s) && s.n == 1 && s.text[0] == 'a');
    CHECK(tone_gguf_array_next_string(words, &cursor, &s) && s.n == 0);
    CHECK(tone_gguf_array_next_string(words, &cursor, &s) && s.n == 3 && memcmp(s.text, "ccc", 3) == 0);
    CHECK(!tone_gguf_array_next_string(words, &cursor, &s) && !tone_gguf_array_u64(words, 0, &u));
    CHECK(tone_gguf_array_n(widths, &type) == 2 && type == TONE_GGUF_I32);
    CHECK(tone_gguf_array_u64(widths, 0, &u) && u == 7 && !tone_gguf_array_u64(widths, 1, &u));
    CHECK(tone_gguf_array_i64(widths, 1, &i) && i == -1 && tone_gguf_array_f64(widths, 1, &d) && d == -1);
    CHECK(!tone_gguf_array_i64(widths, 2, &i) && tone_gguf_array_n(tone_gguf_find(g, "u8"), &type) == 0);
}

static void test_whole(void)
{
    tone_buf b = whole_file();
    tone_error err;
    tone_gguf *g;
    for (uint32_t version = 2; version <= 3; version++) {
        b.data[4] = (char)version;
        if (!CHECK(tone_gguf_open_memory(&g, b.data, b.n, &err) == TONE_OK)) {
            fprintf(stderr, "    %s\n", err.text);
            continue;
        }
        CHECK(tone_gguf_n_tensors(g) == 3 && tone_gguf_n_values(g) == 14 && tone_gguf_file_bytes(g) == b.n);
        test_values(g);
        const tone_tensor *t = tone_gguf_find_tensor(g, "matrix");
        CHECK(t && t == tone_gguf_tensor(g, 1) && t->type == TONE_TYPE_Q4_0 && t->n_dims == 2 && t->dims[0] == 3 &&
              t->dims[1] == 64 && t->n_values == 192 && t->n_bytes == 108 && t->data[107] == 107);
        t = tone_gguf_find_tensor(g, "stack");
        CHECK(t && t->n_dims == 3 && t->dims[0] == 2 && t->dims[2] == 256 && t->n_bytes == 840);
        CHECK(t && t->data + t->n_bytes == (const uint8_t *)b.data + b.n);
        CHECK(!tone_gguf_find_tensor(g, "stac") && !tone_gguf_find_tensor(g, ""));
        tone_gguf_string key;
        CHECK(tone_gguf_value_at(g, 1, &key) == tone_gguf_find(g, "u8") && key.n == 2);
        tone_gguf_close(g);
    }
    tone_buf_clear(&b);
}

static bool open_bytes(const void *bytes, size_t n, tone_error *err)
{
    tone_gguf *g;
    tone_status st = tone_gguf_open_memory(&g, bytes, n, err);
    if (!st)
        walk_gguf(g);
    else
        CHECK(g == NULL);
    tone_gguf_close(g);
    return st == TONE_OK;
}

/* Every proper prefix is refused with a sentence and nothing is read past its end (the copy ends where its memory does). */
static void test_prefixes(void)
{
    tone_buf b = whole_file();
    for (size_t n = 0; n < b.n; n++) {
        tone_error err = {0};
        uint8_t *copy = tail_copy(b.data, n);
        CHECK_CASE(!open_bytes(copy, n, &err) && err.text[0], "prefix of %zu bytes", n);
        tail_free(copy, n);
    }
    tone_buf_clear(&b);
}

static void test_flips(uint64_t seed)
{
    tone_buf b = whole_file();
    tone_random r;
    tone_random_seed(&r, seed);
    unsigned opened = 0;
    for (size_t bit = 0; bit < b.n * 8; bit++) { /* every single bit, and random handfuls */
        uint8_t *copy = tail_copy(b.data, b.n);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        for (uint64_t k = bit % 3 ? 0 : tone_random_below(&r, 5); k > 0; k--)
            copy[tone_random_below(&r, 500)] ^= (uint8_t)(1u << tone_random_below(&r, 8));
        tone_error err = {0};
        bool ok = open_bytes(copy, b.n, &err);
        opened += ok;
        CHECK_CASE(ok || (err.text[0] && !strchr(err.text, '\n')), "seed %llu, bit %zu", (unsigned long long)seed, bit);
        tail_free(copy, b.n);
    }
    CHECK(opened > b.n); /* most of the file is weights */
    tone_buf_clear(&b);
}

/* One file that lies in one way, and the sentence. */
static void expect_error(const tone_buf *b, const char *want)
{
    tone_error err = {0};
    tone_gguf *g;
    tone_status st = tone_gguf_open_memory(&g, b->data, b->n, &err);
    CHECK(st != TONE_OK && st == err.code && g == NULL);
    CHECK_STR(err.text, want);
    tone_gguf_close(g);
}

static void test_header_lies(void)
{
    tone_buf b = {0};
    tone_buf_puts(&b, "GGML");
    expect_error(&b, "not a GGUF file");
    tone_buf_reset(&b);
    put_header(&b, 1, 0, 0);
    expect_error(&b, "GGUF version 1; versions 2 and 3 are read");
    tone_buf_reset(&b);
    put_header(&b, 0x03000000, 0, 0);
    expect_error(&b, "a big-endian GGUF file; only little-endian ones are read");
    tone_buf_reset(&b);
    put_header(&b, 3, UINT64_MAX, 0);
    expect_error(&b, "the header claims 18446744073709551615 tensors, more than any model has");
    tone_buf_reset(&b);
    put_header(&b, 3, 1, 0);
    expect_error(&b, "the header claims 1 tensors, more than the file holds");
    tone_buf_reset(&b);
    put_header(&b, 3, 0, 1ull << 60);
    expect_error(&b, "the header claims 1152921504606846976 keys, more than any model has");
    tone_buf_clear(&b);
}

static void test_key_lies(void)
{
    static const struct {
        uint32_t type, element;
        uint64_t n;
        const char *want;
    } cases[] = {
        {13, 0, 0, "key 'k' has type 13, which there is not"},
        {9, 9, 1, "key 'k' is an array of type 9, which there is not"},
        {9, 77, 1, "key 'k' is an array of type 77, which there is not"},
        {9, 4, 1ull << 62, "key 'k' claims 4611686018427387904 elements, more than the file holds"},
        {9, 8, 3, "key 'k' claims 3 elements, more than the file holds"},
        {9, 8, 2, "key 'k': string 1 ends past the end of the file"},
    };
    tone_buf b = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_buf_reset(&b);
        put_header(&b, 3, 0, 1);
        put_key(&b, "k", cases[i].type);
        put_u32(&b, cases[i].element);
        put_u64(&b, cases[i].n);
        if (cases[i].element == 8) {
            put_u64(&b, 0);
            put_u64(&b, UINT64_MAX);
        } else {
            put_zeros(&b, 64);
        }
        expect_error(&b, cases[i].want);
    }
    tone_buf_reset(&b);
    put_header(&b, 3, 0, 2);
    put_key_u32(&b, "twice", 1);
    put_key_u32(&b, "twice", 1);
    expect_error(&b, "key 'twice' comes twice");
    tone_buf_reset(&b);
    put_header(&b, 3, 0, 1);
    put_key_u32(&b, "", 1);
    expect_error(&b, "the name of key 0 has 0 bytes, not 1…65535");
    for (uint32_t bad = 0; bad < 3; bad++) {
        tone_buf_reset(&b);
        put_header(&b, 3, 0, 1);
        put_key_u32(&b, "general.alignment", (const uint32_t[]){0, 4, 48}[bad]);
        expect_error(&b, "key 'general.alignment' is no power of two from 8 to 2^24");
    }
    tone_buf_reset(&b);
    put_header(&b, 3, 0, 1);
    put_key_u16(&b, "split.count", 3);
    expect_error(&b, "a part of a set of 3 files");
    tone_buf_clear(&b);
}

static void test_tensor_lies(void)
{
    static const char long_name[] = "0123456789012345678901234567890123456789012345678901234567890123";
    static const struct {
        const char *name;
        uint32_t n_dims;
        uint64_t dims[4];
        uint32_t type;
        uint64_t offset;
        const char *want;
    } cases[] = {
        {"t", 0, {0}, 0, 0, "tensor 't' has 0 dimensions, not 1…4"},
        {"t", 2, {0, 4}, 0, 0, "tensor 't' has a dimension of 0"},
        {"t", 1, {8}, 4, 0, "tensor 't' has type 4, which is not known here"},
        {"t", 1, {8}, 1u << 31, 0, "tensor 't' has type 2147483648, which is not known here"},
        {"t", 1, {33}, 2, 0, "tensor 't' has rows of 33 values, no whole number of Q4_0 blocks"},
        {"t", 2, {1ull << 32, 1ull << 32}, 0, 0, "tensor 't' claims more bytes than can be counted"},
        {"t", 2, {1ull << 31, 1ull << 31}, 28, 0, "tensor 't' claims more bytes than can be counted"},
        {"t", 2, {1ull << 40, 1}, 0, 0, "tensor 't' ends past the end of the file"},
        {"t", 1, {65}, 0, 0, "tensor 't' ends past the end of the file"},
        {"t", 1, {8}, 0, 32, "tensor 't' is said to begin at byte 32 of the data, but the one before ends at 0"},
        {"t",
         1,
         {8},
         0,
         UINT64_MAX - 31,
         "tensor 't' is said to begin at byte 18446744073709551584 of the data, but the one before ends at 0"},
        {long_name, 1, {8}, 0, 0, "tensor 0 has no name of 1…63 bytes"},
        {"", 1, {8}, 0, 0, "tensor 0 has no name of 1…63 bytes"},
    };
    tone_buf b = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_buf_reset(&b);
        put_header(&b, 3, 1, 0);
        put_tensor(&b, cases[i].name, cases[i].n_dims, cases[i].dims, cases[i].type, cases[i].offset);
        put_padding(&b, 32);
        put_zeros(&b, 256);
        expect_error(&b, cases[i].want);
    }
    static const struct {
        const char *second;
        uint64_t offset;
        const char *want;
    } pairs[] = {
        {"b", 0, "tensor 'b' is said to begin at byte 0 of the data, but the one before ends at 32"},
        {"b", 16, "tensor 'b' is said to begin at byte 16 of the data, but the one before ends at 32"},
        {"b", 64, "tensor 'b' is said to begin at byte 64 of the data, but the one before ends at 32"},
        {"a", 32, "tensor 'a' comes twice"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        tone_buf_reset(&b);
        put_header(&b, 3, 2, 0);
        put_tensor(&b, "a", 1, (const uint64_t[]){8}, 0, 0);
        put_tensor(&b, pairs[i].second, 1, (const uint64_t[]){8}, 0, pairs[i].offset);
        put_padding(&b, 32);
        put_zeros(&b, 256);
        expect_error(&b, pairs[i].want);
    }
    tone_buf_clear(&b);
}

/* --- files and sets --- */

static void write_part(const char *folder, const char *name, int no, int count, const char *tensor, int total)
{
    tone_buf b = {0};
    put_header(&b, 3, 1, no ? 2 : 4);
    if (no == 0) {
        put_key_text(&b, "general.architecture", "gemma4");
        put_key(&b, "split.tensors.count", 5), put_u32(&b, (uint32_t)total);
    }
    put_key_u16(&b, "split.no", (uint16_t)no);
    put_key_u16(&b, "split.count", (uint16_t)count);
    put_tensor(&b, tensor, 1, (const uint64_t[]){4}, 0, 0);
    put_padding(&b, 32);
    for (int i = 0; i < 4; i++)
        put_u32(&b, (uint32_t)no);
    write_in(folder, name, b.data, b.n);
    tone_buf_clear(&b);
}

static void expect_open_error(const char *folder, const char *name, const char *want)
{
    tone_error err = {0};
    tone_gguf *g;
    char *path = tone_path_join(folder, name);
    CHECK(tone_gguf_open(&g, path, &err) != TONE_OK && g == NULL);
    CHECK_CASE(strstr(err.text, want), "'%s' should say '%s'", err.text, want);
    free(path);
}

static void test_split(void)
{
    char folder[] = "/tmp/tone-gguf-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL))
        return;
    write_part(folder, "m-00001-of-00003.gguf", 0, 3, "a", 3);
    write_part(folder, "m-00002-of-00003.gguf", 1, 3, "b", 0);
    expect_open_error(folder, "m-00001-of-00003.gguf", "m-00003-of-00003.gguf: No such file");
    write_part(folder, "m-00003-of-00003.gguf", 2, 3, "c", 0);
    for (int from = 1; from <= 3; from++) { /* the name of any part opens the set */
        char name[64];
        snprintf(name, sizeof name, "%s/m-%05d-of-00003.gguf", folder, from);
        tone_error err;
        tone_gguf *g;
        if (!CHECK(tone_gguf_open(&g, name, &err) == TONE_OK))
            continue;
        CHECK(tone_gguf_n_tensors(g) == 3 && tone_gguf_find(g, "general.architecture"));
        for (int i = 0; i < 3; i++) {
            const tone_tensor *t = tone_gguf_find_tensor(g, (const char *[]){"a", "b", "c"}[i]);
            CHECK(t && t->n_bytes == 16 && t->data[0] == i);
        }
        tone_gguf_close(g);
    }
    write_part(folder, "m-00003-of-00003.gguf", 2, 3, "a", 0);
    expect_open_error(folder, "m-00001-of-00003.gguf", "tensor 'a' comes twice");
    write_part(folder, "m-00003-of-00003.gguf", 1, 3, "c", 0);
    expect_open_error(folder, "m-00001-of-00003.gguf", "m-00003-of-00003.gguf: its key 'split.no' is not 2");
    write_part(folder, "m-00003-of-00003.gguf", 2, 2, "c", 0);
    expect_open_error(folder, "m-00001-of-00003.gguf",
                      "m-00003-of-00003.gguf: its key 'split.count' says 2, the set has 3");
    write_part(folder, "m-00003-of-00003.gguf", 2, 3, "c", 0);
    write_part(folder, "m-00001-of-00003.gguf", 0, 3, "a", 9);
    expect_open_error(folder, "m-00002-of-00003.gguf", "the 3 parts hold 3 tensors, key 'split.tensors.count' says 9");
    write_in(folder, "m-00002-of-00003.gguf", "GGUF", 4);
    expect_open_error(folder, "m-00001-of-00003.gguf", "m-00002-of-00003.gguf: a GGUF file of 4 bytes is too short");
    write_part(folder, "blob", 0, 3, "a", 3);
    expect_open_error(folder, "blob", "a part of a set of 3 must be named");
    expect_open_error(folder, "m-00001-of-99999.gguf", "a set of 99999 files");
    expect_open_error(folder, "absent.gguf", "absent.gguf: No such file");
    expect_open_error(folder, ".", "not a regular file");
    write_in(folder, "empty", "", 0);
    expect_open_error(folder, "empty", "empty: a GGUF file of 0 bytes is too short");
    remove_folder(folder);
}

/* A vocabulary of real size opens at once. */
static void test_speed(void)
{
    tone_buf b = {0};
    put_header(&b, 3, 0, 2);
    for (int k = 0; k < 2; k++) {
        put_key(&b, k ? "merges" : "tokens", 9), put_u32(&b, 8), put_u64(&b, k ? 514906 : 262144);
        for (int i = 0; i < (k ? 514906 : 262144); i++)
            put_text(&b, "token");
    }
    tone_error err;
    double best = INFINITY;
    for (int run = 0; run < 5; run++) {
        struct timespec from, to;
        tone_gguf *g;
        clock_gettime(CLOCK_MONOTONIC, &from);
        CHECK(tone_gguf_open_memory(&g, b.data, b.n, &err) == TONE_OK);
        clock_gettime(CLOCK_MONOTONIC, &to);
        tone_gguf_close(g);
        best = fmin(best, (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec));
    }
    printf("777,050 strings checked in %.4f s\n", best);
    tone_buf_clear(&b);
}

int main(void)
{
    uint64_t seed = test_seed();
    test_whole();
    test_prefixes();
    test_flips(seed);
    test_header_lies();
    test_key_lies();
    test_tensor_lies();
    test_split();
    test_speed();
    return check_done();
}

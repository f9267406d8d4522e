/* The safetensors container: reading, sharded sets, writing, and files that lie. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/random.h"
#include "check.h"
#include "format/safetensors.h"
#include "format_test.h"
#include "gguf_build.h"

static tone_buf file_of(const char *header, size_t n_data)
{
    tone_buf b = {0};
    put_text(&b, header);
    for (size_t i = 0; i < n_data; i++)
        tone_buf_putc(&b, (char)i);
    return b;
}

static const char usual[] =
    "{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[16,28]},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
    "\"s\":{\"data_offsets\":[28,30],\"dtype\":\"F16\",\"shape\":[],\"more\":[{}]},"
    "\"none\":{\"dtype\":\"U8\",\"shape\":[0,7],\"data_offsets\":[28,28]}} ";

static void walk(const tone_safetensors *s)
{
    uint64_t sink = 0;
    for (size_t i = 0; i < tone_safetensors_n(s); i++) {
        const tone_tensor *t = tone_safetensors_at(s, i);
        CHECK(tone_safetensors_find(s, t->name) == t && strlen(t->name) == t->name_n && t->n_dims >= 1);
        CHECK(t->n_bytes == 0 || (uintptr_t)t->data % tone_type_find(t->type)->block_bytes == 0);
        sink += touch(t);
    }
    CHECK(sink < UINT64_MAX);
}

static bool open_bytes(const void *bytes, size_t n, tone_error *err)
{
    tone_safetensors *s;
    tone_status st = tone_safetensors_open_memory(&s, bytes, n, err);
    if (!st)
        walk(s);
    else
        CHECK(s == NULL);
    tone_safetensors_close(s);
    return st == TONE_OK;
}

static void test_read(void)
{
    tone_buf b = file_of(usual, 30);
    tone_error err;
    for (size_t shift = 0; shift < 8; shift++) { /* at every alignment */
        uint8_t *copy = malloc(b.n + 8);
        memcpy(copy + shift, b.data, b.n);
        tone_safetensors *s;
        if (CHECK(tone_safetensors_open_memory(&s, copy + shift, b.n, &err) == TONE_OK)) {
            walk(s);
            const tone_tensor *t = tone_safetensors_find(s, "b");
            CHECK(tone_safetensors_n(s) == 4 && tone_safetensors_at(s, 0) == t &&
                  tone_safetensors_file_bytes(s) == b.n);
            CHECK(t->type == TONE_TYPE_BF16 && t->n_dims == 2 && t->dims[0] == 2 && t->dims[1] == 3 &&
                  t->n_values == 6);
            CHECK(t->n_bytes == 12 && t->data[0] == 16 && t->data[11] == 27);
            t = tone_safetensors_find(s, "s");
            CHECK(t && t->n_dims == 1 && t->dims[0] == 1 && t->n_values == 1 && t->data[0] == 28);
            t = tone_safetensors_find(s, "none");
            CHECK(t && t->n_bytes == 0 && t->type == TONE_TYPE_I8);
            CHECK(!tone_safetensors_find(s, "__metadata__"));
            tone_safetensors_close(s);
        }
        free(copy);
    }
    tone_buf_clear(&b);
}

static void test_hostile(uint64_t seed)
{
    tone_buf b = file_of(usual, 30);
    for (size_t n = 0; n < b.n; n++) {
        tone_error err = {0};
        uint8_t *copy = tail_copy(b.data, n);
        CHECK_CASE(!open_bytes(copy, n, &err) && err.text[0], "prefix of %zu bytes", n);
        tail_free(copy, n);
    }
    tone_random r;
    tone_random_seed(&r, seed);
    for (size_t bit = 0; bit < b.n * 8; bit++) {
        uint8_t *copy = tail_copy(b.data, b.n);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        for (uint64_t k = bit % 3 ? 0 : tone_random_below(&r, 5); k > 0; k--)
            copy[tone_random_below(&r, b.n)] ^= (uint8_t)(1u << tone_random_below(&r, 8));
        tone_error err = {0};
        CHECK_CASE(open_bytes(copy, b.n, &err) || err.text[0], "seed %llu, bit %zu", (unsigned long long)seed, bit);
        tail_free(copy, b.n);
    }
    tone_buf_clear(&b);
}

static void test_lies(void)
{
    static const struct {
        const char *header;
        size_t n_data;
        const char *want;
    } cases[] = {
        {"", 0, "byte 8 of the file: an object should begin here"},
        {"[]", 0, "byte 8 of the file: an object should begin here"},
        {"{} x", 0, "byte 11 of the file: something follows the end"},
        {"{}", 5, "5 bytes follow the last tensor"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
         "tensor 't' has 2 values of 4 bytes, but its offsets are 0 and 4"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8,
         "tensor 't' has 2 values of 4 bytes, but its offsets are 8 and 0"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7,
         "tensor 't' ends past the end of the file"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12,
         "tensor 't' begins at byte 4 of the data, but the one before ends at 0"},
        {"{\"t\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2,
         "tensor 't' has type 'F8_E4M3', which is not known here"},
        {"{\"t\":{\"dtype\":\"F32\",\"data_offsets\":[0,2]}}", 2, "tensor 't' has no 'shape'"},
        {"{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"data_offsets\":[0,2]}}", 2, "tensor 't' has 'dtype' twice"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
         "tensor 't' has more than 4 dimensions"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0,
         "tensor 't' claims more values than can be counted"},
        {"{\"t\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]}}", 0,
         "tensor 't' has 2305843009213693952 values of 8 bytes, but its offsets are 0 and 0"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4,
         "tensor 't': byte 37 of the file: a whole number, not negative, should stand here"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4,
         "tensor 't': byte 60 of the file: two offsets should stand here"},
        {"{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"u\":{\"dtype\":\"F32\",\"shape\":[1],"
         "\"data_offsets\":[2,6]}}",
         6, "tensor 'u' begins at byte 2 of the data, but the one before ends at 4"},
        {"{\"t\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]},\"t\":{\"dtype\":\"I8\",\"shape\":[1],\"data_"
         "offsets\":[1,2]}}",
         2, "tensor 't' comes twice"},
        {"{\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "tensor 0 has no name of 1…512 bytes"},
        {"{\"a\\u0000\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
         "tensor 0 has no name of 1…512 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_buf b = file_of(cases[i].header, cases[i].n_data);
        tone_error err = {0};
        CHECK(!open_bytes(b.data, b.n, &err));
        CHECK_STR(err.text, cases[i].want);
        tone_buf_clear(&b);
    }
    tone_error err = {0};
    CHECK(!open_bytes("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10, &err));
    CHECK_STR(err.text, "not a safetensors file: a header of 18446744073709551615 bytes");
    CHECK(!open_bytes("\x03\0\0\0\0\0\0\0{}", 10, &err));
    CHECK_STR(err.text, "the header of 3 bytes ends past the end of the file");
}

static void put_shard(const char *folder, const char *name, const char *tensor)
{
    char header[128];
    snprintf(header, sizeof header, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", tensor);
    tone_buf b = file_of(header, 8);
    write_in(folder, name, b.data, b.n);
    tone_buf_clear(&b);
}

static void put_index(const char *folder, const char *text)
{
    write_in(folder, "model.safetensors.index.json", text, strlen(text));
}

static void expect_folder_error(const char *folder, const char *want)
{
    tone_error err = {0};
    tone_safetensors *s;
    CHECK(tone_safetensors_open(&s, folder, &err) != TONE_OK && s == NULL);
    CHECK_CASE(strstr(err.text, want), "'%s' should say '%s'", err.text, want);
}

static void test_shards(void)
{
    char folder[] = "/tmp/tone-st-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL))
        return;
    expect_folder_error(folder, "no model.safetensors and no model.safetensors.index.json in this folder");
    put_shard(folder, "m-1.safetensors", "a");
    put_index(
        folder,
        "{\"metadata\":{\"total_size\":16},\"weight_map\":{\"a\":\"m-1.safetensors\",\"b\":\"m-2.safetensors\"}}");
    expect_folder_error(folder, "m-2.safetensors: No such file");
    put_shard(folder, "m-2.safetensors", "b");
    tone_error err;
    tone_safetensors *s;
    if (CHECK(tone_safetensors_open(&s, folder, &err) == TONE_OK)) {
        CHECK(tone_safetensors_n(s) == 2 && tone_safetensors_find(s, "a") && tone_safetensors_find(s, "b"));
        walk(s);
        tone_safetensors_close(s);
    }
    char *index = tone_path_join(folder, "model.safetensors.index.json");
    CHECK(tone_safetensors_open(&s, index, &err) == TONE_OK);
    tone_safetensors_close(s);
    free(index);
    put_index(folder, "{\"weight_map\":{\"a\":\"m-2.safetensors\",\"b\":\"m-1.safetensors\"}}");
    expect_folder_error(folder, "tensor 'a' is not in 'm-2.safetensors'");
    put_index(folder, "{\"weight_map\":{\"a\":\"m-1.safetensors\",\"c\":\"m-1.safetensors\"}}");
    expect_folder_error(folder, "tensor 'c' is not in 'm-1.safetensors'");
    put_index(folder, "{\"weight_map\":{\"a\":\"../m-1.safetensors\"}}");
    expect_folder_error(folder, "tensor 'a' is in '../m-1.safetensors', no plain file name");
    put_index(folder, "{\"weight_map\":{}}");
    expect_folder_error(folder, "no 'weight_map' with tensors");
    put_index(folder, "{\"weight_map\":{\"a\":1}}");
    expect_folder_error(folder, "model.safetensors.index.json: byte 19: a string should begin here");
    put_shard(folder, "m-2.safetensors", "a");
    put_index(folder, "{\"weight_map\":{\"a\":\"m-1.safetensors\",\"b\":\"m-2.safetensors\"}}");
    expect_folder_error(folder, "tensor 'a' comes twice");
    write_in(folder, "model.safetensors", "x", 1);
    expect_folder_error(folder, "model.safetensors: a safetensors file of 1 bytes is too short");
    remove_folder(folder);
}

static void test_write(void)
{
    char folder[] = "/tmp/tone-st-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL))
        return;
    float f[6] = {1, -2, 3.5f, 0, INFINITY, 1e-40f};
    int64_t ids[3] = {1, INT64_MIN, -1};
    uint16_t half[5] = {1, 2, 3, 4, 0xFFFF};
    uint16_t none[1];
    const tone_tensor tensors[] = {
        {.name = "half \"quoted\" \\ \xC3\xA9\n",
         .type = TONE_TYPE_BF16,
         .n_dims = 1,
         .dims = {5},
         .data = (uint8_t *)half},
        {.name = "f", .type = TONE_TYPE_F32, .n_dims = 2, .dims = {2, 3}, .data = (uint8_t *)f},
        {.name = "ids", .type = TONE_TYPE_I64, .n_dims = 1, .dims = {3}, .data = (uint8_t *)ids},
        {.name = "none", .type = TONE_TYPE_F16, .n_dims = 1, .dims = {0}, .data = (uint8_t *)none},
    };
    char *path = tone_path_join(folder, "out.safetensors");
    tone_error err;
    tone_safetensors *s = NULL;
    CHECK(tone_safetensors_write(path, tensors, 4, &err) == TONE_OK);
    if (CHECK(tone_safetensors_open(&s, path, &err) == TONE_OK)) {
        const void *want[] = {half, f, ids, none};
        for (int i = 0; i < 4; i++) {
            const tone_tensor *t = tone_safetensors_find(s, tensors[i].name);
            CHECK(t && t->type == tensors[i].type && memcmp(t->dims, tensors[i].dims, sizeof t->dims) == 0);
            CHECK(t && memcmp(t->data, want[i], (size_t)t->n_bytes) == 0);
        }
        walk(s);
        tone_safetensors_close(s);
    }
    /* A refused write leaves the file that was there. */
    tone_tensor twice[] = {tensors[1], tensors[1]};
    CHECK(tone_safetensors_write(path, twice, 2, &err) == TONE_ERR_ARGUMENT);
    CHECK_STR(err.text, "two tensors are named 'f'");
    twice[1].name = "g";
    twice[1].type = TONE_TYPE_Q4_0;
    CHECK(tone_safetensors_write(path, twice, 2, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_safetensors_open(&s, path, &err) == TONE_OK);
    tone_safetensors_close(s);
    if (access("/dev/full", W_OK) == 0)
        CHECK(tone_safetensors_write("/dev/full", tensors, 4, &err) == TONE_ERR_IO && strstr(err.text, "No space"));
    CHECK(tone_safetensors_write(path, NULL, 0, &err) == TONE_OK && tone_safetensors_open(&s, path, &err) == TONE_OK);
    tone_safetensors_close(s);
    free(path);
    remove_folder(folder);
}

int main(void)
{
    uint64_t seed = test_seed();
    test_read();
    test_hostile(seed);
    test_lies();
    test_shards();
    test_write();
    return check_done();
}

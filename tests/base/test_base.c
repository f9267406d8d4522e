/* Errors, buffers, files, UTF-8 and block sizes: the ground everything else stands on. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/random.h"
#include "base/types.h"
#include "base/utf8.h"
#include "check.h"

static void test_fail(void)
{
    tone_error err;
    CHECK(tone_fail(&err, TONE_ERR_FORMAT, 7, "tensor '%s' is odd", "a\nb\x1b") == TONE_ERR_FORMAT);
    CHECK_STR(err.text, "tensor 'a?b?' is odd");
    CHECK(err.offset == 7);
    char longer[1000];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = 0;
    CHECK(tone_fail(&err, TONE_ERR_IO, 0, "%s", longer) == TONE_ERR_IO);
    CHECK(strlen(err.text) < sizeof err.text && strstr(err.text, "\xE2\x80\xA6") != NULL);
    CHECK(tone_fail(&err, TONE_ERR_IO, 0, "bad \xff\xfe byte") == TONE_ERR_IO);
    CHECK_STR(err.text, "bad ?? byte");
    CHECK(tone_fail(&err, TONE_ERR_FORMAT, 7, "it is odd") == TONE_ERR_FORMAT);
    CHECK(tone_fail_in(&err, TONE_ERR_FORMAT, "file.x") == TONE_ERR_FORMAT && err.offset == 7);
    CHECK_STR(err.text, "file.x: it is odd");
    CHECK(tone_fail(NULL, TONE_ERR_LIMIT, 0, "nobody asks") == TONE_ERR_LIMIT);
    CHECK_STR(tone_status_text((tone_status)99), "unknown status");
}

static void test_utf8(void)
{
    static const struct {
        const char *bytes;
        size_t n, length;
    } cases[] = {{"a", 1, 1},           {"\xC3\xA9", 2, 2},         {"\xE2\x82\xAC", 3, 3}, {"\xF0\x9F\x8E\xB5", 4, 4},
                 {"\xC0\x80", 2, 0},    {"\xE0\x80\x80", 3, 0},     {"\xED\xA0\x80", 3, 0}, {"\xF4\x90\x80\x80", 4, 0},
                 {"\xF0\x9F\x8E", 3, 0}, {"\x80", 1, 0},            {"", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_CASE(tone_utf8_valid_length((const uint8_t *)cases[i].bytes, cases[i].n) == cases[i].length, "case %zu", i);
    for (uint32_t cp = 0; cp <= 0x110000; cp += 97) {
        uint8_t out[4];
        uint32_t back = 0;
        size_t n = tone_utf8_encode(cp, out);
        bool scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
        CHECK_CASE((n > 0) == scalar && (!scalar || (tone_utf8_decode(out, n, &back) == n && back == cp)), "U+%04X", cp);
    }
}

static void test_buf(void)
{
    tone_buf b = {0};
    CHECK_STR(tone_buf_text(&b), "");
    for (int i = 0; i < 1000; i++)
        tone_buf_printf(&b, "%d,", i);
    CHECK(!b.failed && b.n == 3890 && b.data[b.n] == 0);
    CHECK(!tone_buf_reserve(&b, SIZE_MAX - 10) && b.failed);
    tone_buf_clear(&b);
    char *taken = tone_buf_take(&b);
    CHECK_STR(taken, "");
    free(taken);
}

static void test_files(void)
{
    char folder[] = "/tmp/tone-test-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL))
        return;
    tone_error err;
    char *path = tone_path_join(folder, "f");
    CHECK(tone_file_write(path, "hello", 5, &err) == TONE_OK);
    tone_map m;
    CHECK(tone_map_open(&m, path, &err) == TONE_OK && m.n == 5 && memcmp(m.data, "hello", 5) == 0);
    tone_map_close(&m);
    char *text;
    size_t n;
    CHECK(tone_file_read(&text, &n, path, 5, &err) == TONE_OK && n == 5);
    CHECK_STR(text, "hello");
    free(text);
    CHECK(tone_file_read(&text, &n, path, 4, &err) == TONE_ERR_LIMIT && text == NULL);
    CHECK(tone_map_open(&m, folder, &err) == TONE_ERR_ARGUMENT);
    CHECK(strstr(err.text, "not a regular file") != NULL);
    unlink(path);
    CHECK(tone_map_open(&m, path, &err) == TONE_ERR_NOT_FOUND);
    CHECK(mkfifo(path, 0600) == 0 && tone_map_open(&m, path, &err) == TONE_ERR_ARGUMENT);
    unlink(path);
    char device[] = "/dev/null"; /* a device is written to, never replaced, even by root */
    struct stat st;
    CHECK(tone_file_write(device, "x", 1, &err) == TONE_OK && stat(device, &st) == 0 && S_ISCHR(st.st_mode));
    CHECK(tone_file_write(folder, "x", 1, &err) == TONE_ERR_IO && strstr(err.text, "directory"));
    if (access("/dev/full", W_OK) == 0)
        CHECK(tone_file_write("/dev/full", "x", 1, &err) == TONE_ERR_IO && strstr(err.text, "space"));
    tone_draft d;
    CHECK(tone_draft_open(&d, path, &err) == TONE_OK && tone_draft_write(&d, "half", 4, &err) == TONE_OK);
    CHECK(access(path, F_OK) != 0 && tone_draft_commit(&d, TONE_ERR_CANCELLED, &err) == TONE_ERR_CANCELLED);
    CHECK(access(path, F_OK) != 0);
    CHECK(tone_file_write("/nonexistent/folder/f", "x", 1, &err) == TONE_ERR_IO);
    if (access("/dev/full", W_OK) == 0)
        CHECK(tone_file_write("/dev/full/x", "x", 1, &err) == TONE_ERR_IO);
    free(path);
    rmdir(folder);
}

int main(void)
{
    test_fail();
    test_utf8();
    test_buf();
    test_files();
    CHECK(tone_type_row_bytes(TONE_TYPE_Q4_K, 512) == 288);
    CHECK(tone_type_row_bytes(TONE_TYPE_Q4_K, 500) == 0);
    CHECK(tone_type_find(4) == NULL && tone_type_find(1u << 31) == NULL);
    tone_random r;
    tone_random_seed(&r, 1);
    double sum = 0;
    for (int i = 0; i < 10000; i++)
        sum += tone_random_unit(&r);
    CHECK(sum > 4850 && sum < 5150);
    return check_done();
}

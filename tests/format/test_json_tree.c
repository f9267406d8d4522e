/* The JSON reader: what it keeps (digits, order), what it refuses and where, and that no prefix of a text is read as
 * one.  The numbers of base/number.h beside it. */
#include "format/json_tree.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/random.h"
#include "check.h"

/* Read and write again; NULL in `want` says that it must be refused. */
static void round_trip(const char *text, const char *want)
{
    tone_json_tree *tree;
    tone_error err = {0};
    tone_status st = tone_json_tree_read(&tree, text, strlen(text), 0, &err);
    if (!want) {
        CHECK_CASE(st == TONE_ERR_FORMAT && !tree && err.text[0], "%s", text);
        tone_json_tree_free(tree);
        return;
    }
    CHECK_CASE(st == TONE_OK, "%s: %s", text, err.text);
    if (st)
        return;
    tone_buf b = {0};
    tone_json_write(&b, tone_json_tree_root(tree));
    CHECK_STR(tone_buf_text(&b), want);
    tone_buf_clear(&b);
    tone_json_tree_free(tree);
}

static void texts(void)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {" {\"b\" : [1, 2.50,-0 , 1E+5],\n\"a\":null, \"\":{}} ", "{\"b\":[1,2.50,-0,1E+5],\"a\":null,\"\":{}}"},
        {"12345678901234567890123", "12345678901234567890123"},
        {"\"\\ud83d\\ude00 \\u00e9\\/\\n\\u0000x\"", "\"\xF0\x9F\x98\x80 \xC3\xA9/\\n\\u0000x\""},
        {"\"\\ud800x\"", NULL}, {"\"\\udc00\"", NULL},
        {"{\"a\":1,\"b\":2,\"a\":{\"c\":[]},\"b\":4}", "{\"a\":{\"c\":[]},\"b\":4}"},
        {"true", "true"}, {"[]", "[]"}, {"[[[]]]", "[[[]]]"},
        {"", NULL}, {"[", NULL}, {"[1,]", NULL}, {"[1 2]", NULL}, {"{\"a\"}", NULL}, {"{\"a\":}", NULL}, {"{a:1}", NULL},
        {"{\"a\":1,}", NULL}, {"01", NULL}, {"1.", NULL}, {".5", NULL}, {"+1", NULL}, {"1e", NULL}, {"-", NULL},
        {"NaN", NULL}, {"nul", NULL}, {"tru e", NULL}, {"1 1", NULL}, {"\"\\x\"", NULL}, {"\"\\u12g4\"", NULL},
        {"\"\n\"", NULL}, {"\"\xC3\"", NULL}, {"\"\xED\xA0\x80\"", NULL}, {"\"", NULL}, {"\"\\\"", NULL}, {"]", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        round_trip(cases[i].text, cases[i].want);
}

static void prefixes(void)
{
    static const char text[] = "{\"k\":[1.5e-3,{\"\\u00e9\":\"\\ud83d\\ude00\xC3\xA9\"},true,null],\"z\":-12}";
    for (size_t n = 0; n < sizeof text - 1; n++) {
        char *exact = malloc(n + !n);
        memcpy(exact, text, n);
        tone_json_tree *tree;
        CHECK_CASE(tone_json_tree_read(&tree, exact, n, 0, NULL) == TONE_ERR_FORMAT, "prefix of %zu bytes", n);
        free(exact);
    }
}

static void limits(void)
{
    tone_json_tree *tree;
    tone_error err;
    tone_buf b = {0};
    for (int i = 0; i < TONE_JSON_MAX_DEPTH; i++)
        tone_buf_putc(&b, '[');
    for (int i = 0; i < TONE_JSON_MAX_DEPTH; i++)
        tone_buf_putc(&b, ']');
    CHECK(tone_json_tree_read(&tree, b.data, b.n, 0, &err) == TONE_OK);
    tone_json_tree_free(tree);
    memset(b.data, '[', b.n);
    CHECK(tone_json_tree_read(&tree, b.data, b.n, 0, &err) == TONE_ERR_LIMIT && err.offset == TONE_JSON_MAX_DEPTH);
    tone_buf_clear(&b);
    CHECK(tone_json_tree_read(&tree, "{\"a\":1,\"a\":2}", 13, TONE_JSON_REJECT_DUPLICATES, &err) == TONE_ERR_FORMAT);
    CHECK(strstr(err.text, "'a' is given twice"));
    /* Many keys, each three times: one survives, with the last value, in the order they first came. */
    tone_buf_putc(&b, '{');
    for (int i = 0; i < 3000; i++)
        tone_buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i % 1000, i);
    tone_buf_putc(&b, '}');
    if (CHECK(tone_json_tree_read(&tree, b.data, b.n, 0, &err) == TONE_OK)) {
        const tone_json_value *root = tone_json_tree_root(tree), *v = root->first;
        CHECK(root->count == 1000);
        for (int i = 0; i < 1000; i++, v = v ? v->next : NULL) {
            int64_t x;
            CHECK_CASE(v && tone_json_int(v, &x) && x == 2000 + i && atoi(v->key + 1) == i, "key %d", i);
        }
        CHECK(!v);
    }
    tone_json_tree_free(tree);
    tone_buf_clear(&b);
}

static void lookups(void)
{
    static const char text[] = "{\"s\":\"x\",\"i\":-9223372036854775808,\"big\":9223372036854775808,\"f\":1.0,\"z\":-0.0,\"e\":[]}";
    tone_json_tree *tree;
    if (!CHECK(tone_json_tree_read(&tree, text, sizeof text - 1, 0, NULL) == TONE_OK))
        return;
    const tone_json_value *v = tone_json_tree_root(tree);
    int64_t i;
    CHECK(tone_json_is(tone_json_get(v, "s"), "x") && !tone_json_is(tone_json_get(v, "s"), "xy") && !tone_json_is(NULL, "x"));
    CHECK(tone_json_int(tone_json_get(v, "i"), &i) && i == INT64_MIN);
    CHECK(!tone_json_int(tone_json_get(v, "big"), &i) && !tone_json_int(tone_json_get(v, "f"), &i));
    CHECK(tone_json_double(tone_json_get(v, "big")) == 0x1p63);
    CHECK(tone_json_truthy(tone_json_get(v, "f")) && !tone_json_truthy(tone_json_get(v, "z")) && !tone_json_truthy(tone_json_get(v, "e")));
    CHECK(!tone_json_get(v, "none") && !tone_json_get(tone_json_get(v, "s"), "x") && !tone_json_get(NULL, "x"));
    tone_json_tree_free(tree);
}

static void ascii(void)
{
    tone_buf b = {0};
    static const char text[] = "a\"\n\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\0z";
    tone_json_write_ascii(&b, text, sizeof text - 1);
    CHECK_STR(tone_buf_text(&b), "\"a\\\"\\n\\u007f\\u00e9\\u2028\\ud83d\\ude00\\u0000z\"");
    tone_buf_clear(&b);
}

static void numbers(void)
{
    static const struct {
        double v;
        const char *want;
    } cases[] = {{0, "0.0"}, {-0.0, "-0.0"}, {1, "1.0"}, {0.1, "0.1"}, {100, "100.0"}, {1e-07, "1e-07"}, {0.0001, "0.0001"}, {0.00001234, "1.234e-05"},
        {1e16, "1e+16"}, {9999999999999998, "9999999999999998.0"}, {1e22, "1e+22"}, {123456.789, "123456.789"}, {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e+308"}, {-2.5, "-2.5"}, {1.5e300, "1.5e+300"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_buf b = {0};
        tone_number_write(&b, cases[i].v);
        CHECK_STR(tone_buf_text(&b), cases[i].want);
        tone_buf_clear(&b);
    }
    uint64_t seed = 20260404;
    printf("seed %llu\n", (unsigned long long)seed);
    tone_random r;
    tone_random_seed(&r, seed);
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = tone_random_u64(&r);
        double v, back;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        tone_buf b = {0};
        tone_number_write(&b, v);
        CHECK_CASE(tone_number_read(&back, b.data, b.n) && back == v, "%a wrote %s", v, b.data);
        tone_buf_clear(&b);
    }
}

int main(void)
{
    texts();
    prefixes();
    limits();
    lookups();
    ascii();
    numbers();
    static const char *const commas[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"};
    for (size_t i = 0; i < sizeof commas / sizeof *commas; i++)
        if (setlocale(LC_ALL, commas[i])) {
            numbers();
            break;
        }
    return check_done();
}

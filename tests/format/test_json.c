/* The pull reader of JSON: the grammar, and what it says about text outside of it. */
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "format/json.h"
#include "format_test.h"

static void test_read(void)
{
    static const char text[] = " {\"a\" : [1, 18446744073709551615] ,\"b\":{\"x\":[{},[],-1.5e+3,true]},"
                               "\"\\u00e9\\n\":\"\\ud83c\\udfb5\\\"\xC3\xA9\"}\n";
    tone_json j = tone_json_start(text, sizeof text - 1);
    tone_buf key = {0}, value = {0};
    uint64_t a = 0, b = 0;
    CHECK(tone_json_peek(&j) == '{' && tone_json_open(&j, '{'));
    CHECK(tone_json_next(&j, '}') && tone_json_key(&j, &key));
    CHECK_STR(key.data, "a");
    CHECK(tone_json_open(&j, '[') && tone_json_next(&j, ']') && tone_json_u64(&j, &a) && a == 1);
    CHECK(tone_json_next(&j, ']') && tone_json_peek(&j) == '0' && tone_json_u64(&j, &b) && b == UINT64_MAX);
    CHECK(!tone_json_next(&j, ']') && !j.why);
    CHECK(tone_json_next(&j, '}') && tone_json_key(&j, &key) && tone_json_skip(&j));
    CHECK(tone_json_next(&j, '}') && tone_json_key(&j, &key) && tone_json_string(&j, &value));
    CHECK_STR(key.data, "\xC3\xA9\n");
    CHECK_STR(value.data, "\xF0\x9F\x8E\xB5\"\xC3\xA9");
    CHECK(!tone_json_next(&j, '}') && tone_json_end(&j) && !j.why);
    tone_buf_clear(&key);
    tone_buf_clear(&value);
}

/* Whole texts through tone_json_skip(). */
static void test_grammar(void)
{
    static const struct {
        const char *text;
        const char *why; /* NULL: well-formed */
    } cases[] = {
        {"0", NULL},
        {" [ ] ", NULL},
        {"{\"a\":{\"b\":[1,2,{\"c\":null}]},\"d\":false}", NULL},
        {"-0.5E-7", NULL},
        {"\"\\u0000\"", NULL},
        {"", "the text ends too early"},
        {"[1,]", "a value should begin here"},
        {"[1 2]", "a comma or the closing bracket is missing"},
        {"[1}", "a comma or the closing bracket is missing"},
        {"{\"a\":1,}", "a string should begin here"},
        {"{\"a\" 1}", "the colon after a name is missing"},
        {"{1:1}", "a string should begin here"},
        {"[,1]", "a value should begin here"},
        {"01", "a malformed number"},
        {"1.", "a malformed number"},
        {"-", "a malformed number"},
        {"1e", "a malformed number"},
        {"+1", "a value should begin here"},
        {"nul", "a word that there is not"},
        {"truefalse", "something follows the end"},
        {"1 1", "something follows the end"},
        {"\"a", "a string does not end"},
        {"\"\\", "a string does not end"},
        {"\"\\u12", "a string does not end"},
        {"\"\\x\"", "an escape that there is not"},
        {"\"\\u12g4\"", "an escape is no four hexadecimal digits"},
        {"\"\\ud800\"", "half a surrogate pair"},
        {"\"\\ud800\\u0041\"", "half a surrogate pair"},
        {"\"\\udc00\"", "half a surrogate pair"},
        {"\"\t\"", "a control character inside a string"},
        {"\"\xC0\x80\"", "a string is not UTF-8"},
        {"\"\xED\xA0\x80\"", "a string is not UTF-8"},
        {"[[[[", "the text ends too early"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].text);
        uint8_t *copy = tail_copy(cases[i].text, n);
        tone_json j = tone_json_start(copy, n);
        bool ok = tone_json_skip(&j) && tone_json_end(&j);
        CHECK_CASE(ok == !cases[i].why && ok == !j.why, "case %zu: %s", i, cases[i].text);
        if (cases[i].why)
            CHECK_STR(j.why, cases[i].why);
        tail_free(copy, n);
    }
    char deep[3 * TONE_JSON_DEPTH];
    for (size_t depth = TONE_JSON_DEPTH; depth <= TONE_JSON_DEPTH + 1; depth++) {
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        tone_json j = tone_json_start(deep, 2 * depth);
        CHECK((tone_json_skip(&j) && tone_json_end(&j)) == (depth == TONE_JSON_DEPTH));
    }
}

static void test_numbers(void)
{
    static const char *const bad[] = {"-1",    "1.0", "1e2", "01", "18446744073709551616", "99999999999999999999999",
                                      "\"1\"", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint64_t v = 77;
        tone_json j = tone_json_start(bad[i], strlen(bad[i]));
        CHECK_CASE(!tone_json_u64(&j, &v) && j.why && v == 77, "%s", bad[i]);
        CHECK(!tone_json_skip(&j) && !tone_json_open(&j, '{') && !tone_json_next(&j, '}'));
    }
}

int main(void)
{
    test_read();
    test_grammar();
    test_numbers();
    return check_done();
}

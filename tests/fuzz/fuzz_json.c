/* The pull reader against jansson: what one takes the other takes, and numbers and strings are equal. */
#include <jansson.h>
#include <string.h>

#include "format/json.h"
#include "fuzz/fuzz.h"

static void same_value(tone_json *j, const json_t *want, tone_buf *text)
{
    size_t n = 0;
    switch (tone_json_peek(j)) {
    case '"':
        fuzz_require(tone_json_string(j, text) && json_is_string(want));
        fuzz_require(text->n == json_string_length(want) && memcmp(text->data, json_string_value(want), text->n) == 0);
        return;
    case '[':
        fuzz_require(tone_json_open(j, '[') && json_is_array(want));
        for (; tone_json_next(j, ']'); n++)
            same_value(j, json_array_get(want, n), text);
        fuzz_require(n == json_array_size(want));
        return;
    case '{':
        fuzz_require(tone_json_open(j, '{') && json_is_object(want));
        for (; tone_json_next(j, '}'); n++) {
            fuzz_require(tone_json_key(j, text));
            same_value(j, json_object_get(want, text->data), text);
        }
        fuzz_require(n == json_object_size(want));
        return;
    default:
        fuzz_require(tone_json_skip(j));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_json j = tone_json_start(bytes, n);
    bool ours = tone_json_skip(&j) && tone_json_end(&j);
    fuzz_require(ours == !j.why && tone_json_offset(&j) <= n);
    if (memchr(bytes, 0, n)) /* jansson takes a raw NUL for the end of the text */
        return 0;
    json_error_t err;
    json_t *tree = json_loadb((const char *)bytes, n, JSON_ALLOW_NUL | JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &err);
    if (tree && !ours) /* jansson goes deeper */
        fuzz_require(strcmp(j.why, "brackets are nested too deep") == 0);
    if (!tree && ours) { /* jansson bounds numbers, and forbids what we leave to the caller */
        enum json_error_code code = json_error_code(&err);
        fuzz_require(code == json_error_numeric_overflow || code == json_error_duplicate_key ||
                     code == json_error_null_byte_in_key);
    }
    if (tree && ours) {
        tone_buf text = {0};
        j = tone_json_start(bytes, n);
        same_value(&j, tree, &text);
        tone_buf_clear(&text);
    }
    json_decref(tree);
    return 0;
}

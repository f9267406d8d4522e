/* golden.h - lines of JSON from tests/golden, held against a tokenizer. */
#ifndef TONE_TESTS_TOKEN_GOLDEN_H
#define TONE_TESTS_TOKEN_GOLDEN_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "check.h"
#include "tonesmith/tokenizer.h"

static inline char *golden_path(const char *name)
{
    const char *folder = getenv("TONE_GOLDEN");
    tone_buf b = {0};
    tone_buf_printf(&b, "%s/%s", folder ? folder : "tests/golden", name);
    return tone_buf_take(&b);
}

/* Calls check(line, …) for each line of the file; returns their number. */
static inline size_t golden_lines(const char *name, void (*check)(const json_t *line, const tone_tokenizer *t, const void *with),
                                  const tone_tokenizer *t, const void *with)
{
    char *path = golden_path(name), *text = NULL;
    FILE *f = fopen(path, "r");
    size_t room = 0, n = 0;
    ssize_t length;
    while (f && (length = getline(&text, &room, f)) > 0) {
        json_t *line = json_loadb(text, (size_t)length, JSON_ALLOW_NUL, NULL);
        CHECK_CASE(line != NULL, "%s line %zu", name, n + 1);
        if (line)
            check(line, t, with);
        json_decref(line);
        n++;
    }
    CHECK_CASE(n > 0, "%s has lines", path);
    if (f)
        fclose(f);
    free(text);
    free(path);
    return n;
}

/* The bytes of "text" or "hex"; the caller clears *b. */
static inline void golden_input(const json_t *line, const char *hex_key, tone_buf *b)
{
    const json_t *text = json_object_get(line, "text"), *hex = json_object_get(line, hex_key);
    if (!hex) {
        tone_buf_append(b, json_string_value(text), json_string_length(text));
        return;
    }
    for (const char *s = json_string_value(hex); s[0] && s[1]; s += 2) {
        char pair[3] = {s[0], s[1], 0};
        tone_buf_putc(b, (char)strtoul(pair, NULL, 16));
    }
}

static inline int golden_same_ids(const tone_token_list *got, const json_t *want)
{
    if (got->n != json_array_size(want))
        return 0;
    for (size_t i = 0; i < got->n; i++)
        if ((json_int_t)got->ids[i] != json_integer_value(json_array_get(want, i)))
            return 0;
    return 1;
}

static inline int golden_same_text(const char *got, size_t n, const json_t *want)
{
    return json_string_length(want) == n && memcmp(json_string_value(want), got, n) == 0;
}

static inline void golden_check_ids(const json_t *line, const tone_tokenizer *t, unsigned flags, const json_t *want)
{
    tone_buf text = {0};
    tone_token_list ids = {0};
    tone_error err;
    golden_input(line, "hex", &text);
    if (CHECK(tone_tokenizer_encode(t, tone_buf_text(&text), text.n, flags, &ids, &err) == TONE_OK)) {
        char *shown = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
        CHECK_CASE(golden_same_ids(&ids, want), "flags %u of %.300s", flags, shown);
        free(shown);
    }
    tone_token_list_clear(&ids);
    tone_buf_clear(&text);
}

/* A line with "ids", and "ids_plain" where they differ. */
static inline void golden_check_case(const json_t *line, const tone_tokenizer *t, const void *with)
{
    (void)with;
    const json_t *ids = json_object_get(line, "ids"), *plain = json_object_get(line, "ids_plain");
    golden_check_ids(line, t, TONE_ENCODE_CONTROL, ids);
    golden_check_ids(line, t, 0, plain ? plain : ids);
}

/* A line with "ids", "hex", "text", "stream", "flush", and "text_hidden" where it differs. */
static inline void golden_check_decode(const json_t *line, const tone_tokenizer *t, const void *with)
{
    (void)with;
    const json_t *ids = json_object_get(line, "ids"), *hidden = json_object_get(line, "text_hidden");
    tone_token_list list = {0};
    tone_error err;
    for (size_t i = 0; i < json_array_size(ids); i++)
        CHECK(tone_token_list_push(&list, (tone_token)json_integer_value(json_array_get(ids, i)), &err) == TONE_OK);
    tone_decoder *d;
    if (!CHECK(tone_decoder_open(&d, t, 0, &err) == TONE_OK))
        return;
    tone_buf bytes = {0}, want = {0};
    bool ok = true;
    size_t n;
    for (size_t i = 0; i < list.n; i++) {
        const char *part = tone_tokenizer_bytes(t, list.ids[i], &n);
        tone_buf_append(&bytes, part, n);
        part = tone_decoder_next(d, list.ids[i], &n);
        ok = ok && golden_same_text(part, n, json_array_get(json_object_get(line, "stream"), i));
    }
    const char *rest = tone_decoder_finish(d, &n);
    ok = ok && golden_same_text(rest, n, json_object_get(line, "flush"));
    tone_decoder_close(d);
    golden_input(line, "hex", &want);
    ok = ok && bytes.n == want.n && memcmp(tone_buf_text(&bytes), tone_buf_text(&want), want.n) == 0;
    for (unsigned flags = 0; flags <= TONE_DECODE_HIDE_CONTROL; flags++) {
        char *text;
        if (!CHECK(tone_tokenizer_decode(t, list.ids, list.n, flags, &text, &n, &err) == TONE_OK))
            continue;
        ok = ok && golden_same_text(text, n, flags && hidden ? hidden : json_object_get(line, "text"));
        free(text);
    }
    char *shown = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
    CHECK_CASE(ok, "%.300s", shown);
    free(shown);
    tone_buf_clear(&bytes);
    tone_buf_clear(&want);
    tone_token_list_clear(&list);
}

#endif

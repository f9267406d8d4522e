/* A schema, or a tool's parameters: whatever compiles can be walked, every place on the way can be finished, and what is
 * finished is complete. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tonesmith/constrain.h"

/* Bytes pick among what is allowed; the short way to the end follows. */
static void walk(tone_constraint *c, const uint8_t *bytes, size_t n)
{
    tone_constraint_state *s;
    if (tone_constraint_state_open(&s, c, NULL))
        return;
    for (size_t i = 0; i < n && i < 200; i++) {
        char byte = (char)bytes[i];
        const char *forced;
        size_t m;
        if (bytes[i] < TONE_MARK_COUNT && !tone_constraint_accept_mark(s, (tone_mark)bytes[i], NULL))
            continue;
        if (tone_constraint_accept_bytes(s, &byte, 1, NULL) && i % 3 == 0 && !tone_constraint_forced_bytes(s, &forced, &m, NULL) && m)
            fuzz_require(!tone_constraint_accept_bytes(s, forced, 1, NULL));
    }
    const char *rest;
    size_t m;
    tone_error err = {0};
    tone_status st = tone_constraint_finish_text(s, &rest, &m, &err);
    fuzz_require(st == TONE_OK || st == TONE_ERR_LIMIT || st == TONE_ERR_NO_MEMORY);
    bool plain = !st && !memmem(rest, m, "<|", 2) && !memmem(rest, m, "|>", 2); /* marks are not bytes */
    if (plain && m < 20000) {
        char *copy = malloc(m + 1);
        if (copy) {
            memcpy(copy, rest, m);
            fuzz_require(!tone_constraint_accept_bytes(s, copy, m, NULL) && tone_constraint_is_complete(s));
            free(copy);
        }
    }
    tone_constraint_state_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    /* The text up to a zero byte; what is behind it chooses the way and the options. */
    size_t text = n ? strnlen((const char *)bytes, n) : 0;
    const uint8_t *way = bytes + text;
    size_t n_way = n - text;
    uint8_t flags = n_way > 1 ? way[1] : (uint8_t)(n * 7);
    const tone_constraint_options options = {.lenient = flags & 1, .any_order = flags & 2, .spaces = flags & 4, .closed = flags & 8, .max_depth = flags & 16 ? 4 : 0};
    tone_constraint *c;
    tone_error err = {0};
    if (!tone_constraint_compile_schema(&c, NULL, (const char *)bytes, text, &options, &err)) {
        for (size_t i = 0; tone_constraint_warning(c, i); i++)
            fuzz_keep(strlen(tone_constraint_warning(c, i)));
        walk(c, way, n_way);
        walk(c, bytes, text);
        tone_constraint_free(c);
    } else {
        fuzz_require(!c && err.text[0] && strlen(err.text) < sizeof err.text);
    }
    char *tools = malloc(text + 80);
    if (!tools)
        return 0;
    int m = snprintf(tools, text + 80, "[{\"function\":{\"name\":\"f\",\"parameters\":%.*s}}]", (int)text, (const char *)bytes);
    const tone_constraint_answer answer = {.tools = tools, .tools_bytes = m > 0 ? (size_t)m : 0, .choice = flags & 32 ? TONE_TOOL_AUTO : TONE_TOOL_REQUIRED};
    if (!tone_constraint_compile_answer(&c, NULL, &answer, &options, NULL)) {
        walk(c, way, n_way);
        tone_constraint_free(c);
    }
    free(tools);
    return 0;
}

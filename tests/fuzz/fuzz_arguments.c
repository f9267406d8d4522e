/* A call as a model wrote it ("name arguments"), and an answer with numbers: whatever is refused is refused in a sentence, and a
 * text never contradicts itself. */
#include <stdlib.h>
#include <string.h>

#include "agent/arguments.h"
#include "agent/claims.h"
#include "fuzz/fuzz.h"

static const char tools[] =
    "[{\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"s\":{\"type\":\"string\",\"enum\":[\"a\",\"b\"]},\"n\":{\"type\":\"number\",\"minimum\":0,"
    "\"maximum\":9},\"i\":{\"type\":[\"integer\",\"null\"]},\"l\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},\"o\":{\"type\":\"object\",\"properties\":{\"x\":{\"const\":1}},"
    "\"additionalProperties\":false}},\"required\":[\"s\"]}}}]";

static void unknown(void *arg, const char *text, size_t n)
{
    *(uint64_t *)arg += fuzz_touch(text, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1);
    tone_tools t;
    tone_error err = {0};
    if (!text)
        return 0;
    memcpy(text, bytes, n);
    text[n] = 0;
    uint64_t sum = 0;
    tone_claims c = {0};
    tone_claims_know(&c, text);
    fuzz_require(tone_claims_check(&c, text, unknown, &sum) == 0);
    tone_claims_clear(&c);
    char *space = strchr(text, ' ');
    if (space && !tone_tools_read(&t, tools, &err)) {
        *space = 0;
        tone_buf why = {0};
        json_t *arguments;
        tone_status st = tone_arguments_read(&arguments, &t, text, space + 1, &why, &err);
        fuzz_require(!st && (arguments ? !why.n && strcmp(text, "f") == 0 && json_object_get(arguments, "s") : why.n > 0));
        json_decref(arguments);
        tone_buf_clear(&why);
        tone_tools_clear(&t);
    }
    if (!tone_tools_read(&t, space ? space + 1 : text, &err)) /* declarations of any form */
        tone_tools_clear(&t);
    else
        fuzz_require(err.text[0]);
    fuzz_keep(sum);
    free(text);
    return 0;
}

#include "chat/tools.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chat/request.h"

tone_status tone_chat_tools_read(tone_chat_tools *out, const char *text, size_t n, tone_error *err)
{
    *out = (tone_chat_tools){0};
    if (!text || n == 0)
        return TONE_OK;
    tone_status st = tone_json_tree_read(&out->tree, text, n, 0, err);
    if (st)
        return st;
    const tone_json_value *root = tone_json_tree_root(out->tree);
    st = tone_chat_tools_check(root, err);
    if (!st && tone_json_truthy(root)) {
        out->list = calloc(root->count, sizeof *out->list);
        if (!out->list)
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %u tools", root->count);
        for (const tone_json_value *t = root->first; t && !st; t = t->next) {
            const tone_json_value *f = tone_json_get(t, "function"), *name = tone_json_get(f, "name");
            out->list[out->n++] = (tone_chat_tool){.name = name->text, .n = name->n,
                .parameters = tone_json_get(f, "parameters")};
        }
    }
    if (st)
        tone_chat_tools_clear(out);
    return st;
}

void tone_chat_tools_clear(tone_chat_tools *t)
{
    tone_json_tree_free(t->tree);
    free(t->list);
    *t = (tone_chat_tools){0};
}

const tone_chat_tool *tone_chat_tools_find(const tone_chat_tools *t, const char *name, size_t n)
{
    for (size_t i = t->n; i-- > 0;)
        if (t->list[i].n == n && memcmp(t->list[i].name, name, n) == 0)
            return &t->list[i];
    return NULL;
}

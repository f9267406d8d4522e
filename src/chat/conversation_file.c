/* Conversations as JSON: written by us, read from anywhere. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/file.h"
#include "chat/conversation.h"

enum { FILE_LIMIT = 64 << 20 };

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the conversation");
}

tone_status tone_conversation_write(const tone_conversation *c, char **out, size_t *n, tone_error *err)
{
    tone_buf b = {0};
    tone_buf_printf(&b, "{\"format\":\"tonesmith conversation 1\",\n\"enable_thinking\":%s",
                    c->thinking ? "true" : "false");
    if (c->tools) {
        tone_buf_puts(&b, ",\n\"tools\":");
        tone_json_write(&b, tone_json_tree_root(c->tools));
    }
    tone_buf_puts(&b, ",\n\"messages\":[");
    const char *comma = "\n";
    if (c->system) {
        tone_buf_puts(&b, comma);
        tone_json_write(&b, tone_json_tree_root(c->system));
        comma = ",\n";
    }
    for (size_t i = 0; i < c->n; i++, comma = ",\n") {
        tone_buf_puts(&b, comma);
        tone_json_write(&b, tone_chat_conversation_message(c, i));
    }
    tone_buf_puts(&b, "\n]}\n");
    *n = b.n;
    *out = tone_buf_take(&b);
    return *out ? TONE_OK : no_memory(err);
}

/* A system text in parts becomes one, with the blanks between them that a prompt puts there. */
static tone_status fill_system(tone_conversation *c, const tone_json_value *content, tone_error *err)
{
    if (content && content->kind == TONE_JSON_STRING)
        return tone_chat_conversation_set_system(c, content->text, content->n, err);
    tone_buf b = {0};
    for (const tone_json_value *part = content ? content->first : NULL; part; part = part->next) {
        const tone_json_value *text = tone_json_get(part, "text");
        if (!text || text->kind != TONE_JSON_STRING) {
            tone_buf_clear(&b);
            return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[0]: a system message holds text only");
        }
        tone_buf_append(&b, text->text, text->n);
        tone_buf_putc(&b, ' ');
    }
    tone_status st = b.failed ? no_memory(err) : tone_chat_conversation_set_system(c, tone_buf_text(&b), b.n, err);
    tone_buf_clear(&b);
    return st;
}

/* Fill an empty conversation from a request. */
static tone_status fill(tone_conversation *c, const tone_json_value *root, tone_error *err)
{
    tone_chat_request q;
    tone_status st = tone_chat_request_read(&q, root, err);
    tone_buf b = {0};
    size_t first = 0;
    const tone_json_value *system = st ? NULL : tone_chat_first_system(&q);
    if (system) {
        st = fill_system(c, tone_json_get(system, "content"), err);
        first = 1;
    }
    if (!st && q.tools) {
        tone_json_write(&b, q.tools);
        st = b.failed ? no_memory(err) : tone_conversation_set_tools(c, b.data, b.n, err);
    }
    for (size_t i = first; i < q.n_messages && !st; i++) {
        tone_buf_reset(&b);
        tone_json_write(&b, q.messages[i]);
        st = b.failed ? no_memory(err) : tone_conversation_add(c, b.data, b.n, err);
    }
    c->thinking = q.think;
    tone_buf_clear(&b);
    tone_chat_request_clear(&q);
    return st;
}

tone_status tone_conversation_read(tone_conversation *c, const char *json, size_t n, tone_error *err)
{
    tone_json_tree *tree;
    tone_status st = tone_json_tree_read(&tree, json, n, TONE_JSON_REJECT_DUPLICATES, err);
    if (st)
        return st;
    tone_conversation *fresh;
    const tone_json_value *root = tone_json_tree_root(tree), *format = tone_json_get(root, "format");
    st = tone_conversation_open(&fresh, c->tokenizer, c->family, err);
    if (!st && format && !tone_json_is(format, "tonesmith conversation 1"))
        st = tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the conversation is of a format that this version does not know");
    if (!st)
        st = fill(fresh, root, err);
    tone_prompt *p = NULL; /* arguments and schemas are read for the first time here */
    if (!st)
        st = tone_conversation_prompt(fresh, &p, err);
    tone_prompt_free(p);
    tone_json_tree_free(tree);
    if (!st) {
        tone_conversation old = *c;
        fresh->keep_all = c->keep_all;
        *c = *fresh;
        *fresh = old;
    }
    tone_conversation_close(fresh);
    return st;
}

tone_status tone_conversation_save(const tone_conversation *c, const char *path, tone_error *err)
{
    char *text;
    size_t n;
    tone_status st = tone_conversation_write(c, &text, &n, err);
    if (!st)
        st = tone_file_write(path, text, n, err);
    free(text);
    return st;
}

tone_status tone_conversation_load(tone_conversation *c, const char *path, tone_error *err)
{
    char *text;
    size_t n;
    tone_status st = tone_file_read(&text, &n, path, FILE_LIMIT, err);
    if (st)
        return st;
    st = tone_conversation_read(c, text, n, err);
    free(text);
    return st;
}

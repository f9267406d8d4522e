#include "chat/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum {
    MAX_CALLS = 1024, /* in one message; results are matched with them one by one */
    MAX_TOOLS = 4096
};

static bool is_kind(const tone_json_value *v, tone_json_kind kind)
{
    return v && v->kind == kind;
}

static bool is_nothing(const tone_json_value *v)
{
    return !v || v->kind == TONE_JSON_NULL;
}

tone_chat_media tone_chat_part_media(const tone_json_value *part)
{
    static const struct {
        const char *type;
        tone_chat_media media;
    } known[] = {{"image", CHAT_MEDIA_IMAGE}, {"image_url", CHAT_MEDIA_IMAGE}, {"audio", CHAT_MEDIA_AUDIO},
        {"input_audio", CHAT_MEDIA_AUDIO}, {"video", CHAT_MEDIA_VIDEO}};
    const tone_json_value *type = tone_json_get(part, "type");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (tone_json_is(type, known[i].type))
            return known[i].media;
    return CHAT_MEDIA_NONE;
}

static tone_status check_content(const tone_json_value *content, const tone_json_value *role, size_t index,
                                 tone_error *err)
{
    bool tool = tone_json_is(role, "tool");
    if (is_nothing(content) || content->kind == TONE_JSON_STRING)
        return TONE_OK;
    if (content->kind != TONE_JSON_ARRAY)
        return tool ? TONE_OK : tone_fail(err, TONE_ERR_FORMAT, 0,
                                          "messages[%zu]: the content is neither text nor a list of parts", index);
    size_t i = 0;
    for (const tone_json_value *part = content->first; part; part = part->next, i++) {
        const tone_json_value *text = tone_json_get(part, "text");
        if (!is_kind(tone_json_get(part, "type"), TONE_JSON_STRING))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu].content[%zu] has no type", index, i);
        if (tone_json_is(tone_json_get(part, "type"), "text") && !is_kind(text, TONE_JSON_STRING) &&
            !(tool && is_nothing(text)))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu].content[%zu] is a text part without text", index, i);
    }
    return TONE_OK;
}

static tone_status check_calls(const tone_json_value *calls, size_t index, tone_error *err)
{
    if (!tone_json_truthy(calls))
        return TONE_OK;
    if (calls->kind != TONE_JSON_ARRAY)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu]: tool_calls is no list", index);
    if (calls->count > MAX_CALLS)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "messages[%zu] has more than %d calls", index, MAX_CALLS);
    size_t i = 0;
    for (const tone_json_value *call = calls->first; call; call = call->next, i++) {
        const tone_json_value *name = tone_json_get(tone_json_get(call, "function"), "name");
        if (!is_kind(name, TONE_JSON_STRING) || !name->n)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu].tool_calls[%zu] names no function", index, i);
    }
    return TONE_OK;
}

static tone_status check_responses(const tone_json_value *list, size_t index, tone_error *err)
{
    if (!tone_json_truthy(list))
        return TONE_OK;
    if (list->kind != TONE_JSON_ARRAY)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu]: tool_responses is no list", index);
    size_t i = 0;
    for (const tone_json_value *r = list->first; r; r = r->next, i++) {
        const tone_json_value *name = tone_json_get(r, "name");
        if (r->kind != TONE_JSON_OBJECT || (!is_nothing(name) && name->kind != TONE_JSON_STRING))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu].tool_responses[%zu] is no named response", index, i);
    }
    return TONE_OK;
}

tone_status tone_chat_message_check(const tone_json_value *m, size_t index, tone_error *err)
{
    const tone_json_value *role = tone_json_get(m, "role");
    if (!is_kind(role, TONE_JSON_STRING) || !role->n)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu] has no role", index);
    static const char *const texts[] = {"reasoning", "reasoning_content", "name"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const tone_json_value *v = tone_json_get(m, texts[i]);
        if (!is_nothing(v) && v->kind != TONE_JSON_STRING)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "messages[%zu]: %s is no text", index, texts[i]);
    }
    tone_status st = check_content(tone_json_get(m, "content"), role, index, err);
    if (!st)
        st = check_calls(tone_json_get(m, "tool_calls"), index, err);
    if (!st)
        st = check_responses(tone_json_get(m, "tool_responses"), index, err);
    return st;
}

tone_status tone_chat_tools_check(const tone_json_value *tools, tone_error *err)
{
    if (!tone_json_truthy(tools))
        return TONE_OK;
    if (tools->kind != TONE_JSON_ARRAY)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "tools is no list");
    if (tools->count > MAX_TOOLS)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "more than %d tools", MAX_TOOLS);
    size_t i = 0;
    for (const tone_json_value *t = tools->first; t; t = t->next, i++) {
        const tone_json_value *name = tone_json_get(tone_json_get(t, "function"), "name");
        if (!is_kind(name, TONE_JSON_STRING) || !name->n)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "tools[%zu] is no named function", i);
    }
    return TONE_OK;
}

tone_status tone_chat_request_read(tone_chat_request *out, const tone_json_value *root, tone_error *err)
{
    *out = (tone_chat_request){.generate = true};
    if (root->kind != TONE_JSON_OBJECT)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the request is no object");
    const tone_json_value *messages = tone_json_get(root, "messages"), *tools = tone_json_get(root, "tools");
    const tone_json_value *generate = tone_json_get(root, "add_generation_prompt");
    if (!is_kind(messages, TONE_JSON_ARRAY))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the request has no list of messages");
    tone_status st = tone_chat_tools_check(tools, err);
    if (st)
        return st;
    out->messages = malloc((messages->count + 1u) * sizeof *out->messages);
    if (!out->messages)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %u messages", messages->count);
    for (const tone_json_value *m = messages->first; m; m = m->next) {
        st = tone_chat_message_check(m, out->n_messages, err);
        if (st)
            return st;
        out->messages[out->n_messages++] = m;
    }
    out->tools = tone_json_truthy(tools) ? tools : NULL;
    out->think = tone_json_truthy(tone_json_get(root, "enable_thinking"));
    out->keep_thoughts = tone_json_truthy(tone_json_get(root, "preserve_thinking"));
    out->generate = !generate || tone_json_truthy(generate);
    return TONE_OK;
}

void tone_chat_request_clear(tone_chat_request *q)
{
    free(q->messages);
    *q = (tone_chat_request){0};
}

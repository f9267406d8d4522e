#include "agent/talk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/utf8.h"

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the conversation");
}

/* Text from anywhere as a JSON string: what is no UTF-8 becomes U+FFFD. */
static json_t *text_value(const char *text)
{
    size_t n;
    char *repaired = tone_utf8_repair(text, strlen(text), &n);
    json_t *v = repaired ? json_stringn(repaired, n) : NULL;
    free(repaired);
    return v;
}

static json_t *message(const char *role, const char *content)
{
    json_t *m = json_object();
    if (m && !json_object_set_new(m, "role", json_string(role)) && !json_object_set_new(m, "content", text_value(content)))
        return m;
    json_decref(m);
    return NULL;
}

static tone_status append(tone_talk *t, json_t *m, tone_error *err)
{
    return m && !json_array_append_new(t->messages, m) ? TONE_OK : no_memory(err);
}

tone_status tone_talk_open(tone_talk *out, const char *instructions, tone_error *err)
{
    *out = (tone_talk){.messages = json_array()};
    if (!out->messages)
        return no_memory(err);
    if (instructions && !(out->instructions = strdup(instructions)))
        return no_memory(err);
    return instructions ? append(out, message("system", instructions), err) : TONE_OK;
}

void tone_talk_close(tone_talk *t)
{
    json_decref(t->messages);
    free(t->instructions);
    *t = (tone_talk){0};
}

void tone_talk_begin(tone_talk *t)
{
    if (!t->instructions)
        json_array_clear(t->messages);
    t->turn = json_array_size(t->messages);
}

static json_t *text_part(const char *text)
{
    return json_pack("{s:s,s:o}", "type", "text", "text", text_value(text));
}

static json_t *medium_part(const tone_medium *m)
{
    json_t *part = json_pack("{s:s,s:o}", "type", m->kind == TONE_INPUT_AUDIO ? "audio" : "image", "path", text_value(m->path));
    if (part && m->budget)
        (void)json_object_set_new(part, "budget", json_integer(m->budget));
    return part;
}

/* The state, files, words; each may be missing. */
static json_t *message_of_parts(const char *state, const tone_medium *media, size_t n, const char *words)
{
    json_t *parts = json_array();
    bool ok = parts && (!*state || !json_array_append_new(parts, text_part(state)));
    for (size_t i = 0; ok && i < n; i++)
        ok = !json_array_append_new(parts, medium_part(&media[i]));
    if (ok && *words)
        ok = !json_array_append_new(parts, text_part(words));
    json_t *m = ok ? json_pack("{s:s,s:O}", "role", "user", "content", parts) : NULL;
    json_decref(parts);
    return m;
}

tone_status tone_talk_user(tone_talk *t, const char *state, const tone_medium *media, size_t n_media, const char *words, tone_error *err)
{
    if (!t->instructions) {
        tone_status st = append(t, message("system", state), err);
        return st ? st : append(t, n_media ? message_of_parts("", media, n_media, words) : message("user", words), err);
    }
    tone_buf front = {0};
    if (*state)
        tone_buf_printf(&front, "[state]\n%s\n[the user says]\n", state);
    if (!n_media)
        tone_buf_puts(&front, words);
    json_t *m = front.failed ? NULL : n_media ? message_of_parts(tone_buf_text(&front), media, n_media, words) : message("user", tone_buf_text(&front));
    tone_buf_clear(&front);
    return append(t, m, err);
}

tone_status tone_talk_heard(tone_talk *t, const char *words, tone_error *err)
{
    json_t *m = message("user", words);
    if (m && !json_array_set_new(t->messages, json_array_size(t->messages) - 1, m))
        return TONE_OK;
    return no_memory(err);
}

static json_t *call_value(const tone_answer_call *c)
{
    /* What was no JSON must not come back to a model as its own words: it is shown as an empty call, and the result says
     * what was wrong. */
    json_t *arguments = json_loads(c->arguments, JSON_REJECT_DUPLICATES, NULL);
    json_t *text = json_is_object(arguments) ? text_value(c->arguments) : json_string("{}");
    json_t *id = text_value(c->id), *name = text_value(c->name);
    json_decref(arguments);
    return json_pack("{s:o,s:s,s:{s:o,s:o}}", "id", id, "type", "function", "function", "name", name, "arguments", text);
}

tone_status tone_talk_answer(tone_talk *t, const tone_answer *a, tone_error *err)
{
    json_t *m = message("assistant", a->content), *calls = a->n_calls ? json_array() : NULL;
    bool ok = m && (calls || !a->n_calls);
    if (ok && a->reasoning)
        ok = !json_object_set_new(m, "reasoning_content", text_value(a->reasoning));
    for (size_t i = 0; ok && i < a->n_calls; i++)
        ok = !json_array_append_new(calls, call_value(&a->calls[i]));
    if (ok && calls) {
        ok = !json_object_set(m, "tool_calls", calls);
        if (ok && !*a->content)
            ok = !json_object_set_new(m, "content", json_null());
    }
    json_decref(calls);
    if (ok)
        return append(t, m, err);
    json_decref(m);
    return no_memory(err);
}

tone_status tone_talk_result(tone_talk *t, const char *id, const char *result, tone_error *err)
{
    json_t *m = message("tool", result);
    if (m && !json_object_set_new(m, "tool_call_id", text_value(id)))
        return append(t, m, err);
    json_decref(m);
    return no_memory(err);
}

static const char *role_of(const json_t *m)
{
    const char *role = json_string_value(json_object_get(m, "role"));
    return role ? role : "";
}

/* Results are appended in the order of the calls, so those without one are the last. */
static tone_status answer_open_calls(tone_talk *t, tone_error *err)
{
    size_t n = json_array_size(t->messages), n_results = 0;
    while (n_results < n && strcmp(role_of(json_array_get(t->messages, n - 1 - n_results)), "tool") == 0)
        n_results++;
    const json_t *calls = n > n_results ? json_object_get(json_array_get(t->messages, n - 1 - n_results), "tool_calls") : NULL;
    tone_status st = TONE_OK;
    for (size_t i = n_results; !st && i < json_array_size(calls); i++)
        st = tone_talk_result(t, json_string_value(json_object_get(json_array_get(calls, i), "id")), "{\"error\":\"stopped before it was made\"}", err);
    return st;
}

tone_status tone_talk_end(tone_talk *t, const char *last_word, tone_error *err)
{
    tone_status st = answer_open_calls(t, err);
    size_t n = json_array_size(t->messages);
    const json_t *last = n ? json_array_get(t->messages, n - 1) : NULL;
    if (st || strcmp(role_of(last), "assistant") == 0)
        return st;
    return append(t, message("assistant", last_word), err);
}

void tone_talk_undo(tone_talk *t)
{
    while (json_array_size(t->messages) > t->turn)
        json_array_remove(t->messages, json_array_size(t->messages) - 1);
}

bool tone_talk_drop_oldest(tone_talk *t)
{
    if (!t->instructions || t->turn <= 1)
        return false;
    do {
        json_array_remove(t->messages, 1);
        t->turn--;
    } while (t->turn > 1 && strcmp(role_of(json_array_get(t->messages, 1)), "user") != 0);
    return true;
}

char *tone_talk_text(const tone_talk *t)
{
    return json_dumps(t->messages, JSON_COMPACT);
}

#include "chat/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "chat/text.h"

enum { MAX_MESSAGES = 1 << 20 };

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the conversation");
}

tone_status tone_conversation_open(tone_conversation **out, const tone_tokenizer *tokenizer, tone_chat_family family,
                                   tone_error *err)
{
    tone_conversation *c = *out = calloc(1, sizeof *c);
    if (!c)
        return no_memory(err);
    c->tokenizer = tokenizer;
    c->family = family;
    return TONE_OK;
}

static void clear_entry(tone_chat_entry *e)
{
    tone_json_tree_free(e->tree);
    free((tone_token *)e->replay.ids);
    free((char *)e->replay.text);
}

/* What a file can replace. */
static void clear_contents(tone_conversation *c)
{
    tone_conversation_cut(c, 0);
    tone_json_tree_free(c->system);
    tone_json_tree_free(c->tools);
    free(c->tools_text);
    free(c->entries);
}

void tone_conversation_close(tone_conversation *c)
{
    if (!c)
        return;
    clear_contents(c);
    free(c);
}

/* ---- settings ----------------------------------------------------------------------------------------------------- */

/* Text into the JSON text of a message. */
static tone_status put_text(tone_buf *b, const char *key, const char *text, size_t n, tone_error *err)
{
    size_t bad;
    if (!tone_utf8_valid((const uint8_t *)text, n, &bad))
        return tone_fail(err, TONE_ERR_ARGUMENT, bad, "the text is not UTF-8 (byte %zu)", bad);
    tone_buf_printf(b, ",\"%s\":", key);
    tone_json_write_string(b, text, n);
    return TONE_OK;
}

tone_status tone_chat_conversation_set_system(tone_conversation *c, const char *text, size_t n, tone_error *err)
{
    tone_json_tree *tree = NULL;
    const char *s = text;
    size_t left = n;
    tone_chat_trim(&s, &left);
    if (left) {
        tone_buf b = {0};
        tone_buf_puts(&b, "{\"role\":\"system\"");
        tone_status st = put_text(&b, "content", text, n, err);
        tone_buf_putc(&b, '}');
        if (!st)
            st = b.failed ? no_memory(err) : tone_json_tree_read(&tree, b.data, b.n, 0, err);
        tone_buf_clear(&b);
        if (st)
            return st;
    }
    tone_json_tree_free(c->system);
    c->system = tree;
    return TONE_OK;
}

tone_status tone_conversation_set_system(tone_conversation *c, const char *text, tone_error *err)
{
    return tone_chat_conversation_set_system(c, text ? text : "", text ? strlen(text) : 0, err);
}

tone_status tone_conversation_set_tools(tone_conversation *c, const char *json, size_t n, tone_error *err)
{
    tone_json_tree *tree = NULL;
    char *copy = NULL;
    if (json && n) {
        tone_status st = tone_json_tree_read(&tree, json, n, 0, err);
        if (!st)
            st = tone_chat_tools_check(tone_json_tree_root(tree), err);
        if (!st && tone_json_truthy(tone_json_tree_root(tree)) && !(copy = malloc(n + 1)))
            st = no_memory(err);
        if (st || !copy) {
            tone_json_tree_free(tree);
            tree = NULL;
        }
        if (st)
            return st;
    }
    if (copy) {
        memcpy(copy, json, n);
        copy[n] = 0;
    }
    tone_json_tree_free(c->tools);
    free(c->tools_text);
    c->tools = tree;
    c->tools_text = copy;
    c->tools_n = copy ? n : 0;
    return TONE_OK;
}

void tone_conversation_set_thinking(tone_conversation *c, bool thinking)
{
    c->thinking = thinking;
}

void tone_conversation_set_keep_all(tone_conversation *c, bool keep)
{
    c->keep_all = keep;
}

const char *tone_conversation_system(const tone_conversation *c)
{
    return c->system ? tone_json_get(tone_json_tree_root(c->system), "content")->text : NULL;
}

const char *tone_conversation_tools(const tone_conversation *c, size_t *n)
{
    *n = c->tools_n;
    return c->tools_text;
}

bool tone_conversation_thinking(const tone_conversation *c)
{
    return c->thinking;
}

/* ---- messages ----------------------------------------------------------------------------------------------------- */

tone_status tone_conversation_add(tone_conversation *c, const char *json, size_t n, tone_error *err)
{
    if (c->n == MAX_MESSAGES)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "the conversation has %d messages", MAX_MESSAGES);
    if (c->n == c->room) {
        size_t room = c->room ? c->room * 2 : 16;
        tone_chat_entry *grown = realloc(c->entries, room * sizeof *grown);
        if (!grown)
            return no_memory(err);
        c->entries = grown;
        c->room = room;
    }
    tone_json_tree *tree;
    tone_status st = tone_json_tree_read(&tree, json, n, 0, err);
    if (st)
        return st;
    st = tone_chat_message_check(tone_json_tree_root(tree), c->n, err);
    if (st) {
        tone_json_tree_free(tree);
        return st;
    }
    c->entries[c->n++] = (tone_chat_entry){.tree = tree};
    return TONE_OK;
}

/* Push the message written in b, unless something before failed; b is cleared. */
static tone_status push_written(tone_conversation *c, tone_buf *b, tone_status st, tone_error *err)
{
    tone_buf_putc(b, '}');
    if (!st)
        st = b->failed ? no_memory(err) : tone_conversation_add(c, b->data, b->n, err);
    tone_buf_clear(b);
    return st;
}

tone_status tone_conversation_add_user(tone_conversation *c, const char *text, size_t n, tone_error *err)
{
    tone_buf b = {0};
    tone_buf_puts(&b, "{\"role\":\"user\"");
    return push_written(c, &b, put_text(&b, "content", text, n, err), err);
}

static tone_status put_part(tone_buf *b, const tone_part *p, tone_error *err)
{
    static const char *const types[] = {"text", "image", "audio"};
    tone_buf_printf(b, "{\"type\":\"%s\"", types[p->kind]);
    if (p->kind == TONE_PART_TEXT) {
        tone_status st = put_text(b, "text", p->text, p->n, err);
        tone_buf_putc(b, '}');
        return st;
    }
    tone_status st = put_text(b, "path", p->text, strlen(p->text), err);
    if (!st && p->hash)
        st = put_text(b, "hash", p->hash, strlen(p->hash), err);
    if (p->budget)
        tone_buf_printf(b, ",\"budget\":%u", p->budget);
    tone_buf_putc(b, '}');
    return st;
}

tone_status tone_conversation_add_parts(tone_conversation *c, const tone_part *parts, size_t n, tone_error *err)
{
    tone_buf b = {0};
    tone_status st = TONE_OK;
    tone_buf_puts(&b, "{\"role\":\"user\",\"content\":[");
    for (size_t i = 0; !st && i < n; i++) {
        if (i)
            tone_buf_putc(&b, ',');
        st = put_part(&b, &parts[i], err);
    }
    tone_buf_putc(&b, ']');
    return push_written(c, &b, st, err);
}

tone_status tone_conversation_add_result(tone_conversation *c, const char *id, const char *text, size_t n, bool object,
                                         tone_error *err)
{
    tone_buf b = {0};
    tone_buf_puts(&b, "{\"role\":\"tool\"");
    tone_status st = put_text(&b, "tool_call_id", id, strlen(id), err);
    if (!st && object) {
        tone_json_tree *tree;
        st = tone_json_tree_read(&tree, text, n, 0, err);
        if (!st && tone_json_tree_root(tree)->kind != TONE_JSON_OBJECT)
            st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "the result is no JSON object");
        if (!st) {
            tone_buf_puts(&b, ",\"content\":");
            tone_json_write(&b, tone_json_tree_root(tree));
        }
        tone_json_tree_free(tree);
    } else if (!st) {
        st = put_text(&b, "content", text, n, err);
    }
    return push_written(c, &b, st, err);
}

static void put_calls(tone_buf *b, const tone_conversation *c, const tone_message *m)
{
    tone_buf_puts(b, ",\"tool_calls\":[");
    for (size_t i = 0; i < m->n_calls; i++) {
        tone_buf_printf(b, "%s{\"id\":\"call_%zu_%zu\",\"type\":\"function\",\"function\":{\"name\":", i ? "," : "",
                        c->n, i);
        tone_json_write_string(b, m->calls[i].name, strlen(m->calls[i].name));
        tone_buf_puts(b, ",\"arguments\":");
        tone_json_write_string(b, m->calls[i].arguments, strlen(m->calls[i].arguments));
        tone_buf_puts(b, "}}");
    }
    tone_buf_putc(b, ']');
}

/* What the prompt said of the answer before the model did. */
static tone_status put_beginning(const tone_conversation *c, tone_token_list *ids, tone_error *err)
{
    if (c->beginning == CHAT_BEGINS_EMPTY || c->prompted != c->n)
        return TONE_OK;
    tone_status st = tone_token_list_push(ids, tone_tokenizer_find(c->tokenizer, "<|channel>"), err);
    if (!st)
        st = tone_tokenizer_encode(c->tokenizer, "thought\n", 8, 0, ids, err);
    if (!st && c->beginning == CHAT_BEGINS_UNTHINKING)
        st = tone_token_list_push(ids, tone_tokenizer_find(c->tokenizer, "<channel|>"), err);
    return st;
}

static bool is_stop(const tone_tokenizer *t, tone_token id)
{
    const tone_tokenizer_facts *f = tone_tokenizer_info(t);
    for (size_t i = 0; i < f->n_stops; i++)
        if (f->stops[i] == id)
            return true;
    return false;
}

/* Keep the tokens of an answer. */
static tone_status make_replay(const tone_conversation *c, tone_chat_entry *e, const tone_token *ids, size_t n_ids,
                               tone_error *err)
{
    tone_token_list all = {0};
    char *text = NULL;
    size_t n = 0;
    tone_status st = put_beginning(c, &all, err);
    bool unthinking_front = c->beginning == CHAT_BEGINS_UNTHINKING && all.n;
    size_t front = unthinking_front ? all.n : 0;
    if (n_ids && is_stop(c->tokenizer, ids[n_ids - 1]))
        n_ids--;
    for (size_t i = 0; i < n_ids && !st; i++)
        st = tone_token_list_push(&all, ids[i], err);
    if (!st)
        st = tone_tokenizer_decode(c->tokenizer, all.ids, all.n, 0, &text, &n, err);
    if (st) {
        tone_token_list_clear(&all);
        return st;
    }
    tone_token thought = tone_tokenizer_find(c->tokenizer, "<|channel>");
    e->replay = (tone_chat_replay){.ids = all.ids, .n_ids = all.n, .text = text, .n = n};
    if (front)
        e->front = (tone_chat_unthinking){.n_ids = front, .n = strlen("<|channel>thought\n<channel|>")};
    for (size_t i = front; i < all.n; i++)
        e->replay.has_thought |= all.ids[i] == thought;
    return TONE_OK;
}

/* The tokens of an answer as they stand in the next prompt. */
static tone_chat_replay replay_of(const tone_conversation *c, const tone_chat_entry *e)
{
    tone_chat_replay r = e->replay;
    if (!r.ids)
        return r;
    if (c->keep_all) {
        r.has_thought = false;
    } else {
        r.ids += e->front.n_ids;
        r.n_ids -= e->front.n_ids;
        r.text += e->front.n;
        r.n -= e->front.n;
    }
    return r;
}

tone_status tone_conversation_add_reply(tone_conversation *c, const tone_message *m, const tone_token *ids, size_t n_ids,
                                        tone_error *err)
{
    tone_chat_entry made = {0};
    if (n_ids && m->faithful && c->tokenizer) {
        tone_status st = make_replay(c, &made, ids, n_ids, err);
        if (st)
            return st;
    }
    tone_buf b = {0};
    tone_status st = TONE_OK;
    tone_buf_puts(&b, "{\"role\":\"assistant\"");
    if (m->content)
        st = put_text(&b, "content", m->content, m->content_n, err);
    else
        tone_buf_puts(&b, ",\"content\":null");
    if (!st && m->reasoning)
        st = put_text(&b, "reasoning_content", m->reasoning, m->reasoning_n, err);
    if (m->n_calls)
        put_calls(&b, c, m);
    st = push_written(c, &b, st, err);
    if (st) {
        clear_entry(&made);
        return st;
    }
    made.tree = c->entries[c->n - 1].tree;
    c->entries[c->n - 1] = made;
    return TONE_OK;
}

size_t tone_conversation_n(const tone_conversation *c)
{
    return c->n;
}

const char *tone_conversation_role(const tone_conversation *c, size_t i)
{
    return tone_json_get(tone_chat_conversation_message(c, i), "role")->text;
}

const char *tone_conversation_text(const tone_conversation *c, size_t i, size_t *n)
{
    const tone_json_value *v = tone_json_get(tone_chat_conversation_message(c, i), "content");
    if (v && v->kind == TONE_JSON_ARRAY) {
        const tone_json_value *part = v->first;
        while (part && !tone_json_is(tone_json_get(part, "type"), "text"))
            part = part->next;
        v = tone_json_get(part, "text");
    }
    bool text = v && v->kind == TONE_JSON_STRING;
    *n = text ? v->n : 0;
    return text ? v->text : "";
}

const char *tone_conversation_reasoning(const tone_conversation *c, size_t i, size_t *n)
{
    const tone_json_value *v = tone_json_get(tone_chat_conversation_message(c, i), "reasoning");
    if (!tone_json_truthy(v))
        v = tone_json_get(tone_chat_conversation_message(c, i), "reasoning_content");
    *n = v && v->kind == TONE_JSON_STRING ? v->n : 0;
    return *n ? v->text : "";
}

static const tone_json_value *calls_of(const tone_json_value *m)
{
    const tone_json_value *calls = tone_json_get(m, "tool_calls");
    return calls && calls->kind == TONE_JSON_ARRAY ? calls : NULL;
}

static const char *text_or(const tone_json_value *v, const char *otherwise)
{
    return v && v->kind == TONE_JSON_STRING ? v->text : otherwise;
}

static tone_conversation_call call_facts(const tone_json_value *call)
{
    const tone_json_value *f = tone_json_get(call, "function");
    return (tone_conversation_call){.id = text_or(tone_json_get(call, "id"), ""),
        .name = text_or(tone_json_get(f, "name"), ""),
                                    .arguments = text_or(tone_json_get(f, "arguments"), "{}")};
}

size_t tone_conversation_n_calls(const tone_conversation *c, size_t i)
{
    const tone_json_value *calls = calls_of(tone_chat_conversation_message(c, i));
    return calls ? calls->count : 0;
}

tone_conversation_call tone_conversation_call_at(const tone_conversation *c, size_t i, size_t call)
{
    const tone_json_value *v = calls_of(tone_chat_conversation_message(c, i))->first;
    while (call--)
        v = v->next;
    return call_facts(v);
}

/* The answer whose calls may still want results: only results follow it.  c->n when there is none. */
static size_t last_answer(const tone_conversation *c)
{
    size_t i = c->n;
    while (i > 0 && strcmp(tone_conversation_role(c, i - 1), "tool") == 0)
        i--;
    return i > 0 && calls_of(tone_chat_conversation_message(c, i - 1)) ? i - 1 : c->n;
}

/* The first pending call at or after `call`. */
static const tone_json_value *next_pending(const tone_conversation *c, size_t answer, const tone_json_value *call)
{
    for (; call; call = call->next) {
        bool answered = false;
        for (size_t i = answer + 1; i < c->n && !answered; i++)
            answered = tone_json_same_text(tone_json_get(tone_chat_conversation_message(c, i), "tool_call_id"),
                                           tone_json_get(call, "id"));
        if (!answered)
            break;
    }
    return call;
}

/* The i-th pending call of the last answer; NULL past the last. */
static const tone_json_value *pending(const tone_conversation *c, size_t i)
{
    size_t answer = last_answer(c);
    if (answer == c->n)
        return NULL;
    const tone_json_value *v = next_pending(c, answer, calls_of(tone_chat_conversation_message(c, answer))->first);
    while (v && i--)
        v = next_pending(c, answer, v->next);
    return v;
}

size_t tone_conversation_n_pending(const tone_conversation *c)
{
    size_t n = 0;
    while (pending(c, n))
        n++;
    return n;
}

tone_conversation_call tone_conversation_pending(const tone_conversation *c, size_t i)
{
    return call_facts(pending(c, i));
}

void tone_conversation_cut(tone_conversation *c, size_t i)
{
    while (c->n > i)
        clear_entry(&c->entries[--c->n]);
}

size_t tone_conversation_last_user(const tone_conversation *c)
{
    for (size_t i = c->n; i-- > 0;)
        if (strcmp(tone_conversation_role(c, i), "user") == 0)
            return i;
    return c->n;
}

/* ---- prompts and files -------------------------------------------------------------------------------------------- */

tone_status tone_conversation_prompt(tone_conversation *c, tone_prompt **out, tone_error *err)
{
    *out = NULL;
    tone_chat_request q = {.messages = malloc((c->n + 1) * sizeof *q.messages), .think = c->thinking,
        .keep_thoughts = c->keep_all, .generate = true};
    tone_chat_replay *replay = calloc(c->n + 1, sizeof *replay);
    tone_status st = q.messages && replay ? TONE_OK : no_memory(err);
    if (!st) {
        if (c->system)
            q.messages[q.n_messages++] = tone_json_tree_root(c->system);
        for (size_t i = 0; i < c->n; i++) {
            replay[q.n_messages] = replay_of(c, &c->entries[i]);
            q.messages[q.n_messages++] = tone_chat_conversation_message(c, i);
        }
        q.replay = replay;
        q.tools = c->tools ? tone_json_tree_root(c->tools) : NULL;
        st = tone_chat_prompt_build(out, &q, &(tone_prompt_options){.family = c->family}, err);
    }
    if (!st) {
        c->beginning = tone_chat_prompt_beginning(*out);
        c->prompted = c->n;
    }
    tone_chat_request_clear(&q);
    free(replay);
    return st;
}

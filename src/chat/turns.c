/* Gemma 4's frame.
 *
 *   <bos> [system turn] { <|turn> role LF … <turn|> LF } [generation prefix]
 *
 * A thought, its calls, their responses and the text after them are one model turn, which stays open while responses are
 * wanted or have just come.  Two modes: `exact` prints what the published template prints; otherwise its defects are left
 * out (docs/CHAT.md lists both), of which the largest is that text said before a call is printed before the call. */
#include "chat/turns.h"

#include <string.h>

#include "base/fail.h"
#include "chat/notation.h"
#include "chat/text.h"

/* Where the turn of the last printed message stands. */
typedef enum turn_state {
    TURN_CLOSED,   /* by <turn|>                                */
    TURN_CALLING,  /* after calls that have no response yet     */
    TURN_ANSWERED  /* after responses, the model is to go on    */
} turn_state;

typedef struct turns {
    tone_chat_out *o;
    const tone_chat_request *q;
    const tone_prompt_options *options;
    tone_error *err;
    size_t first;     /* index of the first message that is no first system message      */
    size_t last_user; /* index + 1 of the last user message, 0 for none                   */
    bool exact;
    turn_state state;
} turns;

static bool is_assistant(const tone_json_value *message)
{
    return tone_json_is(tone_json_get(message, "role"), "assistant");
}

static bool is_tool(const tone_json_value *message)
{
    return tone_json_is(tone_json_get(message, "role"), "tool");
}

const tone_json_value *tone_chat_first_system(const tone_chat_request *q)
{
    const tone_json_value *role = q->n_messages ? tone_json_get(q->messages[0], "role") : NULL;
    return tone_json_is(role, "system") || tone_json_is(role, "developer") ? q->messages[0] : NULL;
}

/* Text of the operator; "<|think|>" in it is the token when asked for. */
static void system_text(turns *t, const char *text, size_t n)
{
    static const char switch_text[] = "<|think|>";
    const size_t length = sizeof switch_text - 1;
    tone_chat_trim(&text, &n);
    while (t->options->think_in_system && n) {
        const char *found = memmem(text, n, switch_text, length);
        if (!found)
            break;
        tone_chat_out_text(t->o, text, (size_t)(found - text));
        tone_chat_out_control(t->o, switch_text);
        n -= (size_t)(found - text) + length;
        text = found + length;
    }
    tone_chat_out_text(t->o, text, n);
}

static tone_status system_turn(turns *t)
{
    const tone_json_value *first = tone_chat_first_system(t->q), *content = tone_json_get(first, "content");
    if (!t->q->think && !t->q->tools && !first)
        return TONE_OK;
    tone_chat_out_control(t->o, "<|turn>");
    tone_chat_out_puts(t->o, "system\n");
    if (t->q->think) {
        tone_chat_out_control(t->o, "<|think|>");
        tone_chat_out_puts(t->o, "\n");
    }
    if (content && content->kind == TONE_JSON_STRING)
        system_text(t, content->text, content->n);
    for (const tone_json_value *part = content &&
         content->kind == TONE_JSON_ARRAY ? content->first : NULL; part; part = part->next) {
        const tone_json_value *text = tone_json_get(part, "text");
        if (!text || text->kind != TONE_JSON_STRING)
            return tone_fail(t->err, TONE_ERR_FORMAT, 0, "messages[0]: a system message holds text only");
        system_text(t, text->text, text->n);
        tone_chat_out_puts(t->o, " ");
    }
    size_t i = 0;
    for (const tone_json_value *tool = t->q->tools ? t->q->tools->first : NULL; tool; tool = tool->next, i++) {
        tone_status st = tone_chat_declaration(t->o, tool, i, t->exact, t->err);
        if (st)
            return st;
    }
    tone_chat_out_control(t->o, "<turn|>");
    tone_chat_out_puts(t->o, "\n");
    return TONE_OK;
}

/* The next `marker` in text[0..n), or its end. */
static size_t find(const char *text, size_t n, const char *marker)
{
    const char *found = memmem(text, n, marker, strlen(marker));
    return found ? (size_t)(found - text) : n;
}

/* Text of a model's own message without the thoughts spelled in it: of every piece between <channel|> what stands before
 * <|channel>.  Trimmed as a whole. */
static void model_text(turns *t, const char *text, size_t n)
{
    static const char open[] = "<|channel>", close[] = "<channel|>";
    tone_buf kept = {0};
    while (n) {
        size_t piece = find(text, n, close);
        tone_buf_append(&kept, text, find(text, piece, open));
        size_t step = piece + sizeof close - 1 < n ? piece + sizeof close - 1 : n;
        text += step;
        n -= step;
    }
    const char *s = tone_buf_text(&kept);
    size_t left = kept.n;
    tone_chat_trim(&s, &left);
    tone_chat_out_text(t->o, s, left);
    t->o->failed |= kept.failed;
    tone_buf_clear(&kept);
}

static void message_text(turns *t, const tone_json_value *v, bool model)
{
    const char *text = v->text;
    size_t n = v->n;
    if (model) {
        model_text(t, text, n);
    } else {
        tone_chat_trim(&text, &n);
        tone_chat_out_text(t->o, text, n);
    }
}

static void media(turns *t, const tone_json_value *part, size_t message, size_t index)
{
    static const char *const literal[] = {[CHAT_MEDIA_IMAGE] = "<|image|>", [CHAT_MEDIA_AUDIO] = "<|audio|>",
        [CHAT_MEDIA_VIDEO] = "<|video|>"};
    tone_chat_media kind = tone_chat_part_media(part);
    if (kind != CHAT_MEDIA_NONE)
        tone_chat_out_media(t->o, literal[kind], part, (uint32_t)message, (uint32_t)index);
    else if (!tone_json_is(tone_json_get(part, "type"), "text"))
        tone_chat_out_note(t->o, "messages[%zu].content[%zu]: a part of type '%.40s' was left out", message, index,
                           tone_json_get(part, "type")->text);
}

/* Print a message's content; true when there was any. */
static bool content(turns *t, size_t i, bool model)
{
    const tone_json_value *c = tone_json_get(t->q->messages[i], "content");
    size_t before = t->o->text.n, index = 0;
    if (c && c->kind == TONE_JSON_STRING)
        message_text(t, c, model);
    for (const tone_json_value *part = c && c->kind == TONE_JSON_ARRAY ? c->first : NULL; part; part = part->next,
         index++) {
        if (tone_json_is(tone_json_get(part, "type"), "text"))
            message_text(t, tone_json_get(part, "text"), model);
        else
            media(t, part, i, index);
    }
    return t->o->text.n > before;
}

static tone_status call_arguments(turns *t, const tone_json_value *arguments, size_t message, size_t index)
{
    tone_json_tree *tree = NULL;
    tone_error inner = {0};
    if (arguments && arguments->kind == TONE_JSON_STRING) {
        tone_status st = tone_json_tree_read(&tree, arguments->text, arguments->n, 0, &inner);
        if (st)
            return tone_fail(t->err, st, 0, "messages[%zu].tool_calls[%zu]: the arguments are no JSON (%s)", message,
                             index, inner.text);
        arguments = tone_json_tree_root(tree);
    }
    tone_status st = TONE_OK;
    if (!arguments || arguments->kind == TONE_JSON_NULL)
        tone_chat_out_puts(t->o, "{}");
    else if (arguments->kind != TONE_JSON_OBJECT)
        st = tone_fail(t->err, TONE_ERR_FORMAT, 0, "messages[%zu].tool_calls[%zu]: the arguments are no object", message,
                       index);
    else
        st = tone_chat_value(t->o, arguments, (tone_chat_style){.exact = t->exact}, t->err);
    tone_json_tree_free(tree);
    return st;
}

static tone_status print_calls(turns *t, const tone_json_value *calls, size_t message)
{
    size_t index = 0;
    for (const tone_json_value *call = calls->first; call; call = call->next, index++) {
        const tone_json_value *f = tone_json_get(call, "function"), *name = tone_json_get(f, "name");
        tone_chat_out_control(t->o, "<|tool_call>");
        tone_chat_out_puts(t->o, "call:");
        tone_chat_out_text(t->o, name->text, name->n);
        tone_status st = call_arguments(t, tone_json_get(f, "arguments"), message, index);
        if (st)
            return st;
        tone_chat_out_control(t->o, "<tool_call|>");
    }
    return TONE_OK;
}

static void open_response(turns *t, const tone_json_value *name)
{
    tone_chat_out_control(t->o, "<|tool_response>");
    tone_chat_out_puts(t->o, "response:");
    if (tone_json_truthy(name))
        tone_chat_out_text(t->o, name->text, name->n);
    else
        tone_chat_out_puts(t->o, "unknown");
}

/* An object prints its members; anything else, NULL for none, becomes {value:…}. */
static tone_status response_value(turns *t, const tone_json_value *v)
{
    tone_status st = TONE_OK;
    tone_chat_style style = {.exact = t->exact};
    if (v && v->kind == TONE_JSON_OBJECT) {
        st = tone_chat_value(t->o, v, style, t->err);
    } else {
        tone_chat_out_puts(t->o, "{value:");
        if (v)
            st = tone_chat_value(t->o, v, style, t->err);
        else
            tone_chat_out_puts(t->o, "null");
        tone_chat_out_puts(t->o, "}");
    }
    tone_chat_out_control(t->o, "<tool_response|>");
    return st;
}

/* The function a result belongs to: the last call with its id (none equals none), else what it says itself. */
static const tone_json_value *result_name(const tone_json_value *calls, const tone_json_value *result)
{
    const tone_json_value *id = tone_json_get(result, "tool_call_id"), *name = tone_json_get(result, "name");
    bool no_id = !id || id->kind == TONE_JSON_NULL;
    for (const tone_json_value *call = calls->first; call; call = call->next) {
        const tone_json_value *other = tone_json_get(call, "id");
        bool other_none = !other || other->kind == TONE_JSON_NULL;
        if (no_id ? other_none : tone_json_same_text(id, other))
            name = tone_json_get(tone_json_get(call, "function"), "name");
    }
    return name;
}

static tone_status print_result(turns *t, const tone_json_value *calls, size_t i)
{
    const tone_json_value *result = t->q->messages[i], *body = tone_json_get(result, "content");
    if (t->exact && body && body->kind == TONE_JSON_OBJECT)
        return tone_fail(t->err, TONE_ERR_FORMAT, 0,
                         "messages[%zu]: the template cannot print an object as a tool's content", i);
    open_response(t, result_name(calls, result));
    if (!body || body->kind != TONE_JSON_ARRAY)
        return response_value(t, body);
    tone_chat_out_puts(t->o, "{value:");
    tone_chat_out_control(t->o, CHAT_QUOTE);
    for (const tone_json_value *part = body->first; part; part = part->next) {
        const tone_json_value *text = tone_json_get(part, "text");
        if (tone_json_is(tone_json_get(part, "type"), "text") && text && text->kind == TONE_JSON_STRING)
            tone_chat_out_text(t->o, text->text, text->n);
    }
    tone_chat_out_control(t->o, CHAT_QUOTE);
    tone_chat_out_puts(t->o, "}");
    tone_chat_out_control(t->o, "<tool_response|>");
    size_t index = 0;
    for (const tone_json_value *part = body->first; part; part = part->next, index++)
        media(t, part, i, index);
    return TONE_OK;
}

/* The responses to message i; *n of them were printed. */
static tone_status print_responses(turns *t, size_t i, const tone_json_value *calls, size_t *n)
{
    const tone_json_value *native = tone_json_get(t->q->messages[i], "tool_responses");
    tone_status st = TONE_OK;
    *n = 0;
    if (tone_json_truthy(native)) {
        for (const tone_json_value *r = native->first; r && !st; r = r->next, ++*n) {
            open_response(t, tone_json_get(r, "name"));
            st = response_value(t, tone_json_get(r, "response"));
        }
        return st;
    }
    if (!calls)
        return TONE_OK;
    for (size_t k = i + 1; k < t->q->n_messages && is_tool(t->q->messages[k]) && !st; k++, ++*n)
        st = print_result(t, calls, k);
    return st;
}

static void print_thought(turns *t, size_t i, bool has_calls)
{
    const tone_json_value *m = t->q->messages[i], *thought = tone_json_get(m, "reasoning");
    if (!tone_json_truthy(thought))
        thought = tone_json_get(m, "reasoning_content");
    if (!tone_json_truthy(thought) || (i < t->last_user && !(t->q->keep_thoughts && has_calls)))
        return;
    tone_chat_out_control(t->o, "<|channel>");
    tone_chat_out_puts(t->o, "thought\n");
    tone_chat_out_text(t->o, thought->text, thought->n);
    tone_chat_out_puts(t->o, "\n");
    tone_chat_out_control(t->o, "<channel|>");
}

/* A message as its model once wrote it, unless that holds a thought which by now is to be forgotten. */
static bool print_replay(turns *t, size_t i, bool has_calls)
{
    const tone_chat_replay *r = t->q->replay ? &t->q->replay[i] : NULL;
    if (!r || !r->ids || t->exact || (r->has_thought && i < t->last_user && !(t->q->keep_thoughts && has_calls)))
        return false;
    tone_chat_out_ids(t->o, r->ids, r->n_ids, r->text, r->n);
    return true;
}

static void close_turn(turns *t)
{
    tone_chat_out_control(t->o, "<turn|>");
    tone_chat_out_puts(t->o, "\n");
}

/* What follows a message's body; `after` is the next message that is no tool result, NULL at the end. */
static void end_message(turns *t, const tone_json_value *m, const tone_json_value *after, bool said)
{
    bool goes_on = is_assistant(m) && after && is_assistant(after);
    if (t->state == TURN_CALLING) {
        if (t->exact || !after)
            tone_chat_out_control(t->o, "<|tool_response>");
        else if (!is_assistant(after))
            close_turn(t);
    } else if (!goes_on && !(t->state == TURN_ANSWERED && !after && (!said || !t->exact))) {
        close_turn(t);
    }
}

static tone_status print_message(turns *t, size_t i, const tone_json_value *before, const tone_json_value *after)
{
    const tone_json_value *m = t->q->messages[i], *role = tone_json_get(m, "role"),
        *calls = tone_json_get(m, "tool_calls");
    bool model = is_assistant(m), said = false;
    if (!tone_json_truthy(calls))
        calls = NULL;
    if (!(model && before && is_assistant(before))) {
        tone_chat_out_control(t->o, "<|turn>");
        if (model)
            tone_chat_out_puts(t->o, "model");
        else if (!t->exact && tone_json_is(role, "developer"))
            tone_chat_out_puts(t->o, "system");
        else
            tone_chat_out_text(t->o, role->text, role->n);
        tone_chat_out_puts(t->o, "\n");
    }
    bool replayed = print_replay(t, i, calls != NULL);
    tone_status st = TONE_OK;
    if (!replayed) {
        print_thought(t, i, calls != NULL);
        if (!t->exact && calls)
            said = content(t, i, model);
        if (calls)
            st = print_calls(t, calls, i);
    }
    size_t n_responses = 0;
    if (!st)
        st = print_responses(t, i, calls, &n_responses);
    if (st)
        return st;
    if (!replayed && (t->exact || !calls))
        said = content(t, i, model);
    t->state = n_responses ? TURN_ANSWERED : calls ? TURN_CALLING : TURN_CLOSED;
    end_message(t, m, after, said);
    return TONE_OK;
}

/* Index of the first message at or after i that is no tool result. */
static size_t skip_tools(const tone_chat_request *q, size_t i)
{
    while (i < q->n_messages && is_tool(q->messages[i]))
        i++;
    return i;
}

static void note_orphans(turns *t, size_t start, size_t end, const tone_json_value *before)
{
    if (before && (tone_json_truthy(tone_json_get(before, "tool_calls")) &&
                   !tone_json_truthy(tone_json_get(before, "tool_responses"))))
        return;
    for (size_t i = start; i < end; i++)
        tone_chat_out_note(t->o, "messages[%zu]: a tool result that follows no call was left out", i);
}

tone_status tone_chat_turns_gemma4(tone_chat_out *o, const tone_chat_request *q, const tone_prompt_options *options,
                                   tone_chat_beginning *beginning, tone_error *err)
{
    turns t = {.o = o, .q = q, .options = options, .err = err, .exact = options->template_exact,
        .first = tone_chat_first_system(q) != NULL};
    for (size_t i = t.first; i < q->n_messages; i++)
        if (tone_json_is(tone_json_get(q->messages[i], "role"), "user"))
            t.last_user = i + 1;
    tone_chat_out_control(o, "<bos>");
    tone_status st = system_turn(&t);
    const tone_json_value *before = NULL;
    for (size_t start = t.first; !st && start < q->n_messages;) {
        size_t i = skip_tools(q, start), next = skip_tools(q, i + 1);
        note_orphans(&t, start, i, before);
        if (i == q->n_messages)
            break;
        st = print_message(&t, i, before, next < q->n_messages ? q->messages[next] : NULL);
        before = q->messages[i];
        start = i + 1;
    }
    *beginning = CHAT_BEGINS_EMPTY;
    if (st || !q->generate)
        return st;
    if (t.state == TURN_CLOSED) {
        tone_chat_out_control(o, "<|turn>");
        tone_chat_out_puts(o, "model\n");
        if (options->family == TONE_CHAT_GEMMA4_LARGE && !q->think) {
            tone_chat_out_control(o, "<|channel>");
            tone_chat_out_puts(o, "thought\n");
            tone_chat_out_control(o, "<channel|>");
            *beginning = CHAT_BEGINS_UNTHINKING;
        }
    } else if (t.state == TURN_ANSWERED && q->think) {
        tone_chat_out_control(o, "<|channel>");
        tone_chat_out_puts(o, "thought\n");
        *beginning = CHAT_BEGINS_IN_THOUGHT;
    }
    return TONE_OK;
}

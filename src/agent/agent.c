/* The loop: ask, check the calls that come back, have them made, tell the results, until there is an answer.
 *
 * A turn is bounded in four ways (calls, tokens, time, somebody's wish to stop), and each of them is an end, not an error:
 * what was changed until then stays changed, and the conversation stays whole. */
#include <jansson.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "agent/arguments.h"
#include "agent/backend.h"
#include "agent/claims.h"
#include "agent/talk.h"
#include "base/fail.h"

struct tone_agent {
    tone_agent_options o; /* texts are the agent's own below, not the caller's */
    char *tools_text;
    tone_tools tools;
    tone_talk talk;
    bool stateless;
    atomic_bool cancelled;
};

/* One turn. */
typedef struct turn {
    tone_agent *a;
    tone_turn *out;
    tone_claims claims;
    json_t *made; /* names and arguments of the calls that were made: {"shape {…}": true} */
    uint32_t n_steps, n_repeated;
    double start;
    bool said;       /* text came from the running request: it cannot be asked again */
    bool transcribes; /* the running answer may begin with what was heard, which `line` holds back */
    tone_buf line;
    bool must_answer; /* no more calls */
    tone_turn_end why; /* of must_answer */
    tone_error *err;
} turn;

tone_agent_options tone_agent_defaults(void)
{
    return (tone_agent_options){.max_steps = 8, .max_tokens = 4096, .max_seconds = 300, .sampling = tone_sampling_defaults(), .default_sampling = true};
}

const char *tone_turn_end_text(tone_turn_end end)
{
    static const char *const text[] = {"answered", "steps", "repeated", "tokens", "time", "cancelled"};
    return text[end];
}

tone_status tone_agent_open(tone_agent **out, const tone_agent_options *opt, tone_error *err)
{
    *out = NULL;
    tone_agent *a = calloc(1, sizeof *a);
    if (!a)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an agent");
    a->o = *opt;
    tone_status st = tone_tools_read(&a->tools, opt->tools, err);
    if (st)
        goto fail;
    a->tools_text = strdup(opt->tools);
    if (!a->tools_text) {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the tools");
        goto fail;
    }
    a->stateless = tone_backend_knows_tools(opt->backend, opt->tools);
    st = tone_talk_open(&a->talk, a->stateless ? NULL : opt->instructions ? opt->instructions : tone_agent_instructions, err);
    if (st)
        goto fail;
    *out = a;
    return TONE_OK;

fail:
    tone_agent_close(a);
    return st;
}

void tone_agent_close(tone_agent *a)
{
    if (!a)
        return;
    tone_talk_close(&a->talk);
    tone_tools_clear(&a->tools);
    free(a->tools_text);
    free(a);
}

void tone_agent_cancel(tone_agent *a)
{
    atomic_store(&a->cancelled, true);
    tone_backend_cancel(a->o.backend);
}

bool tone_agent_is_stateless(const tone_agent *a)
{
    return a->stateless;
}

void tone_agent_forget(tone_agent *a)
{
    a->talk.turn = a->stateless ? 0 : 1;
    tone_talk_undo(&a->talk);
}

char *tone_agent_messages(const tone_agent *a)
{
    return tone_talk_text(&a->talk);
}

void tone_turn_clear(tone_turn *t)
{
    free(t->answer);
    free(t->heard);
    *t = (tone_turn){0};
}

/* ---- telling */

static void tell(const turn *t, const tone_agent_event *event)
{
    if (t->a->o.event)
        t->a->o.event(t->a->o.event_arg, event);
}

TONE_PRINTF(2, 3) static void warn(const turn *t, const char *fmt, ...)
{
    char line[400];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (n > 0)
        tell(t, &(tone_agent_event){.kind = TONE_AGENT_WARNING, .text = line, .n = strlen(line), .step = t->n_steps});
}

static double since_start(const turn *t)
{
    return tone_agent_now_s() - t->start;
}

/* The line is whole: it is what was heard, when there is something in it. */
static void end_line(turn *t)
{
    const char *text = tone_buf_text(&t->line), *end = text + t->line.n;
    t->transcribes = false;
    while (text < end && (unsigned char)*text <= ' ')
        text++;
    while (end > text && (unsigned char)end[-1] <= ' ')
        end--;
    if (text == end)
        return;
    t->out->heard = strndup(text, (size_t)(end - text));
    t->line.failed |= !t->out->heard;
    if (!t->line.failed)
        tell(t, &(tone_agent_event){.kind = TONE_AGENT_HEARD, .text = t->out->heard, .n = strlen(t->out->heard)});
}

/* More of an answer that may begin with what was heard; returns how much of it belongs to that. */
static size_t take_line(turn *t, const char *text, size_t n)
{
    const char *end = memchr(text, '\n', n);
    size_t part = end ? (size_t)(end - text) + 1 : n;
    tone_buf_append(&t->line, text, part);
    if (end)
        end_line(t);
    return part;
}

/* The answer is there.  A line before a call was heard; a line that is all of it is the answer.  What was heard leaves the answer, and
 * the conversation goes on as if it had been typed. */
static tone_status settle_line(turn *t, tone_answer *answer)
{
    if (t->transcribes && answer->n_calls) {
        end_line(t);
    } else if (t->transcribes && t->line.n) {
        tell(t, &(tone_agent_event){.kind = TONE_AGENT_TEXT, .text = tone_buf_text(&t->line), .n = t->line.n});
        tone_buf_reset(&t->line);
    }
    t->transcribes = false;
    if (t->line.failed)
        return tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for what was heard");
    size_t n = t->line.n, all = strlen(answer->content);
    if (!n || n > all)
        return TONE_OK;
    n += strspn(answer->content + n, " \t\r\n");
    memmove(answer->content, answer->content + n, all - n + 1);
    tone_buf_reset(&t->line);
    return t->out->heard ? tone_talk_heard(&t->a->talk, t->out->heard, t->err) : TONE_OK;
}

/* What the backend says while it says it.  Calls are told when they are made. */
static void hear(void *user, const tone_reply_event *e)
{
    turn *t = user;
    if (!(t->out->first_s > 0))
        t->out->first_s = since_start(t);
    if (t->transcribes && e->kind == TONE_REPLY_CALL_BEGIN)
        end_line(t);
    if (e->kind != TONE_REPLY_REASONING && e->kind != TONE_REPLY_CONTENT)
        return;
    t->said = true;
    size_t skip = t->transcribes && e->kind == TONE_REPLY_CONTENT ? take_line(t, e->text, e->n) : 0;
    if (e->n > skip)
        tell(t, &(tone_agent_event){.kind = e->kind == TONE_REPLY_CONTENT ? TONE_AGENT_TEXT : TONE_AGENT_REASONING, .text = e->text + skip, .n = e->n - skip});
}

static void doubt(void *arg, const char *text, size_t n)
{
    warn(arg, "\"%.*s\" is not among what was measured in this turn", (int)(n < 60 ? n : 60), text);
}

/* ---- asking */

static bool is_cancelled(const turn *t)
{
    return atomic_load(&t->a->cancelled);
}

/* The largest request that the budget still allows; false when none is left, and the turn's end says which ran out. */
static bool within_budget(turn *t, tone_ask *ask)
{
    const tone_agent_options *o = &t->a->o;
    double left_s = o->max_seconds - since_start(t);
    if (is_cancelled(t))
        t->out->end = TONE_TURN_CANCELLED;
    else if (o->max_tokens && t->out->n_generated >= o->max_tokens)
        t->out->end = TONE_TURN_TOKENS;
    else if (o->max_seconds > 0 && left_s <= 0)
        t->out->end = TONE_TURN_TIME;
    else {
        uint64_t left = o->max_tokens ? o->max_tokens - t->out->n_generated : 0;
        ask->max_tokens = left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
        ask->max_seconds = o->max_seconds > 0 ? left_s : 0;
        return true;
    }
    return false;
}

static tone_status ask_once(turn *t, const tone_ask *budget, tone_answer *answer)
{
    const tone_agent_options *o = &t->a->o;
    tone_ask ask = *budget;
    char *messages = tone_talk_text(&t->a->talk);
    if (!messages)
        return tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for the conversation");
    ask.messages = messages;
    ask.tools = json_array_size(t->a->tools.list) ? t->a->tools_text : NULL;
    ask.choice = t->must_answer ? TONE_TOOL_NONE : TONE_TOOL_AUTO;
    ask.sampling = o->sampling;
    ask.default_sampling = o->default_sampling;
    ask.thinking = o->thinking;
    t->said = false;
    tone_status st = tone_backend_answer(o->backend, &ask, hear, t, answer, t->err);
    free(messages);
    return st;
}

/* Ask; a conversation that has become too long forgets its oldest turns.  *ended: there is no answer, but t->out says why. */
static tone_status ask(turn *t, tone_answer *answer, bool *ended)
{
    tone_ask budget = {0};
    bool forgot = false;
    tone_status st;
    *ended = false;
    do {
        if (!within_budget(t, &budget)) {
            *ended = true;
            return TONE_OK;
        }
        st = ask_once(t, &budget, answer);
        if (st != TONE_ERR_CONTEXT_FULL || t->said || !tone_talk_drop_oldest(&t->a->talk))
            break;
        forgot = true;
    } while (true);
    if (forgot && !st)
        warn(t, "the conversation has become too long for this model: its oldest turns are forgotten");
    if (st == TONE_ERR_CANCELLED || st == TONE_ERR_LIMIT) {
        t->out->end = st == TONE_ERR_CANCELLED ? TONE_TURN_CANCELLED : TONE_TURN_TIME;
        *ended = true;
        return TONE_OK;
    }
    if (st)
        return st;
    /* An endpoint that does not count is counted by length: the budget must end somewhere. */
    uint64_t n = answer->n_generated;
    if (!n) {
        n = strlen(answer->content) + (answer->reasoning ? strlen(answer->reasoning) : 0);
        for (size_t i = 0; i < answer->n_calls; i++)
            n += strlen(answer->calls[i].name) + strlen(answer->calls[i].arguments);
        n = n / 4 + 1;
    }
    t->out->n_generated += n;
    t->out->n_prompt += answer->n_prompt;
    t->out->n_reused += answer->n_reused;
    return TONE_OK;
}

/* ---- calling */

/* {"error": why} */
static char *error_result(const char *why)
{
    json_t *v = json_pack("{s:s}", "error", why);
    char *text = v ? json_dumps(v, JSON_COMPACT) : NULL;
    json_decref(v);
    return text;
}

/* A call whose text had to be mended was perhaps not meant so: its result says what was made of it. */
static char *note_mended(char *result)
{
    json_t *v = json_loads(result, 0, NULL);
    if (!json_is_object(v) || json_object_set_new(v, "note", json_string("the call was not well-formed; this was made of it"))) {
        json_decref(v);
        return result;
    }
    char *text = json_dumps(v, JSON_COMPACT);
    json_decref(v);
    if (!text)
        return result;
    free(result);
    return text;
}

/* Whether this very call was made before in the turn; it counts as made from now on. */
static bool was_made(turn *t, const char *name, const char *arguments, tone_status *st)
{
    tone_buf key = {0};
    tone_buf_printf(&key, "%s %s", name, arguments);
    bool before = json_object_get(t->made, tone_buf_text(&key)) != NULL;
    if (key.failed || json_object_set_new(t->made, tone_buf_text(&key), json_true()))
        *st = tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for a call");
    tone_buf_clear(&key);
    return before;
}

/* Have a checked call made. */
static tone_status make_call(turn *t, const char *name, const char *arguments, char **result, tone_agent_event *event)
{
    const tone_agent_options *o = &t->a->o;
    if (!t->n_steps)
        t->out->call_s = since_start(t);
    tell(t, &(tone_agent_event){.kind = TONE_AGENT_CALL, .text = "", .name = name, .arguments = arguments, .step = t->n_steps + 1});
    bool changed = false;
    tone_status st = o->call(o->arg, name, arguments, result, &changed, t->err);
    if (st) {
        free(*result);
        *result = NULL;
        return st;
    }
    t->n_steps++;
    t->out->n_calls++;
    if (changed && !t->out->n_changes++)
        t->out->change_s = since_start(t);
    event->made = true;
    event->changed = changed;
    return TONE_OK;
}

/* The result of a call: of making it, or why it was not made. */
static tone_status answer_call(turn *t, const tone_answer_call *call, char **result, tone_agent_event *event)
{
    tone_buf why = {0};
    json_t *arguments = NULL;
    char *text = NULL;
    tone_status st = tone_arguments_read(&arguments, &t->a->tools, call->name, call->arguments, &why, t->err);
    if (!st && arguments && !(text = json_dumps(arguments, JSON_COMPACT | JSON_SORT_KEYS)))
        st = tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for a call");
    if (!st && t->must_answer) {
        tone_buf_reset(&why);
        tone_buf_puts(&why, "no more calls in this turn: answer now");
    } else if (!st && text && was_made(t, call->name, text, &st) && !st) {
        t->n_repeated++;
        tone_buf_puts(&why, "this very call was made in this turn and its result is above: answer, or do something else");
    } else if (!st && text) {
        st = make_call(t, call->name, text, result, event);
    }
    if (!st && !*result) {
        t->out->n_refused++;
        *result = error_result(tone_buf_text(&why));
    } else if (!st && call->repaired) {
        *result = note_mended(*result);
    }
    if (!st && !*result)
        st = tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for a result");
    tone_buf_clear(&why);
    json_decref(arguments);
    free(text);
    return st;
}

/* Everything the model called, in its order.  *ended: somebody wants to stop. */
static tone_status answer_calls(turn *t, const tone_answer *answer, bool *ended)
{
    *ended = false;
    for (size_t i = 0; i < answer->n_calls; i++) {
        const tone_answer_call *call = &answer->calls[i];
        tone_agent_event event = {.kind = TONE_AGENT_RESULT, .name = call->name, .arguments = call->arguments};
        char *result = NULL;
        tone_status st = is_cancelled(t) ? TONE_ERR_CANCELLED : answer_call(t, call, &result, &event);
        if (st == TONE_ERR_CANCELLED) {
            t->out->end = TONE_TURN_CANCELLED;
            *ended = true;
            return TONE_OK;
        }
        if (st)
            return st;
        event.text = result;
        event.n = strlen(result);
        event.step = t->n_steps;
        tell(t, &event);
        tone_claims_know(&t->claims, result);
        st = tone_talk_result(&t->a->talk, call->id, result, t->err);
        free(result);
        if (st)
            return st;
        if (!t->must_answer && t->a->o.max_steps && t->n_steps >= t->a->o.max_steps) {
            t->must_answer = true;
            t->why = TONE_TURN_STEPS;
            warn(t, "%u calls were made in this turn: no more until the next", t->n_steps);
        }
    }
    if (!t->must_answer && t->n_repeated > 1) {
        t->must_answer = true;
        t->why = TONE_TURN_REPEATED;
        warn(t, "the model goes on making the same call: stopped");
    }
    return TONE_OK;
}

/* ---- a turn */

static tone_status take_answer(turn *t, const tone_answer *answer)
{
    const char *text = answer->content;
    t->out->answer = strdup(text);
    if (!t->out->answer)
        return tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for the answer");
    t->out->end = t->must_answer ? t->why : TONE_TURN_ANSWERED;
    if (answer->finish == TONE_FINISH_LENGTH) {
        t->out->end = TONE_TURN_TOKENS;
        warn(t, "the answer was cut off: it reached a limit of tokens or went in circles");
    } else if (!*text) {
        warn(t, "the model said nothing");
    }
    t->out->n_unmeasured = tone_claims_check(&t->claims, text, doubt, t);
    if (tone_agent_is_stateless(t->a) && t->out->n_calls)
        t->out->n_unmeasured += tone_claims_check_words(&t->claims, text, doubt, t);
    return t->claims.failed ? tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for the measured numbers") : TONE_OK;
}

static tone_status run(turn *t)
{
    for (bool last = false;; last = t->must_answer) {
        tone_answer answer;
        bool ended;
        tone_status st = ask(t, &answer, &ended);
        if (st || ended)
            return st;
        st = settle_line(t, &answer);
        if (!st)
            st = tone_talk_answer(&t->a->talk, &answer, t->err);
        if (!st && (!answer.n_calls || last)) {
            /* Called in spite of everything: those calls get no further hearing. */
            t->out->n_refused += (uint32_t)answer.n_calls;
            st = take_answer(t, &answer);
            ended = true;
        } else if (!st) {
            st = answer_calls(t, &answer, &ended);
        }
        tone_answer_clear(&answer);
        if (st || ended)
            return st;
    }
}

static tone_status begin(turn *t, const tone_medium *media, size_t n_media, const char *words)
{
    const tone_agent_options *o = &t->a->o;
    char *state = NULL;
    tone_status st = o->state ? o->state(o->arg, &state, t->err) : TONE_OK;
    if (!st && state)
        tone_claims_know(&t->claims, state);
    if (!st)
        st = tone_talk_user(&t->a->talk, state ? state : "", media, n_media, words, t->err);
    free(state);
    if (!st && !(t->made = json_object()))
        st = tone_fail(t->err, TONE_ERR_NO_MEMORY, 0, "no memory for a turn");
    return st;
}

static const char *last_word(tone_turn_end end)
{
    switch (end) {
    case TONE_TURN_TOKENS: return "(cut off: the limit of tokens)";
    case TONE_TURN_TIME: return "(cut off: the limit of time)";
    case TONE_TURN_CANCELLED: return "(stopped by the user)";
    default: return "(no answer)";
    }
}

tone_status tone_agent_turn(tone_agent *a, const char *words, tone_turn *out, tone_error *err)
{
    return tone_agent_turn_media(a, NULL, 0, words, out, err);
}

/* Files that cannot be shown are better known before the turn than in it. */
static tone_status take_media(tone_agent *a, const tone_medium *media, size_t n, tone_error *err)
{
    tone_media *m = tone_backend_media(a->o.backend);
    if (n && !m)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s is no model in this process: pictures and sounds are not sent elsewhere", tone_backend_info(a->o.backend)->name);
    if (n && !atomic_load(&a->cancelled))
        tone_backend_clear_cancel(a->o.backend);
    tone_status st = TONE_OK;
    for (size_t i = 0; !st && i < n; i++) {
        tone_medium_facts facts;
        st = tone_media_take(m, &media[i], &facts, err);
    }
    return st;
}

tone_status tone_agent_turn_media(tone_agent *a, const tone_medium *media, size_t n, const char *words, tone_turn *out, tone_error *err)
{
    *out = (tone_turn){0};
    turn t = {.a = a, .out = out, .start = tone_agent_now_s(), .err = err};
    tone_status bad = take_media(a, media, n, err);
    if (bad) {
        out->answer = strdup("");
        return bad;
    }
    out->seen_s = n ? since_start(&t) : 0;
    for (size_t i = 0; i < n; i++)
        t.transcribes |= a->stateless && !*words && media[i].kind == TONE_INPUT_AUDIO;
    if (!is_cancelled(&t))
        tone_backend_clear_cancel(a->o.backend); /* one that came after the last turn had ended by itself */
    tone_talk_begin(&a->talk);
    tone_status st = begin(&t, media, n, words);
    if (!st)
        st = run(&t);
    if (!st)
        st = tone_talk_end(&a->talk, last_word(out->end), err);
    if (st)
        tone_talk_undo(&a->talk);
    if (!out->answer && !(out->answer = strdup("")) && !st)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the answer");
    if (!st && out->end == TONE_TURN_TIME)
        warn(&t, "the turn took longer than %.0f s: stopped", a->o.max_seconds);
    if (!st && out->end == TONE_TURN_TOKENS && !*out->answer)
        warn(&t, "the turn's tokens are used up: stopped");
    out->seconds = since_start(&t);
    tone_buf_clear(&t.line);
    tone_claims_clear(&t.claims);
    json_decref(t.made);
    atomic_store(&a->cancelled, false);
    return st;
}

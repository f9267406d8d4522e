/* Our engine as a backend: one model, one session whose cache goes on from answer to answer. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agent/backend.h"
#include "base/buf.h"
#include "base/fail.h"
#include "tonesmith/respond.h"

enum { ANSWER_ROOM = 256 };

typedef struct engine {
    tone_backend base;
    tone_model *model;
    tone_session *session;
    tone_chat_family family;
    tone_rules *rules;
    uint64_t n_calls; /* made so far: call ids are never used twice */
} engine;

/* One answer. */
typedef struct asked {
    engine *e;
    const tone_ask *ask;
    double until; /* 0: no limit */
    bool late;
    tone_reply_sink *sink;
    void *user;
} asked;

/* ---- the prompt */

/* A result that is the text of an object shows its members to the model as such. */
static void open_results(json_t *messages)
{
    size_t i;
    json_t *m;
    json_array_foreach(messages, i, m) {
        const char *role = json_string_value(json_object_get(m, "role")), *content = json_string_value(json_object_get(m, "content"));
        if (!role || strcmp(role, "tool") != 0 || !content)
            continue;
        json_t *object = json_loads(content, JSON_REJECT_DUPLICATES, NULL);
        if (json_is_object(object))
            json_object_set(m, "content", object);
        json_decref(object);
    }
}

static tone_status build_prompt(tone_prompt **out, const engine *e, const tone_ask *ask, tone_error *err)
{
    json_error_t why;
    *out = NULL;
    json_t *messages = json_loads(ask->messages, JSON_REJECT_DUPLICATES, &why);
    if (!messages)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the messages are no JSON: %s", why.text);
    open_results(messages);
    json_t *request = json_pack("{s:o,s:b,s:b}", "messages", messages, "enable_thinking", (int)ask->thinking, "add_generation_prompt", 1);
    json_t *tools = ask->tools && !tone_backend_knows_tools(&e->base, ask->tools) ? json_loads(ask->tools, 0, NULL) : NULL;
    bool ok = request && (!tools || !json_object_set(request, "tools", tools));
    char *text = ok ? json_dumps(request, JSON_COMPACT) : NULL;
    tone_status st = text ? tone_prompt_build(out, text, strlen(text), &(tone_prompt_options){.family = e->family}, err)
                          : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the prompt");
    free(text);
    json_decref(tools);
    json_decref(request);
    return st;
}

/* ---- the answer */

static bool is_late(asked *a)
{
    a->late = a->late || (a->until > 0 && tone_agent_now_s() > a->until);
    return a->late;
}

/* Between two tokens. */
static bool go_on(void *user)
{
    asked *a = user;
    return !is_late(a) && !atomic_load(&a->e->base.cancelled);
}

/* Between two batches of a long prompt. */
static void on_progress(void *arg, size_t n_done, size_t n_all)
{
    asked *a = arg;
    if (n_done < n_all && is_late(a))
        tone_session_cancel(a->e->session);
}

static void on_event(void *user, const tone_reply_event *event)
{
    asked *a = user;
    if (a->sink)
        a->sink(a->user, event);
}

static tone_status take_message(tone_answer *out, engine *e, const tone_response *r, tone_error *err)
{
    const tone_message *m = r->message;
    tone_status st = TONE_OK;
    out->finish = m->finish;
    out->n_prompt = r->gen.n_prompt;
    out->n_reused = r->gen.n_reused;
    out->n_generated = r->gen.n_generated;
    out->content = strdup(m->content ? m->content : "");
    out->reasoning = m->reasoning ? strdup(m->reasoning) : NULL;
    if (!out->content || (m->reasoning && !out->reasoning))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the answer");
    for (size_t i = 0; !st && i < m->n_calls; i++) {
        char id[32];
        snprintf(id, sizeof id, "call_%llu", (unsigned long long)++e->n_calls);
        st = tone_answer_add_call(out, id, m->calls[i].name, m->calls[i].arguments, m->calls[i].repaired, err);
    }
    return st;
}

static tone_thought thought_of(const tone_ask *ask, const tone_prompt *p)
{
    return tone_prompt_open_thought(p) ? TONE_THOUGHT_OPEN : ask->thinking ? TONE_THOUGHT_ALLOWED : TONE_THOUGHT_NONE;
}

static tone_status set_rules(engine *e, const tone_ask *ask, const tone_prompt *p, tone_error *err)
{
    /* What a declaration asks for and no mask can enforce is left to the check of the arguments. */
    const tone_constraint_options options = {.lenient = true};
    const char *tools = ask->choice == TONE_TOOL_NONE ? NULL : ask->tools;
    const tone_constraint_answer answer = {.tools = tools, .tools_bytes = tools ? strlen(tools) : 0, .choice = ask->choice, .thought = thought_of(ask, p)};
    tone_status st = tone_rules_set(e->rules, &answer, &options, err);
    if (st == TONE_ERR_LIMIT && err) /* to callers of a backend that means time */
        err->code = TONE_ERR_UNSUPPORTED;
    return st == TONE_ERR_LIMIT ? TONE_ERR_UNSUPPORTED : st;
}

static tone_respond_options options_of(asked *a, const tone_prompt *p, const tone_gen_guide *guide)
{
    const tone_ask *ask = a->ask;
    tone_respond_options o = tone_respond_defaults();
    if (!ask->default_sampling)
        o.gen.sampling = ask->sampling;
    if (tone_backend_knows_tools(&a->e->base, ask->tools))
        o.gen.sampling.temperature = 0;
    o.gen.max_tokens = ask->max_tokens;
    o.gen.guide = guide;
    o.strict_calls = guide != NULL;
    o.tools = ask->choice == TONE_TOOL_NONE ? NULL : ask->tools;
    o.tools_n = o.tools ? strlen(o.tools) : 0;
    o.thinking = ask->thinking;
    o.open_thought = tone_prompt_open_thought(p);
    o.sink = on_event;
    o.user = a;
    o.go_on = go_on;
    return o;
}

/* An answer that is cut off after three words helps nobody: so many tokens must be left. */
static size_t room_for_answer(const tone_ask *ask, size_t context)
{
    size_t room = context / 4 < ANSWER_ROOM ? context / 4 : ANSWER_ROOM;
    return ask->max_tokens && ask->max_tokens < room ? ask->max_tokens : room;
}

static tone_status respond(asked *a, const tone_prompt *p, tone_answer *out, tone_error *err)
{
    engine *e = a->e;
    tone_media_prompt prompt = {0};
    tone_response r = {0};
    tone_status st = tone_prompt_expand(p, tone_model_tokenizer(e->model), e->base.media, &prompt, err);
    const tone_input input = tone_media_input(&prompt);
    const size_t context = tone_session_context(e->session), room = room_for_answer(a->ask, context);
    if (!st && input.n + room > context)
        st = tone_fail(err, TONE_ERR_CONTEXT_FULL, 0, "the conversation has %zu tokens; with an answer it does not fit into %zu", input.n, context);
    tone_session_on_progress(e->session, on_progress, a);
    /* A cancel that came too late for the last answer stops this one before its first token: then it is asked again. */
    for (int attempt = 0; !st && attempt < 2; attempt++) {
        if (a->ask->tools && (st = set_rules(e, a->ask, p, err)))
            break;
        const tone_respond_options o = options_of(a, p, a->ask->tools ? tone_rules_guide(e->rules) : NULL);
        tone_response_clear(&r);
        st = tone_respond(e->session, &input, &o, &r, err);
        if (st || r.gen.end != TONE_END_CANCELLED || r.gen.n_generated || a->late || atomic_load(&e->base.cancelled))
            break;
    }
    tone_session_on_progress(e->session, NULL, NULL);
    if (!st && r.gen.end == TONE_END_CANCELLED)
        st = a->late ? tone_fail(err, TONE_ERR_LIMIT, 0, "the time for an answer is over") : tone_fail(err, TONE_ERR_CANCELLED, 0, "cancelled");
    if (!st)
        st = take_message(out, e, &r, err);
    tone_response_clear(&r);
    tone_media_prompt_clear(&prompt);
    return st;
}

static tone_status answer(tone_backend *b, const tone_ask *ask, tone_reply_sink *sink, void *user, tone_answer *out, tone_error *err)
{
    engine *e = (engine *)b;
    asked a = {.e = e, .ask = ask, .until = ask->max_seconds > 0 ? tone_agent_now_s() + ask->max_seconds : 0, .sink = sink, .user = user};
    if (atomic_load(&b->cancelled))
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "cancelled");
    tone_prompt *p;
    tone_status st = build_prompt(&p, e, ask, err);
    if (!st)
        st = respond(&a, p, out, err);
    tone_prompt_free(p);
    return st;
}

/* ---- opening */

static void cancel(tone_backend *b)
{
    tone_session_cancel(((engine *)b)->session);
}

static void close_engine(tone_backend *b)
{
    engine *e = (engine *)b;
    tone_rules_close(e->rules);
    tone_session_close(e->session);
    tone_media_close(e->base.media);
    tone_model_close(e->model);
    free((char *)e->base.facts.where);
    free(e);
}

/* Between two layers of a tower. */
static bool go_on_encoding(void *arg, uint32_t n_done, uint32_t n_all)
{
    const engine *e = arg;
    (void)n_done, (void)n_all;
    return !atomic_load(&e->base.cancelled);
}

static tone_status open_model(engine *e, const char *path, const tone_session_options *opt, tone_error *err)
{
    tone_status st = tone_model_open(&e->model, path, NULL, err);
    if (st)
        return st;
    const tone_tokenizer *t = tone_model_tokenizer(e->model);
    if (!t)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s has no vocabulary beside its weights", path);
    e->family = tone_model_chat_family(e->model);
    if (e->family == TONE_CHAT_GEMMA3 || tone_tokenizer_find(t, "<|tool_call>") == TONE_TOKEN_NONE)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s was not made for calling tools: take a Gemma 4 model", path);
    const tone_media_options media = {.n_threads = opt ? opt->n_threads : 0, .exact = opt && opt->exact, .low_priority = opt && opt->low_priority,
        .progress = go_on_encoding, .progress_arg = e};
    if ((st = tone_rules_open(&e->rules, t, err)) || (st = tone_media_open(&e->base.media, e->model, path, &media, err)))
        return st;
    return tone_session_open(&e->session, e->model, opt, err);
}

tone_status tone_backend_open_engine(tone_backend **out, const char *path, const tone_session_options *opt, tone_error *err)
{
    static const tone_backend_functions functions = {answer, cancel, close_engine};
    *out = NULL;
    engine *e = calloc(1, sizeof *e);
    char *where = strdup(path);
    tone_status st = e && where ? open_model(e, path, opt, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for an engine");
    if (!e) {
        free(where);
        return st;
    }
    e->base.functions = &functions;
    e->base.facts.where = where;
    if (st) {
        close_engine(&e->base);
        return st;
    }
    e->base.facts = (tone_backend_facts){.kind = TONE_BACKEND_ENGINE, .name = tone_model_info(e->model)->name, .where = where,
        .tools = tone_model_info(e->model)->tools, .context = (uint32_t)tone_session_context(e->session)};
    *out = &e->base;
    return TONE_OK;
}

/* A conversation in the terminal. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/chat.h"
#include "cli/commands.h"

/* The session that Ctrl-C stops: set while it answers.  One that comes between a line and its answer must not be lost. */
static tone_session *volatile answering;
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
    tone_session *s = answering;
    if (s)
        tone_session_cancel(s);
}

/* Ctrl-C while the model looks or listens. */
static bool go_on_encoding(void *arg, uint32_t n_done, uint32_t n_all)
{
    (void)arg, (void)n_done, (void)n_all;
    return !interrupted;
}

static void say(chat *c, bool remark, const char *fmt, va_list args)
{
    char line[1024];
    vsnprintf(line, sizeof line, fmt, args);
    cli_show_line(&c->show);
    if (!c->person) {
        fprintf(stderr, "tonesmith chat: %s\n", line);
    } else {
        cli_show_text(&c->show, stdout, line, strlen(line), remark);
        cli_show_line(&c->show);
        fflush(stdout);
    }
}

void cli_chat_remark(chat *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (c->person)
        say(c, true, fmt, args);
    va_end(args);
}

void cli_chat_warn(chat *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(c, false, fmt, args);
    va_end(args);
}

void cli_chat_complain(chat *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(c, false, fmt, args);
    va_end(args);
    c->failed = true;
}

/* ---- answers ------------------------------------------------------------------------------------------------------ */

static void tell_end(chat *c, const tone_response *r)
{
    const tone_message *m = r->message;
    if (r->gen.end == TONE_END_CANCELLED)
        cli_chat_remark(c, "(stopped)");
    else if (r->gen.end == TONE_END_CONTEXT)
        cli_chat_warn(c, "the context is full: /back, /clear, or begin with a larger -c");
    else if (m->finish == TONE_FINISH_LENGTH)
        cli_chat_warn(c, "(cut off: %s)", tone_end_text(r->gen.end));
    else if (!m->content_n && !m->n_calls)
        cli_chat_warn(c, "(the model gave an empty answer)");
    if (r->thought_cut)
        cli_chat_remark(c, "(the thought was ended after %zu tokens)", r->n_thought);
    size_t held = r->gen.n_prompt + r->n_ids, evaluated = r->gen.n_prompt - r->gen.n_reused;
    cli_chat_remark(c, "%zu tokens, %.1f/s; %zu read, %.1f/s; context %zu of %zu", r->gen.n_generated,
                r->gen.generate_s > 0 ? (double)r->gen.n_generated / r->gen.generate_s : 0.0, evaluated,
                r->gen.prompt_s > 0 ? (double)evaluated / r->gen.prompt_s : 0.0, held,
                    tone_session_context(c->engine.session));
}

static bool after_result(const chat *c)
{
    size_t n = tone_conversation_n(c->c);
    return n && strcmp(tone_conversation_role(c->c, n - 1), "tool") == 0;
}

static tone_status respond(chat *c, tone_media_prompt *input, tone_response *r, tone_error *err)
{
    tone_prompt *p;
    tone_conversation_set_thinking(c->c, c->ask.thinking);
    tone_status st = tone_conversation_prompt(c->c, &p, err);
    if (st)
        return st;
    tone_respond_options o = tone_respond_defaults();
    size_t tools_n;
    const char *tools = tone_conversation_tools(c->c, &tools_n);
    cli_sampling_fill(&c->sampling, &o.gen);
    c->show.reasoning = !c->ask.hidden;
    o.sink = cli_show_event;
    o.user = &c->show;
    size_t n_notes;
    const char *const *notes = tone_prompt_notes(p, &n_notes);
    for (size_t i = 0; i < n_notes; i++)
        cli_chat_remark(c, "%s", notes[i]);
    /* Who must call a tool need not call another when the result is there. */
    const cli_ask ask = c->ask;
    if (ask.choice == TONE_TOOL_REQUIRED && after_result(c)) {
        c->ask.choice = TONE_TOOL_AUTO;
        c->ask.name = NULL;
    }
    st = cli_ask_fill(&c->ask, c->engine.model, tools, tools_n, tone_prompt_open_thought(p), &o, err);
    c->ask.choice = ask.choice;
    c->ask.name = ask.name;
    for (size_t i = 0; !st && cli_ask_warning(&c->ask, i); i++)
        cli_chat_remark(c, "%s", cli_ask_warning(&c->ask, i));
    if (!st)
        st = tone_prompt_expand(p, tone_model_tokenizer(c->engine.model), c->media.media, input, err);
    tone_prompt_free(p);
    if (st)
        return st;
    answering = c->engine.session;
    if (interrupted)
        tone_session_cancel(c->engine.session);
    const tone_input all = tone_media_input(input);
    st = tone_respond(c->engine.session, &all, &o, r, err);
    answering = NULL;
    return st;
}

/* The question was not answered: it is forgotten, so that it can be asked again. */
static void forget_question(chat *c)
{
    tone_conversation_cut(c->c, tone_conversation_last_user(c->c));
}

void cli_chat_answer(chat *c)
{
    tone_error err = {0};
    tone_response r = {0};
    tone_media_prompt input = {0};
    c->wants_answer = false;
    c->show.place = SHOW_NOTHING;
    tone_status st = respond(c, &input, &r, &err);
    cli_show_line(&c->show);
    if (st) {
        cli_chat_complain(c, st == TONE_ERR_CONTEXT_FULL ? "%s: /back, /clear, or begin with a larger -c" : "%s",
                          err.text);
        forget_question(c);
    } else if (r.gen.end == TONE_END_CANCELLED && !r.message->content_n && !r.message->n_calls) {
        cli_chat_remark(c, "(stopped before an answer: the question is forgotten)");
        forget_question(c);
    } else {
        if (tone_conversation_add_reply(c->c, r.message, r.ids, r.n_ids, &err))
            cli_chat_complain(c, "%s", err.text);
        tell_end(c, &r);
    }
    tone_response_clear(&r);
    tone_media_prompt_clear(&input);
}

/* ---- lines -------------------------------------------------------------------------------------------------------- */

/* What was typed where the result of a call was asked for: a JSON object is seen by the model as one, anything else as text. */
static void take_result(chat *c, const char *text, size_t n)
{
    tone_conversation_call call = tone_conversation_pending(c->c, 0);
    tone_error err = {0};
    char *id = strdup(call.id);
    tone_status st = TONE_ERR_NO_MEMORY;
    if (id) {
        st = tone_conversation_add_result(c->c, id, text, n, true, NULL);
        if (st)
            st = tone_conversation_add_result(c->c, id, text, n, false, &err);
    }
    free(id);
    if (st)
        cli_chat_complain(c, "%s", err.text);
    c->wants_answer = !tone_conversation_n_pending(c->c);
}

/* What was attached, then the text. */
static tone_status add_user(chat *c, const char *text, size_t n, tone_error *err)
{
    tone_part parts[CLI_LIST_MAX + 1];
    if (!c->attached.n)
        return tone_conversation_add_user(c->c, text, n, err);
    memcpy(parts, c->attached.parts, c->attached.n * sizeof *parts);
    parts[c->attached.n] = (tone_part){.kind = TONE_PART_TEXT, .text = text, .n = n};
    tone_status st = tone_conversation_add_parts(c->c, parts, c->attached.n + 1, err);
    if (!st)
        cli_attached_clear(&c->attached);
    return st;
}

static void take_line(chat *c, const char *text, size_t n)
{
    if (n && text[0] == '/' && !(n > 1 && text[1] == '/')) {
        cli_chat_command(c, text);
        return;
    }
    if (n && text[0] == '/') {
        text++;
        n--;
    }
    if (tone_conversation_n_pending(c->c)) {
        take_result(c, text, n);
        return;
    }
    tone_error err;
    if (!text[strspn(text, " \t\n")])
        return;
    if (add_user(c, text, n, &err))
        cli_chat_complain(c, "%s", err.text);
    else
        c->wants_answer = true;
}

static void converse(chat *c)
{
    while (!c->quit && !ferror(stdout)) {
        if (c->wants_answer) {
            cli_chat_answer(c);
            continue;
        }
        char prompt[96] = "> ";
        if (tone_conversation_n_pending(c->c))
            snprintf(prompt, sizeof prompt, "result of %.60s> ", tone_conversation_pending(c->c, 0).name);
        const char *text;
        size_t n;
        interrupted = 0;
        switch (cli_input_next(c->input, prompt, &text, &n)) {
        case CLI_LINE_TEXT:
            take_line(c, text, n);
            break;
        case CLI_LINE_INTERRUPTED:
            break;
        case CLI_LINE_END:
            c->quit = true;
        }
    }
}

/* ---- the command -------------------------------------------------------------------------------------------------- */

/* ~/.local/state/tonesmith/chat-history; NULL when there is no home. */
static char *history_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    tone_buf b = {0};
    if (state && *state)
        tone_buf_printf(&b, "%s/tonesmith", state);
    else if (home && *home)
        tone_buf_printf(&b, "%s/.local/state/tonesmith", home);
    else
        return NULL;
    for (char *slash = b.data ? strchr(b.data + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        (void)mkdir(b.data, 0700);
        *slash = '/';
    }
    (void)mkdir(tone_buf_text(&b), 0700); /* what cannot be made shows when the history is saved */
    tone_buf_puts(&b, "/chat-history");
    return tone_buf_take(&b);
}

static int prepare(chat *c, const char *system, const char *load)
{
    tone_error err = {0};
    const tone_tokenizer *t = tone_model_tokenizer(c->engine.model);
    if (!t)
        return cli_misuse("chat", "this model has no vocabulary beside its weights");
    tone_status st = tone_conversation_open(&c->c, t, tone_model_chat_family(c->engine.model), &err);
    if (!st && load)
        st = tone_conversation_load(c->c, load, &err);
    if (!st && system)
        st = tone_conversation_set_system(c->c, system, &err);
    if (!st && load)
        c->ask.thinking = c->ask.thinking || tone_conversation_thinking(c->c);
    if (!st && c->ask.tools)
        st = tone_conversation_set_tools(c->c, c->ask.tools, c->ask.tools_n, &err);
    if (!st && c->ask.thinking && tone_model_chat_family(c->engine.model) == TONE_CHAT_GEMMA3)
        return cli_misuse("chat", "this model has no thinking mode");
    return st ? cli_error("chat", &err) : 0;
}

int cli_chat(int argc, char **argv)
{
    static const cli_spec spec = {"chat", "tonesmith chat -m MODEL [options]",
        "Hold a conversation. On a terminal lines can be edited and come back with the arrow keys; from a pipe each line is a message, "
        "and only answers go to standard output.",
        "Lines that begin with / are commands; /help lists them. Ctrl-C stops an answer, Ctrl-D ends the conversation.\n"
        "When the model calls a tool, the result is asked for: a JSON object or any text."};
    chat c = {.sampling = cli_sampling_defaults(), .show = cli_show_defaults()};
    const char *system = NULL, *load = NULL;
    bool no_history = false;
    const cli_option options[] = {
        CLI_MODEL_OPTION(c.engine),
        {0, "system", CLI_TEXT, &system, "TEXT", "a system message before the conversation", 0, 0},
        {0, "load", CLI_TEXT, &load, "FILE", "go on with a conversation that /save wrote", 0, 0},
        {0, "no-history", CLI_FLAG, &no_history, NULL, "do not remember the lines that are typed", 0, 0},
        CLI_MEDIA_LATER_OPTIONS(c.media),
        CLI_ASK_OPTIONS(c.ask),
        CLI_SAMPLING_OPTIONS(c.sampling),
        CLI_ENGINE_OPTIONS(c.engine),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("chat", "takes no text: '%s'; tonesmith run answers one", argv[0]);
    rc = cli_ask_open(&c.ask, "chat");
    if (!rc)
        rc = cli_engine_open(&c.engine, "chat", true);
    c.media.progress = go_on_encoding;
    if (!rc)
        rc = cli_media_open(&c.media, &c.engine, "chat");
    if (!rc)
        rc = prepare(&c, system, load);
    if (!rc) {
        cli_media_fit(&c.engine, cli_media_budget(&c.media));
        rc = cli_engine_start(&c.engine, "chat", 0);
    }
    if (!rc) {
        struct sigaction action = {.sa_handler = on_interrupt};
        sigaction(SIGINT, &action, NULL);
        char *history = no_history ? NULL : history_path();
        c.input = cli_input_open(history);
        c.person = c.input && cli_input_is_person(c.input) && c.show.terminal;
        cli_chat_remark(&c, "%s, context %zu; /help lists the commands", tone_model_info(c.engine.model)->name,
                        tone_session_context(c.engine.session));
        cli_chat_check_media(&c);
        if (c.input)
            converse(&c);
        cli_input_close(c.input);
        free(history);
        rc = c.failed && !c.person;
    }
    tone_conversation_close(c.c);
    cli_attached_clear(&c.attached);
    cli_media_close(&c.media);
    cli_ask_close(&c.ask);
    free(c.choice);
    cli_engine_close(&c.engine);
    return cli_finish("chat", rc);
}

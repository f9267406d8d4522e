/* The commands of a conversation: a table, and a function each. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/chat.h"

enum { FILE_LIMIT = 16 << 20 };

static void print_text(chat *c, const char *text, size_t n)
{
    cli_show_text(&c->show, stdout, text, n, false);
    cli_show_line(&c->show);
}

static void do_system(chat *c, const char *text)
{
    tone_error err;
    if (*text && strcmp(text, "off") != 0) {
        if (tone_conversation_set_system(c->c, text, &err))
            cli_chat_complain(c, "%s", err.text);
        return;
    }
    if (*text) {
        if (tone_conversation_set_system(c->c, NULL, &err))
            cli_chat_complain(c, "%s", err.text);
        return;
    }
    const char *now = tone_conversation_system(c->c);
    if (now)
        print_text(c, now, strlen(now));
    else
        cli_chat_remark(c, "no system text; /system TEXT sets one");
}

static void do_tools(chat *c, const char *path)
{
    tone_error err = {0};
    char *text = NULL;
    size_t n = 0;
    if (!*path) {
        const char *now = tone_conversation_tools(c->c, &n);
        if (now)
            print_text(c, now, n);
        else
            cli_chat_remark(c, "no tools; /tools FILE reads a JSON array of them");
        return;
    }
    tone_status st = strcmp(path, "off") == 0 ? TONE_OK : tone_file_read(&text, &n, path, FILE_LIMIT, &err);
    if (!st)
        st = tone_conversation_set_tools(c->c, text, n, &err);
    free(text);
    if (st)
        cli_chat_complain(c, "%s", err.text);
}

static void do_think(chat *c, const char *text)
{
    if (!*text) {
        cli_chat_remark(c, "thinking is %s%s", c->ask.thinking ? "on" : "off", c->ask.thinking &&
                        c->ask.hidden ? ", hidden" : "");
        if (c->ask.thinking && c->ask.thought_tokens)
            cli_chat_remark(c, "at most %ld tokens", c->ask.thought_tokens);
        return;
    }
    if (tone_model_chat_family(c->engine.model) == TONE_CHAT_GEMMA3 && strcmp(text, "off") != 0)
        cli_chat_complain(c, "this model has no thinking mode");
    else if (!cli_ask_think(&c->ask, text))
        cli_chat_complain(c, "/think on, off, hidden, or the most tokens that a thought may take; not '%s'", text);
    tone_conversation_set_thinking(c->c, c->ask.thinking); /* for /save */
}

static void do_choice(chat *c, const char *text)
{
    static const char *const words[] = {"auto", "required", "none"};
    if (!*text) {
        cli_chat_remark(c, "%s", c->ask.name ? c->ask.name : words[c->ask.choice]);
        return;
    }
    size_t n;
    if (!tone_conversation_tools(c->c, &n))
        cli_chat_remark(c, "there are no tools yet: /tools FILE");
    char *name = strdup(text);
    if (!name)
        return;
    free(c->choice);
    c->choice = name;
    cli_ask_choose(&c->ask, name);
}

static void do_schema(chat *c, const char *path)
{
    tone_error err = {0};
    char *text = NULL;
    size_t n = 0;
    if (!*path) {
        if (c->ask.schema)
            print_text(c, c->ask.schema, c->ask.schema_n);
        else
            cli_chat_remark(c, "no schema; /schema FILE reads one");
        return;
    }
    if (strcmp(path, "off") != 0 && tone_file_read(&text, &n, path, FILE_LIMIT, &err)) {
        cli_chat_complain(c, "%s", err.text);
        return;
    }
    free(c->ask.schema);
    c->ask.schema = text;
    c->ask.schema_n = n;
}

/* A number for one of the settings. */
static void set_number(chat *c, const char *name, const char *text, double low, double high, double *real, long *whole)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (!*text) {
        cli_chat_remark(c, "%s %g", name, real ? *real : (double)*whole);
    } else if (end == text || *end || errno || !(v >= low && v <= high) || (whole && v != floor(v))) {
        cli_chat_complain(c, "%s wants a %snumber from %g to %g, not '%s'", name, whole ? "whole " : "", low, high, text);
    } else if (real) {
        *real = v;
    } else {
        *whole = (long)v;
    }
}

static void do_temp(chat *c, const char *text)
{
    set_number(c, "/temp", text, 0, 100, &c->sampling.temperature, NULL);
}

static void do_top_k(chat *c, const char *text)
{
    set_number(c, "/top-k", text, 0, 1 << 24, NULL, &c->sampling.top_k);
}

static void do_top_p(chat *c, const char *text)
{
    set_number(c, "/top-p", text, 0, 1, &c->sampling.top_p, NULL);
}

static void do_min_p(chat *c, const char *text)
{
    set_number(c, "/min-p", text, 0, 1, &c->sampling.min_p, NULL);
}

static void do_seed(chat *c, const char *text)
{
    set_number(c, "/seed", text, -1, 9007199254740991.0, NULL, &c->sampling.seed);
}

static void do_max(chat *c, const char *text)
{
    set_number(c, "/max", text, 0, 1 << 24, NULL, &c->sampling.max_tokens);
}

/* "FILE" or "FILE N" */
static void attach(chat *c, const char *name, tone_input_kind kind, const char *text)
{
    tone_error err = {0};
    tone_medium_facts facts;
    if (!*text) {
        for (size_t i = 0; i < c->attached.n; i++)
            cli_chat_remark(c, "with the next message: %s", c->attached.parts[i].text);
        if (!c->attached.n)
            cli_chat_complain(c, "/%s FILE", name);
        return;
    }
    if (strcmp(text, "off") == 0) {
        cli_attached_clear(&c->attached);
        return;
    }
    if (cli_attach(&c->attached, c->media.media, kind, text, kind == TONE_INPUT_IMAGE ? cli_media_budget(&c->media) : 0, &facts, &err)) {
        cli_chat_complain(c, "%s", err.text);
        return;
    }
    char line[512];
    const tone_medium medium = {.kind = kind, .path = text};
    cli_media_remark(line, sizeof line, &medium, &facts);
    if (*line)
        cli_chat_warn(c, "%s", line);
    cli_chat_remark(c, "%zu tokens, with the next message", facts.n_soft);
}

static void do_image(chat *c, const char *path)
{
    attach(c, "image", TONE_INPUT_IMAGE, path);
}

static void do_listen(chat *c, const char *path)
{
    attach(c, "listen", TONE_INPUT_AUDIO, path);
}

void cli_chat_check_media(chat *c)
{
    tone_error err = {0};
    tone_prompt *p;
    size_t n = 0;
    if (!tone_conversation_n(c->c) || tone_conversation_prompt(c->c, &p, &err))
        return;
    const tone_segment *s = tone_prompt_segments(p, &n);
    for (size_t i = 0; i < n; i++) {
        char hash[17];
        if (s[i].kind != TONE_SEGMENT_MEDIA)
            continue;
        if (!s[i].path)
            cli_chat_warn(c, "message %u shows something that is no file: it cannot be shown again", s[i].message + 1);
        else if (tone_media_hash(hash, s[i].path, &err))
            cli_chat_warn(c, "%s", err.text);
        else if (s[i].hash && strcmp(hash, s[i].hash) != 0)
            cli_chat_warn(c, "%s has changed since it was part of this conversation", s[i].path);
    }
    tone_prompt_free(p);
}

static void do_save(chat *c, const char *path)
{
    tone_error err;
    if (!*path)
        cli_chat_complain(c, "/save FILE");
    else if (tone_conversation_save(c->c, path, &err))
        cli_chat_complain(c, "%s", err.text);
    else
        cli_chat_remark(c, "%zu messages in %s", tone_conversation_n(c->c), path);
}

/* Messages as they were said, from i on. */
static void print_messages(chat *c, size_t i)
{
    for (; i < tone_conversation_n(c->c); i++) {
        size_t n;
        const char *role = tone_conversation_role(c->c, i), *text = tone_conversation_text(c->c, i, &n);
        if (strcmp(role, "assistant") != 0)
            printf("%s> ", strcmp(role, "user") == 0 ? "" : role);
        if (n)
            print_text(c, text, n);
        else if (strcmp(role, "assistant") != 0)
            putchar('\n');
        for (size_t k = 0; k < tone_conversation_n_calls(c->c, i); k++) {
            tone_conversation_call call = tone_conversation_call_at(c->c, i, k);
            printf("-> %s ", call.name);
            print_text(c, call.arguments, strlen(call.arguments));
        }
    }
    fflush(stdout);
}

static void do_load(chat *c, const char *path)
{
    tone_error err;
    if (!*path) {
        cli_chat_complain(c, "/load FILE");
    } else if (tone_conversation_load(c->c, path, &err)) {
        cli_chat_complain(c, "%s: %s", path, err.text);
    } else {
        c->ask.thinking = tone_conversation_thinking(c->c);
        if (c->person)
            print_messages(c, 0);
        cli_chat_remark(c, "%zu messages from %s", tone_conversation_n(c->c), path);
        cli_chat_check_media(c);
    }
}

static void do_show(chat *c, const char *text)
{
    (void)text;
    print_messages(c, 0);
}

static void do_regenerate(chat *c, const char *text)
{
    (void)text;
    size_t user = tone_conversation_last_user(c->c);
    if (user == tone_conversation_n(c->c)) {
        cli_chat_complain(c, "nothing has been asked yet");
        return;
    }
    tone_conversation_cut(c->c, user + 1);
    c->wants_answer = true;
}

static void do_back(chat *c, const char *text)
{
    (void)text;
    size_t user = tone_conversation_last_user(c->c), n;
    if (user == tone_conversation_n(c->c)) {
        cli_chat_complain(c, "nothing has been asked yet");
        return;
    }
    const char *asked = tone_conversation_text(c->c, user, &n);
    cli_chat_remark(c, "forgotten: %.60s%s", asked, n > 60 ? "..." : "");
    tone_conversation_cut(c->c, user);
}

static void do_clear(chat *c, const char *text)
{
    (void)text;
    tone_conversation_cut(c->c, 0);
}

static void do_quit(chat *c, const char *text)
{
    (void)text;
    c->quit = true;
}

static void do_help(chat *c, const char *text);

static const struct command {
    const char *name, *argument, *help;
    void (*run)(chat *c, const char *text);
} commands[] = {
    {"system", "[TEXT|off]", "the system text: show it, set it, take it away", do_system},
    {"tools", "[FILE|off]", "tools that the model may call, a JSON array; you type their results", do_tools},
    {"image", "[FILE|off]", "show a picture with the next message", do_image},
    {"listen", "[FILE|off]", "play a sound with the next message", do_listen},
    {"think", "[on|off|hidden|N]", "thinking: shown, not at all, not shown, or at most N tokens of it", do_think},
    {"tool-choice", "[HOW]", "auto, none, required, or the name of the tool to call", do_choice},
    {"schema", "[FILE|off]", "answers are JSON that this JSON Schema allows", do_schema},
    {"temp", "[X]", "temperature; 0 takes the likeliest token", do_temp},
    {"top-k", "[N]", "choose among the N likeliest; 0: all", do_top_k},
    {"top-p", "[X]", "choose among the likeliest that reach this probability", do_top_p},
    {"min-p", "[X]", "drop what is less likely than X times the likeliest", do_min_p},
    {"seed", "[N]", "equal seeds give equal text; -1: another one each time", do_seed},
    {"max", "[N]", "tokens of an answer at most; 0: until the context is full", do_max},
    {"save", "FILE", "write the conversation as JSON", do_save},
    {"load", "FILE", "go on with such a file", do_load},
    {"show", "", "what was said so far", do_show},
    {"regenerate", "", "answer the last question again", do_regenerate},
    {"back", "", "forget the last question and what came of it", do_back},
    {"clear", "", "forget everything but the settings", do_clear},
    {"help", "", "this list", do_help},
    {"quit", "", "leave; so does Ctrl-D", do_quit},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void do_help(chat *c, const char *text)
{
    (void)c, (void)text;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        char left[48];
        snprintf(left, sizeof left, "/%s %s", commands[i].name, commands[i].argument);
        printf("  %-26s %s\n", left, commands[i].help);
    }
    fputs("\nA line that ends in \\ goes on in the next one; lines between two of \"\"\" are one\n"
          "message. // begins a message with a /. Ctrl-C stops an answer.\n", stdout);
    fflush(stdout);
}

void cli_chat_command(chat *c, const char *line)
{
    const char *name = line + 1;
    size_t n = strcspn(name, " \t");
    const char *text = name + n + strspn(name + n, " \t");
    const struct command *found = NULL;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strncmp(commands[i].name, name, n) != 0 || n == 0)
            continue;
        if (commands[i].name[n] == 0) {
            found = &commands[i];
            break;
        }
        if (found) { /* a beginning that two commands share */
            cli_chat_complain(c, "/%.*s could be /%s or /%s", (int)n, name, found->name, commands[i].name);
            return;
        }
        found = &commands[i];
    }
    if (found)
        found->run(c, text);
    else
        cli_chat_complain(c, "there is no /%.*s: /help lists what there is, // begins a message with a /",
                          n > 40 ? 40 : (int)n, name);
}

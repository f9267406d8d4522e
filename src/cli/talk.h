/* cli/talk.h - a project and a model that works on it: what say, eval and the studio share. */
#ifndef TONE_CLI_TALK_H
#define TONE_CLI_TALK_H

#include "cli/project.h"
#include "tonesmith/agent.h"

typedef struct cli_talk {
    cli_project project;
    const char *model, *endpoint, *key_env, *key_file, *projector;
    long threads, context;
    bool thinking;
    /* Asked before each call; false: the model is told that it was not meant.  NULL: all are made. */
    bool (*confirm)(void *arg, const char *name, const char *arguments);
    void *confirm_arg;
    /* set by cli_talk_open() */
    tone_backend *backend;
    tone_agent *agent;
    tone_agent_event_fn *event;
    void *event_arg;
    char *why; /* "the best of the 3 models that fit in memory": which model was taken, and for what reason */
} cli_talk;

#define CLI_TALK_OPTIONS(t)                                                                                               \
    {'m', "model", CLI_TEXT, &(t).model, "MODEL", "a GGUF file, a folder or a name (default: the config file's, else the best here)", 0, 0}, \
    {0, "endpoint", CLI_TEXT, &(t).endpoint, "URL", "an OpenAI-compatible server instead; --model is then its name for the model", 0, 0}, \
    {0, "key-env", CLI_TEXT, &(t).key_env, "NAME", "environment variable that holds the endpoint's key", 0, 0},           \
    {0, "key-file", CLI_TEXT, &(t).key_file, "FILE", "file whose first line is the endpoint's key", 0, 0},               \
    {'t', "threads", CLI_INT, &(t).threads, "N", "threads of the model (default: the cores there are)", 1, 1024},         \
    {'c', "context", CLI_INT, &(t).context, "N", "tokens the model's session can hold", 256, 1 << 24},                    \
    {0, "mmproj", CLI_TEXT, &(t).projector, "FILE", "the GGUF file of the model's eyes and ears (default: mmproj*.gguf beside it)", 0, 0}, \
    {0, "think", CLI_FLAG, &(t).thinking, NULL, "let the model think before it answers", 0, 0}

/* Open the model alone; 0, or an exit status after a line on stderr. */
int cli_talk_open_model(cli_talk *t, const char *command);
/* Open what is not open yet: model, project, agent.  `event` (may be NULL) sees what happens in a turn. */
int cli_talk_open(cli_talk *t, const char *command, tone_agent_event_fn *event, void *event_arg);
/* A turn of the user's; the caller clears *out.  Status as of tone_agent_turn(). */
tone_status cli_talk_turn(cli_talk *t, const char *words, tone_turn *out, tone_error *err);
/* The same with files that are shown and played before the words. */
tone_status cli_talk_turn_media(cli_talk *t, const tone_medium *media, size_t n, const char *words, tone_turn *out, tone_error *err);
/* Stop the running turn: safe in a signal handler. */
void cli_talk_cancel(cli_talk *t);
void cli_talk_close(cli_talk *t);
/* Close agent and project, keep the model. */
void cli_talk_close_project(cli_talk *t);

#endif

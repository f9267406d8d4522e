/* cli/engine.h - the options that every command with a model shares, and opening what they name. */
#ifndef TONE_CLI_ENGINE_H
#define TONE_CLI_ENGINE_H

#include "cli/args.h"
#include "tonesmith/session.h"

typedef struct cli_engine {
    const char *model_path; /* as typed */
    const char *cache;      /* "f16", "f32", "q8_0"; NULL: not given */
    long threads, context, batch;
    bool exact, low_priority;
    char *path;            /* what model_path stands for; set by cli_engine_open(), as the model */
    tone_model *model;
    tone_session *session; /* set by cli_engine_start() */
} cli_engine;

/* Entries for a command's table of options. */
#define CLI_MODEL_OPTION(e) {'m', "model", CLI_TEXT, &(e).model_path, "MODEL", "a GGUF file, a Hugging Face folder, or a name", 0, 0}
#define CLI_ENGINE_OPTIONS(e)                                                                                        \
    {'t', "threads", CLI_INT, &(e).threads, "N", "threads (default: the cores this process may use)", 1, 1024},       \
    {'c', "context", CLI_INT, &(e).context, "N", "tokens that the session can hold", 1, 1 << 24},                     \
    {0, "batch", CLI_INT, &(e).batch, "N", "prompt tokens evaluated together (default 512)", 1, 1 << 20},             \
    {0, "kv", CLI_TEXT, &(e).cache, "TYPE", "keys and values as f16 (default), f32 or q8_0", 0, 0},                   \
    {0, "exact", CLI_FLAG, &(e).exact, NULL, "float32 throughout: slow, for comparing with a reference", 0, 0},       \
    {0, "low-priority", CLI_FLAG, &(e).low_priority, NULL, "give way to other programs", 0, 0}

/* Open the model; 0, or an exit status after a line on stderr.  cli_engine_close() also after a failure. */
int cli_engine_open(cli_engine *e, const char *command, bool tokenizer);

/* Open a session with room for at least `least` tokens, or as --context says.  A terminal's Ctrl-C then cancels it. */
int cli_engine_start(cli_engine *e, const char *command, size_t least);

void cli_engine_close(cli_engine *e);

/* The options as the library takes them; 0, or 2 after a line on stderr. */
int cli_engine_session_options(const cli_engine *e, const char *command, tone_session_options *out);

/* "2,10,11" appended to *out; 0, or 2 after a line on stderr. */
int cli_parse_ids(const char *command, const char *text, tone_token_list *out);

/* Seconds on a clock that only goes forward. */
double cli_now_s(void);

#endif

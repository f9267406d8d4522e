/* cli/ask.h - what an answer is to be, beside its sampling: tools and which of them, a schema, a thought. */
#ifndef TONE_CLI_ASK_H
#define TONE_CLI_ASK_H

#include "cli/args.h"
#include "tonesmith/respond.h"

typedef struct cli_ask {
    const char *tools_path, *schema_path, *choice_text, *think; /* as typed; NULL: not given */
    bool one_call, lenient;
    char *tools, *schema; /* the files' texts */
    size_t tools_n, schema_n;
    tone_tool_choice choice;
    const char *name; /* the one tool that may be called; NULL: any */
    bool thinking, hidden;
    long thought_tokens; /* 0: no bound */
    tone_rules *rules;   /* made when first needed */
} cli_ask;

/* Entries for a command's table of options. */
#define CLI_ASK_OPTIONS(a)                                                                                               \
    {0, "tools", CLI_TEXT, &(a).tools_path, "FILE", "tools that may be called: a JSON array as in a chat request", 0, 0},\
    {0, "tool-choice", CLI_TEXT, &(a).choice_text, "HOW", "auto (default), none, required, or the name of one", 0, 0},   \
    {0, "one-call", CLI_FLAG, &(a).one_call, NULL, "no more than one call in an answer", 0, 0},                          \
    {0, "schema", CLI_TEXT, &(a).schema_path, "FILE", "the answer is JSON that this JSON Schema allows", 0, 0},          \
    {0, "lenient", CLI_FLAG, &(a).lenient, NULL, "warn about what of a schema cannot be enforced, do not refuse it", 0, 0},\
    {0, "think", CLI_MAYBE, &(a).think, "N", "think before the answer: N tokens at most, or \"hidden\"", 0, 0}

/* Read the files and the words; 0, or an exit status after a line on stderr.  cli_ask_close() also after a failure. */
int cli_ask_open(cli_ask *a, const char *command);
void cli_ask_close(cli_ask *a);

/* "auto", "none", "required" or a tool's name, which is copied by reference. */
void cli_ask_choose(cli_ask *a, const char *choice);
/* "" or "on", "off", "hidden", or a number; false when it is something else. */
bool cli_ask_think(cli_ask *a, const char *how);

/* Complete *o for an answer with `tools` (NULL: none): who may be called, thoughts, and a guide where there are rules. */
TONE_NODISCARD tone_status cli_ask_fill(cli_ask *a, const tone_model *m, const char *tools, size_t tools_n,
                                        bool open_thought,
                                        tone_respond_options *o, tone_error *err);
/* What was let pass by --lenient; NULL past the end. */
const char *cli_ask_warning(const cli_ask *a, size_t i);

#endif

/* cli/project.h - the options that every command on a project shares, and opening it. */
#ifndef TONE_CLI_PROJECT_H
#define TONE_CLI_PROJECT_H

#include "cli/args.h"
#include "studio/studio.h"

typedef struct cli_project {
    const char *history, *project, *preset, *patch_path, *notes, *folder;
    bool forget;         /* keep nothing */
    long seed;
    tone_studio *studio; /* set by cli_project_open() */
} cli_project;

/* Entries for a command's table of options. */
#define CLI_PROJECT_OPTIONS(p)                                                                                            \
    {0, "project", CLI_TEXT, &(p).project, "NAME", "the project to work on (default: the last one)", 0, 0},               \
    {0, "preset", CLI_TEXT, &(p).preset, "NAME", "begin with this preset", 0, 0},                                         \
    {0, "patch", CLI_TEXT, &(p).patch_path, "FILE", "begin with this patch", 0, 0},                                       \
    {0, "notes", CLI_TEXT, &(p).notes, "TEXT", "what is played (default: what the patch says)", 0, 0},                    \
    {0, "seed", CLI_INT, &(p).seed, "N", "of noise and starting phases (default 0)", 0, 0},                               \
    {0, "history", CLI_TEXT, &(p).history, "FILE", "the file of the history (default: the user's own)", 0, 0},            \
    {0, "no-history", CLI_FLAG, &(p).forget, NULL, "keep nothing of what is done", 0, 0}

/* Open it; says what must be seen on stderr.  0, or an exit status after a line on stderr. */
int cli_project_open(cli_project *p, const char *command);
void cli_project_close(cli_project *p);

/* Make one call and print its result: JSON as it is, or a line for each member.  Returns the exit status; a result that
 * is an error is 1. */
int cli_project_call(cli_project *p, const char *command, const char *tool, const char *arguments, bool json);

#endif

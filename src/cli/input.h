/* cli/input.h - lines a person types: with editing and history on a terminal that can, plainly anywhere else. */
#ifndef TONE_CLI_INPUT_H
#define TONE_CLI_INPUT_H

#include "tonesmith/base.h"

typedef struct cli_input cli_input;

/* `history`: a file that remembers the lines; NULL: none.  NULL when memory ran out. */
cli_input *cli_input_open(const char *history);
void cli_input_close(cli_input *in);

/* Somebody sits there: prompts and remarks make sense. */
bool cli_input_is_person(const cli_input *in);

typedef enum cli_line { CLI_LINE_TEXT, CLI_LINE_END, CLI_LINE_INTERRUPTED } cli_line;

/* The next line without its line break, zero-terminated, borrowed until the next call.  A line that ends in \ goes on in the
 * next one, and lines between two of """ are one.  CLI_LINE_INTERRUPTED: Ctrl-C, the line is forgotten. */
cli_line cli_input_next(cli_input *in, const char *prompt, const char **text, size_t *n);

#endif

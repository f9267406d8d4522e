/* cli/terminal.h - what the terminal on standard output can show. */
#ifndef TONE_CLI_TERMINAL_H
#define TONE_CLI_TERMINAL_H

#include "tonesmith/sound/picture.h"

/* Plain when standard output is no terminal, when NO_COLOR is set or TERM is "dumb"; kitty and sixel when the
 * terminal says so (sixel is asked for with a query that waits at most 150 ms); else colours. */
tone_terminal cli_terminal_kind(void);

/* "auto", "plain", "colours", "true", "sixel", "kitty"; false when it is none of these. */
bool cli_terminal_find(tone_terminal *out, const char *name);

/* Cells of the terminal; 80 x 24 when nobody knows. */
void cli_terminal_size(unsigned *columns, unsigned *rows);

#endif

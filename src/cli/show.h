/* cli/show.h - an answer on the screen while it is being said.
 *
 * What a model says may hold anything, escape sequences included: on a terminal control characters are shown, not sent. */
#ifndef TONE_CLI_SHOW_H
#define TONE_CLI_SHOW_H

#include <stdio.h>

#include "tonesmith/chat.h"

typedef enum cli_show_place { SHOW_NOTHING, SHOW_REASONING, SHOW_CONTENT, SHOW_CALL } cli_show_place;

typedef struct cli_show {
    bool terminal;  /* standard output is one: control characters are shown */
    bool colour;    /* dim and bold may be used                             */
    bool reasoning; /* thoughts are shown: dimmed, or on standard error     */
    bool calls;     /* calls are shown                                      */
    cli_show_place place;
    bool line_open; /* the last line on standard output has not ended */
} cli_show;

/* As suits the standard output: colour unless TERM is dumb or NO_COLOR is set. */
cli_show cli_show_defaults(void);

/* A tone_reply_sink; `user` is the cli_show. */
void cli_show_event(void *user, const tone_reply_event *event);

/* Print text as above, dimmed or not. */
void cli_show_text(cli_show *s, FILE *to, const char *text, size_t n, bool dim);
/* Begin a new line unless one has just begun. */
void cli_show_line(cli_show *s);

#endif

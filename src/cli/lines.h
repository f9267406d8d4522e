/* cli/lines.h - line protocols: one line of JSON in, one line of JSON out, answered as it comes so that a program may wait
 * for it. */
#ifndef TONE_CLI_LINES_H
#define TONE_CLI_LINES_H

#include "format/json_tree.h"
#include "tonesmith/base.h"

/* Append the answer to `request` to *out, without a line break. */
typedef tone_status cli_answer(void *user, const tone_json_value *request, tone_buf *out, tone_error *err);

/* Answer standard input line by line; blank lines are skipped.  What cannot be answered gets
 * {"error":"why","status":400} (500 when it is not the line's fault) and the next line is read.  Returns the command's
 * exit status. */
int cli_lines(const char *command, cli_answer *answer, void *user);

#endif

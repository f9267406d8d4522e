#include "cli/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"

static void answer_error(tone_buf *out, tone_status status, const tone_error *err)
{
    bool ours = status == TONE_ERR_NO_MEMORY || status == TONE_ERR_IO;
    tone_buf_reset(out);
    tone_buf_puts(out, "{\"error\":");
    tone_json_write_ascii(out, err->text, strlen(err->text));
    tone_buf_printf(out, ",\"status\":%d}", ours ? 500 : 400);
}

int cli_lines(const char *command, cli_answer *answer, void *user)
{
    char *line = NULL;
    size_t room = 0;
    tone_buf out = {0};
    int rc = 0;
    for (;;) {
        errno = 0;
        ssize_t n = getline(&line, &room, stdin);
        if (n < 0) {
            if (ferror(stdin) || errno == ENOMEM) {
                fprintf(stderr, "tonesmith %s: cannot read standard input: %s\n", command, strerror(errno));
                rc = 1;
            }
            break;
        }
        if (strspn(line, " \t\r\n") == (size_t)n)
            continue;
        tone_error err = {0};
        tone_json_tree *tree;
        tone_buf_reset(&out);
        tone_status st = tone_json_tree_read(&tree, line, (size_t)n, 0, &err);
        if (!st)
            st = answer(user, tone_json_tree_root(tree), &out, &err);
        tone_json_tree_free(tree);
        if (!st && out.failed)
            st = tone_fail(&err, TONE_ERR_NO_MEMORY, 0, "no memory for the answer");
        if (st)
            answer_error(&out, st, &err);
        tone_buf_putc(&out, '\n');
        if (out.failed) {
            fprintf(stderr, "tonesmith %s: no memory for the answer\n", command);
            rc = 1;
            break;
        }
        if (fwrite(out.data, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
            break; /* cli_finish() reports it */
    }
    free(line);
    tone_buf_clear(&out);
    return cli_finish(command, rc);
}

#include "cli/input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "tone_config.h"

#if TONE_HAVE_EDIT
#include <histedit.h>
#include <locale.h>
#endif

enum { HISTORY_LINES = 1000 };

struct cli_input {
    bool person;
    const char *prompt;
    char *line; /* of getline() */
    size_t room;
    tone_buf text; /* several lines put together */
    bool interrupted; /* a signal came while waiting for a key */
#if TONE_HAVE_EDIT
    EditLine *edit; /* NULL: plain lines */
    History *history;
    const char *history_file;
#endif
};

/* Ctrl-C is let through only while waiting for a key: at any other moment it would be lost between looking and waiting.
 * false: a signal came. */
static bool wait_for_key(cli_input *in)
{
    sigset_t open;
    struct pollfd key = {.fd = STDIN_FILENO, .events = POLLIN};
    sigprocmask(SIG_SETMASK, NULL, &open);
    sigdelset(&open, SIGINT);
    in->interrupted = ppoll(&key, 1, NULL, &open) < 0 && errno == EINTR;
    return !in->interrupted;
}

#if TONE_HAVE_EDIT
/* One character for the editor: 1, 0 at the end, -1 when a signal came. */
static int read_character(EditLine *e, wchar_t *out)
{
    uint8_t bytes[4];
    cli_input *in;
    el_get(e, EL_CLIENTDATA, &in);
    for (size_t n = 0; n < sizeof bytes;) {
        if (!wait_for_key(in))
            return -1;
        ssize_t got = read(STDIN_FILENO, bytes + n, 1);
        if (got <= 0)
            return (int)got;
        if (!n && !bytes[0])
            continue; /* a Ctrl-D from before the line was edited: in the line it would keep the next one from ending it */
        uint32_t c;
        bool unfinished;
        if (tone_utf8_decode(bytes, ++n, &c)) {
            *out = (wchar_t)c;
            return 1;
        }
        (void)tone_utf8_bad_length(bytes, n, &unfinished);
        if (!unfinished)
            break;
    }
    *out = 0xFFFD;
    return 1;
}

static char *prompt_of(EditLine *e)
{
    cli_input *in;
    el_get(e, EL_CLIENTDATA, &in);
    return (char *)in->prompt;
}

static void open_editor(cli_input *in, const char *history_file)
{
    const char *term = getenv("TERM");
    if (!in->person || !isatty(STDOUT_FILENO) || !term || !*term || strcmp(term, "dumb") == 0)
        return;
    setlocale(LC_CTYPE, ""); /* or characters outside ASCII could not be edited */
    in->edit = el_init("tonesmith", stdin, stdout, stderr);
    if (!in->edit)
        return;
    HistEvent event;
    in->history = history_init();
    el_set(in->edit, EL_CLIENTDATA, in);
    el_set(in->edit, EL_PROMPT, prompt_of);
    el_set(in->edit, EL_EDITOR, "emacs");
    el_set(in->edit, EL_SIGNAL, 0);
    el_set(in->edit, EL_GETCFN, read_character);
    if (in->history) {
        in->history_file = history_file;
        history(in->history, &event, H_SETSIZE, HISTORY_LINES);
        history(in->history, &event, H_SETUNIQUE, 1);
        if (history_file)
            history(in->history, &event, H_LOAD, history_file); /* there may be none yet */
        el_set(in->edit, EL_HIST, history, in->history);
    }
    el_source(in->edit, NULL); /* ~/.editrc */
}

static void close_editor(cli_input *in)
{
    HistEvent event;
    if (in->history) {
        if (in->history_file && history(in->history, &event, H_SAVE, in->history_file) < 0)
            fprintf(stderr, "tonesmith: cannot keep the history in %s\n", in->history_file);
        history_end(in->history);
    }
    if (in->edit)
        el_end(in->edit);
}
#endif

cli_input *cli_input_open(const char *history)
{
    cli_input *in = calloc(1, sizeof *in);
    if (!in)
        return NULL;
    in->person = isatty(STDIN_FILENO);
    if (in->person)
        setvbuf(stdin, NULL, _IONBF, 0); /* what is read ahead would not be waited for */
#if TONE_HAVE_EDIT
    open_editor(in, history);
#else
    (void)history;
#endif
    return in;
}

void cli_input_close(cli_input *in)
{
    if (!in)
        return;
#if TONE_HAVE_EDIT
    close_editor(in);
#endif
    free(in->line);
    tone_buf_clear(&in->text);
    free(in);
}

bool cli_input_is_person(const cli_input *in)
{
    return in->person;
}

/* One line as typed, without its line break. */
static cli_line one_line(cli_input *in, const char **text, size_t *n)
{
    in->interrupted = false;
#if TONE_HAVE_EDIT
    if (in->edit) {
        int count = 0;
        const char *line = el_gets(in->edit, &count);
        if (!line || count <= 0) {
            el_reset(in->edit);
            putchar('\n');
            return in->interrupted ? CLI_LINE_INTERRUPTED : CLI_LINE_END;
        }
        HistEvent event;
        if (in->history && line[strspn(line, " \t\r\n")])
            history(in->history, &event, H_ENTER, line);
        *text = line;
        *n = (size_t)count;
        *n -= line[*n - 1] == '\n';
        return CLI_LINE_TEXT;
    }
#endif
    if (in->person) {
        fputs(in->prompt, stdout);
        fflush(stdout);
    }
    ssize_t count = in->person && !wait_for_key(in) ? -1 : getline(&in->line, &in->room, stdin);
    if (count < 0) {
        clearerr(stdin);
        if (in->person)
            putchar('\n');
        return in->interrupted ? CLI_LINE_INTERRUPTED : CLI_LINE_END;
    }
    *text = in->line;
    *n = (size_t)count;
    while (*n && ((*text)[*n - 1] == '\n' || (*text)[*n - 1] == '\r'))
        --*n;
    return CLI_LINE_TEXT;
}

static bool is_fence(const char *text, size_t n)
{
    return n == 3 && memcmp(text, "\"\"\"", 3) == 0;
}

static cli_line next_lines(cli_input *in, const char *prompt, const char **text, size_t *n)
{
    in->prompt = prompt;
    tone_buf_reset(&in->text);
    cli_line got = one_line(in, text, n);
    if (got != CLI_LINE_TEXT)
        return got;
    bool fenced = is_fence(*text, *n);
    bool goes_on = fenced || (*n && (*text)[*n - 1] == '\\');
    if (!fenced)
        tone_buf_append(&in->text, *text, *n - goes_on);
    in->prompt = fenced ? "\"\"\" " : "... ";
    for (bool first = fenced; goes_on; first = false) {
        got = one_line(in, text, n);
        if (got == CLI_LINE_INTERRUPTED)
            return got;
        if (got == CLI_LINE_END || (fenced && is_fence(*text, *n)))
            break; /* what is there counts; the end comes again with the next line */
        goes_on = fenced || (*n && (*text)[*n - 1] == '\\');
        if (!first)
            tone_buf_putc(&in->text, '\n');
        tone_buf_append(&in->text, *text, *n - (goes_on && !fenced));
    }
    *text = tone_buf_text(&in->text);
    *n = in->text.n;
    return CLI_LINE_TEXT;
}

cli_line cli_input_next(cli_input *in, const char *prompt, const char **text, size_t *n)
{
    sigset_t interrupt, before;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &before);
    cli_line got = next_lines(in, prompt, text, n);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return got;
}

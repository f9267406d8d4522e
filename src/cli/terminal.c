#include "cli/terminal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { ANSWER_MS = 150 };

static bool has(const char *variable, const char *part)
{
    const char *value = getenv(variable);
    return value && (!part || strstr(value, part));
}

/* The answer to "which terminal are you" (DA1) lists 4 when it draws sixels: "\x1b[?62;4;22c". */
static bool draws_sixels(void)
{
    struct termios before, raw;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    raw = before;
    raw.c_lflag &= (tcflag_t)~(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
        return false;
    char answer[128] = {0};
    size_t n = 0;
    if (write(STDOUT_FILENO, "\x1b[c", 3) == 3) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        while (n + 1 < sizeof answer && !memchr(answer, 'c', n) && poll(&in, 1, ANSWER_MS) == 1) {
            ssize_t got = read(STDIN_FILENO, answer + n, sizeof answer - 1 - n);
            if (got <= 0)
                break;
            n += (size_t)got;
        }
    }
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    const char *list = strstr(answer, "\x1b[?");
    return list && (strstr(list, ";4;") || strstr(list, ";4c"));
}

tone_terminal cli_terminal_kind(void)
{
    if (!isatty(STDOUT_FILENO) || (has("NO_COLOR", NULL) && *getenv("NO_COLOR")) || !has("TERM", NULL) || strcmp(getenv("TERM"), "dumb") == 0)
        return TONE_TERMINAL_PLAIN;
    bool multiplexed = has("TMUX", NULL) || has("TERM", "screen"); /* they swallow graphics */
    if (!multiplexed && (has("KITTY_WINDOW_ID", NULL) || has("TERM", "kitty") || has("TERM_PROGRAM", "ghostty") || has("TERM_PROGRAM", "WezTerm")))
        return TONE_TERMINAL_KITTY;
    if (!multiplexed && draws_sixels())
        return TONE_TERMINAL_SIXEL;
    return has("COLORTERM", "truecolor") || has("COLORTERM", "24bit") ? TONE_TERMINAL_TRUE_COLOUR : TONE_TERMINAL_COLOURS;
}

bool cli_terminal_find(tone_terminal *out, const char *name)
{
    static const struct {
        const char *name;
        tone_terminal kind;
    } kinds[] = {{"plain", TONE_TERMINAL_PLAIN},      {"colours", TONE_TERMINAL_COLOURS}, {"colors", TONE_TERMINAL_COLOURS},
                 {"true", TONE_TERMINAL_TRUE_COLOUR}, {"sixel", TONE_TERMINAL_SIXEL},     {"kitty", TONE_TERMINAL_KITTY}};
    if (strcmp(name, "auto") == 0) {
        *out = cli_terminal_kind();
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0) {
            *out = kinds[i].kind;
            return true;
        }
    return false;
}

void cli_terminal_size(unsigned *columns, unsigned *rows)
{
    struct winsize size;
    *columns = 80;
    *rows = 24;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    }
}

#include "cli/show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

cli_show cli_show_defaults(void)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO);
    return (cli_show){.terminal = terminal, .colour = terminal && term && *term && strcmp(term, "dumb") != 0 &&
        !(no_colour && *no_colour),
        .reasoning = true, .calls = true};
}

static bool is_control(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
}

void cli_show_text(cli_show *s, FILE *to, const char *text, size_t n, bool dim)
{
    dim = dim && s->colour && to == stdout;
    if (dim)
        fputs("\033[2m", to);
    for (size_t at = 0; at < n;) {
        uint32_t c = 0;
        size_t step = tone_utf8_decode((const uint8_t *)text + at, n - at, &c);
        if (step == 0)
            step = 1;
        if (s->terminal && is_control(c))
            fprintf(to, c < 0x20 ? "^%c" : "<%02X>", c < 0x20 ? (int)c + '@' : (int)c);
        else
            fwrite(text + at, 1, step, to);
        at += step;
    }
    if (dim)
        fputs("\033[0m", to);
    if (n && to == stdout)
        s->line_open = text[n - 1] != '\n';
}

void cli_show_line(cli_show *s)
{
    if (s->line_open)
        putchar('\n');
    s->line_open = false;
}

/* Another kind of thing begins: on a line of its own. */
static void enter(cli_show *s, cli_show_place place)
{
    if (s->place == place && place != SHOW_CALL)
        return;
    if (s->place == SHOW_REASONING && !s->colour)
        fputc('\n', stderr);
    cli_show_line(s);
    s->place = place;
}

void cli_show_event(void *user, const tone_reply_event *e)
{
    cli_show *s = user;
    switch (e->kind) {
    case TONE_REPLY_REASONING:
        if (!s->reasoning)
            return;
        enter(s, SHOW_REASONING);
        cli_show_text(s, s->colour ? stdout : stderr, e->text, e->n, true);
        break;
    case TONE_REPLY_CONTENT:
        enter(s, SHOW_CONTENT);
        cli_show_text(s, stdout, e->text, e->n, false);
        break;
    case TONE_REPLY_CALL_BEGIN:
        if (!s->calls)
            return;
        enter(s, SHOW_CALL);
        fputs(s->colour ? "\033[1m-> " : "-> ", stdout);
        cli_show_text(s, stdout, e->text, e->n, false);
        fputs(s->colour ? "\033[0m " : " ", stdout);
        break;
    case TONE_REPLY_CALL_ARGUMENTS:
        if (s->calls)
            cli_show_text(s, stdout, e->text, e->n, false);
        break;
    case TONE_REPLY_CALL_END:
        if (!s->calls)
            return;
        if (e->repaired)
            cli_show_text(s, stdout, " (mended)", 9, true);
        cli_show_line(s);
        break;
    case TONE_REPLY_ERROR:
        cli_show_line(s);
        fprintf(stderr, "(a call could not be used: %s)\n", e->why);
        break;
    case TONE_REPLY_END:
        enter(s, SHOW_NOTHING);
    }
    fflush(stdout);
}

/* The words around speech: what the model is asked, and what its answer says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/speech.h"

void cli_speech_part_clear(cli_speech_part *p)
{
    free(p->text);
    free(p->translation);
    *p = (cli_speech_part){0};
}

/* The words of the model card. */
char *cli_speech_instruction(const cli_speech *s)
{
    tone_buf b = {0};
    const char *spoken = s->from ? s->from : "its original language";
    if (s->to) {
        tone_buf_printf(&b, "Transcribe the following speech segment in %s, then translate it into %s.\n", spoken, s->to);
        tone_buf_printf(&b, "When formatting the answer, first output the transcription in %s, then one newline, then output the string "
                            "'%s: ', then the translation in %s.", spoken, s->to, s->to);
        return tone_buf_take(&b);
    }
    tone_buf_printf(&b, s->from ? "Transcribe the following speech segment in %s into %s text.\n\n"
                                : "Transcribe the following speech segment in %s.\n\n", spoken, spoken);
    tone_buf_puts(&b, "Follow these specific instructions for formatting the answer:\n"
                      "* Only output the transcription, with no newlines.\n"
                      "* When transcribing numbers, write the digits, i.e. write 1.7 and not one point seven, and write 3 instead of three.");
    return tone_buf_take(&b);
}

/* Bytes of the white space or control character at s[0..n), C1 included; 0 when it is something to show. */
static size_t blank(const char *s, size_t n)
{
    unsigned char c = (unsigned char)s[0];
    if (c <= ' ' || c == 0x7F)
        return 1;
    return c == 0xC2 && n > 1 && (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] <= 0xA0 ? 2 : 0;
}

char *cli_speech_line(const char *text, size_t n)
{
    tone_buf b = {0};
    bool gap = false;
    for (size_t i = 0; i < n;) {
        size_t skip = blank(text + i, n - i);
        if (skip) {
            gap = b.n > 0;
            i += skip;
            continue;
        }
        if (gap)
            tone_buf_putc(&b, ' ');
        gap = false;
        tone_buf_putc(&b, text[i++]);
    }
    if (b.n || b.failed)
        return tone_buf_take(&b);
    return strdup("");
}

bool cli_speech_split(cli_speech_part *p, const char *text, size_t n, const char *to)
{
    const char *cut = NULL;
    char mark[160];
    if (to) {
        snprintf(mark, sizeof mark, "\n%s:", to);
        cut = memmem(text, n, mark, strlen(mark));
    }
    p->text = cli_speech_line(text, cut ? (size_t)(cut - text) : n);
    if (cut)
        p->translation = cli_speech_line(cut + strlen(mark), n - (size_t)(cut - text) - strlen(mark));
    return p->text && (!cut || p->translation);
}

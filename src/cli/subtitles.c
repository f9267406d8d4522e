#include "cli/subtitles.h"

#include <math.h>
#include <string.h>

#include "format/json_tree.h"

bool cli_subtitles_find(cli_subtitles_format *out, const char *name)
{
    static const char *const names[] = {"txt", "srt", "vtt", "json"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (cli_subtitles_format)i;
            return true;
        }
    return false;
}

/* 01:02:03,456 */
static void put_time(tone_buf *b, double s, char point)
{
    unsigned long long ms = (unsigned long long)llround(s * 1000);
    tone_buf_printf(b, "%02llu:%02llu:%02llu%c%03llu", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, point, ms % 1000);
}

/* WebVTT gives a meaning to these; SRT players take tags for markup too, but know no way to write them. */
static void put_vtt(tone_buf *b, const char *text)
{
    for (; *text; text++)
        if (*text == '&')
            tone_buf_puts(b, "&amp;");
        else if (*text == '<')
            tone_buf_puts(b, "&lt;");
        else if (*text == '>')
            tone_buf_puts(b, "&gt;");
        else
            tone_buf_putc(b, *text);
}

void cli_subtitles_begin(tone_buf *b, cli_subtitles_format f, double duration_s)
{
    if (f == SUBTITLES_VTT)
        tone_buf_puts(b, "WEBVTT\n\n");
    else if (f == SUBTITLES_JSON)
        tone_buf_printf(b, "{\"duration\":%.3f,\"segments\":[", duration_s);
}

static void put_json(tone_buf *b, const cli_speech_part *p)
{
    tone_buf_printf(b, "{\"start\":%.3f,\"end\":%.3f,\"text\":", p->from_s, p->to_s);
    tone_json_write_ascii(b, p->text, strlen(p->text));
    if (p->translation) {
        tone_buf_puts(b, ",\"translation\":");
        tone_json_write_ascii(b, p->translation, strlen(p->translation));
    }
    tone_buf_printf(b, ",\"silent\":%s,\"whole\":%s}", p->silent ? "true" : "false", p->end ? "false" : "true");
}

void cli_subtitles_part(tone_buf *b, cli_subtitles_format f, const cli_speech_part *p, size_t i)
{
    const char *text = p->translation ? p->translation : p->text;
    if (f == SUBTITLES_JSON) {
        if (i)
            tone_buf_putc(b, ',');
        put_json(b, p);
        return;
    }
    if (f == SUBTITLES_TXT) {
        tone_buf_printf(b, "%s\n", text);
        return;
    }
    char point = f == SUBTITLES_SRT ? ',' : '.';
    if (f == SUBTITLES_SRT)
        tone_buf_printf(b, "%zu\n", i + 1);
    put_time(b, p->from_s, point);
    tone_buf_puts(b, " --> ");
    put_time(b, p->to_s, point);
    tone_buf_putc(b, '\n');
    if (f == SUBTITLES_VTT)
        put_vtt(b, text);
    else
        tone_buf_puts(b, text);
    tone_buf_puts(b, "\n\n");
}

void cli_subtitles_end(tone_buf *b, cli_subtitles_format f)
{
    if (f == SUBTITLES_JSON)
        tone_buf_puts(b, "]}\n");
}

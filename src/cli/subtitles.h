/* cli/subtitles.h - what was said, and when, as text, SRT, WebVTT or JSON. */
#ifndef TONE_CLI_SUBTITLES_H
#define TONE_CLI_SUBTITLES_H

#include "base/buf.h"
#include "cli/speech.h"

typedef enum cli_subtitles_format { SUBTITLES_TXT, SUBTITLES_SRT, SUBTITLES_VTT, SUBTITLES_JSON } cli_subtitles_format;

/* "txt", "srt", "vtt", "json"; false for anything else. */
bool cli_subtitles_find(cli_subtitles_format *out, const char *name);

/* What stands before the first part, the i-th part (from 0), and after the last. */
void cli_subtitles_begin(tone_buf *b, cli_subtitles_format f, double duration_s);
void cli_subtitles_part(tone_buf *b, cli_subtitles_format f, const cli_speech_part *p, size_t i);
void cli_subtitles_end(tone_buf *b, cli_subtitles_format f);

#endif

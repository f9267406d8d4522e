/* What is asked about speech, how answers are taken apart, and how parts are written. */
#include <stdlib.h>

#include "check.h"
#include "cli/subtitles.h"

static void check_split(const char *answer, const char *to, const char *text, const char *translation)
{
    cli_speech_part p = {0};
    CHECK(cli_speech_split(&p, answer, strlen(answer), to));
    CHECK_STR(p.text, text);
    if (translation)
        CHECK_STR(p.translation, translation);
    else
        CHECK_CASE(!p.translation, "%s", answer);
    cli_speech_part_clear(&p);
}

static void check_answers(void)
{
    check_split("hello there", NULL, "hello there", NULL);
    check_split("  two\nlines\t \n", NULL, "two lines", NULL);
    check_split("", NULL, "", NULL);
    check_split(" \n ", NULL, "", NULL);
    check_split("a\x1b[31mb\xc2\x9b" "c\xc3\xa9", NULL, "a [31mb c\xc3\xa9", NULL);
    check_split("good day\nGerman: guten Tag", "German", "good day", "guten Tag");
    check_split("good day\n\nGerman:guten\nTag ", "German", "good day", "guten Tag");
    check_split("German: guten Tag", "German", "German: guten Tag", NULL); /* nothing was said before it */
    check_split("good day\nFrench: bonjour", "German", "good day French: bonjour", NULL);
    check_split("x\nGerman:", "German", "x", "");
}

static void check_instructions(void)
{
    char *text = cli_speech_instruction(&(cli_speech){.from = "German"});
    CHECK(text && strstr(text, "Transcribe the following speech segment in German into German text.\n\nFollow these specific") == text);
    CHECK(text && strstr(text, "write 1.7 and not one point seven, and write 3 instead of three."));
    free(text);
    text = cli_speech_instruction(&(cli_speech){0});
    CHECK(text && strstr(text, "Transcribe the following speech segment in its original language.\n\n") == text);
    free(text);
    text = cli_speech_instruction(&(cli_speech){.from = "German", .to = "French"});
    CHECK_STR(text, "Transcribe the following speech segment in German, then translate it into French.\n"
                    "When formatting the answer, first output the transcription in German, then one newline, then output the string "
                    "'French: ', then the translation in French.");
    free(text);
}

static void check_format(const char *name, const char *want)
{
    char one[] = "a <b> & \"c\"", two[] = "one", other[] = "eins";
    const cli_speech_part parts[] = {{.from_s = 0, .to_s = 2.0004, .text = one},
                                     {.from_s = 3661.9996, .to_s = 3670.25, .text = two, .translation = other, .end = "length"}};
    cli_subtitles_format f;
    tone_buf b = {0};
    CHECK(cli_subtitles_find(&f, name));
    cli_subtitles_begin(&b, f, 3700);
    for (size_t i = 0; i < 2; i++)
        cli_subtitles_part(&b, f, &parts[i], i);
    cli_subtitles_end(&b, f);
    CHECK_STR(tone_buf_text(&b), want);
    tone_buf_clear(&b);
}

int main(void)
{
    check_answers();
    check_instructions();
    check_format("txt", "a <b> & \"c\"\neins\n");
    check_format("srt", "1\n00:00:00,000 --> 00:00:02,000\na <b> & \"c\"\n\n2\n01:01:02,000 --> 01:01:10,250\neins\n\n");
    check_format("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na &lt;b&gt; &amp; \"c\"\n\n01:01:02.000 --> 01:01:10.250\neins\n\n");
    check_format("json", "{\"duration\":3700.000,\"segments\":[{\"start\":0.000,\"end\":2.000,\"text\":\"a <b> & \\\"c\\\"\",\"silent\":false,"
                         "\"whole\":true},{\"start\":3662.000,\"end\":3670.250,\"text\":\"one\",\"translation\":\"eins\",\"silent\":false,"
                         "\"whole\":false}]}\n");
    cli_subtitles_format f;
    CHECK(!cli_subtitles_find(&f, "doc"));
    return check_done();
}

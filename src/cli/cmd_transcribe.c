/* Speech to text, in its own language or in another one. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/media.h"
#include "cli/speech.h"
#include "cli/subtitles.h"
#include "format/audio.h"
#include "gen/media.h"
#include "signal/resample.h"

enum { LANGUAGE_MAX = 64 };

typedef struct transcribe {
    const char *command, *from, *to, *format_text;
    cli_engine engine;
    cli_media media;
    double chunk_s;
    cli_subtitles_format format;
    /* while it runs */
    tone_buf out;
    size_t n_written;
} transcribe;

static bool flush(transcribe *t)
{
    bool fine = !t->out.failed && fwrite(tone_buf_text(&t->out), 1, t->out.n, stdout) == t->out.n && !fflush(stdout);
    if (t->out.failed)
        fprintf(stderr, "tonesmith %s: no memory for what was said\n", t->command);
    tone_buf_reset(&t->out);
    return fine;
}

static bool take(void *arg, cli_speech_part *p)
{
    transcribe *t = arg;
    if (p->text[0] || t->format == SUBTITLES_JSON)
        cli_subtitles_part(&t->out, t->format, p, t->n_written++);
    cli_speech_part_clear(p);
    return flush(t);
}

static int listen(transcribe *t, const char *path)
{
    tone_error err = {0};
    tone_audio a = {0};
    tone_samples x = {0};
    tone_status st = tone_media_need(t->media.media, TONE_INPUT_AUDIO, &err);
    if (st)
        return cli_error(t->command, &err);
    st = tone_audio_read(&a, path, NULL, &err);
    if (!st)
        st = tone_resample(&x, a.frames, a.n_frames, a.rate_hz, a.n_channels, TONE_HEARING_RATE_HZ, &err);
    if (st && !strstr(err.text, path))
        st = tone_fail_in(&err, st, path);
    tone_audio_clear(&a);
    const cli_speech s = {.command = t->command, .from = t->from, .to = t->to, .take = take, .arg = t,
                          .part_samples = (size_t)(t->chunk_s * TONE_HEARING_RATE_HZ)};
    int rc = st ? cli_error(t->command, &err) : 0;
    if (!rc) {
        cli_subtitles_begin(&t->out, t->format, (double)x.n / TONE_HEARING_RATE_HZ);
        rc = cli_speech_run(&s, &t->engine, t->media.media->ears, x.x, x.n);
    }
    if (!rc) {
        cli_subtitles_end(&t->out, t->format);
        rc = !flush(t);
    }
    tone_samples_clear(&x);
    return rc;
}

/* A name goes into the prompt as it is: letters, and what stands between them in names of languages. */
static int check_language(const char *command, const char *option, const char *name)
{
    if (!name)
        return 0;
    size_t n = strlen(name);
    if (!n || n > LANGUAGE_MAX || strpbrk(name, "\n\r<>|'\""))
        return cli_misuse(command, "%s is the name of a language, such as \"German\" or \"Brazilian Portuguese\"", option);
    return 0;
}

static int run(transcribe *t, int argc, char **argv)
{
    if (argc != 1)
        return cli_misuse(t->command, argc ? "one file at a time" : "the sound FILE is missing");
    if (t->format_text && !cli_subtitles_find(&t->format, t->format_text))
        return cli_misuse(t->command, "--format is txt, srt, vtt or json, not '%s'", t->format_text);
    bool subtitles = t->format == SUBTITLES_SRT || t->format == SUBTITLES_VTT;
    if (t->chunk_s == 0)
        t->chunk_s = subtitles ? 10 : 30;
    int rc = check_language(t->command, t->to ? "--from" : "--language", t->from);
    if (!rc)
        rc = check_language(t->command, "--to", t->to);
    if (!rc)
        rc = cli_engine_open(&t->engine, t->command, true);
    if (!rc && !tone_model_tokenizer(t->engine.model))
        rc = cli_misuse(t->command, "this model has no vocabulary beside its weights");
    if (!rc)
        rc = cli_media_open(&t->media, &t->engine, t->command);
    if (!rc)
        rc = listen(t, argv[0]);
    cli_media_close(&t->media);
    cli_engine_close(&t->engine);
    tone_buf_clear(&t->out);
    return cli_finish(t->command, rc);
}

#define FORMAT_OPTIONS(t)                                                                                                     \
    {'f', "format", CLI_TEXT, &(t).format_text, "FORMAT", "txt (default), srt, vtt or json", 0, 0},                            \
    {0, "chunk", CLI_REAL, &(t).chunk_s, "S", "seconds of a part at most (default 30; 10 for srt and vtt)", 5, 30},            \
    {0, "mmproj", CLI_TEXT, &(t).media.projector, "FILE", "the GGUF file of the model's ears (default: mmproj*.gguf beside it)", 0, 0}

static const char notes[] =
    "The sound is cut at pauses into parts, and each part is heard and written down on its own: times are those of the parts. "
    "Silent parts are left out with a note. Any file libsndfile reads will do: WAV, FLAC, Ogg, Opus, MP3.";

int cli_transcribe(int argc, char **argv)
{
    transcribe t = {.command = "transcribe"};
    static const cli_spec spec = {"transcribe", "tonesmith transcribe -m MODEL [options] FILE",
                                  "Write down what is said in a sound, with a model that has ears (Gemma 4 E2B or E4B).", notes};
    const cli_option options[] = {
        CLI_MODEL_OPTION(t.engine),
        {'l', "language", CLI_TEXT, &t.from, "NAME", "the language that is spoken (default: whatever it is)", 0, 0},
        FORMAT_OPTIONS(t),
        CLI_ENGINE_OPTIONS(t.engine),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    return rc >= 0 ? rc : run(&t, argc, argv);
}

int cli_translate(int argc, char **argv)
{
    transcribe t = {.command = "translate"};
    static const cli_spec spec = {"translate", "tonesmith translate -m MODEL --to LANGUAGE [options] FILE",
                                  "Write down what is said in a sound in another language, with a model that has ears (Gemma 4 E2B or "
                                  "E4B). JSON has what was said as well.", notes};
    const cli_option options[] = {
        CLI_MODEL_OPTION(t.engine),
        {0, "to", CLI_TEXT, &t.to, "NAME", "the language to translate into", 0, 0},
        {0, "from", CLI_TEXT, &t.from, "NAME", "the language that is spoken (default: whatever it is)", 0, 0},
        FORMAT_OPTIONS(t),
        CLI_ENGINE_OPTIONS(t.engine),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (!t.to)
        return cli_misuse("translate", "--to LANGUAGE is missing");
    return run(&t, argc, argv);
}

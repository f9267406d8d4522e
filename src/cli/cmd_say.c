/* One turn on the project. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/commands.h"
#include "cli/media.h"
#include "cli/talk.h"

typedef struct say {
    cli_talk talk;
    cli_media media;
    bool json, dim, open; /* open: the last line has not ended */
    json_t *calls, *warnings;
} say;

static cli_talk *talking; /* for Ctrl-C */

static void on_interrupt(int signal)
{
    (void)signal;
    if (talking)
        cli_talk_cancel(talking);
}

/* "reached: brightness down 0.9 octaves; …": a result in one line. */
static void print_result(const say *s, const char *json)
{
    json_t *j = json_loads(json, 0, NULL);
    const char *key;
    json_t *value;
    json_object_foreach(j, key, value)
        printf("%s  %-10s %s%s\n", s->dim ? "\033[2m" : "", key, json_is_string(value) ? json_string_value(value) : "", s->dim ? "\033[0m" : "");
    json_decref(j);
}

static void show(void *arg, const tone_agent_event *e)
{
    say *s = arg;
    if (s->json) {
        if (e->kind == TONE_AGENT_RESULT)
            json_array_append_new(s->calls, json_pack("{s:s,s:o?,s:o?,s:b}", "name", e->name, "arguments", e->arguments ? json_loads(e->arguments, 0, NULL) : NULL,
                                                      "result", json_loadb(e->text, e->n, 0, NULL), "changed", e->changed));
        else if (e->kind == TONE_AGENT_WARNING)
            json_array_append_new(s->warnings, json_stringn(e->text, e->n));
        return;
    }
    char *text = strndup(e->text ? e->text : "", e->n);
    if (e->kind == TONE_AGENT_CALL)
        printf("%s> %s %s%s\n", s->dim ? "\033[2m" : "", e->name, e->arguments, s->dim ? "\033[0m" : "");
    else if (e->kind == TONE_AGENT_RESULT && text)
        print_result(s, text);
    else if (e->kind == TONE_AGENT_HEARD && text)
        printf("%sheard: %s%s\n", s->dim ? "\033[2m" : "", text, s->dim ? "\033[0m" : "");
    else if (e->kind == TONE_AGENT_TEXT && text)
        fputs(text, stdout);
    else if (e->kind == TONE_AGENT_WARNING && text)
        fprintf(stderr, "%stonesmith say: %s\n", s->open ? "\n" : "", text);
    if (e->kind == TONE_AGENT_TEXT && e->n)
        s->open = e->text[e->n - 1] != '\n';
    else
        s->open = false;
    fflush(stdout);
    free(text);
}

/* When it came to what, in seconds since the turn began. */
static json_t *times_of(const tone_turn *t)
{
    const struct {
        const char *name;
        double s;
    } times[] = {{"hearing", t->seen_s}, {"first_token", t->first_s}, {"call", t->call_s}, {"change", t->change_s}};
    json_t *out = json_object();
    for (size_t i = 0; out && i < sizeof times / sizeof *times; i++)
        if (times[i].s > 0)
            json_object_set_new(out, times[i].name, json_real(times[i].s));
    return out;
}

static int print_json(say *s, const tone_turn *t)
{
    json_t *line = json_pack("{s:s*,s:s,s:s,s:O,s:O,s:i,s:f,s:o*,s:s,s:s*}", "heard", t->heard, "answer", t->answer ? t->answer : "", "end", tone_turn_end_text(t->end),
                             "calls", s->calls, "warnings", s->warnings, "changes", (int)t->n_changes, "seconds", t->seconds, "times",
                             s->media.sounds.n ? times_of(t) : NULL, "model", tone_backend_info(s->talk.backend)->name, "why", s->talk.why);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    puts(text ? text : "{}");
    free(text);
    json_decref(line);
    return 0;
}

int cli_say(int argc, char **argv)
{
    say s = {0};
    static const cli_spec spec = {"say", "tonesmith say [options] [WORDS]",
        "One turn of the conversation on the current project: the model hears the words, makes calls, and answers with what was measured.",
        "With --audio a model with ears (an mmproj file beside it, as Gemma 4 E2B and E4B have) hears the sound itself; the words may then be missing. Then --json has \"heard\", "
        "where the model writes down what was said, and \"times\", the seconds until it had heard, said or called something, made the "
        "first call, and changed the sound.\n"
        "Example:\n  tonesmith say \"make it darker, but keep the punch\"\n  tonesmith say -m gemma-4-E2B-it-Q4_0.gguf --audio spoken.wav"};
    const cli_option options[] = {
        CLI_MEDIA_FILE_OPTIONS(s.media),
        CLI_TALK_OPTIONS(s.talk),
        CLI_PROJECT_OPTIONS(s.talk.project),
        {0, "folder", CLI_TEXT, &s.talk.project.folder, "DIR", "where exports go (default: here)", 0, 0},
        {0, "json", CLI_FLAG, &s.json, NULL, "print one line of JSON with calls, results and the answer", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    size_t n_blank = 0;
    for (int i = 0; i < argc; i++)
        n_blank += !argv[i][strspn(argv[i], " \t\r\n")];
    if (n_blank == (size_t)argc && !s.media.sounds.n)
        return cli_misuse("say", "say something");
    rc = cli_media_order(&s.media, "say");
    if (rc)
        return rc;
    tone_buf words = {0};
    for (int i = 0; i < argc; i++)
        tone_buf_printf(&words, "%s%s", i ? " " : "", argv[i]);
    s.dim = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    s.calls = json_array();
    s.warnings = json_array();
    rc = cli_talk_open(&s.talk, "say", show, &s);
    if (rc == 0) {
        tone_turn turn = {0};
        tone_error err;
        talking = &s.talk;
        signal(SIGINT, on_interrupt);
        if (!s.json && s.talk.why)
            fprintf(stderr, "%s: %s\n", tone_backend_info(s.talk.backend)->name, s.talk.why);
        tone_media *media = tone_backend_media(s.talk.backend);
        if (s.media.sounds.n && media && tone_media_need(media, TONE_INPUT_AUDIO, &err)) /* now: opening ears is no part of hearing */
            rc = cli_error("say", &err);
        else if (cli_talk_turn_media(&s.talk, s.media.items, s.media.n, tone_buf_text(&words), &turn, &err))
            rc = cli_error("say", &err);
        else if (s.json)
            rc = print_json(&s, &turn);
        else if (s.open)
            putchar('\n');
        if (rc == 0 && turn.end != TONE_TURN_ANSWERED && !s.json)
            fprintf(stderr, "tonesmith say: ended by %s\n", tone_turn_end_text(turn.end));
        tone_turn_clear(&turn);
        talking = NULL;
    }
    cli_talk_close(&s.talk);
    json_decref(s.calls);
    json_decref(s.warnings);
    tone_buf_clear(&words);
    return cli_finish("say", rc);
}

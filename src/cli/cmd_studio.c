/* The terminal studio: the conversation, and after every change what was measured. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/look.h"
#include "cli/media.h"
#include "cli/play.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "cli/voice.h"
#include "tonesmith/sound/picture.h"

typedef struct studio {
    cli_talk talk;
    cli_input *input;
    cli_voice voice;
    cli_look look;
    bool looks;            /* --look */
    cli_attached attached; /* pictures that go with the next words */
    bool person, dim, pictures, quit, failed;
    bool spoken;           /* the running turn was: what was understood is shown, large changes are asked about */
    bool open;             /* the last line of an answer is not ended yet */
    tone_measures before; /* of the sound at the beginning of the turn */
    tone_analyzer *ears;
} studio;

static cli_talk *talking; /* for Ctrl-C */

static void on_interrupt(int signal)
{
    (void)signal;
    if (talking)
        cli_talk_cancel(talking);
}

static void complain(studio *s, const tone_error *err)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", err->text);
    s->failed = true;
}

/* ---- what happens in a turn */

static void print_members(const studio *s, const char *text)
{
    json_t *j = json_loads(text, 0, NULL);
    const char *key;
    json_t *value;
    json_object_foreach(j, key, value)
        if (json_is_string(value))
            printf("%s    %-10s %s%s\n", s->dim ? "\033[2m" : "", key, json_string_value(value), s->dim ? "\033[0m" : "");
    json_decref(j);
}

static void show(void *arg, const tone_agent_event *e)
{
    studio *s = arg;
    char *text = strndup(e->text ? e->text : "", e->n);
    if (!text)
        return;
    if (e->kind != TONE_AGENT_RESULT) /* what a model says may hold escape sequences */
        for (char *c = text; *c; c++)
            if (iscntrl((unsigned char)*c) && *c != '\n')
                *c = '?';
    if (e->kind == TONE_AGENT_CALL)
        printf("%s  %s %s %s%s\n", s->dim ? "\033[2m" : "", s->spoken ? "understood:" : ">", e->name, e->arguments, s->dim ? "\033[0m" : "");
    else if (e->kind == TONE_AGENT_RESULT)
        print_members(s, text);
    else if (e->kind == TONE_AGENT_HEARD)
        printf("%s  heard: %s%s\n", s->dim ? "\033[2m" : "", text, s->dim ? "\033[0m" : "");
    else if (e->kind == TONE_AGENT_TEXT)
        fputs(text, stdout);
    else if (e->kind == TONE_AGENT_WARNING)
        printf("%s%s! %s%s\n", s->open ? "\n" : "", s->dim ? "\033[33m" : "", text, s->dim ? "\033[0m" : "");
    s->open = e->kind == TONE_AGENT_TEXT && e->n ? e->text[e->n - 1] != '\n' : false;
    fflush(stdout);
    free(text);
}

/* The three metrics that moved most since the turn began, and a small picture where the terminal can show one. */
static void show_change(studio *s)
{
    const tone_measures *now;
    const tone_sound *sound;
    tone_error err;
    if (tone_studio_hear(s->talk.project.studio, &now, &sound, &err)) {
        complain(s, &err);
        return;
    }
    static tone_difference changes[TONE_N_METRICS];
    size_t n = tone_differences(changes, &s->before, now), shown = 0;
    for (size_t i = 0; i < n && shown < 3; i++) {
        tone_metric_info info;
        char was[32], is[32];
        if (!tone_metric_describe(&info, changes[i].metric) || !isfinite(changes[i].jnd) || fabs(changes[i].jnd) < 1)
            continue;
        printf("%s  %-34s %s -> %s %s (%+.1f)%s\n", s->dim ? "\033[36m" : "", info.name, cli_number(was, changes[i].before), cli_number(is, changes[i].after), info.unit,
               changes[i].jnd, s->dim ? "\033[0m" : "");
        shown++;
    }
    if (!s->pictures)
        return;
    unsigned columns, rows;
    cli_terminal_size(&columns, &rows);
    tone_clip clip = {.frames = sound->frames, .n_frames = sound->n_frames, .n_channels = sound->n_channels, .rate_hz = sound->rate};
    char *text;
    if (tone_picture_text(&text, s->ears, &clip, "now", cli_terminal_kind(), columns < 72 ? columns : 72, 8, &err)) {
        complain(s, &err);
        return;
    }
    fputs(text, stdout);
    free(text);
}

/* Of a spoken turn: what throws the sound away as it is, or changes it much, wants a yes; it can be undone all the same. */
static bool is_large(const char *name, const char *arguments)
{
    json_t *j = json_loads(arguments, 0, NULL);
    const char *goals = json_string_value(json_object_get(j, "goals")), *action = json_string_value(json_object_get(j, "action"));
    bool large = (strcmp(name, "find_presets") == 0 && json_is_true(json_object_get(j, "load"))) || (strcmp(name, "history") == 0 && action && strcmp(action, "goto") == 0) ||
                 strcmp(name, "export") == 0 || (strcmp(name, "shape") == 0 && (json_object_get(j, "like") || (goals && strstr(goals, "large"))));
    json_decref(j);
    return large;
}

static bool confirm(void *arg, const char *name, const char *arguments)
{
    studio *s = arg;
    const char *line;
    size_t n;
    if (!s->spoken || !s->person || !is_large(name, arguments))
        return true;
    cli_line got = cli_input_next(s->input, "  do that? [Y/n] ", &line, &n);
    return got == CLI_LINE_TEXT && line[0] != 'n' && line[0] != 'N';
}

/* The end of a turn, when it is not an answer. */
static void tell_end(studio *s, tone_status st, const tone_turn *turn, const tone_error *err)
{
    talking = NULL;
    if (s->open)
        putchar('\n');
    s->open = false;
    if (st)
        complain(s, err);
    else if (turn->end != TONE_TURN_ANSWERED)
        printf("(%s)\n", tone_turn_end_text(turn->end));
}

/* The model sees what it did. */
static void look_back(studio *s)
{
    tone_turn turn;
    tone_error err;
    printf("    (the model looks at the result)\n");
    talking = &s->talk;
    tone_status st = cli_look_turn(&s->look, &s->talk, s->ears, &s->voice.scratch, &turn, &err);
    tell_end(s, st, &turn, &err);
    if (!st && turn.n_changes)
        show_change(s);
    tone_turn_clear(&turn);
}

static void take_turn(studio *s, const tone_medium *media, size_t n_media, const char *words)
{
    tone_turn turn;
    tone_error err;
    const tone_measures *m;
    if (tone_studio_hear(s->talk.project.studio, &m, NULL, &err)) {
        complain(s, &err);
        return;
    }
    s->before = *m;
    if (s->looks && cli_look_before(&s->look, s->talk.project.studio, &err)) {
        complain(s, &err);
        return;
    }
    talking = &s->talk;
    tone_status st = cli_talk_turn_media(&s->talk, media, n_media, words, &turn, &err);
    tell_end(s, st, &turn, &err);
    bool changed = !st && turn.n_changes;
    bool whole = turn.end == TONE_TURN_ANSWERED;
    tone_turn_clear(&turn);
    if (changed)
        show_change(s);
    if (changed && whole && s->looks)
        look_back(s);
}

/* What is attached, then a sound that was spoken (NULL: none), then words. */
static void say(studio *s, const char *spoken, const char *words)
{
    tone_medium media[CLI_LIST_MAX + 1];
    size_t n = 0;
    for (; n < s->attached.n; n++)
        media[n] = (tone_medium){.kind = TONE_INPUT_IMAGE, .path = s->attached.parts[n].text};
    if (spoken)
        media[n++] = (tone_medium){.kind = TONE_INPUT_AUDIO, .path = spoken};
    s->spoken = spoken != NULL;
    take_turn(s, media, n, words);
    s->spoken = false;
    cli_attached_clear(&s->attached);
}

static tone_media *media_of(studio *s)
{
    return tone_backend_media(s->talk.backend);
}

static void act_image(studio *s, const char *rest)
{
    tone_error err = {0};
    tone_medium_facts facts;
    tone_status st = TONE_OK;
    if (!*rest)
        st = tone_fail(&err, TONE_ERR_ARGUMENT, 0, "/image FILE");
    else if (!media_of(s))
        st = tone_fail(&err, TONE_ERR_UNSUPPORTED, 0, "a model behind an endpoint sees nothing from here: take one with eyes, such as Gemma 4 E2B");
    else
        st = cli_attach(&s->attached, media_of(s), TONE_INPUT_IMAGE, rest, 0, &facts, &err);
    if (st)
        complain(s, &err);
    else
        printf("    %zu tokens, with the next words\n", facts.n_soft);
}

/* A sound file is a turn that was spoken. */
static void act_listen(studio *s, const char *rest)
{
    tone_error err = {0};
    tone_medium_facts facts;
    const tone_medium medium = {.kind = TONE_INPUT_AUDIO, .path = rest};
    tone_status st = TONE_OK;
    if (!*rest)
        st = tone_fail(&err, TONE_ERR_ARGUMENT, 0, "/listen FILE");
    else if (!media_of(s))
        st = tone_fail(&err, TONE_ERR_UNSUPPORTED, 0, "a model behind an endpoint hears nothing from here: take one with ears, such as Gemma 4 E2B");
    else
        st = tone_media_take(media_of(s), &medium, &facts, &err);
    if (st) {
        complain(s, &err);
        return;
    }
    char line[512];
    cli_media_remark(line, sizeof line, &medium, &facts);
    printf("    heard %.1f s%s%s\n", facts.seconds, *line ? ": " : "", line);
    say(s, rest, "");
}

static void act_talk(studio *s, const char *rest)
{
    tone_error err = {0};
    cli_spoken spoken;
    (void)rest;
    if (cli_voice_take(&s->voice, media_of(s), &spoken, &err)) {
        complain(s, &err);
        return;
    }
    printf("    heard %.1f s, done %.2f s after the last word\n", spoken.seconds, spoken.after_s);
    if (spoken.n_lost)
        printf("! %zu frames were lost between the microphone and here\n", spoken.n_lost);
    say(s, spoken.path, "");
}

static void act_devices(studio *s, const char *rest)
{
    tone_error err = {0};
    (void)rest;
    if (cli_voice_devices(&err))
        complain(s, &err);
}

/* ---- what the user does himself */

static void call(studio *s, const char *tool, json_t *arguments)
{
    tone_error err;
    char *text = arguments ? json_dumps(arguments, JSON_COMPACT) : NULL, *result = NULL;
    bool changed;
    json_decref(arguments);
    const tone_measures *m;
    if (tone_studio_hear(s->talk.project.studio, &m, NULL, &err) == TONE_OK)
        s->before = *m;
    tone_status st = text ? tone_studio_call(s->talk.project.studio, tool, text, &result, &changed, &err) : tone_fail(&err, TONE_ERR_ARGUMENT, 0, "that is not UTF-8");
    if (st)
        complain(s, &err);
    else
        print_members(s, result);
    if (!st && changed)
        show_change(s);
    free(text);
    free(result);
}

static void act_play(studio *s, const char *rest)
{
    tone_error err;
    tone_patch p;
    tone_sound sound;
    tone_status st = tone_studio_patch_at(s->talk.project.studio, *rest ? rest : "now", &p, &err);
    if (!st)
        st = tone_studio_render(s->talk.project.studio, &p, &sound, &err);
    if (!st) {
        st = cli_play_sound(&sound, &err);
        tone_sound_clear(&sound);
    }
    if (st)
        complain(s, &err);
}

static void act_ab(studio *s, const char *rest)
{
    tone_error err;
    if (*rest == 'a' || *rest == 'A' || *rest == 'b' || *rest == 'B') {
        char slot = (char)toupper((unsigned char)*rest);
        if (tone_history_set_slot(tone_studio_history(s->talk.project.studio), tone_studio_project(s->talk.project.studio), slot, 0, &err))
            complain(s, &err);
        else
            printf("    this step is %c now\n", slot);
        return;
    }
    int64_t slot;
    bool set = !tone_history_get_slot(tone_studio_history(s->talk.project.studio), tone_studio_project(s->talk.project.studio), 'A', &slot, NULL);
    call(s, "compare", set ? json_pack("{s:s}", "a", "A") : json_object());
}

static void act_history(studio *s, const char *action, const char *name)
{
    call(s, "history", *name ? json_pack("{s:s,s:s}", "action", action, "name", name) : json_pack("{s:s}", "action", action));
}

static void act_undo(studio *s, const char *rest)
{
    (void)rest;
    act_history(s, "undo", "");
}

static void act_redo(studio *s, const char *rest)
{
    (void)rest;
    act_history(s, "redo", "");
}

static void act_tree(studio *s, const char *rest)
{
    (void)rest;
    act_history(s, "list", "");
}

static void act_goto(studio *s, const char *rest)
{
    act_history(s, "goto", rest);
}

static void act_name(studio *s, const char *rest)
{
    act_history(s, "name", rest);
}

static void act_patch(studio *s, const char *rest)
{
    call(s, "list_parameters", *rest ? json_pack("{s:s}", "group", rest) : json_object());
}

static void act_set(studio *s, const char *rest)
{
    call(s, "set_parameters", json_pack("{s:s}", "changes", rest));
}

static void act_shape(studio *s, const char *rest)
{
    call(s, "shape", json_pack("{s:s}", "goals", rest));
}

static void act_target(studio *s, const char *rest)
{
    call(s, "shape", json_pack("{s:s}", "like", rest));
}

static void act_preset(studio *s, const char *rest)
{
    call(s, "find_presets", json_pack("{s:s,s:b}", "text", rest, "load", 1));
}

static void act_notes(studio *s, const char *rest)
{
    call(s, "render", *rest ? json_pack("{s:s}", "notes", rest) : json_object());
}

static void act_export(studio *s, const char *rest)
{
    call(s, "export", json_pack("{s:s}", "format", *rest ? rest : "wav"));
}

static void act_picture(studio *s, const char *rest)
{
    (void)rest;
    s->pictures = !s->pictures;
    printf("    pictures %s\n", s->pictures ? "on" : "off");
}

static void act_model(studio *s, const char *rest)
{
    if (*rest) {
        cli_talk next = {.model = strdup(rest), .threads = s->talk.threads, .context = s->talk.context};
        if (!next.model || cli_talk_open_model(&next, "studio")) {
            s->failed = true;
            cli_talk_close(&next);
            return;
        }
        tone_agent_close(s->talk.agent);
        tone_backend_close(s->talk.backend);
        s->talk.agent = NULL;
        s->talk.backend = next.backend;
        s->talk.model = next.model;
        free(s->talk.why);
        s->talk.why = NULL;
        if (cli_talk_open(&s->talk, "studio", show, s))
            s->quit = s->failed = true;
    }
    if (s->talk.backend)
        printf("    %s (%s)%s%s\n", tone_backend_info(s->talk.backend)->name, tone_backend_info(s->talk.backend)->where, s->talk.why ? ": " : "", s->talk.why ? s->talk.why : "");
}

static void act_quit(studio *s, const char *rest)
{
    (void)rest;
    s->quit = true;
}

static void act_help(studio *s, const char *rest);

static const struct {
    const char *name, *argument, *help;
    void (*act)(studio *s, const char *rest);
} actions[] = {
    {"ab", "[A|B]", "compare with slot A (or the step before); with a letter: keep this step there", act_ab},
    {"devices", "", "the microphones there are", act_devices},
    {"export", "[wav|flac|patch|report]", "write a file here", act_export},
    {"goto", "STEP", "go to a step, a name, a branch or root", act_goto},
    {"help", "", "this list", act_help},
    {"image", "FILE", "show a picture with the next words", act_image},
    {"listen", "FILE", "a sound file in which it is said what should change", act_listen},
    {"model", "[MODEL]", "which model answers; with a name or path: take that one", act_model},
    {"name", "NAME", "give this step a name", act_name},
    {"notes", "[C3 E3 G3]", "what is played from now on", act_notes},
    {"patch", "[GROUP]", "the parameters", act_patch},
    {"picture", "", "a spectrogram after each change, on and off", act_picture},
    {"play", "[before|original|A|B]", "through the speakers", act_play},
    {"preset", "WORDS", "load the preset that fits best", act_preset},
    {"quit", "", "leave; everything is kept", act_quit},
    {"redo", "", "forward again", act_redo},
    {"set", "filter_cutoff=800 Hz", "set parameters without the model", act_set},
    {"shape", "GOALS", "change it as described, without the model", act_shape},
    {"talk", "", "say it: a key or a pause ends the recording", act_talk},
    {"target", "FILE", "come near to a sound file", act_target},
    {"tree", "", "the steps so far", act_tree},
    {"undo", "", "one step back", act_undo},
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };

static void act_help(studio *s, const char *rest)
{
    (void)s, (void)rest;
    for (size_t i = 0; i < N_ACTIONS; i++)
        printf("  /%-8s %-26s %s\n", actions[i].name, actions[i].argument, actions[i].help);
    puts("  anything else is said to the model; Ctrl-C stops it");
}

static void command(studio *s, const char *line)
{
    size_t n = strcspn(line, " ");
    const char *rest = line + n + strspn(line + n, " ");
    for (size_t i = 0; i < N_ACTIONS; i++)
        if (strlen(actions[i].name) == n && strncmp(actions[i].name, line, n) == 0) {
            actions[i].act(s, rest);
            return;
        }
    fprintf(stderr, "there is no /%.*s; /help lists what there is\n", (int)n, line);
    s->failed = true;
}

static void welcome(const studio *s)
{
    printf("Tonesmith: say what should change about the sound, for example \"make it darker, but keep the punch\".\n"
           "Every change is measured and can be undone (/undo, /tree); /play plays, /ab compares, /export writes files.\n"
           "Sound: %s. Model: %s%s%s.\n"
           "/preset WORDS takes another sound, /model NAME another model, /help lists everything.\n"
           "Nothing leaves this machine%s.\n",
           tone_studio_patch(s->talk.project.studio)->name, tone_backend_info(s->talk.backend)->name, s->talk.why ? ", " : "", s->talk.why ? s->talk.why : "",
           tone_backend_info(s->talk.backend)->kind == TONE_BACKEND_ENDPOINT ? " but what is said, to the endpoint you named" : "");
}

static void loop(studio *s)
{
    while (!s->quit) {
        const char *line;
        size_t n;
        cli_line got = cli_input_next(s->input, "\n> ", &line, &n);
        if (got == CLI_LINE_END)
            break;
        if (got == CLI_LINE_INTERRUPTED)
            continue;
        while (*line == ' ')
            line++;
        if (*line == '/')
            command(s, line + 1);
        else if (*line)
            say(s, NULL, line);
        fflush(stdout);
    }
}

/* Whether --look can be done. */
static tone_status check_eyes(studio *s, tone_error *err)
{
    if (!media_of(s))
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "--look needs a model in this process: pictures are not sent elsewhere");
    return tone_media_need(media_of(s), TONE_INPUT_IMAGE, err);
}

int cli_studio(int argc, char **argv)
{
    studio s = {0};
    static const cli_spec spec = {"studio", "tonesmith studio [options]",
        "The conversation in the terminal: what you say changes the sound, and after every change comes what was measured. This is also "
        "what tonesmith does without a command.",
        "Lines that begin with / are commands (/help). Without a terminal, lines are read from standard input."};
    const cli_option options[] = {
        {0, "look", CLI_FLAG, &s.looks, NULL, "after a change show the model before and now as a picture; it needs eyes", 0, 0},
        CLI_VOICE_OPTIONS(s.voice),
        CLI_TALK_OPTIONS(s.talk),
        CLI_PROJECT_OPTIONS(s.talk.project),
        {0, "folder", CLI_TEXT, &s.talk.project.folder, "DIR", "where exports go (default: here)", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("studio", "'%s' is too much; say it inside, or with tonesmith say", argv[0]);
    tone_error err;
    s.input = cli_input_open(NULL);
    if (!s.input)
        return cli_misuse("studio", "no memory");
    s.person = cli_input_is_person(s.input);
    s.talk.confirm = confirm;
    s.talk.confirm_arg = &s;
    s.dim = isatty(STDOUT_FILENO) && cli_terminal_kind() != TONE_TERMINAL_PLAIN;
    s.pictures = s.dim;
    if (tone_analyzer_new(&s.ears, &err))
        rc = cli_error("studio", &err);
    else
        rc = cli_talk_open(&s.talk, "studio", show, &s);
    if (rc == 0 && s.looks && check_eyes(&s, &err))
        rc = cli_error("studio", &err);
    if (rc < 0)
        rc = 0;
    if (rc == 0) {
        signal(SIGINT, on_interrupt);
        if (s.person)
            welcome(&s);
        loop(&s);
        rc = !s.person && s.failed;
    }
    cli_scratch_clear(&s.voice.scratch);
    cli_look_clear(&s.look);
    cli_attached_clear(&s.attached);
    cli_talk_close(&s.talk);
    tone_analyzer_free(s.ears);
    cli_input_close(s.input);
    return cli_finish("studio", rc);
}

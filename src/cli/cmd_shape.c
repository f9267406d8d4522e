/* Reaching a described change, on a project or on a recording. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "cli/commands.h"
#include "cli/project.h"
#include "format/audio.h"
#include "tonesmith/sound/shape.h"

typedef struct shape {
    cli_project project;
    const char *like, *input, *out_patch, *before, *after;
    bool json;
} shape;

static tone_status write_sound(const char *path, const tone_sound *s, tone_error *err)
{
    tone_audio a = {.frames = s->frames, .n_frames = s->n_frames, .n_channels = s->n_channels, .rate_hz = s->rate};
    tone_audio_format format;
    tone_status st = tone_audio_format_find(&format, path, 24, err);
    return st ? st : tone_audio_write(path, &a, format, NULL, err);
}

/* The words of the command line as goals in their fixed form. */
static tone_status read_goals(tone_goals *goals, const tone_words *words, int argc, char **argv, tone_error *err)
{
    tone_buf b = {0};
    for (int i = 0; i < argc; i++)
        tone_buf_printf(&b, "%s%s", i ? ", " : "", argv[i]);
    tone_status st = b.failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the goals") : tone_goals_parse(goals, words, tone_buf_text(&b), err);
    tone_buf_clear(&b);
    return st;
}

static int on_project(shape *s, int argc, char **argv)
{
    tone_error err;
    int rc = cli_project_open(&s->project, "shape");
    if (rc)
        return rc;
    tone_studio *studio = s->project.studio;
    tone_status st = TONE_OK;
    const tone_sound *sound;
    if (s->before) {
        st = tone_studio_hear(studio, NULL, &sound, &err);
        if (!st)
            st = write_sound(s->before, sound, &err);
    }
    json_t *arguments = json_object();
    if (!st && argc) {
        tone_goals goals;
        char *text = NULL;
        st = read_goals(&goals, tone_studio_words(studio), argc, argv, &err);
        if (!st)
            st = tone_goals_print(&text, tone_studio_words(studio), &goals, &err);
        if (!st)
            json_object_set_new(arguments, "goals", json_string(text));
        free(text);
    }
    if (s->like)
        json_object_set_new(arguments, "like", json_string(s->like));
    char *call = json_dumps(arguments, JSON_COMPACT);
    json_decref(arguments);
    if (!st && !call)
        st = tone_fail(&err, TONE_ERR_NO_MEMORY, 0, "no memory for the call");
    if (!st)
        st = tone_studio_turn(studio, argc ? argv[0] : s->like, &err);
    rc = st ? cli_error("shape", &err) : cli_project_call(&s->project, "shape", "shape", call, s->json);
    free(call);
    if (rc == 0 && s->out_patch && tone_patch_write_file(tone_studio_patch(studio), s->out_patch, &err))
        rc = cli_error("shape", &err);
    if (rc == 0 && s->after && (tone_studio_hear(studio, NULL, &sound, &err) || write_sound(s->after, sound, &err)))
        rc = cli_error("shape", &err);
    return rc;
}

/* A recording through the effects of a patch that begins with all of them off. */
static int on_recording(shape *s, int argc, char **argv)
{
    tone_error err = {0};
    tone_words *words = NULL;
    tone_audio in = {0}, like = {0};
    tone_patch patch;
    tone_shape_result *r = NULL;
    tone_sound out = {0};
    tone_audio_limits limits = {.max_s = 60, .max_channels = 2};
    tone_patch_defaults(&patch);
    patch.values[TONE_P_LEVEL] = 0;
    tone_shape_request q = tone_shape_defaults();
    tone_status st = tone_words_open(&words, NULL, 0, &err);
    if (!st && s->project.preset)
        st = tone_preset_find(&patch, s->project.preset, &err);
    if (!st && s->project.patch_path)
        st = tone_patch_read_file(&patch, s->project.patch_path, NULL, &err);
    if (!st && argc)
        st = read_goals(&q.goals, words, argc, argv, &err);
    if (!st)
        st = tone_audio_read(&in, s->input, &limits, &err);
    if (!st && s->like)
        st = tone_audio_read(&like, s->like, &limits, &err);
    tone_sound source = {.frames = in.frames, .n_frames = in.n_frames, .n_channels = in.n_channels, .rate = in.rate_hz};
    tone_sound target = {.frames = like.frames, .n_frames = like.n_frames, .n_channels = like.n_channels, .rate = like.rate_hz};
    q.patch = &patch;
    q.source = &source;
    q.words = words;
    q.rate = source.rate;
    q.like = s->like ? &target : NULL;
    q.seed = (uint64_t)s->project.seed;
    if (!st)
        st = tone_shape(&r, &q, &err);
    if (!st && s->after) {
        st = tone_render_effects(&out, &r->patch, &source, 120, NULL, &err);
        if (!st)
            st = write_sound(s->after, &out, &err);
    }
    if (!st && s->out_patch)
        st = tone_patch_write_file(&r->patch, s->out_patch, &err);
    if (!st && s->json) {
        json_t *line = json_pack("{s:s,s:i}", "summary", r->summary, "renders", (int)r->n_renders);
        char *text = json_dumps(line, JSON_COMPACT);
        puts(text ? text : "{}");
        free(text);
        json_decref(line);
    } else if (!st) {
        puts(r->summary);
    }
    int rc = st ? cli_error("shape", &err) : cli_finish("shape", 0);
    tone_shape_free(r);
    tone_sound_clear(&out);
    tone_audio_clear(&in);
    tone_audio_clear(&like);
    tone_words_free(words);
    return rc;
}

int cli_shape(int argc, char **argv)
{
    shape s = {0};
    static const cli_spec spec = {"shape", "tonesmith shape [options] GOALS",
        "Change a sound as described: find the smallest move of parameters that gets there, by rendering and measuring. GOALS are words "
        "(darker, a bit wider, keep the punch) or the fixed form (brightness down medium; keep punch).",
        "Example:\n  tonesmith shape --preset \"Slow Honey\" \"darker, a bit wider\" --before a.wav --after b.wav\n  tonesmith history undo"};
    const cli_option options[] = {
        CLI_PROJECT_OPTIONS(s.project),
        {0, "like", CLI_TEXT, &s.like, "FILE", "come near to this sound instead", 0, 0},
        {'i', "input", CLI_TEXT, &s.input, "FILE", "change this recording by effects instead of a patch", 0, 0},
        {'o', "output", CLI_TEXT, &s.out_patch, "FILE", "write the patch", 0, 0},
        {0, "before", CLI_TEXT, &s.before, "FILE", "write how it sounded (.wav or .flac)", 0, 0},
        {0, "after", CLI_TEXT, &s.after, "FILE", "write how it sounds now (.wav or .flac)", 0, 0},
        {0, "json", CLI_FLAG, &s.json, NULL, "print one line of JSON", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc == 0 && !s.like)
        return cli_misuse("shape", "say how it should change");
    if (s.input)
        return on_recording(&s, argc, argv);
    rc = on_project(&s, argc, argv);
    cli_project_close(&s.project);
    return rc;
}

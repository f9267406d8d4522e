#include "cli/sound_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "format/audio.h"

cli_sound_args cli_sound_args_defaults(void)
{
    return (cli_sound_args){.tail_s = 8, .bpm = 120};
}

tone_status cli_sound_load(cli_sound *s, const cli_sound_args *a, tone_error *err)
{
    memset(s, 0, sizeof *s);
    tone_status st = TONE_OK;
    if (a->preset && a->patch)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "give either --preset or --patch");
    if (a->preset)
        st = tone_preset_find(&s->patch, a->preset, err);
    else if (a->patch)
        st = tone_patch_read_file(&s->patch, a->patch, &s->report, err);
    else
        tone_patch_defaults(&s->patch);
    for (int i = 0; i < a->set.n && !st; i++)
        st = tone_patch_set_text(&s->patch, a->set.items[i], &s->changes[s->n_changes++], err);
    return st;
}

static tone_status read_notes(tone_notes *notes, const cli_sound *s, const cli_sound_args *a, tone_error *err)
{
    if (!a->notes)
        return tone_notes_parse(notes, *s->patch.notes ? s->patch.notes : tone_notes_default_text(), err);
    /* Notes have an '@', or are JSON; anything else is a file. */
    if (strpbrk(a->notes, "@[{"))
        return tone_notes_parse(notes, a->notes, err);
    return tone_notes_read_file(notes, a->notes, err);
}

/* A percentage that is rewritten in place, at most five times a second. */
typedef struct progress_line {
    struct timespec last;
    bool shown;
} progress_line;

static bool show_progress(void *user, double done)
{
    progress_line *line = user;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double since = (double)(now.tv_sec - line->last.tv_sec) + 1e-9 * (double)(now.tv_nsec - line->last.tv_nsec);
    if (since > 0.2) {
        fprintf(stderr, "\r%3.0f %%", 100 * done);
        line->last = now;
        line->shown = true;
    }
    return true;
}

tone_status cli_sound_render(cli_sound *s, const cli_sound_args *a, bool show, tone_error *err)
{
    tone_render_options opt = tone_render_defaults();
    progress_line line = {0};
    tone_notes notes = {0};
    tone_audio input = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    line.last = begin;
    opt.seed = (uint64_t)a->seed;
    opt.seconds = a->seconds;
    opt.tail_s = a->tail_s;
    if (a->rate)
        opt.rate = (uint32_t)a->rate;
    if (show && isatty(STDERR_FILENO)) {
        opt.progress = show_progress;
        opt.user = &line;
    }
    tone_status st;
    if (a->input) {
        tone_audio_limits limits = tone_audio_limits_defaults();
        limits.max_channels = 2;
        st = tone_audio_read(&input, a->input, &limits, err);
        if (!st && a->rate && input.rate_hz != (uint32_t)a->rate)
            st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s has %u Hz; effects keep the rate of the input, leave out --rate",
                           a->input, input.rate_hz);
        tone_sound in = {input.frames, input.n_frames, input.n_channels, input.rate_hz};
        if (!st)
            st = tone_render_effects(&s->sound, &s->patch, &in, a->bpm, &opt, err);
    } else {
        st = read_notes(&notes, s, a, err);
        if (!st)
            st = tone_render(&s->sound, &s->patch, &notes, &opt, err);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    s->render_s = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    if (line.shown)
        fputs("\r     \r", stderr);
    tone_audio_clear(&input);
    tone_notes_clear(&notes);
    return st;
}

void cli_sound_clear(cli_sound *s)
{
    tone_sound_clear(&s->sound);
}

void cli_sound_tell(const char *command, const cli_sound *s)
{
    for (size_t i = 0; i < s->report.n && i < TONE_REPORT_LINES; i++)
        fprintf(stderr, "tonesmith %s: %s\n", command, s->report.lines[i]);
    if (s->report.n > TONE_REPORT_LINES)
        fprintf(stderr, "tonesmith %s: and %zu more of that kind\n", command, s->report.n - TONE_REPORT_LINES);
    for (int i = 0; i < s->n_changes; i++) {
        char text[128];
        if (s->changes[i].clamped)
            fprintf(stderr, "tonesmith %s: %s\n", command, tone_change_print(text, &s->changes[i]));
    }
}

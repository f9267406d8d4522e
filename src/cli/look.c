#include "cli/look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "cli/clip.h"
#include "tonesmith/sound/picture.h"

enum { SHOWN = 6, WIDTH = 800 };

static tone_clip clip_of(const tone_sound *s, const float *frames)
{
    return (tone_clip){.frames = frames, .n_frames = s->n_frames, .n_channels = s->n_channels, .rate_hz = s->rate};
}

tone_status cli_look_before(cli_look *l, tone_studio *s, tone_error *err)
{
    const tone_measures *m;
    const tone_sound *sound;
    tone_status st = tone_studio_hear(s, &m, &sound, err);
    if (st)
        return st;
    size_t bytes = sound->n_frames * sound->n_channels * sizeof *sound->frames;
    float *copy = malloc(bytes ? bytes : 1);
    if (!copy)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the sound as it was");
    memcpy(copy, sound->frames, bytes);
    cli_look_clear(l);
    l->frames = copy;
    l->measures = *m;
    l->before = clip_of(sound, copy);
    return TONE_OK;
}

void cli_look_clear(cli_look *l)
{
    free(l->frames);
    *l = (cli_look){0};
}

static void put_numbers(tone_buf *b, const tone_measures *before, const tone_measures *now)
{
    static tone_difference changes[TONE_N_METRICS];
    size_t n = tone_differences(changes, before, now), shown = 0;
    for (size_t i = 0; i < n && shown < SHOWN; i++) {
        tone_metric_info info;
        char was[32], is[32];
        if (!tone_metric_describe(&info, changes[i].metric) || !isfinite(changes[i].jnd) || fabs(changes[i].jnd) < 1)
            continue;
        tone_buf_printf(b, "%s %s to %s %s; ", info.name, cli_number(was, changes[i].before), cli_number(is, changes[i].after), info.unit);
        shown++;
    }
    if (!shown)
        tone_buf_puts(b, "nothing that can be heard; ");
}

static tone_status draw(const cli_look *l, const tone_sound *now, tone_analyzer *ears, const char *path, tone_error *err)
{
    const tone_clip clips[2] = {l->before, clip_of(now, now->frames)};
    const char *const names[2] = {"before", "now"};
    tone_picture_options o = tone_picture_options_defaults();
    o.kind = TONE_PICTURE_AB;
    o.width = WIDTH;
    tone_image *image;
    tone_status st = tone_picture_draw(&image, ears, clips, names, 2, &o, err);
    if (st)
        return st;
    st = tone_image_write_png(image, path, err);
    tone_image_free(image);
    return st;
}

tone_status cli_look_turn(cli_look *l, cli_talk *t, tone_analyzer *ears, cli_scratch *scratch, tone_turn *out, tone_error *err)
{
    *out = (tone_turn){0};
    const tone_measures *m;
    const tone_sound *sound;
    const char *path;
    tone_buf words = {0};
    tone_status st = tone_studio_hear(t->project.studio, &m, &sound, err);
    if (st || (st = cli_scratch_path(scratch, ".png", &path, err)) || (st = draw(l, sound, ears, path, err)))
        return st;
    tone_buf_puts(&words, "The picture shows the sound before and now. Measured: ");
    put_numbers(&words, &l->measures, m);
    tone_buf_puts(&words, "these numbers count, not the picture. Is it what was asked for?");
    const tone_medium picture = {.kind = TONE_INPUT_IMAGE, .path = path};
    if (words.failed)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a turn");
    else
        st = cli_talk_turn_media(t, &picture, 1, tone_buf_text(&words), out, err);
    tone_buf_clear(&words);
    return st;
}

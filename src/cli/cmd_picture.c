/* tonesmith picture: sound files as a PNG, or in the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "tonesmith/sound/picture.h"

enum { FILES_MAX = 4 };

static const cli_spec spec = {
    "picture", "tonesmith picture [options] FILE...",
    "Draw sound files: waveform, spectrogram (mel or log frequency), long-term spectrum of up to four together, or an A/B\n"
    "sheet of two.  With -o a PNG is written; otherwise the terminal shows it.",
    "A terminal that speaks kitty's or sixel graphics shows the picture itself; others show mel spectrograms in coloured\n"
    "half blocks, and in plain letters without colour (NO_COLOR, TERM=dumb, not a terminal)."};

static tone_status find_kind(tone_picture_kind *out, const char *name, int n_files, tone_error *err)
{
    if (!name)
        name = n_files == 2 ? "ab" : "mel";
    for (int k = 0; k < TONE_N_PICTURES; k++)
        if (strcmp(name, tone_picture_name((tone_picture_kind)k)) == 0) {
            *out = (tone_picture_kind)k;
            return TONE_OK;
        }
    return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there is no picture '%s': waveform, spectrogram, mel, spectrum, ab", name);
}

typedef struct wish {
    tone_picture_options picture;
    const char *output; /* NULL: the terminal */
    tone_terminal terminal;
    unsigned columns, rows;
} wish;

static tone_status print_text(char *text, tone_status st)
{
    if (!st)
        fputs(text, stdout);
    free(text);
    return st;
}

/* Graphics terminals show any kind; text shows spectrograms, one below the other. */
static tone_status show(tone_analyzer *ears, const tone_clip *clip, const char *const *name, size_t n, const wish *w, tone_error *err)
{
    char *text = NULL;
    if (w->terminal == TONE_TERMINAL_SIXEL || w->terminal == TONE_TERMINAL_KITTY) {
        tone_image *image;
        tone_status st = tone_picture_draw(&image, ears, clip, name, n, &w->picture, err);
        if (!st)
            st = tone_image_text(&text, image, w->terminal, err);
        tone_image_free(image);
        return print_text(text, st);
    }
    for (size_t i = 0; i < n; i++) {
        tone_status st = tone_picture_text(&text, ears, &clip[i], name[i], w->terminal, w->columns, w->rows, err);
        st = print_text(text, st);
        if (st)
            return st;
    }
    return TONE_OK;
}

static tone_status save(tone_analyzer *ears, const tone_clip *clip, const char *const *name, size_t n, const wish *w, tone_error *err)
{
    tone_image *image;
    tone_status st = tone_picture_draw(&image, ears, clip, name, n, &w->picture, err);
    if (!st)
        st = tone_image_write_png(image, w->output, err);
    tone_image_free(image);
    return st;
}

static tone_status draw(char **path, int n, const wish *w, tone_error *err)
{
    tone_audio audio[FILES_MAX] = {{0}};
    tone_clip clip[FILES_MAX];
    const char *name[FILES_MAX];
    tone_analyzer *ears = NULL;
    tone_status st = tone_analyzer_new(&ears, err);
    for (int i = 0; i < n && !st; i++) {
        name[i] = cli_file_name(path[i]);
        st = cli_clip_read(&clip[i], &audio[i], path[i], err);
    }
    if (!st)
        st = (w->output ? save : show)(ears, clip, name, (size_t)n, w, err);
    tone_analyzer_free(ears);
    for (int i = 0; i < n; i++)
        tone_audio_clear(&audio[i]);
    return st;
}

int cli_picture(int argc, char **argv)
{
    const char *output = NULL, *kind = NULL, *terminal = "auto";
    long width = 800, height = 0;
    const cli_option options[] = {
        {'o', "output", CLI_TEXT, &output, "FILE", "write this PNG", 0, 0},
        {'k', "kind", CLI_TEXT, &kind, "KIND", "waveform, spectrogram, mel, spectrum, ab (one file: mel, two: ab)", 0, 0},
        {'w', "width", CLI_INT, &width, "PIXELS", "width of the PNG, 160 to 4096 (800)", 160, 4096},
        {0, "height", CLI_INT, &height, "PIXELS", "height, 80 to 4096 (what suits the kind)", 80, 4096},
        {0, "terminal", CLI_TEXT, &terminal, "HOW", "without -o: auto, plain, colours, true, sixel, kitty", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc < 1 || argc > FILES_MAX)
        return cli_misuse("picture", "1 to %d files are drawn, not %d", FILES_MAX, argc);
    tone_error err;
    wish w = {.picture = {.width = (uint32_t)width, .height = (uint32_t)height}, .output = output};
    if (find_kind(&w.picture.kind, kind, argc, &err))
        return cli_misuse("picture", "%s", err.text);
    if (!output && !cli_terminal_find(&w.terminal, terminal))
        return cli_misuse("picture", "there is no terminal '%s': auto, plain, colours, true, sixel, kitty", terminal);
    bool graphics = w.terminal == TONE_TERMINAL_SIXEL || w.terminal == TONE_TERMINAL_KITTY;
    if (!output && !graphics && kind && w.picture.kind != TONE_PICTURE_MEL)
        return cli_misuse("picture", "this terminal shows mel spectrograms only; '%s' needs -o", kind);
    cli_terminal_size(&w.columns, &w.rows);
    w.columns = w.columns < 20 ? 20 : w.columns > 160 ? 160 : w.columns;
    w.rows = w.rows < 12 ? 4 : w.rows / 2 > 30 ? 30 : w.rows / 2;
    int status = draw(argv, argc, &w, &err) ? cli_error("picture", &err) : 0;
    return cli_finish("picture", status);
}

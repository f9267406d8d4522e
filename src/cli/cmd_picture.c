/* tonesmith picture: sound files as a PNG, or in the terminal. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "tonesmith/sound/picture.h"

enum { FILES_MAX = 4 };

static const cli_spec spec = {
    "picture", "tonesmith picture [options] FILE...",
    "Draw sound files: waveform, spectrogram (mel or log frequency), long-term spectrum of up to four together, or an A/B\n"
    "sheet of two.  With -o a PNG is written; otherwise the terminal shows it.",
    NULL};

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

static tone_status draw(char **path, int n, const tone_picture_options *opt, const char *output, tone_error *err)
{
    tone_audio audio[FILES_MAX] = {{0}};
    tone_clip clip[FILES_MAX];
    const char *name[FILES_MAX];
    tone_analyzer *ears = NULL;
    tone_image *image = NULL;
    tone_status st = tone_analyzer_new(&ears, err);
    for (int i = 0; i < n && !st; i++) {
        name[i] = cli_file_name(path[i]);
        st = cli_clip_read(&clip[i], &audio[i], path[i], err);
    }
    if (!st)
        st = tone_picture_draw(&image, ears, clip, name, (size_t)n, opt, err);
    if (!st)
        st = tone_image_write_png(image, output, err);
    tone_image_free(image);
    tone_analyzer_free(ears);
    for (int i = 0; i < n; i++)
        tone_audio_clear(&audio[i]);
    return st;
}

int cli_picture(int argc, char **argv)
{
    const char *output = NULL, *kind = NULL;
    long width = 800, height = 0;
    const cli_option options[] = {
        {'o', "output", CLI_TEXT, &output, "FILE", "write this PNG", 0, 0},
        {'k', "kind", CLI_TEXT, &kind, "KIND", "waveform, spectrogram, mel, spectrum, ab (one file: mel, two: ab)", 0, 0},
        {'w', "width", CLI_INT, &width, "PIXELS", "width of the PNG, 160 to 4096 (800)", 160, 4096},
        {0, "height", CLI_INT, &height, "PIXELS", "height, 80 to 4096 (what suits the kind)", 80, 4096},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc < 1 || argc > FILES_MAX)
        return cli_misuse("picture", "1 to %d files are drawn, not %d", FILES_MAX, argc);
    tone_error err;
    tone_picture_options opt = {.width = (uint32_t)width, .height = (uint32_t)height};
    if (find_kind(&opt.kind, kind, argc, &err))
        return cli_misuse("picture", "%s", err.text);
    int status = draw(argv, argc, &opt, output, &err) ? cli_error("picture", &err) : 0;
    return cli_finish("picture", status);
}

/* tonesmith compare: how far two sound files are apart. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "tonesmith/sound/picture.h"

static const cli_spec spec = {
    "compare", "tonesmith compare [options] A B",
    "Compare sound file B with the reference A: a sentence, a panel of distances, and the change of every metric in\n"
    "just noticeable differences (JND).  Both are brought to -23 LUFS and aligned first.",
    "No single distance is best for every sound; they answer different questions, so all are shown.  A change below one\n"
    "JND is not heard.  Render both sides with the same note start: the loudness of a short note depends on it."};

static void print_row(const char *label, double v, const char *unit, const char *help)
{
    char text[32];
    printf("  %-28s%11s %-8s %s\n", label, cli_number(text, v), unit, help);
}

static void print_panel(const tone_comparison *c)
{
    printf("matching\n");
    print_row("lag", (double)c->lag_samples, "samples", "B is late by this, at 48 kHz");
    print_row("gain", c->gain_lu, "LU", "A is louder by this");
    printf("panel\n");
    print_row("mr_stft", c->mr_stft, "", "spectra at three resolutions: convergence and log magnitude");
    print_row("log_mel", c->log_mel_db, "dB", "mean difference of 64 mel bands");
    print_row("mfcc_dtw", c->mfcc_dtw, "", "spectral shape, time warped");
    print_row("descriptors", c->descriptor_distance, "", "the metrics below, each over its spread");
    for (int i = 0; i < TONE_N_TERMS && c->term[i].name; i++)
        print_row(c->term[i].name, c->term[i].value, "", i ? "" : "  the largest terms of that");
    print_row("envelope", c->envelope_db, "dB", "mean difference of the envelopes");
    print_row("f0", c->f0_cents, "cents", "median difference where both have a pitch");
    print_row("voicing_mismatch", c->voicing_mismatch, "", "share of the frames where only one has a pitch");
}

static void print_changes(const tone_comparison *c, bool all)
{
    tone_difference changes[TONE_N_METRICS];
    size_t n = tone_differences(changes, &c->before, &c->after), shown = 0;
    printf("changes%35s%13s%11s  in JNDs\n", "A", "B", "");
    for (size_t i = 0; i < n; i++) {
        if (!all && !(fabs(changes[i].jnd) >= 1))
            continue;
        tone_metric_info info;
        char a[32], b[32], jnd[32];
        (void)tone_metric_describe(&info, changes[i].metric);
        snprintf(jnd, sizeof jnd, isnan(changes[i].jnd) ? "-" : "%+.1f", changes[i].jnd);
        printf("  %-38s%2s%13s %-8s%9s\n", info.name, cli_number(a, changes[i].before), cli_number(b, changes[i].after), info.unit, jnd);
        shown++;
    }
    if (!all && shown < n)
        printf("  (%zu more below one JND or defined on one side only: --all)\n", n - shown);
}

static tone_status draw(tone_analyzer *ears, const tone_clip *clip, char **path, const char *output, tone_error *err)
{
    const char *names[2] = {cli_file_name(path[0]), cli_file_name(path[1])};
    tone_picture_options opt = tone_picture_options_defaults();
    opt.kind = TONE_PICTURE_AB;
    tone_image *image;
    tone_status st = tone_picture_draw(&image, ears, clip, names, 2, &opt, err);
    if (!st)
        st = tone_image_write_png(image, output, err);
    tone_image_free(image);
    return st;
}

static tone_status compare_files(char **path, bool json, bool all, const char *picture, tone_error *err)
{
    tone_audio audio[2] = {{0}, {0}};
    tone_clip clip[2];
    tone_analyzer *ears = NULL;
    tone_comparison *c = malloc(sizeof *c);
    char *text = NULL;
    tone_compare_options opt = tone_compare_options_defaults();
    tone_measures measures[2];
    tone_status st = tone_analyzer_new(&ears, err);
    for (int i = 0; i < 2 && !st; i++) {
        st = cli_clip_read(&clip[i], &audio[i], path[i], err);
        if (!st)
            st = cli_clip_analyze(&measures[i], ears, &clip[i], path[i], err);
    }
    opt.a = &measures[0];
    opt.b = &measures[1];
    if (!st)
        st = tone_compare(c, ears, &clip[0], &clip[1], &opt, err);
    if (!st)
        st = json ? tone_comparison_json(&text, c, err) : tone_compare_sentence(&text, &c->before, &c->after, err);
    if (!st) {
        puts(text);
        if (!json && c->comparable) {
            print_panel(c);
            print_changes(c, all);
        }
    }
    if (!st && picture)
        st = draw(ears, clip, path, picture, err);
    free(text);
    tone_analyzer_free(ears);
    free(c);
    tone_audio_clear(&audio[0]);
    tone_audio_clear(&audio[1]);
    return st;
}

int cli_compare(int argc, char **argv)
{
    bool json = false, all = false;
    const char *picture = NULL;
    const cli_option options[] = {{0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
                                  {0, "all", CLI_FLAG, &all, NULL, "list changes that are not heard, too", 0, 0},
                                  {'p', "picture", CLI_TEXT, &picture, "FILE", "draw an A/B sheet into this PNG", 0, 0},
                                  {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc != 2)
        return cli_misuse("compare", "two files are compared, not %d", argc);
    tone_error err;
    int status = compare_files(argv, json, all, picture, &err) ? cli_error("compare", &err) : 0;
    return cli_finish("compare", status);
}

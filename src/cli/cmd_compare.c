/* tonesmith compare: how far two sound files are apart. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/file.h"
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "sound/metrics.h"
#include "tonesmith/sound/picture.h"
#include "tonesmith/sound/words.h"

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

static const char *size_text(const tone_word_family *f, const tone_verdict *v, char out[96])
{
    static const char *const sizes[] = {"-", "unchanged", "a little ", "", "much "};
    const char *word = v->score > 0 ? f->up : f->down;
    snprintf(out, 96, "%s%s", sizes[v->size], v->size < TONE_VERDICT_SMALL ? "" : word);
    return out;
}

typedef struct scored {
    const tone_word_family *family;
    tone_verdict verdict;
} scored;

static int larger_first(const void *a, const void *b)
{
    double x = fabs(((const scored *)a)->verdict.score), y = fabs(((const scored *)b)->verdict.score);
    return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : (x < y) - (x > y);
}

/* Families that changed, largest first. */
static tone_status print_words(const tone_comparison *c, const tone_words *words, bool all, tone_error *err)
{
    size_t n = tone_words_count(words);
    scored *list = calloc(n + 1, sizeof *list);
    if (!list)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to compare");
    for (size_t i = 0; i < n; i++)
        list[i] = (scored){tone_words_at(words, i), tone_word_score(words, i, &c->before, &c->after)};
    qsort(list, n, sizeof *list, larger_first);
    printf("words\n");
    for (size_t i = 0; i < n && (all || fabs(list[i].verdict.score) >= 1); i++) {
        char text[96], score[32];
        const tone_verdict *v = &list[i].verdict;
        snprintf(score, sizeof score, isnan(v->score) ? "-" : "%+.1f", v->score);
        printf("  %-28s%11s JNDs     %s", list[i].family->name, score, size_text(list[i].family, v, text));
        for (size_t k = 0; k < v->n_broken; k++)
            printf("%s%s", k ? ", " : "; but ", v->broken[k]->text);
        printf("\n");
    }
    free(list);
    return TONE_OK;
}

static json_t *words_json(const tone_comparison *c, const tone_words *words)
{
    json_t *all = json_object();
    for (size_t i = 0; i < tone_words_count(words); i++) {
        tone_verdict v = tone_word_score(words, i, &c->before, &c->after);
        const tone_word_family *f = tone_words_at(words, i);
        json_t *broken = json_array();
        char text[96];
        for (size_t k = 0; k < v.n_broken; k++)
            json_array_append_new(broken, json_string(v.broken[k]->name));
        json_object_set_new(all, f->name, json_pack("{s:o, s:s, s:o}", "score", isnan(v.score) ? json_null() : json_real(v.score), "text",
                                                    size_text(f, &v, text), "guards_broken", broken));
    }
    return all;
}

static tone_status print_json(const tone_comparison *c, const tone_words *words, tone_error *err)
{
    json_t *root = tone_comparison_to_json(c);
    if (root)
        json_object_set_new(root, "words", words_json(c, words));
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!text)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the report");
    puts(text);
    free(text);
    return TONE_OK;
}

static tone_status print_text(const tone_comparison *c, const tone_words *words, bool all, tone_error *err)
{
    char *text;
    tone_status st = tone_compare_sentence(&text, &c->before, &c->after, err);
    if (st)
        return st;
    puts(text);
    free(text);
    if (!c->comparable)
        return TONE_OK;
    st = print_words(c, words, all, err);
    print_panel(c);
    print_changes(c, all);
    return st;
}

/* The table of words, with the user's file on top when there is one. */
static tone_status open_words(tone_words **out, const char *path, tone_error *err)
{
    char *text = NULL;
    size_t n = 0;
    *out = NULL;
    tone_status st = path ? tone_file_read(&text, &n, path, 1 << 20, err) : TONE_OK;
    if (!st)
        st = tone_words_open(out, text, n, err);
    free(text);
    return st;
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

typedef struct wish {
    bool json, all;
    const char *picture, *words;
} wish;

static tone_status compare_files(char **path, const wish *w, tone_error *err)
{
    tone_audio audio[2] = {{0}, {0}};
    tone_clip clip[2];
    tone_analyzer *ears = NULL;
    tone_comparison *c = malloc(sizeof *c);
    tone_words *words = NULL;
    tone_compare_options opt = tone_compare_options_defaults();
    tone_measures measures[2];
    tone_status st = c ? open_words(&words, w->words, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to compare");
    if (!st)
        st = tone_analyzer_new(&ears, err);
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
        st = w->json ? print_json(c, words, err) : print_text(c, words, w->all, err);
    if (!st && w->picture)
        st = draw(ears, clip, path, w->picture, err);
    tone_words_free(words);
    tone_analyzer_free(ears);
    free(c);
    tone_audio_clear(&audio[0]);
    tone_audio_clear(&audio[1]);
    return st;
}

int cli_compare(int argc, char **argv)
{
    wish w = {.json = false};
    const cli_option options[] = {{0, "json", CLI_FLAG, &w.json, NULL, "print one line of JSON", 0, 0},
                                  {0, "all", CLI_FLAG, &w.all, NULL, "list changes that are not heard, too", 0, 0},
                                  {'p', "picture", CLI_TEXT, &w.picture, "FILE", "draw an A/B sheet into this PNG", 0, 0},
                                  {'w', "words", CLI_TEXT, &w.words, "FILE", "your own meaning of words, as JSON", 0, 0},
                                  {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc != 2)
        return cli_misuse("compare", "two files are compared, not %d", argc);
    tone_error err;
    int status = compare_files(argv, &w, &err) ? cli_error("compare", &err) : 0;
    return cli_finish("compare", status);
}

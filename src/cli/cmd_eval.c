/* How well a model drives the studio: instructions from a file, each on a fresh random patch, judged by what happened. */
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "cli/spoken.h"

static cli_judge *judging; /* for Ctrl-C */

static void on_interrupt(int signal)
{
    (void)signal;
    if (judging) {
        judging->stop = true;
        cli_talk_cancel(&judging->talk);
    }
}

static const char *const kinds[] = {"direction", "exact", "history", "question", "render", "export", "find", "refuse", "other"};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static int kind_of(const char *name)
{
    for (int k = 0; k < N_KINDS; k++)
        if (strcmp(kinds[k], name) == 0)
            return k;
    return -1;
}

/* What came of one line. */
typedef struct outcome {
    int kind;
    bool right, judged, measured, unheard;
    int calls, valid_calls;
    double seconds, change_s;
    size_t n_words, n_wrong; /* of the words that the model says it heard; 0 where it says nothing */
} outcome;

typedef struct work {
    cli_judge *j;
    cli_clips clips; /* --spoken; clips.root is NULL without it */
    bool json, verbose;
    outcome *done;
    size_t n, room;
} work;

/* ---- the table */

typedef struct tally {
    int n, right, measured, judged, valid_calls, calls, unheard;
    double seconds, change_s; /* the sum; the median of the turns that changed something, NAN for none */
    size_t n_words, n_wrong;
} tally;

static int by_double(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return (d > 0) - (d < 0);
}

/* Of one kind, or of all (-1). */
static tally sum_up(const work *w, int kind)
{
    tally t = {.change_s = NAN};
    double *changes = calloc(w->n + 1, sizeof *changes);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        const outcome *o = &w->done[i];
        if (kind >= 0 && o->kind != kind)
            continue;
        t.n++;
        t.right += o->right;
        t.measured += o->measured;
        t.judged += o->judged;
        t.valid_calls += o->valid_calls;
        t.calls += o->calls;
        t.unheard += o->unheard;
        t.seconds += o->seconds;
        t.n_words += o->n_words;
        t.n_wrong += o->n_wrong;
        if (changes && o->change_s > 0)
            changes[n++] = o->change_s;
    }
    if (n) {
        qsort(changes, n, sizeof *changes, by_double);
        t.change_s = (changes[(n - 1) / 2] + changes[n / 2]) / 2;
    }
    free(changes);
    return t;
}

/* `part` of `all` in percent; NAN of nothing. */
static double percent(size_t part, size_t all)
{
    return all ? 100.0 * (double)part / (double)all : NAN;
}

static void print_cell(int width, int decimals, double v)
{
    if (isnan(v))
        printf(" %*s", width, "-");
    else
        printf(" %*.*f", width, decimals, v);
}

static void print_row(const work *w, const char *name, const tally *t)
{
    printf("%-10s %6d", name, t->n);
    print_cell(9, 1, percent((size_t)t->right, (size_t)t->n));
    print_cell(11, 1, percent((size_t)t->measured, (size_t)t->judged));
    print_cell(9, 1, t->calls ? percent((size_t)t->valid_calls, (size_t)t->calls) : 100);
    print_cell(9, 2, t->seconds / t->n);
    if (w->clips.root) {
        print_cell(9, 2, t->change_s);
        print_cell(14, 1, percent(t->n_wrong, t->n_words));
        printf(" %8d", t->unheard);
    }
    putchar('\n');
}

static json_t *real_or_null(double v)
{
    return isnan(v) ? json_null() : json_real(v);
}

static json_t *row_json(const work *w, const tally *t)
{
    json_t *row = json_pack("{s:i,s:f,s:o,s:f,s:f}", "n", t->n, "right", percent((size_t)t->right, (size_t)t->n), "measured",
                            real_or_null(percent((size_t)t->measured, (size_t)t->judged)), "valid", t->calls ? percent((size_t)t->valid_calls, (size_t)t->calls) : 100.0,
                            "seconds", t->seconds / t->n);
    if (row && w->clips.root) {
        json_object_set_new(row, "change", real_or_null(t->change_s));
        json_object_set_new(row, "word_errors", real_or_null(percent(t->n_wrong, t->n_words)));
        json_object_set_new(row, "unheard", json_integer(t->unheard));
    }
    return row;
}

static void print_table(const work *w)
{
    json_t *out = json_object();
    if (!w->json)
        printf("%-10s %6s %9s %11s %9s %9s%s\n", "kind", "n", "right %", "measured %", "valid %", "seconds",
               w->clips.root ? "  change s  word errors %  unheard" : "");
    for (int k = 0; k <= N_KINDS; k++) {
        tally t = sum_up(w, k < N_KINDS ? k : -1);
        const char *name = k < N_KINDS ? kinds[k] : "all";
        if (t.n == 0)
            continue;
        if (w->json)
            json_object_set_new(out, name, row_json(w, &t));
        else
            print_row(w, name, &t);
    }
    char *text = w->json ? json_dumps(out, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(out);
}

/* ---- a line */

static tone_status keep(work *w, const outcome *o, tone_error *err)
{
    if (w->n == w->room) {
        size_t room = w->room ? 2 * w->room : 256;
        outcome *grown = realloc(w->done, room * sizeof *grown);
        if (!grown)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu results", room);
        w->done = grown;
        w->room = room;
    }
    w->done[w->n++] = *o;
    return TONE_OK;
}

/* Have it done; a clip that cannot be heard is a result like another. */
static tone_status try_line(work *w, const char *clip, cli_instruction *in, cli_judgement *got, tone_error *err)
{
    *got = (cli_judgement){0};
    tone_status st = clip ? cli_clips_take(&w->clips, clip, in->number, &in->clip, err) : TONE_OK;
    if (st == TONE_ERR_ARGUMENT || st == TONE_ERR_NO_MEMORY)
        return st;
    if (!st)
        return cli_judge_one(w->j, got, in, err);
    got->unheard = true;
    snprintf(got->what, sizeof got->what, "%s", err->text);
    return TONE_OK;
}

static tone_status note(work *w, const cli_instruction *in, const cli_judgement *got, tone_error *err)
{
    outcome o = {.kind = kind_of(in->kind), .right = got->right, .judged = got->judged, .measured = got->measured, .unheard = got->unheard,
        .calls = got->n_calls + got->n_refused, .valid_calls = got->n_calls, .seconds = got->seconds, .change_s = got->change_s};
    tone_status st = got->heard ? cli_word_errors(in->words, got->heard, &o.n_wrong, &o.n_words, err) : TONE_OK;
    return st ? st : keep(w, &o, err);
}

/* Judge one line; 0, or an exit status. */
static int one_line(work *w, char *line, int number)
{
    char *save = NULL, *words = strtok_r(line, "\t", &save), *clip = NULL;
    if (!words || words[0] == '#')
        return 0;
    if (w->clips.root) {
        clip = words;
        words = strtok_r(NULL, "\t", &save);
    }
    char *kind = strtok_r(NULL, "\t", &save), *expect = strtok_r(NULL, "\t", &save);
    if (!kind || kind_of(kind) < 0)
        return cli_misuse("eval", "line %d: '%s' is no kind; there are direction, exact, history, question, render, export, find, refuse, other", number, kind ? kind : "");
    cli_instruction in = {.words = words, .kind = kind, .expect = expect ? expect : "", .number = (uint64_t)number};
    cli_judgement got;
    tone_error err;
    tone_status st = try_line(w, clip, &in, &got, &err);
    if (!st && got.unheard)
        fprintf(stderr, "tonesmith eval: line %d: %s\n", number, got.what);
    else if (!st && w->verbose && (!got.right || (got.judged && !got.measured)))
        fprintf(stderr, "%s\t%s\t%s\n%s%s%s    %s\n", words, kind, in.expect, got.heard ? "    heard: " : "", got.heard ? got.heard : "", got.heard ? "\n" : "", got.what);
    if (!st)
        st = note(w, &in, &got, &err);
    free(got.heard);
    if (st == TONE_ERR_ARGUMENT || st == TONE_ERR_NOT_FOUND) {
        fprintf(stderr, "tonesmith eval: line %d: %s\n", number, err.text);
        return 2;
    }
    return st ? cli_error("eval", &err) : 0;
}

/* Where the lines are; with --spoken the model must have ears. */
static int open_lines(work *w, const char *file, const char *folder, char **text)
{
    tone_error err;
    size_t n;
    tone_status st = folder ? cli_clips_open(&w->clips, folder, &err) : TONE_OK;
    if (!st)
        st = tone_file_read(text, &n, folder ? w->clips.list : file, 64 << 20, &err);
    if (st)
        return cli_error("eval", &err);
    int rc = cli_talk_open_model(&w->j->talk, "eval");
    tone_media *m = rc || !folder ? NULL : tone_backend_media(w->j->talk.backend);
    if (rc || !folder)
        return rc;
    if (!m)
        return cli_misuse("eval", "a model behind an endpoint hears nothing from here: take one with ears");
    return tone_media_need(m, TONE_INPUT_AUDIO, &err) ? cli_error("eval", &err) : 0;
}

int cli_eval(int argc, char **argv)
{
    static cli_judge j;
    work w = {.j = &j};
    long most = 0;
    const char *spoken = NULL;
    double snr_db = NAN;
    j = (cli_judge){0};
    static const cli_spec spec = {"eval", "tonesmith eval [options] FILE.tsv | --spoken DIR",
        "Try a model with instructions from a file, each on a fresh random patch, and print how often it did the right thing. A line is "
        "INSTRUCTION <tab> KIND <tab> EXPECTATION. Kinds: direction (brightness:down, brightness:down:small, several with commas, "
        "punch:keep), exact (cutoff=800 Hz, cutoff*2, cutoff+200 Hz), history (undo, redo, goto root), question, render, export, find, "
        "refuse, other. With --spoken the lines of DIR/spoken.tsv begin with one more column, a sound file in DIR, and the model hears "
        "that instead of the instruction.",
        "right: the call that was meant was made (and nothing was changed where nothing should be).\n"
        "measured: of the directions, how often the measured change had the right sign at equal loudness.\n"
        "valid: calls whose arguments satisfied their declaration.\n"
        "Of spoken instructions: change, the median time from the end of the clip until the sound had been changed, where it was; word errors,\n"
        "where the model writes down what it heard; unheard, clips that are missing, damaged, silent or longer than 60 s, which count as wrong."};
    const cli_option options[] = {
        {0, "spoken", CLI_TEXT, &spoken, "DIR", "a folder with spoken.tsv and sound files (tools/nano/speak.py makes one)", 0, 0},
        {0, "snr", CLI_REAL, &snr_db, "DB", "with --spoken: put pink noise so far below the speech into each clip", -40, 100},
        CLI_TALK_OPTIONS(j.talk),
        {0, "seed", CLI_INT, &j.seed, "N", "of the random patches and the noise (default 0)", 0, 0},
        {'n', "lines", CLI_INT, &most, "N", "only the first N lines", 1, 1 << 24},
        {'v', "verbose", CLI_FLAG, &w.verbose, NULL, "print the lines that went wrong, and what was done", 0, 0},
        {0, "json", CLI_FLAG, &w.json, NULL, "print the table as JSON", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc != (spoken ? 0 : 1))
        return cli_misuse("eval", spoken ? "with --spoken there is no other file" : "give one file of instructions");
    if (!spoken && !isnan(snr_db))
        return cli_misuse("eval", "--snr goes with --spoken");
    char *text = NULL;
    rc = open_lines(&w, argv[0], spoken, &text);
    w.clips.noisy = !isnan(snr_db);
    w.clips.snr_db = snr_db;
    w.clips.seed = (uint64_t)j.seed;
    judging = &j;
    signal(SIGINT, on_interrupt);
    int number = 0;
    char *save = NULL;
    for (char *line = text ? strtok_r(text, "\r\n", &save) : NULL; rc == 0 && line && !j.stop && (most == 0 || number < most); line = strtok_r(NULL, "\r\n", &save)) {
        rc = one_line(&w, line, ++number);
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "\r%d ", number);
    }
    if (rc == 0 || j.stop)
        print_table(&w);
    judging = NULL;
    cli_clips_close(&w.clips);
    cli_talk_close(&j.talk);
    free(w.done);
    free(text);
    return cli_finish("eval", rc);
}

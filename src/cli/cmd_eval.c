/* How well a model drives the studio: instructions from a file, each on a fresh random patch, judged by what happened. */
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/judge.h"

static cli_judge *judging; /* for Ctrl-C */

static void on_interrupt(int signal)
{
    (void)signal;
    if (judging) {
        judging->stop = true;
        cli_talk_cancel(&judging->talk);
    }
}

typedef struct tally {
    int n, right, measured, judged, valid_calls, calls;
    double seconds;
} tally;

static const char *const kinds[] = {"direction", "exact", "history", "question", "render", "export", "find", "refuse", "other"};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static int kind_of(const char *name)
{
    for (int k = 0; k < N_KINDS; k++)
        if (strcmp(kinds[k], name) == 0)
            return k;
    return -1;
}

static void print_table(const tally *t, bool json)
{
    tally all = {0};
    json_t *out = json_object();
    if (!json)
        printf("%-10s %6s %9s %11s %9s %9s\n", "kind", "n", "right %", "measured %", "valid %", "seconds");
    for (int k = 0; k <= N_KINDS; k++) {
        const tally *row = k < N_KINDS ? &t[k] : &all;
        const char *name = k < N_KINDS ? kinds[k] : "all";
        if (row->n == 0)
            continue;
        double right = 100.0 * row->right / row->n, measured = row->judged ? 100.0 * row->measured / row->judged : NAN;
        double valid = row->calls ? 100.0 * row->valid_calls / row->calls : 100;
        if (json)
            json_object_set_new(out, name, json_pack("{s:i,s:f,s:o,s:f,s:f}", "n", row->n, "right", right, "measured", row->judged ? json_real(measured) : json_null(),
                                                     "valid", valid, "seconds", row->seconds / row->n));
        else if (row->judged)
            printf("%-10s %6d %9.1f %11.1f %9.1f %9.2f\n", name, row->n, right, measured, valid, row->seconds / row->n);
        else
            printf("%-10s %6d %9.1f %11s %9.1f %9.2f\n", name, row->n, right, "-", valid, row->seconds / row->n);
        if (k < N_KINDS) {
            all.n += row->n;
            all.right += row->right;
            all.measured += row->measured;
            all.judged += row->judged;
            all.calls += row->calls;
            all.valid_calls += row->valid_calls;
            all.seconds += row->seconds;
        }
    }
    char *text = json ? json_dumps(out, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(out);
}

/* Judge one line; 0, or an exit status. */
static int one_line(cli_judge *j, char *line, int number, tally *t, bool verbose)
{
    char *save = NULL, *words = strtok_r(line, "\t", &save), *kind = strtok_r(NULL, "\t", &save), *expect = strtok_r(NULL, "\t", &save);
    if (!words || words[0] == '#')
        return 0;
    int k = kind ? kind_of(kind) : -1;
    if (k < 0)
        return cli_misuse("eval", "line %d: '%s' is no kind; there are direction, exact, history, question, render, export, find, refuse, other", number, kind ? kind : "");
    cli_judgement got;
    tone_error err;
    tone_status st = cli_judge_one(j, &got, words, kind, expect ? expect : "", (uint64_t)number, &err);
    if (st == TONE_ERR_ARGUMENT || st == TONE_ERR_NOT_FOUND) {
        fprintf(stderr, "tonesmith eval: line %d: %s\n", number, err.text);
        return 2;
    }
    if (st)
        return cli_error("eval", &err);
    t[k].n++;
    t[k].right += got.right;
    t[k].judged += got.judged;
    t[k].measured += got.measured;
    t[k].calls += got.n_calls + got.n_refused;
    t[k].valid_calls += got.n_calls;
    t[k].seconds += got.seconds;
    if (verbose && (!got.right || (got.judged && !got.measured)))
        fprintf(stderr, "%s\t%s\t%s\n    %s\n", words, kind, expect ? expect : "", got.what);
    return 0;
}

int cli_eval(int argc, char **argv)
{
    static cli_judge j;
    bool json = false, verbose = false;
    long most = 0;
    j = (cli_judge){0};
    static const cli_spec spec = {"eval", "tonesmith eval [options] FILE.tsv",
        "Try a model with instructions from a file, each on a fresh random patch, and print how often it did the right thing. A line is "
        "INSTRUCTION <tab> KIND <tab> EXPECTATION. Kinds: direction (brightness:down, brightness:down:small, several with commas, "
        "punch:keep), exact (cutoff=800 Hz, cutoff*2, cutoff+200 Hz), history (undo, redo, goto root), question, render, export, find, "
        "refuse, other.",
        "right: the call that was meant was made (and nothing was changed where nothing should be).\n"
        "measured: of the directions, how often the measured change had the right sign at equal loudness.\n"
        "valid: calls whose arguments satisfied their declaration."};
    const cli_option options[] = {
        CLI_TALK_OPTIONS(j.talk),
        {0, "seed", CLI_INT, &j.seed, "N", "of the random patches (default 1)", 0, 0},
        {'n', "lines", CLI_INT, &most, "N", "only the first N lines", 1, 1 << 24},
        {'v', "verbose", CLI_FLAG, &verbose, NULL, "print the lines that went wrong, and what was done", 0, 0},
        {0, "json", CLI_FLAG, &json, NULL, "print the table as JSON", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc != 1)
        return cli_misuse("eval", "give one file of instructions");
    tone_error err;
    char *text = NULL;
    size_t n;
    static tally t[N_KINDS];
    memset(t, 0, sizeof t);
    if (tone_file_read(&text, &n, argv[0], 64 << 20, &err))
        return cli_error("eval", &err);
    rc = cli_talk_open_model(&j.talk, "eval");
    judging = &j;
    signal(SIGINT, on_interrupt);
    int number = 0;
    char *save = NULL;
    for (char *line = strtok_r(text, "\r\n", &save); rc == 0 && line && !j.stop && (most == 0 || number < most); line = strtok_r(NULL, "\r\n", &save)) {
        rc = one_line(&j, line, ++number, t, verbose);
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "\r%d ", number);
    }
    if (rc == 0 || j.stop)
        print_table(t, json);
    judging = NULL;
    cli_talk_close(&j.talk);
    free(text);
    return cli_finish("eval", rc);
}

/* cli/args.h - the command line: a table of options, read once, with a sentence for everything that is wrong.
 *
 *     const char *model = NULL; long n = 128; bool json = false;
 *     const cli_option options[] = {
 *         {'m', "model", CLI_TEXT, &model, "FILE", "model file, folder or name"},
 *         {'n', "tokens", CLI_INT, &n, "N", "tokens to generate", .min = 1, .max = 1 << 20},
 *         {0, "json", CLI_FLAG, &json, NULL, "print one line of JSON"},
 *         {0}};
 *     int rc = cli_parse(&spec, options, &argc, &argv);   // argv[0..argc) is what is left: positional arguments
 *     if (rc >= 0) return rc;                              // --help was printed (0) or the line was wrong (2)
 *
 * `--name value`, `--name=value`, `-n value`, `-nvalue`; `--` ends the options; a lone `-` is an argument. */
#ifndef TONE_CLI_ARGS_H
#define TONE_CLI_ARGS_H

#include "tonesmith/base.h"

typedef enum cli_kind {
    CLI_FLAG, /* bool *       */
    CLI_TEXT, /* const char **: points into argv */
    CLI_INT,  /* long *       */
    CLI_REAL, /* double *     */
    CLI_LIST, /* cli_list *: may be given several times */
    CLI_MAYBE /* const char **: --name gives "", --name=text the text; never the next argument */
} cli_kind;

enum { CLI_LIST_MAX = 64 };

typedef struct cli_list {
    const char *items[CLI_LIST_MAX];
    int at[CLI_LIST_MAX]; /* place on the line: tells which of two lists' items came first */
    int n;
} cli_list;

typedef struct cli_option {
    char letter;      /* 0 when it has none */
    const char *name; /* without dashes; NULL ends the table */
    cli_kind kind;
    void *value;
    const char *argument; /* "FILE", for --help; NULL for a flag */
    const char *help;     /* one line */
    double min, max;      /* for numbers; both 0: no bounds */
} cli_option;

typedef struct cli_spec {
    const char *name;    /* "run" */
    const char *usage;   /* "tonesmith run -m MODEL [options] TEXT" */
    const char *summary; /* what it does, a paragraph */
    const char *notes;   /* printed after the options; NULL for none */
} cli_spec;

/* -1: go on.  0: help was printed.  2: the line is wrong, and stderr says how. */
int cli_parse(const cli_spec *spec, const cli_option *options, int *argc, char ***argv);

/* Print "tonesmith NAME: text" on stderr; returns 1, the exit status of a command that failed. */
int cli_error(const char *command, const tone_error *err);

/* The same for a wrong command line; returns 2. */
int cli_misuse(const char *command, const char *fmt, ...) TONE_PRINTF(2, 3);

/* Exit status of a command whose standard output must have arrived: flushes it, and when that fails (full disk,
 * closed pipe) says so and returns 1; otherwise returns `status`. */
int cli_finish(const char *command, int status);

#endif

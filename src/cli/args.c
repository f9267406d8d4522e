#include "cli/args.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(const cli_spec *spec, const cli_option *options)
{
    printf("usage: %s\n\n%s\n\noptions:\n", spec->usage, spec->summary);
    for (const cli_option *o = options; o->name; o++) {
        char left[64];
        int n = o->letter ? snprintf(left, sizeof left, "-%c, --%s", o->letter, o->name)
                          : snprintf(left, sizeof left, "    --%s", o->name);
        if (o->argument && n > 0 && (size_t)n < sizeof left)
            snprintf(left + n, sizeof left - (size_t)n, o->kind == CLI_MAYBE ? "[=%s]" : " %s", o->argument);
        printf("  %-28s %s\n", left, o->help);
    }
    printf("  %-28s %s\n", "-h, --help", "print this and exit");
    if (spec->notes)
        printf("\n%s\n", spec->notes);
}

static const cli_option *find(const cli_option *options, const char *name, size_t n, char letter)
{
    for (const cli_option *o = options; o->name; o++)
        if (name ? strlen(o->name) == n && strncmp(o->name, name, n) == 0 : o->letter && o->letter == letter)
            return o;
    return NULL;
}

/* Store one value, argument `at` of the line; 0, or 2 after a sentence on stderr. */
static int store(const cli_spec *spec, const cli_option *o, const char *text, int at)
{
    char *end = NULL;
    errno = 0;
    switch (o->kind) {
    case CLI_FLAG:
        *(bool *)o->value = true;
        return 0;
    case CLI_TEXT:
    case CLI_MAYBE:
        *(const char **)o->value = text;
        return 0;
    case CLI_LIST: {
        cli_list *list = o->value;
        if (list->n == CLI_LIST_MAX)
            return cli_misuse(spec->name, "--%s given more than %d times", o->name, CLI_LIST_MAX);
        list->at[list->n] = at;
        list->items[list->n++] = text;
        return 0;
    }
    case CLI_INT: {
        long v = strtol(text, &end, 10);
        if (end == text || *end || errno)
            return cli_misuse(spec->name, "--%s wants a whole number, not '%s'", o->name, text);
        if ((o->min != 0 || o->max != 0) && ((double)v < o->min || (double)v > o->max))
            return cli_misuse(spec->name, "--%s %ld is outside %.0f…%.0f", o->name, v, o->min, o->max);
        *(long *)o->value = v;
        return 0;
    }
    case CLI_REAL: {
        double v = strtod(text, &end);
        if (end == text || *end || !isfinite(v))
            return cli_misuse(spec->name, "--%s wants a number, not '%s'", o->name, text);
        if ((o->min != 0 || o->max != 0) && (v < o->min || v > o->max))
            return cli_misuse(spec->name, "--%s %g is outside %g…%g", o->name, v, o->min, o->max);
        *(double *)o->value = v;
        return 0;
    }
    }
    return 2;
}

int cli_parse(const cli_spec *spec, const cli_option *options, int *argc, char ***argv)
{
    char **in = *argv;
    int n = *argc, kept = 0;
    for (int i = 0; i < n; i++) {
        char *arg = in[i];
        if (strcmp(arg, "--") == 0) {
            while (++i < n)
                in[kept++] = in[i];
            break;
        }
        if (arg[0] != '-' || arg[1] == 0) {
            in[kept++] = arg;
            continue;
        }
        if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
            print_help(spec, options);
            return cli_finish(spec->name, 0);
        }
        const cli_option *o;
        const char *value = NULL;
        if (arg[1] == '-') {
            const char *equals = strchr(arg, '=');
            size_t length = equals ? (size_t)(equals - arg) - 2 : strlen(arg) - 2;
            o = find(options, arg + 2, length, 0);
            value = equals ? equals + 1 : NULL;
            if (o && o->kind == CLI_FLAG && value)
                return cli_misuse(spec->name, "--%s takes no value", o->name);
        } else {
            o = find(options, NULL, 0, arg[1]);
            value = arg[2] ? arg + 2 : NULL;
            if (o && o->kind == CLI_FLAG && value)
                return cli_misuse(spec->name, "-%c takes no value; give options apart: '%s'", o->letter, arg);
        }
        if (!o)
            return cli_misuse(spec->name, "unknown option '%s'", arg);
        if (o->kind == CLI_MAYBE && !value)
            value = "";
        if (o->kind != CLI_FLAG && !value) {
            if (++i == n)
                return cli_misuse(spec->name, "--%s wants %s", o->name, o->argument);
            value = in[i];
        }
        int rc = store(spec, o, value, i);
        if (rc)
            return rc;
    }
    *argc = kept;
    return -1;
}

int cli_error(const char *command, const tone_error *err)
{
    fprintf(stderr, "tonesmith %s: %s\n", command, err->text);
    return 1;
}

int cli_misuse(const char *command, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "tonesmith %s: ", command);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, " (see tonesmith %s --help)\n", command);
    va_end(args);
    return 2;
}

int cli_finish(const char *command, int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "tonesmith %s: cannot write to standard output: %s\n", command, strerror(errno));
        return 1;
    }
    return status;
}

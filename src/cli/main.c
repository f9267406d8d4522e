/* The program: finds the command and hands it the rest of the line.  Exit status 0: done; 1: it failed, and stderr
 * has one line that says why; 2: the command line was wrong. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/commands.h"

static const struct command {
    const char *name, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND(name, help) {#name, help, cli_##name},
#include "cli/commands.inc"
#undef COMMAND
};

int cli_version(int argc, char **argv)
{
    static const cli_spec spec = {"version", "tonesmith version", "Print the version.", NULL};
    static const cli_option options[] = {{0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    printf("tonesmith %s\n", tone_version());
    return cli_finish("version", 0);
}

static void usage(FILE *to)
{
    fputs("usage: tonesmith                         the studio: a conversation that changes a sound\n"
          "       tonesmith COMMAND [options]     (tonesmith COMMAND --help tells more)\n\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char name[32]; /* C names have '_' where the command line has '-' */
        snprintf(name, sizeof name, "%s", commands[i].name);
        for (char *c = name; *c; c++)
            if (*c == '_')
                *c = c[1] ? '-' : 0;
        fprintf(to, "  %-14s %s\n", name, commands[i].help);
    }
}

static int same_name(const char *c_name, const char *typed)
{
    for (; *c_name && *typed; c_name++, typed++)
        if (*c_name != *typed && !(*c_name == '_' && *typed == '-'))
            return 0;
    return *c_name == *typed || (!*typed && strcmp(c_name, "_") == 0);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, and cli_finish() reports it */
    if (argc < 2)
        return cli_studio(0, argv + 1);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return cli_finish("help", 0);
    }
    if (strcmp(argv[1], "--version") == 0)
        return cli_version(argc - 2, argv + 2);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (same_name(commands[i].name, argv[1]))
            return commands[i].run(argc - 2, argv + 2);
    fprintf(stderr, "tonesmith: unknown command '%s' (see tonesmith --help)\n", argv[1]);
    return 2;
}

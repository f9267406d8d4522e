#include "cli/project.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static tone_studio *volatile interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    if (interrupted)
        tone_studio_cancel(interrupted);
}

static void show_renders(void *arg, uint32_t renders)
{
    (void)arg;
    fprintf(stderr, "\r%u renders ", renders);
}

int cli_project_open(cli_project *p, const char *command)
{
    tone_error err;
    tone_patch patch;
    tone_report report = {0};
    if (p->preset && p->patch_path)
        return cli_misuse(command, "--preset or --patch, not both");
    if (p->patch_path && tone_patch_read_file(&patch, p->patch_path, &report, &err))
        return cli_error(command, &err);
    for (size_t i = 0; i < report.n && i < TONE_REPORT_LINES; i++)
        fprintf(stderr, "tonesmith %s: %s: %s\n", command, p->patch_path, report.lines[i]);
    tone_studio_options o = {
        .history = p->forget ? ":memory:" : p->history,
        .project = p->project,
        .preset = p->preset,
        .patch = p->patch_path ? &patch : NULL,
        .notes = p->notes,
        .folder = p->folder,
        .seed = (uint64_t)p->seed,
    };
    if (tone_studio_open(&p->studio, &o, &err))
        return cli_error(command, &err);
    if (tone_studio_notice(p->studio))
        fprintf(stderr, "tonesmith %s: %s\n", command, tone_studio_notice(p->studio));
    interrupted = p->studio;
    signal(SIGINT, on_interrupt);
    if (isatty(STDERR_FILENO))
        tone_studio_on_progress(p->studio, show_renders, NULL);
    return 0;
}

void cli_project_close(cli_project *p)
{
    signal(SIGINT, SIG_DFL);
    interrupted = NULL;
    tone_studio_close(p->studio);
    p->studio = NULL;
}

int cli_project_call(cli_project *p, const char *command, const char *tool, const char *arguments, bool json)
{
    tone_error err;
    char *text;
    bool changed;
    tone_status st = tone_studio_call(p->studio, tool, arguments, &text, &changed, &err);
    if (isatty(STDERR_FILENO))
        fputs("\r            \r", stderr);
    if (st)
        return cli_error(command, &err);
    json_t *result = json_loads(text, 0, NULL);
    const char *wrong = json_string_value(json_object_get(result, "error")), *key;
    json_t *value;
    int rc = wrong ? 1 : 0;
    if (json)
        puts(text);
    else if (wrong)
        fprintf(stderr, "tonesmith %s: %s\n", command, wrong);
    else
        json_object_foreach(result, key, value)
            printf("%-10s %s\n", key, json_is_string(value) ? json_string_value(value) : "");
    json_decref(result);
    free(text);
    return cli_finish(command, rc);
}

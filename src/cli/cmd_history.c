/* Back and forth between the steps of a project. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/project.h"

typedef struct tree {
    int64_t head;
    bool json;
    json_t *list; /* with json */
} tree;

static tone_status find_head(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    *(int64_t *)arg = node->id;
    return TONE_OK;
}

static tone_status show_node(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    tree *t = arg;
    if (t->json) {
        json_array_append_new(t->list, json_pack("{s:I,s:I,s:f,s:s?,s:s?,s:s?,s:b}", "step", (json_int_t)node->id, "parent", (json_int_t)node->parent,
                                                 "at", node->at_s, "who", node->who, "why", node->why, "tool", node->tool, "here", node->id == t->head));
        return TONE_OK;
    }
    time_t at = (time_t)node->at_s;
    struct tm tm;
    char when[32] = "";
    if (localtime_r(&at, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
    char from[32] = "";
    if (node->parent)
        snprintf(from, sizeof from, "from %lld", (long long)node->parent);
    printf("%c %4lld  %-10s %s  %-15s %s\n", node->id == t->head ? '>' : ' ', (long long)node->id, from, when, node->tool ? node->tool : "", node->why ? node->why : "");
    return TONE_OK;
}

static tone_status show_label(void *arg, const char *kind, const char *name, int64_t node, tone_error *err)
{
    (void)arg, (void)err;
    printf("%-12s %s: step %lld\n", kind, name, (long long)node);
    return TONE_OK;
}

static int list(cli_project *p, bool json)
{
    tone_error err;
    tone_history *h = tone_studio_history(p->studio);
    int64_t project = tone_studio_project(p->studio);
    tree t = {.json = json, .list = json ? json_array() : NULL};
    tone_status st = tone_history_head(h, project, find_head, &t.head, &err);
    if (!st)
        st = tone_history_each(h, project, show_node, &t, &err);
    if (!st && !json)
        st = tone_history_labels(h, project, show_label, NULL, &err);
    char *text = json ? json_dumps(t.list, JSON_COMPACT) : NULL;
    if (!st && text)
        puts(text);
    free(text);
    json_decref(t.list);
    return st ? cli_error("history", &err) : cli_finish("history", 0);
}

int cli_history(int argc, char **argv)
{
    cli_project p = {0};
    bool json = false;
    static const cli_spec spec = {"history", "tonesmith history [options] [list | undo [N] | redo [N] | goto WHERE | name NAME | branch NAME | set A|B]",
        "The steps of a project: a tree, in which going back loses nothing. WHERE is a step number, root, a name or a branch. set A and "
        "set B keep the present step to compare (tonesmith call compare '{\"a\":\"A\",\"b\":\"B\"}').",
        NULL};
    const cli_option options[] = {CLI_PROJECT_OPTIONS(p), {0, "json", CLI_FLAG, &json, NULL, "print JSON", 0, 0}, {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    const char *action = argc ? argv[0] : "list", *what = argc > 1 ? argv[1] : NULL;
    static const char *const known[] = {"list", "undo", "redo", "goto", "name", "branch", "set"};
    size_t k = 0;
    while (k < sizeof known / sizeof *known && strcmp(known[k], action) != 0)
        k++;
    if (k == sizeof known / sizeof *known)
        return cli_misuse("history", "'%s' is none of list, undo, redo, goto, name, branch, set", action);
    if (argc > 2 || (k >= 3 && !what))
        return cli_misuse("history", k >= 3 && !what ? "%s needs a name" : "too many words after %s", action);
    rc = cli_project_open(&p, "history");
    if (rc == 0 && k == 0) {
        rc = list(&p, json);
    } else if (rc == 0 && k == 6) {
        tone_error err;
        if (tone_history_set_slot(tone_studio_history(p.studio), tone_studio_project(p.studio), what[1] ? '?' : what[0], 0, &err))
            rc = cli_error("history", &err);
    } else if (rc == 0) {
        json_t *arguments = json_pack("{s:s}", "action", action);
        if (k >= 3)
            json_object_set_new(arguments, "name", json_string(what));
        else if (what)
            json_object_set_new(arguments, "steps", json_integer(atoi(what)));
        char *text = json_dumps(arguments, JSON_COMPACT);
        json_decref(arguments);
        rc = cli_project_call(&p, "history", "history", text ? text : "{}", json);
        free(text);
    }
    cli_project_close(&p);
    return rc;
}

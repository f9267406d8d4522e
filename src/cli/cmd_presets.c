/* tonesmith presets: the factory sounds.  tonesmith params: what a patch is made of. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "tonesmith/sound/patch.h"

static const cli_spec presets_spec = {
    "presets", "tonesmith presets [options] [WORD...]",
    "List the factory presets, best matches first: every word is looked for in names, tags and descriptions.",
    "  tonesmith presets dark bass\n"
    "  tonesmith presets --show \"Slow Honey\" > honey.json"};

static const cli_spec params_spec = {
    "params", "tonesmith params [options] [GROUP|NAME]",
    "List the parameters of a patch: range, default and what each does to the sound.",
    "Names, ids and meanings are permanent.  Those marked * are the ones to try first."};

static int print_json(const char *command, json_t *root)
{
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    tone_error err;
    json_decref(root);
    if (!text && tone_fail(&err, TONE_ERR_NO_MEMORY, 0, "no memory for the list"))
        return cli_error(command, &err);
    puts(text);
    free(text);
    return 0;
}

static int list_presets(const char *words, bool json)
{
    size_t n_all = tone_preset_count(), *found = calloc(n_all + 1, sizeof *found);
    if (!found)
        return cli_misuse("presets", "no memory");
    size_t n = tone_preset_search(found, n_all, words);
    json_t *list = json_array();
    tone_error err;
    int status = 0;
    for (size_t i = 0; i < n && !status; i++) {
        tone_patch p;
        if (tone_preset_get(&p, found[i], &err)) {
            status = cli_error("presets", &err);
            break;
        }
        char tags[TONE_PATCH_TAGS_MAX * (TONE_PATCH_TAG_MAX + 2)] = "";
        json_t *tag_list = json_array();
        for (uint32_t t = 0; t < p.n_tags; t++) {
            snprintf(tags + strlen(tags), sizeof tags - strlen(tags), "%s%s", t ? ", " : "", p.tags[t]);
            json_array_append_new(tag_list, json_string(p.tags[t]));
        }
        if (json)
            json_array_append_new(list, json_pack("{s:s,s:o,s:s,s:s}", "name", p.name, "tags", tag_list, "about", p.about, "notes", p.notes));
        else {
            json_decref(tag_list);
            printf("%-20s %-40s %s\n", p.name, tags, p.about);
        }
    }
    if (!status && json)
        status = print_json("presets", list);
    else
        json_decref(list);
    if (!status && !n && !json)
        fprintf(stderr, "tonesmith presets: none of %zu has '%s'\n", n_all, words);
    free(found);
    return status ? status : n ? 0 : 1;
}

int cli_presets(int argc, char **argv)
{
    bool json = false;
    const char *show = NULL;
    const cli_option options[] = {{0, "show", CLI_TEXT, &show, "NAME", "print this preset as a patch", 0, 0},
                                  {0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
                                  {0}};
    int rc = cli_parse(&presets_spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (show) {
        tone_error err;
        tone_patch p;
        char *text = NULL;
        tone_status st = tone_preset_find(&p, show, &err);
        if (!st)
            st = tone_patch_write(&text, &p, &err);
        if (st)
            return cli_error("presets", &err);
        fputs(text, stdout);
        free(text);
        return cli_finish("presets", 0);
    }
    char words[256] = "";
    for (int i = 0; i < argc; i++)
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", i ? " " : "", argv[i]);
    return cli_finish("presets", list_presets(words, json));
}

/* ── params ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *split(const char *list)
{
    json_t *out = json_array();
    while (list && *list) {
        size_t n = strcspn(list, "|");
        json_array_append_new(out, json_stringn(list, n));
        list += n + (list[n] == '|');
    }
    return out;
}

static json_t *param_json(const tone_param_info *p)
{
    static const char *const curves[] = {"linear", "log", "cube", "count", "choice"};
    char text[32];
    json_t *o = json_pack("{s:i,s:s,s:s,s:s,s:f,s:f,s:f,s:s,s:b,s:s,s:o}", "id", (int)p->id, "name", p->name, "group",
                          tone_group_name(p->group), "unit", p->unit, "min", (double)p->min, "max", (double)p->max, "default",
                          (double)p->def, "curve", curves[p->curve], "core", p->core, "help", p->help, "words", split(p->words));
    if (p->choices) {
        json_object_set_new(o, "choices", split(p->choices));
        json_object_set_new(o, "default", json_string(tone_param_print(text, p->id, p->def)));
    }
    return o;
}

static void print_param(const tone_param_info *p, bool markdown)
{
    char low[32], high[32], def[32], range[96];
    if (p->choices)
        snprintf(range, sizeof range, "%s", p->choices);
    else
        snprintf(range, sizeof range, "%s to %s", tone_param_print(low, p->id, p->min), tone_param_print(high, p->id, p->max));
    for (char *c = range; *c; c++)
        if (*c == '|')
            *c = markdown ? ',' : '/';
    tone_param_print(def, p->id, p->def);
    if (markdown)
        printf("| %d | `%s`%s | %s | %s | %s |\n", (int)p->id, p->name, p->core ? " *" : "", range, def, p->help);
    else
        printf("%c %-17s %-32s %-12s %s\n", p->core ? '*' : ' ', p->name, range, def, p->help);
}

int cli_params(int argc, char **argv)
{
    bool json = false, markdown = false;
    const cli_option options[] = {{0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
                                  {0, "markdown", CLI_FLAG, &markdown, NULL, "print the tables of docs/SOUND.md", 0, 0},
                                  {0}};
    int rc = cli_parse(&params_spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc > 1)
        return cli_misuse("params", "one group or name at a time");
    const tone_param_info *only = NULL;
    int group = -1;
    for (int g = 0; argc && g < TONE_N_GROUPS; g++)
        if (strcmp(argv[0], tone_group_name((tone_group)g)) == 0)
            group = g;
    tone_error err;
    if (argc && group < 0 && tone_param_require(&only, argv[0], &err))
        return cli_error("params", &err);
    json_t *list = json_array();
    for (int g = 0; g < TONE_N_GROUPS; g++) {
        bool titled = false;
        for (int i = 0; i < TONE_N_PARAMS; i++) {
            const tone_param_info *p = tone_param_get((tone_param)i);
            if ((int)p->group != g || (group >= 0 && g != group) || (only && p != only))
                continue;
            if (!titled && markdown)
                printf("\n**%s**\n\n| id | name | range | default | what it does |\n|---|---|---|---|---|\n", tone_group_name(p->group));
            else if (!titled && !json)
                printf("%s\n", tone_group_name(p->group));
            titled = true;
            if (json)
                json_array_append_new(list, param_json(p));
            else
                print_param(p, markdown);
            if (only && !json)
                printf("  also called: %s\n", p->words);
        }
    }
    if (!json) {
        json_decref(list);
        return cli_finish("params", 0);
    }
    return cli_finish("params", print_json("params", list));
}

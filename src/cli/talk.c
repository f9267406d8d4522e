#include "cli/talk.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/memory.h"
#include "format/store.h"

/* ---- which model */

/* The members "model", "endpoint", "key_env" and "key_file" of $XDG_CONFIG_HOME/tonesmith/config.json, where it is. */
static int read_config(cli_talk *t, const char *command)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    tone_buf path = {0};
    tone_error err;
    char *text = NULL;
    size_t n;
    if (config && config[0] == '/')
        tone_buf_printf(&path, "%s/tonesmith/config.json", config);
    else if (home)
        tone_buf_printf(&path, "%s/.config/tonesmith/config.json", home);
    tone_status st = path.n ? tone_file_read(&text, &n, path.data, 1 << 16, &err) : TONE_ERR_NOT_FOUND;
    if (st == TONE_ERR_NOT_FOUND) {
        tone_buf_clear(&path);
        return 0;
    }
    json_error_t bad = {0};
    json_t *j = st ? NULL : json_loads(text, JSON_REJECT_DUPLICATES, &bad);
    free(text);
    if (!st && !json_is_object(j))
        st = tone_fail(&err, TONE_ERR_FORMAT, 0, "%s: line %d: %s", path.data, bad.line, j ? "no JSON object" : bad.text);
    const struct {
        const char *name;
        const char **value;
    } members[] = {{"model", &t->model}, {"endpoint", &t->endpoint}, {"key_env", &t->key_env}, {"key_file", &t->key_file}};
    const char *key;
    json_t *value;
    json_object_foreach(j, key, value)
    {
        size_t i = 0;
        while (i < 4 && strcmp(members[i].name, key) != 0)
            i++;
        if (!st && (i == 4 || !json_is_string(value)))
            st = tone_fail(&err, TONE_ERR_FORMAT, 0, "%s: '%s' is %s", path.data, key, i == 4 ? "none of model, endpoint, key_env, key_file" : "no text");
        else if (!st)
            *members[i].value = strdup(json_string_value(value)); /* lives as long as the program, as argv does */
    }
    json_decref(j);
    int rc = st ? cli_error(command, &err) : 0;
    if (!st && !t->why) {
        tone_buf why = {0};
        tone_buf_printf(&why, "named in %s", path.data);
        t->why = tone_buf_take(&why);
    }
    tone_buf_clear(&path);
    return rc;
}

/* The largest Gemma that fits in memory; else the small one that comes with the program. */
static tone_status choose_model(cli_talk *t, char **path, tone_error *err)
{
    *path = NULL;
    tone_store_places places;
    tone_store *store = NULL;
    tone_status st = tone_store_places_init(&places, err);
    if (st)
        return st;
    st = tone_store_scan(&store, &places, err);
    tone_store_places_clear(&places);
    if (st)
        return st;
    const tone_store_model *best = NULL, *small = NULL;
    uint64_t best_bytes = 0, room = tone_memory_available() / 10 * 8;
    int n_fit = 0, n_large = 0;
    for (size_t i = 0; i < tone_store_n(store); i++) {
        const tone_store_model *m = tone_store_at(store, i);
        tone_store_about about;
        if (tone_store_inspect(&about, m, NULL) || strncmp(about.architecture, "gemma4", 6) != 0)
            continue;
        if (strstr(m->name, "tonesmith-nano")) {
            small = m;
            continue;
        }
        uint64_t need = about.n_bytes - about.n_lookup_bytes;
        if (need > room) {
            n_large++;
            continue;
        }
        n_fit++;
        if (need > best_bytes) {
            best = m;
            best_bytes = need;
        }
    }
    tone_buf why = {0};
    if (best)
        tone_buf_printf(&why, "the largest of %d Gemma 4 model%s here that fit%s in memory", n_fit, n_fit == 1 ? "" : "s", n_fit == 1 ? "s" : "");
    else if (small && n_large)
        tone_buf_printf(&why, "the small one that comes along: %d larger here would not fit in memory", n_large);
    else if (small)
        tone_buf_puts(&why, "the small one that comes along: no other Gemma 4 model is on this machine");
    const tone_store_model *taken = best ? best : small;
    if (!taken)
        st = tone_fail(err, TONE_ERR_NOT_FOUND, 0, "no Gemma 4 model is on this machine: give one with -m, or a server with --endpoint (tonesmith models lists what was found)");
    else if (!(*path = strdup(taken->path)))
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a path");
    tone_store_free(store);
    free(t->why);
    t->why = tone_buf_take(&why);
    return st;
}

static tone_status open_endpoint(cli_talk *t, tone_error *err)
{
    tone_endpoint_options o = tone_endpoint_defaults();
    o.url = t->endpoint;
    o.model = t->model;
    o.key_env = t->key_env;
    o.key_file = t->key_file;
    char hash[17];
    tone_tools_hash(tone_studio_tools(), hash);
    o.trained_tools = t->model && strstr(t->model, "tonesmith-nano") ? hash : NULL; /* the small one behind a server */
    return tone_backend_open_endpoint(&t->backend, &o, err);
}

static tone_status open_engine(cli_talk *t, tone_error *err)
{
    char *path = NULL;
    tone_status st = t->model ? tone_store_resolve(&path, t->model, err) : choose_model(t, &path, err);
    tone_session_options o = tone_session_defaults();
    o.n_threads = (uint32_t)t->threads;
    o.context = (uint32_t)t->context;
    if (!st)
        st = tone_backend_open_engine(&t->backend, path, &o, err);
    if (!st && t->projector)
        st = tone_media_set_projector(tone_backend_media(t->backend), t->projector, err);
    free(path);
    return st;
}

int cli_talk_open_model(cli_talk *t, const char *command)
{
    tone_error err;
    bool given = t->model || t->endpoint;
    int rc = given ? 0 : read_config(t, command);
    if (rc)
        return rc;
    tone_status st = t->endpoint ? open_endpoint(t, &err) : open_engine(t, &err);
    return st ? cli_error(command, &err) : 0;
}

/* ---- the agent */

static tone_status make_call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    cli_talk *t = arg;
    if (t->confirm && !t->confirm(t->confirm_arg, name, arguments)) {
        *changed = false;
        *result = strdup("{\"error\":\"the user says that this was not meant\"}");
        return *result ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a result");
    }
    return tone_studio_call(t->project.studio, name, arguments, result, changed, err);
}

static tone_status tell_state(void *arg, char **lines, tone_error *err)
{
    cli_talk *t = arg;
    tone_buf b = {0};
    tone_status st = tone_studio_state(t->project.studio, &b, err);
    *lines = st ? NULL : tone_buf_take(&b);
    tone_buf_clear(&b);
    return st || *lines ? st : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the state of the project");
}

/* The steps of a spoken turn are called by what was heard; without memory for that they stay "(spoken)". */
static void pass_event(void *arg, const tone_agent_event *e)
{
    cli_talk *t = arg;
    tone_status named = e->kind == TONE_AGENT_HEARD ? tone_studio_turn(t->project.studio, e->text, NULL) : TONE_OK;
    (void)named;
    if (t->event)
        t->event(t->event_arg, e);
}

int cli_talk_open(cli_talk *t, const char *command, tone_agent_event_fn *event, void *event_arg)
{
    tone_error err;
    int rc = t->backend ? 0 : cli_talk_open_model(t, command);
    if (rc == 0 && !t->project.studio)
        rc = cli_project_open(&t->project, command);
    if (rc)
        return rc;
    tone_agent_options o = tone_agent_defaults();
    o.backend = t->backend;
    o.tools = tone_studio_tools();
    o.call = make_call;
    o.state = tell_state;
    o.arg = t;
    o.event = pass_event;
    o.event_arg = t;
    t->event = event;
    t->event_arg = event_arg;
    o.thinking = t->thinking;
    return tone_agent_open(&t->agent, &o, &err) ? cli_error(command, &err) : 0;
}

tone_status cli_talk_turn(cli_talk *t, const char *words, tone_turn *out, tone_error *err)
{
    return cli_talk_turn_media(t, NULL, 0, words, out, err);
}

tone_status cli_talk_turn_media(cli_talk *t, const tone_medium *media, size_t n, const char *words, tone_turn *out, tone_error *err)
{
    *out = (tone_turn){0};
    tone_status st = tone_studio_turn(t->project.studio, *words ? words : "(spoken)", err);
    return st ? st : tone_agent_turn_media(t->agent, media, n, words, out, err);
}

void cli_talk_cancel(cli_talk *t)
{
    if (t->project.studio)
        tone_studio_cancel(t->project.studio);
    if (t->agent)
        tone_agent_cancel(t->agent);
}

void cli_talk_close_project(cli_talk *t)
{
    tone_agent_close(t->agent);
    t->agent = NULL;
    cli_project_close(&t->project);
}

void cli_talk_close(cli_talk *t)
{
    cli_talk_close_project(t);
    tone_backend_close(t->backend);
    t->backend = NULL;
    free(t->why);
    t->why = NULL;
}

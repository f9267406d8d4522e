/* tonesmith models: what is on this machine, and what of it would run. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "format/store.h"
#include "tonesmith/session.h"

/* What one line says. */
typedef struct row {
    const tone_store_model *model;
    tone_store_about about;
    bool readable, runs, fits;
    uint64_t need_bytes; /* weights and a session of the default context; 0: not known */
    tone_error why;      /* when it is not readable or does not run */
} row;

static void examine(row *r, const tone_store_model *m)
{
    *r = (row){.model = m};
    if (tone_store_inspect(&r->about, m, &r->why))
        return;
    r->readable = true;
    tone_model *model;
    tone_session_cost cost;
    if (tone_model_open(&model, m->path, &(tone_model_options){.no_tokenizer = true}, &r->why))
        return;
    if (!tone_session_cost_of(&cost, model, NULL, &r->why)) {
        r->runs = true;
        r->need_bytes = r->about.n_bytes - r->about.n_lookup_bytes + cost.total_bytes;
        r->fits = r->need_bytes <= tone_memory_available();
    }
    tone_model_close(model);
}

static void put_size(char out[16], uint64_t n)
{
    if (n < 1000000000)
        snprintf(out, 16, "%.1f MB", (double)n / 1e6);
    else
        snprintf(out, 16, "%.2f GB", (double)n / 1e9);
}

static void print_row(const row *r, int name_width)
{
    char size[16], type[64] = "-";
    const char *fits = r->runs ? r->fits ? "yes" : "no" : "-";
    put_size(size, r->model->n_bytes);
    if (r->readable)
        snprintf(type, sizeof type, "%s %s", r->about.architecture, r->about.type);
    printf("%-*s %10s  %-18s %-4s  %s\n", name_width, r->model->name, size, type, fits, r->model->path);
    if (r->runs && !r->fits) {
        char need[16], have[16];
        put_size(need, r->need_bytes);
        put_size(have, tone_memory_available());
        printf("%-*s   needs %s, %s are free\n", name_width, "", need, have);
    }
    if (!r->runs)
        printf("%-*s   %s\n", name_width, "", r->why.text);
}

static json_t *row_json(const row *r)
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:I}", "name", r->model->name, "store",
                          tone_store_kind_name(r->model->store), "path", r->model->path, "format",
                          r->model->is_folder ? "safetensors" : "gguf", "size_bytes", (json_int_t)r->model->n_bytes);
    if (r->readable) {
        json_object_set_new(o, "architecture", json_string(r->about.architecture));
        json_object_set_new(o, "type", json_string(r->about.type));
        json_object_set_new(o, "tensors", json_integer((json_int_t)r->about.n_tensors));
    }
    json_object_set_new(o, "runs", json_boolean(r->runs));
    if (r->runs) {
        json_object_set_new(o, "fits", json_boolean(r->fits));
        json_object_set_new(o, "need_bytes", json_integer((json_int_t)r->need_bytes));
    } else {
        json_object_set_new(o, "why", json_string(r->why.text));
    }
    return o;
}

static void print_all(const tone_store *s, const char *only)
{
    int width = 4;
    for (size_t i = 0; i < tone_store_n(s); i++) {
        int n = (int)strlen(tone_store_at(s, i)->name);
        width = n > width ? n > 60 ? 60 : n : width;
    }
    bool any = false;
    for (size_t i = 0; i < tone_store_n(s); i++) {
        row r;
        const tone_store_model *m = tone_store_at(s, i);
        if (only && !strcasestr(m->name, only))
            continue;
        if (!any)
            printf("%-*s %10s  %-18s %-4s  %s\n", width, "NAME", "SIZE", "TYPE", "FITS", "PATH");
        any = true;
        examine(&r, m);
        print_row(&r, width);
    }
    if (!any)
        printf(only ? "no model with '%s' in its name was found\n" : "no models were found%s\n", only ? only : "");
}

static int print_json(const tone_store *s, const char *only)
{
    json_t *list = json_array(), *notes = json_array();
    for (size_t i = 0; i < tone_store_n(s); i++) {
        row r;
        const tone_store_model *m = tone_store_at(s, i);
        if (only && !strcasestr(m->name, only))
            continue;
        examine(&r, m);
        json_array_append_new(list, row_json(&r));
    }
    for (size_t i = 0; i < tone_store_n_notes(s); i++)
        json_array_append_new(notes, json_string(tone_store_note(s, i)));
    json_t *all = json_pack("{s:o, s:o, s:I}", "models", list, "notes", notes, "memory_available_bytes",
                            (json_int_t)tone_memory_available());
    char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
    json_decref(all);
    if (!text) {
        fprintf(stderr, "tonesmith models: no memory for the list\n");
        return 1;
    }
    puts(text);
    free(text);
    return 0;
}

int cli_models(int argc, char **argv)
{
    static const cli_spec spec = {
        "models", "tonesmith models [options] [TEXT]",
        "List the models on this machine (those with TEXT in their names): GGUF files and Hugging Face folders, used "
        "in\n"
        "place where Ollama, LM Studio, the Hugging Face cache and llama.cpp keep them, in the folders of\n"
        "TONESMITH_MODELS, and the project's own.  A name of the list can follow -m wherever a model is asked for; so "
        "can\n"
        "its last part, and \"repository:Q4_0\".",
        "FITS: whether the weights and a session of the default context fit in the memory that is free now.\n"
        "tonesmith doctor shows the folders."};
    bool json = false;
    const cli_option options[] = {{0, "json", CLI_FLAG, &json, NULL, "print JSON", 0, 0}, {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc > 1)
        return cli_misuse("models", "unexpected argument '%s'", argv[1]);
    const char *only = argc ? argv[0] : NULL;
    tone_store_places places;
    tone_store *s;
    tone_error err;
    if (tone_store_places_init(&places, &err))
        return cli_error("models", &err);
    tone_status st = tone_store_scan(&s, &places, &err);
    tone_store_places_clear(&places);
    if (st)
        return cli_error("models", &err);
    rc = 0;
    if (json)
        rc = print_json(s, only);
    else
        print_all(s, only);
    for (size_t i = 0; i < tone_store_n_notes(s) && !json; i++)
        fprintf(stderr, "tonesmith models: %s\n", tone_store_note(s, i));
    tone_store_free(s);
    return cli_finish("models", rc);
}

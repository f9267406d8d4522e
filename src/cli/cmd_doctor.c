/* tonesmith doctor: what this machine has for us. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "format/store.h"
#include "kern/kern.h"

typedef struct findings {
    cli_machine machine;
    cli_library libraries[CLI_LIBRARIES_MAX];
    int n_libraries;
    const char *chosen; /* kernels that a model would run with */
    tone_store_places places;
    tone_store *store;
} findings;

static tone_status look(findings *f, tone_error *err)
{
    cli_machine_describe(&f->machine);
    f->n_libraries = cli_machine_libraries(f->libraries);
    tone_kern k;
    (void)tone_kern_select(&k, getenv("TONESMITH_CPU"));
    f->chosen = k.name;
    tone_status st = tone_store_places_init(&f->places, err);
    return st ? st : tone_store_scan(&f->store, &f->places, err);
}

static bool works(const char *kernels)
{
    tone_kern k;
    return tone_kern_select(&k, kernels);
}

static size_t models_in(const findings *f, tone_store_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < tone_store_n(f->store); i++)
        n += tone_store_at(f->store, i)->store == kind;
    return n;
}

static void print_text(const findings *f)
{
    const cli_machine *m = &f->machine;
    printf("tonesmith   %s\n", tone_version());
    printf("processor   %s\n", m->processor);
    printf("            %d threads, %d may be used", m->n_cores, m->n_usable);
    if (m->quota > 0)
        printf(", %.3g of them at a time", m->quota);
    printf("\n           ");
    for (int i = 0; i < m->n_features; i++)
        printf(" %s", m->features[i]);
    printf("%s\n", m->n_features ? "" : " no vector instructions that are used");
    printf("kernels     %s; there are", f->chosen);
    for (size_t i = 0; tone_kern_name(i); i++)
        if (works(tone_kern_name(i)))
            printf(" %s", tone_kern_name(i));
    printf(" (TONESMITH_CPU=NAME chooses)\n");
    printf("memory      %.2f GB, %.2f GB free\n", (double)tone_memory_total() / 1e9,
           (double)tone_memory_available() / 1e9);
    printf("libraries   ");
    for (int i = 0; i < f->n_libraries; i++) {
        const cli_library *l = &f->libraries[i];
        printf("%s%s %s",
               i == 0       ? ""
               : i % 5 == 0 ? ",\n            "
                            : ", ",
               l->name, l->found ? l->version : "(without)");
    }
    printf("\nmodels      ");
    for (int k = 0; k < TONE_STORE_KINDS; k++)
        printf("%s%-13s %4zu  %s\n", k ? "            " : "", tone_store_kind_name((tone_store_kind)k),
               models_in(f, (tone_store_kind)k), f->places.roots[k]);
    for (size_t i = 0; i < tone_store_n_notes(f->store); i++)
        printf("%s%s\n", i ? "            " : "notes       ", tone_store_note(f->store, i));
}

static json_t *folders_json(const char *list)
{
    json_t *folders = json_array();
    while (*list) {
        size_t n = strcspn(list, ":");
        if (n)
            json_array_append_new(folders, json_stringn(list, n));
        list += n + (list[n] == ':');
    }
    return folders;
}

static int print_json(const findings *f)
{
    const cli_machine *m = &f->machine;
    json_t *features = json_array(), *found = json_array(), *libraries = json_object(), *stores = json_array();
    json_t *notes = json_array();
    for (int i = 0; i < m->n_features; i++)
        json_array_append_new(features, json_string(m->features[i]));
    for (size_t i = 0; tone_kern_name(i); i++)
        if (works(tone_kern_name(i)))
            json_array_append_new(found, json_string(tone_kern_name(i)));
    for (int i = 0; i < f->n_libraries; i++)
        json_object_set_new(libraries, f->libraries[i].name,
                            f->libraries[i].found ? json_string(f->libraries[i].version) : json_null());
    for (int k = 0; k < TONE_STORE_KINDS; k++)
        json_array_append_new(stores, json_pack("{s:s, s:o, s:I}", "store", tone_store_kind_name((tone_store_kind)k),
                                                "folders", folders_json(f->places.roots[k]), "models",
                                                (json_int_t)models_in(f, (tone_store_kind)k)));
    for (size_t i = 0; i < tone_store_n_notes(f->store); i++)
        json_array_append_new(notes, json_string(tone_store_note(f->store, i)));
    json_t *all =
        json_pack("{s:s, s:{s:s, s:i, s:i, s:f, s:o}, s:{s:s, s:o}, s:{s:I, s:I}, s:o, s:o, s:o}", "version",
                  tone_version(), "processor", "name", m->processor, "threads", m->n_cores, "usable", m->n_usable,
                  "quota", m->quota, "features", features, "kernels", "chosen", f->chosen, "there", found, "memory",
                  "total_bytes", (json_int_t)tone_memory_total(), "available_bytes",
                  (json_int_t)tone_memory_available(), "libraries", libraries, "stores", stores, "notes", notes);
    char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
    json_decref(all);
    if (!text) {
        fprintf(stderr, "tonesmith doctor: no memory for the report\n");
        return 1;
    }
    puts(text);
    free(text);
    return 0;
}

int cli_doctor(int argc, char **argv)
{
    static const cli_spec spec = {"doctor", "tonesmith doctor [options]",
                                  "Show what this machine has for Tonesmith: the processor and the kernels chosen for "
                                  "it, memory, the libraries found,\n"
                                  "and the folders in which models are looked for.",
                                  NULL};
    bool json = false;
    const cli_option options[] = {{0, "json", CLI_FLAG, &json, NULL, "print JSON", 0, 0}, {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("doctor", "unexpected argument '%s'", argv[0]);
    findings f = {0};
    tone_error err;
    if (look(&f, &err))
        rc = cli_error("doctor", &err);
    else if (json)
        rc = print_json(&f);
    else
        print_text(&f);
    tone_store_free(f.store);
    tone_store_places_clear(&f.places);
    return cli_finish("doctor", rc > 0 ? rc : 0);
}

/* What a model is and what it takes. */
#include <stdio.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/engine.h"

static double mb(uint64_t n_bytes)
{
    return (double)n_bytes / (1 << 20);
}

static void print_model(const tone_model *m)
{
    const tone_model_facts *f = tone_model_info(m);
    printf("name          %s\n", f->name);
    printf("architecture  %s%s%s\n", f->architecture, *f->variant ? ", the shape of " : "", f->variant);
    printf("parameters    %.2f billion, %.0f MB\n", (double)f->n_parameters / 1e9, mb(f->weight_bytes));
    printf("layers        %u: %u see all, %u a window of %u tokens", f->n_layers, f->n_full_layers, f->n_layers - f->n_full_layers,
           f->window);
    if (f->n_shared_layers)
        printf("; the last %u share keys and values", f->n_shared_layers);
    printf("\nwidth         %u, %u heads\n", f->hidden, f->n_heads);
    if (f->n_experts)
        printf("experts       %u, %u a token\n", f->n_experts, f->n_experts_used);
    if (f->ple_width)
        printf("per layer     embeddings of %u values, looked up\n", f->ple_width);
    const tone_tokenizer *t = tone_model_tokenizer(m);
    printf("vocabulary    %u%s\n", f->vocab, t ? "" : ", no tokenizer beside the weights: ids only");
    printf("context       up to %u tokens\n", f->max_context);
    printf("tensors      ");
    for (uint32_t i = 0; i < f->n_types; i++)
        printf("%s %u %s (%.0f MB)", i ? "," : "", f->types[i].n_tensors, f->types[i].type, mb(f->types[i].n_bytes));
    printf("\n");
}

/* A row for each context: what its session would take. */
static int print_costs(const cli_engine *e, tone_session_options o)
{
    tone_error err = {0};
    uint32_t max = tone_model_info(e->model)->max_context, asked = o.context;
    uint64_t available = tone_memory_available();
    printf("\n%10s %16s %12s %12s %12s   (%.0f MB available)\n", "context", "keys and values", "activations", "checkpoints", "together",
           mb(available));
    for (uint32_t n = asked ? asked : max < 2048 ? max : 2048;; n = n > max / 4 && n < max ? max : n * 4) {
        tone_session_cost cost;
        o.context = n;
        if (tone_session_cost_of(&cost, e->model, &o, &err))
            return cli_error("info", &err);
        printf("%10u %13.0f MB %9.0f MB %9.0f MB %9.0f MB%s\n", n, mb(cost.cache_bytes), mb(cost.work_bytes), mb(cost.checkpoint_bytes),
               mb(cost.total_bytes), cost.total_bytes > available ? "   does not fit" : "");
        if (n >= max || asked)
            break;
    }
    return 0;
}

int cli_info(int argc, char **argv)
{
    cli_engine e = {0};
    static const cli_spec spec = {"info", "tonesmith info MODEL [options]",
        "Tell what a model is, which types its tensors have, and what sessions of different contexts take before anything is "
        "allocated.",
        NULL};
    const cli_option options[] = {CLI_MODEL_OPTION(e), CLI_ENGINE_OPTIONS(e), {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (!e.model_path && argc) {
        e.model_path = argv[0];
        argc--;
        argv++;
    }
    if (argc)
        return cli_misuse("info", "unexpected argument '%s'", argv[0]);
    tone_session_options o;
    rc = cli_engine_session_options(&e, "info", &o);
    if (!rc)
        rc = cli_engine_open(&e, "info", true);
    if (!rc) {
        print_model(e.model);
        rc = print_costs(&e, o);
    }
    cli_engine_close(&e);
    return rc ? rc : cli_finish("info", 0);
}

/* Logits of given ids, in a file that a reference can be compared with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/engine.h"
#include "cli/media.h"
#include "format/safetensors.h"
#include "tonesmith/respond.h"

typedef struct rows {
    float *logits; /* (n, vocab) */
    size_t first, n, vocab;
} rows;

static bool take(void *arg, size_t position, const float *logits)
{
    rows *r = arg;
    memcpy(r->logits + (position - r->first) * r->vocab, logits, r->vocab * sizeof *logits);
    return true;
}

static int write_rows(const rows *r, const char *path)
{
    tone_error err = {0};
    tone_tensor t = {.name = "logits", .name_n = 6, .type = TONE_TYPE_F32, .n_dims = 2, .dims = {r->n, r->vocab}};
    t.data = (const uint8_t *)r->logits;
    t.n_values = (uint64_t)r->n * r->vocab;
    t.n_bytes = t.n_values * sizeof(float);
    if (tone_safetensors_write(path, &t, 1, &err))
        return cli_error("logits", &err);
    fprintf(stderr, "%s: logits F32 (%zu, %zu)\n", path, r->n, r->vocab);
    return 0;
}

static int evaluate(cli_engine *e, const tone_input *p, size_t n_rows, const char *path)
{
    tone_error err = {0};
    rows r = {.first = p->n - n_rows, .n = n_rows, .vocab = tone_model_info(e->model)->vocab};
    r.logits = calloc(n_rows * r.vocab, sizeof *r.logits);
    if (!r.logits) {
        fprintf(stderr, "tonesmith logits: no memory for %zu rows of %zu logits (--last N asks for fewer)\n", r.n, r.vocab);
        return 1;
    }
    int rc = tone_session_score(e->session, p, n_rows, take, &r, &err) ? cli_error("logits", &err) : write_rows(&r, path);
    free(r.logits);
    return rc;
}

int cli_logits(int argc, char **argv)
{
    cli_engine e = {0};
    cli_media media = {0};
    const char *ids_text = NULL, *path = NULL;
    long last = 0;
    static const cli_spec spec = {"logits", "tonesmith logits -m MODEL --ids 2,10,11 --out FILE.safetensors [options]",
        "Evaluate token ids and write the logits after each of them: tensor `logits`, F32, (positions, vocabulary), "
        "after the soft cap.",
        "With --image or --audio the ids hold a placeholder for each soft token; they are filled in order, those of images and of "
        "videos with the pictures, those of audio with the sounds."};
    const cli_option options[] = {
        CLI_MODEL_OPTION(e),
        {0, "ids", CLI_TEXT, &ids_text, "LIST", "token ids, with commas between them", 0, 0},
        {'o', "out", CLI_TEXT, &path, "FILE", "the .safetensors file to write", 0, 0},
        {0, "last", CLI_INT, &last, "N", "only the last N positions (default: all)", 1, 1 << 24},
        CLI_MEDIA_OPTIONS(media),
        CLI_MEDIA_RESIZE_OPTION(media),
        CLI_ENGINE_OPTIONS(e),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("logits", "unexpected argument '%s'", argv[0]);
    if (!ids_text || !path)
        return cli_misuse("logits", "%s is missing", ids_text ? "--out FILE" : "--ids LIST");
    tone_token_list ids = {0};
    tone_media_prompt p = {0};
    rc = cli_media_order(&media, "logits");
    if (!rc)
        rc = cli_parse_ids("logits", ids_text, &ids);
    if (!rc && (size_t)last > ids.n)
        rc = cli_misuse("logits", "--last %ld of %zu ids", last, ids.n);
    if (!rc)
        rc = cli_engine_open(&e, "logits", false);
    if (!rc && media.n)
        rc = cli_media_open(&media, &e, "logits");
    if (!rc && media.n)
        rc = cli_media_take(&media, "logits");
    if (!rc && media.n)
        rc = cli_media_fill(&media, &p, &ids, "logits");
    const tone_input input = media.n ? tone_media_input(&p) : (tone_input){.ids = ids.ids, .n = ids.n};
    if (!rc) {
        cli_media_fit(&e, p.longest);
        rc = cli_engine_start(&e, "logits", ids.n);
    }
    if (!rc)
        rc = evaluate(&e, &input, last ? (size_t)last : ids.n, path);
    cli_media_close(&media);
    tone_media_prompt_clear(&p);
    cli_engine_close(&e);
    tone_token_list_clear(&ids);
    return rc;
}

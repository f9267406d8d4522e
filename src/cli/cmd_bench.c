/* How fast a model reads and writes on this machine: random tokens, as other programs' benches use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "cli/commands.h"
#include "cli/engine.h"

typedef struct result {
    double load_s, ttft_s, pp, tg; /* tokens a second */
    double rss_mb, anon_mb;
} result;

/* A field of /proc/self/status in MB; 0 where there is none. */
static double status_mb(const char *field)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    double kb = 0;
    size_t n = strlen(field);
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, field, n) == 0 && line[n] == ':')
            kb = strtod(line + n + 1, NULL);
    if (f)
        fclose(f);
    return kb / 1024;
}

static int failed(const tone_error *err)
{
    return cli_error("bench", err);
}

/* The first reading is cold (pages of the file are touched for the first time) and counts for ttft_s; the second counts
 * for pp.  Generation starts from an empty session, one warm-up token first. */
static int measure(cli_engine *e, size_t pp, size_t tg, uint64_t seed, double start, result *r)
{
    tone_error err = {0};
    uint32_t vocab = tone_model_info(e->model)->vocab;
    tone_random random;
    tone_random_seed(&random, seed);
    tone_token *ids = malloc((pp + tg + 1) * sizeof *ids);
    if (!ids) {
        fprintf(stderr, "tonesmith bench: no memory for %zu ids\n", pp + tg);
        return 1;
    }
    for (size_t i = 0; i < pp + tg + 1; i++)
        ids[i] = i ? (tone_token)tone_random_below(&random, vocab) : 2 % vocab;
    int rc = 0;
    double t0 = cli_now_s();
    if (tone_session_sync(e->session, ids, pp, &err))
        rc = failed(&err);
    r->ttft_s = cli_now_s() - start;
    r->pp = (double)pp / (cli_now_s() - t0);
    if (!rc) {
        tone_session_reset(e->session);
        t0 = cli_now_s();
        if (tone_session_sync(e->session, ids, pp, &err))
            rc = failed(&err);
        double warm = (double)pp / (cli_now_s() - t0);
        r->pp = warm > r->pp ? warm : r->pp;
    }
    tone_session_reset(e->session);
    if (!rc && tone_session_append(e->session, ids, 1, &err))
        rc = failed(&err);
    t0 = cli_now_s();
    for (size_t i = 0; i < tg && !rc; i++)
        if (tone_session_append(e->session, ids + pp + i, 1, &err))
            rc = failed(&err);
    r->tg = tg ? (double)tg / (cli_now_s() - t0) : 0;
    free(ids);
    return rc;
}

int cli_bench(int argc, char **argv)
{
    double start = cli_now_s();
    cli_engine e = {0};
    long pp = 512, tg = 32, seed = 1;
    bool json = false;
    static const cli_spec spec = {"bench", "tonesmith bench -m MODEL [--pp N] [--tg N] [--json]",
        "Measure reading a prompt (pp) and generating (tg) in tokens a second, the time to load, the time from the start of the "
        "program to the logits of a first, cold prompt (ttft), and peak memory.",
        "Other programs on the machine spoil the figures: compare runs that alternate, not runs of different hours."};
    const cli_option options[] = {
        CLI_MODEL_OPTION(e),
        {'p', "pp", CLI_INT, &pp, "N", "prompt length (default 512)", 1, 1 << 20},
        {'n', "tg", CLI_INT, &tg, "N", "tokens to generate (default 32)", 0, 1 << 20},
        {0, "seed", CLI_INT, &seed, "N", "of the random ids (default 1)", 0, 0},
        {0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
        CLI_ENGINE_OPTIONS(e),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("bench", "unexpected argument '%s'", argv[0]);
    rc = cli_engine_open(&e, "bench", true);
    if (!rc)
        rc = cli_engine_start(&e, "bench", (size_t)(pp > tg ? pp : tg) + 1);
    result r = {.load_s = cli_now_s() - start};
    if (!rc)
        rc = measure(&e, (size_t)pp, (size_t)tg, (uint64_t)seed, start, &r);
    cli_engine_close(&e);
    if (rc)
        return rc;
    r.rss_mb = status_mb("VmHWM");
    r.anon_mb = status_mb("RssAnon");
    if (json)
        printf("{\"pp\":%.3f,\"tg\":%.3f,\"load_s\":%.4f,\"ttft_s\":%.4f,\"rss_mb\":%.1f,\"anon_mb\":%.1f,\"n_prompt\":%ld,\"n_gen\":%ld}\n", r.pp,
               r.tg, r.load_s, r.ttft_s, r.rss_mb, r.anon_mb, pp, tg);
    else
        printf("prompt      %10.1f tokens/s (%ld tokens)\ngeneration  %10.2f tokens/s (%ld tokens)\nload        %10.3f s\n"
               "first token %10.3f s from the start of the program, cold\nmemory      %10.0f MB at most, file pages included\n",
               r.pp, pp, r.tg, tg, r.load_s, r.ttft_s, r.rss_mb);
    return cli_finish("bench", 0);
}

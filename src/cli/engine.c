#include "cli/engine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/model_path.h"

/* The session that Ctrl-C stops; a second Ctrl-C ends the program as usual. */
static tone_session *volatile interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    tone_session *s = interrupted;
    if (s)
        tone_session_cancel(s);
}

double cli_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int cli_engine_open(cli_engine *e, const char *command, bool tokenizer)
{
    tone_error err = {0};
    if (!e->model_path)
        return cli_misuse(command, "-m MODEL is missing");
    int rc = cli_model_path(command, e->model_path, &e->path);
    if (!rc && tone_model_open(&e->model, e->path, &(tone_model_options){.no_tokenizer = !tokenizer}, &err))
        rc = cli_error(command, &err);
    return rc;
}

int cli_engine_session_options(const cli_engine *e, const char *command, tone_session_options *out)
{
    *out = tone_session_defaults();
    out->n_threads = (uint32_t)e->threads;
    out->context = (uint32_t)e->context;
    out->batch = (uint32_t)e->batch;
    out->exact = e->exact;
    out->low_priority = e->low_priority;
    const char *cache = e->cache ? e->cache : e->exact ? "f32" : "f16";
    if (strcmp(cache, "f16") == 0)
        out->cache = TONE_CACHE_F16;
    else if (strcmp(cache, "f32") == 0)
        out->cache = TONE_CACHE_F32;
    else if (strcmp(cache, "q8_0") == 0)
        out->cache = TONE_CACHE_Q8_0;
    else
        return cli_misuse(command, "--kv is f16, f32 or q8_0, not '%s'", cache);
    return 0;
}

static void show_progress(void *arg, size_t n_done, size_t n_all)
{
    (void)arg;
    if (n_done < n_all)
        fprintf(stderr, "\rprompt: %zu of %zu tokens ", n_done, n_all);
    else
        fprintf(stderr, "\r%40s\r", "");
}

int cli_engine_start(cli_engine *e, const char *command, size_t least)
{
    tone_error err = {0};
    tone_session_options o;
    int rc = cli_engine_session_options(e, command, &o);
    if (rc)
        return rc;
    uint32_t max = tone_model_info(e->model)->max_context;
    if (!o.context && least > 0) {
        o.context = least > max ? max : (uint32_t)least;
        if (o.context < 16)
            o.context = max < 16 ? max : 16;
    }
    if (tone_session_open(&e->session, e->model, &o, &err))
        return cli_error(command, &err);
    if (isatty(STDERR_FILENO))
        tone_session_on_progress(e->session, show_progress, NULL);
    interrupted = e->session;
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    return 0;
}

void cli_engine_close(cli_engine *e)
{
    interrupted = NULL;
    tone_session_close(e->session);
    tone_model_close(e->model);
    free(e->path);
    e->path = NULL;
    e->session = NULL;
    e->model = NULL;
}

int cli_parse_ids(const char *command, const char *text, tone_token_list *out)
{
    tone_error err = {0};
    const char *at = text;
    for (;;) {
        char *end;
        errno = 0;
        unsigned long id = strtoul(at, &end, 10);
        if (end == at || *at == '-' || errno || id > INT32_MAX || (*end && *end != ','))
            return cli_misuse(command, "--ids wants numbers with commas between them, not '%s'", text);
        if (tone_token_list_push(out, (tone_token)id, &err))
            return cli_error(command, &err);
        if (!*end)
            return 0;
        at = end + 1;
    }
}

/* One turn with an endpoint, printed: for tools/dev/check_endpoint.sh and for trying a server by hand.
 *
 *     hold_turn URL TOOLS.json trained|- WORDS
 *
 * "trained" says that its model knows these tools without being told.  The calls are made up: every one "works". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tonesmith/agent.h"

static tone_status call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    (void)arg, (void)name, (void)arguments, (void)err;
    *changed = true;
    *result = strdup("{\"moved\":\"filter_cutoff 4.2 kHz to 1.8 kHz\",\"reached\":\"brightness down 0.9 octaves\"}");
    return TONE_OK;
}

static tone_status state(void *arg, char **lines, tone_error *err)
{
    (void)arg, (void)err;
    *lines = strdup("patch Warm Strings\nsound centroid 1240 Hz; width -12.0 dB; attack 35 ms; loudness -18.0 LUFS");
    return TONE_OK;
}

static void event(void *arg, const tone_agent_event *e)
{
    (void)arg;
    if (e->kind == TONE_AGENT_CALL)
        printf("call %s %s\n", e->name, e->arguments);
    else if (e->kind == TONE_AGENT_RESULT && !e->made)
        printf("refused %s: %s\n", e->name, e->text);
    else if (e->kind == TONE_AGENT_WARNING)
        printf("warning: %s\n", e->text);
}

static tone_status run(const char *url, const char *tools, bool trained, const char *words, tone_error *err)
{
    tone_backend *b;
    tone_agent *a = NULL;
    char hash[17];
    tone_endpoint_options e = tone_endpoint_defaults();
    tone_tools_hash(tools, hash);
    e.url = url;
    e.trained_tools = trained ? hash : NULL;
    tone_status st = tone_backend_open_endpoint(&b, &e, err);
    if (st)
        return st;
    tone_agent_options o = tone_agent_defaults();
    o.backend = b;
    o.tools = tools;
    o.call = call;
    o.state = state;
    o.event = event;
    o.max_steps = 3;
    o.max_tokens = 400;
    o.max_seconds = 120;
    st = tone_agent_open(&a, &o, err);
    if (!st) {
        tone_turn t;
        st = tone_agent_turn(a, words, &t, err);
        if (!st)
            printf("answer %s\nend %s, %u calls, %u refused, %llu + %llu tokens, %.1f s, model %s\n", t.answer, tone_turn_end_text(t.end), t.n_calls,
                   t.n_refused, (unsigned long long)t.n_prompt, (unsigned long long)t.n_generated, t.seconds, tone_backend_info(b)->name);
        tone_turn_clear(&t);
    }
    tone_agent_close(a);
    tone_backend_close(b);
    return st;
}

int main(int argc, char **argv)
{
    tone_error err = {0};
    char *tools;
    size_t n;
    if (argc != 5) {
        fprintf(stderr, "usage: hold_turn URL TOOLS.json trained|- WORDS\n");
        return 2;
    }
    tone_status st = tone_file_read(&tools, &n, argv[2], 1 << 20, &err);
    if (!st) {
        st = run(argv[1], tools, strcmp(argv[3], "trained") == 0, argv[4], &err);
        free(tools);
    }
    if (st)
        fprintf(stderr, "hold_turn: %s\n", err.text);
    return st != TONE_OK;
}

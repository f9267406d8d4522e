/* A chat request to the prompt a model is given, as text and as ids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chat/prompt.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/model_path.h"
#include "tonesmith/model.h"

typedef struct work {
    const tone_tokenizer *tokenizer;
    tone_prompt_options options;
    bool knows_size; /* the model file tells small from large */
} work;

/* Only the small Gemma 4 models have per-layer embeddings.  A tokenizer without weights does not tell. */
static bool find_size(work *w, const char *path)
{
    tone_model *m;
    if (tone_model_open(&m, path, &(tone_model_options){.no_tokenizer = true}, NULL))
        return false;
    w->options.family = tone_model_info(m)->ple_width ? TONE_CHAT_GEMMA4_SMALL : TONE_CHAT_GEMMA4_LARGE;
    tone_model_close(m);
    return true;
}

static tone_status choose_family(const work *w, const tone_json_value *line, tone_chat_family *family, tone_error *err)
{
    const tone_json_value *size = tone_json_get(line, "size");
    *family = w->options.family;
    if (*family == TONE_CHAT_GEMMA3)
        return TONE_OK;
    if (tone_json_is(size, "small"))
        *family = TONE_CHAT_GEMMA4_SMALL;
    else if (tone_json_is(size, "large"))
        *family = TONE_CHAT_GEMMA4_LARGE;
    else if (size)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "\"size\" is neither \"small\" nor \"large\"");
    else if (!w->knows_size)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the line has no \"size\", and a tokenizer alone does not tell it");
    return TONE_OK;
}

static tone_status answer(void *user, const tone_json_value *line, tone_buf *out, tone_error *err)
{
    const work *w = user;
    const tone_json_value *request = tone_json_get(line, "request");
    tone_prompt_options options = w->options;
    if (!request)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the line has no \"request\"");
    tone_status st = choose_family(w, line, &options.family, err);
    if (st)
        return st;
    tone_prompt *p;
    st = tone_chat_prompt_build_json(&p, request, &options, err);
    if (st)
        return st;
    tone_token_list ids = {0};
    st = tone_prompt_encode(p, w->tokenizer, &ids, err);
    size_t n;
    const char *text = tone_prompt_text(p, &n);
    tone_buf_puts(out, "{\"prompt\":");
    tone_json_write_ascii(out, text, n);
    tone_buf_puts(out, ",\"ids\":[");
    for (size_t i = 0; i < ids.n; i++)
        tone_buf_printf(out, i ? ",%u" : "%u", ids.ids[i]);
    tone_buf_puts(out, "]}");
    tone_token_list_clear(&ids);
    tone_prompt_free(p);
    return st;
}

int cli_prompt(int argc, char **argv)
{
    static const cli_spec spec = {
        "prompt", "tonesmith prompt -m MODEL [options]",
        "Show the prompt a model is given for a chat request.  Each line of standard input is an object\n"
        "{\"request\":{\"messages\":[…],\"tools\":[…],\"enable_thinking\":…},\"size\":\"small\" or \"large\"} and is answered with\n"
        "{\"prompt\":…,\"ids\":[…]} or {\"error\":…,\"status\":400}.",
        "\"size\" (small: E2B and E4B) may be left out when MODEL is a model file.  Text of messages and tools never becomes a\n"
        "control token, whatever it spells, unless --trust-text is given."};
    const char *model = NULL;
    work w = {0};
    const cli_option options[] = {
        {'m', "model", CLI_TEXT, &model, "FILE", "model file, folder or name, or a tokenizer.json", 0, 0},
        {0, "template-exact", CLI_FLAG, &w.options.template_exact, NULL,
            "what the published template prints, its defects included", 0, 0},
        {0, "trust-text", CLI_FLAG, &w.options.trust_text, NULL,
            "control tokens spelled in the request become control tokens", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (!model)
        return cli_misuse("prompt", "no model given: -m FILE");
    if (argc)
        return cli_misuse("prompt", "reads standard input and takes no argument: '%s'", argv[0]);
    tone_error err;
    tone_tokenizer *t;
    char *path;
    rc = cli_model_path("prompt", model, &path);
    if (rc)
        return rc;
    if (tone_tokenizer_open(&t, path, &err)) {
        free(path);
        return cli_error("prompt", &err);
    }
    w.tokenizer = t;
    w.knows_size = find_size(&w, path);
    free(path);
    if (tone_tokenizer_info(t)->family == TONE_VOCAB_GEMMA3)
        w.options.family = TONE_CHAT_GEMMA3;
    rc = cli_lines("prompt", answer, &w);
    tone_tokenizer_close(t);
    return rc;
}

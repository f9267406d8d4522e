/* How surprised a model is by a text: the mean of -log p over its tokens. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/engine.h"

enum { TEXT_LIMIT = 256 << 20 };

typedef struct score {
    const tone_token *ids; /* of the window, BOS first */
    size_t n, vocab;
    double sum; /* of -log p, over all windows */
    size_t n_scored;
} score;

/* The token at position + 1 under the distribution after position. */
static bool add(void *arg, size_t position, const float *logits)
{
    score *s = arg;
    if (position + 1 >= s->n)
        return false;
    double max = (double)logits[0], sum = 0;
    for (size_t i = 1; i < s->vocab; i++)
        max = (double)logits[i] > max ? (double)logits[i] : max;
    for (size_t i = 0; i < s->vocab; i++)
        sum += exp((double)logits[i] - max);
    s->sum += max + log(sum) - (double)logits[s->ids[position + 1]];
    s->n_scored++;
    return true;
}

/* ids (n): the text without BOS.  Windows of `window` tokens, BOS included, each on an empty session. */
static int measure(cli_engine *e, const tone_token_list *text, size_t window, score *s)
{
    tone_error err = {0};
    tone_token bos = tone_tokenizer_info(tone_model_tokenizer(e->model))->bos;
    tone_token *ids = malloc((window + 1) * sizeof *ids);
    if (!ids) {
        fprintf(stderr, "tonesmith perplexity: no memory for a window of %zu tokens\n", window);
        return 1;
    }
    size_t lead = bos != TONE_TOKEN_NONE;
    int rc = 0;
    for (size_t at = 0; at < text->n && !rc;) {
        size_t n = text->n - at < window - lead ? text->n - at : window - lead;
        if (lead)
            ids[0] = bos;
        memcpy(ids + lead, text->ids + at, n * sizeof *ids);
        s->ids = ids;
        s->n = lead + n;
        const tone_input input = {.ids = ids, .n = s->n};
        tone_session_reset(e->session);
        if (tone_session_score(e->session, &input, s->n, add, s, &err))
            rc = cli_error("perplexity", &err);
        at += n;
        if (isatty(STDERR_FILENO) && s->n_scored)
            fprintf(stderr, "\r%zu of %zu tokens, perplexity %.3f ", at, text->n, exp(s->sum / (double)s->n_scored));
    }
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\n");
    free(ids);
    return rc;
}

static int read_text(const cli_engine *e, const char *path, tone_token_list *out)
{
    tone_error err = {0};
    char *text = NULL;
    size_t n = 0;
    const tone_tokenizer *t = tone_model_tokenizer(e->model);
    if (!t)
        return cli_misuse("perplexity", "this model has no vocabulary beside its weights");
    tone_status st = tone_file_read(&text, &n, path, TEXT_LIMIT, &err);
    if (!st)
        st = tone_tokenizer_encode(t, text, n, 0, out, &err);
    if (!st && out->n < 2)
        st = tone_fail(&err, TONE_ERR_ARGUMENT, 0, "%s has fewer than two tokens", path);
    free(text);
    return st ? cli_error("perplexity", &err) : 0;
}

int cli_perplexity(int argc, char **argv)
{
    cli_engine e = {0};
    long window = 512;
    bool json = false;
    static const cli_spec spec = {"perplexity", "tonesmith perplexity -m MODEL [options] FILE",
        "The mean of -log p (nats) of every token of a text, and its exponential. The text is read in windows, each from an empty "
        "session that begins with BOS. FILE - is standard input.",
        "llama-perplexity scores only the second half of each window: its figures are lower."};
    const cli_option options[] = {
        CLI_MODEL_OPTION(e),
        {'w', "window", CLI_INT, &window, "N", "tokens of a window, BOS included (default 512); 0: the whole text", 0, 1 << 24},
        {0, "json", CLI_FLAG, &json, NULL, "print {\"nll\":…,\"perplexity\":…,\"n_tokens\":…}", 0, 0},
        CLI_ENGINE_OPTIONS(e),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc != 1)
        return cli_misuse("perplexity", argc ? "one text file at a time" : "a text file, or -, is missing");
    if (window == 1)
        return cli_misuse("perplexity", "a window of one token leaves nothing to score");
    tone_token_list text = {0};
    score s = {0};
    rc = cli_engine_open(&e, "perplexity", true);
    if (!rc)
        rc = read_text(&e, argv[0], &text);
    size_t n = window && (size_t)window < text.n + 1 ? (size_t)window : text.n + 1;
    if (!rc)
        rc = cli_engine_start(&e, "perplexity", n);
    if (!rc) {
        s.vocab = tone_model_info(e.model)->vocab;
        rc = measure(&e, &text, n, &s);
    }
    cli_engine_close(&e);
    tone_token_list_clear(&text);
    if (rc)
        return rc;
    double nll = s.sum / (double)s.n_scored;
    if (json)
        printf("{\"nll\":%.6f,\"perplexity\":%.5f,\"n_tokens\":%zu}\n", nll, exp(nll), s.n_scored);
    else
        printf("-log p      %.5f nats a token\nperplexity  %.4f\ntokens      %zu\n", nll, exp(nll), s.n_scored);
    return cli_finish("perplexity", 0);
}

/* One prompt, one answer. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/engine.h"
#include "tonesmith/chat.h"
#include "tonesmith/gen.h"

enum { TEXT_LIMIT = 64 << 20 };

typedef struct run {
    cli_engine engine;
    const char *ids_text, *system;
    bool raw, json;
    long max_tokens, seed, top_k;
    double temperature, top_p, min_p, repeat, frequency, presence;
    cli_list stops;
    /* while it runs */
    tone_token_list prompt, ids;
    tone_buf text;
    bool shown; /* something was printed */
} run;

/* ---- the prompt */

static tone_status put_message(json_t *messages, const char *role, const char *text, size_t n, tone_error *err)
{
    json_t *content = json_stringn(text, n);
    if (!content)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the text is not UTF-8");
    json_array_append_new(messages, json_pack("{s:s,s:o}", "role", role, "content", content));
    return TONE_OK;
}

static tone_chat_family family_of(const tone_model *m)
{
    if (tone_tokenizer_info(tone_model_tokenizer(m))->family == TONE_VOCAB_GEMMA3)
        return TONE_CHAT_GEMMA3;
    return tone_model_info(m)->ple_width ? TONE_CHAT_GEMMA4_SMALL : TONE_CHAT_GEMMA4_LARGE;
}

/* The text as the one turn of a user. */
static tone_status encode_turn(run *r, const char *text, size_t n, tone_error *err)
{
    const tone_model *m = r->engine.model;
    json_t *messages = json_array();
    tone_status st = r->system ? put_message(messages, "system", r->system, strlen(r->system), err) : TONE_OK;
    if (!st)
        st = put_message(messages, "user", text, n, err);
    json_t *request = json_pack("{s:o,s:b}", "messages", messages, "add_generation_prompt", 1);
    char *json = request ? json_dumps(request, 0) : NULL;
    tone_prompt *p = NULL;
    if (!st && !json)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the prompt");
    if (!st)
        st = tone_prompt_build(&p, json, strlen(json), &(tone_prompt_options){.family = family_of(m)}, err);
    if (!st)
        st = tone_prompt_encode(p, tone_model_tokenizer(m), &r->prompt, err);
    tone_prompt_free(p);
    free(json);
    json_decref(request);
    return st;
}

/* The text as the beginning of what the model goes on with. */
static tone_status encode_raw(run *r, const char *text, size_t n, tone_error *err)
{
    const tone_tokenizer *t = tone_model_tokenizer(r->engine.model);
    tone_token bos = tone_tokenizer_info(t)->bos;
    tone_status st = bos == TONE_TOKEN_NONE ? TONE_OK : tone_token_list_push(&r->prompt, bos, err);
    return st ? st : tone_tokenizer_encode(t, text, n, 0, &r->prompt, err);
}

/* 0, or an exit status after a line on stderr. */
static int read_prompt(run *r, int argc, char **argv)
{
    if (r->ids_text)
        return cli_parse_ids("run", r->ids_text, &r->prompt);
    tone_error err = {0};
    char *text = NULL;
    size_t n = 0;
    tone_status st = TONE_OK;
    if (!tone_model_tokenizer(r->engine.model))
        return cli_misuse("run", "this model has no vocabulary beside its weights: give --ids");
    if (strcmp(argv[0], "-") == 0) {
        st = tone_file_read(&text, &n, "-", TEXT_LIMIT, &err);
    } else {
        tone_buf words = {0};
        for (int i = 0; i < argc; i++)
            tone_buf_printf(&words, "%s%s", i ? " " : "", argv[i]);
        n = words.n;
        text = tone_buf_take(&words);
        if (!text)
            st = tone_fail(&err, TONE_ERR_NO_MEMORY, 0, "no memory for the text");
    }
    bool turn = !r->raw && (tone_model_info(r->engine.model)->instructed || r->system);
    if (!st)
        st = turn ? encode_turn(r, text, n, &err) : encode_raw(r, text, n, &err);
    free(text);
    return st ? cli_error("run", &err) : 0;
}

/* ---- the answer */

static bool take(void *arg, const tone_gen_token *t)
{
    run *r = arg;
    if (r->json) {
        tone_buf_append(&r->text, t->text, t->n);
        if (t->id != TONE_TOKEN_NONE && !t->ends && tone_token_list_push(&r->ids, t->id, NULL))
            return false;
        return !r->text.failed;
    }
    if (t->n) {
        r->shown = true;
        fwrite(t->text, 1, t->n, stdout);
        fflush(stdout);
    }
    return !ferror(stdout);
}

static int print_json(run *r, const tone_gen_result *result)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < r->ids.n; i++)
        json_array_append_new(ids, json_integer((json_int_t)r->ids.ids[i]));
    json_t *out = json_pack("{s:o,s:s%,s:s}", "ids", ids, "text", tone_buf_text(&r->text), r->text.n, "end", tone_end_text(result->end));
    char *line = out ? json_dumps(out, JSON_COMPACT) : NULL;
    if (line)
        puts(line);
    else
        fprintf(stderr, "tonesmith run: no memory for the answer\n");
    free(line);
    json_decref(out);
    return line ? 0 : 1;
}

static int generate(run *r)
{
    tone_error err = {0};
    tone_gen_options o = tone_gen_defaults();
    tone_gen_result result;
    o.max_tokens = (uint64_t)r->max_tokens;
    o.stops = r->stops.items;
    o.n_stops = (size_t)r->stops.n;
    o.raw = r->raw;
    o.hide_control = !r->raw;
    o.sampling.temperature = r->temperature;
    o.sampling.top_k = (uint32_t)r->top_k;
    o.sampling.top_p = r->top_p;
    o.sampling.min_p = r->min_p;
    o.sampling.repeat_penalty = r->repeat;
    o.sampling.frequency_penalty = r->frequency;
    o.sampling.presence_penalty = r->presence;
    o.sampling.seed = (uint64_t)r->seed;
    if (r->seed < 0 && getrandom(&o.sampling.seed, sizeof o.sampling.seed, 0) < 0)
        o.sampling.seed = (uint64_t)(cli_now_s() * 1e9);
    const tone_input input = {.ids = r->prompt.ids, .n = r->prompt.n};
    if (!tone_model_tokenizer(r->engine.model))
        fprintf(stderr, "tonesmith run: no vocabulary beside the weights: ids without text\n");
    tone_status st = tone_gen_run(r->engine.session, &input, &o, take, r, &result, &err);
    if (r->shown)
        putchar('\n');
    if (st)
        return cli_error("run", &err);
    if (r->json && print_json(r, &result))
        return 1;
    if (!r->json && !tone_model_tokenizer(r->engine.model))
        fprintf(stderr, "tonesmith run: %zu tokens; --json prints their ids\n", result.n_generated);
    if (!r->json && result.end != TONE_END_STOP_TOKEN && result.end != TONE_END_STOP_STRING)
        fprintf(stderr, "tonesmith run: ended by %s\n", tone_end_text(result.end));
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "%zu + %zu tokens, %.1f/s, %.1f/s\n", result.n_prompt, result.n_generated,
                (double)(result.n_prompt - result.n_reused) / result.prompt_s, (double)result.n_generated / result.generate_s);
    return result.end == TONE_END_CANCELLED;
}

int cli_run(int argc, char **argv)
{
    const tone_sampling_options d = tone_sampling_defaults();
    run r = {.seed = -1, .temperature = d.temperature, .top_k = (long)d.top_k, .top_p = d.top_p, .min_p = d.min_p,
        .repeat = d.repeat_penalty, .frequency = d.frequency_penalty, .presence = d.presence_penalty};
    static const cli_spec spec = {"run", "tonesmith run -m MODEL [options] TEXT",
        "Answer one text. A model that came with a chat template gets it as the turn of a user, any other goes on with it. TEXT - is "
        "standard input.",
        "Example:\n  tonesmith run -m gemma-4-E2B-it-Q4_0.gguf \"Why is a sawtooth bright?\"\n"
        "  tonesmith run -m model/ --ids 2,10,11 -n 64 --temp 0 --raw --json"};
    const cli_option options[] = {
        CLI_MODEL_OPTION(r.engine),
        {'n', "max-tokens", CLI_INT, &r.max_tokens, "N", "tokens to generate at most (default: until the context is full)", 1, 1 << 24},
        {0, "ids", CLI_TEXT, &r.ids_text, "LIST", "the prompt as token ids, with commas between them", 0, 0},
        {0, "raw", CLI_FLAG, &r.raw, NULL, "no turn around the text; end tokens end nothing, none is left out", 0, 0},
        {0, "json", CLI_FLAG, &r.json, NULL, "print {\"ids\":[…],\"text\":\"…\",\"end\":\"…\"}", 0, 0},
        {0, "system", CLI_TEXT, &r.system, "TEXT", "a system message before the turn", 0, 0},
        {0, "stop", CLI_LIST, &r.stops, "TEXT", "end before this text appears; may be given several times", 0, 0},
        {0, "temp", CLI_REAL, &r.temperature, "X", "temperature (default 1); 0 takes the likeliest token", 0, 100},
        {0, "top-k", CLI_INT, &r.top_k, "N", "choose among the N likeliest (default 64); 0: all", 0, 1 << 24},
        {0, "top-p", CLI_REAL, &r.top_p, "X", "choose among the likeliest that reach this probability (default 0.95)", 0, 1},
        {0, "min-p", CLI_REAL, &r.min_p, "X", "drop what is less likely than X times the likeliest (default 0)", 0, 1},
        {0, "repeat-penalty", CLI_REAL, &r.repeat, "X", "make tokens that were there less likely (default 1: off)", 0.01, 100},
        {0, "frequency-penalty", CLI_REAL, &r.frequency, "X", "for each time a token was there (default 0)", -100, 100},
        {0, "presence-penalty", CLI_REAL, &r.presence, "X", "for a token that was there at all (default 0)", -100, 100},
        {0, "seed", CLI_INT, &r.seed, "N", "equal seeds give equal text (default: another one each time)", 0, 0},
        CLI_ENGINE_OPTIONS(r.engine),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (r.ids_text ? argc > 0 : argc == 0)
        return cli_misuse("run", r.ids_text ? "a text beside --ids" : "a text, - or --ids is missing");
    rc = cli_engine_open(&r.engine, "run", true);
    if (!rc)
        rc = read_prompt(&r, argc, argv);
    if (!rc)
        rc = cli_engine_start(&r.engine, "run", r.max_tokens ? r.prompt.n + (size_t)r.max_tokens : 0);
    if (!rc)
        rc = generate(&r);
    cli_engine_close(&r.engine);
    tone_token_list_clear(&r.prompt);
    tone_token_list_clear(&r.ids);
    tone_buf_clear(&r.text);
    return cli_finish("run", rc);
}

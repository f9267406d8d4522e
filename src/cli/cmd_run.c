/* One prompt, one answer: a text to go on with, or the turn of a user with all that belongs to one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/engine.h"
#include "cli/media.h"
#include "cli/sampling.h"
#include "cli/show.h"
#include "format/json_tree.h"
#include "tonesmith/conversation.h"

enum { TEXT_LIMIT = 64 << 20 };

typedef struct run {
    cli_engine engine;
    cli_sampling sampling;
    cli_ask ask;
    cli_media media;
    cli_show show;
    const char *ids_text, *system;
    bool raw, json;
    bool turn; /* a user's turn, not text to go on with */
    bool open_thought;
    /* while it runs */
    tone_media_prompt prompt;
    tone_token_list ids;
    tone_buf text;
} run;

/* ---- the prompt */

/* Pictures and sounds in the order of the line, then the text. */
static tone_status add_user(run *r, tone_conversation *c, const char *text, size_t n, tone_error *err)
{
    tone_part parts[2 * CLI_LIST_MAX + 1];
    if (!r->media.n)
        return tone_conversation_add_user(c, text, n, err);
    for (size_t i = 0; i < r->media.n; i++) {
        const tone_medium *m = &r->media.items[i];
        parts[i] = (tone_part){.kind = m->kind == TONE_INPUT_AUDIO ? TONE_PART_AUDIO : TONE_PART_IMAGE, .text = m->path, .budget = m->budget};
    }
    parts[r->media.n] = (tone_part){.kind = TONE_PART_TEXT, .text = text, .n = n};
    return tone_conversation_add_parts(c, parts, r->media.n + 1, err);
}

/* The text as the one turn of a user. */
static tone_status encode_turn(run *r, const char *text, size_t n, tone_error *err)
{
    const tone_model *m = r->engine.model;
    tone_conversation *c;
    tone_prompt *p = NULL;
    tone_status st = tone_conversation_open(&c, tone_model_tokenizer(m), tone_model_chat_family(m), err);
    if (!st)
        st = tone_conversation_set_system(c, r->system, err);
    if (!st)
        st = tone_conversation_set_tools(c, r->ask.tools, r->ask.tools_n, err);
    if (!st)
        st = add_user(r, c, text, n, err);
    if (!st) {
        tone_conversation_set_thinking(c, r->ask.thinking);
        st = tone_conversation_prompt(c, &p, err);
    }
    if (!st) {
        r->open_thought = tone_prompt_open_thought(p);
        st = tone_prompt_expand(p, tone_model_tokenizer(m), r->media.media, &r->prompt, err);
    }
    tone_prompt_free(p);
    tone_conversation_close(c);
    return st;
}

/* The text as the beginning of what the model goes on with. */
static tone_status encode_raw(run *r, const char *text, size_t n, tone_error *err)
{
    const tone_tokenizer *t = tone_model_tokenizer(r->engine.model);
    tone_token bos = tone_tokenizer_info(t)->bos;
    tone_status st = bos == TONE_TOKEN_NONE ? TONE_OK : tone_token_list_push(&r->prompt.ids, bos, err);
    return st ? st : tone_tokenizer_encode(t, text, n, 0, &r->prompt.ids, err);
}

/* Ids as they are, or with a placeholder for each soft token of the media. */
static int read_ids(run *r)
{
    if (!r->media.n)
        return cli_parse_ids("run", r->ids_text, &r->prompt.ids);
    tone_token_list ids = {0};
    int rc = cli_parse_ids("run", r->ids_text, &ids);
    if (!rc)
        rc = cli_media_fill(&r->media, &r->prompt, &ids, "run");
    tone_token_list_clear(&ids);
    return rc;
}

/* 0, or an exit status after a line on stderr. */
static int read_prompt(run *r, int argc, char **argv)
{
    if (r->ids_text)
        return read_ids(r);
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
    if (!st)
        st = r->turn ? encode_turn(r, text, n, &err) : encode_raw(r, text, n, &err);
    free(text);
    return st ? cli_error("run", &err) : 0;
}

/* ---- what is printed about it */

static void put_ids(tone_buf *b, const tone_token *ids, size_t n)
{
    tone_buf_puts(b, "{\"ids\":[");
    for (size_t i = 0; i < n; i++)
        tone_buf_printf(b, i ? ",%u" : "%u", ids[i]);
    tone_buf_puts(b, "],\"text\":");
}

static int print_line(tone_buf *b)
{
    bool failed = b->failed;
    if (!failed)
        puts(tone_buf_text(b));
    else
        fprintf(stderr, "tonesmith run: no memory for the answer\n");
    tone_buf_clear(b);
    return failed;
}

static void tell_speed(const tone_gen_result *g)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "%zu + %zu tokens, %.1f/s, %.1f/s\n", g->n_prompt, g->n_generated,
                (double)(g->n_prompt - g->n_reused) / g->prompt_s,
                (double)g->n_generated / g->generate_s);
}

static void tell_end(const run *r, const tone_gen_result *g)
{
    if (!r->json && g->end != TONE_END_STOP_TOKEN && g->end != TONE_END_STOP_STRING)
        fprintf(stderr, "tonesmith run: ended by %s\n", tone_end_text(g->end));
    const char *missing = r->ask.rules ? tone_rules_missing(r->ask.rules) : "";
    if (*missing)
        fprintf(stderr, "tonesmith run: to be whole the answer lacks: %s\n", missing);
    tell_speed(g);
}

/* ---- going on with a text */

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
        cli_show_text(&r->show, stdout, t->text, t->n, false);
        fflush(stdout);
    }
    return !ferror(stdout);
}

static int go_on(run *r)
{
    tone_error err = {0};
    tone_respond_options o = tone_respond_defaults();
    tone_gen_result result;
    cli_sampling_fill(&r->sampling, &o.gen);
    o.gen.raw = r->raw;
    o.gen.hide_control = !r->raw;
    const tone_input input = tone_media_input(&r->prompt);
    const bool text = tone_model_tokenizer(r->engine.model) != NULL;
    if (!text)
        fprintf(stderr, "tonesmith run: no vocabulary beside the weights: ids without text\n");
    tone_status st = r->ask.schema ? cli_ask_fill(&r->ask, r->engine.model, NULL, 0, false, &o, &err) : TONE_OK;
    if (!st)
        st = tone_gen_run(r->engine.session, &input, &o.gen, take, r, &result, &err);
    cli_show_line(&r->show);
    if (st)
        return cli_error("run", &err);
    if (r->json) {
        tone_buf b = {0};
        put_ids(&b, r->ids.ids, r->ids.n);
        tone_json_write_ascii(&b, tone_buf_text(&r->text), r->text.n);
        tone_buf_printf(&b, ",\"end\":\"%s\"}", tone_end_text(result.end));
        if (print_line(&b))
            return 1;
    } else if (!text) {
        fprintf(stderr, "tonesmith run: %zu tokens; --json prints their ids\n", result.n_generated);
    }
    tell_end(r, &result);
    return result.end == TONE_END_CANCELLED;
}

/* ---- answering a turn */

static int print_message(const tone_response *response)
{
    const tone_message *m = response->message;
    tone_buf b = {0};
    put_ids(&b, response->ids, response->n_ids - (response->gen.end == TONE_END_STOP_TOKEN));
    tone_json_write_ascii(&b, m->content ? m->content : "", m->content_n);
    if (m->reasoning) {
        tone_buf_puts(&b, ",\"reasoning\":");
        tone_json_write_ascii(&b, m->reasoning, m->reasoning_n);
    }
    for (size_t i = 0; i < m->n_calls; i++) {
        tone_buf_puts(&b, i ? ",{\"name\":" : ",\"tool_calls\":[{\"name\":");
        tone_json_write_ascii(&b, m->calls[i].name, strlen(m->calls[i].name));
        tone_buf_puts(&b, ",\"arguments\":");
        tone_json_write_ascii(&b, m->calls[i].arguments, strlen(m->calls[i].arguments));
        tone_buf_puts(&b, i + 1 == m->n_calls ? "}]" : "}");
    }
    tone_buf_printf(&b, ",\"finish_reason\":\"%s\",\"end\":\"%s\"}", tone_finish_text(m->finish),
                    tone_end_text(response->gen.end));
    return print_line(&b);
}

static int answer(run *r)
{
    tone_error err = {0};
    tone_respond_options o = tone_respond_defaults();
    tone_response response = {0};
    const tone_input input = tone_media_input(&r->prompt);
    cli_sampling_fill(&r->sampling, &o.gen);
    r->show.reasoning = r->show.terminal && !r->ask.hidden;
    if (!r->json) {
        o.sink = cli_show_event;
        o.user = &r->show;
    }
    tone_status st = cli_ask_fill(&r->ask, r->engine.model, r->ask.tools, r->ask.tools_n, r->open_thought, &o, &err);
    for (size_t i = 0; !st && cli_ask_warning(&r->ask, i); i++)
        fprintf(stderr, "tonesmith run: %s\n", cli_ask_warning(&r->ask, i));
    if (!st)
        st = tone_respond(r->engine.session, &input, &o, &response, &err);
    cli_show_line(&r->show);
    int rc = st ? cli_error("run", &err) : r->json ? print_message(&response) : 0;
    if (!st) {
        if (!r->json && !response.message->content_n && !response.message->n_calls)
            fprintf(stderr, "tonesmith run: the model gave an empty answer\n");
        tell_end(r, &response.gen);
        rc = rc || response.gen.end == TONE_END_CANCELLED;
    }
    tone_response_clear(&response);
    return rc;
}

/* ---- the command */

/* 0, or an exit status after a line on stderr. */
static int check_turn(run *r)
{
    bool asks = r->system || r->ask.tools || r->ask.thinking || (r->media.n && !r->ids_text);
    r->turn = !r->raw && !r->ids_text && (asks || tone_model_info(r->engine.model)->instructed);
    if (asks && !r->turn)
        return cli_misuse("run", "--system, --tools, --think, --image and --audio belong to a turn: not with %s",
                          r->raw ? "--raw" : "--ids");
    if (r->ask.choice_text && !r->ask.tools)
        return cli_misuse("run", "--tool-choice needs --tools");
    return 0;
}

int cli_run(int argc, char **argv)
{
    run r = {.sampling = cli_sampling_defaults(), .show = cli_show_defaults()};
    static const cli_spec spec = {"run", "tonesmith run -m MODEL [options] TEXT",
        "Answer one text. A model that came with a chat template gets it as the turn of a user, any other goes on with it. TEXT - is "
        "standard input.",
        "Pictures and sounds stand before the text, in the order in which they are given.\n"
        "--json prints {\"ids\":[…],\"text\":\"…\",\"end\":\"…\"}, of a turn also \"reasoning\", \"tool_calls\" and \"finish_reason\".\n"
        "Example:\n  tonesmith run -m gemma-4-E2B-it-Q4_0.gguf \"Why is a sawtooth bright?\"\n"
        "  tonesmith run -m gemma-4-E2B-it-Q4_0.gguf --tools tools.json --tool-choice required \"Rain in Oslo?\"\n"
        "  tonesmith run -m model/ --ids 2,10,11 -n 64 --temp 0 --raw --json"};
    const cli_option options[] = {
        CLI_MODEL_OPTION(r.engine),
        {0, "ids", CLI_TEXT, &r.ids_text, "LIST", "the prompt as token ids, with commas between them", 0, 0},
        {0, "raw", CLI_FLAG, &r.raw, NULL, "no turn around the text; end tokens end nothing, none is left out", 0, 0},
        {0, "json", CLI_FLAG, &r.json, NULL, "print one line of JSON", 0, 0},
        {0, "system", CLI_TEXT, &r.system, "TEXT", "a system message before the turn", 0, 0},
        CLI_MEDIA_OPTIONS(r.media),
        CLI_ASK_OPTIONS(r.ask),
        CLI_SAMPLING_OPTIONS(r.sampling),
        CLI_ENGINE_OPTIONS(r.engine),
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (r.ids_text ? argc > 0 : argc == 0)
        return cli_misuse("run", r.ids_text ? "a text beside --ids" : "a text, - or --ids is missing");
    rc = cli_media_order(&r.media, "run");
    if (!rc)
        rc = cli_ask_open(&r.ask, "run");
    if (!rc)
        rc = cli_engine_open(&r.engine, "run", true);
    if (!rc)
        rc = check_turn(&r);
    if (!rc && r.media.n)
        rc = cli_media_open(&r.media, &r.engine, "run");
    if (!rc && r.media.n)
        rc = cli_media_take(&r.media, "run");
    if (!rc)
        rc = read_prompt(&r, argc, argv);
    if (!rc)
        cli_media_fit(&r.engine, r.prompt.longest);
    if (!rc)
        rc = cli_engine_start(&r.engine, "run", r.sampling.max_tokens ? r.prompt.ids.n + (size_t)r.sampling.max_tokens : 0);
    if (!rc)
        rc = r.turn ? answer(&r) : go_on(&r);
    cli_ask_close(&r.ask);
    cli_media_close(&r.media);
    cli_engine_close(&r.engine);
    tone_media_prompt_clear(&r.prompt);
    tone_token_list_clear(&r.ids);
    tone_buf_clear(&r.text);
    return cli_finish("run", rc);
}

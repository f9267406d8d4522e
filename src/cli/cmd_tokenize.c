/* Text to ids and back: for people a table, for programs a line of JSON for each line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/model_path.h"
#include "tonesmith/tokenizer.h"

enum { TEXT_LIMIT = 1 << 30 };

typedef struct work {
    const tone_tokenizer *tokenizer;
    unsigned encode_flags, decode_flags;
    tone_token_list ids;
} work;

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* {"text":…} or {"hex":…} to bytes in *b. */
static tone_status read_text(const tone_json_value *line, tone_buf *b, tone_error *err)
{
    const tone_json_value *text = tone_json_get(line, "text"), *hex = tone_json_get(line, "hex");
    if (text && text->kind == TONE_JSON_STRING) {
        tone_buf_append(b, text->text, text->n);
        return TONE_OK;
    }
    if (!hex || hex->kind != TONE_JSON_STRING)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the line has neither a \"text\" nor a \"hex\" string");
    for (size_t i = 0; i < hex->n; i += 2) {
        int high = hex_digit(hex->text[i]), low = hex_digit(hex->text[i + 1]); /* a zero byte follows the text */
        if (high < 0 || low < 0)
            return tone_fail(err, TONE_ERR_FORMAT, i, "\"hex\" is not pairs of hexadecimal digits");
        tone_buf_putc(b, (char)(high << 4 | low));
    }
    return TONE_OK;
}

static tone_status encode_line(void *user, const tone_json_value *line, tone_buf *out, tone_error *err)
{
    work *w = user;
    tone_buf text = {0};
    w->ids.n = 0;
    tone_status status = read_text(line, &text, err);
    if (!status && text.failed)
        status = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the text");
    if (!status)
        status = tone_tokenizer_encode(w->tokenizer, tone_buf_text(&text), text.n, w->encode_flags, &w->ids, err);
    tone_buf_clear(&text);
    if (status)
        return status;
    tone_buf_puts(out, "{\"ids\":[");
    for (size_t i = 0; i < w->ids.n; i++)
        tone_buf_printf(out, "%s%u", i ? "," : "", w->ids.ids[i]);
    tone_buf_puts(out, "]}");
    return TONE_OK;
}

static tone_status read_ids(work *w, const tone_json_value *line, tone_error *err)
{
    const tone_json_value *ids = tone_json_get(line, "ids");
    if (!ids || ids->kind != TONE_JSON_ARRAY)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the line has no \"ids\" array");
    uint32_t n_vocab = tone_tokenizer_info(w->tokenizer)->n_vocab;
    w->ids.n = 0;
    for (const tone_json_value *v = ids->first; v; v = v->next) {
        int64_t id;
        if (!tone_json_int(v, &id) || id < 0 || id >= n_vocab)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "\"ids\" entry %zu is no id below %u", w->ids.n, n_vocab);
        tone_status status = tone_token_list_push(&w->ids, (tone_token)id, err);
        if (status)
            return status;
    }
    return TONE_OK;
}

/* {"hex": the tokens' bytes, "text": as text, "stream": what may be shown after each id, "flush": and at the end} */
static tone_status decode_line(void *user, const tone_json_value *line, tone_buf *out, tone_error *err)
{
    work *w = user;
    tone_decoder *d;
    tone_status status = read_ids(w, line, err);
    if (!status)
        status = tone_decoder_open(&d, w->tokenizer, w->decode_flags, err);
    if (status)
        return status;
    tone_buf text = {0}, stream = {0};
    size_t n;
    tone_buf_puts(out, "{\"hex\":\"");
    for (size_t i = 0; i < w->ids.n; i++) {
        const char *bytes = tone_tokenizer_bytes(w->tokenizer, w->ids.ids[i], &n);
        bool hidden = (w->decode_flags & TONE_DECODE_HIDE_CONTROL) &&
                      tone_tokenizer_kind(w->tokenizer, w->ids.ids[i]) == TONE_TOKEN_CONTROL;
        for (size_t k = 0; k < n && !hidden; k++)
            tone_buf_printf(out, "%02x", (unsigned char)bytes[k]);
        const char *shown = tone_decoder_next(d, w->ids.ids[i], &n);
        tone_buf_append(&text, shown, n);
        if (i)
            tone_buf_putc(&stream, ',');
        tone_json_write_ascii(&stream, shown, n);
    }
    const char *rest = tone_decoder_finish(d, &n);
    tone_buf_append(&text, rest, n);
    tone_buf_puts(out, "\",\"text\":");
    tone_json_write_ascii(out, tone_buf_text(&text), text.n);
    tone_buf_printf(out, ",\"stream\":[%s],\"flush\":", tone_buf_text(&stream));
    tone_json_write_ascii(out, rest, n);
    tone_buf_putc(out, '}');
    out->failed |= text.failed || stream.failed;
    tone_buf_clear(&text);
    tone_buf_clear(&stream);
    tone_decoder_close(d);
    return TONE_OK;
}

/* One line a token, then their number. */
static int print_table(work *w, const char *argument, bool count_only)
{
    tone_error err;
    char *input = NULL;
    size_t n = strlen(argument);
    if (strcmp(argument, "-") == 0) {
        if (tone_file_read(&input, &n, "-", TEXT_LIMIT, &err))
            return cli_error("tokenize", &err);
        argument = input;
    }
    tone_status status = tone_tokenizer_encode(w->tokenizer, argument, n, w->encode_flags, &w->ids, &err);
    free(input);
    if (status)
        return cli_error("tokenize", &err);
    for (size_t i = 0; i < w->ids.n && !count_only; i++) {
        const char *bytes = tone_tokenizer_bytes(w->tokenizer, w->ids.ids[i], &n);
        tone_token_kind kind = tone_tokenizer_kind(w->tokenizer, w->ids.ids[i]);
        printf("%8u  ", w->ids.ids[i]);
        if (kind == TONE_TOKEN_BYTE) {
            printf("byte %02x\n", (unsigned char)bytes[0]);
            continue;
        }
        putchar('"');
        for (size_t k = 0; k < n; k++) {
            unsigned char c = (unsigned char)bytes[k];
            if (c == '\n')
                fputs("\\n", stdout);
            else if (c == '\t')
                fputs("\\t", stdout);
            else if (c == '"' || c == '\\')
                printf("\\%c", c);
            else if (c < 0x20 || c == 0x7F)
                printf("\\u%04x", c);
            else
                putchar(c);
        }
        puts(kind == TONE_TOKEN_CONTROL ? "\"  control" : "\"");
    }
    printf(count_only ? "%zu\n" : "%zu tokens\n", w->ids.n);
    return cli_finish("tokenize", 0);
}

int cli_tokenize(int argc, char **argv)
{
    static const cli_spec spec = {
        "tokenize", "tonesmith tokenize -m MODEL [options] [TEXT]",
        "Show how a model's vocabulary divides TEXT (- reads it from standard input): one line a token.\n"
        "Without TEXT answer lines of JSON on standard input: {\"text\":…} or {\"hex\":…} with {\"ids\":[…]};\n"
        "with --decode {\"ids\":[…]} with {\"hex\":…,\"text\":…,\"stream\":[…],\"flush\":…}.",
        "\"stream\" has what may be shown after each id: whole characters only. \"flush\" is what is left at the end.\n"
        "No <bos> is added."};
    const char *model = NULL;
    bool specials = false, decode = false, hide = false, count = false;
    const cli_option options[] = {
        {'m', "model", CLI_TEXT, &model, "FILE", "model file or folder, or a tokenizer.json", 0, 0},
        {0, "specials", CLI_FLAG, &specials, NULL, "literals such as <|turn> in the text become control tokens", 0, 0},
        {0, "decode", CLI_FLAG, &decode, NULL, "ids to text", 0, 0},
        {0, "hide-specials", CLI_FLAG, &hide, NULL, "with --decode: control tokens give no text", 0, 0},
        {0, "count", CLI_FLAG, &count, NULL, "with TEXT: print the number of tokens only", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (!model)
        return cli_misuse("tokenize", "no model given: -m FILE");
    if (argc > 1)
        return cli_misuse("tokenize", "one TEXT, not %d; put it in quotes", argc);
    if (argc == 1 && decode)
        return cli_misuse("tokenize", "--decode reads standard input and takes no TEXT");
    if (argc == 0 && count)
        return cli_misuse("tokenize", "--count needs TEXT (- for standard input)");
    if (hide && !decode)
        return cli_misuse("tokenize", "--hide-specials needs --decode");

    tone_error err;
    tone_tokenizer *t;
    char *path;
    rc = cli_model_path("tokenize", model, &path);
    if (rc)
        return rc;
    tone_status st = tone_tokenizer_open(&t, path, &err);
    free(path);
    if (st)
        return cli_error("tokenize", &err);
    work w = {.tokenizer = t,
              .encode_flags = specials ? TONE_ENCODE_CONTROL : 0,
              .decode_flags = hide ? TONE_DECODE_HIDE_CONTROL : 0};
    rc = argc == 1 ? print_table(&w, argv[0], count) : cli_lines("tokenize", decode ? decode_line : encode_line, &w);
    tone_token_list_clear(&w.ids);
    tone_tokenizer_close(t);
    return rc;
}

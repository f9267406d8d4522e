/* Which texts a schema, a tool, a pattern or a grammar lets a model finish.  Every text goes byte by byte through the
 * automaton that makes the masks of a generation. */
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lines.h"
#include "tonesmith/constrain.h"

static const char quote[] = "<|\"|>";

/* Feed text; in calls the literal of the delimiter stands for the token. */
static bool feed(tone_constraint_state *s, const char *text, size_t n, bool call)
{
    while (n) {
        const char *at = call ? memmem(text, n, quote, strlen(quote)) : NULL;
        size_t plain = at ? (size_t)(at - text) : n;
        if (tone_constraint_accept_bytes(s, text, plain, NULL))
            return false;
        if (!at)
            return true;
        if (tone_constraint_accept_mark(s, TONE_MARK_QUOTE, NULL))
            return false;
        text += plain + strlen(quote);
        n -= plain + strlen(quote);
    }
    return true;
}

static bool complete(tone_constraint_state *s, const tone_json_value *text, bool call)
{
    if (call && tone_constraint_accept_mark(s, TONE_MARK_CALL_OPEN, NULL))
        return false;
    if (!feed(s, text->text, text->n, call) || (call && tone_constraint_accept_mark(s, TONE_MARK_CALL_CLOSE, NULL)))
        return false;
    return tone_constraint_is_complete(s);
}

static tone_status judge(tone_constraint *c, const tone_json_value *texts, bool calls, tone_buf *out, tone_error *err)
{
    tone_constraint_state *s;
    tone_status st = tone_constraint_state_open(&s, c, err);
    tone_buf_puts(out, "{\"complete\":[");
    for (const tone_json_value *text = texts->first; text && !st; text = text->next) {
        st = tone_constraint_state_reset(s, err);
        if (text != texts->first)
            tone_buf_putc(out, ',');
        tone_buf_puts(out, !st && complete(s, text, calls) ? "true" : "false");
    }
    tone_buf_putc(out, ']');
    tone_constraint_state_close(s);
    return st;
}

/* Compile what a line asks for; *refused tells a constraint that is refused from a line that is wrong. */
static tone_status compile(tone_constraint **out, const tone_json_value *line, const tone_constraint_options *options, bool *refused, tone_error *err)
{
    const tone_json_value *schema = tone_json_get(line, "schema"), *tool = tone_json_get(line, "tool");
    const tone_json_value *regex = tone_json_get(line, "regex"), *grammar = tone_json_get(line, "grammar");
    tone_buf text = {0};
    tone_status st;
    *out = NULL;
    *refused = true;
    if (schema || tool) {
        tone_buf_puts(&text, schema ? "" : "[");
        tone_json_write(&text, schema ? schema : tool);
        tone_buf_puts(&text, schema ? "" : "]");
    }
    if (text.failed) {
        *refused = false;
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the schema");
    } else if (schema) {
        st = tone_constraint_compile_schema(out, NULL, text.data, text.n, options, err);
    } else if (tool) {
        const tone_constraint_answer answer = {.tools = text.data, .tools_bytes = text.n, .choice = TONE_TOOL_REQUIRED, .one_call = true};
        st = tone_constraint_compile_answer(out, NULL, &answer, options, err);
    } else if (regex && regex->kind == TONE_JSON_STRING) {
        st = tone_constraint_compile_regex(out, NULL, regex->text, regex->n, options, err);
    } else if (grammar && grammar->kind == TONE_JSON_STRING) {
        st = tone_constraint_compile_grammar(out, NULL, grammar->text, grammar->n, options, err);
    } else {
        *refused = false;
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "the line has none of \"schema\", \"tool\", \"regex\" and \"grammar\"");
    }
    tone_buf_clear(&text);
    return st;
}

static tone_status answer(void *user, const tone_json_value *line, tone_buf *out, tone_error *err)
{
    const tone_constraint_options *options = user;
    bool calls = tone_json_get(line, "tool") != NULL, refused;
    const char *name = calls ? "calls" : "texts";
    const tone_json_value *texts = tone_json_get(line, name);
    if (!texts || texts->kind != TONE_JSON_ARRAY)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the line has no list of \"%s\"", name);
    for (const tone_json_value *text = texts->first; text; text = text->next)
        if (text->kind != TONE_JSON_STRING)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "\"%s\" holds something that is no string", name);
    tone_constraint *c;
    tone_error why = {0};
    tone_status st = compile(&c, line, options, &refused, &why);
    if (st && !refused)
        return tone_fail(err, st, 0, "%s", why.text);
    if (st) {
        tone_buf_puts(out, "{\"refused\":");
        tone_json_write_ascii(out, why.text, strlen(why.text));
        tone_buf_putc(out, '}');
        return TONE_OK;
    }
    st = judge(c, texts, calls, out, err);
    for (size_t i = 0; !st && tone_constraint_warning(c, i); i++) {
        const char *warning = tone_constraint_warning(c, i);
        tone_buf_puts(out, i ? "," : ",\"warnings\":[");
        tone_json_write_ascii(out, warning, strlen(warning));
        tone_buf_puts(out, tone_constraint_warning(c, i + 1) ? "" : "]");
    }
    tone_buf_putc(out, '}');
    tone_constraint_free(c);
    return st;
}

int cli_constrain(int argc, char **argv)
{
    static const cli_spec spec = {
        "constrain", "tonesmith constrain [options]",
        "Say which texts a constraint lets a model finish.  Each line of standard input is an object: {\"schema\":S,\"texts\":[…]},\n"
        "{\"tool\":T,\"calls\":[…]}, {\"regex\":\"…\",\"texts\":[…]} or {\"grammar\":\"…\",\"texts\":[…]}.  It is answered with\n"
        "{\"complete\":[true,…]}, or {\"refused\":\"why\"} when the constraint cannot be enforced.",
        "Calls are what stands between <|tool_call> and <tool_call|>, with <|\"|> for the string delimiter.\n"
        "A schema that nothing satisfies is not refused: no text is complete."};
    tone_constraint_options chosen = {.allow_none = true};
    long depth = 0;
    const cli_option options[] = {
        {0, "lenient", CLI_FLAG, &chosen.lenient, NULL, "let keywords pass that cannot be enforced, with a warning", 0, 0},
        {0, "any-order", CLI_FLAG, &chosen.any_order, NULL, "members of an object in any order, not as the schema lists them", 0, 0},
        {0, "spaces", CLI_FLAG, &chosen.spaces, NULL, "white space: a blank after ':' and ',', indented lines", 0, 0},
        {0, "depth", CLI_INT, &depth, "N", "deepest nesting of arrays and objects in a text (100)", 1, 5000},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("constrain", "reads standard input and takes no argument: '%s'", argv[0]);
    chosen.max_depth = (uint32_t)depth;
    return cli_lines("constrain", answer, &chosen);
}

#include "chat/call.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "chat/notation.h"
#include "chat/text.h"

enum { MAX_DEPTH = 128, QUOTE_N = sizeof CHAT_QUOTE - 1 };

/* Recursive descent.  After the first fault `why` is set and every function returns at once. */
typedef struct reader {
    const char *s;
    size_t at, n;
    const tone_chat_tools *tools;
    bool tolerant;
    size_t depth; /* brackets open */
    tone_buf out; /* JSON of the arguments being read */
    const char *why;
} reader;

static bool wrong(reader *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static void blanks(reader *r)
{
    while (r->at < r->n && is_blank(r->s[r->at]))
        r->at++;
}

static bool at(const reader *r, const char *literal)
{
    size_t n = strlen(literal);
    return r->n - r->at >= n && memcmp(r->s + r->at, literal, n) == 0;
}

static bool take(reader *r, const char *literal)
{
    if (!at(r, literal))
        return false;
    r->at += strlen(literal);
    return true;
}

static bool take_char(reader *r, char c)
{
    if (r->at == r->n || r->s[r->at] != c)
        return false;
    r->at++;
    return true;
}

/* The next `literal` at or after `from`; r->n when there is none. */
static size_t find(const reader *r, size_t from, const char *literal)
{
    const char *p = memmem(r->s + from, r->n - from, literal, strlen(literal));
    return p ? (size_t)(p - r->s) : r->n;
}

/* ---- strings ------------------------------------------------------------------------------------------------------ */

/* After <|"|>.  A string that never ends leaves the closing brackets behind it outside, as many as are open. */
static bool quoted_by_token(reader *r, const char **text, size_t *n)
{
    size_t start = r->at, end = find(r, start, CHAT_QUOTE);
    *text = r->s + start;
    if (end < r->n) {
        *n = end - start;
        r->at = end + QUOTE_N;
        return true;
    }
    if (!r->tolerant)
        return wrong(r, "a string is not closed");
    for (size_t i = 0; end > start && i < r->depth && one_of(r->s[end - 1], "}])"); i++)
        end--;
    *n = end - start;
    r->at = end;
    return true;
}

static bool hex4(const reader *r, size_t from, uint32_t *out)
{
    *out = 0;
    if (r->n - from < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        char c = r->s[from + i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' &&
            c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* The escape at r->at; a lone surrogate becomes U+FFFD. */
static bool json_escape(reader *r, tone_buf *b)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = r->n - r->at >= 2 ? r->s[r->at + 1] : 0;
    const char *p = c ? strchr(plain, c) : NULL;
    if (p) {
        tone_buf_putc(b, meant[p - plain]);
        r->at += 2;
        return true;
    }
    uint32_t cp, low;
    if (c != 'u' || !hex4(r, r->at + 2, &cp))
        return wrong(r, "an escape that there is not");
    r->at += 6;
    if (cp >= 0xD800 && cp < 0xDC00 && at(r, "\\u") && hex4(r, r->at + 2, &low) && low >= 0xDC00 && low <= 0xDFFF) {
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        r->at += 6;
    }
    uint8_t bytes[4];
    size_t n = tone_utf8_encode(cp, bytes);
    tone_buf_append(b, n ? (const char *)bytes : "\xEF\xBF\xBD", n ? n : 3);
    return true;
}

/* A string in JSON's quotes, or in single ones; a stray <|"|> may follow. */
static bool quoted_by_char(reader *r, tone_buf *b)
{
    char quote = r->s[r->at++];
    while (r->at < r->n && r->s[r->at] != quote) {
        if (quote == '"' && r->s[r->at] == '\\') {
            if (!json_escape(r, b))
                return false;
        } else {
            tone_buf_putc(b, r->s[r->at++]);
        }
    }
    if (r->at == r->n)
        return wrong(r, "a string is not closed");
    r->at++;
    (void)take(r, CHAT_QUOTE);
    return true;
}

/* A string of any kind at r->at, as JSON. */
static bool string(reader *r)
{
    if (take(r, CHAT_QUOTE)) {
        const char *text;
        size_t n;
        if (!quoted_by_token(r, &text, &n))
            return false;
        tone_json_write_string(&r->out, text, n);
        return true;
    }
    tone_buf b = {0};
    bool ok = quoted_by_char(r, &b);
    tone_json_write_string(&r->out, tone_buf_text(&b), b.n);
    r->out.failed |= b.failed;
    tone_buf_clear(&b);
    return ok;
}

static bool at_quotes(const reader *r)
{
    return r->at < r->n && (r->s[r->at] == '"' || r->s[r->at] == '\'');
}

/* ---- keys and values ---------------------------------------------------------------------------------------------- */

/* A bare key: a run without brackets, quotes and separators, no white space at its ends. */
static bool key(reader *r, const char **text, size_t *n, tone_buf *quoted)
{
    if (r->tolerant && (at(r, CHAT_QUOTE) || at_quotes(r))) {
        bool token = take(r, CHAT_QUOTE);
        if (token)
            return quoted_by_token(r, text, n);
        if (!quoted_by_char(r, quoted))
            return false;
        *text = tone_buf_text(quoted);
        *n = quoted->n;
        return true;
    }
    size_t start = r->at, end = start;
    while (end < r->n && !one_of(r->s[end], ":,={}[]\"'\n"))
        end++;
    if (end == start || tone_chat_space(r->s + start, end - start))
        return wrong(r, "a key is missing");
    *text = r->s + start;
    *n = end - start;
    tone_chat_trim(text, n);
    r->at = start + *n;
    return true;
}

static bool value(reader *r, const tone_json_value *schema, const tone_json_value *siblings, char close);

static bool open_bracket(reader *r, char c)
{
    tone_buf_putc(&r->out, c);
    if (++r->depth > MAX_DEPTH)
        return wrong(r, "nested too deep");
    blanks(r);
    return true;
}

static bool comma(reader *r)
{
    if (!take_char(r, ','))
        return wrong(r, "a comma or the closing bracket is missing");
    tone_buf_putc(&r->out, ',');
    blanks(r);
    return true;
}

/* The members of an object whose bracket is read; `schema` may be NULL. */
static bool members(reader *r, const tone_json_value *schema, char close)
{
    const tone_json_value *properties = tone_json_get(schema, "properties");
    if (properties && properties->kind != TONE_JSON_OBJECT)
        properties = NULL;
    if (!open_bracket(r, '{'))
        return false;
    for (bool first = true; !take_char(r, close); first = false) {
        if (r->tolerant && r->at == r->n)
            break;
        if (!first && !comma(r))
            return false;
        const char *text;
        size_t n;
        tone_buf quoted = {0};
        bool ok = key(r, &text, &n, &quoted);
        const tone_json_value *property = NULL;
        if (ok) {
            tone_json_write_string(&r->out, text, n);
            for (const tone_json_value *p = properties ? properties->first : NULL; p && !property; p = p->next)
                if (p->key_n == n && memcmp(p->key, text, n) == 0)
                    property = p;
        }
        r->out.failed |= quoted.failed;
        tone_buf_clear(&quoted);
        if (!ok)
            return false;
        blanks(r);
        if (!take_char(r, ':') && !(r->tolerant && take_char(r, '=')))
            return wrong(r, "a colon after a key is missing");
        tone_buf_putc(&r->out, ':');
        blanks(r);
        if (!value(r, property, properties, close))
            return false;
        blanks(r);
    }
    r->depth--;
    tone_buf_putc(&r->out, '}');
    return true;
}

static bool array(reader *r, const tone_json_value *schema)
{
    const tone_json_value *items = tone_json_get(schema, "items");
    if (!open_bracket(r, '['))
        return false;
    for (bool first = true; !take_char(r, ']'); first = false) {
        if (r->tolerant && (r->at == r->n || (!first && r->s[r->at] == '}'))) /* the ] was left out */
            break;
        if (!first && !comma(r))
            return false;
        if (!value(r, items, NULL, ']'))
            return false;
        blanks(r);
    }
    r->depth--;
    tone_buf_putc(&r->out, ']');
    return true;
}

static bool digits(const reader *r, size_t *i)
{
    size_t start = *i;
    while (*i < r->n && r->s[*i] >= '0' && r->s[*i] <= '9')
        ++*i;
    return *i > start;
}

/* The longest JSON number at r->at; its end, or r->at when none starts there. */
static size_t number_end(const reader *r)
{
    size_t i = r->at + (r->at < r->n && r->s[r->at] == '-'), whole = i;
    if (!digits(r, &i))
        return r->at;
    if (r->s[whole] == '0')
        i = whole + 1;
    size_t part = i + 1;
    if (i < r->n && r->s[i] == '.' && digits(r, &part))
        i = part;
    part = i + 1;
    if (i < r->n && (r->s[i] == 'e' || r->s[i] == 'E')) {
        part += part < r->n && (r->s[part] == '+' || r->s[part] == '-');
        if (digits(r, &part))
            i = part;
    }
    return i;
}

/* A word at r->at that stands for true, false or null; *end is where it ends. */
static const char *word(const reader *r, size_t *end)
{
    static const struct {
        const char *text, *json;
        bool repair;
    } words[] = {{"true", "true", false}, {"false", "false", false}, {"null", "null", false}, {"True", "true", true},
                 {"False", "false", true}, {"None", "null", true},   {"nil", "null", true}};
    *end = r->at;
    while (*end < r->n && ((r->s[*end] | 32) >= 'a' && (r->s[*end] | 32) <= 'z'))
        ++*end;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].text) == *end - r->at && memcmp(r->s + r->at, words[i].text, *end - r->at) == 0)
            return words[i].repair && !r->tolerant ? NULL : words[i].json;
    return NULL;
}

/* A number or word must be followed by a comma, a closing bracket or the end. */
static bool ends_value(const reader *r, size_t i, char close)
{
    while (i < r->n && is_blank(r->s[i]))
        i++;
    return i == r->n || r->s[i] == ',' || r->s[i] == '}' || r->s[i] == ']' || (r->s[i] == ')' && close == ')');
}

/* Text without quotes where the schema says string: up to a comma with a known key after it, or the last bracket. */
static bool bare_text(reader *r, const tone_json_value *siblings, char close)
{
    size_t start = r->at, end = r->n;
    const char *last = memrchr(r->s + start, close, r->n - start);
    if (last)
        end = (size_t)(last - r->s);
    tone_buf next = {0};
    for (const tone_json_value *k = siblings ? siblings->first : NULL; k; k = k->next) {
        for (const char *separator = ":="; *separator; separator++) {
            tone_buf_reset(&next);
            tone_buf_putc(&next, ',');
            tone_buf_append(&next, k->key, k->key_n);
            tone_buf_putc(&next, *separator);
            const char *p = next.failed ? NULL : memmem(r->s + start, r->n - start, next.data, next.n);
            if (p && (size_t)(p - r->s) < end)
                end = (size_t)(p - r->s);
        }
    }
    r->out.failed |= next.failed;
    tone_buf_clear(&next);
    r->at = end;
    while (start < end && is_blank(r->s[start]))
        start++;
    while (end > start && is_blank(r->s[end - 1]))
        end--;
    if (start == end)
        return wrong(r, "a value is missing");
    tone_json_write_string(&r->out, r->s + start, end - start);
    return true;
}

static bool value(reader *r, const tone_json_value *schema, const tone_json_value *siblings, char close)
{
    bool want_string = tone_json_is(tone_json_get(schema, "type"), "string");
    if (at(r, CHAT_QUOTE) || (r->tolerant && at_quotes(r)))
        return string(r);
    if (take_char(r, '{'))
        return members(r, schema, '}');
    if (take_char(r, '['))
        return array(r, schema);
    size_t end;
    const char *json = word(r, &end);
    bool is_word = end > r->at;
    if (!is_word)
        end = number_end(r);
    if ((json || (!is_word && end > r->at)) && ends_value(r, end, close)) {
        const char *lexeme = r->s + r->at;
        size_t n = end - r->at;
        r->at = end;
        if (want_string && !(json && strcmp(json, "null") == 0))
            tone_json_write_string(&r->out, lexeme, n);
        else
            tone_buf_append(&r->out, json ? json : lexeme, json ? strlen(json) : n);
        return true;
    }
    if (r->tolerant && want_string)
        return bare_text(r, siblings, close);
    return wrong(r, "no value can start here");
}

/* ---- calls -------------------------------------------------------------------------------------------------------- */

const char *tone_chat_call_name(const tone_chat_tools *tools, const char *name, size_t *n)
{
    const char *colon = memrchr(name, ':', *n);
    if (!colon || tone_chat_tools_find(tools, name, *n))
        return name;
    size_t rest = *n - (size_t)(colon + 1 - name);
    if (!tone_chat_tools_find(tools, colon + 1, rest))
        return name;
    *n = rest;
    return colon + 1;
}

static bool push(tone_chat_calls *calls, const char *name, size_t name_n, tone_buf *arguments, bool repaired)
{
    if (calls->n == calls->room) {
        size_t room = calls->room ? calls->room * 2 : 4;
        tone_chat_call *grown = realloc(calls->list, room * sizeof *grown);
        if (!grown)
            return false;
        calls->list = grown;
        calls->room = room;
    }
    size_t n = arguments->n;
    tone_chat_call c = {.name = malloc(name_n + 1), .arguments = tone_buf_take(arguments), .name_n = name_n,
        .arguments_n = n, .repaired = repaired};
    if (!c.name || !c.arguments) {
        free(c.name);
        free(c.arguments);
        return false;
    }
    memcpy(c.name, name, name_n);
    c.name[name_n] = 0;
    calls->list[calls->n++] = c;
    return true;
}

static bool one_call(reader *r, tone_chat_calls *out)
{
    if (!take(r, "call:") && !(r->tolerant && take_char(r, ':')))
        return wrong(r, "'call:' is missing");
    size_t start = r->at;
    while (r->at < r->n && !one_of(r->s[r->at], "{}(") && !tone_chat_space(r->s + r->at, r->n - r->at))
        r->at++;
    size_t n = r->at - start;
    if (n == 0)
        return wrong(r, "the name of the tool is missing");
    const char *name = tone_chat_call_name(r->tools, r->s + start, &n);
    const tone_chat_tool *tool = tone_chat_tools_find(r->tools, name, n);
    char close = '}';
    blanks(r);
    if (!take_char(r, '{')) {
        if (!(r->tolerant && take_char(r, '(')))
            return wrong(r, "the bracket of the arguments is missing");
        close = ')';
    }
    r->depth = 0;
    if (!members(r, tool ? tool->parameters : NULL, close))
        return false;
    if (r->out.failed || !push(out, name, n, &r->out, r->tolerant)) {
        r->out.failed = true;
        return false;
    }
    return true;
}

static bool all_calls(reader *r, tone_chat_calls *out)
{
    blanks(r);
    do {
        if (!one_call(r, out))
            return false;
        blanks(r);
        if (r->at < r->n && !r->tolerant)
            return wrong(r, "something follows the arguments");
    } while (r->at < r->n);
    return true;
}

void tone_chat_calls_cut(tone_chat_calls *calls, size_t n)
{
    while (calls->n > n) {
        tone_chat_call *c = &calls->list[--calls->n];
        free(c->name);
        free(c->arguments);
    }
}

tone_chat_call_result tone_chat_calls_read(tone_chat_calls *out, const char *text, size_t n,
                                           const tone_chat_tools *tools, bool strict, tone_chat_call_fault *fault)
{
    size_t before = out->n;
    for (int tolerant = 0; tolerant <= !strict; tolerant++) {
        reader r = {.s = text, .n = n, .tools = tools, .tolerant = tolerant};
        bool ok = all_calls(&r, out), failed = r.out.failed;
        tone_buf_clear(&r.out);
        if (ok)
            return CHAT_CALL_OK;
        tone_chat_calls_cut(out, before);
        if (failed)
            return CHAT_CALL_NO_MEMORY;
        if (!tolerant)
            *fault = (tone_chat_call_fault){.why = r.why, .at = r.at};
    }
    return CHAT_CALL_BAD;
}

void tone_chat_calls_clear(tone_chat_calls *calls)
{
    tone_chat_calls_cut(calls, 0);
    free(calls->list);
    *calls = (tone_chat_calls){0};
}

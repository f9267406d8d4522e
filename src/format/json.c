#include "format/json.h"

#include <string.h>

#include "base/utf8.h"

tone_json tone_json_start(const void *bytes, size_t n)
{
    const char *start = n ? bytes : "";
    return (tone_json){.start = start, .at = start, .end = start + n};
}

uint64_t tone_json_offset(const tone_json *j)
{
    return (uint64_t)(j->at - j->start);
}

/* Told apart from mistakes of the text by its address. */
static const char no_memory[] = "no memory for a string";

tone_status tone_json_status(const tone_json *j)
{
    return !j->why ? TONE_OK : j->why == no_memory ? TONE_ERR_NO_MEMORY : TONE_ERR_FORMAT;
}

static bool wrong(tone_json *j, const char *why)
{
    if (!j->why)
        j->why = why;
    return false;
}

/* Skip white space; the byte that follows, 0 at the end or after a mistake. */
static char look(tone_json *j)
{
    if (j->why)
        return 0;
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' || *j->at == '\r' || *j->at == '\t'))
        j->at++;
    return j->at < j->end ? *j->at : 0;
}

static bool eat(tone_json *j, char c, const char *otherwise)
{
    if (look(j) != c || j->why)
        return wrong(j, otherwise);
    j->at++;
    return true;
}

char tone_json_peek(tone_json *j)
{
    char c = look(j);
    if (c == '-' || (c >= '0' && c <= '9'))
        return '0';
    return c != 0 && strchr("{[\"tfn", c) ? c : 0;
}

bool tone_json_open(tone_json *j, char bracket)
{
    if (!eat(j, bracket, bracket == '{' ? "an object should begin here" : "an array should begin here"))
        return false;
    j->first = true;
    return true;
}

bool tone_json_next(tone_json *j, char bracket)
{
    bool first = j->first;
    j->first = false;
    char c = look(j);
    if (c == bracket && !j->why) {
        j->at++;
        return false;
    }
    if (first)
        return !j->why;
    return eat(j, ',', "a comma or the closing bracket is missing");
}

bool tone_json_key(tone_json *j, tone_buf *out)
{
    return tone_json_string(j, out) && eat(j, ':', "the colon after a name is missing");
}

static bool hex4(tone_json *j, uint32_t *out)
{
    if (j->end - j->at < 4)
        return wrong(j, "a string does not end");
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = *j->at++;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return wrong(j, "an escape is no four hexadecimal digits");
        v = v << 4 | digit;
    }
    *out = v;
    return true;
}

/* The backslash is read; out is NULL when the string is only skipped. */
static bool escape(tone_json *j, tone_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (j->at == j->end)
        return wrong(j, "a string does not end");
    char c = *j->at++;
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        if (out)
            tone_buf_putc(out, to[known - from]);
        return true;
    }
    uint32_t cp, low;
    if (c != 'u')
        return wrong(j, "an escape that there is not");
    if (!hex4(j, &cp))
        return false;
    if (cp >= 0xD800 && cp < 0xDC00) {
        if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u')
            return wrong(j, "half a surrogate pair");
        j->at += 2;
        if (!hex4(j, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return wrong(j, "half a surrogate pair");
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    }
    uint8_t bytes[4];
    size_t n = tone_utf8_encode(cp, bytes);
    if (n == 0)
        return wrong(j, "half a surrogate pair");
    if (out)
        tone_buf_append(out, bytes, n);
    return true;
}

static bool read_string(tone_json *j, tone_buf *out)
{
    if (!eat(j, '"', "a string should begin here"))
        return false;
    for (;;) {
        const char *run = j->at;
        while (j->at < j->end && *j->at != '"' && *j->at != '\\') {
            if ((unsigned char)*j->at < 0x20)
                return wrong(j, "a control character inside a string");
            size_t step = (unsigned char)*j->at < 0x80
                              ? 1
                              : tone_utf8_valid_length((const uint8_t *)j->at, (size_t)(j->end - j->at));
            if (step == 0)
                return wrong(j, "a string is not UTF-8");
            j->at += step;
        }
        if (out)
            tone_buf_append(out, run, (size_t)(j->at - run));
        if (j->at == j->end)
            return wrong(j, "a string does not end");
        if (*j->at++ == '"')
            return true;
        if (!escape(j, out))
            return false;
    }
}

bool tone_json_string(tone_json *j, tone_buf *out)
{
    tone_buf_reset(out);
    if (!read_string(j, out))
        return false;
    /* So that out->data is a string even when empty. */
    return tone_buf_reserve(out, 0) ? true : wrong(j, no_memory);
}

static size_t digits(tone_json *j)
{
    const char *from = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
        j->at++;
    return (size_t)(j->at - from);
}

bool tone_json_u64(tone_json *j, uint64_t *out)
{
    static const char no[] = "a whole number, not negative, should stand here";
    char c = look(j);
    if (c < '0' || c > '9')
        return wrong(j, no);
    const char *from = j->at;
    size_t n = digits(j);
    if ((c == '0' && n > 1) || (j->at < j->end && (*j->at == '.' || *j->at == 'e' || *j->at == 'E'))) {
        j->at = from;
        return wrong(j, no);
    }
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(from[i] - '0'), &v)) {
            j->at = from;
            return wrong(j, "a number above 2^64");
        }
    *out = v;
    return true;
}

static bool skip_number(tone_json *j)
{
    static const char no[] = "a malformed number";
    if (*j->at == '-')
        j->at++;
    const char *from = j->at;
    size_t n = digits(j);
    if (n == 0 || (*from == '0' && n > 1))
        return wrong(j, no);
    if (j->at < j->end && *j->at == '.') {
        j->at++;
        if (digits(j) == 0)
            return wrong(j, no);
    }
    if (j->at < j->end && (*j->at == 'e' || *j->at == 'E')) {
        j->at++;
        if (j->at < j->end && (*j->at == '+' || *j->at == '-'))
            j->at++;
        if (digits(j) == 0)
            return wrong(j, no);
    }
    return true;
}

static bool skip_word(tone_json *j)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(j->end - j->at) >= n && memcmp(j->at, words[i], n) == 0) {
            j->at += n;
            return true;
        }
    }
    return wrong(j, "a word that there is not");
}

static bool skip_scalar(tone_json *j, char kind)
{
    switch (kind) {
    case '"':
        return read_string(j, NULL);
    case '0':
        return skip_number(j);
    case 't':
    case 'f':
    case 'n':
        return skip_word(j);
    default:
        return wrong(j, look(j) ? "a value should begin here" : "the text ends too early");
    }
}

bool tone_json_skip(tone_json *j)
{
    char closers[TONE_JSON_DEPTH];
    size_t depth = 0;
    for (;;) {
        char kind = tone_json_peek(j);
        if (kind == '{' || kind == '[') {
            if (depth == TONE_JSON_DEPTH)
                return wrong(j, "brackets are nested too deep");
            closers[depth++] = kind == '{' ? '}' : ']';
            (void)tone_json_open(j, kind);
        } else if (!skip_scalar(j, kind)) {
            return false;
        }
        while (depth > 0 && !tone_json_next(j, closers[depth - 1])) {
            if (j->why)
                return false;
            depth--;
        }
        if (depth == 0)
            return !j->why;
        if (closers[depth - 1] == '}' && !(read_string(j, NULL) && eat(j, ':', "the colon after a name is missing")))
            return false;
    }
}

bool tone_json_end(tone_json *j)
{
    if (look(j) != 0 || j->at != j->end)
        return wrong(j, "something follows the end");
    return !j->why;
}

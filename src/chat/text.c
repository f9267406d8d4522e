#include "chat/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

static bool is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

size_t tone_chat_space(const char *s, size_t n)
{
    uint32_t c;
    size_t length = tone_utf8_decode((const uint8_t *)s, n, &c);
    return length && is_space(c) ? length : 0;
}

void tone_chat_trim(const char **text, size_t *n)
{
    const char *s = *text;
    size_t left = *n;
    for (size_t step; left && (step = tone_chat_space(s, left)) != 0;) {
        s += step;
        left -= step;
    }
    while (left) {
        size_t start = left - 1;
        while (start && ((unsigned char)s[start] & 0xC0) == 0x80)
            start--;
        if (!tone_chat_space(s + start, left - start))
            break;
        left = start;
    }
    *text = s;
    *n = left;
}

static const struct lower_range {
    uint32_t first, last, step;
    int32_t add;
} lower_ranges[] = {
#include "chat/lower.inc"
};

static uint32_t lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    size_t low = 0, high = sizeof lower_ranges / sizeof *lower_ranges;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct lower_range *r = &lower_ranges[middle];
        if (c > r->last)
            low = middle + 1;
        else if (c < r->first)
            high = middle;
        else
            return (c - r->first) % r->step ? c : (uint32_t)((int32_t)c + r->add);
    }
    return c;
}

/* The lower-cased characters of a key, one by one; 0 bytes inside a key sort first, as they should. */
typedef struct letters {
    const uint8_t *s;
    size_t n;
    uint32_t pending;
} letters;

static int64_t next_letter(letters *l)
{
    if (l->pending) {
        uint32_t c = l->pending;
        l->pending = 0;
        return c;
    }
    uint32_t c;
    size_t step = tone_utf8_decode(l->s, l->n, &c);
    if (!step)
        return -1;
    l->s += step;
    l->n -= step;
    if (c == 0x130) { /* the one letter whose lower case is two characters */
        l->pending = 0x307;
        return 'i';
    }
    return lower(c);
}

typedef struct entry {
    const tone_json_value *v;
    uint32_t place;
} entry;

static int by_lower_key(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    letters p = {(const uint8_t *)a->v->key, a->v->key_n, 0}, q = {(const uint8_t *)b->v->key, b->v->key_n, 0};
    for (;;) {
        int64_t c = next_letter(&p), d = next_letter(&q);
        if (c != d)
            return c < d ? -1 : 1;
        if (c < 0)
            return a->place < b->place ? -1 : 1;
    }
}

bool tone_chat_sorted(const tone_json_value *object, const tone_json_value ***out)
{
    *out = NULL;
    uint32_t n = object->count;
    if (n == 0)
        return true;
    entry *entries = malloc(n * sizeof *entries);
    const tone_json_value **sorted = malloc(n * sizeof *sorted);
    if (!entries || !sorted) {
        free(entries);
        free(sorted);
        return false;
    }
    uint32_t i = 0;
    for (const tone_json_value *v = object->first; v; v = v->next, i++)
        entries[i] = (entry){v, i};
    qsort(entries, n, sizeof *entries, by_lower_key);
    for (i = 0; i < n; i++)
        sorted[i] = entries[i].v;
    free(entries);
    *out = sorted;
    return true;
}

bool tone_chat_python_number(tone_buf *b, const tone_json_value *number)
{
    if (!memchr(number->text, '.', number->n) && !memchr(number->text, 'e', number->n) &&
        !memchr(number->text, 'E', number->n)) {
        bool minus_zero = number->n == 2 && memcmp(number->text, "-0", 2) == 0;
        tone_buf_append(b, number->text + minus_zero, number->n - minus_zero);
        return true;
    }
    double v = tone_json_double(number);
    if (!isfinite(v))
        return false;
    tone_number_write(b, v);
    return true;
}

/* Python's repr() of a string: the quotes that need fewer escapes, control characters as \xNN. */
static void python_string(tone_buf *b, const char *s, size_t n)
{
    char quote = memchr(s, '\'', n) && !memchr(s, '"', n) ? '"' : '\'';
    tone_buf_putc(b, quote);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == (unsigned char)quote || c == '\\')
            tone_buf_append(b, (char[]){'\\', (char)c}, 2);
        else if (c == '\n' || c == '\r' || c == '\t')
            tone_buf_append(b, (char[]){'\\', c == '\n' ? 'n' : c == '\r' ? 'r' : 't'}, 2);
        else if (c < 0x20 || c == 0x7F)
            tone_buf_printf(b, "\\x%02x", c);
        else
            tone_buf_putc(b, (char)c);
    }
    tone_buf_putc(b, quote);
}

static void python_repr(tone_buf *b, const tone_json_value *v)
{
    switch (v->kind) {
    case TONE_JSON_NULL:
        tone_buf_puts(b, "None");
        break;
    case TONE_JSON_FALSE:
        tone_buf_puts(b, "False");
        break;
    case TONE_JSON_TRUE:
        tone_buf_puts(b, "True");
        break;
    case TONE_JSON_NUMBER:
        if (!tone_chat_python_number(b, v))
            tone_buf_puts(b, v->text[0] == '-' ? "-inf" : "inf");
        break;
    case TONE_JSON_STRING:
        python_string(b, v->text, v->n);
        break;
    case TONE_JSON_ARRAY:
    case TONE_JSON_OBJECT: {
        bool object = v->kind == TONE_JSON_OBJECT;
        tone_buf_putc(b, object ? '{' : '[');
        for (const tone_json_value *c = v->first; c; c = c->next) {
            if (object) {
                python_string(b, c->key, c->key_n);
                tone_buf_puts(b, ": ");
            }
            python_repr(b, c);
            if (c->next)
                tone_buf_puts(b, ", ");
        }
        tone_buf_putc(b, object ? '}' : ']');
    }
    }
}

void tone_chat_type_text(tone_buf *b, const tone_json_value *type)
{
    size_t start = b->n;
    if (type->kind == TONE_JSON_STRING)
        tone_buf_append(b, type->text, type->n);
    else
        python_repr(b, type);
    for (size_t i = start; i < b->n && !b->failed; i++)
        if (b->data[i] >= 'a' && b->data[i] <= 'z')
            b->data[i] = (char)(b->data[i] - 32);
}

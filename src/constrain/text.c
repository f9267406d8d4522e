/* Strings as automata. */
#include "constrain/text.h"

#include <string.h>

/* Where inside a character, an escape or the delimiter's spelling a string is. */
typedef enum place {
    START = 1,
    BODY,      /* between characters */
    LAST,      /* one continuation byte to come */
    LAST_BUT1, /* two, any                      */
    AFTER_E0,
    AFTER_ED,
    AFTER_F0,
    LAST_BUT2, /* three, any */
    AFTER_F4,
    ESCAPE, /* after a backslash */
    U0,     /* \u and 0 … 3 digits, not of a surrogate */
    U1,
    U2,
    U3,
    UD,   /* \uD                       */
    HIGH, /* \uD8 … \uDB: digits to come */
    HIGH1,
    HIGH_DONE, /* a \uDC00 … \uDFFF must follow */
    LOW_U,
    LOW0,
    LOW1,
    LOW2,
    LOW3,
    PLAIN_U0, /* \u of a control character, lower case */
    PLAIN_U1,
    PLAIN_U2,
    PLAIN_U3_0, /* \u000 */
    PLAIN_U3_1, /* \u001 */
    LITERAL1,   /* 1 … 4 bytes of TONE_QUOTE_LITERAL */
    LITERAL2,
    LITERAL3,
    LITERAL4,
    END
} place;

static bool is_hex(uint32_t b)
{
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
}

/* A character that stands for itself, or its first byte. */
static place begin_char(uint32_t b)
{
    if (b < 0x80)
        return BODY;
    if (b >= 0xc2 && b <= 0xdf)
        return LAST;
    if (b == 0xe0)
        return AFTER_E0;
    if (b == 0xed)
        return AFTER_ED;
    if (b > 0xe0 && b <= 0xef)
        return LAST_BUT1;
    if (b == 0xf0)
        return AFTER_F0;
    if (b > 0xf0 && b <= 0xf3)
        return LAST_BUT2;
    return b == 0xf4 ? AFTER_F4 : 0;
}

static place inside_char(place at, uint32_t b)
{
    if (b < 0x80 || b > 0xbf)
        return 0;
    switch (at) {
    case LAST:
        return BODY;
    case LAST_BUT1:
        return LAST;
    case AFTER_E0:
        return b >= 0xa0 ? LAST : 0;
    case AFTER_ED:
        return b < 0xa0 ? LAST : 0;
    case LAST_BUT2:
        return LAST_BUT1;
    case AFTER_F0:
        return b >= 0x90 ? LAST_BUT1 : 0;
    case AFTER_F4:
        return b < 0x90 ? LAST_BUT1 : 0;
    default:
        return 0;
    }
}

/* After a backslash, when every escape is allowed. */
static place inside_escape(place at, uint32_t b)
{
    uint32_t lower = b | 0x20;
    switch (at) {
    case ESCAPE:
        return b == 'u' ? U0 : b < 0x80 && b && strchr("\"\\/bfnrt", (int)b) ? BODY : 0;
    case U0:
        return lower == 'd' ? UD : is_hex(b) ? U1 : 0;
    case U1:
        return is_hex(b) ? U2 : 0;
    case U2:
        return is_hex(b) ? U3 : 0;
    case U3:
        return is_hex(b) ? BODY : 0;
    case UD:
        return b >= '0' && b <= '7' ? U2 : b == '8' || b == '9' || lower == 'a' || lower == 'b' ? HIGH : 0;
    case HIGH:
        return is_hex(b) ? HIGH1 : 0;
    case HIGH1:
        return is_hex(b) ? HIGH_DONE : 0;
    case HIGH_DONE:
        return b == '\\' ? LOW_U : 0;
    case LOW_U:
        return b == 'u' ? LOW0 : 0;
    case LOW0:
        return lower == 'd' ? LOW1 : 0;
    case LOW1:
        return lower >= 'c' && lower <= 'f' ? LOW2 : 0;
    case LOW2:
        return is_hex(b) ? LOW3 : 0;
    case LOW3:
        return is_hex(b) ? BODY : 0;
    default:
        return 0;
    }
}

static const char short_escapes[] = "\b\f\n\r\t", short_letters[] = "bfnrt";

/* The control character \u00XY that has no short escape; -1 otherwise. */
static int long_escape(uint32_t high, uint32_t b)
{
    int digit = b >= '0' && b <= '9' ? (int)b - '0' : b >= 'a' && b <= 'f' ? (int)b - 'a' + 10 : -1;
    int c = (int)high * 16 + digit;
    return digit < 0 || (c && strchr(short_escapes, c)) ? -1 : c;
}

/* The same when only what must be escaped may be, and in one way. */
static place inside_plain_escape(place at, uint32_t b)
{
    switch (at) {
    case ESCAPE:
        return b == 'u' ? PLAIN_U0 : b < 0x80 && b && strchr("\"\\bfnrt", (int)b) ? BODY : 0;
    case PLAIN_U0:
        return b == '0' ? PLAIN_U1 : 0;
    case PLAIN_U1:
        return b == '0' ? PLAIN_U2 : 0;
    case PLAIN_U2:
        return b == '0' ? PLAIN_U3_0 : b == '1' ? PLAIN_U3_1 : 0;
    case PLAIN_U3_0:
    case PLAIN_U3_1:
        return long_escape(at == PLAIN_U3_1, b) > 0 ? BODY : 0; /* not U+0000: few readers take it in a key */
    default:
        return 0;
    }
}

static place any_call(place at, uint32_t b)
{
    static const char literal[] = TONE_QUOTE_LITERAL;
    if (at == START)
        return b == TONE_SYM_MARK + TONE_MARK_QUOTE ? BODY : 0;
    bool between = at == BODY || (at >= LITERAL1 && at <= LITERAL4);
    if (b == TONE_SYM_MARK + TONE_MARK_QUOTE)
        return between ? END : 0;
    if (b >= 256)
        return 0;
    if (!between)
        return inside_char(at, b);
    int seen = at == BODY ? 0 : (int)(at - LITERAL1) + 1;
    if (b == (uint8_t)literal[seen])
        return seen == 4 ? 0 : (place)(LITERAL1 + seen);
    return b == '<' ? LITERAL1 : begin_char(b);
}

static place any_json(place at, uint32_t b, bool plain)
{
    if (b >= 256)
        return 0;
    if (at == START)
        return b == '"' ? BODY : 0;
    if (at == BODY)
        return b == '"' ? END : b == '\\' ? ESCAPE : b < 0x20 ? 0 : begin_char(b);
    if (at < ESCAPE)
        return inside_char(at, b);
    return plain ? inside_plain_escape(at, b) : inside_escape(at, b);
}

static place any_key(place at, uint32_t b)
{
    bool letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_';
    return letter || (at == BODY && ((b >= '0' && b <= '9') || b == '-')) ? BODY : 0;
}

static place any_of(tone_text_kind kind, place at, uint32_t b)
{
    if (at == END)
        return 0;
    return kind == TONE_TEXT_KEY ? any_key(at, b) : kind == TONE_TEXT_CALL ? any_call(at, b) : any_json(at, b, kind == TONE_TEXT_PLAIN);
}

static bool any_step(const void *self, void *to, const void *from, uint32_t b)
{
    place next = any_of(*(const tone_text_kind *)self, (place) * (const uint8_t *)from, b);
    *(uint8_t *)to = (uint8_t)next;
    return next != 0;
}

static uint8_t any_flags(const void *self, const void *record)
{
    place at = *(const uint8_t *)record;
    if (*(const tone_text_kind *)self == TONE_TEXT_KEY)
        return at == BODY ? TONE_DFA_ACCEPT : 0;
    return at == END ? TONE_DFA_ACCEPT : at == BODY || (at >= LITERAL1 && at <= LITERAL4) ? TONE_DFA_BOUNDARY : 0;
}

tone_status tone_text_any(tone_dfa **out, tone_text_kind kind)
{
    const tone_dfa_machine m = {&kind, 1, any_step, any_flags, NULL, 0};
    uint8_t start = START;
    tone_status st = tone_dfa_explore(out, &m, &start, 1000);
    if (!st)
        (*out)->counted = kind != TONE_TEXT_KEY;
    return st;
}

/* Contents and place together. */
typedef struct quoted {
    uint16_t content;
    uint16_t place;
} quoted;

static bool quote_json(const tone_dfa *d, quoted *to, const quoted *from, uint32_t b)
{
    int c = -1; /* the byte of the contents that b completes */
    if (b >= 256)
        return false;
    switch ((place)from->place) {
    case START:
        to->place = BODY;
        return b == '"';
    case BODY:
        if (b == '"') {
            *to = (quoted){0, END};
            return d->flags[from->content] & TONE_DFA_ACCEPT;
        }
        if (b == '\\') {
            to->place = ESCAPE;
            return true;
        }
        c = b < 0x20 ? -1 : (int)b;
        break;
    case ESCAPE: {
        const char *at = b && b < 0x80 ? strchr(short_letters, (int)b) : NULL;
        if (b == 'u') {
            to->place = PLAIN_U0;
            return true;
        }
        c = b == '"' || b == '\\' ? (int)b : at ? short_escapes[at - short_letters] : -1;
        break;
    }
    case PLAIN_U3_0:
    case PLAIN_U3_1:
        c = long_escape(from->place == PLAIN_U3_1, b);
        break;
    default:
        to->place = (uint16_t)inside_plain_escape((place)from->place, b);
        return to->place != 0;
    }
    if (c < 0)
        return false;
    to->place = BODY;
    to->content = (uint16_t)tone_dfa_next(d, from->content, (uint32_t)c);
    return to->content != 0;
}

static bool quote_call(const tone_dfa *d, quoted *to, const quoted *from, uint32_t b)
{
    if (b == TONE_SYM_MARK + TONE_MARK_QUOTE) {
        if (from->place == START) {
            to->place = BODY;
            return true;
        }
        *to = (quoted){0, END};
        return d->flags[from->content] & TONE_DFA_ACCEPT;
    }
    if (b >= 256 || from->place != BODY)
        return false;
    to->content = (uint16_t)tone_dfa_next(d, from->content, b);
    return to->content != 0;
}

typedef struct quoter {
    const tone_dfa *content;
    tone_notation notation;
    bool counted;
} quoter;

static bool quote_step(const void *self, void *to, const void *from, uint32_t b)
{
    const quoter *q = self;
    quoted *t = to;
    *t = *(const quoted *)from;
    if (t->place == END)
        return false;
    return q->notation == TONE_NOTATION_JSON ? quote_json(q->content, t, from, b) : quote_call(q->content, t, from, b);
}

static uint8_t quote_flags(const void *self, const void *record)
{
    const quoter *q = self;
    const quoted *r = record;
    if (r->place == END)
        return TONE_DFA_ACCEPT;
    return q->counted && r->place == BODY && q->content->flags[r->content] & TONE_DFA_ACCEPT ? TONE_DFA_BOUNDARY : 0;
}

tone_status tone_text_quote(tone_dfa **out, const tone_dfa *content, tone_notation notation, bool counted)
{
    const quoter q = {content, notation, counted};
    /* What the notation looks at: quotes, backslashes and what comes behind them, control characters, tokens. */
    uint16_t special[TONE_SYM_READ] = {0}, classes[TONE_SYM_READ], n = 2;
    for (uint32_t b = 0; b < TONE_SYM_READ; b++)
        special[b] = b < 0x20 ? 1 : b >= 256 ? n++ : 0;
    for (const char *c = "\"\\u/bfnrt0123456789acdeABCDEF"; *c; c++)
        special[(uint8_t)*c] = n++;
    uint32_t n_classes = tone_classes_join(classes, content->class_of, special);
    const tone_dfa_machine m = {&q, sizeof(quoted), quote_step, quote_flags, classes, n_classes};
    const quoted first = {(uint16_t)content->start, START};
    tone_status st = tone_dfa_explore(out, &m, &first, 65534);
    if (!st)
        (*out)->counted = counted;
    return st;
}

void tone_text_spell(tone_buf *to, const char *text, size_t n, tone_notation notation)
{
    if (notation == TONE_NOTATION_CALL) {
        tone_buf_putc(to, (char)TONE_QUOTE_BYTE);
        tone_buf_append(to, text, n);
        tone_buf_putc(to, (char)TONE_QUOTE_BYTE);
        return;
    }
    tone_buf_putc(to, '"');
    for (size_t i = 0; i < n; i++) {
        const char *at = text[i] ? strchr(short_escapes, text[i]) : NULL;
        if (text[i] == '"' || text[i] == '\\')
            tone_buf_printf(to, "\\%c", text[i]);
        else if (at)
            tone_buf_printf(to, "\\%c", short_letters[at - short_escapes]);
        else if ((uint8_t)text[i] < 0x20)
            tone_buf_printf(to, "\\u%04x", (uint8_t)text[i]);
        else
            tone_buf_putc(to, text[i]);
    }
    tone_buf_putc(to, '"');
}

#include "chat/call_stream.h"

#include <string.h>

#include "chat/text.h"
#include "format/json_tree.h"

void tone_chat_call_stream_reset(tone_chat_call_stream *s)
{
    s->state = CHAT_STREAM_NAME;
    s->depth = 0;
    s->begun = false;
    tone_buf_reset(&s->name);
    tone_buf_reset(&s->json);
    tone_buf_reset(&s->word);
}

void tone_chat_call_stream_clear(tone_chat_call_stream *s)
{
    tone_buf_clear(&s->name);
    tone_buf_clear(&s->json);
    tone_buf_clear(&s->word);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void open(tone_chat_call_stream *s, char bracket)
{
    if (s->depth == CHAT_STREAM_DEPTH) {
        s->state = CHAT_STREAM_BROKEN;
        return;
    }
    s->closers[s->depth++] = bracket == '{' ? '}' : ']';
    tone_buf_putc(&s->json, bracket);
    s->state = bracket == '{' ? CHAT_STREAM_KEY : CHAT_STREAM_VALUE;
}

static void close(tone_chat_call_stream *s, char bracket)
{
    if (s->depth == 0 || s->closers[s->depth - 1] != bracket) {
        s->state = CHAT_STREAM_BROKEN;
        return;
    }
    tone_buf_putc(&s->json, bracket);
    s->state = --s->depth ? CHAT_STREAM_AFTER : CHAT_STREAM_DONE;
}

static void key_byte(tone_chat_call_stream *s, char c)
{
    if (c == ':' && s->word.n) {
        const char *text = tone_buf_text(&s->word);
        size_t n = s->word.n;
        tone_chat_trim(&text, &n);
        tone_json_write_string(&s->json, text, n);
        tone_buf_putc(&s->json, ':');
        tone_buf_reset(&s->word);
        s->state = CHAT_STREAM_VALUE;
    } else if (c == '}' && !s->word.n) {
        close(s, c);
    } else if (!is_blank(c) || s->word.n) {
        tone_buf_putc(&s->word, c);
    }
}

static void after_byte(tone_chat_call_stream *s, char c)
{
    if (c == ',') {
        tone_buf_putc(&s->json, c);
        s->state = s->closers[s->depth - 1] == '}' ? CHAT_STREAM_KEY : CHAT_STREAM_VALUE;
    } else if (c == '}' || c == ']') {
        close(s, c);
    } else if (!is_blank(c)) {
        s->state = CHAT_STREAM_BROKEN;
    }
}

void tone_chat_call_stream_byte(tone_chat_call_stream *s, char c)
{
    switch (s->state) {
    case CHAT_STREAM_NAME:
        if (c == '{') {
            s->begun = true;
            open(s, c);
        } else if (!is_blank(c) || s->name.n) {
            tone_buf_putc(&s->name, c);
        }
        break;
    case CHAT_STREAM_KEY:
        key_byte(s, c);
        break;
    case CHAT_STREAM_VALUE:
        if (c == '{' || c == '[') {
            open(s, c);
        } else if (c == ']') {
            close(s, c);
        } else if (!is_blank(c)) {
            tone_buf_putc(&s->word, c);
            s->state = CHAT_STREAM_LEXEME;
        }
        break;
    case CHAT_STREAM_LEXEME:
        if (c != ',' && c != '}' && c != ']' && !is_blank(c)) {
            tone_buf_putc(&s->word, c);
            break;
        }
        tone_buf_append(&s->json, s->word.data, s->word.n);
        tone_buf_reset(&s->word);
        s->state = CHAT_STREAM_AFTER;
        after_byte(s, c);
        break;
    case CHAT_STREAM_STRING:
        tone_json_write_escaped(&s->json, &c, 1);
        break;
    case CHAT_STREAM_AFTER:
        after_byte(s, c);
        break;
    case CHAT_STREAM_DONE:
        if (!is_blank(c))
            s->state = CHAT_STREAM_BROKEN;
        break;
    case CHAT_STREAM_BROKEN:
        break;
    }
}

void tone_chat_call_stream_quote(tone_chat_call_stream *s)
{
    if (s->state != CHAT_STREAM_VALUE && s->state != CHAT_STREAM_STRING) {
        s->state = CHAT_STREAM_BROKEN;
        return;
    }
    tone_buf_putc(&s->json, '"');
    s->state = s->state == CHAT_STREAM_VALUE ? CHAT_STREAM_STRING : CHAT_STREAM_AFTER;
}

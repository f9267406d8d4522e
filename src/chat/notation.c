#include "chat/notation.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chat/text.h"

void tone_chat_quoted(tone_chat_out *o, const char *text, size_t n)
{
    tone_chat_out_control(o, CHAT_QUOTE);
    tone_chat_out_text(o, text, n);
    tone_chat_out_control(o, CHAT_QUOTE);
}

static tone_status number(tone_chat_out *o, const tone_json_value *v, bool exact, tone_error *err)
{
    bool exponent = memchr(v->text, 'e', v->n) || memchr(v->text, 'E', v->n);
    if (!exact && !exponent) {
        tone_chat_out_text(o, v->text, v->n);
        return TONE_OK;
    }
    tone_buf b = {0};
    bool finite = tone_chat_python_number(&b, v);
    tone_chat_out_text(o, tone_buf_text(&b), b.n);
    o->failed |= b.failed;
    tone_buf_clear(&b);
    return finite ? TONE_OK : tone_fail(err, TONE_ERR_FORMAT, 0, "the number %.*s is out of range",
                                        v->n > 40 ? 40 : (int)v->n, v->text);
}

static tone_status members(tone_chat_out *o, const tone_json_value *v, tone_chat_style style, tone_error *err)
{
    const tone_json_value **sorted;
    if (!tone_chat_sorted(v, &sorted))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the prompt");
    tone_status st = TONE_OK;
    tone_chat_out_puts(o, "{");
    for (uint32_t i = 0; i < v->count && !st; i++) {
        if (i)
            tone_chat_out_puts(o, ",");
        if (style.quoted_keys)
            tone_chat_quoted(o, sorted[i]->key, sorted[i]->key_n);
        else
            tone_chat_out_text(o, sorted[i]->key, sorted[i]->key_n);
        tone_chat_out_puts(o, ":");
        st = tone_chat_value(o, sorted[i], style, err);
    }
    tone_chat_out_puts(o, "}");
    free(sorted);
    return st;
}

tone_status tone_chat_value(tone_chat_out *o, const tone_json_value *v, tone_chat_style style, tone_error *err)
{
    tone_status st = TONE_OK;
    switch (v->kind) {
    case TONE_JSON_NULL:
        tone_chat_out_puts(o, "null");
        break;
    case TONE_JSON_FALSE:
        tone_chat_out_puts(o, "false");
        break;
    case TONE_JSON_TRUE:
        tone_chat_out_puts(o, "true");
        break;
    case TONE_JSON_NUMBER:
        return number(o, v, style.exact, err);
    case TONE_JSON_STRING:
        tone_chat_quoted(o, v->text, v->n);
        break;
    case TONE_JSON_ARRAY:
        tone_chat_out_puts(o, "[");
        for (const tone_json_value *c = v->first; c && !st; c = c->next) {
            st = tone_chat_value(o, c, style, err);
            if (c->next)
                tone_chat_out_puts(o, ",");
        }
        tone_chat_out_puts(o, "]");
        break;
    case TONE_JSON_OBJECT:
        return members(o, v, style, err);
    }
    return st;
}

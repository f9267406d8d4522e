#include "chat/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tone_segment *push(tone_chat_out *o, tone_segment_kind kind)
{
    if (o->n == o->room) {
        size_t room = o->room ? o->room * 2 : 32;
        tone_segment *grown = realloc(o->segments, room * sizeof *grown);
        if (!grown) {
            o->failed = true;
            return NULL;
        }
        o->segments = grown;
        o->room = room;
    }
    tone_segment *s = &o->segments[o->n++];
    *s = (tone_segment){.kind = kind};
    return s;
}

void tone_chat_out_text(tone_chat_out *o, const char *text, size_t n)
{
    if (n == 0)
        return;
    tone_segment *s = o->n ? &o->segments[o->n - 1] : NULL;
    if (!s || s->kind != TONE_SEGMENT_TEXT)
        s = push(o, TONE_SEGMENT_TEXT);
    if (!s)
        return;
    tone_buf_append(&o->text, text, n);
    s->n += n;
}

void tone_chat_out_puts(tone_chat_out *o, const char *text)
{
    tone_chat_out_text(o, text, strlen(text));
}

static tone_segment *push_text(tone_chat_out *o, tone_segment_kind kind, const char *text, size_t n)
{
    tone_segment *s = push(o, kind);
    if (s) {
        tone_buf_append(&o->text, text, n);
        s->n = n;
    }
    return s;
}

void tone_chat_out_control(tone_chat_out *o, const char *literal)
{
    push_text(o, TONE_SEGMENT_CONTROL, literal, strlen(literal));
}

/* A copy of a text that can be a C string; NULL for anything else. */
static char *text_of(tone_chat_out *o, const tone_json_value *v)
{
    if (!v || v->kind != TONE_JSON_STRING || v->n == 0 || strlen(v->text) != v->n)
        return NULL;
    char *copy = strdup(v->text);
    o->failed = o->failed || !copy;
    return copy;
}

void tone_chat_out_media(tone_chat_out *o, const char *literal, const tone_json_value *part, uint32_t message, uint32_t index)
{
    tone_segment *s = push_text(o, TONE_SEGMENT_MEDIA, literal, strlen(literal));
    if (!s)
        return;
    const tone_json_value *budget = tone_json_get(part, "budget");
    s->message = message;
    s->part = index;
    s->path = text_of(o, tone_json_get(part, "path"));
    s->hash = text_of(o, tone_json_get(part, "hash"));
    if (budget && budget->kind == TONE_JSON_NUMBER && budget->n < 8 && strspn(budget->text, "0123456789") == budget->n)
        s->budget = (uint32_t)strtoul(budget->text, NULL, 10);
}

void tone_chat_out_ids(tone_chat_out *o, const tone_token *ids, size_t n_ids, const char *shown, size_t n)
{
    if (n_ids == 0)
        return;
    tone_token *copy = malloc(n_ids * sizeof *copy);
    tone_segment *s = copy ? push_text(o, TONE_SEGMENT_IDS, shown, n) : NULL;
    if (!s) {
        free(copy);
        o->failed = true;
        return;
    }
    memcpy(copy, ids, n_ids * sizeof *copy);
    s->ids = copy;
    s->n_ids = n_ids;
}

void tone_chat_out_note(tone_chat_out *o, const char *fmt, ...)
{
    enum { MOST = 64 }; /* a hostile request does not get to write a book */
    if (o->n_notes == MOST)
        return;
    if (!o->notes)
        o->notes = calloc(MOST, sizeof *o->notes);
    char line[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    char *copy = o->notes ? strdup(line) : NULL;
    if (copy)
        o->notes[o->n_notes++] = copy;
    else
        o->failed = true;
}

bool tone_chat_out_finish(tone_chat_out *o)
{
    const char *at = tone_buf_text(&o->text);
    if (o->failed || o->text.failed)
        return false;
    for (size_t i = 0; i < o->n; i++) {
        o->segments[i].text = at;
        at += o->segments[i].n;
    }
    return true;
}

void tone_chat_out_clear(tone_chat_out *o)
{
    for (size_t i = 0; i < o->n; i++) {
        free((tone_token *)o->segments[i].ids);
        free((char *)o->segments[i].path);
        free((char *)o->segments[i].hash);
    }
    free(o->segments);
    for (size_t i = 0; i < o->n_notes; i++)
        free(o->notes[i]);
    free(o->notes);
    tone_buf_clear(&o->text);
    *o = (tone_chat_out){0};
}

/* chat/request.h - a request whose shape has been checked, so that who renders it need not ask again.
 *
 * Checked: every message is an object with a role; content is null, text, or a list of typed parts whose text parts have
 * text (a tool's may be any value); calls and tools have names; reasoning is text.  Not yet checked: arguments that are
 * JSON inside a string, and the schemas of tools. */
#ifndef TONE_CHAT_REQUEST_H
#define TONE_CHAT_REQUEST_H

#include "format/json_tree.h"
#include "tonesmith/chat.h"

/* What a model generated for one assistant message: put in place of its text, so that a cache keeps its prefix. */
typedef struct tone_chat_replay {
    const tone_token *ids; /* NULL: render the message */
    size_t n_ids;
    const char *text;
    size_t n;
    bool has_thought;
} tone_chat_replay;

typedef struct tone_chat_request {
    const tone_json_value **messages; /* owned by the request, the nodes are not */
    size_t n_messages;
    const tone_json_value *tools; /* a list with members, else NULL */
    bool think, keep_thoughts, generate;
    const tone_chat_replay *replay; /* one per message, or NULL */
} tone_chat_request;

/* Check `root`, which must outlive *out.  The caller clears *out also after a failure. */
TONE_NODISCARD tone_status tone_chat_request_read(tone_chat_request *out, const tone_json_value *root, tone_error *err);
void tone_chat_request_clear(tone_chat_request *q);

/* The same for one message and for a list of tools alone. */
TONE_NODISCARD tone_status tone_chat_message_check(const tone_json_value *message, size_t index, tone_error *err);
TONE_NODISCARD tone_status tone_chat_tools_check(const tone_json_value *tools, tone_error *err);

typedef enum tone_chat_media { CHAT_MEDIA_NONE, CHAT_MEDIA_IMAGE, CHAT_MEDIA_AUDIO, CHAT_MEDIA_VIDEO } tone_chat_media;

/* What kind of medium a content part stands for. */
tone_chat_media tone_chat_part_media(const tone_json_value *part);

#endif

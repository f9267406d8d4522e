/* Gemma 3's frame: user and model turns only.
 *
 *   <bos> { <start_of_turn> role LF text <end_of_turn> LF } <start_of_turn> model LF
 *
 * The system text stands at the start of the first user turn, an empty line after it, untrimmed.  There are no tools and
 * no thoughts.  The published template refuses turns that do not alternate; without `exact` they are printed as they come. */
#include <string.h>

#include "base/fail.h"
#include "chat/text.h"
#include "chat/turns.h"

static tone_status system_text(tone_chat_out *o, const tone_json_value *system, tone_error *err)
{
    const tone_json_value *c = tone_json_get(system, "content"), *text = c;
    if (!tone_json_truthy(c))
        return TONE_OK;
    if (c->kind == TONE_JSON_ARRAY) {
        text = tone_json_get(c->first, "text");
        if (c->count != 1 || !text)
            return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "messages[0]: Gemma 3 takes one text as system message");
    }
    tone_chat_out_text(o, text->text, text->n);
    tone_chat_out_puts(o, "\n\n");
    return TONE_OK;
}

static tone_status content(tone_chat_out *o, const tone_json_value *message, size_t i, tone_error *err)
{
    const tone_json_value *c = tone_json_get(message, "content");
    if (c && c->kind == TONE_JSON_STRING) {
        const char *text = c->text;
        size_t n = c->n;
        tone_chat_trim(&text, &n);
        tone_chat_out_text(o, text, n);
    }
    size_t index = 0;
    for (const tone_json_value *part = c && c->kind == TONE_JSON_ARRAY ? c->first : NULL; part; part = part->next,
         index++) {
        const tone_json_value *t = tone_json_get(part, "text");
        tone_chat_media media = tone_chat_part_media(part);
        if (media == CHAT_MEDIA_IMAGE) {
            tone_chat_out_media(o, "<start_of_image>", part, (uint32_t)i, (uint32_t)index);
        } else if (media != CHAT_MEDIA_NONE) {
            return tone_fail(err, TONE_ERR_UNSUPPORTED, 0,
                             "messages[%zu].content[%zu]: Gemma 3 takes text and images only", i, index);
        } else if (tone_json_is(tone_json_get(part, "type"), "text")) {
            const char *text = t->text;
            size_t n = t->n;
            tone_chat_trim(&text, &n);
            tone_chat_out_text(o, text, n);
        } else {
            tone_chat_out_note(o, "messages[%zu].content[%zu]: a part of type '%.40s' was left out", i, index,
                               tone_json_get(part, "type")->text);
        }
    }
    return TONE_OK;
}

tone_status tone_chat_turns_gemma3(tone_chat_out *o, const tone_chat_request *q, const tone_prompt_options *options,
                                   tone_error *err)
{
    if (q->tools)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "Gemma 3 was not trained to call tools");
    if (q->think)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "Gemma 3 has no thinking mode");
    const tone_json_value *system = tone_chat_first_system(q);
    size_t first = system != NULL;
    tone_chat_out_control(o, "<bos>");
    for (size_t i = first; i < q->n_messages; i++) {
        const tone_json_value *m = q->messages[i], *role = tone_json_get(m, "role");
        bool model = tone_json_is(role, "assistant");
        if (!model && !tone_json_is(role, "user"))
            return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "messages[%zu]: Gemma 3 knows no role '%.40s' here", i,
                             role->text);
        if (options->template_exact && model != (i - first) % 2)
            return tone_fail(err, TONE_ERR_UNSUPPORTED, 0,
                             "messages[%zu]: the turns of user and assistant must alternate", i);
        if (model && tone_json_truthy(tone_json_get(m, "tool_calls")))
            return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "messages[%zu]: Gemma 3 was not trained to call tools", i);
        tone_chat_out_control(o, "<start_of_turn>");
        tone_chat_out_puts(o, model ? "model\n" : "user\n");
        tone_status st = i == first ? system_text(o, system, err) : TONE_OK;
        const tone_chat_replay *replay = q->replay ? &q->replay[i] : NULL;
        if (!st && replay && replay->ids && !options->template_exact)
            tone_chat_out_ids(o, replay->ids, replay->n_ids, replay->text, replay->n);
        else if (!st)
            st = content(o, m, i, err);
        if (st)
            return st;
        tone_chat_out_control(o, "<end_of_turn>");
        tone_chat_out_puts(o, "\n");
    }
    if (system && q->n_messages == 1)
        tone_chat_out_note(o, "messages[0]: Gemma 3 has no place for a system text without a user message");
    if (q->generate) {
        tone_chat_out_control(o, "<start_of_turn>");
        tone_chat_out_puts(o, "model\n");
    }
    return TONE_OK;
}

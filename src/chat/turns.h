/* chat/turns.h - the frames of the model families around checked messages. */
#ifndef TONE_CHAT_TURNS_H
#define TONE_CHAT_TURNS_H

#include "chat/out.h"
#include "chat/request.h"

/* What a prompt has already said of the answer. */
typedef enum tone_chat_beginning {
    CHAT_BEGINS_EMPTY,
    CHAT_BEGINS_IN_THOUGHT, /* <|channel>thought LF           */
    CHAT_BEGINS_UNTHINKING  /* <|channel>thought LF<channel|> */
} tone_chat_beginning;

/* Append the whole prompt. */
TONE_NODISCARD tone_status tone_chat_turns_gemma4(tone_chat_out *o, const tone_chat_request *q,
                                                  const tone_prompt_options *options,
                                             tone_chat_beginning *beginning, tone_error *err);
TONE_NODISCARD tone_status tone_chat_turns_gemma3(tone_chat_out *o, const tone_chat_request *q,
                                                  const tone_prompt_options *options,
                                             tone_error *err);

/* The first system or developer message, which has a place of its own in every frame; NULL when there is none. */
const tone_json_value *tone_chat_first_system(const tone_chat_request *q);

#endif

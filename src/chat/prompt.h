/* chat/prompt.h - building a prompt from a request that is already read. */
#ifndef TONE_CHAT_PROMPT_H
#define TONE_CHAT_PROMPT_H

#include "chat/request.h"
#include "chat/turns.h"

TONE_NODISCARD tone_status tone_chat_prompt_build(tone_prompt **out, const tone_chat_request *q,
                                                  const tone_prompt_options *options,
                                             tone_error *err);

/* The same from a request's JSON object, which is not needed afterwards. */
TONE_NODISCARD tone_status tone_chat_prompt_build_json(tone_prompt **out, const tone_json_value *request,
                                                  const tone_prompt_options *options, tone_error *err);

tone_chat_beginning tone_chat_prompt_beginning(const tone_prompt *p);

#endif

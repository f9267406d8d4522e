#include "tonesmith/sampling.h"

tone_sampling_options tone_sampling_defaults(void)
{
    return (tone_sampling_options){.temperature = 1, .top_k = 64, .top_p = 0.95, .repeat_penalty = 1};
}

const char *tone_end_text(tone_end end)
{
    static const char *const text[] = {
        [TONE_END_NONE] = "",
        [TONE_END_STOP_TOKEN] = "stop",
        [TONE_END_STOP_STRING] = "stop_string",
        [TONE_END_MAX_TOKENS] = "length",
        [TONE_END_CONTEXT] = "context",
        [TONE_END_REPETITION] = "repetition",
        [TONE_END_CONSTRAINT] = "grammar",
        [TONE_END_CANCELLED] = "cancelled",
        [TONE_END_ERROR] = "error",
    };
    return (size_t)end < sizeof text / sizeof *text ? text[end] : "";
}

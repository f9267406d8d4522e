/* A chat request: whatever it says, the segments are the prompt, and the control tokens among them are the frame's. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tonesmith/chat.h"

static void use(const char *request, size_t n, tone_prompt_options o)
{
    tone_prompt *p;
    tone_error err = {0};
    if (tone_prompt_build(&p, request, n, &o, &err)) {
        fuzz_require(!p && err.text[0]);
        return;
    }
    size_t text_n, n_segments, n_notes, sum = 0;
    const char *text = tone_prompt_text(p, &text_n);
    const tone_segment *s = tone_prompt_segments(p, &n_segments);
    for (size_t i = 0; i < n_segments; i++) {
        fuzz_require(s[i].text == text + sum && s[i].n > 0);
        fuzz_require(s[i].kind != TONE_SEGMENT_TEXT || i == 0 || s[i - 1].kind != TONE_SEGMENT_TEXT);
        if (s[i].kind != TONE_SEGMENT_TEXT)
            fuzz_require(s[i].text[0] == '<' && s[i].text[s[i].n - 1] == '>' && s[i].n < 20);
        sum += s[i].n;
    }
    fuzz_require(sum == text_n && text[text_n] == 0);
    const char *const *notes = tone_prompt_notes(p, &n_notes);
    for (size_t i = 0; i < n_notes; i++)
        fuzz_keep(fuzz_touch(notes[i], strlen(notes[i])));
    tone_prompt_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *request = (const char *)bytes;
    use(request, n, (tone_prompt_options){.template_exact = true});
    use(request, n, (tone_prompt_options){.family = TONE_CHAT_GEMMA4_LARGE, .think_in_system = true});
    use(request, n, (tone_prompt_options){.family = TONE_CHAT_GEMMA3});
    return 0;
}

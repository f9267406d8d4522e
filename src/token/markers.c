#include "token/markers.h"

#include <string.h>

/* <|tool_response> stops as well: after it the program speaks.  </s> is an HTML tag here, not a marker. */
static const tone_marker gemma4[] = {
    {"<pad>", false, true},
    {"<eos>", true, false},
    {"<bos>", false, true},
    {"<unk>", false, true},
    {"<mask>", false, true},
    {"<|tool>", false, true},
    {"<tool|>", false, true},
    {"<|tool_call>", false, false},
    {"<tool_call|>", false, false},
    {"<|tool_response>", true, false},
    {"<tool_response|>", false, true},
    {"<|\"|>", false, false},
    {"<|think|>", false, true},
    {"<|channel>", false, false},
    {"<channel|>", false, false},
    {"<|turn>", false, true},
    {"<turn|>", true, false},
    {"<|image>", false, true},
    {"<|audio>", false, true},
    {"<|image|>", false, true},
    {"<|audio|>", false, true},
    {"<image|>", false, true},
    {"<audio|>", false, true},
    {"<|video|>", false, true},
};

static const tone_marker gemma3[] = {
    {"<pad>", false, true},
    {"<eos>", true, false},
    {"<bos>", false, true},
    {"<unk>", false, true},
    {"<start_of_turn>", false, true},
    {"<end_of_turn>", true, false},
    {"<start_of_image>", false, true},
    {"<end_of_image>", false, true},
    {"<image_soft_token>", false, true},
};

/* What any vocabulary may have; nothing is known of how its model uses them. */
static const tone_marker other[] = {
    {"<pad>", false, false},
    {"<eos>", true, false},
    {"<bos>", false, false},
    {"<unk>", false, false},
};

static bool same(const tone_piece *p, const char *text, size_t n)
{
    return p->text && p->n == n && memcmp(p->text, text, n) == 0;
}

tone_vocab_family tone_markers_family(const tone_piece *pieces, size_t n)
{
    bool open4 = false, close4 = false, open3 = false, close3 = false;
    for (size_t i = 0; i < n; i++) {
        open4 |= same(&pieces[i], "<|turn>", 7);
        close4 |= same(&pieces[i], "<turn|>", 7);
        open3 |= same(&pieces[i], "<start_of_turn>", 15);
        close3 |= same(&pieces[i], "<end_of_turn>", 13);
    }
    return open4 && close4 ? TONE_VOCAB_GEMMA4 : open3 && close3 ? TONE_VOCAB_GEMMA3 : TONE_VOCAB_OTHER;
}

const tone_marker *tone_markers_find(tone_vocab_family family, const char *text, size_t n)
{
    const tone_marker *list = other;
    size_t count = sizeof other / sizeof *other;
    if (family == TONE_VOCAB_GEMMA4) {
        list = gemma4;
        count = sizeof gemma4 / sizeof *gemma4;
    } else if (family == TONE_VOCAB_GEMMA3) {
        list = gemma3;
        count = sizeof gemma3 / sizeof *gemma3;
    }
    if (n < 5 || n > 18 || text[0] != '<' || text[n - 1] != '>')
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i].text) == n && memcmp(list[i].text, text, n) == 0)
            return &list[i];
    return NULL;
}

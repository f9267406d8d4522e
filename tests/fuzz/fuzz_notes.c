#include <math.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tonesmith/sound/notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1);
    if (!text)
        return 0;
    if (n)
        memcpy(text, bytes, n);
    text[n] = 0;
    tone_notes notes;
    tone_error err = {0};
    if (tone_notes_parse(&notes, text, &err)) {
        fuzz_require(!notes.notes && err.text[0]);
    } else {
        fuzz_require(notes.n > 0 && isfinite(tone_notes_end_s(&notes)) && tone_notes_end_s(&notes) <= TONE_NOTES_SECONDS_MAX);
        for (size_t i = 0; i < notes.n; i++)
            fuzz_require(notes.notes[i].pitch >= 0 && notes.notes[i].pitch <= 127 && notes.notes[i].velocity > 0);
        tone_notes_clear(&notes);
    }
    free(text);
    return 0;
}

#include <math.h>

#include "fuzz/fuzz.h"
#include "tonesmith/sound/notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_notes notes;
    tone_error err = {0};
    if (tone_notes_read_midi(&notes, bytes, n, &err)) {
        fuzz_require(!notes.notes && !notes.bends && err.text[0]);
        return 0;
    }
    fuzz_require(notes.n > 0 && notes.n <= TONE_NOTES_MAX && notes.tempo_bpm >= 10 && notes.tempo_bpm <= 1000);
    for (size_t i = 0; i < notes.n; i++) {
        const tone_note *note = &notes.notes[i];
        fuzz_require(note->start_s >= 0 && note->length_s > 0 && note->start_s + note->length_s <= TONE_NOTES_SECONDS_MAX + 1);
        fuzz_require(note->pitch >= 0 && note->pitch <= 127 && note->velocity > 0 && note->velocity <= 1 && note->channel < 16);
        fuzz_require(i == 0 || notes.notes[i - 1].start_s <= note->start_s);
    }
    for (size_t i = 0; i < notes.n_bends; i++)
        fuzz_require(isfinite(notes.bends[i].semitones) && notes.bends[i].channel < 16);
    tone_notes_clear(&notes);
    return 0;
}

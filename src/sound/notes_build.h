/* sound/notes_build.h - collecting notes while reading them. */
#ifndef TONE_SOUND_NOTES_BUILD_H
#define TONE_SOUND_NOTES_BUILD_H

#include "tonesmith/sound/notes.h"

/* Append one; bounds are checked and worded.  The caller clears `notes` on failure. */
TONE_NODISCARD tone_status tone_notes_add(tone_notes *notes, tone_note note, tone_error *err);
TONE_NODISCARD tone_status tone_notes_add_bend(tone_notes *notes, tone_bend bend, tone_error *err);
/* Into the order that tone_notes promises, the same whatever the order of reading. */
void tone_notes_sort(tone_notes *notes);

#endif

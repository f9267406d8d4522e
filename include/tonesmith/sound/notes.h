/* tonesmith/sound/notes.h - what is played: notes, pitch bends and a tempo.  Module: sound.
 *
 * Three ways to write the same thing, all [setup]:
 *
 *     C3@0:1  E3@0.5:1:0.8  C4+E4+G4@2:1.5           pitch @ start : length [: velocity 0…1], seconds; '+' joins chords
 *     bpm=120 C3@0b:1b                               a tempo; 'b' counts in beats
 *     [{"note": "C3", "start": 0, "length": 1, "velocity": 0.8}, …]
 *     a standard MIDI file                           notes, velocities, bends, sustain pedal, tempo; all tracks together
 *
 * C4 is MIDI note 60 (A4 = 440 Hz); '#' and 'b' alter; a number is a MIDI note and may have a fraction.  The sustain
 * pedal is gone after reading: it has lengthened the notes. */
#ifndef TONESMITH_SOUND_NOTES_H
#define TONESMITH_SOUND_NOTES_H

#include "tonesmith/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_note {
    double start_s, length_s;
    float pitch;    /* MIDI number, 0…127, 60 = C4 */
    float velocity; /* above 0, up to 1 */
    uint8_t channel; /* 0…15; bends belong to a channel */
} tone_note;

typedef struct tone_bend {
    double at_s;
    float semitones;
    uint8_t channel;
} tone_bend;

typedef struct tone_notes {
    tone_note *notes; /* in order of start, then pitch */
    size_t n;
    tone_bend *bends; /* in order of time */
    size_t n_bends;
    double tempo_bpm; /* for echoes in note values; 120 unless told */
} tone_notes;

/* Bounds on what is read: more is TONE_ERR_LIMIT. */
enum { TONE_NOTES_MAX = 65536, TONE_NOTES_SECONDS_MAX = 3600 };

/* Text or JSON (told by its first character), terminated.  On success *out owns its arrays: tone_notes_clear(). */
TONE_API TONE_NODISCARD tone_status tone_notes_parse(tone_notes *out, const char *text, tone_error *err);
/* The bytes of a standard MIDI file, formats 0 and 1. */
TONE_API TONE_NODISCARD tone_status tone_notes_read_midi(tone_notes *out, const void *bytes, size_t n, tone_error *err);
/* A MIDI file (told by its first bytes), or a file of text or JSON. */
TONE_API TONE_NODISCARD tone_status tone_notes_read_file(tone_notes *out, const char *path, tone_error *err);
TONE_API void tone_notes_clear(tone_notes *notes);
/* When the last note ends. */
TONE_API double tone_notes_end_s(const tone_notes *notes);

/* What tone_preset… and commands play when nothing else is said: "C3@0:1". */
TONE_API const char *tone_notes_default_text(void);

#ifdef __cplusplus
}
#endif
#endif

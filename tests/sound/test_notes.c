/* Notes as text, JSON and MIDI: what is read, and the sentence for everything that is not. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/sound/notes.h"

static tone_notes notes;
static tone_error err;

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static bool has(size_t i, double start, double length, double pitch, double velocity)
{
    const tone_note *n = &notes.notes[i];
    bool ok = i < notes.n && near(n->start_s, start) && near(n->length_s, length) && near(n->pitch, pitch) && fabs(n->velocity - velocity) < 1e-4;
    if (!ok && i < notes.n)
        fprintf(stderr, "    note %zu: start %g length %g pitch %g velocity %g\n", i, n->start_s, n->length_s, (double)n->pitch, (double)n->velocity);
    return ok;
}

static void test_text(void)
{
    CHECK(tone_notes_parse(&notes, " C3@0:1.0\nE3@0.5:0.25:0.9, Bb-1@2s:1s 60.5@.25:1 C#4+G4@3:1:1", &err) == TONE_OK && notes.n == 6);
    CHECK(has(0, 0, 1, 48, 0.8) && has(1, 0.25, 1, 60.5, 0.8) && has(2, 0.5, 0.25, 52, 0.9) && has(3, 2, 1, 10, 0.8));
    CHECK(has(4, 3, 1, 61, 1) && has(5, 3, 1, 67, 1) && near(notes.tempo_bpm, 120) && near(tone_notes_end_s(&notes), 4));
    tone_notes_clear(&notes);
    CHECK(tone_notes_parse(&notes, "bpm=90 C4@1b:0.5b", &err) == TONE_OK && has(0, 60.0 / 90, 30.0 / 90, 60, 0.8) && near(notes.tempo_bpm, 90));
    tone_notes_clear(&notes);
    CHECK(tone_notes_parse(&notes, "G9@0:1 C-1@0:1", &err) == TONE_OK && has(0, 0, 1, 0, 0.8) && has(1, 0, 1, 127, 0.8));
    tone_notes_clear(&notes);
    CHECK(tone_notes_parse(&notes, tone_notes_default_text(), &err) == TONE_OK);
    tone_notes_clear(&notes);
}

static void test_json(void)
{
    CHECK(tone_notes_parse(&notes, "[{\"note\": \"C3\", \"start\": 0.5, \"length\": 2, \"velocity\": 0.25}, {\"note\": 64}]", &err) == TONE_OK);
    CHECK(notes.n == 2 && has(0, 0, 1, 64, 0.8) && has(1, 0.5, 2, 48, 0.25));
    tone_notes_clear(&notes);
    CHECK(tone_notes_parse(&notes, "{\"tempo\": 100, \"notes\": [{\"note\": \"A4\"}]}", &err) == TONE_OK && near(notes.tempo_bpm, 100));
    tone_notes_clear(&notes);
}

static void test_sentences(void)
{
    static const struct {
        const char *text;
        tone_status status;
        const char *words;
    } cases[] = {
        {"", TONE_ERR_FORMAT, "there are no notes"},
        {"H3@0:1", TONE_ERR_FORMAT, "'H3@0:1' has no pitch"},
        {"C10@0:1", TONE_ERR_FORMAT, "has no pitch"},
        {"C-2@0:1", TONE_ERR_FORMAT, "has no pitch"},
        {"128@0:1", TONE_ERR_FORMAT, "has no pitch"},
        {"C3", TONE_ERR_FORMAT, "has no start time after '@'"},
        {"C3@-1:1", TONE_ERR_FORMAT, "has no start time after '@'"},
        {"C3@0", TONE_ERR_FORMAT, "has no length above 0 after ':'"},
        {"C3@0:0", TONE_ERR_FORMAT, "has no length above 0"},
        {"C3@0:1:0", TONE_ERR_FORMAT, "has no velocity above 0 and up to 1"},
        {"C3@0:1:1e-300", TONE_ERR_FORMAT, "has no velocity above 0 and up to 1"}, /* 0 as a float */
        {"C3@0:1:1.5", TONE_ERR_FORMAT, "has no velocity"},
        {"C3@0:1x", TONE_ERR_FORMAT, "ends in 'x', which means nothing"},
        {"C3@nan:1", TONE_ERR_FORMAT, "has no start time"},
        {"C3@0:1e9", TONE_ERR_LIMIT, "after the limit of 3600 s"},
        {"bpm=5 C3@0:1", TONE_ERR_FORMAT, "a tempo is 10 to 1000"},
        {"C3+@0:1", TONE_ERR_FORMAT, "has no pitch"},
        {"[", TONE_ERR_FORMAT, "the notes are no JSON"},
        {"[]", TONE_ERR_FORMAT, "there are no notes"},
        {"[1]", TONE_ERR_FORMAT, "note 0 is no object"},
        {"{\"notes\": 3}", TONE_ERR_FORMAT, "notes in JSON are a list"},
        {"[{\"note\": \"C3\", \"dur\": 1}]", TONE_ERR_FORMAT, "note 0 has a \"dur\"; its keys are note, start, length, velocity"},
        {"[{\"note\": \"C3x\"}]", TONE_ERR_FORMAT, "note 0 has no pitch"},
        {"[{\"note\": 128}]", TONE_ERR_FORMAT, "128 is no MIDI note"},
        {"[{\"note\": \"C3\", \"start\": -1}]", TONE_ERR_FORMAT, "no start of 0 or more"},
        {"[{\"note\": \"C3\", \"length\": 0}]", TONE_ERR_FORMAT, "no length above 0"},
        {"[{\"note\": \"C3\", \"velocity\": \"loud\"}]", TONE_ERR_FORMAT, "no velocity"},
        {"{\"tempo\": 1, \"notes\": [{\"note\": \"C3\"}]}", TONE_ERR_FORMAT, "\"tempo\" is 10 to 1000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        err.text[0] = 0;
        CHECK_CASE(tone_notes_parse(&notes, cases[i].text, &err) == cases[i].status && notes.notes == NULL, "'%s': %s", cases[i].text, err.text);
        CHECK_CASE(strstr(err.text, cases[i].words) != NULL, "'%s': \"%s\" has no \"%s\"", cases[i].text, err.text, cases[i].words);
    }
    char *many = malloc(70000 * 8 + 1), *at = many;
    for (int i = 0; i < 70000; i++)
        at += sprintf(at, "C3@0:1 ");
    CHECK(tone_notes_parse(&notes, many, &err) == TONE_ERR_LIMIT);
    free(many);
}

/* ── MIDI ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint8_t file[4096];
static size_t n_file;

static void put(const char *bytes, size_t n)
{
    memcpy(file + n_file, bytes, n);
    n_file += n;
}
#define PUT(text) put(text, sizeof(text) - 1)

/* A file of one track at 96 ticks a quarter. */
static void one_track(const char *events, size_t n)
{
    n_file = 0;
    PUT("MThd\0\0\0\6\0\0\0\1\0\x60MTrk");
    uint8_t size[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    put((char *)size, 4);
    put(events, n);
}
#define TRACK(text) one_track(text, sizeof(text) - 1)

static void test_midi(void)
{
    /* 120 BPM by default: a quarter of 96 ticks is 0.5 s.  The second note uses running status and velocity 0 as off. */
    TRACK("\x00\x90\x3C\x7F\x60\x80\x3C\x00\x00\x90\x40\x40\x30\x40\x00\x00\xFF\x2F\x00");
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_OK && notes.n == 2);
    CHECK(has(0, 0, 0.5, 60, 1) && has(1, 0.5, 0.25, 64, 64.0 / 127));
    tone_notes_clear(&notes);

    /* The tempo halves after a quarter; the first tempo is that of the echoes. */
    TRACK("\x00\xFF\x51\x03\x07\xA1\x20\x00\x90\x3C\x40\x60\xFF\x51\x03\x0F\x42\x40\x60\x80\x3C\x40\x00\xFF\x2F\x00");
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_OK && has(0, 0, 0.5 + 1, 60, 64.0 / 127) && near(notes.tempo_bpm, 120));
    tone_notes_clear(&notes);

    /* Pedal: the note rings on until it is lifted; striking it again ends it. */
    TRACK("\x00\xB0\x40\x7F\x00\x90\x3C\x40\x30\x80\x3C\x00\x00\x90\x3E\x40\x30\x80\x3E\x00\x00\x90\x3C\x40\x30\xB0\x40\x00\x30\x80\x3C\x00\x00\xFF\x2F\x00");
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_OK && notes.n == 3);
    CHECK(has(0, 0, 0.5, 60, 64.0 / 127) && has(1, 0.25, 0.5, 62, 64.0 / 127) && has(2, 0.5, 0.5, 60, 64.0 / 127));
    tone_notes_clear(&notes);

    /* Bends: two semitones by default, twelve after RPN 0; the channel is kept. */
    TRACK("\x00\x93\x3C\x40\x30\xE3\x7F\x7F\x00\xB3\x65\x00\x00\xB3\x64\x00\x00\xB3\x06\x0C\x30\xE3\x00\x00\x30\x83\x3C\x00\x00\xFF\x2F\x00");
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_OK && notes.n == 1 && notes.n_bends == 2 && notes.notes[0].channel == 3);
    CHECK(near(notes.bends[0].at_s, 0.25) && fabs(notes.bends[0].semitones - 2) < 1e-3 && notes.bends[0].channel == 3);
    CHECK(near(notes.bends[1].at_s, 0.5) && near(notes.bends[1].semitones, -12));
    tone_notes_clear(&notes);

    /* Nobody lets go: the note ends with the track.  Text, SysEx and program changes are passed over. */
    TRACK("\x00\xFF\x01\x02hi\x00\xF0\x02\x01\xF7\x00\xC0\x05\x00\xD0\x05\x00\x90\x3C\x40\x81\x40\xFF\x2F\x00");
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_OK && has(0, 0, 1, 60, 64.0 / 127));
    tone_notes_clear(&notes);

    /* Two tracks sound together; unknown chunks are passed over; film time counts frames. */
    n_file = 0;
    PUT("MThd\0\0\0\6\0\1\0\2\xE7\x28XXXX\0\0\0\2ab");
    PUT("MTrk\0\0\0\x0D\0\x90\x3C\x40\x83\x74\x80\x3C\x40\0\xFF\x2F\0");
    PUT("MTrk\0\0\0\x0D\0\x91\x30\x40\x83\x74\x81\x30\x40\0\xFF\x2F\0");
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_OK && notes.n == 2);
    CHECK(has(0, 0, 0.5, 48, 64.0 / 127) && has(1, 0, 0.5, 60, 64.0 / 127));
    tone_notes_clear(&notes);
}

static void test_bad_midi(void)
{
    static const struct {
        const char *events;
        size_t n;
        const char *words;
    } cases[] = {
        {"\x00\x3C\x40", 3, "data before any status byte"},
        {"\x00\x90\x3C", 3, "ends inside an event"},
        {"\x00\x90\x3C\xC0", 4, "a data byte above 127"},
        {"\x00\xF4", 2, "which no MIDI file may hold"},
        {"\x00\xFF\x01\x7Fhi", 6, "ends inside an event"},
        {"\xFF\xFF\xFF\xFF\x7F\x90\x3C\x40", 8, "ends inside an event"},
        {"\x00\xFF\x2F\x00", 4, "has no notes"},
        {"\x00\x90\x3C\x40\xFF\xFF\xFF\x7F\x80\x3C\x40\x00\xFF\x2F\x00", 15, "longer than 3600 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_track(cases[i].events, cases[i].n);
        CHECK_CASE(tone_notes_read_midi(&notes, file, n_file, &err) != TONE_OK && strstr(err.text, cases[i].words), "case %zu: %s", i, err.text);
        CHECK(notes.notes == NULL && notes.n == 0);
    }
    /* Every prefix of a good file is refused or gives at most its notes. */
    TRACK("\x00\xB0\x40\x7F\x00\x90\x3C\x40\x30\x80\x3C\x00\x00\x90\x3E\x40\x30\x80\x3E\x00\x00\xFF\x2F\x00");
    for (size_t n = 0; n < n_file; n++)
        CHECK_CASE(tone_notes_read_midi(&notes, file, n, &err) == TONE_ERR_FORMAT && *err.text, "prefix %zu", n);
    file[9] = 2;
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_ERR_UNSUPPORTED);
    file[9] = 0;
    file[11] = 9;
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_ERR_FORMAT && strstr(err.text, "promises 9 tracks and has 1"));
    file[11] = 1;
    file[13] = 0;
    CHECK(tone_notes_read_midi(&notes, file, n_file, &err) == TONE_ERR_FORMAT && strstr(err.text, "no ticks"));
    CHECK(tone_notes_read_file(&notes, "/nonexistent", &err) == TONE_ERR_NOT_FOUND);
}

int main(void)
{
    test_text();
    test_json();
    test_sentences();
    test_midi();
    test_bad_midi();
    return check_done();
}

/* Notes as text and as JSON; the MIDI reader is in midi.c. */
#include "sound/notes_build.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "sound/words_near.h"

enum { NOTES_BYTES_MAX = 16 << 20 };

const char *tone_notes_default_text(void)
{
    return "C3@0:1";
}

void tone_notes_clear(tone_notes *notes)
{
    free(notes->notes);
    free(notes->bends);
    memset(notes, 0, sizeof *notes);
}

double tone_notes_end_s(const tone_notes *notes)
{
    double end = 0;
    for (size_t i = 0; i < notes->n; i++)
        end = fmax(end, notes->notes[i].start_s + notes->notes[i].length_s);
    return end;
}

/* Grow an array of `size`-byte elements by one; false when memory ran out. */
static bool room_for_one(void **array, size_t n, size_t size)
{
    if (n & (n - 1)) /* the room is always the next power of two */
        return true;
    void *grown = realloc(*array, (n ? 2 * n : 1) * size);
    if (!grown)
        return false;
    *array = grown;
    return true;
}

tone_status tone_notes_add(tone_notes *notes, tone_note note, tone_error *err)
{
    if (notes->n >= TONE_NOTES_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "more than %d notes", TONE_NOTES_MAX);
    if (note.start_s + note.length_s > TONE_NOTES_SECONDS_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a note ends at %.0f s, after the limit of %d s",
                         note.start_s + note.length_s, TONE_NOTES_SECONDS_MAX);
    void *array = notes->notes;
    if (!room_for_one(&array, notes->n, sizeof note))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu notes", notes->n + 1);
    notes->notes = array;
    notes->notes[notes->n++] = note;
    return TONE_OK;
}

tone_status tone_notes_add_bend(tone_notes *notes, tone_bend bend, tone_error *err)
{
    if (notes->n_bends >= 16 * TONE_NOTES_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "more than %d pitch bends", 16 * TONE_NOTES_MAX);
    void *array = notes->bends;
    if (!room_for_one(&array, notes->n_bends, sizeof bend))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu pitch bends", notes->n_bends + 1);
    notes->bends = array;
    notes->bends[notes->n_bends++] = bend;
    return TONE_OK;
}

static int by_start(const void *a, const void *b)
{
    const tone_note *x = a, *y = b;
    if (x->start_s != y->start_s)
        return x->start_s < y->start_s ? -1 : 1;
    if (x->pitch != y->pitch)
        return x->pitch < y->pitch ? -1 : 1;
    if (x->channel != y->channel)
        return x->channel < y->channel ? -1 : 1;
    if (x->length_s != y->length_s)
        return x->length_s < y->length_s ? -1 : 1;
    return (x->velocity > y->velocity) - (x->velocity < y->velocity);
}

static int by_time(const void *a, const void *b)
{
    const tone_bend *x = a, *y = b;
    if (x->at_s != y->at_s)
        return x->at_s < y->at_s ? -1 : 1;
    if (x->channel != y->channel)
        return x->channel < y->channel ? -1 : 1;
    return (x->semitones > y->semitones) - (x->semitones < y->semitones);
}

void tone_notes_sort(tone_notes *notes)
{
    if (notes->n > 1)
        qsort(notes->notes, notes->n, sizeof *notes->notes, by_start);
    if (notes->n_bends > 1)
        qsort(notes->bends, notes->n_bends, sizeof *notes->bends, by_time);
}

/* "C#4", "Bb-1", "60", "60.5" at *s; moves *s past it.  false when there is no pitch of 0…127. */
static bool read_pitch(float *pitch, const char **s)
{
    static const int semitones[7] = {9, 11, 0, 2, 4, 5, 7}; /* A … G */
    const char *at = *s;
    int letter = toupper((unsigned char)*at);
    double value;
    char *end;
    if (letter >= 'A' && letter <= 'G') {
        value = semitones[letter - 'A'];
        for (at++; *at == '#' || *at == 'b'; at++)
            value += *at == '#' ? 1 : -1;
        int sign = *at == '-' ? -1 : 1;
        at += *at == '-';
        if (!isdigit((unsigned char)at[0]) || isdigit((unsigned char)at[1]))
            return false;
        value += 12 * (sign * (at[0] - '0') + 1);
        at++;
    } else {
        value = isdigit((unsigned char)*at) ? tone_words_number(at, &end) : -1;
        at = value < 0 ? at : end;
    }
    if (value < 0 || value > 127)
        return false;
    *pitch = (float)value;
    *s = at;
    return true;
}

/* A time of 0 or more at *s, in beats when followed by 'b'. */
static bool read_time(double *seconds, const char **s, double bpm)
{
    char *end;
    if (!isdigit((unsigned char)**s) && **s != '.')
        return false;
    *seconds = tone_words_number(*s, &end);
    if (end == *s)
        return false;
    if (*end == 'b') {
        *seconds *= 60 / bpm;
        end++;
    } else if (*end == 's') {
        end++;
    }
    *s = end;
    return true;
}

static const char example[] = "write C3@0:1 (pitch@start:length, seconds), or C3@0:1:0.8 with a velocity";

/* One word: "C3+E3@0:1:0.8". */
static tone_status read_word(tone_notes *notes, const char *word, uint64_t offset, tone_error *err)
{
    tone_note chord[16];
    size_t n = 0;
    const char *s = word;
    do {
        s += n > 0;
        if (n == 16)
            return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s' has more than 16 pitches", word);
        chord[n] = (tone_note){.velocity = 0.8f};
        if (!read_pitch(&chord[n].pitch, &s))
            return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s' has no pitch of C-1 to G9 (or 0 to 127); %s", word, example);
        n++;
    } while (*s == '+');
    double start, length, velocity = 0.8;
    if (*s++ != '@' || !read_time(&start, &s, notes->tempo_bpm))
        return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s' has no start time after '@'; %s", word, example);
    if (*s++ != ':' || !read_time(&length, &s, notes->tempo_bpm) || !(length > 0))
        return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s' has no length above 0 after ':'; %s", word, example);
    if (*s == ':') {
        char *end;
        velocity = tone_words_number(s + 1, &end);
        if (end == s + 1 || !((float)velocity > 0) || velocity > 1)
            return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s' has no velocity above 0 and up to 1", word);
        s = end;
    }
    if (*s)
        return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s' ends in '%.20s', which means nothing; %s", word, s, example);
    for (size_t i = 0; i < n; i++) {
        chord[i].start_s = start;
        chord[i].length_s = length;
        chord[i].velocity = (float)velocity;
        tone_status st = tone_notes_add(notes, chord[i], err);
        if (st)
            return st;
    }
    return TONE_OK;
}

static tone_status read_text(tone_notes *notes, const char *text, tone_error *err)
{
    for (const char *s = text; *s;) {
        size_t n = strcspn(s, " \t\r\n,;");
        char word[96];
        uint64_t offset = (uint64_t)(s - text);
        if (n >= sizeof word)
            return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s…' is too long for a note", s);
        memcpy(word, s, n);
        word[n] = 0;
        s += n + (s[n] != 0);
        if (!n)
            continue;
        tone_status st = TONE_OK;
        if (strncmp(word, "bpm=", 4) == 0) {
            char *end;
            double bpm = tone_words_number(word + 4, &end);
            if (end == word + 4 || *end || bpm < 10 || bpm > 1000)
                return tone_fail(err, TONE_ERR_FORMAT, offset, "'%.40s': a tempo is 10 to 1000", word);
            notes->tempo_bpm = bpm;
        } else {
            st = read_word(notes, word, offset, err);
        }
        if (st)
            return st;
    }
    return TONE_OK;
}

/* A number under `key`, or `fallback` when there is none; false when it is something else. */
static bool number_at(double *out, const json_t *object, const char *key, double fallback)
{
    const json_t *v = json_object_get(object, key);
    *out = v ? json_number_value(v) : fallback;
    return !v || json_is_number(v);
}

static tone_status read_json_note(tone_notes *notes, json_t *item, size_t i, tone_error *err)
{
    static const char *const keys = "|note|start|length|velocity|";
    if (!json_is_object(item))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu is no object like {\"note\": \"C3\", \"start\": 0, \"length\": 1}", i);
    const char *key;
    json_t *v;
    json_object_foreach(item, key, v)
        if (!tone_words_contain(keys, key))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu has a \"%.40s\"; its keys are note, start, length, velocity", i, key);
    tone_note note = {0};
    json_t *pitch = json_object_get(item, "note");
    if (json_is_number(pitch)) {
        note.pitch = (float)json_number_value(pitch);
        if (!(note.pitch >= 0 && note.pitch <= 127))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu: %g is no MIDI note of 0 to 127", i, (double)note.pitch);
    } else {
        const char *s = json_is_string(pitch) ? json_string_value(pitch) : "";
        if (!read_pitch(&note.pitch, &s) || *s)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu has no pitch of C-1 to G9 (or 0 to 127)", i);
    }
    double velocity;
    if (!number_at(&note.start_s, item, "start", 0) || !(note.start_s >= 0))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu has no start of 0 or more seconds", i);
    if (!number_at(&note.length_s, item, "length", 1) || !(note.length_s > 0))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu has no length above 0 seconds", i);
    if (!number_at(&velocity, item, "velocity", 0.8) || !((float)velocity > 0 && velocity <= 1))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "note %zu has no velocity above 0 and up to 1", i);
    note.velocity = (float)velocity;
    return tone_notes_add(notes, note, err);
}

static tone_status read_json(tone_notes *notes, const char *text, tone_error *err)
{
    json_error_t where;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (!root)
        return tone_fail(err, TONE_ERR_FORMAT, where.position > 0 ? (uint64_t)where.position : 0,
                         "the notes are no JSON: line %d: %s", where.line, where.text);
    tone_status st = TONE_OK;
    json_t *list = root;
    if (json_is_object(root)) {
        list = json_object_get(root, "notes");
        if (!number_at(&notes->tempo_bpm, root, "tempo", 120) || !(notes->tempo_bpm >= 10 && notes->tempo_bpm <= 1000))
            st = tone_fail(err, TONE_ERR_FORMAT, 0, "\"tempo\" is 10 to 1000 beats a minute");
    }
    if (!st && !json_is_array(list))
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "notes in JSON are a list, or {\"tempo\": 120, \"notes\": [...]}");
    for (size_t i = 0; !st && i < json_array_size(list); i++)
        st = read_json_note(notes, json_array_get(list, i), i, err);
    json_decref(root);
    return st;
}

tone_status tone_notes_parse(tone_notes *out, const char *text, tone_error *err)
{
    memset(out, 0, sizeof *out);
    out->tempo_bpm = 120;
    const char *first = text + strspn(text, " \t\r\n");
    tone_status st = *first == '[' || *first == '{' ? read_json(out, first, err) : read_text(out, text, err);
    if (!st && out->n == 0)
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "there are no notes; %s", example);
    if (st)
        tone_notes_clear(out);
    else
        tone_notes_sort(out);
    return st;
}

tone_status tone_notes_read_file(tone_notes *out, const char *path, tone_error *err)
{
    memset(out, 0, sizeof *out);
    char *bytes;
    size_t n;
    tone_status st = tone_file_read(&bytes, &n, path, NOTES_BYTES_MAX, err);
    if (st)
        return st;
    if (n >= 4 && memcmp(bytes, "MThd", 4) == 0)
        st = tone_notes_read_midi(out, bytes, n, err);
    else if (memchr(bytes, 0, n))
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s holds neither notes as text nor a MIDI file", path);
    else
        st = tone_notes_parse(out, bytes, err);
    free(bytes);
    return st;
}

/* cli/sound_args.h - which patch, changed how, playing what: options that `render` and `play` share. */
#ifndef TONE_CLI_SOUND_ARGS_H
#define TONE_CLI_SOUND_ARGS_H

#include "cli/args.h"
#include "tonesmith/sound/render.h"

typedef struct cli_sound_args {
    const char *preset, *patch, *notes, *input;
    cli_list set;
    long seed, rate;
    double seconds, tail_s, bpm;
} cli_sound_args;

/* Rate 48000, a tail of 8 s, 120 beats a minute. */
cli_sound_args cli_sound_args_defaults(void);

/* Rows of a table of options that fill a cli_sound_args called `a`. */
#define CLI_SOUND_OPTIONS(a)                                                                                            \
    {'p', "preset", CLI_TEXT, &(a).preset, "NAME", "factory preset (tonesmith presets lists them)", 0, 0},              \
    {0, "patch", CLI_TEXT, &(a).patch, "FILE", "patch as JSON", 0, 0},                                                  \
    {'s', "set", CLI_LIST, &(a).set, "NAME=VALUE", "change a parameter: cutoff=1.2k, level+=3, filter_env*=0.5", 0, 0}, \
    {'n', "notes", CLI_TEXT, &(a).notes, "NOTES", "\"C3@0:1 E3@0.5:1\", or a file of text, JSON or MIDI", 0, 0},        \
    {'i', "input", CLI_TEXT, &(a).input, "FILE", "send this sound through the effects instead of playing notes", 0, 0}, \
    {0, "seed", CLI_INT, &(a).seed, "N", "noise, starting phases, random LFOs (0)", 0, 9007199254740992.0},             \
    {0, "rate", CLI_INT, &(a).rate, "HZ", "44100 to 192000 (48000; that of the input)", TONE_RATE_MIN, TONE_RATE_MAX},  \
    {0, "seconds", CLI_REAL, &(a).seconds, "S", "length (until the sound has died away)", 0.001, 7200},                 \
    {0, "bpm", CLI_REAL, &(a).bpm, "N", "tempo of the input, for echoes in note values (120)", 10, 1000},              \
    {0, "tail", CLI_REAL, &(a).tail_s, "S", "without --seconds, at most this long after the last note (8)", 0, 3600}

/* The patch and everything that has to be told about how it came about. */
typedef struct cli_sound {
    tone_patch patch;
    tone_report report;                 /* of reading the patch */
    tone_change changes[CLI_LIST_MAX];  /* of --set, in order */
    int n_changes;
    tone_sound sound;                   /* of cli_sound_render(); cli_sound_clear() */
    double render_s;                    /* time it took */
} cli_sound;

/* Load the patch (the default one when none is named) and apply --set. */
TONE_NODISCARD tone_status cli_sound_load(cli_sound *s, const cli_sound_args *a, tone_error *err);
/* Play the notes (those of --notes, else of the patch, else a default) or process the input.  With `show` the progress of
 * long renders goes to stderr. */
TONE_NODISCARD tone_status cli_sound_render(cli_sound *s, const cli_sound_args *a, bool show, tone_error *err);
void cli_sound_clear(cli_sound *s);

/* One line on stderr for each clamp and for what the patch file lacked. */
void cli_sound_tell(const char *command, const cli_sound *s);

#endif

/* cli/speech.h - a sound as text: cut at pauses, each part heard and asked about on its own. */
#ifndef TONE_CLI_SPEECH_H
#define TONE_CLI_SPEECH_H

#include "cli/engine.h"
#include "tonesmith/hearing.h"
#include "tonesmith/media.h"

/* One part.  All times in seconds from the start of the sound. */
typedef struct cli_speech_part {
    double from_s, to_s;
    char *text;        /* what was said; "" for silence                      */
    char *translation; /* NULL when none was wanted, or none came            */
    bool silent;       /* nothing to hear: the model was not asked           */
    const char *end;   /* why the text may lack its end; NULL when it is whole */
} cli_speech_part;

typedef struct cli_speech {
    const char *command; /* for messages */
    const char *from;    /* the language spoken; NULL: whatever it is */
    const char *to;      /* the language to translate into; NULL: none */
    size_t part_samples; /* the longest part */
    /* called after each part, which is then the caller's: cli_speech_part_clear(); false ends the work */
    bool (*take)(void *arg, cli_speech_part *part);
    void *arg;
} cli_speech;

void cli_speech_part_clear(cli_speech_part *p);

/* What the model is asked about each part; the caller frees.  NULL when there is no memory. */
char *cli_speech_instruction(const cli_speech *s);

/* The text of an answer: without line breaks, control characters and spaces at the ends; the caller frees. */
char *cli_speech_line(const char *text, size_t n);

/* An answer in the form that was asked for ("said\nGerman: gesagt" where `to` is "German") as text and translation of *p; without
 * the mark all of it is text.  false when there is no memory. */
bool cli_speech_split(cli_speech_part *p, const char *text, size_t n, const char *to);

/* Take the whole sound of n samples (16 kHz) through ears and model; e has a model, its session is started here.
 * 0, or an exit status after a line on stderr. */
int cli_speech_run(const cli_speech *s, cli_engine *e, const tone_hearing *ears, const float *samples, size_t n);

#endif

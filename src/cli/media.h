/* cli/media.h - pictures and sounds on the command line, and in what a model is asked. */
#ifndef TONE_CLI_MEDIA_H
#define TONE_CLI_MEDIA_H

#include "cli/engine.h"
#include "tonesmith/conversation.h"
#include "tonesmith/media.h"

typedef struct cli_media {
    cli_list images, sounds, budgets;
    const char *projector, *resize;
    tone_encode_progress_fn *progress; /* returns false to stop eyes and ears; NULL: nobody stops them */
    tone_medium items[2 * CLI_LIST_MAX]; /* in the order of the line; set by cli_media_order() */
    size_t n;
    tone_media *media; /* set by cli_media_open() */
} cli_media;

/* Entries for a command's table of options. */
#define CLI_MEDIA_FILE_OPTIONS(m)                                                                                         \
    {0, "image", CLI_LIST, &(m).images, "FILE", "a picture: JPEG, PNG, WebP or GIF; may be given several times", 0, 0},   \
    {0, "audio", CLI_LIST, &(m).sounds, "FILE", "a sound: WAV, FLAC, Ogg, Opus or MP3; likewise", 0, 0},                  \
    {0, "budget", CLI_LIST, &(m).budgets, "N", "soft tokens of a picture at most: 70, 140, 280, 560 or 1120; once for all, or once each", 0, 0}
#define CLI_MEDIA_OPTIONS(m)                                                                                              \
    CLI_MEDIA_FILE_OPTIONS(m),                                                                                            \
    {0, "mmproj", CLI_TEXT, &(m).projector, "FILE", "the GGUF file of the model's eyes and ears (default: mmproj*.gguf beside it)", 0, 0}
/* Where files are named later. */
#define CLI_MEDIA_LATER_OPTIONS(m)                                                                                        \
    {0, "budget", CLI_LIST, &(m).budgets, "N", "soft tokens of a picture at most: 70, 140, 280, 560 or 1120", 0, 0},      \
    {0, "mmproj", CLI_TEXT, &(m).projector, "FILE", "the GGUF file of the model's eyes and ears (default: mmproj*.gguf beside it)", 0, 0}
#define CLI_MEDIA_RESIZE_OPTION(m)                                                                                        \
    {0, "resize", CLI_TEXT, &(m).resize, "HOW", "round as pillow (default) or torch does, or none: pictures as they are", 0, 0}

/* What --resize says; *out as it was when it says nothing (NULL).  0, or 2 after a line on stderr. */
int cli_resize_named(tone_resize *out, const char *name, const char *command);

/* Put what the options name in the order of the line; 0, or 2 after a line on stderr. */
int cli_media_order(cli_media *m, const char *command);
/* For the model of `e`; files are not opened yet.  0, or an exit status after a line on stderr.  cli_media_close() in any case. */
int cli_media_open(cli_media *m, const cli_engine *e, const char *command);
void cli_media_close(cli_media *m);

/* Let eyes and ears have everything now, and say on stderr what there is to say about it: silence, several parts. */
int cli_media_take(cli_media *m, const char *command);
/* What is to be said about one of them; "" for nothing. */
void cli_media_remark(char *out, size_t room, const tone_medium *medium, const tone_medium_facts *facts);

/* Fill the placeholders of ids, one a soft token. */
int cli_media_fill(cli_media *m, tone_media_prompt *out, const tone_token_list *ids, const char *command);

/* ---- files that are named while a conversation runs, and go with the next message */

typedef struct cli_attached {
    tone_part parts[CLI_LIST_MAX]; /* own their texts */
    size_t n;
} cli_attached;

/* Let the model see or hear `path` now, and keep it for the next message.  TONE_ERR_LIMIT when there are too many. */
TONE_NODISCARD tone_status cli_attach(cli_attached *a, tone_media *m, tone_input_kind kind, const char *path, uint32_t budget,
                                      tone_medium_facts *facts, tone_error *err);
void cli_attached_clear(cli_attached *a);

/* The one budget that was given; 0: none. */
uint32_t cli_media_budget(const cli_media *m);
/* Make the session's batch as large as the longest picture, where the model sees pictures whole and nobody chose a batch. */
void cli_media_fit(cli_engine *e, size_t longest);

#endif

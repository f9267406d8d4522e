/* cli/spoken.h - a folder of spoken instructions for `eval`: spoken.tsv and the clips it names.
 *
 *     cli_clips clips = {0};
 *     if (cli_clips_open(&clips, "DIR", &err)) …
 *     if (cli_clips_take(&clips, "0007.wav", 7, &path, &err)) …     // what is to be heard: the clip, or a copy with noise
 *     cli_clips_close(&clips);                                      // copies go */
#ifndef TONE_CLI_SPOKEN_H
#define TONE_CLI_SPOKEN_H

#include "cli/scratch.h"

typedef struct cli_clips {
    bool noisy;    /* put pink noise under each clip …                         */
    double snr_db; /* … so far below the speech; set after cli_clips_open()    */
    uint64_t seed;
    char *list;    /* path of spoken.tsv */
    char *root;    /* the folder, without links */
    char *path;    /* of the last clip */
    cli_scratch scratch;
} cli_clips;

enum { CLI_CLIP_MAX_S = 60 };

TONE_NODISCARD tone_status cli_clips_open(cli_clips *c, const char *folder, tone_error *err);
void cli_clips_close(cli_clips *c);

/* *path is borrowed until the next call.  TONE_ERR_ARGUMENT: the name leads out of the folder.  Any other failure: there is no clip to
 * be heard, since it is missing, damaged, silent, longer than CLI_CLIP_MAX_S or something else that its sentence says. */
TONE_NODISCARD tone_status cli_clips_take(cli_clips *c, const char *name, uint64_t number, const char **path, tone_error *err);

/* How many words of `said` are wrong, missing or too many in `heard` at least, and how many `said` has.  Letters of any case, digits and
 * apostrophes make words, everything else stands between them. */
TONE_NODISCARD tone_status cli_word_errors(const char *said, const char *heard, size_t *n_wrong, size_t *n_words, tone_error *err);

#endif

/* cli/scratch.h - files that live as long as the program: clips that were spoken, pictures that a model looks at. */
#ifndef TONE_CLI_SCRATCH_H
#define TONE_CLI_SCRATCH_H

#include "tonesmith/base.h"

/* Start from {0}. */
typedef struct cli_scratch {
    char folder[256]; /* "" until the first file */
    char **paths;
    size_t n;
} cli_scratch;

/* A path for a new file that ends in `ending` (".wav"), borrowed until cli_scratch_clear(). */
TONE_NODISCARD tone_status cli_scratch_path(cli_scratch *s, const char *ending, const char **out, tone_error *err);
/* The files go, and the folder. */
void cli_scratch_clear(cli_scratch *s);

#endif

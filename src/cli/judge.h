/* cli/judge.h - one instruction on a fresh random patch, and whether what happened is what was meant. */
#ifndef TONE_CLI_JUDGE_H
#define TONE_CLI_JUDGE_H

#include "cli/talk.h"

typedef struct cli_judge {
    cli_talk talk; /* with the model open; projects come and go */
    long seed;
    volatile bool stop;
} cli_judge;

typedef struct cli_instruction {
    const char *words, *kind, *expect;
    const char *clip; /* the words as a sound, heard instead of them; NULL: none */
    uint64_t number;  /* with the seed: of the patch */
} cli_instruction;

typedef struct cli_judgement {
    bool unheard;          /* the clip could not be heard: `what` says why, and nothing is right */
    bool right;            /* the intent: the call that was meant, and no other change */
    bool judged, measured; /* a direction: its sign was measured, and it was the right one */
    int n_calls, n_refused;
    double seconds;
    double change_s;       /* until the first call that changed something was made; 0 where there was none */
    char *heard;           /* what the model says that it heard, NULL for nothing; free() */
    char what[400];        /* the calls and the answer, in one line */
} cli_judgement;

/* TONE_ERR_ARGUMENT: the expectation cannot be read. */
TONE_NODISCARD tone_status cli_judge_one(cli_judge *j, cli_judgement *out, const cli_instruction *in, tone_error *err);

#endif

/* cli/judge.h - one instruction on a fresh random patch, and whether what happened is what was meant. */
#ifndef TONE_CLI_JUDGE_H
#define TONE_CLI_JUDGE_H

#include "cli/talk.h"

typedef struct cli_judge {
    cli_talk talk; /* with the model open; projects come and go */
    long seed;
    volatile bool stop;
} cli_judge;

typedef struct cli_judgement {
    bool right;            /* the intent: the call that was meant, and no other change */
    bool judged, measured; /* a direction: its sign was measured, and it was the right one */
    int n_calls, n_refused;
    double seconds;
    char what[400];        /* the calls and the answer, in one line */
} cli_judgement;

/* TONE_ERR_ARGUMENT: the expectation cannot be read. */
TONE_NODISCARD tone_status cli_judge_one(cli_judge *j, cli_judgement *out, const char *words, const char *kind,
                                         const char *expect, uint64_t number, tone_error *err);

#endif
